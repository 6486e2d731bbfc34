//! The chat platforms: what each one signs, tells and accepts. No business rule lives here.
//!
//! A [`Receiver`] verifies a delivery over its raw bytes and reads it into the domain's
//! [`Incoming`](hearth_domain::event::Incoming); a [`Sender`] sends our messages. Neither reads a clock,
//! an environment or a network of its own: `now` and [`Http`] are handed in.

#![warn(missing_docs)]

mod button;
pub mod discord;
pub mod feishu;
mod fields;
mod hex;
mod inbound;
pub mod line;
mod multipart;
mod outbound;
mod shorten;
mod signing;
pub mod slack;
pub mod standard;
pub mod telegram;
#[cfg(test)]
mod testing;
mod tokens;
pub mod wecom;

use std::borrow::Cow;

use futures::future::BoxFuture;
use hearth_domain::community::Community;
use hearth_domain::ids::MemberId;
use hearth_domain::platform::Platform;
use jiff::Timestamp;

pub use inbound::{ParseError, Parsed, Rejection, Reply, Request, Secrets};
pub use outbound::{
    Carried, Destination, Http, HttpError, Looked, OutButton, Outgoing, Picture, SendOutcome, To,
};
pub use tokens::Tokens;

/// What one chat platform tells us. Apart from [`Sender`], so that a webhook has no code that sends
/// and a messenger none that reads deliveries.
///
/// The order is the caller's duty: [`verify`](Self::verify) first, [`parse`](Self::parse) only
/// what was verified.
pub trait Receiver: Send + Sync {
    /// Checks signature and timestamp over the raw bytes, in constant time, against every live
    /// secret. What it gives back is the body in the clear: the same bytes, unless the platform
    /// encrypts them.
    fn verify<'a>(
        &self,
        request: &Request<'a>,
        secrets: &Secrets,
        now: Timestamp,
    ) -> Result<Cow<'a, [u8]>, Rejection>;

    /// Reads a verified delivery, its body in the clear. Fields and types we don't know never fail. `now` is the time of
    /// what the platform tells without one (a button pressed on Telegram).
    fn parse(
        &self,
        request: &Request<'_>,
        community: &Community,
        now: Timestamp,
    ) -> Result<Parsed, ParseError>;

    /// What the platform reads when a delivery was taken and it asked nothing else.
    fn taken(&self) -> Reply {
        Reply::json(&serde_json::json!({"ok": true}))
    }
}

/// What we tell one chat platform.
pub trait Sender: Send + Sync {
    /// Makes one attempt to send one message. Never retries by itself: the ledger decides.
    fn send<'a>(
        &'a self,
        http: &'a dyn Http,
        destination: &'a Destination<'a>,
        message: &'a Outgoing,
    ) -> BoxFuture<'a, SendOutcome>;

    /// Asks what became of a message that [awaits a person](SendOutcome::AwaitingPerson), by the
    /// platform's id of it; with `take_back`, what nobody has sent yet is withdrawn.
    fn look<'a>(
        &'a self,
        http: &'a dyn Http,
        destination: &'a Destination<'a>,
        platform_id: &'a str,
        to: &'a To,
        take_back: bool,
    ) -> BoxFuture<'a, Looked> {
        // Nothing awaits a person here.
        let _ = (http, destination, platform_id, to, take_back);
        Box::pin(async { Looked::Unreachable("nothing-awaits-a-person".to_owned()) })
    }

    /// The token that the platform shows as the member's current name; `None` where it has none.
    fn mention(&self, member: &MemberId) -> Option<String>;
}

/// Who reads a platform's deliveries.
pub fn receiver(platform: Platform) -> &'static dyn Receiver {
    match platform {
        Platform::Slack => &slack::Slack,
        Platform::Standard => &standard::Standard,
        Platform::Telegram => &telegram::Telegram,
        Platform::Line => &line::Line,
        Platform::Discord => &discord::Discord,
        Platform::Feishu => &feishu::Feishu,
        Platform::Wecom => &wecom::Wecom,
    }
}

/// Who sends to a platform.
pub fn sender(platform: Platform) -> &'static dyn Sender {
    match platform {
        Platform::Slack => &slack::Slack,
        Platform::Standard => &standard::Standard,
        Platform::Telegram => &telegram::Telegram,
        Platform::Line => &line::Line,
        Platform::Discord => &discord::Discord,
        Platform::Feishu => &feishu::Feishu,
        Platform::Wecom => &wecom::Wecom,
    }
}
