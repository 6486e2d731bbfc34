//! Freezes, levels, voided days and corrections, as a member and an operator see them.

use hearth_domain::days::LocalDay;
use hearth_domain::event::{Event, Happened};
use hearth_domain::member::{Effect, Member, MovedOut, Observed, Rules, Voided};
use hearth_domain::playbook::Task;

use crate::world::{World, event, member_id, ts};

fn noon(day: u32) -> String {
    format!("2026-01-{day:02}T04:00:00Z")
}

fn local(day: u32) -> LocalDay {
    format!("2026-01-{day:02}").parse().unwrap()
}

/// Check-ins, each told at its noon or at another, and what followed that is told to the member.
fn told(check_ins: &[(u32, u32)]) -> (Member, Vec<Effect>) {
    let world = World::taipei();
    let mut member = Member::new(member_id(), ts(&noon(1)));
    let mut effects = Vec::new();
    for (day, on) in check_ins {
        let rules = Rules::of(&world.playbook, world.zone(), &Task::ALL, ts(&noon(*on)));
        member.settle(&rules);
        let said = event(
            &format!("c{day}"),
            ts(&noon(*day)),
            Happened::CheckedIn { channel: None },
        );
        member.observe(&said, &rules, &MovedOut::new(), &mut effects);
    }
    effects.retain(|effect| matches!(effect, Effect::FreezeUsed { .. }));
    (member, effects)
}

fn days(days: impl IntoIterator<Item = u32>) -> Vec<(u32, u32)> {
    days.into_iter().map(|day| (day, day)).collect()
}

#[test]
fn the_check_in_after_a_protected_day_says_so_once() {
    let used = |left| Effect::FreezeUsed { left };
    for (check_ins, streak, freezes, expected) in [
        (days(1..=7), 7, 1, vec![]),
        (days((1..=7).chain(9..=10)), 9, 0, vec![used(0)]),
        (days((1..=14).chain([16])), 15, 1, vec![used(1)]),
        (days((1..=14).chain([17])), 15, 0, vec![used(0)]),
        (
            days((1..=14).chain([16, 18])),
            16,
            0,
            vec![used(1), used(0)],
        ),
        // Too long a gap: the streak is over, and nothing is told of it.
        (days((1..=7).chain([10])), 1, 0, vec![]),
        (days((1..=3).chain([5])), 1, 0, vec![]),
        // The day that was missing comes late: the freeze is back, and earned again with the 14th.
        (
            [days((1..=7).chain([9])), vec![(8, 10)]].concat(),
            9,
            1,
            vec![used(0)],
        ),
        // The later of two comes first; the other is no news.
        (
            [days(1..=14), vec![(17, 17), (16, 17)]].concat(),
            16,
            1,
            vec![used(0)],
        ),
        // A gap that has closed is no news: the check-in is two days late itself.
        ([days(1..=7), vec![(9, 11)]].concat(), 8, 0, vec![]),
    ] {
        let (member, effects) = told(&check_ins);
        let last = check_ins.iter().map(|(day, _)| *day).max().unwrap();
        let scoring = &member.scoring;
        assert_eq!(
            (scoring.streak(local(last)), scoring.freezes(local(last))),
            (streak, freezes),
            "{check_ins:?}"
        );
        assert_eq!(effects, expected, "{check_ins:?}");
    }
}

#[test]
fn a_freeze_is_spent_when_its_day_is_over_and_shown_so() {
    let (member, _) = told(&days(1..=14));
    for (today, streak, freezes) in [
        (14, 14, 2),
        (15, 14, 2),
        (16, 14, 1),
        (17, 14, 0),
        (18, 0, 0),
    ] {
        let scoring = &member.scoring;
        assert_eq!(
            (scoring.streak(local(today)), scoring.freezes(local(today))),
            (streak, freezes),
            "on the {today}th"
        );
    }
}

/// 21 check-ins and two milestones are 185 points: beyond the second level, from 50.
#[test]
fn a_level_is_reached_once_and_never_falls() {
    let mut world = World::taipei();
    for day in 1..=21 {
        world.happens(&noon(day), Happened::CheckedIn { channel: None });
    }
    assert_eq!(
        (world.member().points(), world.member().scoring.level),
        (185, 1)
    );
    let corrected = |points| Happened::Corrected {
        path: "thanks".to_owned(),
        points,
    };
    world.happens("2026-01-21T05:00:00Z", corrected(400));
    assert_eq!(
        (world.member().points(), world.member().scoring.level),
        (585, 3)
    );
    world.happens("2026-01-21T06:00:00Z", corrected(-500));
    assert_eq!(
        (world.member().points(), world.member().scoring.level),
        (85, 3)
    );
    let rules = Rules::of(&world.playbook, world.zone(), &[], world.now);
    let mut member = world.member().clone();
    let mut effects = Vec::new();
    let mut observed = |id: &str, points| {
        let said = event(id, world.now, corrected(points));
        member.observe(&said, &rules, &MovedOut::new(), &mut effects)
    };
    assert_eq!(observed("a", 500), Observed::Taken);
    assert_eq!(observed("b", 2_000), Observed::Taken);
    assert_eq!(observed("b", 2_000), Observed::Duplicate);
    let levels: Vec<&Effect> = effects
        .iter()
        .filter(|effect| matches!(effect, Effect::LevelUp { .. }))
        .collect();
    assert_eq!(levels, [&Effect::LevelUp { index: 4 }]);
}

#[test]
fn what_was_taken_too_much_is_paid_by_the_next_points() {
    let mut world = World::taipei();
    world.happens(&noon(5), Happened::CheckedIn { channel: None });
    world.happens(
        "2026-01-05T05:00:00Z",
        Happened::Corrected {
            path: "a mistake".to_owned(),
            points: -12,
        },
    );
    let sums = |world: &World| (world.member().scoring.total, world.member().scoring.owed);
    assert_eq!(sums(&world), (0, 7));
    world.happens(&noon(6), Happened::CheckedIn { channel: None });
    world.happens(&noon(7), Happened::CheckedIn { channel: None });
    assert_eq!(sums(&world), (3, 0));
    assert_eq!(world.ledger_and_open_days(), 3);
    let rows: Vec<&str> = world.ledger.keys().map(String::as_str).collect();
    assert_eq!(rows, ["correction/ev2"]);
}

#[test]
fn points_that_were_spent_stay_in_the_total_and_leave_the_balance() {
    let (mut member, _) = told(&days(1..=3));
    assert!(!member.scoring.spend(16));
    assert!(member.scoring.spend(10));
    assert!(!member.scoring.spend(6));
    assert_eq!((member.scoring.total, member.scoring.balance()), (15, 5));
}

#[test]
fn a_voided_day_is_worth_nothing_whether_it_is_open_or_closed() {
    let mut world = World::taipei();
    let voids = |day| Happened::DayVoided { day: local(day) };
    for day in 5..=9 {
        world.happens(&noon(day), Happened::CheckedIn { channel: None });
    }
    // The 8th is open: what is still heard of it earns nothing either.
    world.happens("2026-01-09T05:00:00Z", voids(8));
    world.deliver(&[event(
        "late",
        ts(&noon(8)),
        Happened::ReactionAdded { interest: None },
    )]);
    assert_eq!(world.member().points(), 20);
    // The 6th is closed and still in the item: a row of its own takes its points back, once.
    for _ in 0..2 {
        world.happens("2026-01-09T06:00:00Z", voids(6));
    }
    assert_eq!(
        (world.member().points(), world.ledger["reversal/2026-01-06"]),
        (15, -5)
    );
    let closed = world
        .member()
        .scoring
        .open
        .iter()
        .find(|day| day.day == local(6));
    assert_eq!(
        closed.map(|day| (day.voided, day.total())),
        Some((Voided::Closed, 5))
    );
    let week = local(6).week();
    let scoring = &world.member().scoring;
    assert_eq!(
        scoring.points_in(hearth_domain::period::Period::Week(week)),
        15
    );
    // The check-ins stay: an operator takes points, not days.
    assert_eq!((scoring.streak(local(9)), scoring.check_ins), (5, 5));
    for day in 10..=20 {
        world.happens(&noon(day), Happened::CheckedIn { channel: None });
        assert_eq!(
            i64::from(world.member().scoring.total),
            world.ledger_and_open_days()
        );
    }
    // What has left for the ledger, or has not begun, is not voided here.
    let before = world.member().clone();
    let rules = Rules::of(&world.playbook, world.zone(), &[], world.now);
    for day in [6, 30] {
        let said: Event = event(&format!("v{day}"), world.now, voids(day));
        let mut member = before.clone();
        let observed = member.observe(&said, &rules, &MovedOut::new(), &mut Vec::new());
        assert_eq!(
            (observed, &member),
            (Observed::Late, &before),
            "the {day}th"
        );
    }
}
