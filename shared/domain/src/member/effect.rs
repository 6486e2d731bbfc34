//! What follows from an event.

use jiff::Timestamp;

use crate::days::LocalDay;
use crate::event::{CaseStep, LeaveCause, LeaveReason};
use crate::ids::{ChallengeId, ChannelId, EventId, GatheringId, GiftId, InterestId, MessageId};
use crate::invitation::Inviter;
use crate::period::Month;
use crate::playbook::Task;
use crate::receipt::Receipt;

use super::JoinAnswer;

/// What follows from an event, for the journeys to act on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// A real join made them a member.
    Joined {
        /// When.
        at: Timestamp,
        /// Since when they had been gone, for a return.
        away_since: Option<Timestamp>,
    },
    /// A leave made them a leaver.
    Left {
        /// When.
        at: Timestamp,
        /// Who caused it.
        cause: LeaveCause,
    },
    /// A task of the plan was done and paid.
    TaskDone {
        /// Which.
        task: Task,
        /// Points paid.
        points: u16,
    },
    /// A streak reached a milestone and it was paid.
    Milestone {
        /// Which of the playbook's.
        index: usize,
    },
    /// They checked in.
    CheckedIn {
        /// What told so: its answer is named by it.
        event: EventId,
        /// The member's local day.
        day: LocalDay,
        /// The channel in which they did; `None` = not in one.
        channel: Option<ChannelId>,
        /// `false` = they had checked in on that day already.
        first: bool,
    },
    /// They ask how many points they have.
    PointsAsked {
        /// When.
        at: Timestamp,
    },
    /// They ask what points can buy.
    GiftsAsked {
        /// When.
        at: Timestamp,
    },
    /// They want to give points for a gift.
    GiftWanted {
        /// What told so: it is done once.
        event: EventId,
        /// When they pressed.
        at: Timestamp,
        /// Our message, if the platform told.
        message: Option<MessageId>,
        /// Which.
        gift: GiftId,
    },
    /// The day before a check-in was without one, and a freeze protected the streak.
    FreezeUsed {
        /// Freezes left in hand.
        left: u8,
    },
    /// Their total passed a level for the first time.
    LevelUp {
        /// Which of the playbook's.
        index: usize,
    },
    /// An operator corrected their points.
    Corrected {
        /// The ledger row that says so.
        row: String,
        /// What it puts right.
        of: String,
        /// Points; negative = taken back.
        points: i32,
    },
    /// They answered the survey.
    Answered {
        /// The reason.
        reason: LeaveReason,
        /// Our survey, if the platform told.
        message: Option<MessageId>,
        /// What they wrote beside it.
        text: Option<String>,
    },
    /// They do not want to be won back.
    Declined {
        /// Our message, if the platform told.
        message: Option<MessageId>,
    },
    /// They used a button of a message of ours.
    Pressed {
        /// Our message, if the platform told.
        message: Option<MessageId>,
    },
    /// They ask how a task is done.
    HelpWanted {
        /// Our message, if the platform told.
        message: Option<MessageId>,
    },
    /// They ask for another topic.
    OtherTopicWanted {
        /// Our message, if the platform told.
        message: Option<MessageId>,
    },
    /// They answered an invitation.
    InvitationAnswered {
        /// When.
        at: Timestamp,
        /// The invitation, if the platform told.
        message: Option<MessageId>,
        /// `true` = comes.
        comes: bool,
    },
    /// They were at an event.
    Attended {
        /// When it was told.
        at: Timestamp,
        /// Which, if that was told.
        gathering: Option<GatheringId>,
    },
    /// They scored an event.
    Scored {
        /// The question, if the platform told.
        message: Option<MessageId>,
        /// 1 to 5.
        score: u8,
    },
    /// They voted under a wake-up.
    Voted {
        /// The wake-up, if the platform told.
        message: Option<MessageId>,
        /// The interest they voted for.
        interest: Option<InterestId>,
        /// They want to be left in peace.
        quiet: bool,
    },
    /// An operator took or ended their case.
    CaseHandled {
        /// The notice.
        message: MessageId,
        /// What the operator did.
        step: CaseStep,
        /// The operator's name.
        by: Option<String>,
    },
    /// They want no more messages.
    OptedOut,
    /// They want one message a week.
    DigestOnly {
        /// When.
        at: Timestamp,
    },
    /// They want messages again.
    OptedIn {
        /// When.
        at: Timestamp,
        /// Since when they had wanted less.
        since: Timestamp,
    },
    /// They have another zone now.
    Moved,
    /// An order or a score counts: its row is written with the member.
    Received(Receipt),
    /// They were named a star of the community, and it was paid.
    Starred {
        /// Of which month.
        month: Month,
        /// From 1.
        place: u8,
        /// Points paid.
        points: u16,
    },
    /// They say whether rankings may name them.
    RankingChosen {
        /// When.
        at: Timestamp,
        /// `false` = they are to be on no board and no wall.
        shown: bool,
    },
    /// They pressed the button of a challenge.
    ChallengeWanted {
        /// When.
        at: Timestamp,
        /// Which.
        challenge: ChallengeId,
        /// What came of it.
        answer: JoinAnswer,
    },
    /// They did a challenge, and it was paid.
    ChallengeDone {
        /// Which of the playbook's.
        index: usize,
    },
    /// They ask for the code by which they invite others.
    InvitesAsked {
        /// When.
        at: Timestamp,
    },
    /// They were invited by a member.
    Invited {
        /// What told so: its answer is named by it.
        event: EventId,
        /// When.
        at: Timestamp,
        /// By whom.
        by: Inviter,
        /// They wrote a code themselves.
        typed: bool,
        /// No invitation of theirs was earlier, as far as is known.
        earliest: bool,
    },
    /// One whom they invited has stayed.
    InvitationStayed {
        /// The ledger row that says so; it is written with the member.
        row: String,
        /// Points, 0 where the day had brought enough of them.
        points: u16,
    },
    /// So many of those whom they invited have stayed that more points are due.
    InvitationTier {
        /// How many.
        invited: u16,
        /// Points.
        points: u16,
    },
}
