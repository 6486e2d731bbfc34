//! One member: shown, exported, erased.

mod shown;

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use hearth_domain::ids::{CommunityId, MemberId};
use hearth_local::people::told;
use serde_json::{Value, json};

use crate::Place;
use crate::endpoint::{at, segment};

/// What can be done with one member.
#[derive(Subcommand)]
pub(crate) enum Member {
    /// Where they are: status, points, plan, case, preferences, the last messages.
    Show {
        #[command(flatten)]
        who: Who,
        /// As JSON instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Everything that is stored about them, as one JSON document.
    Export {
        #[command(flatten)]
        who: Who,
        /// Writes it there instead of printing it.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Removes everything that is stored about them, for good.
    Erase {
        #[command(flatten)]
        who: Who,
        /// Really; without it only says what would go.
        #[arg(long)]
        yes: bool,
    },
}

/// Which member, of which community, where.
#[derive(Args)]
pub(crate) struct Who {
    /// The community's id.
    pub(crate) community: CommunityId,
    /// The member's id, as the platform has it.
    pub(crate) member: MemberId,
    #[command(flatten)]
    pub(crate) place: Place,
}

impl Member {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Show { who, json } => who.show(json).await,
            Self::Export { who, out } => who.export(out).await,
            Self::Erase { who, yes } => who.erase(yes).await,
        }
    }
}

impl Who {
    pub(crate) fn path(&self) -> String {
        let member = segment(self.member.as_str());
        format!("/local/people/{}/{member}", self.community)
    }

    pub(crate) fn name(&self) -> String {
        format!("{} of {}", self.member, self.community)
    }

    async fn show(&self, as_json: bool) -> anyhow::Result<()> {
        let told = match self.place.stacked.deployed().await? {
            Some(stack) => stack.show_member(&self.community, &self.member).await,
            None => self.place.endpoint.get(&self.path()).await,
        };
        let told = told.with_context(|| self.name())?;
        if as_json {
            println!("{}", serde_json::to_string_pretty(&told)?);
        } else {
            print!("{}", shown::table(&told));
        }
        Ok(())
    }

    async fn export(&self, out: Option<PathBuf>) -> anyhow::Result<()> {
        let document = if let Some(stack) = self.place.stacked.deployed().await? {
            stack.export_member(&self.community, &self.member).await
        } else {
            let path = format!("{}/export", self.path());
            self.place.endpoint.get(&path).await
        };
        let document = document.with_context(|| self.name())?;
        let text = serde_json::to_string_pretty(&document)?;
        let Some(file) = out else {
            println!("{text}");
            return Ok(());
        };
        std::fs::write(&file, text + "\n").with_context(|| file.display().to_string())?;
        let count = at(&document, "/stored").as_array().map_or(0, Vec::len);
        println!("{}: {count} items about {}", file.display(), self.name());
        Ok(())
    }

    async fn erase(&self, yes: bool) -> anyhow::Result<()> {
        let Self {
            community, member, ..
        } = self;
        let done = match (self.place.stacked.deployed().await?, yes) {
            (Some(stack), true) => of_stack(stack.erase(community, member).await?),
            (Some(stack), false) => of_stack(stack.erasure(community, member).await?),
            (None, true) => {
                let (path, nothing) = (self.path(), Vec::new());
                let endpoint = &self.place.endpoint;
                endpoint.ask(http::Method::DELETE, &path, nothing).await?
            }
            (None, false) => {
                let path = format!("{}/erasure", self.path());
                self.place.endpoint.get(&path).await?
            }
        };
        print!("{}", shown::erasure(&self.name(), &done, yes));
        Ok(())
    }
}

/// As a local stack answers.
fn of_stack((erased, letters): (hearth_aws::store::Erased, u64)) -> Value {
    let mut answer = told(&erased);
    if let Some(fields) = answer.as_object_mut() {
        fields.insert("dead_letters".to_owned(), json!(letters));
    }
    answer
}
