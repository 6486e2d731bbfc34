//! The instant up to which a platform's rate is used up, one small row a bucket.

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{
    AttributeValue, ReturnConsumedCapacity, ReturnValue, ReturnValuesOnConditionCheckFailure,
};
use hearth_domain::ids::{ChannelId, CommunityId};

use super::{Item, Store, StoreError, key_item, keys};

/// A bucket that nobody used for so long is full again; the row goes. Seconds.
const KEPT: i64 = 86_400;

/// What is to become of a bucket's instant. All in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Move {
    /// To `to`, if it lies before `floor` or was never used.
    From {
        /// Before this it does not count.
        floor: i64,
        /// Where it goes.
        to: i64,
    },
    /// On by `by`, if it lies from `floor` to `latest`.
    On {
        /// How far.
        by: i64,
        /// Not before this, …
        floor: i64,
        /// … and not after this.
        latest: i64,
    },
}

impl Store {
    /// Moves a bucket's instant. `Ok(Ok(_))` = it is there now; `Ok(Err(_))` = it was elsewhere,
    /// and where; `None` if it was never used.
    pub(crate) async fn move_pace(
        &self,
        community: &CommunityId,
        channel: Option<&ChannelId>,
        step: Move,
    ) -> Result<Result<i64, Option<i64>>, StoreError> {
        let number = |n: i64| AttributeValue::N(n.to_string());
        let request = self
            .client
            .update_item()
            .table_name(&self.tables.journal)
            .set_key(Some(key_item(keys::pace(community, channel))))
            .return_values(ReturnValue::UpdatedNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let (request, reached) = match step {
            Move::From { floor, to } => (
                request
                    .update_expression("SET turn = :to, drop_at = :drop_at")
                    .condition_expression("attribute_not_exists(turn) OR turn < :floor")
                    .expression_attribute_values(":to", number(to))
                    .expression_attribute_values(":floor", number(floor)),
                to,
            ),
            Move::On { by, floor, latest } => (
                request
                    .update_expression("SET turn = turn + :by, drop_at = :drop_at")
                    .condition_expression("turn BETWEEN :floor AND :latest")
                    .expression_attribute_values(":by", number(by))
                    .expression_attribute_values(":floor", number(floor))
                    .expression_attribute_values(":latest", number(latest)),
                latest.saturating_add(by),
            ),
        };
        let drop_at = reached.div_euclid(1000).saturating_add(KEPT);
        let answer = request
            .expression_attribute_values(":drop_at", number(drop_at))
            .send()
            .await;
        match answer {
            Ok(answer) => {
                self.meter.wrote(answer.consumed_capacity());
                let at = answer.attributes.as_ref().and_then(instant);
                at.map(Ok)
                    .ok_or_else(|| StoreError::Corrupt("pace".to_owned()))
            }
            Err(error) => {
                if let Some(UpdateItemError::ConditionalCheckFailedException(refused)) =
                    error.as_service_error()
                {
                    self.meter.refused();
                    return Ok(Err(refused.item.as_ref().and_then(instant)));
                }
                Err(StoreError::of("UpdateItem", &error))
            }
        }
    }
}

fn instant(item: &Item) -> Option<i64> {
    item.get("turn")?.as_n().ok()?.parse().ok()
}
