//! `hearth serve`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use clap::Args;
use hearth_aws::config::Environment;
use hearth_aws::store::Kind;
use hearth_local::clock::StackClock;
use hearth_local::server;
use hearth_local::stack::{Data, Options, Stack};
use tokio::net::TcpListener;

use crate::check;

/// Runs the whole system on this machine.
#[derive(Args)]
pub(crate) struct Serve {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:9000")]
    listen: String,
    /// A file for the tables, or `memory`.
    #[arg(long, default_value = "memory")]
    data: String,
    /// `system`, or the RFC 3339 instant at which a clock starts that only /local/clock moves.
    #[arg(long, default_value = "system")]
    clock: String,
    /// A folder of community files to publish at start; playbooks in its folder `playbooks`.
    #[arg(long)]
    communities: Option<PathBuf>,
}

/// A file's path, or `memory`.
pub(crate) fn data(text: &str) -> Data {
    if text == "memory" {
        Data::Memory
    } else {
        Data::File(PathBuf::from(text))
    }
}

impl Serve {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let clock = match self.clock.as_str() {
            "system" => StackClock::System,
            instant => StackClock::standing_at(
                instant
                    .parse()
                    .context("--clock: expected `system` or an RFC 3339 instant")?,
            ),
        };
        let environment = Environment::of_process();
        hearth_aws::telemetry::start(Some(environment.get("HEARTH_LOG").unwrap_or("warn")));
        let listener = TcpListener::bind(&self.listen)
            .await
            .with_context(|| format!("--listen {}", self.listen))?;
        let base = format!("http://{}", listener.local_addr()?);
        let mut options = Options::in_memory(clock);
        options.data = data(&self.data);
        options.environment = environment;
        options.base = Some(base.clone());
        let stack = Arc::new(Stack::start(options).await?);
        stack.publish_default_playbook().await?;
        if let Some(folder) = &self.communities {
            publish_folder(&stack, folder).await?;
        }
        println!("hearth is ready at {base}");
        server::serve(stack, listener, interrupted()).await
    }
}

/// Resolves on Ctrl-C or a request to terminate.
pub(crate) async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => {
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}

async fn publish_folder(stack: &Stack, folder: &Path) -> anyhow::Result<()> {
    let playbooks = folder.join("playbooks");
    if playbooks.is_dir() {
        publish_files(stack, check::Kind::Playbook, &playbooks).await?;
    }
    publish_files(stack, check::Kind::Community, folder).await
}

async fn publish_files(stack: &Stack, kind: check::Kind, folder: &Path) -> anyhow::Result<()> {
    let entries = std::fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .collect();
    files.retain(|file| {
        file.extension()
            .is_some_and(|extension| extension == "toml")
    });
    files.sort();
    if files.is_empty() {
        bail!("{}: no .toml file in it", folder.display());
    }
    for file in files {
        publish_file(stack, kind, &file).await?;
    }
    Ok(())
}

async fn publish_file(stack: &Stack, kind: check::Kind, file: &Path) -> anyhow::Result<()> {
    let text = check::read(kind, file)?;
    let stored = match kind {
        check::Kind::Community => Kind::Community,
        check::Kind::Playbook => Kind::Playbook,
    };
    let (id, version) = stack
        .publish(stored, &text)
        .await
        .with_context(|| file.display().to_string())?;
    println!("published {} {id} as version {version}", kind.name());
    Ok(())
}
