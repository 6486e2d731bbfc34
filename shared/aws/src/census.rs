//! One pass over all members of a community, shard by shard, several at a time.

use std::collections::BTreeMap;

use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};
use hearth_domain::community::Community;
use hearth_domain::journey::{Plan, PlanEnd, PlanState};
use hearth_domain::member::{Member, Status};
use serde::{Deserialize, Serialize};

use crate::store::{Store, StoreError, UnreadableMember};

/// Shards that are read side by side.
const SHARDS_AT_ONCE: usize = 8;

/// Up to 1 MB of a shard's members.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// Those whose items can be read.
    pub members: Vec<Member>,
    /// What is wrong with the others.
    pub unreadable: Vec<UnreadableMember>,
}

impl Page {
    /// The members and the unreadable apart.
    pub fn of(items: Vec<Result<Member, UnreadableMember>>) -> Self {
        let mut page = Self::default();
        for item in items {
            match item {
                Ok(member) => page.members.push(member),
                Err(unreadable) => page.unreadable.push(unreadable),
            }
        }
        page
    }

    /// All members of it, for who can't do without one.
    pub fn whole(self) -> Result<Vec<Member>, StoreError> {
        match self.unreadable.first() {
            Some(unreadable) => Err(unreadable.clone().into()),
            None => Ok(self.members),
        }
    }
}

/// All members of a community, a page (up to 1 MB) at a time, in no order.
pub fn pages<'a>(
    store: &'a Store,
    community: &'a Community,
) -> BoxStream<'a, Result<Page, StoreError>> {
    let shard = move |shard: u16| {
        let page = move |after| async move {
            let Some(after) = after else {
                return Ok(None);
            };
            let (items, next) = store.shard_page(&community.id, shard, after).await?;
            Ok(Some((Page::of(items), next.map(Some))))
        };
        stream::try_unfold(Some(None), page).boxed()
    };
    stream::iter((0..community.shards).map(shard))
        .flatten_unordered(SHARDS_AT_ONCE)
        .boxed()
}

/// Plans of one version.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plans {
    /// Steps are coming.
    pub active: u64,
    /// All steps are through.
    pub finished: u64,
    /// Ended early: the member left.
    pub left: u64,
    /// Ended early: the member wants no messages.
    pub opted_out: u64,
    /// Ended early: the member belongs to the staff.
    pub staff: u64,
}

impl Plans {
    /// All that were begun.
    pub fn enrolled(&self) -> u64 {
        self.active + self.finished + self.left + self.opted_out + self.staff
    }

    fn count(&mut self, plan: &Plan) {
        let counter = match plan.state {
            // Nothing was begun.
            PlanState::HeldOut => return,
            PlanState::Active => &mut self.active,
            PlanState::Finished { .. } => &mut self.finished,
            PlanState::Stopped { why, .. } => match why {
                PlanEnd::Left => &mut self.left,
                PlanEnd::OptedOut => &mut self.opted_out,
                PlanEnd::Staff => &mut self.staff,
            },
        };
        *counter += 1;
    }

    /// Adds those of another community.
    pub fn add(&mut self, other: &Self) {
        self.active += other.active;
        self.finished += other.finished;
        self.left += other.left;
        self.opted_out += other.opted_out;
        self.staff += other.staff;
    }
}

/// Who is where in the plan.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Census {
    /// Those who are members now.
    pub members: u64,
    /// Everybody's latest plan, by the version that it is in.
    pub plans: BTreeMap<u32, Plans>,
}

impl Census {
    /// Counts one member.
    pub fn count(&mut self, member: &Member) {
        if member.status() == Status::Member {
            self.members += 1;
        }
        if let Some(plan) = &member.journey.onboarding {
            self.plans.entry(plan.version).or_default().count(plan);
        }
    }
}

/// Shows every member of a community to `count`. `seen` is told of every page, how many were on it.
pub async fn each(
    store: &Store,
    community: &Community,
    seen: &(dyn Fn(u64) + Sync),
    count: &mut (dyn FnMut(&Member) + Send),
) -> Result<(), StoreError> {
    let mut pages = pages(store, community);
    while let Some(page) = pages.try_next().await? {
        let page = page.whole()?;
        seen(u64::try_from(page.len()).unwrap_or(u64::MAX));
        page.iter().for_each(&mut *count);
    }
    Ok(())
}
