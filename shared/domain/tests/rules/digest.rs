//! How much a member wants: once a week, nothing, everything again. Taipei; 2026-01-05 is a Monday.

use hearth_domain::days::Zone;
use hearth_domain::event::{Facts, Happened, LeaveCause};
use hearth_domain::ids::InterestId;
use hearth_domain::journey::{PlanEnd, PlanState};
use hearth_domain::message::State;
use insta::assert_snapshot;

use crate::world::{World, ts};

const JOIN: &str = "2026-01-05T01:30:00Z";
const WEDNESDAY: &str = "2026-01-07T05:00:00Z";

fn digest() -> Happened {
    Happened::DigestOnly { message: None }
}

fn lives_in(zone: &str) -> Facts {
    Facts {
        zone: Some(Zone::new(zone).unwrap()),
        ..Facts::default()
    }
}

/// The weeks of the digests, with their local time.
fn digests(world: &World) -> Vec<String> {
    let digests = world.messages.iter().filter_map(|message| {
        let week = message.id.path().strip_prefix("digest/")?;
        let zone = world.member().zone_at(message.created, world.zone());
        let at = zone.local(message.created).strftime("%a %d %b %H:%M");
        Some(format!("{week} {at}"))
    });
    digests.collect()
}

#[test]
fn on_mondays_and_nothing_else() {
    let mut world = World::taipei();
    world
        .joins(JOIN)
        .happens(WEDNESDAY, digest())
        .until("2026-01-27T00:00:00Z");
    assert_snapshot!(world.sent_since(WEDNESDAY), @r"
    Wed 07 Jan 13:00 preference/1767762000/digest = digest.chosen: PENDING
    Thu 08 Jan 10:00 onboarding/1/day-4 = onboarding.day-4: SKIPPED digest-only
    Fri 09 Jan 10:00 onboarding/1/day-5 = onboarding.day-5: SKIPPED digest-only
    Sat 10 Jan 10:00 onboarding/1/day-6 = onboarding.day-6: SKIPPED digest-only
    Sun 11 Jan 10:00 onboarding/1/day-7 = onboarding.day-7: SKIPPED digest-only
    Mon 12 Jan 10:00 digest/2026-W03 = digest.weekly content 3: PENDING
    Mon 19 Jan 10:00 digest/2026-W04 = digest.weekly content 0: PENDING
    Mon 26 Jan 10:00 digest/2026-W05 = digest.weekly content 3: PENDING
    ");
    for message in &world.messages {
        let waits = matches!(message.state, State::Pending { .. });
        let goes = waits && world.passes(message).is_ok();
        let path = message.id.path();
        let asked = path.starts_with("digest/") || path.starts_with("preference/");
        assert_eq!(
            goes,
            asked || path.starts_with("onboarding/1/day-1"),
            "{path}"
        );
    }
}

#[test]
fn the_first_is_on_the_next_monday_of_the_members_own_week() {
    for (zone, told, first) in [
        (
            "Asia/Taipei",
            "2026-01-07T05:00:00Z",
            "2026-01-12T02:00:00Z",
        ),
        (
            "Asia/Taipei",
            "2026-01-11T15:59:59Z",
            "2026-01-12T02:00:00Z",
        ),
        // On a Monday it is the next.
        (
            "Asia/Taipei",
            "2026-01-11T16:00:00Z",
            "2026-01-19T02:00:00Z",
        ),
        (
            "America/New_York",
            "2026-01-11T16:00:00Z",
            "2026-01-12T15:00:00Z",
        ),
        (
            "America/New_York",
            "2026-03-04T16:00:00Z",
            "2026-03-09T14:00:00Z",
        ),
    ] {
        let mut world = World::taipei();
        world
            .happens_with(
                "2026-01-05T03:00:00Z",
                Happened::ReactionRemoved,
                lives_in(zone),
            )
            .happens(told, digest());
        assert_eq!(
            world.member().journey.digest,
            Some(ts(first)),
            "{zone} {told}"
        );
    }
}

#[test]
fn who_says_it_again_does_not_lose_the_one_of_today() {
    let mut world = World::taipei();
    world
        .joins(JOIN)
        .happens(WEDNESDAY, digest())
        .happens("2026-01-12T01:00:00Z", digest())
        .until("2026-01-13T00:00:00Z");
    assert_eq!(digests(&world), ["2026-W03 Mon 12 Jan 10:00"]);
}

#[test]
fn the_list_goes_round_by_what_they_like() {
    let mut world = World::taipei();
    let interest = InterestId::new("tools").ok();
    world
        .happens(
            "2026-01-05T03:00:00Z",
            Happened::InterestChosen { interest },
        )
        .happens(WEDNESDAY, digest())
        .until("2026-02-03T00:00:00Z");
    let contents: Vec<Option<u16>> = world
        .messages
        .iter()
        .filter(|message| message.id.path().starts_with("digest/"))
        .map(|message| message.content)
        .collect();
    assert_eq!(contents, [Some(2), Some(1), Some(2), Some(1)]);
}

#[test]
fn without_content_or_a_day_late_there_is_none_and_the_ledger_says_why() {
    let mut world = World::taipei();
    world.community.contents.clear();
    world
        .happens("2026-01-05T03:00:00Z", Happened::ReactionRemoved)
        .happens(WEDNESDAY, digest())
        .until("2026-01-13T00:00:00Z")
        .outage_until("2026-01-20T02:00:01Z")
        .tick();
    assert_snapshot!(world.sent_since("2026-01-08T00:00:00Z"), @r"
    Mon 12 Jan 10:00 digest/2026-W03 = digest.weekly: SKIPPED no-content
    Tue 20 Jan 10:00 digest/2026-W04 = digest.weekly: SKIPPED expired
    ");
    assert_eq!(
        world.member().journey.digest,
        Some(ts("2026-01-26T02:00:00Z"))
    );
    // A playbook without a digest sends none.
    let mut world = World::taipei();
    world.playbook.digest = None;
    world
        .happens("2026-01-05T03:00:00Z", Happened::ReactionRemoved)
        .happens(WEDNESDAY, digest());
    assert_eq!(
        (world.sent().as_str(), world.member().journey.digest),
        ("", None)
    );
}

#[test]
fn a_year_has_a_last_week_and_the_next_a_first() {
    let mut world = World::taipei();
    world
        .happens("2026-12-20T03:00:00Z", Happened::ReactionRemoved)
        .happens("2026-12-20T03:01:00Z", digest())
        .until("2027-01-12T00:00:00Z");
    assert_eq!(
        digests(&world),
        [
            "2026-W52 Mon 21 Dec 10:00",
            "2026-W53 Mon 28 Dec 10:00",
            "2027-W01 Mon 04 Jan 10:00",
            "2027-W02 Mon 11 Jan 10:00",
        ]
    );
}

#[test]
fn who_moves_has_one_a_week_all_the_same() {
    for (moved, to, expected) in [
        (
            "2026-01-11T20:00:00Z",
            "America/New_York",
            ["2026-W03 Mon 12 Jan 10:00", "2026-W04 Mon 19 Jan 10:00"],
        ),
        (
            "2026-01-14T20:00:00Z",
            "Pacific/Kiritimati",
            ["2026-W03 Mon 12 Jan 10:00", "2026-W04 Mon 19 Jan 10:00"],
        ),
    ] {
        let mut world = World::taipei();
        world
            .happens("2026-01-05T03:00:00Z", Happened::ReactionRemoved)
            .happens(WEDNESDAY, digest())
            .happens_with(moved, Happened::ReactionRemoved, lives_in(to))
            .until("2026-01-21T00:00:00Z");
        assert_eq!(digests(&world), expected, "{to}");
    }
    // And back: in New York it was Monday morning still to come, in Taipei it is over.
    let mut world = World::taipei();
    world
        .happens_with(
            "2026-01-05T03:00:00Z",
            Happened::ReactionRemoved,
            lives_in("America/New_York"),
        )
        .happens(WEDNESDAY, digest())
        .happens_with(
            "2026-01-12T10:00:00Z",
            Happened::ReactionRemoved,
            lives_in("Asia/Taipei"),
        )
        .until("2026-01-21T00:00:00Z");
    assert_eq!(
        digests(&world),
        ["2026-W03 Mon 12 Jan 18:00", "2026-W04 Mon 19 Jan 10:00"]
    );
}

#[test]
fn who_leaves_gets_none_until_they_are_back() {
    let mut world = World::taipei();
    let cause = LeaveCause::Removed;
    world
        .happens("2026-01-05T03:00:00Z", Happened::ReactionRemoved)
        .happens(WEDNESDAY, digest())
        .happens("2026-01-08T03:00:00Z", Happened::Left { cause })
        .until("2026-01-20T00:00:00Z")
        .joins("2026-01-20T03:00:00Z")
        .until("2026-01-27T00:00:00Z");
    assert_eq!(digests(&world), ["2026-W05 Mon 26 Jan 10:00"]);
}

#[test]
fn who_wants_everything_again_gets_the_rest_of_the_plan() {
    let mut world = World::taipei();
    world
        .joins(JOIN)
        .happens(WEDNESDAY, digest())
        .happens("2026-01-09T05:00:00Z", Happened::OptedIn)
        .until("2026-01-20T00:00:00Z");
    assert_snapshot!(world.sent_since(WEDNESDAY), @r"
    Wed 07 Jan 13:00 preference/1767762000/digest = digest.chosen: PENDING
    Thu 08 Jan 10:00 onboarding/1/day-4 = onboarding.day-4: SKIPPED digest-only
    Fri 09 Jan 10:00 onboarding/1/day-5 = onboarding.day-5: SKIPPED digest-only
    Fri 09 Jan 13:00 preference/1767934800/all = digest.all-again: PENDING
    Sat 10 Jan 10:00 onboarding/1/day-6 = onboarding.day-6.fallback: PENDING
    Sun 11 Jan 10:00 onboarding/1/day-7 = onboarding.day-7.missed: PENDING
    ");
    assert_eq!(world.member().journey.digest, None);
}

#[test]
fn a_plan_that_was_stopped_goes_on_within_thirty_days() {
    for (again, goes_on) in [
        ("2026-01-08T01:00:00Z", true),
        ("2026-02-05T01:00:00Z", true),
        ("2026-02-05T01:00:01Z", false),
    ] {
        let mut world = World::taipei();
        world
            .joins(JOIN)
            .happens("2026-01-06T01:00:00Z", Happened::OptedOut)
            .happens(again, Happened::OptedIn);
        assert_eq!(world.plan().state == PlanState::Active, goes_on, "{again}");
        if goes_on {
            let tomorrow = world.zone().day(ts(again)).plus(1);
            let due = world.zone().at(tomorrow, world.playbook.onboarding.send_at);
            assert_eq!((world.plan().next, world.plan().due), (1, Some(due)));
        }
    }
    let mut world = World::taipei();
    world
        .joins(JOIN)
        .happens("2026-01-06T01:00:00Z", Happened::OptedOut)
        .happens("2026-01-08T01:00:00Z", Happened::OptedIn)
        .happens("2026-01-08T01:10:00Z", Happened::OptedOut)
        .happens("2026-01-08T01:20:00Z", Happened::OptedIn)
        .until("2026-01-20T00:00:00Z");
    assert_snapshot!(world.sent_since("2026-01-06T00:00:00Z"), @r"
    Tue 06 Jan 09:00 onboarding/1/day-2/out-2 = onboarding.day-2: SKIPPED opted-out
    Thu 08 Jan 09:00 preference/1767834000/all = digest.all-again: PENDING
    Thu 08 Jan 09:10 onboarding/1/day-2/out-4 = onboarding.day-2: SKIPPED opted-out
    Thu 08 Jan 09:20 preference/1767835200/all = digest.all-again: PENDING
    Fri 09 Jan 10:00 onboarding/1/day-2 = onboarding.day-2: PENDING
    Sat 10 Jan 10:00 onboarding/1/day-3 = onboarding.day-3: PENDING
    Sun 11 Jan 10:00 onboarding/1/day-4 = onboarding.day-4.fallback content 0: PENDING
    Mon 12 Jan 10:00 onboarding/1/day-5 = onboarding.day-4.fallback content 3: PENDING
    Tue 13 Jan 10:00 onboarding/1/day-6 = onboarding.day-6.fallback: PENDING
    Wed 14 Jan 10:00 onboarding/1/day-7 = onboarding.day-7.missed: PENDING
    ");
}

#[test]
fn who_left_meanwhile_gets_the_rest_when_they_are_back() {
    let cause = LeaveCause::Removed;
    let mut world = World::taipei();
    world
        .joins(JOIN)
        .happens("2026-01-06T01:00:00Z", Happened::OptedOut)
        .happens("2026-01-07T01:00:00Z", Happened::Left { cause })
        .happens("2026-01-08T01:00:00Z", Happened::OptedIn);
    let stopped = PlanState::Stopped {
        at: ts("2026-01-06T01:00:00Z"),
        why: PlanEnd::OptedOut,
    };
    assert_eq!(world.plan().state, stopped, "nothing goes to who is gone");
    world.joins("2026-01-10T01:00:00Z");
    assert_eq!(world.plan().state, PlanState::Active);
    assert_eq!(world.plan().due, Some(ts("2026-01-11T02:00:00Z")));
}
