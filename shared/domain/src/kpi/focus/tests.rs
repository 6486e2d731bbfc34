//! What is to be looked at, and in which order.

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
        figures: [("messages_per_1000".to_owned(), 100.0)].into(),
        ..Figures::none(numbers.week.plus(-1))
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
    assert_eq!(focus(&week, &[]), all[..3]);
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
    簽到率 10.0%（目標 20.0%）：看簽到時間與提醒是否合適，連續獎勵有沒有說清楚
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
    let focus =
        |numbers: &Numbers| super::focus(&judged(numbers, &targets, &health, &history), &[]);
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

/// One rule of the light after the other, where nothing else is to be looked at.
#[test]
fn a_light_that_is_not_green_is_what_to_look_at_first() {
    let (numbers, targets) = (numbers(), BTreeMap::new());
    let (health, history) = (Health::default(), History::default());
    let week = judged(&numbers, &targets, &health, &history);
    assert_eq!(super::focus(&week, &[]), vec![]);
    for rule in Rule::ALL {
        for (light, lines) in [(Light::Grey, 0), (Light::Amber, 1), (Light::Red, 1)] {
            let finding = Finding {
                rule,
                light,
                value: Some(0.1),
                target: 0.2,
                sample: 100,
            };
            let found = super::focus(&week, &[finding]);
            assert_eq!(found.len(), lines, "{rule:?}, {light:?}");
            for one in found {
                assert_eq!(one.rule, FocusRule::Light(rule));
                for locale in Locale::ALL {
                    let text = one.text(locale);
                    assert!(text.ends_with(rule.look_at().get(locale)), "{text}");
                    assert!(!text.starts_with(['：', ':']), "{text}");
                }
                let written = serde_json::to_value(one).unwrap();
                assert_eq!(written["rule"], rule.key());
                assert_eq!(serde_json::from_value::<Focus>(written).unwrap(), one);
            }
        }
    }
}

#[test]
fn the_worst_comes_first_and_what_leads_to_the_same_place_once() {
    let mut numbers = numbers();
    (numbers.interaction_rate, numbers.mean_members) = (Some(0.1), 100.0);
    (numbers.dau_share, numbers.speaking_rate) = (Some(0.44), Some(0.1));
    let targets = ["dau_share", "speaking_rate", "interaction_rate"]
        .map(|name| (name.to_owned(), 0.45))
        .into();
    let (health, history) = (Health::default(), History::default());
    let finding = |rule, light| Finding {
        rule,
        light,
        value: Some(0.01),
        target: 0.15,
        sample: 100,
    };
    // As the light has them: the worst first.
    let findings = [
        finding(Rule::CaseOverdue, Light::Red),
        finding(Rule::InteractionGrowthBelow, Light::Amber),
        finding(Rule::ActivitySwing, Light::Grey),
    ];
    let week = judged(&numbers, &targets, &health, &history);
    let rules = |findings: &[Finding]| -> Vec<FocusRule> {
        let found = super::focus(&week, findings);
        found.iter().map(|one| one.rule).collect()
    };
    assert_eq!(
        rules(&findings),
        [
            FocusRule::Light(Rule::CaseOverdue),
            FocusRule::Light(Rule::InteractionGrowthBelow),
            FocusRule::Light(Rule::DauShareBelowTarget),
        ]
    );
    assert_eq!(
        rules(&findings[..2])[1..],
        rules(&findings[1..])[..2],
        "then the others in their order"
    );
    assert_eq!(
        rules(&[]),
        [
            FocusRule::Light(Rule::DauShareBelowTarget),
            FocusRule::SpeakingRateBelowTarget,
            FocusRule::InteractionRateBelowTarget,
        ]
    );
}
