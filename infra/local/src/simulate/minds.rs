//! What a member does next: by themselves, day by day, and when a message arrives.

use hearth_domain::ids::MessageId;
use hearth_domain::playbook::{Class, Playbook, StepWhat, Task};

use super::chance::Chance;
use super::habits::{Habits, OF_A_HUNDRED, taste};
use super::people::Person;
use super::story::Act;
use crate::sandbox::Received;

/// A member as they know themselves.
pub(super) struct Mind {
    pub(super) person: Person,
    habits: Habits,
    seed: u64,
    /// In the community now.
    pub(super) present: bool,
    silent: bool,
    /// On their way back.
    returning: bool,
    /// What nobody does twice.
    done: Vec<Act>,
    /// The day after joining on which they leave or fall silent, if they do.
    leaves_on: Option<u64>,
    silent_on: Option<u64>,
}

/// An act, and after how many minutes.
pub(super) type Later = (u64, Act);

const DAY: u64 = 24 * 60;
/// Who lives on the clock of their zone is awake from eight to eleven in the evening.
const AWAKE: std::ops::RangeInclusive<u64> = 8 * 60..=23 * 60;
/// Days until somebody who wants to come back does.
const BACK_AFTER: std::ops::RangeInclusive<u64> = 1..=6;

impl Mind {
    pub(super) fn new(person: Person, seed: u64) -> Self {
        let habits = person.temperament.habits();
        let mut chance = Chance::of(seed, &format!("member {}/life", person.number));
        let leaves_on = habits.leaves_on.clone().map(|days| chance.within(days));
        let silent_on = chance
            .percent(habits.falls_silent)
            .then(|| chance.within(habits.silent_on.clone()));
        Self {
            person,
            habits,
            seed,
            present: false,
            silent: false,
            returning: false,
            done: Vec::new(),
            leaves_on,
            silent_on,
        }
    }

    fn chance(&self, thing: &str) -> Chance {
        Chance::of(self.seed, &format!("member {}/{thing}", self.person.number))
    }

    /// What they do on a day, counted from joining, with the minutes from its beginning on their
    /// own clock.
    pub(super) fn day(&self, day: u64) -> Vec<Later> {
        let mut chance = self.chance(&format!("day {day}"));
        if !self.present {
            return Vec::new();
        }
        if self.leaves_on == Some(day) {
            return vec![(chance.within(AWAKE), Act::Left)];
        }
        if self.silent_on == Some(day) {
            return vec![(chance.within(AWAKE), Act::FellSilent)];
        }
        if self.silent {
            return Vec::new();
        }
        let usual = [
            (self.habits.checks_in, Act::CheckedIn),
            (self.habits.posts, Act::Posted),
            (self.habits.reacts, Act::Reacted),
        ];
        // Drawn whether or not it happens: one habit does not move another.
        usual
            .into_iter()
            .map(|(percent, act)| (chance.percent(percent), (chance.within(AWAKE), act)))
            .filter_map(|(happens, later)| happens.then_some(later))
            .collect()
    }

    /// Whether an act still makes sense when its time has come.
    pub(super) fn still_would(&self, act: &Act) -> bool {
        match act {
            // Whoever left can still answer a message to them.
            Act::Joined | Act::Pressed { .. } => true,
            Act::Returned => !self.present,
            Act::Left | Act::Reacted | Act::CheckedIn | Act::Posted | Act::FellSilent => {
                self.present
            }
            Act::Commented | Act::Renamed => self.present && !self.done.contains(act),
            Act::OptedOut => !self.done.contains(act),
            Act::TalksAgain => self.silent,
        }
    }

    /// Remembers an act.
    pub(super) fn did(&mut self, act: &Act) {
        match act {
            Act::Joined | Act::Returned => {
                self.present = true;
                self.returning = false;
            }
            Act::Left => self.present = false,
            Act::Commented | Act::Renamed | Act::OptedOut => self.done.push(act.clone()),
            Act::FellSilent => self.silent = true,
            Act::TalksAgain => self.silent = false,
            Act::Posted | Act::CheckedIn | Act::Reacted | Act::Pressed { .. } => {}
        }
    }

    /// What a message to them leads to. `renames` = the platform tells of renames.
    pub(super) fn read(
        &mut self,
        message: &Received,
        id: &MessageId,
        playbook: &Playbook,
        renames: bool,
    ) -> Vec<Later> {
        let mut chance = self.chance(id.path());
        let after = chance.within(self.habits.answers_after.clone());
        let mut acts = Vec::new();
        let (presses, does_task, opts_out, returns, wakes) = (
            chance.percent(self.habits.presses),
            chance.percent(self.habits.does_tasks),
            chance.percent(self.habits.opts_out),
            chance.percent(self.habits.returns),
            chance.percent(self.habits.wakes),
        );
        let task = task_of(id, playbook).filter(|_| does_task);
        match task {
            Some(Task::Rename) if renames => acts.push((after, Act::Renamed)),
            Some(Task::Comment) => acts.push((after, Act::Commented)),
            Some(Task::Rename) | None => {
                let button = presses.then(|| self.choose(message, &mut chance)).flatten();
                acts.extend(button.map(|value| {
                    let message = id.clone();
                    (after, Act::Pressed { message, value })
                }));
            }
        }
        let promo = playbook
            .texts
            .iter()
            .any(|(kind, text)| kind.as_str() == message.kind && text.class == Class::Promo);
        if promo && opts_out {
            acts.push((after + 1, Act::OptedOut));
        }
        match id.path().split('/').next() {
            Some("win-back") if returns && !self.present && !self.returning => {
                self.returning = true;
                let days = chance.within(BACK_AFTER);
                acts.push((after + days * DAY, Act::Returned));
            }
            Some("wake-up") if wakes && self.silent => acts.push((after + 2, Act::TalksAgain)),
            Some(_) | None => {}
        }
        acts
    }

    fn choose(&self, message: &Received, chance: &mut Chance) -> Option<String> {
        let weigh = |value: &str| taste(self.person.temperament, value);
        let buttons = message.buttons.iter().map(|button| &button.value);
        let liked: u64 = buttons.clone().map(|value| weigh(value)).sum();
        // Where little is to their liking, they may leave it.
        let none = (OF_A_HUNDRED.saturating_sub(liked), None);
        let options = buttons.map(|value| (weigh(value), Some(value)));
        chance.pick(options.chain([none])).flatten().cloned()
    }
}

/// The task that a message of the plan asks for.
fn task_of(id: &MessageId, playbook: &Playbook) -> Option<Task> {
    let mut parts = id.path().split('/');
    let is_plan = parts.next() == Some("onboarding");
    let step = parts.nth(1).filter(|_| is_plan)?;
    let steps = &playbook.onboarding.steps;
    match steps.iter().find(|one| one.id.as_str() == step)?.what {
        StepWhat::Task(task) => Some(task),
        StepWhat::Welcome | StepWhat::Content | StepWhat::Event | StepWhat::Gift => None,
    }
}
