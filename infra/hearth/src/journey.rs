//! Running journeys: a new version for whom, a pilot, a pause; on a local stack or in AWS.

mod trials;
mod words;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::{Subcommand, ValueEnum};
use hearth_aws::clock::{Clock, SystemClock};
use hearth_aws::journeys::{self, Overview, Preview};
use hearth_domain::ids::{CommunityId, PlaybookId};
use hearth_domain::journey::JourneyName;
use hearth_domain::locale::Locale;
use hearth_domain::rollout::{MoveTo, Policy};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use crate::Place;
use crate::check;
use crate::demo::locale;
use crate::deployed::Deployed;
use crate::endpoint::at;

/// What can be done with running journeys.
#[derive(Subcommand)]
pub(crate) enum Journey {
    /// Publishes a new version of a playbook, after saying how many members it affects.
    Publish {
        /// The playbook's TOML file.
        file: PathBuf,
        /// What it means for members who are underway in the plan.
        #[arg(long, value_enum, default_value_t = Members::Pin)]
        members: Members,
        /// To about 50 members first; `rollout` takes it further.
        #[arg(long)]
        pilot: bool,
        /// Publishes. Without it only what would change is printed.
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Takes a version that is being tried to more members, to all, or stops it.
    Rollout {
        /// The playbook's id.
        playbook: String,
        /// `10%`, `all` or `stop`.
        #[arg(long, value_parser = move_to)]
        to: MoveTo,
        #[command(flatten)]
        place: Place,
    },
    /// Shows a playbook's versions, who is in them, what is paused, and what came of other words
    /// and of a holdout.
    Show {
        /// The playbook's id.
        playbook: String,
        /// The language of the verdicts.
        #[arg(long, default_value = "en", value_parser = locale)]
        locale: Locale,
        #[command(flatten)]
        place: Place,
    },
    /// Pauses journeys of a community: no step is decided, nothing that waits is sent.
    Pause(Which),
    /// Lets paused journeys go on; nothing was lost.
    Resume(Which),
}

/// Whose journeys.
#[derive(clap::Args)]
pub(crate) struct Which {
    /// The community's id.
    community: String,
    /// Which journey.
    #[arg(long, value_enum, default_value_t = Name::All)]
    journey: Name,
    #[command(flatten)]
    place: Place,
}

/// See [`Policy`].
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Members {
    /// They finish with the version they began with.
    Pin,
    /// They keep their plan's steps and days, and read the new version's texts.
    Follow,
    /// They go on with the new version, after the last step they had.
    Migrate,
}

impl Members {
    fn policy(self) -> Policy {
        match self {
            Self::Pin => Policy::Pin,
            Self::Follow => Policy::Follow,
            Self::Migrate => Policy::Migrate,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Name {
    Onboarding,
    WinBack,
    WakeUp,
    All,
}

impl Name {
    fn journeys(self) -> BTreeSet<JourneyName> {
        match self {
            Self::Onboarding => BTreeSet::from([JourneyName::Onboarding]),
            Self::WinBack => BTreeSet::from([JourneyName::WinBack]),
            Self::WakeUp => BTreeSet::from([JourneyName::WakeUp]),
            Self::All => BTreeSet::from(JourneyName::ALL),
        }
    }
}

fn move_to(name: &str) -> Result<MoveTo, String> {
    MoveTo::from_name(name).ok_or_else(|| "expected 10%, all or stop".to_owned())
}

impl Journey {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Publish {
                file,
                members,
                pilot,
                yes,
                place,
            } => {
                let text = check::read(check::Kind::Playbook, &file)?;
                let asked = Asked {
                    policy: members.policy(),
                    pilot,
                    yes,
                };
                let preview = match place.stacked.deployed().await? {
                    Some(stack) => publish_in_aws(&stack, &file, &text, asked).await?,
                    None => publish_here(&place, text, asked).await?,
                };
                print!("{}", words::preview(&preview, yes));
                Ok(())
            }
            Self::Rollout {
                playbook,
                to,
                place,
            } => rollout(&playbook, to, &place).await,
            Self::Show {
                playbook,
                locale,
                place,
            } => show(&playbook, locale, &place).await,
            Self::Pause(which) => which.pause(true).await,
            Self::Resume(which) => which.pause(false).await,
        }
    }
}

const OTHER_VERSION: &str = "the local stack answered something else: it is of another version";

/// How a version is to be published.
#[derive(Clone, Copy)]
struct Asked {
    policy: Policy,
    pilot: bool,
    yes: bool,
}

async fn rollout(playbook: &str, to: MoveTo, place: &Place) -> anyhow::Result<()> {
    let id = playbook_id(playbook)?;
    if let Some(stack) = place.stacked.deployed().await? {
        let moved = journeys::move_rollout(stack.store(), &id, to).await;
        moved.map_err(|error| stack.not_done(playbook, error))?;
    } else {
        let path = format!("/local/journey/{id}/rollout");
        post(place, &path, &json!({"to": words::to(to)})).await?;
    }
    println!("playbook {id}: {}", words::moved(to));
    Ok(())
}

async fn show(playbook: &str, locale: Locale, place: &Place) -> anyhow::Result<()> {
    let id = playbook_id(playbook)?;
    let overview: Overview = if let Some(stack) = place.stacked.deployed().await? {
        let bar = counting();
        let seen = |n| bar.inc(n);
        let now = SystemClock.now();
        let found = journeys::overview(stack.store(), &id, now, &seen).await;
        bar.finish_and_clear();
        found.map_err(|error| stack.not_done(playbook, error))?
    } else {
        let answer = place.endpoint.get(&format!("/local/journey/{id}")).await?;
        serde_json::from_value(answer).context(OTHER_VERSION)?
    };
    print!("{}", words::overview(&overview));
    print!("{}", trials::tables(&overview, locale));
    Ok(())
}

async fn publish_in_aws(
    stack: &Deployed,
    file: &Path,
    text: &str,
    asked: Asked,
) -> anyhow::Result<Preview> {
    let wrong = |error| stack.not_published(file, error);
    let now = SystemClock.now();
    let bar = counting();
    let seen = |n| bar.inc(n);
    let Asked { policy, pilot, yes } = asked;
    let preview = journeys::preview(stack.store(), text, policy, pilot, now, &seen).await;
    bar.finish_and_clear();
    let preview = preview.map_err(wrong)?;
    if yes {
        let published = journeys::publish(stack.store(), &preview, text, now).await;
        published.map_err(wrong)?;
    }
    Ok(preview)
}

async fn publish_here(place: &Place, text: String, asked: Asked) -> anyhow::Result<Preview> {
    let Asked { policy, pilot, yes } = asked;
    let path = format!(
        "/local/journey?members={}&pilot={pilot}&yes={yes}",
        policy.name()
    );
    let answer = place.endpoint.post(&path, text.into_bytes()).await?;
    serde_json::from_value(answer).context(OTHER_VERSION)
}

impl Which {
    async fn pause(self, on: bool) -> anyhow::Result<()> {
        let journeys = self.journey.journeys();
        let id = CommunityId::new(&self.community).context("COMMUNITY")?;
        let changed: Vec<String> = if let Some(stack) = self.place.stacked.deployed().await? {
            let now = SystemClock.now();
            let changed = journeys::pause(stack.store(), &id, &journeys, on, now).await;
            let changed = changed.map_err(|error| stack.not_done(&self.community, error))?;
            let name = |journey: JourneyName| journey.name().to_owned();
            changed.into_iter().map(name).collect()
        } else {
            let names: Vec<&str> = journeys.iter().map(|journey| journey.name()).collect();
            let asked = json!({"journeys": names, "paused": on});
            let answer = post(&self.place, &format!("/local/paused/{id}"), &asked).await?;
            serde_json::from_value(at(&answer, "/changed").clone()).context(OTHER_VERSION)?
        };
        print!("{}", words::paused(&id, &journeys, &changed, on));
        Ok(())
    }
}

async fn post(place: &Place, path: &str, body: &Value) -> anyhow::Result<Value> {
    place
        .endpoint
        .post(path, body.to_string().into_bytes())
        .await
}

fn playbook_id(id: &str) -> anyhow::Result<PlaybookId> {
    match PlaybookId::new(id) {
        Ok(id) => Ok(id),
        Err(error) => bail!("{id}: {error}"),
    }
}

/// A line that counts members on a terminal, and is nothing elsewhere.
fn counting() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} counting members: {human_pos}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}
