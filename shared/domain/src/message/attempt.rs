//! What a platform said to an attempt to send, and later of what awaited a person.

use jiff::SignedDuration;

use super::SkipReason;

/// What the platform said to an attempt, in the terms of the state machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// Took it.
    Sent {
        /// Its id of it.
        platform_id: Option<String>,
    },
    /// Took it, and will not say whether it arrives.
    Accepted {
        /// Its id of it.
        platform_id: Option<String>,
    },
    /// Laid it before a member of the staff, who has to tap "send".
    AwaitsPerson {
        /// Its id of what waits.
        platform_id: String,
    },
    /// Provably did not take it; try again.
    Retry {
        /// Not before this long.
        after: Option<SignedDuration>,
        /// In a word.
        reason: String,
    },
    /// Can't reach this member.
    Unreachable {
        /// In a word.
        reason: String,
    },
    /// Will never take it.
    Permanent {
        /// In a word.
        reason: String,
    },
    /// It may have taken it.
    Unknown {
        /// In a word.
        reason: String,
    },
}

/// What became of a message that awaited a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// Somebody sent it.
    Sent,
    /// Nobody has, or the platform did not tell.
    Waits,
    /// It can't reach the member, or never will be sent.
    Unreachable,
    /// We took it back, for this reason.
    TakenBack(SkipReason),
}
