//! `hearth replay`.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use hearth_domain::days::Zone;
use hearth_domain::ids::CommunityId;
use hearth_local::replay::{Output, Plan, read, run, write};
use indicatif::{ProgressBar, ProgressStyle};

use crate::partial::Partial;
use crate::serve::data;

/// Events in a batch: a backlog is taken in larger batches than live traffic.
const BATCH: usize = 100;

/// Replays events from files.
#[derive(Args)]
pub(crate) struct Replay {
    /// `.csv` or `.csv.gz` with ts_unix_seconds,user_id,kind,channel_id,text_length.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The community's id.
    #[arg(long)]
    community: String,
    /// IANA zone of its days and weeks.
    #[arg(long, default_value = "UTC")]
    zone: String,
    /// A file for the tables, or `memory`.
    #[arg(long, default_value = "memory")]
    data: String,
    /// Events in a batch, 1 to 1,000.
    #[arg(long, default_value_t = BATCH, value_parser = batch)]
    batch: usize,
    /// The folder for tables, reports and run.json.
    #[arg(long)]
    out: PathBuf,
}

fn batch(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|batch| (1..=1000).contains(batch))
        .ok_or_else(|| "expected 1 to 1,000".to_owned())
}

impl Replay {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let plan = Plan {
            community: CommunityId::new(&self.community).context("--community")?,
            zone: Zone::new(&self.zone).context("--zone")?,
            data: data(&self.data),
            batch: self.batch,
        };
        let rows = read(&self.files)?;
        let bar = ProgressBar::new(u64::try_from(rows.len())?);
        bar.set_style(ProgressStyle::with_template(
            "{bar:40} {human_pos} of {human_len} events, {per_sec}, {eta} left",
        )?);
        #[expect(
            clippy::disallowed_methods,
            reason = "the command's own stopwatch: run.json says how long the replay took"
        )]
        let began = std::time::Instant::now();
        let summary = run(&plan, &rows, |done| bar.set_position(done)).await?;
        let seconds = began.elapsed().as_secs_f64();
        bar.finish_and_clear();
        write(
            &Output {
                summary: &summary,
                seconds,
                peak_memory: peak_memory(),
            },
            &self.out,
        )?;
        let per_message = summary
            .write_units_per_message
            .map_or_else(String::new, |units| {
                format!(", {units:.3} write units a message")
            });
        println!(
            "{} events in {seconds:.1} s{per_message}; {} weekly reports in {}",
            summary.events,
            summary.reports.len(),
            self.out.display()
        );
        Partial::unless_whole(summary.reports.iter().map(|record| &record.report))?;
        if summary.dead_letters > 0 {
            anyhow::bail!(
                "{} events could not be handled: the reports are not whole",
                summary.dead_letters
            );
        }
        Ok(())
    }
}

/// Linux tells a process its largest resident set.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes * 1024)
}
