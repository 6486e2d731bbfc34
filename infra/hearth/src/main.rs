//! The command `hearth`.

mod board;
mod check;
mod coupon;
mod demo;
mod deployed;
mod endpoint;
mod journey;
mod ledger;
mod member;
mod partial;
mod points;
mod preview;
mod replay;
mod report;
mod serve;
mod simulate;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use partial::Partial;

/// Community life on Lambda, and all of it on this machine.
#[derive(Parser)]
#[command(name = "hearth", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the whole system on this machine.
    Serve(serve::Serve),
    /// Replays events from files in virtual time and reports every week.
    Replay(replay::Replay),
    /// Lets made-up members live by a playbook for weeks, in virtual time.
    Simulate(simulate::Simulate),
    /// Plays the story of four newcomers and shows what became of them.
    Demo(demo::Demo),
    /// Communities: check, publish, list, show.
    #[command(subcommand)]
    Community(Files),
    /// Playbooks: check, preview, publish, list, show.
    #[command(subcommand)]
    Playbook(Playbooks),
    /// One member: show, export, erase.
    #[command(subcommand)]
    Member(member::Member),
    /// Leaderboards and stars: show, stars.
    #[command(subcommand)]
    Board(board::Board),
    /// Weekly reports: show, list, export, rebuild; who is likely to fall silent.
    #[command(subcommand)]
    Report(report::Report),
    /// Points and their ledger: show, check, void a day, correct.
    #[command(subcommand)]
    Points(points::Points),
    /// Coupon codes: import, list.
    #[command(subcommand)]
    Coupon(coupon::Coupon),
    /// What became of messages, and why.
    #[command(subcommand)]
    Ledger(ledger::Ledger),
    /// Running journeys: a new version for whom, pilots, pauses.
    #[command(subcommand)]
    Journey(journey::Journey),
    /// Dead letters of a stack in AWS: looks at them, or sends them back to work.
    Redrive(deployed::Redrive),
    /// Prints the JSON schema of our Standard Webhooks, as docs/schema has it.
    Schema,
}

/// What can be done with a kind of file.
#[derive(Subcommand)]
enum Files {
    /// Names every mistake with its line.
    Check {
        /// The TOML file.
        file: PathBuf,
    },
    /// Checks the file and stores it as a new version.
    Publish {
        /// The TOML file.
        file: PathBuf,
        #[command(flatten)]
        place: Place,
        /// Publishes a community without a look at its secrets in AWS.
        #[arg(long, requires = "stack")]
        secrets_unseen: bool,
    },
    /// Lists what is published.
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Shows a published file.
    Show {
        /// Its id.
        id: String,
        #[command(flatten)]
        place: Place,
    },
}

/// What can be done with a playbook.
#[derive(Subcommand)]
enum Playbooks {
    #[command(flatten)]
    Files(Files),
    /// Shows each text with samples, as the platforms would, and whether it fits.
    Preview(preview::Preview),
}

/// A local stack, or one in AWS.
#[derive(Args)]
struct Place {
    #[command(flatten)]
    endpoint: endpoint::Endpoint,
    #[command(flatten)]
    stacked: deployed::Stacked,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Serve(serve) => Box::pin(serve.run()).await,
        Command::Replay(replay) => Box::pin(replay.run()).await,
        Command::Simulate(simulate) => Box::pin(simulate.run()).await,
        Command::Demo(demo) => Box::pin(demo.run()).await,
        Command::Community(files) => Box::pin(run_files(check::Kind::Community, files)).await,
        Command::Playbook(Playbooks::Files(files)) => {
            Box::pin(run_files(check::Kind::Playbook, files)).await
        }
        Command::Playbook(Playbooks::Preview(preview)) => preview.run(),
        Command::Member(member) => Box::pin(member.run()).await,
        Command::Board(board) => Box::pin(board.run()).await,
        Command::Report(report) => Box::pin(report.run()).await,
        Command::Points(points) => Box::pin(points.run()).await,
        Command::Coupon(coupon) => Box::pin(coupon.run()).await,
        Command::Ledger(ledger) => Box::pin(ledger.run()).await,
        Command::Journey(journey) => Box::pin(journey.run()).await,
        Command::Redrive(redrive) => Box::pin(redrive.run()).await,
        Command::Schema => {
            print!("{}", hearth_schema::text());
            Ok(())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(exit(&error))
        }
    }
}

/// What is not whole is told from what failed.
fn exit(error: &anyhow::Error) -> u8 {
    if error.is::<Partial>() {
        Partial::EXIT
    } else {
        1
    }
}

async fn run_files(kind: check::Kind, files: Files) -> anyhow::Result<()> {
    match files {
        Files::Check { file } => Box::pin(check::check(kind, &file)).await,
        Files::Publish {
            file,
            place,
            secrets_unseen,
        } => {
            let text = check::read(kind, &file)?;
            match place.stacked.deployed().await? {
                Some(stack) => stack.publish(kind, &file, &text, secrets_unseen).await,
                None => place.endpoint.publish(kind, &file, text).await,
            }
        }
        Files::List { place } => match place.stacked.deployed().await? {
            Some(stack) => stack.list(kind).await,
            None => place.endpoint.list(kind).await,
        },
        Files::Show { id, place } => match place.stacked.deployed().await? {
            Some(stack) => stack.show(kind, &id).await,
            None => place.endpoint.show(kind, &id).await,
        },
    }
}
