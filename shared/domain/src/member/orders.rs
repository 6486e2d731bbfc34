//! What a member bought: four numbers, from which recency, frequency and money follow.

use super::observe::{Observed, Rules};
use super::{Effect, Member, MovedOut};
use crate::days::LocalDay;
use crate::event::Event;
use crate::receipt::Receipt;

/// A member's orders. Days are the community's, from 1970 on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Orders {
    /// Of the first order.
    pub first: LocalDay,
    /// Of the last one.
    pub last: LocalDay,
    /// How many; stays at its largest.
    pub count: u16,
    /// What those in the community's currency came to. Minor units.
    pub sum: u64,
}

impl Orders {
    /// The largest sum that is told apart from more: 63 bits.
    pub const MAX_SUM: u64 = i64::MAX as u64;

    /// None yet, on the day of the first that is to be added.
    fn before(day: LocalDay) -> Self {
        Self {
            first: day,
            last: day,
            count: 0,
            sum: 0,
        }
    }

    /// One order more. Least, greatest and sums: the order of the orders does not matter.
    fn add(&mut self, day: LocalDay, amount: u64) {
        self.first = self.first.min(day);
        self.last = self.last.max(day);
        self.count = self.count.saturating_add(1);
        self.sum = self.sum.saturating_add(amount).min(Self::MAX_SUM);
    }
}

impl Member {
    /// An order counts once for ever, by the shop's id, and on its own day, however late it is told.
    pub(super) fn buy(
        &mut self,
        receipt: Receipt,
        rules: &Rules<'_>,
        moved: &MovedOut,
        effects: &mut Vec<Effect>,
    ) -> Observed {
        let day = receipt.day(rules.zone).max(LocalDay::from_epoch_days(0));
        let amount = receipt.amount_in(rules.currency);
        let observed = receive(receipt, moved, effects);
        if observed == Observed::Taken {
            let orders = self.orders.get_or_insert(Orders::before(day));
            orders.add(day, amount.unwrap_or(0));
        }
        observed
    }

    /// A score counts once for ever, by its event's id. To answer is an act of its day.
    pub(super) fn rate(
        &mut self,
        receipt: Receipt,
        late: bool,
        rules: &Rules<'_>,
        moved: &MovedOut,
        effects: &mut Vec<Effect>,
    ) -> Observed {
        let at = receipt.at;
        let observed = receive(receipt, moved, effects);
        if observed == Observed::Taken {
            self.active(at, late, rules);
        }
        observed
    }

    /// How an event was: the first answer to the question counts. To press again is an act of its day
    /// all the same.
    pub(super) fn rate_event(
        &mut self,
        event: &Event,
        late: bool,
        rules: &Rules<'_>,
        moved: &MovedOut,
        effects: &mut Vec<Effect>,
    ) -> Observed {
        if let Some(receipt) = Receipt::of(event) {
            receive(receipt, moved, effects);
        }
        self.active(event.at, late, rules)
    }
}

/// Whether an order or a score is told for the first time: it has no row, and was not told a moment
/// ago in the same batch either.
fn receive(receipt: Receipt, moved: &MovedOut, effects: &mut Vec<Effect>) -> Observed {
    let told =
        |effect: &Effect| matches!(effect, Effect::Received(known) if known.is_same(&receipt));
    if moved.has(&receipt) || effects.iter().any(told) {
        return Observed::Duplicate;
    }
    effects.push(Effect::Received(receipt));
    Observed::Taken
}
