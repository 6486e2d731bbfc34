//! What every LINE event has in common: where, who, when, the canonical id.

use hearth_domain::community::Community;
use hearth_domain::event::{Facts, Incoming, ReplyHandle, Seen};
use hearth_domain::ids::{ChannelId, EventId, MemberId};
use jiff::{SignedDuration, Timestamp};

use crate::ParseError;
use crate::fields::{Fields, is_plain_id};

/// LINE takes a reply token for a minute; what is left is for the answer's own way.
const REPLY_WITHIN: SignedDuration = SignedDuration::from_secs(50);

/// What one event tells, or why it tells us nothing.
pub(super) type Told = Result<Vec<Incoming>, &'static str>;

/// Where something happened.
pub(super) enum Place {
    /// One to one with our bot.
    Direct,
    /// In a group, or in a chat of several persons ("room").
    Group(ChannelId),
}

/// One event of a delivery.
#[derive(Clone, Copy)]
pub(super) struct Delivery<'a> {
    pub(super) fields: Fields<'a>,
    /// Our bot's own user id, which the delivery is addressed to.
    pub(super) bot: Option<&'a str>,
    pub(super) community: &'a Community,
}

impl Delivery<'_> {
    /// When it happened, to the millisecond; a redelivery tells the same.
    pub(super) fn at(&self) -> Result<Timestamp, ParseError> {
        let wrong = || self.fields.wrong("timestamp", "milliseconds since 1970");
        let millis = self.fields.count("timestamp")?.ok_or_else(wrong)?;
        let millis = i64::try_from(millis).map_err(|_| wrong())?;
        Timestamp::from_millisecond(millis).map_err(|_| wrong())
    }

    /// Where it happened; `None` for a kind of place we don't know.
    pub(super) fn place(&self) -> Result<Option<Place>, ParseError> {
        let path = match self.fields.hint("source.type") {
            Some("user") => return Ok(Some(Place::Direct)),
            Some("group") => "source.groupId",
            Some("room") => "source.roomId",
            Some(_) | None => return Ok(None),
        };
        self.fields.plain_id(path)?;
        Ok(Some(Place::Group(self.fields.channel(path)?)))
    }

    /// Who did it: a group may leave that out, for people who have not agreed to the profile's
    /// use.
    pub(super) fn user(&self) -> Result<Option<MemberId>, ParseError> {
        let path = "source.userId";
        if self.fields.text(path)?.is_none_or(str::is_empty) {
            return Ok(None);
        }
        self.fields.plain_member(path).map(Some)
    }

    /// Who did something in a place that counts, and where; or why it is none of ours.
    pub(super) fn somebody(&self) -> Result<Result<(MemberId, Place), &'static str>, ParseError> {
        let Some(place) = self.place()? else {
            return Ok(Err("unknown-source"));
        };
        let Some(user) = self.user()? else {
            return Ok(Err("no-user"));
        };
        Ok(match &place {
            _ if self.is_our_bot(&user) => Err("bot"),
            Place::Group(group) if !self.counts(group) => Err("other-channel"),
            Place::Direct | Place::Group(_) => Ok((user, place)),
        })
    }

    /// Whether a group is one of the community's. Anybody may invite a bot into a group, so only
    /// those count that its file names.
    fn counts(&self, group: &ChannelId) -> bool {
        let Community {
            home_channel,
            check_in_channels,
            topic_channels,
            ..
        } = self.community;
        home_channel.as_ref() == Some(group)
            || check_in_channels.contains(group)
            || topic_channels.contains(group)
    }

    pub(super) fn is_our_bot(&self, user: &MemberId) -> bool {
        self.bot == Some(user.as_str())
    }

    /// One event, with the canonical id `line:<what>`. LINE's ids of messages are unique, and
    /// nobody does the same twice in one millisecond.
    pub(super) fn event(
        &self,
        what: &str,
        member: &MemberId,
        seen: Seen,
    ) -> Result<Incoming, ParseError> {
        let id = EventId::new(format!("line:{what}"))
            .map_err(|error| ParseError::id("(canonical id)", &error))?;
        Ok(Incoming {
            id,
            at: self.at()?,
            seq: 0,
            member: member.clone(),
            facts: Facts {
                reply: self.reply()?,
                ..Facts::default()
            },
            seen,
        })
    }

    /// The token by which this may be answered for nothing: there where it happened.
    fn reply(&self) -> Result<Option<ReplyHandle>, ParseError> {
        let Some(token) = self.fields.hint("replyToken").filter(|id| is_plain_id(id)) else {
            return Ok(None);
        };
        let channel = match self.place()? {
            Some(Place::Direct) => None,
            Some(Place::Group(group)) => Some(group),
            None => return Ok(None),
        };
        let until = self.at()?.saturating_add(REPLY_WITHIN);
        Ok(until.ok().map(|until| ReplyHandle {
            handle: token.to_owned(),
            until,
            channel,
        }))
    }
}
