//! What is tried in a playbook's versions, for the report's pass over the members.

use std::collections::BTreeMap;

use hearth_aws::batch::Failure;
use hearth_aws::journeys;
use hearth_aws::registry::Place;
use hearth_aws::store::Kind;
use hearth_domain::experiment::{Edition, tries};

use crate::Rollup;

impl Rollup {
    /// The versions of a community's playbook, by number; none if nothing is tried. A single version says
    /// so itself, and it is at hand. Of several any may have begun a trial that still runs for those who
    /// are in it, so they are read: about 10 read units each, twice a week. One that can't be read any
    /// more is left out, as the command does.
    pub(crate) async fn editions(&self, place: &Place) -> Result<BTreeMap<u32, Edition>, Failure> {
        let playbook = &place.playbook;
        if place.rollout.newest == 1 && !tries(playbook) {
            return Ok(BTreeMap::new());
        }
        let store = &self.deps.store;
        let files = store
            .published_versions(Kind::Playbook, playbook.id.as_str())
            .await?;
        let (editions, unreadable) = journeys::editions(&files, &place.rollout);
        if !unreadable.is_empty() {
            tracing::warn!(playbook = %playbook.id, versions = ?unreadable, "versions that are in no trial: not readable any more");
        }
        Ok(editions)
    }
}
