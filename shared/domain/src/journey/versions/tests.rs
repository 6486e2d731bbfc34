//! Plans that were changed under those who were underway in them.

use jiff::Timestamp;

use super::*;
use crate::community::Community;
use crate::ids::MemberId;
use crate::journey::{Book, Plan};
use crate::playbook::StepWhat;

/// A Monday, 09:00 in Taipei: day 1.
fn joined() -> Timestamp {
    "2026-01-05T01:00:00Z".parse().unwrap()
}

fn community() -> Community {
    let file = "id = \"acme\"\nplatform = \"slack\"\nname = \"Acme\"\nzone = \"Asia/Taipei\"\nlocale = \"en\"\nplaybook = \"default\"\n[secrets]\nsigning_secret = \"literal:s\"\nbot_token = \"literal:t\"\n";
    Community::parse(file).unwrap()
}

/// A plan of steps, each with its day: `a1 b2`.
fn playbook(steps: &str) -> Playbook {
    let mut playbook = Playbook::parse(Playbook::DEFAULT_TOML).unwrap();
    let step = |text: &str| Step {
        id: StepId::new(&text[..1]).unwrap(),
        day: text[1..].parse().unwrap(),
        what: StepWhat::Content,
        messages: Vec::new(),
        fallback: None,
        title: None,
        example: None,
    };
    playbook.onboarding.steps = steps.split(' ').map(step).collect();
    playbook
}

/// The plan of somebody who had so many steps of `old` and was moved to `new`: the id of the next
/// step, and the day of January on which it is due.
fn moved(old: &str, had: u8, new: &str) -> String {
    let (community, old, new) = (community(), playbook(old), playbook(new));
    let mut member = Member::new(MemberId::new("U1").unwrap(), joined());
    let day_one = community.zone.day(joined());
    member.journey.onboarding = Some(Plan {
        answered: 0,
        enrolment: 1,
        version: 1,
        day_one,
        next: had,
        state: PlanState::Active,
        due: Some(joined()),
        started: joined(),
    });
    let to = Context::new(&community, Book::new(&new, 2), joined());
    assert!(migrate(&mut member, &old, to));
    let plan = member.journey.onboarding.unwrap();
    assert_eq!(plan.version, 2);
    let Some(step) = new.onboarding.steps.get(usize::from(plan.next)) else {
        assert_eq!(
            (plan.state, plan.due),
            (PlanState::Finished { at: joined() }, None)
        );
        return "finished".to_owned();
    };
    let due = community.zone.local(plan.due.unwrap());
    format!("{} on the {}th", step.id, due.day())
}

#[test]
fn a_moved_plan_goes_on_after_the_last_step_by_its_id() {
    // Day 1 is the 5th.
    for (old, had, new, expected, why) in [
        (
            "a1 b2 c3 d4",
            2,
            "a1 b2 c3 d4",
            "c on the 7th",
            "the same plan",
        ),
        (
            "a1 b2 c3 d4",
            2,
            "a1 b2 d4",
            "d on the 8th",
            "a step removed",
        ),
        (
            "a1 b2 c3 d4",
            2,
            "a1 b2 c5 d6",
            "c on the 9th",
            "a later day",
        ),
        (
            "a1 b2 c3 d4",
            2,
            "a1 b2 x3 c4",
            "x on the 7th",
            "a step added next",
        ),
        (
            "a1 b2 c3 d4",
            3,
            "a1 x2 b2 c3 d4",
            "d on the 8th",
            "a step added earlier than now",
        ),
        (
            "a1 b2 c3 d4",
            2,
            "a1 b2 x2 c3",
            "x on the 7th",
            "added after the last, on a day that is over",
        ),
        (
            "a1 b2 c3 d4",
            2,
            "a1 b2 c2 d3",
            "c on the 7th",
            "nobody is hurried",
        ),
        (
            "a1 b2 c3 d4",
            3,
            "a1 c2 b3 d4",
            "d on the 8th",
            "reordered: b was had",
        ),
        (
            "a1 b2 c3 d4",
            2,
            "b1 c2 a3 d4",
            "c on the 7th",
            "reordered: c is next",
        ),
        (
            "a1 b2 c3 d4",
            2,
            "a1 x2 y3 d4",
            "y on the 7th",
            "the last step is gone: a later day",
        ),
        ("a1 b2 c3 d4", 2, "a1 x2", "finished", "nothing is left"),
        (
            "a1 b2 c3 d4",
            4,
            "a1 b2 c3 d4 e7",
            "e on the 11th",
            "one more",
        ),
        ("a1 b2", 0, "x1 b2", "x on the 5th", "before the welcome"),
    ] {
        assert_eq!(moved(old, had, new), expected, "{why}: {old} → {new}");
    }
}

#[test]
fn what_is_not_underway_is_not_moved() {
    let (community, old, new) = (community(), playbook("a1 b2"), playbook("a1 b3"));
    let to = Context::new(&community, Book::new(&new, 2), joined());
    let mut member = Member::new(MemberId::new("U1").unwrap(), joined());
    assert!(!migrate(&mut member, &old, to), "no plan");
    let finished = Plan {
        answered: 0,
        enrolment: 1,
        version: 1,
        day_one: community.zone.day(joined()),
        next: 2,
        state: PlanState::Finished { at: joined() },
        due: None,
        started: joined(),
    };
    for plan in [
        finished.clone(),
        Plan {
            state: PlanState::Active,
            version: 2,
            ..finished
        },
    ] {
        member.journey.onboarding = Some(plan);
        let before = member.clone();
        assert!(!migrate(&mut member, &old, to));
        assert_eq!(member, before);
    }
}
