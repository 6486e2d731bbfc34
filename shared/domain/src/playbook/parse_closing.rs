//! Reading what a playbook says of the daily closing.

use std::collections::BTreeSet;

use jiff::civil::Time;

use super::parse::Kinds;
use crate::board::{ClosingRules, Span};
use crate::toml_check::{Item, all};

/// What happens in a day's last minute arrives within minutes; then a tick comes every quarter hour.
const AT: Time = Time::constant(0, 15, 0, 0);
const TOP: u8 = 10;

pub(super) fn closing<'f>(item: &Item<'f>, kinds: &mut Kinds<'f>) -> Option<ClosingRules> {
    let mut table = item.table("a table [closing]")?;
    let at = table.get("at").map_or(Some(AT), |item| item.time());
    let boards = spans(&table.need("boards"));
    let top = table
        .get("top")
        .map_or(Some(TOP), |item| item.integer(1..=100, "places"));
    let wall = table.get("wall").and_then(|item| kinds.read(item));
    let board = table.get("board").and_then(|item| kinds.read(item));
    table.finish();
    Some(ClosingRules {
        at: at?,
        boards: boards?,
        top: top?,
        wall,
        board,
    })
}

fn spans(item: &Item<'_>) -> Option<BTreeSet<Span>> {
    let items = item.list("a list of day, week, month and all")?;
    let mut spans = BTreeSet::new();
    let read = items.iter().map(|item| {
        let Some(span) = item.as_str().and_then(Span::from_name) else {
            return item.expected("one of day, week, month, all");
        };
        if !spans.insert(span) {
            item.problem(format_args!(
                "expected each once, found \"{}\" again",
                span.name()
            ));
        }
        Some(())
    });
    all(read)?;
    Some(spans)
}
