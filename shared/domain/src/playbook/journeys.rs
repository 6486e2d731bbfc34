//! What a playbook says of what goes on around a member: win-back, wake-up, the digest, events, trials.

use jiff::civil::Weekday;

use crate::ids::MessageKind;

/// Win-back rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WinBackRules {
    /// The survey.
    pub survey: MessageKind,
    /// Minutes from the leave to the survey; at most a day.
    pub survey_after_minutes: u16,
    /// A case without a return is lost after so many days.
    pub lost_after_days: u16,
    /// What answers each reason.
    pub follow_ups: FollowUps,
    /// The gift for coming back; `None` = there is none.
    pub gift: Option<MessageKind>,
    /// Days from the answer to the gift.
    pub gift_after_days: u16,
    /// Hours in which a person answers.
    pub sla_hours: u16,
    /// The greeting on a return.
    pub welcome_back: Option<MessageKind>,
    /// The content after a return; `None` = there is none.
    pub care: Option<MessageKind>,
    /// For so many days after a return.
    pub care_days: u16,
    /// One piece every so many days.
    pub care_every_days: u16,
}

/// What answers each reason for a leave; `None` = nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FollowUps {
    /// Boring content: a piece by their interest.
    pub boring_content: Option<MessageKind>,
    /// The same, where no interest is known.
    pub boring_content_fallback: Option<MessageKind>,
    /// Too few benefits.
    pub few_benefits: Option<MessageKind>,
    /// Too much information: the weekly digest.
    pub too_much_info: Option<MessageKind>,
    /// Something else: a person will answer.
    pub other: Option<MessageKind>,
    /// The notice to that person.
    pub other_ops: Option<MessageKind>,
    /// The notice when nobody took it and time runs out.
    pub other_reminder: Option<MessageKind>,
    /// Who took it.
    pub other_claimed: Option<MessageKind>,
}

/// When and how silent members are written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WakeUpRules {
    /// By what they liked.
    pub message: MessageKind,
    /// Where nothing is known of that.
    pub fallback: MessageKind,
    /// What answers a vote; `None` = nothing.
    pub voted: Option<MessageKind>,
    /// So many days without a post.
    pub after_days: u16,
    /// Not again within so many days.
    pub every_days: u16,
    /// At most so often, until they post again.
    pub most: u8,
}

/// The one message a week for who wants no other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestRules {
    /// The digest.
    pub message: MessageKind,
    /// The day of the member's week.
    pub weekday: Weekday,
    /// What confirms the choice.
    pub chosen: Option<MessageKind>,
    /// What confirms that all messages come again.
    pub all_again: Option<MessageKind>,
}

/// The messages around an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatheringRules {
    /// Newcomers are invited to one that starts within so many days.
    pub within_days: u16,
    /// What answers an acceptance.
    pub accepted: Option<MessageKind>,
    /// The day before.
    pub reminder_day: Option<MessageKind>,
    /// Half an hour before.
    pub reminder_soon: Option<MessageKind>,
    /// How it was, 1 to 5, for those who came.
    pub question: Option<MessageKind>,
}

/// What is tried, and how sure one wants to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Experiments {
    /// The share of newcomers who get no plan, so that its use can be seen. 0 to 0.5.
    pub holdout: f64,
    /// Members whom a variant has to reach before it can win.
    pub min_sample: u32,
}

impl Default for Experiments {
    fn default() -> Self {
        Self {
            holdout: 0.0,
            min_sample: 100,
        }
    }
}
