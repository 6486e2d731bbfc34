//! Publishing: a file is checked against what is published already, then stored as a new version.
//! The same here and in AWS.

use hearth_domain::community::Community;
use hearth_domain::ids::PlaybookId;
use hearth_domain::playbook::Playbook;
use hearth_domain::rollout::{Policy, Rollout, RolloutError};
use hearth_domain::toml_check::Problem;
use jiff::Timestamp;

use crate::store::{Kind, Published, Store, StoreError};

/// Why a file was not published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// It has errors: all of them.
    #[error("{} errors", .0.len())]
    Problems(Vec<Problem>),
    /// Its playbook is not published.
    #[error("the community follows playbook {0}, which is not published: publish it first")]
    NoPlaybook(String),
    /// Its platform or shards would change, and members exist under the old ones.
    #[error("{0} of a published community can't be changed")]
    Fixed(&'static str),
    /// There is no such thing to move, pause or show.
    #[error("{0} is not published")]
    NotPublished(String),
    /// What is being tried stands against it.
    #[error(transparent)]
    Rollout(#[from] RolloutError),
    /// The tables did not take it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How a playbook's new version is published.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct How {
    /// What it means for those underway.
    pub policy: Policy,
    /// `Some` = for about fifty of so many members first.
    pub pilot_of: Option<u64>,
}

/// Checks and stores a file; its id and version. All of it or nothing: the file and the number of
/// its version are one transaction. A playbook's version is for all, and those underway keep theirs.
pub async fn publish(
    store: &Store,
    kind: Kind,
    toml: &str,
    now: Timestamp,
) -> Result<(String, u32), PublishError> {
    match kind {
        Kind::Playbook => {
            let playbook = Playbook::parse(toml).map_err(PublishError::Problems)?;
            let version = publish_playbook(store, &playbook.id, toml, How::default(), now).await?;
            Ok((playbook.id.to_string(), version))
        }
        Kind::Community => {
            let community = Community::parse(toml).map_err(PublishError::Problems)?;
            check_community(store, &community).await?;
            let version = store.put_community(&community.id, toml, now).await?;
            Ok((community.id.to_string(), version))
        }
    }
}

/// Stores a checked playbook as its next version; the version. The same file again, meant the same
/// way, is no new version.
pub async fn publish_playbook(
    store: &Store,
    id: &PlaybookId,
    toml: &str,
    how: How,
    now: Timestamp,
) -> Result<u32, PublishError> {
    let (rollout, revision) = rollout_of(store, id).await?;
    if is_published(store, &rollout, toml, how).await? {
        return Ok(rollout.newest);
    }
    let next = match how.pilot_of {
        Some(members) => rollout.publish_pilot(how.policy, members, now),
        None => rollout.publish(how.policy),
    }?;
    store
        .put_playbook(&next, revision, how.policy, toml, now)
        .await?;
    Ok(next.newest)
}

/// Which versions of a playbook are for whom, with the item's revision; before the first, none.
pub(crate) async fn rollout_of(
    store: &Store,
    id: &PlaybookId,
) -> Result<(Rollout, u64), StoreError> {
    let stored = store.rollout(id).await?;
    Ok(stored.map_or_else(
        || (Rollout::none(id.clone()), 0),
        |stored| (stored.rollout, stored.revision),
    ))
}

/// Whether the newest version is this file, for those it is meant for, and not stopped.
pub(crate) async fn is_published(
    store: &Store,
    rollout: &Rollout,
    toml: &str,
    how: How,
) -> Result<bool, StoreError> {
    let newest = rollout.newest;
    let tried = rollout.running().is_some();
    if newest == 0 || rollout.stopped.contains(&newest) || tried != how.pilot_of.is_some() {
        return Ok(false);
    }
    let known = store
        .published_version(Kind::Playbook, rollout.playbook.as_str(), newest)
        .await?;
    // Those who were to follow or migrate still do.
    let same = |known: &Published| known.policy == how.policy || how.policy == Policy::Pin;
    Ok(known.is_some_and(|known| known.toml == toml && same(&known)))
}

async fn check_community(store: &Store, community: &Community) -> Result<(), PublishError> {
    let playbook = community.playbook.as_str();
    let version = store.current_version(Kind::Playbook, playbook).await?;
    if version.is_none() {
        return Err(PublishError::NoPlaybook(playbook.to_owned()));
    }
    let known = store
        .published(Kind::Community, community.id.as_str())
        .await?;
    let Some(known) = known.and_then(|known| Community::parse(&known.toml).ok()) else {
        return Ok(());
    };
    if known.shards != community.shards {
        return Err(PublishError::Fixed("the number of shards"));
    }
    if known.platform != community.platform {
        return Err(PublishError::Fixed("the platform"));
    }
    Ok(())
}
