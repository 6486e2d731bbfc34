//! Leaderboards as they are stored: a small row each, with the ids of the first few and everybody's
//! place. Names are the members' own and are looked up when a board is shown.

use aws_sdk_dynamodb::types::AttributeValue;
use hearth_domain::board::{Board, By, Place, Span};
use hearth_domain::days::LocalDay;
use hearth_domain::ids::{CommunityId, MemberId};
use hearth_domain::period::Period;
use hearth_domain::standing::Standing;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use super::{Item, Store, StoreError, keys, string};

/// A day's board is kept so long; those of longer periods for good. Days.
const DAY_BOARDS_KEPT: i32 = 40;

#[derive(Debug, Serialize, Deserialize)]
struct BoardItem {
    pk: String,
    sk: String,
    /// The last day in it, days since 1970.
    d: i32,
    /// 1 = final.
    f: u8,
    /// Members with anything.
    n: u32,
    /// The first places.
    p: Vec<PlaceItem>,
    /// Everybody's place.
    s: ByteBuf,
    /// When it goes, seconds.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    drop_at: Option<i64>,
}

#[derive(Debug, Serialize, Deserialize)]
struct PlaceItem {
    r: u32,
    /// Absent = erased.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    m: Option<MemberId>,
    p: u32,
    c: u32,
}

impl Store {
    /// Stores a board over an earlier one of the same period: one with fewer days in it, or one that
    /// was not final. `false` = what is there is as good, and stays.
    pub async fn put_board(
        &self,
        community: &CommunityId,
        board: &Board,
    ) -> Result<bool, StoreError> {
        let number = |n: i64| AttributeValue::N(n.to_string());
        let item = item(community, board);
        let put = self
            .put(serde_dynamo::to_item(&item)?)
            .condition_expression("attribute_not_exists(pk) OR d < :d OR (d = :d AND f < :f)")
            .expression_attribute_values(":d", number(item.d.into()))
            .expression_attribute_values(":f", number(item.f.into()));
        Ok(self.try_put(put).await?.is_ok())
    }

    /// A board; `None` = there is none. Half a unit for each 4 KB: it changes once a day.
    pub async fn board(
        &self,
        community: &CommunityId,
        period: Period,
        by: By,
    ) -> Result<Option<Board>, StoreError> {
        let key = keys::board(community, period, by);
        let item = self.get(&self.tables.journal, key, false).await?;
        item.map(read).transpose()
    }

    /// All boards of one kind of period, the earliest first.
    pub async fn boards(
        &self,
        community: &CommunityId,
        span: Span,
    ) -> Result<Vec<Board>, StoreError> {
        let items = self
            .query_prefix(keys::boards(community, Some(span)))
            .await?;
        items.into_iter().map(read).collect()
    }

    /// The boards, and the months' stars, among which a member has a place, without the ids of the
    /// others.
    pub(super) async fn boards_with(
        &self,
        community: &CommunityId,
        member: &MemberId,
    ) -> Result<Vec<Item>, StoreError> {
        let mut items = self.query_prefix(keys::boards(community, None)).await?;
        items.extend(self.query_prefix(keys::all_stars(community)).await?);
        let theirs = items.into_iter().filter_map(|mut item| {
            let own = place_of(&item, member)?;
            if let Some(AttributeValue::L(places)) = item.get_mut("p") {
                let others = places.iter_mut().enumerate().filter(|(at, _)| *at != own);
                for (_, place) in others {
                    if let AttributeValue::M(place) = place {
                        place.remove("m");
                    }
                }
            }
            Some(item)
        });
        Ok(theirs.collect())
    }

    /// Takes a member's name off their place on a board; the place and its points stay, so that
    /// nobody else's rank changes. `false` = it was off already.
    pub(super) async fn forget_place(
        &self,
        item: &Item,
        key: keys::Key,
        member: &MemberId,
    ) -> Result<bool, StoreError> {
        let Some(at) = place_of(item, member) else {
            return Ok(false);
        };
        let update = self
            .update(key)
            .update_expression(format!("REMOVE p[{at}].m"))
            // A board that was made again in between has somebody else there.
            .condition_expression(format!("p[{at}].m = :m"))
            .expression_attribute_values(":m", AttributeValue::S(member.to_string()));
        Ok(self.try_update(update).await?.is_ok())
    }
}

/// Where in a board's list a member stands.
fn place_of(item: &Item, member: &MemberId) -> Option<usize> {
    let places = item.get("p")?.as_l().ok()?;
    places.iter().position(|place| {
        let id = place.as_m().ok().and_then(|place| string(place, "m"));
        id.as_deref() == Some(member.as_str())
    })
}

fn item(community: &CommunityId, board: &Board) -> BoardItem {
    let key = keys::board(community, board.period, board.by);
    let drop_at = match board.period {
        Period::Day(day) => {
            let last = day.plus(DAY_BOARDS_KEPT).epoch_days();
            Some(i64::from(last) * 86_400)
        }
        Period::Week(_) | Period::Month(_) | Period::All => None,
    };
    let place = |place: &Place| PlaceItem {
        r: place.rank,
        m: place.member.clone(),
        p: place.points,
        c: place.check_ins,
    };
    BoardItem {
        pk: key.pk,
        sk: key.sk,
        d: board.through.epoch_days(),
        f: board.is_final.into(),
        n: board.people,
        p: board.places.iter().map(place).collect(),
        s: ByteBuf::from(pack(&board.standing)),
        drop_at,
    }
}

fn read(item: Item) -> Result<Board, StoreError> {
    let item: BoardItem = serde_dynamo::from_item(item)?;
    let corrupt = |what: &str| StoreError::Corrupt(format!("board: {what}"));
    let (period, by) = keys::board_of(&item.sk).ok_or_else(|| corrupt("sk"))?;
    let place = |place: PlaceItem| Place {
        rank: place.r,
        member: place.m,
        points: place.p,
        check_ins: place.c,
    };
    Ok(Board {
        period,
        by,
        through: LocalDay::from_epoch_days(item.d),
        is_final: item.f > 0,
        people: item.n,
        places: item.p.into_iter().map(place).collect(),
        standing: unpack(&item.s).ok_or_else(|| corrupt("s"))?,
    })
}

/// The greatest total and then each step down, seven bits a byte (LEB128): mostly a byte a total.
fn pack(standing: &Standing) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut last: Option<u32> = None;
    for total in standing.totals() {
        let mut step = last.map_or(*total, |last| last.saturating_sub(*total));
        last = Some(*total);
        loop {
            let low = u8::try_from(step & 0x7f).unwrap_or(0);
            step >>= 7;
            bytes.push(low | if step > 0 { 0x80 } else { 0 });
            if step == 0 {
                break;
            }
        }
    }
    bytes
}

/// `None` = garbled.
fn unpack(bytes: &[u8]) -> Option<Standing> {
    let mut totals: Vec<u32> = Vec::new();
    let (mut step, mut shift) = (0_u32, 0_u32);
    for byte in bytes {
        let low = u32::from(byte & 0x7f);
        step |= low.checked_shl(shift).filter(|part| part >> shift == low)?;
        shift += 7;
        if byte & 0x80 != 0 {
            continue;
        }
        let total = totals
            .last()
            .map_or(Some(step), |last| last.checked_sub(step))?;
        totals.push(total);
        (step, shift) = (0, 0);
    }
    let standing = Standing::of(totals.iter().copied());
    (shift == 0 && standing.totals() == totals).then_some(standing)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn board(period: &str, places: usize, totals: impl Iterator<Item = u32>) -> Board {
        let standing = Standing::of(totals);
        let id = |n: usize| MemberId::new(format!("{n:064}")).unwrap();
        let place = |n| Place {
            rank: 1,
            member: (n != 1).then(|| id(n)),
            points: u32::MAX,
            check_ins: u32::MAX,
        };
        Board {
            period: period.parse().unwrap(),
            by: By::CheckIns,
            through: "2026-01-11".parse().unwrap(),
            is_final: true,
            people: 48,
            places: (0..places).map(place).collect(),
            standing,
        }
    }

    fn acme() -> CommunityId {
        CommunityId::new("acme").unwrap()
    }

    #[test]
    fn a_board_is_read_as_it_was_written() {
        for period in ["2026-01-11", "2026-W02", "2026-01", "all"] {
            let board = board(period, 3, [u32::MAX, 70_000, 127, 126, 1].into_iter());
            let stored: Item = serde_dynamo::to_item(item(&acme(), &board)).unwrap();
            assert_eq!(stored.contains_key("drop_at"), period == "2026-01-11");
            assert_eq!(read(stored).unwrap(), board);
        }
    }

    #[test]
    fn the_largest_board_fits_one_item() {
        let spread = u32::MAX / u32::try_from(Standing::MOST).unwrap();
        let board = board("all", 100, (1..=u32::MAX / spread).map(|n| n * spread));
        assert_eq!(board.standing.totals().len(), Standing::MOST);
        let item = item(&acme(), &board);
        let places: usize = item.p.iter().map(|_| 64 + 60).sum();
        assert!(item.s.len() + places < 300_000, "{}", item.s.len());
    }

    #[test]
    fn an_ordinary_week_is_read_for_half_a_unit() {
        // Everybody has some of 140 points.
        let board = board("2026-W02", 10, 1..=140);
        let item = item(&acme(), &board);
        assert_eq!(item.s.len(), 141);
    }

    #[test]
    fn garbled_places_are_refused() {
        for bytes in [
            &[0x80][..],
            &[0],
            &[5, 0],
            &[5, 6],
            &[0xff, 0xff, 0xff, 0xff, 0x7f],
        ] {
            assert_eq!(unpack(bytes), None, "{bytes:?}");
        }
        assert_eq!(unpack(&[]), Some(Standing::default()));
    }
}
