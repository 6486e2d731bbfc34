//! LINE: webhooks of the Messaging API in, push messages out.
//!
//! Source: developers.line.biz, "Messaging API reference" (webhook event objects, "Send push
//! message", "Retry failed API requests", "Quick reply") and "Character counting in a text".

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

pub use press::{data, read_data};
pub use send::{ACCEPTED_HEADER, RETRY_KEY_HEADER};
pub use verify::{SIGNATURE_HEADER, sign};

/// LINE.
#[derive(Debug, Clone, Copy, Default)]
pub struct Line;

impl Receiver for Line {
    /// LINE signs no time: a delivery may come at any.
    fn verify<'a>(
        &self,
        request: &Request<'a>,
        secrets: &Secrets,
        _now: Timestamp,
    ) -> Result<Cow<'a, [u8]>, Rejection> {
        verify::verify(request, secrets)?;
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

impl Sender for Line {
    fn send<'a>(
        &'a self,
        http: &'a dyn Http,
        destination: &'a Destination<'a>,
        message: &'a Outgoing,
    ) -> BoxFuture<'a, SendOutcome> {
        Box::pin(send::send(http, destination, message))
    }

    /// LINE mentions only in groups, by an object beside the text; one to one there is nothing.
    fn mention(&self, _member: &MemberId) -> Option<String> {
        None
    }
}
