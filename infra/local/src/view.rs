//! Members as pages and requests show them.

use hearth_aws::clock::Clock;
use hearth_domain::community::Community;
use hearth_domain::event::LeaveReason;
use hearth_domain::journey::{Answer, CaseState, Person, PlanEnd, PlanState};
use hearth_domain::member::{Member, Preference, Status};
use hearth_domain::message::{Message, State};
use hearth_domain::playbook::Playbook;
use hearth_domain::segment::{Segment, SegmentRules};
use hearth_domain::tags::tags;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::stack::Stack;

/// One member.
pub async fn member(
    stack: &Stack,
    community: &Community,
    member: &Member,
) -> anyhow::Result<Value> {
    let now = stack.clock.now();
    let place = stack.registry.place(&community.id, now).await?;
    let playbook = place.as_ref().map(|place| &*place.playbook);
    Ok(described(community, playbook, member, now))
}

/// One member, as they are at an instant.
pub fn described(
    community: &Community,
    playbook: Option<&Playbook>,
    member: &Member,
    now: Timestamp,
) -> Value {
    let today = member.zone_at(now, &community.zone).day(now);
    let segments =
        playbook.map_or_else(SegmentRules::default, |playbook| playbook.segments.clone());
    let level = playbook.map_or(1, |playbook| playbook.level(member.points()).0);
    json!({
        "member": member.id.to_string(),
        "name": member.name.as_ref().map(|name| name.value.clone()),
        "status": status(member),
        "segment": Segment::of(member, community.zone.day(now), &community.zone, &segments).name(),
        "staff": member.is_staff(),
        "points": member.points(),
        "streak": member.scoring.streak(today),
        "longest_streak": member.scoring.longest,
        "level": level,
        "interest": member.chosen_interest().map(ToString::to_string),
        "opted_out": member.is_opted_out(),
        "digest_only": member.preference() == Preference::DigestOnly,
        "second_channel": member.agreed_to_second_channel(),
        "first_seen": member.first_seen.to_string(),
        "last_active": member.activity.last.map(|day| day.to_string()),
        "onboarding": onboarding(member),
        "event": event(member),
        "challenge": challenge(playbook, member),
        "hidden_from_rankings": member.scoring.is_hidden(),
        "win_back": win_back(member),
        "orders": orders(community, member),
        "tags": playbook.map(|playbook| shown_tags(member, community, playbook, now)),
        "wake_ups": member.journey.wake.sent,
        "join_source": member.join_source().name(),
        "invited": member.invitations.stayed,
        "next_due": member.next_due().map(|(at, consumer)| json!({"at": at.to_string(), "consumer": consumer.name()})),
        "version": member.version,
    })
}

/// All members of a community, by id.
pub async fn members(stack: &Stack, community: &Community) -> anyhow::Result<Vec<Value>> {
    let mut found = Vec::new();
    for shard in 0..community.shards {
        let mut after = None;
        loop {
            let (members, next) = stack.store.shard_page(&community.id, shard, after).await?;
            for member in members {
                found.push(member?);
            }
            after = next;
            if after.is_none() {
                break;
            }
        }
    }
    found.sort_by(|a, b| a.id.cmp(&b.id));
    let mut views = Vec::with_capacity(found.len());
    for one in &found {
        views.push(member(stack, community, one).await?);
    }
    Ok(views)
}

/// What they bought; money only where the community's file says in what it is.
fn orders(community: &Community, member: &Member) -> Value {
    let Some(orders) = &member.orders else {
        return Value::Null;
    };
    json!({
        "count": orders.count, "first": orders.first.to_string(), "last": orders.last.to_string(),
        "sum_minor": community.currency.as_ref().map(|_| orders.sum),
        "currency": community.currency.as_ref().map(ToString::to_string),
    })
}

fn shown_tags(
    member: &Member,
    community: &Community,
    playbook: &Playbook,
    now: Timestamp,
) -> Vec<String> {
    let today = community.zone.day(now);
    let tags = tags(member, today, playbook);
    tags.iter().map(ToString::to_string).collect()
}

fn status(member: &Member) -> &'static str {
    match member.status() {
        Status::Member => "member",
        Status::Left => "left",
    }
}

fn onboarding(member: &Member) -> Value {
    let Some(plan) = &member.journey.onboarding else {
        return Value::Null;
    };
    let (state, at) = match plan.state {
        PlanState::Active => ("active", None),
        PlanState::HeldOut => ("held-out", None),
        PlanState::Finished { at } => ("finished", Some(at)),
        PlanState::Stopped {
            at,
            why: PlanEnd::Left,
        } => ("stopped-left", Some(at)),
        PlanState::Stopped {
            at,
            why: PlanEnd::OptedOut,
        } => ("stopped-opted-out", Some(at)),
        PlanState::Stopped {
            at,
            why: PlanEnd::Staff,
        } => ("stopped-staff", Some(at)),
    };
    json!({
        "state": state, "since": at.map(|at| at.to_string()), "enrolment": plan.enrolment, "playbook_version": plan.version,
        "next_step": plan.next, "day_one": plan.day_one.to_string(), "next_at": plan.due.map(|due| due.to_string()),
        "answered": plan.answered,
    })
}

fn win_back(member: &Member) -> Value {
    let Some(case) = &member.journey.win_back else {
        return Value::Null;
    };
    let (state, at) = match case.state {
        CaseState::Open => ("open", None),
        CaseState::Surveyed => ("surveyed", None),
        CaseState::Answered => ("answered", None),
        CaseState::GiftSent => ("gift-sent", None),
        CaseState::Won { at } => ("won", Some(at)),
        CaseState::Lost { at } => ("lost", Some(at)),
        CaseState::Unreachable => ("unreachable", None),
        CaseState::Declined => ("declined", None),
    };
    let person = case.person.map(|person| match person {
        Person::Waited => "waited",
        Person::Reminded => "reminded",
        Person::Claimed => "claimed",
        Person::Done => "done",
    });
    json!({
        "state": state, "reason": case.reason.map(LeaveReason::value), "case": case.number, "opened": case.opened.to_string(),
        "closed": at.map(|at| at.to_string()), "days_to_return": case.days_to_return(), "person": person,
        "next_at": case.due.map(|due| due.to_string()),
    })
}

/// The challenge they are in, or were in last; nothing of one that the playbook has no more.
fn challenge(playbook: Option<&Playbook>, member: &Member) -> Value {
    let found = member.challenges.current.and_then(|current| {
        let challenge = playbook?.challenge(current.key)?;
        Some((current, challenge))
    });
    let Some((current, challenge)) = found else {
        return Value::Null;
    };
    let state = match (current.done, current.missed) {
        (true, _) => "done",
        (false, true) => "missed",
        (false, false) => "joined",
    };
    json!({
        "id": challenge.id.as_str(), "state": state, "from": current.from.to_string(), "end": challenge.end.to_string(),
        "days": current.days_done(challenge, &member.scoring), "days_needed": challenge.days,
    })
}

/// The seat at an event.
fn event(member: &Member) -> Value {
    let Some(seat) = &member.journey.seat else {
        return Value::Null;
    };
    let answer = match seat.answer {
        Answer::None => "none",
        Answer::Comes => "comes",
        Answer::Later => "later",
    };
    json!({
        "event": seat.gathering.as_str(), "starts": seat.starts.to_string(), "answer": answer, "attended": seat.attended,
        "score": (seat.score > 0).then_some(seat.score),
    })
}

/// The instant that a message's state is about.
pub fn settled_at(message: &Message) -> Timestamp {
    match &message.state {
        State::Pending { not_before } => not_before.unwrap_or(message.created),
        State::Held { until: at, .. }
        | State::Sending { lease: at }
        | State::Sent { at }
        | State::Accepted { at }
        | State::Awaiting { since: at, .. }
        | State::Unknown { at, .. }
        | State::Failed { at, .. }
        | State::Skipped { at, .. } => *at,
    }
}
