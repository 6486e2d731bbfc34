//! What came of other words and of a holdout, counted from the members themselves: who is in which
//! arm is a hash of who they are, so nothing has to be kept for it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Arm, Verdict, judge, two_proportions};
use crate::assign;
use crate::community::Community;
use crate::ids::{MessageKind, StepId};
use crate::journey::{Plan, PlanState};
use crate::kpi::Kept;
use crate::member::Member;
use crate::playbook::{Playbook, Step, StepWhat};
use crate::rollout::Policy;

/// The arm of a text's own body, which has no id. No variant can be called this.
pub const OWN: &str = "(own)";
/// Age in days at which the window of 7-day retention begins, and its last day.
const D7: (u32, u32) = (7, 13);

/// A version of a playbook.
#[derive(Debug, Clone)]
pub struct Edition {
    /// The playbook.
    pub playbook: Playbook,
    /// When it was published.
    pub published: Timestamp,
    /// What it meant for those who were underway.
    pub policy: Policy,
    /// It was a pilot, and is left by everybody.
    pub stopped: bool,
}

/// The arms of one text of one step.
///
/// *Reached* is who is past the step. That a step was skipped (late, task done before, digest only)
/// or sent its other text is not in the member: such members are in the arm that they would have
/// had. All arms have the same share of them, so they make a difference look smaller, never greater.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// The playbook's version.
    pub version: u32,
    /// The step.
    pub step: StepId,
    /// The text.
    pub text: MessageKind,
    /// Members that each arm needs before one can win.
    pub min_sample: u32,
    /// The text's own body ([`OWN`]) first.
    pub arms: Vec<Arm>,
}

impl Trial {
    fn new(version: u32, step: &Step, text: &MessageKind, playbook: &Playbook) -> Option<Self> {
        let variants = &playbook.text(text)?.variants;
        let others = variants.iter().map(|variant| variant.id.as_str());
        (!variants.is_empty()).then(|| Self {
            version,
            step: step.id.clone(),
            text: text.clone(),
            min_sample: playbook.experiments.min_sample,
            arms: std::iter::once(OWN).chain(others).map(Arm::new).collect(),
        })
    }

    /// What it says so far.
    pub fn verdict(&self) -> Verdict {
        judge(&self.arms, u64::from(self.min_sample))
    }
}

/// Members of one side of a holdout.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Side {
    /// All of them.
    pub members: u64,
    /// Active of their own accord on any of the days 7 to 13 after their first, of those for whom these
    /// are over.
    pub d7: Kept,
}

impl Side {
    fn add(&mut self, more: Self) {
        self.members += more.members;
        self.d7 += more.d7;
    }
}

/// Newcomers who got no plan, and those who came under the same rule and got one.
///
/// Counted is who came for the first time, on the day on which the plan began (or was held out).
/// Leavers stay in, on both sides. Only what they did of their own accord counts: who gets a plan has
/// buttons to press that the others do not have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Holdout {
    /// The share that is held out, 0 to 0.5. Versions with different shares are not added up: in
    /// the sum the sides would be of different times.
    pub share: f64,
    /// The versions that hold out this share, ascending.
    pub versions: Vec<u32>,
    /// Members that each side needs, as the newest of these versions says.
    pub min_sample: u32,
    /// Without a plan.
    pub held_out: Side,
    /// With a plan.
    pub with_plan: Side,
}

impl Holdout {
    /// The arm without a plan.
    pub const HELD_OUT: &str = "held out";
    /// The arm with one.
    pub const WITH_PLAN: &str = "with plan";

    /// By how much the share of those who came back is greater with the plan than without, as a
    /// difference of fractions; `None` while one side has nobody.
    pub fn uplift(&self) -> Option<f64> {
        Some(self.with_plan.d7.rate()? - self.held_out.d7.rate()?)
    }

    /// The p-value of that difference ([`two_proportions`]).
    pub fn p(&self) -> Option<f64> {
        let (a, b) = (self.held_out.d7, self.with_plan.d7);
        two_proportions(a.retained, a.eligible, b.retained, b.eligible)
    }

    /// What it says so far, with the sides as arms ([`Self::HELD_OUT`], [`Self::WITH_PLAN`]).
    pub fn verdict(&self) -> Verdict {
        let arm = |name: &str, d7: Kept| Arm {
            name: name.to_owned(),
            reached: d7.eligible,
            answered: d7.retained,
        };
        let arms = [
            arm(Self::HELD_OUT, self.held_out.d7),
            arm(Self::WITH_PLAN, self.with_plan.d7),
        ];
        judge(&arms, u64::from(self.min_sample))
    }
}

/// All trials of a playbook.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Trials {
    /// Of texts, by version, step and text.
    pub texts: Vec<Trial>,
    /// By share, in the order of the first version that has it.
    pub holdouts: Vec<Holdout>,
}

impl Trials {
    /// Nothing is tried.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty() && self.holdouts.is_empty()
    }

    /// Those that anybody is in: each version of a playbook that tries something has its own, and most of
    /// their members have gone through the plan years ago.
    #[must_use]
    pub fn without_nobodys(mut self) -> Self {
        let reached = |trial: &Trial| trial.arms.iter().any(|arm| arm.reached > 0);
        self.texts.retain(reached);
        self
    }

    /// Adds what was counted of other members into the same trials; into none, all of it.
    pub fn merge(&mut self, other: Self) {
        if self.is_empty() {
            *self = other;
            return;
        }
        for (mine, theirs) in self.texts.iter_mut().zip(other.texts) {
            for (arm, more) in mine.arms.iter_mut().zip(theirs.arms) {
                arm.reached += more.reached;
                arm.answered += more.answered;
            }
        }
        for (mine, theirs) in self.holdouts.iter_mut().zip(other.holdouts) {
            mine.held_out.add(theirs.held_out);
            mine.with_plan.add(theirs.with_plan);
        }
    }
}

/// Whether a version of a playbook tries other words, or holds anybody out.
pub fn tries(playbook: &Playbook) -> bool {
    let steps = &playbook.onboarding.steps;
    let kinds = steps
        .iter()
        .flat_map(|step| step.messages.iter().chain(&step.fallback));
    let mut texts = kinds.filter_map(|kind| playbook.text(kind));
    playbook.experiments.holdout > 0.0 || texts.any(|text| !text.variants.is_empty())
}

/// Counts members into the trials of a playbook's versions.
#[derive(Debug)]
pub struct Count<'a> {
    editions: &'a BTreeMap<u32, Edition>,
    /// Beside the texts of `empty`, one for one.
    tried: Vec<Tried<'a>>,
    empty: Trials,
}

#[derive(Debug)]
struct Tried<'a> {
    at: usize,
    what: StepWhat,
    playbook: &'a Playbook,
}

impl<'a> Count<'a> {
    /// Nobody is counted yet. Editions are by their version.
    pub fn new(editions: &'a BTreeMap<u32, Edition>) -> Self {
        let (mut tried, mut texts) = (Vec::new(), Vec::new());
        let mut holdouts: Vec<Holdout> = Vec::new();
        for (version, Edition { playbook, .. }) in editions {
            for (at, step) in playbook.onboarding.steps.iter().enumerate() {
                let kinds = step.messages.iter().chain(&step.fallback);
                let trials = kinds.filter_map(|kind| Trial::new(*version, step, kind, playbook));
                for trial in trials {
                    texts.push(trial);
                    tried.push(Tried {
                        at,
                        what: step.what,
                        playbook,
                    });
                }
            }
            let rules = playbook.experiments;
            let same = |known: &&mut Holdout| known.share.to_bits() == rules.holdout.to_bits();
            if let Some(known) = holdouts.iter_mut().find(same) {
                known.versions.push(*version);
                known.min_sample = rules.min_sample;
            } else if rules.holdout > 0.0 {
                holdouts.push(Holdout {
                    share: rules.holdout,
                    versions: vec![*version],
                    min_sample: rules.min_sample,
                    held_out: Side::default(),
                    with_plan: Side::default(),
                });
            }
        }
        Self {
            editions,
            tried,
            empty: Trials { texts, holdouts },
        }
    }

    /// The versions that are looked at, each with whether it was stopped: only counts of the same ones can be
    /// added up.
    pub fn versions(&self) -> Vec<(u32, bool)> {
        let editions = self.editions.iter();
        editions
            .map(|(version, edition)| (*version, edition.stopped))
            .collect()
    }

    /// The trials, with nobody in them.
    pub fn empty(&self) -> Trials {
        self.empty.clone()
    }

    /// Counts one member into trials that began as [`Count::empty`], with what is known at `now`. Staff
    /// are in no trial.
    pub fn add(&self, trials: &mut Trials, community: &Community, member: &Member, now: Timestamp) {
        let Some(plan) = member.journey.onboarding.as_ref() else {
            return;
        };
        if member.is_staff() {
            return;
        }
        self.add_to_texts(&mut trials.texts, community, member, plan);
        self.add_to_holdout(&mut trials.holdouts, community, member, plan, now);
    }

    fn add_to_texts(
        &self,
        trials: &mut [Trial],
        community: &Community,
        member: &Member,
        plan: &Plan,
    ) {
        if plan.state == PlanState::HeldOut || !self.read_its_own_texts(plan) {
            return;
        }
        for (trial, tried) in trials.iter_mut().zip(&self.tried) {
            let at = &tried.at;
            if trial.version != plan.version || usize::from(plan.next) <= *at {
                continue;
            }
            let Some(text) = tried.playbook.text(&trial.text) else {
                continue;
            };
            let variant = assign::variant(text, &trial.text, &community.id, &member.id);
            let name = variant.map_or(OWN, |variant| variant.id.as_str());
            if let Some(arm) = trial.arms.iter_mut().find(|arm| arm.name == name) {
                arm.reached += 1;
                arm.answered += u64::from(has_answered(member, plan, *at, tried.what));
            }
        }
    }

    /// Whether all steps that a plan had were of its version, in that version's texts. Which of them
    /// a member had before they were moved, or before they followed, is not known: they are left
    /// out. (Whom a stopped pilot moved back to the version before it can't be told apart, and is in.)
    fn read_its_own_texts(&self, plan: &Plan) -> bool {
        let moved = self
            .editions
            .get(&plan.version)
            .is_none_or(|own| plan.started < own.published);
        let until = match plan.state {
            PlanState::Active | PlanState::HeldOut => Timestamp::MAX,
            PlanState::Finished { at } | PlanState::Stopped { at, .. } => at,
        };
        let mut newer = self.editions.range(plan.version.saturating_add(1)..);
        let follows = newer.any(|(_, edition)| {
            // Whose plan began after a pilot that was stopped had never read it.
            let ever_read = !edition.stopped || edition.published >= plan.started;
            edition.policy == Policy::Follow && edition.published <= until && ever_read
        });
        !moved && !follows
    }

    fn add_to_holdout(
        &self,
        holdouts: &mut [Holdout],
        community: &Community,
        member: &Member,
        plan: &Plan,
        now: Timestamp,
    ) {
        let zone = &community.zone;
        let first = member.first_day(zone);
        if plan.enrolment != 1 || zone.day(plan.started) != first {
            return;
        }
        let Some(version) = self.began_with(plan) else {
            return;
        };
        let mut holdouts = holdouts.iter_mut();
        let Some(holdout) = holdouts.find(|holdout| holdout.versions.contains(&version)) else {
            return;
        };
        let side = if plan.state == PlanState::HeldOut {
            &mut holdout.held_out
        } else {
            &mut holdout.with_plan
        };
        let age = u32::try_from(zone.day(now).since(first)).unwrap_or(0);
        let is_over = age > D7.1;
        let is_back = is_over && member.activity.organic_at_age(D7.0, D7.1);
        side.members += 1;
        side.d7 += Kept {
            eligible: u64::from(is_over),
            retained: u64::from(is_back),
        };
    }

    /// The version whose rule decided whether a plan was held out: for one that was moved since,
    /// the newest version for all when it began.
    fn began_with(&self, plan: &Plan) -> Option<u32> {
        let mut known = self.editions.range(..=plan.version);
        let was_for_all = |version: u32, edition: &Edition| {
            edition.published <= plan.started && (!edition.stopped || version == plan.version)
        };
        let (version, _) = known.rfind(|(version, edition)| was_for_all(**version, edition))?;
        Some(*version)
    }
}

/// Whether what a step sent had its effect: a button of it was pressed, its task is done, or an
/// interest is chosen.
fn has_answered(member: &Member, plan: &Plan, at: usize, what: StepWhat) -> bool {
    let bit = u32::try_from(at).ok().and_then(|at| 1_u16.checked_shl(at));
    let pressed = bit.is_some_and(|bit| plan.answered & bit != 0);
    let done = match what {
        StepWhat::Welcome => member.interest.is_some(),
        StepWhat::Task(task) => member.has_done(task),
        StepWhat::Content | StepWhat::Event | StepWhat::Gift => false,
    };
    pressed || done
}

#[cfg(test)]
mod tests;
