//! Who was at an event, how it was for them, and who is left in peace about it. The tea is on Monday
//! 2026-01-12, 11:00 to 12:00 UTC, and Taipei is eight hours ahead.

use hearth_domain::event::{Facts, Happened, LeaveCause};
use hearth_domain::ids::GatheringId;
use hearth_domain::message::SkipReason;
use insta::assert_snapshot;

use crate::seats::{AFTER, TEA, answer, coming, here, invited, reminders_of, seat};
use crate::world::ts;

#[test]
fn who_was_there_is_told_by_a_button_or_by_whoever_held_it() {
    let tea = || Some(GatheringId::new("tea").unwrap());
    let other = || Some(GatheringId::new("other").unwrap());
    for (at, told, counts) in [
        ("2026-01-12T09:59:59Z", None, false),
        ("2026-01-12T10:00:00Z", None, true),
        ("2026-01-12T11:30:00Z", None, true),
        ("2026-01-12T11:30:00Z", tea(), true),
        ("2026-01-12T11:30:00Z", other(), false),
        ("2026-01-14T12:00:00Z", tea(), true),
        ("2026-01-14T12:00:01Z", tea(), false),
    ] {
        let mut world = coming();
        let gathering = told.clone();
        world.happens(at, Happened::Attended { gathering });
        assert_eq!(seat(&world).attended, counts, "{at} {told:?}");
        assert_eq!(world.ignored, u32::from(!counts), "{at} {told:?}");
        let again = Happened::Attended { gathering: told };
        world.happens(at, again);
        assert_eq!(world.ignored, 1 + u32::from(!counts), "once");
    }
}

#[test]
fn who_is_told_of_late_is_asked_then_whether_they_had_accepted_or_not() {
    for accepted in [true, false] {
        let mut world = invited(TEA);
        if accepted {
            world.happens("2026-01-10T03:00:00Z", answer(true));
        }
        world
            .happens("2026-01-13T01:00:00Z", here())
            .until("2026-01-20T00:00:00Z");
        let question = world.message("event/tea/1768215600/question");
        assert_eq!(question.created, ts("2026-01-13T01:00:00Z"), "{accepted}");
    }
}

#[test]
fn a_score_is_given_once_by_who_was_asked() {
    let score = |message: Option<&str>, score| Happened::GatheringScored {
        message: message.map(|id| id.parse().unwrap()),
        score,
    };
    let question = Some("acme/U1/event/tea/1768215600/question");
    let mut world = coming();
    // Before the question, and for who did not come, there is nothing to score.
    world.happens("2026-01-12T10:30:00Z", score(None, 1));
    world
        .happens("2026-01-12T10:40:00Z", here())
        .happens("2026-01-12T11:30:00Z", score(None, 1));
    assert_eq!((seat(&world).score, world.ignored), (0, 2));
    for (message, given, expected, ignored) in [
        (Some("acme/U2/event/tea/1768215600/question"), 1, 0, 3),
        (Some("acme/U1/event/tea/1768215600/soon"), 1, 0, 4),
        (question, 4, 4, 4),
        (question, 5, 4, 5),
        (None, 5, 4, 6),
    ] {
        world.happens("2026-01-12T12:20:00Z", score(message, given));
        let found = (seat(&world).score, world.ignored);
        assert_eq!(found, (expected, ignored), "{message:?} {given}");
    }
    // And once in the community's week, by the first answer.
    let row = "feedback#event/tea/1768215600/question";
    assert_eq!(world.receipts.iter().collect::<Vec<_>>(), [row]);
    let stars: Vec<_> = world.facts.values().map(|facts| facts.stars).collect();
    assert_eq!(stars, [[0, 0, 0, 1, 0]]);
    let mut absent = coming();
    absent.happens("2026-01-12T12:20:00Z", score(None, 5));
    assert_eq!((seat(&absent).score, absent.ignored), (0, 1));
}

#[test]
fn what_falls_into_the_night_waits_for_the_morning_if_it_still_makes_sense_then() {
    let mut world = invited("2026-01-12T22:30");
    world
        .happens("2026-01-10T03:00:00Z", answer(true))
        .happens("2026-01-12T14:20:00Z", here())
        .until(AFTER);
    let starts = seat(&world).starts.as_second();
    for (name, written, goes) in [
        (
            "day-before",
            "2026-01-11T14:30:00Z",
            Ok("2026-01-12T00:00:00Z"),
        ),
        ("soon", "2026-01-12T14:00:00Z", Err(SkipReason::Expired)),
        (
            "question",
            "2026-01-12T15:40:00Z",
            Ok("2026-01-13T00:00:00Z"),
        ),
    ] {
        let message = world.message(&format!("event/tea/{starts}/{name}"));
        assert_eq!(message.created, ts(written), "{name}");
        assert_eq!(world.passes(message), goes.map(ts), "{name}");
    }
    let gift = world.message("onboarding/1/day-7");
    assert_eq!(gift.created, ts("2026-01-12T16:30:00Z"));
    assert_eq!(world.passes(gift), Ok(ts("2026-01-13T00:00:00Z")));
}

#[test]
fn who_is_gone_or_wants_none_is_not_reminded() {
    for (what, event) in [
        (
            "left",
            Happened::Left {
                cause: LeaveCause::Removed,
            },
        ),
        ("opted out", Happened::OptedOut),
        ("staff", Happened::ButtonPressed { message: None }),
    ] {
        let mut world = coming();
        let facts = Facts {
            staff: (what == "staff").then_some(true),
            ..Facts::default()
        };
        world
            .happens_with("2026-01-10T04:00:00Z", event, facts)
            .until(AFTER);
        assert_eq!(reminders_of(&world), [""; 0], "{what}");
        assert_eq!(seat(&world).due, None, "{what}");
    }
    let mut world = coming();
    world
        .happens(
            "2026-01-10T04:00:00Z",
            Happened::DigestOnly { message: None },
        )
        .until("2026-01-13T00:00:00Z");
    let skipped = world.sent_since("2026-01-10T05:00:00Z");
    assert_snapshot!(skipped, @r"
    Sun 11 Jan 19:00 event/tea/1768215600/day-before = event.reminder-day: SKIPPED digest-only
    Mon 12 Jan 10:00 digest/2026-W03 = digest.weekly content 3: PENDING
    Mon 12 Jan 18:30 event/tea/1768215600/soon = event.reminder-soon: SKIPPED digest-only
    Mon 12 Jan 21:00 onboarding/1/day-7 = onboarding.day-7: SKIPPED digest-only
    ");
}
