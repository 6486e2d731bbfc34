//! The due index: what waits for its time.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use hearth_domain::ids::{CommunityId, MemberId, MessageId};
use hearth_domain::journey::Consumer;
use jiff::Timestamp;

use super::schema::DUE_INDEX;
use super::{Item, Store, StoreError, keys, string};

/// Something that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Due {
    /// A member of a community waits for a step.
    Member {
        /// The community.
        community: CommunityId,
        /// The member.
        member: MemberId,
    },
    /// A message waits to be sent.
    Message(MessageId),
}

/// A page of the due index.
#[derive(Debug)]
pub struct DuePage {
    /// Earliest first.
    pub due: Vec<Due>,
    /// Where the next page begins; `None` = this was the last.
    pub after: Option<DueAfter>,
}

/// A place in the due index.
#[derive(Debug)]
pub struct DueAfter(Item);

impl Store {
    /// A page of what is due for a consumer in one shard, earliest first, from where the page
    /// before ended.
    pub async fn due(
        &self,
        consumer: Consumer,
        shard: u8,
        now: Timestamp,
        after: Option<DueAfter>,
        limit: i32,
    ) -> Result<DuePage, StoreError> {
        let (items, after) = self
            .due_query(consumer, shard, keys::due_until(now), after, limit)
            .await?;
        let due = items
            .iter()
            .map(|item| {
                due_of(consumer, item)
                    .ok_or_else(|| StoreError::Corrupt("due index entry".to_owned()))
            })
            .collect::<Result<_, _>>()?;
        Ok(DuePage { due, after })
    }

    /// Since when something has been due for a consumer in one shard; `None` = nothing is.
    pub async fn due_since(
        &self,
        consumer: Consumer,
        shard: u8,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let (first, _) = self
            .due_query(consumer, shard, keys::due_until(now), None, 1)
            .await?;
        let since = |item: &Item| keys::due_at(&string(item, "due_sk")?);
        first
            .first()
            .map(|item| {
                since(item).ok_or_else(|| StoreError::Corrupt("due index entry".to_owned()))
            })
            .transpose()
    }

    async fn due_query(
        &self,
        consumer: Consumer,
        shard: u8,
        until: String,
        after: Option<DueAfter>,
        limit: i32,
    ) -> Result<(Vec<Item>, Option<DueAfter>), StoreError> {
        let table = match consumer {
            Consumer::Onboarding | Consumer::WinBack => &self.tables.members,
            Consumer::Messenger => &self.tables.journal,
        };
        let answer = self
            .client
            .query()
            .table_name(table)
            .index_name(DUE_INDEX)
            .key_condition_expression("due_pk = :pk AND due_sk <= :until")
            .expression_attribute_values(":pk", AttributeValue::S(keys::due_pk(consumer, shard)))
            .expression_attribute_values(":until", AttributeValue::S(until))
            .set_exclusive_start_key(after.map(|DueAfter(key)| key))
            .limit(limit)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(|error| StoreError::of("Query", &error))?;
        self.meter.read(answer.consumed_capacity());
        let after = answer.last_evaluated_key.map(DueAfter);
        Ok((answer.items.unwrap_or_default(), after))
    }
}

fn due_of(consumer: Consumer, item: &Item) -> Option<Due> {
    let (pk, sk) = (string(item, "pk")?, string(item, "sk")?);
    match consumer {
        Consumer::Onboarding | Consumer::WinBack => {
            keys::member_of(&pk, &sk).map(|(community, member)| Due::Member { community, member })
        }
        Consumer::Messenger => keys::message_of(&pk, &sk).map(Due::Message),
    }
}
