//! The seven days.

use hearth_tests::world::world;
use jiff::SignedDuration;

#[tokio::test]
async fn a_join_is_welcomed_at_once() {
    let world = world().await;
    world.joins("U1").await;
    assert_eq!(world.sent("U1"), ["onboarding.day-1", "onboarding.day-1.guide"]);
    let welcome = &world.received("U1")[0];
    assert!(welcome.text.contains("<@U1>"), "{}", welcome.text);
    assert_eq!(welcome.at, world.now());
    world.advance(SignedDuration::from_mins(1)).await;
    assert_eq!(world.ledger("U1").await, ["onboarding/1/day-1 SENT", "onboarding/1/day-1.guide SENT"]);
}

#[tokio::test]
async fn a_silent_newcomer_gets_one_step_a_day_at_ten() {
    let world = world().await;
    world.joins("U1").await;
    world.days(8).await;
    let got: Vec<String> = world.received("U1").into_iter().map(|m| format!("{} {}", m.at, m.kind)).collect();
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
