//! Months and quarters, from the weekly records: no member is read for them.

use std::collections::BTreeMap;

use super::definitions::{Definition, Source, Summed, definitions};
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
    figures: BTreeMap<&'static str, f64>,
}

impl Summary {
    /// A number of the whole; `None` = not all weeks with a record had it, or the last week has none
    /// where that one counts.
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
        let last = weeks.last().and_then(|week| known.get(week));
        let figure = |definition: &'static Definition| {
            let value = summed(definition, &there, last)?;
            Some((definition.key, value))
        };
        let measured = definitions().filter(|one| matches!(one.source, Source::Measured(_)));
        Some(Self {
            first,
            figures: measured.filter_map(figure).collect(),
            weeks,
            missing,
        })
    }
}

/// A number over the weeks that have a record.
fn summed(definition: &Definition, weeks: &[&Figures], last: Option<&Figures>) -> Option<f64> {
    let of = |week: &Figures| week.figures.get(definition.key).copied();
    match definition.summed {
        // A sum of some of the weeks looks like a sum of all.
        Summed::Sum => weeks.iter().map(|week| of(week)).sum(),
        // A share of nobody is absent, and no reason to be silent about the other weeks.
        Summed::Mean => {
            let values: Vec<f64> = weeks.iter().filter_map(|week| of(week)).collect();
            (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
        }
        Summed::Last => of(last?),
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
