//! Leaves, the survey, returns.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

use hearth_aws::store::Kind;
use hearth_local::deliveries::slack_ts;
use hearth_tests::world::{SHOP, World, world};
use serde_json::json;

/// A member of a week who leaves at noon, and the ten minutes after.
async fn a_leaver_with_a_survey() -> World {
    let world = world().await;
    world.joins("U1").await;
    world.until("2026-01-13T04:00:00Z").await;
    world.leaves("U1").await;
    world.minutes(10).await;
    assert_eq!(world.sent("U1").last().unwrap(), "win-back.survey");
    world
}

async fn case(world: &World) -> (String, Option<String>) {
    let case = world.view("U1").await["win_back"].clone();
    (
        case["state"].as_str().unwrap_or("none").to_owned(),
        case["reason"].as_str().map(str::to_owned),
    )
}

fn is(state: &str) -> (String, Option<String>) {
    (state.to_owned(), None)
}

fn answered(reason: &str) -> (String, Option<String>) {
    ("answered".to_owned(), Some(reason.to_owned()))
}

#[tokio::test]
async fn a_leaver_is_asked_why_and_answers() {
    let world = a_leaver_with_a_survey().await;
    let survey = world.received("U1").pop().unwrap();
    assert_eq!(
        survey.at.to_string(),
        "2026-01-13T04:10:00Z",
        "ten minutes after"
    );
    let values: Vec<&str> = survey
        .buttons
        .iter()
        .map(|button| button.value.as_str())
        .collect();
    assert_eq!(
        values,
        ["boring_content", "few_benefits", "too_much_info", "other"]
    );
    assert_eq!(case(&world).await, is("surveyed"));
    assert_eq!(world.view("U1").await["status"], "left");
    world
        .presses("U1", "win-back.survey", "boring_content")
        .await;
    assert_eq!(case(&world).await, answered("boring_content"));
    assert_eq!(
        world.ledger("U1").await.last().unwrap(),
        "win-back/1/survey SENT"
    );
}

#[tokio::test]
async fn who_comes_back_is_won() {
    let world = a_leaver_with_a_survey().await;
    world.presses("U1", "win-back.survey", "few_benefits").await;
    world.days(3).await;
    world.joins("U1").await;
    let view = world.view("U1").await;
    assert_eq!(
        (&view["status"], &view["win_back"]["state"]),
        (&"member".into(), &"won".into())
    );
    assert_eq!(view["win_back"]["closed"], world.now().to_string());
    // Thirty days later it still is, and nobody asks again.
    world.days(31).await;
    assert_eq!(case(&world).await.0, "won");
    assert_eq!(
        world
            .sent("U1")
            .iter()
            .filter(|kind| *kind == "win-back.survey")
            .count(),
        1
    );
}

#[tokio::test]
async fn who_comes_back_at_once_is_not_asked() {
    let world = world().await;
    world.joins("U1").await;
    world.until("2026-01-13T04:00:00Z").await;
    world.leaves("U1").await;
    world.minutes(5).await;
    world.joins("U1").await;
    world.days(1).await;
    assert!(!world.sent("U1").contains(&"win-back.survey".to_owned()));
    assert_eq!(case(&world).await.0, "won");
}

#[tokio::test]
async fn a_survey_of_the_night_waits_for_the_morning_and_not_for_a_member() {
    let world = world().await;
    for user in ["U1", "U2"] {
        world.joins(user).await;
    }
    // Half past ten in the evening.
    world.until("2026-01-13T14:30:00Z").await;
    world.leaves("U1").await;
    world.leaves("U2").await;
    world.hours(2).await;
    assert_eq!(
        world.ledger("U1").await.last().unwrap(),
        "win-back/1/survey HELD"
    );
    world.joins("U2").await;
    world.until("2026-01-14T00:00:00Z").await;
    assert_eq!(
        world.timeline("U1").last().unwrap(),
        "2026-01-14T00:00:00Z win-back.survey"
    );
    assert!(!world.sent("U2").contains(&"win-back.survey".to_owned()));
    assert_eq!(
        world.ledger("U2").await.last().unwrap(),
        "win-back/1/survey SKIPPED no-longer-applies"
    );
}

#[tokio::test]
async fn only_the_first_answer_to_ones_own_open_survey_counts() {
    let world = a_leaver_with_a_survey().await;
    let survey = world.received("U1").pop().unwrap();
    let press = async |user: &str, message_id: &str, value: &str| {
        world.minutes(1).await;
        let delivery =
            world
                .slack
                .press(user, &slack_ts(survey.at), message_id, value, world.now());
        assert_eq!(world.deliver(&delivery).await.status, 200);
        world.stack.run_until_idle().await;
    };
    // A survey that was never sent, and what is no answer.
    press("U1", "acme/U1/win-back/7/survey", "few_benefits").await;
    press("U1", &survey.message_id, "no_such_reason").await;
    assert_eq!(case(&world).await, is("surveyed"));
    // The same value under another message of ours.
    press("U1", "acme/U1/onboarding/1/day-1", "other").await;
    assert_eq!(case(&world).await, is("surveyed"));
    press("U1", &survey.message_id, "too_much_info").await;
    press("U1", &survey.message_id, "boring_content").await;
    assert_eq!(
        case(&world).await,
        answered("too_much_info"),
        "pressed twice"
    );
    // Somebody else presses it: no case of theirs, no change of this one.
    press("U2", &survey.message_id, "other").await;
    assert_eq!(case(&world).await, answered("too_much_info"));
    assert!(world.member("U2").await.journey.win_back.is_none());
}

#[tokio::test]
async fn another_members_survey_is_no_answer_of_ones_own() {
    let world = a_leaver_with_a_survey().await;
    let survey = world.received("U1").pop().unwrap();
    world.joins("U2").await;
    world.minutes(1).await;
    world.leaves("U2").await;
    world.minutes(10).await;
    assert_eq!(world.view("U2").await["win_back"]["state"], "surveyed");
    // Both are first cases, so the paths are the same: only the owner tells them apart.
    let delivery = world.slack.press(
        "U2",
        &slack_ts(survey.at),
        &survey.message_id,
        "other",
        world.now(),
    );
    assert_eq!(world.deliver(&delivery).await.status, 200);
    world.stack.run_until_idle().await;
    assert_eq!(world.view("U2").await["win_back"]["state"], "surveyed");
}

#[tokio::test]
async fn thirty_days_without_a_return_are_lost() {
    let world = a_leaver_with_a_survey().await;
    world.days(29).await;
    assert_eq!(case(&world).await, is("surveyed"));
    world.days(1).await;
    assert_eq!(case(&world).await, is("lost"));
    let lost = world.view("U1").await;
    // A return after that is a return, but not ours.
    world.days(5).await;
    world.joins("U1").await;
    let view = world.view("U1").await;
    assert_eq!(view["status"], "member");
    assert_eq!(view["win_back"], lost["win_back"]);
}

#[tokio::test]
async fn every_leave_has_its_own_case() {
    let world = a_leaver_with_a_survey().await;
    world.days(1).await;
    world.joins("U1").await;
    world.days(1).await;
    world.leaves("U1").await;
    world.minutes(10).await;
    assert_eq!(world.view("U1").await["win_back"]["case"], 2);
    let ledger = world.ledger("U1").await;
    assert!(
        ledger.contains(&"win-back/1/survey SENT".to_owned())
            && ledger.contains(&"win-back/2/survey SENT".to_owned()),
        "{ledger:?}"
    );
    // The survey of the first leave answers nothing any more.
    let old = world
        .received("U1")
        .into_iter()
        .find(|message| message.message_id == "acme/U1/win-back/1/survey")
        .unwrap();
    let delivery = world.slack.press(
        "U1",
        &slack_ts(old.at),
        &old.message_id,
        "other",
        world.now(),
    );
    assert_eq!(world.deliver(&delivery).await.status, 200);
    world.stack.run_until_idle().await;
    assert_eq!(case(&world).await, is("surveyed"));
}

#[tokio::test]
async fn who_was_removed_is_not_asked() {
    let world = world().await;
    world.publish(Kind::Community, SHOP).await;
    for (member, cause) in [
        ("removed", "removed"),
        ("voluntary", "voluntary"),
        ("unknown", "unknown"),
    ] {
        world
            .shop_event(
                &format!("join-{member}"),
                "member.joined",
                &json!({"member": member}),
            )
            .await;
        world.minutes(1).await;
        world
            .shop_event(
                &format!("left-{member}"),
                "member.left",
                &json!({"member": member, "cause": cause}),
            )
            .await;
    }
    // The next day, when nobody sleeps in Berlin.
    world.hours(26).await;
    let surveyed = |member: &str| {
        world
            .stack
            .sandbox
            .received(Some("shop"), Some(member), None)
            .iter()
            .any(|message| message.kind == "win-back.survey")
    };
    assert_eq!(
        [
            surveyed("removed"),
            surveyed("voluntary"),
            surveyed("unknown")
        ],
        [false, true, true]
    );
    let shop = world.stack.community("shop").await.unwrap().unwrap();
    let removed = world
        .stack
        .store
        .member(&shop, &"removed".parse().unwrap())
        .await
        .unwrap()
        .unwrap();
    assert!(removed.journey.win_back.is_none());
}

#[tokio::test]
async fn a_deleted_account_cannot_be_reached_and_the_ledger_says_so() {
    let world = world().await;
    world.joins("U1").await;
    world.until("2026-01-13T04:00:00Z").await;
    world.leaves("U1").await;
    world
        .stack
        .sandbox
        .inject(serde_json::from_value(json!({"slack_error": "account_inactive"})).unwrap());
    world.minutes(15).await;
    assert_eq!(
        world.ledger("U1").await.last().unwrap(),
        "win-back/1/survey SKIPPED unreachable"
    );
}
