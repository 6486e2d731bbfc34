//! The tables that `hearth replay` and `hearth report export` write: a row a week, segments, cohorts.

use super::definitions::{Definition, Source, Unit, definitions};
use super::numbers::Numbers;
use super::report::Report;
use super::retention::{Cohort, Retention, Window};
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
pub fn figures<'a>(reports: impl IntoIterator<Item = &'a Report>) -> String {
    let measured: Vec<&Definition> = definitions()
        .filter(|definition| matches!(definition.source, Source::Measured(_)))
        .collect();
    let keys: Vec<&str> = measured.iter().map(|definition| definition.key).collect();
    let header = format!("week,week_start,as_of,revision,light,{}", keys.join(","));
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
        ];
        told.into_iter().chain(cells).collect::<Vec<_>>().join(",")
    });
    table(&header, rows)
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
        | Unit::Score => format!("{value:.9}"),
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

/// `retention_….csv`: cohorts by the Monday of their week, ascending, then `ALL`.
pub fn retention(retention: &Retention, window: Window) -> String {
    let cohorts = retention
        .cohorts
        .iter()
        .map(|(week, cohort)| (week.monday().to_string(), cohort));
    let all = std::iter::once(("ALL".to_owned(), &retention.all));
    table(
        RETENTION,
        cohorts
            .chain(all)
            .map(|(name, cohort)| cohort_row(&name, cohort, window)),
    )
}

fn cohort_row(name: &str, cohort: &Cohort, window: Window) -> String {
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
    use super::*;
    use crate::kpi::report::Revision;
    use crate::kpi::testing::{member, numbers, numbers_of, report_of};
    use crate::kpi::trend::History;
    use crate::locale::Locale;

    /// Every number that can be measured, under the name that the record and the page know it by.
    #[test]
    fn every_measured_number_has_a_column() {
        let numbers = numbers_of(&[member("a", -9).wrote(0, 2).wrote(1, 1), member("b", 2)]);
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
            row[..5],
            ["2026-W02", "2026-01-05", "2026-01-11", "2", "grey"]
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
        insta::assert_snapshot!(retention(&numbers.retention, Window::Bracket), @"
        cohort_week,cohort_size,d7_eligible,d7_retained,d7_rate,d30_eligible,d30_retained,d30_rate,d90_eligible,d90_retained,d90_rate
        2025-12-01,1,1,1,1.000000000,1,0,0.000000000,0,0,
        2025-12-22,1,1,1,1.000000000,0,0,,0,0,
        2026-01-05,1,0,0,,0,0,,0,0,
        ALL,3,2,2,1.000000000,1,0,0.000000000,0,0,
        ");
        insta::assert_snapshot!(retention(&crate::kpi::testing::numbers().retention, Window::Classic), @"
        cohort_week,cohort_size,d7_eligible,d7_retained,d7_rate,d30_eligible,d30_retained,d30_rate,d90_eligible,d90_retained,d90_rate
        ALL,0,0,0,,0,0,,0,0,
        ");
    }
}
