//! How far the count of a weekly report is, when one invocation is too short for it: one row, which
//! is gone when the report is there, and a day later in any case.
//!
//! A place in the middle of a shard is the id of the member that was counted last. So an erasure
//! removes the row that names whom it erases, and the count begins again.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use hearth_domain::days::IsoWeek;
use hearth_domain::ids::{CommunityId, MemberId};
use jiff::Timestamp;

use super::conditional::if_version;
use super::packed::{packed, unpacked};
use super::{Item, Store, StoreError, key_item, keys, string};

/// Whoever goes on does so within minutes; whatever is left behind goes after a day. Seconds.
const KEPT: i64 = 86_400;

/// The shards that are not through, each with the id that it is to go on after; `None` = not begun.
pub type Left = BTreeMap<u16, Option<String>>;

/// An unfinished count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportPart {
    /// What was counted by: a part is of use only to a count by the same.
    pub basis: String,
    /// What was counted, as JSON.
    pub counted: String,
    /// What is left to count.
    pub left: Left,
    /// The queue's id of the message that the writer worked on.
    pub asked_by: String,
    /// How often it was written; the next writer says so.
    pub version: u64,
}

impl Store {
    /// The unfinished count of a report, the latest.
    pub async fn report_part(
        &self,
        community: &CommunityId,
        week: IsoWeek,
        revision: u8,
    ) -> Result<Option<ReportPart>, StoreError> {
        let key = keys::report_part(community, week, revision);
        let item = self.get(&self.tables.journal, key, true).await?;
        let part = item.map(|item| {
            part(&item).ok_or_else(|| StoreError::Corrupt("unfinished report".to_owned()))
        });
        part.transpose()
    }

    /// Keeps an unfinished count in place of the version before it. `false` = somebody else wrote it, or
    /// removed it, since that was read: theirs stands.
    pub async fn put_report_part(
        &self,
        community: &CommunityId,
        week: IsoWeek,
        revision: u8,
        part: &ReportPart,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut item = key_item(keys::report_part(community, week, revision));
        let drop_at = now.as_second().saturating_add(KEPT);
        let left = part
            .left
            .iter()
            .map(|(shard, after)| (shard.to_string(), cursor(after.clone())));
        item.extend([
            ("basis".to_owned(), AttributeValue::S(part.basis.clone())),
            ("counted".to_owned(), packed(&part.counted)),
            ("by".to_owned(), AttributeValue::S(part.asked_by.clone())),
            ("left".to_owned(), AttributeValue::M(left.collect())),
            ("v".to_owned(), AttributeValue::N(part.version.to_string())),
            ("drop_at".to_owned(), AttributeValue::N(drop_at.to_string())),
        ]);
        let before = part.version.saturating_sub(1);
        self.put_on(item, if_version(before)).await
    }

    /// Removes an unfinished count: the report is there. `false` = it was gone already.
    pub async fn drop_report_part(
        &self,
        community: &CommunityId,
        week: IsoWeek,
        revision: u8,
    ) -> Result<bool, StoreError> {
        let key = keys::report_part(community, week, revision);
        self.delete(&self.tables.journal, key).await
    }

    /// The unfinished counts that stand at a member, each with nothing in it but that.
    pub(super) async fn report_parts_at(
        &self,
        community: &CommunityId,
        member: &MemberId,
    ) -> Result<Vec<Item>, StoreError> {
        let rows = self.query_prefix(keys::report_parts(community)).await?;
        Ok(rows
            .into_iter()
            .filter_map(|row| standing_at(row, member))
            .collect())
    }
}

fn cursor(after: Option<String>) -> AttributeValue {
    after.map_or(AttributeValue::Null(true), AttributeValue::S)
}

fn part(item: &Item) -> Option<ReportPart> {
    let shard = |(shard, after): (&String, &AttributeValue)| {
        Some((shard.parse().ok()?, after.as_s().ok().cloned()))
    };
    Some(ReportPart {
        basis: string(item, "basis")?,
        counted: unpacked(item.get("counted")?)?,
        left: item
            .get("left")?
            .as_m()
            .ok()?
            .iter()
            .map(shard)
            .collect::<Option<_>>()?,
        asked_by: string(item, "by")?,
        version: item.get("v")?.as_n().ok()?.parse().ok()?,
    })
}

/// The row's key and the place that names the member, if one does: the others are not about them.
fn standing_at(mut row: Item, member: &MemberId) -> Option<Item> {
    let left = row.get("left")?.as_m().ok()?;
    let places: HashMap<String, AttributeValue> = left
        .iter()
        .filter(|(_, after)| after.as_s().is_ok_and(|id| id == member.as_str()))
        .map(|(shard, after)| (shard.clone(), after.clone()))
        .collect();
    if places.is_empty() {
        return None;
    }
    row.retain(|name, _| name == "pk" || name == "sk");
    row.insert("left".to_owned(), AttributeValue::M(places));
    Some(row)
}
