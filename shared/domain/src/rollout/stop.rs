//! When a pilot is stopped by itself: too many of its members end their plan early, and more of
//! them than of those who are not in it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Pilot, Policy, Rollout};
use crate::ids::MemberId;
use crate::journey::{Plan, PlanEnd, PlanState};

/// When a pilot is stopped.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StopRule {
    /// Not before so many plans of the pilot have ended.
    pub min_sample: u32,
    /// Only where a greater share of them than this ended early.
    pub most_exits: f64,
}

impl Default for StopRule {
    fn default() -> Self {
        Self {
            min_sample: 30,
            most_exits: 0.30,
        }
    }
}

/// The one-sided 5 % point of the normal distribution.
const SIGNIFICANT: f64 = 1.644_853_627;

/// Where a member's plan stands in the comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Under the version that is being tried.
    Pilot,
    /// Under another, in the same time.
    Others,
}

/// Plans that have ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EndedPlans {
    /// All of them.
    pub all: u32,
    /// Those that ended early: the member left or opted out.
    pub early: u32,
}

impl EndedPlans {
    /// The share that ended early; 0 of none.
    pub fn exits(self) -> f64 {
        if self.all == 0 {
            return 0.0;
        }
        f64::from(self.early) / f64::from(self.all)
    }

    /// Counts a plan, if it has ended by the member's doing. Who turned out to be staff tells
    /// nothing.
    pub fn count(&mut self, state: PlanState) {
        match state {
            PlanState::Active | PlanState::HeldOut => {}
            PlanState::Finished { .. } => self.all += 1,
            PlanState::Stopped { why, .. } => match why {
                PlanEnd::Left | PlanEnd::OptedOut => {
                    self.all += 1;
                    self.early += 1;
                }
                PlanEnd::Staff => {}
            },
        }
    }

    /// Adds what was counted elsewhere.
    pub fn add(&mut self, other: Self) {
        self.all += other.all;
        self.early += other.early;
    }

    /// Whether more ended early than of the others, by more than chance makes likely: a one-sided
    /// test of two proportions, p < 0.05.
    fn significantly_above(self, others: Self) -> bool {
        let (n, m) = (f64::from(self.all), f64::from(others.all));
        let pooled = (f64::from(self.early) + f64::from(others.early)) / (n + m);
        let spread = (pooled * (1.0 - pooled) * (1.0 / n + 1.0 / m)).sqrt();
        // Nobody on one side, or all alike: nothing can be said, and nothing is.
        (self.exits() - others.exits()) / spread > SIGNIFICANT
    }
}

/// What a look at a pilot found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Plans of the pilot that had ended.
    pub sample: u32,
    /// Those of them that ended early.
    pub exits: u32,
    /// Whether that stops it.
    pub stops: bool,
}

impl StopRule {
    /// Judges a pilot by the plans that have ended.
    pub fn judge(&self, pilot: EndedPlans, others: EndedPlans) -> Verdict {
        let stops = pilot.all >= self.min_sample
            && pilot.exits() > self.most_exits
            && pilot.significantly_above(others);
        Verdict {
            sample: pilot.all,
            exits: pilot.early,
            stops,
        }
    }
}

impl Rollout {
    /// Where a plan stands in the comparison of a pilot; `None` = it says nothing of it.
    ///
    /// Compared is what began, or (where those underway take part) ended since the pilot began:
    /// then time is alike for both. Who came into the share only with its second stage, in a plan
    /// begun before, is on neither side.
    pub fn side(&self, pilot: &Pilot, member: &MemberId, plan: &Plan) -> Option<Side> {
        let in_time = match pilot.policy {
            Policy::Pin => plan.started >= pilot.since,
            Policy::Follow | Policy::Migrate => {
                ended(plan.state).is_some_and(|at| at >= pilot.since)
            }
        };
        let in_share = self.place_of(pilot.version, member) < pilot.share;
        let tried = plan.version == pilot.version || (pilot.policy == Policy::Follow && in_share);
        match (in_time, tried, in_share) {
            (true, true, _) => Some(Side::Pilot),
            (true, false, false) => Some(Side::Others),
            (true, false, true) | (false, _, _) => None,
        }
    }
}

fn ended(state: PlanState) -> Option<Timestamp> {
    match state {
        PlanState::Active | PlanState::HeldOut => None,
        PlanState::Finished { at } | PlanState::Stopped { at, .. } => Some(at),
    }
}
