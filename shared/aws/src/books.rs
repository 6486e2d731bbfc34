//! The versions of the playbook that a decision about one member is made with.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hearth_domain::decide::Decision;
use hearth_domain::ids::{ChannelId, GiftId, MemberId, MessageId};
use hearth_domain::invitation::Introduced;
use hearth_domain::journey::{Book, Context, GiftPress, PlanState, migrate};
use hearth_domain::member::Member;
use hearth_domain::playbook::Playbook;
use hearth_domain::standing::Standing;
use jiff::Timestamp;

use crate::answers::Answers;
use crate::registry::{Place, Registry, RegistryError};
use crate::store::{Store, StoreError};

/// What is known beside the member because it was asked for, or because a decision could not be
/// written: nothing, almost always.
#[derive(Debug, Clone, Default)]
pub struct Tried {
    /// See [`Context::written`].
    pub written: BTreeSet<String>,
    /// See [`Context::left`].
    pub left: BTreeMap<GiftId, u32>,
    /// See [`Context::redeemed`].
    pub redeemed: Vec<GiftPress>,
    /// See [`Context::busy`].
    pub busy: BTreeSet<ChannelId>,
    /// See [`Context::introduced`].
    pub introduced: Introduced,
    /// What was looked up with the batch: asked before what is in `written`.
    pub(crate) answers: Arc<Answers>,
}

/// One version.
#[derive(Debug, Clone)]
struct Edition {
    version: u32,
    playbook: Arc<Playbook>,
}

/// What a member goes by.
#[derive(Debug)]
pub struct Books {
    /// As a newcomer, and for everything but the plan.
    current: Edition,
    /// In the plan.
    plan: Option<Edition>,
    /// Whose texts those underway read, where they are not the plan's.
    texts: Option<Edition>,
    /// The version that the plan is about to leave.
    leaves: Option<Edition>,
    /// Where the running week's points stand, if that is wanted.
    standing: Option<Arc<Standing>>,
}

impl Books {
    /// Those of a member; `known` is their stored item.
    pub async fn of(
        registry: &Registry,
        place: &Place,
        id: &MemberId,
        known: Option<&Member>,
    ) -> Result<Self, RegistryError> {
        let current = edition(registry, place, place.rollout.for_newcomer(id)).await?;
        let released = || Edition {
            version: place.version,
            playbook: place.playbook.clone(),
        };
        let mut books = Self {
            current: current.unwrap_or_else(released),
            plan: None,
            texts: None,
            leaves: None,
            standing: None,
        };
        let plan = known.and_then(|known| known.journey.onboarding.as_ref());
        if let Some(plan) = plan {
            let goes_by = place.rollout.for_underway(id, plan.version);
            let own = edition(registry, place, plan.version).await?;
            if plan.state == PlanState::Active && goes_by.steps != plan.version {
                books.plan = edition(registry, place, goes_by.steps).await?;
                books.leaves = own;
            } else {
                books.plan = own;
            }
            if goes_by.texts != goes_by.steps {
                books.texts = edition(registry, place, goes_by.texts).await?;
            }
        }
        Ok(books)
    }

    /// With the standing of the running week, for an answer that tells a place. One that can't be read
    /// costs the answer that line, and nothing else.
    #[must_use]
    pub async fn ranked(mut self, registry: &Registry, place: &Place, now: Timestamp) -> Self {
        let read = registry.standing(place, now).await;
        self.standing = read.unwrap_or_else(|error| {
            tracing::warn!(community = %place.community.id, error = %error, "no standing: nobody is told a place");
            None
        });
        self
    }

    /// The playbook that everything but the plan goes by.
    pub fn current(&self) -> &Playbook {
        &self.current.playbook
    }

    /// Moves the member's plan to the version that they are to go on with. `true` = it moved, and
    /// is to be stored.
    pub fn migrate(&self, place: &Place, member: &mut Member, now: Timestamp) -> bool {
        let (Some(leaves), Some(plan)) = (&self.leaves, &self.plan) else {
            return false;
        };
        let to = Book::new(&plan.playbook, plan.version);
        migrate(
            member,
            &leaves.playbook,
            Context::new(&place.community, to, now),
        )
    }

    /// What decisions about the member are made with, and what was found out by trying to.
    pub fn context<'a>(
        &'a self,
        place: &'a Place,
        tried: &'a Tried,
        now: Timestamp,
    ) -> Context<'a> {
        let Tried {
            written,
            left,
            redeemed,
            busy,
            introduced,
            answers: _,
        } = tried;
        let current = Book::new(&self.current.playbook, self.current.version);
        let texts = self.texts.as_ref();
        let pinned = self.plan.as_ref().map(|plan| Book {
            texts: texts.map(|texts| (&*texts.playbook, texts.version)),
            ..Book::new(&plan.playbook, plan.version)
        });
        Context {
            pinned,
            paused: place.paused,
            written: Some(written).filter(|written| !written.is_empty()),
            standing: self.standing.as_deref(),
            left: Some(left).filter(|left| !left.is_empty()),
            redeemed: Some(&**redeemed).filter(|redeemed| !redeemed.is_empty()),
            busy: Some(busy).filter(|busy| !busy.is_empty()),
            introduced: Some(introduced),
            ..Context::new(&place.community, current, now)
        }
    }
}

/// Paths of those messages of a decision that have a row already: why it could not be written, if
/// nobody else wrote the member in between. A step that they had in another version is one.
pub async fn written(store: &Store, decision: &Decision) -> Result<BTreeSet<String>, StoreError> {
    let ids: Vec<MessageId> = decision
        .messages
        .iter()
        .map(|message| message.id.clone())
        .collect();
    there(store, ids).await
}

/// Paths of those messages that have a row.
pub async fn there(store: &Store, ids: Vec<MessageId>) -> Result<BTreeSet<String>, StoreError> {
    if ids.is_empty() {
        return Ok(BTreeSet::new());
    }
    let there = store.load_messages(&ids).await?;
    Ok(there.into_keys().map(|id| id.path().to_owned()).collect())
}

/// A version of the community's playbook; `None` = there is no such version any more.
async fn edition(
    registry: &Registry,
    place: &Place,
    version: u32,
) -> Result<Option<Edition>, RegistryError> {
    if version == place.version {
        return Ok(Some(Edition {
            version,
            playbook: place.playbook.clone(),
        }));
    }
    let found = registry
        .playbook(&place.community.playbook, version)
        .await?;
    Ok(found.map(|playbook| Edition { version, playbook }))
}
