//! Changes of clocks: a whole plan through every gap and fold of 2026 in ten zones, moves between
//! zones, and the ends of months and years.
//!
//! The transitions are read from the database that the crate carries, so that the list is never
//! older than the rules it is about.

use std::collections::BTreeSet;

use hearth_domain::days::{LocalDay, QuietHours, Zone};
use hearth_domain::event::{Facts, Happened};
use hearth_domain::message::State;
use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::world::{World, hours, ts};

const ZONES: [&str; 10] = [
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    // At midnight: days without 00:00, and days with two.
    "America/Santiago",
    "America/Havana",
    "Asia/Beirut",
    // South of the equator.
    "Australia/Sydney",
    // Half an hour.
    "Australia/Lord_Howe",
    // Ramadan is outside summer time.
    "Africa/Casablanca",
    // Two hours.
    "Antarctica/Troll",
];

/// One change of clocks, with what clocks showed just before it and at it.
#[derive(Debug)]
struct Change {
    zone: &'static str,
    before: DateTime,
    after: DateTime,
}

impl Change {
    /// The clocks went forward: times between the two do not exist. Else they exist twice.
    fn is_gap(&self) -> bool {
        self.after > self.before
    }

    /// A time of the clock in the middle of the gap or the fold, and its day.
    fn middle(&self) -> (LocalDay, Time) {
        let (first, second) = (self.before.min(self.after), self.before.max(self.after));
        let half = second.duration_since(first).as_mins() / 2;
        let middle = first + SignedDuration::from_mins(half);
        (LocalDay::from_date(middle.date()), middle.time())
    }
}

fn changes() -> Vec<Change> {
    let (from, until) = (ts("2026-01-01T00:00:00Z"), ts("2027-01-01T00:00:00Z"));
    let of = |zone: &'static str| {
        let tz = TimeZone::get(zone).unwrap();
        let offset_before = tz.to_offset(from);
        let transitions = tz.following(from).take_while(|t| t.timestamp() < until);
        let mut last = offset_before;
        let mut changes = Vec::new();
        for transition in transitions {
            let at = transition.timestamp();
            let (before, after) = (last.to_datetime(at), transition.offset().to_datetime(at));
            last = transition.offset();
            if before != after {
                changes.push(Change {
                    zone,
                    before,
                    after,
                });
            }
        }
        changes
    };
    ZONES.into_iter().flat_map(of).collect()
}

/// Whether a wall clock shows a quiet time: by the definition, without asking the code.
fn shows_quiet(quiet: QuietHours, local: DateTime) -> bool {
    let (time, QuietHours { from, until }) = (local.time(), quiet);
    if from > until {
        time >= from || time < until
    } else {
        time >= from && time < until
    }
}

/// Follows a plan to its end and holds each step to its day, once, in order and outside the quiet
/// hours. Answers how many went out.
fn follow(world: &mut World, join: Timestamp, told: &str) -> usize {
    let zone = world.zone().clone();
    world.happens(&join.to_string(), Happened::Joined { came: None });
    let mut dues = vec![world.plan().started];
    while let Some(due) = world.plan().due {
        let last = dues.last().unwrap();
        assert!(due > *last, "{told}: {due} is after {last}");
        dues.push(due);
        world.until_instant(due);
    }
    assert_eq!(dues.len(), 7, "{told}");
    let day_one = zone.day(join);
    let mut days = BTreeSet::new();
    let steps = world.messages.iter().filter(|message| {
        let path = message.id.path();
        path.starts_with("onboarding/") && !path.contains("guide")
    });
    for (n, message) in (0..).zip(steps) {
        let path = message.id.path();
        assert_eq!(path, format!("onboarding/1/day-{}", n + 1), "{told}");
        assert!(
            matches!(message.state, State::Pending { .. }),
            "{told} {path}"
        );
        let written = message.created;
        assert_eq!(zone.day(written), day_one.plus(n), "{told} {path}");
        assert!(days.insert(zone.day(written)), "{told} {path}");
        if n == 0 {
            continue;
        }
        // What is written in the evening's quiet hours is read the next morning.
        let QuietHours { from, until } = world.playbook.quiet_hours;
        let evening = from > until && zone.local(written).time() >= from;
        let goes = world.passes(message).unwrap();
        let day = zone.day(written).plus(i32::from(evening));
        assert_eq!(zone.day(goes), day, "{told} {path}: {goes}");
        let quiet = shows_quiet(world.playbook.quiet_hours, zone.local(goes));
        assert!(!quiet, "{told} {path}: {}", zone.local(goes));
    }
    days.len()
}

#[test]
fn every_zone_changes_its_clocks_in_2026_and_each_way() {
    let changes = changes();
    for zone in ZONES {
        let of = |gap| {
            let of_zone = changes.iter().filter(|change| change.zone == zone);
            of_zone.filter(|change| change.is_gap() == gap).count()
        };
        assert!(of(true) >= 1 && of(false) >= 1, "{zone}: {changes:?}");
    }
}

/// Ten o'clock, a time that the clock jumps over or shows twice, and quiet hours that end or begin
/// in it.
#[test]
fn each_step_goes_out_once_on_its_own_day_through_every_change() {
    let ten = Time::constant(10, 0, 0, 0);
    let mut plans = 0;
    for change in changes() {
        let (day, middle) = change.middle();
        let usual = World::taipei().playbook.quiet_hours;
        let ends_there = QuietHours {
            from: Time::constant(22, 0, 0, 0),
            until: middle,
        };
        let begins_there = QuietHours {
            from: middle,
            until: Time::constant(8, 0, 0, 0),
        };
        let none = QuietHours {
            from: ten,
            until: ten,
        };
        for (send_at, quiet) in [
            (ten, usual),
            (ten, ends_there),
            (middle, usual),
            (middle, ends_there),
            (middle, begins_there),
            (middle, none),
        ] {
            // The change is on each day of the plan after the first.
            for nth in 1..7 {
                let mut world = World::new("slack", change.zone);
                world.playbook.onboarding.send_at = send_at;
                world.playbook.quiet_hours = quiet;
                let noon = Time::constant(12, 0, 0, 0);
                let join = world.zone().at(day.plus(-nth), noon);
                let told = format!("{change:?} on day {} at {send_at} {quiet:?}", nth + 1);
                assert_eq!(follow(&mut world, join, &told), 7, "{told}");
                plans += 1;
            }
        }
    }
    assert!(plans >= 20 * 36, "{plans}");
}

#[test]
fn who_moves_on_any_day_of_the_plan_gets_each_step_once() {
    // West and east, by a few hours and by almost a day.
    for (from, to) in [
        ("Asia/Taipei", "Europe/Berlin"),
        ("Europe/Berlin", "Asia/Taipei"),
        ("Asia/Taipei", "America/New_York"),
        ("America/New_York", "Asia/Taipei"),
        ("America/Los_Angeles", "Australia/Sydney"),
        ("Australia/Sydney", "America/Los_Angeles"),
        ("Pacific/Honolulu", "Pacific/Kiritimati"),
        ("Pacific/Kiritimati", "Pacific/Honolulu"),
    ] {
        let lives_in = |zone: &str| Facts {
            zone: Some(Zone::new(zone).unwrap()),
            ..Facts::default()
        };
        let join = ts("2026-03-26T12:00:00Z");
        for after in 1..(24 * 6) {
            let mut world = World::taipei();
            let moved = join + hours(after);
            world
                .happens_with(
                    &join.to_string(),
                    Happened::Joined { came: None },
                    lives_in(from),
                )
                .happens_with(&moved.to_string(), Happened::ReactionRemoved, lives_in(to))
                .until_instant(join + hours(24 * 10));
            let steps: Vec<&str> = world
                .messages
                .iter()
                .filter(|message| matches!(message.state, State::Pending { .. }))
                .map(|message| message.id.path())
                .filter(|path| !path.contains("guide"))
                .collect();
            let expected: Vec<String> = (1..8).map(|n| format!("onboarding/1/day-{n}")).collect();
            assert_eq!(steps, expected, "{from} to {to} after {after} hours");
            // None was before its day on the clock that they had then.
            let (old, new) = (Zone::new(from).unwrap(), Zone::new(to).unwrap());
            let first = old.day(join);
            let later = world
                .messages
                .iter()
                .filter(|m| !m.id.path().contains("day-1"));
            for (n, message) in (1..).zip(later) {
                let at = message.created;
                let fits = |zone: &Zone| zone.day(at) >= first.plus(n);
                // In the moment of the move it may have been either clock's.
                let fits = (at <= moved && fits(&old)) || (at >= moved && fits(&new));
                assert!(fits, "{from} to {to} after {after}: {}", message.id);
            }
        }
    }
}

#[test]
fn months_and_years_end_in_the_middle_of_a_plan() {
    for (join, days) in [
        (
            "2028-02-26T01:30:00Z",
            ["02-27", "02-28", "02-29", "03-01", "03-02", "03-03"],
        ),
        (
            "2026-02-25T01:30:00Z",
            ["02-26", "02-27", "02-28", "03-01", "03-02", "03-03"],
        ),
        // The ISO year 2026 has 53 weeks: its last day is 3 January 2027.
        (
            "2026-12-29T01:30:00Z",
            ["12-30", "12-31", "01-01", "01-02", "01-03", "01-04"],
        ),
        (
            "2028-12-29T01:30:00Z",
            ["12-30", "12-31", "01-01", "01-02", "01-03", "01-04"],
        ),
    ] {
        let mut world = World::taipei();
        assert_eq!(follow(&mut world, ts(join), join), 7);
        let found: Vec<String> = world
            .messages
            .iter()
            .skip(2)
            .map(|message| {
                world
                    .zone()
                    .local(message.created)
                    .strftime("%m-%d")
                    .to_string()
            })
            .collect();
        assert_eq!(found, days, "{join}");
    }
}
