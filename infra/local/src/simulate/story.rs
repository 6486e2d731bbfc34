//! What happened in a simulation, member by member.

use std::sync::Arc;

use hearth_domain::community::Community;
use hearth_domain::days::Zone;
use hearth_domain::ids::MessageId;
use hearth_domain::member::Member;
use hearth_domain::message::{Message, State};
use hearth_domain::playbook::Playbook;
use jiff::Timestamp;

use super::people::Person;

/// What a member did, or did not do any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Joined.
    Joined,
    /// Joined again.
    Returned,
    /// Left.
    Left,
    /// Posted something.
    Posted,
    /// Commented in the topic channel.
    Commented,
    /// Checked in by the keyword.
    CheckedIn,
    /// Reacted to a post.
    Reacted,
    /// Took the name `industry-name`.
    Renamed,
    /// Wrote that they want no more messages.
    OptedOut,
    /// Pressed a button.
    Pressed {
        /// Of which message.
        message: MessageId,
        /// Which one.
        value: String,
    },
    /// Says nothing from now on.
    FellSilent,
    /// Has a word to say again.
    TalksAgain,
}

/// One member's time in the community.
#[derive(Debug)]
pub struct Story {
    /// Who.
    pub person: Person,
    /// What the system knows of them at the end; `None` = nothing.
    pub member: Option<Member>,
    /// What they did, in order.
    pub acts: Vec<(Timestamp, Act)>,
    /// Every message that was decided for them, in order.
    pub messages: Vec<Message>,
}

/// A simulation, told.
#[derive(Debug)]
pub struct Told {
    /// The playbook.
    pub playbook: Arc<Playbook>,
    /// The community.
    pub community: Arc<Community>,
    /// Everybody, by number.
    pub stories: Vec<Story>,
    /// Messages of the community itself: reports.
    pub own: Vec<Message>,
    /// When it began.
    pub start: Timestamp,
    /// When it ended.
    pub end: Timestamp,
    /// How many days that is.
    pub days: u16,
    /// The seed.
    pub seed: u64,
    /// Events that no function could handle. There should be none.
    pub dead_letters: usize,
}

impl Story {
    /// The zone in which the system saw an instant.
    pub fn zone_at<'a>(&'a self, at: Timestamp, community: &'a Community) -> &'a Zone {
        match &self.member {
            Some(member) => member.zone_at(at, &community.zone),
            None => &community.zone,
        }
    }

    /// Whether they pressed a button of a message.
    pub fn pressed(&self, id: &MessageId) -> bool {
        self.acts
            .iter()
            .any(|(_, act)| matches!(act, Act::Pressed { message, .. } if message == id))
    }

    /// Whether they ever did something.
    pub fn did(&self, what: &Act) -> bool {
        self.acts.iter().any(|(_, act)| act == what)
    }
}

/// When a platform took a message; `None` = none did.
pub(super) fn taken_at(message: &Message) -> Option<Timestamp> {
    match &message.state {
        State::Sent { at } | State::Accepted { at } | State::Awaiting { since: at, .. } => {
            Some(*at)
        }
        State::Pending { .. }
        | State::Held { .. }
        | State::Sending { .. }
        | State::Unknown { .. }
        | State::Failed { .. }
        | State::Skipped { .. } => None,
    }
}

/// The step of the plan that a message belongs to, by its path (`onboarding/1/day-3`,
/// `onboarding/1/day-1.guide`, `onboarding/1/day-3/left-7`).
pub(super) fn step_of(message: &Message) -> Option<&str> {
    let mut parts = message.id.path().split('/');
    if parts.next() != Some("onboarding") {
        return None;
    }
    parts.nth(1)?.split('.').next()
}

/// The journey that a message belongs to: `onboarding`, `win-back`, `check-in`, …
pub(super) fn journey_of(message: &Message) -> &str {
    message.id.path().split('/').next().unwrap_or_default()
}
