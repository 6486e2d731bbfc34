//! Orders and scores count once for ever, in whatever order, however often and however late they are
//! told; they say nothing of when somebody came, and nobody comes by them.

use std::collections::BTreeMap;

use hearth_domain::community::Community;
use hearth_domain::event::{Event, Facts, FeedbackScale, Happened};
use hearth_domain::member::Orders;
use hearth_domain::receipt::WeekFacts;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::world::{World, event, member_id, ts};

const NOW: &str = "2026-01-14T06:30:00Z";

fn paid(id: &str, at: Timestamp, order: &str, amount: u64, currency: &str) -> Event {
    let what = Happened::OrderPaid {
        order: order.parse().unwrap(),
        amount,
        currency: currency.parse().unwrap(),
    };
    event(id, at, what)
}

fn scored(id: &str, at: Timestamp, scale: FeedbackScale, score: u8) -> Event {
    event(id, at, Happened::FeedbackScored { scale, score })
}

/// In Taipei, with orders in TWD, and one member who joined yesterday.
fn world() -> World {
    let mut world = World::taipei();
    let currency = "TWD".parse().ok();
    world.community = Community {
        currency,
        ..world.community
    };
    world.now = ts(NOW);
    let yesterday = ts("2026-01-13T06:30:00Z");
    world.deliver(&[event("join", yesterday, Happened::Joined { came: None })]);
    world
}

fn day(text: &str) -> hearth_domain::days::LocalDay {
    text.parse().unwrap()
}

#[test]
fn an_order_counts_on_its_own_day_and_is_no_activity() {
    let mut world = world();
    let before = world.member().clone();
    let decision = world
        .deliver(&[
            paid("a", ts("2025-03-01T16:00:00Z"), "1001", 12_900, "TWD"),
            paid("b", ts("2026-01-14T01:00:00Z"), "1002", 100, "TWD"),
        ])
        .unwrap();
    assert_eq!((decision.tally.taken, decision.tally.late), (2, 0));
    let orders = Orders {
        first: day("2025-03-02"),
        last: day("2026-01-14"),
        count: 2,
        sum: 13_000,
    };
    let after = world.member();
    assert_eq!(after.orders, Some(orders));
    assert_eq!(
        (
            after.first_seen,
            &after.activity,
            &after.weeks,
            after.points()
        ),
        (
            before.first_seen,
            &before.activity,
            &before.weeks,
            before.points()
        )
    );
    let weeks: Vec<_> = world
        .facts
        .iter()
        .map(|(week, facts)| (week.to_string(), facts.orders, facts.revenue))
        .collect();
    assert_eq!(
        weeks,
        [
            ("2025-W09".to_owned(), 1, 12_900),
            ("2026-W03".to_owned(), 1, 100)
        ]
    );
}

#[test]
fn the_shops_id_counts_once_whatever_is_told_the_second_time() {
    let mut world = world();
    let at = ts("2026-01-14T01:00:00Z");
    let later = at + SignedDuration::from_hours(2);
    let first = paid("a", at, "1001", 500, "TWD");
    let decision = world
        .deliver(&[first.clone(), paid("b", later, "1001", 700, "TWD")])
        .unwrap();
    assert_eq!((decision.tally.taken, decision.tally.duplicate), (1, 1));
    for again in [first, paid("c", later, "1001", 900, "EUR")] {
        let decision = world.deliver(&[again]).unwrap();
        assert!(!decision.changed, "a duplicate writes nothing");
    }
    assert_eq!(
        world
            .member()
            .orders
            .map(|orders| (orders.count, orders.sum)),
        Some((1, 500))
    );
    world.deliver(&[paid("d", at, "1002", 1, "TWD")]);
    assert_eq!(
        world
            .member()
            .orders
            .map(|orders| (orders.count, orders.sum)),
        Some((2, 501))
    );
}

#[test]
fn who_is_unknown_buys_nothing_and_a_join_beside_it_is_of_its_own_day() {
    let mut world = World::taipei();
    world.now = ts(NOW);
    let old = paid("a", ts("2025-03-01T16:00:00Z"), "1001", 1, "TWD");
    assert_eq!(world.deliver(std::slice::from_ref(&old)), None);
    world.deliver(&[old, event("join", ts(NOW), Happened::Joined { came: None })]);
    let member = world.member();
    assert_eq!(
        (member.first_seen, member.orders.map(|orders| orders.count)),
        (ts(NOW), Some(1))
    );
}

#[test]
fn another_currency_counts_as_an_order_and_as_no_money() {
    let mut world = world();
    let at = ts("2026-01-14T01:00:00Z");
    let decision = world
        .deliver(&[paid("a", at, "1", 5, "EUR"), paid("b", at, "2", 7, "TWD")])
        .unwrap();
    assert_eq!(decision.counts, ["orders_other_currency"]);
    assert_eq!(
        world
            .member()
            .orders
            .map(|orders| (orders.count, orders.sum)),
        Some((2, 7))
    );
    let facts = world.facts.values().next().unwrap();
    assert_eq!((facts.orders, facts.paid, facts.revenue), (2, 1, 7));
    world.community.currency = None;
    let decision = world.deliver(&[paid("c", at, "3", 9, "TWD")]).unwrap();
    assert_eq!(
        decision.counts, [""; 0],
        "there is no other where there is none"
    );
    assert_eq!(
        world
            .member()
            .orders
            .map(|orders| (orders.count, orders.sum)),
        Some((3, 7))
    );
}

#[test]
fn what_staff_buy_is_kept_and_is_in_no_week() {
    let mut world = world();
    let staff = Event {
        facts: Facts {
            staff: Some(true),
            ..Facts::default()
        },
        ..paid("a", ts(NOW), "1", 5, "TWD")
    };
    let decision = world.deliver(&[staff]).unwrap();
    assert_eq!(
        (decision.receipts.rows.len(), decision.receipts.weeks.len()),
        (1, 0)
    );
}

#[test]
fn an_answer_is_activity_of_its_day_and_counts_once_for_ever() {
    let mut world = world();
    let now = ts(NOW);
    world.deliver(&[scored("a", now, FeedbackScale::Nps, 9)]);
    assert!(world.member().activity.active_on(day("2026-01-14")));
    let late = scored("b", ts("2025-12-01T00:00:00Z"), FeedbackScale::Stars, 1);
    for _ in 0..2 {
        world.deliver(&[late.clone(), scored("a", now, FeedbackScale::Nps, 9)]);
    }
    let facts = world
        .facts
        .values()
        .map(WeekFacts::columns)
        .collect::<Vec<_>>();
    assert_eq!(
        facts
            .iter()
            .map(|columns| columns.iter().sum::<u64>())
            .collect::<Vec<_>>(),
        [1, 1]
    );
    assert!(
        !world.member().activity.active_on(day("2025-12-01")),
        "too late for its day"
    );
    assert_eq!(
        world.receipts.iter().collect::<Vec<_>>(),
        ["feedback#a", "feedback#b"]
    );
}

/// So many orders of different days and amounts, each told once to three times by deliveries of their
/// own, among messages and scores.
fn any_deliveries() -> impl Strategy<Value = (Vec<Event>, Vec<Event>)> {
    let order = (0..500_i64, 0..20_000_u64, any::<bool>(), 1..4_usize);
    let orders = prop::collection::vec(order, 0..20).prop_map(|orders| {
        let told = |(n, (days, amount, foreign, times)): (usize, (i64, u64, bool, usize))| {
            let at = ts(NOW) - SignedDuration::from_hours(24 * days + i64::try_from(n).unwrap());
            let currency = if foreign { "EUR" } else { "TWD" };
            (0..times).map(move |time| {
                paid(
                    &format!("o{n}-{time}"),
                    at,
                    &format!("#{n}"),
                    amount,
                    currency,
                )
            })
        };
        orders
            .into_iter()
            .enumerate()
            .flat_map(told)
            .collect::<Vec<_>>()
    });
    let score = (0..100_i64, 0..=10_u8, 1..3_usize);
    let scores = prop::collection::vec(score, 0..10).prop_map(|scores| {
        let told = |(n, (days, score, times)): (usize, (i64, u8, usize))| {
            let at = ts(NOW) - SignedDuration::from_hours(24 * days);
            vec![scored(&format!("s{n}"), at, FeedbackScale::Nps, score); times]
        };
        scores
            .into_iter()
            .enumerate()
            .flat_map(told)
            .collect::<Vec<_>>()
    });
    (orders, scores).prop_flat_map(|(mut all, scores)| {
        all.extend(scores);
        (Just(all.clone()), Just(all).prop_shuffle())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// In whatever order and batches: the same member, the same weeks, and those of a plain list.
    #[test]
    fn any_order_of_orders_and_scores_gives_the_same(
        (told, shuffled) in any_deliveries(), size in 1..12_usize,
    ) {
        let (mut world, mut at_once) = (world(), world());
        if !told.is_empty() {
            at_once.deliver(&told);
        }
        for batch in shuffled.chunks(size) {
            world.deliver(batch);
        }
        prop_assert_eq!(world.member().orders, at_once.member().orders);
        prop_assert_eq!(world.member().activity, at_once.member().activity);
        prop_assert_eq!(world.member().first_seen, at_once.member().first_seen);
        prop_assert_eq!(&world.facts, &at_once.facts);

        let mut plain = BTreeMap::new();
        let mut answers = BTreeMap::new();
        for event in &told {
            match &event.what {
                Happened::OrderPaid { order, amount, currency } => {
                    let amount = if currency.as_str() == "TWD" { *amount } else { 0 };
                    plain.insert(order.clone(), (world.zone().day(event.at), amount));
                }
                Happened::FeedbackScored { score, .. } => {
                    answers.insert(event.id.clone(), *score);
                }
                other => prop_assert!(false, "{other:?}"),
            }
        }
        let orders = (!plain.is_empty()).then(|| Orders {
            first: plain.values().map(|(day, _)| *day).min().unwrap(),
            last: plain.values().map(|(day, _)| *day).max().unwrap(),
            count: u16::try_from(plain.len()).unwrap(),
            sum: plain.values().map(|(_, amount)| amount).sum(),
        });
        prop_assert_eq!(world.member().orders, orders);
        prop_assert_eq!(&world.member().id, &member_id());
        let mut all = WeekFacts::default();
        world.facts.values().for_each(|week| all.merge(week));
        prop_assert_eq!(all.orders, plain.len() as u64);
        prop_assert_eq!(all.revenue, plain.values().map(|(_, amount)| amount).sum::<u64>());
        prop_assert_eq!(all.detractors, answers.values().filter(|score| **score <= 6).count() as u64);
        prop_assert_eq!(all.nps_answers(), answers.len() as u64);
    }
}
