//! The charts of the report: which numbers, and in which shape.

use hearth_charts::{Bars, ChartError, Heat, Line, Lines, MIX, Mix, Role, hex};

use super::figure::Figure;
use crate::days::IsoWeek;
use crate::event::LeaveReason;
use crate::kpi::definitions::{Definition, definition};
use crate::kpi::report::{Report, UNKNOWN};
use crate::kpi::retention::Kept;
use crate::kpi::trend;
use crate::kpi::words::{WEEKDAYS, Words, label};
use crate::locale::Locale;
use crate::segment::Segment;
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
        curve(report, locale),
        triangle(report, locale),
        funnel(report, locale),
        segments(report, locale),
        reasons(report, locale),
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

fn figure_of(report: &Report, week: IsoWeek, definition: &Definition) -> Option<f64> {
    if week == report.week {
        return definition.value(&report.numbers);
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
    (!bars.is_empty()).then(|| Figure {
        title: title.to_owned(),
        note: String::new(),
        legend: Vec::new(),
        svg: Bars {
            title,
            bars: &bars,
            full: 0.0,
            format: &whole,
        }
        .svg(),
        table,
    })
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
    let rows: Vec<(String, Vec<Option<f64>>)> = (0..)
        .zip(heat.weekdays())
        .map(|(n, hours)| {
            let values = hours.iter().map(|members| Some(*members as f64));
            (weekday(n, locale), values.collect())
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

/// From age 1 on: on the day that they come, nearly all are there.
fn curve(report: &Report, locale: Locale) -> Option<Figure> {
    let curve = &report.numbers.curve;
    let places: Vec<String> = (0..curve.len()).map(|age| age.to_string()).collect();
    let values: Vec<Option<f64>> = curve.iter().map(|kept| judged(*kept)).collect();
    if values.iter().flatten().count() < 2 {
        return None;
    }
    let title = label::CURVE.get(locale);
    let lines = [Line {
        role: Role::Main,
        values,
    }];
    Some(Figure {
        title: title.to_owned(),
        note: label::CURVE_NOTE.get(locale).to_owned(),
        legend: Vec::new(),
        svg: Lines {
            title,
            places: &places,
            lines: &lines,
            format: &|value| format!("{:.0}%", value * 100.0),
        }
        .svg(),
        table: table(
            &[label::AGE, label::RETAINED, label::ELIGIBLE, label::SHARE],
            locale,
            (0..).zip(curve).map(|(age, kept): (u32, _)| {
                vec![
                    age.to_string(),
                    count(kept.retained),
                    count(kept.eligible),
                    rate(*kept, locale),
                ]
            }),
        ),
    })
}

fn triangle(report: &Report, locale: Locale) -> Option<Figure> {
    let triangle = &report.numbers.triangle;
    let weeks = triangle.values().map(Vec::len).max()?;
    let title = label::TRIANGLE.get(locale);
    let columns: Vec<String> = (1..=weeks).map(|week| week.to_string()).collect();
    let rows: Vec<(String, Vec<Option<f64>>)> = triangle
        .iter()
        .map(|(week, kept)| (short(*week), kept.iter().map(|kept| kept.rate()).collect()))
        .collect();
    if rows
        .iter()
        .all(|(_, values)| values.iter().all(Option::is_none))
    {
        return None;
    }
    let head: Vec<String> = std::iter::once(label::COHORT.get(locale).to_owned())
        .chain(columns.iter().cloned())
        .collect();
    let of_cohort = |(week, kept): (&IsoWeek, &Vec<Kept>)| {
        let cell = |kept: &Kept| match kept.eligible {
            0 => UNKNOWN.to_owned(),
            eligible => format!("{} ({}/{eligible})", rate(*kept, locale), kept.retained),
        };
        std::iter::once(week.to_string())
            .chain(kept.iter().map(cell))
            .collect()
    };
    Some(Figure {
        title: title.to_owned(),
        note: label::TRIANGLE_NOTE.get(locale).to_owned(),
        legend: Vec::new(),
        svg: Heat {
            title,
            columns: &columns,
            rows: &rows,
            most: 1.0,
            written: Some(&|share| format!("{:.0}", share * 100.0)),
        }
        .svg(),
        table: std::iter::once(head)
            .chain(triangle.iter().map(of_cohort))
            .collect(),
    })
}

fn funnel(report: &Report, locale: Locale) -> Option<Figure> {
    let funnel = &report.numbers.funnel;
    if funnel.begun == 0 {
        return None;
    }
    let title = label::FUNNEL.get(locale);
    let name = |at: usize| {
        report
            .steps
            .get(at)
            .cloned()
            .unwrap_or_else(|| format!("{}", at + 1))
    };
    let begun = (label::BEGUN.get(locale).to_owned(), funnel.begun as f64);
    let steps = funnel
        .steps
        .iter()
        .enumerate()
        .map(|(at, step)| (name(at), step.passed as f64));
    let bars: Vec<(String, f64)> = std::iter::once(begun).chain(steps).collect();
    let ends = match locale {
        Locale::ZhHant => format!(
            "走完 {}，離開 {}，退訂 {}",
            funnel.finished, funnel.left, funnel.opted_out
        ),
        Locale::ZhHans => format!(
            "走完 {}，退出 {}，退订 {}",
            funnel.finished, funnel.left, funnel.opted_out
        ),
        Locale::En => format!(
            "{} finished, {} left, {} opted out",
            funnel.finished, funnel.left, funnel.opted_out
        ),
    };
    Some(Figure {
        title: title.to_owned(),
        note: format!("{} {ends}", label::FUNNEL_NOTE.get(locale)),
        legend: Vec::new(),
        svg: Bars {
            title,
            bars: &bars,
            full: funnel.begun as f64,
            format: &whole,
        }
        .svg(),
        table: table(
            &[label::STEP, label::PASSED, label::ANSWERED],
            locale,
            funnel
                .steps
                .iter()
                .enumerate()
                .map(|(at, step)| vec![name(at), count(step.passed), count(step.answered)]),
        ),
    })
}

/// Members who are neither new nor gone, beside what was expected of them.
fn segments(report: &Report, locale: Locale) -> Option<Figure> {
    let of = |segment: Segment| {
        report
            .numbers
            .segments
            .get(segment.name())
            .copied()
            .unwrap_or(0)
    };
    let parts = [
        ("core", label::CORE, of(Segment::Core)),
        ("active", label::ACTIVE_SEGMENT, of(Segment::Active)),
        ("potential", label::POTENTIAL, of(Segment::Potential)),
        (
            "silent",
            label::SILENT,
            of(Segment::Lurker) + of(Segment::Dormant),
        ),
    ];
    let settled: u64 = parts.iter().map(|(_, _, members)| members).sum();
    if settled == 0 {
        return None;
    }
    let expected = |key: &str| report.expected_mix.get(key).copied().unwrap_or(0.0);
    let title = label::SEGMENTS.get(locale);
    let wholes = [
        (
            label::NOW.get(locale).to_owned(),
            parts
                .iter()
                .map(|(_, _, members)| *members as f64)
                .collect(),
        ),
        (
            label::EXPECTED.get(locale).to_owned(),
            parts.iter().map(|(key, _, _)| expected(key)).collect(),
        ),
    ];
    let legend = MIX
        .into_iter()
        .zip(&parts)
        .map(|(tone, (_, name, _))| (hex(tone), name.get(locale).to_owned()));
    let (new, left) = (count(of(Segment::New)), count(of(Segment::Left)));
    let note = match locale {
        Locale::ZhHant => format!("不含新人 {new}、已離開 {left}"),
        Locale::ZhHans => format!("不含新人 {new}、已退出 {left}"),
        Locale::En => format!("Without {new} new and {left} who have left"),
    };
    Some(Figure {
        title: title.to_owned(),
        note,
        legend: legend.collect(),
        svg: Mix {
            title,
            wholes: &wholes,
        }
        .svg(),
        table: table(
            &[label::SEGMENT, label::NOW, label::SHARE, label::EXPECTED],
            locale,
            parts.iter().map(|(key, name, members)| {
                let share = *members as f64 / settled as f64;
                vec![
                    name.get(locale).to_owned(),
                    count(*members),
                    percent(share, locale),
                    percent(expected(key), locale),
                ]
            }),
        ),
    })
}

/// Why leavers left; nothing while nobody has answered.
fn reasons(report: &Report, locale: Locale) -> Option<Figure> {
    let win_back = &report.numbers.win_back;
    if win_back.answered == 0 {
        return None;
    }
    let title = label::REASONS.get(locale);
    let bars: Vec<(String, f64)> = LeaveReason::ALL
        .into_iter()
        .map(|reason| {
            let answers = win_back.reasons.get(reason.value()).copied().unwrap_or(0);
            (reason_name(reason).get(locale).to_owned(), answers as f64)
        })
        .collect();
    let table = table(
        &[label::REASON, label::ANSWERS],
        locale,
        bars.iter()
            .map(|(name, answers)| vec![name.clone(), whole(*answers)]),
    );
    Some(Figure {
        title: title.to_owned(),
        note: String::new(),
        legend: Vec::new(),
        svg: Bars {
            title,
            bars: &bars,
            full: 0.0,
            format: &whole,
        }
        .svg(),
        table,
    })
}

fn reason_name(reason: LeaveReason) -> Words {
    match reason {
        LeaveReason::BoringContent => Words(["內容不感興趣", "内容不感兴趣", "Boring content"]),
        LeaveReason::FewBenefits => Words(["福利太少", "福利太少", "Too few benefits"]),
        LeaveReason::TooMuchInfo => Words(["訊息太多", "消息太多", "Too much news"]),
        LeaveReason::Other => Words(["其他", "其他", "Other"]),
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
