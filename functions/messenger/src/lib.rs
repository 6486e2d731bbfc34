//! The only place that talks to a chat platform's send API.
//!
//! A message row goes `PENDING → SENDING → SENT`, or ends as `UNKNOWN`, `FAILED` or `SKIPPED`
//! with a reason, or waits as `HELD`.

mod attempt;
mod busy;
mod code;
mod deliver;
mod handler;
mod http;
mod load;
mod look;
mod names;
mod picture;
mod turns;
mod values;

pub use attempt::RESERVE;
pub use handler::{Messenger, handle};
pub use http::SdkHttp;
pub use turns::AHEAD;
