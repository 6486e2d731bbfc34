//! Which of the three signatures a delivery carries.

use super::{DISCOURSE_HEADER, HUB_HEADER, is_signed};
use crate::{Rejection, Request};

/// Who signs, and what follows for the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scheme {
    /// Standard Webhooks: our event types, with a signed time and a signed id.
    Standard,
    /// As GitHub signs: our event types, the raw body alone.
    Hub,
    /// As Discourse signs: Discourse's own events, the raw body alone.
    Discourse,
}

impl Scheme {
    /// The one scheme of a delivery. Of two, a sender and we could each believe another one; of
    /// none, Standard Webhooks say which header is missing.
    pub(super) fn of(request: &Request<'_>) -> Result<Self, Rejection> {
        let carries = |header: &str| request.headers.contains_key(header);
        match (
            is_signed(request),
            carries(HUB_HEADER),
            carries(DISCOURSE_HEADER),
        ) {
            (_, false, false) => Ok(Self::Standard),
            (false, true, false) => Ok(Self::Hub),
            (false, false, true) => Ok(Self::Discourse),
            (true, true, _) | (_, true, true) => Err(Rejection::Malformed(HUB_HEADER)),
            (true, false, true) => Err(Rejection::Malformed(DISCOURSE_HEADER)),
        }
    }
}
