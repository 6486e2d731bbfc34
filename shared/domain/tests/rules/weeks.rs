//! Members at the start of a week, plus those who came and came back, less those who left, are
//! the members at its end: for every member, whatever order their joins and leaves are told in.

use hearth_domain::days::IsoWeek;
use hearth_domain::event::{Event, Happened, LeaveCause};
use hearth_domain::member::{Order, Status};
use jiff::Timestamp;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::world::{World, event, ts};

const MONDAY: &str = "2026-01-05T00:00:00Z";
const WEEK: i64 = 7 * 86_400;

/// Joins, leaves, and what is neither, over four weeks, many of them in the same second.
fn any_life() -> impl Strategy<Value = Vec<Event>> {
    let what = prop_oneof![
        3 => Just(Happened::Joined { came: None }),
        3 => Just(Happened::Left { cause: LeaveCause::Removed }),
        1 => Just(Happened::ButtonPressed { message: None }),
        1 => Just(Happened::MessagePosted { length: None, topic: false, interest: None, print: None }),
    ];
    let second = prop_oneof![4 => 0..4 * WEEK, 1 => 2 * WEEK - 8 * 3_600..2 * WEEK - 8 * 3_600 + 2];
    prop::collection::vec((second, 0..3_u64, what), 1..12).prop_map(|all| {
        let one = |(n, (second, seq, what)): (usize, (i64, u64, Happened))| Event {
            seq,
            ..event(
                &format!("ev{n}"),
                Timestamp::from_second(ts(MONDAY).as_second() + second).unwrap(),
                what,
            )
        };
        all.into_iter().enumerate().map(one).collect()
    })
}

/// The status at the end of a week: that of the last join or leave; before the first one they are
/// a member as soon as they are heard of.
fn status_at_end_of(week: IsoWeek, life: &[Event], world: &World) -> Option<Status> {
    let mut past: Vec<&Event> = life
        .iter()
        .filter(|event| world.zone().day(event.at) <= week.sunday())
        .collect();
    past.sort_by_key(|event| Order::of(event));
    let turn = |event: &&&Event| match event.what {
        Happened::Joined { .. } => Some(Status::Member),
        Happened::Left { .. } => Some(Status::Left),
        _ => None,
    };
    past.first()?;
    past.iter()
        .rev()
        .find_map(|event| turn(&event))
        .or(Some(Status::Member))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_status_at_the_end_of_a_week_is_that_of_its_last_change(
        (life, told) in any_life().prop_flat_map(|life| (Just(life.clone()), Just(life).prop_shuffle())),
        again in prop::collection::vec(any::<Index>(), 0..5),
        size in 1..5_usize,
    ) {
        let mut world = World::taipei();
        world.now = life.iter().map(|event| event.at).max().unwrap();
        let again: Vec<Event> = again.iter().map(|index| index.get(&life).clone()).collect();
        for batch in told.chunks(size).chain(again.chunks(1)) {
            world.deliver(batch);
        }
        // A report looks at the end of its week and of the week before, at most a week later.
        let last = world.zone().day(world.now).week();
        for back in 0..3 {
            let week = last.plus(-back);
            prop_assert_eq!(world.member().status_at_end_of(week, world.zone()), status_at_end_of(week, &life, &world), "{}", week);
        }
        let now = life.iter().filter(|event| matches!(event.what, Happened::Joined { .. } | Happened::Left { .. })).max_by_key(|event| Order::of(event));
        let expected = if now.is_some_and(|event| event.what != Happened::Joined { came: None }) { Status::Left } else { Status::Member };
        prop_assert_eq!(world.member().status(), expected);
    }

    /// Week by week, each reported when it is over, with events up to 48 hours late.
    #[test]
    fn new_and_returned_less_left_is_the_change_of_members(lives in prop::collection::vec(any_life(), 1..8), late in prop::collection::vec(0..48_i64, 12)) {
        let mut members: Vec<(World, Vec<Event>)> = lives.into_iter().map(|life| (World::taipei(), life)).collect();
        for (_, life) in &mut members {
            let lateness = |event: &Event| late[usize::from(event.id.as_str().as_bytes()[2] - b'0') % late.len()];
            life.sort_by_key(|event| event.at.as_second() + lateness(event) * 3_600);
        }
        let first = members[0].0.zone().day(ts(MONDAY)).week();
        for week in (0..5).map(|n| first.plus(n)) {
            // Wednesday 08:00: the final revision.
            let reported = members[0].0.zone().start_of(week.sunday().plus(3)).saturating_add(crate::world::hours(8)).unwrap();
            let (mut new, mut returned, mut left, mut start_total, mut end_total) = (0, 0, 0, 0, 0);
            for (world, life) in &mut members {
                world.now = reported;
                let told: Vec<Event> = life.extract_if(.., |event| event.at <= reported).collect();
                world.deliver(&told);
                let Some(member) = &world.member else { continue };
                let is_new = (week.monday()..=week.sunday()).contains(&member.first_day(world.zone()));
                let [start, end] = [week.plus(-1), week].map(|week| member.status_at_end_of(week, world.zone()));
                new += i32::from(is_new && end == Some(Status::Member));
                returned += i32::from(start == Some(Status::Left) && end == Some(Status::Member));
                left += i32::from(start == Some(Status::Member) && end == Some(Status::Left));
                start_total += i32::from(start == Some(Status::Member));
                end_total += i32::from(end == Some(Status::Member));
                prop_assert_eq!(start.is_none() && end.is_some(), is_new);
            }
            prop_assert_eq!(start_total + new + returned - left, end_total, "{}", week);
        }
    }
}

#[test]
fn a_message_while_away_is_no_return() {
    let mut world = World::taipei();
    world.joins("2026-01-05T01:00:00Z").happens(
        "2026-01-06T01:00:00Z",
        Happened::Left {
            cause: LeaveCause::Removed,
        },
    );
    world.happens(
        "2026-01-07T01:00:00Z",
        Happened::MessagePosted {
            length: None,
            topic: false,
            interest: None,
            print: None,
        },
    );
    assert_eq!(world.member().status(), Status::Left);
    assert_eq!(world.member().weeks.current.unwrap().messages, 1);
}

#[test]
fn in_the_same_second_the_platforms_order_decides() {
    let at = ts("2026-01-05T01:00:00Z");
    for (join, leave, expected) in [(1, 2, Status::Left), (2, 1, Status::Member)] {
        let mut world = World::taipei();
        world.now = at;
        let joined = Event {
            seq: join,
            ..event("a", at, Happened::Joined { came: None })
        };
        let left = Event {
            seq: leave,
            ..event(
                "b",
                at,
                Happened::Left {
                    cause: LeaveCause::Removed,
                },
            )
        };
        world.deliver(&[left, joined]);
        assert_eq!(world.member().status(), expected);
    }
}

#[test]
fn who_posts_reacts_or_shares_interacts_on_that_day_and_a_button_is_none() {
    let post = Happened::MessagePosted {
        length: None,
        topic: false,
        interest: None,
        print: None,
    };
    let mut world = World::taipei();
    // From Monday to Thursday.
    for (day, what) in (5..).zip([
        post,
        Happened::ButtonPressed { message: None },
        Happened::Shared,
        Happened::ReactionAdded { interest: None },
    ]) {
        world.happens(&format!("2026-01-{day:02}T03:00:00Z"), what);
    }
    let week = world.member().weeks.of("2026-W02".parse().unwrap());
    assert_eq!(week.unwrap().interacted, 0b1101);
}
