//! Who is thanked for whom, once, and who is not.

use std::collections::BTreeMap;

use hearth_domain::event::{Event, Happened};
use hearth_domain::ids::MemberId;
use hearth_domain::invitation::{
    Came, Introduced, Introducer, InviteCode, Inviter, JoinSource, row_for,
};
use hearth_domain::member::Wait;
use hearth_domain::playbook::{Level, Localised};
use jiff::SignedDuration;

use crate::world::{World, event, hours, ts};

const JOIN: &str = "2026-01-05T02:00:00Z";
/// Seven days later, to the second.
const STAYED: &str = "2026-01-12T02:00:00Z";

fn id(name: &str) -> MemberId {
    name.parse().unwrap()
}

fn by(name: &str) -> Came {
    Came {
        source: JoinSource::Invited,
        by: Some(Inviter::Member(id(name))),
    }
}

/// A member who has been here for a day when the other joins.
fn earlier() -> Introducer {
    Introducer {
        first_seen: ts(JOIN) - hours(24),
        is_member: true,
        is_staff: false,
    }
}

/// U5 invited whoever waits.
fn introduced(inviter: Option<Introducer>) -> Introduced {
    let known: BTreeMap<_, _> = inviter.into_iter().map(|one| (id("U5"), one)).collect();
    Introduced {
        by: Some(id("U5")),
        known,
    }
}

/// U1, who joined by U5's invitation.
fn invited() -> World {
    let mut world = World::taipei();
    world.introduced = Some(introduced(Some(earlier())));
    world.happens(
        JOIN,
        Happened::Joined {
            came: Some(by("U5")),
        },
    );
    world
}

fn settled(world: &World) -> (Wait, Option<i64>, usize) {
    let points = world.ledger.get("invited").copied();
    (world.member().invitations.wait, points, world.told.len())
}

#[test]
fn who_stayed_seven_days_brings_both_sides_points() {
    let mut world = invited();
    assert_eq!(world.member().join_source(), JoinSource::Invited);
    world.until("2026-01-12T01:59:59Z");
    assert_eq!(settled(&world), (Wait::Open, None, 0));
    world.until(STAYED);
    assert_eq!(settled(&world), (Wait::Settled, Some(10), 1));
    let told = &world.told[0];
    assert_eq!((told.id.as_str(), told.at), ("invite:U1", ts(STAYED)));
    assert_eq!(told.member, id("U5"));
    assert!(told.facts.elsewhere, "it makes nobody a member");
    let what = Happened::InvitationStayed { invited: id("U1") };
    assert_eq!(told.what, what);
    assert_eq!(
        world.message("invite/rewarded").kind.as_str(),
        "invite.rewarded"
    );
    world.until("2026-03-01T00:00:00Z");
    assert_eq!(settled(&world), (Wait::Settled, Some(10), 1), "once");
    assert_eq!(
        i64::from(world.member().scoring.total),
        world.ledger_and_open_days()
    );
}

#[test]
fn nobody_is_thanked_for_whom_they_did_not_bring() {
    let check = |what: &str, change: &dyn Fn(&mut World)| {
        let mut world = invited();
        change(&mut world);
        world.until("2026-01-20T00:00:00Z");
        let (wait, points, told) = settled(&world);
        assert_ne!(wait, Wait::Open, "{what}");
        assert_eq!((points, told), (None, 0), "{what}");
        assert!(world.member().stays_until().is_none(), "{what}");
    };
    let inviter = |change: fn(&mut Introducer)| {
        move |world: &mut World| {
            let mut one = earlier();
            change(&mut one);
            world.introduced = Some(introduced(Some(one)));
        }
    };
    check("unknown", &|world| {
        world.introduced = Some(introduced(None));
    });
    check("no row", &|world| {
        world.introduced = Some(Introduced::default());
    });
    check("left", &inviter(|one| one.is_member = false));
    check("staff", &inviter(|one| one.is_staff = true));
    check(
        "in the same second",
        &inviter(|one| one.first_seen = ts(JOIN)),
    );
    check(
        "came after them",
        &inviter(|one| one.first_seen = ts(STAYED)),
    );
    check("left themselves", &|world| {
        world.leaves("2026-01-10T02:00:00Z");
    });
    check("left and came back", &|world| {
        world.leaves("2026-01-10T02:00:00Z");
        world.happens(
            "2026-01-10T03:00:00Z",
            Happened::Joined {
                came: Some(by("U5")),
            },
        );
    });
    check("no rules any more", &|world| {
        world.playbook.invitations = None;
    });
}

#[test]
fn only_an_invitation_of_the_first_days_of_the_first_membership_waits() {
    let waits = |events: &[(&str, Happened)]| {
        let mut world = World::taipei();
        for (at, what) in events {
            world.happens(at, what.clone());
        }
        world.member().stays_until()
    };
    let joined = || Happened::Joined { came: None };
    let invited = |name: &str| Happened::Invited {
        by: Inviter::Member(id(name)),
        typed: true,
    };
    let days = |from: &str| Some(ts(from) + SignedDuration::from_hours(7 * 24));
    let sixth = "2026-01-11T02:00:00Z";
    assert_eq!(
        waits(&[(JOIN, joined()), (sixth, invited("U5"))]),
        days(sixth)
    );
    assert_eq!(
        waits(&[(JOIN, joined()), (STAYED, invited("U5"))]),
        days(STAYED)
    );
    let late = "2026-01-12T02:00:01Z";
    assert_eq!(waits(&[(JOIN, joined()), (late, invited("U5"))]), None);
    assert_eq!(
        waits(&[(JOIN, joined()), (sixth, invited("U1"))]),
        None,
        "their own"
    );
    let two = [
        (JOIN, joined()),
        (sixth, invited("U5")),
        (STAYED, invited("U6")),
    ];
    assert_eq!(waits(&two), days(sixth), "the earliest");
}

/// What answers a code that was written.
fn answer(world: &mut World, at: &str, by: Inviter) -> String {
    world.happens(at, Happened::Invited { by, typed: true });
    world.messages.last().unwrap().kind.to_string()
}

#[test]
fn who_writes_a_code_is_told_what_becomes_of_it() {
    let at = "2026-01-06T02:00:00Z";
    let code = Inviter::Code(InviteCode::parse("7K2M-9QXC-04TD").unwrap());
    let u5 = || Inviter::Member(id("U5"));
    let newcomer = || {
        let mut world = World::taipei();
        world.introduced = Some(introduced(Some(earlier())));
        world.joins(JOIN);
        world
    };
    assert_eq!(answer(&mut newcomer(), at, u5()), "invite.accepted");
    assert_eq!(answer(&mut newcomer(), at, code), "invite.unknown");
    assert_eq!(
        answer(&mut newcomer(), at, Inviter::Nobody),
        "invite.unknown"
    );
    assert_eq!(
        answer(&mut newcomer(), at, Inviter::Member(id("U1"))),
        "invite.own"
    );
    assert_eq!(
        answer(&mut newcomer(), "2026-01-13T02:00:00Z", u5()),
        "invite.late"
    );
    let mut loops = newcomer();
    loops.introduced = Some(introduced(Some(Introducer {
        first_seen: ts(at),
        ..earlier()
    })));
    assert_eq!(answer(&mut loops, at, u5()), "invite.unknown");
    let mut again = newcomer();
    answer(&mut again, at, u5());
    assert_eq!(
        answer(&mut again, "2026-01-06T02:05:00Z", u5()),
        "invite.accepted"
    );
    let other = answer(
        &mut again,
        "2026-01-06T02:06:00Z",
        Inviter::Member(id("U6")),
    );
    assert_eq!(other, "invite.late");
    // Whoever was told of by somebody else is not written to.
    let mut told = newcomer();
    let before = told.until(at).messages.len();
    told.happens(
        at,
        Happened::Invited {
            by: u5(),
            typed: false,
        },
    );
    assert_eq!(told.messages.len(), before);
}

fn stayed(name: &str) -> Event {
    let what = Happened::InvitationStayed { invited: id(name) };
    event(&format!("invite:{name}"), ts(STAYED), what)
}

/// An inviter, a week after they joined.
fn inviter() -> World {
    let mut world = World::taipei();
    world.joins(JOIN).until(STAYED);
    world
}

#[test]
fn each_of_theirs_counts_once_however_late_it_is_told_again() {
    let mut world = inviter();
    let before = world.member().scoring.total;
    world.deliver(&[stayed("U7"), stayed("U7")]);
    let (first, tier) = (row_for(&id("U7")), "invitation-tier/1");
    assert_eq!((world.ledger[&first], world.ledger[tier]), (10, 10));
    assert_eq!(world.message(&first).kind.as_str(), "invite.first");
    assert_eq!(world.message(&first).values["invite.points"], "20");
    for at in [
        "2026-01-12T03:00:00Z",
        "2026-01-20T00:00:00Z",
        "2026-06-01T00:00:00Z",
    ] {
        let decision = world.until(at).deliver(&[stayed("U7")]).unwrap();
        assert_eq!((decision.tally.duplicate, decision.changed), (1, false));
    }
    assert_eq!(world.member().scoring.total, before + 20);
    world.deliver(&[stayed("U8"), stayed("U9")]);
    assert_eq!(world.ledger["invitation-tier/3"], 30);
    assert_eq!(world.member().invitations.stayed, 3);
    // It is named by whoever of the two comes first in the order of events.
    let rows = ["U8", "U9"].map(|invited| row_for(&id(invited)));
    let thanks = world
        .messages
        .iter()
        .filter(|one| rows.iter().any(|row| one.id.path() == row));
    let [thanks] = thanks.collect::<Vec<_>>()[..] else {
        panic!("{}", world.sent());
    };
    assert_eq!(thanks.kind.as_str(), "invite.tier", "one message for both");
    assert_eq!(thanks.values["invite.points"], "50");
    assert_eq!(
        i64::from(world.member().scoring.total),
        world.ledger_and_open_days()
    );
}

#[test]
fn a_day_pays_up_to_its_cap_and_counts_the_rest() {
    let mut world = inviter();
    let all: Vec<Event> = (10..17).map(|n| stayed(&format!("U{n}"))).collect();
    world.deliver(&all);
    let rows = || (10..17).map(|n| row_for(&id(&format!("U{n}"))));
    let paid: i64 = rows().map(|row| world.ledger[&row]).sum();
    assert_eq!((paid, world.member().invitations.stayed), (50, 7));
    world
        .until("2026-01-13T02:00:00Z")
        .deliver(&[stayed("U17")]);
    assert_eq!(world.ledger[&row_for(&id("U17"))], 10, "another day");
}

#[test]
fn points_for_an_invitation_may_be_a_new_level() {
    let mut world = invited();
    let name = |text: &str| Localised {
        zh_hant: text.to_owned(),
        zh_hans: text.to_owned(),
        en: text.to_owned(),
    };
    let level = |from| Level {
        from,
        name: name("x"),
        perks: None,
    };
    world.playbook.levels = vec![level(0), level(10)];
    world.until(STAYED);
    assert_eq!(world.member().scoring.level, 1);
    assert_eq!(world.message("level/2").kind.as_str(), "check-in.level-up");
}

#[test]
fn who_asks_is_told_their_code_once_a_minute_and_it_leads_to_them() {
    let mut world = World::taipei();
    world.community.invite_link = Some("https://t.me/acme_bot?start={code}".to_owned());
    world.joins(JOIN);
    let told = event("ask", ts(JOIN) + hours(1), Happened::InvitesAsked);
    let decision = world
        .until("2026-01-05T03:00:00Z")
        .deliver(&[told])
        .unwrap();
    let code = InviteCode::of(&world.community.id, &id("U1"));
    assert_eq!(decision.invites.code, Some(code));
    let values = &world.messages.last().unwrap().values;
    assert_eq!(values["invite.code"], code.to_string());
    assert_eq!(
        values["invite.link"],
        format!("https://t.me/acme_bot?start={code}")
    );
    assert_eq!(values["invite.count"], "0");
}
