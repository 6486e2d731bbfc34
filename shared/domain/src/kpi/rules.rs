//! What the playbook says of the report: targets, when the light is not green, what the members are
//! expected to be made of, and the weights of the churn score.

use std::collections::{BTreeMap, BTreeSet};

use super::risk::Weights;
use crate::days::{IsoWeek, LocalDay};

/// The playbook's `[health]`: when the light is amber or red beyond the targets. `None` = that rule is off.
#[derive(Debug, Clone, PartialEq)]
pub struct Health {
    /// Amber: members grew by less than this fraction in each of the last three months (of four weeks).
    pub month_growth: Option<f64>,
    /// Amber: mean daily active members are farther than this fraction from the mean of four weeks.
    pub swing: Option<f64>,
    /// Amber: the interaction rate of four weeks grew by less than this fraction on the four before.
    pub interaction_growth: Option<f64>,
    /// Red: more than this fraction of the scored answers are negative.
    pub negative: Option<f64>,
    /// Amber: the invitation factor K is below this in four weeks in a row.
    pub k: Option<f64>,
    /// Weeks in which a swing is no news: Spring Festival, Golden Week.
    pub special_weeks: BTreeSet<IsoWeek>,
}

impl Default for Health {
    fn default() -> Self {
        Self {
            month_growth: Some(0.05),
            swing: Some(0.1),
            interaction_growth: Some(0.15),
            negative: Some(0.3),
            k: Some(1.2),
            special_weeks: BTreeSet::new(),
        }
    }
}

/// What members are expected to be made of, as fractions that add up to 1: those who are neither new nor
/// gone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExpectedMix {
    /// Core.
    pub core: f64,
    /// Active.
    pub active: f64,
    /// Potential.
    pub potential: f64,
    /// Silent, lurkers and dormant together.
    pub silent: f64,
}

impl Default for ExpectedMix {
    fn default() -> Self {
        Self {
            core: 0.15,
            active: 0.3,
            potential: 0.4,
            silent: 0.15,
        }
    }
}

/// All of it, but for the targets.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReportRules {
    /// When the light is not green.
    pub health: Health,
    /// What members are expected to be made of.
    pub mix: ExpectedMix,
    /// How likely somebody is to fall silent.
    pub risk: Weights,
}

/// Targets by KPI name (`dau_share`, `retention_d7`, …), as fractions, one for each phase of a community.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Targets(pub BTreeMap<String, [f64; Targets::PHASES]>);

impl Targets {
    /// Months 1 to 3, 4 to 6, 7 to 12, and later.
    pub const PHASES: usize = 4;
    /// The first months of the later phases, counted from 1.
    const FROM: [i32; Self::PHASES - 1] = [4, 7, 13];

    /// Those of the phase that a community is in which began on a day. One that has not begun is in its first.
    pub fn at(&self, began: Option<LocalDay>, as_of: LocalDay) -> BTreeMap<String, f64> {
        let month = began.map_or(1, |began| as_of.since(began).max(0) * 12 / 365 + 1);
        let phase = Self::FROM.iter().filter(|from| month >= **from).count();
        let of_phase = |(name, phases): (&String, &[f64; Self::PHASES])| {
            Some((name.clone(), *phases.get(phase)?))
        };
        self.0.iter().filter_map(of_phase).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_that_of_the_communitys_phase() {
        let targets = Targets([("dau_share".to_owned(), [0.15, 0.3, 0.45, 0.55])].into());
        let began = LocalDay::from_epoch_days(20_000);
        let at =
            |began, days| targets.at(began, LocalDay::from_epoch_days(20_000 + days))["dau_share"];
        for (days, expected) in [
            (0, 0.15),
            (91, 0.15),
            (92, 0.3),
            (182, 0.3),
            (183, 0.45),
            (364, 0.45),
            (365, 0.55),
            (4_000, 0.55),
            (-3, 0.15),
        ] {
            let found = at(Some(began), days);
            assert!((found - expected).abs() < 1e-12, "{days} days old: {found}");
        }
        assert!((at(None, 900) - 0.15).abs() < 1e-12);
    }
}
