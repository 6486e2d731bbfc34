//! All weeks, or some, as files.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail};
use hearth_domain::days::IsoWeek;
use hearth_domain::ids::CommunityId;
use hearth_domain::kpi::{Report, Summary, csv};
use hearth_local::export::{self, Record};

use super::records::Records;
use crate::partial::Partial;

/// `weekly.csv`, `monthly.csv` and `quarterly.csv` of these weeks, `segments.csv`, `retention_….csv` of the last
/// week, and `reports/` with its index.
pub(super) async fn export(
    records: &Records<'_>,
    community: &CommunityId,
    (from, until): (Option<IsoWeek>, Option<IsoWeek>),
    out: &Path,
) -> anyhow::Result<()> {
    let weeks = records.latest(community).await?;
    let asked = weeks
        .into_iter()
        .filter(|(week, _)| from.is_none_or(|from| from <= *week))
        .filter(|(week, _)| until.is_none_or(|until| *week <= until));
    let mut found: Vec<Record> = Vec::new();
    for week in asked {
        found.push(records.read(community, week).await?);
    }
    let (Some(first), Some(last)) = (found.first(), found.last()) else {
        bail!("there is no report of {community} to export");
    };
    fs::create_dir_all(out).with_context(|| format!("--out {}", out.display()))?;
    let reports = || found.iter().map(|record| &record.report);
    export::put(&out.join("weekly.csv"), &csv::figures(reports()))?;
    for (name, months) in [("monthly.csv", 1), ("quarterly.csv", 3)] {
        let weeks = reports().map(Report::figures);
        export::put(
            &out.join(name),
            &csv::summaries(&Summary::all(weeks, months)),
        )?;
    }
    let numbers = reports().map(|report| &report.numbers);
    export::put(&out.join("segments.csv"), &csv::segments(numbers))?;
    export::reports(&found, out)?;
    println!(
        "{community}, {} to {} ({} reported): {}",
        first.report.week,
        last.report.week,
        found.len(),
        out.join("reports/index.html").display()
    );
    Partial::unless_whole(reports())?;
    Ok(())
}
