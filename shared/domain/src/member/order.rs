//! The order of what happened, and facts of which the latest counts.

use std::hash::Hasher;

use jiff::Timestamp;

use crate::event::Event;

/// Where an event stands among all events of its member: by time, then by the platform's own
/// order, then by id, so that two consumers who see the events in different orders agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Order {
    /// Microseconds since 1970-01-01 UTC.
    pub at: i64,
    /// The platform's order within one instant.
    pub seq: u64,
    /// A hash of the event id: decides what is left.
    pub tie: u16,
}

impl Order {
    /// The order of an event.
    pub fn of(event: &Event) -> Self {
        Self {
            at: event.at.as_microsecond(),
            seq: event.seq,
            tie: hash16(event.id.as_str()),
        }
    }

    /// The instant of the event.
    pub fn timestamp(self) -> Timestamp {
        Timestamp::from_microsecond(self.at).unwrap_or(Timestamp::MIN)
    }
}

/// A stable 64-bit hash (FNV-1a): shards, ties, and later the assignment of variants. Not for
/// security.
pub fn hash64(text: &str) -> u64 {
    let mut hasher = fnv::FnvHasher::default();
    hasher.write(text.as_bytes());
    hasher.finish()
}

/// [`hash64`], folded.
pub fn hash32(text: &str) -> u32 {
    let wide = hash64(text);
    let folded = (wide >> 32) ^ (wide & 0xffff_ffff);
    u32::try_from(folded).unwrap_or(0)
}

/// [`hash32`], folded again.
pub fn hash16(text: &str) -> u16 {
    let wide = hash32(text);
    let folded = (wide >> 16) ^ (wide & 0xffff);
    u16::try_from(folded).unwrap_or(0)
}

/// A fact of which the latest telling counts, in whatever order the tellings arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Latest<T> {
    /// When it was told.
    pub order: Order,
    /// What was told.
    pub value: T,
}

impl<T> Latest<T> {
    /// Takes `value` if it was told later than what is known. Says whether it did.
    pub fn offer(known: &mut Option<Self>, order: Order, value: T) -> bool {
        if known.as_ref().is_some_and(|known| known.order >= order) {
            return false;
        }
        *known = Some(Self { order, value });
        true
    }
}
