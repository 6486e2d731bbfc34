//! What counts once for ever, however late and however often it is told: orders, and scores of
//! satisfaction. Each has a row around the member, written in the member's own transaction, and adds
//! to the numbers of the week in which it happened.

mod week;

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::community::Community;
use crate::days::{IsoWeek, LocalDay, Zone};
use crate::event::{Event, FeedbackScale, Happened};
use crate::ids::{Currency, EventId, MessageId, OrderId, Owner};
use crate::journey::is_question;
use crate::member::{Effect, Member};

pub use week::{MIN_SCORED, WeekFacts};

/// The largest amount of an order that is one. Minor units: ten milliards in most currencies.
pub const MAX_AMOUNT: u64 = 1_000_000_000_000;

/// An order or a score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// When it happened, by whoever told it.
    pub at: Timestamp,
    /// Which it is.
    pub of: Received,
}

/// What was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// An order.
    Order {
        /// The shop's id.
        order: OrderId,
        /// Minor units.
        amount: u64,
        /// ISO 4217.
        currency: Currency,
    },
    /// A score.
    Score {
        /// The answer; of an event that members were at, the question: it is answered once.
        event: EventId,
        /// On which scale.
        scale: FeedbackScale,
        /// Within the scale.
        score: u8,
    },
}

impl Receipt {
    /// An order.
    pub fn order(at: Timestamp, order: &OrderId, amount: u64, currency: &Currency) -> Self {
        let (order, currency) = (order.clone(), currency.clone());
        Self {
            at,
            of: Received::Order {
                order,
                amount,
                currency,
            },
        }
    }

    /// A score.
    pub fn score(at: Timestamp, event: &EventId, scale: FeedbackScale, score: u8) -> Self {
        let event = event.clone();
        Self {
            at,
            of: Received::Score {
                event,
                scale,
                score,
            },
        }
    }

    /// What an event is to be held against; `None` = it is no order and no score.
    pub fn of(event: &Event) -> Option<Self> {
        if let Happened::OrderPaid {
            order,
            amount,
            currency,
        } = &event.what
        {
            return Some(Self::order(event.at, order, *amount, currency));
        }
        if let Happened::FeedbackScored { scale, score } = &event.what {
            return Some(Self::score(event.at, &event.id, *scale, *score));
        }
        if let Happened::GatheringScored {
            message: Some(question),
            score,
        } = &event.what
        {
            return Self::of_question(event, question, *score);
        }
        None
    }

    /// An answer to how an event was, under the question's own path: pressed again it is the same. Only
    /// who was there is asked, so who answers their own question was.
    fn of_question(event: &Event, question: &MessageId, score: u8) -> Option<Self> {
        let is_theirs = *question.owner() == Owner::Member(event.member.clone());
        let asked = is_theirs && is_question(question.path());
        let id = EventId::new(question.path()).ok().filter(|_| asked)?;
        Some(Self::score(event.at, &id, FeedbackScale::Stars, score))
    }

    /// Its row among the member's: `order#1001`, `feedback#std:msg_1`,
    /// `feedback#event/tea/1768215600/question`.
    pub fn path(&self) -> String {
        match &self.of {
            Received::Order { order, .. } => format!("order#{order}"),
            Received::Score { event, .. } => format!("feedback#{event}"),
        }
    }

    /// Whether another is the same one, told again: by the shop's id of an order, whatever else it
    /// says this time. What was told first holds.
    pub fn is_same(&self, other: &Self) -> bool {
        self.path() == other.path()
    }

    /// The day on which it happened.
    pub fn day(&self, zone: &Zone) -> LocalDay {
        zone.day(self.at)
    }

    /// What an order adds to a sum in a currency; `None` = it is of another, or no order.
    pub fn amount_in(&self, wanted: Option<&Currency>) -> Option<u64> {
        match &self.of {
            Received::Order {
                amount, currency, ..
            } if Some(currency) == wanted => Some(*amount),
            Received::Order { .. } | Received::Score { .. } => None,
        }
    }
}

/// What of a decision's orders and scores is to be written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Receipts {
    /// A row each, around the member.
    pub rows: Vec<Receipt>,
    /// What they add to the community's weeks, by the community's days; of staff nothing.
    pub weeks: BTreeMap<IsoWeek, WeekFacts>,
}

impl Receipts {
    pub(crate) fn of(effects: &[Effect], member: &Member, community: &Community) -> Self {
        let mut receipts = Self::default();
        for effect in effects {
            let Effect::Received(receipt) = effect else {
                continue;
            };
            receipts.rows.push(receipt.clone());
            if !member.is_staff() {
                let week = receipt.day(&community.zone).week();
                let facts = receipts.weeks.entry(week).or_default();
                facts.add(receipt, community.currency.as_ref());
            }
        }
        receipts
    }

    /// What operators should know of them, by its metric's name: orders that no sum holds, though
    /// the community has a currency.
    pub(crate) fn counts(&self, community: &Community) -> Vec<&'static str> {
        let wanted = community.currency.as_ref();
        let is_foreign = |receipt: &&Receipt| {
            matches!(receipt.of, Received::Order { .. }) && receipt.amount_in(wanted).is_none()
        };
        let foreign = self.rows.iter().filter(is_foreign);
        foreign
            .filter(|_| wanted.is_some())
            .map(|_| "orders_other_currency")
            .collect()
    }
}
