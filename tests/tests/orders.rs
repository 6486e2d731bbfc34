//! Orders and scores that a shop tells: counted once for ever, on their own day, and in the report.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hearth_aws::store::Kind;
use hearth_domain::ids::Currency;
use hearth_domain::kpi::Numbers;
use hearth_domain::playbook::Playbook;
use hearth_local::deliveries::Delivery;
use hearth_local::faults::{Call, Fault, Faults, NoFaults};
use hearth_local::people::People;
use hearth_local::stack::Function;
use hearth_tests::cost::cost_of;
use hearth_tests::world::{MONDAY, SHOP, World, shop, standing_at, world_with};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

const WEEK: &str = "2026-W02";
const A_YEAR_AGO: &str = "2025-01-06T12:00:00Z";

fn shop_in_euros() -> String {
    SHOP.replacen("locale = \"en\"", "locale = \"en\"\ncurrency = \"EUR\"", 1)
}

/// A shop's community in which `m1` and `m2` have joined.
async fn world_of_shop(faults: Arc<dyn Faults>, batch: usize) -> World {
    let mut options = standing_at(MONDAY);
    options.faults = faults;
    options.batch = batch;
    let world = Box::pin(world_with(options, &shop_in_euros())).await;
    for member in ["m1", "m2"] {
        let joined = world
            .shop_event(
                &format!("join-{member}"),
                "member.joined",
                &json!({"member": member}),
            )
            .await;
        assert_eq!(joined.status, 200, "{}", joined.body);
    }
    world.hours(1).await;
    world
}

async fn world() -> World {
    world_of_shop(Arc::new(NoFaults), 10).await
}

fn order(world: &World, delivery: &str, at: Timestamp, data: &Value) -> Delivery {
    shop()
        .event(delivery, "order.paid", at, data, world.now())
        .unwrap()
}

async fn tells(world: &World, delivery: &Delivery) {
    let answer = world.deliver(delivery).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    Box::pin(world.stack.run_until_idle()).await;
}

async fn pays(world: &World, delivery: &str, at: Timestamp, data: Value) {
    tells(world, &order(world, delivery, at, &data)).await;
}

/// Pays in euros, now.
async fn buys(world: &World, delivery: &str, member: &str, order: &str, amount: u64) {
    let data = bought(member, order, amount, "EUR");
    pays(world, delivery, world.now(), data).await;
}

fn bought(member: &str, order: &str, amount: u64, currency: &str) -> Value {
    json!({"member": member, "order": order, "amount": amount, "currency": currency})
}

async fn scores(world: &World, delivery: &str, scale: &str, score: u8) {
    let data = json!({"member": "m1", "scale": scale, "score": score});
    let answer = world.shop_event(delivery, "feedback.scored", &data).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

fn year_ago() -> Timestamp {
    A_YEAR_AGO.parse().unwrap()
}

async fn orders_of(world: &World, member: &str) -> (u64, String, String, u64) {
    let view = world.view(member).await;
    let orders = &view["orders"];
    let text = |name: &str| orders[name].as_str().unwrap().to_owned();
    let number = |name: &str| orders[name].as_u64().unwrap();
    (
        number("count"),
        text("first"),
        text("last"),
        number("sum_minor"),
    )
}

async fn numbers(world: &World) -> Numbers {
    world.until("2026-01-12T08:00:00Z").await;
    world.report(WEEK, 1).await.unwrap().numbers
}

#[tokio::test]
async fn an_order_counts_once_however_often_it_is_told() {
    let world = world().await;
    let now = world.now();
    let before = world.member("m1").await;
    let paid = |delivery, member, order, amount| {
        let data = bought(member, order, amount, "EUR");
        pays(&world, delivery, now, data)
    };
    for delivery in ["order:1:paid", "order:1:paid", "order:1:again"] {
        paid(delivery, "m1", "#1", 1_290).await;
    }
    world.days(3).await;
    paid("order:1:paid", "m1", "#1", 1_290).await;
    paid("order:2:paid", "m1", "#2", 10).await;
    // The same id of another member is another order.
    paid("order:1:m2", "m2", "#1", 700).await;
    assert_eq!(
        orders_of(&world, "m1").await,
        (2, "2026-01-05".to_owned(), "2026-01-05".to_owned(), 1_300)
    );
    let after = world.member("m1").await;
    assert_eq!(after.activity, before.activity, "to buy is no activity");
    let numbers = numbers(&world).await;
    let orders = &numbers.orders;
    assert_eq!(
        (orders.orders, orders.paid, orders.revenue_minor),
        (3, 3, 2_000)
    );
    assert_eq!(orders.currency.as_ref().map(Currency::as_str), Some("EUR"));
    assert_eq!((orders.with_order, orders.with_second_order), (2, 1));
    assert_eq!(
        (orders.paying_rate, orders.repurchase_rate),
        (Some(1.0), Some(0.5))
    );
    assert_eq!(orders.rfm.get("new-customer"), Some(&2));
}

#[tokio::test]
async fn last_years_orders_count_on_their_own_day_and_make_nobody_older() {
    let world = world().await;
    let first_seen = world.member("m1").await.first_seen;
    pays(
        &world,
        "import:1",
        year_ago(),
        bought("m1", "1", 500, "EUR"),
    )
    .await;
    buys(&world, "order:2", "m1", "2", 500).await;
    assert_eq!(
        orders_of(&world, "m1").await,
        (2, "2025-01-06".to_owned(), "2026-01-05".to_owned(), 1_000)
    );
    assert_eq!(world.member("m1").await.first_seen, first_seen);
    let long_ago = world
        .stack
        .store
        .week_facts(&world.community, "2025-W02".parse().unwrap())
        .await
        .unwrap();
    assert_eq!((long_ago.orders, long_ago.revenue), (1, 500));
    let numbers = numbers(&world).await;
    assert_eq!(
        (numbers.orders.orders, numbers.orders.with_second_order),
        (1, 1)
    );
    assert_eq!(numbers.new, 2);
}

#[tokio::test]
async fn money_of_another_currency_and_orders_of_nobody_are_counted_apart() {
    let world = world().await;
    let now = world.now();
    pays(&world, "order:1", now, bought("m1", "1", 500, "TWD")).await;
    assert!((world.metrics.sum("orders_other_currency") - 1.0).abs() < 0.1);
    pays(
        &world,
        "import:2",
        year_ago(),
        bought("m9", "2", 500, "EUR"),
    )
    .await;
    assert!((world.metrics.sum("orders_unknown_member") - 1.0).abs() < 0.1);
    assert_eq!(orders_of(&world, "m1").await.3, 0);
    let nobody = "m9".parse().unwrap();
    let stored = world.stack.store.member(&world.community, &nobody).await;
    assert_eq!(stored, Ok(None), "an order makes nobody a member");
    let orders = numbers(&world).await.orders;
    assert_eq!(
        (orders.orders, orders.paid, orders.revenue_minor),
        (1, 0, 0)
    );
    assert_eq!(orders.average_minor, None);
}

/// A checkout signs the customer up and tells of the order in one breath; the order comes first.
#[tokio::test]
async fn an_order_that_overtakes_its_join_waits_for_it() {
    let world = world().await;
    buys(&world, "order:1", "m3", "1", 500).await;
    let joined = world
        .shop_event("join-m3", "member.joined", &json!({"member": "m3"}))
        .await;
    assert_eq!(joined.status, 200);
    world.minutes(15).await;
    assert_eq!(orders_of(&world, "m3").await.0, 1);
    assert!(world.metrics.sum("orders_unknown_member") < 0.1);
}

#[tokio::test]
async fn amounts_that_cannot_be_are_refused() {
    let world = world().await;
    for amount in [
        json!(-1),
        json!(12.5),
        json!(1_000_000_000_001_u64),
        json!("9"),
    ] {
        let data = json!({"member": "m1", "order": "1", "amount": amount, "currency": "EUR"});
        let answer = world
            .deliver(&order(&world, "order:1", world.now(), &data))
            .await;
        assert_eq!(answer.status, 400, "{amount}");
    }
}

#[tokio::test]
async fn a_communitys_scores_are_in_its_report() {
    let world = world().await;
    for (n, (scale, score)) in (0..).zip([
        ("nps", 10),
        ("nps", 9),
        ("nps", 6),
        ("stars", 5),
        ("stars", 2),
        ("thumb", 0),
    ]) {
        scores(&world, &format!("answer-{n}"), scale, score).await;
        scores(&world, &format!("answer-{n}"), scale, score).await;
    }
    let found = numbers(&world).await;
    assert_eq!(found.dau.values().next(), Some(&1), "to answer is activity");
    let feedback = found.feedback;
    assert_eq!(
        (
            feedback.nps_promoters,
            feedback.nps_passives,
            feedback.nps_detractors
        ),
        (2, 0, 1)
    );
    assert_eq!(feedback.nps, Some(0.333_333_333));
    assert_eq!((feedback.stars, feedback.thumbs_down), ([0, 1, 0, 0, 1], 1));
    assert_eq!(
        (feedback.scored, feedback.negative, feedback.negative_share),
        (6, 3, None)
    );
}

/// An import hands many orders of one member to one invocation: more than one transaction takes.
#[tokio::test]
async fn an_import_of_one_member_is_more_than_one_transaction() {
    let world = world_of_shop(Arc::new(NoFaults), 1_000).await;
    let before = world.stack.work_units(Function::CheckIn);
    for n in 0..130_i64 {
        let at = year_ago() + SignedDuration::from_hours(24 * n);
        let data = bought("m1", &format!("import-{n}"), 10, "EUR");
        let answer = world
            .deliver(&order(&world, &format!("import:{n}"), at, &data))
            .await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
    Box::pin(world.stack.run_until_idle()).await;
    let (count, first, last, sum) = orders_of(&world, "m1").await;
    assert_eq!(
        (count, first.as_str(), last.as_str(), sum),
        (130, "2025-01-06", "2025-05-15", 1_300)
    );
    let units = world.stack.work_units(Function::CheckIn) - before;
    // Four transactions: a member each, a row an order, a sum a week (some weeks in two of them).
    assert!(units.write <= 2.0 * (4.0 + 130.0 + 22.0), "{}", units.write);
}

#[tokio::test]
async fn an_order_costs_six_units_and_told_again_none() {
    let world = world().await;
    let buys = |delivery| buys(&world, delivery, "m1", "1", 500);
    let first = cost_of(&world, Function::CheckIn, buys("order:1")).await;
    // Member, row and the week's sum, each two in a transaction.
    assert!((first.write - 6.0).abs() < 0.1, "{}", first.write);
    let again = cost_of(&world, Function::CheckIn, buys("order:1b")).await;
    assert!(again.write < 0.1, "{}", again.write);
    // The member at half a unit, the order's row at one.
    assert!((again.read - 1.5).abs() < 0.1, "{}", again.read);
}

/// Once, at a transaction.
pub(crate) struct Once(pub(crate) AtomicBool, pub(crate) Fault);

impl Faults for Once {
    fn fate(&self, call: Call<'_>) -> Option<Fault> {
        let writes = matches!(call, Call::Table("TransactWriteItems"));
        (writes && self.0.swap(false, Ordering::SeqCst)).then_some(self.1)
    }
}

#[tokio::test]
async fn whatever_happens_to_the_write_the_order_and_its_week_count_once() {
    for fault in [
        Fault::CrashBefore,
        Fault::CrashAfter,
        Fault::Refuse,
        Fault::LoseAnswer,
        Fault::Conflict,
    ] {
        let faults = Arc::new(Once(AtomicBool::new(false), fault));
        let world = world_of_shop(faults.clone(), 10).await;
        faults.0.store(true, Ordering::SeqCst);
        buys(&world, "order:1", "m1", "1", 500).await;
        world.minutes(30).await;
        assert!(!faults.0.load(Ordering::SeqCst), "{fault:?} happened");
        assert_eq!(orders_of(&world, "m1").await.0, 1, "{fault:?}");
        let week = WEEK.parse().unwrap();
        let facts = world.stack.store.week_facts(&world.community, week).await;
        let facts = facts.unwrap();
        assert_eq!((facts.orders, facts.revenue), (1, 500), "{fault:?}");
    }
}

#[tokio::test]
async fn orders_and_scores_are_exported_and_erased_and_leave_the_sums() {
    let world = world().await;
    buys(&world, "order:1", "m1", "1", 500).await;
    scores(&world, "answer-1", "nps", 9).await;
    let people = People {
        store: &world.stack.store,
        registry: &world.stack.registry,
        now: world.now(),
    };
    let (community, member) = (&world.community.id, "m1".parse().unwrap());
    let pseudonyms = &world.stack.pseudonyms;
    let export = people.export(community, &member, pseudonyms).await.unwrap();
    assert_eq!(export["orders"][0]["amount"], 500);
    assert_eq!(export["orders"][0]["currency"], "EUR");
    assert_eq!(export["feedback"][0]["score"], 9);
    assert_eq!(export["member"]["tags"], json!(["rfm:new-customer"]));
    Box::pin(people.erase(community, &member, pseudonyms))
        .await
        .unwrap();
    assert_eq!(
        world
            .stack
            .store
            .traces(&world.community, &member, world.now())
            .await
            .unwrap()
            .len(),
        0
    );
    let week = WEEK.parse().unwrap();
    let facts = world
        .stack
        .store
        .week_facts(&world.community, week)
        .await
        .unwrap();
    assert_eq!((facts.orders, facts.revenue, facts.promoters), (1, 500, 1));
}

#[tokio::test]
async fn without_a_currency_orders_count_and_no_money_does() {
    let world = Box::pin(world_with(standing_at(MONDAY), SHOP)).await;
    let joined = world
        .shop_event(
            "join",
            "member.joined",
            &json!({"member": "m1", "name": "設計-小美"}),
        )
        .await;
    assert_eq!(joined.status, 200);
    let industries = "\n[[industries]]\nid = \"design\"\nwords = [\"設計\"]\n";
    world
        .publish(
            Kind::Playbook,
            &format!("{}{industries}", Playbook::DEFAULT_TOML),
        )
        .await;
    buys(&world, "order:1", "m1", "1", 500).await;
    let view = world.view("m1").await;
    assert_eq!(view["orders"]["count"], 1);
    assert_eq!(view["orders"]["sum_minor"], Value::Null);
    assert_eq!(view["tags"], json!(["industry:design", "rfm:new-customer"]));
    assert!(world.metrics.sum("orders_other_currency") < 0.1);
    let orders = numbers(&world).await.orders;
    assert_eq!((orders.orders, orders.paid, orders.currency), (1, 0, None));
}
