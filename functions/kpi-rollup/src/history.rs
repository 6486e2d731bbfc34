//! What was measured in the weeks before a report's own.
//!
//! Each record holds what it knew of the weeks before it, and records never change: the last week's is
//! mostly all that is read, however many weeks a community has.

use std::collections::BTreeMap;

use futures::{StreamExt, TryStreamExt, stream};
use hearth_aws::batch::Failure;
use hearth_aws::reports::ReportId;
use hearth_domain::days::IsoWeek;
use hearth_domain::ids::CommunityId;
use hearth_domain::kpi::trend::{self, Figures, History};
use hearth_domain::kpi::{Report, Revision};

use crate::Rollup;
use crate::handler::read;

/// Earlier reports that are read side by side.
const REPORTS_AT_ONCE: usize = 6;

impl Rollup {
    /// Of as many weeks as a report holds. A week without a report is a gap.
    pub(crate) async fn history(
        &self,
        community: &CommunityId,
        week: IsoWeek,
    ) -> Result<History, Failure> {
        let last = self.latest(community, week.plus(-1)).await?;
        let mut known: BTreeMap<IsoWeek, Figures> = BTreeMap::new();
        if let Some(last) = last {
            let before = last.history.weeks().iter().cloned();
            let before = before.filter(is_final);
            known.extend(before.map(|figures| (figures.week, figures)));
            known.insert(last.week, last.figures());
        }
        // Reported after the last week's record was made, or final since.
        let others = (2..=trend::WEEKS)
            .map(|ago| week.plus(-ago))
            .filter(|week| !known.contains_key(week))
            .map(|week| self.latest(community, week));
        let others: Vec<Option<Report>> = stream::iter(others.collect::<Vec<_>>())
            .buffered(REPORTS_AT_ONCE)
            .try_collect()
            .await?;
        let others = others.iter().flatten().map(Report::figures);
        Ok(History::before(week, known.into_values().chain(others)))
    }

    /// A week's report, in its last revision that can be read. One that can't be must not hold up the
    /// reports of the weeks after it.
    pub(crate) async fn latest(
        &self,
        community: &CommunityId,
        week: IsoWeek,
    ) -> Result<Option<Report>, Failure> {
        for revision in [Revision::Final, Revision::Provisional] {
            let id = ReportId {
                community: community.clone(),
                week,
                revision: revision.into(),
            };
            let Some(json) = self.reports.get(&id).await? else {
                continue;
            };
            match read(&json) {
                Ok(report) => return Ok(Some(report)),
                Err(error) => {
                    tracing::error!(community = %community, week = %week, revision = id.revision, error = %error, "an earlier report can't be read");
                    let metrics = &self.deps.metrics;
                    metrics.count(community.as_str(), "reports_unreadable");
                }
            }
        }
        Ok(None)
    }
}

fn is_final(figures: &Figures) -> bool {
    let verdict = figures.verdict;
    verdict.is_some_and(|verdict| verdict.revision == Revision::Final)
}
