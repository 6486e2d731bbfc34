//! Reports of a local stack: records in the journal table, pages made from them as they are asked for.

use futures::future::BoxFuture;
use hearth_aws::reports::{ReportId, Reports};
use hearth_aws::store::{Store, StoreError};
use hearth_domain::days::IsoWeek;
use hearth_domain::ids::CommunityId;

/// The records of a stack, and where its pages are served.
#[derive(Debug, Clone)]
pub struct LocalReports {
    /// The tables.
    pub store: Store,
    /// `http://127.0.0.1:9000`; `None` = nobody serves them, and nothing links to them.
    pub base: Option<String>,
}

impl Reports for LocalReports {
    fn put<'a>(
        &'a self,
        id: &'a ReportId,
        json: &'a str,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(
            self.store
                .put_report(&id.community, id.week, id.revision, json),
        )
    }

    fn put_page<'a>(
        &'a self,
        _id: &'a ReportId,
        _page: &'a str,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn put_index<'a>(
        &'a self,
        _community: &'a CommunityId,
        _page: &'a str,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn get<'a>(&'a self, id: &'a ReportId) -> BoxFuture<'a, Result<Option<String>, StoreError>> {
        Box::pin(self.store.report(&id.community, id.week, Some(id.revision)))
    }

    fn list<'a>(
        &'a self,
        community: &'a CommunityId,
    ) -> BoxFuture<'a, Result<Vec<(IsoWeek, u8)>, StoreError>> {
        Box::pin(self.store.report_list(community))
    }

    /// The page of a week is that of its latest revision.
    fn url<'a>(&'a self, id: &'a ReportId) -> BoxFuture<'a, Result<Option<String>, StoreError>> {
        let ReportId {
            community, week, ..
        } = id;
        let page = |base: &String| format!("{base}/local/reports/{community}/{week}.html");
        Box::pin(std::future::ready(Ok(self.base.as_ref().map(page))))
    }
}
