//! Silence: a month without a post, a message, and three times at most. Taipei; the last post is
//! on Monday 2026-01-05.

use hearth_domain::days::Zone;
use hearth_domain::event::{Facts, Happened, LeaveCause};
use hearth_domain::ids::InterestId;
use insta::assert_snapshot;

use crate::world::{World, event, message_id, ts};

const POST: &str = "2026-01-05T03:00:00Z";
const SILENT: &str = "2026-02-04T02:00:00Z";
const YEAR_END: &str = "2026-12-31T00:00:00Z";

fn post() -> Happened {
    Happened::MessagePosted {
        length: Some(20),
        topic: false,
        interest: None,
        print: None,
    }
}

/// Who was there before anybody counted, and posted.
fn member() -> World {
    let mut world = World::taipei();
    world.happens(POST, post());
    world
}

/// How often they were woken up.
fn woken(world: &World) -> usize {
    let wake_ups = world.messages.iter().map(|message| message.id.path());
    wake_ups
        .filter_map(|path| path.strip_prefix("wake-up/"))
        .filter(|day| !day.contains('.'))
        .count()
}

fn vote(message: Option<&str>, interest: Option<&str>, quiet: bool) -> Happened {
    Happened::Voted {
        message: message.map(|id| id.parse().unwrap()),
        interest: interest.map(|id| InterestId::new(id).unwrap()),
        quiet,
    }
}

#[test]
fn three_times_a_month_apart_and_then_peace() {
    let mut world = member();
    world.until(YEAR_END);
    assert_snapshot!(world.sent(), @r"
    Wed 04 Feb 10:00 wake-up/2026-02-04 = wake-up.silent.fallback: PENDING
    Fri 06 Mar 10:00 wake-up/2026-03-06 = wake-up.silent.fallback: PENDING
    Sun 05 Apr 10:00 wake-up/2026-04-05 = wake-up.silent.fallback: PENDING
    ");
    assert_eq!(world.member().next_due(), None);
    // What they do without a word is no reason to begin again.
    world
        .happens(
            "2026-12-31T01:00:00Z",
            Happened::ReactionAdded { interest: None },
        )
        .until("2027-12-31T00:00:00Z");
    assert_eq!(woken(&world), 3);
}

#[test]
fn a_post_moves_nothing_until_the_day_comes() {
    let mut world = member();
    let waits = world.member().journey.clone();
    assert_eq!(waits.wake.due, Some(ts(SILENT)));
    for day in [
        "2026-01-10T03:00:00Z",
        "2026-01-20T03:00:00Z",
        "2026-02-03T03:00:00Z",
    ] {
        world.happens(day, post());
        assert_eq!(
            world.member().journey.wake,
            waits.wake,
            "a post writes no due"
        );
    }
    // The day comes, the item is read, and the day moves on by as much as they were not silent.
    world.until(SILENT);
    assert_eq!(woken(&world), 0);
    let due = world.member().journey.wake.due;
    assert_eq!(due, Some(ts("2026-03-05T02:00:00Z")));
    world.until("2026-03-05T02:00:00Z");
    assert_eq!(woken(&world), 1);
}

#[test]
fn after_a_new_post_silence_begins_anew() {
    let mut world = member();
    world
        .until("2026-07-01T00:00:00Z")
        .happens("2026-07-01T03:00:00Z", post())
        .until("2026-07-31T01:59:59Z");
    assert_eq!(woken(&world), 3);
    world.until("2026-07-31T02:00:00Z");
    assert_eq!(woken(&world), 4);
    world.until("2027-07-31T02:00:00Z");
    assert_eq!(woken(&world), 6);
}

#[test]
fn who_answers_the_last_wake_up_on_its_own_day_has_spoken() {
    // In Kiritimati it is tomorrow: the wake-up's day is the one after the post's.
    for zone in [
        None,
        Some("Pacific/Kiritimati"),
        Some("America/Los_Angeles"),
    ] {
        let mut world = World::taipei();
        let facts = Facts {
            zone: zone.map(|name| Zone::new(name).unwrap()),
            ..Facts::default()
        };
        world
            .happens_with(POST, post(), facts)
            .until("2026-04-05T19:00:00Z");
        assert_eq!(woken(&world), 3, "{zone:?}");
        let last = world.messages.last().unwrap().created;
        let soon = last + crate::world::hours(1);
        world
            .happens(&soon.to_string(), post())
            .until_instant(soon + crate::world::hours(24 * 31));
        assert_eq!(woken(&world), 4, "{zone:?}");
    }
}

#[test]
fn a_wake_up_brings_what_they_like() {
    let tools = InterestId::new("tools").ok();
    let mut world = member();
    world
        .happens(
            "2026-01-06T03:00:00Z",
            Happened::InterestChosen { interest: tools },
        )
        .until("2026-03-07T00:00:00Z");
    assert_snapshot!(world.sent(), @r"
    Wed 04 Feb 10:00 wake-up/2026-02-04 = wake-up.silent content 1: PENDING
    Fri 06 Mar 10:00 wake-up/2026-03-06 = wake-up.silent content 1: PENDING
    ");
}

#[test]
fn a_vote_is_a_wish_and_just_reading_is_one_too() {
    let wake_up = "acme/U1/wake-up/2026-02-04";
    let mut world = member();
    world.until("2026-02-04T03:00:00Z");
    world
        .happens(
            "2026-02-04T03:00:00Z",
            vote(Some(wake_up), Some("tools"), false),
        )
        .happens(
            "2026-02-04T03:01:00Z",
            vote(Some(wake_up), Some("growth"), false),
        );
    let chosen = world.member().chosen_interest();
    assert_eq!(
        chosen.map(InterestId::as_str),
        Some("growth"),
        "the last counts"
    );
    assert_snapshot!(world.sent_since("2026-02-04T03:00:00Z"), @"Wed 04 Feb 11:00 wake-up/2026-02-04.voted = wake-up.voted: PENDING");
    assert_eq!(world.ignored, 0);

    for quiet in [vote(Some(wake_up), None, true), vote(None, None, true)] {
        let mut world = member();
        world.happens("2026-02-04T03:00:00Z", quiet).until(YEAR_END);
        assert_eq!((woken(&world), world.ignored), (1, 0));
        // They said that they read. Who writes again may fall silent again.
        world
            .happens("2027-01-01T03:00:00Z", post())
            .until("2027-02-01T00:00:00Z");
        assert_eq!(woken(&world), 2);
    }
    // A word that is no interest is heard, and thanked for by nobody.
    let mut world = member();
    world.happens("2026-02-04T03:00:00Z", vote(Some(wake_up), None, false));
    assert_eq!((world.messages.len(), world.ignored), (1, 0));
}

#[test]
fn a_vote_that_nobody_asked_for_is_counted_as_such() {
    for (what, at, message) in [
        ("before any", "2026-02-03T03:00:00Z", None),
        (
            "somebody else's",
            "2026-02-05T03:00:00Z",
            Some("acme/U2/wake-up/2026-02-04"),
        ),
        (
            "no wake-up",
            "2026-02-05T03:00:00Z",
            Some("acme/U1/onboarding/1/day-1"),
        ),
    ] {
        let mut world = member();
        world.happens(at, vote(message, None, true));
        assert_eq!(world.ignored, 1, "{what}");
        world.until(YEAR_END);
        assert_eq!(woken(&world), 3, "{what}");
    }
}

#[test]
fn who_wants_none_or_is_not_there_is_left_alone() {
    let staff = Facts {
        staff: Some(true),
        ..Facts::default()
    };
    let left = |cause| Happened::Left { cause };
    for (what, event, facts) in [
        ("opted out", Happened::OptedOut, Facts::default()),
        (
            "digest",
            Happened::DigestOnly { message: None },
            Facts::default(),
        ),
        ("left", left(LeaveCause::Voluntary), Facts::default()),
        ("removed", left(LeaveCause::Removed), Facts::default()),
        ("staff", Happened::ReactionRemoved, staff),
    ] {
        let mut world = member();
        world
            .happens_with("2026-01-20T03:00:00Z", event, facts)
            .until(YEAR_END);
        assert_eq!(woken(&world), 0, "{what}");
    }
    // Who wants everything again is watched again.
    let mut world = member();
    world
        .happens("2026-01-20T03:00:00Z", Happened::OptedOut)
        .happens("2026-01-21T03:00:00Z", Happened::OptedIn)
        .until(SILENT);
    assert_eq!(woken(&world), 1);
    // And nobody is, where the playbook has no such thing.
    let mut world = World::taipei();
    world.playbook.wake_up = None;
    world.happens(POST, post());
    assert_eq!(world.member().journey.wake.due, None);
}

#[test]
fn who_is_on_the_plan_is_not_woken_up() {
    let mut world = World::taipei();
    let days = [1, 2, 3, 4, 5, 6, 12];
    for (step, day) in world.playbook.onboarding.steps.iter_mut().zip(days) {
        step.day = day;
    }
    if let Some(rules) = &mut world.playbook.wake_up {
        rules.after_days = 7;
    }
    world.joins(POST).until("2026-01-20T00:00:00Z");
    assert_snapshot!(world.sent_since("2026-01-11T00:00:00Z"), @r"
    Fri 16 Jan 10:00 onboarding/1/day-7 = onboarding.day-7.missed: PENDING
    Fri 16 Jan 10:00 wake-up/2026-01-16 = wake-up.silent.fallback: PENDING
    ");
}

#[test]
fn who_was_away_was_not_silent() {
    let mut world = World::taipei();
    world
        .joins("2025-12-01T03:00:00Z")
        .until("2025-12-20T00:00:00Z")
        .leaves("2025-12-20T03:00:00Z")
        .joins("2026-01-18T03:00:00Z")
        .until("2026-02-17T01:59:59Z");
    assert_eq!(woken(&world), 0, "{}", world.sent());
    world.until("2026-02-17T02:00:00Z");
    assert_eq!(woken(&world), 1);
}

#[test]
fn a_wake_up_a_day_late_is_none_and_counts() {
    for (looked, state) in [
        ("2026-02-05T02:00:00Z", "PENDING"),
        ("2026-02-05T02:00:01Z", "SKIPPED expired"),
    ] {
        let mut world = member();
        world.outage_until(looked).tick();
        let line = world.sent();
        assert!(line.trim_end().ends_with(state), "{looked}: {line}");
        let wake = &world.member().journey.wake;
        assert_eq!((wake.sent, wake.skipped), (1, state != "PENDING"));
        world.until(YEAR_END);
        assert_eq!(woken(&world), 3);
        assert!(
            !world.member().journey.wake.skipped,
            "the last one went out"
        );
    }
}

#[test]
fn somebody_found_silent_long_ago_is_not_written_to_as_if_it_were_today() {
    let mut world = World::taipei();
    let old = event("old", ts("2025-06-01T00:00:00Z"), post());
    world.outage_until("2026-01-05T03:00:00Z").deliver(&[old]);
    world.until("2026-01-05T03:00:00Z");
    assert!(
        world.sent().trim_end().ends_with("SKIPPED expired"),
        "{}",
        world.sent()
    );
}

#[test]
fn where_the_staff_must_tap_send_wake_ups_count_too() {
    let mut world = World::new("wecom", "Asia/Shanghai");
    if let Some(rules) = &mut world.playbook.wake_up {
        (rules.after_days, rules.every_days, rules.most) = (7, 7, 5);
    }
    world
        .happens(
            "2026-01-24T03:00:00Z",
            Happened::ReactionAdded { interest: None },
        )
        .until("2026-03-08T00:00:00Z");
    assert_snapshot!(world.sent(), @r"
    Sat 31 Jan 10:00 wake-up/2026-01-31 = wake-up.silent.fallback: PENDING
    Sat 07 Feb 10:00 wake-up/2026-02-07 = wake-up.silent.fallback: PENDING
    Sat 14 Feb 10:00 wake-up/2026-02-14 = wake-up.silent.fallback: PENDING
    Sat 21 Feb 10:00 wake-up/2026-02-21 = wake-up.silent.fallback: PENDING
    Sat 28 Feb 10:00 wake-up/2026-02-28 = wake-up.silent.fallback: SKIPPED platform-quota
    ");
}

#[test]
fn the_leap_day_may_be_the_day() {
    let mut world = World::taipei();
    world
        .happens("2028-01-30T03:00:00Z", post())
        .until("2028-03-30T02:00:00Z");
    let days: Vec<&str> = world.messages.iter().map(|m| m.id.path()).collect();
    assert_eq!(days, ["wake-up/2028-02-29", "wake-up/2028-03-30"]);
    let id = message_id("wake-up/2028-02-29");
    assert_eq!(world.messages[0].id, id);
}
