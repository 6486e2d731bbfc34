//! Each rule of the light, and what they make together.

use super::*;
use crate::kpi::testing::{numbers, week};
use crate::kpi::trend::Figures;

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

/// The verdict of one rule; `None` = it says nothing.
fn light_of(rule: Rule, numbers: &Numbers, history: &History, health: &Health) -> Option<Light> {
    let targets = targets(&[("dau_share", 0.45), ("churn30", 0.05)]);
    let week = Judged {
        numbers,
        targets: &targets,
        health,
        history,
    };
    rule.apply(&week).map(|finding| finding.light)
}

/// So many weeks before [`week`], the last one first, each with its figures.
fn weeks(count: i32, figures: impl Fn(i32) -> Vec<(&'static str, f64)>) -> History {
    let figures = |ago| Figures {
        figures: figures(ago)
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect(),
        ..Figures::none(week().plus(-ago))
    };
    History::before(week(), (1..=count).map(figures))
}

fn off() -> Health {
    Health {
        month_growth: None,
        swing: None,
        interaction_growth: None,
        negative: None,
        k: None,
        ..Health::default()
    }
}

/// 5 % of 800 is 40: ten a week.
#[test]
fn growth_is_what_came_less_what_left_of_the_members_at_a_months_start() {
    let rule = Rule::GrowthBelow;
    let at = |new: [u64; 3], left: u64, members: f64, known, health: &Health| {
        let mut numbers = numbers();
        (numbers.new, numbers.left) = (new[0], left);
        let history = weeks(known, |ago| {
            let came = new[usize::try_from(ago / 4).unwrap().min(2)] as f64;
            let returned = 20.0 * f64::from(12 - ago);
            vec![
                ("new", came),
                ("left", left as f64),
                // Who comes back is a member, and no growth.
                (
                    "members_total",
                    members + returned * f64::from(u8::from(ago % 4 != 0)),
                ),
            ]
        });
        light_of(rule, &numbers, &history, health)
    };
    let usual = Health::default();
    for (new, left, members, expected) in [
        ([10; 3], 0, 800.0, Light::Green),
        ([9; 3], 0, 800.0, Light::Amber),
        ([11; 3], 0, 800.0, Light::Green),
        ([11; 3], 2, 800.0, Light::Amber),
        ([0; 3], 9, 800.0, Light::Amber),
        // One month was good enough, whichever it was.
        ([10, 0, 0], 0, 800.0, Light::Green),
        ([0, 10, 0], 0, 800.0, Light::Green),
        ([0, 0, 10], 0, 800.0, Light::Green),
        ([0; 3], 0, 20.0, Light::Amber),
        ([0; 3], 0, 19.0, Light::Grey),
    ] {
        let found = at(new, left, members, 12, &usual);
        assert_eq!(found, Some(expected), "{new:?} −{left} of {members}");
    }
    assert_eq!(at([0; 3], 0, 800.0, 11, &usual), None, "eleven weeks");
    assert_eq!(at([0; 3], 0, 800.0, 12, &off()), None);
}

#[test]
fn a_swing_is_judged_either_way_but_not_in_a_special_week() {
    let at = |today: f64, members, known, health: &Health| {
        let mut numbers = numbers();
        (numbers.mean_dau, numbers.mean_members) = (Some(today), members);
        let history = weeks(known, |_| vec![("mean_dau", 100.0)]);
        light_of(Rule::ActivitySwing, &numbers, &history, health)
    };
    let usual = Health::default();
    for (today, members, known, expected) in [
        (110.0, 200.0, 4, Some(Light::Green)),
        (90.0, 200.0, 4, Some(Light::Green)),
        (111.0, 200.0, 4, Some(Light::Amber)),
        (89.0, 200.0, 4, Some(Light::Amber)),
        (89.0, 19.0, 4, Some(Light::Grey)),
        (89.0, 200.0, 3, None),
    ] {
        assert_eq!(at(today, members, known, &usual), expected, "{today}");
    }
    let special = |ago: i32| Health {
        special_weeks: [week().plus(-ago)].into(),
        ..Health::default()
    };
    assert_eq!(at(50.0, 200.0, 4, &special(0)), None);
    assert_eq!(at(50.0, 200.0, 4, &special(1)), Some(Light::Amber));
    assert_eq!(at(50.0, 200.0, 4, &off()), None);
}

#[test]
fn interaction_is_held_against_the_four_weeks_before_these_four() {
    let at = |now: f64, members, known, health: &Health| {
        let mut numbers = numbers();
        (numbers.interaction_rate, numbers.mean_members) = (Some(now), members);
        let history = weeks(known, |ago| {
            vec![("interaction_rate", if ago < 4 { now } else { 0.2 })]
        });
        light_of(Rule::InteractionGrowthBelow, &numbers, &history, health)
    };
    let usual = Health::default();
    for (now, members, known, expected) in [
        (0.229, 50.0, 7, Some(Light::Amber)),
        (0.23, 50.0, 7, Some(Light::Green)),
        (0.24, 50.0, 7, Some(Light::Green)),
        (0.1, 19.0, 7, Some(Light::Grey)),
        (0.1, 50.0, 6, None),
    ] {
        assert_eq!(at(now, members, known, &usual), expected, "{now}");
    }
    assert_eq!(at(0.1, 50.0, 7, &off()), None);
}

#[test]
fn negative_answers_are_red_beyond_their_share() {
    let at = |share, scored, health: &Health| {
        let mut numbers = numbers();
        (numbers.feedback.negative_share, numbers.feedback.scored) = (share, scored);
        light_of(
            Rule::NegativeShareAbove,
            &numbers,
            &History::default(),
            health,
        )
    };
    let usual = Health::default();
    for (share, scored, expected) in [
        (Some(0.29), 100, Some(Light::Green)),
        (Some(0.3), 100, Some(Light::Green)),
        (Some(0.31), 100, Some(Light::Red)),
        (Some(0.9), 19, Some(Light::Grey)),
        (None, 0, None),
    ] {
        assert_eq!(at(share, scored, &usual), expected, "{share:?} of {scored}");
    }
    assert_eq!(at(Some(0.9), 100, &off()), None);
}

#[test]
fn invitations_are_amber_after_four_weeks_in_a_row() {
    let at = |k: [f64; 4], members, known, health: &Health| {
        let mut numbers = numbers();
        (numbers.invitation_k, numbers.members_before_30) = (Some(k[0]), members);
        let history = weeks(known, |ago| {
            vec![("invitation_k", k[usize::try_from(ago).unwrap()])]
        });
        light_of(Rule::InvitationsBelow, &numbers, &history, health)
    };
    let usual = Health::default();
    for (k, members, known, expected) in [
        ([1.19; 4], 100, 3, Some(Light::Amber)),
        ([1.2; 4], 100, 3, Some(Light::Green)),
        ([1.3; 4], 100, 3, Some(Light::Green)),
        ([0.1, 0.1, 0.1, 1.2], 100, 3, Some(Light::Green)),
        ([1.2, 0.1, 0.1, 0.1], 100, 3, Some(Light::Green)),
        ([0.1; 4], 19, 3, Some(Light::Grey)),
        ([0.1; 4], 100, 2, None),
    ] {
        assert_eq!(at(k, members, known, &usual), expected, "{k:?}");
    }
    assert_eq!(at([0.1; 4], 100, 3, &off()), None);
}

#[test]
fn one_case_that_waits_too_long_is_red() {
    let at = |overdue| {
        let mut numbers = numbers();
        numbers.cases_overdue = overdue;
        light_of(Rule::CaseOverdue, &numbers, &History::default(), &off())
    };
    assert_eq!(
        [at(0), at(1), at(7)],
        [None, Some(Light::Red), Some(Light::Red)]
    );
}

/// Amber by every rule, with twelve weeks behind it.
fn everything_is_wrong() -> (Numbers, History) {
    let mut numbers = numbers();
    (numbers.dau_share, numbers.mean_members) = (Some(0.1), 100.0);
    (numbers.churn30, numbers.prev30_active) = (Some(0.5), 100);
    (numbers.mean_dau, numbers.interaction_rate) = (Some(10.0), Some(0.1));
    (numbers.feedback.negative_share, numbers.feedback.scored) = (Some(0.9), 100);
    (numbers.invitation_k, numbers.members_before_30) = (Some(0.1), 100);
    numbers.cases_overdue = 2;
    let history = weeks(12, |_| {
        vec![
            ("new", 0.0),
            ("left", 0.0),
            ("members_total", 100.0),
            ("mean_dau", 50.0),
            ("interaction_rate", 0.1),
            ("invitation_k", 0.1),
        ]
    });
    (numbers, history)
}

#[test]
fn what_members_do_not_remember_is_not_judged() {
    let (numbers, history) = everything_is_wrong();
    let health = Health::default();
    let judged = |numbers: &Numbers, rule| light_of(rule, numbers, &history, &health);
    for rule in Rule::ALL {
        assert!(judged(&numbers, rule) > Some(Light::Green), "{rule:?}");
        let mut old = numbers.clone();
        old.unknown = vec![rule.number().to_owned()];
        assert_eq!(judged(&old, rule), None, "{rule:?}");
    }
    let mut old = numbers.clone();
    old.unknown = vec!["mean_members".to_owned()];
    for rule in [
        Rule::DauShareBelowTarget,
        Rule::ActivitySwing,
        Rule::InteractionGrowthBelow,
    ] {
        assert_eq!(judged(&old, rule), None, "{rule:?}");
    }
}

/// Red before amber, each with what to look at; and the words of every rule.
#[test]
fn each_verdict_is_a_sentence_with_what_to_look_at() {
    let (numbers, history) = everything_is_wrong();
    let targets = targets(&[("dau_share", 0.45), ("churn30", 0.05)]);
    let (light, findings) = judge_after(&numbers, &targets, &history);
    assert_eq!((light, findings.len()), (Light::Red, 8));
    let lines = |locale| {
        let lines: Vec<String> = findings.iter().map(|one| one.text(locale)).collect();
        lines.join("\n")
    };
    insta::assert_snapshot!(lines(Locale::ZhHant), @"
    日活率 10.0%，比目標 45.0% 低四成以上。先看每日活躍圖裡最低的那幾天，當天的節目有沒有照常進行。
    負評占比 90.0%，高於上限 30.0%。先看給低分的人說了什麼，先回覆最近的幾位。
    有 2 件個案超過時限還沒結案。先看還沒結案的個案，從等最久的那件開始。
    30 日流失率 50.0%，高於上限 5.0%。先看上個月還活躍的人最後參與了什麼，先從他們感興趣的主題找回來。
    月淨增長率連續三個月低於 5.0%，最好的一個月是 0.0%。先看新人從哪裡來，哪個來源的人留得最久。
    平均日活躍較四週平均 -80.0%，超過 ±10.0%。先看這週多了或少了什麼節目，離開的人是否特別多。
    日互動率四週來 0.0%，未達每月 +15.0%。先看內容結尾有沒有提問，作品有沒有人回應。
    邀請係數 K 連續四週低於 1.2，最高 0.10。先看邀請的獎勵有沒有說清楚，邀請連結好不好找。
    ");
    insta::assert_snapshot!(lines(Locale::ZhHans), @"
    日活率 10.0%，比目标 45.0% 低四成以上。先看每日活跃图里最低的那几天，当天的节目有没有照常进行。
    差评占比 90.0%，高于上限 30.0%。先看给低分的人说了什么，先回复最近的几位。
    有 2 件个案超过时限还没结案。先看还没结案的个案，从等得最久的那件开始。
    30 日流失率 50.0%，高于上限 5.0%。先看上个月还活跃的人最后参与了什么，先从他们感兴趣的话题找回来。
    月净增长率连续三个月低于 5.0%，最好的一个月是 0.0%。先看新人从哪里来，哪个来源的人留得最久。
    平均日活较四周平均 -80.0%，超过 ±10.0%。先看本周多了或少了什么活动，退出的人是否特别多。
    日互动率四周来 0.0%，未达每月 +15.0%。先看内容结尾有没有提问，作品有没有人回应。
    邀请系数 K 连续四周低于 1.2，最高 0.10。先看邀请的奖励有没有说清楚，邀请链接好不好找。
    ");
    insta::assert_snapshot!(lines(Locale::En), @"
    Daily active share 10.0%, more than 40% below the target of 45.0%. Look at the lowest days of the chart, and whether their programme took place.
    Negative share 90.0%, above the limit of 30.0%. Look at what low scores came with, and answer the latest first.
    2 cases have been open for longer than they may. Look at the cases that are still open, the longest waiting first.
    30-day churn 50.0%, above the limit of 5.0%. Look at what last month's active members took part in last; start from those topics.
    Net growth of a month below 5.0% three months in a row, 0.0% in the best. Look at where newcomers come from, and which source stays longest.
    Mean DAU -80.0% on the mean of four weeks, beyond ±10.0%. Look at what was on or missing this week, and whether more left than usual.
    Daily interaction rate 0.0% in four weeks, less than the +15.0% a month. Look at whether content ends with a question, and whether members' works get answers.
    Invitations K below 1.2 for four weeks, 0.10 at best. Look at whether the reward for inviting is known, and the link easy to find.
    ");
}
