//! What members do with what the plan sent them: a task done, a button pressed, a question asked.

use super::steps::task_values;
use super::{Draft, Plan, PlanState, Planner};
use crate::ids::{MessageId, Owner};
use crate::playbook::{StepWhat, Task};

impl Planner<'_> {
    /// The thank-you for a task, at once; not for who knows of no plan.
    pub(super) fn thank_for(&mut self, task: Task, points: u16) {
        let wanted = StepWhat::Task(task);
        let book = self.context.current;
        let rules = &book.playbook.onboarding;
        let Some(at) = rules.steps.iter().position(|step| step.what == wanted) else {
            return;
        };
        let held_out = |plan: &Plan| plan.state == PlanState::HeldOut;
        if self
            .member
            .journey
            .onboarding
            .as_ref()
            .is_some_and(held_out)
        {
            return;
        }
        let Some(step) = rules.steps.get(at) else {
            return;
        };
        let locale = self.member.locale_or(self.context.community.locale);
        let title = step.title.as_ref().map_or("", |title| title.get(locale));
        let path = format!("task/{}", step.id);
        let draft = Draft::new(path, rules.task_done.clone()).with([
            ("task.title", title.to_owned()),
            ("award.points", points.to_string()),
        ]);
        self.write(book, draft);
    }

    /// How the task is done, for who asks. Once: whoever asks again has it above.
    pub(super) fn help(&mut self, message: Option<&MessageId>) {
        let book = self.book();
        let Some(kind) = book.playbook.onboarding.task_help.clone() else {
            return;
        };
        let Some(step) = self.step_of(message).and_then(|at| {
            let step = book.playbook.onboarding.steps.get(at)?;
            matches!(step.what, StepWhat::Task(_)).then_some(step)
        }) else {
            return self.ignore_answer(message);
        };
        let enrolment = self.enrolment();
        let path = format!("onboarding/{enrolment}/{}.help", step.id);
        let values = task_values(book, step, self.context, self.member);
        self.write(book, Draft::new(path, kind).with(values).answering());
    }

    /// The topics to choose from, for who wants another.
    pub(super) fn offer_topics(&mut self, message: Option<&MessageId>) {
        let book = self.book();
        let Some(kind) = book.playbook.onboarding.other_topic.clone() else {
            return;
        };
        let Some(message) = message.filter(|message| self.is_mine(message)) else {
            return self.ignore_answer(message);
        };
        let path = format!("{}.topics", message.path());
        self.write(book, Draft::new(path, kind).answering());
    }

    /// A button of a step's message was used: the step has had its effect.
    pub(super) fn note_answer(&mut self, message: Option<&MessageId>) {
        match self.step_of(message) {
            Some(at) => self.mark_answered(at),
            None if message.is_some_and(|message| !self.is_mine(message)) => self.ignore(),
            None => {}
        }
    }

    /// An answer that fits nothing. That a button was somebody else's is counted where the press is
    /// noted, which follows.
    pub(super) fn ignore_answer(&mut self, message: Option<&MessageId>) {
        if message.is_none_or(|message| self.is_mine(message)) {
            self.ignore();
        }
    }

    fn mark_answered(&mut self, at: usize) {
        let bit = u32::try_from(at).ok().and_then(|at| 1_u16.checked_shl(at));
        if let (Some(plan), Some(bit)) = (&mut self.member.journey.onboarding, bit) {
            plan.answered |= bit;
        }
    }

    /// The step of the member's plan that sent a message.
    fn step_of(&self, message: Option<&MessageId>) -> Option<usize> {
        let message = message.filter(|message| self.is_mine(message))?;
        let mut parts = message.path().split('/');
        let (room, enrolment, name) = (parts.next()?, parts.next()?, parts.next()?);
        if room != "onboarding" || enrolment != self.enrolment().to_string() {
            return None;
        }
        let id = name.split('.').next().unwrap_or(name);
        let steps = &self.book().playbook.onboarding.steps;
        steps.iter().position(|step| step.id.as_str() == id)
    }

    /// Whether a message was for this member. Its buttons may come back from anybody's hands.
    pub(super) fn is_mine(&self, message: &MessageId) -> bool {
        matches!(message.owner(), Owner::Member(member) if *member == self.member.id)
    }

    pub(super) fn enrolment(&self) -> u16 {
        let plan = self.member.journey.onboarding.as_ref();
        plan.map_or(0, |plan| plan.enrolment)
    }

    /// Whether steps are still to come: who is being shown around gets nothing that is sent to many.
    pub(super) fn is_underway(&self) -> bool {
        let plan = self.member.journey.onboarding.as_ref();
        plan.is_some_and(|plan| plan.state == PlanState::Active)
    }
}
