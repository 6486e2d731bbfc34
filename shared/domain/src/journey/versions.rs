//! Moving a plan that is underway to another version of its playbook.

use std::collections::BTreeSet;

use super::{Context, PlanState, Planner};
use crate::ids::StepId;
use crate::member::Member;
use crate::playbook::{Playbook, Step};

/// Moves a member's active plan from the plan of `from` into that of `to.current`, and pins it
/// there. `false` = there was nothing to move.
///
/// The next step is the first of the new plan, by its id, that comes after the last step they had;
/// where that step is not in the new plan, the first of a later day. A step they had is not the
/// next one, and where it comes later it is passed over ([`Context::written`]). Days count as they
/// did, but nobody is hurried: where the next step's day is before that of the step that would have
/// come, the plan as a whole moves so that it comes on that day. Where nothing is left, the plan is
/// finished.
pub fn migrate(member: &mut Member, from: &Playbook, to: Context<'_>) -> bool {
    let Some(plan) = member.journey.onboarding.as_mut() else {
        return false;
    };
    if plan.state != PlanState::Active || plan.version == to.current.version {
        return false;
    }
    let (old, new) = (
        &from.onboarding.steps,
        &to.current.playbook.onboarding.steps,
    );
    let next = usize::from(plan.next);
    let index = next_index(old.get(..next).unwrap_or(old), new);
    if let (Some(was), Some(step)) = (old.get(next), new.get(index)) {
        let too_early = i32::from(was.day) - i32::from(step.day);
        plan.day_one = plan.day_one.plus(too_early.max(0));
    }
    plan.version = to.current.version;
    plan.next = u8::try_from(index).unwrap_or(u8::MAX);
    // The welcome is due by the join, not by the clock.
    if index > 0 {
        Planner::new(member, to).schedule();
    }
    true
}

fn next_index(had: &[Step], new: &[Step]) -> usize {
    let Some(last) = had.last() else {
        return 0;
    };
    let after = new.iter().position(|step| step.id == last.id).map_or_else(
        || new.iter().take_while(|step| step.day <= last.day).count(),
        |at| at + 1,
    );
    let had: BTreeSet<&StepId> = had.iter().map(|step| &step.id).collect();
    let rest = new.iter().skip(after);
    after + rest.take_while(|step| had.contains(&step.id)).count()
}

#[cfg(test)]
mod tests;
