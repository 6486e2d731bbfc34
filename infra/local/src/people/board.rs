//! A leaderboard as operators see it: the stored row, with the names that its members have now.

use std::collections::HashMap;

use hearth_aws::registry::Place as Here;
use hearth_aws::store::readable;
use hearth_domain::board::{Board, By, Place, Span};
use hearth_domain::days::DayError;
use hearth_domain::ids::MemberId;
use hearth_domain::member::Member;
use hearth_domain::period::{Month, Period};
use serde_json::{Value, json};

use super::People;

/// Which board is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// The latest there is: of the running week or month, else of the one before.
    Latest(Span),
    /// That one.
    Of(Period),
}

impl std::str::FromStr for Asked {
    type Err = DayError;

    fn from_str(text: &str) -> Result<Self, DayError> {
        match Span::from_name(text) {
            Some(span) => Ok(Self::Latest(span)),
            None => text.parse().map(Self::Of),
        }
    }
}

/// As commands write it.
impl std::fmt::Display for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Latest(span) => f.write_str(span.name()),
            Self::Of(period) => period.fmt(f),
        }
    }
}

pub(super) async fn show(
    people: &People<'_>,
    here: &Here,
    asked: Asked,
    by: By,
) -> anyhow::Result<Option<Value>> {
    let community = &here.community;
    let today = community.zone.day(people.now);
    let periods = match asked {
        Asked::Of(period) => vec![period],
        Asked::Latest(Span::Day) => vec![Period::Day(today.plus(-1)), Period::Day(today.plus(-2))],
        Asked::Latest(Span::Week) => {
            let week = today.week();
            vec![Period::Week(week), Period::Week(week.plus(-1))]
        }
        Asked::Latest(Span::Month) => {
            let month = Month::of(today);
            vec![Period::Month(month), Period::Month(month.plus(-1))]
        }
        Asked::Latest(Span::All) => vec![Period::All],
    };
    for period in periods {
        let Some(board) = people.store.board(&community.id, period, by).await? else {
            continue;
        };
        let ids: Vec<MemberId> = board
            .places
            .iter()
            .filter_map(|place| place.member.clone())
            .collect();
        let known = readable(people.store.known(community, &ids, false).await?);
        return Ok(Some(told(&board, &known)));
    }
    Ok(None)
}

fn told(board: &Board, known: &HashMap<MemberId, Member>) -> Value {
    let name = |id: &MemberId| Some(&known.get(id)?.name.as_ref()?.value);
    let place = |place: &Place| {
        json!({
            "rank": place.rank,
            "member": place.member.as_ref().map(MemberId::as_str),
            "name": place.member.as_ref().and_then(name),
            "points": place.points,
            "check_ins": place.check_ins,
        })
    };
    json!({
        "period": board.period.to_string(),
        "by": board.by.name(),
        "through": board.through.to_string(),
        "final": board.is_final,
        "people": board.people,
        "places": board.places.iter().map(place).collect::<Vec<_>>(),
    })
}
