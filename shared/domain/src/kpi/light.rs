//! The health light: a verdict from the playbook's targets, or none where there are too few
//! members to judge.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::definitions::definition;
use super::focus::FocusRule;
use super::numbers::Numbers;
use super::words::Words;
use crate::locale::Locale;
use crate::text::percent;

/// A share over fewer is greyed and not judged. Members (or cases).
pub const MIN_SAMPLE: u64 = 20;

/// Farther below the target than this part of it is amber.
const AMBER_SHORTFALL: f64 = 0.2;
/// Farther below the target than this part of it is red.
const RED_SHORTFALL: f64 = 0.4;
/// Rates are rounded; exactly on the threshold is not beyond it.
const ROUNDING: f64 = 1e-8;

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

/// A rule of the light.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// Daily active share below its target by more than 20 % (amber) or 40 % (red) of it.
    DauShareBelowTarget,
    /// 30-day churn above its target (amber).
    Churn30AboveTarget,
}

/// What a rule found.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// Its verdict.
    pub light: Light,
    /// The number it judged; absent without a denominator.
    pub value: Option<f64>,
    /// The playbook's target.
    pub target: f64,
    /// The size of the number's denominator.
    pub sample: u64,
}

impl Rule {
    const ALL: [Self; 2] = [Self::DauShareBelowTarget, Self::Churn30AboveTarget];

    /// The number it looks at.
    pub fn number(self) -> &'static str {
        match self {
            Self::DauShareBelowTarget => "dau_share",
            Self::Churn30AboveTarget => "churn30",
        }
    }

    fn apply(self, numbers: &Numbers, targets: &BTreeMap<String, f64>) -> Option<Finding> {
        let target = targets.get(self.number()).copied()?;
        let (value, sample) = match self {
            Self::DauShareBelowTarget => (numbers.dau_share, numbers.mean_members_whole()),
            Self::Churn30AboveTarget => (numbers.churn30, numbers.prev30_active),
        };
        let light = match value.filter(|_| sample >= MIN_SAMPLE) {
            Some(value) => self.judge(value, target),
            None => Light::Grey,
        };
        Some(Finding {
            rule: self,
            light,
            value,
            target,
            sample,
        })
    }

    fn judge(self, value: f64, target: f64) -> Light {
        match self {
            Self::DauShareBelowTarget => {
                let beyond = |part: f64| value < target * (1.0 - part) - ROUNDING;
                if beyond(RED_SHORTFALL) {
                    Light::Red
                } else if beyond(AMBER_SHORTFALL) {
                    Light::Amber
                } else {
                    Light::Green
                }
            }
            Self::Churn30AboveTarget if value > target + ROUNDING => Light::Amber,
            Self::Churn30AboveTarget => Light::Green,
        }
    }
}

impl Finding {
    /// The number and the rule.
    pub fn verdict(&self, locale: Locale) -> String {
        let name =
            definition(self.rule.number()).map_or("", |definition| definition.name.get(locale));
        let Some(value) = self.value.filter(|_| self.light != Light::Grey) else {
            let n = self.sample;
            return match locale {
                Locale::ZhHant => format!("{name}：樣本只有 {n}（少於 {MIN_SAMPLE}），不判燈"),
                Locale::ZhHans => format!("{name}：样本只有 {n}（少于 {MIN_SAMPLE}），不判定"),
                Locale::En => format!("{name}: a sample of {n} (below {MIN_SAMPLE}) is not judged"),
            };
        };
        let (value, target) = (percent(value, locale), percent(self.target, locale));
        match (self.rule, locale) {
            (Rule::DauShareBelowTarget, Locale::ZhHant) => format!(
                "{name} {value}，比目標 {target} 低{}",
                self.shortfall(locale)
            ),
            (Rule::DauShareBelowTarget, Locale::ZhHans) => format!(
                "{name} {value}，比目标 {target} 低{}",
                self.shortfall(locale)
            ),
            (Rule::DauShareBelowTarget, Locale::En) => format!(
                "{name} {value}, {} below the target of {target}",
                self.shortfall(locale)
            ),
            (Rule::Churn30AboveTarget, Locale::ZhHant) => {
                format!("{name} {value}，高於上限 {target}")
            }
            (Rule::Churn30AboveTarget, Locale::ZhHans) => {
                format!("{name} {value}，高于上限 {target}")
            }
            (Rule::Churn30AboveTarget, Locale::En) => {
                format!("{name} {value}, above the limit of {target}")
            }
        }
    }

    /// The number, the rule, and what to look at: an alert that stands alone.
    pub fn text(&self, locale: Locale) -> String {
        let verdict = self.verdict(locale);
        if self.light == Light::Grey {
            return verdict;
        }
        let look_at = match self.rule {
            Rule::DauShareBelowTarget => FocusRule::DauShareBelowTarget.look_at(),
            Rule::Churn30AboveTarget => FocusRule::Churn30AboveTarget.look_at(),
        };
        match locale {
            Locale::ZhHant | Locale::ZhHans => format!("{verdict}。先看{}。", look_at.get(locale)),
            Locale::En => format!("{verdict}. Look at {}.", look_at.get(locale)),
        }
    }

    fn shortfall(&self, locale: Locale) -> &'static str {
        let words = match self.light {
            Light::Red => Words(["四成以上", "四成以上", "more than 40%"]),
            Light::Amber => Words(["兩成以上", "两成以上", "more than 20%"]),
            Light::Grey | Light::Green => Words(["不到兩成", "不到两成", "less than 20%"]),
        };
        words.get(locale)
    }
}

/// The worst of all verdicts, and what is not green.
pub(super) fn judge(numbers: &Numbers, targets: &BTreeMap<String, f64>) -> (Light, Vec<Finding>) {
    let mut findings: Vec<Finding> = Rule::ALL
        .into_iter()
        .filter_map(|rule| rule.apply(numbers, targets))
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
