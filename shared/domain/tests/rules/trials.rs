//! What is tried on some and not on others, and what is known of a member without their saying so.

use std::collections::BTreeMap;

use hearth_domain::decide;
use hearth_domain::event::{Event, Happened};
use hearth_domain::ids::{InterestId, MemberId, MessageKind};
use hearth_domain::journey::{Book, Context, PlanState};
use hearth_domain::member::MovedOut;
use hearth_domain::playbook::Variant;
use insta::assert_snapshot;

use crate::world::{World, event, ts};

const JOIN: &str = "2026-01-05T01:30:00Z";

/// What a join of somebody is answered with, and where their plan then is.
fn join_of(world: &World, member: &str) -> decide::Decision {
    let id = MemberId::new(member).unwrap();
    let join = Event {
        member: id.clone(),
        ..event("join", ts(JOIN), Happened::Joined { came: None })
    };
    let context = Context::new(&world.community, Book::new(&world.playbook, 1), ts(JOIN));
    decide::on_events(None, &id, &[join], context, &MovedOut::new()).unwrap()
}

/// Which of a thousand newcomers get no plan.
fn held_out(share: f64) -> Vec<bool> {
    let mut world = World::taipei();
    world.playbook.experiments.holdout = share;
    let state = |n: u32| {
        let decision = join_of(&world, &format!("U{n}"));
        decision.member.journey.onboarding.unwrap().state == PlanState::HeldOut
    };
    (0..1_000).map(state).collect()
}

#[test]
fn the_share_that_gets_no_plan_is_the_one_that_was_asked_for() {
    let count = |all: &[bool]| all.iter().filter(|out| **out).count();
    assert_eq!(count(&held_out(0.0)), 0);
    let tenth = held_out(0.1);
    // 100 ± 4 standard deviations of 9.5.
    assert!((62..=138).contains(&count(&tenth)), "{}", count(&tenth));
    assert_eq!(tenth, held_out(0.1), "the same for good");
    // Who is out stays out when the share grows.
    let half = held_out(0.5);
    assert!(tenth.iter().zip(&half).all(|(before, now)| *now || !before));
}

#[test]
fn who_is_held_out_is_asked_nothing_and_paid_all_the_same() {
    let mut world = World::taipei();
    world.playbook.experiments.holdout = 1.0;
    world.joins(JOIN).happens(
        "2026-01-06T03:00:00Z",
        Happened::TaskClaimed { message: None },
    );
    assert_eq!(world.ledger.get("task/rename"), Some(&10));
    world.until("2026-01-20T00:00:00Z");
    assert_snapshot!(world.sent(), @"Mon 05 Jan 09:30 onboarding/1/day-1 = onboarding.day-1: SKIPPED held-out");
    // A return is no second chance to be in.
    world
        .happens(
            "2026-01-20T03:00:00Z",
            Happened::Left {
                cause: hearth_domain::event::LeaveCause::Removed,
            },
        )
        .joins("2026-01-21T03:00:00Z");
    assert_eq!(world.plan().state, PlanState::HeldOut);
    // The rest of what members get, they get.
    world.until("2026-02-20T02:00:00Z");
    assert_eq!(
        world.messages.last().unwrap().kind.as_str(),
        "wake-up.silent.fallback"
    );
}

#[test]
fn each_member_has_one_body_of_a_text_and_the_same_again() {
    let mut world = World::taipei();
    let kind: MessageKind = "onboarding.day-1".parse().unwrap();
    let text = world.playbook.texts.get_mut(&kind).unwrap();
    let body = text.body.clone();
    let variant = |id: &str| Variant {
        id: id.parse().unwrap(),
        body: body.clone(),
    };
    text.variants = vec![variant("b"), variant("c")];
    let mut arms: BTreeMap<String, u32> = BTreeMap::new();
    for n in 0..900 {
        let decision = join_of(&world, &format!("U{n}"));
        let [welcome, guide] = &*decision.messages else {
            panic!("the welcome and the guide");
        };
        assert_eq!(guide.variant, None, "a text with one body has no arms");
        let again = join_of(&world, &format!("U{n}"));
        assert_eq!(again.messages[0].variant, welcome.variant);
        let arm = welcome.variant.as_ref().map_or("own", |id| id.as_str());
        *arms.entry(arm.to_owned()).or_default() += 1;
    }
    // 300 ± 4 standard deviations of 14.
    assert_eq!(arms.keys().collect::<Vec<_>>(), ["b", "c", "own"]);
    assert!(arms.values().all(|n| (243..=357).contains(n)), "{arms:?}");
}

fn in_a_channel_about(interest: &str) -> Happened {
    Happened::MessagePosted {
        length: Some(20),
        topic: false,
        interest: InterestId::new(interest).ok(),
        print: None,
    }
}

#[test]
fn two_posts_in_a_place_say_what_somebody_likes_and_a_choice_says_it_better() {
    let reacted = Happened::ReactionAdded {
        interest: InterestId::new("tools").ok(),
    };
    let chosen = |id: Option<&str>| Happened::InterestChosen {
        interest: id.map(|id| InterestId::new(id).unwrap()),
    };
    for (acts, expected) in [
        (vec![in_a_channel_about("tools")], None),
        (
            vec![in_a_channel_about("tools"), in_a_channel_about("tools")],
            Some("tools"),
        ),
        (vec![in_a_channel_about("tools"), reacted], Some("tools")),
        (
            vec![in_a_channel_about("tools"), in_a_channel_about("growth")],
            None,
        ),
        (
            vec![
                in_a_channel_about("tools"),
                in_a_channel_about("tools"),
                chosen(Some("growth")),
            ],
            Some("growth"),
        ),
        (
            vec![
                chosen(Some("growth")),
                in_a_channel_about("tools"),
                in_a_channel_about("tools"),
            ],
            Some("growth"),
        ),
        // "Just looking" is no choice against it.
        (
            vec![
                chosen(None),
                in_a_channel_about("tools"),
                in_a_channel_about("tools"),
            ],
            Some("tools"),
        ),
    ] {
        let mut world = World::taipei();
        world.joins(JOIN);
        for act in &acts {
            world.happens("2026-01-05T03:00:00Z", act.clone());
        }
        let found = world.member().interest(&world.playbook);
        assert_eq!(found.map(InterestId::as_str), expected, "{acts:?}");
        world.until("2026-01-08T02:00:00Z");
        let content = world.message("onboarding/1/day-4").content;
        let own = expected == Some("tools");
        assert_eq!(content, Some(u16::from(own)), "{acts:?}");
    }
}
