//! Leaderboards: one row each, read as it was made.

use clap::Subcommand;
use hearth_domain::board::By;
use hearth_domain::ids::CommunityId;
use hearth_local::people::Asked;
use serde_json::Value;

use crate::Place;
use crate::endpoint::at;

/// What can be done with leaderboards.
#[derive(Subcommand)]
pub(crate) enum Board {
    /// Shows who has most points or check-ins, as of the last day that was closed.
    Show {
        /// The community's id.
        community: CommunityId,
        /// `day`, `week`, `month` or `all`, the latest there is; or one of them: 2026-01-05, 2026-W02,
        /// 2026-01.
        #[arg(long, default_value = "week", value_parser = asked)]
        period: Asked,
        /// `points` or `check-ins`.
        #[arg(long, default_value = "points", value_parser = by)]
        by: By,
        #[command(flatten)]
        place: Place,
    },
}

fn asked(text: &str) -> Result<Asked, String> {
    let expected = "expected day, week, month, all, or such as 2026-01-05, 2026-W02, 2026-01";
    text.parse().map_err(|_| expected.to_owned())
}

fn by(name: &str) -> Result<By, String> {
    By::from_name(name).ok_or_else(|| "expected points or check-ins".to_owned())
}

impl Board {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let Self::Show {
            community,
            period,
            by,
            place,
        } = self;
        let board = if let Some(stack) = place.stacked.deployed().await? {
            stack.board(&community, period, by).await?
        } else {
            let path = format!("/local/boards/{community}?period={period}&by={}", by.name());
            place.endpoint.get(&path).await?
        };
        print!("{}", table(&board));
        Ok(())
    }
}

fn table(board: &Value) -> String {
    let text = |pointer| at(board, pointer).as_str().unwrap_or_default();
    let state = if at(board, "/final").as_bool().unwrap_or(false) {
        "final"
    } else {
        "may still change"
    };
    let mut rows = vec![
        format!(
            "{} by {}, through {} ({state}), {} members",
            text("/period"),
            text("/by"),
            text("/through"),
            at(board, "/people")
        ),
        format!("{:>5} {:>8} {:>10}  member", "rank", "points", "check-ins"),
    ];
    for place in at(board, "/places").as_array().into_iter().flatten() {
        let member = at(place, "/member").as_str().unwrap_or("(erased)");
        let name = at(place, "/name").as_str();
        let name = name.map_or_else(String::new, |name| format!("  {name}"));
        let number = |pointer| at(place, pointer).as_u64().unwrap_or(0);
        rows.push(format!(
            "{:>5} {:>8} {:>10}  {member}{name}",
            number("/rank"),
            number("/points"),
            number("/check_ins")
        ));
    }
    rows.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_board_is_a_table_and_says_whether_it_will_change() {
        let board = json!({"period": "2026-W02", "by": "points", "through": "2026-01-08", "final": false, "people": 48, "places": [
            {"rank": 1, "member": "U1", "name": "小美", "points": 1200, "check_ins": 4},
            {"rank": 2, "member": null, "name": null, "points": 95, "check_ins": 0},
        ]});
        let lines: Vec<String> = table(&board).lines().map(str::to_owned).collect();
        assert_eq!(
            lines,
            [
                "2026-W02 by points, through 2026-01-08 (may still change), 48 members",
                " rank   points  check-ins  member",
                "    1     1200          4  U1  小美",
                "    2       95          0  (erased)",
            ]
        );
    }

    #[test]
    fn a_period_is_named_or_written_out() {
        for text in [
            "day",
            "week",
            "month",
            "all",
            "2026-01-05",
            "2026-W02",
            "2026-01",
        ] {
            assert_eq!(asked(text).unwrap().to_string(), text);
        }
        for wrong in ["", "year", "2026", "2026-W60"] {
            assert!(asked(wrong).is_err(), "{wrong}");
        }
        assert!(by("check-ins").is_ok() && by("likes").is_err());
    }
}
