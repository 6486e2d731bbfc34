//! Members counted by hand.

use super::*;
use crate::ids::{MemberId, VariantId};
use crate::journey::PlanEnd;
use crate::member::{Latest, Order};
use crate::playbook::Variant;

/// Noon in Taipei, so many days after the first version was published.
fn day(n: i64) -> Timestamp {
    let first: Timestamp = "2026-01-05T04:00:00Z".parse().unwrap();
    first + jiff::SignedDuration::from_hours(24 * n)
}

fn community() -> Community {
    let file = "id = \"acme\"\nplatform = \"slack\"\nname = \"Acme\"\nzone = \"Asia/Taipei\"\nlocale = \"en\"\nplaybook = \"default\"\n[secrets]\nsigning_secret = \"literal:s\"\nbot_token = \"literal:t\"\n";
    Community::parse(file).unwrap()
}

/// The default playbook with another body of some texts, and a holdout.
fn playbook(other_words_of: &[&str], holdout: f64) -> Playbook {
    let mut playbook = Playbook::parse(Playbook::DEFAULT_TOML).unwrap();
    playbook.experiments.holdout = holdout;
    for kind in other_words_of {
        let text = playbook.texts.get_mut(&kind.parse().unwrap()).unwrap();
        text.variants = vec![Variant {
            id: VariantId::new("b").unwrap(),
            body: text.body.clone(),
        }];
    }
    playbook
}

fn edition(playbook: &Playbook, at: i64, policy: Policy) -> Edition {
    Edition {
        playbook: playbook.clone(),
        published: day(at),
        policy,
        stopped: false,
    }
}

/// A member who joined on a day and has had so many steps of a version.
fn member(id: &str, joined: i64, version: u32, next: u8) -> Member {
    let mut member = Member::new(MemberId::new(id).unwrap(), day(joined));
    member.journey.onboarding = Some(Plan {
        enrolment: 1,
        version,
        day_one: community().zone.day(day(joined)),
        next,
        state: PlanState::Active,
        answered: 0,
        due: None,
        started: day(joined),
    });
    member
}

fn plan(member: &mut Member) -> &mut Plan {
    member.journey.onboarding.as_mut().unwrap()
}

fn counted(editions: &BTreeMap<u32, Edition>, members: &[Member], now: i64) -> Trials {
    let count = Count::new(editions);
    // As shards do: apart, and then together.
    let mut all = Trials::default();
    for half in members.chunks(members.len().div_ceil(2).max(1)) {
        let mut trials = count.empty();
        for member in half {
            count.add(&mut trials, &community(), member, day(now));
        }
        all.merge(trials);
    }
    all.merge(count.empty());
    all
}

/// `version step text: arm answered/reached …`
fn lines(trials: &Trials) -> Vec<String> {
    let of = |trial: &Trial| {
        let arms = trial.arms.iter();
        let arms = arms.map(|arm| format!(" {} {}/{}", arm.name, arm.answered, arm.reached));
        let arms: String = arms.collect();
        format!("{} {} {}:{arms}", trial.version, trial.step, trial.text)
    };
    trials.texts.iter().map(of).collect()
}

#[test]
fn every_text_with_other_words_is_counted_where_it_was_reached() {
    let kinds = ["onboarding.day-2", "onboarding.day-4.fallback"];
    let editions = BTreeMap::from([(1, edition(&playbook(&kinds, 0.0), 0, Policy::Pin))]);
    let arm_of = |id: &str| {
        let book = &editions[&1].playbook;
        let kind = kinds[0].parse().unwrap();
        let text = book.text(&kind).unwrap();
        let id = MemberId::new(id).unwrap();
        assign::variant(text, &kind, &community().id, &id).is_some()
    };
    let ids: Vec<String> = (0..40).map(|n| format!("U{n}")).collect();
    let (others, own): (Vec<&String>, Vec<&String>) = ids.iter().partition(|id| arm_of(id));
    let mut members = Vec::new();
    // Of the variant: one pressed, one did the task, one neither; one pressed what step 3 sent.
    for (n, id) in others.iter().take(4).enumerate() {
        let mut one = member(id, 0, 1, 2);
        match n {
            0 => plan(&mut one).answered = 0b10,
            1 => one.tasks_done = 1,
            2 => plan(&mut one).answered = 0b100,
            _ => {}
        }
        members.push(one);
    }
    // Of the text's own: not there yet, held out, left after it, staff.
    let mut early = member(own[0], 0, 1, 1);
    early.tasks_done = 1;
    let mut held_out = member(own[1], 0, 1, 0);
    plan(&mut held_out).state = PlanState::HeldOut;
    let mut gone = member(own[2], 0, 1, 2);
    plan(&mut gone).state = PlanState::Stopped {
        at: day(2),
        why: PlanEnd::Left,
    };
    let mut staff = member(own[3], 0, 1, 7);
    staff.staff = Some(Latest {
        order: Order {
            at: day(0).as_microsecond(),
            seq: 0,
            tie: 0,
        },
        value: true,
    });
    members.extend([early, held_out, gone, staff]);
    assert_eq!(
        lines(&counted(&editions, &members, 3)),
        [
            "1 day-2 onboarding.day-2: (own) 0/1 b 2/4",
            "1 day-4 onboarding.day-4.fallback: (own) 0/0 b 0/0",
            "1 day-5 onboarding.day-4.fallback: (own) 0/0 b 0/0",
        ]
    );
}

#[test]
fn who_was_moved_or_follows_read_more_than_one_version() {
    let book = playbook(&["onboarding.day-2"], 0.0);
    // (policy of version 2, published on day 3; whether it was stopped; joined; version now; ended)
    for (policy, stopped, joined, version, ended, counts) in [
        (Policy::Pin, false, 1, 1, None, true),
        (Policy::Pin, false, 4, 2, None, true),
        (Policy::Migrate, false, 1, 2, None, false),
        (Policy::Follow, false, 1, 1, None, false),
        (Policy::Follow, false, 1, 1, Some(2), true),
        (Policy::Follow, false, 1, 1, Some(5), false),
        // In the others' share of a pilot, which may yet be for all.
        (Policy::Follow, false, 4, 1, None, false),
        (Policy::Follow, true, 4, 1, None, true),
        (Policy::Follow, true, 1, 1, None, false),
        // A version that can't be read any more.
        (Policy::Pin, false, 1, 9, None, false),
    ] {
        let mut second = edition(&book, 3, policy);
        second.stopped = stopped;
        let editions = BTreeMap::from([(1, edition(&book, 0, Policy::Pin)), (2, second)]);
        let mut one = member("U1", joined, version, 3);
        if let Some(at) = ended {
            plan(&mut one).state = PlanState::Finished { at: day(at) };
        }
        let trials = counted(&editions, &[one], 10).texts;
        let reached: u64 = trials.iter().flat_map(|t| &t.arms).map(|a| a.reached).sum();
        let told = (policy, stopped, joined, version, ended);
        assert_eq!(reached, u64::from(counts), "{told:?}");
    }
}

#[test]
fn a_holdout_shows_two_groups_once_their_days_are_over() {
    let (none, tenth) = (playbook(&[], 0.0), playbook(&[], 0.1));
    let editions = BTreeMap::from([
        (1, edition(&none, 0, Policy::Pin)),
        (2, edition(&tenth, 5, Policy::Pin)),
        (3, edition(&tenth, 8, Policy::Migrate)),
    ]);
    let came_back_at = |mut one: Member, age: i32| {
        let first = one.first_day(&community().zone);
        one.activity.mark(first.plus(age), first);
        one.activity.mark_organic(first.plus(age), first);
        one
    };
    let pressed_a_button_at = |mut one: Member, age: i32| {
        let first = one.first_day(&community().zone);
        one.activity.mark(first.plus(age), first);
        one
    };
    let held_out = |id: &str, joined: i64| {
        let mut one = member(id, joined, 2, 0);
        plan(&mut one).state = PlanState::HeldOut;
        one
    };
    let mut again = member("U8", 6, 2, 7);
    plan(&mut again).enrolment = 2;
    let mut known_before = member("U9", 6, 2, 7);
    known_before.first_seen = day(1);
    let members = [
        // Before there was a holdout, though moved since.
        came_back_at(member("U1", 4, 3, 7), 7),
        // With the plan; the second was moved to version 3, which holds out as many.
        came_back_at(member("U2", 6, 2, 7), 7),
        came_back_at(member("U3", 6, 3, 7), 13),
        came_back_at(member("U4", 6, 2, 7), 6),
        // An answer to a message of ours says nothing of the plan's worth.
        pressed_a_button_at(member("U10", 6, 2, 7), 8),
        // Held out; the last of them is not yet so old.
        came_back_at(held_out("U5", 6), 14),
        came_back_at(held_out("U6", 6), 8),
        came_back_at(held_out("U7", 7), 8),
        again,
        known_before,
    ];
    let trials = counted(&editions, &members, 20);
    let [holdout] = trials.holdouts.as_slice() else {
        panic!("{trials:?}");
    };
    assert_eq!(holdout.versions, [2, 3]);
    let side = |members, eligible, retained| Side {
        members,
        d7: Kept { eligible, retained },
    };
    assert_eq!(holdout.held_out, side(3, 2, 1));
    assert_eq!(holdout.with_plan, side(4, 4, 2));
    // Rates are rounded to nine places.
    assert!(holdout.uplift().unwrap().abs() < 1e-8);
    assert_eq!(holdout.p(), two_proportions(1, 2, 2, 4));
    assert_eq!(holdout.verdict(), Verdict::TooFew { missing: 98 });
    let json = serde_json::to_string(&trials).unwrap();
    assert_eq!(serde_json::from_str::<Trials>(&json).unwrap(), trials);
}
