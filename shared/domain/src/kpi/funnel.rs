//! How far newcomers come in their plan: of those whose plan began a week earlier, so that all of its
//! seven days are over.

use serde::{Deserialize, Serialize};

use crate::journey::{Plan, PlanEnd, PlanState};

/// One step of the funnel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Members who are past it, whether it was sent or skipped.
    pub passed: u64,
    /// Those who pressed a button of what it sent.
    pub answered: u64,
}

/// Plans that began in the week before.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Funnel {
    /// Plans begun.
    pub begun: u64,
    /// The steps of the plan, in their order; as many as anybody is past.
    pub steps: Vec<Step>,
    /// All steps are through.
    pub finished: u64,
    /// Ended early: left.
    pub left: u64,
    /// Ended early: wants no messages.
    pub opted_out: u64,
}

impl Funnel {
    /// Counts a plan that began in the week.
    pub(super) fn add(&mut self, plan: &Plan) {
        match plan.state {
            PlanState::HeldOut
            | PlanState::Stopped {
                why: PlanEnd::Staff,
                ..
            } => return,
            PlanState::Active => {}
            PlanState::Finished { .. } => self.finished += 1,
            PlanState::Stopped { why, .. } => match why {
                PlanEnd::Left => self.left += 1,
                PlanEnd::OptedOut => self.opted_out += 1,
                PlanEnd::Staff => {}
            },
        }
        self.begun += 1;
        let next = usize::from(plan.next);
        if self.steps.len() < next {
            self.steps.resize(next, Step::default());
        }
        for (at, step) in self.steps.iter_mut().take(next).enumerate() {
            step.passed += 1;
            step.answered += u64::from(plan.answered >> at.min(15) & 1);
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.begun += other.begun;
        self.finished += other.finished;
        self.left += other.left;
        self.opted_out += other.opted_out;
        if self.steps.len() < other.steps.len() {
            self.steps.resize(other.steps.len(), Step::default());
        }
        for (mine, theirs) in self.steps.iter_mut().zip(&other.steps) {
            mine.passed += theirs.passed;
            mine.answered += theirs.answered;
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::days::LocalDay;

    fn plan(next: u8, answered: u16, state: PlanState) -> Plan {
        Plan {
            enrolment: 1,
            version: 1,
            day_one: LocalDay::from_epoch_days(0),
            next,
            state,
            answered,
            due: None,
            started: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn steps_count_who_is_past_them() {
        let at = Timestamp::UNIX_EPOCH;
        let stopped = |why| PlanState::Stopped { at, why };
        let mut funnel = Funnel::default();
        for plan in [
            plan(3, 0b101, PlanState::Finished { at }),
            plan(1, 0b1, stopped(PlanEnd::Left)),
            plan(2, 0, stopped(PlanEnd::OptedOut)),
            plan(1, 0, PlanState::Active),
            plan(0, 0, PlanState::HeldOut),
            plan(2, 0, stopped(PlanEnd::Staff)),
        ] {
            funnel.add(&plan);
        }
        let steps = [(4, 2), (2, 0), (1, 1)];
        assert_eq!(
            funnel,
            Funnel {
                begun: 4,
                steps: steps
                    .map(|(passed, answered)| Step { passed, answered })
                    .into(),
                finished: 1,
                left: 1,
                opted_out: 1,
            }
        );
        let mut twice = Funnel::default();
        twice.merge(&funnel);
        twice.merge(&funnel);
        assert_eq!((twice.begun, twice.steps[0].passed), (8, 8));
    }
}
