//! The playbook: a community's texts, steps, points, limits and targets, as checked types.

mod challenges;
mod invitations;
mod journeys;
pub mod limits;
mod parse;
mod parse_challenges;
mod parse_closing;
mod parse_invitations;
mod parse_journeys;
mod parse_points;
mod parse_report;
mod parse_rewards;
mod parse_shop;
mod parse_text;
pub mod placeholders;
pub mod preview;
mod rewards;
pub mod sample;
mod shop;
mod warnings;

pub use challenges::{Challenge, ChallengeMessages};
pub use invitations::{InvitationRules, InvitationTier};
pub use journeys::{
    DigestRules, Experiments, FollowUps, GatheringRules, WakeUpRules, WinBackRules,
};
pub use rewards::{CheckInAnswers, CheckInDigest, Gift, RankingRules, RewardRules};
pub use shop::{Industry, ShopRules};

use std::collections::BTreeMap;

use jiff::civil::Time;
use serde::{Deserialize, Serialize};

use crate::board::ClosingRules;
use crate::days::QuietHours;
use crate::ids::{GiftId, InterestId, MessageKind, PlaybookId, StepId, VariantId};
use crate::kpi::{AlertRules, ReportRules, Targets};
use crate::locale::Locale;
use crate::rollout::StopRule;
use crate::segment::SegmentRules;
use crate::star::StarRules;

/// A text in all three languages. A file may give one string for all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Localised {
    /// Traditional Chinese.
    #[serde(rename = "zh-Hant")]
    pub zh_hant: String,
    /// Simplified Chinese.
    #[serde(rename = "zh-Hans")]
    pub zh_hans: String,
    /// English.
    pub en: String,
}

impl Localised {
    /// The text in one language.
    pub fn get(&self, locale: Locale) -> &str {
        match locale {
            Locale::ZhHant => &self.zh_hant,
            Locale::ZhHans => &self.zh_hans,
            Locale::En => &self.en,
        }
    }
}

/// What a message is to the member: decides caps and quiet hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// To the member's own act: at once, outside quiet hours and caps.
    Answer,
    /// Asked for by the plan: held in quiet hours, not capped.
    Service,
    /// Promotional: held in quiet hours, capped, with an opt-out line.
    Promo,
    /// To the operators.
    Ops,
}

/// One message of the playbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// What it is to the member.
    pub class: Class,
    /// Sent again although an earlier attempt may have arrived, on platforms without an
    /// idempotency key.
    pub critical: bool,
    /// The template.
    pub body: Localised,
    /// Other bodies, to be held against it. Each member has one of all of them, for good.
    pub variants: Vec<Variant>,
    /// Its buttons, in order.
    pub buttons: Vec<Button>,
    /// The playbook's interests are put before its own buttons.
    pub interest_buttons: bool,
    /// A button for each gift of the playbook is put before its own.
    pub gift_buttons: bool,
}

/// Another body of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// Its id. The text's own body has none.
    pub id: VariantId,
    /// The template, with the same placeholders.
    pub body: Localised,
}

/// A button of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// What comes back when it is pressed: `task:done`.
    pub value: String,
    /// At most 20 characters (LINE's limit).
    pub label: Localised,
}

/// An interest that members choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interest {
    /// Its id.
    pub id: InterestId,
    /// As members read it.
    pub label: Localised,
}

/// What a newcomer can do that completes a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Task {
    /// Set the nickname to `industry-name`.
    Rename,
    /// Comment in a topic channel.
    Comment,
}

impl Task {
    /// All of them, in the order of their bits in a member.
    pub const ALL: [Self; 2] = [Self::Rename, Self::Comment];

    /// As files and the ledger write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rename => "rename",
            Self::Comment => "comment",
        }
    }
}

/// What a step of the plan does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StepWhat {
    /// At once, on joining.
    Welcome,
    /// Asks for a task.
    Task(Task),
    /// Sends a piece of content by the member's interest.
    Content,
    /// Invites to the next newcomers' event.
    Event,
    /// Hands over the gift pack.
    Gift,
}

/// One step of the onboarding plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its id, unique in the plan.
    pub id: StepId,
    /// Day of the plan, 1 = the day of joining.
    pub day: u8,
    /// What it does.
    pub what: StepWhat,
    /// What it sends, in order.
    pub messages: Vec<MessageKind>,
    /// What it sends instead where the first choice lacks something (no interest, no event).
    pub fallback: Option<MessageKind>,
    /// The task's name for the thank-you; only task steps have one.
    pub title: Option<Localised>,
    /// The task's example; only task steps have one.
    pub example: Option<Localised>,
}

/// The onboarding plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Onboarding {
    /// Local time at which steps go out.
    pub send_at: Time,
    /// A step later than this is skipped as expired. Hours.
    pub expires_after_hours: u16,
    /// A rejoin within so many days goes on where the plan stopped. Days.
    pub resume_within_days: u16,
    /// The thank-you for a task.
    pub task_done: MessageKind,
    /// How a task is done, for who asks.
    pub task_help: Option<MessageKind>,
    /// Lets choose another topic, for who asks.
    pub other_topic: Option<MessageKind>,
    /// By day; days do not fall.
    pub steps: Vec<Step>,
}

/// Points for each reason, with caps per member and local day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PointRules {
    /// For the first check-in of a day.
    pub check_in: u16,
    /// For a message.
    pub message: u16,
    /// At most this much a day from messages.
    pub message_cap: u16,
    /// A shorter message earns nothing. Characters.
    pub message_min_length: u16,
    /// For a reaction.
    pub reaction: u16,
    /// At most this much a day from reactions.
    pub reaction_cap: u16,
    /// For the first evening review (復盤) of a day.
    pub review: u16,
    /// For sharing something.
    pub share: u16,
    /// At most this much a day from sharing.
    pub share_cap: u16,
    /// For a newcomer's task.
    pub task: u16,
}

/// What keeps points from being earned by flooding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fairness {
    /// Of messages within so many seconds one earns points. Steps of the local day.
    pub min_seconds_between: u16,
}

impl Default for Fairness {
    fn default() -> Self {
        Self {
            min_seconds_between: 15,
        }
    }
}

/// Freezes (補簽卡): each protects a streak for a day without a check-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Freezes {
    /// At most so many in hand.
    pub most: u8,
    /// One is earned whenever a streak has grown by so many check-ins. From 7.
    pub every: u8,
}

/// A streak that is celebrated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Milestone {
    /// Consecutive local days with a check-in.
    pub days: u16,
    /// Points, once per member.
    pub points: u16,
    /// The badge's name.
    pub badge: Localised,
    /// What else there is.
    pub reward: Localised,
    /// Where to get it.
    pub reward_url: Option<String>,
}

/// A level by total points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// From so many points.
    pub from: u32,
    /// As members read it.
    pub name: Localised,
    /// What it brings, as the level-up message says it; the line goes where there is nothing.
    pub perks: Option<Localised>,
}

/// A playbook, checked: whatever it refers to is there.
#[derive(Debug, Clone, PartialEq)]
pub struct Playbook {
    /// As community files name it.
    pub id: PlaybookId,
    /// When direct messages wait.
    pub quiet_hours: QuietHours,
    /// Promotional messages per member and local day.
    pub promo_cap: u8,
    /// Words that are a check-in, alone or before content.
    pub check_in_keywords: Vec<String>,
    /// Words that a post begins with that is an evening review (復盤).
    pub review_keywords: Vec<String>,
    /// The streak message.
    pub streak_message: MessageKind,
    /// What answers a check-in.
    pub check_in_answers: CheckInAnswers,
    /// Whole direct messages that mean: no more.
    pub opt_out_keywords: Vec<String>,
    /// Whole direct messages that mean: again, please.
    pub opt_in_keywords: Vec<String>,
    /// Whole direct messages that mean: once a week, and nothing else.
    pub digest_keywords: Vec<String>,
    /// What the texts call the check-in word.
    pub check_in_word: Localised,
    /// What the texts call the opt-out word.
    pub opt_out_word: Localised,
    /// The line under promotional texts.
    pub opt_out_line: Localised,
    /// Under options without buttons: "just reply with the number".
    pub reply_hint: Localised,
    /// What a member without a name is called.
    pub nameless: Localised,
    /// What the bot and the person in charge are called where the community names none.
    pub helper: Localised,
    /// The interests to choose from.
    pub interests: Vec<Interest>,
    /// The newcomers' plan.
    pub onboarding: Onboarding,
    /// What is worth how much.
    pub points: PointRules,
    /// What keeps that fair.
    pub fairness: Fairness,
    /// What protects a streak; `None` = nothing.
    pub freezes: Option<Freezes>,
    /// By days, rising.
    pub milestones: Vec<Milestone>,
    /// By points, rising; the first from 0.
    pub levels: Vec<Level>,
    /// When a day is closed, and what is made then; `None` = nothing is.
    pub closing: Option<ClosingRules>,
    /// What operators are told between two reports, and when; `None` = nothing.
    pub alerts: Option<AlertRules>,
    /// What members are told about their points and what they buy; `None` = nothing.
    pub rewards: Option<RewardRules>,
    /// The gifts that points buy.
    pub gifts: Vec<Gift>,
    /// What happens after a leave.
    pub win_back: WinBackRules,
    /// What silent members get; `None` = nothing.
    pub wake_up: Option<WakeUpRules>,
    /// The weekly digest; `None` = who wants only that gets nothing.
    pub digest: Option<DigestRules>,
    /// What goes around an event.
    pub gatherings: GatheringRules,
    /// Where segments begin.
    pub segments: SegmentRules,
    /// What is tried.
    pub experiments: Experiments,
    /// When a pilot of a new version is stopped by itself.
    pub pilot: StopRule,
    /// The weekly report's message to the operators.
    pub weekly_message: MessageKind,
    /// What the report aims at.
    pub targets: Targets,
    /// How the report judges.
    pub report: ReportRules,
    /// What inviting others earns; `None` = invitations mean nothing.
    pub invitations: Option<InvitationRules>,
    /// Every message.
    pub texts: BTreeMap<MessageKind, Text>,
    /// Members as customers and professionals.
    pub shop: ShopRules,
    /// What members can join to check in on so many days.
    pub challenges: Vec<Challenge>,
    /// What they are told about that; `None` = nothing.
    pub challenge_messages: Option<ChallengeMessages>,
}

impl Playbook {
    /// The playbook that comes with the project (`infra/playbooks/default.toml`), as a file.
    pub const DEFAULT_TOML: &'static str = include_str!("../../../../infra/playbooks/default.toml");

    /// A message by its kind.
    pub fn text(&self, kind: &MessageKind) -> Option<&Text> {
        self.texts.get(kind)
    }

    /// A gift that points buy.
    pub fn gift(&self, id: &GiftId) -> Option<&Gift> {
        self.gifts.iter().find(|gift| gift.id == *id)
    }

    /// How the stars of a month are named; `None` = there are none.
    pub fn star(&self) -> Option<&StarRules> {
        self.closing.as_ref()?.star.as_ref()
    }

    /// The level (1-based) of a total, and its name.
    pub fn level(&self, points: u32) -> (u8, Option<&Level>) {
        let reached = self
            .levels
            .iter()
            .take_while(|level| level.from <= points)
            .count()
            .max(1);
        (
            u8::try_from(reached).unwrap_or(u8::MAX),
            self.levels.get(reached - 1),
        )
    }
}

#[cfg(test)]
mod tests;
