//! Challenges: so many days with a check-in between two dates, whatever order things are heard of
//! in, and paid once.

use std::collections::{BTreeMap, BTreeSet};

use hearth_domain::days::{LocalDay, Zone};
use hearth_domain::event::{Event, Facts, Happened};
use hearth_domain::member::{Member, MovedOut, Order, Rules};
use hearth_domain::playbook::{Challenge, Localised};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::any_order::shuffled_with_duplicates;
use crate::world::{World, event, hours, member_id, ts};

fn day(text: &str) -> LocalDay {
    text.parse().unwrap()
}

fn text(text: &str) -> Localised {
    Localised {
        zh_hant: text.to_owned(),
        zh_hans: text.to_owned(),
        en: text.to_owned(),
    }
}

fn challenge(id: &str, start: &str, end: &str, days: u8) -> Challenge {
    Challenge {
        id: id.parse().unwrap(),
        name: text(id),
        announce: day(start).plus(-3),
        start: day(start),
        end: day(end),
        days,
        points: 60,
        badge: text("Badge"),
        reward: text("applause"),
        reward_url: None,
        invite: "closing.wall".parse().unwrap(),
    }
}

/// Two that overlap, one that begins when the first is over, and one much later.
fn world() -> World {
    let mut world = World::taipei();
    world.playbook.challenges = vec![
        challenge("january", "2026-01-05", "2026-01-14", 7),
        challenge("long", "2026-01-08", "2026-01-25", 10),
        challenge("second-half", "2026-01-15", "2026-01-28", 9),
        challenge("february", "2026-02-08", "2026-02-28", 21),
    ];
    world
}

fn joins(challenge: &str) -> Happened {
    Happened::ChallengeJoined {
        message: None,
        challenge: challenge.parse().unwrap(),
    }
}

const CHECKS_IN: Happened = Happened::CheckedIn { channel: None };

/// Noon in Taipei.
fn noon(of: &str) -> String {
    format!("{of}T04:00:00Z")
}

fn paid(world: &World) -> BTreeSet<&str> {
    let rows = world.ledger.keys();
    rows.filter_map(|path| path.strip_prefix("challenge/"))
        .collect()
}

/// What was told of challenges, in order.
fn told(world: &World) -> Vec<&str> {
    let paths = world.messages.iter().map(|message| message.id.path());
    paths
        .filter(|path| path.starts_with("challenge/"))
        .collect()
}

fn done(world: &World) -> u8 {
    let member = world.member();
    let current = member.challenges.current.unwrap();
    let challenge = world.playbook.challenge(current.key).unwrap();
    current.days_done(challenge, &member.scoring)
}

/// What should have come of it, by sets and counting.
#[derive(Default)]
struct Model {
    zones: BTreeMap<Timestamp, Zone>,
    /// By when they were pressed, the challenge and the local day.
    presses: BTreeSet<(i64, u16, LocalDay)>,
    checked_in: BTreeSet<LocalDay>,
    voided: BTreeSet<LocalDay>,
    done: BTreeSet<u16>,
}

impl Model {
    fn take(&mut self, event: &Event, world: &World) {
        if let Some(zone) = &event.facts.zone {
            self.zones.insert(event.at, zone.clone());
        }
        let zone = self.zones.range(..=event.at).next_back();
        let local = zone.map_or(world.zone(), |(_, zone)| zone).day(event.at);
        let in_time = world.now.duration_since(event.at) <= hours(48);
        match &event.what {
            Happened::DayVoided { day } => {
                self.voided.insert(*day);
            }
            Happened::CheckedIn { .. } if in_time => {
                self.checked_in.insert(local);
            }
            Happened::ChallengeJoined { challenge, .. } if in_time => {
                let all = &world.playbook.challenges;
                let found = all.iter().find(|known| known.id == *challenge).unwrap();
                let posted = world.zone().day(event.at) >= found.announce;
                if posted && local <= found.end.plus(1 - i32::from(found.days)) {
                    self.presses
                        .insert((event.at.as_second(), found.key(), local));
                }
            }
            _ => {}
        }
        for (challenge, from) in self.entered(world) {
            if self.days(challenge, from) >= usize::from(challenge.days) {
                self.done.insert(challenge.key());
            }
        }
    }

    /// The first press counts; another one when that challenge is over.
    fn entered<'w>(&self, world: &'w World) -> Vec<(&'w Challenge, LocalDay)> {
        let mut entered: Vec<(&Challenge, LocalDay)> = Vec::new();
        for (_, key, pressed) in &self.presses {
            if entered.iter().all(|(other, _)| other.end < *pressed) {
                let challenge = world.playbook.challenge(*key).unwrap();
                entered.push((challenge, challenge.start.max(*pressed)));
            }
        }
        entered
    }

    fn days(&self, challenge: &Challenge, from: LocalDay) -> usize {
        let days = self.checked_in.range(from..=challenge.end.max(from));
        days.filter(|day| **day <= challenge.end && !self.voided.contains(day))
            .count()
    }
}

fn any_delay() -> impl Strategy<Value = u8> {
    prop_oneof![6 => Just(0_u8), 2 => 1..30_u8, 2 => 30..49_u8, 1 => 49..80_u8]
}

/// The day of January (from 0), the second of it, and the hours after which it is told, once or twice.
type Told = (i64, u32, Happened, u8, Option<u8>);

fn any_told(
    days: std::ops::Range<i64>,
    what: impl Strategy<Value = Happened>,
) -> impl Strategy<Value = Told> {
    let twice = prop::option::weighted(0.3, any_delay());
    (days, 0..86_400_u32, what, any_delay(), twice)
}

fn any_month() -> impl Strategy<Value = Vec<Told>> {
    let check_in = |day| prop::option::weighted(0.87, any_told(day..day + 1, Just(CHECKS_IN)));
    let check_ins: Vec<_> = (0..30).map(check_in).collect();
    let which = prop::sample::select(vec!["january", "long", "second-half"]).prop_map(joins);
    let presses = prop::collection::vec(any_told(0..20, which), 0..6);
    (check_ins, presses)
        .prop_map(|(check_ins, presses)| check_ins.into_iter().flatten().chain(presses).collect())
}

/// What happens beside it: the member moves, or an operator voids the day before. Told at once.
#[derive(Debug, Clone, Copy)]
enum Aside {
    Nothing,
    Moves(&'static str),
    Voids,
}

/// One every five days.
fn any_asides() -> impl Strategy<Value = Vec<Aside>> {
    let zones = vec![
        "Asia/Tokyo",
        "Europe/Berlin",
        "Pacific/Auckland",
        "America/Los_Angeles",
    ];
    let moves = prop::sample::select(zones).prop_map(Aside::Moves);
    let aside = prop_oneof![2 => Just(Aside::Nothing), 2 => moves, 1 => Just(Aside::Voids)];
    prop::collection::vec(aside, 6)
}

fn instant(day: i64, second: u32) -> Timestamp {
    let from = ts("2026-01-01T16:00:00Z");
    let after = SignedDuration::from_secs(day * 86_400 + i64::from(second));
    from.saturating_add(after).unwrap()
}

fn deliveries(month: Vec<Told>, asides: Vec<Aside>) -> Vec<(Timestamp, Event)> {
    let mut all = Vec::new();
    for (n, (day, second, what, first, second_time)) in month.into_iter().enumerate() {
        let at = instant(day, second);
        let said = event(&format!("ev{n}"), at, what);
        let arrival = |after: u8| at.saturating_add(hours(after.into())).unwrap();
        all.extend(second_time.map(|after| (arrival(after), said.clone())));
        all.push((arrival(first), said));
    }
    for (n, aside) in asides.into_iter().enumerate() {
        let at = instant(i64::try_from(n).unwrap() * 5 + 2, 40_000);
        let mut facts = Facts::default();
        let what = match aside {
            Aside::Nothing => continue,
            Aside::Moves(zone) => {
                facts.zone = Some(Zone::new(zone).unwrap());
                Happened::ButtonPressed { message: None }
            }
            // Open wherever the member is.
            Aside::Voids => Happened::DayVoided {
                day: Zone::utc().day(at).plus(-1),
            },
        };
        let said = Event {
            facts,
            ..event(&format!("aside{n}"), at, what)
        };
        all.push((at, said));
    }
    all.sort_by_key(|(arrival, said)| (*arrival, said.id.clone()));
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn a_challenge_is_what_the_calendar_shows_and_is_paid_once(
        month in any_month(),
        asides in any_asides(),
        batch in 1..6_usize,
    ) {
        let (mut world, mut model) = (world(), Model::default());
        world.joins("2026-01-01T00:00:00Z");
        let all = deliveries(month, asides);
        let is_alone = |(_, said): &(Timestamp, Event)| said.id.as_str().starts_with("aside");
        let batches = all
            .chunk_by(|one, next| !is_alone(one) && !is_alone(next))
            .flat_map(|together| together.chunks(batch));
        for batch in batches {
            world.until_instant(batch.last().unwrap().0);
            let mut events: Vec<Event> = batch.iter().map(|(_, said)| said.clone()).collect();
            world.deliver(&events);
            events.sort_by_key(Order::of);
            for said in &events {
                model.take(said, &world);
            }
            let names: BTreeSet<&str> = model.done.iter().map(|key| world.playbook.challenge(*key).unwrap().id.as_str()).collect();
            prop_assert_eq!(paid(&world), names);
            let sum = i64::from(world.member().scoring.total) - i64::from(world.member().scoring.owed);
            prop_assert_eq!(sum, world.ledger_and_open_days());
            if let Some((challenge, from)) = model.entered(&world).last() {
                let current = world.member().challenges.current.unwrap();
                prop_assert_eq!((current.key, current.from), (challenge.key(), *from));
                if !current.done {
                    prop_assert_eq!(usize::from(done(&world)), model.days(challenge, *from));
                }
            } else {
                prop_assert_eq!(world.member().challenges.current, None);
            }
        }
        world.until("2026-02-10T00:00:00Z");
        if let Some(current) = world.member().challenges.current {
            prop_assert_eq!(current.done, model.done.contains(&current.key));
            prop_assert_eq!(current.missed, !current.done);
            let missed = format!("challenge/{}/missed", world.playbook.challenge(current.key).unwrap().id);
            prop_assert_eq!(told(&world).contains(&missed.as_str()), !current.done);
            prop_assert_eq!(current.watch.due(), None);
        }
    }

    /// Within the 48 hours in which anything may be late, of two challenges and two borders of days.
    #[test]
    fn any_permutation_of_presses_and_check_ins_gives_the_same_member(
        (events, shuffled) in prop::collection::vec((0..48 * 3_600_i64, 0..4_usize), 1..12).prop_map(|all| {
            let one = |(n, (age, what)): (usize, (i64, usize))| {
                let at = Timestamp::from_second(ts("2026-01-08T18:00:00Z").as_second() - age).unwrap();
                let what = [CHECKS_IN, joins("january"), joins("long"), joins("february")][what].clone();
                event(&format!("ev{n}"), at, what)
            };
            all.into_iter().enumerate().map(one).collect::<Vec<Event>>()
        }).prop_flat_map(shuffled_with_duplicates)
    ) {
        let world = world();
        let rules = Rules::of(&world.playbook, world.zone(), &[], ts("2026-01-08T18:00:00Z"));
        let observed = |events: &[Event]| {
            let mut member = Member::new(member_id(), ts("2026-01-01T00:00:00Z"));
            member.settle(&rules);
            for event in events {
                member.observe(event, &rules, &MovedOut::new(), &mut Vec::new());
            }
            member
        };
        prop_assert_eq!(observed(&shuffled), observed(&events));
    }
}

#[test]
fn who_joins_late_counts_from_that_day_and_is_told_how_far_they_are() {
    let mut world = world();
    world.joins("2026-01-01T00:00:00Z");
    world.happens(&noon("2026-01-07"), CHECKS_IN);
    world.happens("2026-01-08T04:00:01Z", joins("january"));
    world.happens("2026-01-08T05:00:00Z", CHECKS_IN);
    assert_eq!(done(&world), 1);
    let joined = world.message("challenge/january/joined");
    assert_eq!(joined.values["challenge.start"], "8 Jan 2026");
    let replies = world.messages.iter().rev();
    let reply = replies
        .into_iter()
        .find(|message| message.kind.as_str() == "check-in.reply")
        .unwrap();
    assert_eq!(
        (
            reply.values["challenge.name"].as_str(),
            reply.values["challenge.done"].as_str()
        ),
        ("january", "1")
    );
    world.happens(
        "2026-01-08T06:00:00Z",
        Happened::PointsAsked { message: None },
    );
    let asked = world.messages.last().unwrap();
    assert_eq!(asked.values["challenge.days"], "7");
}

#[test]
fn one_at_a_time_until_its_last_day_and_not_when_it_is_too_late() {
    let mut world = world();
    world.joins("2026-01-01T00:00:00Z");
    for (at, which) in [
        // The invitation is posted on the 2nd, in the community's calendar.
        ("2026-01-01T15:59:59Z", "january"),
        ("2026-01-01T16:00:00Z", "january"),
        ("2026-01-02T04:00:00Z", "january"),
        ("2026-01-06T04:00:00Z", "long"),
        ("2026-01-14T15:59:59Z", "second-half"),
        ("2026-01-14T16:00:00Z", "second-half"),
        // With ten days to go it takes ten: the 16th is the last day.
        ("2026-01-17T04:00:00Z", "long"),
        ("2026-01-17T04:01:00Z", "gone"),
    ] {
        world.happens(at, joins(which));
    }
    let answers: Vec<&str> = told(&world)
        .into_iter()
        .map(|path| path.trim_end_matches(|c: char| c == '/' || c.is_ascii_digit()))
        .collect();
    assert_eq!(
        answers,
        [
            "challenge/closed",
            "challenge/january/joined",
            "challenge/already",
            "challenge/already",
            "challenge/january/missed",
            "challenge/already",
            "challenge/second-half/joined",
            "challenge/closed",
            "challenge/closed",
        ]
    );
}

/// The last check-in of one is told when they are in the next already.
#[test]
fn a_challenge_is_done_after_the_next_has_begun() {
    let mut world = world();
    world.joins("2026-01-01T00:00:00Z");
    world.happens(&noon("2026-01-05"), joins("january"));
    for of in 8..14 {
        world.happens(&noon(&format!("2026-01-{of:02}")), CHECKS_IN);
    }
    world.happens("2026-01-14T16:30:00Z", joins("second-half"));
    world.happens(&noon("2026-01-15"), CHECKS_IN);
    assert!(paid(&world).is_empty());
    let late = event("late", ts("2026-01-14T12:00:00Z"), CHECKS_IN);
    world.until("2026-01-16T11:00:00Z").deliver(&[late]);
    assert_eq!(paid(&world), BTreeSet::from(["january"]));
    assert_eq!(done(&world), 1, "the 14th was before it");
}

#[test]
fn neither_a_make_up_card_nor_a_voided_day_counts() {
    let mut world = world();
    world.joins("2026-01-01T00:00:00Z");
    for of in 1..=7 {
        world.happens(&noon(&format!("2026-01-{of:02}")), CHECKS_IN);
    }
    world.happens("2026-01-07T05:00:00Z", joins("january"));
    // The 8th is protected: the streak goes on, the challenge does not.
    for of in 9..=14 {
        world.happens(&noon(&format!("2026-01-{of:02}")), CHECKS_IN);
    }
    assert_eq!(world.member().scoring.longest, 13);
    assert_eq!(paid(&world), BTreeSet::from(["january"]));

    let mut world = self::world();
    world.joins("2026-01-01T00:00:00Z");
    world.happens(&noon("2026-01-05"), joins("january"));
    for of in 5..=10 {
        world.happens(&noon(&format!("2026-01-{of:02}")), CHECKS_IN);
    }
    assert_eq!(done(&world), 6);
    // The 6th is closed and still in the item, the 10th is open.
    for of in ["2026-01-06", "2026-01-10", "2026-01-10", "2026-01-06"] {
        world.happens("2026-01-10T05:00:00Z", Happened::DayVoided { day: day(of) });
    }
    assert_eq!(done(&world), 4);
    world.happens(&noon("2026-01-10"), CHECKS_IN);
    assert_eq!(done(&world), 4);
}

#[test]
fn a_challenge_that_is_no_more_pays_nothing_and_holds_nobody() {
    let mut world = world();
    world.joins("2026-01-01T00:00:00Z");
    world.happens(&noon("2026-01-05"), joins("january"));
    for of in 5..=10 {
        world.happens(&noon(&format!("2026-01-{of:02}")), CHECKS_IN);
    }
    let gone = world.playbook.challenges.remove(0);
    for of in 11..=12 {
        world.happens(&noon(&format!("2026-01-{of:02}")), CHECKS_IN);
    }
    assert!(paid(&world).is_empty());
    let current = world.member().challenges.current.unwrap();
    assert_eq!((current.key, current.done), (gone.key(), false));
    world.happens("2026-01-12T05:00:00Z", joins("long"));
    assert_eq!(
        told(&world),
        ["challenge/january/joined", "challenge/long/joined"]
    );
    world.until("2026-02-10T00:00:00Z");
    assert_eq!(told(&world).last(), Some(&"challenge/long/missed"));
}

/// It is told when it can't be done any more, not only when it is over; and not to who has left.
#[test]
fn who_can_not_do_it_any_more_is_told_once() {
    let mut world = world();
    world.joins("2026-01-01T00:00:00Z");
    world.happens(&noon("2026-02-05"), joins("february"));
    for of in 8..=12 {
        world.happens(&noon(&format!("2026-02-{of:02}")), CHECKS_IN);
    }
    // All 21 days are needed. The 13th is closed when the 16th begins.
    world.until("2026-02-16T01:59:00Z");
    assert_eq!(told(&world), ["challenge/february/joined"]);
    world.until("2026-02-16T02:00:00Z");
    let missed = world.message("challenge/february/missed");
    assert_eq!(missed.values["challenge.done"], "5");
    world.until("2026-03-20T00:00:00Z");
    assert_eq!(told(&world).len(), 2);

    let mut world = self::world();
    world.joins("2026-01-01T00:00:00Z");
    world.happens(&noon("2026-02-05"), joins("february"));
    world.leaves("2026-02-06T00:00:00Z");
    world.until("2026-03-20T00:00:00Z");
    assert_eq!(told(&world), ["challenge/february/joined"]);
}

#[test]
fn a_button_of_somebody_elses_message_is_not_theirs() {
    let mut world = world();
    world.joins("2026-01-01T00:00:00Z");
    for (message, expected) in [
        ("acme/U2/onboarding/1/day-1", 0),
        ("acme/U1/onboarding/1/day-1", 1),
        ("acme/@community/challenge/january/invite", 2),
    ] {
        let joined = Happened::ChallengeJoined {
            message: Some(message.parse().unwrap()),
            challenge: "january".parse().unwrap(),
        };
        world.happens(&format!("2026-01-05T0{expected}:00:00Z"), joined);
        assert_eq!(told(&world).len(), expected, "{message}");
    }
}

#[test]
fn a_press_that_is_days_old_does_nothing() {
    let mut world = world();
    world.joins("2026-01-01T00:00:00Z");
    let old = event("old", ts("2026-01-05T00:00:00Z"), joins("january"));
    world.until("2026-01-07T00:00:01Z").deliver(&[old]);
    assert_eq!(world.member().challenges.current, None);
    assert!(told(&world).is_empty());
}
