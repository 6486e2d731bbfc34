//! Weekly reports: shown, exported, asked for; and who is likely to fall silent.

mod export;
mod records;
mod risk;

use std::path::PathBuf;

use clap::Subcommand;
use hearth_domain::days::IsoWeek;
use hearth_domain::ids::CommunityId;
use hearth_domain::kpi::Revision;
use hearth_domain::locale::Locale;
use hearth_local::columns::aligned;
use serde_json::Value;

use crate::Place;
use crate::demo::locale;
use crate::endpoint::at;
use crate::partial::Partial;
use records::Records;

/// What can be done with weekly reports.
#[derive(Subcommand)]
pub(crate) enum Report {
    /// Shows a week as a table, in its latest revision.
    Show {
        /// The community's id.
        community: CommunityId,
        /// The week, such as 2026-W02; else the latest there is.
        #[arg(long)]
        week: Option<IsoWeek>,
        /// zh-Hant, zh-Hans or en; else the report's language.
        #[arg(long, value_parser = locale)]
        lang: Option<Locale>,
        #[command(flatten)]
        place: Place,
    },
    /// Lists the weeks that there are reports of.
    List {
        /// The community's id.
        community: CommunityId,
        #[command(flatten)]
        place: Place,
    },
    /// Writes records, pages with their index, and tables of every number into a folder.
    Export {
        /// The community's id.
        community: CommunityId,
        /// The first week; else the first there is.
        #[arg(long)]
        from: Option<IsoWeek>,
        /// The last week; else the latest there is.
        #[arg(long)]
        until: Option<IsoWeek>,
        /// The folder; it need not exist.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    /// Asks for a week's report that is due and not there. One that is there never changes.
    Rebuild {
        /// The community's id.
        community: CommunityId,
        /// The week, such as 2026-W02.
        #[arg(long)]
        week: IsoWeek,
        #[command(flatten)]
        place: Place,
    },
    /// Lists members who are likely to fall silent, with their names. Nothing of it is stored.
    Risks {
        /// The community's id.
        community: CommunityId,
        /// At most so many, the likeliest first.
        #[arg(long, default_value_t = 50)]
        top: usize,
        /// Writes them to this file as well.
        #[arg(long, value_name = "FILE")]
        csv: Option<PathBuf>,
        #[command(flatten)]
        place: Place,
    },
    /// Names the members who can't be read, so that reports lack them.
    Unreadable {
        /// The community's id.
        community: CommunityId,
        #[command(flatten)]
        place: Place,
    },
    /// Fits the weights of that list on the community's own last two months, for its playbook.
    Fit {
        /// The community's id.
        community: CommunityId,
        #[command(flatten)]
        place: Place,
    },
}

impl Report {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Show {
                community,
                week,
                lang,
                place,
            } => {
                let record = Records::of(&place).await?.one(&community, week).await?;
                let lang = lang.unwrap_or(record.report.locale);
                print!("{}", record.report.to_text(lang));
                Partial::unless_whole([&record.report])?;
                Ok(())
            }
            Self::List { community, place } => {
                let listed = Records::of(&place).await?.list(&community).await?;
                if listed.is_empty() {
                    println!("no reports yet");
                }
                for (week, revision) in listed {
                    println!("{week}  {}", name(revision)?);
                }
                Ok(())
            }
            Self::Export {
                community,
                from,
                until,
                out,
                place,
            } => {
                let records = Records::of(&place).await?;
                export::export(&records, &community, (from, until), &out).await
            }
            Self::Rebuild {
                community,
                week,
                place,
            } => rebuild(&community, week, &place).await,
            Self::Risks {
                community,
                top,
                csv,
                place,
            } => risk::list(&community, top, csv.as_deref(), &place).await,
            Self::Unreadable { community, place } => unreadable(&community, &place).await,
            Self::Fit { community, place } => risk::fit(&community, &place).await,
        }
    }
}

async fn unreadable(community: &CommunityId, place: &Place) -> anyhow::Result<()> {
    let found = if let Some(stack) = place.stacked.deployed().await? {
        stack.unreadable(community).await?
    } else {
        let path = format!("/local/unreadable/{community}");
        place.endpoint.get(&path).await?
    };
    let found = found.as_array().map(Vec::as_slice).unwrap_or_default();
    if found.is_empty() {
        println!("all members can be read");
        return Ok(());
    }
    let head = ["shard", "member", "attribute"].map(str::to_owned);
    let row = |one: &Value| {
        let text = |pointer| at(one, pointer).as_str().unwrap_or("–").to_owned();
        vec![
            at(one, "/shard").to_string(),
            text("/member"),
            text("/attribute"),
        ]
    };
    let rows: Vec<Vec<String>> = std::iter::once(head.to_vec())
        .chain(found.iter().map(row))
        .collect();
    print!("{}", aligned(&rows));
    Err(Partial::Members(found.len()).into())
}

/// A revision's number in words.
fn name(revision: u8) -> anyhow::Result<&'static str> {
    let revision = Revision::try_from(revision).map_err(anyhow::Error::msg)?;
    Ok(revision.name().get(Locale::En))
}

async fn rebuild(community: &CommunityId, week: IsoWeek, place: &Place) -> anyhow::Result<()> {
    let asked = if let Some(stack) = place.stacked.deployed().await? {
        stack.rebuild(community, week).await?
    } else {
        let path = format!("/local/reports/{community}/{week}");
        place.endpoint.post(&path, Vec::new()).await?
    };
    let revision = at(&asked, "/revision").as_str().unwrap_or_default();
    println!(
        "the {revision} report of {week} was asked for; see it with hearth report show {community} --week {week}"
    );
    Ok(())
}
