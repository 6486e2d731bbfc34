//! Publishing: a file is checked against what is published already, then stored as a new version.
//! The same here and in AWS.

use hearth_domain::community::Community;
use hearth_domain::playbook::Playbook;
use hearth_domain::toml_check::Problem;
use jiff::Timestamp;

use crate::store::{Kind, Store, StoreError};

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
    /// The tables did not take it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Checks and stores a file; its id and version. All of it or nothing: the file and the number of
/// its version are one transaction.
pub async fn publish(
    store: &Store,
    kind: Kind,
    toml: &str,
    now: Timestamp,
) -> Result<(String, u32), PublishError> {
    let id = match kind {
        Kind::Playbook => Playbook::parse(toml)
            .map_err(PublishError::Problems)?
            .id
            .to_string(),
        Kind::Community => {
            let community = Community::parse(toml).map_err(PublishError::Problems)?;
            check_community(store, &community).await?;
            community.id.to_string()
        }
    };
    let version = store.publish(kind, &id, toml, now).await?;
    Ok((id, version))
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
