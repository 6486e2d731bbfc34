//! How far newcomers come, what members are made of, why leavers left.

use hearth_charts::{MIX, Mix, hex};

use super::{bars_figure, count, table, whole};
use crate::event::LeaveReason;
use crate::kpi::html::figure::Figure;
use crate::kpi::report::Report;
use crate::kpi::words::{Words, label};
use crate::locale::Locale;
use crate::segment::Segment;
use crate::text::percent;

pub(super) fn funnel(report: &Report, locale: Locale) -> Option<Figure> {
    let funnel = &report.numbers.funnel;
    if funnel.begun == 0 {
        return None;
    }
    let title = label::FUNNEL.get(locale);
    let name = |at: usize| {
        let id = report.steps.get(at);
        id.map_or_else(|| format!("{}", at + 1), |id| step_name(id, locale))
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
    let steps = funnel.steps.iter().enumerate();
    let rows = steps.map(|(at, step)| vec![name(at), count(step.passed), count(step.answered)]);
    let table = table(&[label::STEP, label::PASSED, label::ANSWERED], locale, rows);
    let note = format!("{} {ends}", label::FUNNEL_NOTE.get(locale));
    Some(bars_figure(title, note, &bars, funnel.begun as f64, table))
}

/// Steps are named by whoever wrote the playbook; most by their day.
fn step_name(id: &str, locale: Locale) -> String {
    let day = id
        .strip_prefix("day-")
        .and_then(|day| day.parse::<u16>().ok());
    match (day, locale) {
        (Some(day), Locale::ZhHant | Locale::ZhHans) => format!("第 {day} 天"),
        (Some(day), Locale::En) => format!("Day {day}"),
        (None, _) => id.to_owned(),
    }
}

/// Members who are neither new nor gone, beside what was expected of them.
pub(super) fn segments(report: &Report, locale: Locale) -> Option<Figure> {
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
pub(super) fn reasons(report: &Report, locale: Locale) -> Option<Figure> {
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
    Some(bars_figure(title, String::new(), &bars, 0.0, table))
}

fn reason_name(reason: LeaveReason) -> Words {
    match reason {
        LeaveReason::BoringContent => Words(["內容不感興趣", "内容不感兴趣", "Boring content"]),
        LeaveReason::FewBenefits => Words(["福利太少", "福利太少", "Too few benefits"]),
        LeaveReason::TooMuchInfo => Words(["訊息太多", "消息太多", "Too much news"]),
        LeaveReason::Other => Words(["其他", "其他", "Other"]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_is_called_by_its_day_is_shown_as_one() {
        for (id, expected) in [
            ("day-1", ["第 1 天", "第 1 天", "Day 1"]),
            ("day-14", ["第 14 天", "第 14 天", "Day 14"]),
            ("day-one", ["day-one"; 3]),
            ("gift", ["gift"; 3]),
        ] {
            assert_eq!(Locale::ALL.map(|locale| step_name(id, locale)), expected);
        }
    }
}
