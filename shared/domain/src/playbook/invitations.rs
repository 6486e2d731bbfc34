//! What inviting others earns, and what is said about it.

use crate::ids::MessageKind;

/// What inviting others earns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationRules {
    /// Points for both sides.
    pub points: u16,
    /// At most so many of these points for one inviter and local day; who stays beyond that is
    /// counted and earns nothing.
    pub day_cap: u16,
    /// The invited has to stay so many days, from the invitation on.
    pub stay_days: u8,
    /// Whole messages that ask for one's code.
    pub keywords: Vec<String>,
    /// Their code.
    pub mine: MessageKind,
    /// Answers a code that somebody wrote who may use it.
    pub accepted: MessageKind,
    /// Answers a code that leads to nobody who could have invited them.
    pub unknown: MessageKind,
    /// Answers one's own code.
    pub own: MessageKind,
    /// Answers a code that comes too late: they have been here longer, or somebody else was earlier.
    pub late: MessageKind,
    /// To the inviter, when somebody has stayed.
    pub thanks: MessageKind,
    /// To the invited, then; `None` = nothing.
    pub rewarded: Option<MessageKind>,
    /// More for a number of them, rising.
    pub tiers: Vec<InvitationTier>,
}

/// More points for having brought so many who stayed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationTier {
    /// So many.
    pub invited: u16,
    /// Points, once.
    pub points: u16,
    /// What says so in place of the thanks.
    pub message: Option<MessageKind>,
}
