//! Points and their ledger: shown, held against each other, corrected.

use anyhow::{Context as _, bail};
use clap::Subcommand;
use hearth_domain::days::LocalDay;
use hearth_domain::ids::CommunityId;
use serde_json::{Value, json};

use crate::Place;
use crate::endpoint::at;
use crate::member::Who;

/// What can be done with points.
#[derive(Subcommand)]
pub(crate) enum Points {
    /// A member's total, and the rows of the ledger that it is the sum of.
    Show {
        #[command(flatten)]
        who: Who,
    },
    /// Holds every member of a community against their ledger. Fails if one differs.
    Check {
        /// The community's id.
        community: CommunityId,
        /// Makes those who differ say what their ledger does.
        #[arg(long)]
        repair: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Makes a day of a member's calendar worth nothing.
    Void {
        #[command(flatten)]
        who: Who,
        /// The day, such as 2026-01-05.
        day: LocalDay,
    },
    /// Gives a member points, or takes some back, as a row of its own in the ledger.
    Correct {
        #[command(flatten)]
        who: Who,
        /// How many; negative takes back.
        #[arg(allow_negative_numbers = true, value_parser = clap::value_parser!(i32).range(-1_000_000..=1_000_000))]
        points: i32,
        /// What for, in a word without spaces. Once for each member: the same name again does nothing.
        #[arg(long = "for", value_name = "NAME")]
        name: String,
    },
}

impl Points {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Show { who } => show(&who).await,
            Self::Check {
                community,
                repair,
                place,
            } => check(&community, repair, &place).await,
            Self::Void { who, day } => {
                let asked = json!({"void": day});
                order(&who, asked, &format!("{day} counts for nothing")).await
            }
            Self::Correct { who, points, name } => {
                let asked = json!({"points": points, "for": name});
                order(&who, asked, &format!("{points:+} points for {name}")).await
            }
        }
    }
}

async fn show(who: &Who) -> anyhow::Result<()> {
    let found = match who.place.stacked.deployed().await? {
        Some(stack) => stack.account(&who.community, &who.member).await,
        None => {
            who.place
                .endpoint
                .get(&format!("{}/points", who.path()))
                .await
        }
    };
    print!("{}", account(&found.with_context(|| who.name())?));
    Ok(())
}

async fn check(community: &CommunityId, repair: bool, place: &Place) -> anyhow::Result<()> {
    let found = match (place.stacked.deployed().await?, repair) {
        (Some(stack), _) => stack.audit(community, repair).await?,
        (None, false) => {
            place
                .endpoint
                .get(&format!("/local/points/{community}"))
                .await?
        }
        (None, true) => {
            let path = format!("/local/points/{community}/repair");
            place.endpoint.post(&path, Vec::new()).await?
        }
    };
    let wrong = at(&found, "/wrong")
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    for one in wrong {
        print!("{}", account(one));
    }
    println!(
        "{} members of {community}: {} differ from their ledger{}",
        at(&found, "/members"),
        wrong.len(),
        if repair && !wrong.is_empty() {
            ", and were made to agree"
        } else {
            ""
        }
    );
    if !wrong.is_empty() && !repair {
        bail!("run it with --repair to make them say what the ledger does");
    }
    Ok(())
}

/// Sends an operator's order on its way.
async fn order(who: &Who, asked: Value, done: &str) -> anyhow::Result<()> {
    if let Some(stack) = who.place.stacked.deployed().await? {
        let sent = stack.order(&who.community, &who.member, &asked).await;
        sent.with_context(|| who.name())?;
    } else {
        let path = format!("{}/points", who.path());
        let body = serde_json::to_vec(&asked)?;
        let sent = who.place.endpoint.post(&path, body).await;
        sent.with_context(|| who.name())?;
    }
    println!("{}: {done}; see it with hearth points show", who.name());
    Ok(())
}

fn account(found: &Value) -> String {
    let number = |pointer| at(found, pointer).as_i64().unwrap_or(0);
    let mut lines = vec![format!(
        "{}: {} points ever, {} spent",
        at(found, "/member").as_str().unwrap_or_default(),
        number("/total"),
        number("/spent")
    )];
    for row in at(found, "/ledger/rows").as_array().into_iter().flatten() {
        let path = at(row, "/path").as_str().unwrap_or_default();
        let points = at(row, "/points").as_i64().unwrap_or(0);
        lines.push(format!("  {points:>8}  {path}"));
    }
    let open = number("/open");
    lines.push(format!("  {open:>8}  days that are not in the ledger yet"));
    if at(found, "/agrees").as_bool() != Some(true) {
        let (earned, spent) = (number("/ledger/earned"), number("/ledger/spent"));
        lines.push(format!(
            "  the ledger says {earned} points ever, {spent} spent"
        ));
    }
    lines.join("\n") + "\n"
}
