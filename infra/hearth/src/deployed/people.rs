//! One member or message of a deployed stack, its leaderboards and its coupon codes.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use hearth_aws::about;
use hearth_aws::clients::code_of;
use hearth_aws::clock::{Clock, SystemClock};
use hearth_aws::pseudonym::Pseudonyms;
use hearth_aws::queue::{Queue as _, QueueName, Sqs};
use hearth_aws::registry::Registry;
use hearth_aws::secrets::AwsSecrets;
use hearth_aws::store::{Erased, Imported, Pool};
use hearth_domain::board::By;
use hearth_domain::community::SecretRef;
use hearth_domain::coupon::PoolId;
use hearth_domain::ids::{CommunityId, MemberId, MessageId};
use hearth_domain::locale::Locale;
use hearth_local::people::{Asked, People};
use serde_json::Value;

use super::Deployed;
use super::redrive::{DeadLetters, failed};

/// What a function had read before the tombstone was there it has written by then: the longest of
/// those that write members and messages runs for 60 seconds.
const IN_HAND: Duration = Duration::from_secs(65);
/// A letter that is looked at is hidden from others for so long.
const LOOK_SECONDS: i32 = 120;

impl Deployed {
    pub(super) fn registry(&self) -> Registry {
        Registry::new(&self.store)
    }

    pub(super) fn people<'a>(&'a self, registry: &'a Registry) -> People<'a> {
        People {
            store: &self.store,
            registry,
            now: SystemClock.now(),
        }
    }

    /// With the deployment's own key, which is where its functions have it from.
    async fn pseudonyms(&self) -> anyhow::Result<Pseudonyms> {
        let reference = self.output("PseudonymKey")?;
        let reference = SecretRef::read(reference)
            .with_context(|| format!("output PseudonymKey of stack {}", self.name))?;
        let secrets = AwsSecrets::new(
            aws_sdk_ssm::Client::new(&self.config),
            aws_sdk_secretsmanager::Client::new(&self.config),
        );
        Ok(Pseudonyms::of_reference(&secrets, &reference).await?)
    }

    pub(crate) async fn show_member(
        &self,
        community: &CommunityId,
        member: &MemberId,
    ) -> anyhow::Result<Value> {
        let registry = self.registry();
        let found = self.people(&registry).show(community, member).await?;
        found.ok_or_else(|| anyhow!("no such member"))
    }

    pub(crate) async fn board(
        &self,
        community: &CommunityId,
        asked: Asked,
        by: By,
    ) -> anyhow::Result<Value> {
        let registry = self.registry();
        let found = self.people(&registry).board(community, asked, by).await?;
        found.ok_or_else(|| anyhow!("no such board"))
    }

    pub(crate) async fn stars(&self, community: &CommunityId) -> anyhow::Result<Value> {
        let registry = self.registry();
        self.people(&registry).stars(community).await
    }

    pub(crate) async fn account(
        &self,
        community: &CommunityId,
        member: &MemberId,
    ) -> anyhow::Result<Value> {
        let registry = self.registry();
        let found = self.people(&registry).account(community, member).await?;
        found.ok_or_else(|| anyhow!("no such member"))
    }

    pub(crate) async fn audit(
        &self,
        community: &CommunityId,
        repair: bool,
    ) -> anyhow::Result<Value> {
        let registry = self.registry();
        self.people(&registry).audit(community, repair).await
    }

    /// An operator's order about points, on its way to the function that scores.
    pub(crate) async fn order(
        &self,
        community: &CommunityId,
        member: &MemberId,
        asked: &Value,
    ) -> anyhow::Result<()> {
        let registry = self.registry();
        let people = self.people(&registry);
        let work = people.order(community, member, asked).await?;
        let url = self.output("CheckInQueueUrl")?.to_owned();
        let client = aws_sdk_sqs::Client::new(&self.config);
        let queue = Sqs::new(client, [(QueueName::CheckIn, url)].into());
        Ok(queue.send(QueueName::CheckIn, &[work]).await?)
    }

    pub(crate) async fn export_member(
        &self,
        community: &CommunityId,
        member: &MemberId,
    ) -> anyhow::Result<Value> {
        let registry = self.registry();
        let pseudonyms = self.pseudonyms().await?;
        let people = self.people(&registry);
        people.export(community, member, &pseudonyms).await
    }

    pub(crate) async fn why(
        &self,
        message: &MessageId,
        locale: Option<Locale>,
    ) -> anyhow::Result<Value> {
        let registry = self.registry();
        let told = self.people(&registry).why(message, locale).await?;
        told.ok_or_else(|| anyhow!("no such message"))
    }

    pub(crate) async fn import(
        &self,
        community: &CommunityId,
        pool: &PoolId,
        codes: &[String],
    ) -> anyhow::Result<Imported> {
        self.published(community).await?;
        let done = self.store.import_codes(community, pool, codes).await;
        done.map_err(|error| self.refused(error))
    }

    pub(crate) async fn pools(&self, community: &CommunityId) -> anyhow::Result<Vec<Pool>> {
        self.published(community).await?;
        let pools = self.store.pools(community).await;
        pools.map_err(|error| self.refused(error))
    }

    /// A mistyped community gets no pool, and has no reports.
    pub(super) async fn published(&self, community: &CommunityId) -> anyhow::Result<()> {
        let place = self.registry().place(community, SystemClock.now()).await?;
        let missing = || anyhow!("community {community} is not published on {}", self.name);
        place.map(|_| ()).ok_or_else(missing)
    }

    /// What erasing would remove: items, and dead letters.
    pub(crate) async fn erasure(
        &self,
        community: &CommunityId,
        member: &MemberId,
    ) -> anyhow::Result<(Erased, u64)> {
        let registry = self.registry();
        let pseudonyms = self.pseudonyms().await?;
        let people = self.people(&registry);
        let would = people.erasure(community, member, &pseudonyms).await?;
        Ok((would, self.letters(community, member, false).await?))
    }

    /// Erases, and again when nobody can have in hand any more what they read before.
    pub(crate) async fn erase(
        &self,
        community: &CommunityId,
        member: &MemberId,
    ) -> anyhow::Result<(Erased, u64)> {
        let registry = self.registry();
        let pseudonyms = self.pseudonyms().await?;
        let people = self.people(&registry);
        let mut erased = people.erase(community, member, &pseudonyms).await?;
        eprintln!(
            "erased; looking again in {} s, when no function has in hand any more what it read before \
             (whoever stops here runs the command again)",
            IN_HAND.as_secs()
        );
        tokio::time::sleep(IN_HAND).await;
        erased.add(&people.erase(community, member, &pseudonyms).await?);
        Ok((erased, self.letters(community, member, true).await?))
    }

    /// Dead letters about a member: counted, or removed.
    async fn letters(
        &self,
        community: &CommunityId,
        member: &MemberId,
        remove: bool,
    ) -> anyhow::Result<u64> {
        let mut count = 0;
        for queue in QueueName::ALL {
            let letters = DeadLetters::of(self, queue).await?;
            let about = |body: &str| about::queued(body, community, member);
            count += letters.about(about, remove).await?;
        }
        Ok(count)
    }
}

impl DeadLetters {
    /// Every letter is looked at once; those that are picked are counted and, if asked, removed.
    async fn about(&self, picked: impl Fn(&str) -> bool, remove: bool) -> anyhow::Result<u64> {
        let mut seen = BTreeSet::new();
        let (mut others, mut count) = (Vec::new(), 0);
        loop {
            let page = self.receive(LOOK_SECONDS).await?;
            let before = seen.len();
            for letter in page {
                let id = letter.message_id().unwrap_or_default().to_owned();
                let is_new = seen.insert(id);
                if !picked(letter.body().unwrap_or_default()) {
                    others.push(letter);
                    continue;
                }
                count += u64::from(is_new);
                if remove {
                    self.remove(&letter).await?;
                } else {
                    others.push(letter);
                }
            }
            if seen.len() == before {
                break;
            }
        }
        self.show_again(&others).await;
        Ok(count)
    }

    async fn remove(&self, letter: &aws_sdk_sqs::types::Message) -> anyhow::Result<()> {
        self.client
            .delete_message()
            .queue_url(&self.letters)
            .receipt_handle(letter.receipt_handle().unwrap_or_default())
            .send()
            .await
            .map_err(|error| failed("DeleteMessage", &code_of(&error)))?;
        Ok(())
    }
}
