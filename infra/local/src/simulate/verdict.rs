//! What a simulation shows to be wrong with a playbook: a step nobody gets, a message in quiet
//! hours, a cap that starves a step.

use std::collections::BTreeSet;

use hearth_domain::message::SkipReason;
use hearth_domain::playbook::Playbook;

use super::figures::{Figures, StepFigures};

/// A mistake that only time shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The key of the file that is to blame: `onboarding.steps[2]`.
    pub key: String,
    /// What happens, and what was expected.
    pub words: String,
}

/// The faults of a playbook, by what its simulation came to.
pub fn faults(playbook: &Playbook, figures: &Figures) -> Vec<Fault> {
    let steps = figures.steps.iter().enumerate();
    let mut faults: Vec<Fault> = steps
        .filter_map(|(n, step)| of_step(n, step, figures))
        .collect();
    faults.extend(in_quiet_hours(playbook, figures));
    faults
}

fn of_step(n: usize, step: &StepFigures, figures: &Figures) -> Option<Fault> {
    let key = |field: &str| format!("onboarding.steps[{n}]{field}");
    let reached = step.all.reached;
    let id = &step.step;
    if reached == 0 {
        let (members, days) = (figures.joined(), figures.days);
        return Some(Fault {
            key: key(".day"),
            words: format!(
                "nobody reaches step {id}: expected it for some of {members} members within {days} days"
            ),
        });
    }
    let capped = SkipReason::FrequencyCap.name();
    let starved = step.skipped.get(capped).copied().unwrap_or(0);
    if starved * 2 > reached {
        return Some(Fault {
            key: key(""),
            words: format!(
                "the cap of promotional messages (sending.promo_cap = {}) starves step {id}: {starved} of {reached} members do not get it; expected a higher cap, another day, or fewer promotional messages on day {}",
                figures.load.promo_cap, step.day
            ),
        });
    }
    let own: u64 = step
        .skipped
        .iter()
        .filter(|(reason, _)| is_the_playbooks(reason))
        .map(|(_, number)| number)
        .sum();
    // Who left or opted out is no fault of the plan; if the rest gets nothing, that is.
    (step.all.sent == 0 && own > 0).then(|| {
        let reasons: Vec<String> = step
            .skipped
            .iter()
            .map(|(reason, number)| format!("{reason} {number}"))
            .collect();
        Fault {
            key: key(""),
            words: format!(
                "nobody gets step {id}: it is skipped for all {reached} members who reach it ({}); expected it to be sent to some",
                reasons.join(", ")
            ),
        }
    })
}

/// Whether a playbook causes such skips, in a community that has everything. The others are the
/// member's or the platform's doing.
fn is_the_playbooks(reason: &str) -> bool {
    match SkipReason::from_name(reason) {
        Some(
            SkipReason::FrequencyCap
            | SkipReason::Expired
            | SkipReason::TaskDone
            | SkipReason::NoContent
            | SkipReason::NoGift
            | SkipReason::Duplicate,
        ) => true,
        Some(
            SkipReason::OptedOut
            | SkipReason::Unreachable
            | SkipReason::NoLongerApplies
            | SkipReason::Erased
            | SkipReason::NotPossible
            | SkipReason::PlatformQuota
            | SkipReason::DigestOnly
            | SkipReason::HeldOut
            | SkipReason::NoChannel,
        )
        | None => false,
    }
}

fn in_quiet_hours(playbook: &Playbook, figures: &Figures) -> Vec<Fault> {
    let hours = playbook.quiet_hours;
    let (from, until) = (hours.from.strftime("%H:%M"), hours.until.strftime("%H:%M"));
    let kinds: BTreeSet<_> = figures.load.unasked_in_quiet.iter().collect();
    kinds
        .into_iter()
        .map(|(kind, number)| Fault {
            key: format!("texts.\"{kind}\".class"),
            words: format!(
                "{kind} goes out in quiet hours ({from} to {until}), {number} times: expected a class that waits (service or promo), since no member asked for it, or another onboarding.send_at"
            ),
        })
        .collect()
}
