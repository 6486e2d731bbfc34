//! The report as plain text for a terminal, in columns that stay aligned in Chinese.

use super::definitions::{Definition, Group, Source, Unit, definitions};
use super::light::MIN_SAMPLE;
use super::report::Report;
use super::retention::{Cohort, Window};
use super::words::{COLON, label};
use crate::locale::Locale;
use crate::text::percent;

/// So many cohorts; the page and the tables have all.
const COHORTS: usize = 8;

pub(super) fn table(report: &Report, locale: Locale) -> String {
    let mut lines = vec![
        format!(
            "{} {} {} ({})",
            report.name,
            label::TITLE.get(locale),
            report.week,
            report.range(locale)
        ),
        format!(
            "{}{}{} {}",
            label::HEALTH.get(locale),
            COLON.get(locale),
            report.light.name().get(locale),
            report.light_reason(locale)
        ),
        String::new(),
        label::FOCUS.get(locale).to_owned(),
    ];
    if report.focus.is_empty() {
        lines.push(label::NO_FOCUS.get(locale).to_owned());
    }
    lines.extend(
        (1..)
            .zip(&report.focus)
            .map(|(n, focus)| format!("{n}. {}", focus.text(locale))),
    );
    for group in Group::ALL {
        lines.push(String::new());
        lines.extend(section(report, group, locale));
    }
    lines.push(String::new());
    lines.extend(cohorts(report, locale));
    lines
        .iter()
        .flat_map(|line| [line.trim_end(), "\n"])
        .collect()
}

fn section(report: &Report, group: Group, locale: Locale) -> Vec<String> {
    let heading = group.name().get(locale).to_owned();
    let of_group = definitions().filter(|definition| definition.group == group);
    if group == Group::Unavailable {
        let reason = |definition: &Definition| match definition.source {
            Source::Unavailable(reason) => {
                let parts = [definition.name, COLON, reason].map(|words| words.get(locale));
                format!("  {}", parts.concat())
            }
            Source::Measured(_) => String::new(),
        };
        return std::iter::once(heading)
            .chain(of_group.map(reason))
            .collect();
    }
    let head = [
        heading,
        label::THIS_WEEK.get(locale).to_owned(),
        label::CHANGE.get(locale).to_owned(),
        label::MEAN4.get(locale).to_owned(),
        label::TARGET.get(locale).to_owned(),
        String::new(),
    ];
    std::iter::once(head)
        .chain(of_group.map(|definition| row(report, definition, locale)))
        .map(|cells| columns(&cells, &[34, 12, 18, 18, 10]))
        .collect()
}

fn row(report: &Report, definition: &Definition, locale: Locale) -> [String; 6] {
    let note = match definition.sample(&report.numbers) {
        _ if report.numbers.is_unknown(definition.key) => {
            format!("  {}", label::NOT_KEPT.get(locale))
        }
        Some(n) if definition.is_below_sample(&report.numbers) => {
            format!("  n = {n}, {}", label::TOO_FEW.get(locale))
        }
        Some(n) => format!("  n = {}", Unit::Members.format(n as f64, locale)),
        None => String::new(),
    };
    [
        format!("  {}", definition.name.get(locale)),
        report.shown(definition, locale),
        report.shown_delta(definition, locale),
        report.shown_against_mean(definition, locale),
        report.shown_target(definition, locale),
        note,
    ]
}

/// The latest cohorts by the headline's window, and all of them pooled.
fn cohorts(report: &Report, locale: Locale) -> Vec<String> {
    let retention = &report.numbers.retention;
    let head = [label::COHORTS, label::SIZE]
        .map(|words| words.get(locale).to_owned())
        .into_iter()
        .chain(["D7", "D30", "D90"].map(str::to_owned))
        .collect();
    let skipped = retention.cohorts.len().saturating_sub(COHORTS);
    let latest = retention
        .cohorts
        .iter()
        .skip(skipped)
        .map(|(week, cohort)| cohort_row(&week.to_string(), cohort, cohort.size, locale));
    // Pooled, whoever's window is not over is left out of both numbers: nothing is immature.
    let all = cohort_row(label::ALL.get(locale), &retention.all, 0, locale);
    let rows = std::iter::once(head)
        .chain(latest)
        .chain(std::iter::once(all));
    let mut lines: Vec<String> = rows
        .map(|cells: Vec<String>| columns(&cells, &[34, 12, 12, 12, 12]))
        .collect();
    lines.push(label::NOTES.get(locale).to_owned());
    lines
}

/// A cell is marked while fewer than `mature_at` members count in it.
fn cohort_row(name: &str, cohort: &Cohort, mature_at: u64, locale: Locale) -> Vec<String> {
    let rates = cohort.window(Window::Bracket).all().map(|(_, kept)| {
        // A column of its own for each mark, so that the figures stay under each other.
        let Some(rate) = kept.rate() else {
            return "–  ".to_owned();
        };
        let open = if kept.eligible < mature_at { '*' } else { ' ' };
        let few = if kept.eligible < MIN_SAMPLE { '?' } else { ' ' };
        format!("{}{open}{few}", percent(rate, locale))
    });
    [format!("  {name}"), cohort.size.to_string()]
        .into_iter()
        .chain(rates)
        .collect()
}

/// The first cell to the left, the others with a width to the right, the rest as it is.
fn columns(cells: &[String], widths: &[usize]) -> String {
    let mut line = String::new();
    for (n, cell) in cells.iter().enumerate() {
        let space = " ".repeat(
            widths
                .get(n)
                .map_or(0, |width| width.saturating_sub(self::width(cell))),
        );
        let [before, after] = if n == 0 { ["", &space] } else { [&space, ""] };
        line.push_str(before);
        line.push_str(cell);
        line.push_str(after);
    }
    line
}

/// Columns that a text takes on a terminal.
fn width(text: &str) -> usize {
    text.chars().map(|c| if is_wide(c) { 2 } else { 1 }).sum()
}

/// Whether a character takes two columns: the wide and full-width blocks that our texts use, a
/// coarse reading of Unicode's `EastAsianWidth.txt`.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' | '\u{1f300}'..='\u{1faff}' | '\u{20000}'..='\u{3fffd}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_takes_two_columns() {
        for (text, columns) in [
            ("", 0),
            ("DAU", 3),
            ("日活率", 6),
            ("（樣本）", 8),
            ("±0.0 pp", 7),
            ("–", 1),
            ("🟢", 2),
        ] {
            assert_eq!(width(text), columns, "{text}");
        }
        assert_eq!(
            columns(&["a".to_owned(), "日".to_owned(), "x".to_owned()], &[3, 4]),
            "a    日x"
        );
    }
}
