//! Being named a star of the community: points once, a message once.

use hearth_domain::event::Happened;
use hearth_domain::message::State;
use jiff::SignedDuration;

use crate::world::{World, event, ts};

/// A quarter past midnight in Taipei, after 2 February.
const NAMED: &str = "2026-02-02T16:15:00Z";

fn starred(points: u16) -> Happened {
    Happened::Starred {
        month: "2026-01".parse().unwrap(),
        place: 2,
        points,
    }
}

/// Somebody who joined in January, at the moment at which stars are named.
fn world() -> World {
    let mut world = World::taipei();
    world.joins("2026-01-05T01:00:00Z").until(NAMED);
    world
}

#[test]
fn a_star_is_paid_and_told_once_however_often_it_is_told() {
    let mut world = world();
    let before = world.member().points();
    let told = event("star:2026-01:U1", ts(NAMED), starred(50));
    world.deliver(&[told.clone(), told.clone()]);
    world.until("2026-02-03T04:00:00Z");
    world.deliver(std::slice::from_ref(&told));
    // Later than events are taken: the first time was long ago.
    world.until_instant(ts(NAMED) + SignedDuration::from_hours(49));
    world.deliver(&[told]);
    assert_eq!(world.member().points(), before + 50);
    assert_eq!(world.ledger["star/2026-01"], 50);
    assert_eq!(world.ledger_and_open_days(), i64::from(before) + 50);
    assert!(world.member().scoring.level > 0, "50 points are a level");
    let sent = world.sent_since(NAMED);
    let stars = sent.lines().filter(|line| line.contains("star/2026-01"));
    assert_eq!(
        stars.collect::<Vec<_>>(),
        ["Tue 03 Feb 00:15 star/2026-01 = star.mine: PENDING"]
    );
}

#[test]
fn the_message_says_what_for_and_waits_for_the_morning() {
    let mut world = world();
    world.deliver(&[event("star:2026-01:U1", ts(NAMED), starred(50))]);
    let message = world.message("star/2026-01").clone();
    let values: Vec<(&str, &str)> = message
        .values
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(
        values,
        [
            ("award.points", "50"),
            ("badge.name", "Star of the community"),
            ("star.month", "January 2026"),
            ("star.place", "2"),
        ],
        "no perks: their line goes"
    );
    assert!(matches!(message.state, State::Pending { .. }));
    assert_eq!(world.passes(&message), Ok(ts("2026-02-03T00:00:00Z")));
}

#[test]
fn without_a_text_there_are_points_and_no_message() {
    let mut world = world();
    let star = world.playbook.closing.as_mut().unwrap().star.as_mut();
    star.unwrap().mine = None;
    world.deliver(&[event("star:2026-01:U1", ts(NAMED), starred(0))]);
    assert_eq!(world.ledger["star/2026-01"], 0);
    assert!(!world.sent().contains("star/"));
}
