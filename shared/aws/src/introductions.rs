//! What has to be looked up of invitations before anything is decided: almost always nothing.

use std::borrow::Cow;
use std::collections::BTreeSet;

use hearth_domain::community::Community;
use hearth_domain::event::{Event, Happened};
use hearth_domain::ids::MemberId;
use hearth_domain::invitation::{Introduced, Introducer, Inviter};
use hearth_domain::member::{Counted, Member, MovedOut};
use jiff::Timestamp;

use crate::deps::MemberDeps;
use crate::store::{Loaded, Store, StoreError};

/// The events with whoever their codes lead to in place of the codes, and what is known of those.
/// Who was erased is named by none of them any more.
pub(crate) async fn resolve<'e>(
    members: &MemberDeps,
    community: &Community,
    events: &'e [Event],
) -> Result<(Cow<'e, [Event]>, Introduced), StoreError> {
    let mut introduced = Introduced::default();
    if !events.iter().any(|event| inviter(&event.what).is_some()) {
        return Ok((Cow::Borrowed(events), introduced));
    }
    let store = &members.deps.store;
    let mut resolved = events.to_vec();
    for event in &mut resolved {
        let Some(by) = inviter_mut(&mut event.what) else {
            continue;
        };
        if let Inviter::Code(code) = by
            && let Some(member) = store.member_of_code(&community.id, *code).await?
        {
            *by = Inviter::Member(member);
        }
        let Some(id) = by.member().cloned() else {
            continue;
        };
        let ids = std::slice::from_ref(&id);
        let loaded = store.load(community, ids, true, &members.pseudonyms);
        match loaded.await?.remove(&id) {
            Some(Loaded::Known(member)) => {
                introduced.known.insert(id, Introducer::from(&*member));
            }
            Some(Loaded::Erased) => *by = Inviter::Nobody,
            Some(Loaded::Unreadable(unreadable)) => return Err(unreadable.into()),
            Some(Loaded::New) | None => {}
        }
    }
    Ok((Cow::Owned(resolved), introduced))
}

fn inviter(what: &Happened) -> Option<&Inviter> {
    if let Happened::Joined { came } = what {
        return came.as_ref()?.by.as_ref();
    }
    if let Happened::Invited { by, .. } = what {
        return Some(by);
    }
    None
}

fn inviter_mut(what: &mut Happened) -> Option<&mut Inviter> {
    if let Happened::Joined { came } = what {
        return came.as_mut()?.by.as_mut();
    }
    if let Happened::Invited { by, .. } = what {
        return Some(by);
    }
    None
}

/// Adds to the events that were counted those that tell of an invited member who is in the
/// inviter's ledger: however late such an event comes again, it counts once.
pub(crate) async fn counted(
    store: &Store,
    community: &Community,
    member: &MemberId,
    events: &[Event],
    moved: &mut MovedOut,
) -> Result<(), StoreError> {
    let stayed = |event: &'_ Event| -> Option<MemberId> {
        if let Happened::InvitationStayed { invited } = &event.what {
            Some(invited.clone())
        } else {
            None
        }
    };
    let invited: Vec<MemberId> = events.iter().filter_map(stayed).collect();
    if invited.is_empty() {
        return Ok(());
    }
    let asked: Vec<&MemberId> = invited.iter().collect();
    let there: BTreeSet<MemberId> = store
        .counted_invitations(&community.id, member, &asked)
        .await?;
    let known = |event: &&Event| stayed(event).is_some_and(|invited| there.contains(&invited));
    moved.extend(events.iter().filter(known).map(Counted::of));
    Ok(())
}

/// Who invited a member whose invitation is to be settled by now.
pub(crate) async fn due(
    store: &Store,
    community: &Community,
    member: &Member,
    now: Timestamp,
) -> Result<Introduced, StoreError> {
    let mut introduced = Introduced::default();
    if member.stays_until().is_none_or(|until| until > now) {
        return Ok(introduced);
    }
    let Some(by) = store.inviter_of(&community.id, &member.id).await? else {
        return Ok(introduced);
    };
    if let Some(inviter) = store.member(community, &by).await? {
        let known = Introducer::from(&inviter);
        introduced.known.insert(by.clone(), known);
    }
    introduced.by = Some(by);
    Ok(introduced)
}
