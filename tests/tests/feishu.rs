//! A community on Feishu, from the first join to the survey's answer. Every delivery is sealed
//! and signed.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

use hearth_domain::ids::{ChannelId, MessageId};
use hearth_domain::message::State;
use hearth_local::deliveries::{Delivery, FeishuApp};
use hearth_local::sandbox::ChatFault;
use hearth_tests::chaos::SplitMix;
use hearth_tests::world::{MONDAY, World, standing_at, world_with};
use jiff::Timestamp;
use serde_json::{Value, json};

/// A community whose home is a Feishu group, in the middle of a rotation of its Encrypt Key.
pub(crate) const CLUB: &str = r#"
id = "acme"
platform = "feishu"
name = "Acme Makers"
zone = "Asia/Taipei"
locale = "zh-Hant"
playbook = "default"
workspace = "tenant"
home_channel = "oc_home"
check_in_channels = ["oc_checkin"]
ops_channel = "oc_ops"

[secrets]
encrypt_key = ["literal:a-new-encrypt-key", "literal:an-old-encrypt-key"]
verification_token = ["literal:a-token-of-the-tests"]
app_id = "literal:cli_hearth"
app_secret = "literal:an-app-secret"

[about]
value = "一起動手做。"
"#;

async fn club() -> World {
    Box::pin(world_with(standing_at(MONDAY), CLUB)).await
}

/// [`CLUB`]'s app.
pub(crate) fn app() -> FeishuApp {
    FeishuApp {
        community: "acme".to_owned(),
        tenant: "tenant".to_owned(),
        encrypt_key: "a-new-encrypt-key".to_owned(),
        verification_token: "a-token-of-the-tests".to_owned(),
    }
}

fn id(open_id: &str) -> Value {
    json!({"open_id": open_id, "union_id": "on_1", "user_id": "e33ggbyz"})
}

/// Members who come to the home chat, or leave it, at once; by themselves, as far as one can.
pub(crate) fn moved(verb: &str, users: &[&str], at: Timestamp) -> Value {
    let operator = id(users.first().unwrap());
    let users: Vec<Value> = users
        .iter()
        .map(|user| json!({"name": format!("名 {user}"), "user_id": id(user), "tenant_key": "tenant"}))
        .collect();
    let event =
        json!({"chat_id": "oc_home", "operator_id": operator, "external": false, "users": users});
    app().event(&format!("im.chat.member.user.{verb}_v1"), &event, at)
}

fn says(user: &str, chat: &str, kind: &str, message: &str, text: &str, at: Timestamp) -> Value {
    let content = json!({"text": text}).to_string();
    let message = json!({"message_id": message, "chat_id": chat, "chat_type": kind,
        "message_type": "text", "content": content, "create_time": at.as_millisecond().to_string(),
        "mentions": [{"key": "@_user_1", "id": id("ou_bot"), "name": "Hearth"}]});
    let sender = json!({"sender_id": id(user), "sender_type": "user", "tenant_key": "tenant"});
    let event = json!({"sender": sender, "message": message});
    app().event("im.message.receive_v1", &event, at)
}

fn posts(user: &str, chat: &str, message: &str, text: &str, at: Timestamp) -> Value {
    says(user, chat, "group", message, text, at)
}

fn reacts(user: &str, message: &str, at: Timestamp) -> Value {
    let event = json!({"message_id": message, "reaction_type": {"emoji_type": "THUMBSUP"},
        "operator_type": "user", "user_id": id(user), "action_time": at.as_millisecond().to_string()});
    app().event("im.message.reaction.created_v1", &event, at)
}

/// Accepted and handled.
async fn happens(world: &World, body: &Value) {
    delivered(world, &app().deliver(body, world.now())).await;
    Box::pin(world.stack.run_until_idle()).await;
}

async fn delivered(world: &World, delivery: &Delivery) {
    let answer = world.deliver(delivery).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "{}"));
}

/// Presses a button of the last message of a kind.
async fn presses(world: &World, user: &str, kind: &str, value: &str) {
    let received = world.received(user);
    let message = received.iter().rev().find(|message| message.kind == kind);
    let message = message.unwrap();
    assert!(
        message.buttons.iter().any(|button| button.value == value),
        "{kind} has no button {value}"
    );
    let id: MessageId = message.message_id.parse().unwrap();
    delivered(world, &app().press(user, None, &id, value, world.now())).await;
    Box::pin(world.stack.run_until_idle()).await;
}

#[tokio::test]
async fn from_the_join_to_the_surveys_answer() {
    let world = club().await;
    // Three who came at once are welcomed one to one.
    let users = ["ou_1", "ou_2", "ou_3"];
    happens(&world, &moved("added", &users, world.now())).await;
    world.minutes(1).await;
    for user in users {
        let received = world.received(user);
        let kinds: Vec<&str> = received
            .iter()
            .map(|message| message.kind.as_str())
            .collect();
        assert_eq!(kinds, ["onboarding.day-1", "onboarding.day-1.guide"]);
        assert!(received.iter().all(|message| message.channel.is_none()));
        assert!(received[0].text.contains("Acme Makers"));
        assert!(!received[0].buttons.is_empty(), "a card");
    }
    assert!(
        world.received("ou_1")[0].text.contains("名 ou_1"),
        "the name came with the join"
    );
    presses(&world, "ou_1", "onboarding.day-1", "interest:tools").await;
    assert_eq!(world.view("ou_1").await["interest"], "tools");

    // A check-in by keyword behind a mention, one by where it is posted, and a reaction.
    let now = world.now();
    for body in [
        posts("ou_1", "oc_home", "om_1001", "@_user_1 簽到", now),
        posts("ou_2", "oc_checkin", "om_1002", "今天跑了五公里", now),
        posts("ou_2", "oc_home", "om_1003", "早安", now),
        reacts("ou_3", "om_1003", now),
    ] {
        happens(&world, &body).await;
    }
    assert_eq!(world.view("ou_1").await["points"], 5);
    assert_eq!(world.view("ou_1").await["streak"], 1);
    assert_eq!(world.view("ou_2").await["streak"], 1);
    let week = world.member("ou_3").await.weeks;
    assert!(format!("{week:?}").contains("reactions: 1"), "{week:?}");

    // Leaves, and says why.
    world.until("2026-01-13T04:00:00Z").await;
    happens(&world, &moved("deleted", &["ou_1"], world.now())).await;
    assert_eq!(world.view("ou_1").await["status"], "left");
    world.minutes(10).await;
    presses(&world, "ou_1", "win-back.survey", "boring_content").await;
    let case = world.view("ou_1").await["win_back"].clone();
    assert_eq!(
        (&case["state"], &case["reason"]),
        (&json!("answered"), &json!("boring_content"))
    );
    assert_eq!(world.view("ou_2").await["status"], "member");
}

#[tokio::test]
async fn deliveries_once_to_five_times_in_any_order_count_once() {
    let start: Timestamp = MONDAY.parse().unwrap();
    let at = |minute: i64| start + jiff::SignedDuration::from_mins(minute);
    let story = [
        posts("ou_1", "oc_home", "om_1", "早安", at(1)),
        posts("ou_1", "oc_checkin", "om_2", "第一天", at(2)),
        posts("ou_2", "oc_home", "om_3", "打卡", at(3)),
        posts("ou_1", "oc_home", "om_4", "打卡 又一次", at(4)),
        reacts("ou_1", "om_3", at(5)),
        moved("deleted", &["ou_2"], at(6)),
        posts("ou_1", "oc_home", "om_5", "一張圖", at(7)),
    ];
    let mut outcomes = Vec::new();
    for seed in 0..6 {
        let world = club().await;
        let join = moved("added", &["ou_1", "ou_2"], start);
        happens(&world, &join).await;
        world.minutes(30).await;
        let mut random = SplitMix::new(seed);
        let mut bodies = vec![join];
        for body in &story {
            let times = if seed == 0 { 1 } else { 1 + random.below(5) };
            bodies.extend(std::iter::repeat_n(body.clone(), times));
        }
        if seed > 0 {
            random.shuffle(&mut bodies);
        }
        for body in &bodies {
            // A redelivery is signed anew, or not: both are believed.
            let signed = if random.below(2) == 0 {
                start
            } else {
                world.now()
            };
            delivered(&world, &app().deliver(body, signed)).await;
            if random.below(3) == 0 {
                Box::pin(world.stack.run_until_idle()).await;
            }
        }
        Box::pin(world.stack.run_until_idle()).await;
        world.hours(1).await;
        let mut outcome = Vec::new();
        for user in ["ou_1", "ou_2"] {
            let view = world.view(user).await;
            let mut sent = world.sent(user);
            sent.sort();
            let weeks = world.member(user).await.weeks;
            outcome.push(format!(
                "{user} {} {} {} {} {sent:?} {weeks:?}",
                view["status"],
                view["points"],
                view["streak"],
                world.ledger_sum(user).await
            ));
        }
        outcomes.push(outcome);
    }
    for outcome in &outcomes {
        assert_eq!(*outcome, outcomes[0]);
    }
    // Five points for the check-in, one for the reaction.
    assert!(outcomes[0][0].starts_with("ou_1 \"member\" 6 1 6"));
    assert!(outcomes[0][1].starts_with("ou_2 \"left\" 5 1 5"));
}

/// Rows of a member who joined, with the reason of those that did not go out.
async fn rows(world: &World, user: &str) -> Vec<String> {
    let messages = world.messages(user).await;
    let row = |state: &State| {
        let name = state.name();
        if let State::Failed { reason, .. } = state {
            format!("{name} {reason}")
        } else if let State::Skipped { reason, .. } = state {
            format!("{name} {}", reason.name())
        } else {
            name.to_owned()
        }
    };
    messages.iter().map(|message| row(&message.state)).collect()
}

#[tokio::test]
async fn what_feishu_answers_becomes_of_the_message() {
    for (faults, minutes, expected, received) in [
        (
            // The answer is lost: the same uuid, so the repetition is no second message.
            r#"[{"error":"lost-answer"}]"#,
            10,
            ["SENT", "SENT"],
            2,
        ),
        (r#"[{"error":"hang"}]"#, 10, ["SENT", "SENT"], 2),
        (r#"[{"status":500,"times":2}]"#, 10, ["SENT", "SENT"], 2),
        (
            r#"[{"status":429,"times":2,"retry_after":5}]"#,
            10,
            ["SENT", "SENT"],
            2,
        ),
        (
            r#"[{"status":400,"message":"code 230013"},{"status":400,"message":"code 230025"}]"#,
            1,
            ["SKIPPED unreachable", "FAILED code-230025"],
            0,
        ),
    ] {
        let world = club().await;
        for fault in serde_json::from_str::<Vec<ChatFault>>(faults).unwrap() {
            world.stack.sandbox.inject(fault);
        }
        happens(&world, &moved("added", &["ou_1"], world.now())).await;
        world.minutes(minutes).await;
        assert_eq!(rows(&world, "ou_1").await, expected, "{faults}");
        assert_eq!(world.received("ou_1").len(), received, "{faults}");
    }
}

#[tokio::test]
async fn a_token_that_ends_early_is_fetched_again_at_once() {
    let world = club().await;
    let ended = r#"{"status":400,"message":"code 99991663"}"#;
    world
        .stack
        .sandbox
        .inject(serde_json::from_str(ended).unwrap());
    happens(&world, &moved("added", &["ou_1"], world.now())).await;
    world.minutes(1).await;
    assert_eq!(rows(&world, "ou_1").await, ["SENT", "SENT"]);
    assert!(
        world
            .messages("ou_1")
            .await
            .iter()
            .all(|message| message.attempt == 1),
        "in the same attempt"
    );
    // And one that has ended as it must, days later.
    world.days(2).await;
    assert!(world.sent("ou_1").len() > 2);
    assert!(
        rows(&world, "ou_1")
            .await
            .iter()
            .all(|row| !row.starts_with("FAILED")),
        "the sandbox refuses a token after two hours"
    );
}

#[tokio::test]
async fn a_rotation_of_the_encrypt_key_rejects_nothing() {
    let world = club().await;
    let old = FeishuApp {
        encrypt_key: "an-old-encrypt-key".to_owned(),
        ..app()
    };
    let first = moved("added", &["ou_1"], world.now());
    delivered(&world, &old.deliver(&first, world.now())).await;
    delivered(&world, &app().deliver(&first, world.now())).await;
    let second = moved("added", &["ou_2"], world.now());
    delivered(&world, &app().deliver(&second, world.now())).await;
    Box::pin(world.stack.run_until_idle()).await;
    world.minutes(1).await;
    for user in ["ou_1", "ou_2"] {
        assert_eq!(world.sent(user).len(), 2, "{user} is welcomed once");
    }
    for wrong in [
        FeishuApp {
            encrypt_key: "a-third-key".to_owned(),
            ..app()
        },
        FeishuApp {
            verification_token: "another-token".to_owned(),
            ..app()
        },
    ] {
        let body = wrong.event("im.chat.member.user.added_v1", &json!({}), world.now());
        let answer = world.deliver(&wrong.deliver(&body, world.now())).await;
        assert_eq!(answer.status, 401);
    }
}

#[tokio::test]
async fn the_app_says_stop_and_start_by_a_word_one_to_one() {
    let world = club().await;
    happens(&world, &moved("added", &["ou_1"], world.now())).await;
    world.minutes(1).await;
    let now = world.now();
    happens(&world, &says("ou_1", "oc_p", "p2p", "om_1", "stop", now)).await;
    assert!(world.member("ou_1").await.is_opted_out());
    world.days(2).await;
    assert_eq!(world.sent("ou_1").len(), 2);
    let now = world.now();
    happens(&world, &says("ou_1", "oc_p", "p2p", "om_2", "start", now)).await;
    assert!(!world.member("ou_1").await.is_opted_out());
}

#[tokio::test]
async fn the_webhook_answers_as_feishu_expects() {
    let world = club().await;
    let answer = world.deliver(&app().handshake("ajls384kdjx98XX")).await;
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (200, r#"{"challenge":"ajls384kdjx98XX"}"#)
    );
    let status = async |delivery: &Delivery| world.deliver(delivery).await.status;
    let hello = posts("ou_1", "oc_home", "om_1", "hi", world.now());
    let good = app().deliver(&hello, world.now());
    assert_eq!(status(&good).await, 200);
    // A press of a card that is none of ours is answered all the same.
    let nobody: MessageId = "beta/ou_1/x".parse().unwrap();
    let chat = ChannelId::new("oc_9").unwrap();
    let press = app().press("ou_1", Some(&chat), &nobody, "", world.now());
    delivered(&world, &press).await;
    let mut unsigned = good.clone();
    unsigned.headers.clear();
    assert_eq!(status(&unsigned).await, 401);
    let plain = app().sign(hello.to_string().into_bytes(), world.now());
    assert_eq!(status(&plain).await, 200, "signed is signed");
    let mut tampered = good.clone();
    tampered.body.push(b' ');
    assert_eq!(status(&tampered).await, 401);
    let broken = app().sign(br#"{"encrypt":"AAAA"}"#.to_vec(), world.now());
    assert_eq!(status(&broken).await, 401);
    let bad = app().deliver(
        &app().event(
            "im.message.receive_v1",
            &json!({"sender": {"sender_type": "user"}}),
            world.now(),
        ),
        world.now(),
    );
    assert_eq!(status(&bad).await, 400);
    world.hours(7).await;
    assert_eq!(status(&good).await, 200, "the last redelivery");
    world.hours(2).await;
    assert_eq!(status(&good).await, 401);
}
