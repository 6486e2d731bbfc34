//! Whose messages a batch's members replied or reacted to, noted before any of them is written: what
//! is done again after a failure finds the same in its set, and a failure here is a failure of those
//! whose regard it was.

use std::collections::{BTreeMap, HashMap};

use futures::StreamExt;
use hearth_domain::event::Event;
use hearth_domain::ids::MemberId;
use hearth_domain::regard::Regards;
use jiff::Timestamp;

use crate::deps::Deps;
use crate::intake::SIDE_BY_SIDE;
use crate::registry::Place;
use crate::store::{Loaded, StoreError};

/// Whose messages events answer, where the playbook has stars: they are looked up with the members
/// of the batch, because nothing is noted of whoever was erased.
pub(crate) fn authors<'e>(place: &Place, events: impl Iterator<Item = &'e Event>) -> Vec<MemberId> {
    if place.playbook.star().is_none() {
        return Vec::new();
    }
    events
        .filter_map(|event| event.facts.regards.clone())
        .collect()
}

/// Notes the regard of a batch: one write for each author and month. Answers whose could not be
/// noted.
pub(crate) async fn note(
    deps: &Deps,
    place: &Place,
    groups: impl Iterator<Item = (&MemberId, &[Event])>,
    loaded: &HashMap<MemberId, Loaded>,
    now: Timestamp,
) -> BTreeMap<MemberId, StoreError> {
    let mut failed = BTreeMap::new();
    if place.playbook.star().is_none() {
        return failed;
    }
    let zone = &place.community.zone;
    let mut regards = Regards::default();
    for (giver, events) in groups {
        let known = match loaded.get(giver) {
            Some(Loaded::Known(known)) => Some(&**known),
            Some(Loaded::New) | None => None,
            Some(Loaded::Erased | Loaded::Unreadable(_)) => continue,
        };
        regards.take(giver, known, events, zone, now);
    }
    let there = |author: &MemberId| !matches!(loaded.get(author), Some(Loaded::Erased));
    let each = regards.each().filter(|((_, author), _)| there(author));
    let writes = futures::stream::iter(each).map(|((month, author), givers)| async move {
        let id = &place.community.id;
        let noted = deps.store.note_regard(id, *month, author, givers).await;
        noted.map_err(|error| (givers, error))
    });
    let done: Vec<_> = writes.buffered(SIDE_BY_SIDE).collect().await;
    for (givers, error) in done.into_iter().filter_map(Result::err) {
        for giver in givers {
            failed.insert(giver.clone(), error.clone());
        }
    }
    failed
}
