//! The small item beside a playbook's versions: which of them are for whom. It is read once a
//! minute by every process, and costs a unit as long as it has fewer than 4 KB.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use hearth_domain::ids::PlaybookId;
use hearth_domain::rollout::{Pilot, Policy, Rollout, Share, Stage, Verdict};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::conditional::{Condition, if_version};
use super::publish::{file_item, fits};
use super::{Item, Kind, Store, StoreError, keys};

/// A rollout as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRollout {
    /// Which versions are for whom.
    pub rollout: Rollout,
    /// Counts the writes of the item: what is written next is conditional on it. 0 = none yet.
    pub revision: u64,
}

#[derive(Debug, Serialize, Deserialize)]
struct RolloutItem {
    pk: String,
    sk: String,
    id: String,
    /// The newest version's number.
    v: u32,
    /// Absent in items from before there were rollouts: their newest version is for all.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    r: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    released: Option<u32>,
    #[serde(default)]
    followed: u32,
    #[serde(default)]
    migrated: u32,
    #[serde(default)]
    stopped: BTreeSet<u32>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pilot: Option<PilotItem>,
}

/// See [`Pilot`]; instants are seconds.
#[derive(Debug, Serialize, Deserialize)]
struct PilotItem {
    v: u32,
    policy: Policy,
    stage: Stage,
    share: Share,
    since: i64,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    looked: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    verdict: Option<Verdict>,
    told: bool,
}

impl Store {
    /// Which versions of a playbook are for whom; `None` = it was never published.
    pub async fn rollout(&self, id: &PlaybookId) -> Result<Option<StoredRollout>, StoreError> {
        let key = keys::published(Kind::Playbook.name(), id.as_str());
        let item = self.get(&self.tables.journal, key, true).await?;
        item.map(read).transpose()
    }

    /// Those of all playbooks, by id.
    pub async fn rollouts(&self) -> Result<Vec<StoredRollout>, StoreError> {
        let prefix = keys::published(Kind::Playbook.name(), "");
        let items = self.query_prefix(prefix).await?;
        items.into_iter().map(read).collect()
    }

    /// Replaces a rollout, or [`StoreError::Conflict`] if it was written in between.
    pub async fn put_rollout(&self, next: &Rollout, was: u64) -> Result<(), StoreError> {
        if self.put_on(item(next, was + 1)?, if_revision(was)).await? {
            Ok(())
        } else {
            Err(StoreError::Conflict("rollout"))
        }
    }

    /// Stores a playbook's newest version together with the rollout that names it: both or
    /// neither.
    pub async fn put_playbook(
        &self,
        next: &Rollout,
        was: u64,
        policy: Policy,
        toml: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let id = next.playbook.as_str();
        fits(Kind::Playbook, id, toml)?;
        let mut file = file_item(Kind::Playbook, id, next.newest, toml, at);
        let policy = AttributeValue::S(policy.name().to_owned());
        file.insert("policy".to_owned(), policy);
        let pointer = self.put_if(item(next, was + 1)?, if_revision(was))?;
        let kept = self.put_if(file, if_version(0))?;
        self.put_both(pointer, kept).await
    }
}

fn if_revision(was: u64) -> Condition {
    if was == 0 {
        return ("attribute_not_exists(r)", None);
    }
    let values = [(":was".to_owned(), AttributeValue::N(was.to_string()))];
    ("r = :was", Some(values.into()))
}

fn item(rollout: &Rollout, revision: u64) -> Result<Item, StoreError> {
    let key = keys::published(Kind::Playbook.name(), rollout.playbook.as_str());
    let pilot = rollout.pilot.as_ref().map(|pilot| PilotItem {
        v: pilot.version,
        policy: pilot.policy,
        stage: pilot.stage,
        share: pilot.share,
        since: pilot.since.as_second(),
        looked: pilot.looked.map(Timestamp::as_second),
        verdict: pilot.verdict,
        told: pilot.told,
    });
    Ok(serde_dynamo::to_item(RolloutItem {
        pk: key.pk,
        sk: key.sk,
        id: rollout.playbook.to_string(),
        v: rollout.newest,
        r: Some(revision),
        released: Some(rollout.released),
        followed: rollout.followed,
        migrated: rollout.migrated,
        stopped: rollout.stopped.clone(),
        pilot,
    })?)
}

fn read(item: Item) -> Result<StoredRollout, StoreError> {
    let wrong = || StoreError::Corrupt("rollout".to_owned());
    let item: RolloutItem = serde_dynamo::from_item(item)?;
    let instant = |second| Timestamp::from_second(second).map_err(|_| wrong());
    let pilot = item.pilot.map(|pilot| {
        Ok::<_, StoreError>(Pilot {
            version: pilot.v,
            policy: pilot.policy,
            stage: pilot.stage,
            share: pilot.share,
            since: instant(pilot.since)?,
            looked: pilot.looked.map(instant).transpose()?,
            verdict: pilot.verdict,
            told: pilot.told,
        })
    });
    Ok(StoredRollout {
        rollout: Rollout {
            playbook: PlaybookId::new(item.id).map_err(|_| wrong())?,
            newest: item.v,
            released: item.released.unwrap_or(item.v),
            followed: item.followed,
            migrated: item.migrated,
            stopped: item.stopped,
            pilot: pilot.transpose()?,
        },
        revision: item.r.unwrap_or(0),
    })
}
