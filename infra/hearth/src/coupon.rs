//! Coupon codes: imported into a pool, and counted.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Subcommand;
use hearth_domain::coupon::PoolId;
use hearth_domain::ids::CommunityId;
use hearth_local::people::{imported, pools};
use serde_json::{Value, json};

use crate::Place;
use crate::endpoint::at;

/// What can be done with coupon codes.
#[derive(Subcommand)]
pub(crate) enum Coupon {
    /// Adds codes to a pool; a code that is there already is left as it is.
    Import {
        /// The community's id.
        community: CommunityId,
        /// The pool, as the community's file names it.
        pool: PoolId,
        /// One code a line.
        file: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    /// Lists the pools of a community: codes, given, left.
    List {
        /// The community's id.
        community: CommunityId,
        #[command(flatten)]
        place: Place,
    },
}

/// A code is a sort key, and somebody has to type it.
const LONGEST: usize = 64;

impl Coupon {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Import {
                community,
                pool,
                file,
                place,
            } => {
                let text = std::fs::read_to_string(&file);
                let text = text.with_context(|| file.display().to_string())?;
                let codes = codes(&file, &text)?;
                let done = if let Some(stack) = place.stacked.deployed().await? {
                    imported(stack.import(&community, &pool, &codes).await?)
                } else {
                    let path = format!("/local/coupons/{community}/{pool}");
                    let body = serde_json::to_vec(&json!(codes))?;
                    let endpoint = &place.endpoint;
                    endpoint.ask(http::Method::POST, &path, body).await?
                };
                println!(
                    "pool {pool} of {community}: {} new codes, {} known already",
                    at(&done, "/new"),
                    at(&done, "/known")
                );
                Ok(())
            }
            Self::List { community, place } => {
                let listed = if let Some(stack) = place.stacked.deployed().await? {
                    pools(&stack.pools(&community).await?)
                } else {
                    let path = format!("/local/coupons/{community}");
                    place.endpoint.get(&path).await?
                };
                print!("{}", table(&listed));
                Ok(())
            }
        }
    }
}

/// The codes of a file, or every line that is none.
fn codes(file: &Path, text: &str) -> anyhow::Result<Vec<String>> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut mistakes = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let code = line.trim();
        let fits = code.len() <= LONGEST && code.chars().all(|c| c.is_ascii_graphic());
        if code.is_empty() {
            mistakes.push(format!(
                "{}:{number}: empty: expected a code",
                file.display()
            ));
        } else if !fits {
            mistakes.push(format!(
                "{}:{number}: expected a code of at most {LONGEST} letters, digits and signs, without spaces",
                file.display()
            ));
        } else if let Some(first) = seen.insert(code, number) {
            mistakes.push(format!(
                "{}:{number}: the code of line {first} again",
                file.display()
            ));
            seen.insert(code, first);
        }
    }
    if seen.is_empty() && mistakes.is_empty() {
        bail!("{}: no codes: expected one a line", file.display());
    }
    if !mistakes.is_empty() {
        bail!("nothing was imported\n  {}", mistakes.join("\n  "));
    }
    Ok(seen.into_keys().map(str::to_owned).collect())
}

fn table(listed: &Value) -> String {
    let mut table = format!(
        "{:<32} {:>8} {:>8} {:>8}\n",
        "pool", "codes", "given", "left"
    );
    for pool in listed.as_array().into_iter().flatten() {
        let number = |pointer| at(pool, pointer).as_u64().unwrap_or(0);
        let id = at(pool, "/pool").as_str().unwrap_or_default();
        let row = format!(
            "{id:<32} {:>8} {:>8} {:>8}\n",
            number("/codes"),
            number("/given"),
            number("/left")
        );
        table.push_str(&row);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_no_code_is_named() {
        let file = Path::new("codes.txt");
        assert_eq!(codes(file, "B-2\n A-1 \r\n").unwrap(), ["A-1", "B-2"]);
        let long = "x".repeat(65);
        let text = format!("A-1\n\nB 2\nA-1\nA-1\n{long}\nÄ\n");
        let said = codes(file, &text).unwrap_err().to_string();
        for expected in [
            "codes.txt:2: empty",
            "codes.txt:3: expected a code of at most 64",
            "codes.txt:4: the code of line 1 again",
            "codes.txt:5: the code of line 1 again",
            "codes.txt:6: expected a code",
            "codes.txt:7: expected a code",
        ] {
            assert!(said.contains(expected), "{said}");
        }
        assert!(codes(file, "").is_err());
    }

    #[test]
    fn pools_are_a_table() {
        let listed = json!([{"pool": "welcome", "codes": 100, "given": 40, "left": 60}]);
        assert_eq!(
            table(&listed).lines().nth(1).unwrap(),
            "welcome                               100       40       60"
        );
    }
}
