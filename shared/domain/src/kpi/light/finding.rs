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
        let share = percent(value, locale);
        let target = percent(self.target, locale);
        match self.rule {
            Rule::DauShareBelowTarget => {
                let short = self.shortfall(locale);
                match locale {
                    Locale::ZhHant => format!("{name} {share}，比目標 {target} 低{short}"),
                    Locale::ZhHans => format!("{name} {share}，比目标 {target} 低{short}"),
                    Locale::En => format!("{name} {share}, {short} below the target of {target}"),
                }
            }
            Rule::Churn30AboveTarget | Rule::NegativeShareAbove => match locale {
                Locale::ZhHant => format!("{name} {share}，高於上限 {target}"),
                Locale::ZhHans => format!("{name} {share}，高于上限 {target}"),
                Locale::En => format!("{name} {share}, above the limit of {target}"),
            },
            Rule::GrowthBelow => match locale {
                Locale::ZhHant => {
                    format!("{name}連續三個月的月增長都低於 {target}，最好的一個月是 {share}")
                }
                Locale::ZhHans => {
                    format!("{name}连续三个月的月增长都低于 {target}，最好的一个月是 {share}")
                }
                Locale::En => format!(
                    "{name} grew by less than {target} in each of three months, {share} in the best"
                ),
            },
            Rule::ActivitySwing => {
                let change = percentage_change(value, locale);
                match locale {
                    Locale::ZhHant => format!("{name}較四週平均 {change}，超過 ±{target}"),
                    Locale::ZhHans => format!("{name}较四周平均 {change}，超过 ±{target}"),
                    Locale::En => {
                        format!("{name} {change} on the mean of four weeks, beyond ±{target}")
                    }
                }
            }
            Rule::InteractionGrowthBelow => {
                let change = percentage_change(value, locale);
                match locale {
                    Locale::ZhHant => format!("{name}四週來 {change}，未達每月 +{target}"),
                    Locale::ZhHans => format!("{name}四周来 {change}，未达每月 +{target}"),
                    Locale::En => {
                        format!("{name} {change} in four weeks, less than the +{target} a month")
                    }
                }
            }
            Rule::InvitationsBelow => {
                let (value, target) = (value, self.target);
                match locale {
                    Locale::ZhHant => format!("{name} 連續四週低於 {target}，最高 {value:.2}"),
                    Locale::ZhHans => format!("{name} 连续四周低于 {target}，最高 {value:.2}"),
                    Locale::En => {
                        format!("{name} below {target} for four weeks, {value:.2} at best")
                    }
                }
            }
            Rule::CaseOverdue => match locale {
                Locale::ZhHant => format!("有 {value:.0} 件個案逾時無人處理"),
                Locale::ZhHans => format!("有 {value:.0} 件个案超时无人处理"),
                Locale::En if value > 1.0 => {
                    format!("{value:.0} cases have waited too long for a person")
                }
                Locale::En => "a case has waited too long for a person".to_owned(),
            },
        }
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

    fn shortfall(&self, locale: Locale) -> &'static str {
        let words = match self.light {
            Light::Red => Words(["四成以上", "四成以上", "more than 40%"]),
            Light::Amber => Words(["兩成以上", "两成以上", "more than 20%"]),
            Light::Grey | Light::Green => Words(["不到兩成", "不到两成", "less than 20%"]),
        };
        words.get(locale)
    }
}

/// With its sign: `+12.0%`.
fn percentage_change(change: f64, locale: Locale) -> String {
    let sign = if change > 0.0 { "+" } else { "" };
    format!("{sign}{}", percent(change, locale))
}
