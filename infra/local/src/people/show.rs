//! A member in short: what an operator wants to know when somebody asks.

use hearth_aws::registry::Place;
use hearth_domain::ids::{MemberId, Owner};
use hearth_domain::member::{Member, Preference};
use hearth_domain::message::{Message, State};
use hearth_domain::playbook::Playbook;
use serde_json::{Value, json};

use super::People;
use crate::view;

/// So many messages are shown, the latest first.
const MESSAGES: usize = 10;

pub(super) async fn show(
    people: &People<'_>,
    place: &Place,
    id: &MemberId,
) -> anyhow::Result<Option<Value>> {
    let community = &place.community;
    let Some(member) = people.store.member(community, id).await? else {
        return Ok(None);
    };
    let version = member.journey.onboarding.as_ref().map(|plan| plan.version);
    let pinned = match version {
        Some(version) => {
            people
                .registry
                .playbook(&community.playbook, version)
                .await?
        }
        None => None,
    };
    let owner = Owner::Member(id.clone());
    let mut messages = people.store.messages(&community.id, &owner).await?;
    let count = messages.len();
    messages.sort_by_key(|message| std::cmp::Reverse(message.created));
    let last: Vec<Value> = messages.iter().take(MESSAGES).map(message).collect();
    let mut told = view::described(community, Some(&place.playbook), &member, people.now);
    let plan_book = pinned.as_ref().unwrap_or(&place.playbook);
    if let Some(fields) = told.as_object_mut() {
        for (name, value) in [
            ("community", json!(community.id.as_str())),
            ("zone", json!(community.zone.name())),
            ("joined", json!(member.first_seen.to_string())),
            ("join_told", json!(member.join_told)),
            ("next_step", next_step(&member, plan_book)),
            ("preferences", preferences(place, &member)),
            ("messages", json!(last)),
            ("messages_in_all", json!(count)),
        ] {
            fields.insert(name.to_owned(), value);
        }
    }
    Ok(Some(told))
}

/// The step of the plan that comes next, and when.
fn next_step(member: &Member, playbook: &Playbook) -> Value {
    let plan = member.journey.onboarding.as_ref();
    let Some((plan, due)) = plan.and_then(|plan| Some((plan, plan.due?))) else {
        return Value::Null;
    };
    let step = playbook.onboarding.steps.get(usize::from(plan.next));
    json!({
        "step": step.map(|step| step.id.to_string()),
        "day": step.map(|step| step.day),
        "at": due.to_string(),
    })
}

/// What the member chose or told of themselves.
pub(super) fn preferences(place: &Place, member: &Member) -> Value {
    let community = &place.community;
    json!({
        "opted_out": member.is_opted_out(),
        "digest_only": member.preference() == Preference::DigestOnly,
        "second_channel": member.consent.map(|consent| json!({"given": consent.given, "told": consent.told.to_string()})),
        "interest": member.chosen_interest().map(ToString::to_string),
        "interest_used": member.interest(&place.playbook).map(ToString::to_string),
        "language": member.locale.as_ref().map(|locale| locale.value.tag()),
        "language_used": member.locale_or(community.locale).tag(),
        "zones": member.zones.iter().map(|(since, zone)| json!({"since": since.to_string(), "zone": zone.name()})).collect::<Vec<_>>(),
    })
}

/// One message as a row: what, where it is in its life, why, when.
pub(super) fn message(message: &Message) -> Value {
    let (at, reason) = match &message.state {
        State::Pending { not_before } => (not_before.unwrap_or(message.created), None),
        State::Held { until, why } => (*until, Some(why.name())),
        State::Sending { lease } => (*lease, None),
        State::Sent { at } | State::Accepted { at } => (*at, None),
        State::Awaiting { since, .. } => (*since, None),
        State::Unknown { at, reason } | State::Failed { at, reason } => {
            (*at, Some(reason.as_str()))
        }
        State::Skipped { at, reason } => (*at, Some(reason.name())),
    };
    json!({
        "message_id": message.id.to_string(),
        "kind": message.kind.to_string(),
        "created": message.created.to_string(),
        "state": message.state.name(),
        "reason": reason,
        "at": at.to_string(),
        "attempt": message.attempt,
    })
}
