//! Two playbooks lived by the same members, side by side.

use std::collections::BTreeSet;

use hearth_domain::experiment::two_proportions;
use serde::Serialize;

use super::figures::{Figures, KindFigures, Reached};

/// What a row compares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "what", content = "of")]
pub enum What {
    /// Messages of a kind sent, of those decided.
    Sent(String),
    /// Messages of any kind skipped for a reason, of those decided.
    Skipped(String),
    /// Members who got a step of the plan, of those who joined.
    StepSent(String),
    /// Members who answered a step, of those who got it.
    StepAnswered(String),
    /// Members who did a task, of those who joined.
    Task(String),
    /// Leaves, of those who joined.
    Left,
    /// Members who said why, of those who were asked.
    Answered,
    /// Members who gave this reason, of those who gave one.
    Reason(String),
    /// Returns, of the leaves.
    Returned,
    /// Members who talked again, of those who fell silent.
    TalksAgain,
    /// Members who opted out, of those who joined.
    OptedOut,
    /// Direct messages for each member and day.
    MessagesADay,
    /// Points for each member.
    Points,
}

impl What {
    /// Rows of one kind stand together.
    fn section(&self) -> u8 {
        match self {
            Self::Sent(_) => 0,
            Self::Skipped(_) => 1,
            Self::StepSent(_) => 2,
            Self::StepAnswered(_) => 3,
            Self::Task(_) => 4,
            Self::Left => 5,
            Self::Answered => 6,
            Self::Reason(_) => 7,
            Self::Returned => 8,
            Self::TalksAgain => 9,
            Self::OptedOut => 10,
            Self::MessagesADay => 11,
            Self::Points => 12,
        }
    }
}

/// One side of a row.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Side {
    /// So many of so many.
    Share {
        /// So many …
        number: u64,
        /// … of these.
        of: u64,
    },
    /// A mean.
    Mean(f64),
}

/// A line of the comparison.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// What it compares.
    #[serde(flatten)]
    pub what: What,
    /// The first playbook.
    pub first: Side,
    /// The second.
    pub second: Side,
    /// Two-sided p-value of the two shares being one; `None` where there is nothing to test.
    pub p: Option<f64>,
}

impl Row {
    /// Whether the sides differ by more than chance explains in one of twenty comparisons.
    pub fn is_likely(&self) -> bool {
        self.p.is_some_and(|p| p < 0.05)
    }
}

/// Two simulations.
#[derive(Debug, Clone, Serialize)]
pub struct Comparison {
    /// What the first playbook is called.
    pub first: String,
    /// What the second is called.
    pub second: String,
    /// What is on either side.
    pub rows: Vec<Row>,
}

impl Comparison {
    /// Compares two simulations by their names.
    pub fn of(first: (&str, &Figures), second: (&str, &Figures)) -> Self {
        let (a, b) = (shares(first.1), shares(second.1));
        let mut all: Vec<&What> = a.iter().map(|(what, _)| what).collect();
        let only_b = b.iter().map(|(what, _)| what);
        let only_b: Vec<&What> = only_b.filter(|what| !all.contains(what)).collect();
        all.extend(only_b);
        all.sort_by_key(|what| what.section());
        let rows = all.into_iter().map(|what| {
            let side = |all: &[(What, Side)]| {
                let found = all.iter().find(|(known, _)| known == what);
                found.map_or(Side::Share { number: 0, of: 0 }, |(_, side)| *side)
            };
            row(what.clone(), side(&a), side(&b))
        });
        Self {
            first: first.0.to_owned(),
            second: second.0.to_owned(),
            rows: rows.collect(),
        }
    }
}

fn row(what: What, first: Side, second: Side) -> Row {
    let p = match (first, second) {
        (Side::Share { number: a, of: n_a }, Side::Share { number: b, of: n_b }) => {
            two_proportions(a, n_a, b, n_b)
        }
        (Side::Mean(_), _) | (_, Side::Mean(_)) => None,
    };
    Row {
        what,
        first,
        second,
        p,
    }
}

fn shares(figures: &Figures) -> Vec<(What, Side)> {
    let share = |number, of| Side::Share { number, of };
    let joined = figures.joined();
    let all = figures.all_kinds();
    let mut rows = Vec::new();
    for (kind, counted) in &figures.kinds {
        let KindFigures { sent, decided, .. } = counted;
        rows.push((What::Sent(kind.clone()), share(*sent, *decided)));
    }
    let reasons: BTreeSet<&str> = all.skipped.keys().copied().collect();
    for reason in reasons {
        let number = all.skipped.get(reason).copied().unwrap_or(0);
        let what = What::Skipped(reason.to_owned());
        rows.push((what, share(number, all.decided)));
    }
    for step in &figures.steps {
        let Reached {
            sent, responded, ..
        } = step.all;
        rows.push((What::StepSent(step.step.clone()), share(sent, joined)));
        // Who had done a task before it was asked for has answered nothing that was sent.
        let what = What::StepAnswered(step.step.clone());
        rows.push((what, share(responded.min(sent), sent)));
    }
    for (task, done) in &figures.tasks {
        rows.push((What::Task((*task).to_owned()), share(*done, joined)));
    }
    let back = &figures.win_back;
    rows.push((What::Left, share(back.left.min(joined), joined)));
    rows.push((What::Answered, share(back.answered, back.surveyed)));
    let answers: u64 = back.reasons.values().sum();
    for (reason, number) in &back.reasons {
        rows.push((What::Reason(reason.clone()), share(*number, answers)));
    }
    rows.push((What::Returned, share(back.returned, back.left)));
    let wake = &figures.wake_up;
    rows.push((What::TalksAgain, share(wake.talks_again, wake.silent)));
    rows.push((What::OptedOut, share(figures.opted_out, joined)));
    rows.push((What::MessagesADay, Side::Mean(figures.load.mean_a_day())));
    let mean_points = if joined == 0 {
        0.0
    } else {
        figures.points as f64 / joined as f64
    };
    rows.push((What::Points, Side::Mean(mean_points)));
    rows
}
