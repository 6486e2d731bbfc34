//! The weekly report of a small community, counted by hand.

use hearth_aws::queue::QueueName;
use hearth_domain::kpi::{Light, Numbers, Revision};
use hearth_tests::world::{ACME, World, standing_at, world_with};
use jiff::Timestamp;

/// Friday, nine in the morning in Taipei.
const FRIDAY: &str = "2026-01-02T01:00:00Z";
const WEEK: &str = "2026-W02";

/// | | Fri W01 | Mon | Tue | Wed | Thu | Sun |
/// |---|---|---|---|---|---|---|
/// | A | joins | 2 messages | a reaction | a message | | |
/// | B | joins | | | leaves | | |
/// | C | joins, a message | | | | | |
/// | D | | joins, checks in | checks in | | | a message |
/// | E | | | joins | | leaves | |
/// | staff | | everything | | | | |
async fn a_small_community() -> World {
    let world = world_with(standing_at(FRIDAY), ACME).await;
    for user in ["A", "B", "C"] {
        world.joins(user).await;
    }
    world.minutes(10).await;
    world.says("C", "C0GENERAL", "大家早安").await;
    world.until("2026-01-05T02:00:00Z").await;
    world.joins("D").await;
    world.joins("U0STAFF").await;
    world.minutes(1).await;
    world.says("A", "C0GENERAL", "第一則消息").await;
    world.says("D", "C0CHECKIN", "今天開始").await;
    world.says("U0STAFF", "C0GENERAL", "歡迎歡迎").await;
    world.minutes(1).await;
    world.says("A", "C0GENERAL", "第二則消息").await;
    world.says("U0STAFF", "C0CHECKIN", "我也來").await;
    world.until("2026-01-06T02:00:00Z").await;
    world.joins("E").await;
    world.reacts("A").await;
    world.says("D", "C0GENERAL", "簽到").await;
    world.until("2026-01-07T02:00:00Z").await;
    world.says("A", "C0GENERAL", "第三則消息").await;
    world.leaves("B").await;
    world.until("2026-01-08T02:00:00Z").await;
    world.leaves("E").await;
    world.until("2026-01-11T02:00:00Z").await;
    world.says("D", "C0TOPIC", "我在做一張椅子").await;
    world
}

fn by_hand(numbers: &Numbers) {
    assert_eq!(
        (numbers.new, numbers.left, numbers.returned),
        (2, 2, 0),
        "D and E; B and E"
    );
    assert_eq!(
        (numbers.members_start, numbers.members_total),
        (3, 3),
        "A, B, C; A, C, D"
    );
    assert_eq!(numbers.net_growth, Some(0.0));
    assert_eq!(numbers.days_observed, 7);
    let dau: Vec<u64> = numbers.dau.values().copied().collect();
    assert_eq!(dau, [2, 2, 1, 0, 0, 0, 1]);
    assert_eq!(numbers.mean_dau, Some(0.857_142_857));
    assert_eq!(
        (numbers.wau, numbers.mau30),
        (2, 3),
        "A and D; and C of Friday"
    );
    assert_eq!(numbers.stickiness, Some(0.285_714_286), "6 / 7 / 3");
    assert_eq!(
        (numbers.messages, numbers.reactions, numbers.posted),
        (4, 1, 2)
    );
    // 4, 5, 4, 3, 3, 3 and 3 members at the ends of the days: 25 member-days.
    assert!(
        (numbers.mean_members - 25.0 / 7.0).abs() < 1e-6,
        "{}",
        numbers.mean_members
    );
    assert_eq!(numbers.dau_share, Some(0.24), "6 / 25");
    assert_eq!(numbers.speaking_rate, Some(0.56), "2 / (25 / 7)");
    assert_eq!(
        numbers.interaction_rate,
        Some(0.16),
        "A on three days, D on one: 4 / 25"
    );
    assert_eq!(numbers.messages_per_1000, Some(160.0), "4 / 25");
    assert_eq!(numbers.messages_per_active, Some(2.0));
    assert_eq!(
        (numbers.checked_in, numbers.check_ins),
        (1, 2),
        "D on two days"
    );
    assert_eq!(
        (numbers.streaks, numbers.streaks_ge_7),
        (0, 0),
        "D's two days ended on Tuesday"
    );
    assert_eq!(
        (numbers.onboarding.started, numbers.onboarding.finished),
        (2, 3),
        "D and E; A, C and D"
    );
    let win_back = &numbers.win_back;
    assert_eq!(
        (
            win_back.opened,
            win_back.reachable,
            win_back.surveyed,
            win_back.answered
        ),
        (2, 2, 2, 0)
    );
    assert_eq!(
        (
            numbers.silent30,
            numbers.silent30_incl_new,
            numbers.prev30_active
        ),
        (0, 0, 0)
    );
    assert_eq!(numbers.churn30, None, "nobody was here before");
    // A, B and C joined on a Friday, so day 7 is W02's Friday: nobody was there. Day 7 of D and E
    // is yet to come.
    let all = &numbers.retention.all;
    assert_eq!(all.size, 5);
    assert_eq!((all.classic.d7.eligible, all.classic.d7.retained), (3, 0));
}

#[tokio::test]
async fn mondays_report_is_right_to_the_last_number() {
    let world = a_small_community().await;
    // Monday 08:00 in Taipei is midnight UTC.
    world.until("2026-01-11T23:59:00Z").await;
    assert!(world.report(WEEK, 1).await.is_none());
    world.until("2026-01-12T00:00:00Z").await;
    let report = world.report(WEEK, 1).await.unwrap();
    assert_eq!(report.revision, Revision::Provisional);
    assert_eq!(report.generated_at.to_string(), "2026-01-12T00:00:00Z");
    assert_eq!(
        (report.as_of.to_string().as_str(), report.zone.name()),
        ("2026-01-11", "Asia/Taipei")
    );
    by_hand(&report.numbers);
    let previous = report.history.weeks().last().unwrap();
    assert_eq!(
        previous.week.to_string(),
        "2026-W01",
        "held against the week before"
    );
    assert_ne!(
        report.light,
        Light::Green,
        "nobody stayed long enough, two of three left"
    );
    // No name and no id of anybody in the record.
    let record = world.report_record(WEEK, 1).await.unwrap();
    for id in ["\"A\"", "\"B\"", "\"C\"", "U0STAFF", "設計"] {
        assert!(!record.contains(id), "{id}");
    }
}

#[tokio::test]
async fn operators_are_told_once() {
    let world = a_small_community().await;
    world.until("2026-01-14T12:00:00Z").await;
    let told = world.posted_in("C0OPS");
    let weeks: Vec<String> = told
        .iter()
        .map(|message| format!("{} {}", message.at, message.message_id))
        .collect();
    assert_eq!(
        weeks,
        [
            "2026-01-05T00:00:00Z acme/@community/report/2026-W01/1",
            "2026-01-12T00:00:00Z acme/@community/report/2026-W02/1"
        ]
    );
    let text = &told[1].text;
    for part in [
        "Acme Makers",
        "2026-W02",
        "新增 2／離開 2",
        "24.0%",
        "56.0%",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[tokio::test]
async fn what_comes_late_shows_in_the_second_revision_and_the_first_stays() {
    let world = a_small_community().await;
    world.until("2026-01-12T02:00:00Z").await;
    let first = world.report_record(WEEK, 1).await.unwrap();
    // Written on Sunday at eight in the evening, heard of on Monday at ten.
    let sunday: Timestamp = "2026-01-11T12:00:00Z".parse().unwrap();
    world.said_at(sunday, "C", "C0GENERAL", "晚上好呀").await;
    // What is written today is the next week's.
    world.says("A", "C0GENERAL", "星期一的消息").await;
    world.until("2026-01-13T23:59:00Z").await;
    assert!(world.report(WEEK, 2).await.is_none());
    world.until("2026-01-14T00:00:00Z").await;
    let last = world.report(WEEK, 2).await.unwrap();
    assert_eq!(last.revision, Revision::Final);
    assert_eq!(
        (last.numbers.messages, last.numbers.wau, last.numbers.posted),
        (5, 3, 3)
    );
    assert_eq!(
        last.numbers.dau.values().copied().collect::<Vec<_>>(),
        [2, 2, 1, 0, 0, 0, 2]
    );
    assert_eq!(last.numbers.new, 2, "the rest is as it was");
    assert_eq!(
        world.report_record(WEEK, 1).await.unwrap(),
        first,
        "byte for byte"
    );
    // Two days later nothing of that week is taken any more, and no record changes.
    let last = world.report_record(WEEK, 2).await.unwrap();
    world.said_at(sunday, "D", "C0GENERAL", "更晚的消息").await;
    world.days(1).await;
    assert_eq!(world.report_record(WEEK, 2).await.unwrap(), last);
    let listed = world
        .stack
        .store
        .report_list(&world.community.id)
        .await
        .unwrap();
    let listed: Vec<String> = listed
        .iter()
        .map(|(week, revision)| format!("{week}/{revision}"))
        .collect();
    assert_eq!(
        listed,
        ["2026-W01/1", "2026-W01/2", "2026-W02/1", "2026-W02/2"]
    );
}

#[tokio::test]
async fn a_report_that_was_missed_is_made_up_for() {
    let world = a_small_community().await;
    // The Scheduler is down from Sunday until Tuesday noon.
    world.nothing_runs_until("2026-01-13T04:00:00Z");
    world.minutes(15).await;
    let report = world.report(WEEK, 1).await.unwrap();
    // As of when it fell due, so that it is the same whenever it is made.
    assert_eq!(report.generated_at.to_string(), "2026-01-12T00:00:00Z");
    by_hand(&report.numbers);
}

#[tokio::test]
async fn an_empty_community_has_no_report() {
    let world = world_with(standing_at(FRIDAY), ACME).await;
    world.days(14).await;
    assert!(
        world
            .stack
            .store
            .report_list(&world.community.id)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(world.posted_in("C0OPS").is_empty());
}

#[tokio::test]
async fn a_report_that_cannot_be_made_is_counted() {
    let world = world_with(standing_at(FRIDAY), ACME).await;
    let wanted = r#"{"type":"RollupV1","community":"ghost","week":"2026-W02","revision":1}"#;
    world
        .stack
        .queues
        .put(QueueName::KpiRollup, wanted.to_owned());
    world.stack.run_until_idle().await;
    assert!(world.metrics.sum("reports_failed") >= 1.0);
}
