//! Slack: Events API and interactivity in, Web API out.
//!
//! Source: docs.slack.dev, "Verifying requests from Slack", "Events API", "chat.postMessage".

mod delivery;
mod parse;
mod people;
mod press;
mod send;
#[cfg(test)]
mod tests;
mod text;
mod verify;

use std::borrow::Cow;

use futures::future::BoxFuture;
use hearth_domain::community::Community;
use hearth_domain::ids::MemberId;
use jiff::Timestamp;

use crate::{
    Destination, Http, Outgoing, ParseError, Parsed, Receiver, Rejection, Request, Secrets,
    SendOutcome, Sender,
};

pub use text::unescape;
pub use verify::{SIGNATURE_HEADER, TIMESTAMP_HEADER, sign};

/// The `event_type` of the metadata that our messages carry.
pub const METADATA_TYPE: &str = "hearth_message";

/// Slack.
#[derive(Debug, Clone, Copy, Default)]
pub struct Slack;

impl Receiver for Slack {
    fn verify<'a>(
        &self,
        request: &Request<'a>,
        secrets: &Secrets,
        now: Timestamp,
    ) -> Result<Cow<'a, [u8]>, Rejection> {
        verify::verify(request, secrets, now)?;
        Ok(Cow::Borrowed(request.body))
    }

    fn parse(
        &self,
        request: &Request<'_>,
        community: &Community,
        _now: Timestamp,
    ) -> Result<Parsed, ParseError> {
        parse::parse(request, community)
    }
}

impl Sender for Slack {
    fn send<'a>(
        &'a self,
        http: &'a dyn Http,
        destination: &'a Destination<'a>,
        message: &'a Outgoing,
    ) -> BoxFuture<'a, SendOutcome> {
        Box::pin(send::send(http, destination, message))
    }

    fn mention(&self, member: &MemberId) -> Option<String> {
        Some(format!("<@{member}>"))
    }
}
