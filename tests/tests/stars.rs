//! The stars of the community: a month of replies and reactions, and what comes of it.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use hearth_aws::store::{Kind, TraceKind};
use hearth_domain::ids::{CommunityId, MemberId};
use hearth_domain::star::StarPlace;
use hearth_local::deliveries::slack_ts;
use hearth_local::faults::{Call, Fault, Faults};
use hearth_local::people::People;
use hearth_local::stack::Function;
use hearth_tests::cost::cost_of;
use hearth_tests::world::{
    ACME, MONDAY, SHOP, World, playbook_with, standing_at, world, world_with,
};
use jiff::SignedDuration;
use serde_json::json;

use crate::local::served;

/// 00:15 in Taipei, after 2 February.
const JANUARY_NAMED: &str = "2026-02-02T16:15:00Z";
/// 08:00 in Taipei, the same morning.
const MORNING: &str = "2026-02-03T00:00:00Z";
/// 00:15 in Taipei, after 2 March.
const FEBRUARY_NAMED: &str = "2026-03-02T16:15:00Z";

/// `1 U-AA-1 3`, by place.
async fn stars(world: &World, community: &str, month: &str) -> Vec<String> {
    let id = CommunityId::new(community).unwrap();
    let named = world.stack.store.stars(&id, month.parse().unwrap()).await;
    let line = |place: &StarPlace| {
        let member = place.member.as_ref().map_or("-", MemberId::as_str);
        format!("{} {member} {}", place.rank, place.regard)
    };
    let named = named.unwrap();
    named.map_or_else(Vec::new, |named| {
        named.stars.places.iter().map(line).collect()
    })
}

/// Replies to somebody, in a thread of theirs.
async fn replies_to(world: &World, user: &str, author: &str) {
    let ts = slack_ts(world.now());
    world
        .slack_event(json!({"type": "message", "user": user, "channel": "C0GENERAL", "channel_type": "channel", "text": "說得真好", "ts": ts, "event_ts": ts, "thread_ts": "1767571200.000100", "parent_user_id": author}))
        .await;
}

/// Three answer A, two B, one C; staff answer D, and D answers D. B answers A again and again.
async fn a_january(world: &World) {
    for user in ["U-AA-1", "U-BB-1", "U-CC-1", "U-DD-1"] {
        world.joins(user).await;
    }
    world.renames("U-AA-1", "小美").await;
    for _ in 0..5 {
        world.reacts_to("U-BB-1", "U-AA-1").await;
        world.minutes(1).await;
    }
    replies_to(world, "U-BB-1", "U-AA-1").await;
    replies_to(world, "U-CC-1", "U-AA-1").await;
    world.reacts_to("U-DD-1", "U-AA-1").await;
    world.reacts_to("U-AA-1", "U-BB-1").await;
    replies_to(world, "U-CC-1", "U-BB-1").await;
    world.reacts_to("U-AA-1", "U-CC-1").await;
    world.reacts_to("U0STAFF", "U-DD-1").await;
    world.reacts_to("U-DD-1", "U-DD-1").await;
    // Somebody who never joined, a bot maybe.
    for user in ["U-AA-1", "U-BB-1", "U-CC-1", "U-DD-1"] {
        world.reacts_to(user, "U-XX-1").await;
    }
}

#[tokio::test]
async fn a_months_stars_are_named_paid_and_told_once() {
    let world = world().await;
    a_january(&world).await;
    world.until("2026-02-02T16:14:00Z").await;
    assert!(stars(&world, "acme", "2026-01").await.is_empty());
    let points = world.view("U-AA-1").await["points"].as_u64().unwrap();
    world.until(JANUARY_NAMED).await;
    assert_eq!(
        stars(&world, "acme", "2026-01").await,
        ["1 U-AA-1 3", "2 U-BB-1 2", "3 U-CC-1 1"]
    );
    let after = world.view("U-AA-1").await["points"].as_u64().unwrap();
    assert_eq!(after, points + 50);
    assert_eq!(
        world.ledger_sum("U-AA-1").await,
        i64::try_from(after).unwrap()
    );
    let told = |world: &World| {
        let posted = world.posted_in("C0GENERAL").into_iter();
        let posted: Vec<String> = posted
            .filter(|message| message.kind == "star.named")
            .map(|message| message.text)
            .collect();
        let sent = world.sent("U-BB-1");
        let mine = sent.iter().filter(|kind| *kind == "star.mine").count();
        (posted, mine)
    };
    assert_eq!(told(&world), (Vec::new(), 0), "nobody is woken up");
    world.until(MORNING).await;
    world.hours(2).await;
    let (posted, mine) = told(&world);
    assert_eq!(
        posted,
        [
            "🌟 社群之星｜2026年1月\n1. 小美　3\n2. <@U-BB-1>　2\n3. <@U-CC-1>　1\n數字是回覆過或按過表情的夥伴人數。謝謝你們，讓這裡總有人接話！"
        ]
    );
    assert_eq!(mine, 1);
    let received = world.received("U-AA-1");
    let mine = received.iter().find(|message| message.kind == "star.mine");
    assert_eq!(
        mine.unwrap().text,
        "🌟 恭喜 <@U-AA-1>！你是2026年1月的「社群之星」第 1 名，送你 +50 積分。\n這個月有好多人回應你說的話，謝謝你。"
    );
    assert!((world.metrics.sum("stars_named") - 3.0).abs() < 0.1);
}

#[tokio::test]
async fn last_months_stars_make_room_for_others() {
    let world = world().await;
    a_january(&world).await;
    world.until("2026-02-10T02:00:00Z").await;
    for user in ["U-AA-1", "U-BB-1", "U-CC-1"] {
        world.reacts_to(user, "U-DD-1").await;
    }
    world.reacts_to("U-BB-1", "U-AA-1").await;
    // Told a day and a half late, and four days late.
    let late = |hours: i64| {
        let ts = slack_ts(world.now() - SignedDuration::from_hours(hours));
        let item = json!({"type": "message", "channel": "C0GENERAL", "ts": "1767571200.000100"});
        json!({"type": "reaction_added", "user": "U-EE-1", "reaction": "tada", "item_user": if hours > 48 { "U-BB-1" } else { "U-DD-1" }, "item": item, "event_ts": ts})
    };
    world.slack_event(late(36)).await;
    world.slack_event(late(96)).await;
    world.until(FEBRUARY_NAMED).await;
    assert_eq!(stars(&world, "acme", "2026-02").await, ["1 U-DD-1 4"]);
    served(world.stack.clone(), async |client| {
        let stars = client.read("/local/stars/acme").await;
        assert_eq!(stars[0]["month"], "2026-01");
        assert_eq!(
            stars[1]["places"][0],
            json!({"rank": 1, "member": "U-DD-1", "name": null, "regard": 4})
        );
        assert_eq!(client.get("/local/stars/ghost").await.0, 404);
    })
    .await;
}

#[tokio::test]
async fn another_platform_tells_of_authors_in_its_own_words() {
    let world = world().await;
    world.publish(Kind::Community, SHOP).await;
    for (n, member) in ["m1", "m2", "m3"].into_iter().enumerate() {
        let data = json!({"member": member, "name": format!("Member {n}")});
        let answer = world
            .shop_event(&format!("j{n}"), "member.joined", &data)
            .await;
        assert_eq!(answer.status, 200);
    }
    for (n, kind, data) in [
        (
            1,
            "reaction.added",
            json!({"member": "m2", "message": "p1", "channel": "talk", "author": "m1"}),
        ),
        (
            2,
            "message.posted",
            json!({"member": "m3", "message": "p2", "channel": "talk", "length": 9, "reply_to_author": "m1"}),
        ),
        (
            3,
            "message.posted",
            json!({"member": "m1", "message": "p3", "channel": "talk", "length": 9, "reply_to_author": "m2"}),
        ),
        (
            4,
            "reaction.added",
            json!({"member": "m1", "message": "p2", "channel": "talk"}),
        ),
    ] {
        let answer = world.shop_event(&format!("e{n}"), kind, &data).await;
        assert_eq!(answer.status, 200, "{kind}");
    }
    // 00:15 in Berlin.
    world.until("2026-02-02T23:14:00Z").await;
    assert!(stars(&world, "shop", "2026-01").await.is_empty());
    world.until("2026-02-03T10:00:00Z").await;
    assert_eq!(stars(&world, "shop", "2026-01").await, ["1 m1 2", "2 m2 1"]);
    assert!(stars(&world, "acme", "2026-01").await.is_empty());
    let received = world.stack.sandbox.received(Some("shop"), None, None);
    let named = received.iter().find(|message| message.kind == "star.named");
    let named = named.unwrap();
    assert_eq!(named.channel.as_deref(), Some("checkin"));
    assert!(
        named.text.starts_with(
            "🌟 Stars of the community | January 2026\n1. Member 0: 2\n2. Member 1: 1\n"
        ),
        "{}",
        named.text
    );
    let mine = received
        .iter()
        .filter(|message| message.kind == "star.mine");
    assert_eq!(mine.count(), 2);
}

#[tokio::test]
async fn whoever_is_erased_is_no_star_any_more_and_no_late_reaction_brings_them_back() {
    let world = world().await;
    a_january(&world).await;
    world.until(JANUARY_NAMED).await;
    world.reacts_to("U-BB-1", "U-AA-1").await;
    let people = People {
        store: &world.stack.store,
        registry: &world.stack.registry,
        now: world.now(),
    };
    let member = MemberId::new("U-AA-1").unwrap();
    let erased = people.erase(&world.community.id, &member, &world.stack.pseudonyms);
    let erased = Box::pin(erased).await.unwrap();
    assert_eq!(
        erased.items[&TraceKind::Regard],
        2,
        "January's and February's"
    );
    world.reacts_to("U-BB-1", "U-AA-1").await;
    replies_to(&world, "U-CC-1", "U-AA-1").await;
    let left = world.stack.every_item().unwrap();
    let names = left
        .iter()
        .filter(|(_, item)| item.to_string().contains("U-AA-1"));
    assert_eq!(names.count(), 0);
    assert_eq!(
        stars(&world, "acme", "2026-01").await,
        ["1 - 3", "2 U-BB-1 2", "3 U-CC-1 1"],
        "nobody moves up"
    );
}

/// What the check-in function writes for one batch of ten who react to one message.
async fn ten_react(world: &World, author: Option<&str>) -> f64 {
    let now = world.now();
    for n in 0..10 {
        let item = json!({"type": "message", "channel": "C0GENERAL", "ts": "1767571200.000100"});
        let mut event = json!({"type": "reaction_added", "user": format!("U{n}"), "reaction": "tada", "item": item, "event_ts": slack_ts(now + SignedDuration::from_millis(n))});
        if let Some(author) = author {
            event["item_user"] = json!(author);
        }
        let answer = world.deliver(&world.slack.event(&event, now)).await;
        assert_eq!(answer.status, 200);
    }
    let handled = world.stack.run_until_idle();
    cost_of(world, Function::CheckIn, handled).await.write
}

#[tokio::test]
async fn regard_costs_a_unit_for_each_author_and_batch_and_nothing_without_stars() {
    let world = world().await;
    for n in 0..12 {
        world.joins(&format!("U{n}")).await;
    }
    let without = ten_react(&world, None).await;
    world.minutes(1).await;
    let with = ten_react(&world, Some("U11")).await;
    assert!((without - 10.0).abs() < 0.1, "{without}");
    assert!((with - 11.0).abs() < 0.1, "{with}");
    world.minutes(1).await;
    let again = ten_react(&world, Some("U11")).await;
    assert!((again - 11.0).abs() < 0.1, "the set is as it was: {again}");
    let toml = playbook_with("[star]", "[star]\n# none\n");
    let from = toml.find("[star]").unwrap();
    let until = from + toml[from..].find("\n\n#").unwrap();
    let none = [&toml[..from], &toml[until..]].concat();
    world.publish(Kind::Playbook, &none).await;
    world.minutes(2).await;
    let none = ten_react(&world, Some("U10")).await;
    assert!((none - 10.0).abs() < 0.1, "{none}");
    world.until(JANUARY_NAMED).await;
    assert!(stars(&world, "acme", "2026-01").await.is_empty());
}

/// Strikes the next calls of one kind that name something.
pub(crate) struct Strike {
    pub(crate) fault: Fault,
    pub(crate) call: &'static str,
    pub(crate) names: &'static str,
    pub(crate) left: AtomicU32,
}

impl Faults for Strike {
    fn fate(&self, _: Call<'_>) -> Option<Fault> {
        None
    }

    fn fate_of(&self, call: Call<'_>, request: &[u8]) -> Option<Fault> {
        let (Call::Table(name) | Call::Queue(name) | Call::Chat(name)) = call;
        let hit = name == self.call && String::from_utf8_lossy(request).contains(self.names);
        let strikes = |left: u32| left.checked_sub(1);
        let order = Ordering::SeqCst;
        (hit && self.left.fetch_update(order, order, strikes).is_ok()).then_some(self.fault)
    }
}

/// What is done again by itself is struck again.
pub(crate) const STRIKES: u32 = 3;

/// A January in a stack in which one call is struck, from before it or from before its closing on.
async fn struck(fault: Fault, call: &'static str, names: &'static str) -> World {
    let strike = Arc::new(Strike {
        fault,
        call,
        names,
        left: AtomicU32::new(STRIKES),
    });
    let mut options = standing_at(MONDAY);
    options.faults = strike.clone();
    let world = Box::pin(world_with(options, ACME)).await;
    a_january(&world).await;
    world.minutes(30).await;
    world.until(JANUARY_NAMED).await;
    world.until(MORNING).await;
    world.hours(2).await;
    let left = strike.left.load(Ordering::SeqCst);
    assert!(left < STRIKES, "nothing was struck: {call} {names}");
    world
}

#[tokio::test]
async fn whatever_fails_is_done_again_and_counts_once() {
    let calm = world().await;
    a_january(&calm).await;
    calm.until(MORNING).await;
    let points = calm.member("U-AA-1").await.points();
    for (call, names) in [
        ("UpdateItem", "@regard#"),
        ("Query", "@regard#"),
        ("PutItem", "star#2026-01"),
        ("PutItem", "points#star/2026-01"),
        ("PutItem", "closing/star/2026-01"),
    ] {
        for fault in [
            Fault::Refuse,
            Fault::LoseAnswer,
            Fault::CrashBefore,
            Fault::CrashAfter,
        ] {
            let world = Box::pin(struck(fault, call, names)).await;
            let what = format!("{fault:?} at {call} {names}");
            assert_eq!(
                stars(&world, "acme", "2026-01").await,
                ["1 U-AA-1 3", "2 U-BB-1 2", "3 U-CC-1 1"],
                "{what}"
            );
            assert_eq!(world.member("U-AA-1").await.points(), points, "{what}");
            assert_eq!(
                world.ledger_sum("U-AA-1").await,
                i64::from(points),
                "{what}"
            );
            let sent = world.sent("U-AA-1");
            assert_eq!(
                sent.iter().filter(|kind| *kind == "star.mine").count(),
                1,
                "{what}"
            );
            let posted = world.posted_in("C0GENERAL").into_iter();
            assert_eq!(
                posted.filter(|one| one.kind == "star.named").count(),
                1,
                "{what}"
            );
        }
    }
}
