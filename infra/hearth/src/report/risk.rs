//! Who is likely to fall silent. The one place of all reports with names: they are shown, or written to a
//! file that the operator names, and kept nowhere.

use std::path::Path;

use hearth_domain::ids::CommunityId;
use hearth_domain::kpi::risk::FEATURES;
use hearth_local::columns::aligned;
use hearth_local::export::{field, put};
use serde_json::Value;

use crate::Place;
use crate::endpoint::at;

pub(super) async fn list(
    community: &CommunityId,
    top: usize,
    file: Option<&Path>,
    place: &Place,
) -> anyhow::Result<()> {
    let found = if let Some(stack) = place.stacked.deployed().await? {
        stack.risks(community, top).await?
    } else {
        let path = format!("/local/risks/{community}?top={top}");
        place.endpoint.get(&path).await?
    };
    let rows = rows(&found);
    if rows.len() > 1 {
        print!("{}", aligned(&rows));
    }
    println!(
        "{} of {} members who were active in the 30 days to {} are likely to fall silent",
        at(&found, "/listed"),
        at(&found, "/scored"),
        at(&found, "/as_of").as_str().unwrap_or_default()
    );
    if let Some(file) = file {
        put(file, &csv(&rows))?;
    }
    Ok(())
}

/// The first row is the head.
fn rows(found: &Value) -> Vec<Vec<String>> {
    let head = ["risk", "days_since", "trend", "member", "name"].map(str::to_owned);
    let members = at(found, "/members").as_array();
    let row = |member: &Value| {
        let text = |pointer| at(member, pointer).as_str().unwrap_or_default().to_owned();
        let trend = at(member, "/trend").as_i64().unwrap_or(0);
        vec![
            format!("{:.2}", at(member, "/risk").as_f64().unwrap_or(0.0)),
            at(member, "/days_since").to_string(),
            format!("{trend:+}"),
            text("/member"),
            text("/name"),
        ]
    };
    std::iter::once(head.to_vec())
        .chain(members.into_iter().flatten().map(row))
        .collect()
}

fn csv(rows: &[Vec<String>]) -> String {
    let line = |row: &Vec<String>| {
        let cells = row.iter().map(|cell| field(&harmless(cell)));
        cells.collect::<Vec<_>>().join(",") + "\n"
    };
    rows.iter().map(line).collect()
}

/// Members choose their names, and a spreadsheet takes some beginnings for a formula: those are told as text
/// by an apostrophe. Numbers with a sign stay numbers.
fn harmless(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if formula && cell.parse::<f64>().is_err() {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

pub(super) async fn fit(community: &CommunityId, place: &Place) -> anyhow::Result<()> {
    let found = if let Some(stack) = place.stacked.deployed().await? {
        stack.fit(community).await?
    } else {
        let path = format!("/local/risks/{community}/fit");
        place.endpoint.get(&path).await?
    };
    print!("{}", table(&found));
    Ok(())
}

/// A table for the playbook, with what is to be known of it as comments.
fn table(found: &Value) -> String {
    let auc = |pointer| {
        let auc = at(found, pointer).as_f64();
        auc.map_or_else(|| "–".to_owned(), |auc| format!("{auc:.3}"))
    };
    let mut lines = vec![
        format!(
            "# Of {} members who were active in the 30 days to {}, {} were not in the 30 days after it.",
            at(found, "/samples"),
            at(found, "/day").as_str().unwrap_or_default(),
            at(found, "/silent")
        ),
        format!(
            "# AUC on them: {} with these weights, {} with the playbook's.",
            auc("/auc_fitted"),
            auc("/auc_current")
        ),
        "[risk]".to_owned(),
    ];
    for name in std::iter::once("intercept").chain(FEATURES) {
        let weight = at(found, &format!("/fitted/{name}")).as_f64();
        lines.push(format!("{name} = {:.4}", weight.unwrap_or(0.0)));
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use hearth_domain::playbook::Playbook;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_is_never_a_formula() {
        let found = json!({"members": [
            {"risk": 0.912, "days_since": 16, "trend": -5, "member": "U1", "name": "=HYPERLINK(\"http://x\",\"y\")"},
            {"risk": 0.71, "days_since": 3, "trend": 0, "member": "U2", "name": null},
        ]});
        let rows = rows(&found);
        assert_eq!(
            csv(&rows),
            "risk,days_since,trend,member,name\n\
             0.91,16,-5,U1,\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"\n\
             0.71,3,+0,U2,\n"
        );
        assert!(
            aligned(&rows).contains("=HYPERLINK"),
            "a terminal has no formulas"
        );
    }

    /// What is printed can be pasted: it is a playbook's `[risk]`, to the last word.
    #[test]
    fn the_table_is_one_of_a_playbook() {
        let found = json!({
            "samples": 412, "day": "2025-12-10", "silent": 97, "auc_fitted": 0.8125, "auc_current": null,
            "fitted": {"intercept": -1.25, "recency": 4.5, "trend": -2.0, "streak_loss": 0.333_333},
        });
        let table = table(&found);
        assert_eq!(
            table,
            "# Of 412 members who were active in the 30 days to 2025-12-10, 97 were not in the 30 days after it.\n\
             # AUC on them: 0.812 with these weights, – with the playbook's.\n\
             [risk]\nintercept = -1.2500\nrecency = 4.5000\ntrend = -2.0000\nstreak_loss = 0.3333\n"
        );
        let toml = format!("{}\n{table}", Playbook::DEFAULT_TOML);
        let weights = Playbook::parse(&toml).unwrap().report.risk;
        assert!((weights.intercept + 1.25).abs() < 1e-9);
        assert!((weights.features[2] - 0.3333).abs() < 1e-9);
    }
}
