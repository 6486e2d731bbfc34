//! What a check-in is answered with, and what points buy.

use super::Localised;
use crate::coupon::Codes;
use crate::ids::{GiftId, MessageKind};

/// What answers a check-in; `None` = nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckInAnswers {
    /// The first of a day.
    pub reply: Option<MessageKind>,
    /// Another one of the same day, one to one.
    pub already: Option<MessageKind>,
    /// A freeze was used, where no other answer says so.
    pub freeze_used: Option<MessageKind>,
    /// A new level, by whatever it was reached.
    pub level_up: Option<MessageKind>,
    /// One message for many replies.
    pub digest: Option<CheckInDigest>,
    /// Where a check-in was made in a channel it is answered there, not one to one.
    pub to_channel: bool,
}

/// What stands for the replies in a busy channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckInDigest {
    /// The message.
    pub kind: MessageKind,
    /// More check-ins than this of a channel within ten minutes get no replies of their own.
    pub from: u16,
}

/// How members ask about their points, and what they are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RewardRules {
    /// Whole messages that ask for one's points.
    pub keywords: Vec<String>,
    /// Whole messages that ask for the gifts.
    pub redeem_keywords: Vec<String>,
    /// Their points.
    pub points: MessageKind,
    /// The gifts.
    pub list: MessageKind,
    /// There are no gifts.
    pub nothing: MessageKind,
    /// A gift is theirs.
    pub done: MessageKind,
    /// They have too few points for it.
    pub too_few: MessageKind,
    /// None of it is left.
    pub sold_out: MessageKind,
    /// It is for members of a higher level.
    pub level: MessageKind,
    /// It is not offered any more.
    pub gone: MessageKind,
    /// How members choose whether rankings name them; `None` = they can't.
    pub ranking: Option<RankingRules>,
}

/// How members choose whether rankings name them, and what they are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RankingRules {
    /// Whole messages of who wants to be on no board and no wall.
    pub hide_keywords: Vec<String>,
    /// Whole messages of who wants to be on them again.
    pub show_keywords: Vec<String>,
    /// They are left out.
    pub hidden: MessageKind,
    /// They are named again.
    pub shown: MessageKind,
}

/// A gift that points buy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gift {
    /// Its id.
    pub id: GiftId,
    /// As members read it; also the label of its button.
    pub name: Localised,
    /// What it costs.
    pub points: u32,
    /// So many can be had in all; `None` = as many as are wanted.
    pub stock: Option<u32>,
    /// Only for members of this level (from 1) or a higher one.
    pub level: Option<u8>,
    /// The pool from which each gets a code.
    pub codes: Option<Codes>,
    /// How it is got.
    pub note: Option<Localised>,
}
