//! The only place that talks to a chat platform's send API.
//!
//! A message row goes `PENDING → SENDING → SENT`, or ends as `UNKNOWN`, `FAILED` or `SKIPPED`
//! with a reason, or waits as `HELD`.

mod deliver;
mod handler;
mod http;
mod values;

pub use deliver::RESERVE;
pub use handler::{Messenger, handle};
pub use http::SdkHttp;
