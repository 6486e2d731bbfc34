//! Every step of the plan at the member's local time, in ten zones, through every change of
//! clocks of ten years.

use hearth_domain::days::Zone;
use hearth_domain::event::{Facts, Happened};
use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use crate::world::{World, event};

const ZONES: [&str; 10] = [
    "Asia/Taipei",
    "Europe/Berlin",
    "America/New_York",
    // Half an hour of summer time.
    "Australia/Lord_Howe",
    // Quarter hours.
    "Asia/Kathmandu",
    "Pacific/Chatham",
    // The clock goes forward at midnight: days without 00:00.
    "America/Santiago",
    "Africa/Cairo",
    // Ramadan is outside summer time.
    "Africa/Casablanca",
    // A day ahead.
    "Pacific/Kiritimati",
];

/// A second in the years 2024 to 2033, often within two days of a change of clocks.
fn any_second(zone: &'static str) -> impl Strategy<Value = i64> {
    let from = Timestamp::from_second(1_704_067_200).unwrap();
    let changes: Vec<i64> = TimeZone::get(zone)
        .unwrap()
        .following(from)
        .take_while(|change| change.timestamp().as_second() < 2_019_686_400)
        .map(|change| change.timestamp().as_second())
        .collect();
    let anywhere = (1_704_067_200..2_019_686_400_i64).boxed();
    if changes.is_empty() {
        return anywhere;
    }
    let near = (prop::sample::select(changes), -8 * 86_400..86_400_i64)
        .prop_map(|(change, off)| change + off);
    prop_oneof![near, anywhere].boxed()
}

fn any_join() -> impl Strategy<Value = (&'static str, i64)> {
    prop::sample::select(ZONES.to_vec()).prop_flat_map(|zone| (Just(zone), any_second(zone)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn every_step_is_due_at_the_local_time((zone, second) in any_join(), hour in 0..24_i8, minute in prop::sample::select(vec![0_i8, 30]), own in any::<bool>()) {
        let at = Timestamp::from_second(second).unwrap();
        let send_at = Time::constant(hour, minute, 0, 0);
        let mut world = World::new("slack", if own { "UTC" } else { zone });
        world.playbook.onboarding.send_at = send_at;
        let zone = Zone::new(zone).unwrap();
        let facts = Facts { zone: own.then(|| zone.clone()), ..Facts::default() };
        world.now = at;
        world.deliver(&[hearth_domain::event::Event { facts, ..event("join", at, Happened::Joined { came: None }) }]);
        let day_one = zone.day(at);
        for n in 1..7 {
            let due = world.plan().due.unwrap();
            let (local, expected) = (zone.local(due), day_one.plus(n).date().to_datetime(send_at));
            // What is on the clock is that time of that day; where the clock jumped over it, as
            // much later as it jumped.
            let ambiguous = TimeZone::get(zone.name()).unwrap().to_ambiguous_timestamp(expected);
            if ambiguous.is_ambiguous() {
                prop_assert_eq!(due, ambiguous.compatible().unwrap());
                prop_assert!(local >= expected && local.since(expected).unwrap().get_hours() <= 1);
            } else {
                prop_assert_eq!(local, expected);
            }
            prop_assert!(due > at, "day {} is after the join", n + 1);
            world.until_instant(due);
            prop_assert_eq!(world.messages.last().unwrap().created, due);
        }
        prop_assert_eq!(world.plan().due, None);
    }
}
