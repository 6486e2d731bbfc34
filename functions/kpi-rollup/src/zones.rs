//! Whether a week's days are all of the same zone.
//!
//! Members hold days, not instants: those that were counted before a community moved to another zone stay
//! as they were. So a report of a week in which that happened says so.

use hearth_aws::batch::Failure;
use hearth_aws::registry::Place;
use hearth_aws::store::Kind;
use hearth_domain::community::Community;
use hearth_domain::days::{IsoWeek, Zone};

use crate::Rollup;

impl Rollup {
    /// Another zone that the community was in since the week began, the earliest; `None` = it was always in
    /// today's. Communities are published a few times in their lives: this reads a handful of small
    /// files.
    pub(crate) async fn zone_before(
        &self,
        place: &Place,
        week: IsoWeek,
    ) -> Result<Option<Zone>, Failure> {
        let community = &place.community;
        let store = &self.deps.store;
        let files = store.published_versions(Kind::Community, community.id.as_str());
        let files = files.await?;
        let begin = community.zone.start_of(week.monday());
        // What held when the week began, and what came since.
        let of_before = files.iter().filter(|file| file.at <= begin).count();
        let since = files.iter().skip(of_before.saturating_sub(1));
        let zones = since.filter_map(|file| Some(Community::parse(&file.toml).ok()?.zone));
        let mut others = zones.filter(|zone| zone.name() != community.zone.name());
        Ok(others.next())
    }
}
