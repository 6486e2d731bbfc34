//! The summary as text, and every member's timeline as text.

use std::fmt::Write as _;

use hearth_domain::locale::Locale;

use super::compare::Comparison;
use super::figures::Figures;
use super::page::words::{self, Label};
use super::story::{Story, Told};
use super::tables::{Table, comparison, tables};
use super::timeline::{LineWhat, lines};
use crate::columns::aligned;

/// What is printed at the end, and kept as `summary.txt`.
pub(super) fn summary(figures: &Figures, other: Option<&Comparison>, locale: Locale) -> String {
    let mut text = heading(figures, locale);
    text.push('\n');
    text.push_str(Label::Synthetic.get(locale));
    text.push('\n');
    for table in tables(figures, locale) {
        add(&mut text, &table);
    }
    if let Some(other) = other {
        add(&mut text, &comparison(other, locale));
    }
    text
}

/// `Simulation of playbook default: 200 members, 30 days, seed 1, platform slack`.
pub(super) fn heading(figures: &Figures, locale: Locale) -> String {
    let say = |label: Label| label.get(locale);
    format!(
        "{} {} · {} {} · {} {} · {} {} · {} {}",
        say(Label::Title),
        figures.playbook,
        say(Label::Members),
        figures.joined(),
        figures.days,
        say(Label::Days),
        say(Label::Seed),
        figures.seed,
        say(Label::Platform),
        figures.platform,
    )
}

fn add(text: &mut String, table: &Table) {
    text.push_str("\n## ");
    text.push_str(table.title);
    text.push('\n');
    let mut rows = vec![table.columns.clone()];
    rows.extend(table.rows.iter().cloned());
    text.push_str(&aligned(&rows));
    if let Some(note) = table.note {
        text.push_str(note);
        text.push('\n');
    }
}

/// `members.txt`.
pub(super) fn everybody(told: &Told, locale: Locale) -> String {
    let mut text = String::new();
    for story in &told.stories {
        about(&mut text, story, locale);
        for line in lines(told, story) {
            let what = match &line.what {
                LineWhat::Did(acts) => {
                    let acts = acts.iter().map(|act| words::act(act, locale));
                    format!("· {}", acts.collect::<Vec<_>>().join(", "))
                }
                LineWhat::Message { kind, outcome } => {
                    format!("→ {kind}: {}", words::outcome(outcome, locale))
                }
            };
            // Writing to a string does not fail.
            let _ = writeln!(text, "  {}  {what}", line.local);
        }
        text.push('\n');
    }
    text
}

fn about(text: &mut String, story: &Story, locale: Locale) {
    let person = &story.person;
    let _ = writeln!(
        text,
        "{} {} · {} · {} · {}",
        person.id,
        person.name,
        words::temperament(person.temperament, locale),
        person.zone.name(),
        person.locale,
    );
}
