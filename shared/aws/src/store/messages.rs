//! Message rows: read, added, moved on.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use hearth_domain::ids::{CommunityId, MessageId, Owner};
use hearth_domain::message::Message;

use super::conditional::if_version;
use super::message_item::MessageItem;
use super::{Item, Store, StoreError, keys, string};

impl Store {
    /// A message by its id, consistently.
    pub async fn message(&self, id: &MessageId) -> Result<Option<Message>, StoreError> {
        self.get(&self.tables.journal, keys::message(id), true)
            .await?
            .map(message_of)
            .transpose()
    }

    /// Messages by their ids, consistently; those that are gone are not among them. One whose row can't be
    /// read is nobody else's trouble.
    pub async fn load_messages(
        &self,
        ids: &[MessageId],
    ) -> Result<HashMap<MessageId, Result<Message, StoreError>>, StoreError> {
        // One batch read takes no key twice.
        let unique: BTreeSet<&MessageId> = ids.iter().collect();
        let keys: Vec<keys::Key> = unique.iter().copied().map(keys::message).collect();
        let mut found = HashMap::with_capacity(keys.len());
        for item in self
            .batch_get(&self.tables.journal, keys.clone(), true)
            .await?
        {
            let (pk, sk) = (string(&item, "pk"), string(&item, "sk"));
            let is_its =
                |key: &keys::Key| Some(&key.pk) == pk.as_ref() && Some(&key.sk) == sk.as_ref();
            // A batch is short: to look through it is less than to hash its keys.
            let id = unique.iter().zip(&keys).find(|(_, key)| is_its(key));
            if let Some((id, _)) = id {
                found.insert((*id).clone(), message_of(item));
            }
        }
        Ok(found)
    }

    /// Writes the next state of a message, or adds a new one (version 0). `false` = somebody else
    /// wrote it in between, or it is there already.
    pub async fn write_message(&self, message: &Message) -> Result<bool, StoreError> {
        let item = serde_dynamo::to_item(MessageItem::of(message))?;
        self.put_on(item, if_version(message.version)).await
    }

    /// All messages of one member (or of the community), by path.
    pub async fn messages(
        &self,
        community: &CommunityId,
        owner: &Owner,
    ) -> Result<Vec<Message>, StoreError> {
        self.query_prefix(keys::messages(community, owner))
            .await?
            .into_iter()
            .map(message_of)
            .collect()
    }

    /// All messages of a community. Reads the whole table: for the local stack's pages only.
    pub async fn scan_messages(&self, community: &CommunityId) -> Result<Vec<Message>, StoreError> {
        let mut messages = Vec::new();
        let mut after = None;
        loop {
            let answer = self
                .client
                .scan()
                .table_name(&self.tables.journal)
                .filter_expression("begins_with(pk, :pk) AND begins_with(sk, :sk)")
                .expression_attribute_values(":pk", AttributeValue::S(format!("{community}#")))
                .expression_attribute_values(":sk", AttributeValue::S("message#".to_owned()))
                .set_exclusive_start_key(after)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await
                .map_err(|error| StoreError::of("Scan", &error))?;
            self.meter.read(answer.consumed_capacity());
            for item in answer.items.unwrap_or_default() {
                messages.push(message_of(item)?);
            }
            after = answer.last_evaluated_key;
            if after.is_none() {
                messages.sort_by_key(|message| (message.created, message.id.to_string()));
                return Ok(messages);
            }
        }
    }
}

fn message_of(item: Item) -> Result<Message, StoreError> {
    Ok(Message::try_from(
        serde_dynamo::from_item::<_, MessageItem>(item)?,
    )?)
}
