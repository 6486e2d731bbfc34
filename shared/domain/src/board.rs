//! Leaderboards: who has most points or check-ins of a day, a week, a month, or ever.
//!
//! A community's days, weeks and months are the calendar's; what a member has of a day is what they
//! did on that day of their own zone. Staff, who left, and who wants nothing from us are on no board;
//! nobody is on one with nothing.

mod closing;
mod count;
mod tally;
mod wall;
mod wall_month;

pub use closing::{ClosingRules, Making, Span, Wanted};
pub(crate) use count::is_ranked;
pub use count::{Closed, Count};
pub use wall::Wall;
pub use wall_month::{WallMonth, WallMonthError};

use crate::days::LocalDay;
use crate::ids::MemberId;
use crate::period::Period;
use crate::standing::Standing;

/// What a board ranks by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum By {
    /// Points.
    Points,
    /// Days with a check-in.
    CheckIns,
}

impl By {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Points, Self::CheckIns];

    /// As keys and commands write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Points => "points",
            Self::CheckIns => "check-ins",
        }
    }

    /// Reads the name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|by| by.name() == name)
    }
}

/// One place of a board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// From 1; whoever has the same total has the same.
    pub rank: u32,
    /// Whose; `None` = somebody who was erased since.
    pub member: Option<MemberId>,
    /// Their points of the period.
    pub points: u32,
    /// Their check-ins of the period.
    pub check_ins: u32,
}

/// A board as it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Board {
    /// Of what.
    pub period: Period,
    /// By what.
    pub by: By,
    /// The last day that is in it; before the period's last, the board is one of the days so far.
    pub through: LocalDay,
    /// Made after the last event of the period could come: it never changes again.
    pub is_final: bool,
    /// How many members have anything.
    pub people: u32,
    /// The first of them: by total, ties in the order of member ids.
    pub places: Vec<Place>,
    /// Where everybody else stands.
    pub standing: Standing,
}
