//! The numbers that matter, at a glance: a row of cards under the health light.

use super::escape;
use crate::kpi::definitions::{Definition, definition};
use crate::kpi::report::{Report, UNKNOWN};
use crate::kpi::words::label;
use crate::locale::Locale;

const CARDS: [&str; 5] = [
    "members_total",
    "dau_share",
    "retention_d7",
    "churn30",
    "net_growth",
];

pub(super) fn row(report: &Report, locale: Locale) -> String {
    let cards: String = CARDS
        .into_iter()
        .filter_map(definition)
        .map(|definition| card(report, definition, locale))
        .collect();
    format!("<ul class=\"cards\">\n{cards}</ul>\n")
}

fn card(report: &Report, definition: &Definition, locale: Locale) -> String {
    let is_few = definition.is_below_sample(&report.numbers);
    let class = if is_few { " class=\"grey\"" } else { "" };
    let few = is_few.then(|| label::TOO_FEW.get(locale).to_owned());
    // What is not known is left out: a card is no table.
    let known = |name: &str, text: String| {
        let text = (text != UNKNOWN).then(|| escape(&text))?;
        Some(format!("{name} {text}"))
    };
    let change = report.shown_delta(definition, locale);
    let target = report.shown_target(definition, locale);
    let notes = [
        known(label::CHANGE.get(locale), change),
        known(label::TARGET.get(locale), target),
        few,
    ];
    let notes = notes.into_iter().flatten();
    let notes: Vec<String> = notes.map(|note| format!("<small>{note}</small>")).collect();
    let notes = notes.concat();
    format!(
        "<li{class}><span>{}</span><b>{}</b>{notes}</li>\n",
        escape(definition.name.get(locale)),
        escape(&report.shown(definition, locale))
    )
}
