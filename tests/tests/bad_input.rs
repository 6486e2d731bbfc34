//! What may come in that is not as it should be: one table, all platforms. Each is answered with a
//! clear status and counted, and nothing of it reaches a queue.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

use hearth_aws::store::Kind;
use hearth_domain::platform::Platform;
use hearth_local::deliveries::Delivery;
use hearth_local::view;
use hearth_member_webhook::MAX_BODY;
use hearth_tests::chaos::SplitMix;
use hearth_tests::chats::{CHATS, Chat};
use hearth_tests::world::{World, world};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// All communities on one stack.
async fn everywhere() -> World {
    let world = world().await;
    for chat in CHATS {
        world.publish(Kind::Community, chat.file).await;
    }
    world
}

/// The status, and that nothing was enqueued unless it is a success.
async fn status(world: &World, delivery: &Delivery) -> u16 {
    let sent = world.stack.queues.sent();
    let answer = world.deliver(delivery).await;
    if answer.status >= 300 {
        assert_eq!(world.stack.queues.sent(), sent, "refused and enqueued");
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        assert!(body["error"].is_string(), "{}", answer.body);
    }
    answer.status
}

fn with(delivery: &Delivery, change: impl FnOnce(&mut Delivery)) -> Delivery {
    let mut changed = delivery.clone();
    change(&mut changed);
    changed
}

/// A good delivery made bad. `None` = that cannot be done to this platform's.
type Spoil = fn(&Chat, &Delivery, Timestamp) -> Option<Delivery>;

/// Ways to spoil what is signed, and the answer.
const SPOILED: &[(&str, Spoil)] = &[
    ("signature wrong", |chat, good, _| {
        let signature = chat.signature.get(good)?;
        let other: String = signature.chars().rev().collect();
        Some(chat.signature.set(good, &[&other]))
    }),
    ("signature truncated", |chat, good, _| {
        let signature = chat.signature.get(good)?;
        Some(
            chat.signature
                .set(good, &[&signature[..signature.len() - 2]]),
        )
    }),
    ("signature longer", |chat, good, _| {
        let signature = chat.signature.get(good)?;
        Some(chat.signature.set(good, &[&format!("{signature}00")]))
    }),
    ("signature empty", |chat, good, _| {
        Some(chat.signature.set(good, &[""]))
    }),
    ("signature missing", |chat, good, _| {
        Some(chat.signature.set(good, &[]))
    }),
    ("signature not ASCII", |chat, good, _| {
        Some(chat.signature.set(good, &["é"]))
    }),
    ("signature twice", |chat, good, _| {
        let signature = chat.signature.get(good)?;
        Some(chat.signature.set(good, &[&signature, &signature]))
    }),
    ("signatures merged by a proxy", |chat, good, _| {
        let signature = chat.signature.get(good)?;
        Some(
            chat.signature
                .set(good, &[&format!("{signature},{signature}")]),
        )
    }),
    ("another's secret", |chat, _, now| {
        Some((chat.forged)(&(chat.usual)(1, now).0, now))
    }),
    ("timestamp missing", |chat, good, _| {
        Some(chat.timestamp?.set(good, &[]))
    }),
    ("timestamp empty", |chat, good, _| {
        Some(chat.timestamp?.set(good, &[""]))
    }),
    ("timestamp no number", |chat, good, _| {
        Some(chat.timestamp?.set(good, &["now"]))
    }),
    ("timestamp huge", |chat, good, _| {
        Some(chat.timestamp?.set(good, &["99999999999999999999999"]))
    }),
    ("timestamp twice", |chat, good, _| {
        let timestamp = chat.timestamp?.get(good)?;
        Some(chat.timestamp?.set(good, &[&timestamp, &timestamp]))
    }),
    ("timestamp moved", |chat, good, now| {
        let later = (now.as_second() + 1).to_string();
        Some(chat.timestamp?.set(good, &[&later]))
    }),
    ("one byte changed", |chat, good, _| {
        signs_the_body(chat)?;
        let at = good.body.len() / 2;
        Some(with(good, |delivery| delivery.body[at] ^= 1))
    }),
    ("one byte more", |chat, good, _| {
        // Around WeCom's sealed text there may be anything.
        (chat.platform != Platform::Wecom).then_some(())?;
        signs_the_body(chat)?;
        Some(with(good, |delivery| delivery.body.push(b' ')))
    }),
    ("cut off", |chat, good, _| {
        signs_the_body(chat)?;
        let half = good.body.len() / 2;
        Some(with(good, |delivery| delivery.body.truncate(half)))
    }),
    ("no body", |chat, good, _| {
        signs_the_body(chat)?;
        Some(with(good, |delivery| delivery.body.clear()))
    }),
];

/// Telegram's token says who delivers, and nothing of what.
fn signs_the_body(chat: &Chat) -> Option<()> {
    (chat.platform != Platform::Telegram).then_some(())
}

#[tokio::test]
async fn what_is_not_exactly_what_was_signed_is_not_authorised() {
    let world = everywhere().await;
    let mut refused = 0;
    for chat in CHATS {
        let good = chat.delivery(1, world.now());
        for (name, spoil) in SPOILED {
            let Some(bad) = spoil(&chat, &good, world.now()) else {
                continue;
            };
            assert_eq!(status(&world, &bad).await, 401, "{}: {name}", chat.platform);
            refused += 1;
        }
        assert_eq!(status(&world, &good).await, 200, "{}", chat.platform);
    }
    assert!(refused >= 90, "{refused}");
    let counted = world.metrics.sum("webhooks_unauthorized");
    assert!(
        (counted - f64::from(refused)).abs() < 0.1,
        "{counted} of {refused}"
    );
}

/// Header names come in any case, and proxies add some.
#[tokio::test]
async fn what_travels_through_proxies_is_as_good() {
    let world = everywhere().await;
    for chat in CHATS {
        let proxied = with(&chat.delivery(1, world.now()), |delivery| {
            delivery
                .headers
                .insert("x-forwarded-for", "192.0.2.1".parse().unwrap());
            delivery
                .headers
                .insert("x-signature", "of-another-kind".parse().unwrap());
        });
        assert_eq!(status(&world, &proxied).await, 200, "{}", chat.platform);
    }
}

#[tokio::test]
async fn the_first_of_404_413_401_400_is_the_answer() {
    let world = everywhere().await;
    for chat in CHATS {
        let good = chat.delivery(1, world.now());
        let (name, community) = (chat.platform.name(), chat.community);
        let elsewhere = if name == "slack" { "line" } else { "slack" };
        for unknown in [
            good.path.replace(community, "nobody"),
            good.path.replace(&format!("/{name}/"), "/myspace/"),
            // A platform that the community is not on.
            good.path
                .replace(&format!("/{name}/"), &format!("/{elsewhere}/")),
            good.path.replace(community, &format!("{community}/more")),
            good.path.replace(community, &community.to_uppercase()),
            good.path.replace(community, ""),
            "/webhooks".to_owned(),
            "/".to_owned(),
        ] {
            let lost = with(&good, |delivery| delivery.path.clone_from(&unknown));
            let long = with(&lost, |delivery| delivery.body = vec![b'x'; MAX_BODY + 1]);
            for delivery in [lost, long] {
                let answer = world.deliver(&delivery).await;
                let words = r#"{"error":"not found"}"#;
                assert_eq!(
                    (answer.status, answer.body.as_str()),
                    (404, words),
                    "{unknown}"
                );
            }
        }
        let long = with(&good, |delivery| delivery.body = vec![b'x'; MAX_BODY + 1]);
        assert_eq!(
            status(&world, &long).await,
            413,
            "{name}: too long before not signed"
        );
        let unsigned = chat.signature.set(&good, &[]);
        let unsigned = with(&unsigned, |delivery| delivery.body = b"{".to_vec());
        assert_eq!(
            status(&world, &unsigned).await,
            401,
            "{name}: not signed before not read"
        );
        let broken = (chat.signed)(b"{", world.now());
        assert_eq!(
            status(&world, &broken).await,
            broken_status(&chat),
            "{name}"
        );
        assert_eq!(status(&world, &good).await, 200, "{name}");
    }
    for (counter, least) in [
        ("webhooks_not_found", 7.0 * 16.0),
        ("webhooks_too_large", 7.0),
        ("webhooks_unauthorized", 7.0),
        ("webhooks_bad_body", 6.0),
        ("events_accepted", 7.0),
    ] {
        let sum = world.metrics.sum(counter);
        assert!(sum >= least, "{counter}: {sum}");
    }
}

/// Feishu's token stands in the body: what cannot be read has none.
fn broken_status(chat: &Chat) -> u16 {
    if chat.platform == Platform::Feishu {
        401
    } else {
        400
    }
}

#[tokio::test]
async fn what_is_signed_and_cannot_be_read_is_a_bad_request() {
    let world = everywhere().await;
    let lists = format!("{{\"type\":\"x\",\"event\":{}", "[".repeat(100_000));
    let objects = format!("{{\"type\":{}", "{\"a\":".repeat(50_000));
    let elements = "<a>".repeat(50_000);
    for (name, body) in [
        ("empty", &b""[..]),
        ("deep lists", lists.as_bytes()),
        ("deep objects", objects.as_bytes()),
        ("deep elements", elements.as_bytes()),
        ("invalid UTF-8", b"{\"type\":\"\xff\xfe\"}"),
        (
            "invalid UTF-8 in XML",
            b"<xml><MsgType>\xff\xfe</MsgType></xml>",
        ),
        ("lone surrogate", br#"{"type":"\ud800"}"#),
        ("raw NUL", b"{\"type\":\"x\0\"}"),
        ("huge number", br#"{"type":"x","timestamp":1e999}"#),
        ("two values", b"{}{}"),
        ("a list", b"[]"),
        ("a text", br#""message.posted""#),
        ("null", b"null"),
        ("nothing in it", b"{}"),
        ("byte order mark", b"\xef\xbb\xbf{\"type\":\"x\"}"),
        (
            "an entity of its own",
            b"<!DOCTYPE x [<!ENTITY a \"b\">]><xml><MsgType>&a;</MsgType></xml>",
        ),
    ] {
        for chat in CHATS {
            let found = status(&world, &(chat.signed)(body, world.now())).await;
            assert_eq!(found, broken_status(&chat), "{}: {name}", chat.platform);
        }
    }
    assert_eq!(world.stack.queues.sent(), 0);
}

#[tokio::test]
async fn ids_that_are_none_are_a_bad_request() {
    let world = everywhere().await;
    for chat in CHATS {
        for id in [
            json!(""),
            json!("a\u{0}b"),
            json!("a b"),
            json!("a#b"),
            json!("../x"),
            json!("x".repeat(65)),
            json!({"id": "x"}),
            json!(["x"]),
            json!(-1),
            json!(1e300),
        ] {
            if chat.platform == Platform::Line && id == json!("") {
                // Who has not agreed to be known: not an error, and nothing to us.
                continue;
            }
            if chat.platform == Platform::Wecom && !id.is_string() {
                // XML has nothing but text.
                continue;
            }
            let body = (chat.member)(&id, world.now());
            let found = status(&world, &(chat.signed)(&body, world.now())).await;
            assert_eq!(found, 400, "{}: {id}", chat.platform);
        }
    }
    assert_eq!(world.stack.queues.sent(), 0);
}

#[tokio::test]
async fn what_is_unknown_is_accepted_counted_and_dropped() {
    let world = everywhere().await;
    for chat in CHATS {
        let before = world.metrics.sum("webhooks_not_for_us");
        let delivery = (chat.signed)(chat.unknown.as_bytes(), world.now());
        assert_eq!(status(&world, &delivery).await, 200, "{}", chat.platform);
        let counted = world.metrics.sum("webhooks_not_for_us") - before;
        assert!((counted - 1.0).abs() < 0.1, "{}: {counted}", chat.platform);
    }
    assert_eq!(world.stack.queues.sent(), 0);
}

/// Where a time is signed an old delivery is refused; where none is, or where a platform's own
/// retry may be old, it is accepted, and its ids see to it that it counts once.
#[tokio::test]
async fn a_replay_is_refused_or_changes_nothing() {
    let world = everywhere().await;
    let now = world.now();
    for chat in CHATS {
        assert_eq!(status(&world, &chat.delivery(1, now)).await, 200);
    }
    world.stack.run_until_idle().await;
    let before = members(&world).await;
    assert_eq!(before.len(), 7);
    for chat in CHATS {
        for (offset, expected) in [
            (0, 200),
            (-300, 200),
            (300, 200),
            (301, 401),
            (-301, 401),
            (86_400, 401),
            (-86_400, 401),
        ] {
            let at = now + SignedDuration::from_secs(offset);
            let delivery = (chat.signed)(&(chat.usual)(1, now).0, at);
            let expected = match (chat.platform, chat.timestamp) {
                (_, None) => 200,
                (Platform::Feishu, _) if offset == -301 => 200,
                (_, Some(_)) => expected,
            };
            let found = status(&world, &delivery).await;
            assert_eq!(found, expected, "{} {offset} s", chat.platform);
        }
    }
    world.stack.run_until_idle().await;
    assert_eq!(members(&world).await, before);
}

/// The members of all communities, as operators see them.
async fn members(world: &World) -> Vec<Value> {
    let mut members = Vec::new();
    for chat in CHATS {
        let community = world
            .stack
            .community(chat.community)
            .await
            .unwrap()
            .unwrap();
        members.extend(view::members(&world.stack, &community).await.unwrap());
    }
    members
}

/// Every platform's usual delivery, one to five times each, in any order: the same members in the
/// end.
#[tokio::test]
async fn deliveries_once_to_five_times_in_any_order_count_once() {
    let mut first = None;
    for seed in 0..4 {
        let world = everywhere().await;
        let mut random = SplitMix::new(seed);
        let mut deliveries = Vec::new();
        for (n, chat) in (0..).zip(CHATS) {
            for member in 1..4 {
                let at = world.now() - SignedDuration::from_secs(n * 10 + member);
                let delivery =
                    (chat.signed)(&(chat.usual)(member.unsigned_abs(), at).0, world.now());
                let times = if seed == 0 { 1 } else { 1 + random.below(5) };
                deliveries.extend(std::iter::repeat_n(delivery, times));
            }
        }
        random.shuffle(&mut deliveries);
        for delivery in &deliveries {
            assert_eq!(status(&world, delivery).await, 200);
            if random.below(4) == 0 {
                Box::pin(world.stack.run_until_idle()).await;
            }
        }
        Box::pin(world.stack.run_until_idle()).await;
        world.minutes(2).await;
        let mut members = members(&world).await;
        for member in &mut members {
            // How often a member was written depends on what came together.
            member.as_object_mut().unwrap().remove("version");
        }
        assert_eq!(members.len(), 21);
        match &first {
            None => first = Some(members),
            Some(first) => assert_eq!(*first, members, "seed {seed}"),
        }
    }
}

/// A community's file with a secret of another form is refused when it is checked.
#[test]
fn a_key_of_the_wrong_form_is_told_when_the_file_is_checked() {
    for chat in CHATS {
        let community = hearth_domain::community::Community::parse(chat.file);
        assert!(community.is_ok(), "{}: {community:?}", chat.platform);
    }
    for (chat, secret, line) in [
        (
            Platform::Wecom,
            "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
            "it is not 43 letters and digits",
        ),
        (
            Platform::Discord,
            "2263bcbcb51fb38a4f514af7b0e46bfe2671cd39afd43991cc37b48b3292fd23",
            "it is not 64 hexadecimal digits",
        ),
        (
            Platform::Telegram,
            "a-secret_token-of-the-tests",
            "it is not 1 to 256 letters",
        ),
    ] {
        let file = CHATS
            .iter()
            .find(|other| other.platform == chat)
            .unwrap()
            .file;
        let file = file.replace(secret, "not+it");
        let problems = hearth_domain::community::Community::parse(&file).unwrap_err();
        let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert!(told.len() == 1 && told[0].contains(line), "{told:?}");
    }
}
