//! What counts, and what does not.

use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;
use crate::event::LeaveReason;
use crate::ids::MemberId;
use crate::invitation::JoinSource;
use crate::journey::{Case, CaseState, Person, Plan};
use crate::kpi::numbers::Numbers;
use crate::kpi::testing::{
    MEASURES, Made, aggregate, case, day, member, noon, numbers_of, plan, week,
};
use crate::member::{Order, Transition};

fn shown(members: &[Made]) -> [u64; 6] {
    let n = numbers_of(members);
    [
        n.new,
        n.left,
        n.returned,
        n.members_start,
        n.members_total,
        n.wau,
    ]
}

#[test]
fn joins_and_leaves_are_told_by_the_two_ends_of_the_week() {
    // new, left, returned, at the start, at the end, active in the week
    let check =
        |what: &str, made: Made, expected: [u64; 6]| assert_eq!(shown(&[made]), expected, "{what}");
    check("one who stays", member("a", -9), [0, 0, 0, 1, 1, 0]);
    check("a newcomer", member("a", 6).pressed(6), [1, 0, 0, 0, 1, 1]);
    check("came and went", member("a", 0).left(1), [1, 1, 0, 0, 0, 0]);
    check(
        "came, went, came",
        member("a", 0).left(1).back(2),
        [1, 0, 0, 0, 1, 0],
    );
    check("left", member("a", -9).left(3), [0, 1, 0, 1, 0, 0]);
    check(
        "left and came back within the week",
        member("a", -9).left(3).back(4),
        [0, 0, 0, 1, 1, 0],
    );
    check(
        "returned",
        member("a", -9).left(-8).back(4),
        [0, 0, 1, 0, 1, 0],
    );
    check(
        "returned and left again",
        member("a", -9).left(-8).back(4).left(5),
        [0, 0, 0, 0, 0, 0],
    );
    check(
        "gone, and still active",
        member("a", -9).left(-8).pressed(2),
        [0, 0, 0, 0, 0, 1],
    );
    check(
        "left on the Monday after",
        member("a", -9).left(7),
        [0, 0, 0, 1, 1, 0],
    );
    check(
        "seen after the week only",
        member("a", 7).pressed(7),
        [0; 6],
    );
}

#[test]
fn a_first_event_that_is_a_leave_makes_a_leaver() {
    let mut gone = Member::new(MemberId::new("a").unwrap(), noon(1));
    gone.weeks.change(
        day(1),
        Transition {
            order: Order {
                at: noon(1).as_microsecond(),
                seq: 0,
                tie: 0,
            },
            to: Status::Left,
        },
    );
    assert_eq!(shown(&[Made(gone)]), [1, 1, 0, 0, 0, 0]);
}

#[test]
fn when_all_have_left_shares_of_members_have_no_denominator() {
    let numbers = numbers_of(&[member("a", -9).left(0), member("b", -9).left(6)]);
    assert_eq!(
        (
            numbers.members_start,
            numbers.members_total,
            // One member for six days, then nobody.
            numbers.mean_members
        ),
        (2, 0, 0.857_142_857)
    );
    assert_eq!(
        (numbers.net_growth, numbers.silent30_share),
        (Some(-1.0), None)
    );
}

#[test]
fn staff_are_in_no_number_but_what_members_write_is_held_against_what_they_write() {
    let staff = || member("a", -90).wrote(1, 5).wrote(3, 1).staff();
    let alone = numbers_of(&[staff()]);
    let nobody = Aggregate::new(week(), day(6)).finish();
    assert_eq!(
        (alone.staff, alone.staff_messages, alone.own_content),
        (1, 6, Some(0.0))
    );
    let without = Numbers {
        staff: 0,
        staff_messages: 0,
        own_content: None,
        ..alone
    };
    assert_eq!(without, nobody);
    let people = |staff: Option<Made>| -> Vec<Made> {
        let members = [member("b", -9).wrote(0, 2), member("c", 2).left(3)];
        members.into_iter().chain(staff).collect()
    };
    assert_eq!(numbers_of(&people(Some(staff()))).own_content, Some(0.25));
    // Of last week's words nothing is this week's, and who comes next week is not there yet.
    let quiet = member("a", -90).wrote(-3, 5).staff();
    assert_eq!(numbers_of(&people(Some(quiet))).own_content, Some(1.0));
    let next = member("a", 8).wrote(8, 5).staff();
    assert_eq!(numbers_of(&people(Some(next))).own_content, None);
    assert_eq!(numbers_of(&people(None)).own_content, None);
}

#[test]
fn a_rejoin_keeps_the_cohort_and_a_leaver_stays_in_it() {
    let numbers = numbers_of(&[member("a", -9).left(-8).back(4), member("b", -9).left(-8)]);
    let cohorts: Vec<_> = numbers
        .retention
        .cohorts
        .iter()
        .map(|(week, cohort)| (*week, cohort.size))
        .collect();
    assert_eq!(cohorts, [(day(-9).week(), 2)]);
}

/// Monday 08:00 and, for the final revision, Wednesday 08:00: some are active already.
#[test]
fn activity_after_the_week_changes_nothing() {
    let before = || {
        member("a", -33)
            .pressed(-26)
            .wrote(2, 1)
            .reacted(6)
            .checked_in(5)
    };
    let silent = || member("b", -61).pressed(-30);
    let after = [
        before().wrote(7, 9).reacted(8).pressed(9),
        silent().pressed(7),
    ];
    assert_eq!(
        aggregate(&after, day(6)),
        aggregate(&[before(), silent()], day(6))
    );
    let new = || member("c", -1).pressed(0);
    assert_eq!(
        aggregate(&[new().pressed(7).pressed(36)], day(6)).cohorts,
        aggregate(&[new()], day(6)).cohorts
    );
}

#[test]
fn an_unfinished_week_has_fewer_days() {
    let mut members = vec![
        member("a", -9).wrote(0, 2).wrote(1, 1),
        member("b", 1).reacted(2),
    ];
    let numbers = aggregate(&members, day(2)).finish();
    assert_eq!(
        (numbers.days_observed, numbers.mean_dau, numbers.as_of),
        (3, Some(1.0), day(2))
    );
    // What lies after the last observed day is cut where it has a day.
    members.push(member("c", 3).wrote(3, 1));
    assert_eq!(aggregate(&members, day(2)).finish(), numbers);
    // The first week begins where the community does.
    let numbers = aggregate(&[member("a", 4).pressed(4).pressed(6)], day(6)).finish();
    assert_eq!(
        (numbers.days_observed, numbers.mean_dau),
        (3, Some(0.666_666_667))
    );
    assert_eq!(Aggregate::new(week(), day(20)).as_of(), day(6));
}

#[test]
fn thirty_days_end_with_the_last_day() {
    // active on, in MAU30, in the 30 days before, churned
    for (active, expected) in [
        (6, (1, 0, 0)),
        (-23, (1, 0, 0)),
        (-24, (0, 1, 1)),
        (-53, (0, 1, 1)),
        (-54, (0, 0, 0)),
    ] {
        let n = numbers_of(&[member("a", -80).pressed(active)]);
        assert_eq!(
            (n.mau30, n.prev30_active, n.churned30),
            expected,
            "day {active}"
        );
    }
    for (first, silent) in [(-24, 1), (-23, 0)] {
        assert_eq!(
            numbers_of(&[member("a", first)]).silent30,
            silent,
            "first seen on day {first}"
        );
    }
    assert_eq!(
        numbers_of(&[member("a", -80).left(6)]).silent30,
        0,
        "a leaver is gone, not silent"
    );
}

#[test]
fn a_streak_counts_while_its_member_is_there() {
    let streak = |days| (0..days).fold(member("a", -30), |made, n| made.checked_in(7 - days + n));
    let n = numbers_of(&[
        streak(8),
        streak(2),
        streak(6).left(6),
        member("b", -30).checked_in(3),
    ]);
    assert_eq!(
        (n.streaks, n.mean_streak, n.streaks_ge_7),
        (2, Some(5.0), 1)
    );
    // Check-ins of the week: 7 of the eight days, 2, 6 of the leaver, 1.
    assert_eq!((n.checked_in, n.check_ins), (4, 16));
}

#[test]
fn other_weeks_do_not_merge() {
    let mut one = Aggregate::new(week(), day(6));
    let error = one.merge(Aggregate::new(week(), day(5))).unwrap_err();
    assert_eq!(
        error.to_string(),
        "aggregate of 2026-W02 as of 2026-01-10 cannot be merged into 2026-W02 as of 2026-01-11"
    );
}

/// A member by a first day and things that happen: 0 leave, 1 return, 2 press, 3 write,
/// 4 react, 5 check in, each some days later.
fn lives() -> impl Strategy<Value = Vec<(i32, Vec<(u8, i32)>)>> {
    prop::collection::vec(
        (
            -100..8_i32,
            prop::collection::vec((0..6_u8, 0..15_i32), 0..8),
        ),
        0..12,
    )
}

fn live((first, acts): &(i32, Vec<(u8, i32)>)) -> Made {
    let mut at = *first;
    acts.iter().fold(member("a", at), |made, (act, later)| {
        at = (at + later).min(9);
        match act {
            0 => made.left(at),
            1 => made.back(at),
            2 => made.pressed(at),
            3 => made.wrote(at, 2),
            4 => made.reacted(at),
            _ => made.checked_in(at),
        }
    })
}

proptest! {
    #[test]
    fn shards_merge_to_what_one_pass_gives_in_any_order(lives in lives(), shards in 1..4_usize) {
        let whole = aggregate(&lives.iter().map(live).collect::<Vec<_>>(), day(6));
        let mut merged = Aggregate::new(week(), day(6));
        for shard in 0..shards {
            let part: Vec<Made> = lives.iter().rev().skip(shard).step_by(shards).map(live).collect();
            merged.merge(aggregate(&part, day(6))).unwrap();
        }
        prop_assert_eq!(&merged, &whole);
        let snapshot = serde_json::to_string(&whole).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Aggregate>(&snapshot).unwrap(), &whole);
    }

    #[test]
    fn who_came_and_went_is_the_change_of_members(lives in lives()) {
        let n = numbers_of(&lives.iter().map(live).collect::<Vec<_>>());
        prop_assert_eq!(n.members_start + n.new + n.returned, n.members_total + n.left);
        prop_assert_eq!(n.dau.values().max().copied().unwrap_or(0).max(n.wau), n.wau);
        prop_assert!(n.wau <= n.mau30 && n.churned30 <= n.prev30_active && n.silent30 <= n.members_total);
        prop_assert_eq!(n.retention.cohorts.values().map(|cohort| cohort.size).sum::<u64>(), n.retention.all.size);
    }
}

/// Twenty days of silence after a little activity; a button yesterday; gone already.
#[test]
fn who_is_likely_to_fall_silent_is_counted_among_members() {
    let numbers = numbers_of(&[
        member("quiet", -20).pressed(-14),
        member("here", -20).pressed(5),
        member("gone", -20).pressed(-14).left(2),
        member("long-silent", -90).pressed(-50),
    ]);
    assert_eq!((numbers.at_risk, numbers.scored), (1, 2));
    assert_eq!(numbers.at_risk_share, Some(0.5));
}

#[test]
fn a_recall_is_of_the_week_before_so_that_its_days_are_over() {
    let woken = |id: &str, on: i32| {
        let mut made = member(id, -90);
        made.0.journey.wake.last = Some(day(on));
        made
    };
    let numbers = numbers_of(&[
        woken("a", -5).pressed(2),
        woken("b", -1).pressed(6),
        // Eight days later; on the day itself, before it came perhaps; not yet over.
        woken("c", -7).pressed(1),
        woken("d", -3).pressed(-3),
        woken("e", 1).pressed(2),
        woken("f", -8).pressed(-7),
    ]);
    assert_eq!((numbers.woken, numbers.recalled), (4, 2));
    assert_eq!(numbers.recall, Some(0.5));
    let mut unsent = woken("a", -5).pressed(2);
    unsent.0.journey.wake.skipped = true;
    let numbers = numbers_of(&[unsent]);
    assert_eq!((numbers.woken, numbers.recall), (0, None), "no message");
}

#[test]
fn a_case_that_nobody_dealt_with_in_time_is_overdue() {
    let waiting = |id: &str, since: i32, person| {
        let case = Case {
            reason: Some(LeaveReason::Other),
            answered: Some(noon(since)),
            person,
            ..case(since, CaseState::Answered)
        };
        member(id, -20).left(since).in_case(case)
    };
    let members = [
        waiting("a", 4, Some(Person::Waited)),
        waiting("b", 4, Some(Person::Claimed)),
        waiting("c", 4, Some(Person::Done)),
        waiting("d", 6, Some(Person::Reminded)),
        waiting("e", 4, None),
    ];
    let overdue = |sla_hours| {
        let measures = Measures {
            sla_hours,
            ..MEASURES
        };
        let mut aggregate = Aggregate::new(week(), day(6));
        for member in &members {
            aggregate.add(&member.0, &Zone::utc(), measures);
        }
        aggregate.finish().cases_overdue
    };
    assert_eq!((overdue(24), overdue(10), overdue(0)), (2, 3, 0));
}

#[test]
fn hours_and_the_funnel_are_of_their_weeks() {
    let plan = |began: i32, next| Plan {
        next,
        ..plan(began, PlanState::Active)
    };
    let numbers = numbers_of(&[
        member("a", -6)
            .there(0, 9)
            .there(-3, 9)
            .planned(plan(-6, 3)),
        member("b", -2).there(0, 9).planned(plan(-2, 1)),
        member("c", 1).planned(plan(1, 1)),
    ]);
    assert_eq!(numbers.heat.busiest(), Some((0, 9, 2)));
    let passed: Vec<u64> = numbers
        .funnel
        .steps
        .iter()
        .map(|step| step.passed)
        .collect();
    assert_eq!((numbers.funnel.begun, passed), (2, vec![2, 1, 1]));
}

#[test]
fn newcomers_are_counted_by_how_they_came() {
    let came = |id, first, source: Option<JoinSource>| {
        let mut made = member(id, first);
        made.0.invitations.source = source;
        made
    };
    let n = numbers_of(&[
        came("a", 0, Some(JoinSource::Invited)),
        came("b", 6, Some(JoinSource::Invited)),
        came("c", 3, Some(JoinSource::Qr)),
        came("d", 3, None),
        came("last-week", -1, Some(JoinSource::Invited)),
        came("of-30-days", -23, Some(JoinSource::Invited)),
        came("older", -24, Some(JoinSource::Invited)),
        came("gone", -60, None).left(-25),
        came("gone-since", -60, None).left(-23),
    ]);
    let of = |source: JoinSource| n.joined_by_source[source.name()];
    assert_eq!(JoinSource::ALL.map(of), [2, 1, 0, 0, 1]);
    assert_eq!((n.invited_30, n.members_before_30), (4, 2));
    let kept = numbers_of(&[
        came("a", -7, Some(JoinSource::Invited)).pressed(0),
        came("b", -60, Some(JoinSource::Invited))
            .pressed(-47)
            .left(-40),
        came("c", -60, Some(JoinSource::Invited)).pressed(-46),
        came("d", -6, Some(JoinSource::Qr)).pressed(6),
        came("e", -60, None),
    ]);
    assert_eq!(kept.retention.all.bracket.d7.eligible, 4);
    let kept = kept.retention_by_source;
    let of = |source: JoinSource| (kept[source.name()].retained, kept[source.name()].eligible);
    // Day 13 of the fourth is Wednesday.
    let expected = [(2, 3), (0, 0), (0, 0), (0, 0), (0, 1)];
    assert_eq!(JoinSource::ALL.map(of), expected);
    assert_eq!(n.invitation_k, Some(2.0));
    let k = |source| numbers_of(&[came("older", -60, source)]).invitation_k;
    let unknown = [None, Some(JoinSource::Qr)].map(k);
    assert_eq!(unknown, [None, None], "nobody tells of invitations");
    assert_eq!(k(Some(JoinSource::Invited)), Some(0.0), "and now none came");
}

#[test]
fn who_was_surveyed_counts_whatever_became_of_them() {
    let minutes = |after| noon(1) + SignedDuration::from_mins(after);
    for (state, reason, expected) in [
        (CaseState::Open, None, 0),
        (CaseState::Surveyed, None, 1),
        (CaseState::GiftSent, Some(LeaveReason::Other), 1),
        (CaseState::Won { at: minutes(29) }, None, 0),
        (CaseState::Won { at: minutes(30) }, None, 1),
        (CaseState::Lost { at: noon(5) }, None, 1),
        (CaseState::Declined, None, 1),
        (CaseState::Unreachable, None, 0),
        (CaseState::Unreachable, Some(LeaveReason::Other), 1),
    ] {
        let case = Case {
            reason,
            ..case(1, state)
        };
        let found = numbers_of(&[member("a", -20).left(1).in_case(case)]).win_back;
        assert_eq!((found.opened, found.surveyed), (1, expected), "{state:?}");
        assert!(found.answered <= found.surveyed);
    }
}
