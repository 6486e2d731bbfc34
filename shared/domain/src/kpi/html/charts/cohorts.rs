//! Who is still there: by day and by week of age.

use hearth_charts::{Heat, Line, Lines, Role, Square};

use super::{count, judged, rate, short, table};
use crate::days::IsoWeek;
use crate::kpi::html::figure::Figure;
use crate::kpi::light::MIN_SAMPLE;
use crate::kpi::report::{Report, UNKNOWN};
use crate::kpi::retention::Kept;
use crate::kpi::words::label;
use crate::locale::Locale;

/// From age 1 on: on the day that they come, nearly all are there.
pub(super) fn curve(report: &Report, locale: Locale) -> Option<Figure> {
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

pub(super) fn triangle(report: &Report, locale: Locale) -> Option<Figure> {
    let triangle = &report.numbers.triangle;
    let weeks = triangle.values().map(Vec::len).max()?;
    let title = label::TRIANGLE.get(locale);
    let columns: Vec<String> = (1..=weeks).map(|week| week.to_string()).collect();
    let rows: Vec<(String, Vec<Square>)> = triangle
        .iter()
        .map(|(week, kept)| (short(*week), kept.iter().copied().map(square).collect()))
        .collect();
    let is_unknown = |square: &Square| *square == Square::Unknown;
    if rows
        .iter()
        .all(|(_, squares)| squares.iter().all(is_unknown))
    {
        return None;
    }
    let head: Vec<String> = std::iter::once(label::COHORT.get(locale).to_owned())
        .chain(columns.iter().cloned())
        .collect();
    let of_cohort = |(week, kept): (&IsoWeek, &Vec<Kept>)| {
        let cell = |kept: &Kept| match kept.eligible {
            0 => UNKNOWN.to_owned(),
            eligible => format!(
                "{}{} ({}/{eligible})",
                rate(*kept, locale),
                few(*kept),
                kept.retained
            ),
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

fn is_few(kept: Kept) -> bool {
    kept.eligible < MIN_SAMPLE
}

/// The mark of a share of too few.
fn few(kept: Kept) -> &'static str {
    if is_few(kept) { "?" } else { "" }
}

fn square(kept: Kept) -> Square {
    match kept.rate() {
        None => Square::Unknown,
        Some(rate) if is_few(kept) => Square::Few(rate),
        Some(rate) => Square::Known(rate),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_too_few_is_marked() {
        let kept = |eligible| Kept {
            eligible,
            retained: eligible / 2,
        };
        assert_eq!(square(kept(0)), Square::Unknown);
        assert_eq!((square(kept(18)), few(kept(18))), (Square::Few(0.5), "?"));
        assert_eq!((square(kept(20)), few(kept(20))), (Square::Known(0.5), ""));
    }
}
