//! Who is likely to fall silent: a logistic score from the days on which a member was active.
//!
//! Everything it looks at is in the activity of the days before, so that the same features can be taken of
//! any past day: weights are fitted on what became of members (`hearth report fit`), and checked there.

use std::collections::BTreeMap;

use crate::days::LocalDay;
use crate::member::Activity;

/// What the score looks at, in the order of [`Weights`]; days up to and with the day of the score.
pub const FEATURES: [&str; 3] = ["recency", "trend", "streak_loss"];
/// Only who was active within so many days has something to lose.
pub const WITHIN: i32 = 30;
/// Above this a member is listed.
pub const LISTED: f64 = 0.7;
const COUNT: usize = FEATURES.len();

/// What is known of a member on a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Features(
    /// In the order of [`FEATURES`].
    pub [f64; COUNT],
);

impl Features {
    /// Of a day, from what came up to its end. `None` for who was not active in the [`WITHIN`] days
    /// that end with it: they have fallen silent already.
    ///
    /// - `recency`: days since the last active day, / 30;
    /// - `trend`: active days of the last 14 less those of the 14 before, / 14;
    /// - `streak_loss`: 1 for who was there on 5 of 7 days in a row within the last 30 and has not been
    ///   there for 4 days.
    pub fn of(activity: &Activity, day: LocalDay) -> Option<Self> {
        let days = activity.recent_within(day.plus(1 - WITHIN), day);
        if days == 0 {
            return None;
        }
        let recency = days.trailing_zeros();
        let count = |bits: u128| f64::from(bits.count_ones());
        let (last, before) = (days & 0x3fff, days >> 14 & 0x3fff);
        let often = (0..=WITHIN - 7).any(|back| (days >> back & 0x7f).count_ones() >= 5);
        Some(Self([
            f64::from(recency) / 30.0,
            (count(last) - count(before)) / 14.0,
            f64::from(u8::from(often && recency >= 4)),
        ]))
    }
}

/// Weights of a logistic score: `1 / (1 + e^−(intercept + Σ weight × feature))`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// Of nothing.
    pub intercept: f64,
    /// Of each feature, in the order of [`FEATURES`].
    pub features: [f64; COUNT],
}

impl Default for Weights {
    fn default() -> Self {
        Self::GUESS
    }
}

impl Weights {
    /// A guess to begin with: a month of silence is likely after two silent weeks (70 %), sooner where
    /// it goes down. `hearth report fit` gives a community its own.
    pub const GUESS: Self = Self {
        intercept: -1.5,
        features: [5.0, -2.0, 0.8],
    };

    /// The probability, 0 to 1.
    pub fn score(&self, features: &Features) -> f64 {
        let sum: f64 = self
            .features
            .iter()
            .zip(features.0)
            .map(|(weight, x)| weight * x)
            .sum();
        1.0 / (1.0 + (-(self.intercept + sum)).exp())
    }

    /// As the playbook's `[risk]` names them.
    pub fn named(&self) -> BTreeMap<&'static str, f64> {
        let features = FEATURES.into_iter().zip(self.features);
        std::iter::once(("intercept", self.intercept))
            .chain(features)
            .collect()
    }
}

/// A member as they were on a day, and whether they were not active in the [`WITHIN`] days after it.
pub type Sample = (Features, bool);

/// The member's sample of the day that leaves enough days after it.
pub fn sample(activity: &Activity, as_of: LocalDay) -> Option<Sample> {
    let features = Features::of(activity, as_of.plus(-WITHIN))?;
    let silent = !activity.active_within(as_of.plus(1 - WITHIN), as_of);
    Some((features, silent))
}

/// Weights that make what was seen most likely, by Newton's method; a very small ridge keeps them finite
/// where a feature tells everything. `None` where all fell silent, or none did: nothing is to be learned.
/// Source: Hastie, Tibshirani, Friedman, "The Elements of Statistical Learning", 2nd ed., 4.4.1.
pub fn fit(samples: &[Sample]) -> Option<Weights> {
    const ROUNDS: usize = 50;
    const RIDGE: f64 = 1e-9;
    let silent = samples.iter().filter(|(_, silent)| *silent).count();
    if silent == 0 || silent == samples.len() {
        return None;
    }
    let mut weights = [0.0; COUNT + 1];
    for _ in 0..ROUNDS {
        let mut gradient = weights.map(|weight| -RIDGE * weight);
        let mut hessian = [[0.0; COUNT + 1]; COUNT + 1];
        for (row, line) in hessian.iter_mut().enumerate() {
            line.iter_mut()
                .skip(row)
                .take(1)
                .for_each(|cell| *cell = RIDGE);
        }
        for (features, silent) in samples {
            let x = with_one(features);
            let p = of(&weights).score(features);
            let miss = f64::from(u8::from(*silent)) - p;
            for ((slope, line), x_row) in gradient.iter_mut().zip(&mut hessian).zip(x) {
                *slope += miss * x_row;
                for (cell, x_column) in line.iter_mut().zip(x) {
                    *cell += p * (1.0 - p) * x_row * x_column;
                }
            }
        }
        let step = solve(hessian, gradient)?;
        weights
            .iter_mut()
            .zip(step)
            .for_each(|(weight, step)| *weight += step);
        if step.iter().all(|step| step.abs() < 1e-10) {
            break;
        }
    }
    weights
        .iter()
        .all(|weight| weight.is_finite())
        .then(|| of(&weights))
}

fn with_one(features: &Features) -> [f64; COUNT + 1] {
    let [a, b, c] = features.0;
    [1.0, a, b, c]
}

fn of(weights: &[f64; COUNT + 1]) -> Weights {
    let [intercept, features @ ..] = *weights;
    Weights {
        intercept,
        features,
    }
}

/// Gauss–Jordan with the greatest pivot; `None` if the rows depend on each other.
fn solve<const N: usize>(mut rows: [[f64; N]; N], mut right: [f64; N]) -> Option<[f64; N]> {
    for column in 0..N {
        let pivot = (column..N).max_by(|a, b| {
            let size = |row: usize| {
                rows.get(row)
                    .and_then(|row| row.get(column))
                    .map_or(0.0, |x| x.abs())
            };
            size(*a).total_cmp(&size(*b))
        })?;
        rows.swap(column, pivot);
        right.swap(column, pivot);
        let row = *rows.get(column)?;
        let value = *right.get(column)?;
        let scale = *row.get(column)?;
        if scale.abs() < 1e-300 {
            return None;
        }
        for (at, (line, result)) in rows.iter_mut().zip(&mut right).enumerate() {
            let factor = *line.get(column)? / scale;
            if at == column {
                continue;
            }
            line.iter_mut()
                .zip(row)
                .for_each(|(cell, of)| *cell -= factor * of);
            *result -= factor * value;
        }
    }
    let mut solution = right;
    for (at, (cell, row)) in solution.iter_mut().zip(rows).enumerate() {
        *cell /= row.get(at)?;
    }
    Some(solution)
}

/// How often, of one member who fell silent and one who did not, the first had the greater score; ties
/// count half (the area under the ROC curve). `None` where there is no such pair.
/// Source: Hanley and McNeil, Radiology 143 (1982), 29–36.
pub fn auc(weights: &Weights, samples: &[Sample]) -> Option<f64> {
    let mut scored: Vec<(f64, bool)> = samples
        .iter()
        .map(|(features, silent)| (weights.score(features), *silent))
        .collect();
    scored.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    let (mut below, mut pairs_won) = (0_u64, 0.0);
    for same in scored.chunk_by(|(a, _), (b, _)| a.total_cmp(b).is_eq()) {
        let silent = same.iter().filter(|(_, silent)| *silent).count() as u64;
        let stayed = same.len() as u64 - silent;
        pairs_won += silent as f64 * (below as f64 + stayed as f64 / 2.0);
        below += stayed;
    }
    let silent = scored.len() as u64 - below;
    let pairs = silent as f64 * below as f64;
    (pairs > 0.0).then(|| pairs_won / pairs)
}

#[cfg(test)]
mod tests;
