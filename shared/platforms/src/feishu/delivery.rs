//! What every event of schema 2.0 has in common: the tenant, the time, who, the canonical id.

use hearth_domain::community::Community;
use hearth_domain::event::{Facts, Incoming, Seen};
use hearth_domain::ids::{ChannelId, EventId, MemberId};
use jiff::Timestamp;

use crate::ParseError;
use crate::fields::Fields;

/// One delivery: one event, which may tell of several members.
#[derive(Clone, Copy)]
pub(super) struct Delivery<'a> {
    pub(super) fields: Fields<'a>,
    pub(super) community: &'a Community,
}

impl Delivery<'_> {
    /// Whether the delivery is another tenant's.
    pub(super) fn is_elsewhere(&self) -> bool {
        match (
            &self.community.workspace,
            self.fields.hint("header.tenant_key"),
        ) {
            (Some(ours), Some(theirs)) => ours != theirs,
            (Some(_) | None, None) | (None, Some(_)) => false,
        }
    }

    /// When the event came to be; a redelivery tells the same.
    pub(super) fn at(&self) -> Result<Timestamp, ParseError> {
        instant(&self.fields, "header.create_time")
    }

    /// Whether a chat is one of the community's. Anybody in the tenant may add the app to a group
    /// of their own, so a home decides for all others: only those count that the file names.
    pub(super) fn counts(&self, chat: &ChannelId) -> bool {
        let Community {
            home_channel,
            check_in_channels,
            topic_channels,
            ..
        } = self.community;
        home_channel.as_ref().is_none_or(|home| home == chat)
            || check_in_channels.contains(chat)
            || topic_channels.contains(chat)
    }

    /// What tells of the tenant, or of a place that nobody knows: where there is a home chat, it
    /// makes nobody a member.
    pub(super) fn facts_of_the_tenant(&self) -> Facts {
        Facts {
            elsewhere: self.community.home_channel.is_some(),
            ..Facts::default()
        }
    }
}

/// One thing that happened, with the canonical id `feishu:<what>`. Ids of messages are unique, and
/// nobody does the same twice in one millisecond.
pub(super) fn event(
    what: &str,
    at: Timestamp,
    member: MemberId,
    facts: Facts,
    seen: Seen,
) -> Result<Incoming, ParseError> {
    let id = EventId::new(format!("feishu:{what}"))
        .map_err(|error| ParseError::id("(canonical id)", &error))?;
    Ok(Incoming {
        id,
        at,
        seq: 0,
        member,
        facts,
        seen,
    })
}

/// An instant, written as a string of milliseconds; in the headers of contact events and card
/// callbacks of microseconds.
pub(super) fn instant(fields: &Fields<'_>, path: &str) -> Result<Timestamp, ParseError> {
    let wrong = || fields.wrong(path, "milliseconds since 1970, as a string");
    let written = fields.text(path)?.ok_or_else(wrong)?;
    if !written.bytes().all(|b| b.is_ascii_digit()) {
        return Err(wrong());
    }
    let number: i64 = written.parse().map_err(|_| wrong())?;
    // Thirteen digits of milliseconds last until 2286.
    let at = if written.len() > 14 {
        Timestamp::from_microsecond(number)
    } else {
        Timestamp::from_millisecond(number)
    };
    at.map_err(|_| wrong())
}
