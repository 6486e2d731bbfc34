//! What to look at first: named rules in a fixed order; the first three that hold are shown.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::definitions::definition;
use super::light::{Judged, MIN_SAMPLE};
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
    /// Daily active share below its target.
    DauShareBelowTarget,
    /// 30-day churn above its target.
    Churn30AboveTarget,
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
    const ALL: [Self; 10] = [
        Self::DauShareBelowTarget,
        Self::Churn30AboveTarget,
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
            Self::DauShareBelowTarget => off_target("dau_share", Wrong::Below, numbers, targets),
            Self::Churn30AboveTarget => off_target("churn30", Wrong::Above, numbers, targets),
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
                "打卡時間與提醒是否合適，連續獎勵有沒有說清楚",
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
            FocusRule::DauShareBelowTarget => ("dau_share", label::TARGET),
            FocusRule::Churn30AboveTarget => ("churn30", label::TARGET),
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

/// Up to three lines, most urgent first.
pub(super) fn focus(week: &Judged<'_>) -> Vec<Focus> {
    FocusRule::ALL
        .into_iter()
        .filter_map(|rule| rule.apply(week))
        .take(LINES)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kpi::rules::Health;
    use crate::kpi::testing::numbers;
    use crate::kpi::trend::{Figures, History};

    /// Every rule holds, one by one, when what comes before it is in order.
    fn judged<'a>(
        numbers: &'a Numbers,
        targets: &'a BTreeMap<String, f64>,
        health: &'a Health,
        history: &'a History,
    ) -> Judged<'a> {
        Judged {
            numbers,
            targets,
            health,
            history,
        }
    }

    #[test]
    fn every_rule_has_its_turn_and_says_it_in_every_language() {
        let mut numbers = numbers();
        (
            numbers.members_start,
            numbers.members_total,
            numbers.prev30_active,
        ) = (100, 100, 50);
        (numbers.left, numbers.new, numbers.mean_members) = (9, 4, 100.0);
        numbers.retention.all.bracket.d7.eligible = 40;
        (numbers.win_back.opened, numbers.win_back.unreachable) = (4, 2);
        let low = Some(0.1);
        (
            numbers.dau_share,
            numbers.speaking_rate,
            numbers.interaction_rate,
            numbers.check_in_rate,
        ) = (low, low, low, low);
        (
            numbers.churn30,
            numbers.silent30_share,
            numbers.messages_per_1000,
        ) = (Some(0.3), Some(0.3), Some(80.0));
        let names = [
            "dau_share",
            "churn30",
            "retention_d7",
            "speaking_rate",
            "interaction_rate",
            "silent30",
            "check_in_rate",
        ];
        let targets = names
            .into_iter()
            .map(|name| (name.to_owned(), 0.2))
            .collect();
        let previous = Figures {
            week: numbers.week.plus(-1),
            figures: [("messages_per_1000".to_owned(), 100.0)].into(),
            verdict: None,
        };
        let history = History::before(numbers.week, [previous]);
        let health = Health::default();
        let week = judged(&numbers, &targets, &health, &history);
        let all: Vec<Focus> = FocusRule::ALL
            .into_iter()
            .filter_map(|rule| rule.apply(&week))
            .collect();
        assert_eq!(
            all.iter().map(|focus| focus.rule).collect::<Vec<_>>(),
            FocusRule::ALL
        );
        assert_eq!(focus(&week), all[..3]);
        let lines = |locale| {
            all.iter()
                .map(|focus| focus.text(locale))
                .collect::<Vec<_>>()
                .join("\n")
        };
        insta::assert_snapshot!(lines(Locale::ZhHant), @"
        日活率 10.0%（目標 20.0%）：看每日活躍圖裡最低的那幾天，當天的節目有沒有照常進行
        30 日流失率 30.0%（目標 20.0%）：看上個月還活躍的人最後參與了什麼，先從他們感興趣的主題找回來
        7 日留存 0.0%（目標 20.0%）：看新人卡在計劃的第幾天，改名與留言任務是否太難
        離開 9（新增 4）：看離開問卷的原因，和離開前一週發了多少訊息
        發言率 10.0%（目標 20.0%）：看本週的話題是不是一句話就能回答，潛水的人有沒有一鍵參與的方式
        每千人每日訊息 80.0（上週 100.0）：看少了哪個時段的對話，固定節目有沒有缺席
        日互動率 10.0%（目標 20.0%）：看內容結尾有沒有提問，作品有沒有人回應
        沉默率 30.0%（目標 20.0%）：看沉默的人當初為何加入，用一題投票問他們想看什麼
        打卡率 10.0%（目標 20.0%）：看打卡時間與提醒是否合適，連續獎勵有沒有說清楚
        4 位離開的人有 2 位聯絡不到：看入群時有沒有請成員同意第二個聯絡方式
        ");
        insta::assert_snapshot!(lines(Locale::ZhHans), @"
        日活率 10.0%（目标 20.0%）：看每日活跃图里最低的那几天，当天的节目有没有照常进行
        30 日流失率 30.0%（目标 20.0%）：看上个月还活跃的人最后参与了什么，先从他们感兴趣的话题找回来
        7 日留存 0.0%（目标 20.0%）：看新人卡在计划的第几天，改昵称和留言任务是否太难
        流失 9（新增 4）：看退出问卷的原因，以及退出前一周发了多少消息
        发言率 10.0%（目标 20.0%）：看本周的话题是不是一句话就能回答，潜水的人有没有一键参与的方式
        每千人每日消息 80.0（上周 100.0）：看少了哪个时段的对话，固定节目有没有缺席
        日互动率 10.0%（目标 20.0%）：看内容结尾有没有提问，作品有没有人回应
        沉默率 30.0%（目标 20.0%）：看沉默的人当初为何加入，用一题投票问他们想看什么
        打卡率 10.0%（目标 20.0%）：看打卡时间和提醒是否合适，连续奖励有没有说清楚
        4 位退出的人有 2 位联系不到：看入群时有没有请成员同意第二个联系方式
        ");
        insta::assert_snapshot!(lines(Locale::En), @"
        Daily active share 10.0% (target 20.0%): look at the lowest days of the chart, and whether their programme took place
        30-day churn 30.0% (target 20.0%): look at what last month's active members took part in last; start from those topics
        7-day retention 0.0% (target 20.0%): look at the day of the plan at which newcomers stop, and whether its tasks are too much
        Left 9 (new 4): look at the reasons in the survey, and how much was sent in the week before
        Speaking rate 10.0% (target 20.0%): look at whether topics can be answered in one line, and whether there is a one-tap way to take part
        Messages per 1,000 a day 80.0 (last week 100.0): look at which hours went quiet, and whether a regular item was missing
        Daily interaction rate 10.0% (target 20.0%): look at whether content ends with a question, and whether members' works get answers
        Silent share 30.0% (target 20.0%): look at why the silent once joined; ask by a one-tap vote what they would like to see
        Check-in rate 10.0% (target 20.0%): look at whether the time of the check-in suits, and whether the prize for a streak is known
        2 of 4 leavers cannot be reached: look at whether newcomers are asked for a second channel
        ");
    }

    #[test]
    fn a_small_community_and_a_good_week_have_nothing_to_look_at() {
        let mut numbers = numbers();
        let targets = [("dau_share".to_owned(), 0.2)].into();
        let (health, history) = (Health::default(), History::default());
        let focus = |numbers: &Numbers| super::focus(&judged(numbers, &targets, &health, &history));
        (
            numbers.dau_share,
            numbers.members_start,
            numbers.members_total,
            numbers.left,
        ) = (Some(0.1), 19, 19, 3);
        numbers.mean_members = 19.0;
        assert_eq!(focus(&numbers), vec![]);
        (
            numbers.dau_share,
            numbers.members_start,
            numbers.members_total,
            numbers.left,
        ) = (Some(0.2), 100, 100, 0);
        numbers.mean_members = 100.0;
        assert_eq!(focus(&numbers), vec![]);
    }
}
