//! The command that measures the functions' own binaries, and shows that they outlive a panic.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Parser, Subcommand};
use hearth_local::stack::Function;
use hearth_tests::runtime::bench::{self, Effort, closing, due, figures, table, weekly};
use hearth_tests::runtime::binaries::{self, Binaries};
use hearth_tests::runtime::panics;
use hearth_tests::runtime::stage::Ground;

/// The functions' own binaries, each as a process under a Runtime API server, with a stub of AWS.
#[derive(Parser)]
#[command(name = "bootstraps", about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measures cold starts, CPU, memory, requests and units, and holds them to their budgets.
    Bench(Bench),
    /// Lets every record of a batch of ten panic in turn: the others are done, the process lives.
    Panic(Panic),
    /// Lets a community's members be due in the same minute, on the local stack; fails if one of them
    /// gets no message or two, or if a step costs more than it may.
    Due(Members),
    /// Closes the day of a community whose members were all active, on the local stack; fails if it
    /// takes too long, too much memory or too many units.
    Closing(Members),
    /// Makes the weekly report of a community with three months behind it, on the local stack with its
    /// tables in a file; fails if it takes too long, too much memory or too many units.
    Weekly(Weekly),
}

#[derive(Args)]
struct Weekly {
    #[command(flatten)]
    members: Members,
    /// A file for the tables, which must not be there yet; it is removed afterwards.
    #[arg(long, value_name = "FILE")]
    tables: PathBuf,
}

#[derive(Args)]
struct Members {
    /// How many.
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    members: usize,
}

#[derive(Args)]
struct Bench {
    /// The folder with the six binaries, such as target/release.
    #[arg(long, value_name = "DIR")]
    bootstraps: PathBuf,
    /// Also write everything that was measured to this file, as JSON.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Show this run beside an earlier one's file.
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// Measure only these functions.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    only: Vec<String>,
    /// Fewer of everything: a look, not a comparison.
    #[arg(long)]
    quick: bool,
    /// Succeed whatever the numbers are: for a debug build.
    #[arg(long)]
    no_budgets: bool,
}

#[derive(Args)]
struct Panic {
    /// The folder with the binaries, such as target/release.
    #[arg(long, value_name = "DIR")]
    bootstraps: PathBuf,
    /// Prove it only for these functions.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    only: Vec<String>,
}

// One thread: beside it the other core is the bootstrap's.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Bench(bench) => bench.run().await,
        Command::Panic(panic) => Box::pin(panic.run()).await,
        Command::Due(due) => due.run_due().await,
        Command::Closing(closing) => Box::pin(closing.run_closing()).await,
        Command::Weekly(weekly) => Box::pin(weekly.run()).await,
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

impl Bench {
    async fn run(self) -> anyhow::Result<ExitCode> {
        // Before the minute that measuring takes.
        let earlier = self.against.as_deref().map(figures::read).transpose()?;
        let functions = chosen(&self.only, &binaries::ALL)?;
        let binaries = Binaries::of(&self.bootstraps, &functions)?;
        let effort = if self.quick {
            Effort::QUICK
        } else {
            Effort::FULL
        };
        let run = bench::run(&binaries, &functions, effort, &|what| eprintln!("{what}")).await?;
        if let Some(path) = &self.out {
            write(path, &serde_json::to_string_pretty(&run)?)?;
        }
        println!("{}", table::of(&run));
        let now = figures::of(&run);
        if let Some(earlier) = &earlier {
            let path = self.against.as_deref().unwrap_or(Path::new(""));
            println!("{} of {} → now", path.display(), earlier.taken_at);
            println!(
                "{}",
                table::of_changes(&figures::compare(&figures::of(earlier), &now))
            );
        }
        let over = now.iter().filter(|figure| figure.is_over()).count();
        if over == 0 {
            return Ok(ExitCode::SUCCESS);
        }
        eprintln!(
            "over budget: {over} of {} figures that have one",
            now.iter().filter(|figure| figure.limit.is_some()).count()
        );
        Ok(if self.no_budgets {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}

impl Panic {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let functions = chosen(&self.only, &panics::FUNCTIONS)?;
        let ground = Ground::new(Binaries::of(&self.bootstraps, &functions)?)?;
        for function in functions {
            println!("{}", Box::pin(panics::prove(&ground, function)).await?);
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Members {
    async fn run_due(self) -> anyhow::Result<ExitCode> {
        let morning = due::run(self.members, &|what| eprintln!("{what}")).await?;
        print!("{morning}");
        Ok(told(&morning.wrongs()))
    }

    async fn run_closing(self) -> anyhow::Result<ExitCode> {
        let midnight = Box::pin(closing::run(self.members, &|what| eprintln!("{what}"))).await?;
        print!("{midnight}");
        let wrongs = [midnight.wrongs(), midnight.over_budget()].concat();
        Ok(told(&wrongs))
    }
}

impl Weekly {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let (members, tables) = (self.members.members, &self.tables);
        let monday = Box::pin(weekly::run(members, tables, &|what| eprintln!("{what}"))).await?;
        // The journal beside it is gone when the tables are closed.
        std::fs::remove_file(tables).with_context(|| format!("removing {}", tables.display()))?;
        print!("{monday}");
        let wrongs = [monday.wrongs(), monday.over_budget()].concat();
        Ok(told(&wrongs))
    }
}

fn told(wrongs: &[String]) -> ExitCode {
    for wrong in wrongs {
        eprintln!("error: {wrong}");
    }
    if wrongs.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// The functions named, of those that there are; all of them where none is named.
fn chosen(names: &[String], all: &[Function]) -> anyhow::Result<Vec<Function>> {
    if names.is_empty() {
        return Ok(all.to_vec());
    }
    let named: Vec<Function> = names
        .iter()
        .map(|name| binaries::function(name))
        .collect::<anyhow::Result<_>>()?;
    for function in &named {
        anyhow::ensure!(
            all.contains(function),
            "{} has no batches of events of members",
            function.name()
        );
    }
    // Each once, in the order of the tables.
    Ok(all
        .iter()
        .copied()
        .filter(|function| named.contains(function))
        .collect())
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("creating {}", folder.display()))?;
    }
    std::fs::write(path, text).with_context(|| format!("writing {}", path.display()))
}
