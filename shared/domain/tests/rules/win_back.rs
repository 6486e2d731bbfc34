//! A leave, the survey, an answer, a return: told as stories. Taipei, January 2026.

use hearth_domain::event::{Facts, Happened, LeaveCause, LeaveReason};
use hearth_domain::journey::CaseState;
use insta::assert_snapshot;
use jiff::Timestamp;

use crate::world::{World, ts};

const LEAVE: &str = "2026-01-05T03:00:00Z";

/// Somebody who was there before anybody counted, so that no plan is in the way.
fn old_member() -> World {
    let mut world = World::taipei();
    world.happens(
        "2026-01-01T03:00:00Z",
        Happened::ButtonPressed { message: None },
    );
    world
}

/// The sending time so many days after an instant.
fn zone_day(world: &World, at: &str, days: i32) -> Timestamp {
    let send_at = world.playbook.onboarding.send_at;
    world
        .zone()
        .at(world.zone().day(ts(at)).plus(days), send_at)
}

fn answer(path: Option<&str>, reason: LeaveReason) -> Happened {
    Happened::SurveyAnswered {
        message: path.map(|path| format!("acme/U1/{path}").parse().unwrap()),
        reason,
        text: None,
    }
}

#[test]
fn only_those_who_may_have_gone_of_their_own_will_are_asked() {
    for (cause, asked) in [
        (LeaveCause::Voluntary, true),
        (LeaveCause::Unknown, true),
        (LeaveCause::Removed, false),
    ] {
        let mut world = old_member();
        world
            .happens(LEAVE, Happened::Left { cause })
            .until("2026-01-06T00:00:00Z");
        assert_eq!(
            world.member().journey.win_back.is_some(),
            asked,
            "{cause:?}"
        );
        assert_eq!(world.messages.len(), usize::from(asked), "{cause:?}");
    }
}

#[test]
fn the_survey_goes_out_ten_minutes_after_the_leave() {
    let mut world = old_member();
    world.leaves(LEAVE);
    assert_eq!(
        (world.case().state, world.case().due),
        (CaseState::Open, Some(ts("2026-01-05T03:10:00Z")))
    );
    world.until("2026-01-05T03:09:59Z");
    assert_eq!(world.sent(), "");
    world.until("2026-01-05T03:10:00Z");
    assert_snapshot!(world.sent(), @"Mon 05 Jan 11:10 win-back/1/survey = win-back.survey: PENDING");
    assert_eq!(world.case().state, CaseState::Surveyed);
}

#[test]
fn staff_and_who_opted_out_are_not_asked() {
    let mut world = old_member();
    world
        .happens("2026-01-02T03:00:00Z", Happened::OptedOut)
        .leaves(LEAVE)
        .until("2026-03-01T00:00:00Z");
    assert_eq!(world.member().journey.win_back, None);

    let mut world = old_member();
    let staff = Facts {
        staff: Some(true),
        ..Facts::default()
    };
    world
        .happens_with(
            "2026-01-02T03:00:00Z",
            Happened::ButtonPressed { message: None },
            staff,
        )
        .leaves(LEAVE)
        .until("2026-03-01T00:00:00Z");
    assert_eq!(world.member().journey.win_back, None);
    assert_eq!(world.sent(), "");
}

#[test]
fn stop_ends_the_case() {
    let mut world = old_member();
    world
        .leaves(LEAVE)
        .happens("2026-01-05T03:05:00Z", Happened::OptedOut)
        .until("2026-03-01T00:00:00Z");
    assert_eq!(
        (world.case().state, world.sent().as_str()),
        (CaseState::Declined, "")
    );
}

#[test]
fn an_answer_counts_after_the_survey_and_only_to_this_one() {
    let few = LeaveReason::FewBenefits;
    for (at, to, counts) in [
        ("2026-01-05T03:05:00Z", Some("win-back/1/survey"), false),
        ("2026-01-05T03:20:00Z", Some("win-back/1/survey"), true),
        ("2026-01-05T03:20:00Z", None, true),
        ("2026-01-05T03:20:00Z", Some("win-back/2/survey"), false),
        ("2026-01-05T03:20:00Z", Some("onboarding/1/day-1"), false),
    ] {
        let mut world = old_member();
        world.leaves(LEAVE).happens(at, answer(to, few));
        let answered = world.case().reason == Some(few);
        assert_eq!(answered, counts, "{at} {to:?}");
    }
}

#[test]
fn the_first_answer_stays() {
    let mut world = old_member();
    world
        .leaves(LEAVE)
        .happens(
            "2026-01-05T03:20:00Z",
            answer(None, LeaveReason::TooMuchInfo),
        )
        .happens("2026-01-05T03:21:00Z", answer(None, LeaveReason::Other));
    assert_eq!(
        (world.case().state, world.case().reason),
        (CaseState::Answered, Some(LeaveReason::TooMuchInfo))
    );
}

#[test]
fn an_answer_of_somebody_without_a_case_is_activity_and_nothing_else() {
    let mut world = old_member();
    world.happens(LEAVE, answer(None, LeaveReason::Other));
    assert_eq!(world.member().journey.win_back, None);
    assert!(
        world
            .member()
            .activity
            .active_on("2026-01-05".parse().unwrap())
    );
}

#[test]
fn a_return_wins_at_every_stage() {
    for (back, answered) in [
        ("2026-01-05T03:05:00Z", false),
        ("2026-01-06T03:00:00Z", false),
        ("2026-01-20T03:00:00Z", true),
    ] {
        let mut world = old_member();
        world.leaves(LEAVE);
        if answered {
            world.happens(
                "2026-01-05T04:00:00Z",
                answer(None, LeaveReason::BoringContent),
            );
        }
        world.joins(back);
        // From now on only what they like is waited for, a week after the return.
        let care = zone_day(&world, back, 7);
        assert_eq!(
            (world.case().state, world.case().due),
            (CaseState::Won { at: ts(back) }, Some(care))
        );
        world.until("2026-03-01T00:00:00Z");
        assert_eq!(world.case().state, CaseState::Won { at: ts(back) });
    }
}

#[test]
fn without_a_return_the_case_is_lost_after_30_days() {
    let mut world = old_member();
    world.leaves(LEAVE).until("2026-02-04T02:59:59Z");
    assert_eq!(world.case().state, CaseState::Surveyed);
    world.until("2026-02-04T03:00:00Z");
    assert_eq!(
        (world.case().state, world.case().due),
        (
            CaseState::Lost {
                at: ts("2026-02-04T03:00:00Z")
            },
            None
        )
    );
    // Who comes back later was not won back by us.
    world.joins("2026-02-10T03:00:00Z");
    assert_eq!(
        world.case().state,
        CaseState::Lost {
            at: ts("2026-02-04T03:00:00Z")
        }
    );
}

#[test]
fn an_answered_case_can_still_be_lost() {
    let mut world = old_member();
    world
        .leaves(LEAVE)
        .happens("2026-01-05T04:00:00Z", answer(None, LeaveReason::Other))
        .until("2026-03-01T00:00:00Z");
    assert_eq!(
        world.case().state,
        CaseState::Lost {
            at: ts("2026-02-04T03:00:00Z")
        }
    );
}

#[test]
fn the_second_leave_is_the_second_case() {
    let mut world = old_member();
    world
        .leaves(LEAVE)
        .until("2026-01-05T04:00:00Z")
        .joins("2026-01-06T03:00:00Z")
        .leaves("2026-01-06T05:00:00Z")
        .until("2026-01-06T06:00:00Z");
    assert_eq!(world.case().number, 2);
    let surveys: Vec<String> = world
        .sent()
        .lines()
        .filter(|line| line.contains("survey"))
        .map(str::to_owned)
        .collect();
    assert_snapshot!(surveys.join("\n"), @r"
    Mon 05 Jan 11:10 win-back/1/survey = win-back.survey: PENDING
    Tue 06 Jan 13:10 win-back/2/survey = win-back.survey: PENDING
    ");
    // An answer to the first survey is too late for this case.
    world.happens(
        "2026-01-06T07:00:00Z",
        answer(Some("win-back/1/survey"), LeaveReason::Other),
    );
    assert_eq!(world.case().state, CaseState::Surveyed);
}

#[test]
fn leaving_twice_without_a_return_is_one_leave() {
    let mut world = old_member();
    world.leaves(LEAVE).leaves("2026-01-05T03:30:00Z");
    assert_eq!((world.case().number, world.case().opened), (1, ts(LEAVE)));
}

#[test]
fn a_leaver_whom_the_platform_cannot_reach_is_noted_as_such() {
    let mut world = World::new("discord", "Asia/Taipei");
    world
        .happens(
            "2026-01-01T03:00:00Z",
            Happened::ButtonPressed { message: None },
        )
        .leaves(LEAVE)
        .until("2026-03-01T00:00:00Z");
    assert_snapshot!(world.sent(), @"Mon 05 Jan 11:00 win-back/1/survey = win-back.survey: SKIPPED unreachable");
    assert_eq!(
        (world.case().state, world.case().due),
        (CaseState::Unreachable, None)
    );
}

#[test]
fn a_survey_more_than_a_day_late_is_not_sent() {
    let mut world = old_member();
    world
        .leaves(LEAVE)
        .outage_until("2026-01-06T03:00:01Z")
        .tick();
    assert_snapshot!(world.sent(), @"Tue 06 Jan 11:00 win-back/1/survey = win-back.survey: SKIPPED expired");
    world.until("2026-03-01T00:00:00Z");
    assert!(matches!(world.case().state, CaseState::Lost { .. }));
}

#[test]
fn a_leave_told_a_month_late_is_lost_and_the_ledger_says_why_nobody_asked() {
    let mut world = old_member();
    world
        .outage_until("2026-02-20T00:00:00Z")
        .deliver(&[crate::world::event(
            "late",
            ts(LEAVE),
            Happened::Left {
                cause: LeaveCause::Voluntary,
            },
        )]);
    world.until("2026-02-20T00:00:00Z");
    assert_snapshot!(world.sent(), @"Fri 20 Feb 08:00 win-back/1/survey = win-back.survey: SKIPPED expired");
    assert!(matches!(world.case().state, CaseState::Lost { .. }));
}

#[test]
fn a_first_event_that_is_a_leave_makes_a_leaver() {
    let mut world = World::taipei();
    world.leaves(LEAVE).until("2026-01-05T03:10:00Z");
    assert_eq!(world.case().state, CaseState::Surveyed);
    // The join that came before it, told late, starts nothing; the next one starts the plan.
    world.deliver(&[crate::world::event(
        "join",
        ts("2026-01-04T03:00:00Z"),
        Happened::Joined { came: None },
    )]);
    assert_eq!(world.member().journey.onboarding, None);
    world.joins("2026-01-05T05:00:00Z");
    assert_eq!(
        (world.plan().enrolment, world.case().state),
        (
            1,
            CaseState::Won {
                at: ts("2026-01-05T05:00:00Z")
            }
        )
    );
}

#[test]
fn a_redelivered_leave_opens_no_second_case() {
    let mut world = old_member();
    let leave = crate::world::event(
        "leave",
        ts(LEAVE),
        Happened::Left {
            cause: LeaveCause::Voluntary,
        },
    );
    world.until(LEAVE).deliver(std::slice::from_ref(&leave));
    world
        .joins("2026-01-05T05:00:00Z")
        .until("2026-01-06T05:00:00Z");
    let before = world.member().clone();
    world.deliver(&[leave]);
    assert_eq!(world.member(), &before);
}
