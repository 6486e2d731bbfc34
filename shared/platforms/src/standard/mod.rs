//! Standard Webhooks: gateways, shops, forms, anything else. Our event types in, one POST a
//! message out. What is signed as GitHub signs, and what Discourse tells, comes in here too.
//!
//! Source: github.com/standard-webhooks/standard-webhooks, specification 1.0.

mod discourse;
mod hub;
mod parse;
mod raw_body;
mod scheme;
mod send;
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

use scheme::Scheme;

pub use raw_body::{DISCOURSE_HEADER, HUB_HEADER, sign_body};
pub use verify::{ID_HEADER, SIGNATURE_HEADER, SecretError, TIMESTAMP_HEADER, sign};

/// Whether a delivery is a Standard Webhook: it has [`SIGNATURE_HEADER`]. On other platforms a
/// forwarder or a form speaks so beside the platform's own deliveries.
pub(crate) fn is_signed(request: &Request<'_>) -> bool {
    request.headers.contains_key(SIGNATURE_HEADER)
}

/// Verifies a Standard Webhook with the live values of `signing_secret`.
pub(crate) fn verify_signed(
    request: &Request<'_>,
    secrets: &Secrets,
    now: Timestamp,
) -> Result<(), Rejection> {
    verify::verify(request, secrets, now)
}

/// Reads a verified Standard Webhook with one of our event types.
pub(crate) fn parse_signed(
    request: &Request<'_>,
    community: &Community,
) -> Result<Parsed, ParseError> {
    parse::parse(request, community)
}

/// Standard Webhooks.
#[derive(Debug, Clone, Copy, Default)]
pub struct Standard;

impl Receiver for Standard {
    fn verify<'a>(
        &self,
        request: &Request<'a>,
        secrets: &Secrets,
        now: Timestamp,
    ) -> Result<Cow<'a, [u8]>, Rejection> {
        match Scheme::of(request)? {
            Scheme::Standard => verify_signed(request, secrets, now)?,
            Scheme::Hub => raw_body::verify(request, secrets, HUB_HEADER)?,
            Scheme::Discourse => raw_body::verify(request, secrets, DISCOURSE_HEADER)?,
        }
        Ok(Cow::Borrowed(request.body))
    }

    fn parse(
        &self,
        request: &Request<'_>,
        community: &Community,
        now: Timestamp,
    ) -> Result<Parsed, ParseError> {
        let scheme = Scheme::of(request)
            .map_err(|_| ParseError::field(SIGNATURE_HEADER, "one kind of signature"))?;
        match scheme {
            Scheme::Standard => parse_signed(request, community),
            Scheme::Hub => hub::parse(request, community),
            Scheme::Discourse => discourse::parse(request, community, now),
        }
    }
}

impl Sender for Standard {
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

#[cfg(test)]
mod forwarder_tests;
#[cfg(test)]
mod tests;
