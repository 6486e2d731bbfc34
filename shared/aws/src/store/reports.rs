//! Weekly reports: the immutable records, and how far a community's reports and closings are.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use hearth_domain::days::{IsoWeek, LocalDay};
use hearth_domain::ids::{ChallengeId, CommunityId};

use super::packed::{packed, unpacked};
use super::{Item, Store, StoreError, key_item, keys, string};

/// The last week that was reported, by revision, the last day that was closed, and the challenges
/// that were posted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RollupState {
    /// Revision 1, provisional.
    pub provisional: Option<IsoWeek>,
    /// Revision 2, final.
    pub closed: Option<IsoWeek>,
    /// The last day whose boards and wall were made.
    pub day: Option<LocalDay>,
    /// The challenges that were posted.
    pub invited: BTreeSet<ChallengeId>,
}

impl Store {
    /// Adds a report's record. `false` = it is there already: reports are never rewritten.
    pub async fn put_report(
        &self,
        community: &CommunityId,
        week: IsoWeek,
        revision: u8,
        json: &str,
    ) -> Result<bool, StoreError> {
        let mut item = key_item(keys::report(community, &week.to_string(), revision));
        item.insert("json".to_owned(), packed(json));
        self.put_new(item).await
    }

    /// A report's JSON: of a revision, or the latest.
    pub async fn report(
        &self,
        community: &CommunityId,
        week: IsoWeek,
        revision: Option<u8>,
    ) -> Result<Option<String>, StoreError> {
        let revisions = revision.map_or(vec![2, 1], |revision| vec![revision]);
        for revision in revisions {
            let key = keys::report(community, &week.to_string(), revision);
            if let Some(item) = self.get(&self.tables.journal, key, true).await? {
                let json = item.get("json").and_then(unpacked);
                // Tables of a local stack that were written before records were packed.
                let json = json.or_else(|| string(&item, "json"));
                return json
                    .map(Some)
                    .ok_or_else(|| StoreError::Corrupt("report".to_owned()));
            }
        }
        Ok(None)
    }

    /// The weeks and revisions that there are reports of, ascending.
    pub async fn report_list(
        &self,
        community: &CommunityId,
    ) -> Result<Vec<(IsoWeek, u8)>, StoreError> {
        let items = self.query_prefix(keys::reports(community)).await?;
        let entry = |item: &Item| {
            let sk = string(item, "sk")?;
            let (week, revision) = sk.strip_prefix("report#")?.split_once('#')?;
            Some((week.parse().ok()?, revision.parse().ok()?))
        };
        items
            .iter()
            .map(|item| entry(item).ok_or_else(|| StoreError::Corrupt("report key".to_owned())))
            .collect()
    }

    /// How far a community's reports and closings are.
    pub async fn rollup_state(&self, community: &CommunityId) -> Result<RollupState, StoreError> {
        let item = self
            .get(&self.tables.journal, keys::rollup_state(community), true)
            .await?
            .unwrap_or_default();
        Ok(RollupState {
            provisional: done(&item, "provisional")?,
            closed: done(&item, "closed")?,
            day: done(&item, "day")?,
            invited: invited(&item)?,
        })
    }

    /// Notes that a week's revision is done. Going back is no harm: the week is reported already.
    pub async fn set_rollup_done(
        &self,
        community: &CommunityId,
        week: IsoWeek,
        revision: u8,
    ) -> Result<(), StoreError> {
        let name = if revision == 1 {
            "provisional"
        } else {
            "closed"
        };
        self.set_done(community, name, week.to_string()).await
    }

    /// Notes that a day is closed. Going back is no harm: the day is closed already.
    pub async fn set_day_closed(
        &self,
        community: &CommunityId,
        day: LocalDay,
    ) -> Result<(), StoreError> {
        self.set_done(community, "day", day.to_string()).await
    }

    /// Notes that a challenge was posted.
    pub async fn set_invited(
        &self,
        community: &CommunityId,
        challenge: &ChallengeId,
    ) -> Result<(), StoreError> {
        let id = challenge.to_string();
        let update = self
            .update(keys::rollup_state(community))
            .update_expression("ADD invited :ids")
            .condition_expression("attribute_not_exists(invited) OR NOT contains(invited, :id)")
            .expression_attribute_values(":ids", AttributeValue::Ss(vec![id.clone()]))
            .expression_attribute_values(":id", AttributeValue::S(id));
        // Refused = it is noted already.
        self.try_update(update).await.map(drop)
    }

    /// Weeks and days in the order of time are in the order of their text.
    async fn set_done(
        &self,
        community: &CommunityId,
        name: &str,
        last: String,
    ) -> Result<(), StoreError> {
        let update = self
            .update(keys::rollup_state(community))
            .update_expression("SET #name = :last")
            .condition_expression("attribute_not_exists(#name) OR #name < :last")
            .expression_attribute_names("#name", name)
            .expression_attribute_values(":last", AttributeValue::S(last));
        // Refused = that one or a later one is noted already.
        self.try_update(update).await.map(drop)
    }
}

fn invited(item: &Item) -> Result<BTreeSet<ChallengeId>, StoreError> {
    let Some(ids) = item.get("invited") else {
        return Ok(BTreeSet::new());
    };
    let ids = ids.as_ss().ok();
    let read = |id: &String| id.parse().ok();
    ids.and_then(|ids| ids.iter().map(read).collect())
        .ok_or_else(|| StoreError::Corrupt("rollup state".to_owned()))
}

fn done<T: std::str::FromStr>(item: &Item, name: &str) -> Result<Option<T>, StoreError> {
    let corrupt = |_| StoreError::Corrupt("rollup state".to_owned());
    let last = string(item, name).map(|last| last.parse().map_err(corrupt));
    last.transpose()
}
