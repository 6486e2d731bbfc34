//! The check-in wall of a day: who was there, the longest streaks first.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::days::LocalDay;
use crate::ids::MemberId;

/// Who checked in on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wall {
    /// The day.
    pub day: LocalDay,
    /// How many checked in.
    pub count: u32,
    /// Those with the longest streaks at the end of that day, with the streak in days; ties in the
    /// order of member ids. At most [`Wall::NAMES`].
    pub members: Vec<(MemberId, u16)>,
}

impl Wall {
    /// More names nobody reads.
    pub const NAMES: usize = 30;
    /// So many of the longest streaks are named with their days …
    pub const LEADERS: usize = 3;
    /// … from so many on: one day in a row is none.
    const LEAD_FROM: u16 = 2;

    /// The longest streaks.
    pub fn leaders(&self) -> impl Iterator<Item = &(MemberId, u16)> {
        let leads = |(_, streak): &&(MemberId, u16)| *streak >= Self::LEAD_FROM;
        self.members.iter().filter(leads).take(Self::LEADERS)
    }
}

/// A wall that is being counted.
#[derive(Debug, Clone)]
pub(super) struct WallTally {
    day: LocalDay,
    count: u32,
    /// The greatest is who goes first when there are too many.
    members: BinaryHeap<(Reverse<u16>, MemberId)>,
}

impl WallTally {
    pub(super) fn new(day: LocalDay) -> Self {
        Self {
            day,
            count: 0,
            members: BinaryHeap::with_capacity(Wall::NAMES + 1),
        }
    }

    /// Somebody who checked in.
    pub(super) fn add(&mut self, member: &MemberId, streak: u16) {
        self.count = self.count.saturating_add(1);
        self.members.push((Reverse(streak), member.clone()));
        if self.members.len() > Wall::NAMES {
            self.members.pop();
        }
    }

    pub(super) fn finish(self) -> Wall {
        let members = self.members.into_sorted_vec().into_iter();
        Wall {
            day: self.day,
            count: self.count,
            members: members.map(|(streak, member)| (member, streak.0)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_streaks_are_named_and_all_are_counted() {
        let mut tally = WallTally::new("2026-01-05".parse().unwrap());
        for n in 0..100_u16 {
            let member = MemberId::new(format!("U{n:03}")).unwrap();
            tally.add(&member, n / 2);
        }
        let wall = tally.finish();
        assert_eq!((wall.count, wall.members.len()), (100, Wall::NAMES));
        let names: Vec<&str> = wall.members.iter().map(|(id, _)| id.as_str()).collect();
        assert_eq!(names[..4], ["U098", "U099", "U096", "U097"]);
        let leaders: Vec<u16> = wall.leaders().map(|(_, streak)| *streak).collect();
        assert_eq!(leaders, [49, 49, 48]);
    }

    #[test]
    fn one_day_in_a_row_leads_nothing() {
        let mut tally = WallTally::new("2026-01-05".parse().unwrap());
        tally.add(&MemberId::new("U1").unwrap(), 1);
        let wall = tally.finish();
        assert_eq!((wall.count, wall.leaders().count()), (1, 0));
    }
}
