//! How much members are written to: a day, in quiet hours, against the cap.

use std::collections::BTreeMap;

use hearth_domain::days::LocalDay;
use hearth_domain::message::{Message, SkipReason, To};
use hearth_domain::playbook::{Class, StepWhat};
use serde::Serialize;

use super::figures::{count, held_minutes, skipped};
use super::story::{Story, Told, step_of, taken_at};

/// Direct messages, on their members' own days and clocks.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Load {
    /// Direct messages sent.
    pub sent: u64,
    /// Days of all members together, from each one's joining to the end.
    pub member_days: u64,
    /// The most that one member got on one day.
    pub most_a_day: u64,
    /// The most promotional ones that one member got on one day.
    pub most_promo_a_day: u64,
    /// The playbook's cap of these.
    pub promo_cap: u8,
    /// Messages that were skipped for the cap.
    pub capped: u64,
    /// Messages that waited for the end of quiet hours.
    pub held: u64,
    /// Minutes that these waited, together.
    pub held_minutes: u64,
    /// Messages in quiet hours that nobody had asked for, by the kind. There should be none.
    pub unasked_in_quiet: BTreeMap<String, u64>,
    /// Answers in quiet hours to what a member had just done; they go at once.
    pub answers_in_quiet: u64,
}

impl Load {
    /// Direct messages for each member and day; 0 if there were no days.
    pub fn mean_a_day(&self) -> f64 {
        if self.member_days == 0 {
            return 0.0;
        }
        self.sent as f64 / self.member_days as f64
    }

    pub(super) fn of(told: &Told) -> Self {
        let mut load = Self {
            promo_cap: told.playbook.promo_cap,
            ..Self::default()
        };
        for story in &told.stories {
            load.add(told, story);
        }
        load
    }

    fn add(&mut self, told: &Told, story: &Story) {
        if let Some((joined, _)) = story.acts.first() {
            let days = told.end.duration_since(*joined).as_hours() / 24;
            self.member_days += u64::try_from(days).unwrap_or(0) + 1;
        }
        let mut days: BTreeMap<LocalDay, (u64, u64)> = BTreeMap::new();
        for message in &story.messages {
            self.capped += count(
                skipped(message)
                    .filter(|one| *one == SkipReason::FrequencyCap)
                    .iter(),
            );
            let Some(at) = taken_at(message).filter(|_| is_direct(message)) else {
                continue;
            };
            let zone = story.zone_at(at, &told.community);
            let (all, promo) = days.entry(zone.day(at)).or_default();
            *all += 1;
            *promo += u64::from(message.class == Class::Promo);
            self.sent += 1;
            if let Some(minutes) = held_minutes(told, story, message) {
                self.held += 1;
                self.held_minutes += minutes;
            }
            if told.playbook.quiet_hours.held_until(at, zone).is_some() {
                if is_asked_for(told, message) {
                    self.answers_in_quiet += 1;
                } else {
                    let kind = message.kind.to_string();
                    *self.unasked_in_quiet.entry(kind).or_default() += 1;
                }
            }
        }
        for (all, promo) in days.into_values() {
            self.most_a_day = self.most_a_day.max(all);
            self.most_promo_a_day = self.most_promo_a_day.max(promo);
        }
    }
}

fn is_direct(message: &Message) -> bool {
    match message.to {
        To::Member(_) => true,
        To::Channel(_) => false,
    }
}

/// Whether a message follows at once from what its member did. A step of the plan does not, except
/// the welcome: to call its text an answer would get it past the quiet hours.
fn is_asked_for(told: &Told, message: &Message) -> bool {
    match message.class {
        Class::Service | Class::Promo => return false,
        Class::Answer | Class::Ops => {}
    }
    let Some(step) = step_of(message) else {
        return true;
    };
    let steps = &told.playbook.onboarding.steps;
    let step = steps.iter().find(|one| one.id.as_str() == step);
    step.is_none_or(|step| {
        // What somebody gets who asks for help stands beside the step's own texts.
        let mut texts = step.messages.iter().chain(&step.fallback);
        let of_plan = texts.any(|kind| *kind == message.kind);
        step.what == StepWhat::Welcome || !of_plan
    })
}
