//! Threads: a message and what was answered to it, as far as the report tells of them.
//!
//! A message becomes a thread with its first answer; one that nobody answers leaves no trace. What is
//! kept of a thread are two sets that only grow, of hashes, so that whatever is told again, or in
//! another order, changes nothing, and nobody reads from it who wrote.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};

use crate::event::{Event, Happened};
use crate::ids::{InterestId, MemberId};
use crate::member::{LATE_AFTER, Member, hash64};
use crate::regard::{is_nobody, is_staff, mark};

/// A thread that began longer ago is in a report that was made for good: on the Wednesday after its
/// week, or in the week after it by who makes up for one. Nothing is noted of it any more.
const OF_INTEREST: SignedDuration = SignedDuration::from_hours(14 * 24);
/// Members who make a talk of it.
const ENOUGH_MEMBERS: usize = 3;
/// Answers that make a talk of it, however long the first took.
const ENOUGH_REPLIES: usize = 5;
/// A first answer within so long makes a talk of it, however few follow.
const SOON: SignedDuration = SignedDuration::from_mins(30);

/// A thread within its community: a hash of the place and of the platform's id of the first message.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ThreadId(u64);

impl ThreadId {
    /// The thread of a first message. `place` is where the platform's ids of messages are unique.
    pub fn of(place: &str, first: &str) -> Self {
        Self(hash64(&format!("{place}/{first}")))
    }

    /// The hash.
    pub fn hash(self) -> u64 {
        self.0
    }
}

/// Sixteen hexadecimal digits.
impl fmt::Display for ThreadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Debug for ThreadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

/// Not sixteen hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a thread's id is 16 hexadecimal digits")]
pub struct NoThreadId;

impl FromStr for ThreadId {
    type Err = NoThreadId;

    fn from_str(text: &str) -> Result<Self, NoThreadId> {
        let digits = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let hash = u64::from_str_radix(text, 16).ok().filter(|_| digits);
        hash.map(Self).ok_or(NoThreadId)
    }
}

/// The thread in which a message answers, as its platform tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread {
    /// Which.
    pub id: ThreadId,
    /// When its first message was written; `None` = not told.
    pub started: Option<Timestamp>,
    /// Who wrote that; `None` = not told, or no person.
    pub author: Option<MemberId>,
}

/// An answer, as a thread's row keeps it: whether the thread's own author gave it, when, and eight
/// bytes of a hash of its id. In the order of their bytes others' answers come first, by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reply {
    own: bool,
    millisecond: i64,
    hash: u64,
}

impl Reply {
    /// Bytes of an answer.
    pub const BYTES: usize = 17;

    fn of(event: &Event, own: bool) -> Self {
        Self {
            own,
            millisecond: event.at.as_millisecond(),
            hash: hash64(event.id.as_str()),
        }
    }

    fn at(self) -> Option<Timestamp> {
        Timestamp::from_millisecond(self.millisecond).ok()
    }

    /// As it is stored.
    pub fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        let (own, rest) = bytes.split_at_mut(1);
        let (millisecond, hash) = rest.split_at_mut(8);
        own.fill(self.own.into());
        millisecond.copy_from_slice(&self.millisecond.to_be_bytes());
        hash.copy_from_slice(&self.hash.to_be_bytes());
        bytes
    }

    /// Reads what is stored; `None` = it is no answer.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (own, rest) = bytes.split_first()?;
        let (millisecond, hash) = rest.split_at_checked(8)?;
        Some(Self {
            own: *own != 0,
            millisecond: i64::from_be_bytes(millisecond.try_into().ok()?),
            hash: u64::from_be_bytes(hash.try_into().ok()?),
        })
    }
}

/// What is known of a thread.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answered {
    /// When its first message was written, where that was told.
    pub started: Option<Timestamp>,
    /// Who wrote in it: [`mark`]s.
    pub members: BTreeSet<[u8; 4]>,
    /// The answers.
    pub replies: BTreeSet<Reply>,
    /// What it was about, by its place: one interest, unless somebody gave the place another meanwhile.
    pub topics: BTreeSet<InterestId>,
}

impl Answered {
    /// A thread's members are counted up to here: more make no difference.
    pub const MOST_MEMBERS: usize = ENOUGH_MEMBERS;
    /// A thread's answers are kept up to here, and a batch more: five would do, were it not for an
    /// earlier one that is told later and is the first.
    pub const MOST_REPLIES: usize = 30;

    /// What more is known. Of two instants of the beginning the earlier holds.
    pub fn merge(&mut self, other: Self) {
        self.started = match (self.started, other.started) {
            (Some(mine), Some(theirs)) => Some(mine.min(theirs)),
            (mine, theirs) => mine.or(theirs),
        };
        self.members.extend(other.members);
        self.replies.extend(other.replies);
        self.topics.extend(other.topics);
    }

    /// When it began, as far as anybody told: its first message, else its first answer.
    pub fn began(&self) -> Option<Timestamp> {
        let first = self.replies.iter().filter_map(|reply| reply.at()).min();
        self.started.or(first)
    }

    /// How long its first message waited for somebody else's answer. `None` = it waits still, or
    /// nobody tells since when.
    pub fn first_reply(&self) -> Option<SignedDuration> {
        let others = self.replies.iter().filter(|reply| !reply.own);
        let first = others.filter_map(|reply| reply.at()).min()?;
        Some(first.duration_since(self.started?))
    }

    /// Whether it was a talk: three members, and five answers or a first one within half an hour.
    pub fn is_quality(&self) -> bool {
        let was_soon = || self.first_reply().is_some_and(|after| after <= SOON);
        self.members.len() >= ENOUGH_MEMBERS && (self.replies.len() >= ENOUGH_REPLIES || was_soon())
    }
}

/// A thread's part of a batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// What was told of it.
    pub answered: Answered,
    /// Whose answers these were.
    pub by: BTreeSet<MemberId>,
}

/// What some members' events tell of threads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Threads(BTreeMap<ThreadId, Told>);

impl Threads {
    /// Takes one member's events. Staff answer nobody, nor does who only passes by and is no member;
    /// what comes later than 48 hours comes too late here as well. `counts` says of whoever began a
    /// thread whether they are a member, and no staff: a bot's question may be answered well, and the
    /// bot is none of those who talk.
    pub fn take(
        &mut self,
        by: &MemberId,
        known: Option<&Member>,
        events: &[Event],
        counts: impl Fn(&MemberId) -> bool,
        now: Timestamp,
    ) {
        if is_nobody(known, events) || is_staff(known, events) {
            return;
        }
        for event in events {
            let is_late = now.duration_since(event.at) > LATE_AFTER;
            let Some(thread) = event.facts.thread.as_ref().filter(|_| !is_late) else {
                continue;
            };
            // What began after its answer was told wrong.
            let started = thread.started.filter(|started| *started <= event.at);
            if started.is_some_and(|started| now.duration_since(started) > OF_INTEREST) {
                continue;
            }
            let author = thread.author.as_ref();
            let told = self.0.entry(thread.id).or_default();
            let other = author.filter(|author| *author != by && counts(author));
            let members = [by].into_iter().chain(other).map(mark);
            told.answered.merge(Answered {
                started,
                members: members.collect(),
                replies: BTreeSet::from([Reply::of(event, author == Some(by))]),
                topics: topic(&event.what).cloned().into_iter().collect(),
            });
            told.by.insert(by.clone());
        }
    }

    /// Each thread, and what was told of it.
    pub fn each(&self) -> impl Iterator<Item = (&ThreadId, &Told)> {
        self.0.iter()
    }
}

/// What the place of a message is about.
fn topic(what: &Happened) -> Option<&InterestId> {
    let (Happened::MessagePosted { interest, .. } | Happened::Reviewed { interest, .. }) = what
    else {
        return None;
    };
    interest.as_ref()
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;

    /// Somebody else's answer at an instant.
    pub(crate) fn reply(at: Timestamp) -> Reply {
        Reply {
            own: false,
            millisecond: at.as_millisecond(),
            hash: hash64(&at.to_string()),
        }
    }
}

#[cfg(test)]
mod tests;
