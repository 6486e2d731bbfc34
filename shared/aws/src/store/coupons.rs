//! Coupon codes: pools of them in the journal, each code given once.
//!
//! A code is a row; who has it stands in the row. Where the free ones begin is a hint beside them,
//! so that a pool that is nearly used up is not read from its beginning, and that there are none, so
//! that no gift is promised of a dry pool. Puts only: the messenger takes codes, and makes nothing
//! else.

mod stock;

use aws_sdk_dynamodb::types::{
    AttributeValue, ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure,
};
use hearth_domain::coupon::PoolId;
use hearth_domain::ids::{CommunityId, MessageId};
use hearth_domain::member::hash64;

pub use stock::{Imported, Pool};

use super::conditional::if_version;
use super::{Item, Store, StoreError, key_item, keys, string};

/// Whose a code is: the message that brought it.
const GIVEN: &str = "given_to";
/// Before every code: codes have no spaces in them.
const BEGINNING: &str = " ";
/// Codes that are looked at in one go.
const PAGE: i32 = 50;
/// So many codes that are gone must lie before the first free one to be worth a write.
const WORTH_MOVING: usize = 25;

/// What came of asking for a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// It belongs to the message now.
    Code(String),
    /// None is left.
    Dry,
}

/// Where the free codes of a pool begin, at the latest.
struct Cursor {
    version: u64,
    from: String,
    /// Whoever looked last found none.
    dry: bool,
}

/// What somebody saw who looked for a code.
struct Look {
    /// Codes that are gone before the first free one.
    gone: usize,
    /// Where the free ones begin.
    from: Option<String>,
    /// None is left.
    dry: bool,
}

impl Store {
    /// Takes a code for a message. `tried_before` = it may have one already: an attempt may have
    /// ended between the taking and its note. Nobody else gets a code that was taken, and a message
    /// gets one.
    pub async fn take_code(
        &self,
        community: &CommunityId,
        pool: &PoolId,
        message: &MessageId,
        tried_before: bool,
    ) -> Result<Taken, StoreError> {
        let owner = message.to_string();
        if tried_before {
            let rows = self.codes(community, pool).await?;
            let own = rows
                .iter()
                .find(|row| string(row, GIVEN).as_ref() == Some(&owner));
            if let Some(code) = own.and_then(|row| string(row, "sk")) {
                return Ok(Taken::Code(code));
            }
        }
        let Some(cursor) = self.cursor(community, pool).await? else {
            return Ok(Taken::Dry);
        };
        let mut gone = 0;
        let mut first_free = None;
        let mut last = None;
        let mut after = None;
        loop {
            let (rows, next) = self
                .code_page(community, pool, &cursor.from, after, Some(PAGE))
                .await?;
            let mut free = Vec::new();
            for row in &rows {
                let code = string(row, "sk").unwrap_or_default();
                if row.contains_key(GIVEN) {
                    gone += usize::from(first_free.is_none());
                } else {
                    first_free.get_or_insert_with(|| code.clone());
                    free.push(code.clone());
                }
                last = Some(code);
            }
            // Everybody begins at another code, so that many at once do not all want the first.
            let start = u64::try_from(free.len()).ok().filter(|len| *len > 0);
            let start = start.map_or(0, |len| usize::try_from(hash64(&owner) % len).unwrap_or(0));
            free.rotate_left(start);
            let mut free = free.into_iter();
            while let Some(code) = free.next() {
                if self.give(community, pool, &code, &owner).await? {
                    let look = Look {
                        gone,
                        from: first_free,
                        dry: next.is_none() && free.len() == 0,
                    };
                    self.hint(community, pool, cursor, look).await;
                    return Ok(Taken::Code(code));
                }
            }
            after = next;
            if after.is_none() {
                let look = Look {
                    gone,
                    from: first_free.or(last),
                    dry: true,
                };
                self.hint(community, pool, cursor, look).await;
                return Ok(Taken::Dry);
            }
        }
    }

    /// Whether no code of a pool was left when one was last looked for, or there is no such pool. One
    /// read unit. A code that was promised and is not taken yet counts as left, and two who take the
    /// last two at the same moment need not notice: whoever comes next then waits for a code.
    pub async fn is_dry(&self, community: &CommunityId, pool: &PoolId) -> Result<bool, StoreError> {
        let cursor = self.cursor(community, pool).await?;
        Ok(cursor.is_none_or(|cursor| cursor.dry))
    }

    /// `false` = somebody else has it.
    async fn give(
        &self,
        community: &CommunityId,
        pool: &PoolId,
        code: &str,
        owner: &str,
    ) -> Result<bool, StoreError> {
        let mut row = key_item(keys::coupon(community, pool, code));
        row.insert(GIVEN.to_owned(), AttributeValue::S(owner.to_owned()));
        match self
            .put_code(
                row,
                "attribute_exists(pk) AND attribute_not_exists(given_to)",
            )
            .await?
        {
            Ok(()) => Ok(true),
            // The answer to our own put was lost, and the SDK asked again.
            Err(was) => Ok(string(&was, GIVEN).as_deref() == Some(owner)),
        }
    }

    /// Notes where the free codes begin, and whether there are any. A hint: without it more is read,
    /// and another message waits for a code.
    async fn hint(&self, community: &CommunityId, pool: &PoolId, cursor: Cursor, look: Look) {
        let from = look
            .from
            .filter(|from| look.gone >= WORTH_MOVING && *from > cursor.from);
        if from.is_none() && look.dry == cursor.dry {
            return;
        }
        let seen = Cursor {
            from: from.unwrap_or(cursor.from),
            dry: look.dry,
            ..cursor
        };
        if let Err(error) = self.put_cursor(community, pool, &seen).await {
            tracing::debug!(community = %community, error = %error, "the beginning of a pool was not noted");
        }
    }

    /// Writes a cursor over the version that it has. `false` = somebody else noted one.
    async fn put_cursor(
        &self,
        community: &CommunityId,
        pool: &PoolId,
        cursor: &Cursor,
    ) -> Result<bool, StoreError> {
        let mut row = key_item(keys::coupon_pool(community, pool));
        let mut set = |name: &str, value| row.insert(name.to_owned(), value);
        set("from_code", AttributeValue::S(cursor.from.clone()));
        if cursor.dry {
            set("dry", AttributeValue::Bool(true));
        }
        let next = cursor.version + 1;
        set("v", AttributeValue::N(next.to_string()));
        self.put_on(row, if_version(cursor.version)).await
    }

    /// Puts a code's row on a condition; `Ok(Err(row))` = it does not hold, and what is there.
    async fn put_code(&self, row: Item, condition: &str) -> Result<Result<(), Item>, StoreError> {
        let put = self
            .put(row)
            .condition_expression(condition)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        self.try_put(put).await
    }

    async fn cursor(
        &self,
        community: &CommunityId,
        pool: &PoolId,
    ) -> Result<Option<Cursor>, StoreError> {
        let key = keys::coupon_pool(community, pool);
        let Some(row) = self.get(&self.tables.journal, key, true).await? else {
            return Ok(None);
        };
        let version = row.get("v").and_then(|v| v.as_n().ok()?.parse().ok());
        let read = version.and_then(|version| {
            let from = string(&row, "from_code")?;
            let dry = row.get("dry").is_some_and(|dry| dry.as_bool() == Ok(&true));
            Some(Cursor { version, from, dry })
        });
        read.map(Some)
            .ok_or_else(|| StoreError::Corrupt("coupon pool".to_owned()))
    }

    async fn code_page(
        &self,
        community: &CommunityId,
        pool: &PoolId,
        from: &str,
        after: Option<Item>,
        limit: Option<i32>,
    ) -> Result<(Vec<Item>, Option<Item>), StoreError> {
        let pk = keys::coupon(community, pool, "").pk;
        let answer = self
            .client
            .query()
            .table_name(&self.tables.journal)
            .key_condition_expression("pk = :pk AND sk >= :from")
            .expression_attribute_values(":pk", AttributeValue::S(pk))
            .expression_attribute_values(":from", AttributeValue::S(from.to_owned()))
            .set_exclusive_start_key(after)
            .set_limit(limit)
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(|error| StoreError::of("Query", &error))?;
        self.meter.read(answer.consumed_capacity());
        Ok((answer.items.unwrap_or_default(), answer.last_evaluated_key))
    }

    async fn codes(&self, community: &CommunityId, pool: &PoolId) -> Result<Vec<Item>, StoreError> {
        let mut rows = Vec::new();
        let mut after = None;
        loop {
            let (page, next) = self
                .code_page(community, pool, BEGINNING, after, None)
                .await?;
            rows.extend(page);
            after = next;
            if after.is_none() {
                return Ok(rows);
            }
        }
    }
}
