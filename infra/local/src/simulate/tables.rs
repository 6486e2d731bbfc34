//! The figures as tables, in words: what the summary prints and the page shows.

use std::collections::BTreeMap;

use hearth_domain::locale::Locale;

use super::compare::{Comparison, Side};
use super::figures::{Figures, KindFigures, Reached};
use super::page::words::{self, Label};
use super::people::Temperament;

/// A table. The first cell of a row says what the row is about.
#[derive(Debug)]
pub(super) struct Table {
    /// What it is about.
    pub(super) title: &'static str,
    /// Heads of the columns.
    pub(super) columns: Vec<String>,
    /// The rows.
    pub(super) rows: Vec<Vec<String>>,
    /// What is to be known to read it.
    pub(super) note: Option<&'static str>,
}

/// All of them, in order.
pub(super) fn tables(figures: &Figures, locale: Locale) -> Vec<Table> {
    let mut tables = vec![glance(figures, locale)];
    tables.push(kinds(figures, locale));
    tables.extend(reasons(figures, locale));
    tables.push(funnel(figures, locale));
    tables.push(by_temperament(figures, locale));
    tables.push(win_back(figures, locale));
    tables.push(wake_up(figures, locale));
    tables
}

/// `name 3, name 2`, the most first.
fn listed<N: std::fmt::Display>(numbers: &BTreeMap<N, u64>) -> String {
    let mut numbers: Vec<(&N, &u64)> = numbers.iter().collect();
    numbers.sort_by_key(|(_, number)| std::cmp::Reverse(**number));
    let words: Vec<String> = numbers
        .iter()
        .map(|(name, number)| format!("{name} {number}"))
        .collect();
    if words.is_empty() {
        return "–".to_owned();
    }
    words.join(", ")
}

/// `3 / 4 (75%)`.
fn share(number: u64, of: u64) -> String {
    if of == 0 {
        return format!("{number}");
    }
    format!("{number} / {of} ({})", percent(number, of))
}

fn percent(number: u64, of: u64) -> String {
    format!("{:.0}%", 100.0 * number as f64 / of as f64)
}

fn mean(total: u64, of: u64) -> f64 {
    if of == 0 {
        0.0
    } else {
        total as f64 / of as f64
    }
}

fn held(number: u64, minutes: u64, locale: Locale) -> String {
    match minutes.checked_div(number) {
        None => "0".to_owned(),
        Some(mean) => format!("{number} ({})", words::duration(mean, locale)),
    }
}

fn pairs(title: Label, rows: Vec<(Label, String)>, locale: Locale) -> Table {
    let head = [Label::Figure, Label::Value].map(|label| label.get(locale).to_owned());
    let row = |(label, value): (Label, String)| vec![label.get(locale).to_owned(), value];
    Table {
        title: title.get(locale),
        columns: head.to_vec(),
        rows: rows.into_iter().map(row).collect(),
        note: None,
    }
}

fn glance(figures: &Figures, locale: Locale) -> Table {
    let (all, load, joined) = (figures.all_kinds(), &figures.load, figures.joined());
    let tasks: BTreeMap<&str, u64> = figures
        .tasks
        .iter()
        .map(|(task, done)| (task_name(task, locale), *done))
        .collect();
    let mean_points = mean(figures.points, joined);
    let rows = vec![
        (Label::Members, members(figures, locale)),
        (Label::Decided, all.decided.to_string()),
        (Label::Sent, share(all.sent, all.decided)),
        (Label::SkippedWhy, listed(&all.skipped)),
        (Label::TasksDone, listed(&tasks)),
        (Label::OptedOut, share(figures.opted_out, joined)),
        (
            Label::Points,
            format!(
                "{} / {mean_points:.1} / {}",
                figures.points, figures.most_points
            ),
        ),
        (
            Label::PerDay,
            format!("{:.2} / {}", load.mean_a_day(), load.most_a_day),
        ),
        (
            Label::PromoCap,
            format!(
                "{} / {} / {}",
                load.most_promo_a_day, load.promo_cap, load.capped
            ),
        ),
        (Label::Quiet, held(load.held, load.held_minutes, locale)),
        (Label::UnaskedInQuiet, listed(&load.unasked_in_quiet)),
        (Label::AnswersInQuiet, load.answers_in_quiet.to_string()),
        (Label::DeadLetters, figures.dead_letters.to_string()),
    ];
    pairs(Label::AtAGlance, rows, locale)
}

fn task_name(task: &str, locale: Locale) -> &str {
    match task {
        "rename" => Label::Rename.get(locale),
        "comment" => Label::Comment.get(locale),
        other => other,
    }
}

fn members(figures: &Figures, locale: Locale) -> String {
    let by: Vec<String> = Temperament::ALL
        .iter()
        .map(|one| {
            let number = figures.members.get(one.name()).copied().unwrap_or(0);
            format!("{} {number}", words::temperament(*one, locale))
        })
        .collect();
    format!("{} ({})", figures.joined(), by.join(", "))
}

fn kinds(figures: &Figures, locale: Locale) -> Table {
    let columns = [
        Label::Kind,
        Label::Decided,
        Label::Sent,
        Label::Held,
        Label::SkippedWhy,
        Label::WaitingOrLost,
    ];
    let row = |name: String, kind: &KindFigures| {
        vec![
            name,
            kind.decided.to_string(),
            kind.sent.to_string(),
            held(kind.held, kind.held_minutes, locale),
            listed(&kind.skipped),
            format!("{} / {} / {}", kind.waiting, kind.unknown, kind.failed),
        ]
    };
    let kinds = figures.kinds.iter();
    let mut rows: Vec<Vec<String>> = kinds.map(|(name, kind)| row(name.clone(), kind)).collect();
    let all = Label::All.get(locale).to_owned();
    rows.push(row(all, &figures.all_kinds()));
    Table {
        title: Label::Kinds.get(locale),
        columns: columns.map(|label| label.get(locale).to_owned()).to_vec(),
        rows,
        note: None,
    }
}

/// What the reasons mean, if there is any.
fn reasons(figures: &Figures, locale: Locale) -> Option<Table> {
    let all = figures.all_kinds();
    let row = |(reason, number): (&&str, &u64)| {
        let meaning = words::skip_reason(reason, locale).to_owned();
        vec![(*reason).to_owned(), number.to_string(), meaning]
    };
    let columns = [Label::Reason, Label::Number, Label::Meaning];
    (!all.skipped.is_empty()).then(|| Table {
        title: Label::WhySkipped.get(locale),
        columns: columns.map(|label| label.get(locale).to_owned()).to_vec(),
        rows: all.skipped.iter().map(row).collect(),
        note: None,
    })
}

fn funnel(figures: &Figures, locale: Locale) -> Table {
    let columns = [
        Label::Step,
        Label::Day,
        Label::Reached,
        Label::Sent,
        Label::Answered,
        Label::SkippedWhy,
    ];
    let row = |step: &super::figures::StepFigures| {
        let Reached {
            reached,
            sent,
            responded,
        } = step.all;
        vec![
            step.step.clone(),
            step.day.to_string(),
            reached.to_string(),
            share(sent, reached),
            share(responded, reached),
            listed(&step.skipped),
        ]
    };
    Table {
        title: Label::Funnel.get(locale),
        columns: columns.map(|label| label.get(locale).to_owned()).to_vec(),
        rows: figures.steps.iter().map(row).collect(),
        note: Some(Label::FunnelNote.get(locale)),
    }
}

fn by_temperament(figures: &Figures, locale: Locale) -> Table {
    let names = Temperament::ALL.map(|one| words::temperament(one, locale).to_owned());
    let row = |step: &super::figures::StepFigures| {
        let cells = Temperament::ALL.map(|one| {
            let of = step.by.get(one.name()).copied().unwrap_or_default();
            format!("{} / {} ({})", of.sent, of.reached, of.responded)
        });
        let mut row = vec![step.step.clone()];
        row.extend(cells);
        row
    };
    let mut columns = vec![Label::Step.get(locale).to_owned()];
    columns.extend(names);
    Table {
        title: Label::ByTemperament.get(locale),
        columns,
        rows: figures.steps.iter().map(row).collect(),
        note: None,
    }
}

fn win_back(figures: &Figures, locale: Locale) -> Table {
    let back = &figures.win_back;
    let named = back.reasons.iter();
    let reasons: BTreeMap<&str, u64> = named
        .map(|(reason, number)| (words::leave_reason(reason, locale), *number))
        .collect();
    let rows = vec![
        (Label::LeftMembers, back.left.to_string()),
        (Label::Surveyed, back.surveyed.to_string()),
        (Label::SurveyAnswered, share(back.answered, back.surveyed)),
        (Label::Reasons, listed(&reasons)),
        (Label::FollowedUp, back.followed_up.to_string()),
        (Label::Returned, share(back.returned, back.left)),
    ];
    pairs(Label::WinBack, rows, locale)
}

fn wake_up(figures: &Figures, locale: Locale) -> Table {
    let wake = &figures.wake_up;
    let rows = vec![
        (Label::FellSilent, wake.silent.to_string()),
        (Label::WakeUpsSent, wake.sent.to_string()),
        (Label::WakeUpsAnswered, wake.answered.to_string()),
        (Label::TalksAgain, share(wake.talks_again, wake.silent)),
    ];
    pairs(Label::WakeUp, rows, locale)
}

/// Two playbooks side by side.
pub(super) fn comparison(comparison: &Comparison, locale: Locale) -> Table {
    let side = |side: Side| match side {
        Side::Share { number, of } => share(number, of),
        Side::Mean(mean) => format!("{mean:.2}"),
    };
    let rows = comparison.rows.iter().map(|row| {
        let mark = if row.is_likely() { " *" } else { "" };
        vec![
            words::compared(&row.what, locale),
            side(row.first),
            side(row.second),
            difference(row.first, row.second, locale),
            row.p.map_or("–".to_owned(), |p| p_value(p) + mark),
        ]
    });
    Table {
        title: Label::Comparison.get(locale),
        columns: vec![
            Label::Figure.get(locale).to_owned(),
            comparison.first.clone(),
            comparison.second.clone(),
            Label::Difference.get(locale).to_owned(),
            "p".to_owned(),
        ],
        rows: rows.collect(),
        note: Some(Label::ComparisonNote.get(locale)),
    }
}

/// In percentage points for shares, of which either may have no denominator.
fn difference(first: Side, second: Side, locale: Locale) -> String {
    match (first, second) {
        (Side::Share { number: a, of: n_a }, Side::Share { number: b, of: n_b })
            if n_a > 0 && n_b > 0 =>
        {
            let points = 100.0 * (mean(b, n_b) - mean(a, n_a));
            format!("{} {}", signed(points, 1), Label::PercentPoints.get(locale))
        }
        (Side::Mean(a), Side::Mean(b)) => signed(b - a, 2),
        (Side::Share { .. } | Side::Mean(_), _) => "–".to_owned(),
    }
}

/// With its sign, and none where nothing of it is left to see.
fn signed(number: f64, decimals: usize) -> String {
    let text = format!("{number:+.decimals$}");
    let is_zero = text.bytes().all(|b| matches!(b, b'+' | b'-' | b'0' | b'.'));
    if is_zero { "0".to_owned() } else { text }
}

fn p_value(p: f64) -> String {
    if p < 0.001 {
        "< 0.001".to_owned()
    } else {
        format!("{p:.3}")
    }
}
