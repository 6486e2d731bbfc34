//! The charts of the report: which numbers, and in which shape.

mod cohorts;
mod members;

use std::cmp::Reverse;

use hearth_charts::{Bars, ChartError, Heat, Line, Lines, Role, Square};

use super::figure::Figure;
use crate::days::IsoWeek;
use crate::ids::InterestId;
use crate::kpi::definitions::{Definition, definition};
use crate::kpi::report::{Report, UNKNOWN};
use crate::kpi::retention::Kept;
use crate::kpi::trend;
use crate::kpi::words::{WEEKDAYS, Words, label};
use crate::locale::Locale;
use crate::text::{number, percent};

/// Trends, in the page's order: each by one number, with another beside it where both are read together.
const TRENDS: [(&str, Option<&str>); 6] = [
    ("members_total", None),
    ("dau_share", None),
    ("interaction_rate", Some("speaking_rate")),
    ("retention_d7", Some("retention_d30")),
    ("churn30", Some("silent30_share")),
    ("messages_per_1000", None),
];

/// All charts that have something to show.
pub(super) fn all(report: &Report, locale: Locale) -> Result<String, ChartError> {
    let trends = TRENDS
        .iter()
        .filter_map(|(main, second)| trend(report, main, *second, locale));
    let others = [
        daily(report, locale),
        hours(report, locale),
        cohorts::curve(report, locale),
        cohorts::triangle(report, locale),
        members::funnel(report, locale),
        members::segments(report, locale),
        topics(report, locale),
        members::reasons(report, locale),
    ];
    let figures = trends.chain(others.into_iter().flatten());
    let figures: Result<Vec<String>, ChartError> =
        figures.map(|figure| figure.html(locale)).collect();
    Ok(figures?.concat())
}

/// The last weeks up to the report's own, whether they were reported or not.
fn weeks(report: &Report) -> Vec<IsoWeek> {
    (-trend::WEEKS..=0)
        .map(|ago| report.week.plus(ago))
        .collect()
}

pub(super) fn short(week: IsoWeek) -> String {
    let name = week.to_string();
    name.split_once('-')
        .map_or(name.clone(), |(_, week)| week.to_owned())
}

/// A share of too few is in no line, of this week as of those before it.
fn figure_of(report: &Report, week: IsoWeek, definition: &Definition) -> Option<f64> {
    let numbers = &report.numbers;
    if week == report.week {
        return definition
            .value(numbers)
            .filter(|_| !definition.is_below_sample(numbers));
    }
    report.history.figure(week, definition.key)
}

fn trend(report: &Report, key: &str, second: Option<&str>, locale: Locale) -> Option<Figure> {
    let main = definition(key)?;
    let second = second.and_then(definition);
    let weeks = weeks(report);
    let values = |definition| -> Vec<Option<f64>> {
        weeks
            .iter()
            .map(|week| figure_of(report, *week, definition))
            .collect()
    };
    // One week is no trend.
    if values(main).iter().flatten().count() < 2 {
        return None;
    }
    let target = main.target(&report.targets);
    let mut lines = Vec::new();
    let mut legend = Vec::new();
    let mut add = |role: Role, values: Vec<Option<f64>>, name: &str| {
        lines.push(Line { role, values });
        legend.push((role.hex(), name.to_owned()));
    };
    if let Some(target) = target {
        add(
            Role::Target,
            vec![Some(target); weeks.len()],
            label::TARGET.get(locale),
        );
    }
    if let Some(second) = second {
        add(Role::Second, values(second), second.name.get(locale));
    }
    add(Role::Main, values(main), main.name.get(locale));
    legend.reverse();
    if legend.len() == 1 {
        legend.clear();
    }
    let title = main.name.get(locale);
    let places: Vec<String> = weeks.iter().map(|week| short(*week)).collect();
    let shown = |definition: &Definition, value: Option<f64>| {
        value.map_or(UNKNOWN.to_owned(), |value| {
            definition.unit.format(value, locale)
        })
    };
    let head = [label::WEEK.get(locale), title]
        .into_iter()
        .chain(second.map(|second| second.name.get(locale)));
    let mut table = vec![head.map(str::to_owned).collect()];
    for week in weeks.iter().rev() {
        let of = |definition| shown(definition, figure_of(report, *week, definition));
        table.push(
            std::iter::once(week.to_string())
                .chain([of(main)])
                .chain(second.map(of))
                .collect(),
        );
    }
    Some(Figure {
        title: title.to_owned(),
        note: String::new(),
        legend,
        svg: Lines {
            title,
            places: &places,
            lines: &lines,
            format: &|value| main.unit.axis(value, locale),
        }
        .svg(),
        table,
    })
}

/// Active members of each observed day.
fn daily(report: &Report, locale: Locale) -> Option<Figure> {
    let title = label::DAILY.get(locale);
    let bars: Vec<(String, f64)> = report
        .numbers
        .dau
        .iter()
        .map(|(day, active)| (weekday(day.weekday(), locale), *active as f64))
        .collect();
    let table = table(
        &[label::DAY, label::ACTIVE],
        locale,
        report
            .numbers
            .dau
            .iter()
            .map(|(day, active)| vec![day.to_string(), count(*active)]),
    );
    (!bars.is_empty()).then(|| bars_figure(title, String::new(), &bars, 0.0, table))
}

fn hours(report: &Report, locale: Locale) -> Option<Figure> {
    let (weekday_at, hour, most) = report.numbers.heat.busiest()?;
    let title = label::HOURS.get(locale);
    let columns: Vec<String> = (0..24)
        .map(|hour| {
            if hour % 6 == 0 {
                format!("{hour}")
            } else {
                String::new()
            }
        })
        .collect();
    let heat = &report.numbers.heat;
    let rows: Vec<(String, Vec<Square>)> = (0..)
        .zip(heat.weekdays())
        .map(|(n, hours)| {
            let squares = hours.iter().map(|members| Square::Known(*members as f64));
            (weekday(n, locale), squares.collect())
        })
        .collect();
    let day = weekday(weekday_at, locale);
    let note = match locale {
        Locale::ZhHant => format!("最熱鬧：週{day} {hour}:00–{}:00，{most} 人", hour + 1),
        Locale::ZhHans => format!("最热闹：周{day} {hour}:00–{}:00，{most} 人", hour + 1),
        Locale::En => format!("Busiest: {day} {hour}:00–{}:00, {most} members", hour + 1),
    };
    let head: Vec<String> = std::iter::once(label::DAY.get(locale).to_owned())
        .chain((0..24).map(|hour| hour.to_string()))
        .collect();
    let rows_of_table = (0..).zip(heat.weekdays()).map(|(n, hours)| {
        std::iter::once(weekday(n, locale))
            .chain(hours.iter().map(|members| count(*members)))
            .collect()
    });
    Some(Figure {
        title: title.to_owned(),
        note,
        legend: Vec::new(),
        svg: Heat {
            title,
            columns: &columns,
            rows: &rows,
            most: most as f64,
            written: None,
        }
        .svg(),
        table: std::iter::once(head).chain(rows_of_table).collect(),
    })
}

/// What was talked about, the busiest first; nothing where no place is about anything.
fn topics(report: &Report, locale: Locale) -> Option<Figure> {
    let mut topics: Vec<_> = report.numbers.talk.topics.iter().collect();
    if topics.is_empty() {
        return None;
    }
    topics.sort_by_key(|(_, talk)| Reverse((talk.threads, talk.quality)));
    let name = |id: &InterestId| {
        let name = report.topics.get(id).map(|name| name.get(locale));
        name.unwrap_or(id.as_str()).to_owned()
    };
    let title = label::TOPICS.get(locale);
    let bars: Vec<(String, f64)> = topics
        .iter()
        .map(|(id, talk)| (name(id), talk.threads as f64))
        .collect();
    let rows = topics
        .iter()
        .map(|(id, talk)| vec![name(id), count(talk.threads), count(talk.quality)]);
    let head = [label::TOPIC, label::THREADS, label::GOOD_THREADS];
    let note = label::TOPICS_NOTE.get(locale).to_owned();
    let table = table(&head, locale, rows);
    Some(bars_figure(title, note, &bars, 0.0, table))
}

/// Bars of whole numbers, from 0 to the longest, or to `full` if that is longer.
fn bars_figure(
    title: &str,
    note: String,
    bars: &[(String, f64)],
    full: f64,
    table: Vec<Vec<String>>,
) -> Figure {
    Figure {
        title: title.to_owned(),
        note,
        legend: Vec::new(),
        svg: Bars {
            title,
            bars,
            full,
            format: &whole,
        }
        .svg(),
        table,
    }
}

fn table(
    head: &[Words],
    locale: Locale,
    rows: impl Iterator<Item = Vec<String>>,
) -> Vec<Vec<String>> {
    let head = head
        .iter()
        .map(|words| words.get(locale).to_owned())
        .collect();
    std::iter::once(head).chain(rows).collect()
}

fn weekday(n: u8, locale: Locale) -> String {
    WEEKDAYS
        .get(usize::from(n))
        .map_or("", |weekday| weekday.get(locale))
        .to_owned()
}

/// A share of too few is not drawn: its table says of how many.
fn judged(kept: Kept) -> Option<f64> {
    kept.rate()
        .filter(|_| kept.eligible >= crate::kpi::MIN_SAMPLE)
}

fn rate(kept: Kept, locale: Locale) -> String {
    kept.rate()
        .map_or(UNKNOWN.to_owned(), |rate| percent(rate, locale))
}

fn count(members: u64) -> String {
    number(i64::try_from(members).unwrap_or(i64::MAX))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "counts of members are far below 2^53"
)]
fn whole(value: f64) -> String {
    number(value.round() as i64)
}
