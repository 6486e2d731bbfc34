//! The instant up to which a platform's rate is used up, one small row a bucket.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use hearth_domain::ids::{ChannelId, CommunityId};

use super::{Item, Store, StoreError, key_item, keys};

/// A bucket that nobody used for so long is full again; the row goes. Seconds.
const KEPT: i64 = 86_400;

/// From where a bucket's instant is moved, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum From {
    /// From anywhere before this, or from never having been used.
    Before(i64),
    /// From exactly there.
    At(i64),
}

impl Store {
    /// Moves a bucket's instant. `Ok(Err(_))` = it was elsewhere, and where; `None` if it was never
    /// used. A put, because the messenger makes puts anyway: an update would be a hundred kilobytes
    /// of its binary.
    pub(crate) async fn move_pace(
        &self,
        community: &CommunityId,
        channel: Option<&ChannelId>,
        from: From,
        to: i64,
    ) -> Result<Result<(), Option<i64>>, StoreError> {
        let number = |n: i64| AttributeValue::N(n.to_string());
        let mut row = key_item(keys::pace(community, channel));
        row.insert("turn".to_owned(), number(to));
        let drop_at = to.div_euclid(1000).saturating_add(KEPT);
        row.insert("drop_at".to_owned(), number(drop_at));
        let (condition, from) = match from {
            From::Before(floor) => ("attribute_not_exists(turn) OR turn < :from", floor),
            From::At(seen) => ("turn = :from", seen),
        };
        let put = self
            .put(row)
            .condition_expression(condition)
            .expression_attribute_values(":from", number(from))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let held = self.try_put(put).await?;
        Ok(held.map_err(|there| instant(&there)))
    }
}

fn instant(item: &Item) -> Option<i64> {
    item.get("turn")?.as_n().ok()?.parse().ok()
}
