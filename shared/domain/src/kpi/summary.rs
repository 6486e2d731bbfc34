//! Months and quarters, from the weekly records: no member is read for them.

use std::collections::{BTreeMap, BTreeSet};

use super::definitions::{Definition, Source, Summed, definitions};
use super::light::MIN_SAMPLE;
use super::report::Report;
use super::trend::Figures;
use crate::days::IsoWeek;
use crate::period::Month;

/// Months of a quarter.
const QUARTER: i32 = 3;

/// What weeks add up to. A week belongs to the month of its Thursday, as it does to the year.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// The first of its months.
    pub first: Month,
    /// The weeks that belong to it.
    pub weeks: Vec<IsoWeek>,
    /// Those of them of which there is no record: what happened in them is in no sum.
    pub missing: Vec<IsoWeek>,
    /// Weeks whose numbers lack members whose item could not be read: how many.
    pub unreadable: BTreeMap<IsoWeek, u64>,
    figures: BTreeMap<&'static str, f64>,
}

impl Summary {
    /// A number of the whole; `None` = not all weeks with a record had it, the last week has none where that
    /// one counts, or there were too few members to say in any of them.
    pub fn value(&self, definition: &Definition) -> Option<f64> {
        self.figures.get(definition.key).copied()
    }

    /// Of so many months; `None` without a single record.
    fn of(first: Month, months: i32, known: &BTreeMap<IsoWeek, Figures>) -> Option<Self> {
        let weeks = weeks_of(first, months);
        let (there, missing): (Vec<IsoWeek>, Vec<IsoWeek>) =
            weeks.iter().partition(|week| known.contains_key(week));
        let there: Vec<&Figures> = there.iter().filter_map(|week| known.get(week)).collect();
        if there.is_empty() {
            return None;
        }
        let of = Weeks {
            last: weeks.last().and_then(|week| known.get(week)),
            members_start: weeks
                .first()
                .filter(|_| missing.is_empty())
                .and_then(|first| members_start(*first, known)),
            known: there,
        };
        let unreadable = of.known.iter().map(|week| (week.week, week.unreadable));
        let measured = definitions().filter(|one| matches!(one.source, Source::Measured(_)));
        Some(Self {
            first,
            figures: measured
                .filter_map(|one| Some((one.key, of.summed(one)?)))
                .collect(),
            unreadable: unreadable.filter(|(_, members)| *members > 0).collect(),
            weeks,
            missing,
        })
    }

    /// Of each stretch of so many months (1, or 3 from January on) of which a week is known, ascending.
    pub fn all(weeks: impl IntoIterator<Item = Figures>, months: i32) -> Vec<Self> {
        let known: BTreeMap<IsoWeek, Figures> =
            weeks.into_iter().map(|week| (week.week, week)).collect();
        let firsts: BTreeSet<Month> = known.keys().map(|week| start(*week, months)).collect();
        let of = |first| Self::of(first, months, &known);
        firsts.into_iter().filter_map(of).collect()
    }
}

/// The first month of the stretch that a week is in.
fn start(week: IsoWeek, months: i32) -> Month {
    let month = month_of(week);
    month.plus(-month.index().rem_euclid(months.max(1)))
}

/// Members at the start of a week: as it says itself, or as the week before it ended.
fn members_start(week: IsoWeek, known: &BTreeMap<IsoWeek, Figures>) -> Option<f64> {
    let own = known
        .get(&week)?
        .members_start
        .map(|members| members as f64);
    own.or_else(|| {
        known
            .get(&week.plus(-1))?
            .figures
            .get("members_total")
            .copied()
    })
}

/// Weeks that have a record, and what is known of their ends.
struct Weeks<'a> {
    known: Vec<&'a Figures>,
    /// The last one, if it has a record.
    last: Option<&'a Figures>,
    /// Members at the start of the first, where all have a record.
    members_start: Option<f64>,
}

impl Weeks<'_> {
    fn summed(&self, definition: &Definition) -> Option<f64> {
        match definition.summed {
            Summed::Sum => self.sum(definition.key),
            Summed::SumIfAny => {
                let values = self.values(definition.key);
                (!values.is_empty()).then(|| values.iter().sum())
            }
            // A share of nobody is absent, and no reason to be silent about the other weeks.
            Summed::Mean => {
                let values = self.values(definition.key);
                (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
            }
            Summed::Growth => {
                let start = self
                    .members_start
                    .filter(|members| *members >= MIN_SAMPLE as f64)?;
                Some((self.sum("new")? - self.sum("left")?) / start)
            }
            Summed::Last => self.last?.figures.get(definition.key).copied(),
        }
    }

    /// `None` unless each has it: a sum of some of the weeks looks like a sum of all.
    fn sum(&self, key: &str) -> Option<f64> {
        let values = self.known.iter().map(|week| week.figures.get(key));
        values.map(Option::<&f64>::copied).sum()
    }

    /// Of those that have it.
    fn values(&self, key: &str) -> Vec<f64> {
        let values = self.known.iter().filter_map(|week| week.figures.get(key));
        values.copied().collect()
    }
}

/// What stands on the page of a month's last week.
#[derive(Debug, Clone, PartialEq)]
pub struct Summaries {
    /// The month that ended.
    pub month: Summary,
    /// The month before it, as far as it is known.
    pub before: Option<Summary>,
    /// The quarter that ended with it, if all its weeks are known.
    pub quarter: Option<Summary>,
}

impl Summaries {
    /// Of a report and the weeks that it knows; `None` = its week is not the last of a month.
    pub fn of(report: &Report) -> Option<Self> {
        let month = month_of(report.week);
        if month_of(report.week.plus(1)) == month {
            return None;
        }
        let own = Figures::of(&report.numbers);
        let weeks = report.history.weeks().iter().cloned().chain([own]);
        let known: BTreeMap<IsoWeek, Figures> = weeks.map(|week| (week.week, week)).collect();
        let ends_quarter = month.plus(1).index().rem_euclid(QUARTER) == 0;
        let quarter = ends_quarter
            .then(|| Summary::of(month.plus(1 - QUARTER), QUARTER, &known))
            .flatten();
        Some(Self {
            month: Summary::of(month, 1, &known)?,
            before: Summary::of(month.plus(-1), 1, &known),
            quarter: quarter.filter(|quarter| quarter.missing.is_empty()),
        })
    }
}

/// The month of a week's Thursday.
fn month_of(week: IsoWeek) -> Month {
    Month::of(week.monday().plus(3))
}

fn weeks_of(first: Month, months: i32) -> Vec<IsoWeek> {
    let end = first.plus(months);
    let from = first.first_day().week();
    let weeks = (0..=5 * months).map(|n| from.plus(n));
    weeks
        .filter(|week| (first..end).contains(&month_of(*week)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kpi::definitions::definition;
    use crate::kpi::numbers::Numbers;
    use crate::kpi::report::Revision;
    use crate::kpi::testing::{numbers, report_of};
    use crate::kpi::trend::History;
    use crate::locale::Locale;

    /// New members, 100 n of them in week n; members at its end; and a share.
    fn figures(week: &str, new: u64, share: Option<f64>) -> Figures {
        Figures::of(&Numbers {
            new,
            members_total: 10 * new,
            members_start: 100,
            mean_members: 20.0,
            dau_share: share,
            ..of_week(week)
        })
    }

    fn of_week(week: &str) -> Numbers {
        Numbers {
            week: week.parse().unwrap(),
            ..numbers()
        }
    }

    fn report(week: &str, new: u64, history: Vec<Figures>) -> Report {
        let numbers = Numbers {
            new,
            members_total: 10 * new,
            mean_members: 20.0,
            dau_share: Some(0.5),
            ..of_week(week)
        };
        let history = History::before(numbers.week, history);
        let at = "2026-02-02T00:00:00Z";
        report_of(Locale::En, &[], numbers, history, Revision::Final, at)
    }

    fn value(summary: &Summary, key: &str) -> Option<f64> {
        summary.value(definition(key).unwrap())
    }

    fn names(weeks: &[IsoWeek]) -> Vec<String> {
        weeks.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_month_is_the_weeks_whose_thursday_is_in_it() {
        for (first, months, weeks) in [
            // 1 January 2026 is a Thursday.
            ("2026-01", 1, ("2026-W01", "2026-W05", 5)),
            ("2025-12", 1, ("2025-W49", "2025-W52", 4)),
            ("2026-02", 1, ("2026-W06", "2026-W09", 4)),
            ("2026-01", 3, ("2026-W01", "2026-W13", 13)),
            // From Thursday 1 October to Thursday 31 December: the year has 53 weeks.
            ("2026-10", 3, ("2026-W40", "2026-W53", 14)),
        ] {
            let found = names(&weeks_of(first.parse().unwrap(), months));
            let ends = (
                found[0].as_str(),
                found[found.len() - 1].as_str(),
                found.len(),
            );
            assert_eq!(ends, weeks, "{first}");
        }
    }

    #[test]
    fn what_happened_is_added_what_stands_is_the_last_and_shares_are_a_mean() {
        let history = vec![
            figures("2025-W52", 7, Some(0.9)),
            figures("2026-W01", 1, Some(0.1)),
            figures("2026-W02", 2, None),
            figures("2026-W03", 3, Some(0.3)),
            figures("2026-W04", 4, Some(0.5)),
        ];
        let all = Summaries::of(&report("2026-W05", 5, history)).unwrap();
        let (month, before) = (&all.month, all.before.as_ref().unwrap());
        assert!(month.missing.is_empty());
        assert_eq!(value(month, "new"), Some(15.0));
        assert_eq!(value(month, "members_total"), Some(50.0));
        let share = value(month, "dau_share").unwrap();
        assert!(
            (share - 0.35).abs() < 1e-12,
            "of the four weeks that have one"
        );
        assert_eq!(value(month, "quality_rate"), None, "not measured");
        assert_eq!(names(&before.missing), ["2025-W49", "2025-W50", "2025-W51"]);
        assert_eq!(value(before, "new"), Some(7.0));
        assert!(all.quarter.is_none(), "January ends none");
    }

    #[test]
    fn a_missing_week_is_named_and_the_last_one_is_not_guessed() {
        let history = vec![
            figures("2025-W51", 7, Some(0.9)),
            figures("2026-W04", 4, Some(0.5)),
        ];
        let all = Summaries::of(&report("2026-W05", 5, history)).unwrap();
        let missing = ["2026-W01", "2026-W02", "2026-W03"];
        assert_eq!(names(&all.month.missing), missing);
        assert_eq!(value(&all.month, "new"), Some(9.0));
        let before = all.before.unwrap();
        assert_eq!(value(&before, "members_total"), None, "W52 is not known");
        let alone = Summaries::of(&report("2026-W05", 5, Vec::new())).unwrap();
        assert!(alone.before.is_none());
    }

    #[test]
    fn a_quarter_is_shown_when_all_its_weeks_are_known() {
        let weeks = |from: &str, count: i32| {
            let from: IsoWeek = from.parse().unwrap();
            let week = |n: i32| figures(&from.plus(n).to_string(), 1, Some(0.5));
            (0..count).map(week).collect::<Vec<Figures>>()
        };
        let quarter =
            |week: &str, history| Summaries::of(&report(week, 1, history)).unwrap().quarter;
        let first = quarter("2026-W13", weeks("2026-W01", 12)).unwrap();
        assert_eq!(value(&first, "new"), Some(13.0));
        let longest = quarter("2026-W53", weeks("2026-W40", 13)).unwrap();
        assert_eq!(value(&longest, "new"), Some(14.0));
        assert!(quarter("2026-W13", weeks("2026-W02", 11)).is_none());
    }

    fn summary(weeks: &[Numbers]) -> Summary {
        let all = Summary::all(weeks.iter().map(Figures::of), 1);
        let [month] = all.as_slice() else {
            panic!("{all:?}");
        };
        month.clone()
    }

    /// Weeks of January 2026, each as a closure makes it.
    fn january(of: impl Fn(u64, Numbers) -> Numbers) -> Vec<Numbers> {
        (1..=5)
            .map(|n| of(n, of_week(&format!("2026-W0{n}"))))
            .collect()
    }

    /// 10 of 100, then 20 of 110, …: their mean would be another.
    #[test]
    fn a_months_growth_is_of_the_members_at_its_start() {
        let weeks = january(|n, week| Numbers {
            new: 10 * n,
            left: 5,
            members_start: 50 * n,
            net_growth: Some((10.0 * n as f64 - 5.0) / (50.0 * n as f64)),
            ..week
        });
        let growth = |weeks: &[Numbers]| value(&summary(weeks), "net_growth");
        assert_eq!(growth(&weeks), Some((150.0 - 25.0) / 50.0));
        assert_eq!(growth(&weeks[1..]), None, "its start is not known");
        assert_eq!(growth(&weeks[..4]), None, "nor its end");
        let few = january(|_, week| Numbers {
            members_start: 19,
            ..week
        });
        assert_eq!(growth(&few), None);
        // Records of before members at the start were kept.
        let mut old: Vec<Figures> = weeks.iter().map(Figures::of).collect();
        for week in &mut old {
            week.members_start = None;
        }
        let before = Figures {
            figures: [("members_total".to_owned(), 250.0)].into(),
            ..Figures::none("2025-W52".parse().unwrap())
        };
        let all = Summary::all(old.into_iter().chain([before]), 1);
        assert_eq!(value(&all[1], "net_growth"), Some(0.5));
    }

    #[test]
    fn a_share_of_too_few_is_in_no_mean() {
        let weeks = january(|n, week| Numbers {
            mean_members: if n == 1 { 19.0 } else { 20.0 },
            dau_share: Some(if n == 1 { 1.0 } else { 0.5 }),
            ..week
        });
        assert_eq!(value(&summary(&weeks), "dau_share"), Some(0.5));
        assert_eq!(value(&summary(&weeks[..1]), "dau_share"), None);
    }

    #[test]
    fn a_week_without_orders_counts_as_none_where_another_has_some() {
        let weeks = january(|n, mut week| {
            week.orders.orders = if n == 3 { 7 } else { 0 };
            week
        });
        assert_eq!(value(&summary(&weeks), "orders"), Some(7.0));
        assert_eq!(value(&summary(&weeks[..2]), "orders"), None);
    }

    #[test]
    fn weeks_that_lack_members_are_named() {
        let weeks = january(|n, mut week| {
            week.unreadable.members = if n == 2 { 3 } else { 0 };
            week
        });
        let lacking = summary(&weeks).unreadable;
        assert_eq!(lacking, [("2026-W02".parse().unwrap(), 3)].into());
    }

    #[test]
    fn each_month_and_each_quarter_with_a_week_is_there() {
        let weeks = ["2025-W52", "2026-W02", "2026-W13", "2026-W14"];
        let firsts = |months| -> Vec<String> {
            let weeks = weeks.map(|week| figures(week, 1, None));
            let all = Summary::all(weeks, months);
            all.iter().map(|one| one.first.to_string()).collect()
        };
        assert_eq!(firsts(1), ["2025-12", "2026-01", "2026-03", "2026-04"]);
        assert_eq!(firsts(3), ["2025-10", "2026-01", "2026-04"]);
    }

    #[test]
    fn only_a_months_last_week_tells_of_it() {
        for (week, expected) in [("2026-W04", false), ("2026-W05", true), ("2026-W06", false)] {
            assert_eq!(
                Summaries::of(&report(week, 1, Vec::new())).is_some(),
                expected
            );
        }
    }
}
