//! Writing one item on a condition: what it costs, and whether the condition held.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::delete_item::builders::DeleteItemFluentBuilder;
use aws_sdk_dynamodb::operation::delete_item::{DeleteItemError, DeleteItemOutput};
use aws_sdk_dynamodb::operation::put_item::builders::PutItemFluentBuilder;
use aws_sdk_dynamodb::operation::put_item::{PutItemError, PutItemOutput};
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::operation::update_item::{UpdateItemError, UpdateItemOutput};
use aws_sdk_dynamodb::types::ReturnConsumedCapacity::Total;
use aws_sdk_dynamodb::types::error::ConditionalCheckFailedException;
use aws_sdk_dynamodb::types::{AttributeValue, ConsumedCapacity};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::{Item, Store, StoreError, key_item, keys};

/// A condition and its values.
pub(super) type Condition = (&'static str, Option<Item>);

/// What came of a write. `Err` = its condition does not hold; with what is there instead where the request
/// asks for that, else nothing.
pub(super) type Held<T = ()> = Result<T, Item>;

/// There is no such item yet (0), or it is the version that was read.
pub(super) fn if_version(version: u64) -> Condition {
    if version == 0 {
        return ("attribute_not_exists(pk)", None);
    }
    let values = [(":was".to_owned(), AttributeValue::N(version.to_string()))];
    ("v = :was", Some(values.into()))
}

impl Store {
    /// A put into the journal, to be given its condition.
    pub(super) fn put(&self, item: Item) -> PutItemFluentBuilder {
        let put = self.client.put_item().table_name(&self.tables.journal);
        put.set_item(Some(item))
    }

    /// An update in the journal, to be told what it does and on what condition.
    pub(super) fn update(&self, key: keys::Key) -> UpdateItemFluentBuilder {
        let update = self.client.update_item().table_name(&self.tables.journal);
        update.set_key(Some(key_item(key)))
    }

    /// Puts a new item into the journal. `false` = it is there already, and stays.
    pub(super) async fn put_new(&self, item: Item) -> Result<bool, StoreError> {
        let put = self.put(item);
        let put = put.condition_expression("attribute_not_exists(pk)");
        Ok(self.try_put(put).await?.is_ok())
    }

    /// Puts an item of a version into the journal, on a condition that tells of the one before.
    /// `false` = somebody else wrote it in between.
    pub(super) async fn put_on(
        &self,
        item: Item,
        (condition, values): Condition,
    ) -> Result<bool, StoreError> {
        let put = self.put(item).condition_expression(condition);
        let put = put.set_expression_attribute_values(values);
        Ok(self.try_put(put).await?.is_ok())
    }

    /// Sends a put.
    pub(super) async fn try_put(&self, put: PutItemFluentBuilder) -> Result<Held, StoreError> {
        let answer = put.return_consumed_capacity(Total).send().await;
        let held = self.held(
            "PutItem",
            answer,
            PutItemOutput::consumed_capacity,
            |error| {
                let PutItemError::ConditionalCheckFailedException(refused) = error else {
                    return None;
                };
                Some(refused)
            },
        )?;
        Ok(held.map(|_| ()))
    }

    /// Sends an update. Answers the attributes that the request asks for.
    pub(super) async fn try_update(
        &self,
        update: UpdateItemFluentBuilder,
    ) -> Result<Held<Item>, StoreError> {
        let answer = update.return_consumed_capacity(Total).send().await;
        let held = self.held(
            "UpdateItem",
            answer,
            UpdateItemOutput::consumed_capacity,
            |error| {
                let UpdateItemError::ConditionalCheckFailedException(refused) = error else {
                    return None;
                };
                Some(refused)
            },
        )?;
        Ok(held.map(|answer| answer.attributes.unwrap_or_default()))
    }

    /// Sends a deletion.
    pub(super) async fn try_delete(
        &self,
        delete: DeleteItemFluentBuilder,
    ) -> Result<Held, StoreError> {
        let answer = delete.return_consumed_capacity(Total).send().await;
        let held = self.held(
            "DeleteItem",
            answer,
            DeleteItemOutput::consumed_capacity,
            |error| {
                let DeleteItemError::ConditionalCheckFailedException(refused) = error else {
                    return None;
                };
                Some(refused)
            },
        )?;
        Ok(held.map(|_| ()))
    }

    fn held<T, E: ProvideErrorMetadata, R>(
        &self,
        operation: &'static str,
        answer: Result<T, SdkError<E, R>>,
        cost: impl Fn(&T) -> Option<&ConsumedCapacity>,
        refused: impl Fn(&E) -> Option<&ConditionalCheckFailedException>,
    ) -> Result<Held<T>, StoreError> {
        let error = match answer {
            Ok(answer) => {
                self.meter.wrote(cost(&answer));
                return Ok(Ok(answer));
            }
            Err(error) => error,
        };
        let Some(refused) = error.as_service_error().and_then(refused) else {
            return Err(StoreError::of(operation, &error));
        };
        self.meter.refused();
        Ok(Err(refused.item.clone().unwrap_or_default()))
    }
}
