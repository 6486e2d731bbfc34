//! The tables that `hearth replay` and `hearth report export` write: a row a week, segments, cohorts.

use super::definitions::{Definition, Source, Summed, Unit, definitions};
use super::numbers::Numbers;
use super::report::Report;
use super::retention::{Cohort, Window};
use super::summary::Summary;
use crate::days::IsoWeek;
use crate::segment::Segment;

const WEEKLY: &str = "week_start,as_of,days_observed,new_members,members_total,wau,mean_dau,mau30,stickiness,messages,messages_per_active,silent30,silent30_incl_new,prev30_active,churned30,churn30";
const RETENTION: &str = "cohort_week,cohort_size,d7_eligible,d7_retained,d7_rate,d30_eligible,d30_retained,d30_rate,d90_eligible,d90_retained,d90_rate";

/// A rate, or nothing where its denominator is 0.
fn rate(rate: Option<f64>) -> String {
    rate.map(|rate| format!("{rate:.9}")).unwrap_or_default()
}

/// `weekly.csv`: one row a week, as they come. Weeks are named by their Monday. What was not kept for
/// so long is an empty cell.
pub fn weekly<'a>(weeks: impl IntoIterator<Item = &'a Numbers>) -> String {
    let rows = weeks.into_iter().map(|n| {
        let count = |key, count: String| {
            if n.is_unknown(key) {
                String::new()
            } else {
                count
            }
        };
        let cells = [
            n.week.monday().to_string(),
            n.as_of.to_string(),
            n.days_observed.to_string(),
            count("new", n.new.to_string()),
            count("members_total", n.members_total.to_string()),
            count("wau", n.wau.to_string()),
            rate(n.mean_dau),
            count("mau30", n.mau30.to_string()),
            rate(n.stickiness),
            count("messages", n.messages.to_string()),
            rate(n.messages_per_active),
            count("silent30", n.silent30.to_string()),
            count("silent30_incl_new", n.silent30_incl_new.to_string()),
            count("prev30_active", n.prev30_active.to_string()),
            count("churned30", n.churned30.to_string()),
            rate(n.churn30),
        ];
        cells.join(",")
    });
    table(WEEKLY, rows)
}

/// Every measured number of every week: a column for each [`Definition::key`], after what tells the week.
/// Shares are fractions; what has no denominator, or was not there to be measured, is an empty cell.
/// `members_unreadable` are in none of them.
pub fn figures<'a>(reports: impl IntoIterator<Item = &'a Report>) -> String {
    let measured = measured();
    let keys: Vec<&str> = measured.iter().map(|definition| definition.key).collect();
    let header = format!(
        "week,week_start,as_of,revision,light,members_unreadable,{}",
        keys.join(",")
    );
    let rows = reports.into_iter().map(|report| {
        let numbers = &report.numbers;
        let cells = measured.iter().map(|definition| {
            let value = definition.value(numbers);
            value.map_or_else(String::new, |value| cell(definition.unit, value))
        });
        let told = [
            report.week.to_string(),
            report.week.monday().to_string(),
            report.as_of.to_string(),
            u8::from(report.revision).to_string(),
            report.light.key().to_owned(),
            numbers.unreadable.members.to_string(),
        ];
        told.into_iter().chain(cells).collect::<Vec<_>>().join(",")
    });
    table(&header, rows)
}

/// `monthly.csv`, `quarterly.csv`: a row for each stretch of months, with the months' first, its first and last
/// week, how many weeks it has and how many of them have no report, members who are missing from its worst
/// week, and the columns of [`figures`]. Means of counts are no whole numbers.
pub fn summaries<'a>(summaries: impl IntoIterator<Item = &'a Summary>) -> String {
    let measured = measured();
    let keys: Vec<&str> = measured.iter().map(|definition| definition.key).collect();
    let header = format!(
        "first_month,first_week,last_week,weeks,weeks_missing,members_unreadable,{}",
        keys.join(",")
    );
    let rows = summaries.into_iter().map(|summary| {
        let week = |week: Option<&IsoWeek>| week.map_or_else(String::new, IsoWeek::to_string);
        let told = [
            summary.first.to_string(),
            week(summary.weeks.first()),
            week(summary.weeks.last()),
            summary.weeks.len().to_string(),
            summary.missing.len().to_string(),
            summary.unreadable.values().max().unwrap_or(&0).to_string(),
        ];
        let cells = measured.iter().map(|definition| {
            let unit = match definition.summed {
                Summed::Mean => Unit::MeanMembers,
                Summed::Sum | Summed::SumIfAny | Summed::Growth | Summed::Last => definition.unit,
            };
            let value = summary.value(definition);
            value.map_or_else(String::new, |value| cell(unit, value))
        });
        told.into_iter().chain(cells).collect::<Vec<_>>().join(",")
    });
    table(&header, rows)
}

fn measured() -> Vec<&'static Definition> {
    definitions()
        .filter(|definition| matches!(definition.source, Source::Measured(_)))
        .collect()
}

/// What is counted whole is written whole.
fn cell(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Members | Unit::Messages | Unit::Times => format!("{value:.0}"),
        Unit::MeanMembers
        | Unit::MessagesPer
        | Unit::Days
        | Unit::Minutes
        | Unit::Share
        | Unit::Factor
        | Unit::Score => format!("{value:.9}"),
        // No minor unit that is in use has more digits.
        Unit::Money => format!("{value:.4}"),
    }
}

/// `segments.csv`: one row a week, members at its end by segment, and all who had left by then. Empty
/// cells where they were not counted.
pub fn segments<'a>(weeks: impl IntoIterator<Item = &'a Numbers>) -> String {
    let names = Segment::ALL.map(Segment::name);
    let header = format!("week_start,as_of,{}", names.join(","));
    let rows = weeks.into_iter().map(|n| {
        let counts = names.map(|name| {
            n.segments
                .get(name)
                .map_or_else(String::new, u64::to_string)
        });
        format!("{},{},{}", n.week.monday(), n.as_of, counts.join(","))
    });
    table(&header, rows)
}

/// `retention_….csv`: cohorts by the Monday of their week, ascending, then `ALL`. Of a week that is too old
/// for a window, its cells are empty.
pub fn retention(numbers: &Numbers, window: Window) -> String {
    let retention = &numbers.retention;
    let is_unknown = match window {
        Window::Rolling => numbers.is_unknown("retention.all.rolling"),
        Window::Classic | Window::Bracket => false,
    };
    let cohorts = retention
        .cohorts
        .iter()
        .map(|(week, cohort)| (week.monday().to_string(), cohort));
    let all = std::iter::once(("ALL".to_owned(), &retention.all));
    table(
        RETENTION,
        cohorts.chain(all).map(|(name, cohort)| {
            let window = (!is_unknown).then_some(window);
            cohort_row(&name, cohort, window)
        }),
    )
}

/// Without a window there is nothing but the size.
fn cohort_row(name: &str, cohort: &Cohort, window: Option<Window>) -> String {
    let Some(window) = window else {
        return format!("{name},{}{}", cohort.size, ",".repeat(9));
    };
    let horizons = cohort
        .window(window)
        .all()
        .map(|(_, kept)| format!(",{},{},{}", kept.eligible, kept.retained, rate(kept.rate())));
    format!("{name},{}{}", cohort.size, horizons.concat())
}

fn table(header: &str, rows: impl Iterator<Item = String>) -> String {
    let mut text = header.to_owned();
    for row in rows {
        text.push('\n');
        text.push_str(&row);
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::kpi::report::Revision;
    use crate::kpi::testing::{member, numbers, numbers_of, report_of};
    use crate::kpi::trend::{Figures, History};
    use crate::kpi::unreadable::Unreadable;
    use crate::locale::Locale;

    /// Every number that can be measured, under the name that the record and the page know it by.
    #[test]
    fn every_measured_number_has_a_column() {
        let mut numbers = numbers_of(&[member("a", -9).wrote(0, 2).wrote(1, 1), member("b", 2)]);
        numbers.unreadable.add("weeks");
        let at = "2026-01-12T00:00:00Z";
        let (history, last) = (History::default(), Revision::Final);
        let report = report_of(Locale::En, &[], numbers, history, last, at);
        let table = figures([&report]);
        let lines: Vec<Vec<&str>> = table
            .lines()
            .map(|line| line.split(',').collect())
            .collect();
        let [keys, row] = lines.as_slice() else {
            panic!("{table}");
        };
        assert_eq!(keys.len(), row.len());
        let cell = |key: &str| {
            keys.iter()
                .zip(row)
                .find(|(name, _)| **name == key)
                .unwrap()
                .1
        };
        assert_eq!(
            row[..6],
            ["2026-W02", "2026-01-05", "2026-01-11", "2", "grey", "1"]
        );
        assert_eq!((*cell("members_total"), *cell("new")), ("2", "1"));
        assert_eq!(*cell("mean_dau"), "0.285714286");
        assert_eq!(*cell("churn30"), "", "nobody was here before");
        for definition in definitions() {
            let measured = matches!(definition.source, Source::Measured(_));
            assert_eq!(
                keys.contains(&definition.key),
                measured,
                "{}",
                definition.key
            );
        }
    }

    /// Two of the five weeks of January, and the first of April.
    #[test]
    fn months_and_quarters_say_what_they_lack() {
        let week = |week: &str, wau, unreadable| Numbers {
            week: week.parse().unwrap(),
            new: 3,
            wau,
            unreadable: Unreadable {
                members: unreadable,
                attributes: BTreeMap::new(),
            },
            ..numbers()
        };
        let weeks = [
            week("2026-W01", 5, 0),
            week("2026-W02", 6, 4),
            week("2026-W14", 1, 0),
        ];
        let rows = |months| -> Vec<String> {
            let all = Summary::all(weeks.iter().map(Figures::of), months);
            let table = summaries(&all);
            let lines: Vec<Vec<&str>> = table
                .lines()
                .map(|line| line.split(',').collect())
                .collect();
            let at = |key| lines[0].iter().position(|name| *name == key).unwrap();
            let shown = ["new", "wau", "members_total", "net_growth"].map(at);
            let row = |cells: &Vec<&str>| {
                assert_eq!(cells.len(), lines[0].len());
                let shown = shown.map(|at| cells[at]);
                format!("{} | {}", cells[..6].join(","), shown.join(","))
            };
            lines[1..].iter().map(row).collect()
        };
        assert_eq!(
            rows(1),
            [
                "2026-01,2026-W01,2026-W05,5,3,4 | 6,5.500000000,,",
                "2026-04,2026-W14,2026-W18,5,4,0 | 3,1.000000000,,",
            ]
        );
        assert_eq!(
            rows(3),
            [
                "2026-01,2026-W01,2026-W13,13,11,4 | 6,5.500000000,,",
                "2026-04,2026-W14,2026-W26,13,12,0 | 3,1.000000000,,",
            ]
        );
    }

    #[test]
    fn a_rate_without_a_denominator_is_an_empty_cell() {
        insta::assert_snapshot!(weekly([&numbers_of(&[member("a", -9).wrote(0, 1).pressed(1)]), &numbers()]), @"
        week_start,as_of,days_observed,new_members,members_total,wau,mean_dau,mau30,stickiness,messages,messages_per_active,silent30,silent30_incl_new,prev30_active,churned30,churn30
        2026-01-05,2026-01-11,7,0,1,1,0.285714286,1,0.285714286,1,1.000000000,0,0,0,0,
        2026-01-05,2026-01-11,0,0,0,0,,0,,0,,0,0,0,0,
        ");
    }

    #[test]
    fn each_week_has_its_segments() {
        let left = member("c", -40).wrote(-40, 1).left(-20);
        let numbers = numbers_of(&[member("a", 2), member("b", -40).wrote(0, 1), left]);
        insta::assert_snapshot!(segments([&numbers]), @"
        week_start,as_of,new,core,active,potential,silent-lurker,silent-dormant,left
        2026-01-05,2026-01-11,1,0,0,1,0,0,1
        ");
    }

    #[test]
    fn cohorts_ascend_and_end_with_all() {
        let numbers = numbers_of(&[
            member("a", -9).pressed(0),
            member("b", -30).pressed(-23),
            member("c", 2),
        ]);
        insta::assert_snapshot!(retention(&numbers, Window::Bracket), @"
        cohort_week,cohort_size,d7_eligible,d7_retained,d7_rate,d30_eligible,d30_retained,d30_rate,d90_eligible,d90_retained,d90_rate
        2025-12-01,1,1,1,1.000000000,1,0,0.000000000,0,0,
        2025-12-22,1,1,1,1.000000000,0,0,,0,0,
        2026-01-05,1,0,0,,0,0,,0,0,
        ALL,3,2,2,1.000000000,1,0,0.000000000,0,0,
        ");
        insta::assert_snapshot!(retention(&crate::kpi::testing::numbers(), Window::Classic), @"
        cohort_week,cohort_size,d7_eligible,d7_retained,d7_rate,d30_eligible,d30_retained,d30_rate,d90_eligible,d90_retained,d90_rate
        ALL,0,0,0,,0,0,,0,0,
        ");
    }
}
