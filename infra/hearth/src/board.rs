//! Leaderboards and the stars of months: one row each, read as it was made.

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
    /// Shows the stars of the community (社群之星), month by month.
    Stars {
        /// The community's id.
        community: CommunityId,
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
        match self {
            Self::Show {
                community,
                period,
                by,
                place,
            } => {
                let board = if let Some(stack) = place.stacked.deployed().await? {
                    stack.board(&community, period, by).await?
                } else {
                    let by = by.name();
                    let path = format!("/local/boards/{community}?period={period}&by={by}");
                    place.endpoint.get(&path).await?
                };
                print!("{}", table(&board));
            }
            Self::Stars { community, place } => {
                let stars = if let Some(stack) = place.stacked.deployed().await? {
                    stack.stars(&community).await?
                } else {
                    let path = format!("/local/stars/{community}");
                    place.endpoint.get(&path).await?
                };
                print!("{}", months(&stars));
            }
        }
        Ok(())
    }
}

/// Who stands in a place, with their name.
fn who(place: &Value) -> String {
    let member = at(place, "/member").as_str().unwrap_or("(erased)");
    let name = at(place, "/name").as_str();
    name.map_or_else(|| member.to_owned(), |name| format!("{member}  {name}"))
}

fn number(place: &Value, pointer: &str) -> u64 {
    at(place, pointer).as_u64().unwrap_or(0)
}

fn months(stars: &Value) -> String {
    let mut rows = vec![format!(
        "{:<7} {:>5} {:>7}  member",
        "month", "rank", "regard"
    )];
    for named in stars.as_array().into_iter().flatten() {
        let month = at(named, "/month").as_str().unwrap_or_default();
        for place in at(named, "/places").as_array().into_iter().flatten() {
            let (rank, regard) = (number(place, "/rank"), number(place, "/regard"));
            rows.push(format!("{month:<7} {rank:>5} {regard:>7}  {}", who(place)));
        }
    }
    if rows.len() == 1 {
        return "no stars were named yet\n".to_owned();
    }
    rows.join("\n") + "\n"
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
        rows.push(format!(
            "{:>5} {:>8} {:>10}  {}",
            number(place, "/rank"),
            number(place, "/points"),
            number(place, "/check_ins"),
            who(place)
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
    fn stars_are_a_line_each_and_an_erased_one_keeps_the_place() {
        let stars = json!([{"month": "2026-01", "named_at": "2026-02-02T16:15:00Z", "places": [
            {"rank": 1, "member": "U1", "name": "小美", "regard": 12},
            {"rank": 2, "member": null, "name": null, "regard": 9},
        ]}]);
        let lines: Vec<String> = months(&stars).lines().map(str::to_owned).collect();
        assert_eq!(
            lines,
            [
                "month    rank  regard  member",
                "2026-01     1      12  U1  小美",
                "2026-01     2       9  (erased)",
            ]
        );
        assert_eq!(months(&json!([])), "no stars were named yet\n");
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
