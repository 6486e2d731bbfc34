//! The seven days, told as stories. 2026-01-05 is a Monday; Taipei is eight hours ahead of UTC.

use hearth_domain::days::Zone;
use hearth_domain::event::{Facts, Happened, LeaveCause, ReplyHandle};
use hearth_domain::ids::{ChannelId, InterestId};
use hearth_domain::journey::{PlanEnd, PlanState};
use hearth_domain::locale::Locale;
use insta::assert_snapshot;

use crate::world::{World, hours, ts};

const JOIN: &str = "2026-01-05T01:30:00Z";

fn comment() -> Happened {
    Happened::MessagePosted {
        length: Some(40),
        topic: true,
        interest: None,
        print: None,
    }
}

fn named(name: &str) -> Facts {
    Facts {
        name: Some(name.to_owned()),
        ..Facts::default()
    }
}

fn interest(id: &str) -> Happened {
    Happened::InterestChosen {
        interest: Some(InterestId::new(id).unwrap()),
    }
}

#[test]
fn who_says_nothing_gets_the_whole_plan() {
    let mut world = World::taipei();
    world.joins(JOIN).until("2026-02-01T00:00:00Z");
    assert_snapshot!(world.sent(), @r"
    Mon 05 Jan 09:30 onboarding/1/day-1 = onboarding.day-1: PENDING
    Mon 05 Jan 09:30 onboarding/1/day-1.guide = onboarding.day-1.guide: PENDING
    Tue 06 Jan 10:00 onboarding/1/day-2 = onboarding.day-2: PENDING
    Wed 07 Jan 10:00 onboarding/1/day-3 = onboarding.day-3: PENDING
    Thu 08 Jan 10:00 onboarding/1/day-4 = onboarding.day-4.fallback content 0: PENDING
    Fri 09 Jan 10:00 onboarding/1/day-5 = onboarding.day-4.fallback content 3: PENDING
    Sat 10 Jan 10:00 onboarding/1/day-6 = onboarding.day-6.fallback: PENDING
    Sun 11 Jan 10:00 onboarding/1/day-7 = onboarding.day-7.missed: PENDING
    ");
    assert_eq!(
        world.plan().state,
        PlanState::Finished {
            at: ts("2026-01-11T02:00:00Z")
        }
    );
    assert_eq!(world.member().points(), 0);
}

#[test]
fn who_does_everything_is_thanked_at_once_and_reads_what_they_like() {
    let mut world = World::taipei();
    world
        .joins(JOIN)
        .happens("2026-01-05T01:31:00Z", interest("tools"))
        .happens_with(
            "2026-01-06T05:00:00Z",
            Happened::Renamed,
            named("設計-小美"),
        )
        .happens("2026-01-07T05:00:00Z", comment())
        .until("2026-02-01T00:00:00Z");
    assert_snapshot!(world.sent(), @r"
    Mon 05 Jan 09:30 onboarding/1/day-1 = onboarding.day-1: PENDING
    Mon 05 Jan 09:30 onboarding/1/day-1.guide = onboarding.day-1.guide: PENDING
    Tue 06 Jan 10:00 onboarding/1/day-2 = onboarding.day-2: PENDING
    Tue 06 Jan 13:00 task/day-2 = onboarding.task-done: PENDING
    Wed 07 Jan 10:00 onboarding/1/day-3 = onboarding.day-3: PENDING
    Wed 07 Jan 13:00 task/day-3 = onboarding.task-done: PENDING
    Thu 08 Jan 10:00 onboarding/1/day-4 = onboarding.day-4 content 1: PENDING
    Fri 09 Jan 10:00 onboarding/1/day-5 = onboarding.day-5 content 2: PENDING
    Sat 10 Jan 10:00 onboarding/1/day-6 = onboarding.day-6.fallback: PENDING
    Sun 11 Jan 10:00 onboarding/1/day-7 = onboarding.day-7.missed: PENDING
    ");
    assert_eq!(world.ledger.get("task/rename"), Some(&10));
    assert_eq!(world.ledger.get("task/comment"), Some(&10));
    let thanks = world
        .messages
        .iter()
        .find(|message| message.id.path() == "task/day-2")
        .unwrap();
    assert_eq!(thanks.values["task.title"], "Set your nickname");
    assert_eq!(thanks.values["award.points"], "10");
}

#[test]
fn an_interest_without_content_of_its_own_brings_what_everybody_gets() {
    let mut world = World::taipei();
    world
        .joins(JOIN)
        .happens("2026-01-05T01:31:00Z", interest("growth"))
        .until("2026-01-09T02:00:00Z");
    assert_snapshot!(world.sent(), @r"
    Mon 05 Jan 09:30 onboarding/1/day-1 = onboarding.day-1: PENDING
    Mon 05 Jan 09:30 onboarding/1/day-1.guide = onboarding.day-1.guide: PENDING
    Tue 06 Jan 10:00 onboarding/1/day-2 = onboarding.day-2: PENDING
    Wed 07 Jan 10:00 onboarding/1/day-3 = onboarding.day-3: PENDING
    Thu 08 Jan 10:00 onboarding/1/day-4 = onboarding.day-4.fallback content 0: PENDING
    Fri 09 Jan 10:00 onboarding/1/day-5 = onboarding.day-4.fallback content 3: PENDING
    ");
}

#[test]
fn just_looking_is_no_interest() {
    let mut world = World::taipei();
    world
        .joins(JOIN)
        .happens(
            "2026-01-05T01:31:00Z",
            Happened::InterestChosen { interest: None },
        )
        .until("2026-01-08T02:00:00Z");
    assert!(
        world
            .sent()
            .contains("onboarding/1/day-4 = onboarding.day-4.fallback content 0"),
        "{}",
        world.sent()
    );
}

#[test]
fn a_community_without_content_and_gift_skips_those_days_and_says_why() {
    let mut world = World::taipei();
    world.community.contents.clear();
    world.community.gift = None;
    world.joins(JOIN).until("2026-02-01T00:00:00Z");
    assert_snapshot!(world.sent(), @r"
    Mon 05 Jan 09:30 onboarding/1/day-1 = onboarding.day-1: PENDING
    Mon 05 Jan 09:30 onboarding/1/day-1.guide = onboarding.day-1.guide: PENDING
    Tue 06 Jan 10:00 onboarding/1/day-2 = onboarding.day-2: PENDING
    Wed 07 Jan 10:00 onboarding/1/day-3 = onboarding.day-3: PENDING
    Thu 08 Jan 10:00 onboarding/1/day-4 = onboarding.day-4: SKIPPED no-content
    Fri 09 Jan 10:00 onboarding/1/day-5 = onboarding.day-5: SKIPPED no-content
    Sat 10 Jan 10:00 onboarding/1/day-6 = onboarding.day-6.fallback: PENDING
    Sun 11 Jan 10:00 onboarding/1/day-7 = onboarding.day-7: SKIPPED no-gift
    ");
}

#[test]
fn a_task_that_is_done_is_not_asked_for() {
    let mut world = World::taipei();
    world
        .happens_with(
            "2026-01-05T01:00:00Z",
            Happened::Renamed,
            named("product | Lee"),
        )
        .joins(JOIN)
        .happens("2026-01-05T02:00:00Z", comment())
        .until("2026-01-07T02:00:00Z");
    assert_snapshot!(world.sent(), @r"
    Mon 05 Jan 09:30 onboarding/1/day-1 = onboarding.day-1: PENDING
    Mon 05 Jan 09:30 onboarding/1/day-1.guide = onboarding.day-1.guide: PENDING
    Mon 05 Jan 09:30 task/day-2 = onboarding.task-done: PENDING
    Mon 05 Jan 10:00 task/day-3 = onboarding.task-done: PENDING
    Tue 06 Jan 10:00 onboarding/1/day-2 = onboarding.day-2: SKIPPED task-done
    Wed 07 Jan 10:00 onboarding/1/day-3 = onboarding.day-3: SKIPPED task-done
    ");
}

#[test]
fn the_button_i_did_it_counts_where_names_are_not_told() {
    let mut world = World::taipei();
    world.joins(JOIN).happens(
        "2026-01-06T03:00:00Z",
        Happened::TaskClaimed { message: None },
    );
    assert_eq!(world.ledger.get("task/rename"), Some(&10));
    // Once, whatever else is pressed and however they are named.
    world.happens(
        "2026-01-06T03:01:00Z",
        Happened::TaskClaimed { message: None },
    );
    world.happens_with(
        "2026-01-06T03:02:00Z",
        Happened::Renamed,
        named("設計-小美"),
    );
    assert_eq!(
        world
            .messages
            .iter()
            .filter(|message| message.id.path().starts_with("task/"))
            .count(),
        1
    );
}

#[test]
fn a_name_that_is_no_industry_name_completes_nothing() {
    let mut world = World::taipei();
    world
        .joins(JOIN)
        .happens_with("2026-01-06T03:00:00Z", Happened::Renamed, named("小美"));
    assert_eq!(world.ledger.get("task/rename"), None);
}

#[test]
fn tasks_done_before_the_join_was_told_are_paid_when_it_is() {
    let mut world = World::taipei();
    world.happens("2026-01-05T01:00:00Z", comment());
    assert_eq!(world.sent(), "", "the join is only inferred");
    world.joins(JOIN);
    assert_eq!(world.ledger.get("task/comment"), Some(&10));
}

#[test]
fn who_leaves_on_day_3_gets_nothing_after_and_the_ledger_says_why() {
    let mut world = World::taipei();
    world
        .joins(JOIN)
        .happens(
            "2026-01-07T01:00:00Z",
            Happened::Left {
                cause: LeaveCause::Removed,
            },
        )
        .until("2026-03-01T00:00:00Z");
    assert_snapshot!(world.sent(), @r"
    Mon 05 Jan 09:30 onboarding/1/day-1 = onboarding.day-1: PENDING
    Mon 05 Jan 09:30 onboarding/1/day-1.guide = onboarding.day-1.guide: PENDING
    Tue 06 Jan 10:00 onboarding/1/day-2 = onboarding.day-2: PENDING
    Wed 07 Jan 09:00 onboarding/1/day-3/left-3 = onboarding.day-3: SKIPPED no-longer-applies
    ");
    assert_eq!(
        world.plan().state,
        PlanState::Stopped {
            at: ts("2026-01-07T01:00:00Z"),
            why: PlanEnd::Left
        }
    );
}

#[test]
fn who_opts_out_on_day_2_gets_nothing_after() {
    let mut world = World::taipei();
    world
        .joins(JOIN)
        .happens("2026-01-06T01:00:00Z", Happened::OptedOut)
        .happens("2026-01-06T01:10:00Z", Happened::OptedOut)
        .until("2026-03-01T00:00:00Z");
    assert_snapshot!(world.sent(), @r"
    Mon 05 Jan 09:30 onboarding/1/day-1 = onboarding.day-1: PENDING
    Mon 05 Jan 09:30 onboarding/1/day-1.guide = onboarding.day-1.guide: PENDING
    Tue 06 Jan 09:00 onboarding/1/day-2/out-2 = onboarding.day-2: SKIPPED opted-out
    ");
    assert_eq!(
        world.plan().state,
        PlanState::Stopped {
            at: ts("2026-01-06T01:00:00Z"),
            why: PlanEnd::OptedOut
        }
    );
}

#[test]
fn who_said_stop_before_joining_is_left_in_peace() {
    let mut world = World::taipei();
    world
        .happens("2026-01-05T01:00:00Z", Happened::OptedOut)
        .joins(JOIN)
        .until("2026-02-01T00:00:00Z");
    assert_eq!(world.sent(), "");
    assert_eq!(world.member().journey.onboarding, None);
}

#[test]
fn a_return_within_30_days_goes_on_the_day_after() {
    let mut world = World::taipei();
    world
        .joins(JOIN)
        .happens(
            "2026-01-07T01:00:00Z",
            Happened::Left {
                cause: LeaveCause::Removed,
            },
        )
        .joins("2026-01-20T14:00:00Z")
        .until("2026-02-15T00:00:00Z");
    assert_snapshot!(world.sent(), @r"
    Mon 05 Jan 09:30 onboarding/1/day-1 = onboarding.day-1: PENDING
    Mon 05 Jan 09:30 onboarding/1/day-1.guide = onboarding.day-1.guide: PENDING
    Tue 06 Jan 10:00 onboarding/1/day-2 = onboarding.day-2: PENDING
    Wed 07 Jan 09:00 onboarding/1/day-3/left-3 = onboarding.day-3: SKIPPED no-longer-applies
    Tue 20 Jan 22:00 back/1768917600 = win-back.welcome-back: PENDING
    Wed 21 Jan 10:00 onboarding/1/day-3 = onboarding.day-3: PENDING
    Thu 22 Jan 10:00 onboarding/1/day-4 = onboarding.day-4.fallback content 0: PENDING
    Fri 23 Jan 10:00 onboarding/1/day-5 = onboarding.day-4.fallback content 3: PENDING
    Sat 24 Jan 10:00 onboarding/1/day-6 = onboarding.day-6.fallback: PENDING
    Sun 25 Jan 10:00 onboarding/1/day-7 = onboarding.day-7.missed: PENDING
    ");
    assert_eq!(world.plan().enrolment, 1);
}

#[test]
fn leaving_and_coming_back_again_and_again_never_collides_with_what_was_written() {
    let mut world = World::taipei();
    world.joins(JOIN);
    for (leave, back) in [
        ("2026-01-06T01:00:00Z", "2026-01-06T01:30:00Z"),
        ("2026-01-06T01:40:00Z", "2026-01-06T01:41:00Z"),
        ("2026-01-07T02:30:00Z", "2026-01-07T03:00:00Z"),
    ] {
        world
            .happens(
                leave,
                Happened::Left {
                    cause: LeaveCause::Removed,
                },
            )
            .joins(back);
    }
    world.until("2026-01-13T00:00:00Z");
    assert_snapshot!(world.sent(), @r"
    Mon 05 Jan 09:30 onboarding/1/day-1 = onboarding.day-1: PENDING
    Mon 05 Jan 09:30 onboarding/1/day-1.guide = onboarding.day-1.guide: PENDING
    Tue 06 Jan 09:00 onboarding/1/day-2/left-2 = onboarding.day-2: SKIPPED no-longer-applies
    Tue 06 Jan 09:30 back/1767663000 = win-back.welcome-back: PENDING
    Tue 06 Jan 09:40 onboarding/1/day-2/left-4 = onboarding.day-2: SKIPPED no-longer-applies
    Tue 06 Jan 09:41 back/1767663660 = win-back.welcome-back: PENDING
    Wed 07 Jan 10:00 onboarding/1/day-2 = onboarding.day-2: PENDING
    Wed 07 Jan 10:30 onboarding/1/day-3/left-7 = onboarding.day-3: SKIPPED no-longer-applies
    Wed 07 Jan 11:00 back/1767754800 = win-back.welcome-back: PENDING
    Thu 08 Jan 10:00 onboarding/1/day-3 = onboarding.day-3: PENDING
    Fri 09 Jan 10:00 onboarding/1/day-4 = onboarding.day-4.fallback content 0: PENDING
    Sat 10 Jan 10:00 onboarding/1/day-5 = onboarding.day-4.fallback content 3: PENDING
    Sun 11 Jan 10:00 onboarding/1/day-6 = onboarding.day-6.fallback: PENDING
    Mon 12 Jan 10:00 onboarding/1/day-7 = onboarding.day-7.missed: PENDING
    ");
}

#[test]
fn a_return_after_31_days_starts_again() {
    let mut world = World::taipei();
    world
        .joins(JOIN)
        .happens(
            "2026-01-07T01:00:00Z",
            Happened::Left {
                cause: LeaveCause::Removed,
            },
        )
        .joins("2026-02-07T01:00:01Z")
        .until("2026-03-01T00:00:00Z");
    let again: Vec<&str> = world
        .messages
        .iter()
        .map(|message| message.id.path())
        .filter(|path| path.starts_with("onboarding/2/"))
        .collect();
    assert_eq!(
        again,
        [
            "onboarding/2/day-1",
            "onboarding/2/day-1.guide",
            "onboarding/2/day-2",
            "onboarding/2/day-3",
            "onboarding/2/day-4",
            "onboarding/2/day-5",
            "onboarding/2/day-6",
            "onboarding/2/day-7"
        ]
    );
    assert_eq!(world.plan().enrolment, 2);
}

#[test]
fn the_30_days_are_counted_to_the_second() {
    for (back, enrolment) in [("2026-02-06T01:00:00Z", 1), ("2026-02-06T01:00:01Z", 2)] {
        let mut world = World::taipei();
        world
            .joins(JOIN)
            .happens(
                "2026-01-07T01:00:00Z",
                Happened::Left {
                    cause: LeaveCause::Removed,
                },
            )
            .joins(back);
        assert_eq!(world.plan().enrolment, enrolment, "{back}");
    }
}

#[test]
fn who_had_finished_is_not_taken_through_it_again_within_30_days() {
    let mut world = World::taipei();
    world.joins(JOIN).until("2026-01-12T00:00:00Z");
    let sent = world.sent();
    world
        .happens(
            "2026-01-12T01:00:00Z",
            Happened::Left {
                cause: LeaveCause::Removed,
            },
        )
        .joins("2026-01-13T01:00:00Z")
        .until("2026-02-01T00:00:00Z");
    let greeting = "Tue 13 Jan 09:00 back/1768266000 = win-back.welcome-back: PENDING\n";
    assert_eq!(world.sent(), sent + greeting);
}

#[test]
fn a_duplicate_join_changes_nothing() {
    let mut world = World::taipei();
    world.joins(JOIN).until("2026-01-06T03:00:00Z");
    let (sent, journey) = (world.sent(), world.member().journey.clone());
    world
        .joins("2026-01-06T03:00:00Z")
        .joins("2026-01-05T01:29:00Z");
    assert_eq!((world.sent(), &world.member().journey), (sent, &journey));
}

#[test]
fn staff_get_nothing() {
    let mut world = World::taipei();
    let staff = Facts {
        staff: Some(true),
        ..Facts::default()
    };
    world
        .happens_with(JOIN, Happened::Joined { came: None }, staff)
        .happens("2026-01-05T02:00:00Z", comment())
        .happens(
            "2026-01-05T02:00:01Z",
            Happened::CheckedIn { channel: None },
        )
        .leaves("2026-01-06T02:00:00Z")
        .until("2026-02-01T00:00:00Z");
    assert_eq!(
        (
            world.sent().as_str(),
            world.member().points(),
            world.ledger.len()
        ),
        ("", 0, 0)
    );
}

#[test]
fn who_turns_out_to_be_staff_mid_plan_gets_no_more_of_it() {
    let mut world = World::taipei();
    let staff = Facts {
        staff: Some(true),
        ..Facts::default()
    };
    world
        .joins(JOIN)
        .happens_with(
            "2026-01-06T05:00:00Z",
            Happened::ButtonPressed { message: None },
            staff,
        )
        .until("2026-03-01T00:00:00Z");
    assert_snapshot!(world.sent(), @r"
    Mon 05 Jan 09:30 onboarding/1/day-1 = onboarding.day-1: PENDING
    Mon 05 Jan 09:30 onboarding/1/day-1.guide = onboarding.day-1.guide: PENDING
    Tue 06 Jan 10:00 onboarding/1/day-2 = onboarding.day-2: PENDING
    Tue 06 Jan 13:00 onboarding/1/day-3 = onboarding.day-3: SKIPPED no-longer-applies
    ");
    assert_eq!(
        world.plan().state,
        PlanState::Stopped {
            at: ts("2026-01-06T05:00:00Z"),
            why: PlanEnd::Staff
        }
    );
    assert_eq!(world.member().next_due(), None);
}

#[test]
fn a_step_more_than_a_day_late_is_skipped_and_the_plan_goes_on() {
    let mut world = World::taipei();
    // Day 2 was due at 02:00 UTC; the system slept until the next day.
    world
        .joins(JOIN)
        .outage_until("2026-01-07T02:00:01Z")
        .tick()
        .until("2026-01-08T02:00:00Z");
    assert_snapshot!(world.sent(), @r"
    Mon 05 Jan 09:30 onboarding/1/day-1 = onboarding.day-1: PENDING
    Mon 05 Jan 09:30 onboarding/1/day-1.guide = onboarding.day-1.guide: PENDING
    Wed 07 Jan 10:00 onboarding/1/day-2 = onboarding.day-2: SKIPPED expired
    Wed 07 Jan 10:00 onboarding/1/day-3 = onboarding.day-3: PENDING
    Thu 08 Jan 10:00 onboarding/1/day-4 = onboarding.day-4.fallback content 0: PENDING
    ");
}

#[test]
fn a_step_almost_a_day_late_still_goes_out() {
    let mut world = World::taipei();
    world
        .joins(JOIN)
        .outage_until("2026-01-07T01:59:59Z")
        .tick();
    assert!(
        world
            .sent()
            .ends_with("onboarding/1/day-2 = onboarding.day-2: PENDING\n"),
        "{}",
        world.sent()
    );
}

#[test]
fn a_week_of_silence_is_caught_up_in_one_go() {
    let mut world = World::taipei();
    world
        .joins(JOIN)
        .outage_until("2026-01-14T00:00:00Z")
        .tick();
    assert_snapshot!(world.sent(), @r"
    Mon 05 Jan 09:30 onboarding/1/day-1 = onboarding.day-1: PENDING
    Mon 05 Jan 09:30 onboarding/1/day-1.guide = onboarding.day-1.guide: PENDING
    Wed 14 Jan 08:00 onboarding/1/day-2 = onboarding.day-2: SKIPPED expired
    Wed 14 Jan 08:00 onboarding/1/day-3 = onboarding.day-3: SKIPPED expired
    Wed 14 Jan 08:00 onboarding/1/day-4 = onboarding.day-4: SKIPPED expired
    Wed 14 Jan 08:00 onboarding/1/day-5 = onboarding.day-5: SKIPPED expired
    Wed 14 Jan 08:00 onboarding/1/day-6 = onboarding.day-6: SKIPPED expired
    Wed 14 Jan 08:00 onboarding/1/day-7 = onboarding.day-7: SKIPPED expired
    ");
    assert_eq!(
        world.plan().state,
        PlanState::Finished {
            at: ts("2026-01-14T00:00:00Z")
        }
    );
}

#[test]
fn a_join_told_a_day_late_is_not_welcomed_any_more() {
    let mut world = World::taipei();
    world
        .outage_until("2026-01-06T01:30:01Z")
        .deliver(&[crate::world::event(
            "late",
            ts(JOIN),
            Happened::Joined { came: None },
        )]);
    assert_snapshot!(world.sent(), @"Tue 06 Jan 09:30 onboarding/1/day-1 = onboarding.day-1: SKIPPED expired");
    world.until("2026-01-06T02:00:00Z");
    assert!(
        world
            .sent()
            .ends_with("Tue 06 Jan 10:00 onboarding/1/day-2 = onboarding.day-2: PENDING\n")
    );
}

#[test]
fn with_no_room_for_promotion_the_plan_goes_on_without_it() {
    let mut world = World::taipei();
    world.playbook.promo_cap = 0;
    world.joins(JOIN).until("2026-02-01T00:00:00Z");
    assert_snapshot!(world.sent(), @r"
    Mon 05 Jan 09:30 onboarding/1/day-1 = onboarding.day-1: PENDING
    Mon 05 Jan 09:30 onboarding/1/day-1.guide = onboarding.day-1.guide: PENDING
    Tue 06 Jan 10:00 onboarding/1/day-2 = onboarding.day-2: PENDING
    Wed 07 Jan 10:00 onboarding/1/day-3 = onboarding.day-3: PENDING
    Thu 08 Jan 10:00 onboarding/1/day-4 = onboarding.day-4.fallback content 0: SKIPPED frequency-cap
    Fri 09 Jan 10:00 onboarding/1/day-5 = onboarding.day-4.fallback content 3: SKIPPED frequency-cap
    Sat 10 Jan 10:00 onboarding/1/day-6 = onboarding.day-6.fallback: SKIPPED frequency-cap
    Sun 11 Jan 10:00 onboarding/1/day-7 = onboarding.day-7.missed: PENDING
    ");
    assert_eq!(world.member().journey.promo, None);
    assert!(matches!(world.plan().state, PlanState::Finished { .. }));
}

#[test]
fn the_cap_counts_the_promotional_messages_of_one_local_day() {
    let mut world = World::taipei();
    world.playbook.promo_cap = 1;
    for (step, day) in world
        .playbook
        .onboarding
        .steps
        .iter_mut()
        .zip([1, 2, 3, 4, 4, 5, 5])
    {
        step.day = day;
    }
    world.joins(JOIN).until("2026-02-01T00:00:00Z");
    let promo: Vec<String> = world
        .sent()
        .lines()
        .filter(|line| line.contains("day-4") || line.contains("day-5") || line.contains("day-6"))
        .map(str::to_owned)
        .collect();
    assert_snapshot!(promo.join("\n"), @r"
    Thu 08 Jan 10:00 onboarding/1/day-4 = onboarding.day-4.fallback content 0: PENDING
    Thu 08 Jan 10:00 onboarding/1/day-5 = onboarding.day-4.fallback content 3: SKIPPED frequency-cap
    Fri 09 Jan 10:00 onboarding/1/day-6 = onboarding.day-6.fallback: PENDING
    ");
}

#[test]
fn where_the_staff_must_tap_send_a_plan_has_three_messages_a_month() {
    let mut world = World::new("wecom", "Asia/Shanghai");
    world
        .joins("2026-01-27T02:00:00Z")
        .until("2026-02-10T00:00:00Z");
    // The next month begins anew.
    assert_snapshot!(world.sent(), @r"
    Tue 27 Jan 10:00 onboarding/1/day-1 = onboarding.day-1: PENDING
    Tue 27 Jan 10:00 onboarding/1/day-1.guide = onboarding.day-1.guide: PENDING
    Wed 28 Jan 10:00 onboarding/1/day-2 = onboarding.day-2: PENDING
    Thu 29 Jan 10:00 onboarding/1/day-3 = onboarding.day-3: SKIPPED platform-quota
    Fri 30 Jan 10:00 onboarding/1/day-4 = onboarding.day-4.fallback content 0: SKIPPED platform-quota
    Sat 31 Jan 10:00 onboarding/1/day-5 = onboarding.day-4.fallback content 3: SKIPPED platform-quota
    Sun 01 Feb 10:00 onboarding/1/day-6 = onboarding.day-6.fallback: PENDING
    Mon 02 Feb 10:00 onboarding/1/day-7 = onboarding.day-7.missed: PENDING
    ");
}

#[test]
fn joining_at_23_59_makes_the_next_morning_day_2() {
    let mut world = World::taipei();
    world
        .joins("2026-01-05T15:59:00Z")
        .until("2026-01-07T02:00:00Z");
    assert_snapshot!(world.sent(), @r"
    Mon 05 Jan 23:59 onboarding/1/day-1 = onboarding.day-1: PENDING
    Mon 05 Jan 23:59 onboarding/1/day-1.guide = onboarding.day-1.guide: PENDING
    Tue 06 Jan 10:00 onboarding/1/day-2 = onboarding.day-2: PENDING
    Wed 07 Jan 10:00 onboarding/1/day-3 = onboarding.day-3: PENDING
    ");
}

#[test]
fn the_leap_day_is_a_day() {
    let mut world = World::taipei();
    world
        .joins("2028-02-28T01:30:00Z")
        .until("2028-03-20T00:00:00Z");
    let days: Vec<&str> = world
        .messages
        .iter()
        .map(|message| message.id.path().split('/').next_back().unwrap())
        .collect();
    assert_eq!(
        days,
        [
            "day-1",
            "day-1.guide",
            "day-2",
            "day-3",
            "day-4",
            "day-5",
            "day-6",
            "day-7"
        ]
    );
    let dates: Vec<String> = world
        .messages
        .iter()
        .skip(2)
        .map(|message| world.zone().day(message.created).to_string())
        .collect();
    assert_eq!(
        dates,
        [
            "2028-02-29",
            "2028-03-01",
            "2028-03-02",
            "2028-03-03",
            "2028-03-04",
            "2028-03-05"
        ]
    );
}

#[test]
fn across_a_change_of_clocks_ten_is_ten() {
    // (zone, join, instants of days 2 to 4)
    let table = [
        (
            "Europe/Berlin",
            "2026-03-27T12:00:00Z",
            [
                "2026-03-28T09:00:00Z",
                "2026-03-29T08:00:00Z",
                "2026-03-30T08:00:00Z",
            ],
        ),
        (
            "Europe/Berlin",
            "2026-10-23T12:00:00Z",
            [
                "2026-10-24T08:00:00Z",
                "2026-10-25T09:00:00Z",
                "2026-10-26T09:00:00Z",
            ],
        ),
        (
            "America/New_York",
            "2026-03-06T17:00:00Z",
            [
                "2026-03-07T15:00:00Z",
                "2026-03-08T14:00:00Z",
                "2026-03-09T14:00:00Z",
            ],
        ),
        (
            "America/New_York",
            "2026-10-30T17:00:00Z",
            [
                "2026-10-31T14:00:00Z",
                "2026-11-01T15:00:00Z",
                "2026-11-02T15:00:00Z",
            ],
        ),
        (
            "Asia/Taipei",
            "2026-03-27T12:00:00Z",
            [
                "2026-03-28T02:00:00Z",
                "2026-03-29T02:00:00Z",
                "2026-03-30T02:00:00Z",
            ],
        ),
    ];
    for (zone, join, expected) in table {
        let mut world = World::new("slack", zone);
        world
            .joins(join)
            .until_instant(ts(join).saturating_add(hours(24 * 5)).unwrap());
        let instants: Vec<_> = world
            .messages
            .iter()
            .skip(2)
            .take(3)
            .map(|message| message.created)
            .collect();
        assert_eq!(instants, expected.map(ts), "{zone} {join}");
    }
}

#[test]
fn a_send_time_inside_a_gap_or_a_fold_is_where_a_calendar_puts_it() {
    for (zone, at, join, second_day) in [
        (
            "Europe/Berlin",
            "02:30:00",
            "2026-03-28T12:00:00Z",
            "2026-03-29T01:30:00Z",
        ),
        (
            "Europe/Berlin",
            "02:30:00",
            "2026-10-24T12:00:00Z",
            "2026-10-25T00:30:00Z",
        ),
        (
            "America/New_York",
            "02:30:00",
            "2026-03-07T17:00:00Z",
            "2026-03-08T07:30:00Z",
        ),
        (
            "America/New_York",
            "01:30:00",
            "2026-10-31T17:00:00Z",
            "2026-11-01T05:30:00Z",
        ),
    ] {
        let mut world = World::new("slack", zone);
        world.playbook.onboarding.send_at = at.parse().unwrap();
        world.joins(join);
        assert_eq!(world.plan().due, Some(ts(second_day)), "{zone} {join}");
    }
}

#[test]
fn the_members_own_zone_and_language_are_used() {
    let mut world = World::taipei();
    let facts = Facts {
        zone: Some(Zone::new("Europe/Berlin").unwrap()),
        locale: Some(Locale::ZhHans),
        ..Facts::default()
    };
    // In Taipei it is Tuesday already, in Berlin Monday evening.
    world.happens_with(
        "2026-01-05T17:00:00Z",
        Happened::Joined { came: None },
        facts,
    );
    assert_eq!(world.plan().due, Some(ts("2026-01-06T09:00:00Z")));
    world.until("2026-01-06T09:00:00Z");
    let asked = world.messages.last().unwrap();
    assert_eq!(
        (
            asked.values["task.title"].as_str(),
            asked.values["task.points"].as_str()
        ),
        ("改群昵称", "10")
    );
}

#[test]
fn who_moves_mid_plan_gets_the_next_step_by_the_new_clock() {
    let mut world = World::taipei();
    let berlin = || Facts {
        zone: Some(Zone::new("Europe/Berlin").unwrap()),
        ..Facts::default()
    };
    world
        .joins(JOIN)
        .happens_with("2026-01-05T02:00:00Z", Happened::Renamed, berlin());
    assert_eq!(world.plan().due, Some(ts("2026-01-06T09:00:00Z")));
    // Told again, it changes nothing; after the last step there is nothing to move.
    let before = world.member().journey.clone();
    world.happens_with("2026-01-05T03:00:00Z", Happened::Renamed, berlin());
    assert_eq!(world.member().journey, before);
    world.until("2026-02-01T00:00:00Z").happens_with(
        "2026-02-02T00:00:00Z",
        Happened::Renamed,
        Facts {
            zone: Some(Zone::utc()),
            ..Facts::default()
        },
    );
    assert!(matches!(world.plan().state, PlanState::Finished { .. }));
}

#[test]
fn a_pinned_member_keeps_the_plan_that_they_began() {
    use hearth_domain::decide;
    use hearth_domain::journey::{Book, Context};
    let mut world = World::taipei();
    world.joins(JOIN);
    let mut newer = world.playbook.clone();
    newer.onboarding.steps.truncate(1);
    newer.onboarding.send_at = "18:00:00".parse().unwrap();
    let due = world.plan().due.unwrap();
    let context = Context {
        pinned: Some(Book::new(&world.playbook, 1)),
        ..Context::new(&world.community, Book::new(&newer, 2), due)
    };
    let decision = decide::on_due(world.member().clone(), context);
    let written: Vec<_> = decision
        .messages
        .iter()
        .map(|message| (message.id.path(), message.playbook))
        .collect();
    assert_eq!(written, [("onboarding/1/day-2", 1)]);
    assert_eq!(
        decision.member.journey.onboarding.unwrap().due,
        Some(ts("2026-01-07T02:00:00Z"))
    );
}

#[test]
fn a_text_named_twice_in_a_step_is_one_message_and_no_steps_id_is_anothers() {
    let mut world = World::taipei();
    let day_2 = world.playbook.onboarding.steps[1].messages[0].clone();
    world.playbook.onboarding.steps[0]
        .messages
        .extend([day_2.clone(), day_2]);
    world.joins(JOIN).until("2026-01-06T02:00:00Z");
    let paths: Vec<&str> = world
        .messages
        .iter()
        .map(|message| message.id.path())
        .collect();
    assert_eq!(
        paths,
        [
            "onboarding/1/day-1",
            "onboarding/1/day-1.guide",
            "onboarding/1/day-1.day-2",
            "onboarding/1/day-2"
        ]
    );
}

#[test]
fn a_reply_handle_goes_with_the_first_message_to_where_it_answers() {
    let handle = |until: &str, channel: Option<&str>| Facts {
        reply: Some(ReplyHandle {
            handle: "h".to_owned(),
            until: ts(until),
            channel: channel.map(|id| ChannelId::new(id).unwrap()),
        }),
        ..Facts::default()
    };
    for (name, facts, answered) in [
        ("one to one", handle("2026-01-05T01:30:50Z", None), 1),
        ("too late", handle(JOIN, None), 0),
        (
            "in a channel",
            handle("2026-01-05T01:30:50Z", Some("C1")),
            0,
        ),
        ("none", Facts::default(), 0),
    ] {
        let mut world = World::taipei();
        world.happens_with(JOIN, Happened::Joined { came: None }, facts);
        let with: Vec<bool> = world
            .messages
            .iter()
            .map(|message| message.reply.is_some())
            .collect();
        assert_eq!(
            with.iter().filter(|with| **with).count(),
            answered,
            "{name}"
        );
        assert_eq!(with[0], answered == 1, "{name}: the first");
    }
}
