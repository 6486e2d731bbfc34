//! The local control requests: the clock, the outbox, the ledger, members, buttons, faults.

mod people;
mod reports;

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing::get, routing::post};
use hearth_aws::clock::Clock;
use hearth_domain::community::Community;
use hearth_domain::ids::{CommunityId, MemberId, MessageId, Owner};
use hearth_domain::message::{Message, State as MessageState};
use hearth_platforms::Request;
use jiff::{Span, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::deliveries::{self, Delivery};
use crate::sandbox::ChatFault;
use crate::server::Local;
use crate::stack::Stack;
use crate::view;

pub(crate) type Answer = Result<Response, Refused>;

/// A request that was not done: status and words.
#[derive(Debug)]
pub(crate) struct Refused(StatusCode, Value);

impl Refused {
    pub(crate) fn bad(words: impl std::fmt::Display) -> Self {
        Self(StatusCode::BAD_REQUEST, json!({"error": words.to_string()}))
    }

    /// With more than words.
    pub(crate) fn with(status: StatusCode, answer: Value) -> Self {
        Self(status, answer)
    }

    pub(crate) fn missing(what: &str) -> Self {
        Self(
            StatusCode::NOT_FOUND,
            json!({"error": format!("no such {what}")}),
        )
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0, Json(self.1)).into_response()
    }
}

impl<E: Into<anyhow::Error>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self(
            StatusCode::INTERNAL_SERVER_ERROR,
            json!({"error": format!("{:#}", error.into())}),
        )
    }
}

/// The routes under `/local`.
pub(crate) fn routes() -> Router<Local> {
    Router::new()
        .route("/clock", get(now).post(clock))
        .route("/outbox", get(outbox))
        .route("/ledger", get(ledger))
        .route("/members/{community}", get(members))
        .route("/members/{community}/{member}", get(member))
        .route("/press", post(press))
        .route("/staff/send", post(staff_sends))
        .route("/faults", post(faults))
        .route("/dead-letters", get(dead_letters))
        .route("/redrive", post(redrive))
        .merge(people::routes())
        .merge(reports::routes())
        .merge(crate::published::routes())
        .merge(crate::journeys::routes())
}

async fn now(State(Local { stack, .. }): State<Local>) -> Json<Value> {
    Json(json!({"now": stack.clock.now().to_string(), "virtual": stack.clock.is_virtual()}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockRequest {
    advance: Option<String>,
    set: Option<String>,
}

async fn clock(State(local): State<Local>, body: String) -> Answer {
    let asked: ClockRequest = serde_json::from_str(&body).map_err(|_| {
        Refused::bad("expected {\"advance\":\"P1D\"} or {\"set\":\"2026-01-05T09:00:00Z\"}")
    })?;
    let stack = &local.stack;
    if !stack.clock.is_virtual() {
        return Err(Refused(
            StatusCode::CONFLICT,
            json!({"error": "this stack runs on the machine's clock; start it with --clock and an instant"}),
        ));
    }
    let now = stack.clock.now();
    let target = match (asked.advance, asked.set) {
        (Some(span), None) => later(now, &span)?,
        (None, Some(at)) => at
            .parse::<Timestamp>()
            .map_err(|_| Refused::bad("set: expected an RFC 3339 instant"))?,
        _ => return Err(Refused::bad("expected either advance or set")),
    };
    if target < now {
        return Err(Refused::bad("the clock does not go back"));
    }
    let before = stack.invocations();
    local.move_clock(target).await?;
    Ok(Json(
        json!({"now": stack.clock.now().to_string(), "invocations": stack.invocations() - before}),
    )
    .into_response())
}

/// A day is 24 hours here: the stack's clock has no zone.
fn later(now: Timestamp, span: &str) -> Result<Timestamp, Refused> {
    let wrong = || Refused::bad("advance: expected an ISO 8601 duration such as PT1H, P1D or P1W");
    let span: Span = span.parse().map_err(|_| wrong())?;
    let duration = span
        .to_duration(jiff::SpanRelativeTo::days_are_24_hours())
        .map_err(|_| wrong())?;
    now.checked_add(duration).map_err(|_| wrong())
}

#[derive(Deserialize)]
struct Filter {
    community: Option<String>,
    member: Option<String>,
    after: Option<u64>,
}

async fn outbox(
    State(Local { stack, .. }): State<Local>,
    Query(filter): Query<Filter>,
) -> Response {
    Json(stack.sandbox.received(
        filter.community.as_deref(),
        filter.member.as_deref(),
        filter.after,
    ))
    .into_response()
}

async fn ledger(State(Local { stack, .. }): State<Local>, Query(filter): Query<Filter>) -> Answer {
    let community = CommunityId::new(filter.community.unwrap_or_default()).map_err(Refused::bad)?;
    let messages = match filter.member {
        Some(member) => {
            stack
                .store
                .messages(
                    &community,
                    &Owner::Member(MemberId::new(member).map_err(Refused::bad)?),
                )
                .await?
        }
        None => stack.store.scan_messages(&community).await?,
    };
    Ok(Json(messages.iter().map(ledger_row).collect::<Vec<_>>()).into_response())
}

fn ledger_row(message: &Message) -> Value {
    let member = match message.id.owner() {
        Owner::Member(member) => Some(member.to_string()),
        Owner::Community => None,
    };
    let (at, reason) = match &message.state {
        MessageState::Pending { not_before } => (not_before.unwrap_or(message.created), None),
        MessageState::Held { until, why } => (*until, Some(why.name().to_owned())),
        MessageState::Sending { lease } => (*lease, None),
        MessageState::Sent { at } => (*at, None),
        MessageState::Accepted { at } => (*at, Some("arrival-not-told".to_owned())),
        MessageState::Awaiting { since, .. } => (*since, Some("awaiting-person".to_owned())),
        MessageState::Unknown { at, reason } | MessageState::Failed { at, reason } => {
            (*at, Some(reason.clone()))
        }
        MessageState::Skipped { at, reason } => (*at, Some(reason.name().to_owned())),
    };
    json!({
        "message_id": message.id.to_string(), "member": member, "kind": message.kind.to_string(),
        "state": message.state.name(), "reason": reason, "at": at.to_string(), "attempt": message.attempt,
    })
}

async fn community(stack: &Stack, id: &str) -> Result<Arc<Community>, Refused> {
    stack
        .community(id)
        .await?
        .ok_or_else(|| Refused::missing("community"))
}

async fn members(State(Local { stack, .. }): State<Local>, Path(id): Path<String>) -> Answer {
    let community = community(&stack, &id).await?;
    Ok(Json(view::members(&stack, &community).await?).into_response())
}

async fn member(
    State(Local { stack, .. }): State<Local>,
    Path((id, member)): Path<(String, String)>,
) -> Answer {
    let community = community(&stack, &id).await?;
    let member = MemberId::new(member).map_err(Refused::bad)?;
    let found = stack
        .store
        .member(&community, &member)
        .await?
        .ok_or_else(|| Refused::missing("member"))?;
    Ok(Json(view::member(&stack, &community, &found).await?).into_response())
}

#[derive(Deserialize)]
struct Press {
    community: String,
    member: String,
    message_id: String,
    value: String,
}

/// The member presses a button: a signed webhook of the platform, through the real webhook.
async fn press(State(Local { stack, .. }): State<Local>, body: String) -> Answer {
    let press: Press = serde_json::from_str(&body).map_err(|_| {
        Refused::bad("expected {\"community\",\"member\",\"message_id\",\"value\"}")
    })?;
    let community = community(&stack, &press.community).await?;
    let id: MessageId = press.message_id.parse().map_err(Refused::bad)?;
    let message = stack
        .store
        .message(&id)
        .await?
        .ok_or_else(|| Refused::missing("message"))?;
    let delivery = deliveries::press(&stack, &community, &press.member, &press.value, &message)
        .map_err(Refused::bad)?;
    let answer = deliver(&stack, &delivery).await;
    let status = StatusCode::from_u16(answer.status)?;
    let body: Value = serde_json::from_str(&answer.body).unwrap_or(Value::String(answer.body));
    Ok((status, Json(body)).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StaffSends {
    community: Option<String>,
    message_id: Option<String>,
}

/// The staff tap "send" for what awaits them: one message, a community's, or all.
async fn staff_sends(State(Local { stack, .. }): State<Local>, body: String) -> Answer {
    let asked: StaffSends = serde_json::from_str(&body)
        .map_err(|_| Refused::bad("expected {\"community\",\"message_id\"}, each optional"))?;
    let sent = stack
        .sandbox
        .tap_send(asked.community.as_deref(), asked.message_id.as_deref());
    Ok(Json(json!({"sent": sent})).into_response())
}

/// Hands a delivery to the webhook.
pub async fn deliver(stack: &Stack, delivery: &Delivery) -> hearth_member_webhook::Answer {
    let (path, query) = match delivery.path.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (&*delivery.path, None),
    };
    let request = Request {
        method: &http::Method::POST,
        headers: &delivery.headers,
        query,
        body: &delivery.body,
    };
    stack.deliver(path, &request).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultRequest {
    chat: ChatFault,
}

async fn faults(State(Local { stack, .. }): State<Local>, body: String) -> Answer {
    let asked: FaultRequest = serde_json::from_str(&body).map_err(|_| {
        Refused::bad(
            "expected {\"chat\":{\"status\":429,\"times\":3}} or another fault of the chat",
        )
    })?;
    stack.sandbox.inject(asked.chat);
    Ok(Json(json!({"ok": true})).into_response())
}

async fn dead_letters(State(Local { stack, .. }): State<Local>) -> Json<Value> {
    let letters = stack.queues.dead_letters();
    Json(
        letters
            .into_iter()
            .map(|letter| json!({"queue": letter.queue.name(), "body": letter.body}))
            .collect(),
    )
}

async fn redrive(State(Local { stack, .. }): State<Local>) -> Json<Value> {
    Json(json!({"redriven": stack.queues.redrive()}))
}
