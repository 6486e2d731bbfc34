//! What a batch needs, read at once.

use std::collections::{BTreeMap, HashMap};

use hearth_aws::batch::Failure;
use hearth_aws::store::{Members, StoreError};
use hearth_domain::ids::{CommunityId, MemberId, MessageId, Owner};
use hearth_domain::member::Member;
use hearth_domain::message::Message;
use jiff::Timestamp;

use crate::handler::Messenger;

/// Messages and the members they go to, read at once for a batch. As fresh as the batch is short:
/// every state change is conditional on the row that was read.
pub(crate) struct Batched {
    messages: HashMap<MessageId, Result<Message, StoreError>>,
    members: HashMap<(CommunityId, MemberId), Result<Member, Failure>>,
    /// Communities whose file or members could not be had: their messages fail, no others.
    failed: HashMap<CommunityId, Failure>,
}

/// One of them.
pub(crate) struct Found {
    pub(crate) message: Option<Message>,
    pub(crate) member: Option<Member>,
    pub(crate) failed: Option<Failure>,
}

impl Batched {
    /// The message of an id and its member. Who can't be read gets nothing until their item is mended.
    pub(crate) fn of(&self, id: &MessageId) -> Found {
        let member = match id.owner() {
            Owner::Member(member) => {
                let key = (id.community().clone(), member.clone());
                self.members.get(&key).cloned().transpose()
            }
            Owner::Community => Ok(None),
        };
        let message = self.messages.get(id).cloned().transpose();
        let failed = self.failed.get(id.community()).cloned();
        let failed = failed.or_else(|| member.clone().err());
        Found {
            failed: failed.or_else(|| message.clone().err().map(Failure::from)),
            message: message.unwrap_or_default(),
            member: member.unwrap_or_default(),
        }
    }
}

impl Messenger {
    /// Reads the messages of a batch and the members they go to.
    pub(crate) async fn load(&self, ids: &[MessageId], now: Timestamp) -> Result<Batched, Failure> {
        let store = &self.deps.store;
        let messages = store.load_messages(ids).await?;
        let mut wanted: BTreeMap<CommunityId, Vec<MemberId>> = BTreeMap::new();
        for message in messages
            .values()
            .flatten()
            .filter(|message| !message.state.is_final())
        {
            // A notice to the operators about a member is filled in with what is known of them.
            if let Owner::Member(member) = message.id.owner() {
                wanted
                    .entry(message.id.community().clone())
                    .or_default()
                    .push(member.clone());
            }
        }
        let mut members = HashMap::new();
        let mut failed = HashMap::new();
        for (id, wanted) in wanted {
            match self.recipients(&id, &wanted, now).await {
                Ok(found) => members.extend(found.into_iter().map(|(member, found)| {
                    let found = found.map_err(|unreadable| StoreError::from(unreadable).into());
                    ((id.clone(), member), found)
                })),
                Err(failure) => {
                    failed.insert(id, failure);
                }
            }
        }
        Ok(Batched {
            messages,
            members,
            failed,
        })
    }

    async fn recipients(
        &self,
        id: &CommunityId,
        wanted: &[MemberId],
        now: Timestamp,
    ) -> Result<Members, Failure> {
        // A community that is gone fails its messages one by one, in `deliver`.
        let Some(place) = self.deps.registry.place(id, now).await? else {
            return Ok(Members::new());
        };
        let store = &self.deps.store;
        Ok(store.known(&place.community, wanted, true).await?)
    }
}
