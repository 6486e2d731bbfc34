//! HTTP in: verify the signature, parse, route to the queues, answer. No other work is done
//! before the answer.

mod handler;
mod route;

pub use handler::{Answer, MAX_BODY, Webhook, handle};
pub use route::route;
