//! Points over weeks: the total is always the ledger's sum, streaks are what a calendar shows,
//! and a retry writes the same bytes.

use hearth_domain::days::Zone;
use hearth_domain::event::{Event, Facts, Happened};
use hearth_domain::member::{DayPoints, LEDGER_DAYS, Order, Scoring};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::any_order::{agree_on_streak_and_periods, reviewed};
use crate::model::Model;
use crate::world::{World, event, ts};

const MONDAY: &str = "2026-01-05T00:00:00Z";
const DAY: u32 = 86_400;

/// Something and the hours after which it is told: at once, late, later, too late; once or twice.
#[derive(Debug, Clone)]
struct Told {
    second: u32,
    what: Happened,
    hours: (u8, Option<u8>),
}

fn any_delay() -> impl Strategy<Value = u8> {
    prop_oneof![6 => Just(0_u8), 2 => 1..30_u8, 1 => 30..49_u8, 1 => 49..80_u8]
}

fn any_told(what: impl Strategy<Value = Happened>) -> impl Strategy<Value = Told> {
    (
        0..DAY,
        what,
        any_delay(),
        prop::option::weighted(0.3, any_delay()),
    )
        .prop_map(|(second, what, first, second_time)| Told {
            second,
            what,
            hours: (first, second_time),
        })
}

fn any_day() -> impl Strategy<Value = Vec<Told>> {
    let check_in =
        prop::option::weighted(0.93, any_told(Just(Happened::CheckedIn { channel: None })));
    let message = || {
        let print = prop::option::weighted(0.7, 0..7_u16);
        (1..9_u32, prop::bool::weighted(0.05), print).prop_map(|(length, topic, print)| {
            Happened::MessagePosted {
                length: Some(length),
                topic,
                interest: None,
                print,
            }
        })
    };
    let talk = prop_oneof![
        6 => message(),
        1 => message().prop_map(reviewed),
        1 => Just(Happened::Shared),
        4 => Just(Happened::ReactionAdded { interest: None }),
    ];
    (check_in, prop::collection::vec(any_told(talk), 0..9)).prop_map(|(check_in, mut rest)| {
        rest.extend(check_in);
        rest
    })
}

/// What happens beside the days: the member moves, an operator voids a day or corrects points.
/// Told at once, but corrections twice.
#[derive(Debug, Clone)]
enum Aside {
    Moves(&'static str),
    Voids,
    Corrects(i32),
}

fn any_aside() -> impl Strategy<Value = Aside> {
    prop_oneof![
        2 => prop::sample::select(vec!["Asia/Tokyo", "Europe/Berlin", "Pacific/Auckland", "America/Los_Angeles"]).prop_map(Aside::Moves),
        1 => Just(Aside::Voids),
        2 => (-120..60_i32).prop_map(Aside::Corrects),
    ]
}

/// One aside every four days, at some second of the day.
fn told_aside(asides: &[(u32, Option<Aside>)]) -> Vec<(Timestamp, Event)> {
    let mut all = Vec::new();
    for (n, (second, aside)) in asides.iter().enumerate() {
        let day = i64::try_from(n).unwrap() * 4 + 3;
        let second = ts(MONDAY).as_second() + day * i64::from(DAY) + i64::from(*second);
        let at = Timestamp::from_second(second).unwrap();
        let said = |what| event(&format!("aside{n}"), at, what);
        match aside {
            None => {}
            Some(Aside::Moves(zone)) => {
                let facts = Facts {
                    zone: Some(Zone::new(zone).unwrap()),
                    ..Facts::default()
                };
                let moved = said(Happened::ButtonPressed { message: None });
                all.push((at, Event { facts, ..moved }));
            }
            // Yesterday, or the day before, is open wherever the member is.
            Some(Aside::Voids) => {
                let day = Zone::utc().day(at).plus(-1);
                all.push((at, said(Happened::DayVoided { day })));
            }
            Some(Aside::Corrects(points)) => {
                let corrected = said(Happened::Corrected {
                    path: "a-mistake".to_owned(),
                    points: *points,
                });
                all.push((at, corrected.clone()));
                all.push((at, corrected));
            }
        }
    }
    all
}

/// All deliveries by the time at which they arrive.
fn deliveries(days: Vec<Vec<Told>>, asides: &[(u32, Option<Aside>)]) -> Vec<(Timestamp, Event)> {
    let mut all = told_aside(asides);
    let mut n = 0;
    for (day, told) in (0_i64..).zip(days) {
        for Told {
            second,
            what,
            hours,
        } in told
        {
            n += 1;
            let at = Timestamp::from_second(
                ts(MONDAY).as_second() + day * i64::from(DAY) + i64::from(second),
            )
            .unwrap();
            let said = event(&format!("ev{n}"), at, what);
            let arrival = |hours: u8| {
                at.saturating_add(SignedDuration::from_hours(i64::from(hours)))
                    .unwrap()
            };
            all.extend(hours.1.map(|hours| (arrival(hours), said.clone())));
            all.push((arrival(hours.0), said));
        }
    }
    all.sort_by_key(|(arrival, said)| (*arrival, said.id.clone()));
    all
}

fn live_through(
    world: &mut World,
    deliveries: &[(Timestamp, Event)],
    batch: usize,
    dies_every: usize,
    spendings: &[u32],
    model: &mut Model,
) {
    // What an operator voids is still open when they do, and days are closed by the zone that is
    // known: both are told by themselves, at once.
    let is_alone = |(_, said): &(Timestamp, Event)| {
        said.facts.zone.is_some() || matches!(said.what, Happened::DayVoided { .. })
    };
    let batches = deliveries
        .chunk_by(|one, next| !is_alone(one) && !is_alone(next))
        .flat_map(|together| together.chunks(batch));
    for (n, batch) in batches.enumerate() {
        let now = batch.last().unwrap().0;
        world.until_instant(now);
        let events: Vec<Event> = batch.iter().map(|(_, said)| said.clone()).collect();
        if n % dies_every == 0 && !is_alone(&batch[0]) {
            // The function died after the closed days were written; SQS tells the events again.
            world.deliver_and_die(&events);
            world.until_instant(now.saturating_add(SignedDuration::from_secs(60)).unwrap());
        }
        world.deliver(&events);
        // A batch is applied in the order in which it happened.
        let mut sorted: Vec<&Event> = events.iter().collect();
        sorted.sort_by_key(|said| Order::of(said));
        for said in sorted {
            model.take(said, world.now, &world.playbook);
        }
        let scoring = &world.member().scoring;
        let sum = i64::from(scoring.total) - i64::from(scoring.owed);
        assert_eq!(sum, model.sum(&world.playbook));
        assert_eq!(sum, world.ledger_and_open_days());
        assert!(scoring.total == 0 || scoring.owed == 0);
        if let Some(points) = spendings.get(n) {
            let spent = model.spend(*points, &world.playbook);
            let scoring = &mut world.member.as_mut().unwrap().scoring;
            assert_eq!(scoring.spend(*points), spent);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn the_total_is_the_ledgers_sum_and_streaks_are_what_the_calendar_shows(
        days in prop::collection::vec(any_day(), 1..45),
        asides in prop::collection::vec((0..DAY, prop::option::weighted(0.4, any_aside())), 11),
        spendings in prop::collection::vec(0..90_u32, 0..40),
        batch in 1..12_usize,
        dies_every in 2..6_usize,
        zone in prop::sample::select(vec!["Asia/Taipei", "Pacific/Auckland", "America/Los_Angeles", "UTC"]),
    ) {
        let mut world = World::new("slack", zone);
        let mut model = Model::new(world.zone());
        let deliveries = deliveries(days, &asides);
        prop_assume!(!deliveries.is_empty());
        live_through(&mut world, &deliveries, batch, dies_every, &spendings, &mut model);

        let scoring = world.member().scoring.clone();
        let sum = i64::from(scoring.total) - i64::from(scoring.owed);
        prop_assert_eq!(sum, model.sum(&world.playbook));
        prop_assert_eq!(i64::from(scoring.balance()), model.balance(&world.playbook));
        prop_assert_eq!((scoring.longest, scoring.level), (model.longest(), model.level));
        for ahead in 0..3 {
            let today = model.zone_at(world.now).day(world.now).plus(ahead);
            agree_on_streak_and_periods(&scoring, today, &world, &model);
        }
        let paid: Vec<u16> = world.playbook.milestones.iter().map(|milestone| milestone.days).filter(|days| world.ledger.contains_key(&format!("streak/{days}"))).collect();
        prop_assert_eq!(paid, model.milestones(&world.playbook));

        // Two weeks of silence later nothing has changed but where the days are kept.
        for week in 0..2 {
            world.until_instant(world.now.saturating_add(SignedDuration::from_hours(24 * 7)).unwrap());
            world.deliver(&[event(&format!("last-{week}"), world.now, Happened::ButtonPressed { message: None })]);
        }
        prop_assert!(world.member().scoring.open.len() <= 2 * LEDGER_DAYS);
        prop_assert_eq!(world.ledger_and_open_days(), i64::from(scoring.total) - i64::from(scoring.owed));
    }

    /// Whoever works on the same stored item takes the same days out of it, whenever they do.
    #[test]
    fn the_same_days_leave_the_item_whoever_closes_it(check_ins in prop::collection::btree_set(0..12_i32, 0..12), stored in 3..14_i32, early in 0..9_i32, late in 0..9_i32) {
        let rules = World::taipei().playbook.points;
        let day = |n: i32| Zone::utc().day(ts(MONDAY)).plus(n);
        let mut scoring = Scoring::default();
        for n in check_ins.iter().filter(|n| **n <= stored) {
            scoring.check_in(day(*n), &rules);
        }
        scoring.close(day(stored));
        let total = |days: &[DayPoints]| days.iter().map(DayPoints::total).sum::<u32>();
        let held = total(&scoring.open);
        let (mut one, mut other) = (scoring.clone(), scoring);
        let (row, same_row) = (one.close(day(stored + early)), other.close(day(stored + late)));
        prop_assert!(row.is_empty() || row.len() == LEDGER_DAYS);
        prop_assert_eq!(&row, &same_row);
        prop_assert_eq!(total(&row) + total(&one.open), held);
        prop_assert_eq!(one.streak(day(stored + 20)), 0);
    }
}

#[test]
fn a_late_check_in_mends_the_streak_and_pays_its_milestone_once() {
    let mut world = World::taipei();
    let noon = |day: i32| format!("2026-01-{day:02}T04:00:00Z");
    for day in [5, 6, 7, 9, 10, 11] {
        world.happens(&noon(day), Happened::CheckedIn { channel: None });
        if day == 10 {
            assert_eq!(world.member().scoring.longest, 3);
            // The 8th, told 47 hours later: 5 to 10 are six days in a row.
            world.until("2026-01-10T05:00:00Z").deliver(&[event(
                "late",
                ts("2026-01-08T06:00:00Z"),
                Happened::CheckedIn { channel: None },
            )]);
            assert_eq!(world.member().scoring.longest, 6);
        }
    }
    assert_eq!(world.ledger.get("streak/7"), Some(&20));
    // The streak breaks, and the next seven days are not celebrated again.
    for day in 14..=21 {
        world.happens(&noon(day), Happened::CheckedIn { channel: None });
    }
    assert_eq!(
        world
            .messages
            .iter()
            .filter(|message| message.kind.as_str() == "check-in.streak")
            .count(),
        1
    );
    assert_eq!(
        world.member().scoring.streak(world.zone().day(world.now)),
        8
    );
}

#[test]
fn a_playbook_with_one_milestone_more_pays_the_others_no_second_time() {
    let mut world = World::taipei();
    for day in 1..=22 {
        world.happens(
            &format!("2026-01-{day:02}T04:00:00Z"),
            Happened::CheckedIn { channel: None },
        );
    }
    let mut between = world.playbook.milestones[0].clone();
    between.days = 14;
    world.playbook.milestones.insert(1, between);
    for day in 23..=31 {
        world.happens(
            &format!("2026-01-{day:02}T04:00:00Z"),
            Happened::CheckedIn { channel: None },
        );
    }
    let paid: Vec<&str> = world
        .ledger
        .keys()
        .map(String::as_str)
        .filter(|path| path.starts_with("streak/"))
        .collect();
    assert_eq!(paid, ["streak/21", "streak/30", "streak/7"]);
}

#[test]
fn check_ins_count_once_a_local_day_whatever_tells_of_them() {
    let mut world = World::taipei();
    // 23:59:59 and midnight in Taipei are two days, though one in UTC.
    for at in [
        "2026-01-05T15:00:00Z",
        "2026-01-05T15:59:59Z",
        "2026-01-05T16:00:00Z",
    ] {
        world.happens(at, Happened::CheckedIn { channel: None });
    }
    assert_eq!(
        (world.member().points(), world.member().scoring.longest),
        (10, 2)
    );
}

#[test]
fn messages_and_reactions_are_capped_by_the_day_and_short_ones_earn_nothing() {
    let mut world = World::taipei();
    let said = |length| Happened::MessagePosted {
        length,
        topic: false,
        interest: None,
        print: None,
    };
    for minute in 0..8 {
        world.happens(&format!("2026-01-05T04:0{minute}:00Z"), said(Some(4)));
        world.happens(
            &format!("2026-01-05T04:0{minute}:30Z"),
            Happened::ReactionAdded { interest: None },
        );
    }
    assert_eq!(world.member().points(), 5 + 3);
    world.happens("2026-01-06T04:00:00Z", said(Some(3)));
    world.happens("2026-01-06T04:01:00Z", said(None));
    assert_eq!(
        world.member().points(),
        5 + 3 + 1,
        "three characters are too short; no length told is long enough"
    );
}

/// 48 hours back from half past midnight on the Monday after the clocks went forward is Friday,
/// half past eleven in the evening: still not late, so its day is still open.
#[test]
fn a_day_stays_open_for_48_hours_over_a_change_of_clocks() {
    let mut world = World::new("slack", "Europe/Berlin");
    world.happens(
        "2026-03-26T12:00:00Z",
        Happened::CheckedIn { channel: None },
    );
    world.until("2026-03-29T22:30:00Z").deliver(&[event(
        "late",
        ts("2026-03-27T22:30:00Z"),
        Happened::CheckedIn { channel: None },
    )]);
    assert_eq!(
        (world.member().points(), world.member().scoring.longest),
        (10, 2)
    );
}

#[test]
fn a_day_stays_open_for_48_hours_for_who_flies_east() {
    let in_zone = |name: &str| Facts {
        zone: Some(Zone::new(name).unwrap()),
        ..Facts::default()
    };
    let mut world = World::new("slack", "America/Los_Angeles");
    world.happens_with(
        "2026-01-04T20:00:00Z",
        Happened::ButtonPressed { message: None },
        in_zone("America/Los_Angeles"),
    );
    // In Los Angeles it is Wednesday morning, in Auckland Thursday.
    world.happens_with(
        "2026-01-07T17:00:00Z",
        Happened::ButtonPressed { message: None },
        in_zone("Pacific/Auckland"),
    );
    // Monday in Los Angeles, 47 hours ago.
    world.until("2026-01-07T18:00:00Z").deliver(&[event(
        "late",
        ts("2026-01-05T19:00:00Z"),
        Happened::CheckedIn { channel: None },
    )]);
    assert_eq!(world.member().points(), 5);
    assert_eq!(
        world
            .member()
            .scoring
            .open
            .first()
            .map(|open| open.day.to_string())
            .as_deref(),
        Some("2026-01-05")
    );
}
