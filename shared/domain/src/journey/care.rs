//! After a return: the greeting, and for some weeks content by the member's own interest.

use jiff::{SignedDuration, Timestamp};

use super::content::content_steps;
use super::{CaseState, Draft, Planner};
use crate::member::Status;
use crate::message::SkipReason;

impl Planner<'_> {
    /// The greeting on a return that starts no new plan. The others are welcomed by the plan.
    pub(super) fn welcome_back(&mut self, at: Timestamp) {
        if self.member.is_opted_out() {
            return;
        }
        let Some(kind) = self.context.current.playbook.win_back.welcome_back.clone() else {
            return;
        };
        let path = format!("back/{}", at.as_second());
        self.write(self.context.current, Draft::new(path, kind).answering());
    }

    /// A case that was won waits for its first piece of content.
    pub(super) fn begin_care(&mut self, won: Timestamp) {
        let due = self.care_due(won, 0);
        if let Some(case) = &mut self.member.journey.win_back {
            case.care = 0;
            case.due = due;
        }
    }

    /// When the next piece is due after `sent` of them; `None` = the weeks are over.
    fn care_due(&self, won: Timestamp, sent: u8) -> Option<Timestamp> {
        let rules = &self.context.current.playbook.win_back;
        rules.care.as_ref()?;
        let days = i32::from(rules.care_every_days) * (i32::from(sent) + 1);
        if days > i32::from(rules.care_days) {
            return None;
        }
        let zone = self.member.zone_at(won, &self.context.community.zone);
        Some(self.sending_time(zone.day(won).plus(days)))
    }

    /// The next piece of content for a returner. Who is on a plan gets that first.
    pub(super) fn advance_care(&mut self) {
        let now = self.context.now;
        let Some(case) = self.member.journey.win_back.clone() else {
            return;
        };
        let CaseState::Won { at } = case.state else {
            return;
        };
        let Some(due) = case.due.filter(|due| *due <= now) else {
            return;
        };
        let there = self.member.status() == Status::Member;
        if !there || self.member.is_opted_out() {
            return self.schedule_care(case.care, None);
        }
        if self.is_underway() {
            let tomorrow = self.sending_time(self.today().plus(1));
            return self.schedule_care(case.care, Some(tomorrow));
        }
        self.write_care(case.number, case.care, due);
        // What fell into days that are over is not made up for.
        let next = (case.care.saturating_add(1)..u8::MAX)
            .map_while(|nth| Some((nth, self.care_due(at, nth)?)))
            .find(|(_, due)| *due > now);
        match next {
            Some((nth, due)) => self.schedule_care(nth, Some(due)),
            None => self.schedule_care(case.care.saturating_add(1), None),
        }
    }

    fn schedule_care(&mut self, nth: u8, due: Option<Timestamp>) {
        if let Some(case) = &mut self.member.journey.win_back {
            case.care = nth;
            case.due = due;
        }
    }

    fn write_care(&mut self, number: u16, nth: u8, due: Timestamp) {
        let playbook = self.context.current.playbook;
        let Some(kind) = playbook.win_back.care.clone() else {
            return;
        };
        let late = self.context.now.duration_since(due) > SignedDuration::from_hours(24);
        let piece = self.piece(playbook, content_steps(playbook) + usize::from(nth));
        let skip = if late {
            Some(SkipReason::Expired)
        } else if self.wants_digest_only() {
            Some(SkipReason::DigestOnly)
        } else if !piece.is_some_and(|piece| piece.by_interest) {
            Some(SkipReason::NoContent)
        } else {
            None
        };
        let draft = Draft::new(format!("care/{number}/{}", nth.saturating_add(1)), kind)
            .content(piece.map(|piece| piece.content))
            .skipped(skip);
        self.write(self.context.current, draft);
    }
}
