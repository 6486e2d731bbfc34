//! Which counted events (messages, reactions) of the last 48 hours are already in the numbers.
//!
//! Eight bytes an event. A member who writes more in 48 hours than the item holds has the oldest
//! of them moved to an item beside it in the same transaction; an event younger than everything
//! moved can't be there, so the ordinary case never reads it.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::order::hash32;
use crate::event::Event;

/// One counted event: its second and a hash of its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Counted {
    /// Seconds since 1970-01-01 UTC.
    pub second: u32,
    /// A hash of the canonical id.
    pub id: u32,
}

impl Counted {
    /// The entry of an event.
    pub fn of(event: &Event) -> Self {
        Self {
            second: second(event.at),
            id: hash32(event.id.as_str()),
        }
    }

    /// Big-endian, so that bytes sort like entries.
    pub fn to_bytes(self) -> [u8; 8] {
        let wide = (u64::from(self.second) << 32) | u64::from(self.id);
        wide.to_be_bytes()
    }

    /// The reverse of [`Counted::to_bytes`].
    pub fn from_bytes(bytes: [u8; 8]) -> Self {
        let wide = u64::from_be_bytes(bytes);
        Self {
            second: u32::try_from(wide >> 32).unwrap_or(0),
            id: u32::try_from(wide & 0xffff_ffff).unwrap_or(0),
        }
    }
}

/// Seconds since 1970, held to what four bytes hold (until 2106).
pub(crate) fn second(at: Timestamp) -> u32 {
    u32::try_from(at.as_second().max(0)).unwrap_or(u32::MAX)
}

/// The counted events that a member's item holds, and how far back it holds all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recent {
    /// Ascending.
    pub entries: BTreeSet<Counted>,
    /// The second of the youngest entry that was moved out of the item; 0 = none was.
    pub floor: u32,
}

impl Recent {
    /// An item holds at most so many.
    pub const MAX: usize = 12;
    /// What stays in the item when some move out: moving many at once costs one write.
    const KEEP: usize = 4;

    /// Forgets entries from before `oldest`: events that old are not counted any more.
    pub fn forget_before(&mut self, oldest: Timestamp) {
        let from = Counted {
            second: second(oldest),
            id: 0,
        };
        if self.entries.first().is_some_and(|first| *first < from) {
            self.entries = self.entries.split_off(&from);
        }
        if self.floor < from.second {
            self.floor = 0;
        }
    }

    /// Whether only the moved-out entries can tell if this event was counted.
    pub fn may_have_moved(&self, entry: Counted) -> bool {
        entry.second <= self.floor && !self.entries.contains(&entry)
    }

    /// Takes what the item can't hold out of it, oldest first.
    pub fn move_out(&mut self) -> Vec<Counted> {
        if self.entries.len() <= Self::MAX {
            return Vec::new();
        }
        let mut moved = Vec::new();
        while self.entries.len() > Self::KEEP {
            let Some(oldest) = self.entries.pop_first() else {
                break;
            };
            self.floor = self.floor.max(oldest.second);
            moved.push(oldest);
        }
        moved
    }
}
