//! A seat at the newcomers' event: invited, accepted, reminded, there, asked, given the gift.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

use hearth_aws::store::Kind;
use hearth_local::deliveries::slack_ts;
use hearth_local::stack::Function;
use hearth_tests::cost::cost_of;
use hearth_tests::world::{ACME, MONDAY, SHOP, World, standing_at, world_with};
use serde_json::{Value, json};

/// On the Sunday of the first week, in the afternoon.
const TEA: &str = r#"
[[events]]
id = "tea"
title = "新人茶話會"
starts = "2026-01-11T15:00"
minutes = 90
url = "https://acme.example/tea"
recap_url = "https://acme.example/tea/recap"
"#;

/// The morning of the invitation, which is the sixth day.
const INVITED: &str = "2026-01-10T02:00:00Z";
/// Between the last reminder and the start.
const DOORS: &str = "2026-01-11T06:50:00Z";

/// A newcomer who has the invitation.
async fn an_invited_newcomer() -> World {
    let world = Box::pin(world_with(standing_at(MONDAY), &format!("{ACME}{TEA}"))).await;
    world.joins("U1").await;
    world.until(INVITED).await;
    assert_eq!(world.sent("U1").last().unwrap(), "onboarding.day-6");
    world
}

/// One who accepted it.
async fn a_guest() -> World {
    let world = an_invited_newcomer().await;
    world.minutes(1).await;
    world.presses("U1", "onboarding.day-6", "event:join").await;
    assert_eq!(world.sent("U1").last().unwrap(), "event.accepted");
    world
}

async fn seat(world: &World) -> Value {
    world.view("U1").await["event"].clone()
}

/// What came from the invitation on.
fn since_the_invitation(world: &World) -> Vec<String> {
    let all = world.timeline("U1");
    let from = all
        .iter()
        .position(|line| line.ends_with(" onboarding.day-6"));
    all[from.unwrap()..].to_vec()
}

fn text_of(world: &World, kind: &str) -> String {
    let mut found = world.received("U1");
    found.retain(|message| message.kind == kind);
    assert_eq!(found.len(), 1, "{kind}");
    found.remove(0).text
}

#[tokio::test]
async fn a_guest_is_invited_reminded_asked_and_given_the_gift_after_the_end() {
    let world = an_invited_newcomer().await;
    let invitation = world.received("U1").pop().unwrap();
    let values: Vec<&str> = invitation
        .buttons
        .iter()
        .map(|button| button.value.as_str())
        .collect();
    assert_eq!(values, ["event:join", "event:later"]);
    for part in [
        "新人茶話會",
        "1月11日（週日）15:00",
        "90 分鐘",
        "https://acme.example/tea",
    ] {
        assert!(invitation.text.contains(part), "{}", invitation.text);
    }
    world.minutes(1).await;
    world.presses("U1", "onboarding.day-6", "event:join").await;
    world.until(DOORS).await;
    world
        .presses("U1", "event.reminder-soon", "event:here")
        .await;
    world.until("2026-01-11T08:45:00Z").await;
    world.presses("U1", "event.question", "score:5").await;
    world.until("2026-01-12T03:00:00Z").await;
    assert_eq!(
        since_the_invitation(&world),
        [
            "2026-01-10T02:00:00Z onboarding.day-6",
            "2026-01-10T02:01:00Z event.accepted",
            // A day before, half an hour before, ten minutes and an hour after the end.
            "2026-01-10T07:00:00Z event.reminder-day",
            "2026-01-11T06:30:00Z event.reminder-soon",
            "2026-01-11T08:40:00Z event.question",
            "2026-01-11T09:30:00Z onboarding.day-7",
        ]
    );
    let accepted = text_of(&world, "event.accepted");
    assert!(
        accepted.contains("「新人茶話會」給你留了位置")
            && accepted.contains("1月11日（週日）15:00"),
        "{accepted}"
    );
    let gift = text_of(&world, "onboarding.day-7");
    assert!(
        gift.contains("謝謝你來「新人茶話會」") && gift.contains("WELCOME"),
        "{gift}"
    );
    let seat = seat(&world).await;
    assert_eq!(
        (&seat["answer"], &seat["attended"], &seat["score"]),
        (&"comes".into(), &true.into(), &5.into())
    );
    assert_eq!(world.view("U1").await["onboarding"]["state"], "finished");
    assert!(world.metrics.sum("answers_ignored") < 0.5);
}

#[tokio::test]
async fn who_does_not_show_up_gets_the_gift_with_what_they_missed() {
    let world = a_guest().await;
    world.until("2026-01-12T03:00:00Z").await;
    assert_eq!(
        since_the_invitation(&world)[2..],
        [
            "2026-01-10T07:00:00Z event.reminder-day",
            "2026-01-11T06:30:00Z event.reminder-soon",
            "2026-01-11T09:30:00Z onboarding.day-7.missed",
        ],
        "and nobody asks how it was"
    );
    let gift = text_of(&world, "onboarding.day-7.missed");
    assert!(
        gift.contains("「新人茶話會」的重點整理：https://acme.example/tea/recap"),
        "{gift}"
    );
    assert_eq!(seat(&world).await["attended"], false);
}

#[tokio::test]
async fn who_declines_or_says_nothing_is_not_reminded_and_does_not_wait() {
    for declines in [true, false] {
        let world = an_invited_newcomer().await;
        world.minutes(1).await;
        if declines {
            world.presses("U1", "onboarding.day-6", "event:later").await;
        }
        world.until("2026-01-12T03:00:00Z").await;
        assert_eq!(
            since_the_invitation(&world)[1..],
            ["2026-01-11T02:00:00Z onboarding.day-7.missed"]
        );
        let gift = text_of(&world, "onboarding.day-7.missed");
        assert!(
            gift.contains("WELCOME") && !gift.contains("茶話會"),
            "they missed nothing: {gift}"
        );
        let answer = if declines { "later" } else { "none" };
        assert_eq!(seat(&world).await["answer"], answer);
    }
}

#[tokio::test]
async fn who_can_not_come_after_all_is_left_in_peace() {
    let world = a_guest().await;
    world.until("2026-01-10T07:30:00Z").await;
    world
        .presses("U1", "event.reminder-day", "event:later")
        .await;
    world.until("2026-01-12T03:00:00Z").await;
    assert_eq!(
        since_the_invitation(&world)[2..],
        [
            "2026-01-10T07:00:00Z event.reminder-day",
            "2026-01-11T02:00:00Z onboarding.day-7.missed",
        ]
    );
}

#[tokio::test]
async fn an_event_that_is_called_off_is_not_spoken_of_any_more() {
    let world = a_guest().await;
    world.publish(Kind::Community, ACME).await;
    world.until("2026-01-12T03:00:00Z").await;
    assert_eq!(
        since_the_invitation(&world)[2..],
        ["2026-01-11T02:00:00Z onboarding.day-7.missed"]
    );
}

#[tokio::test]
async fn answers_of_others_too_early_and_twice_change_nothing() {
    let world = a_guest().await;
    let received = world.received("U1");
    let press = async |user: &str, kind: &str, value: &str| {
        world.minutes(1).await;
        let message = received
            .iter()
            .find(|message| message.kind == kind)
            .unwrap();
        let ts = slack_ts(message.at);
        let delivery = world
            .slack
            .press(user, &ts, &message.message_id, value, world.now());
        assert_eq!(world.deliver(&delivery).await.status, 200);
        world.stack.run_until_idle().await;
    };
    let before = seat(&world).await;
    // A day before it nobody is there; nobody who was not there says how it was; and what was
    // accepted is accepted.
    press("U1", "onboarding.day-6", "event:here").await;
    press("U1", "onboarding.day-6", "score:1").await;
    press("U1", "onboarding.day-6", "event:join").await;
    assert_eq!(seat(&world).await, before);
    assert!((world.metrics.sum("answers_ignored") - 3.0).abs() < 0.5);
    // Somebody else's hands.
    world.joins("U2").await;
    press("U2", "onboarding.day-6", "event:later").await;
    assert_eq!(seat(&world).await, before);
    assert_eq!(world.view("U2").await["event"], Value::Null);
    assert!((world.metrics.sum("answers_ignored") - 4.0).abs() < 0.5);
    // The first score counts.
    world.until(DOORS).await;
    world
        .presses("U1", "event.reminder-soon", "event:here")
        .await;
    world.until("2026-01-11T08:45:00Z").await;
    let pressing = world.presses("U1", "event.question", "score:2");
    let first = cost_of(&world, Function::Onboarding, pressing).await;
    // Member, answer and the week's sum, each two in a transaction.
    assert!((first.write - 6.0).abs() < 0.1, "{}", first.write);
    world.minutes(1).await;
    world.presses("U1", "event.question", "score:5").await;
    assert_eq!(seat(&world).await["score"], 2);
    assert!((world.metrics.sum("answers_ignored") - 5.0).abs() < 0.5);
    // … in the report as well.
    world.until("2026-01-12T08:00:00Z").await;
    let feedback = world.report("2026-W02", 1).await.unwrap().numbers.feedback;
    assert_eq!((feedback.stars, feedback.negative), ([0, 1, 0, 0, 0], 1));
    assert_eq!(feedback.satisfaction, Some(0.0));
}

#[tokio::test]
async fn who_held_the_event_tells_who_came() {
    let world = Box::pin(world_with(standing_at(MONDAY), ACME)).await;
    let gift = "\n[gift]\nitems = \"A mug\"\ncode = \"MUG\"\nurl = \"https://shop.example/mug\"\n";
    world
        .publish(Kind::Community, &format!("{SHOP}{TEA}{gift}"))
        .await;
    let tell = async |id: &str, kind: &str, data: Value| {
        let answer = world.shop_event(id, kind, &data).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    };
    let kinds = || {
        let all = world
            .stack
            .sandbox
            .received(Some("shop"), Some("ann"), None);
        all.into_iter()
            .map(|message| message.kind)
            .collect::<Vec<_>>()
    };
    tell("1", "member.joined", json!({"member": "ann"})).await;
    world.until("2026-01-10T09:30:00Z").await;
    let invitation = json!({"member": "ann", "message_id": "shop/ann/onboarding/1/day-6", "value": "event:join"});
    tell("2", "button.pressed", invitation).await;
    assert_eq!(kinds().last().unwrap(), "event.accepted");
    // After the end in Berlin and the time of the question, by the list of who was in the room.
    world.until("2026-01-11T15:50:00Z").await;
    assert_eq!(kinds().last().unwrap(), "event.reminder-soon");
    tell(
        "3",
        "event.attended",
        json!({"member": "ann", "event": "tea"}),
    )
    .await;
    world.until("2026-01-12T11:00:00Z").await;
    let seen = kinds();
    assert!(
        seen.contains(&"event.question".to_owned()),
        "told late, asked late: {seen:?}"
    );
    let gift = seen
        .iter()
        .filter(|kind| kind.starts_with("onboarding.day-7"));
    assert_eq!(gift.collect::<Vec<_>>(), ["onboarding.day-7"], "{seen:?}");
}
