//! Discord: interactions and what a gateway forwarder posts in, messages out.
//!
//! Over HTTP Discord tells only of buttons and commands. Who comes and goes, what is written and
//! reacted comes from a forwarder, which speaks Standard Webhooks to the same path.
//!
//! Source: docs.discord.com/developers, "Interactions" (overview, receiving and responding),
//! "Webhook Events", "Create Message", "Create DM", "Rate Limits", "Opcodes and Status Codes".

mod button;
mod command;
mod parse;
mod press;
mod refusal;
mod send;
#[cfg(test)]
mod tests;
mod verify;

use std::borrow::Cow;

use futures::future::BoxFuture;
use hearth_domain::community::Community;
use hearth_domain::ids::MemberId;
use jiff::Timestamp;

use crate::standard;
use crate::{
    Destination, Http, Outgoing, ParseError, Parsed, Receiver, Rejection, Request, Secrets,
    SendOutcome, Sender,
};

pub use button::{decode as button_pressed, encode as button_id};
pub use press::EPOCH_MILLIS;
pub use verify::{BadSeed, SIGNATURE_HEADER, Signer, TIMESTAMP_HEADER};

/// Discord.
#[derive(Debug, Clone, Copy, Default)]
pub struct Discord;

impl Receiver for Discord {
    fn verify<'a>(
        &self,
        request: &Request<'a>,
        secrets: &Secrets,
        now: Timestamp,
    ) -> Result<Cow<'a, [u8]>, Rejection> {
        // Each is verified with a secret of its own, so the header alone opens nothing.
        if standard::is_signed(request) {
            standard::verify_signed(request, secrets, now)?;
        } else {
            verify::verify(request, secrets, now)?;
        }
        Ok(Cow::Borrowed(request.body))
    }

    fn parse(
        &self,
        request: &Request<'_>,
        community: &Community,
        _now: Timestamp,
    ) -> Result<Parsed, ParseError> {
        if standard::is_signed(request) {
            return standard::parse_signed(request, community);
        }
        parse::parse(request, community)
    }
}

impl Sender for Discord {
    fn send<'a>(
        &'a self,
        http: &'a dyn Http,
        destination: &'a Destination<'a>,
        message: &'a Outgoing,
    ) -> BoxFuture<'a, SendOutcome> {
        Box::pin(send::send(http, destination, message))
    }

    fn mention(&self, member: &MemberId) -> Option<String> {
        Some(mention(member))
    }
}

fn mention(member: &MemberId) -> String {
    format!("<@{member}>")
}

/// A channel's, user's or interaction's id: only digits, so that it is safe in a path.
fn is_snowflake(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit())
}
