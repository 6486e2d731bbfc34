//! Standard Webhooks: gateways, shops, forms, anything else. Our event types in, one POST a
//! message out.
//!
//! Source: github.com/standard-webhooks/standard-webhooks, specification 1.0.

mod parse;
mod send;
mod verify;

use std::borrow::Cow;

use futures::future::BoxFuture;
use hearth_domain::community::Community;
use hearth_domain::ids::MemberId;
use hearth_domain::platform::Platform;
use jiff::Timestamp;

use crate::{
    Adapter, Destination, Http, Outgoing, ParseError, Parsed, Rejection, Request, Secrets,
    SendOutcome,
};

pub use verify::{ID_HEADER, SIGNATURE_HEADER, SecretError, TIMESTAMP_HEADER, sign};

/// Standard Webhooks.
#[derive(Debug, Clone, Copy, Default)]
pub struct Standard;

impl Adapter for Standard {
    fn platform(&self) -> Platform {
        Platform::Standard
    }

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

    fn send<'a>(
        &'a self,
        http: &'a dyn Http,
        destination: &'a Destination<'a>,
        message: &'a Outgoing,
    ) -> BoxFuture<'a, SendOutcome> {
        Box::pin(send::send(http, destination, message))
    }

    /// The receiver's names are its own.
    fn mention(&self, _member: &MemberId) -> Option<String> {
        None
    }
}
