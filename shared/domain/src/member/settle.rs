//! Bringing an item up to an instant before events are applied to it.

use jiff::Timestamp;

use super::observe::LATE_AFTER;
use super::recent::second;
use super::scoring::last_closed;
use super::{Counted, Member, Rules};
use crate::days::LocalDay;
use crate::event::Event;

impl Member {
    /// Brings the item up to `now` before events are applied: closes days and forgets what can't
    /// come again. Returns the days that leave the item as a ledger row.
    pub fn settle(&mut self, rules: &Rules<'_>) -> Vec<super::DayPoints> {
        self.recent.forget_before(
            rules
                .now
                .saturating_sub(LATE_AFTER)
                .unwrap_or(Timestamp::MIN),
        );
        self.scoring.freezing = rules.freezes;
        let today = self.last_to_count_from(rules);
        self.challenges
            .close(&self.scoring, last_closed(today), rules.challenges);
        let closed = self.scoring.close(today);
        // Staff have no points to show: what they did is scored only so that the order in which
        // we learn of it does not matter.
        if self.is_staff() { Vec::new() } else { closed }
    }

    /// Today, or the day from which counting back still reaches everything that is not late: 48
    /// hours reach a day further back than two local days where a clock went forward, or where the
    /// member flew east.
    fn last_to_count_from(&self, rules: &Rules<'_>) -> LocalDay {
        let oldest = rules
            .now
            .saturating_sub(LATE_AFTER)
            .unwrap_or(Timestamp::MIN);
        let moves = self
            .zones
            .iter()
            .map(|(since, _)| *since)
            .filter(|since| (oldest..rules.now).contains(since));
        let reached = moves
            .chain([oldest])
            .map(|at| self.local_day(at, rules).plus(super::OPEN_BEFORE_TODAY));
        reached.fold(self.local_day(rules.now, rules), LocalDay::min)
    }

    /// Whether applying these events needs the counted events that were moved out of the item.
    pub fn needs_moved(&self, events: &[Event]) -> bool {
        self.recent.floor > 0
            && events.iter().any(|event| {
                second(event.at) <= self.recent.floor
                    && self.recent.may_have_moved(Counted::of(event))
            })
    }
}
