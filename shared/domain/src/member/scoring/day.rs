//! One local day of a member.

use super::Different;
use crate::days::LocalDay;

/// Whether an operator voided a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Voided {
    /// Nobody did.
    #[default]
    No,
    /// While it was open: it is worth nothing, whatever is still heard of it.
    Open,
    /// When it was closed: it stays what it was, and a row of the ledger takes its points back.
    Closed,
}

/// Points of one local day, by reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayPoints {
    /// The member's local day.
    pub day: LocalDay,
    /// Whether they checked in.
    pub checked_in: bool,
    /// Whether an operator voided it. The check-in stays: it is the calendar's, not a prize.
    pub voided: Voided,
    /// Points for the check-in.
    pub check_in: u16,
    /// Points for messages, capped.
    pub message: u16,
    /// Points for reactions, capped.
    pub reaction: u16,
    /// Points for the evening review (復盤).
    pub review: u16,
    /// Points for sharing, capped.
    pub share: u16,
    /// What was written: two bytes of each text's hash. Dropped when the day closes.
    pub texts: Different,
    /// When it was written: the local time of day, in steps. Dropped when the day closes.
    pub times: Different,
}

impl DayPoints {
    /// A day without points.
    pub fn empty(day: LocalDay) -> Self {
        Self {
            day,
            checked_in: false,
            voided: Voided::No,
            check_in: 0,
            message: 0,
            reaction: 0,
            review: 0,
            share: 0,
            texts: Different::default(),
            times: Different::default(),
        }
    }

    /// What it is worth.
    pub fn total(&self) -> u32 {
        match self.voided {
            Voided::No | Voided::Closed => {
                self.by_reason().iter().map(|(_, p)| u32::from(*p)).sum()
            }
            Voided::Open => 0,
        }
    }

    /// Points by reason, as the ledger names them.
    pub fn by_reason(&self) -> [(&'static str, u16); 5] {
        [
            ("check_in", self.check_in),
            ("message", self.message),
            ("reaction", self.reaction),
            ("review", self.review),
            ("share", self.share),
        ]
    }
}
