//! An event: the invitation, the answer, the reminders, who came, how it was, the gift after it.
//! 2026-01-05 is a Monday; day 6 of the plan is Saturday the 10th; Taipei is eight hours ahead of
//! UTC.

use hearth_domain::community::Gathering;
use hearth_domain::event::Happened;
use hearth_domain::ids::GatheringId;
use hearth_domain::journey::{Answer, Seat};
use hearth_domain::message::{Message, State};
use hearth_domain::playbook::Localised;
use insta::assert_snapshot;

use crate::world::{World, message_id, ts};

const JOIN: &str = "2026-01-05T01:30:00Z";
const INVITED: &str = "2026-01-10T02:00:00Z";
/// Monday evening, two days after the invitation, for an hour.
pub(crate) const TEA: &str = "2026-01-12T19:00";
pub(crate) const AFTER: &str = "2026-01-20T00:00:00Z";

fn gathering(id: &str, starts: &str, weekly: bool) -> Gathering {
    Gathering {
        id: GatheringId::new(id).unwrap(),
        title: Localised {
            zh_hant: "茶話會".to_owned(),
            zh_hans: "茶话会".to_owned(),
            en: "Tea".to_owned(),
        },
        starts: starts.parse().unwrap(),
        minutes: 60,
        url: "https://acme.example/tea".to_owned(),
        recap_url: None,
        weekly,
    }
}

/// A newcomer who was just invited to the tea.
pub(crate) fn invited(starts: &str) -> World {
    let mut world = World::taipei();
    world.community.gatherings = vec![gathering("tea", starts, false)];
    world.joins(JOIN).until(INVITED);
    world
}

/// … and comes.
pub(crate) fn coming() -> World {
    let mut world = invited(TEA);
    world.happens("2026-01-10T03:00:00Z", answer(true));
    world
}

pub(crate) fn answer(comes: bool) -> Happened {
    Happened::InvitationAnswered {
        message: Some(message_id("onboarding/1/day-6")),
        comes,
    }
}

pub(crate) fn here() -> Happened {
    Happened::Attended { gathering: None }
}

pub(crate) fn seat(world: &World) -> &Seat {
    world.member().journey.seat.as_ref().unwrap()
}

/// Kinds and local times of what was sent from the invitation on.
fn since_invited(world: &World) -> String {
    world.sent_since(INVITED)
}

/// When each starts, and whether it does so every week.
type Events<'a> = &'a [(&'a str, bool)];

#[test]
fn the_invitation_is_to_the_event_that_starts_first_within_seven_days() {
    // The step goes out on Saturday at ten.
    let table: [(Events<'_>, Option<&str>); 9] = [
        (&[], None),
        (&[("2026-01-10T10:59", false)], None),
        (&[("2026-01-10T11:00", false)], Some("Sat 10 Jan, 11:00")),
        (&[("2026-01-17T09:59", false)], Some("Sat 17 Jan, 09:59")),
        (&[("2026-01-17T10:00", false)], None),
        (&[("2026-01-01T20:00", false)], None),
        (&[("2026-01-01T20:00", true)], Some("Thu 15 Jan, 20:00")),
        (
            &[("2026-01-14T20:00", false), ("2026-01-12T20:00", false)],
            Some("Mon 12 Jan, 20:00"),
        ),
        (
            &[("2026-01-10T10:30", true), ("2026-01-30T20:00", false)],
            None,
        ),
    ];
    for (events, expected) in table {
        let mut world = World::taipei();
        world.community.gatherings = (0..)
            .zip(events)
            .map(|(n, (starts, weekly))| gathering(&format!("tea-{n}"), starts, *weekly))
            .collect();
        world.joins(JOIN).until(INVITED);
        let step = world.message("onboarding/1/day-6");
        let starts = step.values.get("event.starts_at").map(String::as_str);
        assert_eq!(starts, expected, "{events:?}");
        let kind = if expected.is_some() {
            "onboarding.day-6"
        } else {
            "onboarding.day-6.fallback"
        };
        assert_eq!(step.kind.as_str(), kind, "{events:?}");
        let kept = world.member().journey.seat.is_some();
        assert_eq!(kept, expected.is_some(), "{events:?}");
        if kept {
            assert_eq!(
                step.expires,
                Some(seat(&world).starts),
                "no invitation to what began"
            );
        }
    }
}

#[test]
fn who_accepts_and_comes_gets_everything_and_the_gift_after_it() {
    let mut world = coming();
    world
        .happens("2026-01-12T10:40:00Z", here())
        .until("2026-01-12T12:10:00Z")
        .happens(
            "2026-01-12T12:11:00Z",
            Happened::GatheringScored {
                message: Some(message_id("event/tea/1768215600/question")),
                score: 4,
            },
        )
        .until(AFTER);
    assert_snapshot!(since_invited(&world), @r"
    Sat 10 Jan 10:00 onboarding/1/day-6 = onboarding.day-6: PENDING
    Sat 10 Jan 11:00 event/tea/1768215600/accepted = event.accepted: PENDING
    Sun 11 Jan 19:00 event/tea/1768215600/day-before = event.reminder-day: PENDING
    Mon 12 Jan 18:30 event/tea/1768215600/soon = event.reminder-soon: PENDING
    Mon 12 Jan 20:10 event/tea/1768215600/question = event.question: PENDING
    Mon 12 Jan 21:00 onboarding/1/day-7 = onboarding.day-7: PENDING
    ");
    assert_eq!((seat(&world).score, world.ignored), (4, 0));
    let gift = world.message("onboarding/1/day-7");
    assert_eq!(gift.values["event.title"], "Tea");
}

#[test]
fn who_accepts_and_does_not_come_is_asked_nothing() {
    let mut world = coming();
    world.until(AFTER);
    assert_snapshot!(since_invited(&world), @r"
    Sat 10 Jan 10:00 onboarding/1/day-6 = onboarding.day-6: PENDING
    Sat 10 Jan 11:00 event/tea/1768215600/accepted = event.accepted: PENDING
    Sun 11 Jan 19:00 event/tea/1768215600/day-before = event.reminder-day: PENDING
    Mon 12 Jan 18:30 event/tea/1768215600/soon = event.reminder-soon: PENDING
    Mon 12 Jan 21:00 onboarding/1/day-7 = onboarding.day-7.missed: PENDING
    ");
    assert_eq!(seat(&world).due, None);
}

#[test]
fn who_says_nothing_or_next_time_is_not_reminded_and_waits_for_nothing() {
    let mut silent = invited(TEA);
    silent.until(AFTER);
    let mut busy = invited(TEA);
    busy.happens("2026-01-10T03:00:00Z", answer(false))
        .until(AFTER);
    assert_snapshot!(since_invited(&busy), @r"
    Sat 10 Jan 10:00 onboarding/1/day-6 = onboarding.day-6: PENDING
    Sun 11 Jan 10:00 onboarding/1/day-7 = onboarding.day-7.missed: PENDING
    ");
    assert_eq!(silent.sent(), busy.sent());
}

#[test]
fn a_mind_may_be_changed_until_it_starts() {
    let mut world = coming();
    world.happens("2026-01-10T04:00:00Z", answer(false));
    assert_eq!(
        (seat(&world).answer, seat(&world).due),
        (Answer::Later, None)
    );
    world.happens("2026-01-10T05:00:00Z", answer(true));
    assert_eq!(
        (seat(&world).answer, seat(&world).due),
        (Answer::Comes, Some(ts("2026-01-11T11:00:00Z")))
    );
    assert_eq!(world.ignored, 0);
    // Said again, it says nothing.
    world.happens("2026-01-10T06:00:00Z", answer(true));
    assert_eq!(world.ignored, 1);
    world.happens("2026-01-12T10:59:59Z", answer(false));
    assert_eq!((seat(&world).answer, world.ignored), (Answer::Later, 1));
    world.happens("2026-01-12T11:00:00Z", answer(true));
    assert_eq!((seat(&world).answer, world.ignored), (Answer::Later, 2));
}

#[test]
fn an_answer_counts_for_who_was_asked() {
    let by = |message: Option<&str>| Happened::InvitationAnswered {
        message: message.map(|id| id.parse().unwrap()),
        comes: true,
    };
    for (what, message, counts) in [
        ("the platform hands no id back", None, true),
        (
            "a reminder",
            Some("acme/U1/event/tea/1768215600/soon"),
            true,
        ),
        ("somebody else's", Some("acme/U2/onboarding/1/day-6"), false),
        ("the community's", Some("acme/@community/event/tea"), false),
    ] {
        let mut world = invited(TEA);
        world.happens("2026-01-10T03:00:00Z", by(message));
        let expected = if counts { Answer::Comes } else { Answer::None };
        assert_eq!(seat(&world).answer, expected, "{what}");
        assert_eq!(world.ignored, u32::from(!counts), "{what}");
    }
    // Who was not invited has no seat.
    let mut world = World::taipei();
    world.joins(JOIN).happens("2026-01-06T03:00:00Z", by(None));
    assert_eq!((&world.member().journey.seat, world.ignored), (&None, 1));
}

#[test]
fn a_reminder_whose_time_is_past_is_none() {
    // Within the last day there is no day before; within the last half hour it is about to start.
    for (accepted, reminders) in [
        (
            "2026-01-11T10:59:59Z",
            vec!["Sun 11 Jan 19:00 day-before", "Mon 12 Jan 18:30 soon"],
        ),
        ("2026-01-11T11:00:00Z", vec!["Mon 12 Jan 18:30 soon"]),
        ("2026-01-12T10:40:00Z", vec!["Mon 12 Jan 18:40 soon"]),
    ] {
        let mut world = invited(TEA);
        world.happens(accepted, answer(true)).until(AFTER);
        assert_eq!(reminders_of(&world), reminders, "{accepted}");
    }
    // While nobody looked at the clock.
    for (back, reminders) in [
        (
            "2026-01-11T20:00:00Z",
            vec!["Mon 12 Jan 04:00 day-before", "Mon 12 Jan 18:30 soon"],
        ),
        ("2026-01-12T10:30:00Z", vec!["Mon 12 Jan 18:30 soon"]),
        ("2026-01-12T11:59:59Z", vec!["Mon 12 Jan 19:59 soon"]),
        ("2026-01-12T12:00:00Z", vec![]),
    ] {
        let mut world = coming();
        world
            .until("2026-01-11T10:00:00Z")
            .outage_until(back)
            .tick()
            .until(AFTER);
        assert_eq!(reminders_of(&world), reminders, "{back}");
    }
}

/// Local time and name of the reminders.
pub(crate) fn reminders_of(world: &World) -> Vec<String> {
    let waits = |message: &&Message| matches!(message.state, State::Pending { .. });
    let reminders = world.messages.iter().filter(waits).filter_map(|message| {
        let (_, name) = message.id.path().rsplit_once('/')?;
        let at = world
            .zone()
            .local(message.created)
            .strftime("%a %d %b %H:%M");
        ["day-before", "soon"]
            .contains(&name)
            .then(|| format!("{at} {name}"))
    });
    reminders.collect()
}

#[test]
fn what_is_called_off_reminds_nobody_and_holds_no_gift_back() {
    let mut world = coming();
    world
        .until("2026-01-10T12:00:00Z")
        .community
        .gatherings
        .clear();
    world.until(AFTER);
    assert_snapshot!(since_invited(&world), @r"
    Sat 10 Jan 10:00 onboarding/1/day-6 = onboarding.day-6: PENDING
    Sat 10 Jan 11:00 event/tea/1768215600/accepted = event.accepted: PENDING
    Sun 11 Jan 10:00 onboarding/1/day-7 = onboarding.day-7.missed: PENDING
    ");
    assert_eq!(seat(&world).due, None);
    // Nobody can be there, and nobody can say how it was.
    world.happens("2026-01-20T01:00:00Z", here());
    assert_eq!(world.ignored, 1);
}

#[test]
fn what_is_moved_is_followed() {
    for (to, reminders) in [
        (
            "2026-01-13T19:00",
            vec!["Mon 12 Jan 19:00 day-before", "Tue 13 Jan 18:30 soon"],
        ),
        ("2026-01-12T15:00", vec!["Mon 12 Jan 14:30 soon"]),
        // Before we looked again.
        ("2026-01-11T15:00", vec![]),
    ] {
        let mut world = coming();
        world.until("2026-01-10T12:00:00Z").community.gatherings =
            vec![gathering("tea", to, false)];
        world.until(AFTER);
        assert_eq!(reminders_of(&world), reminders, "{to}");
        assert_eq!(world.zone().local(seat(&world).starts), to.parse().unwrap());
        assert_eq!(seat(&world).due, None);
    }
}

#[test]
fn every_week_at_eight_is_at_eight_through_a_change_of_clocks() {
    // Sunday 29 March is 23 hours long in Berlin, 25 October 25; joined on the Sunday before.
    for (join, starts, reminded) in [
        (
            "2026-03-22T09:00:00Z",
            "2026-03-29T18:00:00Z",
            "2026-03-28T18:00:00Z",
        ),
        (
            "2026-10-18T09:00:00Z",
            "2026-10-25T19:00:00Z",
            "2026-10-24T19:00:00Z",
        ),
    ] {
        let mut world = World::new("slack", "Europe/Berlin");
        world.community.gatherings = vec![gathering("tea", "2026-01-04T20:00", true)];
        let sixth = world.zone().day(ts(join)).plus(5);
        let invited = world.zone().at(sixth, world.playbook.onboarding.send_at);
        world.joins(join).until_instant(invited);
        assert_eq!(seat(&world).starts, ts(starts));
        world.happens(
            &(invited + crate::world::hours(1)).to_string(),
            answer(true),
        );
        assert_eq!(seat(&world).due, Some(ts(reminded)));
        let shown = &world.message("onboarding/1/day-6").values["event.starts_at"];
        assert!(shown.ends_with("20:00"), "{shown}");
    }
}
