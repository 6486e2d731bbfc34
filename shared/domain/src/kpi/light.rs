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

    /// The best of the last three months; what a month lacks is told by its weeks.
    fn best_month(&self) -> Option<f64> {
        let months = [0, MONTH, 2 * MONTH].map(|ago| {
            let members = |ago| self.figure(ago, "members_total");
            Self::growth(members(ago)?, members(ago + MONTH)?)
        });
        let [Some(a), Some(b), Some(c)] = months else {
            return None;
        };
        Some(a.max(b).max(c))
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

/// Why the light is as it is, in one line. What to look at stands beside it, in the focus: its
/// first rules hold whenever these do.
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
mod tests {
    use super::*;
    use crate::kpi::testing::numbers;

    fn judge(numbers: &Numbers, targets: &BTreeMap<String, f64>) -> (Light, Vec<Finding>) {
        judge_after(numbers, targets, &History::default())
    }

    fn judge_after(
        numbers: &Numbers,
        targets: &BTreeMap<String, f64>,
        history: &History,
    ) -> (Light, Vec<Finding>) {
        super::judge(&Judged {
            numbers,
            targets,
            health: &Health::default(),
            history,
        })
    }

    fn targets(of: &[(&str, f64)]) -> BTreeMap<String, f64> {
        of.iter()
            .map(|(name, target)| ((*name).to_owned(), *target))
            .collect()
    }

    #[test]
    fn the_share_is_judged_by_how_far_it_is_below_its_target() {
        let at = |share, members| {
            let mut numbers = numbers();
            (numbers.dau_share, numbers.mean_members) = (share, members);
            judge(&numbers, &targets(&[("dau_share", 0.45)])).0
        };
        for (share, expected) in [
            (0.5, Light::Green),
            (0.36, Light::Green),
            (0.359, Light::Amber),
            (0.27, Light::Amber),
            (0.269, Light::Red),
            (0.0, Light::Red),
        ] {
            assert_eq!(at(Some(share), 20.0), expected, "{share}");
        }
        assert_eq!(at(Some(0.1), 19.5), Light::Grey, "19 are too few to judge");
        assert_eq!(at(None, 0.0), Light::Grey);
    }

    #[test]
    fn churn_is_judged_by_its_limit_and_the_worst_counts() {
        let mut numbers = numbers();
        (numbers.churn30, numbers.prev30_active) = (Some(0.05), 20);
        let churn = targets(&[("churn30", 0.05)]);
        assert_eq!(judge(&numbers, &churn), (Light::Green, vec![]));
        numbers.churn30 = Some(0.051);
        assert_eq!(judge(&numbers, &churn).0, Light::Amber);
        (numbers.dau_share, numbers.mean_members) = (Some(0.1), 50.0);
        let (light, findings) = judge(
            &numbers,
            &targets(&[("churn30", 0.05), ("dau_share", 0.45)]),
        );
        assert_eq!(
            (
                light,
                findings
                    .iter()
                    .map(|finding| finding.rule.number())
                    .collect::<Vec<_>>()
            ),
            (Light::Red, vec!["dau_share", "churn30"])
        );
        insta::assert_snapshot!(reasons(light, &findings, Locale::ZhHant), @"日活率 10.0%，比目標 45.0% 低四成以上；30 日流失率 5.1%，高於上限 5.0%");
        insta::assert_snapshot!(reasons(light, &findings, Locale::En), @"Daily active share 10.0%, more than 40% below the target of 45.0%; 30-day churn 5.1%, above the limit of 5.0%");
    }

    #[test]
    fn without_a_target_there_is_no_verdict() {
        let (light, findings) = judge(&numbers(), &BTreeMap::new());
        assert_eq!(light, Light::Grey);
        assert_eq!(
            reasons(light, &findings, Locale::En),
            "the playbook sets no target to judge by"
        );
    }
}
