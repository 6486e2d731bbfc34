//! Telegram: updates of a bot's webhook in, `sendMessage` out.
//!
//! Source: core.telegram.org/bots/api (Bot API 9). The structs of teloxide and telegram-bot-raw
//! were looked at: they refuse what they don't know yet, so the few fields we need are read here.

mod button;
mod delivery;
mod parse;
mod people;
mod photo;
mod press;
mod send;
#[cfg(test)]
mod tests;
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

pub use button::{decode as button_pressed, encode as button_data};
pub use verify::SECRET_HEADER;

/// Telegram.
#[derive(Debug, Clone, Copy, Default)]
pub struct Telegram;

impl Receiver for Telegram {
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
        now: Timestamp,
    ) -> Result<Parsed, ParseError> {
        parse::parse(request, community, now)
    }
}

impl Sender for Telegram {
    fn send<'a>(
        &'a self,
        http: &'a dyn Http,
        destination: &'a Destination<'a>,
        message: &'a Outgoing,
    ) -> BoxFuture<'a, SendOutcome> {
        Box::pin(send::send(http, destination, message))
    }

    /// None: a mention is a link by id, which takes mark-up, and a message one to one needs none.
    /// Every update tells the sender's name, so the one we keep is current.
    fn mention(&self, _member: &MemberId) -> Option<String> {
        None
    }
}
