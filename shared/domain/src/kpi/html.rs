//! The report as one page: no script, nothing from the network, readable on a phone and on paper.

mod cards;
mod charts;
mod figure;
mod index;
mod months;
mod sources;
mod trials;

use hearth_charts::ChartError;

use super::definitions::{Definition, Group, Source, Unit, definition, definitions};
use super::focus::Focus;
use super::light::{Finding, MIN_SAMPLE, without_reason};
use super::report::Report;
use super::retention::{Cohort, Window};
use super::trend::Anomaly;
use super::words::{COLON, Words, label};
use crate::locale::Locale;
use crate::text::percent;

pub use index::{Shelved, index};

/// More than these nobody follows up.
const UNUSUAL: usize = 5;
const STYLE: &str = include_str!("report.css");

/// The page; the error of a chart that could not be drawn.
pub(super) fn page(report: &Report, locale: Locale, index: &str) -> Result<String, ChartError> {
    let title = format!(
        "{} {} {}",
        report.name,
        label::TITLE.get(locale),
        report.week
    );
    let groups = Group::ALL
        .map(|group| section(report, group, locale))
        .concat();
    let charts = charts::all(report, locale)?;
    Ok([
        head(&title, locale),
        format!(
            "<p>{} · <a href=\"{}\">{}</a></p>\n",
            escape(&report.range(locale)),
            escape(index),
            label::ALL_WEEKS.get(locale)
        ),
        partial(report, locale),
        health(report, locale),
        cards::row(report, locale),
        focus(report, locale),
        unusual(report, locale),
        format!(
            "<h2>{}</h2>\n<div class=\"charts\">\n{charts}</div>\n",
            label::CHARTS.get(locale)
        ),
        groups,
        months::section(report, locale),
        trials::section(report, locale),
        Window::ALL
            .map(|window| cohorts(report, window, locale))
            .concat(),
        format!(
            "<p class=\"note\">{}</p>\n",
            escape(label::NOTES.get(locale))
        ),
        footer(report, locale),
        "</body>\n</html>\n".to_owned(),
    ]
    .concat())
}

/// Everything up to the heading: both pages begin like that.
fn head(title: &str, locale: Locale) -> String {
    let title = escape(title);
    [
        format!(
            "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n",
            locale.tag()
        ),
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n".to_owned(),
        format!(
            "<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
        ),
    ]
    .concat()
}

/// For text and for attributes in double quotes.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Right under the title, because nothing below it is whole.
fn partial(report: &Report, locale: Locale) -> String {
    let marks = report.marks(locale).into_iter();
    let mark = |mark: String| {
        let text = escape(&mark);
        format!("<p class=\"light red\" role=\"alert\"><strong>⚠ {text}</strong></p>\n")
    };
    marks.map(mark).collect()
}

fn health(report: &Report, locale: Locale) -> String {
    let class = report.light.key();
    let (label, light) = (label::HEALTH.get(locale), report.light.name().get(locale));
    let reasons: String = match report.light_reasons.as_slice() {
        [] => format!("<br>{}", without_reason(report.light).get(locale)),
        findings => findings
            .iter()
            .map(|finding| reason(finding, locale))
            .collect(),
    };
    format!("<p class=\"light {class}\"><strong>{label} {light}</strong>{reasons}</p>\n")
}

fn reason(finding: &Finding, locale: Locale) -> String {
    format!("<br>{}", escape(&finding.text(locale)))
}

fn focus(report: &Report, locale: Locale) -> String {
    let heading = label::FOCUS.get(locale);
    if report.focus.is_empty() {
        return format!(
            "<h2>{heading}</h2>\n<p>{}</p>\n",
            label::NO_FOCUS.get(locale)
        );
    }
    let line = |focus: &Focus| ["<li>", &escape(&focus.text(locale)), "</li>\n"].concat();
    let lines: String = report.focus.iter().map(line).collect();
    format!("<h2>{heading}</h2>\n<ol>\n{lines}</ol>\n")
}

/// Numbers that are out of the ordinary, with what is ordinary.
fn unusual(report: &Report, locale: Locale) -> String {
    let line = |anomaly: &Anomaly| {
        let definition = definition(&anomaly.key)?;
        let shown = |value| definition.unit.format(value, locale);
        let (name, value, median) = (
            definition.name.get(locale),
            shown(anomaly.value),
            shown(anomaly.median),
        );
        let far = format!("{:+.1}", anomaly.deviations);
        Some(escape(&match locale {
            Locale::ZhHant => {
                format!("{name} {value}，近八週中位數 {median}（{far} 個穩健標準差）")
            }
            Locale::ZhHans => {
                format!("{name} {value}，近八周中位数 {median}（{far} 个稳健标准差）")
            }
            Locale::En => format!(
                "{name} {value}; the median of eight weeks is {median} ({far} robust deviations)"
            ),
        }))
    };
    let lines = report.anomalies.iter().take(UNUSUAL).filter_map(line);
    let lines: String = lines
        .flat_map(|line| ["<li>".to_owned(), line, "</li>\n".to_owned()])
        .collect();
    if lines.is_empty() {
        return lines;
    }
    let heading = label::UNUSUAL.get(locale);
    format!("<h2>{heading}</h2>\n<ul>\n{lines}</ul>\n")
}

fn section(report: &Report, group: Group, locale: Locale) -> String {
    let of_group = definitions().filter(|definition| definition.group == group);
    let rows: String = of_group
        .map(|definition| row(report, definition, locale))
        .collect();
    let head = match group {
        Group::Unavailable => String::new(),
        Group::Growth
        | Group::Activity
        | Group::Conversation
        | Group::Retention
        | Group::Silence
        | Group::CheckIn
        | Group::Journeys
        | Group::Commerce => {
            let heads = [
                label::THIS_WEEK,
                label::CHANGE,
                label::MEAN4,
                label::TARGET,
                label::SAMPLE,
            ]
            .map(|words| column_head(words.get(locale)));
            format!("<tr><td></td>{}</tr>\n", heads.concat())
        }
    };
    let sources = if group == Group::Journeys {
        sources::table(report, locale)
    } else {
        String::new()
    };
    format!(
        "<h2>{}</h2>\n<div class=\"wide\"><table>\n{head}{rows}</table></div>\n{sources}",
        group.name().get(locale)
    )
}

fn column_head(name: &str) -> String {
    format!("<th scope=\"col\">{name}</th>")
}

fn row(report: &Report, definition: &Definition, locale: Locale) -> String {
    let name = format!(
        "<th scope=\"row\">{}<small>{}</small></th>",
        escape(definition.name.get(locale)),
        explained(definition, locale)
    );
    if let Source::Unavailable(reason) = definition.source {
        return format!(
            "<tr>{name}<td class=\"reason\">{}</td></tr>\n",
            escape(reason.get(locale))
        );
    }
    let numbers = &report.numbers;
    let (class, note) = if definition.is_below_sample(numbers) {
        (
            " class=\"grey\"",
            ["<br>", label::TOO_FEW.get(locale)].concat(),
        )
    } else {
        ("", String::new())
    };
    let sample = if numbers.is_unknown(definition.key) {
        label::NOT_KEPT.get(locale).to_owned()
    } else {
        let sample = definition.sample(numbers);
        sample.map_or_else(String::new, |n| {
            Unit::Members.format(n as f64, locale) + &note
        })
    };
    let [value, delta, mean, target] = [
        report.shown(definition, locale),
        report.shown_delta(definition, locale),
        report.shown_against_mean(definition, locale),
        report.shown_target(definition, locale),
    ]
    .map(|text| escape(&text));
    let unit = match definition.unit {
        // Money has its currency before it.
        Unit::Share | Unit::Money => String::new(),
        unit @ (Unit::Members
        | Unit::MeanMembers
        | Unit::Messages
        | Unit::MessagesPer
        | Unit::Times
        | Unit::Days
        | Unit::Factor
        | Unit::Minutes
        | Unit::Score) => format!(" <i>{}</i>", unit.name().get(locale)),
    };
    format!(
        "<tr{class}>{name}<td><b>{value}</b>{unit}</td><td>{delta}</td><td>{mean}</td><td>{target}</td><td>{sample}</td></tr>\n"
    )
}

fn explained(definition: &Definition, locale: Locale) -> String {
    let over = definition.denominator.map(|denominator| {
        format!(
            " {}{}{}",
            label::OVER.get(locale),
            COLON.get(locale),
            denominator.name.get(locale)
        )
    });
    escape(&format!(
        "{}{}",
        definition.definition.get(locale),
        over.unwrap_or_default()
    ))
}

fn window_name(window: Window) -> Words {
    match window {
        Window::Classic => Words([
            "第 7／30／90 日當天",
            "第 7／30／90 日当天",
            "on exactly day 7, 30, 90",
        ]),
        Window::Bracket => Words([
            "第 7–13／30–36／90–96 天",
            "第 7–13／30–36／90–96 天",
            "on days 7–13, 30–36, 90–96",
        ]),
        Window::Rolling => Words([
            "第 7／30／90 天起",
            "第 7／30／90 天起",
            "from day 7, 30, 90 on",
        ]),
    }
}

/// Folded, except for the headline's window.
fn cohorts(report: &Report, window: Window, locale: Locale) -> String {
    let retention = &report.numbers.retention;
    let heads = [label::COHORT, label::SIZE]
        .map(|words| words.get(locale))
        .into_iter()
        .chain(["D7", "D30", "D90"]);
    let heads: String = heads.map(column_head).collect();
    let newest_first =
        retention.cohorts.iter().rev().map(|(week, cohort)| {
            cohort_row(&week.to_string(), cohort, cohort.size, window, locale)
        });
    // Pooled, whoever's window is not over is left out of both numbers: nothing is immature.
    let all = cohort_row(label::ALL.get(locale), &retention.all, 0, window, locale);
    let rows: String = std::iter::once(all).chain(newest_first).collect();
    let open = if window == Window::Bracket {
        " open"
    } else {
        ""
    };
    let [label, colon, name] =
        [label::COHORTS, COLON, window_name(window)].map(|words| words.get(locale));
    format!(
        "<details{open}><summary>{label}{colon}{name}</summary>\n<div class=\"wide\"><table>\n<tr>{heads}</tr>\n{rows}</table></div></details>\n"
    )
}

/// A cell is marked while fewer than `mature_at` members count in it.
fn cohort_row(
    name: &str,
    cohort: &Cohort,
    mature_at: u64,
    window: Window,
    locale: Locale,
) -> String {
    let cells = cohort.window(window).all().map(|(_, kept)| {
        let Some(rate) = kept.rate() else {
            return "<td class=\"grey\">–</td>".to_owned();
        };
        let (open, few) = (kept.eligible < mature_at, kept.eligible < MIN_SAMPLE);
        let class = if open || few { " class=\"grey\"" } else { "" };
        let (open, few) = (if open { "*" } else { "" }, if few { "?" } else { "" });
        format!(
            "<td{class}>{}{open}{few}<br><i>{}/{}</i></td>",
            percent(rate, locale),
            kept.retained,
            kept.eligible
        )
    });
    format!(
        "<tr><th scope=\"row\">{name}</th><td>{}</td>{}</tr>\n",
        cohort.size,
        cells.concat()
    )
}

fn footer(report: &Report, locale: Locale) -> String {
    let at = report
        .zone
        .local(report.generated_at)
        .strftime("%Y-%m-%d %H:%M");
    let (label, zone, revision) = (
        label::GENERATED.get(locale),
        report.zone.name(),
        report.revision.name().get(locale),
    );
    format!(
        "<footer>{label} {at} ({}), {revision}, schema {}</footer>\n",
        escape(zone),
        report.schema
    )
}

#[cfg(test)]
mod tests;
