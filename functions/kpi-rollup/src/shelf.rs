//! Where a report is read: its page, the index of weeks, and the link in the message.

use hearth_aws::batch::Failure;
use hearth_aws::reports::ReportId;
use hearth_domain::community::Community;
use hearth_domain::kpi::{Report, Revision, Shelved, index};

use crate::Rollup;

/// Where the index is, seen from a week's page.
const INDEX: &str = "../index.html";

impl Rollup {
    /// Adds the page of a stored record, from the record, whoever made it, so that the two agree; and
    /// makes the index of the weeks that the record knows. An older week, or an older revision, leaves the
    /// index as it is.
    pub(crate) async fn shelve(
        &self,
        community: &Community,
        id: &ReportId,
        report: &Report,
    ) -> Result<(), Failure> {
        let undrawn = |error| Failure::Permanent(format!("page: {error}"));
        let page = report.to_html(community.locale, INDEX).map_err(undrawn)?;
        self.reports.put_page(id, &page).await?;
        let state = self.deps.store.rollup_state(&id.community).await?;
        let latest = state.provisional.max(state.closed);
        let newest = report.revision == Revision::Final || !self.is_final(id).await?;
        if latest.is_some_and(|latest| latest > id.week) || !newest {
            return Ok(());
        }
        let weeks = report.history.weeks().iter().cloned();
        let weeks = weeks.chain([report.figures()]).map(|figures| Shelved {
            page: figures
                .verdict
                .map(|verdict| format!("{}/{}.html", figures.week, u8::from(verdict.revision))),
            figures,
        });
        let page = index(&community.name, weeks, community.locale).map_err(undrawn)?;
        self.reports.put_index(&id.community, &page).await?;
        Ok(())
    }

    /// Whether the week's final report is there. After an outage both revisions are made at once.
    async fn is_final(&self, id: &ReportId) -> Result<bool, Failure> {
        let last = ReportId {
            revision: Revision::Final.into(),
            ..id.clone()
        };
        Ok(self.reports.get(&last).await?.is_some())
    }

    /// The value of `report.url`, if there is a page to lead to. A link is of no use where the platform
    /// cuts it off, so it may take half of a message; then it is left out, with its line.
    pub(crate) async fn link(
        &self,
        community: &Community,
        id: &ReportId,
    ) -> Result<Option<(String, String)>, Failure> {
        let url = self.reports.url(id).await?;
        let most = community.platform.limits().ops_text;
        let fits = |url: &String| most.is_none_or(|most| most.unit.measure(url) <= most.number / 2);
        let fitting = url.filter(fits);
        Ok(fitting.map(|url| ("report.url".to_owned(), url)))
    }
}
