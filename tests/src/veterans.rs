//! Members with three months behind them, made up in one go: for what needs many of them and nothing
//! of how they came to be as they are.

use hearth_domain::community::Community;
use hearth_domain::days::LocalDay;
use hearth_domain::ids::{IdError, MemberId};
use hearth_domain::journey::{Plan, PlanState};
use hearth_domain::member::{Counted, Latest, Member, Order, Status, Transition};
use hearth_domain::playbook::Playbook;
use jiff::civil::Time;

/// So many days of history.
const DAYS: i32 = 90;
/// So many events are remembered, so that they count once.
const REMEMBERED: i32 = 8;

/// One of them, as they are at the end of `today`: came within the last 90 days, was there every day or
/// every tenth, wrote and checked in; every twelfth has left.
pub fn veteran(
    n: usize,
    community: &Community,
    playbook: &Playbook,
    today: LocalDay,
) -> Result<Member, IdError> {
    let noon = |day: LocalDay| community.zone.at(day, Time::constant(12, 0, 0, 0));
    let told = |day: LocalDay| Order {
        at: noon(day).as_microsecond(),
        seq: 0,
        tie: 1,
    };
    let who = i32::try_from(n % 997).unwrap_or(0);
    let first = today.plus(-(who * 11 % DAYS));
    let mut member = Member::new(MemberId::new(format!("U{n:08}"))?, noon(first));
    member.join_told = true;
    member.name = Some(Latest {
        order: told(first),
        value: format!("Member {n}"),
    });
    member.journey.onboarding = Some(Plan {
        enrolment: 1,
        version: 1,
        day_one: first,
        next: 0,
        state: PlanState::Finished {
            at: noon(first.plus(7)),
        },
        answered: 1,
        due: None,
        started: noon(first),
    });
    let joined = Transition {
        order: told(first),
        to: Status::Member,
    };
    member.weeks.change(first, joined);
    let rhythm = who % 10 + 1;
    for age in (0..=today.since(first)).filter(|age| age % rhythm == 0) {
        be_there(&mut member, first.plus(age), first, playbook);
    }
    if who % 12 == 5 {
        let left = Transition {
            order: told(today),
            to: Status::Left,
        };
        member.weeks.change(today, left);
    }
    for minute in 0..REMEMBERED {
        let second = noon(today).as_second() - i64::from(minute) * 60;
        member.recent.entries.insert(Counted {
            second: u32::try_from(second).unwrap_or(0),
            id: u32::try_from(who * REMEMBERED + minute).unwrap_or(0),
        });
    }
    Ok(member)
}

/// A day on which they wrote twice, reacted, and checked in.
fn be_there(member: &mut Member, day: LocalDay, first: LocalDay, playbook: &Playbook) {
    member.activity.mark(day, first);
    member.last_post = Some(day);
    member.scoring.close(day);
    member.scoring.check_in(day, &playbook.points);
    if let Some(week) = member.weeks.on(day) {
        let bit = 1 << day.weekday();
        week.messages += 2;
        week.reactions += 1;
        week.posted |= bit;
        week.interacted |= bit;
        week.checked_in |= bit;
        week.hours.mark(day.weekday(), 12);
        week.hours.mark(day.weekday(), 20);
    }
}
