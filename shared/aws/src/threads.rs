//! In which threads a batch's members answered, noted before any of them is written: what is done
//! again after a failure finds the same in its sets, and a failure here is a failure of those whose
//! answers these were.

use std::collections::{BTreeMap, HashMap};

use futures::StreamExt;
use hearth_domain::event::Event;
use hearth_domain::ids::MemberId;
use hearth_domain::thread::Threads;
use jiff::Timestamp;

use crate::deps::Deps;
use crate::intake::SIDE_BY_SIDE;
use crate::registry::Place;
use crate::store::{Loaded, StoreError};

/// Who began the threads that events answer in: they are looked up with the members of the batch,
/// because staff, bots and whoever was erased are none of those who talk.
pub(crate) fn authors<'e>(events: impl Iterator<Item = &'e Event>) -> Vec<MemberId> {
    let threads = events.filter_map(|event| event.facts.thread.as_ref());
    threads.filter_map(|thread| thread.author.clone()).collect()
}

/// Notes the answers of a batch: one write for each thread. Answers whose could not be noted.
pub(crate) async fn note(
    deps: &Deps,
    place: &Place,
    groups: impl Iterator<Item = (&MemberId, &[Event])>,
    loaded: &HashMap<MemberId, Loaded>,
    now: Timestamp,
) -> BTreeMap<MemberId, StoreError> {
    let counts = |author: &MemberId| match loaded.get(author) {
        Some(Loaded::Known(known)) => !known.is_staff(),
        // Somebody is there; most are no staff.
        Some(Loaded::Unreadable(_)) => true,
        Some(Loaded::New | Loaded::Erased) | None => false,
    };
    let mut threads = Threads::default();
    for (by, events) in groups {
        let known = match loaded.get(by) {
            Some(Loaded::Known(known)) => Some(&**known),
            Some(Loaded::New) | None => None,
            Some(Loaded::Erased | Loaded::Unreadable(_)) => continue,
        };
        threads.take(by, known, events, counts, now);
    }
    let id = &place.community.id;
    let writes = futures::stream::iter(threads.each()).map(|(thread, told)| async move {
        let noted = deps.store.note_thread(id, *thread, &told.answered, now);
        noted.await.map_err(|error| (&told.by, error))
    });
    let done: Vec<_> = writes.buffered(SIDE_BY_SIDE).collect().await;
    let mut failed = BTreeMap::new();
    for (by, error) in done.into_iter().filter_map(Result::err) {
        for member in by {
            failed.insert(member.clone(), error.clone());
        }
    }
    failed
}
