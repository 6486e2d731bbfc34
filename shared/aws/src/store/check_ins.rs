//! How many check in in a channel within ten minutes.
//!
//! A row for each slot holds a set of four-byte hashes, so that who is counted twice counts once. It
//! grows only so far: what costs more with every member must not be written for every member.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use hearth_domain::ids::{CommunityId, MemberId};
use hearth_domain::member::hash32;
use jiff::Timestamp;

use super::{Item, Store, StoreError, keys};

/// A slot with so many is not counted any further: two kilobytes, two units a write.
const MOST: u32 = 500;
/// Rows are of no use after their slot's message went out; they go after a day. Seconds.
const KEPT: i64 = 86_400;

impl Store {
    /// Counts members in a slot, given by its path. Answers how many it has now, from
    /// [`MOST`] on at the least that.
    pub async fn count_check_ins(
        &self,
        community: &CommunityId,
        slot: &str,
        members: &[&MemberId],
        now: Timestamp,
    ) -> Result<u32, StoreError> {
        // A set has nothing twice.
        let who: BTreeSet<u32> = members
            .iter()
            .map(|member| hash32(member.as_str()))
            .collect();
        let who = who
            .into_iter()
            .map(|hash| Blob::new(hash.to_be_bytes()))
            .collect();
        let drop_at = now.as_second().saturating_add(KEPT);
        let update = self
            .update(keys::check_ins(community, slot))
            .update_expression("ADD who :who SET drop_at = :drop_at")
            .condition_expression("attribute_not_exists(who) OR size(who) < :most")
            .expression_attribute_values(":who", AttributeValue::Bs(who))
            .expression_attribute_values(":drop_at", AttributeValue::N(drop_at.to_string()))
            .expression_attribute_values(":most", AttributeValue::N(MOST.to_string()))
            .return_values(ReturnValue::AllNew);
        let held = self.try_update(update).await?;
        Ok(held.map_or(MOST, |row| counted(&row)))
    }

    /// How many a slot has.
    pub async fn check_ins(&self, community: &CommunityId, slot: &str) -> Result<u32, StoreError> {
        let key = keys::check_ins(community, slot);
        let row = self.get(&self.tables.journal, key, true).await?;
        Ok(row.as_ref().map_or(0, counted))
    }
}

fn counted(row: &Item) -> u32 {
    let who = row.get("who").and_then(|who| who.as_bs().ok());
    who.map_or(0, |who| u32::try_from(who.len()).unwrap_or(u32::MAX))
}
