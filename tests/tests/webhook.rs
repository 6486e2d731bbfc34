//! What platforms deliver, good and bad: a clear answer, a counter, nothing lost.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hearth_aws::store::Kind;
use hearth_local::deliveries::{Delivery, SlackWorkspace, slack_ts};
use hearth_local::faults::{Call, Fault, Faults};
use hearth_member_webhook::MAX_BODY;
use hearth_tests::chaos::SplitMix;
use hearth_tests::world::{ACME, MONDAY, SHOP, World, shop, standing_at, world, world_with};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::local::served;

/// Both communities, Slack's and the gateway's.
async fn both() -> World {
    let world = world().await;
    world.publish(Kind::Community, SHOP).await;
    world
}

fn message(world: &World, user: &str) -> Value {
    let ts = slack_ts(world.now());
    json!({"type": "message", "user": user, "channel": "C0GENERAL", "channel_type": "channel", "text": "一個想法", "ts": ts, "event_ts": ts})
}

/// Deliveries that are as they should be, one of each platform.
fn good(world: &World) -> [Delivery; 2] {
    let posted = json!({"member": "m1", "message": "p1", "channel": "c1", "length": 12});
    [
        world.slack.event(&message(world, "U1"), world.now()),
        shop()
            .event("evt_1", "message.posted", world.now(), &posted, world.now())
            .unwrap(),
    ]
}

fn with<T>(delivery: &Delivery, change: impl FnOnce(&mut Delivery) -> T) -> Delivery {
    let mut changed = delivery.clone();
    let _ = change(&mut changed);
    changed
}

/// The status, and that nothing was enqueued unless it is a success.
async fn status(world: &World, delivery: &Delivery) -> u16 {
    let sent = world.stack.queues.sent();
    let answer = world.deliver(delivery).await;
    if answer.status != 200 {
        assert_eq!(
            world.stack.queues.sent(),
            sent,
            "nothing of a refused delivery is enqueued"
        );
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        assert!(body["error"].is_string(), "{}", answer.body);
    }
    answer.status
}

#[tokio::test]
async fn ids_and_instants_that_are_missing_or_impossible_are_a_bad_request() {
    let world = both().await;
    let event = message(&world, "U1");
    let without = |field: &str| {
        let mut event = event.clone();
        event.as_object_mut().unwrap().remove(field);
        event
    };
    let changed = |field: &str, value: Value| {
        let mut event = event.clone();
        event[field] = value;
        event
    };
    for bad in [
        without("user"),
        without("channel"),
        without("ts"),
        changed("user", json!("")),
        changed("user", json!("U\u{0}1")),
        changed("user", json!("U1/../U2")),
        changed("user", json!("U#1")),
        changed("user", json!("U".repeat(65))),
        changed("user", json!({"id": "U1"})),
        changed("user", json!(18_446_744_073_709_551_615_u64)),
        changed("channel", json!(["C0GENERAL"])),
        changed("ts", json!("999999999999999999999.000100")),
        changed("ts", json!("yesterday")),
        changed("ts", json!(1_767_600_000)),
        changed("text", json!(["x"])),
    ] {
        let delivery = world.slack.event(&bad, world.now());
        assert_eq!(status(&world, &delivery).await, 400, "{bad}");
    }
    let posted = json!({"member": "m1", "message": "p1", "channel": "c1", "length": 12});
    for (field, value) in [
        ("member", Value::Null),
        ("member", json!("@community")),
        ("member", json!("a b")),
        ("member", json!("m".repeat(65))),
        ("message", Value::Null),
        ("channel", Value::Null),
        ("length", json!(4_294_967_296_u64)),
        ("length", json!(-1)),
        ("length", json!(1e300)),
        ("seq", json!(1e30)),
        ("staff", json!("yes")),
    ] {
        let mut data = posted.clone();
        data[field] = value.clone();
        let delivery = shop()
            .event("evt_1", "message.posted", world.now(), &data, world.now())
            .unwrap();
        assert_eq!(status(&world, &delivery).await, 400, "{field} = {value}");
    }
    assert_eq!(world.stack.queues.sent(), 0);
    // What may be strange: a NUL and emoji in a text, which goes no further than its length.
    let odd = world
        .slack
        .event(&changed("text", json!("\u{0}👩‍👩‍👧‍👦 \u{202e}abc")), world.now());
    assert_eq!(status(&world, &odd).await, 200);
    world.stack.run_until_idle().await;
    assert_eq!(world.member("U1").await.weeks.current.unwrap().messages, 1);
}

#[tokio::test]
async fn what_is_none_of_ours_is_accepted_counted_and_dropped() {
    let world = both().await;
    let elsewhere = SlackWorkspace {
        team: "T999".to_owned(),
        ..world.slack.clone()
    };
    let joins_elsewhere = json!({"type": "member_joined_channel", "user": "U1", "channel": "C0OTHER", "channel_type": "C", "team": "T123", "event_ts": slack_ts(world.now())});
    let slash = world.slack.sign(
        "application/x-www-form-urlencoded",
        b"command=%2Fcheckin&user_id=U1".to_vec(),
        world.now(),
    );
    for delivery in [
        world
            .slack
            .event(&json!({"type": "app_mention", "user": "U1"}), world.now()),
        world.slack.event(&joins_elsewhere, world.now()),
        elsewhere.event(&message(&world, "U1"), world.now()),
        elsewhere.press(
            "U1",
            "1767571200.000100",
            "acme/U1/onboarding/1/day-1",
            "interest:tools",
            world.now(),
        ),
        world.slack.sign(
            "application/json",
            br#"{"type":"app_rate_limited","minute_rate_limited":1}"#.to_vec(),
            world.now(),
        ),
        slash,
        shop()
            .event(
                "evt_1",
                "cart.abandoned",
                world.now(),
                &json!({}),
                world.now(),
            )
            .unwrap(),
    ] {
        assert_eq!(
            status(&world, &delivery).await,
            200,
            "{}",
            String::from_utf8_lossy(&delivery.body)
        );
    }
    assert_eq!(world.stack.queues.sent(), 0);
    assert!((world.metrics.sum("webhooks_not_for_us") - 7.0).abs() < 0.1);
    // A type that is ours, saying something that no rule is about: small talk with the bot.
    let hello = json!({"member": "m1", "message": "1", "channel": "dm", "direct": true, "keyword_text": "hello"});
    let delivery = shop()
        .event("evt_2", "message.posted", world.now(), &hello, world.now())
        .unwrap();
    assert_eq!(status(&world, &delivery).await, 200);
    assert!((world.metrics.sum("events_unused") - 1.0).abs() < 0.1);
}

#[tokio::test]
async fn slack_checks_its_endpoint() {
    let world = world().await;
    let body = br#"{"token":"unused","challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P","type":"url_verification"}"#;
    let answer = world
        .deliver(
            &world
                .slack
                .sign("application/json", body.to_vec(), world.now()),
        )
        .await;
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (200, "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P")
    );
    assert!(answer.content_type.starts_with("text/plain"));
}

#[tokio::test]
async fn an_event_of_the_future_would_count_on_a_day_that_has_not_come() {
    let world = both().await;
    for (minutes, expected) in [(9, 200), (10, 200), (11, 400), (60 * 24 * 365, 400)] {
        let at = world.now() + SignedDuration::from_mins(minutes);
        let mut event = message(&world, "U1");
        event["ts"] = json!(slack_ts(at));
        event["event_ts"] = event["ts"].clone();
        assert_eq!(
            status(&world, &world.slack.event(&event, world.now())).await,
            expected,
            "slack, {minutes} min"
        );
        let standard = shop()
            .event(
                &format!("evt{minutes}"),
                "member.checked_in",
                at,
                &json!({"member": "m1"}),
                world.now(),
            )
            .unwrap();
        assert_eq!(
            status(&world, &standard).await,
            expected,
            "standard, {minutes} min"
        );
    }
}

/// A queue that takes nothing while the switch is on.
struct Refuses(AtomicBool);

impl Faults for Refuses {
    fn fate(&self, call: Call<'_>) -> Option<Fault> {
        (matches!(call, Call::Queue(_)) && self.0.load(Ordering::SeqCst)).then_some(Fault::Refuse)
    }
}

#[tokio::test]
async fn what_the_queue_did_not_take_is_not_answered_with_success() {
    let refuses = Arc::new(Refuses(AtomicBool::new(true)));
    let mut options = standing_at(MONDAY);
    options.faults = refuses.clone();
    let world = world_with(options, ACME).await;
    let delivery = world.slack.event(&message(&world, "U1"), world.now());
    assert_eq!(status(&world, &delivery).await, 503);
    refuses.0.store(false, Ordering::SeqCst);
    // Slack tries again after a minute, signed anew, with the same body.
    world.minutes(1).await;
    let again = world
        .slack
        .sign("application/json", delivery.body.clone(), world.now());
    assert_eq!(status(&world, &again).await, 200);
    world.stack.run_until_idle().await;
    assert_eq!(world.member("U1").await.weeks.current.unwrap().messages, 1);
}

/// [`ACME`] with other signing secrets.
fn acme_signed_by(secrets: &[&str]) -> String {
    let list: Vec<String> = secrets
        .iter()
        .map(|secret| format!("\"literal:{secret}\""))
        .collect();
    ACME.replace(
        r#"["literal:a-signing-secret-of-the-tests"]"#,
        &format!("[{}]", list.join(", ")),
    )
}

#[tokio::test]
async fn a_rotated_secret_refuses_no_valid_webhook() {
    const OLD: &str = "a-signing-secret-of-the-tests";
    const NEW: &str = "the-next-signing-secret-here";
    let world = world().await;
    let signed_by = |secret: &str| SlackWorkspace {
        signing_secret: secret.to_owned(),
        ..world.slack.clone()
    };
    let try_with = async |secret: &str| {
        status(
            &world,
            &signed_by(secret).event(&message(&world, "U1"), world.now()),
        )
        .await
    };
    assert_eq!((try_with(OLD).await, try_with(NEW).await), (200, 401));
    // Both live, at once, also right after somebody tried junk.
    world
        .publish(Kind::Community, &acme_signed_by(&[OLD, NEW]))
        .await;
    assert_eq!((try_with(OLD).await, try_with(NEW).await), (200, 200));
    for _ in 0..20 {
        assert_eq!(try_with("junk").await, 401);
        assert_eq!((try_with(OLD).await, try_with(NEW).await), (200, 200));
    }
    // The old one is withdrawn, at once as well.
    world
        .publish(Kind::Community, &acme_signed_by(&[NEW]))
        .await;
    assert_eq!((try_with(OLD).await, try_with(NEW).await), (401, 200));
    // Without a second live secret: the file names the next one, and that holds from then on.
    world
        .publish(
            Kind::Community,
            &acme_signed_by(&["a-third-signing-secret"]),
        )
        .await;
    assert_eq!(
        (
            try_with(NEW).await,
            try_with("a-third-signing-secret").await
        ),
        (401, 200)
    );
}

#[tokio::test]
async fn deliveries_once_to_five_times_in_any_order_count_once() {
    let world = both().await;
    world.joins("U1").await;
    let mut random = SplitMix::new(7);
    let mut deliveries = Vec::new();
    for n in 0..12 {
        // What comes within a quarter of a minute, or says the same again, earns nothing.
        let at = world.now() - SignedDuration::from_secs(20 * n);
        let ts = slack_ts(at);
        let text = if n == 5 {
            "簽到".to_owned()
        } else {
            format!("第 {n} 個想法")
        };
        let event = json!({"type": "message", "user": "U1", "channel": "C0GENERAL", "channel_type": "channel", "text": text, "ts": ts, "event_ts": ts});
        // Slack has been seen to send copies with different ids.
        for copy in 0..=random.below(5) {
            let body = json!({"type": "event_callback", "team_id": "T123", "event_id": format!("Ev{n}-{copy}"), "event_time": at.as_second(), "event": event});
            deliveries.push(world.slack.sign(
                "application/json",
                body.to_string().into_bytes(),
                world.now(),
            ));
        }
        let posted =
            json!({"member": "m1", "message": format!("p{n}"), "channel": "c1", "length": 12});
        let standard = shop()
            .event(
                &format!("evt_{n}"),
                "message.posted",
                at,
                &posted,
                world.now(),
            )
            .unwrap();
        deliveries.extend(vec![standard; random.below(5) + 1]);
    }
    random.shuffle(&mut deliveries);
    for (n, delivery) in deliveries.iter().enumerate() {
        assert_eq!(status(&world, delivery).await, 200);
        if n % 7 == 0 {
            world.stack.run_until_idle().await;
        }
    }
    world.stack.run_until_idle().await;
    let member = world.member("U1").await;
    let week = member.weeks.current.unwrap();
    assert_eq!(
        (week.messages, week.checked_in, member.points()),
        (11, 1, 10),
        "11 messages pay 5, a check-in 5"
    );
    let shop = world.stack.community("shop").await.unwrap().unwrap();
    let member = world
        .stack
        .store
        .member(&shop, &"m1".parse().unwrap())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (member.weeks.current.unwrap().messages, member.points()),
        (12, 5)
    );
}

#[tokio::test]
async fn one_communitys_events_never_reach_another() {
    let world = both().await;
    // The same ids on both sides.
    world.joins("x1").await;
    world
        .shop_event("e1", "member.joined", &json!({"member": "x1"}))
        .await;
    world
        .shop_event("e2", "member.checked_in", &json!({"member": "x1"}))
        .await;
    let shop = world.stack.community("shop").await.unwrap().unwrap();
    let theirs = world
        .stack
        .store
        .member(&shop, &"x1".parse().unwrap())
        .await
        .unwrap()
        .unwrap();
    assert_eq!((theirs.points(), world.member("x1").await.points()), (5, 0));
    // A press that names another community's message is no message of ours.
    let foreign =
        json!({"member": "x1", "message_id": "acme/x1/win-back/1/survey", "value": "other"});
    let answer = world.shop_event("e3", "survey.answered", &foreign).await;
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn over_http_the_answers_are_the_same() {
    let world = both().await;
    served(world.stack.clone(), async |client| {
        let [slack, standard] = good(&world);
        assert_eq!(client.deliver(&slack).await.0, 200);
        assert_eq!(client.deliver(&standard).await.0, 200);
        let unknown: Vec<(u16, Vec<u8>)> = futures::future::join_all(
            [
                "/webhooks/slack/nobody",
                "/webhooks/myspace/acme",
                "/webhooks/slack",
                "/webhooks/slack/",
                "/nothing/here",
                "/webhooks/slack/acme/more",
            ]
            .map(|path| client.post(path, b"{}".to_vec())),
        )
        .await;
        for answer in &unknown {
            assert_eq!(
                (answer.0, answer.1.as_slice()),
                (404, br#"{"error":"not found"}"#.as_slice())
            );
        }
        assert_eq!(client.post(&slack.path, b"{}".to_vec()).await.0, 401);
        assert_eq!(
            client.get(&slack.path).await.0,
            401,
            "a GET is not signed either"
        );
        assert_eq!(client.post(&slack.path, vec![b'x'; MAX_BODY]).await.0, 401);
        assert_eq!(
            client.post(&slack.path, vec![b'x'; MAX_BODY + 1]).await.0,
            413
        );
        assert_eq!(
            client
                .post("/webhooks/slack/nobody", vec![b'x'; MAX_BODY + 1])
                .await
                .0,
            404
        );
        // A query after the path changes nothing.
        let queried = with(&slack, |delivery| delivery.path.push_str("?a=b"));
        assert_eq!(client.deliver(&queried).await.0, 200);
        // The path is compared as it is written.
        assert_eq!(
            client
                .post("/webhooks/slack/%61cme", b"{}".to_vec())
                .await
                .0,
            404
        );
    })
    .await;
    assert_eq!(world.member("U1").await.weeks.current.unwrap().messages, 1);
}
