//! A message of ours: one row for life, from the decision to write it to what became of it.

mod attempt;

pub use attempt::{Attempt, Found};

mod reason;

pub use reason::{HeldFor, SkipReason};

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::event::ReplyHandle;
use crate::ids::{ChannelId, MemberId, MessageId, MessageKind, VariantId};
use crate::playbook::Class;

/// Where a message goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    /// One to one.
    Member(MemberId),
    /// A channel.
    Channel(ChannelId),
}

/// By which way a message to a member goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Via {
    /// The community's platform.
    Platform,
    /// The second channel that the member agreed to.
    Second,
}

/// Where a message is in its life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// To be sent, not before `not_before`.
    Pending {
        /// Earliest instant of the next attempt; `None` = now.
        not_before: Option<Timestamp>,
    },
    /// Waiting for an instant at which it may go.
    Held {
        /// That instant.
        until: Timestamp,
        /// What it waits for.
        why: HeldFor,
    },
    /// Somebody is sending it until the lease ends.
    Sending {
        /// After this nobody is.
        lease: Timestamp,
    },
    /// The platform took it.
    Sent {
        /// When.
        at: Timestamp,
    },
    /// The platform took it and will not say whether it arrives: LINE drops what is for somebody
    /// who blocked us without a word.
    Accepted {
        /// When.
        at: Timestamp,
    },
    /// A member of the staff has to tap "send" on the platform.
    Awaiting {
        /// When the platform laid it before them.
        since: Timestamp,
        /// When we ask what became of it.
        look: Timestamp,
    },
    /// It may have arrived. Not sent again, unless the platform or the playbook allows it.
    Unknown {
        /// When it became so.
        at: Timestamp,
        /// What happened, in a word.
        reason: String,
    },
    /// The platform refused it for good.
    Failed {
        /// When.
        at: Timestamp,
        /// Why, in a word.
        reason: String,
    },
    /// We decided not to send it.
    Skipped {
        /// When.
        at: Timestamp,
        /// Why.
        reason: SkipReason,
    },
}

impl State {
    /// As the ledger shows it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Pending { .. } => "PENDING",
            Self::Held { .. } => "HELD",
            Self::Sending { .. } => "SENDING",
            Self::Sent { .. } => "SENT",
            Self::Accepted { .. } => "ACCEPTED",
            Self::Awaiting { .. } => "AWAITING_PERSON",
            Self::Unknown { .. } => "UNKNOWN",
            Self::Failed { .. } => "FAILED",
            Self::Skipped { .. } => "SKIPPED",
        }
    }

    /// Nothing more will happen to it by itself.
    pub fn is_final(&self) -> bool {
        match self {
            Self::Pending { .. }
            | Self::Held { .. }
            | Self::Sending { .. }
            | Self::Awaiting { .. } => false,
            Self::Sent { .. }
            | Self::Accepted { .. }
            | Self::Unknown { .. }
            | Self::Failed { .. }
            | Self::Skipped { .. } => true,
        }
    }
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Derived from what it is for: a second decision to send it finds this row.
    pub id: MessageId,
    /// Which text.
    pub kind: MessageKind,
    /// Which of its bodies; `None` = its own.
    pub variant: Option<VariantId>,
    /// To whom.
    pub to: To,
    /// By which way.
    pub via: Via,
    /// What it is to them.
    pub class: Class,
    /// The playbook version whose text it is.
    pub playbook: u32,
    /// When it was decided.
    pub created: Timestamp,
    /// After this it is skipped as expired.
    pub expires: Option<Timestamp>,
    /// Placeholders known only when it was decided: `award.points`.
    pub values: BTreeMap<String, String>,
    /// Which of the community's contents it brings.
    pub content: Option<u16>,
    /// Where it is in its life.
    pub state: State,
    /// Attempts begun.
    pub attempt: u16,
    /// What the platform calls it.
    pub platform_id: Option<String>,
    /// Since when it may have arrived without our knowing; `None` = every attempt is accounted for.
    pub doubt: Option<Timestamp>,
    /// How it may go as the answer to what the member did; gone once it is too late for that.
    pub reply: Option<ReplyHandle>,
    /// Counts the writes of the row; 0 = not stored yet.
    pub version: u64,
}

impl Message {
    /// One that was just decided, not stored yet: to be sent as soon as may be, never too late, in its text's own
    /// words and with no values.
    pub fn new(
        id: MessageId,
        kind: MessageKind,
        to: To,
        class: Class,
        playbook: u32,
        created: Timestamp,
    ) -> Self {
        Self {
            id,
            kind,
            variant: None,
            to,
            via: Via::Platform,
            class,
            playbook,
            created,
            expires: None,
            values: BTreeMap::new(),
            content: None,
            state: State::Pending { not_before: None },
            attempt: 0,
            platform_id: None,
            doubt: None,
            reply: None,
            version: 0,
        }
    }
}

/// A new row is looked at again after this if nobody sent it: the queue message may be lost.
pub const PICKED_UP_WITHIN: SignedDuration = SignedDuration::from_secs(60);
/// A claim lasts at least this long, counted from the invocation's one instant: the message may begin
/// 24 s after it (60 s less the messenger's reserve), its send takes 20 s at most, the note 7 s.
pub const LEASE: SignedDuration = SignedDuration::from_secs(52);
/// After so many attempts that provably did not arrive, a message has failed.
pub const MAX_ATTEMPTS: u16 = 8;

/// A message that awaits a person is first asked for after this, …
const FIRST_LOOK: SignedDuration = SignedDuration::from_mins(30);
/// … and at the least this often.
const LONGEST_LOOK: SignedDuration = SignedDuration::from_hours(6);

/// Why a message can't be claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotNow {
    /// It is final: a duplicate of the request to send it.
    Done,
    /// Somebody else is sending it.
    Leased,
    /// It waits for a later instant.
    Later,
    /// The platform has it; what became of it is to be [asked](Message::looked).
    AwaitsPerson,
}

impl Message {
    /// When somebody should look at it: `None` for final states.
    pub fn due(&self) -> Option<Timestamp> {
        match &self.state {
            State::Pending {
                not_before: Some(at),
            } => Some(*at),
            State::Pending { not_before: None } => self.created.checked_add(PICKED_UP_WITHIN).ok(),
            State::Held { until, .. } => Some(*until),
            State::Sending { lease } => Some(*lease),
            State::Awaiting { look, .. } => Some(*look),
            State::Sent { .. }
            | State::Accepted { .. }
            | State::Unknown { .. }
            | State::Failed { .. }
            | State::Skipped { .. } => None,
        }
    }

    /// Takes the lease. A fresh row keeps its due instant as the lease if that leaves enough
    /// time, so that claiming does not touch the index. An expired lease is settled first, by
    /// [`Message::expire_lease`].
    pub fn claim(&self, now: Timestamp) -> Result<Self, NotNow> {
        match &self.state {
            State::Pending {
                not_before: Some(at),
            }
            | State::Held { until: at, .. }
                if *at > now =>
            {
                return Err(NotNow::Later);
            }
            State::Pending { .. } | State::Held { .. } => {}
            State::Sending { .. } => return Err(NotNow::Leased),
            State::Awaiting { .. } => return Err(NotNow::AwaitsPerson),
            State::Sent { .. }
            | State::Accepted { .. }
            | State::Unknown { .. }
            | State::Failed { .. }
            | State::Skipped { .. } => return Err(NotNow::Done),
        }
        let least = now.saturating_add(LEASE).unwrap_or(Timestamp::MAX);
        let lease = self.due().filter(|due| *due >= least).unwrap_or_else(|| {
            now.saturating_add(PICKED_UP_WITHIN)
                .unwrap_or(Timestamp::MAX)
        });
        Ok(Self {
            state: State::Sending { lease },
            attempt: self.attempt.saturating_add(1),
            reply: self.reply.clone().filter(|reply| reply.until > now),
            ..self.clone()
        })
    }

    /// What an attempt made of a claimed message. `again` = an uncertain send may be repeated
    /// (the platform drops repetitions by key, or the text is marked critical). A message that is
    /// not claimed stays as it is.
    #[must_use]
    pub fn finish(&self, attempt: Attempt, again: bool, now: Timestamp) -> Self {
        let mut next = self.clone();
        let State::Sending { lease } = self.state else {
            return next;
        };
        next.state = match attempt {
            Attempt::Sent { platform_id } => {
                next.platform_id = platform_id;
                State::Sent { at: now }
            }
            Attempt::Accepted { platform_id } => {
                next.platform_id = platform_id;
                State::Accepted { at: now }
            }
            Attempt::AwaitsPerson { platform_id } => {
                next.platform_id = Some(platform_id);
                State::Awaiting {
                    since: now,
                    look: now.saturating_add(FIRST_LOOK).unwrap_or(Timestamp::MAX),
                }
            }
            Attempt::Retry { after, reason } => self.retry(after, &reason, now),
            Attempt::Unreachable { .. } => State::Skipped {
                at: now,
                reason: SkipReason::Unreachable,
            },
            Attempt::Permanent { reason } => State::Failed { at: now, reason },
            Attempt::Unknown { reason } if again => {
                // Not later than the attempt began: a lease lasts no longer than this.
                let begun = lease.saturating_sub(PICKED_UP_WITHIN).unwrap_or(lease);
                next.doubt = self.doubt.or(Some(begun));
                self.retry(None, &reason, now)
            }
            Attempt::Unknown { reason } => State::Unknown { at: now, reason },
        };
        next
    }

    /// A lease that ended without a word: the sender died, before or after the platform took it.
    /// `None` while the lease holds or where there is none.
    pub fn expire_lease(&self, again: bool, now: Timestamp) -> Option<Self> {
        match &self.state {
            State::Sending { lease } if *lease <= now => Some(self.finish(
                Attempt::Unknown {
                    reason: "lease-expired".to_owned(),
                },
                again,
                now,
            )),
            State::Pending { .. }
            | State::Held { .. }
            | State::Sending { .. }
            | State::Awaiting { .. }
            | State::Sent { .. }
            | State::Accepted { .. }
            | State::Unknown { .. }
            | State::Failed { .. }
            | State::Skipped { .. } => None,
        }
    }

    /// What we were told of a message that awaits a person. One that nobody sent is asked for
    /// later and later; one that awaits nobody stays as it is.
    #[must_use]
    pub fn looked(&self, found: Found, now: Timestamp) -> Self {
        let State::Awaiting { since, .. } = self.state else {
            return self.clone();
        };
        let state = match found {
            Found::Sent => State::Sent { at: now },
            Found::Unreachable => State::Skipped {
                at: now,
                reason: SkipReason::Unreachable,
            },
            Found::TakenBack(reason) => State::Skipped { at: now, reason },
            Found::Waits => {
                // As long again as it has waited: half an hour, one, two … six.
                let waited = now.duration_since(since);
                let next = waited.clamp(FIRST_LOOK, LONGEST_LOOK);
                State::Awaiting {
                    since,
                    look: now.saturating_add(next).unwrap_or(Timestamp::MAX),
                }
            }
        };
        Self {
            state,
            ..self.clone()
        }
    }

    /// The platform can't reach the member, and the second channel can: the same message goes by that.
    /// One that is not claimed stays as it is.
    #[must_use]
    pub fn by_second_channel(&self) -> Self {
        let State::Sending { .. } = self.state else {
            return self.clone();
        };
        Self {
            via: Via::Second,
            state: State::Pending { not_before: None },
            reply: None,
            ..self.clone()
        }
    }

    /// Ends it as uncertain, if it still waits: it may have arrived, and what would drop a repetition
    /// has forgotten it by now.
    #[must_use]
    pub fn leave_in_doubt(&self, now: Timestamp) -> Self {
        self.while_waiting(State::Unknown {
            at: now,
            reason: "in-doubt-for-too-long".to_owned(),
        })
    }

    /// Puts it off until quiet hours end, if it still waits.
    #[must_use]
    pub fn hold(&self, until: Timestamp) -> Self {
        self.while_waiting(State::Held {
            until,
            why: HeldFor::QuietHours,
        })
    }

    /// Puts it off for so long because its journey is paused, if it still waits. A pause makes
    /// nothing too late: it expires later by as much.
    #[must_use]
    pub fn pause(&self, by: SignedDuration, now: Timestamp) -> Self {
        let until = now.saturating_add(by).unwrap_or(Timestamp::MAX);
        let mut paused = self.while_waiting(State::Held {
            until,
            why: HeldFor::Pause,
        });
        if paused.state != self.state {
            let later = |at: Timestamp| at.saturating_add(by).unwrap_or(Timestamp::MAX);
            paused.expires = self.expires.map(later);
        }
        paused
    }

    /// Ends it unsent, if it still waits.
    #[must_use]
    pub fn skip(&self, reason: SkipReason, now: Timestamp) -> Self {
        self.while_waiting(State::Skipped { at: now, reason })
    }

    /// What is being sent, or was, can't be put off or called back.
    fn while_waiting(&self, state: State) -> Self {
        match &self.state {
            State::Pending { .. } | State::Held { .. } => Self {
                state,
                ..self.clone()
            },
            State::Sending { .. }
            | State::Awaiting { .. }
            | State::Sent { .. }
            | State::Accepted { .. }
            | State::Unknown { .. }
            | State::Failed { .. }
            | State::Skipped { .. } => self.clone(),
        }
    }

    fn retry(&self, after: Option<SignedDuration>, reason: &str, now: Timestamp) -> State {
        if self.attempt >= MAX_ATTEMPTS {
            return State::Failed {
                at: now,
                reason: format!("gave-up:{reason}"),
            };
        }
        // 15 s, 30 s, 1 min … 16 min, unless the platform says when.
        let backoff = SignedDuration::from_secs(15 << self.attempt.saturating_sub(1).min(6));
        let at = now
            .saturating_add(after.unwrap_or(backoff))
            .unwrap_or(Timestamp::MAX);
        State::Pending {
            not_before: Some(at),
        }
    }
}
