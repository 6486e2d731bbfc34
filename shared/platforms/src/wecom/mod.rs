//! WeCom (企業微信): callbacks of customer contact in; welcome messages, and messages that a member
//! of the staff sends by a tap, out.
//!
//! Source: developer.work.weixin.qq.com: 90968 (encryption), 92130 (events of customer contact),
//! 92137 (welcome message), 92135 (group send), 93338 (its results), 97611 (stopping it), 90236
//! (messages of an app), 90313 (error codes).

mod api;
mod delivery;
mod look;
mod parse;
mod people;
mod seal;
mod send;
#[cfg(test)]
mod tests;
mod verify;
mod xml;

use std::borrow::Cow;

use futures::future::BoxFuture;
use hearth_domain::community::Community;
use hearth_domain::ids::MemberId;
use jiff::Timestamp;

use crate::standard;
use crate::{
    Destination, Http, Looked, Outgoing, ParseError, Parsed, Receiver, Rejection, Reply, Request,
    Secrets, SendOutcome, Sender, To,
};

pub use seal::seal;
pub use verify::sign;

/// WeCom.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wecom;

impl Receiver for Wecom {
    /// WeCom tells of no message and has no buttons: what members do on a page of ours (a
    /// check-in) comes to the same address as a Standard Webhook.
    fn verify<'a>(
        &self,
        request: &Request<'a>,
        secrets: &Secrets,
        now: Timestamp,
    ) -> Result<Cow<'a, [u8]>, Rejection> {
        if standard::is_signed(request) {
            standard::verify_signed(request, secrets, now)?;
            return Ok(Cow::Borrowed(request.body));
        }
        verify::verify(request, secrets, now).map(Cow::Owned)
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

    /// Anything but this or nothing would be a message to whoever caused the event.
    fn taken(&self) -> Reply {
        Reply::text("success")
    }
}

impl Sender for Wecom {
    fn send<'a>(
        &'a self,
        http: &'a dyn Http,
        destination: &'a Destination<'a>,
        message: &'a Outgoing,
    ) -> BoxFuture<'a, SendOutcome> {
        Box::pin(send::send(http, destination, message))
    }

    fn look<'a>(
        &'a self,
        http: &'a dyn Http,
        destination: &'a Destination<'a>,
        platform_id: &'a str,
        to: &'a To,
        take_back: bool,
    ) -> BoxFuture<'a, Looked> {
        Box::pin(look::look(http, destination, platform_id, to, take_back))
    }

    /// One to one there is nobody else to mention.
    fn mention(&self, _member: &MemberId) -> Option<String> {
        None
    }
}
