//! What a step of the plan sends to a member: its messages, its fallback, or nothing and why.

use jiff::{SignedDuration, Timestamp};

use super::content::content_steps;
use super::{Book, Context, Draft, Planner};
use crate::ids::MessageKind;
use crate::member::Member;
use crate::message::SkipReason;
use crate::playbook::{Playbook, Step, StepWhat};

impl<'a> Planner<'a> {
    pub(super) fn do_step(&mut self, book: Book<'a>, step: &Step, enrolment: u16, due: Timestamp) {
        let grace =
            SignedDuration::from_hours(i64::from(book.playbook.onboarding.expires_after_hours));
        let late = self.context.now.duration_since(due) > grace;
        let platform = self.context.community.platform.capabilities();
        let chosen = if late {
            Err(SkipReason::Expired)
        } else if !platform.direct_to_member.attempt() {
            Err(SkipReason::NotPossible)
        } else if self.wants_digest_only() && step.what != StepWhat::Welcome {
            Err(SkipReason::DigestOnly)
        } else {
            self.choose(book, step)
        };
        let choice = match chosen {
            Ok(choice) => choice,
            Err(reason) => return self.skip_step(book, step, enrolment, reason),
        };
        for (n, kind) in choice.kinds.into_iter().enumerate() {
            let path = path(enrolment, step, n, &kind);
            let mut draft = Draft::new(path, kind)
                .with(task_values(book, step, self.context, self.member))
                .with(choice.values.clone())
                .content(choice.content);
            if let Some(until) = choice.until {
                draft = draft.until(until);
            }
            self.write(book, draft);
        }
    }

    pub(super) fn skip_step(
        &mut self,
        book: Book<'a>,
        step: &Step,
        enrolment: u16,
        reason: SkipReason,
    ) {
        if let Some(kind) = step.messages.first().cloned() {
            let path = path(enrolment, step, 0, &kind);
            self.write(book, Draft::new(path, kind).skipped(Some(reason)));
        }
    }

    /// What a step sends to this member: its messages, its fallback, or nothing and why.
    fn choose(&mut self, book: Book<'_>, step: &Step) -> Result<Choice, SkipReason> {
        let own = || Choice::of(step.messages.clone());
        let fallback = |reason| {
            let kind = step.fallback.clone().ok_or(reason)?;
            Ok(Choice::of(vec![kind]))
        };
        match step.what {
            StepWhat::Task(task) if self.member.has_done(task) => Err(SkipReason::TaskDone),
            StepWhat::Welcome | StepWhat::Task(_) => Ok(own()),
            StepWhat::Content => {
                let nth = nth_content_step(book.playbook, step);
                let piece = self
                    .piece(book.playbook, nth)
                    .ok_or(SkipReason::NoContent)?;
                // "You picked" is for who did.
                let picked = self.member.chosen_interest().is_some();
                let choice = if piece.by_interest && picked {
                    own()
                } else {
                    fallback(SkipReason::NoContent)?
                };
                Ok(Choice {
                    content: Some(piece.content),
                    ..choice
                })
            }
            StepWhat::Event => match self.invite(book) {
                Some((values, until)) => Ok(Choice {
                    values,
                    until: Some(until),
                    ..own()
                }),
                None => fallback(SkipReason::NoContent),
            },
            // Who came to the event hears of it; who did not, of what they missed.
            StepWhat::Gift if self.context.community.gift.is_some() => {
                let values = self.seat_values();
                let choice = if self.has_attended() {
                    own()
                } else {
                    fallback(SkipReason::NoGift).unwrap_or_else(|_| own())
                };
                let valid = self
                    .context
                    .community
                    .gift
                    .as_ref()
                    .map_or(0, |g| g.valid_days);
                let until = self.sending_time(self.today().plus(i32::from(valid)));
                Ok(Choice {
                    values,
                    until: Some(until),
                    ..choice
                })
            }
            StepWhat::Gift => Err(SkipReason::NoGift),
        }
    }
}

/// The *n*th content step sends the *n*th piece.
fn nth_content_step(playbook: &Playbook, step: &Step) -> usize {
    let steps = &playbook.onboarding.steps;
    let before = steps.iter().take_while(|other| other.id != step.id);
    before
        .filter(|other| other.what == StepWhat::Content)
        .count()
        .min(content_steps(playbook))
}

struct Choice {
    kinds: Vec<MessageKind>,
    content: Option<u16>,
    values: Vec<(&'static str, String)>,
    until: Option<Timestamp>,
}

impl Choice {
    fn of(kinds: Vec<MessageKind>) -> Self {
        Self {
            kinds,
            content: None,
            values: Vec::new(),
            until: None,
        }
    }
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

pub(super) fn task_values(
    book: Book<'_>,
    step: &Step,
    context: Context<'_>,
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
