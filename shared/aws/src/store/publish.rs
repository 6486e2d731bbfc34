//! Published files: communities and playbooks, each version kept.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::types::{AttributeValue, Put, ReturnConsumedCapacity, TransactWriteItem};
use hearth_domain::ids::CommunityId;
use hearth_domain::rollout::Policy;
use jiff::Timestamp;

use super::conditional::{Condition, if_version};
use super::{Item, Store, StoreError, key_item, keys, string};

/// What kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A community.
    Community,
    /// A playbook.
    Playbook,
}

impl Kind {
    /// As keys and messages write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Community => "community",
            Self::Playbook => "playbook",
        }
    }
}

/// A published file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Its id.
    pub id: String,
    /// 1 for the first.
    pub version: u32,
    /// When it was published.
    pub at: Timestamp,
    /// The file.
    pub toml: String,
    /// A playbook's: what it means for those underway. Pin, where none was stored.
    pub policy: Policy,
}

/// An item holds 400 KB; the rest is for keys.
const MAX_FILE_BYTES: usize = 390 * 1024;

impl Store {
    /// The number of the newest version: a small item beside the file, so that looking whether
    /// there is a newer one stays cheap.
    pub async fn current_version(&self, kind: Kind, id: &str) -> Result<Option<u32>, StoreError> {
        let item = self
            .get(&self.tables.journal, keys::published(kind.name(), id), true)
            .await?;
        item.map(|item| {
            version_of(&item).ok_or_else(|| StoreError::Corrupt("published version".to_owned()))
        })
        .transpose()
    }

    /// The newest version.
    pub async fn published(&self, kind: Kind, id: &str) -> Result<Option<Published>, StoreError> {
        match self.current_version(kind, id).await? {
            Some(version) => self.published_version(kind, id, version).await,
            None => Ok(None),
        }
    }

    /// A certain version.
    pub async fn published_version(
        &self,
        kind: Kind,
        id: &str,
        version: u32,
    ) -> Result<Option<Published>, StoreError> {
        let key = keys::published_version(kind.name(), id, version);
        self.get(&self.tables.journal, key, true)
            .await?
            .map(|item| published_of(&item))
            .transpose()
    }

    /// The ids of everything of a kind, in order, each with its newest version.
    pub async fn list_published(&self, kind: Kind) -> Result<Vec<(String, u32)>, StoreError> {
        let items = self.query_prefix(keys::published(kind.name(), "")).await?;
        let entry = |item: &Item| Some((string(item, "id")?, version_of(item)?));
        items
            .iter()
            .map(|item| {
                entry(item).ok_or_else(|| StoreError::Corrupt("published version".to_owned()))
            })
            .collect()
    }

    /// All versions of a file, from the first.
    pub async fn published_versions(
        &self,
        kind: Kind,
        id: &str,
    ) -> Result<Vec<Published>, StoreError> {
        let prefix = keys::published_versions(kind.name(), id);
        let items = self.query_prefix(prefix).await?;
        items.iter().map(published_of).collect()
    }

    /// Stores a community's file as the next version; the version. The same file again is no new
    /// version. (A playbook's goes with its rollout: [`Store::put_playbook`].)
    pub async fn put_community(
        &self,
        id: &CommunityId,
        toml: &str,
        at: Timestamp,
    ) -> Result<u32, StoreError> {
        let (kind, id) = (Kind::Community, id.as_str());
        fits(kind, id, toml)?;
        let known = self.published(kind, id).await?;
        let was = known.as_ref().map_or(0, |known| known.version);
        if known.is_some_and(|known| known.toml == toml) {
            return Ok(was);
        }
        let version = was + 1;
        let mut pointer = key_item(keys::published(kind.name(), id));
        pointer.insert("id".to_owned(), AttributeValue::S(id.to_owned()));
        pointer.insert("v".to_owned(), AttributeValue::N(version.to_string()));
        let pointer = self.put_if(pointer, if_version(u64::from(was)))?;
        let kept = self.put_if(file_item(kind, id, version, toml, at), if_version(0))?;
        self.put_both(pointer, kept).await?;
        Ok(version)
    }

    /// A file and what names its version: both or neither.
    pub(super) async fn put_both(
        &self,
        pointer: TransactWriteItem,
        file: TransactWriteItem,
    ) -> Result<(), StoreError> {
        let answer = self
            .client
            .transact_write_items()
            .transact_items(pointer)
            .transact_items(file)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        match answer {
            Ok(answer) => {
                self.meter.write(answer.consumed_capacity());
                Ok(())
            }
            Err(SdkError::ServiceError(error))
                if error.err().is_transaction_canceled_exception() =>
            {
                Err(StoreError::Conflict("published by somebody else"))
            }
            Err(error) => Err(StoreError::of("TransactWriteItems", &error)),
        }
    }

    pub(super) fn put_if(
        &self,
        item: Item,
        (condition, values): Condition,
    ) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder()
            .table_name(&self.tables.journal)
            .set_item(Some(item))
            .condition_expression(condition)
            .set_expression_attribute_values(values)
            .build()
            .map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }
}

/// A file that an item can't hold is not published.
pub(super) fn fits(kind: Kind, id: &str, toml: &str) -> Result<(), StoreError> {
    if toml.len() <= MAX_FILE_BYTES {
        return Ok(());
    }
    Err(StoreError::Corrupt(format!(
        "{} {id}: {} bytes, and an item holds {MAX_FILE_BYTES}",
        kind.name(),
        toml.len()
    )))
}

/// One version of a file.
pub(super) fn file_item(kind: Kind, id: &str, version: u32, toml: &str, at: Timestamp) -> Item {
    let number = |n: i64| AttributeValue::N(n.to_string());
    let mut item = key_item(keys::published_version(kind.name(), id, version));
    item.insert("id".to_owned(), AttributeValue::S(id.to_owned()));
    item.insert("v".to_owned(), number(i64::from(version)));
    item.insert("at".to_owned(), number(at.as_second()));
    item.insert("toml".to_owned(), AttributeValue::S(toml.to_owned()));
    item
}

fn version_of(item: &Item) -> Option<u32> {
    item.get("v")?.as_n().ok()?.parse().ok()
}

fn published_of(item: &Item) -> Result<Published, StoreError> {
    let number = |name: &str| item.get(name).and_then(|value| value.as_n().ok());
    let read = || {
        Some(Published {
            id: string(item, "id")?,
            version: number("v")?.parse().ok()?,
            at: Timestamp::from_second(number("at")?.parse().ok()?).ok()?,
            toml: string(item, "toml")?,
            policy: match string(item, "policy") {
                Some(name) => Policy::from_name(&name)?,
                None => Policy::Pin,
            },
        })
    };
    read().ok_or_else(|| StoreError::Corrupt("published file".to_owned()))
}
