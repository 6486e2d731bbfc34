//! From the domain's words to the wire's, and back.

use hearth_domain::event::{CaseStep, Happened, LeaveCause, LeaveReason};
use hearth_domain::invitation::Came;

use super::{CaseStepV1, CauseV1, WhatV1};
use crate::wire::WireError;
use crate::wire::came::CameV1;

impl From<Happened> for WhatV1 {
    #[expect(
        clippy::too_many_lines,
        reason = "an arm for each thing that can happen"
    )]
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
            Happened::OrderPaid {
                order,
                amount,
                currency,
            } => Self::OrderPaid {
                order,
                amount,
                currency,
            },
            Happened::FeedbackScored { scale, score } => Self::FeedbackScored {
                scale: scale.into(),
                score,
            },
            Happened::Starred {
                month,
                place,
                points,
            } => Self::Starred {
                month: month.to_string(),
                place,
                points,
            },
            Happened::RankingChosen { shown } => Self::RankingChosen { shown },
            Happened::ChallengeJoined { message, challenge } => {
                Self::ChallengeJoined { message, challenge }
            }
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

    #[expect(
        clippy::too_many_lines,
        reason = "an arm for each thing that can happen"
    )]
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
            WhatV1::OrderPaid {
                order,
                amount,
                currency,
            } => Happened::OrderPaid {
                order,
                amount,
                currency,
            },
            WhatV1::FeedbackScored { scale, score } => scale.scored(score)?,
            WhatV1::Starred {
                month,
                place,
                points,
            } => Happened::Starred {
                month: month.parse().map_err(|_| WireError::Field("month"))?,
                place,
                points,
            },
            WhatV1::RankingChosen { shown } => Happened::RankingChosen { shown },
            WhatV1::ChallengeJoined { message, challenge } => {
                Happened::ChallengeJoined { message, challenge }
            }
            WhatV1::InvitesAsked => Happened::InvitesAsked,
            WhatV1::Invited { by, typed } => Happened::Invited {
                by: by.into(),
                typed,
            },
            WhatV1::InvitationStayed { invited } => Happened::InvitationStayed { invited },
        })
    }
}
