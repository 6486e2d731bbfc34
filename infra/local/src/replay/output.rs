//! What a replay leaves behind: tables, reports, and what the run cost.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use hearth_domain::board::Board;
use hearth_domain::ids::MemberId;
use hearth_domain::kpi::csv;
use serde_json::{Value, json};

use super::run::Summary;
use crate::export::{self, field, put};

/// A replay's result with what only the command knows.
#[derive(Debug)]
pub struct Output<'a> {
    /// What it did.
    pub summary: &'a Summary,
    /// Wall-clock seconds.
    pub seconds: f64,
    /// Largest resident memory, where the system tells. Bytes.
    pub peak_memory: Option<u64>,
}

/// Writes all files into a folder; each appears whole or not at all.
pub fn write(output: &Output<'_>, dir: &Path) -> anyhow::Result<()> {
    let records = &output.summary.reports;
    fs::create_dir_all(dir).with_context(|| format!("creating {}", dir.display()))?;
    let numbers = || records.iter().map(|record| &record.report.numbers);
    put(&dir.join("weekly.csv"), &csv::weekly(numbers()))?;
    put(&dir.join("segments.csv"), &csv::segments(numbers()))?;
    export::reports(records, dir)?;
    put_boards(&output.summary.boards, &dir.join("leaderboards"))?;
    put(&dir.join("run.json"), &format!("{:#}\n", run_json(output)?))
}

/// A table for each period.
fn put_boards(boards: &[Board], dir: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(dir).with_context(|| format!("creating {}", dir.display()))?;
    for board in boards {
        put(&dir.join(format!("{}.csv", board.period)), &table(board))?;
    }
    Ok(())
}

fn table(board: &Board) -> String {
    let mut table = "rank,member,points,check_ins\n".to_owned();
    for place in &board.places {
        let member = place.member.as_ref().map_or("", MemberId::as_str);
        let row = format!(
            "{},{},{},{}\n",
            place.rank,
            field(member),
            place.points,
            place.check_ins
        );
        table.push_str(&row);
    }
    table
}

fn run_json(output: &Output<'_>) -> anyhow::Result<Value> {
    let mut run = serde_json::to_value(output.summary)?;
    let events = output.summary.events as f64;
    if let Value::Object(run) = &mut run {
        run.insert("seconds".to_owned(), json!(output.seconds));
        run.insert(
            "events_per_second".to_owned(),
            json!((output.seconds > 0.0).then(|| events / output.seconds)),
        );
        run.insert("peak_memory_bytes".to_owned(), json!(output.peak_memory));
    }
    Ok(run)
}
