//! The stock of coupon codes: imported, counted, and forgetting whom a code was given to.

use aws_sdk_dynamodb::types::AttributeValue;
use futures::StreamExt;
use hearth_domain::coupon::PoolId;
use hearth_domain::ids::{CommunityId, MemberId};

use super::super::{Item, Store, StoreError, key_item, keys, string};
use super::{BEGINNING, Cursor, GIVEN};

/// In place of a message of somebody who was erased.
const TO_ERASED: &str = "@erased";
/// Codes that are imported side by side.
const SIDE_BY_SIDE: usize = 16;

/// What an import did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Imported {
    /// Codes that were not there.
    pub new: u64,
    /// Codes that were.
    pub known: u64,
}

/// How full a pool is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pool {
    /// Its name.
    pub id: PoolId,
    /// Codes in all.
    pub codes: u64,
    /// Codes that were given.
    pub given: u64,
}

impl Store {
    /// Adds codes to a pool. A code that is there stays as it is, given or not. May be stopped at
    /// any point and done again.
    pub async fn import_codes(
        &self,
        community: &CommunityId,
        pool: &PoolId,
        codes: &[String],
    ) -> Result<Imported, StoreError> {
        // Owned: a borrowed code would tie the request's future to one lifetime.
        let puts = codes.iter().cloned().map(|code| async move {
            let row = key_item(keys::coupon(community, pool, &code));
            let put = self.put_code(row, "attribute_not_exists(pk)").await;
            put.map(|put| (code, put))
        });
        let done: Vec<_> = futures::stream::iter(puts)
            .buffered(SIDE_BY_SIDE)
            .collect()
            .await;
        let mut imported = Imported::default();
        let mut first_free: Option<String> = None;
        for one in done {
            let (code, put) = one?;
            let free = match put {
                Ok(()) => {
                    imported.new += 1;
                    true
                }
                Err(was) => {
                    imported.known += 1;
                    !was.contains_key(GIVEN)
                }
            };
            if free && first_free.as_ref().is_none_or(|first| code < *first) {
                first_free = Some(code);
            }
        }
        self.begin_at(community, pool, first_free.as_deref())
            .await?;
        Ok(imported)
    }

    /// Moves the beginning back to a free code, or makes the pool. Written anew even where it stays:
    /// a taker that is on its way past the new code must not move it on by what it saw before.
    async fn begin_at(
        &self,
        community: &CommunityId,
        pool: &PoolId,
        code: Option<&str>,
    ) -> Result<(), StoreError> {
        loop {
            let begins = match (self.cursor(community, pool).await?, code) {
                (None, code) => Cursor {
                    version: 0,
                    from: BEGINNING.to_owned(),
                    dry: code.is_none(),
                },
                (Some(cursor), Some(code)) => Cursor {
                    from: cursor.from.as_str().min(code).to_owned(),
                    dry: false,
                    ..cursor
                },
                (Some(_), None) => return Ok(()),
            };
            if self.put_cursor(community, pool, &begins).await? {
                return Ok(());
            }
        }
    }

    /// The pools of a community. Reads all of their codes.
    pub async fn pools(&self, community: &CommunityId) -> Result<Vec<Pool>, StoreError> {
        let mut pools = Vec::new();
        for id in self.pool_ids(community).await? {
            let rows = self.codes(community, &id).await?;
            let given = rows.iter().filter(|row| row.contains_key(GIVEN)).count();
            pools.push(Pool {
                id,
                codes: rows.len().try_into().unwrap_or(u64::MAX),
                given: given.try_into().unwrap_or(u64::MAX),
            });
        }
        Ok(pools)
    }

    async fn pool_ids(&self, community: &CommunityId) -> Result<Vec<PoolId>, StoreError> {
        let rows = self.partition(&keys::coupon_pools(community)).await?;
        let id = |row: &Item| string(row, "sk")?.parse().ok();
        rows.iter()
            .map(|row| id(row).ok_or_else(|| StoreError::Corrupt("coupon pool".to_owned())))
            .collect()
    }

    /// The codes that a member was given.
    pub(in crate::store) async fn codes_of(
        &self,
        community: &CommunityId,
        member: &MemberId,
    ) -> Result<Vec<Item>, StoreError> {
        let theirs = format!("{community}/{member}/");
        let mut found = Vec::new();
        for pool in self.pool_ids(community).await? {
            let rows = self.codes(community, &pool).await?;
            let own = |row: &Item| string(row, GIVEN).is_some_and(|to| to.starts_with(&theirs));
            found.extend(rows.into_iter().filter(own));
        }
        Ok(found)
    }

    /// Forgets who has a code. The row stays: another import must not give it again.
    pub(in crate::store) async fn forget_receiver(
        &self,
        key: keys::Key,
    ) -> Result<bool, StoreError> {
        let mut row = key_item(key);
        let nobody = AttributeValue::S(TO_ERASED.to_owned());
        row.insert(GIVEN.to_owned(), nobody);
        let put = self.put_code(row, "attribute_exists(given_to)").await?;
        Ok(put.is_ok())
    }
}
