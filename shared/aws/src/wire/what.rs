//! What happened, on the wire: one shape for each of the domain's.

use hearth_domain::days::LocalDay;
use hearth_domain::event::{CaseStep, Happened, LeaveCause, LeaveReason};
use hearth_domain::ids::{ChannelId, GatheringId, GiftId, InterestId, MemberId, MessageId};
use hearth_domain::invitation::Came;
use serde::{Deserialize, Serialize};

use super::WireError;
use super::came::{CameV1, InviterV1};

/// What happened, on the wire.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum WhatV1 {
    /// See [`Happened::Joined`].
    Joined {
        /// How they came.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        came: Option<CameV1>,
    },
    /// See [`Happened::Left`].
    Left {
        /// `voluntary`, `removed` or `unknown`.
        cause: CauseV1,
    },
    /// See [`Happened::Renamed`].
    Renamed,
    /// See [`Happened::MessagePosted`].
    MessagePosted {
        /// Characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        length: Option<u32>,
        /// In a topic channel.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        topic: bool,
        /// What the place is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        interest: Option<InterestId>,
        /// Two bytes of the text's hash.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        print: Option<u16>,
    },
    /// See [`Happened::Reviewed`].
    Reviewed {
        /// Characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        length: Option<u32>,
        /// In a topic channel.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        topic: bool,
        /// What the place is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        interest: Option<InterestId>,
        /// Two bytes of the text's hash.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        print: Option<u16>,
    },
    /// See [`Happened::Shared`].
    Shared,
    /// See [`Happened::ReactionAdded`].
    ReactionAdded {
        /// What the place is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        interest: Option<InterestId>,
    },
    /// See [`Happened::ReactionRemoved`].
    ReactionRemoved,
    /// See [`Happened::CheckedIn`].
    CheckedIn {
        /// Where.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channel: Option<ChannelId>,
    },
    /// See [`Happened::PointsAsked`].
    PointsAsked {
        /// Whose button.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<MessageId>,
    },
    /// See [`Happened::GiftsAsked`].
    GiftsAsked {
        /// Whose button.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<MessageId>,
    },
    /// See [`Happened::GiftWanted`].
    GiftWanted {
        /// Whose button.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<MessageId>,
        /// Which.
        gift: GiftId,
    },
    /// See [`Happened::InterestChosen`].
    InterestChosen {
        /// Which.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        interest: Option<InterestId>,
    },
    /// See [`Happened::TaskClaimed`].
    TaskClaimed {
        /// Whose button.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<MessageId>,
    },
    /// See [`Happened::HelpWanted`].
    HelpWanted {
        /// Whose button.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<MessageId>,
    },
    /// See [`Happened::OtherTopicWanted`].
    OtherTopicWanted {
        /// Whose button.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<MessageId>,
    },
    /// See [`Happened::ButtonPressed`].
    ButtonPressed {
        /// Whose button.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<MessageId>,
    },
    /// See [`Happened::SurveyAnswered`].
    SurveyAnswered {
        /// Our survey.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<MessageId>,
        /// The reason's value.
        reason: String,
        /// What was written beside it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    },
    /// See [`Happened::Declined`].
    Declined {
        /// Whose button.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<MessageId>,
    },
    /// See [`Happened::InvitationAnswered`].
    InvitationAnswered {
        /// The invitation.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<MessageId>,
        /// Comes.
        comes: bool,
    },
    /// See [`Happened::Attended`].
    Attended {
        /// Which event.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        gathering: Option<GatheringId>,
    },
    /// See [`Happened::GatheringScored`].
    GatheringScored {
        /// The question.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<MessageId>,
        /// 1 to 5.
        score: u8,
    },
    /// See [`Happened::Voted`].
    Voted {
        /// The wake-up.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<MessageId>,
        /// What for, if it is an interest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        interest: Option<InterestId>,
        /// Wants to be left in peace.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        quiet: bool,
    },
    /// See [`Happened::CaseHandled`].
    CaseHandled {
        /// The notice.
        message: MessageId,
        /// `claimed` or `done`.
        step: CaseStepV1,
        /// The operator's name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
    },
    /// See [`Happened::DayVoided`].
    DayVoided {
        /// The member's local day.
        day: LocalDay,
    },
    /// See [`Happened::Corrected`].
    Corrected {
        /// What is put right.
        path: String,
        /// Points; negative = taken back.
        points: i32,
    },
    /// See [`Happened::Consented`].
    Consented {
        /// Agreed.
        given: bool,
    },
    /// See [`Happened::OptedOut`].
    OptedOut,
    /// See [`Happened::DigestOnly`].
    DigestOnly {
        /// Whose button.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<MessageId>,
    },
    /// See [`Happened::OptedIn`].
    OptedIn,
    /// See [`Happened::InvitesAsked`].
    InvitesAsked,
    /// See [`Happened::Invited`].
    Invited {
        /// By whom.
        by: InviterV1,
        /// They wrote a code themselves.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        typed: bool,
    },
    /// See [`Happened::InvitationStayed`].
    InvitationStayed {
        /// Whom they invited.
        invited: MemberId,
    },
}

/// What an operator did with a case, on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CaseStepV1 {
    /// Took it.
    Claimed,
    /// Dealt with it.
    Done,
}

/// Who caused a leave, on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CauseV1 {
    /// The member.
    Voluntary,
    /// An operator.
    Removed,
    /// Not told.
    Unknown,
}

impl From<Happened> for WhatV1 {
    fn from(what: Happened) -> Self {
        match what {
            Happened::Joined { came } => Self::Joined {
                came: came.map(CameV1::from),
            },
            Happened::Left { cause } => Self::Left {
                cause: match cause {
                    LeaveCause::Voluntary => CauseV1::Voluntary,
                    LeaveCause::Removed => CauseV1::Removed,
                    LeaveCause::Unknown => CauseV1::Unknown,
                },
            },
            Happened::Renamed => Self::Renamed,
            Happened::MessagePosted {
                length,
                topic,
                interest,
                print,
            } => Self::MessagePosted {
                length,
                topic,
                interest,
                print,
            },
            Happened::Reviewed {
                length,
                topic,
                interest,
                print,
            } => Self::Reviewed {
                length,
                topic,
                interest,
                print,
            },
            Happened::Shared => Self::Shared,
            Happened::DayVoided { day } => Self::DayVoided { day },
            Happened::Corrected { path, points } => Self::Corrected { path, points },
            Happened::ReactionAdded { interest } => Self::ReactionAdded { interest },
            Happened::ReactionRemoved => Self::ReactionRemoved,
            Happened::CheckedIn { channel } => Self::CheckedIn { channel },
            Happened::PointsAsked { message } => Self::PointsAsked { message },
            Happened::GiftsAsked { message } => Self::GiftsAsked { message },
            Happened::GiftWanted { message, gift } => Self::GiftWanted { message, gift },
            Happened::InterestChosen { interest } => Self::InterestChosen { interest },
            Happened::TaskClaimed { message } => Self::TaskClaimed { message },
            Happened::HelpWanted { message } => Self::HelpWanted { message },
            Happened::OtherTopicWanted { message } => Self::OtherTopicWanted { message },
            Happened::ButtonPressed { message } => Self::ButtonPressed { message },
            Happened::SurveyAnswered {
                message,
                reason,
                text,
            } => Self::SurveyAnswered {
                message,
                reason: reason.value().to_owned(),
                text,
            },
            Happened::Declined { message } => Self::Declined { message },
            Happened::InvitationAnswered { message, comes } => {
                Self::InvitationAnswered { message, comes }
            }
            Happened::Attended { gathering } => Self::Attended { gathering },
            Happened::GatheringScored { message, score } => {
                Self::GatheringScored { message, score }
            }
            Happened::Voted {
                message,
                interest,
                quiet,
            } => Self::Voted {
                message,
                interest,
                quiet,
            },
            Happened::CaseHandled { message, step, by } => Self::CaseHandled {
                message,
                step: match step {
                    CaseStep::Claimed => CaseStepV1::Claimed,
                    CaseStep::Done => CaseStepV1::Done,
                },
                by,
            },
            Happened::Consented { given } => Self::Consented { given },
            Happened::OptedOut => Self::OptedOut,
            Happened::DigestOnly { message } => Self::DigestOnly { message },
            Happened::OptedIn => Self::OptedIn,
            Happened::InvitesAsked => Self::InvitesAsked,
            Happened::Invited { by, typed } => Self::Invited {
                by: by.into(),
                typed,
            },
            Happened::InvitationStayed { invited } => Self::InvitationStayed { invited },
        }
    }
}

impl TryFrom<WhatV1> for Happened {
    type Error = WireError;

    fn try_from(what: WhatV1) -> Result<Self, WireError> {
        Ok(match what {
            WhatV1::Joined { came } => Happened::Joined {
                came: came.map(Came::try_from).transpose()?,
            },
            WhatV1::Left { cause } => Happened::Left {
                cause: match cause {
                    CauseV1::Voluntary => LeaveCause::Voluntary,
                    CauseV1::Removed => LeaveCause::Removed,
                    CauseV1::Unknown => LeaveCause::Unknown,
                },
            },
            WhatV1::Renamed => Happened::Renamed,
            WhatV1::MessagePosted {
                length,
                topic,
                interest,
                print,
            } => Happened::MessagePosted {
                length,
                topic,
                interest,
                print,
            },
            WhatV1::Reviewed {
                length,
                topic,
                interest,
                print,
            } => Happened::Reviewed {
                length,
                topic,
                interest,
                print,
            },
            WhatV1::Shared => Happened::Shared,
            WhatV1::DayVoided { day } => Happened::DayVoided { day },
            WhatV1::Corrected { path, points } => Happened::Corrected { path, points },
            WhatV1::ReactionAdded { interest } => Happened::ReactionAdded { interest },
            WhatV1::ReactionRemoved => Happened::ReactionRemoved,
            WhatV1::CheckedIn { channel } => Happened::CheckedIn { channel },
            WhatV1::PointsAsked { message } => Happened::PointsAsked { message },
            WhatV1::GiftsAsked { message } => Happened::GiftsAsked { message },
            WhatV1::GiftWanted { message, gift } => Happened::GiftWanted { message, gift },
            WhatV1::InterestChosen { interest } => Happened::InterestChosen { interest },
            WhatV1::TaskClaimed { message } => Happened::TaskClaimed { message },
            WhatV1::HelpWanted { message } => Happened::HelpWanted { message },
            WhatV1::OtherTopicWanted { message } => Happened::OtherTopicWanted { message },
            WhatV1::ButtonPressed { message } => Happened::ButtonPressed { message },
            WhatV1::SurveyAnswered {
                message,
                reason,
                text,
            } => Happened::SurveyAnswered {
                message,
                reason: LeaveReason::from_value(&reason).ok_or(WireError::Field("reason"))?,
                text,
            },
            WhatV1::Declined { message } => Happened::Declined { message },
            WhatV1::InvitationAnswered { message, comes } => {
                Happened::InvitationAnswered { message, comes }
            }
            WhatV1::Attended { gathering } => Happened::Attended { gathering },
            WhatV1::GatheringScored { message, score } => {
                if !(1..=5).contains(&score) {
                    return Err(WireError::Field("score"));
                }
                Happened::GatheringScored { message, score }
            }
            WhatV1::Voted {
                message,
                interest,
                quiet,
            } => Happened::Voted {
                message,
                interest,
                quiet,
            },
            WhatV1::CaseHandled { message, step, by } => Happened::CaseHandled {
                message,
                step: match step {
                    CaseStepV1::Claimed => CaseStep::Claimed,
                    CaseStepV1::Done => CaseStep::Done,
                },
                by,
            },
            WhatV1::Consented { given } => Happened::Consented { given },
            WhatV1::OptedOut => Happened::OptedOut,
            WhatV1::DigestOnly { message } => Happened::DigestOnly { message },
            WhatV1::OptedIn => Happened::OptedIn,
            WhatV1::InvitesAsked => Happened::InvitesAsked,
            WhatV1::Invited { by, typed } => Happened::Invited {
                by: by.into(),
                typed,
            },
            WhatV1::InvitationStayed { invited } => Happened::InvitationStayed { invited },
        })
    }
}
