//! What falls due: a tick looks which shards of the due index have something, a worker drains a
//! shard in place. Nothing is enqueued one by one, a missed tick heals itself.

use std::collections::BTreeMap;

use futures::StreamExt;
use hearth_domain::decide::{self, Decision};
use hearth_domain::event::Event;
use hearth_domain::ids::{CommunityId, MemberId};
use hearth_domain::journey::Consumer;
use hearth_domain::member::Member;
use hearth_domain::message::Message;
use jiff::{SignedDuration, Timestamp};

use crate::batch::{Failure, guarded};
use crate::books::{self, Books, Tried};
use crate::deadline::Deadline;
use crate::deps::Deps;
use crate::intake::{SIDE_BY_SIDE, hand_on, pause, pending};
use crate::introductions;
use crate::invocation::Tick;
use crate::queue::QueueName;
use crate::registry::Place;
use crate::store::keys::DUE_SHARDS;
use crate::store::{Due, Members, StoreError};
use crate::wire::{EventV1, Work, drain_queue};

/// Entries read at once.
const PAGE: i32 = 100;
const TRIES: u32 = 5;
const A_MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// Sends one drain for every shard with something due, and writes down since when the earliest of
/// it has been waiting: every tick does, so that where no number comes, no tick does.
///
/// A tick that is told of a later instant drains until then: an operator's way to do at once what
/// a day would bring.
pub async fn tick(
    deps: &Deps,
    consumer: Consumer,
    tick: &Tick,
    now: Timestamp,
) -> Result<usize, Failure> {
    // A minute apart is two clocks that differ, and no wish.
    let until = Some(tick.instant(now)).filter(|until| until.duration_since(now) > A_MINUTE);
    let now = until.unwrap_or(now);
    let looks = (0..DUE_SHARDS)
        .map(|shard| async move { (shard, deps.store.due_since(consumer, shard, now).await) });
    let mut work = Vec::new();
    let mut failed = None;
    let mut earliest = now;
    for (shard, due) in futures::future::join_all(looks).await {
        match due {
            Ok(None) => {}
            Ok(Some(since)) => {
                earliest = earliest.min(since);
                work.push(Work::drain(shard, until));
            }
            Err(error) => failed = Some(error),
        }
    }
    // What will be due tomorrow is not late today.
    if failed.is_none() && until.is_none() {
        let lag = now.duration_since(earliest);
        deps.metrics
            .add("all", "due_lag_seconds", lag.as_secs_f64());
    }
    // What was found is sent even if another shard could not be read: the next tick reads it.
    deps.queue
        .send(drain_queue(consumer), &work)
        .await
        .map_err(|error| Failure::Retry(error.to_string()))?;
    match failed {
        Some(error) => Err(error.into()),
        None => Ok(work.len()),
    }
}

/// What is due, page by page, until nothing is left or the time is short. What `handle` could not
/// move on is left for the next tick.
pub async fn pages<F>(
    deps: &Deps,
    consumer: Consumer,
    shard: u8,
    now: Timestamp,
    deadline: &Deadline,
    mut handle: F,
) -> Result<(), Failure>
where
    F: AsyncFnMut(Vec<Due>),
{
    let mut after = None;
    while !deadline.is_short() {
        let page = deps.store.due(consumer, shard, now, after, PAGE).await?;
        if !page.due.is_empty() {
            handle(page.due).await;
        }
        after = page.after;
        if after.is_none() {
            break;
        }
    }
    Ok(())
}

/// Drains a shard of members: loads a page at once, decides and writes each, and hands the
/// messages on.
pub async fn members(
    deps: &Deps,
    consumer: Consumer,
    shard: u8,
    now: Timestamp,
    deadline: &Deadline,
) -> Result<(), Failure> {
    pages(deps, consumer, shard, now, deadline, async |due| {
        let mut by_community: BTreeMap<CommunityId, Vec<MemberId>> = BTreeMap::new();
        for due in due {
            if let Due::Member { community, member } = due {
                by_community.entry(community).or_default().push(member);
            }
        }
        let mut messages = Vec::new();
        for (community, members) in by_community {
            messages.extend(steps(deps, &community, members, now).await);
        }
        hand_on(deps, messages).await;
    })
    .await
}

/// The due steps of some members of one community. What fails stays due.
async fn steps(
    deps: &Deps,
    id: &CommunityId,
    members: Vec<MemberId>,
    now: Timestamp,
) -> Vec<Message> {
    let failed = |failure: &Failure, count: usize| {
        tracing::error!(community = %id, count, error = %failure, "due members not done; the next tick tries again");
        deps.metrics.add(id.as_str(), "due_failed", count as f64);
    };
    let (place, mut known) = match load(deps, id, &members, now).await {
        Ok(loaded) => loaded,
        Err(failure) => {
            failed(&failure, members.len());
            return Vec::new();
        }
    };
    let mut work = Vec::with_capacity(members.len());
    for member in members.iter().filter_map(|member| known.remove(member)) {
        match member {
            Ok(member) => work.push(member),
            Err(unreadable) => failed(&StoreError::from(unreadable).into(), 1),
        }
    }
    let done = futures::stream::iter(work).map(|member| guarded(step(deps, &place, member, now)));
    let mut messages = Vec::new();
    for step in done.buffered(SIDE_BY_SIDE).collect::<Vec<_>>().await {
        match step {
            Ok(step) => messages.extend(step),
            Err(failure) => failed(&failure, 1),
        }
    }
    messages
}

async fn load(
    deps: &Deps,
    id: &CommunityId,
    members: &[MemberId],
    now: Timestamp,
) -> Result<(Place, Members), Failure> {
    let place = deps.registry.place(id, now).await?;
    let place =
        place.ok_or_else(|| Failure::Permanent(format!("community {id} is not published")))?;
    let known = deps.store.known(&place.community, members, true).await?;
    Ok((place, known))
}

/// Decides and writes; again with the latest member if somebody else wrote in between.
async fn step(
    deps: &Deps,
    place: &Place,
    mut member: Member,
    now: Timestamp,
) -> Result<Vec<Message>, Failure> {
    let mut tried = Tried {
        introduced: introductions::due(&deps.store, &place.community, &member, now).await?,
        ..Tried::default()
    };
    for attempt in 1..=TRIES {
        let id = member.id.clone();
        let books = Books::of(&deps.registry, place, &id, Some(&member)).await?;
        let migrated = books.migrate(place, &mut member, now);
        let mut decision = decide::on_due(member, books.context(place, &tried, now));
        decision.changed |= migrated;
        tell(deps, &place.community.id, &decision).await?;
        match deps.store.save(&place.community, &decision).await {
            Ok(_) => {
                for name in &decision.counts {
                    deps.metrics.count(place.community.id.as_str(), name);
                }
                return Ok(pending(decision.messages));
            }
            Err(StoreError::Conflict(_)) if attempt < TRIES => {
                let rows = books::written(&deps.store, &decision).await?;
                tried.written.extend(rows);
                pause(attempt, &id).await;
            }
            Err(error) => return Err(error.into()),
        }
        match deps.store.member(&place.community, &id).await? {
            Some(latest) => member = latest,
            None => return Ok(Vec::new()),
        }
        tried.introduced = introductions::due(&deps.store, &place.community, &member, now).await?;
    }
    Err(Failure::Retry(
        "member: written by others again and again".to_owned(),
    ))
}

/// Tells others what the decision says, before the member is written: a process that dies between
/// the two tells them again, and they take it once.
async fn tell(deps: &Deps, community: &CommunityId, decision: &Decision) -> Result<(), Failure> {
    if decision.invites.tell.is_empty() {
        return Ok(());
    }
    let event = |event: &Event| Work::EventV1(EventV1::of(community.clone(), event.clone()));
    let work: Vec<Work> = decision.invites.tell.iter().map(event).collect();
    let sent = deps.queue.send(QueueName::CheckIn, &work).await;
    sent.map_err(|error| Failure::Retry(error.to_string()))
}
