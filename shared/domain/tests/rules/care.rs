//! The weeks after a return: the greeting, and content by the member's own interest. Taipei; the
//! leave is on Monday 2026-01-05, the return on Tuesday the 6th.

use hearth_domain::event::{Happened, LeaveCause};
use hearth_domain::ids::InterestId;
use insta::assert_snapshot;

use crate::world::{World, ts};

const LEAVE: &str = "2026-01-05T03:00:00Z";
const BACK: &str = "2026-01-06T03:00:00Z";
/// When the plan of the returner is over.
const PLAN_OVER: &str = "2026-01-12T12:00:00Z";

/// Who likes tools and left.
fn leaver() -> World {
    let mut world = World::taipei();
    let tools = world.community.contents[1].clone();
    let more = std::iter::repeat_n(tools, 6);
    world.community.contents.extend(more);
    let interest = InterestId::new("tools").ok();
    world
        .happens(
            "2026-01-01T03:00:00Z",
            Happened::InterestChosen { interest },
        )
        .leaves(LEAVE);
    world
}

/// … and came back.
fn returner() -> World {
    let mut world = leaver();
    world.joins(BACK).until(PLAN_OVER);
    world
}

#[test]
fn four_pieces_come_in_thirty_days() {
    let mut world = returner();
    // Where the plan stopped in its content, this goes on: nothing is sent twice.
    world.until("2026-02-05T00:00:00Z");
    assert_snapshot!(world.sent_since(PLAN_OVER), @r"
    Tue 13 Jan 10:00 care/1/1 = win-back.care content 4: PENDING
    Tue 20 Jan 10:00 care/1/2 = win-back.care content 5: PENDING
    Tue 27 Jan 10:00 care/1/3 = win-back.care content 6: PENDING
    Tue 03 Feb 10:00 care/1/4 = win-back.care content 7: PENDING
    ");
    assert_eq!((world.case().care, world.case().due), (4, None));
}

#[test]
fn who_is_not_led_through_the_plan_again_is_greeted() {
    let mut world = World::taipei();
    world
        .joins("2026-01-01T03:00:00Z")
        .until("2026-01-08T00:00:00Z")
        .leaves("2026-01-09T03:00:00Z")
        .joins("2026-01-10T03:00:00Z");
    let greeting = world.message("back/1768014000");
    assert_eq!(greeting.kind.as_str(), "win-back.welcome-back");
    assert_eq!(world.passes(greeting), Ok(ts("2026-01-10T03:00:00Z")));
    // A plan of their own greets the others.
    assert!(!returner().sent().contains("welcome-back"));
    let mut world = leaver();
    world
        .happens("2026-01-05T05:00:00Z", Happened::OptedOut)
        .joins(BACK);
    assert!(!world.sent().contains("welcome-back"));
}

#[test]
fn who_is_on_the_plan_gets_that_first() {
    let mut world = leaver();
    for (step, day) in world
        .playbook
        .onboarding
        .steps
        .iter_mut()
        .zip([1, 2, 3, 4, 5, 6, 11])
    {
        step.day = day;
    }
    world.joins(BACK).until("2026-01-21T00:00:00Z");
    assert_snapshot!(world.sent_since("2026-01-12T00:00:00Z"), @r"
    Fri 16 Jan 10:00 onboarding/1/day-7 = onboarding.day-7.missed: PENDING
    Fri 16 Jan 10:00 care/1/1 = win-back.care content 4: PENDING
    Tue 20 Jan 10:00 care/1/2 = win-back.care content 5: PENDING
    ");
}

#[test]
fn who_wants_the_digest_has_it_and_not_this() {
    let mut world = returner();
    world
        .happens(
            "2026-01-12T13:00:00Z",
            Happened::DigestOnly { message: None },
        )
        .until("2026-01-21T00:00:00Z");
    assert_snapshot!(world.sent_since("2026-01-13T00:00:00Z"), @r"
    Tue 13 Jan 10:00 care/1/1 = win-back.care content 4: SKIPPED digest-only
    Mon 19 Jan 10:00 digest/2026-W04 = digest.weekly content 6: PENDING
    Tue 20 Jan 10:00 care/1/2 = win-back.care content 5: SKIPPED digest-only
    ");
}

#[test]
fn where_there_is_nothing_for_them_the_ledger_says_so() {
    let mut no_interest = World::taipei();
    no_interest
        .happens(
            "2026-01-01T03:00:00Z",
            Happened::ButtonPressed { message: None },
        )
        .leaves(LEAVE)
        .joins(BACK)
        .until("2026-01-14T00:00:00Z");
    assert_snapshot!(no_interest.sent_since(PLAN_OVER), @"Tue 13 Jan 10:00 care/1/1 = win-back.care: SKIPPED no-content");
    // Two pieces for them, and both were in the plan.
    let mut all_read = leaver();
    all_read.community.contents.truncate(4);
    all_read.joins(BACK).until("2026-01-14T00:00:00Z");
    assert_eq!(
        all_read.sent_since(PLAN_OVER),
        no_interest.sent_since(PLAN_OVER)
    );
}

#[test]
fn two_weeks_that_nobody_looked_are_not_made_up_for() {
    let mut world = returner();
    world
        .outage_until("2026-01-28T00:00:00Z")
        .tick()
        .until("2026-02-05T00:00:00Z");
    assert_snapshot!(world.sent_since(PLAN_OVER), @r"
    Wed 28 Jan 08:00 care/1/1 = win-back.care content 4: SKIPPED expired
    Tue 03 Feb 10:00 care/1/4 = win-back.care content 7: PENDING
    ");
}

#[test]
fn who_is_gone_again_or_wants_nothing_gets_no_more_of_it() {
    for (what, event) in [
        ("opted out", Happened::OptedOut),
        (
            "removed",
            Happened::Left {
                cause: LeaveCause::Removed,
            },
        ),
        (
            "left",
            Happened::Left {
                cause: LeaveCause::Voluntary,
            },
        ),
    ] {
        let mut world = returner();
        world
            .happens("2026-01-12T13:00:00Z", event)
            .until("2026-03-20T00:00:00Z");
        assert!(!world.sent().contains("care/"), "{what}: {}", world.sent());
        assert_eq!(world.case().due, None, "{what}");
    }
}

#[test]
fn a_playbook_without_it_waits_for_nothing() {
    let mut world = leaver();
    world.playbook.win_back.care = None;
    world.joins(BACK);
    assert_eq!(world.case().due, None);
    let mut world = leaver();
    world.playbook.win_back.care_days = 20;
    world.joins(BACK).until("2026-02-05T00:00:00Z");
    let pieces = world
        .messages
        .iter()
        .filter(|m| m.id.path().starts_with("care/"));
    assert_eq!(pieces.count(), 2, "on the 7th and the 14th day");
}
