//! Segments: how close a member is to the community (新人, 核心, 活躍, 潛力, 沉默, 流失).
//!
//! A segment is no state but a function of the days that a member's item holds, so that any order
//! of the same events gives the same one, and a report can ask for the one of last Sunday. A drop
//! takes a week below: a member's segment is the highest that they were in on any of its days. A
//! rise shows at once.

use std::collections::BTreeMap;

use crate::days::{LocalDay, Zone};
use crate::ids::MessageKind;
use crate::member::{Member, Status};

/// How close a member is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// Left the community.
    Left,
    /// Silent, and does nothing else either.
    Dormant,
    /// Silent, but still reacts, presses or checks in.
    Lurker,
    /// Wrote something in the last month.
    Potential,
    /// On several days of the last four weeks.
    Active,
    /// On many days of the last four weeks, with something of their own.
    Core,
    /// In their first days.
    New,
}

impl Segment {
    /// All of them, as tables show them.
    pub const ALL: [Self; 7] = [
        Self::New,
        Self::Core,
        Self::Active,
        Self::Potential,
        Self::Lurker,
        Self::Dormant,
        Self::Left,
    ];

    /// As files and answers write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Core => "core",
            Self::Active => "active",
            Self::Potential => "potential",
            Self::Lurker => "silent-lurker",
            Self::Dormant => "silent-dormant",
            Self::Left => "left",
        }
    }

    /// The reverse of [`Segment::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|segment| segment.name() == name)
    }

    /// The segment on a day of the community's calendar, which is today or a few days past.
    pub fn of(member: &Member, day: LocalDay, zone: &Zone, rules: &SegmentRules) -> Self {
        match member.status() {
            Status::Left => Self::Left,
            Status::Member => Self::of_member(member, day, zone, rules),
        }
    }

    /// The same of somebody of whom it is known that they were a member on that day.
    pub fn of_member(member: &Member, day: LocalDay, zone: &Zone, rules: &SegmentRules) -> Self {
        if day.since(member.first_day(zone)) < i32::from(rules.new_days) {
            return Self::New;
        }
        let week = (0..i32::from(rules.hysteresis_days.max(1))).map(|ago| day.plus(-ago));
        week.map(|day| on_its_own(member, day, rules))
            .max()
            .unwrap_or(Self::Dormant)
    }

    /// The first day after `today` on which the segment is another one if nothing happens until
    /// then; `None` = never.
    pub fn next_change(
        member: &Member,
        today: LocalDay,
        zone: &Zone,
        rules: &SegmentRules,
    ) -> Option<LocalDay> {
        let now = Self::of(member, today, zone, rules);
        let longest = rules.new_days + rules.silent_days.max(WINDOW_DAYS) + rules.hysteresis_days;
        (1..=i32::from(longest) + 1)
            .map(|ahead| today.plus(ahead))
            .find(|day| Self::of(member, *day, zone, rules) != now)
    }
}

/// What a day says without the days before it. "Something of their own" is a post: what it was
/// worth to the others is not in the item.
fn on_its_own(member: &Member, day: LocalDay, rules: &SegmentRules) -> Segment {
    let since = |days: u16| day.plus(1 - i32::from(days));
    let active = member.activity.recent_within(since(WINDOW_DAYS), day);
    let active = active.count_ones();
    let posted = |days: u16| member.last_post.is_some_and(|last| last >= since(days));
    let stirred = member.activity.active_within(since(rules.silent_days), day);
    if active >= u32::from(rules.core_days) && posted(WINDOW_DAYS) {
        Segment::Core
    } else if active >= u32::from(rules.active_days) {
        Segment::Active
    } else if stirred && posted(rules.silent_days) {
        Segment::Potential
    } else if stirred {
        Segment::Lurker
    } else {
        Segment::Dormant
    }
}

/// Core and active are counted over so many days: four weeks, so that each weekday is in it as often.
const WINDOW_DAYS: u16 = 28;

/// Where one segment ends and the next begins, and what is said to who enters one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentRules {
    /// New for so many days, the first included.
    pub new_days: u16,
    /// Core from so many active days in four weeks.
    pub core_days: u16,
    /// Active from so many.
    pub active_days: u16,
    /// Silent after so many days without a post.
    pub silent_days: u16,
    /// Days below before a drop.
    pub hysteresis_days: u16,
    /// What is sent to who enters a segment; most often nothing.
    pub entered: BTreeMap<Segment, MessageKind>,
}

impl Default for SegmentRules {
    fn default() -> Self {
        Self {
            new_days: 7,
            core_days: 12,
            active_days: 4,
            silent_days: 30,
            hysteresis_days: 7,
            entered: BTreeMap::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ids::MemberId;

    const FIRST: i32 = 20_000;

    fn day(n: i32) -> LocalDay {
        LocalDay::from_epoch_days(FIRST + n)
    }

    /// First seen on day 0; active on some days, of which some are posts.
    fn member(active: &[i32], posts: &[i32]) -> Member {
        let zone = Zone::utc();
        let mut member = Member::new(MemberId::new("m").unwrap(), zone.start_of(day(0)));
        for n in active.iter().chain(posts) {
            member.activity.mark(day(*n), day(0));
        }
        member.last_post = posts.iter().max().map(|n| day(*n));
        member
    }

    fn on(member: &Member, n: i32) -> Segment {
        Segment::of(member, day(n), &Zone::utc(), &SegmentRules::default())
    }

    #[test]
    fn each_segment_by_its_days() {
        use Segment::{Active, Core, Dormant, Lurker, New, Potential};
        let every = |from: i32, until: i32| (from..=until).collect::<Vec<_>>();
        for (active, posts, at, expected) in [
            (vec![], vec![0], 6, New),
            (vec![], vec![0], 7, Potential),
            (vec![], vec![], 7, Dormant),
            (vec![0], vec![], 7, Lurker),
            (vec![0, 1, 2], vec![3], 7, Active),
            (every(0, 11), vec![0], 12, Core),
            (every(0, 10), vec![0], 12, Active),
            // Twelve days of pressing buttons are nobody's own content.
            (every(40, 51), vec![0], 52, Active),
            // The 30 days end with day 29, and the week that is waited with day 35.
            (vec![], vec![0], 35, Potential),
            (vec![20], vec![0], 35, Potential),
            (vec![20], vec![0], 36, Lurker),
            (vec![], vec![0], 36, Dormant),
        ] {
            assert_eq!(
                on(&member(&active, &posts), at),
                expected,
                "{active:?} {posts:?} on {at}"
            );
        }
    }

    #[test]
    fn names_are_read_back() {
        for segment in Segment::ALL {
            assert_eq!(Segment::from_name(segment.name()), Some(segment));
        }
        assert_eq!(Segment::from_name("silent"), None);
    }

    proptest! {
        /// Against the words of the definition: a segment is left for a lower one only after seven
        /// days in a row below it, and the next change is the first day that differs.
        #[test]
        fn a_drop_takes_a_week_and_is_foreseen(active in prop::collection::vec(0..60_i32, 0..40), posts in prop::collection::vec(0..60_i32, 0..6)) {
            let (member, rules, zone) = (member(&active, &posts), SegmentRules::default(), Zone::utc());
            let raw = |n: i32| on_its_own(&member, day(n), &rules);
            for n in 60..110 {
                let (before, now) = (on(&member, n - 1), on(&member, n));
                if now < before {
                    prop_assert!((n - 6..=n).all(|n| raw(n) < before));
                }
                prop_assert!(now >= raw(n));
            }
            let foreseen = Segment::next_change(&member, day(60), &zone, &rules);
            let first = (61..140).find(|n| on(&member, *n) != on(&member, 60));
            prop_assert_eq!(foreseen, first.map(day));
        }
    }
}
