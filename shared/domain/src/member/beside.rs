//! What is stored of a member beside their item, as far as a decision asked for it.

use std::collections::BTreeSet;

use super::Counted;
use crate::receipt::Receipt;

/// The counted events that no longer fit the member's item, read only when an event is so old
/// that it may be among them; and which of the orders and scores that are told have a row already,
/// read only when one is told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MovedOut {
    counted: BTreeSet<Counted>,
    receipts: BTreeSet<String>,
}

impl MovedOut {
    /// Nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether a counted event was moved out.
    pub fn contains(&self, entry: &Counted) -> bool {
        self.counted.contains(entry)
    }

    /// Whether nothing is known of.
    pub fn is_empty(&self) -> bool {
        self.counted.is_empty() && self.receipts.is_empty()
    }

    /// Adds the rows of orders and scores that are there, by [`Receipt::path`].
    pub fn add_receipts(&mut self, paths: impl IntoIterator<Item = String>) {
        self.receipts.extend(paths);
    }

    /// Whether an order or a score has its row.
    pub fn has(&self, receipt: &Receipt) -> bool {
        self.receipts.contains(&receipt.path())
    }
}

impl Extend<Counted> for MovedOut {
    fn extend<T: IntoIterator<Item = Counted>>(&mut self, entries: T) {
        self.counted.extend(entries);
    }
}
