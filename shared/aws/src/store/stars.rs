//! A month's stars as they are stored: a small row, written once. Its places have the shape of a
//! leaderboard's, so an erasure takes a name off it as off those.

use hearth_domain::ids::{CommunityId, MemberId};
use hearth_domain::period::Month;
use hearth_domain::star::{StarPlace, Stars};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Item, Store, StoreError, keys};

#[derive(Debug, Serialize, Deserialize)]
struct StarsItem {
    pk: String,
    sk: String,
    /// By place.
    p: Vec<StarItem>,
    /// When they were named, seconds since 1970.
    t: i64,
}

#[derive(Debug, Serialize, Deserialize)]
struct StarItem {
    r: u8,
    /// Absent = erased.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    m: Option<MemberId>,
    /// Members who replied or reacted.
    c: u32,
}

/// A month's stars, and when they were named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The stars.
    pub stars: Stars,
    /// To the second; what follows from it has this time, however often it is done.
    pub at: Timestamp,
}

impl Store {
    /// Stores a month's stars, unless they are stored. `false` = they were.
    pub async fn put_stars(
        &self,
        community: &CommunityId,
        named: &Named,
    ) -> Result<bool, StoreError> {
        let item = serde_dynamo::to_item(item(community, named))?;
        self.put_new(item).await
    }

    /// A month's stars; `None` = none were named.
    pub async fn stars(
        &self,
        community: &CommunityId,
        month: Month,
    ) -> Result<Option<Named>, StoreError> {
        let key = keys::stars(community, month);
        let item = self.get(&self.tables.journal, key, true).await?;
        item.map(read).transpose()
    }

    /// The stars of all months, the earliest first.
    pub async fn all_stars(&self, community: &CommunityId) -> Result<Vec<Named>, StoreError> {
        let items = self.query_prefix(keys::all_stars(community)).await?;
        items.into_iter().map(read).collect()
    }
}

fn item(community: &CommunityId, named: &Named) -> StarsItem {
    let key = keys::stars(community, named.stars.month);
    let place = |place: &StarPlace| StarItem {
        r: place.rank,
        m: place.member.clone(),
        c: place.regard,
    };
    StarsItem {
        pk: key.pk,
        sk: key.sk,
        p: named.stars.places.iter().map(place).collect(),
        t: named.at.as_second(),
    }
}

fn read(item: Item) -> Result<Named, StoreError> {
    let item: StarsItem = serde_dynamo::from_item(item)?;
    let corrupt = |what: &str| StoreError::Corrupt(format!("stars: {what}"));
    let month = keys::stars_of(&item.sk).ok_or_else(|| corrupt("sk"))?;
    let place = |place: StarItem| StarPlace {
        rank: place.r,
        member: place.m,
        regard: place.c,
    };
    Ok(Named {
        stars: Stars {
            month,
            places: item.p.into_iter().map(place).collect(),
        },
        at: Timestamp::from_second(item.t).map_err(|_| corrupt("t"))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_are_read_as_they_were_written() {
        let place = |rank, member: Option<&str>| StarPlace {
            rank,
            member: member.map(|id| MemberId::new(id).unwrap()),
            regard: 12,
        };
        let named = Named {
            stars: Stars {
                month: "2026-01".parse().unwrap(),
                places: vec![place(1, Some("U1")), place(1, None), place(2, Some("U3"))],
            },
            at: "2026-02-02T16:15:00Z".parse().unwrap(),
        };
        let stored = item(&CommunityId::new("acme").unwrap(), &named);
        assert_eq!(
            (&*stored.pk, &*stored.sk),
            ("acme#@community", "star#2026-01")
        );
        let stored: Item = serde_dynamo::to_item(stored).unwrap();
        assert_eq!(read(stored).unwrap(), named);
    }
}
