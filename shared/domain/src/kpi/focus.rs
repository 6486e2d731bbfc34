//! What to look at first: what the light found, worst first, then named rules in a fixed order; three lines
//! are shown.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::definitions::definition;
use super::light::{Finding, Judged, Light, MIN_SAMPLE, Rule};
use super::numbers::Numbers;
use super::words::{Words, label};
use crate::locale::Locale;

/// So many lines.
const LINES: usize = 3;
/// A fall by more than this part of last week's value is worth a look.
const SWING: f64 = 0.1;

/// Something worth a look, most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FocusRule {
    /// 7-day retention below its target.
    RetentionD7BelowTarget,
    /// More left than came.
    MembersShrank,
    /// Speaking rate below its target.
    SpeakingRateBelowTarget,
    /// Messages per 1,000 fell by more than a tenth on last week.
    MessagesFell,
    /// Interaction rate below its target.
    InteractionRateBelowTarget,
    /// Silent share above its target.
    SilentAboveTarget,
    /// Check-in rate below its target.
    CheckInRateBelowTarget,
    /// Half of the leavers or more cannot be reached.
    LeaversUnreachable,
    /// What a rule of the light looks at; under the same name in records.
    #[serde(untagged)]
    Light(Rule),
}

/// A rule that holds, with its two figures.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Focus {
    /// The rule.
    pub rule: FocusRule,
    /// This week's figure.
    pub value: f64,
    /// What it is held against: the target, last week's, or the other of two counts.
    pub against: f64,
}

/// On which side of its target a number is wrong.
#[derive(Clone, Copy)]
enum Wrong {
    Below,
    Above,
}

impl FocusRule {
    /// Beside what the light found. Shares are looked at as soon as they miss their target, before they make
    /// it amber.
    const ALL: [Self; 10] = [
        Self::Light(Rule::DauShareBelowTarget),
        Self::Light(Rule::Churn30AboveTarget),
        Self::RetentionD7BelowTarget,
        Self::MembersShrank,
        Self::SpeakingRateBelowTarget,
        Self::MessagesFell,
        Self::InteractionRateBelowTarget,
        Self::SilentAboveTarget,
        Self::CheckInRateBelowTarget,
        Self::LeaversUnreachable,
    ];

    fn apply(self, week: &Judged<'_>) -> Option<Focus> {
        let (numbers, targets) = (week.numbers, week.targets);
        let found = match self {
            Self::Light(Rule::DauShareBelowTarget) => {
                off_target("dau_share", Wrong::Below, numbers, targets)
            }
            Self::Light(Rule::Churn30AboveTarget) => {
                off_target("churn30", Wrong::Above, numbers, targets)
            }
            // The light finds it, or nobody does.
            Self::Light(
                Rule::GrowthBelow
                | Rule::ActivitySwing
                | Rule::InteractionGrowthBelow
                | Rule::NegativeShareAbove
                | Rule::InvitationsBelow
                | Rule::CaseOverdue,
            ) => None,
            Self::RetentionD7BelowTarget => {
                off_target("retention_d7", Wrong::Below, numbers, targets)
            }
            Self::SpeakingRateBelowTarget => {
                off_target("speaking_rate", Wrong::Below, numbers, targets)
            }
            Self::InteractionRateBelowTarget => {
                off_target("interaction_rate", Wrong::Below, numbers, targets)
            }
            Self::SilentAboveTarget => off_target("silent30_share", Wrong::Above, numbers, targets),
            Self::CheckInRateBelowTarget => {
                off_target("check_in_rate", Wrong::Below, numbers, targets)
            }
            Self::MembersShrank => {
                let shrank = numbers.left > numbers.new && numbers.members_start >= MIN_SAMPLE;
                shrank.then_some((numbers.left as f64, numbers.new as f64))
            }
            Self::MessagesFell => {
                let (value, before) = (
                    numbers.messages_per_1000?,
                    week.history
                        .figure(numbers.week.plus(-1), "messages_per_1000")?,
                );
                let fell =
                    value < before * (1.0 - SWING) && numbers.mean_members_whole() >= MIN_SAMPLE;
                fell.then_some((value, before))
            }
            Self::LeaversUnreachable => {
                let cases = &numbers.win_back;
                let many = cases.unreachable > 0 && cases.unreachable * 2 >= cases.opened;
                many.then_some((cases.unreachable as f64, cases.opened as f64))
            }
        };
        found.map(|(value, against)| Focus {
            rule: self,
            value,
            against,
        })
    }

    /// What to look at.
    pub fn look_at(self) -> Words {
        match self {
            Self::Light(rule) => rule.look_at(),
            Self::RetentionD7BelowTarget => Words([
                "新人卡在計劃的第幾天，改名與留言任務是否太難",
                "新人卡在计划的第几天，改昵称和留言任务是否太难",
                "the day of the plan at which newcomers stop, and whether its tasks are too much",
            ]),
            Self::MembersShrank => Words([
                "離開問卷的原因，和離開前一週發了多少訊息",
                "退出问卷的原因，以及退出前一周发了多少消息",
                "the reasons in the survey, and how much was sent in the week before",
            ]),
            Self::SpeakingRateBelowTarget => Words([
                "本週的話題是不是一句話就能回答，潛水的人有沒有一鍵參與的方式",
                "本周的话题是不是一句话就能回答，潜水的人有没有一键参与的方式",
                "whether topics can be answered in one line, and whether there is a one-tap way to take part",
            ]),
            Self::MessagesFell => Words([
                "少了哪個時段的對話，固定節目有沒有缺席",
                "少了哪个时段的对话，固定节目有没有缺席",
                "which hours went quiet, and whether a regular item was missing",
            ]),
            Self::InteractionRateBelowTarget => Words([
                "內容結尾有沒有提問，作品有沒有人回應",
                "内容结尾有没有提问，作品有没有人回应",
                "whether content ends with a question, and whether members' works get answers",
            ]),
            Self::SilentAboveTarget => Words([
                "沉默的人當初為何加入，用一題投票問他們想看什麼",
                "沉默的人当初为何加入，用一题投票问他们想看什么",
                "why the silent once joined; ask by a one-tap vote what they would like to see",
            ]),
            Self::CheckInRateBelowTarget => Words([
                "簽到時間與提醒是否合適，連續獎勵有沒有說清楚",
                "打卡时间和提醒是否合适，连续奖励有没有说清楚",
                "whether the time of the check-in suits, and whether the prize for a streak is known",
            ]),
            Self::LeaversUnreachable => Words([
                "入群時有沒有請成員同意第二個聯絡方式",
                "入群时有没有请成员同意第二个联系方式",
                "whether newcomers are asked for a second channel",
            ]),
        }
    }
}

/// A share that is on the wrong side of its target, with enough members to say so.
fn off_target(
    key: &str,
    wrong: Wrong,
    numbers: &Numbers,
    targets: &BTreeMap<String, f64>,
) -> Option<(f64, f64)> {
    let definition = definition(key)?;
    let target = definition.target(targets)?;
    let value = definition.value(numbers)?;
    let off = match wrong {
        Wrong::Below => value < target,
        Wrong::Above => value > target,
    };
    (off && !definition.is_below_sample(numbers)).then_some((value, target))
}

impl Focus {
    /// What the light found; nothing where it could not judge.
    fn of(finding: &Finding) -> Option<Self> {
        let value = finding.value.filter(|_| finding.light > Light::Green)?;
        Some(Self {
            rule: FocusRule::Light(finding.rule),
            value,
            against: finding.target,
        })
    }

    /// One line: the number, what it is held against, what to look at.
    pub fn text(&self, locale: Locale) -> String {
        let head = self.head(locale);
        let look_at = self.rule.look_at().get(locale);
        match locale {
            Locale::ZhHant | Locale::ZhHans => format!("{head}：看{look_at}"),
            Locale::En => format!("{head}: look at {look_at}"),
        }
    }

    fn head(&self, locale: Locale) -> String {
        let (key, than) = match self.rule {
            FocusRule::Light(rule @ (Rule::DauShareBelowTarget | Rule::Churn30AboveTarget)) => {
                (rule.number(), label::TARGET)
            }
            FocusRule::Light(rule) => return rule.said(self.value, self.against, locale),
            FocusRule::RetentionD7BelowTarget => ("retention_d7", label::TARGET),
            FocusRule::SpeakingRateBelowTarget => ("speaking_rate", label::TARGET),
            FocusRule::InteractionRateBelowTarget => ("interaction_rate", label::TARGET),
            FocusRule::SilentAboveTarget => ("silent30_share", label::TARGET),
            FocusRule::CheckInRateBelowTarget => ("check_in_rate", label::TARGET),
            FocusRule::MembersShrank => ("left", Words(["新增", "新增", "new"])),
            FocusRule::MessagesFell => ("messages_per_1000", Words(["上週", "上周", "last week"])),
            FocusRule::LeaversUnreachable => return self.unreachable(locale),
        };
        let Some(definition) = definition(key) else {
            return String::new();
        };
        let name = definition.name.get(locale);
        let (value, against) = (
            definition.unit.format(self.value, locale),
            definition.unit.format(self.against, locale),
        );
        let than = than.get(locale).to_lowercase();
        match locale {
            Locale::ZhHant | Locale::ZhHans => format!("{name} {value}（{than} {against}）"),
            Locale::En => format!("{name} {value} ({than} {against})"),
        }
    }

    fn unreachable(&self, locale: Locale) -> String {
        let (unreachable, of) = (self.value, self.against);
        match locale {
            Locale::ZhHant => format!("{of:.0} 位離開的人有 {unreachable:.0} 位聯絡不到"),
            Locale::ZhHans => format!("{of:.0} 位退出的人有 {unreachable:.0} 位联系不到"),
            Locale::En => format!("{unreachable:.0} of {of:.0} leavers cannot be reached"),
        }
    }
}

/// Up to three lines, most urgent first; two rules that lead to the same place are one line.
pub(super) fn focus(week: &Judged<'_>, findings: &[Finding]) -> Vec<Focus> {
    let found = findings.iter().filter_map(Focus::of);
    let others = FocusRule::ALL.into_iter();
    let others = others.filter_map(|rule| rule.apply(week));
    let mut lines: Vec<Focus> = Vec::new();
    for one in found.chain(others) {
        let look_at = one.rule.look_at();
        if !lines.iter().any(|line| line.rule.look_at() == look_at) {
            lines.push(one);
        }
    }
    lines.truncate(LINES);
    lines
}

#[cfg(test)]
mod tests;
