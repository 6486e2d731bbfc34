//! A community on LINE, from the first join to the survey's answer.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

use hearth_domain::message::State;
use hearth_local::deliveries::{Delivery, LineChannel};
use hearth_local::sandbox::ChatFault;
use hearth_tests::chaos::SplitMix;
use hearth_tests::world::{MONDAY, World, standing_at, world_with};
use jiff::Timestamp;
use serde_json::{Value, json};

/// A community whose home is a LINE group.
pub(crate) const CLUB: &str = r#"
id = "acme"
platform = "line"
name = "Acme Makers"
zone = "Asia/Taipei"
locale = "zh-Hant"
playbook = "default"
home_channel = "C0home"
check_in_channels = ["C0checkin"]
ops_channel = "C0ops"

[secrets]
channel_secret = ["literal:a-channel-secret-of-the-tests"]
channel_access_token = "literal:a-token-of-the-tests"

[about]
value = "一起動手做。"
"#;

/// [`CLUB`] without a group: the bot's friends.
fn friends() -> String {
    CLUB.replacen("home_channel = \"C0home\"\n", "", 1)
}

async fn club() -> World {
    Box::pin(world_with(standing_at(MONDAY), CLUB)).await
}

/// [`CLUB`]'s channel.
pub(crate) fn channel() -> LineChannel {
    LineChannel {
        community: "acme".to_owned(),
        bot: "Ubot".to_owned(),
        channel_secret: "a-channel-secret-of-the-tests".to_owned(),
    }
}

fn one_to_one(user: &str) -> Value {
    json!({"type": "user", "userId": user})
}

/// Members who come to the home group, or leave it, at once.
fn moved(kind: &str, list: &str, users: &[&str], at: Timestamp) -> Value {
    let members: Vec<Value> = users.iter().map(|user| one_to_one(user)).collect();
    let source = json!({"type": "group", "groupId": "C0home"});
    LineChannel::event(kind, &source, &json!({list: {"members": members}}), at)
}

pub(crate) fn joined(users: &[&str], at: Timestamp) -> Value {
    moved("memberJoined", "joined", users, at)
}

fn left(users: &[&str], at: Timestamp) -> Value {
    moved("memberLeft", "left", users, at)
}

fn says(user: &str, group: &str, id: &str, text: &str, at: Timestamp) -> Value {
    let source = json!({"type": "group", "groupId": group, "userId": user});
    let message = json!({"id": id, "type": "text", "text": text, "quoteToken": "q"});
    LineChannel::event("message", &source, &json!({"message": message}), at)
}

/// Accepted and handled.
async fn happens(world: &World, events: &[Value]) {
    delivered(world, &channel().events(events)).await;
    Box::pin(world.stack.run_until_idle()).await;
}

async fn delivered(world: &World, delivery: &Delivery) {
    let answer = world.deliver(delivery).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
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
    let id = message.message_id.parse().unwrap();
    delivered(world, &channel().press(user, &id, value, world.now())).await;
    Box::pin(world.stack.run_until_idle()).await;
}

#[tokio::test]
async fn from_the_join_to_the_surveys_answer() {
    let world = club().await;
    // Two who came at once are welcomed one to one.
    happens(&world, &[joined(&["U1", "U2"], world.now())]).await;
    world.minutes(1).await;
    for user in ["U1", "U2"] {
        let received = world.received(user);
        let kinds: Vec<&str> = received
            .iter()
            .map(|message| message.kind.as_str())
            .collect();
        assert_eq!(kinds, ["onboarding.day-1", "onboarding.day-1.guide"]);
        assert!(received.iter().all(|message| message.channel.is_none()));
        assert!(received[0].text.contains("Acme Makers"));
    }
    presses(&world, "U1", "onboarding.day-1", "interest:tools").await;
    assert_eq!(world.view("U1").await["interest"], "tools");

    // A check-in by keyword, and one by where it is posted.
    let now = world.now();
    happens(
        &world,
        &[
            says("U1", "C0home", "1001", "簽到", now),
            says("U2", "C0checkin", "1002", "今天跑了五公里", now),
            says("U2", "C0home", "1003", "早安", now),
        ],
    )
    .await;
    assert_eq!(world.view("U1").await["points"], 5);
    assert_eq!(world.view("U1").await["streak"], 1);
    assert_eq!(world.view("U2").await["streak"], 1);

    // Leaves, and says why.
    world.until("2026-01-13T04:00:00Z").await;
    happens(&world, &[left(&["U1"], world.now())]).await;
    assert_eq!(world.view("U1").await["status"], "left");
    world.minutes(10).await;
    presses(&world, "U1", "win-back.survey", "boring_content").await;
    let case = world.view("U1").await["win_back"].clone();
    assert_eq!(
        (&case["state"], &case["reason"]),
        (&json!("answered"), &json!("boring_content"))
    );
    assert_eq!(world.view("U2").await["status"], "member");
}

#[tokio::test]
async fn deliveries_once_to_five_times_in_any_order_count_once() {
    // The first half hour of a member, as deliveries with several events each.
    let start: Timestamp = MONDAY.parse().unwrap();
    let at = |minute: i64| start + jiff::SignedDuration::from_mins(minute);
    let story = [
        vec![
            says("U1", "C0home", "1", "早安", at(1)),
            says("U1", "C0checkin", "2", "第一天", at(2)),
        ],
        vec![says("U2", "C0home", "3", "打卡", at(3))],
        vec![
            says("U1", "C0home", "4", "打卡 又一次", at(4)),
            says("U2", "C0home", "5", "大家好", at(5)),
        ],
        vec![left(&["U2"], at(6))],
        vec![says("U1", "C0home", "6", "一張圖", at(7))],
    ];
    let mut outcomes = Vec::new();
    for seed in 0..6 {
        let world = club().await;
        let join = channel().events(&[joined(&["U1", "U2"], start)]);
        delivered(&world, &join).await;
        Box::pin(world.stack.run_until_idle()).await;
        world.minutes(30).await;
        let mut random = SplitMix::new(seed);
        let mut deliveries = vec![join];
        for events in &story {
            let delivery = channel().events(events);
            let times = if seed == 0 { 1 } else { 1 + random.below(5) };
            deliveries.extend(std::iter::repeat_n(delivery, times));
        }
        if seed > 0 {
            random.shuffle(&mut deliveries);
        }
        for delivery in &deliveries {
            delivered(&world, delivery).await;
            if random.below(3) == 0 {
                Box::pin(world.stack.run_until_idle()).await;
            }
        }
        Box::pin(world.stack.run_until_idle()).await;
        world.hours(1).await;
        let mut outcome = Vec::new();
        for user in ["U1", "U2"] {
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
    assert!(outcomes[0][0].starts_with("U1 \"member\" 5 1 5"));
    assert!(outcomes[0][1].starts_with("U2 \"left\" 5 1 5"));
}

#[tokio::test]
async fn what_line_answers_becomes_of_the_message() {
    for (faults, minutes, rows, received) in [
        (
            // The answer is lost: the same retry key, so the repetition is no second message.
            r#"[{"error":"lost-answer"}]"#,
            10,
            ["ACCEPTED", "ACCEPTED"],
            2,
        ),
        (r#"[{"error":"hang"}]"#, 10, ["ACCEPTED", "ACCEPTED"], 2),
        (
            r#"[{"status":500,"times":2}]"#,
            10,
            ["ACCEPTED", "ACCEPTED"],
            2,
        ),
        (
            r#"[{"status":429,"times":2,"message":"The API rate limit has been exceeded. Try again later."}]"#,
            10,
            ["ACCEPTED", "ACCEPTED"],
            2,
        ),
        (
            r#"[{"status":429,"times":2,"message":"You have reached your monthly limit."}]"#,
            1,
            ["FAILED monthly-limit", "FAILED monthly-limit"],
            0,
        ),
        (
            r#"[{"status":400,"message":"Failed to send messages"},{"status":401}]"#,
            1,
            ["SKIPPED unreachable", "FAILED invalid-token"],
            0,
        ),
    ] {
        let world = club().await;
        for fault in serde_json::from_str::<Vec<ChatFault>>(faults).unwrap() {
            world.stack.sandbox.inject(fault);
        }
        happens(&world, &[joined(&["U1"], world.now())]).await;
        world.minutes(minutes).await;
        let found: Vec<String> = world
            .messages("U1")
            .await
            .iter()
            .map(|message| {
                let name = message.state.name();
                if let State::Failed { reason, .. } = &message.state {
                    format!("{name} {reason}")
                } else if let State::Skipped { reason, .. } = &message.state {
                    format!("{name} {}", reason.name())
                } else {
                    name.to_owned()
                }
            })
            .collect();
        assert_eq!(found, rows, "{faults}");
        assert_eq!(world.received("U1").len(), received, "{faults}");
    }
}

#[tokio::test]
async fn who_blocks_the_bot_is_left_in_peace_until_they_ask_for_more() {
    let world = club().await;
    happens(&world, &[joined(&["U1"], world.now())]).await;
    world.minutes(1).await;
    let event =
        |kind: &str, more: Value| LineChannel::event(kind, &one_to_one("U1"), &more, world.now());
    happens(&world, &[event("unfollow", json!({}))]).await;
    assert!(world.member("U1").await.is_opted_out());
    assert_eq!(world.view("U1").await["status"], "member", "of the group");
    world.days(2).await;
    assert_eq!(world.sent("U1").len(), 2);
    let unblocked = json!({"follow": {"isUnblocked": true}});
    let event = LineChannel::event("follow", &one_to_one("U1"), &unblocked, world.now());
    happens(&world, &[event]).await;
    assert!(
        world.member("U1").await.is_opted_out(),
        "to unblock is not to ask for messages"
    );
    let start = LineChannel::event(
        "message",
        &one_to_one("U1"),
        &json!({"message": {"type": "text", "id": "start-1", "text": "start"}}),
        world.now(),
    );
    happens(&world, &[start]).await;
    assert!(!world.member("U1").await.is_opted_out());
}

#[tokio::test]
async fn without_a_group_friends_are_members_and_blocking_is_leaving() {
    let world = Box::pin(world_with(standing_at(MONDAY), &friends())).await;
    let follow = json!({"follow": {"isUnblocked": false}});
    let event = LineChannel::event("follow", &one_to_one("U1"), &follow, world.now());
    happens(&world, &[event]).await;
    assert_eq!(world.view("U1").await["status"], "member");
    assert_eq!(world.sent("U1").len(), 2);
    // The first goes as the reply to the follow; of a push LINE does not say whether it arrives.
    let states = world.messages("U1").await;
    let states: Vec<&str> = states.iter().map(|message| message.state.name()).collect();
    assert_eq!(states, ["SENT", "ACCEPTED"]);
    world.until("2026-01-13T04:00:00Z").await;
    let sent = world.sent("U1").len();
    let event = LineChannel::event("unfollow", &one_to_one("U1"), &json!({}), world.now());
    happens(&world, &[event]).await;
    world.days(1).await;
    assert_eq!(world.view("U1").await["status"], "left");
    assert_eq!(
        world.sent("U1").len(),
        sent,
        "no survey to whom LINE would drop it"
    );
}

#[tokio::test]
async fn the_webhook_answers_as_line_expects() {
    let world = club().await;
    let status = async |delivery: &Delivery| world.deliver(delivery).await.status;
    let hello = channel().events(&[says("U1", "C0home", "1", "hi", world.now())]);
    assert_eq!(status(&channel().events(&[])).await, 200, "Verify");
    assert_eq!(status(&hello).await, 200);
    assert_eq!(
        status(&channel().sign(b"i am not json".to_vec())).await,
        400
    );
    assert_eq!(status(&channel().sign(b"{}".to_vec())).await, 400);
    let mut tampered = hello.clone();
    tampered.body.push(b' ');
    assert_eq!(status(&tampered).await, 401);
    let other = LineChannel {
        channel_secret: "another".to_owned(),
        ..channel()
    };
    assert_eq!(status(&other.sign(hello.body.clone())).await, 401);
    // An old one is as good as a new one: LINE signs no time.
    world.days(3).await;
    assert_eq!(status(&hello).await, 200);
}
