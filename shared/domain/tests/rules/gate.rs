//! The last look before a message goes out, as tables. Taipei: 10:00 is 02:00 UTC, and it is
//! quiet from 22:00 (14:00 UTC) to 08:00 (00:00 UTC).

use hearth_domain::event::{Facts, Happened, LeaveCause};
use hearth_domain::gate::{Gate, gate};
use hearth_domain::ids::ChannelId;
use hearth_domain::message::{Attempt, Message, SkipReason, State, To};
use hearth_domain::playbook::Class;

use crate::message::message;
use crate::world::{World, ts};

const DAYTIME: &str = "2026-01-05T03:00:00Z";
const NIGHT: &str = "2026-01-05T15:00:00Z";
const MORNING: &str = "2026-01-06T00:00:00Z";
const ALL: [Class; 4] = [Class::Answer, Class::Service, Class::Promo, Class::Ops];

/// Somebody who has been there since the day before.
fn world() -> World {
    let mut world = World::taipei();
    world.happens(
        "2026-01-04T01:00:00Z",
        Happened::ButtonPressed { message: None },
    );
    world
}

fn look(world: &World, message: &Message, now: &str) -> Gate {
    gate(
        message,
        world.member.as_ref(),
        &world.community,
        &world.playbook,
        ts(now),
    )
}

fn leave() -> Happened {
    Happened::Left {
        cause: LeaveCause::Voluntary,
    }
}

#[test]
fn in_the_daytime_everything_goes_out() {
    for class in ALL {
        assert_eq!(
            look(&world(), &message("onboarding/1/day-1", class), DAYTIME),
            Gate::Send,
            "{class:?}"
        );
    }
}

#[test]
fn quiet_hours_hold_what_nobody_asked_for() {
    for (class, at_night) in [
        (Class::Answer, Gate::Send),
        (Class::Ops, Gate::Send),
        (Class::Service, Gate::Hold(ts(MORNING))),
        (Class::Promo, Gate::Hold(ts(MORNING))),
    ] {
        let message = message("onboarding/1/day-1", class);
        assert_eq!(look(&world(), &message, NIGHT), at_night, "{class:?}");
        assert_eq!(
            look(&world(), &message, MORNING),
            Gate::Send,
            "{class:?}: the end is not quiet"
        );
        let held = message.hold(ts(MORNING));
        assert_eq!(look(&world(), &held, MORNING), Gate::Send);
    }
}

#[test]
fn quiet_hours_are_the_members_own() {
    let mut world = world();
    let facts = Facts {
        zone: Some("Europe/Berlin".parse_zone()),
        ..Facts::default()
    };
    world.happens_with("2026-01-04T02:00:00Z", Happened::Renamed, facts);
    let message = message("onboarding/1/day-1", Class::Service);
    assert_eq!(
        look(&world, &message, NIGHT),
        Gate::Send,
        "four in the afternoon in Berlin"
    );
    assert_eq!(
        look(&world, &message, DAYTIME),
        Gate::Hold(ts("2026-01-05T07:00:00Z")),
        "four in the morning in Berlin"
    );
}

trait ParseZone {
    fn parse_zone(&self) -> hearth_domain::days::Zone;
}

impl ParseZone for str {
    fn parse_zone(&self) -> hearth_domain::days::Zone {
        hearth_domain::days::Zone::new(self).unwrap()
    }
}

#[test]
fn who_said_stop_gets_only_answers_to_what_they_did_since() {
    // The message was written at 02:00.
    let table = [
        ("2026-01-05T01:00:00Z", Class::Answer, Gate::Send),
        ("2026-01-05T01:00:00Z", Class::Ops, Gate::Send),
        (
            "2026-01-05T01:00:00Z",
            Class::Service,
            Gate::Skip(SkipReason::OptedOut),
        ),
        (
            "2026-01-05T01:00:00Z",
            Class::Promo,
            Gate::Skip(SkipReason::OptedOut),
        ),
        (
            "2026-01-05T02:00:00Z",
            Class::Answer,
            Gate::Skip(SkipReason::OptedOut),
        ),
        (
            "2026-01-05T02:30:00Z",
            Class::Answer,
            Gate::Skip(SkipReason::OptedOut),
        ),
        (
            "2026-01-05T02:30:00Z",
            Class::Service,
            Gate::Skip(SkipReason::OptedOut),
        ),
        (
            "2026-01-05T02:30:00Z",
            Class::Promo,
            Gate::Skip(SkipReason::OptedOut),
        ),
    ];
    for (stop, class, expected) in table {
        let mut world = world();
        world.happens(stop, Happened::OptedOut);
        assert_eq!(
            look(&world, &message("streak/7", class), DAYTIME),
            expected,
            "{stop} {class:?}"
        );
        world.happens("2026-01-05T02:45:00Z", Happened::OptedIn);
        assert_eq!(
            look(&world, &message("streak/7", class), DAYTIME),
            Gate::Send,
            "{stop} {class:?}: and again, please"
        );
    }
}

#[test]
fn leavers_get_win_back_and_members_everything_else() {
    let over = Gate::Skip(SkipReason::NoLongerApplies);
    for (path, to_member, to_leaver) in [
        ("onboarding/1/day-1", Gate::Send, over),
        ("task/day-2", Gate::Send, over),
        ("streak/7", Gate::Send, over),
        ("win-back/1/survey", over, Gate::Send),
    ] {
        for class in ALL {
            let message = message(path, class);
            assert_eq!(
                look(&world(), &message, DAYTIME),
                to_member,
                "{path} {class:?}"
            );
            let mut gone = world();
            gone.happens("2026-01-05T02:30:00Z", leave());
            assert_eq!(
                look(&gone, &message, DAYTIME),
                to_leaver,
                "{path} {class:?}"
            );
        }
    }
}

#[test]
fn a_task_that_was_done_meanwhile_is_not_asked_for() {
    let mut world = world();
    world.happens_with(
        "2026-01-05T02:30:00Z",
        Happened::Renamed,
        Facts {
            name: Some("設計-小美".to_owned()),
            ..Facts::default()
        },
    );
    for (path, expected) in [
        ("onboarding/1/day-2", Gate::Skip(SkipReason::TaskDone)),
        ("onboarding/2/day-2", Gate::Skip(SkipReason::TaskDone)),
        ("onboarding/1/day-3", Gate::Send),
        ("onboarding/1/day-1.guide", Gate::Send),
        ("onboarding/1/no-such-step", Gate::Send),
        ("task/day-2", Gate::Send),
    ] {
        assert_eq!(
            look(&world, &message(path, Class::Service), DAYTIME),
            expected,
            "{path}"
        );
    }
}

#[test]
fn what_is_too_late_is_not_sent_whoever_it_is_for() {
    let message = message("onboarding/1/day-1", Class::Service);
    assert_eq!(
        look(&world(), &message, "2026-01-06T02:00:00Z"),
        Gate::Send,
        "the last moment"
    );
    assert_eq!(
        look(&world(), &message, "2026-01-06T02:00:00.000000001Z"),
        Gate::Skip(SkipReason::Expired)
    );
    assert_eq!(
        look(&World::taipei(), &message, "2026-01-06T02:00:01Z"),
        Gate::Skip(SkipReason::Expired)
    );
    let forever = Message {
        expires: None,
        ..message
    };
    assert_eq!(look(&world(), &forever, "2027-01-06T02:00:00Z"), Gate::Send);
}

#[test]
fn who_was_erased_gets_nothing() {
    assert_eq!(
        look(
            &World::taipei(),
            &message("onboarding/1/day-1", Class::Answer),
            DAYTIME
        ),
        Gate::Skip(SkipReason::Erased)
    );
}

#[test]
fn who_is_staff_by_now_gets_nothing() {
    let mut world = world();
    world.happens_with(
        "2026-01-05T02:30:00Z",
        Happened::ButtonPressed { message: None },
        Facts {
            staff: Some(true),
            ..Facts::default()
        },
    );
    assert_eq!(
        look(
            &world,
            &message("onboarding/1/day-1", Class::Service),
            DAYTIME
        ),
        Gate::Skip(SkipReason::NoLongerApplies)
    );
}

#[test]
fn a_channel_knows_no_night_and_needs_no_member() {
    let ops = To::Channel(ChannelId::new("C0OPS").unwrap());
    let report = Message {
        id: "acme/@community/report/2026-W01/1".parse().unwrap(),
        to: ops.clone(),
        ..message("report/2026-W01/1", Class::Ops)
    };
    assert_eq!(look(&World::taipei(), &report, NIGHT), Gate::Send);
    // What tells of a member goes with the member.
    let notice = Message {
        to: ops,
        ..message("case/1/opened", Class::Ops)
    };
    assert_eq!(look(&world(), &notice, NIGHT), Gate::Send);
    let gone = Gate::Skip(SkipReason::Erased);
    assert_eq!(look(&World::taipei(), &notice, NIGHT), gone);
}

/// Quiet hours or an opt-out that begin while somebody sends must not overwrite the lease or the
/// outcome: `claim` turns the second sender away.
#[test]
fn what_is_being_sent_or_was_is_left_alone() {
    let mut gone = world();
    gone.happens("2026-01-05T02:30:00Z", leave());
    let claimed = message("onboarding/1/day-1", Class::Service)
        .claim(ts("2026-01-05T13:59:59Z"))
        .unwrap();
    let unknown = claimed.finish(
        Attempt::Unknown {
            reason: "timeout".to_owned(),
        },
        false,
        ts(NIGHT),
    );
    assert!(matches!(unknown.state, State::Unknown { .. }));
    for message in [claimed, unknown] {
        assert_eq!(look(&world(), &message, NIGHT), Gate::Send);
        assert_eq!(look(&gone, &message, NIGHT), Gate::Send);
        assert!(message.claim(ts(NIGHT)).is_err());
    }
}
