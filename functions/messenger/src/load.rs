//! What a batch needs, read at once.

use std::collections::{BTreeMap, HashMap};

use hearth_aws::batch::Failure;
use hearth_domain::ids::{CommunityId, MemberId, MessageId, Owner};
use hearth_domain::member::Member;
use hearth_domain::message::Message;
use jiff::Timestamp;

use crate::handler::Messenger;

/// Messages and the members they go to, read at once for a batch. As fresh as the batch is short:
/// every state change is conditional on the row that was read.
pub(crate) struct Batched {
    messages: HashMap<MessageId, Message>,
    members: HashMap<(CommunityId, MemberId), Member>,
    /// Communities whose file or members could not be read: their messages fail, no others.
    failed: HashMap<CommunityId, Failure>,
}

/// One of them.
pub(crate) struct Found {
    pub(crate) message: Option<Message>,
    pub(crate) member: Option<Member>,
    pub(crate) failed: Option<Failure>,
}

impl Batched {
    /// The message of an id and its member.
    pub(crate) fn of(&self, id: &MessageId) -> Found {
        let member = match id.owner() {
            Owner::Member(member) => self
                .members
                .get(&(id.community().clone(), member.clone()))
                .cloned(),
            Owner::Community => None,
        };
        Found {
            message: self.messages.get(id).cloned(),
            member,
            failed: self.failed.get(id.community()).cloned(),
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
                Ok(known) => members.extend(
                    known
                        .into_iter()
                        .map(|(member, known)| ((id.clone(), member), known)),
                ),
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
    ) -> Result<HashMap<MemberId, Member>, Failure> {
        // A community that is gone fails its messages one by one, in `deliver`.
        let Some(place) = self.deps.registry.place(id, now).await? else {
            return Ok(HashMap::new());
        };
        let store = &self.deps.store;
        Ok(store.known(&place.community, wanted, true).await?)
    }
}
