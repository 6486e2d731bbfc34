//! Who goes by which version, in tables: policies, nested stages, stops.

use super::*;
use crate::days::LocalDay;
use crate::journey::{Plan, PlanEnd, PlanState};

fn ts(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    ts("2026-01-05T01:00:00Z")
}

fn member(n: u32) -> MemberId {
    MemberId::new(format!("U{n}")).unwrap()
}

fn none() -> Rollout {
    Rollout::none(PlaybookId::new("default").unwrap())
}

/// Version 1, released to all.
fn one() -> Rollout {
    none().publish(Policy::Pin).unwrap()
}

fn pilots(rollout: &Rollout, of: u32) -> BTreeSet<u32> {
    (0..of).filter(|n| rollout.is_pilot(&member(*n))).collect()
}

/// Somebody who is (not) in the running pilot.
fn one_who_is(rollout: &Rollout, pilot: bool) -> MemberId {
    let mut all = (0..10_000).map(member);
    all.find(|member| rollout.is_pilot(member) == pilot)
        .unwrap()
}

fn underway(steps: u32, texts: u32) -> Underway {
    Underway { steps, texts }
}

#[test]
fn what_each_policy_means_for_those_underway() {
    use Policy::{Follow, Migrate, Pin};
    let who = member(1);
    // Policies of versions 2, 3 …; the version somebody began with; what they go by.
    let table: [(&[Policy], u32, Underway); 11] = [
        (&[], 1, underway(1, 1)),
        (&[Pin], 1, underway(1, 1)),
        (&[Pin, Pin], 2, underway(2, 2)),
        (&[Follow], 1, underway(1, 2)),
        (&[Follow, Pin], 1, underway(1, 2)),
        (&[Follow, Pin], 3, underway(3, 3)),
        (&[Follow, Follow], 1, underway(1, 3)),
        (&[Migrate], 1, underway(2, 2)),
        (&[Migrate, Pin], 1, underway(2, 2)),
        (&[Follow, Migrate, Pin], 1, underway(3, 3)),
        (&[Migrate, Pin, Follow], 1, underway(2, 4)),
    ];
    for (policies, pinned, expected) in table {
        let mut rollout = one();
        for policy in policies {
            rollout = rollout.publish(*policy).unwrap();
        }
        let newest = u32::try_from(policies.len()).unwrap() + 1;
        assert_eq!(rollout.for_newcomer(&who), newest, "{policies:?}");
        let found = rollout.for_underway(&who, pinned);
        assert_eq!(found, expected, "{policies:?}, begun with {pinned}");
    }
}

#[test]
fn the_stages_are_nested_and_about_as_large_as_they_say() {
    let first = one().publish_pilot(Policy::Pin, 2_000, now()).unwrap();
    let tenth = first.move_to(MoveTo::Tenth).unwrap();
    let (few, more) = (pilots(&first, 2_000), pilots(&tenth, 2_000));
    assert!((35..=65).contains(&few.len()), "{}", few.len());
    assert!((160..=240).contains(&more.len()), "{}", more.len());
    assert!(few.is_subset(&more));
    assert_eq!(pilots(&tenth.move_to(MoveTo::All).unwrap(), 2_000).len(), 0);
    // The next one is tried with others.
    let next = tenth.move_to(MoveTo::Stop).unwrap();
    let next = next.publish_pilot(Policy::Pin, 2_000, now()).unwrap();
    let both = pilots(&next, 2_000).intersection(&few).count();
    assert!(both < 10, "{both}");
}

#[test]
fn a_small_community_is_in_the_pilot_as_a_whole_and_stays_in() {
    for (members, all) in [(0, 200), (1, 200), (50, 200), (100, 100), (400, 25)] {
        let first = one().publish_pilot(Policy::Pin, members, now()).unwrap();
        let count = pilots(&first, 200).len();
        assert!(count.abs_diff(all) <= 20, "{members}: {count}, not {all}");
        let tenth = first.move_to(MoveTo::Tenth).unwrap();
        assert!(pilots(&first, 200).is_subset(&pilots(&tenth, 200)));
    }
}

#[test]
fn who_is_in_a_pilot_is_the_same_everywhere() {
    let rollout = one().publish_pilot(Policy::Pin, 1_000, now()).unwrap();
    // Written down once: another hash would move people between versions in mid-pilot.
    assert_eq!(pilots(&rollout, 100), PILOTS_OF_A_HUNDRED.into());
}

const PILOTS_OF_A_HUNDRED: [u32; 4] = [1, 32, 86, 95];

#[test]
fn a_pilot_goes_by_its_policy_and_nobody_else_does() {
    for (policy, expected) in [
        (Policy::Pin, underway(1, 1)),
        (Policy::Follow, underway(1, 2)),
        (Policy::Migrate, underway(2, 2)),
    ] {
        let rollout = one().publish_pilot(policy, 200, now()).unwrap();
        let (inside, outside) = (one_who_is(&rollout, true), one_who_is(&rollout, false));
        assert_eq!(rollout.for_newcomer(&inside), 2);
        assert_eq!(rollout.for_newcomer(&outside), 1);
        assert_eq!(rollout.for_underway(&inside, 1), expected, "{policy:?}");
        assert_eq!(rollout.for_underway(&outside, 1), underway(1, 1));
        assert_eq!(rollout.for_underway(&inside, 2), underway(2, 2));
        let all = rollout.move_to(MoveTo::All).unwrap();
        assert_eq!(all.for_newcomer(&outside), 2);
        assert_eq!(all.for_underway(&outside, 1), expected, "{policy:?}");
    }
}

#[test]
fn nobody_goes_on_with_what_was_stopped() {
    for policy in Policy::ALL {
        let tried = one().publish_pilot(policy, 200, now()).unwrap();
        let who = one_who_is(&tried, true);
        let stopped = tried.move_to(MoveTo::Stop).unwrap();
        assert_eq!(stopped.for_newcomer(&who), 1);
        for pinned in [1, 2] {
            assert_eq!(stopped.for_underway(&who, pinned), underway(1, 1));
        }
        // For ever: also when there are newer ones.
        let later = stopped.publish(Policy::Pin).unwrap();
        assert_eq!((later.newest, later.released), (3, 3));
        assert_eq!(later.for_underway(&who, 2), underway(3, 3));
        assert_eq!(later.for_underway(&who, 1), underway(1, 1));
    }
}

#[test]
fn what_cannot_be_moved_says_why() {
    let tried = one().publish_pilot(Policy::Pin, 200, now()).unwrap();
    let tenth = tried.move_to(MoveTo::Tenth).unwrap();
    let stopped = tenth.move_to(MoveTo::Stop).unwrap();
    assert_eq!(
        none().publish_pilot(Policy::Pin, 200, now()),
        Err(RolloutError::NothingReleased)
    );
    assert_eq!(tried.publish(Policy::Pin), Err(RolloutError::PilotRuns(2)));
    assert_eq!(
        tried.publish_pilot(Policy::Pin, 9, now()),
        Err(RolloutError::PilotRuns(2))
    );
    assert_eq!(tenth.move_to(MoveTo::Tenth), Err(RolloutError::NotBack(2)));
    for to in [MoveTo::Tenth, MoveTo::All, MoveTo::Stop] {
        assert_eq!(one().move_to(to), Err(RolloutError::NoPilot));
        assert_eq!(stopped.move_to(to), Err(RolloutError::NoPilot));
    }
}

#[test]
fn a_pilot_is_stopped_when_more_leave_it_and_not_by_chance() {
    let rule = StopRule::default();
    let ended = |all, early| EndedPlans { all, early };
    for (pilot, others, stops, why) in [
        (ended(30, 15), ended(300, 45), true, "half against 15 %"),
        (ended(29, 29), ended(300, 0), false, "too few to tell"),
        (
            ended(40, 12),
            ended(300, 15),
            false,
            "30 % is the limit, not above it",
        ),
        (
            ended(40, 20),
            ended(300, 150),
            false,
            "as many of the others",
        ),
        (ended(30, 11), ended(30, 8), false, "may be chance"),
        (ended(30, 30), ended(0, 0), false, "nobody to compare with"),
        (ended(30, 30), ended(30, 30), false, "all of both"),
        (ended(0, 0), ended(0, 0), false, "nothing at all"),
        // Just before the 5 % point of 1.645, and beyond it.
        (ended(100, 40), ended(100, 29), false, "z = 1.64"),
        (ended(100, 41), ended(100, 29), true, "z = 1.78"),
    ] {
        let verdict = rule.judge(pilot, others);
        assert_eq!(verdict.stops, stops, "{pilot:?} {others:?}: {why}");
        assert_eq!((verdict.sample, verdict.exits), (pilot.all, pilot.early));
    }
}

#[test]
fn what_the_rule_stopped_stays_stopped_and_is_to_be_told() {
    let tried = one().publish_pilot(Policy::Pin, 200, now()).unwrap();
    let calm = Verdict {
        sample: 30,
        exits: 3,
        stops: false,
    };
    let looked = tried.looked(calm, now());
    assert_eq!(looked.running().unwrap().looked, Some(now()));
    let bad = Verdict {
        exits: 20,
        stops: true,
        ..calm
    };
    let stopped = looked.looked(bad, now());
    assert!(stopped.running().is_none());
    let pilot = stopped.pilot.clone().unwrap();
    assert_eq!((pilot.verdict, pilot.told), (Some(bad), false));
    let by_hand = tried.move_to(MoveTo::Stop).unwrap().pilot.unwrap();
    assert_eq!((by_hand.verdict, by_hand.told), (None, true));
}

#[test]
fn like_is_compared_with_like() {
    use Policy::{Follow, Migrate, Pin};
    use Side::{Others, Pilot};
    let (before, after) = (ts("2026-01-04T00:00:00Z"), ts("2026-01-06T00:00:00Z"));
    let finished = |at| PlanState::Finished { at };
    let left = |at| PlanState::Stopped {
        at,
        why: PlanEnd::Left,
    };
    let plan = |version, started, state| Plan {
        answered: 0,
        enrolment: 1,
        version,
        day_one: LocalDay::from_epoch_days(0),
        next: 0,
        state,
        due: None,
        started,
    };
    for (policy, inside, plan, expected) in [
        (Pin, true, plan(2, after, left(after)), Some(Pilot)),
        (Pin, false, plan(1, after, left(after)), Some(Others)),
        (Pin, false, plan(1, before, left(after)), None),
        // Came into the share with its second stage.
        (Pin, true, plan(1, after, finished(after)), None),
        (Follow, true, plan(1, before, left(after)), Some(Pilot)),
        (Follow, false, plan(1, before, left(after)), Some(Others)),
        (Follow, true, plan(1, before, left(before)), None),
        (Follow, true, plan(1, after, PlanState::Active), None),
        (Migrate, true, plan(2, before, finished(after)), Some(Pilot)),
        (Migrate, true, plan(1, before, left(after)), None),
        (Migrate, false, plan(1, before, left(after)), Some(Others)),
    ] {
        let rollout = one().publish_pilot(policy, 200, now()).unwrap();
        let who = one_who_is(&rollout, inside);
        let pilot = rollout.running().unwrap();
        let side = rollout.side(pilot, &who, &plan);
        assert_eq!(side, expected, "{policy:?} {inside} {plan:?}");
    }
}

#[test]
fn only_plans_that_the_member_ended_count() {
    let at = now();
    let mut ended = EndedPlans::default();
    for why in [PlanEnd::Left, PlanEnd::OptedOut, PlanEnd::Staff] {
        ended.count(PlanState::Stopped { at, why });
    }
    ended.count(PlanState::Active);
    ended.count(PlanState::Finished { at });
    assert_eq!(ended, EndedPlans { all: 3, early: 2 });
}
