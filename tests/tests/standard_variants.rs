//! A Discourse forum, and a form that signs as GitHub signs, in one community.

use hearth_local::deliveries::{Delivery, DiscourseForum, HubSender};
use hearth_tests::chaos::SplitMix;
use hearth_tests::world::{MONDAY, World, standing_at, world_with};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

const SECRET: &str = "a-plain-secret-of-the-tests";

/// A forum whose topic 300 is for check-ins. Standard Webhooks come with the other secret.
const FORUM: &str = r#"
id = "acme"
platform = "standard"
name = "Forum Friends"
zone = "Asia/Taipei"
locale = "en"
playbook = "default"
check_in_channels = ["topic-300"]
topic_channels = ["8"]
ops_channel = "ops"

[endpoints]
api = "http://gateway.invalid/send"

[secrets]
signing_secret = ["literal:whsec_Zm9ydW0tc2lnbmluZw==", "literal:a-plain-secret-of-the-tests"]
outgoing_secret = "literal:whsec_Zm9ydW0tb3V0Z29pbmc="

[about]
value = "We help each other."
"#;

async fn world() -> World {
    Box::pin(world_with(standing_at(MONDAY), FORUM)).await
}

fn forum() -> DiscourseForum {
    DiscourseForum {
        community: "acme".to_owned(),
        secret: SECRET.to_owned(),
    }
}

fn form() -> HubSender {
    HubSender {
        community: "acme".to_owned(),
        secret: SECRET.to_owned(),
    }
}

fn user(id: u64, at: Timestamp) -> Value {
    json!({"id": id, "username": format!("user-{id}"), "name": "", "created_at": at.to_string(),
           "admin": false, "moderator": false, "staged": false})
}

fn post(id: u64, by: u64, topic: u64, raw: &str, at: Timestamp) -> Value {
    json!({"id": id, "user_id": by, "username": format!("user-{by}"), "name": "", "raw": raw,
           "created_at": at.to_string(), "post_type": 1, "topic_id": topic, "topic_slug": "a-topic",
           "category_id": 5, "topic_archetype": "regular", "hidden": false})
}

fn signs_up(id: u64, at: Timestamp) -> Delivery {
    forum().event("user_created", "user", &user(id, at))
}

fn writes(id: u64, by: u64, topic: u64, raw: &str, at: Timestamp) -> Delivery {
    forum().event("post_created", "post", &post(id, by, topic, raw, at))
}

fn likes(by: u64, id: u64, at: Timestamp) -> Delivery {
    let post = post(id, 1, 77, "hello", at);
    forum().event(
        "post_liked",
        "like",
        &json!({"post": post, "user": {"id": by}}),
    )
}

fn checks_in(by: u64, at: Timestamp) -> Delivery {
    form().event("member.checked_in", at, &json!({"member": by.to_string()}))
}

/// Accepted and handled.
async fn happens(world: &World, delivery: &Delivery) {
    let answer = world.deliver(delivery).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    Box::pin(world.stack.run_until_idle()).await;
}

#[tokio::test]
async fn from_signing_up_to_a_check_in_and_gone() {
    let world = world().await;
    happens(&world, &signs_up(42, world.now())).await;
    world.minutes(1).await;
    assert_eq!(
        world.sent("42"),
        ["onboarding.day-1", "onboarding.day-1.guide"]
    );
    assert_eq!(world.view("42").await["status"], "member");
    happens(
        &world,
        &writes(900, 42, 300, "Ran five kilometres", world.now()),
    )
    .await;
    assert_eq!(world.view("42").await["streak"], 1);
    let points = world.view("42").await["points"].clone();
    // What is between two people, and what the forum does by itself, is nobody's activity.
    let mut whisper = post(901, 42, 300, "Between us", world.now());
    whisper["topic_archetype"] = json!("private_message");
    happens(&world, &forum().event("post_created", "post", &whisper)).await;
    happens(&world, &writes(902, 0, 77, "Welcome!", world.now())).await;
    happens(&world, &forum().event("ping", "ping", &json!("OK"))).await;
    assert_eq!(world.view("42").await["points"], points);
    world.days(1).await;
    happens(&world, &checks_in(42, world.now())).await;
    assert_eq!(world.view("42").await["streak"], 2);
    let gone = user(42, world.now());
    happens(&world, &forum().event("user_destroyed", "user", &gone)).await;
    assert_eq!(world.view("42").await["status"], "left");
}

#[tokio::test]
async fn deliveries_once_to_five_times_in_any_order_count_once() {
    let start: Timestamp = MONDAY.parse().unwrap();
    let at = |minute: i64| start + SignedDuration::from_mins(minute);
    let story = [
        writes(1, 42, 77, "Hello everybody out there", at(1)),
        writes(2, 42, 300, "The first day", at(2)),
        likes(43, 1, at(3)),
        checks_in(43, at(4)),
        writes(3, 43, 77, "Nice to meet you all", at(5)),
        likes(42, 3, at(6)),
    ];
    let mut outcomes = Vec::new();
    for seed in 0..6 {
        let world = world().await;
        let joins = [signs_up(42, start), signs_up(43, start)];
        for join in &joins {
            happens(&world, join).await;
        }
        world.minutes(30).await;
        let mut random = SplitMix::new(seed);
        let mut deliveries = Vec::new();
        for delivery in joins.iter().chain(&story) {
            let times = if seed == 0 { 1 } else { 1 + random.below(5) };
            deliveries.extend(std::iter::repeat_n(delivery.clone(), times));
        }
        if seed > 0 {
            random.shuffle(&mut deliveries);
        }
        for delivery in &deliveries {
            assert_eq!(world.deliver(delivery).await.status, 200);
            if random.below(3) == 0 {
                Box::pin(world.stack.run_until_idle()).await;
                // A like is told without a time: the next delivery of it is a minute later.
                world.minutes(1).await;
            }
        }
        Box::pin(world.stack.run_until_idle()).await;
        world.until("2026-01-05T04:00:00Z").await;
        let mut outcome = Vec::new();
        for user in ["42", "43"] {
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
    assert!(
        outcomes[0][0].starts_with("42 \"member\" 7 1 7"),
        "{:?}",
        outcomes[0]
    );
    assert!(
        outcomes[0][1].starts_with("43 \"member\" 7 1 7"),
        "{:?}",
        outcomes[0]
    );
}

#[tokio::test]
async fn what_is_not_signed_with_the_secret_is_refused() {
    let world = world().await;
    let now = world.now();
    let status = async |delivery: &Delivery| world.deliver(delivery).await.status;
    for good in [signs_up(42, now), checks_in(42, now)] {
        assert_eq!(status(&good).await, 200);
        let mut tampered = good.clone();
        tampered.body.push(b' ');
        assert_eq!(status(&tampered).await, 401, "another body");
        let mut both = good.clone();
        both.headers.extend(checks_in(42, now).headers);
        both.headers.extend(signs_up(42, now).headers);
        assert_eq!(status(&both).await, 401, "two kinds of signature");
        // An old one is as good as a new one: no time is signed.
        world.days(1).await;
        assert_eq!(status(&good).await, 200);
    }
    let strange = "another-secret-of-the-tests".to_owned();
    let stranger = DiscourseForum {
        secret: strange.clone(),
        ..forum()
    };
    let delivery = stranger.event("user_created", "user", &user(42, now));
    assert_eq!(status(&delivery).await, 401);
    let stranger = HubSender {
        secret: strange,
        ..form()
    };
    let delivery = stranger.event("member.checked_in", now, &json!({"member": "42"}));
    assert_eq!(status(&delivery).await, 401);
    assert_eq!(
        status(&form().event("member.checked_in", now, &json!({}))).await,
        400
    );
}
