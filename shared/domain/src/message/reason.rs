//! Why a message was not sent, or not yet.

/// Why a message was not sent. Written so that "why was this not sent?" has an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SkipReason {
    /// More than the playbook's promotional messages that day.
    FrequencyCap,
    /// The member wants no messages.
    OptedOut,
    /// The platform can't reach them.
    Unreachable,
    /// Too late to make sense.
    Expired,
    /// Left, or came back: what it was about is over.
    NoLongerApplies,
    /// The task it asks for is done.
    TaskDone,
    /// The member was erased.
    Erased,
    /// The community has no content for it.
    NoContent,
    /// The community has no gift, or it has no code.
    NoGift,
    /// The platform's adapter can't send.
    NotPossible,
    /// The platform allows no more in this time.
    PlatformQuota,
    /// The same text with the same content went out in the same moment.
    Duplicate,
    /// The member wants one message a week and nothing else.
    DigestOnly,
    /// The member is in the share of newcomers who get no plan.
    HeldOut,
    /// There is no operators' channel to tell.
    NoChannel,
}

impl SkipReason {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::FrequencyCap,
        Self::OptedOut,
        Self::Unreachable,
        Self::Expired,
        Self::NoLongerApplies,
        Self::TaskDone,
        Self::Erased,
        Self::NoContent,
        Self::NoGift,
        Self::NotPossible,
        Self::PlatformQuota,
        Self::Duplicate,
        Self::DigestOnly,
        Self::HeldOut,
        Self::NoChannel,
    ];

    /// As the ledger shows it.
    pub fn name(self) -> &'static str {
        match self {
            Self::FrequencyCap => "frequency-cap",
            Self::OptedOut => "opted-out",
            Self::Unreachable => "unreachable",
            Self::Expired => "expired",
            Self::NoLongerApplies => "no-longer-applies",
            Self::TaskDone => "task-done",
            Self::Erased => "erased",
            Self::NoContent => "no-content",
            Self::NoGift => "no-gift",
            Self::NotPossible => "not-possible",
            Self::PlatformQuota => "platform-quota",
            Self::Duplicate => "duplicate",
            Self::DigestOnly => "digest-only",
            Self::HeldOut => "held-out",
            Self::NoChannel => "no-channel",
        }
    }

    /// Reads [`SkipReason::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }
}

/// What a message is held for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HeldFor {
    /// The end of the member's quiet hours.
    QuietHours,
    /// Its journey is paused.
    Pause,
    /// The pool of coupon codes is dry.
    Code,
}

impl HeldFor {
    /// As the ledger shows it.
    pub fn name(self) -> &'static str {
        match self {
            Self::QuietHours => "quiet-hours",
            Self::Pause => "paused",
            Self::Code => "no-code",
        }
    }
}
