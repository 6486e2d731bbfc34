//! What operators ask about one member, one message, or all members of a community, over the tables of any stack: the command
//! asks those of AWS itself, and a local stack through its control requests.

mod board;
mod export;
mod points;
mod rebuild;
mod risk;
mod show;
mod star;
mod unreadable;

pub use board::Asked;
pub use rebuild::Wanted;

use anyhow::Context as _;
use hearth_aws::pseudonym::Pseudonyms;
use hearth_aws::registry::{Place, Registry};
use hearth_aws::reports::Reports;
use hearth_aws::store::{Erased, Imported, Pool, Store};
use hearth_domain::board::By;
use hearth_domain::days::IsoWeek;
use hearth_domain::ids::{CommunityId, MemberId, MessageId};
use hearth_domain::locale::Locale;
use hearth_domain::why;
use jiff::Timestamp;
use serde_json::{Value, json};

/// The tables of a stack, at an instant.
#[derive(Debug, Clone, Copy)]
pub struct People<'a> {
    /// The tables.
    pub store: &'a Store,
    /// What is published in them.
    pub registry: &'a Registry,
    /// One instant for everything that is told.
    pub now: Timestamp,
}

impl People<'_> {
    async fn place(&self, community: &CommunityId) -> anyhow::Result<Place> {
        let place = self.registry.place(community, self.now).await?;
        place.with_context(|| format!("community {community} is not published"))
    }

    /// A member in short, with their last messages; `None` = nothing is known of them.
    pub async fn show(
        &self,
        community: &CommunityId,
        member: &MemberId,
    ) -> anyhow::Result<Option<Value>> {
        show::show(self, &self.place(community).await?, member).await
    }

    /// Everything stored about a member, as one document.
    pub async fn export(
        &self,
        community: &CommunityId,
        member: &MemberId,
        pseudonyms: &Pseudonyms,
    ) -> anyhow::Result<Value> {
        export::export(self, &self.place(community).await?, member, pseudonyms).await
    }

    /// What erasing a member would remove.
    pub async fn erasure(
        &self,
        community: &CommunityId,
        member: &MemberId,
        pseudonyms: &Pseudonyms,
    ) -> anyhow::Result<Erased> {
        let place = self.place(community).await?;
        let pseudonym = pseudonyms.of(community, member);
        let marked = self.store.is_erased(community, &pseudonym).await?;
        let mut would = Erased {
            marked: !marked,
            ..Erased::default()
        };
        let traces = self
            .store
            .traces(&place.community, member, self.now)
            .await?;
        for trace in traces {
            would.count(trace.kind, 1);
        }
        Ok(would)
    }

    /// Erases a member.
    pub async fn erase(
        &self,
        community: &CommunityId,
        member: &MemberId,
        pseudonyms: &Pseudonyms,
    ) -> anyhow::Result<Erased> {
        let place = self.place(community).await?;
        let pseudonym = pseudonyms.of(community, member);
        let erased = self
            .store
            .erase(&place.community, member, &pseudonym, self.now);
        Ok(erased.await?)
    }

    /// A leaderboard; `None` = there is none, or not yet.
    pub async fn board(
        &self,
        community: &CommunityId,
        asked: Asked,
        by: By,
    ) -> anyhow::Result<Option<Value>> {
        board::show(self, &self.place(community).await?, asked, by).await
    }

    /// The stars of all months, the earliest first.
    pub async fn stars(&self, community: &CommunityId) -> anyhow::Result<Value> {
        star::show(self, &self.place(community).await?).await
    }

    /// The members who are likely to fall silent by the playbook's weights, the likeliest first, at most
    /// `top` of them.
    pub async fn risks(&self, community: &CommunityId, top: usize) -> anyhow::Result<Value> {
        risk::list(self, &self.place(community).await?, top).await
    }

    /// The weights of that score as the community's own last two months give them. An error where nobody
    /// fell silent, or all did.
    pub async fn fit(&self, community: &CommunityId) -> anyhow::Result<Value> {
        risk::fit(self, &self.place(community).await?).await
    }

    /// The members whose items can't be read, by shard.
    pub async fn unreadable(&self, community: &CommunityId) -> anyhow::Result<Value> {
        unreadable::list(self, &self.place(community).await?).await
    }

    /// A week's report that is due, not there, and can still be made; the error says why not.
    pub async fn rebuild(
        &self,
        community: &CommunityId,
        week: IsoWeek,
        reports: &dyn Reports,
    ) -> anyhow::Result<Wanted> {
        rebuild::rebuild(self, &self.place(community).await?, week, reports).await
    }

    /// What became of a message, in the community's language or another; `None` = no such message.
    pub async fn why(
        &self,
        message: &MessageId,
        locale: Option<Locale>,
    ) -> anyhow::Result<Option<Value>> {
        let place = self.place(message.community()).await?;
        let Some(found) = self.store.message(message).await? else {
            return Ok(None);
        };
        let community = &place.community;
        let locale = locale.unwrap_or(community.locale);
        let lines: Vec<Value> = why::lines(&found, &community.zone, locale)
            .into_iter()
            .map(|line| json!({"label": line.label, "text": line.text}))
            .collect();
        Ok(Some(
            json!({"message_id": message.to_string(), "language": locale.tag(), "lines": lines}),
        ))
    }
}

/// What an erasure did or would do, as commands and requests tell it.
pub fn told(erased: &Erased) -> Value {
    let items: serde_json::Map<String, Value> = erased
        .items
        .iter()
        .map(|(kind, items)| (kind.name().to_owned(), json!(items)))
        .collect();
    json!({"tombstone_new": erased.marked, "items": items})
}

/// What an import did, as commands and requests tell it.
pub fn imported(done: Imported) -> Value {
    json!({"new": done.new, "known": done.known})
}

/// Coupon pools, as commands and requests tell them.
pub fn pools(pools: &[Pool]) -> Value {
    pools
        .iter()
        .map(|pool| json!({"pool": pool.id.as_str(), "codes": pool.codes, "given": pool.given, "left": pool.codes - pool.given}))
        .collect()
}
