//! What is going to be done, by when.

use std::collections::BTreeMap;

use hearth_domain::ids::MessageId;
use jiff::{SignedDuration, Timestamp};

use super::story::Act;

/// Somebody about to do something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Doing {
    /// A member does something.
    Act(usize, Act),
    /// A member's day begins on their own clock, counted from joining.
    Day(usize, u64),
    /// An operator presses a button of a message in their channel.
    Operator(MessageId, String),
}

/// Acts happen on a grid of so many seconds: what falls on one instant goes through the system
/// together, as a live community's batches do, and costs less.
const GRID: i64 = 300;

/// By instant, then in the order in which it was noted.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    entries: BTreeMap<(Timestamp, u64), Doing>,
    noted: u64,
}

impl Agenda {
    /// Notes something for the first point of the grid from an instant on.
    pub(super) fn note(&mut self, at: Timestamp, doing: Doing) {
        let second = at.as_second() + i64::from(at.subsec_nanosecond() > 0);
        let up = second.div_euclid(GRID) + i64::from(second.rem_euclid(GRID) > 0);
        let at = Timestamp::from_second(up * GRID).unwrap_or(Timestamp::MAX);
        self.noted += 1;
        self.entries.insert((at, self.noted), doing);
    }

    /// As [`Agenda::note`], so many minutes after an instant.
    pub(super) fn note_after(&mut self, from: Timestamp, minutes: u64, doing: Doing) {
        let minutes = SignedDuration::from_mins(i64::try_from(minutes).unwrap_or(i64::MAX / 60));
        self.note(
            from.saturating_add(minutes).unwrap_or(Timestamp::MAX),
            doing,
        );
    }

    /// The next instant at which there is something to do.
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.entries.keys().next().map(|(at, _)| *at)
    }

    /// Takes what is to be done by an instant.
    pub(super) fn take_until(&mut self, until: Timestamp) -> Vec<Doing> {
        let mut taken = Vec::new();
        while self.next().is_some_and(|at| at <= until) {
            taken.extend(self.entries.pop_first().map(|(_, doing)| doing));
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_noted_comes_in_order_and_on_the_grid() {
        let mut agenda = Agenda::default();
        let at = |text: &str| -> Timestamp { text.parse().unwrap() };
        agenda.note(at("2026-01-05T00:07:00Z"), Doing::Day(1, 0));
        agenda.note(at("2026-01-05T00:00:00Z"), Doing::Day(2, 0));
        agenda.note_after(at("2026-01-05T00:00:00Z"), 8, Doing::Day(3, 0));
        assert_eq!(agenda.next(), Some(at("2026-01-05T00:00:00Z")));
        let first = agenda.take_until(at("2026-01-05T00:09:59Z"));
        assert_eq!(first, [Doing::Day(2, 0)]);
        assert_eq!(agenda.next(), Some(at("2026-01-05T00:10:00Z")));
        let second = agenda.take_until(at("2026-01-05T00:10:00Z"));
        assert_eq!(second, [Doing::Day(1, 0), Doing::Day(3, 0)]);
        assert_eq!(agenda.next(), None);
    }
}
