//! The health light: a verdict from the playbook's targets, or none where there are too few
//! members to judge.

mod finding;
mod rule;

pub use finding::Finding;
pub use rule::Rule;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::definitions::definition;
use super::numbers::Numbers;
use super::rules::Health;
use super::trend::History;
use super::words::Words;
use crate::locale::Locale;

/// A share over fewer is greyed and not judged. Members (or cases).
pub const MIN_SAMPLE: u64 = 20;

/// A verdict, from "none" to the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Light {
    /// Not judged: no target, or too small a sample.
    Grey,
    /// As it should be.
    Green,
    /// To be looked at.
    Amber,
    /// To be acted on.
    Red,
}

impl Light {
    /// As records and stylesheets call it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Grey => "grey",
            Self::Green => "green",
            Self::Amber => "amber",
            Self::Red => "red",
        }
    }

    /// With its sign, as messages show it.
    pub fn name(self) -> Words {
        match self {
            Self::Grey => Words(["⚪ 未判燈", "⚪ 未判定", "⚪ not judged"]),
            Self::Green => Words(["🟢 綠燈", "🟢 绿灯", "🟢 green"]),
            Self::Amber => Words(["🟡 黃燈", "🟡 黄灯", "🟡 amber"]),
            Self::Red => Words(["🔴 紅燈", "🔴 红灯", "🔴 red"]),
        }
    }
}

/// A month, in weeks.
const MONTH: i32 = 4;

/// A week and all that it is judged by.
#[derive(Clone, Copy)]
pub(super) struct Judged<'a> {
    pub(super) numbers: &'a Numbers,
    pub(super) targets: &'a BTreeMap<String, f64>,
    pub(super) health: &'a Health,
    pub(super) history: &'a History,
}

impl Judged<'_> {
    /// A number of this week, or of one so many weeks ago.
    fn figure(&self, ago: i32, key: &str) -> Option<f64> {
        if ago == 0 {
            return definition(key)?.value(self.numbers);
        }
        self.history.figure(self.numbers.week.plus(-ago), key)
    }

    /// The mean of four weeks that end so many weeks ago.
    fn mean(&self, ago: i32, key: &str) -> Option<f64> {
        let values = (ago..ago + MONTH).map(|ago| self.figure(ago, key));
        let values: Option<Vec<f64>> = values.collect();
        Some(values?.iter().sum::<f64>() / f64::from(MONTH))
    }

    /// By how much of it a number is more than another.
    fn growth(now: f64, before: f64) -> Option<f64> {
        (before > 0.0).then(|| now / before - 1.0)
    }

    /// Growth of the best of the last three months, and members at the start of the one that had the
    /// fewest. `None` unless all twelve weeks are known.
    fn best_month(&self) -> Option<(f64, f64)> {
        let [a, b, c] = [0, MONTH, 2 * MONTH].map(|ago| self.month(ago));
        let ((a, from_a), (b, from_b), (c, from_c)) = (a?, b?, c?);
        Some((a.max(b).max(c), from_a.min(from_b).min(from_c)))
    }

    /// Net growth over the four weeks that end so many weeks ago: (new − left) / members at their start;
    /// and these members. Who comes back is not counted as growth, as in a week.
    fn month(&self, ago: i32) -> Option<(f64, f64)> {
        let sum =
            |key| -> Option<f64> { (ago..ago + MONTH).map(|ago| self.figure(ago, key)).sum() };
        let (new, left) = (sum("new")?, sum("left")?);
        let start = self.figure(ago + MONTH, "members_total")?;
        (start > 0.0).then(|| ((new - left) / start, start))
    }

    /// The best of the last four weeks.
    fn best_of_four(&self, key: &str) -> Option<f64> {
        let weeks = (0..MONTH).map(|ago| self.figure(ago, key));
        let weeks: Option<Vec<f64>> = weeks.collect();
        weeks?.into_iter().reduce(f64::max)
    }
}

/// The worst of all verdicts, and what is not green.
pub(super) fn judge(week: &Judged<'_>) -> (Light, Vec<Finding>) {
    let mut findings: Vec<Finding> = Rule::ALL
        .into_iter()
        .filter_map(|rule| rule.apply(week))
        .collect();
    let light = findings
        .iter()
        .map(|finding| finding.light)
        .max()
        .unwrap_or(Light::Grey);
    findings.retain(|finding| finding.light != Light::Green);
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.light));
    (light, findings)
}

/// What the rules find that can be asked of a week that is not over, in their order.
pub(super) fn judge_running(week: &Judged<'_>) -> Vec<Finding> {
    let days = week.numbers.days_observed;
    let asked = Rule::ALL
        .into_iter()
        .filter(|rule| rule.days_needed().is_some_and(|needed| days >= needed));
    asked.filter_map(|rule| rule.apply(week)).collect()
}

/// What is said of a light that nothing speaks against.
pub(super) fn without_reason(light: Light) -> Words {
    match light {
        Light::Green | Light::Amber | Light::Red => {
            Words(["各項都在目標內", "各项都在目标内", "all within target"])
        }
        Light::Grey => Words([
            "沒有設定可判斷的目標",
            "没有设定可判断的目标",
            "the playbook sets no target to judge by",
        ]),
    }
}

/// Why the light is as it is, in one line. What to look at stands beside it: the focus begins with these
/// findings.
pub(super) fn reasons(light: Light, findings: &[Finding], locale: Locale) -> String {
    if findings.is_empty() {
        return without_reason(light).get(locale).to_owned();
    }
    let separator = match locale {
        Locale::ZhHant | Locale::ZhHans => "；",
        Locale::En => "; ",
    };
    findings
        .iter()
        .map(|finding| finding.verdict(locale))
        .collect::<Vec<_>>()
        .join(separator)
}

#[cfg(test)]
mod tests;
