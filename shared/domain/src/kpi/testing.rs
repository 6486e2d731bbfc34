//! Small communities for tests, built day by day.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use jiff::civil::Time;

use super::aggregate::{Aggregate, Measures};
use super::numbers::Numbers;
use super::report::{Judging, Report, Revision};
use super::retention::Kept;
use super::risk::Weights;
use super::rules::{ReportRules, Targets};
use super::trend::History;
use crate::community::Community;
use crate::days::{IsoWeek, LocalDay, Zone};
use crate::experiment::{Arm, Holdout, OWN, Side, Trial, Trials};
use crate::ids::{CommunityId, MemberId, PlaybookId};
use crate::journey::{Case, CaseState, Plan, PlanState};
use crate::locale::Locale;
use crate::member::{Latest, Member, Order, Orders, Status, Transition, Week};
use crate::platform::Platform;
use crate::playbook::{Interest, Localised, PointRules};
use crate::rfm::RfmRules;
use crate::segment::SegmentRules;

/// Monday 2026-01-05.
pub(super) fn week() -> IsoWeek {
    "2026-W02".parse().unwrap()
}

/// A day counted from the Monday of [`week`].
pub(super) fn day(n: i32) -> LocalDay {
    week().monday().plus(n)
}

/// The numbers of nobody.
pub(super) fn numbers() -> Numbers {
    Aggregate::new(week(), day(6)).finish()
}

/// A member under construction. Days count from the Monday of [`week`]; the zone is UTC.
pub(super) struct Made(pub(super) Member);

pub(super) fn member(id: &str, first: i32) -> Made {
    let mut member = Member::new(MemberId::new(id).unwrap(), noon(first));
    member.join_told = true;
    let made = Made(member);
    made.back(first)
}

pub(super) fn noon(n: i32) -> jiff::Timestamp {
    Zone::utc().at(day(n), Time::constant(12, 0, 0, 0))
}

impl Made {
    fn turned(mut self, n: i32, to: Status) -> Self {
        let order = Order {
            at: noon(n).as_microsecond(),
            seq: 0,
            tie: 0,
        };
        self.0.weeks.change(day(n), Transition { order, to });
        self
    }

    pub(super) fn left(self, n: i32) -> Self {
        self.turned(n, Status::Left)
    }

    pub(super) fn back(self, n: i32) -> Self {
        self.turned(n, Status::Member)
    }

    fn on(mut self, n: i32, act: impl FnOnce(&mut Week, u8)) -> Self {
        let first = self.0.first_day(&Zone::utc());
        self.0.activity.mark(day(n), first);
        if let Some(week) = self.0.weeks.on(day(n)) {
            act(week, 1 << day(n).weekday());
        }
        self
    }

    /// A button: activity and nothing else.
    pub(super) fn pressed(self, n: i32) -> Self {
        self.on(n, |_, _| {})
    }

    pub(super) fn wrote(mut self, n: i32, messages: u32) -> Self {
        self.0.last_post = self.0.last_post.max(Some(day(n)));
        self.on(n, |week, bit| {
            week.messages += messages;
            week.posted |= bit;
            week.interacted |= bit;
        })
    }

    /// Was there in an hour.
    pub(super) fn there(mut self, n: i32, hour: u8) -> Self {
        if let Some(week) = self.0.weeks.on(day(n)) {
            week.hours.mark(day(n).weekday(), hour);
        }
        self
    }

    pub(super) fn reacted(self, n: i32) -> Self {
        self.on(n, |week, bit| {
            week.reactions += 1;
            week.interacted |= bit;
        })
    }

    pub(super) fn checked_in(self, n: i32) -> Self {
        let mut made = self.on(n, |week, bit| week.checked_in |= bit);
        made.0.scoring.close(day(n));
        made.0.scoring.check_in(day(n), &POINTS);
        made
    }

    pub(super) fn planned(mut self, plan: Plan) -> Self {
        self.0.journey.onboarding = Some(plan);
        self
    }

    pub(super) fn in_case(mut self, case: Case) -> Self {
        self.0.journey.win_back = Some(case);
        self
    }

    /// Orders from a day to another, so many, for so much.
    pub(super) fn bought(mut self, first: i32, last: i32, count: u16, sum: u64) -> Self {
        self.0.orders = Some(Orders {
            first: day(first),
            last: day(last),
            count,
            sum,
        });
        self
    }

    pub(super) fn staff(mut self) -> Self {
        let order = Order {
            at: 0,
            seq: 0,
            tie: 0,
        };
        self.0.staff = Some(Latest { order, value: true });
        self
    }
}

const POINTS: PointRules = PointRules {
    check_in: 5,
    message: 1,
    message_cap: 5,
    message_min_length: 4,
    reaction: 1,
    reaction_cap: 3,
    review: 5,
    share: 2,
    share_cap: 4,
    task: 10,
};

const SEGMENTS: SegmentRules = SegmentRules {
    new_days: 7,
    core_days: 12,
    active_days: 4,
    silent_days: 30,
    hysteresis_days: 7,
    entered: BTreeMap::new(),
};
/// By the rules that a playbook has that says nothing, and a shop's.
pub(super) const MEASURES: Measures<'static> = Measures {
    segments: &SEGMENTS,
    rfm: Some(&RfmRules {
        recency_days: [30, 90, 180, 365],
        frequency: [1, 2, 4, 8],
        money: [1_000, 2_000, 3_000, 4_000],
    }),
    risk: &Weights::GUESS,
    sla_hours: 0,
    survey_after: SignedDuration::from_mins(30),
    trials: None,
};

pub(super) fn aggregate(members: &[Made], as_of: LocalDay) -> Aggregate {
    let mut aggregate = Aggregate::new(week(), as_of);
    for Made(member) in members {
        aggregate.add(member, &Zone::utc(), MEASURES);
    }
    aggregate
}

pub(super) fn numbers_of(members: &[Made]) -> Numbers {
    aggregate(members, day(6)).finish()
}

/// The first plan of somebody.
pub(super) fn plan(started: i32, state: PlanState) -> Plan {
    Plan {
        enrolment: 1,
        version: 1,
        day_one: day(started),
        next: 0,
        state,
        answered: 0,
        due: None,
        started: noon(started),
    }
}

/// The first case of somebody.
pub(super) fn case(opened: i32, state: CaseState) -> Case {
    Case {
        number: 1,
        opened: noon(opened),
        state,
        reason: None,
        answered: None,
        person: None,
        care: 0,
        due: None,
    }
}

/// A report by the default rules and these targets, the same in every phase.
pub(super) fn report_of(
    locale: Locale,
    targets: &[(&str, f64)],
    numbers: Numbers,
    history: History,
    revision: Revision,
    at: &str,
) -> Report {
    let targets = targets.iter();
    let targets = Targets(
        targets
            .map(|(name, target)| ((*name).to_owned(), [*target; 4]))
            .collect(),
    );
    let tools = Interest {
        id: "tools".parse().unwrap(),
        label: Localised {
            zh_hant: "實用工具".to_owned(),
            zh_hans: "实用工具".to_owned(),
            en: "Tools".to_owned(),
        },
    };
    let rules = Judging {
        targets: &targets,
        report: &ReportRules::default(),
        steps: &["day-1".to_owned(), "day-2".to_owned()],
        interests: &[tools],
    };
    let at = at.parse().unwrap();
    Report::build(&community(locale), rules, numbers, history, revision, at)
}

/// A community with nothing of its own but a name to escape.
pub(super) fn community(locale: Locale) -> Community {
    Community {
        id: CommunityId::new("acme").unwrap(),
        platform: Platform::Standard,
        name: "Acme <Makers> & \"Co\"".to_owned(),
        zone: Zone::new("Asia/Taipei").unwrap(),
        locale,
        playbook: PlaybookId::new("default").unwrap(),
        currency: None,
        workspace: None,
        home_channel: None,
        check_in_channels: Vec::new(),
        topic_channels: Vec::new(),
        interest_channels: BTreeMap::new(),
        ops_channel: None,
        staff: Vec::new(),
        shards: 16,
        api: None,
        second_channel: None,
        secrets: BTreeMap::new(),
        about: BTreeMap::new(),
        contents: Vec::new(),
        topic: None,
        gift: None,
        come_back_gift: None,
        offer: None,
        gatherings: Vec::new(),
        invite_link: None,
    }
}

/// A trial and a holdout; 48 of 80 and 56 of 70 are Newcombe's own example, 0.0524 to 0.3339.
pub(super) fn trials() -> Trials {
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
            min_sample: 50,
            arms: vec![arm(OWN, 216, 41), arm("b", 182, 64)],
        }],
        holdouts: vec![Holdout {
            share: 0.1,
            versions: vec![1, 2],
            min_sample: 50,
            held_out: side(80, 48),
            with_plan: side(70, 56),
        }],
    }
}
