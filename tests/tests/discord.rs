//! A community on Discord: buttons from Discord itself, everything else through the forwarder.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

use hearth_domain::ids::MessageId;
use hearth_local::deliveries::{Delivery, DiscordApp, DiscordForwarder};
use hearth_tests::chaos::SplitMix;
use hearth_tests::world::{MONDAY, World, standing_at, world_with};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// The community of these stories; its first public key is the local stack's own.
pub(crate) const CLUB: &str = r#"
id = "acme"
platform = "discord"
name = "Acme Makers"
zone = "Asia/Taipei"
locale = "zh-Hant"
playbook = "default"
workspace = "561884984214814744"
check_in_channels = ["938391701561679903"]
staff = ["7"]

[secrets]
public_key = [
  "literal:2263bcbcb51fb38a4f514af7b0e46bfe2671cd39afd43991cc37b48b3292fd23",
  "literal:ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c",
]
signing_secret = "literal:whsec_ZGlzY29yZC1mb3J3YXJkZXI="
bot_token = "literal:discord-bot-token-of-the-tests"

[about]
value = "一起動手做。"
"#;

const SERVER: &str = "561884984214814744";
pub(crate) const CHECK_IN: &str = "938391701561679903";
const GENERAL: &str = "938391701561679904";

async fn club() -> World {
    Box::pin(world_with(standing_at(MONDAY), CLUB)).await
}

/// Discord, which signs with the second of the live keys.
fn app() -> DiscordApp {
    DiscordApp {
        seed: [7; 32],
        ..DiscordApp::local("acme", SERVER)
    }
}

/// Something the forwarder tells, with an id that names what happened.
pub(crate) fn forwarded(
    what: &str,
    kind: &str,
    data: &Value,
    at: Timestamp,
    now: Timestamp,
) -> Delivery {
    let forwarder = DiscordForwarder {
        community: "acme".to_owned(),
        signing_secret: "whsec_ZGlzY29yZC1mb3J3YXJkZXI=".to_owned(),
    };
    forwarder.event(what, kind, at, data, now).unwrap()
}

pub(crate) fn joined(member: &str, at: Timestamp) -> Delivery {
    let id = format!("join:{SERVER}:{member}:{}", at.as_millisecond());
    let data = json!({"member": member, "name": "小美"});
    forwarded(&id, "member.joined", &data, at, at)
}

fn left(member: &str, at: Timestamp) -> Delivery {
    let id = format!("leave:{SERVER}:{member}:{}", at.as_millisecond());
    let data = json!({"member": member, "cause": "unknown"});
    forwarded(&id, "member.left", &data, at, at)
}

pub(crate) fn posted(number: u64, member: &str, channel: &str, at: Timestamp) -> Delivery {
    let data =
        json!({"member": member, "message": number.to_string(), "channel": channel, "length": 12});
    forwarded(
        &format!("message:{number}"),
        "message.posted",
        &data,
        at,
        at,
    )
}

fn press(member: &str, path: &str, value: &str, at: Timestamp) -> Delivery {
    let message: MessageId = format!("acme/{member}/{path}").parse().unwrap();
    let member = member.parse().unwrap();
    app().press(&member, false, &message, value, at).unwrap()
}

pub(crate) async fn take(world: &World, delivery: &Delivery) -> String {
    let answer = world.deliver(delivery).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    Box::pin(world.stack.run_until_idle()).await;
    answer.body
}

fn fault(world: &World, fault: Value) {
    let fault = serde_json::from_value(fault).unwrap();
    world.stack.sandbox.inject(fault);
}

#[tokio::test]
async fn a_member_from_the_join_to_the_leave() {
    let world = club().await;
    take(&world, &joined("42", world.now())).await;
    assert_eq!(
        world.sent("42"),
        ["onboarding.day-1", "onboarding.day-1.guide"]
    );
    let welcome = &world.received("42")[0];
    assert!(welcome.text.contains("<@42>"), "{}", welcome.text);
    let values = welcome.buttons.iter().map(|button| button.value.as_str());
    assert!(values.into_iter().any(|value| value == "interest:tools"));

    // The button stops spinning, and the interest is noted.
    let pressed = press("42", "onboarding/1/day-1", "interest:tools", world.now());
    assert_eq!(take(&world, &pressed).await, r#"{"type":6}"#);
    assert_eq!(world.view("42").await["interest"], "tools");

    // A word in any channel and a post in the check-in channel: once a day.
    let word = json!({"member": "42", "message": "1", "channel": GENERAL, "keyword_text": "打卡"});
    let word = forwarded(
        "message:1",
        "message.posted",
        &word,
        world.now(),
        world.now(),
    );
    take(&world, &word).await;
    take(&world, &posted(2, "42", CHECK_IN, world.now())).await;
    let view = world.view("42").await;
    assert_eq!((&view["points"], &view["streak"]), (&json!(5), &json!(1)));

    world.until("2026-01-13T04:00:00Z").await;
    take(&world, &left("42", world.now())).await;
    world.minutes(11).await;
    // No bot can write to somebody it has no server in common with.
    assert!(!world.sent("42").contains(&"win-back.survey".to_owned()));
    assert_eq!(
        world.ledger("42").await.last().unwrap(),
        "win-back/1/survey SKIPPED unreachable"
    );
    assert_eq!(world.view("42").await["status"], "left");
}

#[tokio::test]
async fn deliveries_once_to_five_times_in_any_order_count_once() {
    for seed in 1..=3 {
        let world = club().await;
        let at = |seconds: i64| world.now() + SignedDuration::from_secs(seconds);
        let mut once = vec![joined("42", at(0))];
        for n in 0..6 {
            let number = 10 + u64::try_from(n).unwrap();
            once.push(posted(number, "42", GENERAL, at(1 + n)));
        }
        once.push(posted(20, "42", CHECK_IN, at(10)));
        for emoji in ["thumbsup", "tada"] {
            let data = json!({"member": "42", "message": "10", "channel": GENERAL});
            let id = format!("react:10:42:{emoji}:{}", at(9).as_millisecond());
            once.push(forwarded(&id, "reaction.added", &data, at(9), at(9)));
        }
        once.push(press("42", "onboarding/1/day-1", "interest:tools", at(12)));

        let mut random = SplitMix::new(seed);
        let mut deliveries = Vec::new();
        for delivery in once {
            deliveries.extend(vec![delivery; random.below(5) + 1]);
        }
        random.shuffle(&mut deliveries);
        for delivery in &deliveries {
            take(&world, delivery).await;
        }
        let member = world.member("42").await;
        let week = member.weeks.current.unwrap();
        assert_eq!(
            (week.messages, week.reactions, week.checked_in),
            (6, 2, 1),
            "seed {seed}"
        );
        assert_eq!(world.view("42").await["interest"], "tools", "seed {seed}");
        let mut sent = world.sent("42");
        sent.sort();
        assert_eq!(
            sent,
            [
                "check-in.reply",
                "onboarding.day-1",
                "onboarding.day-1.guide"
            ],
            "seed {seed}"
        );
    }
}

#[tokio::test]
async fn who_takes_no_direct_messages_is_unreachable_in_the_ledger() {
    let world = club().await;
    let words = "50007 Cannot send messages to this user";
    fault(&world, json!({"status": 403, "times": 2, "message": words}));
    take(&world, &joined("42", world.now())).await;
    assert_eq!(
        world.ledger("42").await,
        [
            "onboarding/1/day-1 SKIPPED unreachable",
            "onboarding/1/day-1.guide SKIPPED unreachable"
        ]
    );
    // Patience is asked for, and the message comes when it is over.
    fault(
        &world,
        json!({"status": 429, "times": 2, "retry_after": 20}),
    );
    take(&world, &joined("43", world.now())).await;
    assert!(world.sent("43").is_empty());
    world.minutes(3).await;
    assert_eq!(world.sent("43").len(), 2);
}

#[tokio::test]
async fn a_message_whose_answer_was_lost_is_sent_again_and_arrives_once() {
    let world = club().await;
    fault(&world, json!({"error": "lost-answer", "times": 3}));
    take(&world, &joined("42", world.now())).await;
    world.minutes(5).await;
    assert_eq!(
        world.sent("42"),
        ["onboarding.day-1", "onboarding.day-1.guide"]
    );
    assert_eq!(
        world.ledger("42").await,
        ["onboarding/1/day-1 SENT", "onboarding/1/day-1.guide SENT"]
    );
}

#[tokio::test]
async fn strangers_and_strange_signatures_change_nothing() {
    let world = club().await;
    let ping = json!({"type": 1, "id": "1", "token": "t", "application_id": "1", "version": 1});
    assert_eq!(
        take(&world, &app().post(&ping, world.now()).unwrap()).await,
        r#"{"type":1}"#
    );
    // Discord sends wrong signatures to see that they are refused.
    let thief = DiscordApp {
        seed: [8; 32],
        ..app()
    };
    let wrong = thief.post(&ping, world.now()).unwrap();
    assert_eq!(world.deliver(&wrong).await.status, 401);
    let mut tampered = app().post(&ping, world.now()).unwrap();
    tampered.body.push(b' ');
    assert_eq!(world.deliver(&tampered).await.status, 401);
    let old = world.now() - SignedDuration::from_mins(6);
    let old = app().post(&ping, old).unwrap();
    assert_eq!(world.deliver(&old).await.status, 401);
    let mut unsigned = joined("66", world.now());
    unsigned.headers.remove("webhook-signature");
    assert_eq!(world.deliver(&unsigned).await.status, 401);

    // A webhook event's ping, and an installation.
    let event = json!({"version": 1, "application_id": "1", "type": 1,
                       "event": {"type": "APPLICATION_AUTHORIZED", "timestamp": "2026-01-05T01:00:00"}});
    for body in [
        json!({"version": 1, "application_id": "1", "type": 0}),
        event,
    ] {
        let answer = world
            .deliver(&app().post(&body, world.now()).unwrap())
            .await;
        assert_eq!((answer.status, answer.body.as_str()), (204, ""));
    }

    // In another server where the same application is.
    let elsewhere = DiscordApp {
        server: "999".to_owned(),
        ..app()
    };
    let message: MessageId = "acme/66/onboarding/1/day-1".parse().unwrap();
    let stranger = "66".parse().unwrap();
    let press = elsewhere.press(&stranger, true, &message, "interest:tools", world.now());
    assert_eq!(take(&world, &press.unwrap()).await, r#"{"type":6}"#);
    let found = world.stack.store.member(&world.community, &stranger).await;
    assert!(found.unwrap().is_none());
}
