//! Weekly reports of a deployed stack: its bucket, and what is counted of its members.

use anyhow::{Context as _, anyhow};
use hearth_aws::queue::{Queue as _, QueueName, Sqs};
use hearth_aws::reports::{ReportId, Reports as _, S3Reports};
use hearth_aws::store::StoreError;
use hearth_domain::days::IsoWeek;
use hearth_domain::ids::CommunityId;
use serde_json::Value;

use super::{Deployed, advice};

impl Deployed {
    fn bucket(&self) -> anyhow::Result<S3Reports> {
        let bucket = self.output("ReportBucket")?.to_owned();
        Ok(S3Reports::new(
            aws_sdk_s3::Client::new(&self.config),
            bucket,
        ))
    }

    /// What the bucket said, with what to do about it.
    fn withheld(&self, error: StoreError) -> anyhow::Error {
        match error {
            StoreError::Unavailable { operation, code } => {
                anyhow!("the reports of {}: {}", self.name, advice(operation, &code))
            }
            error @ (StoreError::Conflict(_)
            | StoreError::SoldOut { .. }
            | StoreError::Corrupt(_)) => anyhow!("the reports of {}: {error}", self.name),
        }
    }

    /// Weeks and revisions, ascending.
    pub(crate) async fn reports(
        &self,
        community: &CommunityId,
    ) -> anyhow::Result<Vec<(IsoWeek, u8)>> {
        self.published(community).await?;
        let listed = self.bucket()?.list(community).await;
        listed.map_err(|error| self.withheld(error))
    }

    /// A record that is listed.
    pub(crate) async fn report(
        &self,
        community: &CommunityId,
        week: IsoWeek,
        revision: u8,
    ) -> anyhow::Result<String> {
        let id = ReportId {
            community: community.clone(),
            week,
            revision,
        };
        let found = self.bucket()?.get(&id).await;
        let found = found.map_err(|error| self.withheld(error))?;
        found.with_context(|| format!("the record of {week}, revision {revision}, is gone"))
    }

    /// Sends the work that makes a report which is due and not there.
    pub(crate) async fn rebuild(
        &self,
        community: &CommunityId,
        week: IsoWeek,
    ) -> anyhow::Result<Value> {
        let registry = self.registry();
        let reports = self.bucket()?;
        let people = self.people(&registry);
        let asked = people.rebuild(community, week, &reports).await?;
        let told = asked.told();
        let url = self.output("KpiRollupQueueUrl")?.to_owned();
        let client = aws_sdk_sqs::Client::new(&self.config);
        let queue = Sqs::new(client, [(QueueName::KpiRollup, url)].into());
        queue.send(QueueName::KpiRollup, &[asked.work()]).await?;
        Ok(told)
    }

    /// Who is likely to fall silent: one pass over all members.
    pub(crate) async fn risks(&self, community: &CommunityId, top: usize) -> anyhow::Result<Value> {
        let registry = self.registry();
        self.people(&registry).risks(community, top).await
    }

    /// The members who can't be read: one pass over all of them.
    pub(crate) async fn unreadable(&self, community: &CommunityId) -> anyhow::Result<Value> {
        let registry = self.registry();
        self.people(&registry).unreadable(community).await
    }

    /// The weights that the community's own history gives: one pass over all members.
    pub(crate) async fn fit(&self, community: &CommunityId) -> anyhow::Result<Value> {
        let registry = self.registry();
        self.people(&registry).fit(community).await
    }
}
