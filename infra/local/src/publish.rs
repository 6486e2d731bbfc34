//! Publishing to a running stack.

use hearth_aws::clock::Clock;
use hearth_aws::publish::{self, PublishError};
use hearth_aws::store::Kind;
use hearth_domain::community::Community;
use hearth_domain::ids::CommunityId;
use hearth_domain::playbook::Playbook;

use crate::stack::Stack;

impl Stack {
    /// Checks and stores a file; its id and version. It shows at once.
    pub async fn publish(&self, kind: Kind, toml: &str) -> Result<(String, u32), PublishError> {
        let published = publish::publish(&self.store, kind, toml, self.clock.now()).await?;
        self.forget_published();
        Ok(published)
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
