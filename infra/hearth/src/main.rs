//! The command `hearth`.

mod check;
mod demo;
mod endpoint;
mod replay;
mod serve;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

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
    /// Plays the story of four newcomers and shows what became of them.
    Demo(demo::Demo),
    /// Communities: check, publish, list, show.
    #[command(subcommand)]
    Community(Files),
    /// Playbooks: check, publish, list, show.
    #[command(subcommand)]
    Playbook(Files),
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
        endpoint: endpoint::Endpoint,
    },
    /// Lists what is published.
    List {
        #[command(flatten)]
        endpoint: endpoint::Endpoint,
    },
    /// Shows a published file.
    Show {
        /// Its id.
        id: String,
        #[command(flatten)]
        endpoint: endpoint::Endpoint,
    },
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Serve(serve) => Box::pin(serve.run()).await,
        Command::Replay(replay) => Box::pin(replay.run()).await,
        Command::Demo(demo) => Box::pin(demo.run()).await,
        Command::Community(files) => run_files(check::Kind::Community, files).await,
        Command::Playbook(files) => run_files(check::Kind::Playbook, files).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run_files(kind: check::Kind, files: Files) -> anyhow::Result<()> {
    match files {
        Files::Check { file } => check::check(kind, &file),
        Files::Publish { file, endpoint } => {
            let text = check::read(kind, &file)?;
            endpoint.publish(kind, &file, text).await
        }
        Files::List { endpoint } => endpoint.list(kind).await,
        Files::Show { id, endpoint } => endpoint.show(kind, &id).await,
    }
}
