//! Where records come from: the bucket of a stack in AWS, or a running local stack.

use std::collections::BTreeMap;

use anyhow::Context as _;
use hearth_domain::days::IsoWeek;
use hearth_domain::ids::CommunityId;
use hearth_local::export::Record;

use crate::Place;
use crate::deployed::Deployed;
use crate::endpoint::{Endpoint, at};

/// The records of one stack.
pub(super) enum Records<'a> {
    Deployed(Box<Deployed>),
    Local(&'a Endpoint),
}

impl<'a> Records<'a> {
    pub(super) async fn of(place: &'a Place) -> anyhow::Result<Self> {
        Ok(match place.stacked.deployed().await? {
            Some(stack) => Self::Deployed(Box::new(stack)),
            None => Self::Local(&place.endpoint),
        })
    }

    /// Weeks and revisions, ascending.
    pub(super) async fn list(&self, community: &CommunityId) -> anyhow::Result<Vec<(IsoWeek, u8)>> {
        let path = format!("/local/reports/{community}");
        let listed = match self {
            Self::Deployed(stack) => return stack.reports(community).await,
            Self::Local(endpoint) => endpoint.get(&path).await?,
        };
        let entry = |entry| {
            let week = at(entry, "/week").as_str()?.parse().ok()?;
            let revision = at(entry, "/revision").as_u64()?.try_into().ok()?;
            Some((week, revision))
        };
        let entries = listed.as_array().into_iter().flatten().map(entry);
        let entries: Option<Vec<_>> = entries.collect();
        entries.context("the local stack lists something else than reports")
    }

    /// The latest revision of each week, ascending.
    pub(super) async fn latest(
        &self,
        community: &CommunityId,
    ) -> anyhow::Result<BTreeMap<IsoWeek, u8>> {
        Ok(self.list(community).await?.into_iter().collect())
    }

    /// A week in its latest revision, or the latest week.
    pub(super) async fn one(
        &self,
        community: &CommunityId,
        week: Option<IsoWeek>,
    ) -> anyhow::Result<Record> {
        let weeks = self.latest(community).await?;
        let found = match week {
            Some(week) => {
                let revision = weeks.get(&week).copied();
                let revision = revision
                    .with_context(|| format!("there is no report of {week} of {community}"))?;
                (week, revision)
            }
            None => weeks
                .into_iter()
                .next_back()
                .with_context(|| format!("there is no report of {community} yet"))?,
        };
        self.read(community, found).await
    }

    /// A record that is listed. A local stack gives the latest revision of a week.
    pub(super) async fn read(
        &self,
        community: &CommunityId,
        (week, revision): (IsoWeek, u8),
    ) -> anyhow::Result<Record> {
        let json = match self {
            Self::Deployed(stack) => stack.report(community, week, revision).await?,
            Self::Local(endpoint) => {
                let path = format!("/local/reports/{community}/{week}.json");
                endpoint.text(&path).await?
            }
        };
        Record::read(json).with_context(|| {
            format!("the record of {week}, revision {revision}, is of another version of Hearth")
        })
    }
}
