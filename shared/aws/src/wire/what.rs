//! What happened, on the wire: one shape for each of the domain's.

mod convert;

use hearth_domain::days::LocalDay;
#[cfg(doc)]
use hearth_domain::event::{CaseStep, Happened, LeaveCause, LeaveReason};
use hearth_domain::ids::{
    ChallengeId, ChannelId, Currency, GatheringId, GiftId, InterestId, MemberId, MessageId, OrderId,
};
use serde::{Deserialize, Serialize};

use super::came::{CameV1, InviterV1};
use super::scale::ScaleV1;

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
    /// See [`Happened::OrderPaid`].
    OrderPaid {
        /// The shop's id.
        order: OrderId,
        /// Minor units.
        amount: u64,
        /// ISO 4217.
        currency: Currency,
    },
    /// See [`Happened::FeedbackScored`].
    FeedbackScored {
        /// `nps`, `stars` or `thumb`.
        scale: ScaleV1,
        /// Within the scale.
        score: u8,
    },
    /// See [`Happened::Starred`].
    Starred {
        /// `2026-01`.
        month: String,
        /// From 1.
        place: u8,
        /// What it is worth.
        points: u16,
    },
    /// See [`Happened::RankingChosen`].
    RankingChosen {
        /// May be named.
        shown: bool,
    },
    /// See [`Happened::ChallengeJoined`].
    ChallengeJoined {
        /// Whose button.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<MessageId>,
        /// Which.
        challenge: ChallengeId,
    },
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
