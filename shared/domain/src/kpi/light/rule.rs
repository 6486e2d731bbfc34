//! The rules of the light: which number, against what, and how bad it is.

use serde::{Deserialize, Serialize};

use super::{Finding, Judged, Light, MIN_SAMPLE, MONTH};
use crate::kpi::definitions::definition;
use crate::kpi::focus::FocusRule;
use crate::kpi::words::Words;

/// Farther below the target than this part of it is amber.
const AMBER_SHORTFALL: f64 = 0.2;
/// Farther below the target than this part of it is red.
const RED_SHORTFALL: f64 = 0.4;
/// Rates are rounded; exactly on the threshold is not beyond it.
const ROUNDING: f64 = 1e-8;

/// A rule of the light.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// Daily active share below its target by more than 20 % (amber) or 40 % (red) of it.
    DauShareBelowTarget,
    /// 30-day churn above its target (amber).
    Churn30AboveTarget,
    /// Net growth was less than the playbook says in each of the last three months (amber).
    GrowthBelow,
    /// Daily active members are farther from the mean of four weeks than the playbook says (amber).
    ActivitySwing,
    /// The interaction rate of four weeks grew by less than the playbook says (amber).
    InteractionGrowthBelow,
    /// More of the scored answers are negative than the playbook says (red).
    NegativeShareAbove,
    /// The invitation factor is below the playbook's in four weeks in a row (amber).
    InvitationsBelow,
    /// A case waits for a person longer than the playbook says (red).
    CaseOverdue,
}

impl Rule {
    pub(in crate::kpi) const ALL: [Self; 8] = [
        Self::DauShareBelowTarget,
        Self::Churn30AboveTarget,
        Self::GrowthBelow,
        Self::ActivitySwing,
        Self::InteractionGrowthBelow,
        Self::NegativeShareAbove,
        Self::InvitationsBelow,
        Self::CaseOverdue,
    ];

    /// The number it looks at.
    pub fn number(self) -> &'static str {
        match self {
            Self::DauShareBelowTarget => "dau_share",
            Self::Churn30AboveTarget => "churn30",
            Self::GrowthBelow => "net_growth",
            Self::ActivitySwing => "mean_dau",
            Self::InteractionGrowthBelow => "interaction_rate",
            Self::NegativeShareAbove => "negative_share",
            Self::InvitationsBelow => "invitation_k",
            Self::CaseOverdue => "cases_overdue",
        }
    }

    /// As ids and metrics write it, the same as records do.
    pub fn key(self) -> &'static str {
        match self {
            Self::DauShareBelowTarget => "dau-share-below-target",
            Self::Churn30AboveTarget => "churn30-above-target",
            Self::GrowthBelow => "growth-below",
            Self::ActivitySwing => "activity-swing",
            Self::InteractionGrowthBelow => "interaction-growth-below",
            Self::NegativeShareAbove => "negative-share-above",
            Self::InvitationsBelow => "invitations-below",
            Self::CaseOverdue => "case-overdue",
        }
    }

    /// After how many days of a running week it can be asked of these days; `None` = only of weeks that
    /// are over.
    ///
    /// Means over days take three, so that one bad Monday is no alarm. What looks back over 30 days,
    /// or counts what has happened, can be asked on every day. Growth over months is a matter of whole
    /// weeks, as is the invitation factor of four weeks in a row.
    pub(super) fn days_needed(self) -> Option<u8> {
        match self {
            Self::DauShareBelowTarget | Self::ActivitySwing => Some(3),
            Self::Churn30AboveTarget | Self::NegativeShareAbove | Self::CaseOverdue => Some(1),
            Self::GrowthBelow | Self::InteractionGrowthBelow | Self::InvitationsBelow => None,
        }
    }

    /// What its number is over, as far as that is a number of its own, as [`Numbers::unknown`] names it.
    ///
    /// [`Numbers::unknown`]: crate::kpi::Numbers::unknown
    fn over(self) -> &'static str {
        match self {
            Self::DauShareBelowTarget | Self::ActivitySwing | Self::InteractionGrowthBelow => {
                "mean_members"
            }
            Self::Churn30AboveTarget
            | Self::GrowthBelow
            | Self::NegativeShareAbove
            | Self::InvitationsBelow
            | Self::CaseOverdue => self.number(),
        }
    }

    /// `None` = the rule is off, or too little is known for it: a community's first weeks, and what members
    /// do not remember of an old one.
    pub(super) fn apply(self, week: &Judged<'_>) -> Option<Finding> {
        let (numbers, health) = (week.numbers, week.health);
        if numbers.is_unknown(self.number()) || numbers.is_unknown(self.over()) {
            return None;
        }
        let target = || week.targets.get(self.number()).copied();
        let sample = || definition(self.number())?.sample(numbers);
        let (value, target, sample) = match self {
            Self::DauShareBelowTarget => {
                (numbers.dau_share, target()?, numbers.mean_members_whole())
            }
            Self::Churn30AboveTarget => (numbers.churn30, target()?, numbers.prev30_active),
            Self::GrowthBelow => {
                let (best, members) = week.best_month()?;
                (Some(best), health.month_growth?, whole(members))
            }
            Self::ActivitySwing => {
                if health.special_weeks.contains(&numbers.week) {
                    return None;
                }
                let mean = week.history.mean4(numbers.week, self.number())?;
                let swing = Judged::growth(numbers.mean_dau?, mean)?;
                (Some(swing), health.swing?, numbers.mean_members_whole())
            }
            Self::InteractionGrowthBelow => {
                let key = self.number();
                let growth = Judged::growth(week.mean(0, key)?, week.mean(MONTH, key)?)?;
                (
                    Some(growth),
                    health.interaction_growth?,
                    numbers.mean_members_whole(),
                )
            }
            Self::NegativeShareAbove => (
                Some(week.figure(0, self.number())?),
                health.negative?,
                sample()?,
            ),
            Self::InvitationsBelow => (
                Some(week.best_of_four(self.number())?),
                health.k?,
                sample()?,
            ),
            Self::CaseOverdue => {
                let overdue = Some(numbers.cases_overdue).filter(|overdue| *overdue > 0);
                // One is too many.
                (Some(overdue? as f64), 0.0, MIN_SAMPLE)
            }
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

    /// What to look at, as the end of "look at …".
    pub(in crate::kpi) fn look_at(self) -> Words {
        match self {
            Self::DauShareBelowTarget => Words([
                "每日活躍圖裡最低的那幾天，當天的節目有沒有照常進行",
                "每日活跃图里最低的那几天，当天的节目有没有照常进行",
                "the lowest days of the chart, and whether their programme took place",
            ]),
            Self::Churn30AboveTarget => Words([
                "上個月還活躍的人最後參與了什麼，先從他們感興趣的主題找回來",
                "上个月还活跃的人最后参与了什么，先从他们感兴趣的话题找回来",
                "what last month's active members took part in last; start from those topics",
            ]),
            Self::GrowthBelow => Words([
                "新人從哪裡來，哪個來源的人留得最久",
                "新人从哪里来，哪个来源的人留得最久",
                "where newcomers come from, and which source stays longest",
            ]),
            Self::ActivitySwing => Words([
                "這週多了或少了什麼節目，離開的人是否特別多",
                "本周多了或少了什么活动，退出的人是否特别多",
                "what was on or missing this week, and whether more left than usual",
            ]),
            Self::InteractionGrowthBelow => FocusRule::InteractionRateBelowTarget.look_at(),
            Self::NegativeShareAbove => Words([
                "給低分的人說了什麼，先回覆最近的幾位",
                "给低分的人说了什么，先回复最近的几位",
                "what low scores came with, and answer the latest first",
            ]),
            Self::InvitationsBelow => Words([
                "邀請的獎勵有沒有說清楚，邀請連結好不好找",
                "邀请的奖励有没有说清楚，邀请链接好不好找",
                "whether the reward for inviting is known, and the link easy to find",
            ]),
            Self::CaseOverdue => Words([
                "還沒結案的個案，從等最久的那件開始",
                "还没结案的个案，从等得最久的那件开始",
                "the cases that are still open, the longest waiting first",
            ]),
        }
    }

    pub(super) fn judge(self, value: f64, target: f64) -> Light {
        let (below, above) = (value < target - ROUNDING, value > target + ROUNDING);
        let if_so = |light, so| if so { light } else { Light::Green };
        match self {
            Self::DauShareBelowTarget => {
                let beyond = |part: f64| value < target * (1.0 - part) - ROUNDING;
                if beyond(RED_SHORTFALL) {
                    Light::Red
                } else {
                    if_so(Light::Amber, beyond(AMBER_SHORTFALL))
                }
            }
            Self::Churn30AboveTarget => if_so(Light::Amber, above),
            Self::GrowthBelow | Self::InteractionGrowthBelow | Self::InvitationsBelow => {
                if_so(Light::Amber, below)
            }
            Self::ActivitySwing => if_so(Light::Amber, value.abs() > target + ROUNDING),
            Self::NegativeShareAbove | Self::CaseOverdue => if_so(Light::Red, above),
        }
    }
}

/// Members, who are counted as a figure.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "members are far fewer than 2^53 and never negative"
)]
fn whole(members: f64) -> u64 {
    members.max(0.0).floor() as u64
}
