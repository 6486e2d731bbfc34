//! A Monday: the weekly report of a large community with three months behind it, made on the local
//! stack. The tables are a file, so that what the process holds is the function's and not theirs.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use hearth_aws::meter::Units;
use hearth_aws::queue::{Queue, QueueName};
use hearth_aws::store::{Kind, keys};
use hearth_aws::wire::{RollupV1, Work};
use hearth_domain::community::Community;
use hearth_domain::days::{IsoWeek, LocalDay};
use hearth_domain::kpi::Report;
use hearth_domain::playbook::Playbook;
use hearth_local::stack::{Data, Stack};
use serde_json::json;

use crate::runtime::process::{Usage, forget_peak};
use crate::runtime::tick;
use crate::veterans::veteran;
use crate::world::{SHOP, standing_at};

/// What a report of a million members may take without the embedded database. Seconds.
const SECONDS: f64 = 60.0;
/// What the process may hold, however many they are: the tables are in a file. Bytes.
const MEMORY: u64 = 256_000_000;
/// What it may read and write. Units.
const READS: f64 = 140_000.0;
const WRITES: f64 = 2_000.0;
/// Of so many members.
const MEMBERS: f64 = 1_000_000.0;
/// Reads of a report that do not grow with its members: the weeks before it, the sums of its
/// orders, the last page of each shard.
const FIXED_READS: f64 = 200.0;

/// Two o'clock in the morning of the Monday after the week, in Berlin: nothing is due yet.
const NIGHT: &str = "2026-01-12T01:00:00Z";
const WEEK: &str = "2026-W02";
/// Members between two words about the seeding.
const A_WHILE: usize = 20_000;

/// What became of it.
#[derive(Debug, Clone)]
pub struct Monday {
    /// Members.
    pub members: usize,
    /// Time that it took to write them down, which is no part of the rest.
    pub seeding: Duration,
    /// What the embedded database takes for the same pages.
    pub pages_alone: Duration,
    /// From the work in the queue to the record.
    pub real: Duration,
    /// What the report read and wrote.
    pub units: Units,
    /// The most of the process that was resident during it. Bytes.
    pub peak_memory_bytes: u64,
    /// The report.
    pub report: Report,
}

/// Makes the report of so many members; `tables` is a file that is not there yet.
pub async fn run(members: usize, tables: &Path, progress: &dyn Fn(&str)) -> anyhow::Result<Monday> {
    ensure!(!tables.exists(), "{} is there already", tables.display());
    let mut options = standing_at(NIGHT);
    options.data = Data::File(tables.to_owned());
    let stack = Box::pin(Stack::start(options)).await?;
    let problems = |problems: Vec<_>| anyhow::anyhow!("{problems:?}");
    let playbook = Playbook::parse(Playbook::DEFAULT_TOML).map_err(problems)?;
    let community = Community::parse(SHOP).map_err(problems)?;
    Box::pin(stack.publish(Kind::Playbook, Playbook::DEFAULT_TOML)).await?;
    Box::pin(stack.publish(Kind::Community, SHOP)).await?;
    let week: IsoWeek = WEEK.parse()?;
    let begun = tick();
    seed(
        &stack,
        &community,
        &playbook,
        week.sunday(),
        members,
        progress,
    )
    .await?;
    let seeding = begun.elapsed();

    progress("the pages alone");
    let begun = tick();
    read_pages(&stack, &community)?;
    let pages_alone = begun.elapsed();

    progress("the report");
    let units = stack.all_units();
    forget_peak()?;
    let begun = tick();
    let work = Work::RollupV1(RollupV1 {
        community: community.id.clone(),
        week,
        revision: 2,
        as_of: None,
    });
    stack.queues.send(QueueName::KpiRollup, &[work]).await?;
    Box::pin(stack.run_until_idle()).await;
    let real = begun.elapsed();
    let peak_memory_bytes = Usage::of(std::process::id())?.peak_memory_bytes;
    let of_rollup = |units: &std::collections::BTreeMap<&str, Units>| {
        units.get("kpi-rollup").copied().unwrap_or_default()
    };
    let units = of_rollup(&stack.all_units()) - of_rollup(&units);
    let record = stack.store.report(&community.id, week, Some(2)).await?;
    let report = Report::from_json(&record.context("no report was made")?)?;
    Ok(Monday {
        members,
        seeding,
        pages_alone,
        real,
        units,
        peak_memory_bytes,
        report,
    })
}

async fn seed(
    stack: &Stack,
    community: &Community,
    playbook: &Playbook,
    today: LocalDay,
    members: usize,
    progress: &dyn Fn(&str),
) -> anyhow::Result<()> {
    for n in 0..members {
        let member = veteran(n, community, playbook, today)?;
        stack.store.save_member(community, &member).await?;
        if (n + 1) % A_WHILE == 0 {
            progress(&format!("{} of {members} members", n + 1));
        }
    }
    Ok(())
}

/// Every page of every shard, asked of the embedded database itself: no SDK, and no member is read from
/// an item.
fn read_pages(stack: &Stack, community: &Community) -> anyhow::Result<()> {
    for shard in 0..community.shards {
        let mut request = json!({
            "TableName": "members", "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": keys::member_shard(&community.id, shard)}},
        });
        loop {
            let answer = stack.ask_tables("Query", &request)?;
            let Some(after) = answer.get("LastEvaluatedKey") else {
                break;
            };
            request
                .as_object_mut()
                .context("a request is an object")?
                .insert("ExclusiveStartKey".to_owned(), after.clone());
        }
    }
    Ok(())
}

impl Monday {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a community has fewer members than 2^52"
    )]
    fn share(&self) -> f64 {
        self.members as f64 / MEMBERS
    }

    fn counting(&self) -> Duration {
        self.real.saturating_sub(self.pages_alone)
    }

    /// What is wrong with what it made and cost, whatever the machine.
    pub fn wrongs(&self) -> Vec<String> {
        let counted = self.report.numbers.retention.all.size;
        let reads = READS * self.share() + FIXED_READS;
        [
            (usize::try_from(counted) != Ok(self.members))
                .then(|| format!("{counted} of {} members are in the report", self.members)),
            (self.units.read > reads)
                .then(|| format!("{:.1} read units, more than {reads:.1}", self.units.read)),
            (self.units.write > WRITES)
                .then(|| format!("{:.1} write units, more than {WRITES:.0}", self.units.write)),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// What it took too much of on this machine.
    pub fn over_budget(&self) -> Vec<String> {
        let seconds = self.counting().as_secs_f64();
        [
            (seconds > SECONDS).then(|| format!("{seconds:.1} s, more than {SECONDS:.0}")),
            (self.peak_memory_bytes > MEMORY)
                .then(|| format!("{} MB of memory", self.peak_memory_bytes / 1_000_000)),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

impl fmt::Display for Monday {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let megabytes = |bytes: u64| (bytes / 1_000_000).to_string();
        let seconds = |time: Duration| format!("{:.1}", time.as_secs_f64());
        let per_million = |units: f64| format!("{units:.1} ({:.0})", units / self.share());
        let rows = [
            ("members, 90 days of history", self.members.to_string()),
            ("the report, this machine [s]", seconds(self.real)),
            (
                "  the embedded database alone [s]",
                seconds(self.pages_alone),
            ),
            (
                "  the rest [s] (per million members)",
                format!(
                    "{} ({:.1}) (at most {SECONDS:.0})",
                    seconds(self.counting()),
                    self.counting().as_secs_f64() / self.share()
                ),
            ),
            ("seeding, not part of it [s]", seconds(self.seeding)),
            (
                "read units (per million members)",
                format!("{} (at most {READS:.0})", per_million(self.units.read)),
            ),
            (
                "write units",
                format!("{:.1} (at most {WRITES:.0})", self.units.write),
            ),
            ("requests", self.units.requests.to_string()),
            (
                "peak memory, tables not included [MB]",
                format!(
                    "{} (at most {})",
                    megabytes(self.peak_memory_bytes),
                    megabytes(MEMORY)
                ),
            ),
        ];
        for (what, value) in rows {
            writeln!(f, "{what:<38}{value}")?;
        }
        Ok(())
    }
}
