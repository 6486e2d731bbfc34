//! Retention of cohorts: who was active N days after they came.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

use super::numbers::ratio;
use crate::days::{IsoWeek, LocalDay};
use crate::member::Activity;

/// Which ages count as "retained at N days". Age 0 is the first day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Window {
    /// Active at exactly N.
    Classic,
    /// Active at N to N + 6: the headline, since it does not hang on a weekday.
    Bracket,
    /// Active at any age from N on.
    Rolling,
}

impl Window {
    /// All of them, in the order of files and pages.
    pub const ALL: [Self; 3] = [Self::Classic, Self::Bracket, Self::Rolling];

    /// As file names write it: `retention_classic.csv`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Classic => "classic",
            Self::Bracket => "bracket",
            Self::Rolling => "rolling",
        }
    }

    /// The age at which the window is over and a member counts.
    fn over_at(self, horizon: u32) -> u32 {
        match self {
            Self::Classic | Self::Rolling => horizon,
            Self::Bracket => horizon + 6,
        }
    }
}

/// Of how many members the window is over, and how many of them were active in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Written")]
pub struct Kept {
    /// Members of whom the window is over: the denominator.
    pub eligible: u64,
    /// Those of them who were active in the window.
    pub retained: u64,
}

/// [`Kept`] as the record shows it: readers of the JSON need not divide.
#[derive(Serialize)]
struct Written {
    eligible: u64,
    retained: u64,
    rate: Option<f64>,
}

impl From<Kept> for Written {
    fn from(kept: Kept) -> Self {
        Self {
            eligible: kept.eligible,
            retained: kept.retained,
            rate: kept.rate(),
        }
    }
}

impl Kept {
    /// One member in the headline's window, with what is known up to the end of `as_of`.
    pub(super) fn on_days_7_to_13(activity: &Activity, first: LocalDay, as_of: LocalDay) -> Self {
        let mut cohort = Cohort::default();
        cohort.add(activity, first, as_of);
        cohort.bracket.d7
    }

    /// retained / eligible; `None` while nobody is eligible.
    pub fn rate(self) -> Option<f64> {
        ratio(self.retained, self.eligible)
    }
}

impl AddAssign for Kept {
    fn add_assign(&mut self, other: Self) {
        self.eligible += other.eligible;
        self.retained += other.retained;
    }
}

/// One window at the three ages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Horizons {
    /// N = 7 days.
    pub d7: Kept,
    /// N = 30 days.
    pub d30: Kept,
    /// N = 90 days.
    pub d90: Kept,
}

impl Horizons {
    /// Each with its N, ascending.
    pub fn all(self) -> [(u32, Kept); 3] {
        [(7, self.d7), (30, self.d30), (90, self.d90)]
    }
}

impl AddAssign for Horizons {
    fn add_assign(&mut self, other: Self) {
        self.d7 += other.d7;
        self.d30 += other.d30;
        self.d90 += other.d90;
    }
}

/// Members by the ISO week of their first day. Leavers stay in; a return changes nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cohort {
    /// Members.
    pub size: u64,
    /// At exactly N.
    pub classic: Horizons,
    /// At N to N + 6.
    pub bracket: Horizons,
    /// At N or later.
    pub rolling: Horizons,
}

impl Cohort {
    /// One kind of window.
    pub fn window(&self, window: Window) -> Horizons {
        match window {
            Window::Classic => self.classic,
            Window::Bracket => self.bracket,
            Window::Rolling => self.rolling,
        }
    }

    /// Counts one member, with what is known up to the end of `as_of`.
    pub(super) fn add(&mut self, activity: &Activity, first: LocalDay, as_of: LocalDay) {
        let Ok(age) = u32::try_from(as_of.since(first)) else {
            return;
        };
        self.size += 1;
        for window in Window::ALL {
            let kept = |horizon| {
                let eligible = age >= window.over_at(horizon);
                let retained = eligible && is_active(activity, window, horizon, first, as_of);
                Kept {
                    eligible: u64::from(eligible),
                    retained: u64::from(retained),
                }
            };
            let horizons = Horizons {
                d7: kept(7),
                d30: kept(30),
                d90: kept(90),
            };
            match window {
                Window::Classic => self.classic += horizons,
                Window::Bracket => self.bracket += horizons,
                Window::Rolling => self.rolling += horizons,
            }
        }
    }
}

/// Whether the member was active in a window that is over by `as_of`.
fn is_active(
    activity: &Activity,
    window: Window,
    horizon: u32,
    first: LocalDay,
    as_of: LocalDay,
) -> bool {
    match window {
        // These windows end by `as_of`, so no later day can be among them.
        Window::Classic => activity.active_at_age(horizon, horizon),
        Window::Bracket => activity.active_at_age(horizon, horizon + 6),
        Window::Rolling => {
            let from = first.plus(i32::try_from(horizon).unwrap_or(i32::MAX));
            let age = u32::try_from(as_of.since(first)).unwrap_or(0);
            // The first days know what the recent ones have forgotten in an old report; the
            // recent ones know what came after day 127.
            activity.active_at_age(horizon, age.min(127))
                || activity.last_until(as_of).is_some_and(|last| last >= from)
        }
    }
}

impl AddAssign for Cohort {
    fn add_assign(&mut self, other: Self) {
        self.size += other.size;
        self.classic += other.classic;
        self.bracket += other.bracket;
        self.rolling += other.rolling;
    }
}

/// All cohorts and their sum.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    /// By the week of the first day; weeks in which nobody came are not there.
    pub cohorts: BTreeMap<IsoWeek, Cohort>,
    /// Pooled: the sums over all cohorts.
    pub all: Cohort,
}

impl Retention {
    pub(super) fn of(cohorts: BTreeMap<IsoWeek, Cohort>) -> Self {
        let all = cohorts.values().fold(Cohort::default(), |mut all, cohort| {
            all += *cohort;
            all
        });
        Self { cohorts, all }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(n: i32) -> LocalDay {
        LocalDay::from_epoch_days(20_000 + n)
    }

    /// A member first seen on day 0 and active at some ages, seen from the end of day `as_of`.
    fn cohort(ages: &[i32], as_of: i32) -> Cohort {
        let mut activity = Activity::default();
        for age in ages {
            activity.mark(day(*age), day(0));
        }
        let mut cohort = Cohort::default();
        cohort.add(&activity, day(0), day(as_of));
        cohort
    }

    /// `-` = not eligible, `0` = not retained, `1` = retained; D7 D30 D90.
    fn shown(horizons: Horizons) -> String {
        horizons
            .all()
            .map(|(_, kept)| {
                if kept.eligible == 0 {
                    '-'
                } else if kept.retained == 0 {
                    '0'
                } else {
                    '1'
                }
            })
            .into_iter()
            .collect()
    }

    #[test]
    fn a_member_counts_once_the_window_is_over() {
        // ages active, as_of, classic, bracket, rolling
        for (ages, as_of, classic, bracket, rolling) in [
            (vec![0], 0, "---", "---", "---"),
            (vec![6], 6, "---", "---", "---"),
            (vec![7], 7, "1--", "---", "1--"),
            (vec![0], 7, "0--", "---", "0--"),
            (vec![7], 12, "1--", "---", "1--"),
            (vec![7], 13, "1--", "1--", "1--"),
            (vec![13], 13, "0--", "1--", "1--"),
            (vec![14], 14, "0--", "0--", "1--"),
            (vec![30], 36, "01-", "01-", "11-"),
            (vec![96], 96, "000", "001", "111"),
            (vec![90], 95, "001", "00-", "111"),
            (vec![200], 200, "000", "000", "111"),
            // What comes after `as_of` is not known yet.
            (vec![0, 8], 7, "0--", "---", "0--"),
            (vec![3, 40], 35, "00-", "0--", "00-"),
            (vec![8, 120], 100, "000", "100", "100"),
        ] {
            let cohort = cohort(&ages, as_of);
            assert_eq!(
                [
                    shown(cohort.classic),
                    shown(cohort.bracket),
                    shown(cohort.rolling)
                ],
                [classic, bracket, rolling],
                "{ages:?} as of {as_of}"
            );
        }
    }

    #[test]
    fn the_record_carries_the_rate() {
        let kept = Kept {
            eligible: 3,
            retained: 1,
        };
        let json = serde_json::to_string(&kept).unwrap();
        assert_eq!(json, r#"{"eligible":3,"retained":1,"rate":0.333333333}"#);
        assert_eq!(serde_json::from_str::<Kept>(&json).unwrap(), kept);
        assert_eq!(Kept::default().rate(), None);
    }

    #[test]
    fn pooled_is_the_sum_of_the_cohorts() {
        let (one, two) = (cohort(&[7], 20), cohort(&[0], 20));
        let retention =
            Retention::of([(IsoWeek::from_index(1), one), (IsoWeek::from_index(2), two)].into());
        assert_eq!(
            retention.all.bracket.d7,
            Kept {
                eligible: 2,
                retained: 1
            }
        );
        assert_eq!(retention.all.size, 2);
    }
}
