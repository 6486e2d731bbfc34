//! Win-back cases in a week's numbers.

use jiff::SignedDuration;

use super::{Aggregate, Measures};
use crate::days::Zone;
use crate::event::LeaveReason;
use crate::journey::{Case, CaseState, Person};
use crate::member::Member;

impl Aggregate {
    pub(super) fn add_case(&mut self, member: &Member, zone: &Zone, measures: Measures<'_>) {
        let Some(case) = &member.journey.win_back else {
            return;
        };
        if self.is_overdue(case, zone, measures.sla_hours) {
            self.counts.cases_overdue += 1;
        }
        if self.holds(case.opened, zone) {
            self.add_opened(case, measures.survey_after);
        }
        match case.state {
            CaseState::Won { at } if self.holds(at, zone) => {
                self.counts.cases_won += 1;
                let days = at.duration_since(case.opened).as_hours() / 24;
                let days = u16::try_from(days.max(0))
                    .unwrap_or(u16::MAX)
                    .min(Self::MAX_DAYS_TO_RETURN);
                *self.days_to_return.entry(days).or_default() += 1;
            }
            CaseState::Lost { at } => self.counts.cases_lost += u64::from(self.holds(at, zone)),
            CaseState::Won { .. }
            | CaseState::Open
            | CaseState::Surveyed
            | CaseState::Answered
            | CaseState::GiftSent
            | CaseState::Unreachable
            | CaseState::Declined => {}
        }
    }

    /// Whether a person should have dealt with it by the end of `as_of`.
    fn is_overdue(&self, case: &Case, zone: &Zone, sla_hours: u16) -> bool {
        let waits = match case.person {
            Some(Person::Waited | Person::Reminded | Person::Claimed) => case.state.is_open(),
            Some(Person::Done) | None => false,
        };
        let end = zone.start_of(self.as_of.plus(1));
        let late = SignedDuration::from_hours(sla_hours.into());
        let since = case.answered.unwrap_or(case.opened);
        waits && sla_hours > 0 && end.duration_since(since) > late
    }

    /// A reason stays with its case, however the case ended.
    fn add_opened(&mut self, case: &Case, survey_after: SignedDuration) {
        let counts = &mut self.counts;
        counts.cases_opened += 1;
        counts.cases_unreachable += u64::from(case.state == CaseState::Unreachable);
        counts.cases_surveyed += u64::from(was_asked(case, survey_after));
        for (of, count) in LeaveReason::ALL.into_iter().zip(&mut counts.cases_answered) {
            *count += u64::from(Some(of) == case.reason);
        }
    }
}

/// Whether the survey of a case went out, whatever became of the case. The item does not keep when it
/// did: who came back was asked if it was due by then; who wants no messages has had one to answer;
/// and a case is lost long after its survey, unless nothing ran for a day after the leave.
fn was_asked(case: &Case, survey_after: SignedDuration) -> bool {
    let outlived = match case.state {
        CaseState::Surveyed
        | CaseState::Answered
        | CaseState::GiftSent
        | CaseState::Lost { .. }
        | CaseState::Declined => true,
        CaseState::Won { at } => at.duration_since(case.opened) >= survey_after,
        CaseState::Open | CaseState::Unreachable => false,
    };
    outlived || case.reason.is_some()
}
