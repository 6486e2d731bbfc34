//! Regard: who replied or reacted to whose messages, within a month of the community's calendar.
//!
//! What counts are distinct members: a hundred hearts of one friend are one. So a month's regard is a
//! set for each author, and adding to it once more, or in another order, changes nothing. A reaction
//! that is taken back takes nothing back.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::days::Zone;
use crate::event::Event;
use crate::ids::MemberId;
use crate::member::{LATE_AFTER, Member, Order, hash32};
use crate::period::Month;

/// Whose messages, in which month.
pub type Regarded = (Month, MemberId);

/// Of some members' events: for each author and month, who replied or reacted to them.
///
/// Only hashes leave this, for how many it was is all that anybody asks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Regards(BTreeMap<Regarded, BTreeSet<MemberId>>);

impl Regards {
    /// Takes one member's events. Staff regard nobody, nor does who only passes by (see
    /// [`Facts::elsewhere`](crate::event::Facts)) and is no member; what comes later than 48 hours
    /// comes too late here as well.
    pub fn take(
        &mut self,
        giver: &MemberId,
        known: Option<&Member>,
        events: &[Event],
        zone: &Zone,
        now: Timestamp,
    ) {
        if is_nobody(known, events) || is_staff(known, events) {
            return;
        }
        for event in events {
            let late = now.duration_since(event.at) > LATE_AFTER;
            let author = event.facts.regards.as_ref();
            let Some(author) = author.filter(|author| *author != giver && !late) else {
                continue;
            };
            let key = (Month::of(zone.day(event.at)), author.clone());
            self.0.entry(key).or_default().insert(giver.clone());
        }
    }

    /// Each author's month, and who gave them something then.
    pub fn each(&self) -> impl Iterator<Item = (&Regarded, &BTreeSet<MemberId>)> {
        self.0.iter()
    }
}

/// Whether somebody is no member, and these events make them none: all of them are from elsewhere.
pub(crate) fn is_nobody(known: Option<&Member>, events: &[Event]) -> bool {
    known.is_none() && events.iter().all(|event| event.facts.elsewhere)
}

/// The latest word decides: what the events tell, else what is known.
pub(crate) fn is_staff(known: Option<&Member>, events: &[Event]) -> bool {
    let telling = events.iter().filter(|event| event.facts.staff.is_some());
    let latest = telling.max_by_key(|event| Order::of(event));
    let told = latest.and_then(|event| event.facts.staff);
    told.unwrap_or_else(|| known.is_some_and(Member::is_staff))
}

/// What stands for a giver in an author's month, and for whoever writes in a thread: four bytes of a hash, which nobody reads a name from.
pub fn mark(giver: &MemberId) -> [u8; 4] {
    hash32(giver.as_str()).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::event::{Facts, Happened};
    use crate::member::MovedOut;

    const NOW: &str = "2026-02-01T12:00:00Z";

    fn id(text: &str) -> MemberId {
        MemberId::new(text).unwrap()
    }

    fn event(giver: &str, at: &str, author: Option<&str>) -> Event {
        Event {
            id: format!("e:{giver}:{at}").parse().unwrap(),
            at: at.parse().unwrap(),
            seq: 0,
            member: id(giver),
            facts: Facts {
                regards: author.map(id),
                ..Facts::default()
            },
            what: Happened::ReactionAdded { interest: None },
        }
    }

    fn taken(events: &[Event], known: Option<&Member>) -> Vec<String> {
        let mut regards = Regards::default();
        let zone = Zone::new("Asia/Taipei").unwrap();
        for event in events {
            let one = std::slice::from_ref(event);
            regards.take(&event.member, known, one, &zone, NOW.parse().unwrap());
        }
        let line = |((month, author), who): (&Regarded, &BTreeSet<MemberId>)| {
            let who: Vec<&str> = who.iter().map(MemberId::as_str).collect();
            format!("{month} {author}: {}", who.join(" "))
        };
        regards.each().map(line).collect()
    }

    #[test]
    fn distinct_members_count_in_the_month_of_the_communitys_calendar() {
        let found = taken(
            &[
                // Midnight in Taipei is 16:00 UTC.
                event("U1", "2026-01-31T15:59:59Z", Some("A")),
                event("U1", "2026-01-31T15:30:00Z", Some("A")),
                event("U2", "2026-01-31T15:00:00Z", Some("A")),
                event("U1", "2026-01-31T16:00:00Z", Some("A")),
                event("U2", "2026-01-31T16:00:00Z", Some("B")),
                event("U2", "2026-01-31T16:00:01Z", None),
                event("A", "2026-01-31T16:00:02Z", Some("A")),
                // 48 hours and a second.
                event("U3", "2026-01-30T11:59:59Z", Some("A")),
            ],
            None,
        );
        assert_eq!(
            found,
            ["2026-01 A: U1 U2", "2026-02 A: U1", "2026-02 B: U2"]
        );
    }

    #[test]
    fn staff_and_passers_by_regard_nobody() {
        let told = |staff: Option<bool>, elsewhere: bool| {
            let mut event = event("U1", NOW, Some("A"));
            (event.facts.staff, event.facts.elsewhere) = (staff, elsewhere);
            event
        };
        let mut member = Member::new(id("U1"), NOW.parse().unwrap());
        let counts = |event: Event, known: Option<&Member>| !taken(&[event], known).is_empty();
        assert!(counts(told(None, false), None));
        assert!(!counts(told(Some(true), false), None));
        assert!(!counts(told(None, true), None), "no member, and made none");
        assert!(counts(told(None, true), Some(&member)));
        let operator = told(Some(true), false);
        let rules = crate::playbook::Playbook::parse(crate::playbook::Playbook::DEFAULT_TOML);
        let playbook = rules.unwrap();
        let zone = Zone::utc();
        let rules = crate::member::Rules::of(&playbook, &zone, &[], NOW.parse().unwrap());
        member.observe(&operator, &rules, &MovedOut::default(), &mut Vec::new());
        assert!(!counts(told(None, false), Some(&member)));
        assert!(counts(told(Some(false), false), Some(&member)));
    }

    /// What the rows hold after batches, each added to what is there.
    fn rows(batches: &[Vec<Event>]) -> BTreeMap<Regarded, BTreeSet<[u8; 4]>> {
        let mut rows: BTreeMap<Regarded, BTreeSet<[u8; 4]>> = BTreeMap::new();
        for batch in batches {
            let mut regards = Regards::default();
            let now: Timestamp = NOW.parse().unwrap();
            for event in batch {
                let one = std::slice::from_ref(event);
                regards.take(&event.member, None, one, &Zone::utc(), now);
            }
            for (key, who) in regards.each() {
                let marks = who.iter().map(mark);
                rows.entry(key.clone()).or_default().extend(marks);
            }
        }
        rows
    }

    proptest! {
        /// Whatever is told again, in whatever order and batches: the same rows.
        #[test]
        fn any_order_with_duplicates_gives_the_same_regard(
            told in prop::collection::vec((0..6_u8, 0..6_u8, 0..4_000_i64), 0..40),
            again in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
            seed in any::<u64>(),
            size in 1..9_usize,
        ) {
            let now: Timestamp = NOW.parse().unwrap();
            let event = |(giver, author, minutes): &(u8, u8, i64)| {
                let at = now - jiff::SignedDuration::from_mins(*minutes);
                event(&format!("U{giver}"), &at.to_string(), Some(&format!("U{author}")))
            };
            let once: Vec<Event> = told.iter().map(event).collect();
            let mut shuffled = once.clone();
            if !once.is_empty() {
                shuffled.extend(again.iter().map(|index| index.get(&once).clone()));
            }
            let mut keyed: Vec<(u64, Event)> = shuffled.into_iter().enumerate()
                .map(|(n, event)| (crate::member::hash64(&format!("{seed}/{n}")), event)).collect();
            keyed.sort_by_key(|(key, _)| *key);
            let shuffled: Vec<Event> = keyed.into_iter().map(|(_, event)| event).collect();
            let batches: Vec<Vec<Event>> = shuffled.chunks(size).map(<[Event]>::to_vec).collect();
            prop_assert_eq!(rows(&batches), rows(&[once]));
        }
    }
}
