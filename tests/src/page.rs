//! A community in a week in which everything happened, made up: what its report's page is looked at with.

#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "what can't be made up fails its test"
)]

use hearth_domain::community::Community;
use hearth_domain::days::{IsoWeek, LocalDay, Zone};
use hearth_domain::event::LeaveReason;
use hearth_domain::experiment::{Arm, Holdout, OWN, Side, Trial, Trials};
use hearth_domain::ids::MemberId;
use hearth_domain::journey::{Case, CaseState, Plan, PlanState};
use hearth_domain::kpi::trend::{Figures, History};
use hearth_domain::kpi::{
    Aggregate, Judging, Kept, Measures, Numbers, Report, Revision, TopicTalk,
};
use hearth_domain::member::{Member, Order, Status, Transition};
use hearth_domain::playbook::Playbook;
use jiff::Timestamp;
use jiff::civil::Time;

use crate::world::ACME;

const MEMBERS: i32 = 400;
/// Days over which they came.
const CAME_WITHIN: i32 = 182;
/// So many days of theirs are told: members hold no more.
const TOLD: i32 = 95;

/// The report of the last week of a quarter, with all weeks of it behind it.
pub fn rich_week() -> Report {
    week_of(MEMBERS, 13).with_trials(trials())
}

/// The same week of a community of so many members, with so many weeks behind it.
pub fn week_of(members: i32, weeks_before: i32) -> Report {
    let week: IsoWeek = "2026-W13".parse().unwrap();
    let community = Community::parse(ACME).unwrap();
    let playbook = Playbook::parse(Playbook::DEFAULT_TOML).unwrap();
    let mut aggregate = Aggregate::new(week, week.sunday());
    for n in 0..members {
        let member = made_up(n, week, &community.zone);
        aggregate.add(&member, &community.zone, Measures::of(&playbook));
    }
    let mut numbers = aggregate.finish();
    if members > 1 {
        // Of talk and of staff no item tells.
        (1_u32..)
            .zip(&playbook.interests)
            .for_each(|(n, interest)| {
                let (threads, quality) = (u64::from(90 / n), u64::from(40 / n));
                let talk = TopicTalk { threads, quality };
                numbers.talk.topics.insert(interest.id.clone(), talk);
                numbers.talk.threads += threads;
                numbers.talk.quality += quality;
            });
    }
    let history = History::before(week, (1..=weeks_before).map(|ago| earlier(&numbers, ago)));
    let steps = &playbook.onboarding.steps;
    let steps: Vec<String> = steps.iter().map(|step| step.id.to_string()).collect();
    let judging = Judging {
        targets: &playbook.targets,
        report: &playbook.report,
        steps: &steps,
        interests: &playbook.interests,
    };
    let at = community
        .zone
        .at(week.plus(1).monday(), Time::constant(8, 0, 0, 0));
    let last = Revision::Provisional;
    Report::build(&community, judging, numbers, history, last, at)
}

/// The same in any run, and as good as thrown.
fn thrown(n: i32, day: i32) -> i32 {
    let mixed = i64::from(n) * 2_654_435_761 + i64::from(day) * 40_503 + i64::from(n * day) * 97;
    i32::try_from((mixed >> 5).rem_euclid(100)).unwrap_or(0)
}

fn made_up(n: i32, week: IsoWeek, zone: &Zone) -> Member {
    let sunday = week.sunday();
    let first = sunday.plus(-(n * 5 % CAME_WITHIN));
    let at = |day: LocalDay| zone.at(day, Time::constant(12, 0, 0, 0));
    let mut member = Member::new(MemberId::new(format!("m{n}")).unwrap(), at(first));
    turn(&mut member, first, at(first), Status::Member);
    let eager = 4 + n * 13 % 55;
    for ago in (0..=TOLD.min(sunday.since(first))).rev() {
        let day = sunday.plus(-ago);
        let chance = thrown(n, ago);
        if chance < eager {
            be_there(&mut member, day, first, chance);
        }
    }
    let begun = first.week() == week.plus(-1);
    member.journey.onboarding = begun.then(|| Plan {
        enrolment: 1,
        version: 1,
        day_one: first,
        next: u8::try_from(n % 8).unwrap(),
        state: PlanState::Active,
        answered: 0b101,
        due: None,
        started: at(first),
    });
    if n % 33 == 0 && first < week.monday() {
        let day = week.monday().plus(n % 7);
        turn(&mut member, day, at(day), Status::Left);
        let reason = LeaveReason::ALL.get(usize::try_from(n / 33 % 4).unwrap());
        member.journey.win_back = Some(Case {
            number: 1,
            opened: at(day),
            state: CaseState::Answered,
            reason: reason.copied(),
            answered: None,
            person: None,
            care: 0,
            due: None,
        });
    }
    member
}

fn turn(member: &mut Member, day: LocalDay, at: Timestamp, to: Status) {
    let order = Order {
        at: at.as_microsecond(),
        seq: 0,
        tie: 0,
    };
    member.weeks.change(day, Transition { order, to });
}

fn be_there(member: &mut Member, day: LocalDay, first: LocalDay, chance: i32) {
    member.activity.mark(day, first);
    let Some(week) = member.weeks.on(day) else {
        return;
    };
    let bit = 1 << day.weekday();
    let hour = u8::try_from(9 + chance % 14).unwrap();
    week.hours.mark(day.weekday(), hour);
    if chance % 3 == 0 {
        week.messages += 2;
        week.posted |= bit;
        week.interacted |= bit;
        member.last_post = Some(day);
    }
}

/// The same numbers, somewhat fewer each week back, and not evenly.
fn earlier(numbers: &Numbers, ago: i32) -> Figures {
    let part = 1.0 - 0.015 * f64::from(ago) + 0.004 * f64::from(thrown(ago, 3) % 20);
    let now = Figures::of(numbers).figures.into_iter();
    Figures {
        figures: now.map(|(key, value)| (key, value * part)).collect(),
        ..Figures::none(numbers.week.plus(-ago))
    }
}

fn trials() -> Trials {
    let arm = |name: &str, reached, answered| Arm {
        name: name.to_owned(),
        reached,
        answered,
    };
    let side = |eligible, retained| Side {
        members: eligible,
        d7: Kept { eligible, retained },
    };
    Trials {
        texts: vec![Trial {
            version: 2,
            step: "day-2".parse().unwrap(),
            text: "onboarding.day-2".parse().unwrap(),
            min_sample: 100,
            arms: vec![arm(OWN, 216, 41), arm("shorter", 182, 64)],
        }],
        holdouts: vec![Holdout {
            share: 0.1,
            versions: vec![1, 2],
            min_sample: 50,
            held_out: side(80, 48),
            with_plan: side(720, 456),
        }],
    }
}
