//! What WeCom's events have in common: who, where, when, the canonical id.

use hearth_domain::community::Community;
use hearth_domain::event::{Facts, Incoming, Seen};
use hearth_domain::ids::{ChannelId, EventId, IdError, MemberId};
use jiff::Timestamp;

use super::xml::Element;
use crate::ParseError;

/// What one event tells, or why it tells us nothing.
pub(super) type Told = Result<Vec<Incoming>, &'static str>;

const ID: &str = "1 to 64 letters, digits and _-@.";

/// An event.
#[derive(Clone, Copy)]
pub(super) struct Delivery<'a> {
    pub(super) root: &'a Element,
    pub(super) community: &'a Community,
}

impl<'a> Delivery<'a> {
    /// The text of a field, if it has one.
    pub(super) fn hint(&self, name: &str) -> Option<&'a str> {
        self.root.text_of(name)
    }

    /// The text of a field that must have one.
    pub(super) fn needed(&self, name: &str) -> Result<&'a str, ParseError> {
        self.hint(name)
            .ok_or_else(|| ParseError::field(name, "a text"))
    }

    /// When it happened, to the second; a repetition tells the same.
    pub(super) fn at(&self) -> Result<Timestamp, ParseError> {
        let seconds = self.needed("CreateTime")?.parse().ok();
        seconds
            .and_then(|seconds| Timestamp::from_second(seconds).ok())
            .ok_or_else(|| ParseError::field("CreateTime", "seconds since 1970"))
    }

    /// The member of the staff.
    pub(super) fn staff(&self) -> Result<&'a str, ParseError> {
        id("UserID", self.needed("UserID")?)
    }

    /// The customer.
    pub(super) fn customer(&self) -> Result<MemberId, ParseError> {
        member("ExternalUserID", self.needed("ExternalUserID")?)
    }

    /// The customers' group.
    pub(super) fn chat(&self) -> Result<ChannelId, ParseError> {
        let chat = id("ChatId", self.needed("ChatId")?)?;
        ChannelId::new(chat).map_err(|error| of_id("ChatId", &error))
    }

    /// One event, with the canonical id `wecom:<what>:<second>`. Events have no id of their own
    /// (`MsgId` is for messages), and all come from `sys`.
    pub(super) fn event(
        &self,
        what: &str,
        member: MemberId,
        facts: Facts,
        seen: Seen,
    ) -> Result<Incoming, ParseError> {
        let at = self.at()?;
        let id = EventId::new(format!("wecom:{what}:{}", at.as_second()))
            .map_err(|error| of_id("(canonical id)", &error))?;
        Ok(Incoming {
            id,
            at,
            seq: 0,
            member,
            facts,
            seen,
        })
    }
}

/// A person's id as [`MemberId`].
pub(super) fn member(path: &str, text: &str) -> Result<MemberId, ParseError> {
    MemberId::new(id(path, text)?).map_err(|error| of_id(path, &error))
}

/// An id of WeCom's: what an id may be made of has no colon in it, so that no two acts share a
/// canonical id.
fn id<'a>(path: &str, text: &'a str) -> Result<&'a str, ParseError> {
    let fits = text.len() <= MemberId::MAX_BYTES
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'@' | b'.'));
    if fits {
        Ok(text)
    } else {
        Err(ParseError::field(path, ID))
    }
}

fn of_id(path: &str, error: &IdError) -> ParseError {
    ParseError::id(path, error)
}
