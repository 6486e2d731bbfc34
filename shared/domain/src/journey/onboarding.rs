//! The 7-day plan (新用戶 7 天成長計劃): one step a day at the member's local time.

use jiff::{SignedDuration, Timestamp};

use super::{Book, Draft, Planner};
use crate::assign;
use crate::days::LocalDay;
use crate::member::Status;
use crate::message::SkipReason;

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
    /// Bit *n*: the member pressed a button of what step *n* sent. What the welcome and the tasks ask
    /// for may be done before the plan is known of: that is in the interest and in the tasks.
    pub answered: u16,
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
    /// The member is in the share of newcomers who get no plan.
    HeldOut,
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
    pub(super) fn book(&self) -> Book<'a> {
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

    /// A join starts the plan; a return goes on where it stopped, or starts again. Says whether one
    /// was started.
    pub(super) fn enrol(&mut self, joined: Timestamp, away_since: Option<Timestamp>) -> bool {
        if self.member.is_opted_out() {
            return false;
        }
        let context = self.context;
        if away_since.is_some_and(|since| self.is_soon(since, joined))
            && self.member.journey.onboarding.is_some()
        {
            self.resume(joined);
            return false;
        }
        let day = self
            .member
            .zone_at(joined, &context.community.zone)
            .day(joined);
        let rules = &context.current.playbook.experiments;
        let held_out = assign::held_out(rules, &context.community.id, &self.member.id);
        let before = self.member.journey.onboarding.take();
        let enrolment = before.map_or(1, |plan| plan.enrolment.saturating_add(1));
        self.member.journey.onboarding = Some(Plan {
            enrolment,
            version: context.current.version,
            day_one: day,
            next: 0,
            state: if held_out {
                PlanState::HeldOut
            } else {
                PlanState::Active
            },
            answered: 0,
            // A platform's clock may be ahead of ours: the welcome goes out at once all the same.
            due: (!held_out).then_some(joined.min(context.now)),
            started: joined,
        });
        if held_out {
            let book = self.book();
            if let Some(step) = book.playbook.onboarding.steps.first() {
                self.skip_step(book, step, enrolment, SkipReason::HeldOut);
            }
        }
        self.advance_plan();
        true
    }

    fn is_soon(&self, since: Timestamp, back: Timestamp) -> bool {
        let days = i64::from(self.book().playbook.onboarding.resume_within_days);
        back.duration_since(since) <= SignedDuration::from_hours(24 * days)
    }

    /// A plan that the member ended goes on: the next step on the day after, the others follow.
    fn resume(&mut self, back: Timestamp) {
        let book = self.book();
        let zone = self.member.zone_at(back, &self.context.community.zone);
        let day = zone.day(back);
        let Some(plan) = &mut self.member.journey.onboarding else {
            return;
        };
        match plan.state {
            PlanState::Stopped {
                why: PlanEnd::Left | PlanEnd::OptedOut,
                ..
            } => {}
            PlanState::Active
            | PlanState::HeldOut
            | PlanState::Finished { .. }
            | PlanState::Stopped {
                why: PlanEnd::Staff,
                ..
            } => return,
        }
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

    /// Who wants messages again gets the rest of the plan, if not too long has passed. Whoever left
    /// gets it when they are back.
    pub(super) fn resume_after_opt_out(&mut self, at: Timestamp, since: Timestamp) {
        if self.member.status() == Status::Member && self.is_soon(since, at) {
            self.resume(at);
        }
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
                let reason = Some(SkipReason::NoLongerApplies);
                self.write(book, Draft::new(path, kind).skipped(reason));
            }
            PlanEnd::OptedOut => {
                let Some(kind) = step.messages.first().cloned() else {
                    return;
                };
                let version = self.member.version + 1;
                let path = format!("onboarding/{enrolment}/{}/out-{version}", step.id);
                let reason = Some(SkipReason::OptedOut);
                self.write(book, Draft::new(path, kind).skipped(reason));
            }
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
            // The welcome answers the join.
            if next > 0 && self.put_off_plan() {
                return;
            }
            let book = self.book();
            if let Some(step) = book.playbook.onboarding.steps.get(usize::from(next)) {
                if let Some(later) = self.waits_for_event(step) {
                    if let Some(plan) = self.active_plan() {
                        plan.due = Some(later);
                    }
                    return;
                }
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
    pub(super) fn schedule(&mut self) {
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
}
