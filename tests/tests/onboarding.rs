//! The seven days.

use hearth_aws::store::Kind;
use hearth_local::deliveries::slack_ts;
use hearth_tests::world::{ACME, MONDAY, playbook_with, standing_at, world, world_of, world_with};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

#[tokio::test]
async fn a_join_is_welcomed_at_once() {
    let world = world().await;
    world.joins("U1").await;
    assert_eq!(
        world.sent("U1"),
        ["onboarding.day-1", "onboarding.day-1.guide"]
    );
    let welcome = &world.received("U1")[0];
    assert!(welcome.text.contains("<@U1>"), "{}", welcome.text);
    assert_eq!(welcome.at, world.now());
    world.advance(SignedDuration::from_mins(1)).await;
    assert_eq!(
        world.ledger("U1").await,
        ["onboarding/1/day-1 SENT", "onboarding/1/day-1.guide SENT"]
    );
}

#[tokio::test]
async fn a_silent_newcomer_gets_one_step_a_day_at_ten() {
    let world = world().await;
    world.joins("U1").await;
    world.days(8).await;
    let got: Vec<String> = world
        .received("U1")
        .into_iter()
        .map(|m| format!("{} {}", m.at, m.kind))
        .collect();
    insta::assert_debug_snapshot!(got, @r#"
    [
        "2026-01-05T01:00:00Z onboarding.day-1",
        "2026-01-05T01:00:00Z onboarding.day-1.guide",
        "2026-01-06T02:00:00Z onboarding.day-2",
        "2026-01-07T02:00:00Z onboarding.day-3",
        "2026-01-08T02:00:00Z onboarding.day-4.fallback",
        "2026-01-09T02:00:00Z onboarding.day-4.fallback",
        "2026-01-10T02:00:00Z onboarding.day-6.fallback",
        "2026-01-11T02:00:00Z onboarding.day-7.missed",
    ]
    "#);
}

#[tokio::test]
async fn a_newcomer_who_does_everything_is_thanked_and_asked_for_nothing_twice() {
    let world = world().await;
    world.joins("U1").await;
    world
        .presses("U1", "onboarding.day-1", "interest:tools")
        .await;
    // Tuesday: asked for the nickname at ten, done at eleven.
    world.until("2026-01-06T03:00:00Z").await;
    world.renames("U1", "設計-小美").await;
    // And once more, to another that matches: thanked only once.
    world.minutes(5).await;
    world.renames("U1", "設計｜小美").await;
    // Wednesday at nine, before being asked: a comment.
    world.until("2026-01-07T01:00:00Z").await;
    world.says("U1", "C0TOPIC", "我會先從小地方試起").await;
    world.minutes(5).await;
    world.says("U1", "C0TOPIC", "還有一件小事").await;
    world.until("2026-01-12T02:00:00Z").await;
    assert_eq!(
        world.timeline("U1"),
        [
            "2026-01-05T01:00:00Z onboarding.day-1",
            "2026-01-05T01:00:00Z onboarding.day-1.guide",
            "2026-01-06T02:00:00Z onboarding.day-2",
            "2026-01-06T03:00:00Z onboarding.task-done",
            "2026-01-07T01:00:00Z onboarding.task-done",
            "2026-01-08T02:00:00Z onboarding.day-4",
            "2026-01-09T02:00:00Z onboarding.day-5",
            "2026-01-10T02:00:00Z onboarding.day-6.fallback",
            "2026-01-11T02:00:00Z onboarding.day-7.missed",
        ]
    );
    assert_eq!(
        world.ledger("U1").await,
        [
            "onboarding/1/day-1 SENT",
            "onboarding/1/day-1.guide SENT",
            "onboarding/1/day-2 SENT",
            "onboarding/1/day-3 SKIPPED task-done",
            "onboarding/1/day-4 SENT",
            "onboarding/1/day-5 SENT",
            "onboarding/1/day-6 SENT",
            "onboarding/1/day-7 SENT",
            "task/day-2 SENT",
            "task/day-3 SENT",
        ]
    );
    let view = world.view("U1").await;
    assert_eq!(
        (&view["onboarding"]["state"], &view["interest"]),
        (&"finished".into(), &"tools".into())
    );
    // Two tasks at 10, two messages at 1.
    assert_eq!(view["points"], 22);
    assert_eq!(world.ledger_sum("U1").await, 22);
    let texts: Vec<String> = world
        .received("U1")
        .into_iter()
        .map(|message| message.text)
        .collect();
    assert!(texts[2].contains("設計-小美"), "the example: {}", texts[2]);
    assert!(
        texts[3].contains("改群暱稱") && texts[3].contains("10"),
        "the thank-you: {}",
        texts[3]
    );
    assert!(
        texts[5].contains("五個工具") && texts[5].contains("實用工具"),
        "by interest: {}",
        texts[5]
    );
}

#[tokio::test]
async fn a_task_done_before_its_day_is_not_asked_for() {
    let world = world().await;
    world.joins("U1").await;
    world.hours(2).await;
    world.renames("U1", "設計-小美").await;
    world.days(2).await;
    assert_eq!(
        world.sent("U1"),
        [
            "onboarding.day-1",
            "onboarding.day-1.guide",
            "onboarding.task-done",
            "onboarding.day-3"
        ]
    );
    assert!(
        world
            .ledger("U1")
            .await
            .contains(&"onboarding/1/day-2 SKIPPED task-done".to_owned())
    );
}

#[tokio::test]
async fn where_nobody_hears_of_renames_a_button_says_it() {
    let world = world().await;
    world.joins("U1").await;
    world.days(2).await;
    world.presses("U1", "onboarding.day-2", "task:done").await;
    assert_eq!(
        world
            .sent("U1")
            .iter()
            .filter(|kind| *kind == "onboarding.task-done")
            .count(),
        1
    );
    assert_eq!(world.member("U1").await.points(), 10);
}

#[tokio::test]
async fn the_plan_stops_with_a_leave_and_goes_on_after_a_return() {
    let world = world().await;
    world.joins("U1").await;
    // Gone on Wednesday, an hour before the third step.
    world.until("2026-01-07T01:00:00Z").await;
    world.leaves("U1").await;
    let left = world.ledger("U1").await;
    assert!(
        left.iter()
            .any(|row| row.starts_with("onboarding/1/day-3/left-")
                && row.ends_with("SKIPPED no-longer-applies")),
        "{left:?}"
    );
    world.days(10).await;
    let before = world.sent("U1");
    assert_eq!(
        before,
        [
            "onboarding.day-1",
            "onboarding.day-1.guide",
            "onboarding.day-2",
            "win-back.survey"
        ]
    );
    // Back on the 17th: the third step comes the day after, the others follow, no second welcome.
    world.joins("U1").await;
    world.days(7).await;
    assert_eq!(
        world.timeline("U1")[before.len()..],
        [
            "2026-01-17T01:00:00Z win-back.welcome-back",
            "2026-01-18T02:00:00Z onboarding.day-3",
            "2026-01-19T02:00:00Z onboarding.day-4.fallback",
            "2026-01-20T02:00:00Z onboarding.day-4.fallback",
            "2026-01-21T02:00:00Z onboarding.day-6.fallback",
            "2026-01-22T02:00:00Z onboarding.day-7.missed",
        ]
    );
    assert_eq!(world.view("U1").await["onboarding"]["enrolment"], 1);
}

#[tokio::test]
async fn a_return_after_more_than_thirty_days_begins_anew() {
    let world = world().await;
    world.joins("U1").await;
    world.hours(2).await;
    world.leaves("U1").await;
    world.days(31).await;
    world.joins("U1").await;
    world.days(1).await;
    let sent = world.sent("U1");
    assert_eq!(
        sent[sent.len() - 3..],
        [
            "onboarding.day-1",
            "onboarding.day-1.guide",
            "onboarding.day-2"
        ]
    );
    assert_eq!(world.view("U1").await["onboarding"]["enrolment"], 2);
    assert!(
        world
            .ledger("U1")
            .await
            .contains(&"onboarding/2/day-1 SENT".to_owned())
    );
}

#[tokio::test]
async fn joining_again_while_a_member_changes_nothing() {
    let world = world().await;
    let first = world.now();
    world.joins("U1").await;
    let welcomed = world.member("U1").await;
    world.joins("U1").await;
    assert_eq!(world.member("U1").await, welcomed, "the same delivery");
    world.minutes(30).await;
    world.joins("U1").await;
    assert_eq!(
        world.sent("U1"),
        ["onboarding.day-1", "onboarding.day-1.guide"],
        "another join event"
    );
    let member = world.member("U1").await;
    assert_eq!(member.first_seen, first);
    assert_eq!(member.journey, welcomed.journey);
}

#[tokio::test]
async fn staff_get_nothing() {
    let world = world().await;
    world.joins("U0STAFF").await;
    world.says("U0STAFF", "C0TOPIC", "歡迎大家").await;
    world.renames("U0STAFF", "營運-小安").await;
    world.days(8).await;
    world.leaves("U0STAFF").await;
    world.days(1).await;
    assert!(world.sent("U0STAFF").is_empty());
    assert!(world.ledger("U0STAFF").await.is_empty());
    assert_eq!(world.view("U0STAFF").await["points"], 0);
}

#[tokio::test]
async fn who_becomes_staff_on_the_way_gets_no_further_step() {
    let world = world().await;
    world.joins("U1").await;
    world.days(1).await;
    let user = json!({"id": "U1", "team_id": "T123", "deleted": false, "is_bot": false, "is_admin": true, "updated": world.now().as_second(), "profile": {"display_name": "安"}});
    world
        .slack_event(
            json!({"type": "user_change", "user": user, "event_ts": slack_ts(world.now())}),
        )
        .await;
    world.days(7).await;
    assert_eq!(
        world.sent("U1"),
        ["onboarding.day-1", "onboarding.day-1.guide"]
    );
    assert_eq!(
        world.view("U1").await["onboarding"]["state"],
        "stopped-staff"
    );
}

#[tokio::test]
async fn a_member_keeps_the_playbook_of_their_enrolment() {
    let world = world().await;
    world.joins("U1").await;
    world.days(1).await;
    // The next version asks for the comment on day 5 and in other words, and at noon.
    let next = playbook_with("send_at = \"10:00\"", "send_at = \"12:00\"")
        .replacen("id = \"day-3\"\nday = 3", "id = \"day-3\"\nday = 5", 1)
        .replacen("id = \"day-4\"\nday = 4", "id = \"day-4\"\nday = 5", 1)
        .replace("大家正在聊", "新版正在聊");
    assert_eq!(world.publish(Kind::Playbook, &next).await, 2);
    world.joins("U2").await;
    world.days(8).await;
    let step = |user: &str, kind: &str| {
        world
            .received(user)
            .into_iter()
            .find(|message| message.kind == kind)
            .unwrap()
    };
    // Joined on Monday, version 1: Wednesday at ten.
    let old = step("U1", "onboarding.day-3");
    assert_eq!(old.at.to_string(), "2026-01-07T02:00:00Z");
    assert!(old.text.contains("大家正在聊"), "{}", old.text);
    // Joined on Tuesday, version 2: Saturday at noon.
    let new = step("U2", "onboarding.day-3");
    assert_eq!(new.at.to_string(), "2026-01-10T04:00:00Z");
    assert!(new.text.contains("新版正在聊"), "{}", new.text);
    assert_eq!(world.view("U1").await["onboarding"]["playbook_version"], 1);
    assert_eq!(world.view("U2").await["onboarding"]["playbook_version"], 2);
}

#[tokio::test]
async fn six_hours_without_a_tick_only_make_a_step_late() {
    let world = world().await;
    world.joins("U1").await;
    world.minutes(5).await;
    world.nothing_runs_until("2026-01-06T08:00:00Z");
    world.minutes(2).await;
    assert_eq!(
        world.timeline("U1")[2..],
        ["2026-01-06T08:01:00Z onboarding.day-2"]
    );
    // The next is on time again.
    world.days(1).await;
    assert_eq!(
        world.timeline("U1")[3..],
        ["2026-01-07T02:00:00Z onboarding.day-3"]
    );
}

#[tokio::test]
async fn a_step_more_than_a_day_late_is_skipped_and_the_plan_goes_on() {
    let world = world().await;
    world.joins("U1").await;
    world.minutes(5).await;
    // Down from Monday until Thursday noon: days 2 and 3 are over, day 4 is two hours late.
    world.nothing_runs_until("2026-01-08T04:00:00Z");
    world.minutes(1).await;
    assert_eq!(
        world.timeline("U1")[2..],
        ["2026-01-08T04:01:00Z onboarding.day-4.fallback"]
    );
    let ledger = world.ledger("U1").await;
    for step in [
        "onboarding/1/day-2 SKIPPED expired",
        "onboarding/1/day-3 SKIPPED expired",
    ] {
        assert!(ledger.contains(&step.to_owned()), "{ledger:?}");
    }
}

#[tokio::test]
async fn a_step_in_quiet_hours_is_held_until_they_end() {
    let world = world_of(&playbook_with("send_at = \"10:00\"", "send_at = \"07:00\"")).await;
    world.joins("U1").await;
    world.until("2026-01-05T23:59:00Z").await;
    assert_eq!(world.ledger("U1").await[2], "onboarding/1/day-2 HELD");
    assert_eq!(world.sent("U1").len(), 2);
    world.until("2026-01-06T00:00:00Z").await;
    assert_eq!(
        world.timeline("U1")[2..],
        ["2026-01-06T00:00:00Z onboarding.day-2"]
    );
    assert_eq!(world.ledger("U1").await[2], "onboarding/1/day-2 SENT");
}

#[tokio::test]
async fn an_answer_to_ones_own_act_is_given_at_night_too() {
    let world = world_with(standing_at("2026-01-05T15:30:00Z"), ACME).await;
    world.joins("U1").await;
    assert_eq!(
        world.sent("U1"),
        ["onboarding.day-1", "onboarding.day-1.guide"],
        "23:30 in Taipei"
    );
    world.minutes(5).await;
    world.renames("U1", "設計-小美").await;
    assert_eq!(world.sent("U1").len(), 3);
}

#[tokio::test]
async fn a_member_is_met_in_their_language_and_their_time() {
    let world = world().await;
    // Slack's join tells nothing but an id; their account does, as soon as it is touched.
    world.joins("U1").await;
    world.minutes(1).await;
    world
        .slack_event(account("U1", "Ann", "Europe/Berlin", "en-US", world.now()))
        .await;
    world.days(2).await;
    let received = world.received("U1");
    // Ten in Berlin.
    assert_eq!(received[2].at.to_string(), "2026-01-06T09:00:00Z");
    assert!(
        received[2].text.contains("today's small task"),
        "{}",
        received[2].text
    );
    assert!(
        received[2].text.contains("design-May"),
        "the example too: {}",
        received[2].text
    );
}

#[tokio::test]
async fn a_member_who_moves_gets_the_next_step_at_ten_there() {
    let world = world().await;
    world.joins("U1").await;
    world.until("2026-01-06T03:00:00Z").await;
    world
        .slack_event(account("U1", "x", "America/New_York", "en-US", world.now()))
        .await;
    world.days(3).await;
    assert_eq!(
        world.timeline("U1")[2..],
        [
            "2026-01-06T02:00:00Z onboarding.day-2",
            "2026-01-07T15:00:00Z onboarding.day-3",
            "2026-01-08T15:00:00Z onboarding.day-4.fallback"
        ]
    );
}

#[tokio::test]
async fn a_platform_whose_clock_is_ahead_is_welcomed_at_once_too() {
    let world = world().await;
    let ahead = world.now() + SignedDuration::from_mins(3);
    let joined = json!({"type": "member_joined_channel", "user": "U1", "channel": "C0GENERAL", "channel_type": "C", "team": "T123", "event_ts": slack_ts(ahead)});
    world.slack_event(joined).await;
    assert_eq!(
        world.sent("U1"),
        ["onboarding.day-1", "onboarding.day-1.guide"]
    );
}

#[tokio::test]
async fn an_account_of_the_workspace_is_not_a_member_of_the_channel() {
    let world = world().await;
    world
        .slack_event(account(
            "U9",
            "設計-小美",
            "Asia/Taipei",
            "zh-TW",
            world.now(),
        ))
        .await;
    let gone =
        json!({"id": "U8", "team_id": "T123", "deleted": true, "is_bot": false, "updated": 1});
    world
        .slack_event(
            json!({"type": "user_change", "user": gone, "event_ts": slack_ts(world.now())}),
        )
        .await;
    world.whispers("U7", "退訂").await;
    world.days(1).await;
    for user in ["U7", "U8", "U9"] {
        let id = hearth_domain::ids::MemberId::new(user).unwrap();
        let found = world
            .stack
            .store
            .member(&world.community, &id)
            .await
            .unwrap();
        assert_eq!(found, None, "{user} is nobody here");
        assert!(world.sent(user).is_empty());
    }
}

/// A changed account of Slack's.
fn account(user: &str, name: &str, zone: &str, locale: &str, at: Timestamp) -> Value {
    let user = json!({"id": user, "team_id": "T123", "deleted": false, "is_bot": false, "updated": at.as_second(), "tz": zone, "locale": locale, "profile": {"display_name": name}});
    json!({"type": "user_change", "user": user, "event_ts": slack_ts(at)})
}

#[tokio::test]
async fn a_community_without_a_gift_or_content_says_why_nothing_came() {
    let bare: String = ACME.split("[[content]]").next().unwrap().to_owned();
    let world = world_with(standing_at(MONDAY), &bare).await;
    world.joins("U1").await;
    world.days(8).await;
    let ledger = world.ledger("U1").await;
    for row in [
        "onboarding/1/day-4 SKIPPED no-content",
        "onboarding/1/day-5 SKIPPED no-content",
        "onboarding/1/day-7 SKIPPED no-gift",
    ] {
        assert!(ledger.contains(&row.to_owned()), "{ledger:?}");
    }
    assert_eq!(world.view("U1").await["onboarding"]["state"], "finished");
}

#[tokio::test]
async fn three_promotions_a_day_are_one_too_many() {
    // All of days 4, 5 and 6 on one day.
    let crowded = playbook_with("id = \"day-5\"\nday = 5", "id = \"day-5\"\nday = 4").replacen(
        "id = \"day-6\"\nday = 6",
        "id = \"day-6\"\nday = 4",
        1,
    );
    let world = world_of(&crowded).await;
    world.joins("U1").await;
    world.days(8).await;
    let ledger = world.ledger("U1").await;
    assert!(
        ledger.contains(&"onboarding/1/day-4 SENT".to_owned())
            && ledger.contains(&"onboarding/1/day-5 SENT".to_owned()),
        "{ledger:?}"
    );
    assert!(
        ledger.contains(&"onboarding/1/day-6 SKIPPED frequency-cap".to_owned()),
        "{ledger:?}"
    );
    // A capped member still advances.
    assert!(
        ledger.contains(&"onboarding/1/day-7 SENT".to_owned()),
        "{ledger:?}"
    );
}
