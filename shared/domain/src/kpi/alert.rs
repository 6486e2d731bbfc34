//! Between two reports: which rules of the light are worse on a running week than the last report
//! said.

use super::light::{Finding, Judged, Light, judge_running};
use super::numbers::Numbers;
use super::report::{Judging, Report};
use super::trend::{Figures, History};
use crate::days::{LocalDay, QuietHours};
use crate::ids::MessageKind;

/// The playbook's `[alerts]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertRules {
    /// When nobody is alerted, on the community's clock: the rest of the day beside the hours of alerts.
    pub silent: QuietHours,
    /// The message to the operators.
    pub message: MessageKind,
}

impl AlertRules {
    /// Whether anything is looked at when a day is over. A week's last day is the report's, which
    /// comes on the next morning.
    pub fn looks_at(day: LocalDay) -> bool {
        day != day.week().sunday()
    }
}

/// What the rules find on a running week that is worse than its last report said: what is amber for
/// months is told once a week, by the report. Without a report before it, anything that is not green.
///
/// `numbers` are those of the week up to the day that is over; `last` is the report of the week before.
pub fn worse(numbers: &Numbers, rules: Judging<'_>, last: Option<&Report>) -> Vec<Finding> {
    let history = last.map_or_else(History::default, |last| so_far(numbers, last));
    let week = Judged {
        numbers,
        targets: &rules.targets.at(numbers.first_observed, numbers.as_of),
        health: &rules.report.health,
        history: &history,
    };
    let told = |finding: &Finding| {
        let reasons = last.map_or(&[][..], |last| &last.light_reasons);
        let known = reasons.iter().find(|known| known.rule == finding.rule);
        known.map_or(Light::Green, |known| known.light)
    };
    let mut findings = judge_running(&week);
    findings.retain(|finding| finding.light > Light::Green && finding.light > told(finding));
    findings
}

/// The weeks before as they were by the same day of the week, as far as that is known. Days of a week
/// are not alike: a community of the weekend has not fallen asleep on Wednesday. The days of the last
/// week say how much of a week's mean the days so far are.
fn so_far(numbers: &Numbers, last: &Report) -> History {
    let shown: Vec<u64> = last
        .numbers
        .dau
        .range(..=numbers.as_of.plus(-7))
        .map(|(_, active)| *active)
        .collect();
    let mean = shown.iter().sum::<u64>() as f64 / shown.len().max(1) as f64;
    let part = (last.numbers.days_observed == 7)
        .then_some(last.numbers.mean_dau)
        .flatten()
        .filter(|whole| *whole > 0.0)
        .map(|whole| mean / whole);
    let weeks = last.history.weeks().iter().cloned();
    let weeks = weeks.chain([Figures::of(&last.numbers)]);
    let weeks = weeks.map(|mut week| {
        let whole = week.figures.remove(MEAN_DAU);
        if let Some((whole, part)) = whole.zip(part) {
            week.figures.insert(MEAN_DAU.to_owned(), whole * part);
        }
        week
    });
    History::before(numbers.week, weeks)
}

const MEAN_DAU: &str = "mean_dau";

#[cfg(test)]
mod tests;
