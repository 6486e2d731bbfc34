//! What can still be told of a week that is long over. Members keep two weeks in full; of older ones
//! they keep on which days they were active, for 96 days, and when they came. What follows from that is
//! exact; everything else is left out and marked, because a number made from less would only look right.

use std::collections::BTreeMap;

use super::aggregate::Aggregate;
use super::commerce::OrderNumbers;
use super::definitions::{Group, Source, definitions};
use super::numbers::Numbers;
use super::retention::{Horizons, Retention};
use crate::days::{IsoWeek, LocalDay};
use crate::member::RECENT_DAYS;

/// A week of which members don't even remember on which days they were active.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a report of {week} can't be made any more: members' active days are kept for {RECENT_DAYS} days; the earliest week that can be made today is {earliest}"
)]
pub struct TooOld {
    /// The week that was asked for.
    pub week: IsoWeek,
    /// The first week that can be made.
    pub earliest: IsoWeek,
}

/// How much members still tell of a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Everything: the week is this one, or the one before.
    Whole,
    /// What follows from their active days and first days.
    Days {
        /// The 30 days up to the week's end are all remembered.
        last30: bool,
        /// The 30 days before these, too.
        before: bool,
    },
}

/// What the active days of the week itself, first days and the week's own sums tell, beside retention.
const TOLD: [&str; 9] = [
    "new",
    "mean_dau",
    "wau",
    "orders",
    "revenue",
    "average_order",
    "nps",
    "satisfaction",
    "negative_share",
];
/// What takes the 30 days up to the week's end.
const OF_30_DAYS: [&str; 2] = ["mau30", "stickiness"];
/// What takes the 60 days up to the week's end.
const OF_60_DAYS: [&str; 3] = ["prev30_active", "churned30", "churn30"];
/// What the record has beside its numbers, by path within it, and is not told of an old week either: noughts
/// that count nothing.
const FIELDS: [&str; 19] = [
    "members_start",
    "mean_members",
    "posted",
    "staff",
    "staff_messages",
    "scored",
    "woken",
    "recalled",
    "checked_in",
    "streaks",
    "heat",
    "funnel",
    "onboarding",
    "win_back",
    "orders.with_order",
    "orders.with_second_order",
    "members_before_30",
    "retention.cohorts.*.rolling",
    "retention.all.rolling",
];
/// After the first 128 days, the days on which somebody was active are forgotten like all others.
const ROLLING: &str = "retention_rolling";

impl Reach {
    /// What can be told of `week` on `today`, a day of the community.
    pub fn of(week: IsoWeek, today: LocalDay) -> Result<Self, TooOld> {
        if week >= today.week().plus(-1) {
            return Ok(Self::Whole);
        }
        let kept = i32::try_from(RECENT_DAYS).unwrap_or(i32::MAX);
        let oldest = today.plus(1 - kept);
        let earliest = oldest.plus(6).week();
        if week < earliest {
            return Err(TooOld { week, earliest });
        }
        let sunday = week.sunday();
        Ok(Self::Days {
            last30: sunday.plus(-29) >= oldest,
            before: sunday.plus(-59) >= oldest,
        })
    }

    fn tells(self, group: Group, key: &str) -> bool {
        match self {
            Self::Whole => true,
            Self::Days { last30, before } => {
                TOLD.contains(&key)
                    || (last30 && OF_30_DAYS.contains(&key))
                    || (before && OF_60_DAYS.contains(&key))
                    || (group == Group::Retention && !key.starts_with(ROLLING))
            }
        }
    }
}

impl Numbers {
    /// Only what is within reach; the keys of all else are in [`Numbers::unknown`], with the paths of what
    /// has no key, and their fields as empty as nobody's.
    #[must_use]
    pub fn within(self, reach: Reach) -> Self {
        let Reach::Days { last30, before } = reach else {
            return self;
        };
        let unknown = definitions()
            .filter(|definition| matches!(definition.source, Source::Measured(_)))
            .filter(|definition| !reach.tells(definition.group, definition.key))
            .map(|definition| definition.key);
        let unknown = unknown.chain(FIELDS).map(str::to_owned);
        let mut told = Self {
            unknown: unknown.collect(),
            unreadable: self.unreadable,
            first_observed: self.first_observed,
            days_observed: self.days_observed,
            new: self.new,
            dau: self.dau,
            mean_dau: self.mean_dau,
            wau: self.wau,
            retention: without_rolling(self.retention),
            curve: self.curve,
            triangle: self.triangle,
            orders: OrderNumbers {
                with_order: 0,
                with_second_order: 0,
                paying_rate: None,
                spent_minor: 0,
                ltv_minor: None,
                repurchase_rate: None,
                rfm: BTreeMap::new(),
                ..self.orders
            },
            feedback: self.feedback,
            // The hours, the segments and whatever else an empty week would show as noughts.
            segments: BTreeMap::new(),
            joined_by_source: BTreeMap::new(),
            retention_by_source: self.retention_by_source,
            ..Aggregate::new(self.week, self.as_of).finish()
        };
        if last30 {
            (told.mau30, told.stickiness) = (self.mau30, self.stickiness);
        }
        if before {
            (told.prev30_active, told.churned30) = (self.prev30_active, self.churned30);
            told.churn30 = self.churn30;
        }
        told
    }

    /// Whether members don't remember what a number is made of. By [`super::Definition::key`], or the path of
    /// what has none.
    pub fn is_unknown(&self, key: &str) -> bool {
        self.unknown.iter().any(|unknown| unknown == key)
    }
}

fn without_rolling(mut retention: Retention) -> Retention {
    for cohort in retention.cohorts.values_mut() {
        cohort.rolling = Horizons::default();
    }
    retention.all.rolling = Horizons::default();
    retention
}

#[cfg(test)]
mod tests;
