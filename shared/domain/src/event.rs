//! What happened: first as an adapter saw it ([`Incoming`]), then as the domain means it
//! ([`Event`]). Text is matched for keywords and dropped between the two; only what a leaver writes
//! beside a survey's answer goes on, to the operators' notice.

mod words;

pub use words::{FeedbackScale, LeaveCause, LeaveReason};

use jiff::Timestamp;

use crate::days::{LocalDay, Zone};
use crate::ids::{
    ChallengeId, ChannelId, Currency, EventId, GatheringId, GiftId, InterestId, MemberId,
    MessageId, OrderId,
};
use crate::invitation::{Came, Inviter};
use crate::locale::Locale;
use crate::period::Month;
use crate::thread::Thread;

/// What a delivery tells about a member beside what happened. `None` = not told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Display name.
    pub name: Option<String>,
    /// The member's own zone.
    pub zone: Option<Zone>,
    /// The member's language.
    pub locale: Option<Locale>,
    /// Staff take no journey and are in no number.
    pub staff: Option<bool>,
    /// It did not happen in the community's own place (a profile of the whole workspace was
    /// changed): it says something of a member we know, and makes nobody a member.
    pub elsewhere: bool,
    /// The platform's handle for answering this, where it gives one.
    pub reply: Option<ReplyHandle>,
    /// Somebody else whose message this answers or reacts to, where the platform tells. Made of what
    /// the adapter saw, by [`classify`](crate::classify::classify).
    pub regards: Option<MemberId>,
    /// The thread in which this message answers, where the platform tells. Made of what the adapter
    /// saw, by [`classify`](crate::classify::classify): what is no message answers in none.
    pub thread: Option<Thread>,
}

/// What a platform gives along with an event, so that it is answered for nothing and once, soon:
/// LINE's reply token, WeCom's welcome code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyHandle {
    /// What the answer carries.
    pub handle: String,
    /// The platform may refuse it from then on.
    pub until: Timestamp,
    /// Where the answer appears; `None` = one to one with the member.
    pub channel: Option<ChannelId>,
}

/// One thing that a platform's delivery tells about one member, before it is classified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// The canonical id: the same act has the same id, however often and in whatever form the
    /// platform delivers it.
    pub id: EventId,
    /// When it happened, by the platform's clock.
    pub at: Timestamp,
    /// The platform's own order within one instant; 0 where it has none.
    pub seq: u64,
    /// Who did it, or whom it happened to.
    pub member: MemberId,
    /// What else the delivery tells about the member.
    pub facts: Facts,
    /// What the adapter saw.
    pub seen: Seen,
}

/// What an adapter saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// The member joined.
    Joined {
        /// Who invited them.
        inviter: Option<MemberId>,
        /// QR state, campaign, link.
        source: Option<String>,
    },
    /// The member left.
    Left {
        /// Who caused it.
        cause: LeaveCause,
    },
    /// The member has a new name (in the facts).
    Renamed,
    /// The member wrote something.
    Message {
        /// Where.
        channel: ChannelId,
        /// One to one with our bot.
        direct: bool,
        /// The text, for keyword matching only. Never stored, never logged.
        text: Option<String>,
        /// Length in characters; `None` where the platform does not tell.
        length: Option<u32>,
        /// A topic or thread name, where the platform has one.
        topic: Option<String>,
        /// Who wrote what it replies to, where the platform tells; no bot.
        reply_to: Option<MemberId>,
        /// The thread in which it answers; `None` = it begins one, or the platform does not tell.
        thread: Option<Thread>,
    },
    /// The member reacted to a message, or took the reaction back.
    Reaction {
        /// Where.
        channel: Option<ChannelId>,
        /// `false` = taken back.
        added: bool,
        /// Who wrote the message, where the platform tells.
        author: Option<MemberId>,
    },
    /// The member pressed a button of a message of ours.
    Pressed {
        /// Our message, where the platform hands our id back.
        message: Option<MessageId>,
        /// The button's value: `interest:ai`, `boring_content`.
        value: String,
    },
    /// The member blocked us: what we send does not reach them any more.
    Blocked,
    /// A check-in told as such (form, mini program, gateway).
    CheckedIn {
        /// Where they made it, if whoever tells of it says so.
        channel: Option<ChannelId>,
    },
    /// Sharing something of the community's, told as such (shop, site, gateway).
    Shared,
    /// An answer to a survey told as such.
    Survey {
        /// Our message.
        message: MessageId,
        /// The option's value.
        value: String,
        /// What they wrote beside it, for the operator who takes the case. Dropped once it was told.
        text: Option<String>,
    },
    /// The member was at an event of ours, as told by whoever held it.
    Attended {
        /// Which; `None` = the one they are invited to.
        gathering: Option<GatheringId>,
    },
    /// The member agreed to be written to on the second channel, or took that back.
    Consent {
        /// `true` = agreed.
        given: bool,
    },
    /// The member accepted an invitation.
    InvitationAccepted {
        /// Who invited them.
        inviter: MemberId,
    },
    /// The member paid an order.
    OrderPaid {
        /// The shop's id of the order.
        order: OrderId,
        /// Minor units of the currency; at most [`crate::receipt::MAX_AMOUNT`].
        amount: u64,
        /// ISO 4217.
        currency: Currency,
    },
    /// The member gave a score.
    FeedbackScored {
        /// Which scale.
        scale: FeedbackScale,
        /// The score on that scale.
        score: u8,
    },
}

/// Something that happened to one member, in the domain's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The canonical id.
    pub id: EventId,
    /// When it happened (UTC instant). Days follow from a zone.
    pub at: Timestamp,
    /// The platform's order within one instant.
    pub seq: u64,
    /// Whom it is about.
    pub member: MemberId,
    /// What the delivery tells beside it.
    pub facts: Facts,
    /// What happened.
    pub what: Happened,
}

/// What happened. Closed: a consumer that forgets a case does not compile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happened {
    /// Joined the community.
    Joined {
        /// How they came; `None` = nothing was told of it.
        came: Option<Came>,
    },
    /// Left it.
    Left {
        /// Who caused it.
        cause: LeaveCause,
    },
    /// Has another name now (in the facts).
    Renamed,
    /// Wrote something.
    MessagePosted {
        /// Characters; `None` where the platform does not tell.
        length: Option<u32>,
        /// In one of the community's topic channels.
        topic: bool,
        /// The interest that the place is about.
        interest: Option<InterestId>,
        /// Two bytes of a hash of what it says, to tell it from the same once more; `None` where
        /// no text was told.
        print: Option<u16>,
    },
    /// Wrote an evening review (復盤), which is a post like any other as well.
    Reviewed {
        /// Characters; `None` where the platform does not tell.
        length: Option<u32>,
        /// In one of the community's topic channels.
        topic: bool,
        /// The interest that the place is about.
        interest: Option<InterestId>,
        /// As of a message.
        print: Option<u16>,
    },
    /// Shared something of the community's.
    Shared,
    /// Reacted to a message.
    ReactionAdded {
        /// The interest that the place is about.
        interest: Option<InterestId>,
    },
    /// Took a reaction back: activity of that day, nothing else.
    ReactionRemoved,
    /// Checked in, by whatever way.
    CheckedIn {
        /// The channel in which they did; `None` = one to one, by a button, or told without one.
        channel: Option<ChannelId>,
    },
    /// Asks how many points they have.
    PointsAsked {
        /// The message whose button it was; `None` = by keyword.
        message: Option<MessageId>,
    },
    /// Asks what points can buy.
    GiftsAsked {
        /// The message whose button it was; `None` = by keyword.
        message: Option<MessageId>,
    },
    /// Wants to give points for a gift, by button.
    GiftWanted {
        /// The message whose button it was, where the platform hands the id back.
        message: Option<MessageId>,
        /// Which; it need not be one of the playbook's any more.
        gift: GiftId,
    },
    /// Chose an interest by button.
    InterestChosen {
        /// Which; `None` = "just looking".
        interest: Option<InterestId>,
    },
    /// Says by button that the task of this message is done.
    TaskClaimed {
        /// The message whose button it was.
        message: Option<MessageId>,
    },
    /// Asks by button how the task of this message is done.
    HelpWanted {
        /// The message whose button it was.
        message: Option<MessageId>,
    },
    /// Asks by button for another topic than the one of this message.
    OtherTopicWanted {
        /// The message whose button it was.
        message: Option<MessageId>,
    },
    /// Pressed any other button of a message of ours.
    ButtonPressed {
        /// The message whose button it was, where the platform hands the id back.
        message: Option<MessageId>,
    },
    /// Answered the win-back survey.
    SurveyAnswered {
        /// Our survey, where the platform hands the id back.
        message: Option<MessageId>,
        /// The reason given.
        reason: LeaveReason,
        /// What they wrote beside it. On its way to an operator, and stored only until it was told.
        text: Option<String>,
    },
    /// Does not want to be won back: "no, thank you" under a message of a case.
    Declined {
        /// The message whose button it was.
        message: Option<MessageId>,
    },
    /// Answered an invitation to an event.
    InvitationAnswered {
        /// The invitation.
        message: Option<MessageId>,
        /// `true` = comes.
        comes: bool,
    },
    /// Was at an event: by a button of our reminder, or as told by whoever held it.
    Attended {
        /// Which; `None` = the one they are invited to.
        gathering: Option<GatheringId>,
    },
    /// Gave an event 1 to 5.
    GatheringScored {
        /// The question.
        message: Option<MessageId>,
        /// 1 to 5.
        score: u8,
    },
    /// Voted under a wake-up what they would like to see.
    Voted {
        /// The wake-up.
        message: Option<MessageId>,
        /// An interest of the playbook, if the vote names one; `None` = another word, or "just
        /// reading".
        interest: Option<InterestId>,
        /// "Just reading": wants to be left in peace.
        quiet: bool,
    },
    /// An operator took a member's case, or ended it. It happened to the member of the case.
    CaseHandled {
        /// The notice under which the button was.
        message: MessageId,
        /// What the operator did.
        step: CaseStep,
        /// The operator's name, where the platform tells.
        by: Option<String>,
    },
    /// An operator voided a day: its points are not theirs to keep. A day that has left the item
    /// for the ledger is corrected instead, by whoever knows its row.
    DayVoided {
        /// The member's local day.
        day: LocalDay,
    },
    /// An operator gave points, or took some back. It becomes the ledger row
    /// `correction/<event id>`; rows that are there are never edited.
    Corrected {
        /// The row of the ledger that is put right, `days/2026-01-05`, or another word for why.
        path: String,
        /// Points; negative = taken back.
        points: i32,
    },
    /// Agreed to the second channel, or took that back.
    Consented {
        /// `true` = agreed.
        given: bool,
    },
    /// Wants no more messages from us.
    OptedOut,
    /// Wants one message a week and nothing else.
    DigestOnly {
        /// The message whose button it was; `None` = by keyword.
        message: Option<MessageId>,
    },
    /// Wants them again.
    OptedIn,
    /// Paid an order. It happened in the shop: it is no activity of the community and says nothing
    /// of when they came; it may be told years late, and counts once for ever.
    OrderPaid {
        /// The shop's id of the order.
        order: OrderId,
        /// Minor units of the currency.
        amount: u64,
        /// ISO 4217.
        currency: Currency,
    },
    /// Answered a question about satisfaction with a score, which counts once for ever.
    FeedbackScored {
        /// On which scale.
        scale: FeedbackScale,
        /// Within [`FeedbackScale::range`].
        score: u8,
    },
    /// Was named a star of the community (社群之星) when a month was closed.
    Starred {
        /// The month.
        month: Month,
        /// From 1.
        place: u8,
        /// What it is worth, by the playbook of that closing.
        points: u16,
    },
    /// Says whether rankings may name them.
    RankingChosen {
        /// `false` = they are to be on no board and no wall.
        shown: bool,
    },
    /// Wants to be in a challenge, by the button of its invitation.
    ChallengeJoined {
        /// The message whose button it was, where the platform hands the id back.
        message: Option<MessageId>,
        /// Which.
        challenge: ChallengeId,
    },
    /// Asks by keyword for the code by which they invite others.
    InvitesAsked,
    /// Was invited by a member, as told apart from the join.
    Invited {
        /// By whom.
        by: Inviter,
        /// They wrote a code themselves, and are answered.
        typed: bool,
    },
    /// Whom they invited has stayed. We tell ourselves so, once for each of them.
    InvitationStayed {
        /// Whom.
        invited: MemberId,
    },
}

impl Happened {
    /// Whether it happened outside the community, in the shop: it makes nobody a member.
    pub fn is_order(&self) -> bool {
        matches!(self, Self::OrderPaid { .. })
    }
}

/// What an operator did with a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CaseStep {
    /// Took it.
    Claimed,
    /// Has dealt with it.
    Done,
}
