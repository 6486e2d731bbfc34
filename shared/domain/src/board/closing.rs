//! When a community's day is closed, and what is made then.

use std::collections::BTreeSet;

use jiff::civil::Time;

use crate::days::LocalDay;
use crate::ids::MessageKind;
use crate::period::{Month, Period};
use crate::star::StarRules;

/// An event may be so many days late: what ended that long ago can't change any more.
const LATE_DAYS: i32 = 2;

/// How long the periods of a board are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Span {
    /// A day.
    Day,
    /// An ISO week.
    Week,
    /// A calendar month.
    Month,
    /// From the beginning.
    All,
}

impl Span {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Day, Self::Week, Self::Month, Self::All];

    /// As playbooks, keys and commands write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::All => "all",
        }
    }

    /// Reads the name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|span| span.name() == name)
    }

    /// The period that a day is in.
    pub fn at(self, day: LocalDay) -> Period {
        match self {
            Self::Day => Period::Day(day),
            Self::Week => Period::Week(day.week()),
            Self::Month => Period::Month(Month::of(day)),
            Self::All => Period::All,
        }
    }

    /// The last of its periods of which no event can come any more when `day` is over, with its last
    /// day; `None` = there is no such thing to wait for.
    fn settled(self, day: LocalDay) -> Option<(Period, LocalDay)> {
        let next = day.plus(1 - LATE_DAYS);
        match self {
            Self::Week => {
                let week = next.week().plus(-1);
                Some((Period::Week(week), week.sunday()))
            }
            Self::Month => {
                let last = Month::of(next).first_day().plus(-1);
                Some((Period::Month(Month::of(last)), last))
            }
            Self::Day | Self::All => None,
        }
    }

    /// Whether a day is the last of its period.
    fn ends_on(self, day: LocalDay) -> bool {
        match self {
            Self::Day => true,
            Self::Week => day.week().sunday() == day,
            Self::Month => Month::of(day) != Month::of(day.plus(1)),
            Self::All => false,
        }
    }
}

/// What a playbook says of closings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosingRules {
    /// A day is closed at this time of the next one, on the community's clock.
    pub at: Time,
    /// Of what there are boards.
    pub boards: BTreeSet<Span>,
    /// So many places are shown.
    pub top: u8,
    /// The check-in wall of every day; `None` = there is none.
    pub wall: Option<MessageKind>,
    /// The wall has a picture of the running month, where the platform takes one.
    pub wall_image: bool,
    /// The board of a week or month, on the day it ends; `None` = it is not posted.
    pub board: Option<MessageKind>,
    /// How the stars of a month are named, when no event of it can come any more; `None` = there are
    /// none.
    pub star: Option<StarRules>,
}

impl ClosingRules {
    /// Of a playbook without closings whose days are looked at all the same: nothing is made.
    /// What happens in a day's last minute arrives within minutes; then a tick comes every quarter hour.
    pub const NOTHING: Self = Self {
        at: Time::constant(0, 15, 0, 0),
        boards: BTreeSet::new(),
        top: 0,
        wall: None,
        wall_image: false,
        board: None,
        star: None,
    };

    /// Whether anything is to be made when a day is over. `wall`: the community has a place for one.
    ///
    /// Making it reads every member, so a community without daily boards and walls is read only when
    /// a week or a month ends, and again two days later.
    pub fn closes(&self, day: LocalDay, wall: bool) -> bool {
        let ends = |span: &Span| {
            let settles = span.settled(day);
            span.ends_on(day) || settles.is_some_and(|(_, last)| last.plus(LATE_DAYS) == day)
        };
        let only_all = self.boards.len() == 1 && self.boards.contains(&Span::All);
        let stars = self.star.as_ref().map(|_| Span::Month.settled(day));
        (wall && self.wall.is_some())
            || self.boards.iter().any(ends)
            || stars
                .flatten()
                .is_some_and(|(_, last)| last.plus(LATE_DAYS) == day)
            || (only_all && Span::Week.ends_on(day))
    }

    /// What is made when a day is over; `before` is the last day that was closed before it, whose
    /// boards need no second look.
    pub fn making(&self, day: LocalDay, before: Option<LocalDay>, wall: bool) -> Making {
        let so_far = self.boards.iter().map(|span| Wanted {
            period: span.at(day),
            through: day,
            is_final: false,
        });
        let since = before.unwrap_or(day.plus(-1));
        let is_new = |(_, last): &(Period, LocalDay)| last.plus(LATE_DAYS) > since;
        let settled = self.boards.iter().filter_map(|span| span.settled(day));
        let settled = settled.filter(is_new).map(|(period, last)| Wanted {
            period,
            through: last,
            is_final: true,
        });
        let month = self.star.as_ref().and_then(|_| Span::Month.settled(day));
        let told = self.boards.iter().filter(|span| match span {
            Span::Week | Span::Month => self.board.is_some() && span.ends_on(day),
            Span::Day | Span::All => false,
        });
        Making {
            day,
            boards: so_far.chain(settled).collect(),
            wall: wall && self.wall.is_some(),
            told: told.map(|span| span.at(day)).collect(),
            stars: month.filter(is_new).map(|(_, last)| Month::of(last)),
        }
    }
}

/// A board that is to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// Of what.
    pub period: Period,
    /// The last day that is in it.
    pub through: LocalDay,
    /// No event of it can come any more.
    pub is_final: bool,
}

/// What is made of one pass over the members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Making {
    /// The day that is over.
    pub day: LocalDay,
    /// The boards.
    pub boards: Vec<Wanted>,
    /// Whether there is a wall of the day.
    pub wall: bool,
    /// The periods whose board is posted, because they ended with the day.
    pub told: Vec<Period>,
    /// The month whose stars are named: two days after its end.
    pub stars: Option<Month>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playbook::Playbook;

    fn rules(boards: &[Span], wall: bool) -> ClosingRules {
        let kind = |name: &str| MessageKind::new(name).unwrap();
        ClosingRules {
            at: Time::constant(0, 15, 0, 0),
            boards: boards.iter().copied().collect(),
            top: 10,
            wall: wall.then(|| kind("closing.wall")),
            wall_image: false,
            board: Some(kind("closing.board")),
            star: None,
        }
    }

    fn day(text: &str) -> LocalDay {
        text.parse().unwrap()
    }

    /// The days of January 2026 (it begins on a Thursday) on which something is made.
    fn closing_days(rules: &ClosingRules, place: bool) -> Vec<i32> {
        let first = day("2026-01-01");
        let days = (0..31).filter(|n| rules.closes(first.plus(*n), place));
        days.map(|n| n + 1).collect()
    }

    #[test]
    fn members_are_read_only_on_days_on_which_something_is_made() {
        use Span::{All, Day, Month, Week};
        let every_day: Vec<i32> = (1..=31).collect();
        assert_eq!(closing_days(&rules(&[Day], false), false), every_day);
        assert_eq!(closing_days(&rules(&[], true), true), every_day);
        assert!(
            closing_days(&rules(&[], true), false).is_empty(),
            "no place for a wall"
        );
        // The Sundays, and the Tuesdays after them.
        let weeks = [4, 6, 11, 13, 18, 20, 25, 27];
        assert_eq!(closing_days(&rules(&[Week], false), true), weeks);
        assert_eq!(closing_days(&rules(&[Week, All], false), true), weeks);
        // December's second look, and January's end.
        assert_eq!(closing_days(&rules(&[Month], false), true), [2, 31]);
        assert_eq!(closing_days(&rules(&[All], false), true), [4, 11, 18, 25]);
        assert!(closing_days(&rules(&[], false), true).is_empty());
    }

    fn made(on: &str, before: Option<&str>) -> Vec<String> {
        let rules = rules(&Span::ALL, true);
        let making = rules.making(day(on), before.map(day), true);
        let wanted = |wanted: &Wanted| {
            let last = if wanted.is_final { "final" } else { "so far" };
            format!("{} {last} {}", wanted.period.kind(), wanted.through)
        };
        let told = making
            .told
            .iter()
            .map(|period| format!("told {}", period.kind()));
        making.boards.iter().map(wanted).chain(told).collect()
    }

    #[test]
    fn a_week_and_a_month_are_final_two_days_after_their_end() {
        let so_far = |on: &str| Span::ALL.map(|span| format!("{} so far {on}", span.name()));
        // A Wednesday.
        assert_eq!(made("2026-01-14", Some("2026-01-13")), so_far("2026-01-14"));
        let mut sunday = so_far("2026-01-11").to_vec();
        sunday.push("told week".to_owned());
        assert_eq!(made("2026-01-11", Some("2026-01-10")), sunday);
        let mut tuesday = so_far("2026-01-13").to_vec();
        tuesday.push("week final 2026-01-11".to_owned());
        assert_eq!(made("2026-01-13", Some("2026-01-12")), tuesday);
        assert_eq!(
            made("2026-01-13", None),
            tuesday,
            "the first day that is ever closed"
        );
        // 1 February is a Sunday: the week ends a day after the month.
        let mut first = so_far("2026-02-01").to_vec();
        first.push("told week".to_owned());
        assert_eq!(made("2026-02-01", Some("2026-01-31")), first);
        let mut second = so_far("2026-02-02").to_vec();
        second.push("month final 2026-01-31".to_owned());
        assert_eq!(made("2026-02-02", Some("2026-02-01")), second);
    }

    #[test]
    fn the_stars_of_a_month_are_named_two_days_after_it() {
        let playbook = Playbook::parse(Playbook::DEFAULT_TOML).unwrap();
        let star = playbook.closing.unwrap().star;
        let rules = ClosingRules {
            star,
            ..rules(&[], false)
        };
        assert_eq!(closing_days(&rules, false), [2]);
        let named = |on: &str, before: Option<&str>| {
            let making = rules.making(day(on), before.map(day), false);
            making.stars.map(|month| month.to_string())
        };
        for (on, before, expected) in [
            ("2026-01-31", Some("2026-01-30"), None),
            ("2026-02-01", Some("2026-01-31"), None),
            ("2026-02-02", Some("2026-02-01"), Some("2026-01")),
            ("2026-02-02", None, Some("2026-01")),
            ("2026-02-03", Some("2026-02-02"), None),
            // The day was missed.
            ("2026-02-04", Some("2026-02-01"), Some("2026-01")),
        ] {
            assert_eq!(named(on, before).as_deref(), expected, "{on} {before:?}");
        }
        let none = ClosingRules {
            star: None,
            ..rules.clone()
        };
        assert_eq!(none.making(day("2026-02-02"), None, false).stars, None);
    }

    #[test]
    fn what_a_day_that_was_missed_would_have_made_final_is_made_by_the_next() {
        let mut friday = Span::ALL
            .map(|span| format!("{} so far 2026-01-16", span.name()))
            .to_vec();
        friday.push("week final 2026-01-11".to_owned());
        assert_eq!(made("2026-01-16", Some("2026-01-10")), friday);
    }
}
