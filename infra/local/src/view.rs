//! Members as pages and requests show them.

use hearth_aws::clock::Clock;
use hearth_domain::community::Community;
use hearth_domain::journey::{CaseState, PlanEnd, PlanState};
use hearth_domain::member::{Member, Status};
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
    let today = member.zone_at(now, &community.zone).day(now);
    let level = place.map_or(1, |place| place.playbook.level(member.points()).0);
    Ok(json!({
        "member": member.id.to_string(),
        "name": member.name.as_ref().map(|name| name.value.clone()),
        "status": status(member),
        "segment": segment(member, today.since(member.first_day(&community.zone))),
        "staff": member.is_staff(),
        "points": member.points(),
        "streak": member.scoring.streak(today),
        "longest_streak": member.scoring.longest,
        "level": level,
        "interest": member.chosen_interest().map(ToString::to_string),
        "opted_out": member.is_opted_out(),
        "first_seen": member.first_seen.to_string(),
        "last_active": member.activity.last.map(|day| day.to_string()),
        "onboarding": onboarding(member),
        "win_back": win_back(member),
        "next_due": member.journey.next_due().map(|(at, consumer)| json!({"at": at.to_string(), "consumer": consumer.name()})),
        "version": member.version,
    }))
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

fn status(member: &Member) -> &'static str {
    match member.status() {
        Status::Member => "member",
        Status::Left => "left",
    }
}

/// As far as the first week decides it; the others come with their own rules.
fn segment(member: &Member, age_days: i32) -> Option<&'static str> {
    match member.status() {
        Status::Left => Some("left"),
        Status::Member if age_days < 7 => Some("new"),
        Status::Member => None,
    }
}

fn onboarding(member: &Member) -> Value {
    let Some(plan) = &member.journey.onboarding else {
        return Value::Null;
    };
    let (state, at) = match plan.state {
        PlanState::Active => ("active", None),
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
    })
}

fn win_back(member: &Member) -> Value {
    let Some(case) = &member.journey.win_back else {
        return Value::Null;
    };
    let (state, reason, at) = match case.state {
        CaseState::Open => ("open", None, None),
        CaseState::Surveyed => ("surveyed", None, None),
        CaseState::Answered { reason } => ("answered", Some(reason.value()), None),
        CaseState::Won { at } => ("won", None, Some(at)),
        CaseState::Lost { at } => ("lost", None, Some(at)),
        CaseState::Unreachable => ("unreachable", None, None),
        CaseState::Declined => ("declined", None, None),
    };
    json!({"state": state, "reason": reason, "case": case.number, "opened": case.opened.to_string(), "closed": at.map(|at| at.to_string())})
}
