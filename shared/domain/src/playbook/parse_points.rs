//! Reading what earns points: amounts and caps, fairness, freezes, milestones, levels.

use super::{Fairness, Freezes, Level, Milestone, PointRules};
use crate::member::MOST_PAID;
use crate::toml_check::{Item, Table, all};

/// What one thing may be worth; more is a slip of the finger.
const AMOUNT: std::ops::RangeInclusive<i64> = 0..=10_000;

fn amount(table: &mut Table<'_>, name: &'static str) -> Option<u16> {
    table.need(name).integer(AMOUNT, "a number")
}

/// A reason that a playbook may leave out earns nothing then.
fn amount_if_any(table: &mut Table<'_>, name: &'static str) -> Option<u16> {
    table
        .get(name)
        .map_or(Some(0), |item| item.integer(AMOUNT, "a number"))
}

pub(super) fn points(item: &Item<'_>) -> Option<PointRules> {
    let mut table = item.table("a table [points]")?;
    let check_in = amount(&mut table, "check_in");
    let message = amount(&mut table, "message");
    let cap_item = table.need("message_cap");
    let message_cap: Option<u16> = cap_item.integer(AMOUNT, "a number");
    let message_min_length = amount(&mut table, "message_min_length");
    let reaction = amount(&mut table, "reaction");
    let reaction_cap = amount(&mut table, "reaction_cap");
    let review = amount_if_any(&mut table, "review");
    let share = amount_if_any(&mut table, "share");
    let share_cap = amount_if_any(&mut table, "share_cap");
    let task = amount(&mut table, "task");
    table.finish();
    if let (Some(message), Some(cap)) = (message, message_cap) {
        let most = u32::from(message) * u32::from(MOST_PAID);
        if message > 0 && u32::from(cap) > most {
            cap_item.problem(format_args!(
                "expected at most {most}, as {MOST_PAID} messages of a day earn points, found {cap}"
            ));
        }
    }
    Some(PointRules {
        check_in: check_in?,
        message: message?,
        message_cap: message_cap?,
        message_min_length: message_min_length?,
        reaction: reaction?,
        reaction_cap: reaction_cap?,
        review: review?,
        share: share?,
        share_cap: share_cap?,
        task: task?,
    })
}

pub(super) fn fairness(item: &Item<'_>) -> Option<Fairness> {
    let mut table = item.table("a table [fairness]")?;
    // Two bytes hold the steps of a day from 2 seconds on.
    let min_seconds_between = table
        .need("min_seconds_between")
        .integer(2..=3_600, "seconds");
    table.finish();
    Some(Fairness {
        min_seconds_between: min_seconds_between?,
    })
}

pub(super) fn freezes(item: &Item<'_>) -> Option<Freezes> {
    let mut table = item.table("a table [freezes]")?;
    let most = table.need("most").integer(1..=9, "make-up cards in hand");
    // With fewer days a late check-in could earn a card earlier, and so one fewer: the streak would
    // depend on the order of deliveries.
    let every = table.need("every").integer(7..=100, "check-ins");
    table.finish();
    Some(Freezes {
        most: most?,
        every: every?,
    })
}

/// Holds a number against the one before it in a list that has to rise.
fn rising<T: PartialOrd + Copy + std::fmt::Display>(
    item: &Item<'_>,
    last: &mut Option<T>,
    number: Option<T>,
) {
    let Some(number) = number else { return };
    if let Some(last) = last.filter(|last| number <= *last) {
        item.problem(format_args!(
            "expected more than {last}, as they rise, found {number}"
        ));
    }
    *last = Some(number);
}

pub(super) fn milestones(item: &Item<'_>) -> Option<Vec<Milestone>> {
    let mut last = None;
    all(item.list("a list of [[milestones]]")?.iter().map(|item| {
        let mut table = item.table("a table [[milestones]]")?;
        let days_item = table.need("days");
        let days = days_item.integer(1..=3_650, "days");
        rising(&days_item, &mut last, days);
        let points = table.need("points").integer(0..=10_000, "a number");
        let badge = table.need("badge").localised();
        let reward = table.need("reward").localised();
        let reward_url = table.get("reward_url").and_then(|item| item.url());
        table.finish();
        Some(Milestone {
            days: days?,
            points: points?,
            badge: badge?,
            reward: reward?,
            reward_url,
        })
    }))
}

pub(super) fn levels(item: &Item<'_>) -> Option<Vec<Level>> {
    let items = item.list("a list of [[levels]]")?;
    if items.is_empty() {
        return item.expected("at least one level");
    }
    let mut last = None;
    all(items.iter().enumerate().map(|(at, item)| {
        let mut table = item.table("a table [[levels]]")?;
        let from_item = table.need("from");
        let from = from_item.integer(0..=100_000_000, "points");
        if let Some(from) = from.filter(|from| at == 0 && *from != 0) {
            from_item.problem(format_args!(
                "expected the first level from 0 points, found {from}"
            ));
        }
        rising(&from_item, &mut last, from);
        let name = table.need("name").localised();
        let perks = table.get("perks").and_then(|item| item.localised());
        table.finish();
        Some(Level {
            from: from?,
            name: name?,
            perks,
        })
    }))
}
