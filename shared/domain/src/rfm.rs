//! RFM: how lately, how often and for how much somebody bought, each from 1 to 5, and the group that
//! this makes them one of.

use crate::days::LocalDay;
use crate::member::Orders;

/// Where each score ends. A playbook's `[rfm]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RfmRules {
    /// Days since the last order, ascending: up to the first of them scores 5, beyond the last 1.
    pub recency_days: [u16; 4],
    /// Orders, ascending: up to the first of them scores 1, beyond the last 5.
    pub frequency: [u16; 4],
    /// What they came to, likewise. Minor units of the community's currency.
    pub money: [u64; 4],
}

/// The scores of somebody who bought something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rfm {
    /// How lately: 1 to 5.
    pub recency: u8,
    /// How often: 1 to 5.
    pub frequency: u8,
    /// For how much: 1 to 5.
    pub money: u8,
}

impl Rfm {
    /// The scores on a day. An order that is dated later is one of that day.
    pub fn of(orders: &Orders, today: LocalDay, rules: &RfmRules) -> Self {
        let age = today.since(orders.last).max(0);
        let older_than = |days: &&u16| age > i32::from(**days);
        let reached = |counts: usize| u8::try_from(counts).unwrap_or(4) + 1;
        let missed = rules.recency_days.iter().filter(older_than).count();
        let often = rules
            .frequency
            .iter()
            .filter(|up_to| orders.count > **up_to);
        let much = rules.money.iter().filter(|up_to| orders.sum > **up_to);
        Self {
            recency: reached(4 - missed),
            frequency: reached(often.count()),
            money: reached(much.count()),
        }
    }

    /// The group. Money sets champions apart and nothing else, so that communities without a currency
    /// have groups too (their champions are loyal).
    ///
    /// | recency | frequency | group |
    /// |---|---|---|
    /// | 4–5 | 4–5 | champion with money 4–5, else loyal |
    /// | 4–5 | 3 | loyal |
    /// | 4–5 | 1–2 | new customer |
    /// | 3 | 3–5 | loyal |
    /// | 3 | 1–2 | promising |
    /// | 2 | any | at risk |
    /// | 1 | 3–5 | at risk: a regular is worth a call after a year |
    /// | 1 | 1–2 | lost |
    pub fn group(self) -> RfmGroup {
        match (self.recency, self.frequency) {
            (4.., 4..) if self.money >= 4 => RfmGroup::Champion,
            (3.., 3..) => RfmGroup::Loyal,
            (4.., _) => RfmGroup::NewCustomer,
            (3, _) => RfmGroup::Promising,
            (2, _) | (_, 3..) => RfmGroup::AtRisk,
            (_, _) => RfmGroup::Lost,
        }
    }
}

/// What somebody is to the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RfmGroup {
    /// Lately, often and for much.
    Champion,
    /// Often.
    Loyal,
    /// Lately, once or twice.
    NewCustomer,
    /// Once or twice, a while ago.
    Promising,
    /// Not for long.
    AtRisk,
    /// Once or twice, very long ago.
    Lost,
    /// Never bought anything that was told.
    None,
}

impl RfmGroup {
    /// All of them, as tables show them.
    pub const ALL: [Self; 7] = [
        Self::Champion,
        Self::Loyal,
        Self::NewCustomer,
        Self::Promising,
        Self::AtRisk,
        Self::Lost,
        Self::None,
    ];

    /// The group of somebody with these orders on a day.
    pub fn of(orders: Option<&Orders>, today: LocalDay, rules: &RfmRules) -> Self {
        orders.map_or(Self::None, |orders| Rfm::of(orders, today, rules).group())
    }

    /// As files and answers write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Champion => "champion",
            Self::Loyal => "loyal",
            Self::NewCustomer => "new-customer",
            Self::Promising => "promising",
            Self::AtRisk => "at-risk",
            Self::Lost => "lost",
            Self::None => "none",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: RfmRules = RfmRules {
        recency_days: [30, 90, 180, 365],
        frequency: [1, 2, 4, 8],
        money: [50_000, 150_000, 500_000, 1_500_000],
    };

    fn orders(ago: i32, count: u16, sum: u64) -> (Orders, LocalDay) {
        let today = LocalDay::from_epoch_days(20_000);
        let last = today.plus(-ago);
        let first = last.plus(-700);
        (
            Orders {
                first,
                last,
                count,
                sum,
            },
            today,
        )
    }

    #[test]
    fn each_score_ends_where_the_playbook_says() {
        let check = |ago, count, sum| {
            let (orders, today) = orders(ago, count, sum);
            let rfm = Rfm::of(&orders, today, &RULES);
            (rfm.recency, rfm.frequency, rfm.money)
        };
        assert_eq!(check(-3, 1, 0), (5, 1, 1), "an order dated in the future");
        assert_eq!(check(30, 2, 50_000), (5, 2, 1));
        assert_eq!(check(31, 3, 50_001), (4, 3, 2));
        assert_eq!(check(90, 4, 150_000), (4, 3, 2));
        assert_eq!(check(91, 5, 150_001), (3, 4, 3));
        assert_eq!(check(181, 8, 500_001), (2, 4, 4));
        assert_eq!(check(365, 9, 1_500_000), (2, 5, 4));
        assert_eq!(check(366, u16::MAX, u64::MAX), (1, 5, 5));
    }

    #[test]
    fn the_groups_are_those_of_the_table() {
        use RfmGroup::{AtRisk, Champion, Lost, Loyal, NewCustomer, Promising};
        for (recency, by_frequency) in [
            (5, [NewCustomer, NewCustomer, Loyal, Champion, Champion]),
            (4, [NewCustomer, NewCustomer, Loyal, Champion, Champion]),
            (3, [Promising, Promising, Loyal, Loyal, Loyal]),
            (2, [AtRisk; 5]),
            (1, [Lost, Lost, AtRisk, AtRisk, AtRisk]),
        ] {
            for (frequency, group) in (1..).zip(by_frequency) {
                let rfm = |money| Rfm {
                    recency,
                    frequency,
                    money,
                };
                assert_eq!(rfm(4).group(), group, "{recency}-{frequency}-4");
                let poorer = if group == Champion { Loyal } else { group };
                assert_eq!(rfm(3).group(), poorer, "{recency}-{frequency}-3");
            }
        }
    }

    #[test]
    fn who_bought_nothing_is_in_no_group() {
        let (_, today) = orders(0, 1, 0);
        assert_eq!(RfmGroup::of(None, today, &RULES), RfmGroup::None);
    }
}
