//! Who replied or reacted to whose messages in a month, as far as stars are chosen by it.
//!
//! A row for each author and month holds a set of four-byte hashes: whoever is added twice counts
//! once, in whatever order. It grows only so far. The hashes tell no name, but they are of members:
//! all of a row goes a hundred days after its month, or with its author.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use hearth_domain::days::Zone;
use hearth_domain::ids::{CommunityId, MemberId};
use hearth_domain::period::Month;
use hearth_domain::regard::mark;
use hearth_domain::star::Shortlist;
use jiff::Timestamp;

use super::{Item, Store, StoreError, keys, string};

/// A row with so many is not added to any more: two kilobytes, two or three units a write. Whoever
/// has that many counts as having just that many.
const MOST: u32 = 500;
/// Days from the end of the month until a row goes.
const KEPT: i32 = 100;
/// Months back from today of which there may be rows, expired ones that are not gone yet among them.
const MONTHS_BACK: i32 = 5;

impl Store {
    /// Adds who replied or reacted to an author in a month. One unit as long as the row is small.
    pub async fn note_regard(
        &self,
        community: &CommunityId,
        month: Month,
        author: &MemberId,
        givers: &BTreeSet<MemberId>,
    ) -> Result<(), StoreError> {
        // Two members may share a hash; a set has nothing twice.
        let who: BTreeSet<[u8; 4]> = givers.iter().map(mark).collect();
        let who = who.into_iter().map(Blob::new).collect();
        let drop_at = i64::from(month.last_day().plus(KEPT).epoch_days()) * 86_400;
        let update = self
            .update(keys::regard(community, month, author))
            .update_expression("ADD who :who SET drop_at = :drop_at")
            .condition_expression("attribute_not_exists(who) OR size(who) < :most")
            .expression_attribute_values(":who", AttributeValue::Bs(who))
            .expression_attribute_values(":drop_at", AttributeValue::N(drop_at.to_string()))
            .expression_attribute_values(":most", AttributeValue::N(MOST.to_string()));
        // Refused = there are as many as matter.
        self.try_update(update).await.map(drop)
    }

    /// The most regarded authors of a month. Reads the month's rows page by page, eventually
    /// consistently: they have not changed for a while when this is asked.
    pub async fn most_regarded(
        &self,
        community: &CommunityId,
        month: Month,
    ) -> Result<Shortlist, StoreError> {
        let mut list = Shortlist::default();
        let mut after = None;
        loop {
            let answer = self
                .client
                .query()
                .table_name(&self.tables.journal)
                .key_condition_expression("pk = :pk")
                .expression_attribute_values(
                    ":pk",
                    AttributeValue::S(keys::regards(community, month)),
                )
                .set_exclusive_start_key(after)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await
                .map_err(|error| StoreError::of("Query", &error))?;
            self.meter.read(answer.consumed_capacity());
            for row in answer.items.unwrap_or_default() {
                let author = string(&row, "sk").and_then(|sk| sk.parse().ok());
                let author = author.ok_or_else(|| StoreError::Corrupt("regard: sk".to_owned()))?;
                list.add(author, counted(&row).min(MOST));
            }
            after = answer.last_evaluated_key;
            if after.is_none() {
                return Ok(list);
            }
        }
    }

    /// An author's rows, with how many are in them and not with who.
    pub(super) async fn regard_of(
        &self,
        community: &CommunityId,
        author: &MemberId,
        now: Timestamp,
    ) -> Result<Vec<Item>, StoreError> {
        let this = Month::of(Zone::utc().day(now));
        // In the last zone a month has begun before it has in the first.
        let months = (-MONTHS_BACK..=1).map(|months| this.plus(months));
        let keys = months.map(|month| keys::regard(community, month, author));
        let mut rows = self
            .batch_get(&self.tables.journal, keys.collect(), true)
            .await?;
        for row in &mut rows {
            let number = AttributeValue::N(counted(row).to_string());
            row.remove("who");
            row.insert("n".to_owned(), number);
        }
        Ok(rows)
    }
}

fn counted(row: &Item) -> u32 {
    let who = row.get("who").and_then(|who| who.as_bs().ok());
    who.map_or(0, |who| u32::try_from(who.len()).unwrap_or(u32::MAX))
}
