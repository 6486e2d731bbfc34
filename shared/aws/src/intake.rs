//! What all three consumers of events do: load the members of a batch, decide, write, and hand
//! the new messages on. The functions differ in which events reach them and in what falls due.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::StreamExt;
use hearth_domain::decide::{self, Decision};
use hearth_domain::event::{Event, Happened};
use hearth_domain::ids::{ChannelId, CommunityId, MemberId};
use hearth_domain::member::{Member, MovedOut};
use hearth_domain::message::{Message, State};
use hearth_domain::playbook::Class;
use jiff::{SignedDuration, Timestamp};

use crate::answers::Answers;
use crate::batch::{Batch, Failure, guarded};
use crate::books::{self, Books, Tried};
use crate::busy;
use crate::deadline::Deadline;
use crate::deps::{Deps, MemberDeps};
use crate::gifts;
use crate::introductions;
use crate::queue::QueueName;
use crate::receipts;
use crate::regard;
use crate::registry::Place;
use crate::store::{Loaded, StoreError};
use crate::threads;
use crate::wire::{EventV1, SendV1, Work};

/// Writes that go on side by side: DynamoDB answers in milliseconds, so waiting one by one would
/// be most of a batch's time.
pub const SIDE_BY_SIDE: usize = 16;
/// A member that others write at the same time is decided again so often.
const TRIES: u32 = 5;

/// So long an opt-out or a code waits for the join that it may have overtaken: three or four receives, less
/// than make a dead letter.
const JOIN_MAY_FOLLOW: SignedDuration = SignedDuration::from_mins(8);

/// All events of one member in a batch: they succeed or fail together.
#[derive(Clone)]
struct Group {
    community: CommunityId,
    member: MemberId,
    records: Vec<String>,
    events: Vec<Event>,
}

/// What is looked up for all of a community's part of a batch at once.
struct Batched {
    busy: BTreeSet<ChannelId>,
    answers: Arc<Answers>,
}

/// Takes events. Failures are noted in `batch`.
pub async fn take(
    members: &MemberDeps,
    batch: &mut Batch,
    records: Vec<(String, EventV1)>,
    now: Timestamp,
    deadline: &Deadline,
) {
    let groups = group(batch, records);
    let mut by_community: BTreeMap<CommunityId, Vec<Group>> = BTreeMap::new();
    for group in groups {
        by_community
            .entry(group.community.clone())
            .or_default()
            .push(group);
    }
    let mut pending = Vec::new();
    for (community, groups) in by_community {
        pending.extend(take_community(members, batch, &community, groups, now, deadline).await);
    }
    hand_on(&members.deps, pending).await;
}

fn group(batch: &mut Batch, records: Vec<(String, EventV1)>) -> Vec<Group> {
    let mut groups: BTreeMap<(CommunityId, MemberId), Group> = BTreeMap::new();
    for (id, event) in records {
        let community = event.community.clone();
        match Event::try_from(event) {
            Ok(event) => {
                let key = (community.clone(), event.member.clone());
                let group = groups.entry(key).or_insert_with(|| Group {
                    community,
                    member: event.member.clone(),
                    records: Vec::new(),
                    events: Vec::new(),
                });
                group.records.push(id);
                group.events.push(event);
            }
            Err(error) => batch.fail(id, Failure::Permanent(error.to_string())),
        }
    }
    groups.into_values().collect()
}

async fn take_community(
    members: &MemberDeps,
    batch: &mut Batch,
    id: &CommunityId,
    groups: Vec<Group>,
    now: Timestamp,
    deadline: &Deadline,
) -> Vec<Message> {
    let (place, mut loaded) = match load(members, id, &groups, now).await {
        Ok(loaded) => loaded,
        Err(failure) => {
            fail_all(batch, groups, &failure);
            return Vec::new();
        }
    };
    let told = || groups.iter().map(|group| (&group.member, &*group.events));
    // Boxed: most batches have nothing for it to do, and it need not be part of their future.
    let busy = busy::channels(&members.deps, &place, told(), &loaded, now);
    let busy = match Box::pin(busy).await {
        Ok(busy) => busy,
        Err(error) => {
            fail_all(batch, groups, &error.into());
            return Vec::new();
        }
    };
    let answers = Answers::of(&members.deps.store, &place, told(), &loaded, now);
    let answers = match Box::pin(answers).await {
        Ok(answers) => Arc::new(answers),
        Err(error) => {
            fail_all(batch, groups, &error.into());
            return Vec::new();
        }
    };
    let batched = Batched { busy, answers };
    let mut unnoted = Box::pin(regard::note(&members.deps, &place, told(), &loaded, now)).await;
    let threads = threads::note(&members.deps, &place, told(), &loaded, now);
    unnoted.extend(Box::pin(threads).await);
    let work: Vec<(Group, Loaded)> = groups
        .into_iter()
        .map(|group| {
            let known = loaded.remove(&group.member).unwrap_or(Loaded::New);
            (group, known)
        })
        .collect();
    let done = futures::stream::iter(work).map(|(group, known)| async {
        if deadline.is_short() {
            return (
                group,
                Err(Failure::Retry(
                    "the invocation's time is nearly over".to_owned(),
                )),
            );
        }
        if let Some(error) = unnoted.get(&group.member) {
            return (group, Err(error.clone().into()));
        }
        let taken = guarded(take_parts(members, &place, &group, known, &batched, now)).await;
        (group, taken)
    });
    // In the order of the groups, whatever order the writes end in.
    let done: Vec<_> = done.buffered(SIDE_BY_SIDE).collect().await;
    let mut pending = Vec::new();
    for (group, taken) in done {
        match taken {
            Ok(messages) => pending.extend(messages),
            Err(failure) => fail_all(batch, vec![group], &failure),
        }
    }
    pending
}

fn fail_all(batch: &mut Batch, groups: Vec<Group>, failure: &Failure) {
    for id in groups.into_iter().flat_map(|group| group.records) {
        batch.fail(id, failure.clone());
    }
}

async fn load(
    members: &MemberDeps,
    id: &CommunityId,
    groups: &[Group],
    now: Timestamp,
) -> Result<(Place, std::collections::HashMap<MemberId, Loaded>), Failure> {
    let deps = &members.deps;
    let place = deps.registry.place(id, now).await?;
    let place =
        place.ok_or_else(|| Failure::Permanent(format!("community {id} is not published")))?;
    let mut ids: Vec<MemberId> = groups.iter().map(|group| group.member.clone()).collect();
    let events = groups.iter().flat_map(|group| &group.events);
    ids.extend(regard::authors(&place, events.clone()));
    ids.extend(threads::authors(events));
    let loaded = deps
        .store
        .load(&place.community, &ids, false, &members.pseudonyms)
        .await?;
    Ok((place, loaded))
}

/// Takes a group, in parts where it is too much for one transaction.
async fn take_parts(
    members: &MemberDeps,
    place: &Place,
    group: &Group,
    known: Loaded,
    batched: &Batched,
    now: Timestamp,
) -> Result<Vec<Message>, Failure> {
    let mut first = Some((known, batched.answers.clone()));
    let parts = receipts::parts(&group.events);
    let mut messages = Vec::new();
    for events in parts {
        let part = Group {
            events: events.to_vec(),
            ..group.clone()
        };
        // What the parts before have written is not in what was read with the batch.
        let (known, answers) = match first.take() {
            Some(first) => first,
            None => (latest(members, place, &group.member).await?, Arc::default()),
        };
        let tried = Tried {
            busy: batched.busy.clone(),
            answers,
            ..Tried::default()
        };
        messages.extend(take_group(members, place, &part, known, tried, now).await?);
    }
    Ok(messages)
}

async fn latest(members: &MemberDeps, place: &Place, member: &MemberId) -> Result<Loaded, Failure> {
    let (store, ids) = (&members.deps.store, [member.clone()]);
    let mut loaded = store
        .load(&place.community, &ids, true, &members.pseudonyms)
        .await?;
    Ok(loaded.remove(member).unwrap_or(Loaded::New))
}

/// Decides and writes; again with the latest member if somebody else wrote in between.
async fn take_group(
    members: &MemberDeps,
    place: &Place,
    group: &Group,
    mut known: Loaded,
    mut tried: Tried,
    now: Timestamp,
) -> Result<Vec<Message>, Failure> {
    let deps = &members.deps;
    deps.tripwire.touch(&group.records);
    // Boxed: most events have nothing for it to do, and it need not be part of their future.
    let resolved = introductions::resolve(members, &place.community, &group.events);
    let (events, introduced) = Box::pin(resolved).await?;
    tried.introduced = introduced;
    for attempt in 1..=TRIES {
        let member = match known {
            Loaded::Known(member) => Some(*member),
            Loaded::New => None,
            Loaded::Erased => {
                deps.metrics.add(
                    group.community.as_str(),
                    "events_of_erased",
                    group.events.len() as f64,
                );
                return Ok(Vec::new());
            }
            Loaded::Unreadable(unreadable) => return Err(StoreError::from(unreadable).into()),
        };
        let decided = decide(deps, place, group, &events, member, &tried, now).await?;
        // Whoever writes in between may write an answer, too: from now on they are looked up each time.
        tried.answers = Arc::default();
        match decided {
            // The first read need not be the latest: the member may have been made a moment ago.
            None if attempt == 1 => {}
            None => return of_stranger(deps, group, now),
            Some(decision) => match deps.store.save(&place.community, &decision).await {
                Ok(_) => {
                    tally(deps, &group.community, &decision);
                    return Ok(pending(decision.messages));
                }
                Err(StoreError::Conflict(_)) if attempt < TRIES => {
                    deps.metrics.count(group.community.as_str(), "conflicts");
                    let rows = books::written(&deps.store, &decision).await?;
                    tried.written.extend(rows);
                    pause(attempt, &group.member).await;
                }
                Err(StoreError::SoldOut { gift, wanted }) if attempt < TRIES => {
                    tried.left.insert(gift, wanted.saturating_sub(1));
                }
                Err(error) => return Err(error.into()),
            },
        }
        known = latest(members, place, &group.member).await?;
    }
    Err(Failure::Retry(
        "member: written by others again and again".to_owned(),
    ))
}

/// Events that make nobody a member, of somebody we don't know. An opt-out, an order, or a code that a
/// newcomer wrote to the bot may have overtaken the join, which is on its way in another queue or comes
/// again after a failure: it is looked at again a few times, because to lose the first is to write to
/// somebody who wants no messages, and the others to lose what was earned.
fn of_stranger(deps: &Deps, group: &Group, now: Timestamp) -> Result<Vec<Message>, Failure> {
    let may_be_early = |event: &Event| {
        let waits = matches!(event.what, Happened::OptedOut | Happened::Invited { .. });
        (waits || event.what.is_order()) && now.duration_since(event.at) < JOIN_MAY_FOLLOW
    };
    if group.events.iter().any(may_be_early) {
        return Err(Failure::Retry(
            "an opt-out, an order or an invitation of somebody we don't know yet".to_owned(),
        ));
    }
    let orders = group.events.iter().filter(|event| event.what.is_order());
    let orders = orders.count();
    if orders > 0 {
        let community = group.community.as_str();
        deps.metrics
            .add(community, "orders_unknown_member", orders as f64);
    }
    deps.metrics.add(
        group.community.as_str(),
        "events_of_strangers",
        group.events.len() as f64,
    );
    Ok(Vec::new())
}

async fn decide(
    deps: &Deps,
    place: &Place,
    group: &Group,
    events: &[Event],
    member: Option<Member>,
    tried: &Tried,
    now: Timestamp,
) -> Result<Option<Decision>, Failure> {
    let mut moved = match &member {
        Some(member) if member.needs_moved(events) => {
            deps.store
                .moved_out(&group.community, &group.member, events)
                .await?
        }
        _ => MovedOut::new(),
    };
    let (store, community) = (&deps.store, &place.community);
    introductions::counted(store, community, &group.member, events, &mut moved).await?;
    let there = store.receipts(&group.community, &group.member, events);
    moved.add_receipts(there.await?);
    let mut member = member;
    let books = Books::of(&deps.registry, place, &group.member, member.as_ref()).await?;
    let books = books.ranked(&deps.registry, place, now).await;
    let migrated = member
        .as_mut()
        .is_some_and(|member| books.migrate(place, member, now));
    let mut tried = tried.clone();
    if let Some(member) = &member {
        let context = books.context(place, &tried, now);
        let there = tried.answers.there(store, member, events, context).await?;
        tried.written.extend(there);
        let Group {
            community, events, ..
        } = group;
        let wanted = gifts::wanted(events);
        if !wanted.is_empty() {
            let playbook = books.current();
            let found = gifts::find_out(&deps.store, community, &member.id, &wanted, playbook);
            // Boxed: few batches have a press for a gift in them.
            Box::pin(found).await?.add_to(&mut tried);
        }
    }
    let context = books.context(place, &tried, now);
    let decision = decide::on_events(member, &group.member, events, context, &moved);
    Ok(decision.map(|decision| Decision {
        changed: decision.changed || migrated,
        ..decision
    }))
}

/// Waits a little before deciding again: longer each time, and not the same for everybody.
pub async fn pause(attempt: u32, member: &MemberId) {
    let spread = hearth_domain::member::hash64(member.as_str()) % 10;
    tokio::time::sleep(std::time::Duration::from_millis((5 << attempt) + spread)).await;
}

fn tally(deps: &Deps, community: &CommunityId, decision: &Decision) {
    let tally = decision.tally;
    for (name, count) in [
        ("events_taken", tally.taken),
        ("points_withheld", tally.withheld),
        ("events_duplicate", tally.duplicate),
        ("events_late", tally.late),
        ("answers_ignored", tally.ignored),
    ] {
        if count > 0 {
            deps.metrics.add(community.as_str(), name, f64::from(count));
        }
    }
    for name in &decision.counts {
        deps.metrics.count(community.as_str(), name);
    }
}

/// The messages that wait to be sent.
pub fn pending(messages: Vec<Message>) -> Vec<Message> {
    messages
        .into_iter()
        .filter(|message| matches!(message.state, State::Pending { .. }))
        .collect()
}

/// Hands messages on to the messenger: what many get at once by the queue that nobody waits at, so
/// that a newcomer's welcome does not stand behind a hundred thousand wake-ups. If a queue does not
/// take them nothing is lost: their rows are in the due index and are picked up within a minute or
/// two.
pub async fn hand_on(deps: &Deps, messages: Vec<Message>) {
    let (bulk, now): (Vec<Message>, Vec<Message>) = messages.into_iter().partition(is_broadcast);
    for (queue, messages) in [(QueueName::SendNow, now), (QueueName::SendBulk, bulk)] {
        if messages.is_empty() {
            continue;
        }
        let work: Vec<Work> = messages
            .into_iter()
            .map(|message| Work::SendV1(SendV1 { id: message.id }))
            .collect();
        if let Err(error) = deps.queue.send(queue, &work).await {
            tracing::warn!(error = %error, "messages wait for the due index");
            deps.metrics.count("all", "handed_on_late");
        }
    }
}

/// Whether it is one of many that a date brings, and no answer to anybody.
fn is_broadcast(message: &Message) -> bool {
    let room = message.id.path().split('/').next().unwrap_or_default();
    message.class == Class::Promo && matches!(room, "wake-up" | "digest" | "care")
}
