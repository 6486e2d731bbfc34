//! The promise under everything: any order of the same events, with duplicates, gives the same
//! member.
//!
//! Zones are left out on purpose. A point is stamped with the day of the zone that is known when
//! its event is processed; a zone told later does not move points that may be in the ledger
//! already. So two orders in which a zone change stands before or after a check-in may differ by
//! the day of that check-in, and are meant to.

use std::collections::BTreeSet;

use hearth_domain::days::LocalDay;
use hearth_domain::event::{CaseStep, Event, Facts, Happened, LeaveCause, LeaveReason};
use hearth_domain::ids::{GatheringId, InterestId};
use hearth_domain::invitation::{Came, InviteCode, Inviter, JoinSource};
use hearth_domain::journey::Journey;
use hearth_domain::locale::Locale;
use hearth_domain::member::{Counted, Member, MovedOut, Observed, Recent, Rules, Scoring};
use hearth_domain::period::{Month, Period};
use hearth_domain::playbook::Task;
use jiff::Timestamp;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::model::Model;
use crate::world::{World, event, member_id, message_id, ts};

/// A Wednesday afternoon in Taipei: 48 hours before it is Monday, five days before last week.
const NOW: &str = "2026-01-14T06:30:00Z";

fn any_happened() -> impl Strategy<Value = Happened> {
    let cause = prop_oneof![
        Just(LeaveCause::Voluntary),
        Just(LeaveCause::Removed),
        Just(LeaveCause::Unknown)
    ];
    let reason = prop::sample::select(LeaveReason::ALL.to_vec());
    let interest = || {
        prop::option::of(prop::sample::select(vec!["tools", "growth"]))
            .prop_map(|id| id.map(|id| InterestId::new(id).unwrap()))
    };
    let message = || {
        let under = vec![
            "onboarding/1/day-6",
            "wake-up/2026-01-13",
            "win-back/1/survey",
            "event/tea/1768215600/question",
        ];
        prop::option::of(prop::sample::select(under)).prop_map(|path| path.map(message_id))
    };
    let journeys = prop_oneof![
        interest()
            .prop_flat_map(move |interest| (Just(interest), message(), any::<bool>()))
            .prop_map(|(interest, message, quiet)| Happened::Voted {
                message,
                interest,
                quiet
            }),
        (message(), any::<bool>())
            .prop_map(|(message, comes)| Happened::InvitationAnswered { message, comes }),
        prop::option::of(Just(GatheringId::new("tea").unwrap()))
            .prop_map(|gathering| Happened::Attended { gathering }),
        (message(), 1..=5_u8)
            .prop_map(|(message, score)| Happened::GatheringScored { message, score }),
        message().prop_map(|message| Happened::Declined { message }),
        message().prop_map(|message| Happened::HelpWanted { message }),
        message().prop_map(|message| Happened::OtherTopicWanted { message }),
        prop::sample::select(vec![CaseStep::Claimed, CaseStep::Done]).prop_map(|step| {
            let message = message_id("case/1/opened");
            Happened::CaseHandled {
                message,
                step,
                by: None,
            }
        }),
    ];
    prop_oneof![
        2 => any_way().prop_map(|came| Happened::Joined { came }),
        1 => (any_inviter(), any::<bool>()).prop_map(|(by, typed)| Happened::Invited { by, typed }),
        1 => prop::sample::select(vec!["U8", "U9"]).prop_map(|invited| Happened::InvitationStayed { invited: invited.parse().unwrap() }),
        1 => Just(Happened::InvitesAsked),
        2 => cause.prop_map(|cause| Happened::Left { cause }),
        2 => Just(Happened::Renamed),
        8 => any_post(interest()),
        1 => any_post(interest()).prop_map(reviewed),
        2 => Just(Happened::Shared),
        4 => interest().prop_map(|interest| Happened::ReactionAdded { interest }),
        1 => Just(Happened::ReactionRemoved),
        4 => Just(Happened::CheckedIn { channel: None }),
        1 => interest().prop_map(|interest| Happened::InterestChosen { interest }),
        1 => Just(Happened::TaskClaimed { message: None }),
        1 => Just(Happened::ButtonPressed { message: None }),
        1 => reason.prop_map(|reason| Happened::SurveyAnswered { message: None, reason, text: None }),
        1 => Just(Happened::OptedOut),
        1 => Just(Happened::OptedIn),
        1 => message().prop_map(|message| Happened::DigestOnly { message }),
        2 => any::<bool>().prop_map(|given| Happened::Consented { given }),
        1 => any::<bool>().prop_map(|shown| Happened::RankingChosen { shown }),
        4 => journeys,
        1 => (0..24_000).prop_map(|month| {
            // Nobody is named twice for one month.
            let month = Month::from_index(month);
            Happened::Starred { month, place: 1, points: 50 }
        }),
    ]
}

/// Somebody, themselves, a code that leads nowhere, somebody who was erased.
fn any_inviter() -> impl Strategy<Value = Inviter> {
    let code = InviteCode::parse("7K2M-9QXC-04TD").unwrap();
    prop_oneof![
        4 => prop::sample::select(vec!["U5", "U6", "U1"]).prop_map(|id| Inviter::Member(id.parse().unwrap())),
        1 => Just(Inviter::Code(code)),
        1 => Just(Inviter::Nobody),
    ]
}

fn any_way() -> impl Strategy<Value = Option<Came>> {
    let source = prop::sample::select(JoinSource::ALL.to_vec());
    let came = (source, prop::option::of(any_inviter()));
    prop::option::of(came.prop_map(|(source, by)| Came { source, by }))
}

/// Some texts come again and again.
fn any_post(
    interest: impl Strategy<Value = Option<InterestId>>,
) -> impl Strategy<Value = Happened> {
    (
        prop::option::of(1..9_u32),
        prop::bool::weighted(0.1),
        interest,
        prop::option::of(0..7_u16),
    )
        .prop_map(|(length, topic, interest, print)| Happened::MessagePosted {
            length,
            topic,
            interest,
            print,
        })
}

/// The same post as a review.
pub(crate) fn reviewed(post: Happened) -> Happened {
    match post {
        Happened::MessagePosted {
            length,
            topic,
            interest,
            print,
        } => Happened::Reviewed {
            length,
            topic,
            interest,
            print,
        },
        other => other,
    }
}

fn any_facts() -> impl Strategy<Value = Facts> {
    let name = prop::option::weighted(
        0.3,
        prop::sample::select(vec![
            "May",
            "design-May",
            "一個長得放不進四十八個位元組的暱稱而且還要更長一些",
        ]),
    );
    let locale = prop::option::weighted(0.2, prop::sample::select(Locale::ALL.to_vec()));
    let staff = prop::option::weighted(0.05, any::<bool>());
    (name, locale, staff).prop_map(|(name, locale, staff)| Facts {
        name: name.map(str::to_owned),
        zone: None,
        locale,
        staff,
        ..Facts::default()
    })
}

/// An age in milliseconds: mostly within the 48 hours, often in the same few seconds, sometimes on
/// the very border, sometimes days older.
fn any_age() -> impl Strategy<Value = i64> {
    const TWO_DAYS: i64 = 48 * 3_600_000;
    prop_oneof![6 => 0..TWO_DAYS, 2 => 0..4_000_i64, 1 => TWO_DAYS - 1_500..TWO_DAYS + 1_500, 2 => TWO_DAYS..3 * TWO_DAYS]
}

fn any_events(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Event>> {
    let one = (any_age(), any_happened(), any_facts(), 0..3_u64);
    prop::collection::vec(one, count).prop_map(|all| {
        let event_of = |(n, (age, what, facts, seq)): (usize, (i64, Happened, Facts, u64))| {
            let at = Timestamp::from_millisecond(ts(NOW).as_millisecond() - age).unwrap();
            Event {
                facts,
                seq,
                ..event(&format!("ev{n}"), at, what)
            }
        };
        all.into_iter().enumerate().map(event_of).collect()
    })
}

/// The events once each, in another order, with some of them again and again.
pub(crate) fn shuffled_with_duplicates(
    events: Vec<Event>,
) -> impl Strategy<Value = (Vec<Event>, Vec<Event>)> {
    let again = prop::collection::vec(any::<Index>(), 0..20);
    (Just(events), again).prop_flat_map(|(events, again)| {
        let mut all = events.clone();
        all.extend(again.iter().map(|index| index.get(&events).clone()));
        (Just(events), Just(all).prop_shuffle())
    })
}

/// One consumer that observes all of it in this order.
fn observed(events: &[Event]) -> Member {
    let world = World::taipei();
    let rules = Rules::of(&world.playbook, world.zone(), &Task::ALL, ts(NOW));
    let mut member = Member::new(member_id(), events[0].at);
    member.settle(&rules);
    // Whose rows are in the ledger: what says that one of theirs was counted.
    let mut stayed = BTreeSet::new();
    for event in events {
        let mut told = MovedOut::new();
        if let Happened::InvitationStayed { invited } = &event.what
            && !stayed.insert(invited)
        {
            told.extend([Counted::of(event)]);
        }
        member.observe(event, &rules, &told, &mut Vec::new());
    }
    member
}

/// What does not depend on how the events were cut into batches.
fn apart_from_batches(member: &Member) -> Member {
    Member {
        version: 0,
        recent: Recent::default(),
        journey: Journey::default(),
        ..member.clone()
    }
}

/// What a member and others see of the scoring today.
pub(crate) fn agree_on_streak_and_periods(
    scoring: &Scoring,
    today: LocalDay,
    world: &World,
    model: &Model,
) {
    let seen = (scoring.streak(today), scoring.freezes(today));
    assert_eq!(seen, model.streak(today), "{today}");
    for period in [
        Period::Week(today.week()),
        Period::Week(today.week().plus(-1)),
        Period::Month(Month::of(today)),
        Period::Month(Month::of(today).plus(-1)),
        Period::Day(today),
        Period::Day(today.plus(-1)),
    ] {
        assert_eq!(
            (
                i64::from(scoring.points_in(period)),
                scoring.check_ins_in(period) as usize
            ),
            model.earned_in(period, &world.playbook.points),
            "{period}"
        );
    }
    assert_eq!(scoring.points_in(Period::All), scoring.total);
    assert_eq!(
        scoring.check_ins_in(Period::All) as usize,
        model.earned_in(Period::All, &world.playbook.points).1
    );
}

fn agree(world: &World, model: &Model) {
    let member = world.member();
    assert_eq!(
        i64::from(member.scoring.total),
        model.points(&world.playbook)
    );
    assert_eq!(member.scoring.level, model.level);
    assert_eq!(member.scoring.longest, model.longest());
    agree_on_streak_and_periods(&member.scoring, world.zone().day(world.now), world, model);
    for week in [member.weeks.current, member.weeks.previous]
        .into_iter()
        .flatten()
    {
        assert_eq!(
            week.messages,
            model.week_messages.get(&week.week).copied().unwrap_or(0),
            "{}",
            week.week
        );
        assert_eq!(
            week.reactions,
            model.week_reactions.get(&week.week).copied().unwrap_or(0),
            "{}",
            week.week
        );
    }
    let first = member.first_day(world.zone());
    for back in 0..8 {
        let day = world.zone().day(world.now).plus(-back);
        let was_active = model.active_days().contains(&day);
        assert_eq!(member.activity.active_on(day), was_active, "{day}");
        let age = u32::try_from(day.since(first));
        assert_eq!(
            age.is_ok_and(|age| member.activity.active_at_age(age, age)),
            was_active,
            "age of {day}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// The words: "any permutation of events with duplicates gives the same item".
    #[test]
    fn any_permutation_with_duplicates_gives_the_same_member(
        (events, shuffled) in any_events(1..70).prop_flat_map(shuffled_with_duplicates)
    ) {
        prop_assert_eq!(observed(&shuffled), observed(&events));
    }

    /// Cut into batches, each written and read again, with the events that no longer fit the item
    /// moved out of it: the same numbers, and those of the model.
    #[test]
    fn batches_give_the_same_member(
        (events, shuffled) in any_events(1..120).prop_flat_map(shuffled_with_duplicates),
        size in 1..40_usize,
    ) {
        let (mut world, mut at_once, mut model) = (World::taipei(), World::taipei(), Model::new(World::taipei().zone()));
        (world.now, at_once.now) = (ts(NOW), ts(NOW));
        at_once.deliver(&events);
        for batch in shuffled.chunks(size) {
            world.deliver(batch);
            prop_assert!(world.member().recent.entries.len() <= Recent::MAX);
        }
        for event in &shuffled {
            model.take(event, ts(NOW), &world.playbook);
        }
        prop_assert_eq!(apart_from_batches(world.member()), apart_from_batches(at_once.member()));
        prop_assert_eq!(apart_from_batches(world.member()), apart_from_batches(&observed(&events)));
        agree(&world, &model);
    }

    /// More messages within 48 hours than the item holds, all of them delivered twice: none is
    /// counted twice and none is lost.
    #[test]
    fn a_talker_is_counted_to_the_message(
        ages in prop::collection::vec(0..48 * 3_600_i64, 30..90),
        order in prop::collection::vec(any::<Index>(), 90),
        size in 1..30_usize,
    ) {
        let message = |(n, age): (usize, &i64)| event(&format!("ev{n}"), Timestamp::from_second(ts(NOW).as_second() - age).unwrap(), Happened::MessagePosted { length: None, topic: false, interest: None, print: None });
        let mut deliveries: Vec<Event> = ages.iter().enumerate().map(message).collect();
        deliveries.extend(deliveries.clone());
        for (n, index) in order.iter().enumerate() {
            let (n, other) = (n % deliveries.len(), index.index(deliveries.len()));
            deliveries.swap(n, other);
        }
        let (mut world, mut model) = (World::taipei(), Model::new(World::taipei().zone()));
        world.now = ts(NOW);
        let (mut taken, mut duplicate) = (0, 0);
        for batch in deliveries.chunks(size) {
            let tally = world.deliver(batch).unwrap().tally;
            (taken, duplicate) = (taken + tally.taken, duplicate + tally.duplicate);
        }
        for event in &deliveries {
            model.take(event, ts(NOW), &world.playbook);
        }
        prop_assert_eq!((taken as usize, duplicate as usize), (ages.len(), ages.len()));
        prop_assert!(!world.moved.is_empty(), "more than {} events leave the item", Recent::MAX);
        agree(&world, &model);
    }
}

#[test]
fn a_duplicate_is_told_apart_from_a_second_message_in_the_same_second() {
    let mut world = World::taipei();
    world.now = ts(NOW);
    let at = ts("2026-01-14T05:00:00Z");
    let said = |id| {
        event(
            id,
            at,
            Happened::MessagePosted {
                length: Some(9),
                topic: false,
                interest: None,
                print: None,
            },
        )
    };
    let decision = world
        .deliver(&[said("one"), said("two"), said("one")])
        .unwrap();
    assert_eq!(
        (
            decision.tally.taken,
            decision.tally.duplicate,
            decision.tally.late
        ),
        (2, 1, 0)
    );
    let decision = world.deliver(&[said("two")]).unwrap();
    assert!(!decision.changed, "a duplicate writes nothing");
}

#[test]
fn an_event_of_48_hours_counts_and_one_of_a_moment_more_is_late() {
    let world = World::taipei();
    let rules = Rules::of(&world.playbook, world.zone(), &[], ts(NOW));
    for (at, expected) in [
        ("2026-01-12T06:30:00Z", Observed::Taken),
        ("2026-01-12T06:29:59.999999999Z", Observed::Late),
    ] {
        let mut member = Member::new(member_id(), ts(NOW));
        member.settle(&rules);
        let said = event(
            "one",
            ts(at),
            Happened::MessagePosted {
                length: None,
                topic: false,
                interest: None,
                print: None,
            },
        );
        assert_eq!(
            member.observe(&said, &rules, &MovedOut::new(), &mut Vec::new()),
            expected
        );
        assert_eq!(
            member.first_seen,
            ts(at)
                .round(
                    jiff::TimestampRound::new()
                        .smallest(jiff::Unit::Second)
                        .mode(jiff::RoundMode::Floor)
                )
                .unwrap()
        );
    }
}

#[test]
fn an_earlier_first_day_makes_every_age_grow() {
    let mut world = World::taipei();
    world.now = ts(NOW);
    world.deliver(&[event(
        "now",
        ts(NOW),
        Happened::ButtonPressed { message: None },
    )]);
    assert!(world.member().activity.active_at_age(0, 0));
    // Told late: a message of three weeks ago. It counts nowhere, but the member is older.
    world.deliver(&[event(
        "old",
        ts("2025-12-24T06:30:00Z"),
        Happened::MessagePosted {
            length: None,
            topic: false,
            interest: None,
            print: None,
        },
    )]);
    let activity = world.member().activity;
    assert!(activity.active_at_age(21, 21) && !activity.active_at_age(0, 20));
    let week = world.member().weeks.current.unwrap();
    assert_eq!(
        (week.messages, week.hours.iter().count()),
        (0, 1),
        "the button's hour"
    );
}
