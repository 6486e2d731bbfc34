//! Reading what a playbook says of the weekly report.

use std::collections::BTreeMap;

use super::parse::Kinds;
use super::placeholders::RATES;
use crate::days::QuietHours;
use crate::ids::MessageKind;
use crate::kpi::risk::{FEATURES, Weights};
use crate::kpi::{AlertRules, ExpectedMix, Health, ReportRules, Targets};
use crate::toml_check::{Item, Table, all};

/// Rounding of the fractions of a mix.
const WHOLE: f64 = 1e-6;

pub(super) fn report<'f>(item: &Item<'f>, kinds: &mut Kinds<'f>) -> Option<MessageKind> {
    let mut table = item.table("a table [report]")?;
    let message = kinds.read(table.need("weekly_message"));
    table.finish();
    message
}

/// The table `[alerts]`: the hours in which operators are told of what can't wait for the report.
pub(super) fn alerts<'f>(item: &Item<'f>, kinds: &mut Kinds<'f>) -> Option<AlertRules> {
    let mut table = item.table("a table [alerts]")?;
    let (from, until) = (table.need("from").time(), table.need("until").time());
    let message = kinds.read(table.need("message"));
    table.finish();
    Some(AlertRules {
        silent: QuietHours {
            from: until?,
            until: from?,
        },
        message: message?,
    })
}

/// A target is a fraction, or one for each phase of a community.
pub(super) fn targets(item: &Item<'_>) -> Option<Targets> {
    let entries = item
        .table("a table [targets]")?
        .entries()
        .map(|(name, item)| {
            if !RATES.contains(&name) {
                item.problem(format_args!("expected one of {}", RATES.join(", ")));
                return None;
            }
            Some((name.to_owned(), phases(&item)?))
        });
    let entries: BTreeMap<_, _> = all(entries)?.into_iter().collect();
    Some(Targets(entries))
}

fn phases(item: &Item<'_>) -> Option<[f64; Targets::PHASES]> {
    let Some(phases) = item.as_list() else {
        return item.fraction().map(|target| [target; Targets::PHASES]);
    };
    let phases = all(phases.iter().map(Item::fraction))?;
    let four = phases.try_into().ok();
    four.or_else(|| item.expected("four fractions: for months 1-3, 4-6, 7-12 and later"))
}

pub(super) fn rules(
    health: Option<Item<'_>>,
    mix: Option<Item<'_>>,
    risk: Option<Item<'_>>,
) -> Option<ReportRules> {
    let health = health.map_or(Some(Health::default()), |item| self::health(&item));
    let mix = mix.map_or(Some(ExpectedMix::default()), |item| self::mix(&item));
    let risk = risk.map_or(Some(Weights::default()), |item| self::risk(&item));
    Some(ReportRules {
        health: health?,
        mix: mix?,
        risk: risk?,
    })
}

fn health(item: &Item<'_>) -> Option<Health> {
    let usual = Health::default();
    let mut table = item.table("a table [health]")?;
    let month_growth = limit(&mut table, "month_growth", usual.month_growth);
    let swing = limit(&mut table, "swing", usual.swing);
    let interaction_growth = limit(&mut table, "interaction_growth", usual.interaction_growth);
    let negative = limit(&mut table, "negative", usual.negative);
    let k = limit(&mut table, "k", usual.k);
    let special_weeks = table.get("special_weeks").map_or(Some(Vec::new()), |item| {
        let weeks = item.list("a list of weeks: [\"2026-W08\"]")?;
        let week = |item: &Item<'_>| {
            let week = item.as_str().and_then(|week| week.parse().ok());
            week.or_else(|| item.expected("an ISO week: \"2026-W08\""))
        };
        all(weeks.iter().map(week))
    });
    table.finish();
    Some(Health {
        month_growth: month_growth?,
        swing: swing?,
        interaction_growth: interaction_growth?,
        negative: negative?,
        k: k?,
        special_weeks: special_weeks?.into_iter().collect(),
    })
}

/// A limit of the light, or `"off"`.
#[expect(
    clippy::option_option,
    reason = "whether it could be read, and whether the rule is on"
)]
fn limit(table: &mut Table<'_>, name: &'static str, usual: Option<f64>) -> Option<Option<f64>> {
    let Some(item) = table.get(name) else {
        return Some(usual);
    };
    if item.as_str() == Some("off") {
        return Some(None);
    }
    item.number(0.0..=10.0, "a number from 0 to 10, or \"off\"")
        .map(Some)
}

fn mix(item: &Item<'_>) -> Option<ExpectedMix> {
    let mut table = item.table("a table [mix]")?;
    let parts = ["core", "active", "potential", "silent"].map(|name| table.need(name).fraction());
    table.finish();
    let [Some(core), Some(active), Some(potential), Some(silent)] = parts else {
        return None;
    };
    let sum = core + active + potential + silent;
    if (sum - 1.0).abs() > WHOLE {
        return item.expected("core, active, potential and silent that add up to 1");
    }
    Some(ExpectedMix {
        core,
        active,
        potential,
        silent,
    })
}

fn risk(item: &Item<'_>) -> Option<Weights> {
    let mut table = item.table("a table [risk]")?;
    let mut weight = |name| table.need(name).number(-1000.0..=1000.0, "a weight");
    let intercept = weight("intercept");
    let features = FEATURES.map(&mut weight);
    table.finish();
    let [Some(recency), Some(trend), Some(streak_loss)] = features else {
        return None;
    };
    Some(Weights {
        intercept: intercept?,
        features: [recency, trend, streak_loss],
    })
}

#[cfg(test)]
mod tests;
