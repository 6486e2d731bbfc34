//! Which answers to a batch's check-ins are there already: what tells a check-in that is told twice from a
//! second one. Looked up for all members of a batch in one request (as many rows as one takes); a request for
//! each would be a quarter of what a check-in costs in time.

use std::collections::{BTreeSet, HashMap, HashSet};

use hearth_domain::event::Event;
use hearth_domain::ids::{MemberId, MessageId, Owner};
use hearth_domain::journey::{Context, tells_twice};
use hearth_domain::member::Member;
use hearth_domain::message::Message;
use jiff::Timestamp;

use crate::books;
use crate::registry::Place;
use crate::store::{Loaded, Store, StoreError};

/// Messages that were looked up, and those of them that have a row.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    asked: HashSet<MessageId>,
    there: HashMap<MessageId, Result<Message, StoreError>>,
}

impl Answers {
    /// Looks up those of a batch, by the playbook that most members go by. That they are there is all that is
    /// asked of them: a row that can't be read is there.
    pub(crate) async fn of(
        store: &Store,
        place: &Place,
        groups: impl Iterator<Item = (&MemberId, &[Event])>,
        loaded: &HashMap<MemberId, Loaded>,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let context = Context::new(&place.community, place.book(), now);
        let mut asked = HashSet::new();
        for (by, events) in groups {
            if let Some(Loaded::Known(known)) = loaded.get(by) {
                asked.extend(ids(known, events, context));
            }
        }
        if asked.is_empty() {
            return Ok(Self::default());
        }
        let wanted: Vec<MessageId> = asked.iter().cloned().collect();
        let there = store.load_messages(&wanted).await?;
        Ok(Self { asked, there })
    }

    /// Paths of those that a member's events may be told apart by and that are there. What was not looked up
    /// with the batch is looked up now: another version of the playbook may ask for more.
    pub(crate) async fn there(
        &self,
        store: &Store,
        member: &Member,
        events: &[Event],
        context: Context<'_>,
    ) -> Result<BTreeSet<String>, StoreError> {
        let (known, unknown): (Vec<MessageId>, Vec<MessageId>) =
            ids(member, events, context).partition(|id| self.asked.contains(id));
        let mut paths = books::there(store, unknown).await?;
        let known = known.into_iter().filter(|id| self.there.contains_key(id));
        paths.extend(known.map(|id| id.path().to_owned()));
        Ok(paths)
    }
}

fn ids<'a>(
    member: &'a Member,
    events: &[Event],
    context: Context<'a>,
) -> impl Iterator<Item = MessageId> + use<'a> {
    let paths = tells_twice(member, events, context).into_iter();
    paths.filter_map(move |path| {
        let owner = Owner::Member(member.id.clone());
        MessageId::new(context.community.id.clone(), owner, path).ok()
    })
}
