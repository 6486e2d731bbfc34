//! When a member's segment is another one: a rise shows with the event that brings it, a drop on
//! the day on which it falls. Nobody looks for drops: each member waits for their own, activity
//! does not move that day, and when it comes it is worked out again.

use jiff::Timestamp;

use super::{Draft, Planner};
use crate::days::LocalDay;
use crate::segment::Segment;

/// The segment that a member was last known to be in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// Which; `None` = not looked at yet.
    pub segment: Option<Segment>,
    /// When it is looked at again.
    pub due: Option<Timestamp>,
}

impl Planner<'_> {
    /// After what happened: another segment is noted and acted on at once.
    pub(super) fn watch_segment(&mut self) {
        let (segment, next) = self.segment();
        let known = &self.member.journey.segment;
        if known.segment != Some(segment) {
            self.enter(segment, next);
        } else if known.due.is_none() {
            self.member.journey.segment.due = next;
        }
    }

    /// On the day: another segment, or a later day.
    pub(super) fn advance_segment(&mut self) {
        let known = &self.member.journey.segment;
        if known.due.is_none_or(|due| due > self.context.now) {
            return;
        }
        let (segment, next) = self.segment();
        if known.segment == Some(segment) {
            self.member.journey.segment.due = next;
        } else {
            self.enter(segment, next);
        }
    }

    /// The segment now, and when it is to be looked at again.
    fn segment(&self) -> (Segment, Option<Timestamp>) {
        let zone = &self.context.community.zone;
        let rules = &self.context.current.playbook.segments;
        let today = zone.day(self.context.now);
        let segment = Segment::of(self.member, today, zone, rules);
        let next = Segment::next_change(self.member, today, zone, rules);
        (segment, next.map(|day| self.look_on(day)))
    }

    /// At the sending time, when wake-ups are looked at as well: what is said to who enters a segment
    /// then waits for no quiet hours.
    fn look_on(&self, day: LocalDay) -> Timestamp {
        let at = self.context.current.playbook.onboarding.send_at;
        self.context.community.zone.at(day, at)
    }

    /// Whoever was in none before was not looked at: that is no change to speak of.
    fn enter(&mut self, segment: Segment, next: Option<Timestamp>) {
        let before = self.member.journey.segment.segment.replace(segment);
        self.member.journey.segment.due = next;
        let rules = &self.context.current.playbook.segments;
        if let (Some(_), Some(kind)) = (before, rules.entered.get(&segment)) {
            let path = format!("segment/{}/{}", segment.name(), self.today());
            self.write(self.context.current, Draft::new(path, kind.clone()));
        }
    }
}
