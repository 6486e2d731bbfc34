//! The names of the members whom a post names: looked up when it goes out, and nowhere written down.

use std::collections::{BTreeSet, HashMap};

use hearth_aws::registry::Place;
use hearth_aws::store::{StoreError, readable};
use hearth_domain::ids::MemberId;
use hearth_domain::journey::Book;
use hearth_domain::member::Member;
use hearth_domain::message::Message;
use hearth_domain::text::{fill_in_names, members_named};
use hearth_platforms::Sender;

use crate::handler::Messenger;
use crate::values::locale_of;

impl Messenger {
    /// The message with the names of whom its values name; as it is, if they name nobody.
    pub(crate) async fn with_names(
        &self,
        place: &Place,
        book: Book<'_>,
        sender: &dyn Sender,
        message: &Message,
    ) -> Result<Message, StoreError> {
        let mut named = message.clone();
        let ids: BTreeSet<MemberId> = message
            .values
            .values()
            .flat_map(|value| members_named(value))
            .collect();
        if ids.is_empty() {
            return Ok(named);
        }
        let ids: Vec<MemberId> = ids.into_iter().collect();
        let community = &place.community;
        let known = readable(self.deps.store.known(community, &ids, false).await?);
        let nameless = &book.playbook.nameless;
        let nameless = nameless.get(locale_of(message, None, community));
        for value in named.values.values_mut() {
            *value = fill_in_names(value, |id| name(&known, sender, id, nameless));
        }
        Ok(named)
    }
}

/// Their name, if we heard of one: a mention would ring at everybody whom a wall shows. Only who has
/// none is mentioned, and who is gone is nobody in particular.
fn name(
    known: &HashMap<MemberId, Member>,
    sender: &dyn Sender,
    id: &MemberId,
    nameless: &str,
) -> String {
    let Some(member) = known.get(id) else {
        return nameless.to_owned();
    };
    let name = member.name.as_ref().map(|name| name.value.clone());
    name.or_else(|| sender.mention(id))
        .unwrap_or_else(|| nameless.to_owned())
}
