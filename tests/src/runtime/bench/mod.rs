//! Measures the six bootstraps: cold starts, then work by the batch.

pub mod closing;
mod consumers;
pub mod due;
pub mod figures;
mod machine;
pub mod measure;
mod messenger;
mod rollup;
pub mod table;
mod webhook;
pub mod weekly;

use hearth_aws::clock::{Clock, SystemClock};
use hearth_local::stack::Function;
use serde::{Deserialize, Serialize};

pub use machine::Machine;
pub use measure::{Spread, Start, Work};

use super::binaries::Binaries;
use super::stage::Ground;

/// The name of the file's format; another number is another format.
pub const FORMAT: &str = "hearth-bench/1";

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// Fresh processes for each kind of cold start.
    pub starts: usize,
    /// Warm webhooks.
    pub webhooks: usize,
    /// Batches of ten for everything that comes from a queue.
    pub batches: usize,
    /// Members of the community that a report is made of.
    pub members: usize,
    /// Whether it is the short one.
    pub quick: bool,
}

impl Effort {
    /// Numbers that can be compared: about a minute.
    pub const FULL: Self = Self {
        starts: 15,
        webhooks: 2000,
        batches: 100,
        members: 1000,
        quick: false,
    };
    /// A look: a few seconds.
    pub const QUICK: Self = Self {
        starts: 7,
        webhooks: 300,
        batches: 20,
        members: 200,
        quick: true,
    };
}

/// Everything that was measured: the file that `--out` writes and `--against` reads.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Measurements {
    /// [`FORMAT`].
    pub format: String,
    /// When, RFC 3339, UTC.
    pub taken_at: String,
    /// Fewer of everything.
    pub quick: bool,
    /// On what.
    pub machine: Machine,
    /// Each binary.
    pub binaries: Vec<Binary>,
    /// Each kind of cold start.
    pub starts: Vec<Start>,
    /// Each kind of work of a warm process.
    pub work: Vec<Work>,
}

/// A binary, and the process that it becomes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Binary {
    /// Which function.
    pub function: String,
    /// Bytes of the file, as it was built.
    pub binary_bytes: u64,
    /// The most memory that any of its processes here had resident at once, in bytes (`VmHWM`).
    pub peak_memory_bytes: u64,
}

/// Measures some functions. `progress` is told what is being measured.
pub async fn run(
    binaries: &Binaries,
    functions: &[Function],
    effort: Effort,
    progress: &dyn Fn(&str),
) -> anyhow::Result<Measurements> {
    let ground = Ground::new(binaries.clone())?;
    let mut book = measure::Book::new(&ground, effort, progress);
    for function in functions {
        match function {
            Function::MemberWebhook => Box::pin(webhook::measure(&mut book)).await?,
            Function::Onboarding => Box::pin(consumers::onboarding(&mut book)).await?,
            Function::CheckIn => Box::pin(consumers::check_in(&mut book)).await?,
            Function::WinBack => Box::pin(consumers::win_back(&mut book)).await?,
            Function::KpiRollup => Box::pin(rollup::measure(&mut book)).await?,
            Function::Messenger => Box::pin(messenger::measure(&mut book)).await?,
        }
    }
    let sizes = functions.iter().map(|function| {
        Ok(Binary {
            function: function.name().to_owned(),
            binary_bytes: binaries.size_bytes(*function)?,
            peak_memory_bytes: book.peak_memory_bytes(*function),
        })
    });
    let sizes = sizes.collect::<anyhow::Result<_>>()?;
    let (starts, work) = book.close();
    Ok(Measurements {
        format: FORMAT.to_owned(),
        taken_at: SystemClock.now().to_string(),
        quick: effort.quick,
        machine: Machine::this(binaries),
        binaries: sizes,
        starts,
        work,
    })
}
