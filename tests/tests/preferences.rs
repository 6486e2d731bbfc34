//! What members want: no messages, messages again, nothing at night.

use hearth_tests::world::{playbook_with, world, world_of};

#[tokio::test]
async fn who_opts_out_is_left_in_peace() {
    let world = world().await;
    world.joins("U1").await;
    world.hours(2).await;
    // Only as the whole message, one to one.
    world.says("U1", "C0GENERAL", "退訂").await;
    world.whispers("U1", "怎麼退訂？").await;
    assert!(!world.member("U1").await.is_opted_out());
    world.minutes(1).await;
    world.whispers("U1", "退訂").await;
    assert!(world.member("U1").await.is_opted_out());
    world.days(8).await;
    assert_eq!(
        world.sent("U1"),
        ["onboarding.day-1", "onboarding.day-1.guide"]
    );
    assert_eq!(
        world.ledger("U1").await,
        [
            "onboarding/1/day-1 SENT",
            "onboarding/1/day-1.guide SENT",
            "onboarding/1/day-2/out-3 SKIPPED opted-out"
        ]
    );
    // Not even when they leave and come back.
    world.leaves("U1").await;
    world.days(1).await;
    world.joins("U1").await;
    world.days(8).await;
    assert_eq!(world.sent("U1").len(), 2);
    assert_eq!(
        world.view("U1").await["onboarding"]["state"],
        "stopped-opted-out"
    );
}

#[tokio::test]
async fn a_message_that_waits_when_its_member_opts_out_is_not_sent() {
    let world = world_of(&playbook_with("send_at = \"10:00\"", "send_at = \"07:00\"")).await;
    world.joins("U1").await;
    // Tuesday 07:30: the second step is held until the quiet hours end.
    world.until("2026-01-05T23:30:00Z").await;
    assert!(
        world
            .ledger("U1")
            .await
            .contains(&"onboarding/1/day-2 HELD".to_owned())
    );
    world.whispers("U1", "TD").await;
    world.hours(1).await;
    assert!(
        world
            .ledger("U1")
            .await
            .contains(&"onboarding/1/day-2 SKIPPED opted-out".to_owned()),
        "{:?}",
        world.ledger("U1").await
    );
    assert_eq!(world.sent("U1").len(), 2);
}

#[tokio::test]
async fn who_wants_messages_again_gets_what_they_ask_for() {
    let world = world().await;
    world.joins("U1").await;
    world.minutes(1).await;
    world.whispers("U1", "stop").await;
    world.hours(1).await;
    // An answer to something they do after that is no reminder: it comes.
    world.renames("U1", "設計-小美").await;
    assert_eq!(
        world.sent("U1"),
        [
            "onboarding.day-1",
            "onboarding.day-1.guide",
            "onboarding.task-done"
        ]
    );
    world.hours(1).await;
    world.whispers("U1", "訂閱").await;
    assert!(!world.member("U1").await.is_opted_out());
    // The plan goes on where it stopped, on the day after; that it does is confirmed.
    world.days(8).await;
    assert_eq!(
        world.sent("U1").split_off(3),
        [
            "digest.all-again",
            "onboarding.day-3",
            "onboarding.day-4.fallback",
            "onboarding.day-4.fallback",
            "onboarding.day-6.fallback",
            "onboarding.day-7.missed"
        ]
    );
}

#[tokio::test]
async fn opting_out_counts_by_when_it_was_said_not_by_when_it_came() {
    let world = world().await;
    world.joins("U1").await;
    let said = world.now() + jiff::SignedDuration::from_mins(1);
    world.minutes(10).await;
    world.whispers("U1", "start").await;
    // The older word comes later: the newer holds.
    let ts = hearth_local::deliveries::slack_ts(said);
    let event = serde_json::json!({"type": "message", "user": "U1", "channel": "DU1", "channel_type": "im", "text": "stop", "ts": ts, "event_ts": ts});
    world.slack_event(event).await;
    assert!(!world.member("U1").await.is_opted_out());
    world.hours(26).await;
    assert_eq!(world.sent("U1").last().unwrap(), "onboarding.day-2");
}

#[tokio::test]
async fn a_leaver_who_opted_out_is_not_asked_why() {
    let world = world().await;
    world.joins("U1").await;
    world.minutes(1).await;
    world.whispers("U1", "「退訂」").await;
    world.minutes(1).await;
    world.leaves("U1").await;
    world.days(2).await;
    assert_eq!(
        world.sent("U1"),
        ["onboarding.day-1", "onboarding.day-1.guide"]
    );
    assert!(world.member("U1").await.journey.win_back.is_none());
}

#[tokio::test]
async fn opting_out_of_the_survey_closes_the_case() {
    let world = world().await;
    world.joins("U1").await;
    world.until("2026-01-13T04:00:00Z").await;
    world.leaves("U1").await;
    world.minutes(20).await;
    world.whispers("U1", "TD").await;
    assert_eq!(world.view("U1").await["win_back"]["state"], "declined");
    world.days(31).await;
    assert_eq!(world.view("U1").await["win_back"]["state"], "declined");
}

#[tokio::test]
async fn whoever_was_erased_is_not_brought_back_by_what_comes_late() {
    let world = world().await;
    let id = hearth_domain::ids::MemberId::new("U1").unwrap();
    let pseudonym = world.stack.pseudonyms.of(&world.community.id, &id);
    let store = &world.stack.store;
    store
        .put_tombstone(&world.community.id, &pseudonym, world.now())
        .await
        .unwrap();
    world.joins("U1").await;
    world.says("U1", "C0GENERAL", "hello again").await;
    world.days(1).await;
    assert_eq!(store.member(&world.community, &id).await.unwrap(), None);
    assert!(world.sent("U1").is_empty());
    assert!(world.ledger("U1").await.is_empty());
}
