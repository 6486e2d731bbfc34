//! A number against the weeks before it: the difference to the last one and to the mean of four, and
//! whether it is out of the ordinary.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::definitions::definitions;
use super::light::Light;
use super::numbers::Numbers;
use super::report::Revision;
use crate::days::IsoWeek;

/// Weeks before its own that a report knows: with it, those of the longest quarter.
pub const WEEKS: i32 = 13;
/// Weeks of a mean.
const MEAN: i32 = 4;
/// Weeks in which a number must have been measured, and of how many, to say what is ordinary.
const ORDINARY: (usize, i32) = (6, 8);
/// Robust deviations from the median beyond which a number is out of the ordinary.
const BEYOND: f64 = 3.0;
/// The median of absolute deviations, times this, is a standard deviation where numbers are normal.
/// Source: Rousseeuw and Croux, JASA 88 (1993), 1273–1283.
const TO_SIGMA: f64 = 1.482_602_218_505_602;

/// How a week was judged, and in which revision of its report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Its light.
    pub light: Light,
    /// Provisional or final: the page that tells of it.
    pub revision: Revision,
}

/// What was measured in an earlier week.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// The week.
    pub week: IsoWeek,
    /// By [`super::Definition::key`]; shares as fractions. What was below its minimum sample is left out.
    pub figures: BTreeMap<String, f64>,
    /// What was below its minimum sample, by [`super::Definition::key`]: shown with a mark, and held against
    /// nothing. Records of before this was told apart have it in `figures`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub few: BTreeMap<String, f64>,
    /// Members at the start of Monday; absent where they are not known, and in records of before this
    /// was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members_start: Option<u64>,
    /// Members who are in none of the numbers, because their item could not be read.
    #[serde(default, skip_serializing_if = "is_nobody")]
    pub unreadable: u64,
    /// How it was judged; records of before this was kept do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
fn is_nobody(members: &u64) -> bool {
    *members == 0
}

impl Figures {
    /// A week of which nothing is known.
    pub fn none(week: IsoWeek) -> Self {
        Self {
            week,
            figures: BTreeMap::new(),
            few: BTreeMap::new(),
            members_start: None,
            unreadable: 0,
            verdict: None,
        }
    }

    /// Everything that was measured in a week.
    pub fn of(numbers: &Numbers) -> Self {
        let mut of = Self {
            members_start: (!numbers.is_unknown("members_start")).then_some(numbers.members_start),
            unreadable: numbers.unreadable.members,
            ..Self::none(numbers.week)
        };
        for definition in definitions() {
            let Some(value) = definition.value(numbers) else {
                continue;
            };
            let figures = if definition.is_below_sample(numbers) {
                &mut of.few
            } else {
                &mut of.figures
            };
            figures.insert(definition.key.to_owned(), value);
        }
        of
    }
}

/// The weeks before a report's own, as far as they were reported.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct History(Vec<Figures>);

impl History {
    /// Of the [`WEEKS`] before `week`; others are left out, and of a week told twice the last counts.
    pub fn before(week: IsoWeek, weeks: impl IntoIterator<Item = Figures>) -> Self {
        let by_week: BTreeMap<IsoWeek, Figures> = weeks
            .into_iter()
            .filter(|figures| (week.plus(-WEEKS)..week).contains(&figures.week))
            .map(|figures| (figures.week, figures))
            .collect();
        Self(by_week.into_values().collect())
    }

    /// The weeks, ascending.
    pub fn weeks(&self) -> &[Figures] {
        &self.0
    }

    /// A number of one week.
    pub fn figure(&self, week: IsoWeek, key: &str) -> Option<f64> {
        let figures = self.0.iter().find(|figures| figures.week == week)?;
        figures.figures.get(key).copied()
    }

    /// The mean of the four weeks before `week`, if it was measured in all of them.
    pub fn mean4(&self, week: IsoWeek, key: &str) -> Option<f64> {
        let values = (1..=MEAN).map(|ago| self.figure(week.plus(-ago), key));
        let values: Option<Vec<f64>> = values.collect();
        Some(values?.iter().sum::<f64>() / f64::from(MEAN))
    }

    /// The values of the weeks before `week`, as far back as is held against it.
    fn ordinary(&self, week: IsoWeek, key: &str) -> Option<Vec<f64>> {
        let (least, weeks) = ORDINARY;
        let values = (1..=weeks).filter_map(|ago| self.figure(week.plus(-ago), key));
        let values: Vec<f64> = values.collect();
        (values.len() >= least).then_some(values)
    }
}

/// A number that is out of the ordinary.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Anomaly {
    /// Which, by [`super::Definition::key`].
    pub key: String,
    /// This week's value.
    pub value: f64,
    /// The median of the weeks before.
    pub median: f64,
    /// Robust deviations from it; negative = below.
    pub deviations: f64,
}

/// The median; of an even number of values, the mean of the two in the middle.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    Some(f64::midpoint(
        *values.get(last / 2)?,
        *values.get(last.div_ceil(2))?,
    ))
}

/// The robust deviation of values: the median of their distances from their median, as large as the
/// standard deviation of normal ones.
pub fn robust_deviation(values: &[f64]) -> Option<f64> {
    let middle = median(values)?;
    let distances: Vec<f64> = values.iter().map(|value| (value - middle).abs()).collect();
    Some(median(&distances)? * TO_SIGMA)
}

/// Numbers more than three robust deviations from the median of the last eight weeks, the farthest
/// first. Where most of these weeks are the same there is no measure of how far is far, and nothing is
/// said.
pub(super) fn anomalies(numbers: &Numbers, history: &History) -> Vec<Anomaly> {
    let found = definitions().filter(|definition| !definition.is_below_sample(numbers));
    let found = found.filter_map(|definition| {
        let value = definition.value(numbers)?;
        let before = history.ordinary(numbers.week, definition.key)?;
        let (median, deviation) = (median(&before)?, robust_deviation(&before)?);
        let deviations = (value - median) / deviation;
        let far = deviation > 0.0 && deviations.abs() > BEYOND;
        far.then(|| Anomaly {
            key: definition.key.to_owned(),
            value,
            median,
            deviations: (deviations * 1e9).round() / 1e9,
        })
    });
    let mut found: Vec<Anomaly> = found.collect();
    found.sort_by(|a, b| b.deviations.abs().total_cmp(&a.deviations.abs()));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kpi::testing::{member, numbers, numbers_of, week};

    fn history(key: &str, values: &[(i32, f64)]) -> History {
        let figures = values.iter().map(|(ago, value)| Figures {
            figures: [(key.to_owned(), *value)].into(),
            ..Figures::none(week().plus(-ago))
        });
        History::before(week(), figures)
    }

    #[test]
    fn only_the_weeks_before_are_known_and_each_once() {
        let known = history(
            "new",
            &[
                (0, 9.0),
                (-1, 9.0),
                (14, 9.0),
                (13, 1.0),
                (1, 2.0),
                (1, 3.0),
            ],
        );
        let weeks: Vec<i32> = known
            .weeks()
            .iter()
            .map(|f| week().index() - f.week.index())
            .collect();
        assert_eq!(weeks, [13, 1]);
        assert_eq!(known.figure(week().plus(-1), "new"), Some(3.0));
        assert_eq!(known.figure(week().plus(-1), "left"), None);
    }

    /// 19 of 20 members write; then one of them is not a member.
    #[test]
    fn what_is_below_its_sample_is_kept_apart_and_nothing_is_held_against_it() {
        let people = |members: u8| -> Vec<_> {
            let one = |n| member(&format!("m{n}"), -20).wrote(0, 1);
            (0..members).map(one).collect()
        };
        let twenty = Figures::of(&numbers_of(&people(20)));
        assert_eq!(twenty.figures.get("speaking_rate"), Some(&1.0));
        assert_eq!(twenty.members_start, Some(20));
        assert!(!twenty.few.contains_key("speaking_rate"));
        let few = Figures::of(&numbers_of(&people(19)));
        assert_eq!(few.few.get("speaking_rate"), Some(&1.0));
        assert!(!few.figures.contains_key("speaking_rate"));
        assert_eq!(
            few.figures.get("messages"),
            Some(&19.0),
            "a count has no sample"
        );
        let weeks = (1..=8).map(|ago| Figures {
            week: week().plus(-ago),
            ..few.clone()
        });
        let history = History::before(week(), weeks);
        assert_eq!(history.mean4(week(), "messages"), Some(19.0));
        assert_eq!(history.mean4(week(), "speaking_rate"), None);
        assert_eq!(history.figure(week().plus(-1), "speaking_rate"), None);
        let json = serde_json::to_string(&few).unwrap();
        assert_eq!(serde_json::from_str::<Figures>(&json).unwrap(), few);
    }

    #[test]
    fn records_of_before_samples_were_told_apart_are_read() {
        let old = r#"{"week":"2026-W01","figures":{"new":3.0}}"#;
        let read: Figures = serde_json::from_str(old).unwrap();
        assert_eq!((read.members_start, read.unreadable), (None, 0));
        assert_eq!(serde_json::to_string(&read).unwrap(), old);
    }

    #[test]
    fn a_mean_of_four_weeks_has_four_weeks() {
        let four = [(1, 1.0), (2, 2.0), (3, 3.0), (4, 6.0)];
        assert_eq!(history("new", &four).mean4(week(), "new"), Some(3.0));
        assert_eq!(history("new", &four[..3]).mean4(week(), "new"), None);
        assert_eq!(history("new", &[]).mean4(week(), "new"), None);
    }

    #[test]
    fn what_is_far_from_the_weeks_before_is_an_anomaly() {
        let steady = [
            (1, 100.0),
            (2, 104.0),
            (3, 96.0),
            (4, 101.0),
            (5, 99.0),
            (6, 100.0),
        ];
        let found = |value: u64, before: &[(i32, f64)]| {
            let mut numbers = numbers();
            numbers.messages = value;
            let found = anomalies(&numbers, &history("messages", before));
            found
                .iter()
                .map(|anomaly| anomaly.deviations.round())
                .collect::<Vec<f64>>()
        };
        // The median is 100, the robust deviation 1.4826 of it.
        assert_eq!(found(104, &steady), [] as [f64; 0]);
        assert_eq!(found(105, &steady), [3.0]);
        assert_eq!(found(40, &steady), [-40.0]);
        assert_eq!(found(40, &steady[..5]), [] as [f64; 0], "too few weeks");
        let same = [1, 2, 3, 4, 5, 6].map(|ago| (ago, 100.0));
        assert_eq!(found(40, &same), [] as [f64; 0], "nothing to measure by");
    }

    #[test]
    fn medians_are_in_the_middle() {
        for (values, expected) in [
            (vec![], None),
            (vec![3.0], Some(3.0)),
            (vec![3.0, 1.0], Some(2.0)),
            (vec![9.0, 1.0, 2.0], Some(2.0)),
        ] {
            assert_eq!(median(&values), expected, "{values:?}");
        }
        assert_eq!(robust_deviation(&[]), None);
    }
}
