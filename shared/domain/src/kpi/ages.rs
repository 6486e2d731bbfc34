//! Who is still there at which age: the curve over days, and the triangle of cohorts over weeks.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::retention::Kept;
use crate::days::{IsoWeek, LocalDay};
use crate::member::Activity;

/// The curve's last age, in days.
pub(super) const LAST_AGE: usize = 90;
/// Weeks of age that the triangle has, from the week that begins at age 7 on.
pub(super) const WEEKS: usize = 12;

/// What both are made of. Merges by adding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ages {
    /// Members by their age at the end of the last day; the last place is for all that are older.
    oldest: Vec<u64>,
    /// Members who were active at each age.
    active: Vec<u64>,
    /// By cohort, for those that still are in the triangle: each week of age.
    cohorts: BTreeMap<IsoWeek, Vec<Kept>>,
}

impl Default for Ages {
    fn default() -> Self {
        Self {
            oldest: vec![0; LAST_AGE + 1],
            active: vec![0; LAST_AGE + 1],
            cohorts: BTreeMap::new(),
        }
    }
}

impl Ages {
    /// Counts one member, with what is known up to the end of `as_of`.
    pub(super) fn add(&mut self, activity: &Activity, first: LocalDay, as_of: LocalDay) {
        let Ok(age) = u32::try_from(as_of.since(first)) else {
            return;
        };
        let oldest = usize::try_from(age).unwrap_or(LAST_AGE).min(LAST_AGE);
        if let Some(count) = self.oldest.get_mut(oldest) {
            *count += 1;
        }
        // What comes after `as_of` is not known yet.
        let mut days = activity.first_days & (u128::MAX >> (127 - age.min(127)));
        while days != 0 {
            let at = days.trailing_zeros();
            days &= days - 1;
            if let Some(count) = usize::try_from(at)
                .ok()
                .and_then(|at| self.active.get_mut(at))
            {
                *count += 1;
            }
        }
        if in_triangle(first.week(), as_of) {
            let weeks = self.cohorts.entry(first.week());
            let weeks = weeks.or_insert_with(|| vec![Kept::default(); WEEKS]);
            for (from, kept) in (7_u32..).step_by(7).zip(weeks) {
                let eligible = age >= from + 6;
                let retained = eligible && activity.active_at_age(from, from + 6);
                kept.eligible += u64::from(eligible);
                kept.retained += u64::from(retained);
            }
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        let add = |mine: &mut [u64], theirs: &[u64]| {
            mine.iter_mut()
                .zip(theirs)
                .for_each(|(mine, theirs)| *mine += theirs);
        };
        add(&mut self.oldest, &other.oldest);
        add(&mut self.active, &other.active);
        for (week, theirs) in other.cohorts {
            let mine = self.cohorts.entry(week);
            let mine = mine.or_insert_with(|| vec![Kept::default(); WEEKS]);
            mine.iter_mut()
                .zip(theirs)
                .for_each(|(mine, theirs)| *mine += theirs);
        }
    }

    /// Whoever is older than an age has been through it.
    pub(super) fn curve(&self) -> Vec<Kept> {
        let mut eligible = 0;
        let mut curve: Vec<Kept> = self
            .oldest
            .iter()
            .zip(&self.active)
            .rev()
            .map(|(members, active)| {
                eligible += members;
                Kept {
                    eligible,
                    retained: *active,
                }
            })
            .collect();
        curve.reverse();
        // A community that is younger has no such ages.
        let known = curve.iter().take_while(|kept| kept.eligible > 0).count();
        curve.truncate(known);
        curve
    }

    pub(super) fn triangle(self) -> BTreeMap<IsoWeek, Vec<Kept>> {
        self.cohorts
    }
}

/// The latest cohorts, as many as there are weeks of age, and the one of the week itself.
fn in_triangle(cohort: IsoWeek, as_of: LocalDay) -> bool {
    let weeks = i32::try_from(WEEKS).unwrap_or(i32::MAX);
    cohort >= as_of.week().plus(-weeks)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(n: i32) -> LocalDay {
        // A Monday.
        LocalDay::from_epoch_days(20_003 + n)
    }

    fn counted(members: &[(i32, &[i32])], as_of: i32) -> Ages {
        let mut ages = Ages::default();
        for (first, active) in members {
            let mut activity = Activity::default();
            for age in *active {
                activity.mark(day(first + age), day(*first));
            }
            ages.add(&activity, day(*first), day(as_of));
        }
        ages
    }

    fn shown(kept: &[Kept]) -> Vec<(u64, u64)> {
        kept.iter()
            .map(|kept| (kept.retained, kept.eligible))
            .collect()
    }

    #[test]
    fn a_curve_counts_who_was_there_at_an_age_over_who_has_reached_it() {
        let ages = counted(&[(0, &[0, 2]), (0, &[1, 5]), (2, &[0, 2])], 3);
        assert_eq!(shown(&ages.curve()), [(2, 3), (1, 3), (1, 2), (0, 2)]);
        assert_eq!(Ages::default().curve(), []);
    }

    #[test]
    fn who_is_older_than_the_curve_is_in_all_of_it() {
        let ages = counted(&[(0, &[0, 90, 91, 127])], 400);
        let curve = ages.curve();
        assert_eq!(curve.len(), 91);
        assert!(curve.iter().all(|kept| kept.eligible == 1));
        let there: Vec<usize> = (0..91).filter(|age| curve[*age].retained == 1).collect();
        assert_eq!(there, [0, 90]);
    }

    #[test]
    fn a_triangle_holds_the_weeks_of_age_that_are_over() {
        // Monday's newcomer is a week old on the next Sunday but one; Tuesday's is not.
        let ages = counted(&[(0, &[7, 20]), (1, &[13])], 13);
        let triangle = ages.triangle();
        let weeks = &triangle[&day(0).week()];
        assert_eq!(weeks.len(), WEEKS);
        assert_eq!(shown(&weeks[..2]), [(1, 1), (0, 0)]);
        let later = counted(&[(0, &[7, 20]), (1, &[13])], 20).triangle();
        assert_eq!(shown(&later[&day(0).week()][..2]), [(2, 2), (1, 1)]);
        assert_eq!(counted(&[(0, &[7])], 13 * 7).triangle().len(), 0);
    }

    #[test]
    fn parts_add_up_to_the_whole() {
        let all: [(i32, &[i32]); 3] = [(0, &[0, 7]), (3, &[1]), (8, &[0])];
        let whole = counted(&all, 20);
        let mut parts = counted(&all[..1], 20);
        parts.merge(counted(&all[1..], 20));
        assert_eq!(parts, whole);
    }
}
