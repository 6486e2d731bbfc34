//! Which days are to be closed.

use hearth_domain::board::ClosingRules;
use hearth_domain::days::{LocalDay, Zone};
use hearth_domain::kpi::AlertRules;
use jiff::Timestamp;

/// So many of the last days are made up for, if no tick came in their time: members still hold what
/// they did on them, and somebody may still want to know.
const MADE_UP_FOR: i32 = 2;
/// Within so many days something is to be made, if anything ever is: a month ends.
const FAR: i32 = 32;

/// A community's days.
#[derive(Debug, Clone, Copy)]
pub(super) struct Days<'a> {
    pub(super) rules: &'a ClosingRules,
    pub(super) zone: &'a Zone,
    /// There is a place for a wall.
    pub(super) wall: bool,
    /// Somebody is to be told between two reports.
    pub(super) alerts: bool,
}

impl Days<'_> {
    /// When a day falls due.
    fn due_at(&self, day: LocalDay) -> Timestamp {
        self.zone.at(day.plus(1), self.rules.at)
    }

    fn closes(&self, day: LocalDay) -> bool {
        self.rules.closes(day, self.wall) || (self.alerts && AlertRules::looks_at(day))
    }

    /// Days that are open or to come, each with when it is due.
    fn open(
        &self,
        now: Timestamp,
        closed: Option<LocalDay>,
    ) -> impl Iterator<Item = (LocalDay, Timestamp)> {
        let first = self.zone.day(now).plus(-MADE_UP_FOR);
        (0..MADE_UP_FOR + FAR)
            .map(move |n| first.plus(n))
            .filter(move |day| closed.is_none_or(|closed| *day > closed))
            .filter(|day| self.closes(*day))
            .map(|day| (day, self.due_at(day)))
    }
}

/// The earliest day that is to be closed now.
pub(super) fn due(days: &Days<'_>, now: Timestamp, closed: Option<LocalDay>) -> Option<LocalDay> {
    let mut open = days.open(now, closed);
    open.next().filter(|(_, at)| *at <= now).map(|(day, _)| day)
}

/// When the next closing falls due; a moment that has passed is now.
pub(super) fn next(days: &Days<'_>, now: Timestamp, closed: Option<LocalDay>) -> Option<Timestamp> {
    days.open(now, closed).next().map(|(_, at)| at)
}

#[cfg(test)]
mod tests {
    use hearth_domain::board::Span;
    use jiff::civil::Time;

    use super::*;

    fn rules(boards: &[Span]) -> ClosingRules {
        ClosingRules {
            at: Time::constant(0, 15, 0, 0),
            boards: boards.iter().copied().collect(),
            top: 10,
            wall: None,
            wall_image: false,
            board: None,
            star: None,
        }
    }

    /// What is due now, and when the next is.
    fn at(boards: &[Span], zone: &str, now: &str, closed: &str) -> (String, String) {
        let (rules, zone) = (rules(boards), Zone::new(zone).unwrap());
        let days = Days {
            rules: &rules,
            zone: &zone,
            wall: false,
            alerts: false,
        };
        let (now, closed) = (now.parse().unwrap(), closed.parse().ok());
        let due = due(&days, now, closed).map(|day| day.to_string());
        let next = next(&days, now, closed).map(|at| at.to_string());
        (due.unwrap_or_default(), next.unwrap_or_default())
    }

    #[test]
    fn a_day_is_closed_a_quarter_of_an_hour_after_its_end() {
        let daily = [Span::Day];
        for (now, closed, due, next) in [
            // 00:15 in Taipei is 16:15 UTC.
            (
                "2026-01-05T16:14:00Z",
                "2026-01-04",
                "",
                "2026-01-05T16:15:00Z",
            ),
            (
                "2026-01-05T16:15:00Z",
                "2026-01-04",
                "2026-01-05",
                "2026-01-05T16:15:00Z",
            ),
            (
                "2026-01-05T16:15:00Z",
                "2026-01-05",
                "",
                "2026-01-06T16:15:00Z",
            ),
        ] {
            let found = at(&daily, "Asia/Taipei", now, closed);
            assert_eq!(found, (due.to_owned(), next.to_owned()), "{now} {closed}");
        }
    }

    #[test]
    fn two_days_are_made_up_for_the_earlier_first() {
        let noon = "2026-01-10T12:00:00Z";
        assert_eq!(at(&[Span::Day], "UTC", noon, "2026-01-03").0, "2026-01-08");
        assert_eq!(at(&[Span::Day], "UTC", noon, "2026-01-08").0, "2026-01-09");
        assert_eq!(at(&[Span::Day], "UTC", noon, "2026-01-09").0, "");
        assert_eq!(
            at(&[Span::Day], "UTC", noon, "").0,
            "2026-01-08",
            "never closed"
        );
    }

    #[test]
    fn a_community_that_closes_weeks_waits_for_their_ends() {
        let weekly = [Span::Week];
        // Friday; the week ends on the 11th.
        let friday = at(&weekly, "UTC", "2026-01-09T12:00:00Z", "2026-01-06");
        assert_eq!(friday, (String::new(), "2026-01-12T00:15:00Z".to_owned()));
        let monday = at(&weekly, "UTC", "2026-01-12T00:15:00Z", "2026-01-06");
        assert_eq!(monday.0, "2026-01-11");
        let after = at(&weekly, "UTC", "2026-01-12T00:15:00Z", "2026-01-11");
        assert_eq!(after, (String::new(), "2026-01-14T00:15:00Z".to_owned()));
        assert_eq!(
            at(&[], "UTC", "2026-01-12T00:15:00Z", ""),
            (String::new(), String::new()),
            "nothing is ever made"
        );
    }

    #[test]
    fn who_is_alerted_has_every_day_closed_but_the_reports() {
        let zone = Zone::utc();
        let days = Days {
            rules: &ClosingRules::NOTHING,
            zone: &zone,
            wall: false,
            alerts: true,
        };
        let due = |now: &str, closed: &str| {
            let due = due(&days, now.parse().unwrap(), closed.parse().ok());
            due.map(|day| day.to_string())
        };
        let saturday = due("2026-01-11T00:15:00Z", "2026-01-09");
        assert_eq!(saturday.as_deref(), Some("2026-01-10"));
        assert_eq!(due("2026-01-12T00:15:00Z", "2026-01-10"), None, "Sunday");
        let monday = due("2026-01-13T00:15:00Z", "2026-01-10");
        assert_eq!(monday.as_deref(), Some("2026-01-12"));
    }

    #[test]
    fn a_clock_change_moves_no_closing() {
        // Berlin's clocks go forward on 29 March: the day has 23 hours.
        let found = at(
            &[Span::Day],
            "Europe/Berlin",
            "2026-03-29T22:15:00Z",
            "2026-03-28",
        );
        assert_eq!(found.0, "2026-03-29");
        let found = at(
            &[Span::Day],
            "Europe/Berlin",
            "2026-03-29T22:14:00Z",
            "2026-03-28",
        );
        assert_eq!(found.0, "");
    }
}
