//! What travels through the queues: versioned JSON. A version is never edited, only joined by
//! the next; golden files in the tests hold that.

mod came;
mod own;
mod scale;
mod what;

pub use came::{CameV1, InviterV1};
pub use own::{MemberWork, MessengerWork, RollupWork};
pub use scale::ScaleV1;
pub use what::{CaseStepV1, CauseV1, WhatV1};

use hearth_domain::days::{IsoWeek, LocalDay, Zone};
use hearth_domain::event::{Event, Facts, Happened, ReplyHandle};
use hearth_domain::ids::{ChannelId, CommunityId, EventId, IdError, MemberId, MessageId};
use hearth_domain::journey::Consumer;
use hearth_domain::locale::Locale;
use hearth_domain::thread::Thread;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// One queue message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly all of them are events, one at a time"
)]
pub enum Work {
    /// Something happened to a member.
    EventV1(EventV1),
    /// A shard of the due index has something due.
    DrainShardV1(DrainShardV1),
    /// A message row waits to be sent.
    SendV1(SendV1),
    /// A community's week is to be reported.
    RollupV1(RollupV1),
    /// A community's day is to be closed.
    CloseDayV1(CloseDayV1),
}

/// An event of one member of one community.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventV1 {
    /// The community.
    pub community: CommunityId,
    /// The canonical event id.
    pub id: EventId,
    /// When it happened.
    pub at: Timestamp,
    /// The platform's order within one instant.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub seq: u64,
    /// Whom it is about.
    pub member: MemberId,
    /// Display name, if told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// IANA zone, if told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Language, if told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<Locale>,
    /// Staff or not, if told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staff: Option<bool>,
    /// It did not happen in the community's own place.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub elsewhere: bool,
    /// How it may be answered, if the platform said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<Box<ReplyV1>>,
    /// Whose message it answers or reacts to, if told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regards: Option<MemberId>,
    /// The thread in which it answers, if told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<Box<ThreadV1>>,
    /// What happened.
    pub what: WhatV1,
}

/// See [`ReplyHandle`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyV1 {
    /// What the answer carries.
    pub handle: String,
    /// Not good from then on.
    pub until: Timestamp,
    /// Where the answer appears; absent = one to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<ChannelId>,
}

/// See [`Thread`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThreadV1 {
    /// Sixteen hexadecimal digits.
    pub id: String,
    /// When it began; absent = not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<Timestamp>,
    /// Who began it; absent = not told, or no person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<MemberId>,
}

impl From<Thread> for ThreadV1 {
    fn from(thread: Thread) -> Self {
        Self {
            id: thread.id.to_string(),
            started: thread.started,
            author: thread.author,
        }
    }
}

impl TryFrom<ThreadV1> for Thread {
    type Error = WireError;

    fn try_from(thread: ThreadV1) -> Result<Self, WireError> {
        Ok(Self {
            id: thread.id.parse().map_err(|_| WireError::Field("thread"))?,
            started: thread.started,
            author: thread.author,
        })
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_zero(n: &u64) -> bool {
    *n == 0
}

/// Which shard of the due index to drain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrainShardV1 {
    /// 0–15.
    pub shard: u8,
    /// What is due until then, where a tick was told of an instant that has not come. Absent = now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

impl DrainShardV1 {
    /// The instant that the drain stands for.
    pub fn instant(&self, now: Timestamp) -> Timestamp {
        self.until.map_or(now, |until| until.max(now))
    }
}

/// Which message row to send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendV1 {
    /// The message.
    pub id: MessageId,
}

/// Which week to report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RollupV1 {
    /// The community.
    pub community: CommunityId,
    /// The week.
    pub week: IsoWeek,
    /// 1 = provisional, 2 = final.
    pub revision: u8,
    /// The last day that counts, for a week that is not over; absent = its Sunday.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<LocalDay>,
}

/// Which day to close: its boards and its wall.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloseDayV1 {
    /// The community.
    pub community: CommunityId,
    /// The day, of the community's calendar.
    pub day: LocalDay,
}

/// Why a queue message is not work of ours. Names the field, never its content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// Not the JSON of a version we know.
    #[error("not a queue message of a known version, or work of another function: {0}")]
    Json(String),
    /// An id that is none.
    #[error(transparent)]
    Id(#[from] IdError),
    /// A field with another value than it can have.
    #[error("field {0} has an unknown value")]
    Field(&'static str),
}

/// Reads a queue message as work of one function: the variants of [`Work`] that it does. The others are an
/// error, and the code that reads them is not in its binary.
pub fn read<W: DeserializeOwned>(body: &str) -> Result<W, WireError> {
    serde_json::from_str(body).map_err(|error| {
        WireError::Json(format!("line {} column {}", error.line(), error.column()))
    })
}

impl Work {
    /// As it goes into the queue.
    pub fn to_json(&self) -> String {
        // Serializing these types has no way to fail: no maps, no foreign types.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads a queue message.
    pub fn from_json(body: &str) -> Result<Self, WireError> {
        read(body)
    }

    /// The consumer that the due shards of a drain belong to is known from its queue.
    pub fn drain(shard: u8, until: Option<Timestamp>) -> Self {
        Self::DrainShardV1(DrainShardV1 { shard, until })
    }
}

impl EventV1 {
    /// From the domain's event.
    pub fn of(community: CommunityId, event: Event) -> Self {
        Self {
            community,
            id: event.id,
            at: event.at,
            seq: event.seq,
            member: event.member,
            name: event.facts.name,
            zone: event.facts.zone.map(|zone| zone.name().to_owned()),
            locale: event.facts.locale,
            staff: event.facts.staff,
            elsewhere: event.facts.elsewhere,
            reply: event.facts.reply.map(|reply| {
                Box::new(ReplyV1 {
                    handle: reply.handle,
                    until: reply.until,
                    channel: reply.channel,
                })
            }),
            regards: event.facts.regards,
            thread: event.facts.thread.map(|thread| Box::new(thread.into())),
            what: WhatV1::from(event.what),
        }
    }
}

impl TryFrom<EventV1> for Event {
    type Error = WireError;

    fn try_from(event: EventV1) -> Result<Self, WireError> {
        let zone = event
            .zone
            .as_deref()
            .map(Zone::new)
            .transpose()
            .map_err(|_| WireError::Field("zone"))?;
        let thread = event.thread.map(|thread| Thread::try_from(*thread));
        let what = Happened::try_from(event.what)?;
        let facts = Facts {
            name: event.name,
            zone,
            locale: event.locale,
            staff: event.staff,
            elsewhere: event.elsewhere,
            reply: event.reply.map(|reply| ReplyHandle {
                handle: reply.handle,
                until: reply.until,
                channel: reply.channel,
            }),
            regards: event.regards,
            thread: thread.transpose()?,
        };
        Ok(Self {
            id: event.id,
            at: event.at,
            seq: event.seq,
            member: event.member,
            facts,
            what,
        })
    }
}

/// The queue that drains of a consumer go to.
pub fn drain_queue(consumer: Consumer) -> crate::queue::QueueName {
    match consumer {
        Consumer::Onboarding => crate::queue::QueueName::Onboarding,
        Consumer::WinBack => crate::queue::QueueName::WinBack,
        Consumer::Messenger => crate::queue::QueueName::SendBulk,
    }
}

#[cfg(test)]
mod tests;
