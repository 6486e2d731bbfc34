//! Reading members, their moved-out counted events, their ledger; erased ones.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes, ReturnConsumedCapacity, Select};
use hearth_domain::community::Community;
use hearth_domain::days::LocalDay;
use hearth_domain::event::Event;
use hearth_domain::ids::{CommunityId, MemberId};
use hearth_domain::member::{Counted, Member, MovedOut};

use super::member_item::{MemberItem, MemberItemError};
use super::{Item, Store, StoreError, key_item, keys, string};
use crate::pseudonym::Pseudonyms;

/// What the store knows of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Loaded {
    /// Their item.
    Known(Box<Member>),
    /// Never heard of.
    New,
    /// Erased: nothing may bring them back.
    Erased,
    /// There, and can't be read: what is asked of them waits until somebody mends their item.
    Unreadable(UnreadableMember),
}

/// A member's item that is not what it should be. Its text says where it is and what is wrong with it, never
/// whose it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("member item in shard {shard}: attribute {attribute} is not what it should be")]
pub struct UnreadableMember {
    /// The shard that it is in.
    pub shard: u16,
    /// Whose it is by its key, for who has to mend it; `None` = not even that is a member's.
    pub member: Option<MemberId>,
    /// The first attribute that can't be read; `item` if one is missing or of another type.
    pub attribute: &'static str,
}

impl From<UnreadableMember> for StoreError {
    fn from(error: UnreadableMember) -> Self {
        Self::Corrupt(error.to_string())
    }
}

/// Members that were asked for together, by id. One who can't be read is nobody else's trouble.
pub type Members = HashMap<MemberId, Result<Member, UnreadableMember>>;

/// Those who can be read, for who only wants to name them.
pub fn readable(found: Members) -> HashMap<MemberId, Member> {
    let members = found.into_iter();
    members
        .filter_map(|(id, member)| Some((id, member.ok()?)))
        .collect()
}

/// DynamoDB takes so many keys a batch read.
const BATCH: usize = 100;
/// Keys that DynamoDB leaves unread (throttling, 16 MB) are asked for again so often.
const ROUNDS: u32 = 5;

/// One row of a member's points ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerRow {
    /// `days/2026-01-05`, `task/rename`, `streak/7`.
    pub path: String,
    /// Points.
    pub points: i64,
    /// Of a row of closed days: what each is worth.
    pub days: BTreeMap<LocalDay, i64>,
}

impl Store {
    /// The members of one community, by id. With `consistent` they are the latest, for a second
    /// try after a conflict; the first is satisfied with half the price.
    pub async fn load(
        &self,
        community: &Community,
        ids: &[MemberId],
        consistent: bool,
        pseudonyms: &Pseudonyms,
    ) -> Result<HashMap<MemberId, Loaded>, StoreError> {
        let known = self.known(community, ids, consistent).await?;
        let mut loaded: HashMap<MemberId, Loaded> = known
            .into_iter()
            .map(|(id, member)| {
                let member = member.map(Box::new);
                (id, member.map_or_else(Loaded::Unreadable, Loaded::Known))
            })
            .collect();
        // One batch read takes no key twice: somebody may be both in a batch and named by it.
        let unique: BTreeSet<&MemberId> = ids.iter().collect();
        let unknown: Vec<(&MemberId, String)> = unique
            .into_iter()
            .filter(|id| !loaded.contains_key(*id))
            .map(|id| (id, pseudonyms.of(&community.id, id)))
            .collect();
        if unknown.is_empty() {
            return Ok(loaded);
        }
        let tombstones = unknown
            .iter()
            .map(|(_, pseudonym)| keys::tombstone(&community.id, pseudonym))
            .collect();
        let erased: BTreeSet<String> = self
            .batch_get(&self.tables.journal, tombstones, true)
            .await?
            .iter()
            .filter_map(|item| string(item, "sk"))
            .collect();
        for (id, pseudonym) in unknown {
            let what = if erased.contains(&pseudonym) {
                Loaded::Erased
            } else {
                Loaded::New
            };
            loaded.insert(id.clone(), what);
        }
        Ok(loaded)
    }

    /// The members of one community that there are.
    pub async fn known(
        &self,
        community: &Community,
        ids: &[MemberId],
        consistent: bool,
    ) -> Result<Members, StoreError> {
        // One batch read takes no key twice.
        let unique: BTreeSet<&MemberId> = ids.iter().collect();
        let keys = unique
            .into_iter()
            .map(|id| keys::member(&community.id, community.shards, id))
            .collect();
        let items = self.batch_get(&self.tables.members, keys, consistent);
        let mut found = Members::with_capacity(ids.len());
        for item in items.await? {
            let id = string(&item, "sk").and_then(|sk| MemberId::new(sk).ok());
            let id = id.ok_or_else(|| StoreError::Corrupt("member: key".to_owned()))?;
            let member = read(item).map_err(|attribute| UnreadableMember {
                shard: keys::shard_of(&id, community.shards),
                member: Some(id.clone()),
                attribute,
            });
            found.insert(id, member);
        }
        Ok(found)
    }

    pub(super) async fn batch_get(
        &self,
        table: &str,
        keys: Vec<keys::Key>,
        consistent: bool,
    ) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::with_capacity(keys.len());
        let mut left: Vec<Item> = keys.into_iter().map(key_item).collect();
        let mut round = 0;
        while !left.is_empty() {
            if round == ROUNDS {
                return Err(StoreError::Unavailable {
                    operation: "BatchGetItem",
                    code: "unprocessed-keys".to_owned(),
                });
            }
            if round > 0 {
                tokio::time::sleep(std::time::Duration::from_millis(20 << round)).await;
            }
            let mut unread = Vec::new();
            for chunk in left.chunks(BATCH) {
                unread.extend(
                    self.batch_get_once(table, chunk, consistent, &mut items)
                        .await?,
                );
            }
            left = unread;
            round += 1;
        }
        Ok(items)
    }

    async fn batch_get_once(
        &self,
        table: &str,
        keys: &[Item],
        consistent: bool,
        items: &mut Vec<Item>,
    ) -> Result<Vec<Item>, StoreError> {
        let wanted = KeysAndAttributes::builder()
            .set_keys(Some(keys.to_vec()))
            .consistent_read(consistent)
            .build()
            .map_err(|error| StoreError::Corrupt(error.to_string()))?;
        let answer = self
            .client
            .batch_get_item()
            .request_items(table, wanted)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(|error| StoreError::of("BatchGetItem", &error))?;
        self.meter.reads(answer.consumed_capacity());
        if let Some(read) = answer.responses.and_then(|mut tables| tables.remove(table)) {
            items.extend(read);
        }
        let unread = answer
            .unprocessed_keys
            .and_then(|mut tables| tables.remove(table));
        Ok(unread.map(|unread| unread.keys).unwrap_or_default())
    }

    /// One member, consistently.
    pub async fn member(
        &self,
        community: &Community,
        id: &MemberId,
    ) -> Result<Option<Member>, StoreError> {
        let key = keys::member(&community.id, community.shards, id);
        let item = self.get(&self.tables.members, key, true).await?;
        item.map(|item| {
            Ok(Member::try_from(serde_dynamo::from_item::<_, MemberItem>(
                item,
            )?)?)
        })
        .transpose()
    }

    pub(super) async fn get(
        &self,
        table: &str,
        key: keys::Key,
        consistent: bool,
    ) -> Result<Option<Item>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(table)
            .set_key(Some(key_item(key)))
            .consistent_read(consistent)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(|error| StoreError::of("GetItem", &error))?;
        self.meter.read(answer.consumed_capacity());
        Ok(answer.item)
    }

    /// The counted events that left the member's item, of the days that these events are from.
    pub async fn moved_out(
        &self,
        community: &CommunityId,
        member: &MemberId,
        events: &[Event],
    ) -> Result<MovedOut, StoreError> {
        let days: BTreeSet<u32> = events
            .iter()
            .map(|event| utc_day(Counted::of(event)))
            .collect();
        let keys = days
            .into_iter()
            .map(|day| keys::counted(community, member, day))
            .collect();
        let mut moved = MovedOut::new();
        for item in self.batch_get(&self.tables.journal, keys, true).await? {
            let entries = item
                .get("h")
                .and_then(|value| value.as_bs().ok())
                .into_iter()
                .flatten();
            moved.extend(
                entries
                    .filter_map(|entry| entry.as_ref().try_into().ok())
                    .map(Counted::from_bytes),
            );
        }
        Ok(moved)
    }

    /// All members of one shard of a community, page by page: one page is up to 1 MB. `after` is what
    /// the page before ended with; `None` at the end.
    pub async fn shard_page(
        &self,
        community: &CommunityId,
        shard: u16,
        after: Option<String>,
    ) -> Result<(Vec<Result<Member, UnreadableMember>>, Option<String>), StoreError> {
        let pk = keys::member_shard(community, shard);
        let after = after.map(|sk| key_item(keys::Key { pk: pk.clone(), sk }));
        let answer = self
            .client
            .query()
            .table_name(&self.tables.members)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", AttributeValue::S(pk))
            .set_exclusive_start_key(after)
            .select(Select::AllAttributes)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(|error| StoreError::of("Query", &error))?;
        self.meter.read(answer.consumed_capacity());
        let last = answer.last_evaluated_key;
        let last =
            last.map(|key| string(&key, "sk").ok_or_else(|| StoreError::Corrupt("key".to_owned())));
        let items = answer.items.unwrap_or_default().into_iter();
        let members = items.map(|item| {
            let sk = string(&item, "sk");
            read(item).map_err(|attribute| UnreadableMember {
                shard,
                member: sk.and_then(|sk| MemberId::new(sk).ok()),
                attribute,
            })
        });
        Ok((members.collect(), last.transpose()?))
    }

    /// A member's ledger rows, by path.
    pub async fn ledger(
        &self,
        community: &CommunityId,
        member: &MemberId,
    ) -> Result<Vec<LedgerRow>, StoreError> {
        let prefix = keys::all_points(community, member);
        let items = self.query_prefix(prefix).await?;
        let row = |item: &Item| {
            let path = string(item, "sk")?.strip_prefix("points#")?.to_owned();
            let points = item.get("points")?.as_n().ok()?.parse().ok()?;
            Some(LedgerRow {
                path,
                points,
                days: days_of(item)?,
            })
        };
        items
            .iter()
            .map(|item| {
                row(item).ok_or_else(|| StoreError::Corrupt("ledger row: points".to_owned()))
            })
            .collect()
    }

    /// All journal items of a partition whose sort key begins with the key's.
    pub(super) async fn query_prefix(&self, prefix: keys::Key) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::new();
        let mut after = None;
        loop {
            let answer = self
                .client
                .query()
                .table_name(&self.tables.journal)
                .key_condition_expression("pk = :pk AND begins_with(sk, :sk)")
                .expression_attribute_values(":pk", AttributeValue::S(prefix.pk.clone()))
                .expression_attribute_values(":sk", AttributeValue::S(prefix.sk.clone()))
                .set_exclusive_start_key(after)
                .consistent_read(true)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await
                .map_err(|error| StoreError::of("Query", &error))?;
            self.meter.read(answer.consumed_capacity());
            items.extend(answer.items.unwrap_or_default());
            after = answer.last_evaluated_key;
            if after.is_none() {
                return Ok(items);
            }
        }
    }
}

/// The member of an item, or the attribute that is wrong.
fn read(item: Item) -> Result<Member, &'static str> {
    let item: MemberItem = serde_dynamo::from_item(item).map_err(|_| "item")?;
    Member::try_from(item).map_err(|MemberItemError(attribute)| attribute)
}

pub(super) fn utc_day(entry: Counted) -> u32 {
    entry.second / 86_400
}

/// The days of a ledger row, each with the sum of its reasons; empty for a row of another kind.
fn days_of(item: &Item) -> Option<BTreeMap<LocalDay, i64>> {
    let Some(days) = item.get("days") else {
        return Some(BTreeMap::new());
    };
    let points = |value: &AttributeValue| value.as_n().ok()?.parse::<i64>().ok();
    let day = |(day, reasons): (&String, &AttributeValue)| {
        let reasons = reasons.as_m().ok()?.values();
        let sum = reasons.map(points).sum::<Option<i64>>()?;
        Some((day.parse().ok()?, sum))
    };
    days.as_m().ok()?.iter().map(day).collect()
}
