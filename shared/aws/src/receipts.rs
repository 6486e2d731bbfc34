//! Orders and scores on their way in: cut to what one transaction takes, and those of nobody we know.

use hearth_domain::event::Event;
use hearth_domain::receipt::Receipt;

/// A transaction takes a hundred items: the member, their messages, and of each order or score its
/// row and perhaps a week of its own.
const MOST_AT_ONCE: usize = 40;

/// A member's events of a batch, cut so that no part has too many orders and scores for one
/// transaction. Almost always one part; an import may have more.
pub(crate) fn parts(events: &[Event]) -> Vec<&[Event]> {
    let mut parts = Vec::new();
    let mut rest = events;
    loop {
        let receipts = rest.iter().enumerate();
        let mut receipts = receipts.filter(|(_, event)| Receipt::of(event).is_some());
        let Some((cut, _)) = receipts.nth(MOST_AT_ONCE) else {
            parts.push(rest);
            return parts;
        };
        let (part, after) = rest.split_at(cut);
        parts.push(part);
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use hearth_domain::event::{Facts, Happened};

    use super::*;

    fn event(n: usize, what: Happened) -> Event {
        Event {
            id: format!("ev{n}").parse().unwrap(),
            at: jiff::Timestamp::UNIX_EPOCH,
            seq: 0,
            member: "m1".parse().unwrap(),
            facts: Facts::default(),
            what,
        }
    }

    fn order(n: usize) -> Event {
        let what = Happened::OrderPaid {
            order: format!("{n}").parse().unwrap(),
            amount: 1,
            currency: "TWD".parse().unwrap(),
        };
        event(n, what)
    }

    #[test]
    fn only_many_orders_are_more_than_one_part() {
        let check = |events: Vec<Event>| {
            parts(&events)
                .iter()
                .map(|part| part.len())
                .collect::<Vec<_>>()
        };
        assert_eq!(check(Vec::new()), [0]);
        assert_eq!(
            check((0..500).map(|n| event(n, Happened::Shared)).collect()),
            [500]
        );
        assert_eq!(check((0..40).map(order).collect()), [40]);
        assert_eq!(check((0..101).map(order).collect()), [40, 40, 21]);
        let mixed = |n| {
            if n % 2 == 0 {
                order(n)
            } else {
                event(n, Happened::Shared)
            }
        };
        assert_eq!(check((0..100).map(mixed).collect()), [80, 20]);
    }
}
