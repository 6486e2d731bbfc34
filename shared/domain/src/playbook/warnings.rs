//! What a playbook may do and better did not.

use super::{Class, Playbook, Step, StepWhat};
use crate::ids::MessageKind;
use crate::locale::Locale;
use crate::text::Template;

/// A reward behind more tasks is one that few reach.
const MAX_TASKS_BEFORE_REWARD: usize = 3;
/// More promotion among the plan's messages drives newcomers away. Percent.
const MAX_PROMOTION: usize = 30;

impl Playbook {
    /// What the operator should think about; the playbook works nevertheless.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        warnings.extend(self.distant_reward());
        warnings.extend(self.promotion());
        warnings.extend(
            self.onboarding
                .steps
                .iter()
                .flat_map(|step| self.no_question(step)),
        );
        warnings.extend(
            self.onboarding
                .steps
                .iter()
                .filter_map(|step| self.unfit_fallback(step)),
        );
        warnings
    }

    fn distant_reward(&self) -> Option<String> {
        let steps = &self.onboarding.steps;
        let gift = steps.iter().position(|step| step.what == StepWhat::Gift)?;
        let tasks = steps
            .iter()
            .take(gift)
            .filter(|step| matches!(step.what, StepWhat::Task(_)))
            .count();
        (tasks > MAX_TASKS_BEFORE_REWARD).then(|| {
            format!("the gift pack comes after {tasks} tasks: more than {MAX_TASKS_BEFORE_REWARD}")
        })
    }

    fn promotion(&self) -> Option<String> {
        let messages: Vec<&MessageKind> = self
            .onboarding
            .steps
            .iter()
            .flat_map(|step| &step.messages)
            .collect();
        let is_promo = |kind: &&&MessageKind| {
            self.text(kind)
                .is_some_and(|text| text.class == Class::Promo)
        };
        let (all, promo) = (messages.len(), messages.iter().filter(is_promo).count());
        (promo * 100 > all * MAX_PROMOTION).then(|| {
            format!(
                "{promo} of the plan's {all} messages are promotional: more than {MAX_PROMOTION} %"
            )
        })
    }

    /// A content step should start a talk: its texts ask a question, or name the topic to join.
    fn no_question(&self, step: &Step) -> Vec<String> {
        let asks = |kind: &MessageKind| {
            let body = self
                .text(kind)
                .map_or("", |text| text.body.get(Locale::ZhHant));
            ["content.question", "topic.question", "topic.title"]
                .iter()
                .any(|name| body.contains(name))
        };
        let kinds = step
            .messages
            .iter()
            .chain(&step.fallback)
            .filter(|_| step.what == StepWhat::Content);
        kinds
            .filter(|kind| !asks(kind))
            .map(|kind| format!("step {}: {kind} sends content without a question", step.id))
            .collect()
    }

    /// A fallback that needs the very thing whose absence it is for could never be sent.
    fn unfit_fallback(&self, step: &Step) -> Option<String> {
        let (without, lacking) = match step.what {
            StepWhat::Content => ("interest", "member.interest"),
            StepWhat::Event => ("event", "event."),
            StepWhat::Welcome | StepWhat::Task(_) | StepWhat::Gift => return None,
        };
        let kind = step.fallback.as_ref()?;
        let template = Template::compile(self.text(kind)?.body.get(Locale::ZhHant)).ok()?;
        template
            .placeholders()
            .iter()
            .any(|name| name.starts_with(lacking))
            .then(|| {
                format!(
                    "step {}: {kind} stands in where there is no {without}, and uses it",
                    step.id
                )
            })
    }
}
