//! What members ask about their points, and what points buy.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

use hearth_aws::store::Kind;
use hearth_domain::ids::GiftId;
use hearth_domain::playbook::Playbook;
use hearth_local::deliveries::{Delivery, slack_ts};
use hearth_local::sandbox::Received;
use hearth_local::stack::Function;
use hearth_tests::cost::cost_of;
use hearth_tests::world::{World, world, world_of};
use jiff::SignedDuration;

const GIFTS: &str = r#"
[[gifts]]
id = "mug"
name = { zh-Hant = "馬克杯", zh-Hans = "马克杯", en = "Mug" }
points = 10
stock = 1
note = "到服務台領取。"

[[gifts]]
id = "trial"
name = { zh-Hant = "新品試用", zh-Hans = "新品试用", en = "Trial" }
points = 5
level = 3
note = "https://acme.example/trial"

[[gifts]]
id = "card"
name = { zh-Hant = "禮物卡", zh-Hans = "礼物卡", en = "Gift card" }
points = 15
code_pool = "cards"
"#;

/// The default playbook with gifts. A first check-in pays 20.
fn playbook() -> String {
    let pays = Playbook::DEFAULT_TOML.replacen("check_in = 5 ", "check_in = 20 ", 1);
    assert_ne!(pays, Playbook::DEFAULT_TOML);
    format!("{pays}{GIFTS}")
}

/// Members who have checked in and were shown the gifts.
async fn world_with_gifts(members: &[&str]) -> World {
    let world = Box::pin(world_of(&playbook())).await;
    for member in members {
        world.joins(member).await;
    }
    world.hours(1).await;
    for member in members {
        world.says(member, "C0CHECKIN", "今天開始").await;
        world.whispers(member, "兌換").await;
    }
    world
}

/// The press of a gift under the list that a member was shown, now.
fn press(world: &World, user: &str, gift: &str) -> Delivery {
    let received = world.received(user);
    let list = received
        .iter()
        .rfind(|message| message.kind == "redeem.list");
    let list = list.unwrap();
    world.slack.press(
        user,
        &slack_ts(list.at),
        &list.message_id,
        &format!("redeem:{gift}"),
        world.now(),
    )
}

async fn wants(world: &World, user: &str, gift: &str) {
    let delivery = press(world, user, gift);
    assert_eq!(world.deliver(&delivery).await.status, 200);
    Box::pin(world.stack.run_until_idle()).await;
}

/// What a member was told one to one.
fn told(world: &World, user: &str) -> Vec<Received> {
    let received = world.received(user).into_iter();
    received
        .filter(|message| message.channel.is_none())
        .collect()
}

/// What a member was told last, and the points that they have by the ledger.
async fn last(world: &World, user: &str) -> (String, String, i64) {
    let last = told(world, user).pop().unwrap();
    (last.kind, last.text, world.ledger_sum(user).await)
}

async fn handed_over(world: &World, gift: &str) -> u32 {
    let gift = GiftId::new(gift).unwrap();
    let store = &world.stack.store;
    store.handed_over(&world.community.id, &gift).await.unwrap()
}

fn count(world: &World, user: &str, kind: &str) -> usize {
    let sent = world.sent(user);
    sent.iter().filter(|sent| *sent == kind).count()
}

#[tokio::test]
async fn who_asks_for_their_points_is_told_one_to_one_once_a_minute() {
    let world = world().await;
    world.joins("U1").await;
    world.says("U1", "C0CHECKIN", "今天開始").await;
    world.minutes(10).await;
    for _ in 0..3 {
        world.whispers("U1", "我的積分").await;
    }
    world.says("U1", "C0GENERAL", "Points").await;
    assert_eq!(count(&world, "U1", "points.mine"), 1);
    let (_, text, _) = last(&world, "U1").await;
    assert_eq!(
        text,
        "<@U1>，你有 5 積分可用，累積 5 積分。\nLv.1「新芽」・連續簽到 1 天・補簽卡 0 張\n再 45 積分就升級"
    );
    world.minutes(1).await;
    world.says("U1", "C0GENERAL", "/me").await;
    assert_eq!(count(&world, "U1", "points.mine"), 2);
    let week = world.member("U1").await.weeks.current.unwrap();
    assert_eq!(
        (week.messages, week.posted),
        (0, 0),
        "a question to us is no post"
    );
    world.presses("U1", "points.mine", "redeem:list").await;
    let (kind, text, _) = last(&world, "U1").await;
    assert_eq!(kind, "redeem.nothing");
    assert!(text.contains("5 積分都留著"), "{text}");
    // In the check-in channel it is a question, not a check-in; and who asks has not joined.
    world.says("U2", "C0CHECKIN", "積分").await;
    assert_eq!(world.view("U2").await["points"], 0);
    world.whispers("U3", "積分").await;
    let id = "U3".parse().unwrap();
    let stranger = world.stack.store.member(&world.community, &id).await;
    assert_eq!(stranger.unwrap(), None);
}

#[tokio::test]
async fn points_buy_a_gift() {
    let world = world_with_gifts(&["U1"]).await;
    let (kind, text, _) = last(&world, "U1").await;
    assert_eq!(kind, "redeem.list");
    assert_eq!(
        text,
        "<@U1>，你有 20 積分，可以兌換：\n・馬克杯 10\n・新品試用 5（Lv.3）\n・禮物卡 15"
    );
    world.presses("U1", "redeem.list", "redeem:mug").await;
    let (kind, text, left) = last(&world, "U1").await;
    assert_eq!((kind.as_str(), left), ("redeem.done", 10));
    assert_eq!(
        text,
        "<@U1>，「馬克杯」是你的了 🎁 用了 10 積分，還有 10。\n到服務台領取。"
    );
    assert_eq!(handed_over(&world, "mug").await, 1);
    assert!((world.metrics.sum("gifts_redeemed") - 1.0).abs() < 0.1);
    world.minutes(2).await;
    world.whispers("U1", "points").await;
    let (_, text, _) = last(&world, "U1").await;
    assert!(text.contains("你有 10 積分可用"), "{text}");
}

#[tokio::test]
async fn a_press_that_is_delivered_again_takes_nothing_again() {
    let world = world_with_gifts(&["U1"]).await;
    let mug = press(&world, "U1", "mug");
    for _ in 0..2 {
        // Twice in one batch, then twice more.
        for _ in 0..2 {
            assert_eq!(world.deliver(&mug).await.status, 200);
        }
        Box::pin(world.stack.run_until_idle()).await;
    }
    assert_eq!(count(&world, "U1", "redeem.done"), 1);
    assert_eq!(world.ledger_sum("U1").await, 10);
    assert_eq!(handed_over(&world, "mug").await, 1);
    // What was refused stays refused, though the points are there when it comes again.
    world.minutes(1).await;
    let card = press(&world, "U1", "card");
    world.deliver(&card).await;
    Box::pin(world.stack.run_until_idle()).await;
    assert_eq!(last(&world, "U1").await.0, "redeem.too-few");
    for n in 0..5 {
        world.advance(SignedDuration::from_secs(20)).await;
        world
            .says("U1", "C0GENERAL", &format!("第 {n} 個想法"))
            .await;
    }
    world.deliver(&card).await;
    Box::pin(world.stack.run_until_idle()).await;
    assert_eq!(world.ledger_sum("U1").await, 15);
    assert_eq!(count(&world, "U1", "redeem.done"), 1);
}

#[tokio::test]
async fn the_last_one_is_handed_over_once() {
    let world = world_with_gifts(&["U1", "U2", "U3"]).await;
    for user in ["U1", "U2", "U3"] {
        let delivery = press(&world, user, "mug");
        assert_eq!(world.deliver(&delivery).await.status, 200);
    }
    // One batch, its members side by side.
    Box::pin(world.stack.run_until_idle()).await;
    let mut told = Vec::new();
    for user in ["U1", "U2", "U3"] {
        let (kind, _, left) = last(&world, user).await;
        told.push((kind, left));
    }
    told.sort();
    let expected = [
        ("redeem.done", 10),
        ("redeem.sold-out", 20),
        ("redeem.sold-out", 20),
    ];
    assert_eq!(told, expected.map(|(kind, left)| (kind.to_owned(), left)));
    assert_eq!(handed_over(&world, "mug").await, 1);
    assert!((world.metrics.sum("gifts_sold_out") - 2.0).abs() < 0.1);
}

#[tokio::test]
async fn who_presses_for_two_in_one_batch_gets_what_is_left() {
    let two = playbook().replacen("stock = 1", "stock = 2", 1);
    let world = world_with_gifts(&["U1", "U2"]).await;
    world.publish(Kind::Playbook, &two).await;
    wants(&world, "U2", "mug").await;
    let first = press(&world, "U1", "mug");
    world
        .stack
        .clock
        .move_to(world.now() + SignedDuration::from_secs(61));
    let second = press(&world, "U1", "mug");
    for delivery in [first, second] {
        assert_eq!(world.deliver(&delivery).await.status, 200);
    }
    Box::pin(world.stack.run_until_idle()).await;
    assert_eq!(count(&world, "U1", "redeem.done"), 1);
    assert_eq!(count(&world, "U1", "redeem.sold-out"), 1);
    assert_eq!(world.ledger_sum("U1").await, 10);
    assert_eq!(handed_over(&world, "mug").await, 2);
}

#[tokio::test]
async fn who_taps_twice_pays_once_in_whatever_order_the_taps_come() {
    for (batches, turned) in [(1, false), (1, true), (2, false), (2, true)] {
        let five = playbook().replacen("points = 10\nstock = 1", "points = 5\nstock = 9", 1);
        let world = Box::pin(world_of(&five)).await;
        world.joins("U1").await;
        world.says("U1", "C0CHECKIN", "今天開始").await;
        world.whispers("U1", "兌換").await;
        // Either side of a full minute, so that the two are in rows of different names.
        world.until("2026-01-05T02:00:50Z").await;
        let mut taps = vec![press(&world, "U1", "mug")];
        world.advance(SignedDuration::from_secs(30)).await;
        taps.push(press(&world, "U1", "mug"));
        if turned {
            taps.reverse();
        }
        for tap in &taps {
            assert_eq!(world.deliver(tap).await.status, 200);
            if batches == 2 {
                Box::pin(world.stack.run_until_idle()).await;
            }
        }
        Box::pin(world.stack.run_until_idle()).await;
        let case = format!("{batches} batches, turned: {turned}");
        let outcome = async || {
            (
                count(&world, "U1", "redeem.done"),
                world.ledger_sum("U1").await,
                handed_over(&world, "mug").await,
            )
        };
        assert_eq!(outcome().await, (1, 15, 1), "{case}");
        assert!((world.metrics.sum("gifts_again") - 1.0).abs() < 0.1);
        // Told again, each is what it was; and who presses a minute later means another one.
        for tap in &taps {
            world.deliver(tap).await;
            Box::pin(world.stack.run_until_idle()).await;
        }
        assert_eq!(outcome().await, (1, 15, 1), "{case}");
        world.minutes(1).await;
        wants(&world, "U1", "mug").await;
        assert_eq!(outcome().await, (2, 10, 2), "{case}");
    }
}

#[tokio::test]
async fn what_a_press_costs() {
    let world = world_with_gifts(&["U1"]).await;
    world.minutes(1).await;
    let cost = cost_of(&world, Function::CheckIn, wants(&world, "U1", "mug")).await;
    assert_eq!(last(&world, "U1").await.0, "redeem.done");
    // Member, ledger row, message and stock, each twice for the transaction; the due index once.
    assert!(cost.write <= 9.0, "{} written", cost.write);
    // The member, the three rows in which the same press would stand.
    assert!(cost.read <= 3.5, "{} read", cost.read);
    // A pool that has no code costs one unit more to ask, and nothing is written but the answer.
    world.minutes(1).await;
    for n in 0..6 {
        world.minutes(1).await;
        world
            .says("U1", "C0GENERAL", &format!("第 {n} 個想法"))
            .await;
    }
    let cost = cost_of(&world, Function::CheckIn, wants(&world, "U1", "card")).await;
    assert_eq!(last(&world, "U1").await.0, "redeem.sold-out");
    assert!(cost.read <= 4.5, "{} read", cost.read);
}

#[tokio::test]
async fn who_may_not_have_a_gift_is_told_why_and_pays_nothing() {
    let world = world_with_gifts(&["U1"]).await;
    wants(&world, "U1", "mug").await;
    assert_eq!(last(&world, "U1").await.0, "redeem.done");
    for (gift, kind, said, metric) in [
        ("card", "redeem.too-few", "還差 5", "gifts_too_dear"),
        ("trial", "redeem.level", "Lv.3", "gifts_above_level"),
        ("boat", "redeem.gone", "不提供兌換", "gifts_gone"),
    ] {
        world.minutes(1).await;
        wants(&world, "U1", gift).await;
        let (was, text, left) = last(&world, "U1").await;
        assert_eq!((was.as_str(), left), (kind, 10), "{gift}");
        assert!(text.contains(said), "{text}");
        assert!((world.metrics.sum(metric) - 1.0).abs() < 0.1, "{metric}");
    }
    // A button of somebody else's list, and who has left.
    let late = press(&world, "U1", "trial");
    world.joins("U2").await;
    world.says("U2", "C0CHECKIN", "今天開始").await;
    let received = world.received("U1");
    let shown = received
        .iter()
        .find(|message| message.kind == "redeem.list")
        .unwrap();
    let at = slack_ts(shown.at);
    let other = world
        .slack
        .press("U2", &at, &shown.message_id, "redeem:card", world.now());
    world.deliver(&other).await;
    world.leaves("U1").await;
    world.deliver(&late).await;
    Box::pin(world.stack.run_until_idle()).await;
    assert_eq!(
        (world.ledger_sum("U1").await, world.ledger_sum("U2").await),
        (10, 20)
    );
    assert_eq!(count(&world, "U1", "redeem.level"), 1);
    assert_eq!(count(&world, "U2", "redeem.done"), 0);
}

#[tokio::test]
async fn each_gift_of_a_pool_comes_with_a_code_of_its_own() {
    let world = world_with_gifts(&["U1", "U2", "U3"]).await;
    // A pool that was never imported has none, either.
    wants(&world, "U3", "card").await;
    assert_eq!(last(&world, "U3").await.0, "redeem.sold-out");
    world.minutes(1).await;
    let codes = ["CARD-1".to_owned(), "CARD-2".to_owned()];
    let pool = "cards".parse().unwrap();
    let store = &world.stack.store;
    store
        .import_codes(&world.community.id, &pool, &codes)
        .await
        .unwrap();
    let mut had = Vec::new();
    for user in ["U1", "U2"] {
        wants(&world, user, "card").await;
        let (kind, text, left) = last(&world, user).await;
        assert_eq!((kind.as_str(), left), ("redeem.done", 5));
        had.extend(codes.iter().filter(|code| text.contains(*code)).cloned());
    }
    had.sort();
    assert_eq!(had, codes);
    // All are given: nobody pays for one that is not there, until there are more.
    wants(&world, "U3", "card").await;
    let (kind, _, left) = last(&world, "U3").await;
    assert_eq!((kind.as_str(), left), ("redeem.sold-out", 20));
    let more = ["CARD-3".to_owned()];
    store
        .import_codes(&world.community.id, &pool, &more)
        .await
        .unwrap();
    world.minutes(1).await;
    wants(&world, "U3", "card").await;
    let (kind, text, left) = last(&world, "U3").await;
    assert_eq!((kind.as_str(), left), ("redeem.done", 5));
    assert!(text.contains("CARD-3"), "{text}");
    assert!((world.metrics.sum("coupon_pool_dry")).abs() < 0.1);
}

#[tokio::test]
async fn of_two_who_want_the_last_code_at_once_one_waits_for_the_next() {
    let world = world_with_gifts(&["U1", "U2"]).await;
    let pool = "cards".parse().unwrap();
    let import = async |code: &str| {
        let codes = [code.to_owned()];
        let store = &world.stack.store;
        let id = &world.community.id;
        store.import_codes(id, &pool, &codes).await.unwrap();
    };
    import("CARD-1").await;
    for user in ["U1", "U2"] {
        let delivery = press(&world, user, "card");
        assert_eq!(world.deliver(&delivery).await.status, 200);
    }
    Box::pin(world.stack.run_until_idle()).await;
    let done = || count(&world, "U1", "redeem.done") + count(&world, "U2", "redeem.done");
    assert_eq!(done(), 1);
    import("CARD-2").await;
    world.minutes(20).await;
    assert_eq!(done(), 2);
}
