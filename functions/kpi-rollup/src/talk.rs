//! A week's threads, for its report.

use hearth_aws::batch::Failure;
use hearth_aws::store::StoreError;
use hearth_domain::community::Community;
use hearth_domain::days::{IsoWeek, LocalDay};
use hearth_domain::kpi::Talk;

use crate::Rollup;

impl Rollup {
    /// The threads that began in a week, up to a day of it. With one that can't be read none are counted, so
    /// that the report has no number of them instead of a wrong one, and everything else all the same.
    pub(crate) async fn talk(
        &self,
        community: &Community,
        week: IsoWeek,
        as_of: LocalDay,
    ) -> Result<Talk, Failure> {
        match self.deps.store.week_talk(community, week, as_of).await {
            Ok(talk) => Ok(talk),
            Err(StoreError::Corrupt(row)) => {
                let id = &community.id;
                tracing::error!(community = %id, week = %week, row, "threads can't be read");
                self.deps.metrics.count(id.as_str(), "threads_unreadable");
                Ok(Talk::new(week, as_of))
            }
            Err(error) => Err(error.into()),
        }
    }
}
