//! Which journeys of a community are paused: one small item.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use hearth_domain::ids::CommunityId;
use hearth_domain::journey::{JourneyName, Paused};
use jiff::Timestamp;

use super::conditional::if_version;
use super::{Item, Store, StoreError, key_item, keys};

/// The paused journeys of a community, as they were read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PausedJourneys {
    /// Each with when it was paused.
    pub since: BTreeMap<JourneyName, Timestamp>,
    /// Counts the writes of the item; 0 = not there.
    pub version: u64,
}

impl PausedJourneys {
    /// For decisions.
    pub fn paused(&self) -> Paused {
        Paused::of(&self.since.keys().copied().collect())
    }
}

impl Store {
    /// The paused journeys of a community.
    pub async fn paused(&self, community: &CommunityId) -> Result<PausedJourneys, StoreError> {
        let key = keys::paused(community);
        let item = self.get(&self.tables.journal, key, true).await?;
        item.map_or_else(|| Ok(PausedJourneys::default()), |item| read(&item))
    }

    /// Replaces them, or [`StoreError::Conflict`] if they were written in between.
    pub async fn set_paused(
        &self,
        community: &CommunityId,
        next: &PausedJourneys,
    ) -> Result<(), StoreError> {
        let number = |n: i64| AttributeValue::N(n.to_string());
        let since = next.since.iter();
        let since = since.map(|(journey, at)| (journey.name().to_owned(), number(at.as_second())));
        let mut item = key_item(keys::paused(community));
        item.insert("since".to_owned(), AttributeValue::M(since.collect()));
        let version = AttributeValue::N((next.version + 1).to_string());
        item.insert("v".to_owned(), version);
        if self.put_on(item, if_version(next.version)).await? {
            Ok(())
        } else {
            Err(StoreError::Conflict("paused journeys"))
        }
    }
}

fn read(item: &Item) -> Result<PausedJourneys, StoreError> {
    let entry = |(name, at): (&String, &AttributeValue)| {
        let journey = JourneyName::from_name(name)?;
        let second = at.as_n().ok()?.parse().ok()?;
        Some((journey, Timestamp::from_second(second).ok()?))
    };
    let known = || {
        let since = item.get("since")?.as_m().ok()?;
        Some(PausedJourneys {
            since: since.iter().map(entry).collect::<Option<_>>()?,
            version: item.get("v")?.as_n().ok()?.parse().ok()?,
        })
    };
    known().ok_or_else(|| StoreError::Corrupt("paused journeys".to_owned()))
}
