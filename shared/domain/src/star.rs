//! The stars of the community (社群之星): whose messages most members answered in a month.
//!
//! A month's stars are named once, two days after its end, when no event of it can come any more.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use crate::board::is_ranked;
use crate::ids::{MemberId, MessageKind};
use crate::member::Member;
use crate::period::{Month, Period};
use crate::playbook::Localised;

/// What a playbook says of stars.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StarRules {
    /// What the channel reads; `None` = it is not told.
    pub message: Option<MessageKind>,
    /// What each star reads, one to one; `None` = they are not told.
    pub mine: Option<MessageKind>,
    /// What they are called.
    pub badge: Localised,
    /// What else it brings; its line goes where there is nothing.
    pub perks: Option<Localised>,
    /// Points for each star.
    pub points: u16,
    /// So many places; whoever has the same regard shares one.
    pub top: u8,
    /// Whoever was a star of the month before may be one again.
    pub again: bool,
}

/// A month's stars.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stars {
    /// The month.
    pub month: Month,
    /// By place; of one place who has more points of that month first, then by member id.
    pub places: Vec<StarPlace>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StarPlace {
    /// From 1.
    pub rank: u8,
    /// Who; `None` = somebody who was erased since.
    pub member: Option<MemberId>,
    /// How many members replied or reacted to them.
    pub regard: u32,
}

/// The most regarded of a month: as many as are looked at for being a star.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shortlist(BTreeSet<(Reverse<u32>, MemberId)>);

impl Shortlist {
    /// Enough that whoever may be no star (staff, last month's, who left) hides nobody who may.
    pub const MOST: usize = 50;

    /// Somebody with their regard. Of those with the same the first by id are kept.
    pub fn add(&mut self, member: MemberId, regard: u32) {
        self.0.insert((Reverse(regard), member));
        if self.0.len() > Self::MOST {
            self.0.pop_last();
        }
    }

    /// Who is on it.
    pub fn members(&self) -> impl Iterator<Item = &MemberId> {
        self.0.iter().map(|(_, member)| member)
    }
}

/// More names are no distinction: of those who would share the last places, who has more points of
/// that month goes first.
const MOST_NAMED: usize = 10;

impl Stars {
    /// The stars among those on the list: members (`known`) who may be on a board, and were none of
    /// the month `before`.
    pub fn choose(
        month: Month,
        list: &Shortlist,
        known: &HashMap<MemberId, Member>,
        before: Option<&Stars>,
        rules: &StarRules,
    ) -> Self {
        let again = |member: &MemberId| {
            let places = before.into_iter().flat_map(|stars| &stars.places);
            !rules.again
                && places
                    .filter_map(|place| place.member.as_ref())
                    .any(|star| star == member)
        };
        let mut may: Vec<(u32, u32, &MemberId)> = Vec::new();
        for (Reverse(regard), id) in &list.0 {
            let member = known.get(id).filter(|member| is_ranked(member));
            if let Some(member) = member.filter(|_| !again(id)) {
                let points = member.scoring.points_in(Period::Month(month));
                may.push((*regard, points, id));
            }
        }
        may.sort_by_key(|(regard, points, id)| (Reverse(*regard), Reverse(*points), *id));
        let mut places: Vec<StarPlace> = Vec::new();
        for (regard, _, id) in may {
            let rank = match places.last() {
                Some(last) if last.regard == regard => last.rank,
                Some(last) => last.rank.saturating_add(1),
                None => 1,
            };
            if rank > rules.top || places.len() >= MOST_NAMED {
                break;
            }
            places.push(StarPlace {
                rank,
                member: Some(id.clone()),
                regard,
            });
        }
        Self { month, places }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::member::{Latest, Order, Preference};
    use crate::playbook::Playbook;

    const MONTH: &str = "2026-01";

    fn id(text: &str) -> MemberId {
        MemberId::new(text).unwrap()
    }

    fn rules() -> StarRules {
        let playbook = Playbook::parse(Playbook::DEFAULT_TOML).unwrap();
        playbook.closing.unwrap().star.unwrap()
    }

    /// A member with so many points on 31 January.
    fn member(name: &str, points: u16) -> Member {
        let mut member = Member::new(id(name), "2026-01-05T00:00:00Z".parse().unwrap());
        let mut worth = Playbook::parse(Playbook::DEFAULT_TOML).unwrap().points;
        worth.check_in = points;
        let day = "2026-01-31".parse().unwrap();
        member.scoring.close(day);
        member.scoring.check_in(day, &worth);
        member
    }

    fn told<T>(value: T) -> Latest<T> {
        let order = Order {
            at: 0,
            seq: 0,
            tie: 0,
        };
        Latest { order, value }
    }

    /// `1 A 9`, by place; of members `name regard points`.
    fn chosen(of: &[(Member, u32)], before: Option<&Stars>, rules: &StarRules) -> Vec<String> {
        let mut list = Shortlist::default();
        let mut known = HashMap::new();
        for (member, regard) in of {
            list.add(member.id.clone(), *regard);
            known.insert(member.id.clone(), member.clone());
        }
        list.add(id("A-BOT"), 1_000);
        let stars = Stars::choose(MONTH.parse().unwrap(), &list, &known, before, rules);
        let line = |place: &StarPlace| {
            let member = place.member.as_ref().unwrap();
            format!("{} {member} {}", place.rank, place.regard)
        };
        stars.places.iter().map(line).collect()
    }

    #[test]
    fn the_first_three_places_are_named_and_whoever_is_level_shares_one() {
        let of = [
            (member("E", 1), 3),
            (member("D", 9), 7),
            (member("C", 1), 7),
            (member("B", 1), 8),
            (member("A", 1), 9),
        ];
        let all = ["1 A 9", "2 B 8", "3 D 7", "3 C 7"];
        assert_eq!(chosen(&of, None, &rules()), all, "more points first");
        let one = StarRules { top: 1, ..rules() };
        assert_eq!(chosen(&of, None, &one), ["1 A 9"]);
        assert!(chosen(&[], None, &rules()).is_empty(), "nobody we know");
    }

    #[test]
    fn last_months_star_is_none_again_unless_the_playbook_says_so() {
        let of = [(member("A", 1), 9), (member("B", 1), 8)];
        let place = |member| StarPlace {
            rank: 1,
            member,
            regard: 4,
        };
        let before = Stars {
            month: "2025-12".parse().unwrap(),
            places: vec![place(None), place(Some(id("A")))],
        };
        assert_eq!(chosen(&of, Some(&before), &rules()), ["1 B 8"]);
        let again = StarRules {
            again: true,
            ..rules()
        };
        assert_eq!(chosen(&of, Some(&before), &again), ["1 A 9", "2 B 8"]);
    }

    #[test]
    fn staff_and_who_wants_nothing_are_no_stars() {
        let mut staff = member("S", 1);
        staff.staff = Some(told(true));
        let mut quiet = member("Q", 1);
        quiet.wants = Some(told(Preference::Nothing));
        let of = [(staff, 9), (quiet, 9), (member("B", 1), 1)];
        assert_eq!(chosen(&of, None, &rules()), ["1 B 1"]);
    }

    #[test]
    fn ten_at_most_are_named_and_fifty_are_looked_at() {
        let of: Vec<(Member, u32)> = (0..60)
            .map(|n| (member(&format!("U{n:02}"), 100 + n), 5))
            .collect();
        let found = chosen(&of, None, &rules());
        assert_eq!(found.len(), MOST_NAMED);
        // The bot has one place of the list.
        assert_eq!(
            (found[0].as_str(), found[9].as_str()),
            ("1 U48 5", "1 U39 5")
        );
    }
}
