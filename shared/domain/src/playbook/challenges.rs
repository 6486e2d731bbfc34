//! Challenges: so many days with a check-in between two dates, joined by button.

use super::{Localised, Playbook};
use crate::days::LocalDay;
use crate::ids::{ChallengeId, MessageKind};
use crate::member::hash16;

/// A challenge, such as the 21-day challenge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// Its id; another one for every run, as it is paid once per member and id.
    pub id: ChallengeId,
    /// As members read it.
    pub name: Localised,
    /// The day on which it is posted, in the community's calendar; it can be joined from then on.
    pub announce: LocalDay,
    /// The first day that counts, in the member's calendar.
    pub start: LocalDay,
    /// The last day that counts, in the member's calendar.
    pub end: LocalDay,
    /// So many of its days need a check-in. At least [`Challenge::FEWEST_DAYS`].
    pub days: u8,
    /// Points, once per member.
    pub points: u16,
    /// The badge's name.
    pub badge: Localised,
    /// What else there is.
    pub reward: Localised,
    /// Where to get it.
    pub reward_url: Option<String>,
    /// What is posted, with the button by which it is joined.
    pub invite: MessageKind,
}

impl Challenge {
    /// What happened may be told 48 hours late, in which a member who flies east sees up to five
    /// days begin. A challenge that takes longer is never done before all presses of its first day
    /// are known, so it does not matter which of two presses is heard of first.
    pub const FEWEST_DAYS: u8 = 7;
    /// A count in one byte, with room.
    pub const MOST_DAYS: u8 = 200;

    /// Whoever joins later has too few days left.
    pub fn last_day_to_join(&self) -> LocalDay {
        self.end.plus(1 - i32::from(self.days))
    }

    /// The value of the button by which it is joined.
    pub fn button(&self) -> String {
        format!("challenge:{}", self.id)
    }

    /// Two bytes of its id, as a member's item keeps it. Different for all of a playbook.
    pub fn key(&self) -> u16 {
        hash16(self.id.as_str())
    }
}

/// What members are told about the challenge they are in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChallengeMessages {
    /// They are in.
    pub joined: MessageKind,
    /// They are in one, this or another.
    pub already: MessageKind,
    /// They did it.
    pub done: MessageKind,
    /// It can't be joined any more, or there is no such challenge.
    pub closed: MessageKind,
    /// It can't be done any more; `None` = that is not told.
    pub missed: Option<MessageKind>,
}

impl Playbook {
    /// A challenge by its key; `None` = there is no such challenge any more.
    pub fn challenge(&self, key: u16) -> Option<&Challenge> {
        self.challenges
            .iter()
            .find(|challenge| challenge.key() == key)
    }
}
