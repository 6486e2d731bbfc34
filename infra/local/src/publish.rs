//! Publishing to a running stack: a file is checked again here, then stored as a new version.

use hearth_aws::clock::Clock;
use hearth_aws::store::Kind;
use hearth_domain::community::Community;
use hearth_domain::ids::CommunityId;
use hearth_domain::playbook::Playbook;
use hearth_domain::toml_check::Problem;

use crate::stack::Stack;

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
    Store(#[from] hearth_aws::store::StoreError),
}

impl Stack {
    /// Checks and stores a file; its id and version.
    pub async fn publish(&self, kind: Kind, toml: &str) -> Result<(String, u32), PublishError> {
        let id = match kind {
            Kind::Playbook => Playbook::parse(toml)
                .map_err(PublishError::Problems)?
                .id
                .to_string(),
            Kind::Community => {
                let community = Community::parse(toml).map_err(PublishError::Problems)?;
                self.check_community(&community).await?;
                community.id.to_string()
            }
        };
        let version = self
            .store
            .publish(kind, &id, toml, self.clock.now())
            .await?;
        self.forget_published();
        Ok((id, version))
    }

    async fn check_community(&self, community: &Community) -> Result<(), PublishError> {
        let playbook = community.playbook.as_str();
        if self
            .store
            .current_version(Kind::Playbook, playbook)
            .await?
            .is_none()
        {
            return Err(PublishError::NoPlaybook(playbook.to_owned()));
        }
        let known = self
            .store
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

    /// Publishes the playbook that comes with the project, unless there is one of its name.
    pub async fn publish_default_playbook(&self) -> Result<(), PublishError> {
        if self
            .store
            .current_version(Kind::Playbook, "default")
            .await?
            .is_none()
        {
            self.publish(Kind::Playbook, Playbook::DEFAULT_TOML).await?;
        }
        Ok(())
    }

    /// The published community of an id.
    pub async fn community(&self, id: &str) -> anyhow::Result<Option<std::sync::Arc<Community>>> {
        let Ok(id) = CommunityId::new(id) else {
            return Ok(None);
        };
        let place = self.registry.place(&id, self.clock.now()).await?;
        Ok(place.map(|place| place.community))
    }
}
