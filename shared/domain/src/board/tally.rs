//! One board, counted in one pass: the first few in a heap, of all others only the total.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use super::{By, Place};
use crate::ids::MemberId;
use crate::standing::Standing;

/// Who was counted; the greatest is the last on the board.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    total: Reverse<u32>,
    member: MemberId,
    /// Of the other kind: shown, not ranked by.
    other: u32,
}

/// A board that is being counted. Holds as many members as it will show, and every distinct total
/// once.
#[derive(Debug, Clone)]
pub(super) struct Tally {
    by: By,
    most: usize,
    first: BinaryHeap<Entry>,
    totals: BTreeSet<u32>,
    people: u32,
}

/// What was counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Counted {
    /// How many members have anything.
    pub(super) people: u32,
    /// The first of them.
    pub(super) places: Vec<Place>,
    /// Everybody's place.
    pub(super) standing: Standing,
}

impl Tally {
    /// Of the first `most` by something.
    pub(super) fn new(by: By, most: usize) -> Self {
        Self {
            by,
            most,
            first: BinaryHeap::with_capacity(most + 1),
            totals: BTreeSet::new(),
            people: 0,
        }
    }

    /// Counts one member.
    pub(super) fn add(&mut self, member: &MemberId, points: u32, check_ins: u32) {
        let (total, other) = match self.by {
            By::Points => (points, check_ins),
            By::CheckIns => (check_ins, points),
        };
        if total == 0 {
            return;
        }
        self.people = self.people.saturating_add(1);
        self.totals.insert(total);
        let full = self.first.len() >= self.most;
        let beaten = |last: &Entry| (last.total, &last.member) < (Reverse(total), member);
        if full && self.first.peek().is_none_or(beaten) {
            return;
        }
        self.first.push(Entry {
            total: Reverse(total),
            member: member.clone(),
            other,
        });
        if full {
            self.first.pop();
        }
    }

    /// The board.
    pub(super) fn finish(self) -> Counted {
        let standing = Standing::of(self.totals);
        let place = |entry: Entry| {
            let (total, other) = (entry.total.0, entry.other);
            let (points, check_ins) = match self.by {
                By::Points => (total, other),
                By::CheckIns => (other, total),
            };
            Place {
                rank: standing.rank_of(total),
                member: Some(entry.member),
                points,
                check_ins,
            }
        };
        Counted {
            people: self.people,
            places: self
                .first
                .into_sorted_vec()
                .into_iter()
                .map(place)
                .collect(),
            standing: standing.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id(n: u32) -> MemberId {
        MemberId::new(format!("U{n:03}")).unwrap()
    }

    fn shown(place: &Place) -> (u32, &str, u32, u32) {
        let member = place.member.as_ref().unwrap().as_str();
        (place.rank, member, place.points, place.check_ins)
    }

    #[test]
    fn the_first_are_kept_and_of_the_others_the_place() {
        let mut tally = Tally::new(By::Points, 3);
        for (n, points, check_ins) in [
            (4, 7, 0),
            (1, 7, 1),
            (3, 0, 1),
            (2, 20, 3),
            (5, 7, 0),
            (6, 3, 0),
        ] {
            tally.add(&id(n), points, check_ins);
        }
        let counted = tally.finish();
        assert_eq!(counted.people, 5, "who has no points is not on it");
        assert_eq!(
            counted.places.iter().map(shown).collect::<Vec<_>>(),
            [(1, "U002", 20, 3), (2, "U001", 7, 1), (2, "U004", 7, 0)],
            "ties in the order of ids"
        );
        assert_eq!(counted.standing.rank_of(3), 3);
    }

    #[test]
    fn a_board_of_nobody_is_empty() {
        let mut tally = Tally::new(By::CheckIns, 10);
        tally.add(&id(1), 50, 0);
        let counted = tally.finish();
        assert_eq!((counted.people, counted.places.len()), (0, 0));
    }

    proptest! {
        /// Against the obvious: sort all of them, rank them, take the first.
        #[test]
        fn one_pass_in_any_order_is_what_sorting_all_gives(totals in prop::collection::vec((0..12_u32, 0..4_u32), 0..60), most in 1..12_usize, seed in any::<u64>()) {
            let members: Vec<(MemberId, u32, u32)> = (0..).zip(totals).map(|(n, (points, check_ins))| (id(n), points, check_ins)).collect();
            let mut shuffled = members.clone();
            shuffled.sort_by_key(|(member, _, _)| crate::member::hash64(&format!("{seed}{member}")));
            for by in By::ALL {
                let total = |(_, points, check_ins): &(MemberId, u32, u32)| match by { By::Points => *points, By::CheckIns => *check_ins };
                let mut sorted: Vec<_> = members.iter().filter(|member| total(member) > 0).collect();
                sorted.sort_by_key(|member| (Reverse(total(member)), member.0.clone()));
                let greater = |than: u32| sorted.iter().map(|member| total(member)).filter(|total| *total > than).collect::<BTreeSet<u32>>().len();
                let expected: Vec<Place> = sorted.iter().take(most).map(|member| Place {
                    rank: u32::try_from(greater(total(member))).unwrap() + 1,
                    member: Some(member.0.clone()),
                    points: member.1,
                    check_ins: member.2,
                }).collect();
                let mut tally = Tally::new(by, most);
                for (member, points, check_ins) in &shuffled {
                    tally.add(member, *points, *check_ins);
                }
                let counted = tally.finish();
                prop_assert_eq!(counted.people, u32::try_from(sorted.len()).unwrap());
                prop_assert_eq!(counted.places, expected);
            }
        }
    }
}
