//! A leave for another reason: a person answers, and the operators see to it that somebody does.
//! Taipei, January 2026.

use hearth_domain::event::{CaseStep, Facts, Happened, LeaveReason};
use hearth_domain::journey::Person;
use insta::assert_snapshot;

use crate::follow_ups::{ANSWER, answer, answered, community, leaver};
use crate::world::{event, message_id, ts};

fn handled(path: &str, step: CaseStep) -> Happened {
    Happened::CaseHandled {
        message: message_id(path),
        step,
        by: Some("阿芳".to_owned()),
    }
}

/// What is told of an operator is nothing about the member.
fn operator() -> Facts {
    Facts {
        elsewhere: true,
        ..Facts::default()
    }
}

#[test]
fn what_needs_a_person_goes_to_the_operators_and_they_are_reminded() {
    let mut world = leaver();
    let what = Happened::SurveyAnswered {
        message: None,
        reason: LeaveReason::Other,
        text: Some("moving to Kyoto".to_owned()),
    };
    world.happens(ANSWER, what).until("2026-02-01T00:00:00Z");
    assert_snapshot!(world.sent(), @r"
    Mon 05 Jan 11:10 win-back/1/survey = win-back.survey: PENDING
    Mon 05 Jan 12:00 win-back/1/follow-up = win-back.follow-up.other: PENDING
    Mon 05 Jan 12:00 case/1/opened = win-back.follow-up.other.ops to the operators: PENDING
    Tue 06 Jan 08:00 case/1/reminder = win-back.follow-up.other.reminder to the operators: PENDING
    Thu 08 Jan 12:00 win-back/1/gift = win-back.gift: PENDING
    ");
    let notice = world.message("case/1/opened");
    assert_eq!(notice.values["survey.text"], "moving to Kyoto");
    assert_eq!(notice.values["case.due_at"], "Tue 6 Jan, 12:00");
    // What they wrote is told once, and is nowhere else.
    let elsewhere = world
        .messages
        .iter()
        .filter(|m| m.values.contains_key("survey.text"));
    assert_eq!(elsewhere.count(), 1);
    assert!(!format!("{:?}", world.member()).contains("Kyoto"));
}

#[test]
fn the_reminder_leaves_time_to_act() {
    for (hours_given, minutes) in [
        (24, 20 * 60),
        (12, 8 * 60),
        (8, 4 * 60),
        (6, 3 * 60),
        (1, 30),
    ] {
        let mut world = leaver();
        world.playbook.win_back.sla_hours = hours_given;
        world
            .happens(ANSWER, answer(LeaveReason::Other))
            .until("2026-01-07T00:00:00Z");
        let after = world
            .message("case/1/reminder")
            .created
            .duration_since(ts(ANSWER));
        assert_eq!(after.as_mins(), minutes, "{hours_given} hours");
    }
}

#[test]
fn who_takes_a_case_is_named_and_nobody_is_reminded() {
    let mut world = answered(LeaveReason::Other);
    let before = world.member().clone();
    let taken = "2026-01-05T05:00:00Z";
    world.happens_with(
        taken,
        handled("case/1/opened", CaseStep::Claimed),
        operator(),
    );
    assert_eq!(world.case().person, Some(Person::Claimed));
    // It says nothing about the member but that.
    assert_eq!(
        (
            &world.member().name,
            world.member().activity,
            &world.member().staff
        ),
        (&before.name, before.activity, &before.staff)
    );
    assert_eq!(
        world.message("case/1/claimed").values["operator.name"],
        "阿芳"
    );
    let second = handled("case/1/opened", CaseStep::Claimed);
    world.happens_with("2026-01-05T05:01:00Z", second, operator());
    assert_eq!(world.ignored, 1, "the first who takes it has it");
    let done = || handled("case/1/opened", CaseStep::Done);
    world
        .happens_with("2026-01-05T06:00:00Z", done(), operator())
        .happens_with("2026-01-05T06:01:00Z", done(), operator())
        .until("2026-02-01T00:00:00Z");
    assert_eq!(
        (world.case().person, world.ignored),
        (Some(Person::Done), 2)
    );
    assert_snapshot!(world.sent_since(taken), @r"
    Mon 05 Jan 13:00 case/1/claimed = win-back.follow-up.other.claimed to the operators: PENDING
    Thu 08 Jan 12:00 win-back/1/gift = win-back.gift: PENDING
    ");
}

#[test]
fn only_a_notice_of_this_case_hands_it_over() {
    for (what, path, reason) in [
        ("another case", "case/2/opened", LeaveReason::Other),
        ("no notice", "case/1/claimed", LeaveReason::Other),
        (
            "nobody is asked for",
            "case/1/opened",
            LeaveReason::FewBenefits,
        ),
    ] {
        let mut world = answered(reason);
        let before = world.case().person;
        let press = handled(path, CaseStep::Done);
        world.happens_with("2026-01-05T05:00:00Z", press, operator());
        assert_eq!((world.case().person, world.ignored), (before, 1), "{what}");
    }
    // Of somebody who was erased there is nothing to hand over, and nobody comes back by it.
    let mut world = community("slack");
    world.member = None;
    let press = hearth_domain::event::Event {
        facts: operator(),
        ..event(
            "press",
            ts(ANSWER),
            handled("case/1/opened", CaseStep::Done),
        )
    };
    assert_eq!(world.deliver(&[press]), None);
}

#[test]
fn without_an_operators_channel_the_ledger_says_so() {
    let mut world = leaver();
    world.community.ops_channel = None;
    world
        .happens(ANSWER, answer(LeaveReason::Other))
        .until("2026-01-06T12:00:00Z");
    assert_snapshot!(world.sent_since(ANSWER), @r"
    Mon 05 Jan 12:00 win-back/1/follow-up = win-back.follow-up.other: PENDING
    Mon 05 Jan 12:00 case/1/opened = win-back.follow-up.other.ops: SKIPPED no-channel
    Tue 06 Jan 08:00 case/1/reminder = win-back.follow-up.other.reminder: SKIPPED no-channel
    ");
}
