//! What a simulation comes to, in numbers: the record that summaries, pages and comparisons show.

use std::collections::BTreeMap;

use hearth_domain::message::{Message, SkipReason, State};
use hearth_domain::playbook::{Class, StepWhat, Task};
use serde::Serialize;

use super::load::Load;
use super::people::Temperament;
use super::story::{Act, Story, Told, journey_of, step_of, taken_at};

/// Everything counted.
#[derive(Debug, Clone, Serialize)]
pub struct Figures {
    /// The playbook's id.
    pub playbook: String,
    /// The community's platform.
    pub platform: &'static str,
    /// The seed.
    pub seed: u64,
    /// Days that passed.
    pub days: u16,
    /// Members who joined, by temperament.
    pub members: BTreeMap<&'static str, u64>,
    /// Messages by kind.
    pub kinds: BTreeMap<String, KindFigures>,
    /// The plan, step by step.
    pub steps: Vec<StepFigures>,
    /// Members who have done a task, by task.
    pub tasks: BTreeMap<&'static str, u64>,
    /// What became of those who left.
    pub win_back: WinBackFigures,
    /// What became of those who fell silent.
    pub wake_up: WakeUpFigures,
    /// Members who want no messages.
    pub opted_out: u64,
    /// Points of all members together.
    pub points: u64,
    /// Of the member with the most.
    pub most_points: u64,
    /// How much members are written to.
    pub load: Load,
    /// Events that no function could handle; there should be none.
    pub dead_letters: usize,
}

/// Messages of one kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct KindFigures {
    /// All that were decided.
    pub decided: u64,
    /// Of them taken by the platform.
    pub sent: u64,
    /// Of the sent those that waited for the end of quiet hours.
    pub held: u64,
    /// Minutes that these waited, together.
    pub held_minutes: u64,
    /// Still waiting at the end.
    pub waiting: u64,
    /// It is not known whether they arrived.
    pub unknown: u64,
    /// Refused by the platform, or not to be rendered.
    pub failed: u64,
    /// Not sent, by reason.
    pub skipped: BTreeMap<&'static str, u64>,
}

/// One step of the plan.
#[derive(Debug, Clone, Serialize)]
pub struct StepFigures {
    /// Its id.
    pub step: String,
    /// Its day.
    pub day: u8,
    /// Of everybody.
    pub all: Reached,
    /// By temperament.
    pub by: BTreeMap<&'static str, Reached>,
    /// Members for whom it was skipped, by reason.
    pub skipped: BTreeMap<&'static str, u64>,
}

/// How far a step came with members.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Reached {
    /// Members for whom it was decided, whatever was decided.
    pub reached: u64,
    /// Members who got it.
    pub sent: u64,
    /// Members who answered it: by a button, or by doing the task it asks for.
    pub responded: u64,
}

/// The members who left.
#[derive(Debug, Clone, Default, Serialize)]
pub struct WinBackFigures {
    /// Leaves.
    pub left: u64,
    /// Members who were asked why.
    pub surveyed: u64,
    /// Members who said why.
    pub answered: u64,
    /// What they said, by the button's value.
    pub reasons: BTreeMap<String, u64>,
    /// Members who got another message of win-back after the survey.
    pub followed_up: u64,
    /// Returns.
    pub returned: u64,
}

/// The members who fell silent.
#[derive(Debug, Clone, Default, Serialize)]
pub struct WakeUpFigures {
    /// Members who fell silent.
    pub silent: u64,
    /// Wake-ups sent.
    pub sent: u64,
    /// Members who pressed a button of one.
    pub answered: u64,
    /// Members who talked again.
    pub talks_again: u64,
}

impl Figures {
    /// Counts.
    pub fn of(told: &Told) -> Self {
        let stories = &told.stories;
        let mut members = BTreeMap::new();
        for temperament in Temperament::ALL {
            let of_it = stories
                .iter()
                .filter(|story| story.person.temperament == temperament && story.did(&Act::Joined));
            members.insert(temperament.name(), count(of_it));
        }
        let known = || stories.iter().filter_map(|story| story.member.as_ref());
        let tasks = Task::ALL.map(|task| {
            let done = known().filter(|member| member.has_done(task));
            (task.name(), count(done))
        });
        let points = || known().map(|member| u64::from(member.points()));
        Self {
            playbook: told.playbook.id.to_string(),
            platform: told.community.platform.name(),
            seed: told.seed,
            days: told.days,
            members,
            kinds: kinds(told),
            steps: steps(told),
            tasks: tasks.into_iter().collect(),
            win_back: win_back(stories),
            wake_up: wake_up(stories),
            opted_out: count(known().filter(|member| member.is_opted_out())),
            points: points().sum(),
            most_points: points().max().unwrap_or(0),
            load: Load::of(told),
            dead_letters: told.dead_letters,
        }
    }

    /// Everybody who joined.
    pub fn joined(&self) -> u64 {
        self.members.values().sum()
    }

    /// All kinds together.
    pub fn all_kinds(&self) -> KindFigures {
        let mut all = KindFigures::default();
        for kind in self.kinds.values() {
            all.decided += kind.decided;
            all.sent += kind.sent;
            all.held += kind.held;
            all.held_minutes += kind.held_minutes;
            all.waiting += kind.waiting;
            all.unknown += kind.unknown;
            all.failed += kind.failed;
            for (reason, number) in &kind.skipped {
                *all.skipped.entry(reason).or_default() += number;
            }
        }
        all
    }
}

pub(super) fn count<T>(all: impl Iterator<Item = T>) -> u64 {
    all.fold(0, |sum, _| sum + 1)
}

fn kinds(told: &Told) -> BTreeMap<String, KindFigures> {
    let mut kinds: BTreeMap<String, KindFigures> = BTreeMap::new();
    let owned = told.stories.iter().flat_map(|story| {
        let messages = story.messages.iter();
        messages.map(move |message| (Some(story), message))
    });
    let own = told.own.iter().map(|message| (None, message));
    for (story, message) in owned.chain(own) {
        let kind = kinds.entry(message.kind.to_string()).or_default();
        kind.decided += 1;
        match &message.state {
            State::Sent { .. } | State::Accepted { .. } | State::Awaiting { .. } => kind.sent += 1,
            State::Pending { .. } | State::Held { .. } | State::Sending { .. } => kind.waiting += 1,
            State::Unknown { .. } => kind.unknown += 1,
            State::Failed { .. } => kind.failed += 1,
            State::Skipped { reason, .. } => *kind.skipped.entry(reason.name()).or_default() += 1,
        }
        if let Some(minutes) = story.and_then(|story| held_minutes(told, story, message)) {
            kind.held += 1;
            kind.held_minutes += minutes;
        }
    }
    kinds
}

/// How long a message that was sent had waited for the end of quiet hours, in minutes; `None` = it
/// had not.
pub(super) fn held_minutes(told: &Told, story: &Story, message: &Message) -> Option<u64> {
    let sent = taken_at(message)?;
    match message.class {
        Class::Service | Class::Promo => {}
        Class::Answer | Class::Ops => return None,
    }
    let zone = story.zone_at(message.created, &told.community);
    told.playbook
        .quiet_hours
        .held_until(message.created, zone)?;
    let minutes = sent.duration_since(message.created).as_mins();
    u64::try_from(minutes).ok().filter(|minutes| *minutes > 0)
}

fn steps(told: &Told) -> Vec<StepFigures> {
    let steps = told.playbook.onboarding.steps.iter();
    steps
        .map(|step| {
            let mut figures = StepFigures {
                step: step.id.to_string(),
                day: step.day,
                all: Reached::default(),
                by: BTreeMap::new(),
                skipped: BTreeMap::new(),
            };
            for story in &told.stories {
                let own = |message: &&Message| step_of(message) == Some(step.id.as_str());
                let messages: Vec<&Message> = story.messages.iter().filter(own).collect();
                if messages.is_empty() {
                    continue;
                }
                let sent = messages.iter().any(|one| taken_at(one).is_some());
                let pressed = messages.iter().any(|one| story.pressed(&one.id));
                let done = match step.what {
                    StepWhat::Task(task) => {
                        (story.member.as_ref()).is_some_and(|member| member.has_done(task))
                    }
                    StepWhat::Welcome | StepWhat::Content | StepWhat::Event | StepWhat::Gift => {
                        false
                    }
                };
                let of_temperament = figures
                    .by
                    .entry(story.person.temperament.name())
                    .or_default();
                for reached in [&mut figures.all, of_temperament] {
                    reached.reached += 1;
                    reached.sent += u64::from(sent);
                    reached.responded += u64::from(pressed || done);
                }
                if !sent {
                    let reason = messages.iter().find_map(|one| skipped(one));
                    if let Some(reason) = reason {
                        *figures.skipped.entry(reason.name()).or_default() += 1;
                    }
                }
            }
            figures
        })
        .collect()
}

/// Why a message was not sent, if that was decided.
pub(super) fn skipped(message: &Message) -> Option<SkipReason> {
    match &message.state {
        State::Skipped { reason, .. } => Some(*reason),
        State::Pending { .. }
        | State::Held { .. }
        | State::Sending { .. }
        | State::Sent { .. }
        | State::Accepted { .. }
        | State::Awaiting { .. }
        | State::Unknown { .. }
        | State::Failed { .. } => None,
    }
}

fn win_back(stories: &[Story]) -> WinBackFigures {
    let mut figures = WinBackFigures::default();
    for story in stories {
        let did = |what: &Act| count(story.acts.iter().filter(|(_, act)| act == what));
        figures.left += did(&Act::Left);
        figures.returned += did(&Act::Returned);
        let sent =
            |message: &&Message| journey_of(message) == "win-back" && taken_at(message).is_some();
        let messages = count(story.messages.iter().filter(sent));
        figures.surveyed += u64::from(messages > 0);
        figures.followed_up += u64::from(messages > 1);
        let reasons: Vec<&String> = story
            .acts
            .iter()
            .filter_map(|(_, act)| reason(act))
            .collect();
        figures.answered += u64::from(!reasons.is_empty());
        for reason in reasons {
            *figures.reasons.entry(reason.clone()).or_default() += 1;
        }
    }
    figures
}

/// The reason of a leave, if this is an answer to the survey.
fn reason(act: &Act) -> Option<&String> {
    let Act::Pressed { message, value } = act else {
        return None;
    };
    let of_survey = message.path().starts_with("win-back/");
    let is_reason = hearth_domain::event::LeaveReason::from_value(value).is_some();
    (of_survey && is_reason).then_some(value)
}

fn wake_up(stories: &[Story]) -> WakeUpFigures {
    let mut figures = WakeUpFigures::default();
    for story in stories {
        figures.silent += u64::from(story.did(&Act::FellSilent));
        figures.talks_again += u64::from(story.did(&Act::TalksAgain));
        // Thanks for a vote are no wake-up.
        let mut of_wake_up = story.messages.iter().filter(|message| {
            journey_of(message) == "wake-up"
                && message.class == Class::Promo
                && taken_at(message).is_some()
        });
        figures.sent += count(of_wake_up.clone());
        figures.answered += u64::from(of_wake_up.any(|message| story.pressed(&message.id)));
    }
    figures
}
