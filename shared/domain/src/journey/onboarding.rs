//! The 7-day plan (新用戶 7 天成長計劃): one step a day at the member's local time.

use jiff::{SignedDuration, Timestamp};

use super::{Book, Draft, Planner};
use crate::days::LocalDay;
use crate::ids::{InterestId, MessageKind};
use crate::member::Member;
use crate::message::SkipReason;
use crate::playbook::{Step, StepWhat};

/// A member's way through the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// 1 for the first time, counted up when somebody starts again.
    pub enrolment: u16,
    /// The playbook version the member is pinned to.
    pub version: u32,
    /// Day 1, in the member's zone.
    pub day_one: LocalDay,
    /// Index of the next step.
    pub next: u8,
    /// Where it is.
    pub state: PlanState,
    /// When the next step is due.
    pub due: Option<Timestamp>,
    /// When it began.
    pub started: Timestamp,
}

/// Where a plan is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PlanState {
    /// Steps are coming.
    Active,
    /// All steps are through.
    Finished {
        /// When.
        at: Timestamp,
    },
    /// It ended early.
    Stopped {
        /// When.
        at: Timestamp,
        /// Why.
        why: PlanEnd,
    },
}

/// Why a plan ended early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PlanEnd {
    /// The member left; a return within 30 days goes on.
    Left,
    /// The member wants no messages.
    OptedOut,
    /// The member belongs to the staff, as we learned later.
    Staff,
}

impl<'a> Planner<'a> {
    /// The playbook of the member's plan.
    fn book(&self) -> Book<'a> {
        let version = self
            .member
            .journey
            .onboarding
            .as_ref()
            .map(|plan| plan.version);
        let pinned = self
            .context
            .pinned
            .filter(|pinned| Some(pinned.version) == version);
        pinned.unwrap_or(self.context.current)
    }

    /// A join starts the plan; a return goes on where it stopped, or starts again.
    pub(super) fn enrol(&mut self, joined: Timestamp, away_since: Option<Timestamp>) {
        if self.member.is_opted_out() {
            return;
        }
        let context = self.context;
        let day = self
            .member
            .zone_at(joined, &context.community.zone)
            .day(joined);
        let book = self.book();
        let resume_within =
            SignedDuration::from_hours(24 * i64::from(book.playbook.onboarding.resume_within_days));
        let back_soon =
            away_since.is_some_and(|since| joined.duration_since(since) <= resume_within);
        match &mut self.member.journey.onboarding {
            Some(plan) if back_soon => {
                if matches!(
                    plan.state,
                    PlanState::Stopped {
                        why: PlanEnd::Left,
                        ..
                    }
                ) {
                    // The next step goes out on the day after the return, the others follow.
                    let next_day = book
                        .playbook
                        .onboarding
                        .steps
                        .get(usize::from(plan.next))
                        .map_or(1, |step| step.day);
                    plan.day_one = day.plus(1 - (i32::from(next_day) - 1));
                    plan.state = PlanState::Active;
                    self.schedule();
                }
                return;
            }
            plan => {
                let enrolment = plan
                    .as_ref()
                    .map_or(1, |plan| plan.enrolment.saturating_add(1));
                *plan = Some(Plan {
                    enrolment,
                    version: context.current.version,
                    day_one: day,
                    next: 0,
                    state: PlanState::Active,
                    // A platform's clock may be ahead of ours: the welcome goes out at once all the same.
                    due: Some(joined.min(context.now)),
                    started: joined,
                });
            }
        }
        self.advance_plan();
    }

    /// Ends the plan early; the step that will not come says why in the ledger.
    pub(super) fn stop_plan(&mut self, why: PlanEnd) {
        let now = self.context.now;
        let Some(plan) = self.active_plan() else {
            return;
        };
        plan.state = PlanState::Stopped { at: now, why };
        plan.due = None;
        let (next, enrolment) = (plan.next, plan.enrolment);
        let book = self.book();
        let Some(step) = book.playbook.onboarding.steps.get(usize::from(next)) else {
            return;
        };
        match why {
            PlanEnd::Left => {
                let Some(kind) = step.messages.first().cloned() else {
                    return;
                };
                // Who comes back gets this step, under its own name: the row that says why it did
                // not come now has another, by the write that ended the plan.
                let path = format!(
                    "onboarding/{enrolment}/{}/left-{}",
                    step.id,
                    self.member.version + 1
                );
                let skip = Some(SkipReason::NoLongerApplies);
                self.write(
                    book,
                    Draft {
                        path,
                        kind,
                        values: Vec::new(),
                        content: None,
                        skip,
                    },
                );
            }
            PlanEnd::OptedOut => self.skip_step(book, step, enrolment, SkipReason::OptedOut),
            PlanEnd::Staff => self.skip_step(book, step, enrolment, SkipReason::NoLongerApplies),
        }
    }

    /// The member's clock shows another time now: the next step follows it.
    pub(super) fn reschedule(&mut self) {
        // The welcome is due by the join, not by the clock.
        if self.active_plan().is_some_and(|plan| plan.next > 0) {
            self.schedule();
        }
    }

    /// Does every step that is due by now, and schedules the next.
    pub(super) fn advance_plan(&mut self) {
        let now = self.context.now;
        while let Some(plan) = self.active_plan() {
            let (next, enrolment, due) = (plan.next, plan.enrolment, plan.due);
            let Some(due) = due.filter(|due| *due <= now) else {
                return;
            };
            let book = self.book();
            if let Some(step) = book.playbook.onboarding.steps.get(usize::from(next)) {
                self.do_step(book, step, enrolment, due);
            }
            if let Some(plan) = self.active_plan() {
                plan.next = next.saturating_add(1);
            }
            self.schedule();
        }
    }

    fn active_plan(&mut self) -> Option<&mut Plan> {
        self.member
            .journey
            .onboarding
            .as_mut()
            .filter(|plan| plan.state == PlanState::Active)
    }

    /// Sets when the next step is due, or finishes the plan.
    fn schedule(&mut self) {
        let (context, plan_rules) = (self.context, &self.book().playbook.onboarding);
        let Some(plan) = self.member.journey.onboarding.as_ref() else {
            return;
        };
        let next = plan_rules.steps.get(usize::from(plan.next));
        let due = next.map(|step| {
            let day = plan.day_one.plus(i32::from(step.day) - 1);
            let zone = self.member.zone_at(context.now, &context.community.zone);
            zone.at(day, plan_rules.send_at)
        });
        let Some(plan) = self.active_plan() else {
            return;
        };
        plan.due = due;
        if due.is_none() {
            plan.state = PlanState::Finished { at: context.now };
        }
    }

    fn do_step(&mut self, book: Book<'a>, step: &Step, enrolment: u16, due: Timestamp) {
        let grace =
            SignedDuration::from_hours(i64::from(book.playbook.onboarding.expires_after_hours));
        let late = self.context.now.duration_since(due) > grace;
        let reachable = self
            .context
            .community
            .platform
            .capabilities()
            .direct_to_member
            .attempt();
        let chosen = if late {
            Err(SkipReason::Expired)
        } else {
            self.choose(book, step)
        };
        let Choice { kinds, content } = match if reachable {
            chosen
        } else {
            Err(SkipReason::NotPossible)
        } {
            Ok(choice) => choice,
            Err(reason) => return self.skip_step(book, step, enrolment, reason),
        };
        for (n, kind) in kinds.into_iter().enumerate() {
            let (path, values) = (
                path(enrolment, step, n, &kind),
                task_values(book, step, self.context, self.member),
            );
            self.write(
                book,
                Draft {
                    path,
                    kind,
                    values,
                    content,
                    skip: None,
                },
            );
        }
    }

    fn skip_step(&mut self, book: Book<'a>, step: &Step, enrolment: u16, reason: SkipReason) {
        if let Some(kind) = step.messages.first().cloned() {
            let path = path(enrolment, step, 0, &kind);
            self.write(
                book,
                Draft {
                    path,
                    kind,
                    values: Vec::new(),
                    content: None,
                    skip: Some(reason),
                },
            );
        }
    }

    /// What a step sends to this member: its messages, its fallback, or nothing and why.
    fn choose(&self, book: Book<'_>, step: &Step) -> Result<Choice, SkipReason> {
        let own = Choice {
            kinds: step.messages.clone(),
            content: None,
        };
        let fallback = |content| {
            step.fallback.clone().map(|kind| Choice {
                kinds: vec![kind],
                content,
            })
        };
        match step.what {
            StepWhat::Task(task) if self.member.has_done(task) => Err(SkipReason::TaskDone),
            StepWhat::Welcome | StepWhat::Task(_) => Ok(own),
            StepWhat::Content => match self.choose_content(book, step) {
                (Some(content), true) => Ok(Choice {
                    content: Some(content),
                    ..own
                }),
                (content, _) => content
                    .and_then(|content| fallback(Some(content)))
                    .ok_or(SkipReason::NoContent),
            },
            // Events come with the journeys' own room; until one is planned the fallback speaks.
            StepWhat::Event => fallback(None).ok_or(SkipReason::NoContent),
            // Who came to an event hears of it; without one, the other text.
            StepWhat::Gift if self.context.community.gift.is_some() => {
                Ok(fallback(None).unwrap_or(own))
            }
            StepWhat::Gift => Err(SkipReason::NoGift),
        }
    }

    /// The *n*th content step sends the *n*th piece for the member's interest (and `true`), else
    /// the *n*th for everybody (and `false`): nothing is sent twice, and where there is no more
    /// the step says so.
    fn choose_content(&self, book: Book<'_>, step: &Step) -> (Option<u16>, bool) {
        let steps = &book.playbook.onboarding.steps;
        let nth = steps
            .iter()
            .take_while(|other| other.id != step.id)
            .filter(|other| other.what == StepWhat::Content)
            .count();
        let pick = |of: Option<&InterestId>| {
            let contents = self.context.community.contents.iter().enumerate();
            let mut fitting = contents.filter(|(_, content)| content.interest.as_ref() == of);
            fitting.nth(nth).and_then(|(n, _)| u16::try_from(n).ok())
        };
        match self
            .member
            .chosen_interest()
            .and_then(|interest| pick(Some(interest)))
        {
            Some(content) => (Some(content), true),
            None => (pick(None), false),
        }
    }
}

struct Choice {
    kinds: Vec<MessageKind>,
    content: Option<u16>,
}

/// `onboarding/1/day-3`; further messages of a step carry their own name after it
/// (`onboarding/1/day-1.guide`), so that no step's id can be another's message.
fn path(enrolment: u16, step: &Step, n: usize, kind: &MessageKind) -> String {
    let id = step.id.as_str();
    if n == 0 {
        return format!("onboarding/{enrolment}/{id}");
    }
    let name = kind.as_str().trim_start_matches("onboarding.");
    let name = name
        .strip_prefix(id)
        .and_then(|rest| rest.strip_prefix('.'))
        .unwrap_or(name);
    format!("onboarding/{enrolment}/{id}.{name}")
}

fn task_values(
    book: Book<'_>,
    step: &Step,
    context: super::Context<'_>,
    member: &Member,
) -> Vec<(&'static str, String)> {
    let locale = member.locale_or(context.community.locale);
    let mut values = Vec::new();
    if let Some(title) = &step.title {
        values.push(("task.title", title.get(locale).to_owned()));
        values.push(("task.points", book.playbook.points.task.to_string()));
    }
    if let Some(example) = &step.example {
        values.push(("task.example", example.get(locale).to_owned()));
    }
    values
}
