//! What a member did in the current and the previous week, and the changes of their status.
//!
//! Two weeks are enough: a report looks at the week before, and an event may be 48 hours late.

use super::hours::Hours;
use super::order::Order;
use crate::days::{IsoWeek, LocalDay};

/// In the community, or not any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// In it.
    Member,
    /// Gone.
    Left,
}

/// A join or a leave. The one with the greatest order decides the status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// When.
    pub order: Order,
    /// Into which status.
    pub to: Status,
}

/// One week of one member. Days are the community's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Week {
    /// Which.
    pub week: IsoWeek,
    /// The last join or leave in it.
    pub last: Option<Transition>,
    /// Messages written.
    pub messages: u32,
    /// Reactions given.
    pub reactions: u32,
    /// Bit *n* = wrote on weekday *n* (0 = Monday).
    pub posted: u8,
    /// Bit *n* = wrote, reacted or shared on weekday *n*.
    pub interacted: u8,
    /// Bit *n* = checked in on weekday *n*.
    pub checked_in: u8,
    /// The hours with activity of any kind.
    pub hours: Hours,
}

impl Week {
    fn empty(week: IsoWeek) -> Self {
        Self {
            week,
            last: None,
            messages: 0,
            reactions: 0,
            posted: 0,
            interacted: 0,
            checked_in: 0,
            hours: Hours::default(),
        }
    }
}

/// The two latest weeks in which something happened, and the status before them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Weeks {
    /// The latest.
    pub current: Option<Week>,
    /// The one before, not necessarily adjacent.
    pub previous: Option<Week>,
    /// The last join or leave before both.
    pub before: Option<Transition>,
}

fn later(a: Option<Transition>, b: Option<Transition>) -> Option<Transition> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if b.order > a.order { b } else { a }),
        (a, b) => a.or(b),
    }
}

impl Weeks {
    /// The block of the week of `day`, made if there is none; `None` if it is older than both.
    pub fn on(&mut self, day: LocalDay) -> Option<&mut Week> {
        let week = day.week();
        match (self.current.map(|w| w.week), self.previous.map(|w| w.week)) {
            (None, _) => self.current = Some(Week::empty(week)),
            (Some(current), _) if current == week => {}
            (Some(current), _) if week > current => {
                self.before = later(self.before, self.previous.and_then(|w| w.last));
                self.previous = self.current.replace(Week::empty(week));
            }
            (Some(_), Some(previous)) if previous == week => return self.previous.as_mut(),
            (Some(_), Some(previous)) if previous > week => return None,
            (Some(_), _) => {
                self.before = later(self.before, self.previous.and_then(|w| w.last));
                self.previous = Some(Week::empty(week));
                return self.previous.as_mut();
            }
        }
        self.current.as_mut()
    }

    /// Notes a join or leave.
    pub fn change(&mut self, day: LocalDay, transition: Transition) {
        match self.on(day) {
            Some(block) => block.last = later(block.last, Some(transition)),
            None => self.before = later(self.before, Some(transition)),
        }
    }

    /// The last join or leave of all.
    pub fn latest(&self) -> Option<Transition> {
        self.until(IsoWeek::from_index(i32::MAX))
    }

    /// The last join or leave up to the end of `week`.
    pub fn until(&self, week: IsoWeek) -> Option<Transition> {
        [self.previous, self.current]
            .into_iter()
            .flatten()
            .filter(|block| block.week <= week)
            .fold(self.before, |found, block| later(found, block.last))
    }

    /// The block of a week, if something happened in it.
    pub fn of(&self, week: IsoWeek) -> Option<&Week> {
        [&self.current, &self.previous]
            .into_iter()
            .flatten()
            .find(|block| block.week == week)
    }
}
