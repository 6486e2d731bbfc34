//! On which days a member was active, in 30 bytes: enough for every retention, DAU, WAU, MAU and
//! churn number, for ever.

use crate::days::LocalDay;

/// Active days as two bitmaps. Days are the community's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Activity {
    /// Bit *n*: active at age *n* days (0–127) from the first day seen.
    pub first_days: u128,
    /// The last active day.
    pub last: Option<LocalDay>,
    /// Bit *n* (0–95): active *n* days before [`Activity::last`].
    pub recent_days: u128,
    /// Bit *n*: something of their own accord at age *n* days (0–15), not only an answer to a message
    /// of ours.
    pub organic_days: u16,
}

/// How many days `recent_days` holds.
pub const RECENT_DAYS: u32 = 96;
const RECENT_MASK: u128 = (1 << RECENT_DAYS) - 1;

impl Activity {
    /// Marks `day` as active for a member first seen on `first`.
    pub fn mark(&mut self, day: LocalDay, first: LocalDay) {
        if let Ok(age @ 0..=127) = u32::try_from(day.since(first)) {
            self.first_days |= 1 << age;
        }
        match self.last {
            None => {
                self.last = Some(day);
                self.recent_days = 1;
            }
            Some(last) if day > last => {
                let shift = u32::try_from(day.since(last)).unwrap_or(u32::MAX);
                self.recent_days =
                    self.recent_days.checked_shl(shift).unwrap_or(0) & RECENT_MASK | 1;
                self.last = Some(day);
            }
            Some(last) => {
                if let Ok(back @ 0..RECENT_DAYS) = u32::try_from(last.since(day)) {
                    self.recent_days |= 1 << back;
                }
            }
        }
    }

    /// Marks `day` as one with something of their own accord, beside [`Activity::mark`].
    pub fn mark_organic(&mut self, day: LocalDay, first: LocalDay) {
        if let Ok(age @ 0..=15) = u32::try_from(day.since(first)) {
            self.organic_days |= 1 << age;
        }
    }

    /// The first day seen turned out to be `days` earlier: every age grows.
    pub fn age_by(&mut self, days: i32) {
        let shift = u32::try_from(days).unwrap_or(0);
        self.first_days = self.first_days.checked_shl(shift).unwrap_or(0);
        self.organic_days = self.organic_days.checked_shl(shift).unwrap_or(0);
    }

    /// Whether `day` was active; `false` for days older than the bitmap.
    pub fn active_on(&self, day: LocalDay) -> bool {
        self.recent_within(day, day) != 0
    }

    /// Whether any of `from..=until` was active.
    pub fn active_within(&self, from: LocalDay, until: LocalDay) -> bool {
        self.recent_within(from, until) != 0
    }

    /// The days of `from..=until` that were active: bit *n* = `until` − *n*. Holds spans of up to
    /// 96 days.
    pub fn recent_within(&self, from: LocalDay, until: LocalDay) -> u128 {
        let Some(last) = self.last else { return 0 };
        let span = until.since(from);
        if span < 0 {
            return 0;
        }
        // Bring `until` to bit 0.
        let ahead = last.since(until);
        let aligned = if ahead >= 0 {
            self.recent_days
                .checked_shr(ahead.unsigned_abs())
                .unwrap_or(0)
        } else {
            self.recent_days
                .checked_shl(ahead.unsigned_abs())
                .unwrap_or(0)
        };
        let width = u32::try_from(span).unwrap_or(127).min(126) + 1;
        aligned & ((1_u128 << width) - 1)
    }

    /// Whether the member did something of their own accord at an age of `from..=until` days, as far as
    /// the first 16 tell.
    pub fn organic_at_age(&self, from: u32, until: u32) -> bool {
        let bits = self.organic_days.checked_shr(from).unwrap_or(0);
        let width = until.saturating_sub(from).min(14) + 1;
        bits & ((1_u16 << width) - 1) != 0
    }

    /// Whether the member was active at an age of `from..=until` days.
    pub fn active_at_age(&self, from: u32, until: u32) -> bool {
        let bits = self.first_days.checked_shr(from).unwrap_or(0);
        let width = until.saturating_sub(from).min(126) + 1;
        bits & ((1_u128 << width) - 1) != 0
    }

    /// The last active day that is not after `as_of`, as far as the bitmap reaches.
    pub fn last_until(&self, as_of: LocalDay) -> Option<LocalDay> {
        let last = self.last?;
        if last <= as_of {
            return Some(last);
        }
        let bits = self.recent_within(as_of.plus(-95), as_of);
        (bits != 0).then(|| as_of.plus(-i32::try_from(bits.trailing_zeros()).unwrap_or(0)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(n: i32) -> LocalDay {
        LocalDay::from_epoch_days(20_000 + n)
    }

    proptest! {
        /// Against the obvious model: a set of days.
        #[test]
        fn the_bitmaps_are_the_set_of_days(days in prop::collection::vec(0..200_i32, 1..40), from in 0..200_i32, width in 0..60_i32) {
            let first = *days.iter().min().unwrap();
            let mut activity = Activity::default();
            for d in &days {
                activity.mark(day(*d), day(first));
            }
            let last = *days.iter().max().unwrap();
            let seen = |d: i32| days.contains(&d) && last - d < 96;
            prop_assert_eq!(activity.active_on(day(from)), seen(from));
            prop_assert_eq!(activity.active_within(day(from), day(from + width)), (from..=from + width).any(seen));
            let age = u32::try_from(width).unwrap();
            prop_assert_eq!(activity.active_at_age(age, age + 6), (age..=age + 6).any(|a| a < 128 && days.contains(&(first + i32::try_from(a).unwrap()))));
            prop_assert_eq!(activity.last_until(day(from)), (0..=from).rev().find(|d| days.contains(d) && (last <= from || last - d < 96)).map(day));
        }

        /// A first day that turns out earlier gives what knowing it from the start gives.
        #[test]
        fn an_earlier_first_day_shifts_every_age(days in prop::collection::vec(10..150_i32, 1..20), earlier in 0..10_i32) {
            let first = *days.iter().min().unwrap();
            let (mut late, mut known) = (Activity::default(), Activity::default());
            for d in &days {
                late.mark(day(*d), day(first));
                known.mark(day(*d), day(first - earlier));
            }
            late.age_by(earlier);
            prop_assert_eq!(late, known);
        }
    }
}
