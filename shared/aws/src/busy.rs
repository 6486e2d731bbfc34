//! Which channels of a batch are so busy with check-ins that one message answers them all.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use hearth_domain::event::Event;
use hearth_domain::ids::{ChannelId, MemberId};
use hearth_domain::journey::{Context, Slot, answered_in, digest};
use jiff::Timestamp;

use crate::deps::Deps;
use crate::registry::Place;
use crate::store::{Loaded, StoreError};

/// Counts the batch's check-ins that would be answered in a channel, a write for each channel, and
/// writes the one message of those that are busy. That is done before any member is written: a
/// batch that fails afterwards counts the same members again, and finds the message there.
pub(crate) async fn channels(
    deps: &Deps,
    place: &Place,
    groups: impl Iterator<Item = (&MemberId, &[Event])>,
    loaded: &HashMap<MemberId, Loaded>,
    now: Timestamp,
) -> Result<BTreeSet<ChannelId>, StoreError> {
    let context = Context::new(&place.community, place.book(), now);
    let answers = &context.current.playbook.check_in_answers;
    let Some(rules) = &answers.digest else {
        return Ok(BTreeSet::new());
    };
    let mut checked_in: BTreeMap<&ChannelId, Vec<&MemberId>> = BTreeMap::new();
    for (member, events) in groups {
        let known = match loaded.get(member) {
            Some(Loaded::Known(known)) => Some(&**known),
            Some(Loaded::New) | None => None,
            Some(Loaded::Erased | Loaded::Unreadable(_)) => continue,
        };
        if let Some(channel) = answered_in(known, events, context) {
            checked_in.entry(channel).or_default().push(member);
        }
    }
    let mut busy = BTreeSet::new();
    for (channel, members) in checked_in {
        let slot = Slot::of(channel, now);
        let id = &place.community.id;
        let count = deps
            .store
            .count_check_ins(id, slot.path(), &members, now)
            .await?;
        if count <= u32::from(rules.from) {
            continue;
        }
        if let Some(message) = digest(channel, context) {
            deps.store.write_message(&message).await?;
            busy.insert(channel.clone());
        }
    }
    Ok(busy)
}
