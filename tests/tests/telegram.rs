//! A community on Telegram, from the join to the survey.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

use hearth_domain::ids::{ChannelId, MessageId};
use hearth_local::deliveries::{Delivery, TelegramBot};
use hearth_tests::chaos::SplitMix;
use hearth_tests::world::{MONDAY, World, standing_at, world_with};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// The community of these stories.
pub(crate) const CLUB: &str = r#"
id = "acme"
platform = "telegram"
name = "Acme Makers"
zone = "Asia/Taipei"
locale = "zh-Hant"
playbook = "default"
home_channel = "-1001234"
check_in_channels = ["-1001234:77"]
staff = ["7"]

[secrets]
secret_token = ["literal:a-new_token", "literal:an-old_token"]
bot_token = "literal:123456:AAE-tests"

[about]
value = "一起動手做。"
"#;

const HOME: i64 = -1_001_234;

async fn club() -> World {
    Box::pin(world_with(standing_at(MONDAY), CLUB)).await
}

fn bot() -> TelegramBot {
    TelegramBot {
        community: "acme".to_owned(),
        secret_token: "an-old_token".to_owned(),
    }
}

fn user(id: u64) -> Value {
    json!({"id": id, "is_bot": false, "first_name": "小美", "language_code": "zh-hant"})
}

pub(crate) fn home() -> Value {
    json!({"id": HOME, "type": "supergroup", "title": "Acme Makers"})
}

fn private(id: u64) -> Value {
    json!({"id": id, "type": "private", "first_name": "小美"})
}

/// `chat_member`, as an admin bot is told of who comes and goes.
pub(crate) fn status(number: u64, id: u64, old: &str, new: &str, at: Timestamp) -> Delivery {
    let member = |status: &str| json!({"user": user(id), "status": status});
    let what = json!({"chat": home(), "from": user(id), "date": at.as_second(),
                      "old_chat_member": member(old), "new_chat_member": member(new)});
    bot().update(number, "chat_member", &what)
}

/// A message, or what stands in the chat like one.
pub(crate) fn message(number: u64, id: u64, chat: &Value, at: Timestamp, more: &Value) -> Delivery {
    let mut what =
        json!({"message_id": number, "from": user(id), "chat": chat, "date": at.as_second()});
    let more = more.as_object().unwrap().clone();
    what.as_object_mut().unwrap().extend(more);
    bot().update(number, "message", &what)
}

pub(crate) async fn take(world: &World, delivery: &Delivery) {
    let answer = world.deliver(delivery).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    Box::pin(world.stack.run_until_idle()).await;
}

fn a_second_later(world: &World) -> Timestamp {
    world.now() + SignedDuration::from_secs(1)
}

/// Joins, which Telegram tells twice, a second apart.
pub(crate) async fn joins(world: &World, id: u64) {
    take(world, &status(1, id, "left", "member", world.now())).await;
    let members = json!({"new_chat_members": [user(id)]});
    take(
        world,
        &message(2, id, &home(), a_second_later(world), &members),
    )
    .await;
}

async fn leaves(world: &World, id: u64) {
    let member = json!({"left_chat_member": user(id)});
    take(
        world,
        &message(4, id, &home(), a_second_later(world), &member),
    )
    .await;
    take(world, &status(3, id, "member", "left", world.now())).await;
}

async fn presses(world: &World, id: u64, kind: &str, value: &str) {
    let received = world.received(&id.to_string());
    let message = received
        .iter()
        .rev()
        .find(|message| message.kind == kind)
        .unwrap();
    assert!(
        message.buttons.iter().any(|button| button.value == value),
        "{:?}",
        message.buttons
    );
    let message: MessageId = message.message_id.parse().unwrap();
    let member = id.to_string().parse().unwrap();
    take(
        world,
        &bot().press(&member, None, &message, value, world.now()),
    )
    .await;
}

fn fault(world: &World, fault: Value) {
    world
        .stack
        .sandbox
        .inject(serde_json::from_value(fault).unwrap());
}

#[tokio::test]
async fn a_member_from_the_join_to_the_survey() {
    let world = club().await;
    joins(&world, 42).await;
    assert_eq!(
        world.sent("42"),
        ["onboarding.day-1", "onboarding.day-1.guide"],
        "told twice, welcomed once"
    );
    let welcome = &world.received("42")[0];
    assert!(welcome.text.contains("小美"), "{}", welcome.text);
    presses(&world, 42, "onboarding.day-1", "interest:tools").await;
    assert_eq!(world.view("42").await["interest"], "tools");

    // By a word to everybody, by a post in the topic, by a command one to one: once a day.
    take(
        &world,
        &message(
            11,
            42,
            &home(),
            world.now(),
            &json!({"text": "打卡 跑了五公里"}),
        ),
    )
    .await;
    let topic = json!({"text": "讀了一章", "is_topic_message": true, "message_thread_id": 77});
    take(&world, &message(12, 42, &home(), world.now(), &topic)).await;
    let command = json!({"text": "/checkin@acme_bot"});
    take(
        &world,
        &message(13, 42, &private(42), world.now(), &command),
    )
    .await;
    let view = world.view("42").await;
    assert_eq!((&view["points"], &view["streak"]), (&json!(5), &json!(1)));

    world.until("2026-01-13T04:00:00Z").await;
    leaves(&world, 42).await;
    world.minutes(11).await;
    assert_eq!(
        world
            .sent("42")
            .iter()
            .filter(|kind| *kind == "win-back.survey")
            .count(),
        1
    );
    // Two days later: a press counts when it is made, whenever the message was sent.
    world.days(2).await;
    presses(&world, 42, "win-back.survey", "boring_content").await;
    let view = world.view("42").await;
    assert_eq!(
        (&view["status"], &view["win_back"]["reason"]),
        (&json!("left"), &json!("boring_content"))
    );
}

#[tokio::test]
async fn deliveries_once_to_five_times_in_any_order_count_once() {
    for seed in 1..=3 {
        let world = club().await;
        let at = |seconds: i64| world.now() + SignedDuration::from_secs(seconds);
        let members = json!({"new_chat_members": [user(42)]});
        let mut once = vec![
            status(100, 42, "left", "member", at(0)),
            message(101, 42, &home(), at(1), &members),
        ];
        for n in 0..7 {
            let text = if n == 5 { "簽到" } else { "一個想法" };
            let number = 110 + u64::try_from(n).unwrap();
            once.push(message(
                number,
                42,
                &home(),
                at(2 + n),
                &json!({"text": text}),
            ));
        }
        let emoji = |name: &str| json!({"type": "emoji", "emoji": name});
        let reaction = json!({"chat": home(), "message_id": 110, "user": user(42), "date": at(9).as_second(),
                              "old_reaction": [], "new_reaction": [emoji("👍"), emoji("🎉")]});
        once.push(bot().update(120, "message_reaction", &reaction));
        let welcome = "acme/42/onboarding/1/day-1".parse().unwrap();
        let member = "42".parse().unwrap();
        once.push(bot().press(&member, None, &welcome, "interest:tools", world.now()));

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
        assert_eq!(world.view("42").await["interest"], "tools");
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
async fn who_came_and_went_is_told_by_when_and_not_by_what_arrives_last() {
    for seed in 1..=5 {
        let world = club().await;
        let now = world.now();
        let members = json!({"new_chat_members": [user(42)]});
        let left = json!({"left_chat_member": user(42)});
        // In one second; Telegram's numbers say in which order.
        let mut told = vec![
            status(1, 42, "left", "member", now),
            message(2, 42, &home(), now, &members),
            status(3, 42, "member", "left", now),
            message(4, 42, &home(), now, &left),
            status(5, 42, "left", "member", now),
            message(6, 42, &home(), now, &members),
        ];
        SplitMix::new(seed).shuffle(&mut told);
        for delivery in &told {
            take(&world, delivery).await;
        }
        assert_eq!(world.view("42").await["status"], "member", "seed {seed}");
    }
}

#[tokio::test]
async fn who_cannot_be_written_to_is_unreachable_in_the_ledger() {
    let world = club().await;
    let words = "Forbidden: bot can't initiate conversation with a user";
    fault(&world, json!({"status": 403, "times": 2, "message": words}));
    joins(&world, 42).await;
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
    joins(&world, 43).await;
    assert!(world.sent("43").is_empty());
    world.minutes(3).await;
    assert_eq!(world.sent("43").len(), 2);
}

#[tokio::test]
async fn whoever_blocks_the_bot_hears_no_more_from_it() {
    let world = club().await;
    joins(&world, 42).await;
    let status = |status: &str| json!({"user": {"id": 99, "is_bot": true}, "status": status});
    let blocked = json!({"chat": private(42), "from": user(42), "date": world.now().as_second(),
                         "old_chat_member": status("member"), "new_chat_member": status("kicked")});
    take(&world, &bot().update(30, "my_chat_member", &blocked)).await;
    world.days(8).await;
    assert_eq!(world.sent("42").len(), 2, "the welcome and its guide");
}

#[tokio::test]
async fn strangers_and_strange_tokens_change_nothing() {
    let world = club().await;
    // Anybody may write to a bot, and add it to a group.
    take(
        &world,
        &message(1, 66, &private(66), world.now(), &json!({"text": "打卡"})),
    )
    .await;
    let group = json!({"id": -5, "type": "group"});
    take(
        &world,
        &message(2, 66, &group, world.now(), &json!({"text": "hello"})),
    )
    .await;
    let member = "66".parse().unwrap();
    let found = world
        .stack
        .store
        .member(&world.community, &member)
        .await
        .unwrap();
    assert!(found.is_none());
    let thief = TelegramBot {
        secret_token: "a-stolen-token".to_owned(),
        ..bot()
    };
    let what = json!({"message_id": 3, "from": user(66), "chat": home(), "date": 1, "text": "x"});
    assert_eq!(
        world
            .deliver(&thief.update(3, "message", &what))
            .await
            .status,
        401
    );
    assert_eq!(
        world
            .deliver(&bot().update(3, "message", &json!({})))
            .await
            .status,
        400
    );
    // A button in the group is not in the way of anybody's own messages.
    let message: MessageId = "acme/@community/report/2026-W01/1".parse().unwrap();
    let home = ChannelId::new(HOME.to_string()).unwrap();
    take(
        &world,
        &bot().press(&member, Some(&home), &message, "seen", world.now()),
    )
    .await;
    assert!(world.sent("66").is_empty());
}
