//! What a rule found, in words.

use serde::{Deserialize, Serialize};

use super::rule::Rule;
use super::{Light, MIN_SAMPLE};
use crate::kpi::definitions::definition;
use crate::kpi::words::Words;
use crate::locale::Locale;
use crate::text::percent;

/// What a rule found.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// Its verdict.
    pub light: Light,
    /// The number it judged; absent without a denominator.
    pub value: Option<f64>,
    /// What the playbook holds against it.
    pub target: f64,
    /// The size of the number's denominator.
    pub sample: u64,
}

impl Finding {
    /// The number and the rule.
    pub fn verdict(&self, locale: Locale) -> String {
        let name = self.rule.name(locale);
        let Some(value) = self.value.filter(|_| self.light != Light::Grey) else {
            let n = self.sample;
            return match locale {
                Locale::ZhHant => format!("{name}：樣本只有 {n}（少於 {MIN_SAMPLE}），不判燈"),
                Locale::ZhHans => format!("{name}：样本只有 {n}（少于 {MIN_SAMPLE}），不判定"),
                Locale::En => format!("{name}: a sample of {n} (below {MIN_SAMPLE}) is not judged"),
            };
        };
        self.rule.said(value, self.target, locale)
    }

    /// The number, the rule, and what to look at: an alert that stands alone.
    pub fn text(&self, locale: Locale) -> String {
        let verdict = self.verdict(locale);
        if self.light == Light::Grey {
            return verdict;
        }
        let look_at = self.look_at(locale);
        match locale {
            Locale::ZhHant | Locale::ZhHans => format!("{verdict}。先看{look_at}。"),
            Locale::En => format!("{verdict}. Look at {look_at}."),
        }
    }

    /// What to look at, as the end of "look at …".
    pub fn look_at(&self, locale: Locale) -> &'static str {
        self.rule.look_at().get(locale)
    }
}

impl Rule {
    fn name(self, locale: Locale) -> &'static str {
        definition(self.number()).map_or("", |definition| definition.name.get(locale))
    }

    /// What it found, with the number and what is held against it.
    pub(in crate::kpi) fn said(self, value: f64, target: f64, locale: Locale) -> String {
        let name = self.name(locale);
        let share = percent(value, locale);
        let limit = target;
        let target = percent(target, locale);
        match self {
            Self::DauShareBelowTarget => {
                let short = shortfall(self.judge(value, limit), locale);
                match locale {
                    Locale::ZhHant => format!("{name} {share}，比目標 {target} 低{short}"),
                    Locale::ZhHans => format!("{name} {share}，比目标 {target} 低{short}"),
                    Locale::En => format!("{name} {share}, {short} below the target of {target}"),
                }
            }
            Self::Churn30AboveTarget | Self::NegativeShareAbove => match locale {
                Locale::ZhHant => format!("{name} {share}，高於上限 {target}"),
                Locale::ZhHans => format!("{name} {share}，高于上限 {target}"),
                Locale::En => format!("{name} {share}, above the limit of {target}"),
            },
            Self::GrowthBelow => match locale {
                Locale::ZhHant => {
                    format!("月{name}連續三個月低於 {target}，最好的一個月是 {share}")
                }
                Locale::ZhHans => {
                    format!("月{name}连续三个月低于 {target}，最好的一个月是 {share}")
                }
                Locale::En => format!(
                    "{name} of a month below {target} three months in a row, {share} in the best"
                ),
            },
            Self::ActivitySwing => {
                let change = percentage_change(value, locale);
                match locale {
                    Locale::ZhHant => format!("{name}較四週平均 {change}，超過 ±{target}"),
                    Locale::ZhHans => format!("{name}较四周平均 {change}，超过 ±{target}"),
                    Locale::En => {
                        format!("{name} {change} on the mean of four weeks, beyond ±{target}")
                    }
                }
            }
            Self::InteractionGrowthBelow => {
                let change = percentage_change(value, locale);
                match locale {
                    Locale::ZhHant => format!("{name}四週來 {change}，未達每月 +{target}"),
                    Locale::ZhHans => format!("{name}四周来 {change}，未达每月 +{target}"),
                    Locale::En => {
                        format!("{name} {change} in four weeks, less than the +{target} a month")
                    }
                }
            }
            Self::InvitationsBelow => {
                let target = limit;
                match locale {
                    Locale::ZhHant => format!("{name} 連續四週低於 {target}，最高 {value:.2}"),
                    Locale::ZhHans => format!("{name} 连续四周低于 {target}，最高 {value:.2}"),
                    Locale::En => {
                        format!("{name} below {target} for four weeks, {value:.2} at best")
                    }
                }
            }
            Self::CaseOverdue => match locale {
                Locale::ZhHant => format!("有 {value:.0} 件個案超過時限還沒結案"),
                Locale::ZhHans => format!("有 {value:.0} 件个案超过时限还没结案"),
                Locale::En if value > 1.0 => {
                    format!("{value:.0} cases have been open for longer than they may")
                }
                Locale::En => "a case has been open for longer than it may".to_owned(),
            },
        }
    }
}

fn shortfall(light: Light, locale: Locale) -> &'static str {
    let words = match light {
        Light::Red => Words(["四成以上", "四成以上", "more than 40%"]),
        Light::Amber => Words(["兩成以上", "两成以上", "more than 20%"]),
        Light::Grey | Light::Green => Words(["不到兩成", "不到两成", "less than 20%"]),
    };
    words.get(locale)
}

/// With its sign: `+12.0%`.
fn percentage_change(change: f64, locale: Locale) -> String {
    let sign = if change > 0.0 { "+" } else { "" };
    format!("{sign}{}", percent(change, locale))
}
