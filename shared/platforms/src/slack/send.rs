//! Sending through Slack's Web API: `conversations.open` for a member, then `chat.postMessage`.

use http::header;
use serde_json::{Value, json};

use super::METADATA_TYPE;
use super::text::{escape, shorten, split};
use crate::{Destination, Http, Outgoing, SendOutcome, To};

/// Slack's own API.
const API: &str = "https://slack.com";
/// Limits of blocks, in characters (docs.slack.dev, "Blocks").
const SECTION: usize = 3000;
const BUTTON_TEXT: usize = 75;
const ACTION_ID: usize = 255;

pub(super) async fn send(
    http: &dyn Http,
    destination: &Destination<'_>,
    message: &Outgoing,
) -> SendOutcome {
    let Some(token) = destination.secrets.get("bot_token").first() else {
        return SendOutcome::permanent("no-bot-token");
    };
    let api = Api {
        http,
        base: destination.api.unwrap_or(API).trim_end_matches('/'),
        token,
    };
    let channel = match &message.to {
        To::Channel(channel) => channel.as_str().to_owned(),
        To::Member(member) => match api.open(member.as_str()).await {
            Ok(channel) => channel,
            Err(outcome) => return outcome,
        },
    };
    api.post(&body(message, &channel)).await
}

/// The arguments of `chat.postMessage`. The metadata carries our id back to whoever reads the
/// channel's history, where a message without buttons has no other trace of it.
fn body(message: &Outgoing, channel: &str) -> Value {
    let text = escape(&message.text);
    let id = message.id.to_string();
    let mut blocks: Vec<Value> = split(&text, SECTION)
        .into_iter()
        .map(|piece| json!({"type": "section", "text": {"type": "mrkdwn", "text": piece}}))
        .collect();
    let buttons: Vec<Value> = message
        .buttons
        .iter()
        .enumerate()
        .map(|(index, button)| {
            // Unique within the block, also if two buttons have one value.
            let action_id = shorten(&format!("{index}:{}", button.value), ACTION_ID);
            let label = shorten(&button.label, BUTTON_TEXT);
            json!({"type": "button", "action_id": action_id, "value": button.value,
                   "text": {"type": "plain_text", "text": label, "emoji": true}})
        })
        .collect();
    if !buttons.is_empty() {
        blocks.push(json!({"type": "actions", "block_id": id, "elements": buttons}));
    }
    let metadata = json!({"event_type": METADATA_TYPE,
                          "event_payload": {"message_id": id, "kind": message.kind.as_str()}});
    json!({"channel": channel, "text": text, "blocks": blocks, "metadata": metadata})
}

struct Api<'a> {
    http: &'a dyn Http,
    base: &'a str,
    token: &'a str,
}

/// What Slack said to one call.
enum Answer {
    Ok(Value),
    /// `ok: false` with this error, and the outcome of a rate limit if it is one.
    Error(String, Option<SendOutcome>),
    /// No answer, or none that can be read.
    None(SendOutcome),
}

impl Api<'_> {
    /// The direct channel to a member. Nothing is sent here, so whatever may pass is a retry.
    async fn open(&self, member: &str) -> Result<String, SendOutcome> {
        let outcome = match self
            .call("conversations.open", &json!({"users": member}))
            .await
        {
            Answer::Ok(body) => match body.pointer("/channel/id").and_then(Value::as_str) {
                Some(channel) => return Ok(channel.to_owned()),
                None => SendOutcome::retry("unreadable-answer"),
            },
            Answer::Error(_, Some(rate_limit)) => rate_limit,
            Answer::Error(error, None) => match refusal(&error) {
                Some(refusal) => refusal,
                None if is_passing(&error) => SendOutcome::retry(reason(&error)),
                None => SendOutcome::permanent(reason(&error)),
            },
            Answer::None(SendOutcome::Unknown { reason }) => SendOutcome::retry(reason),
            Answer::None(outcome) => outcome,
        };
        Err(outcome)
    }

    async fn post(&self, body: &Value) -> SendOutcome {
        match self.call("chat.postMessage", body).await {
            Answer::Ok(body) => SendOutcome::Sent {
                platform_id: body.get("ts").and_then(Value::as_str).map(str::to_owned),
            },
            Answer::Error(_, Some(rate_limit)) => rate_limit,
            Answer::Error(error, None) => {
                refusal(&error).unwrap_or_else(|| SendOutcome::unknown(reason(&error)))
            }
            Answer::None(outcome) => outcome,
        }
    }

    async fn call(&self, method: &str, arguments: &Value) -> Answer {
        let Ok(request) = self.request(method, arguments) else {
            return Answer::None(SendOutcome::permanent("bad-endpoint"));
        };
        match self.http.call(request).await {
            Ok(response) => read(&response),
            Err(error) => Answer::None(SendOutcome::no_answer(&error)),
        }
    }

    fn request(
        &self,
        method: &str,
        arguments: &Value,
    ) -> Result<http::Request<Vec<u8>>, http::Error> {
        let mut bearer = header::HeaderValue::try_from(format!("Bearer {}", self.token))?;
        bearer.set_sensitive(true);
        http::Request::post(format!("{}/api/{method}", self.base))
            .header(header::AUTHORIZATION, bearer)
            .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
            .body(arguments.to_string().into_bytes())
    }
}

fn read(response: &http::Response<Vec<u8>>) -> Answer {
    if !response.status().is_success() {
        return Answer::None(SendOutcome::refused(response.status(), response.headers()));
    }
    let Ok(body) = serde_json::from_slice::<Value>(response.body()) else {
        return Answer::None(SendOutcome::unknown("unreadable-answer"));
    };
    match body.get("ok").and_then(Value::as_bool) {
        Some(true) => Answer::Ok(body),
        Some(false) => {
            let error = body
                .get("error")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned();
            let limited = matches!(error.as_str(), "ratelimited" | "rate_limited");
            let rate_limit = limited.then(|| SendOutcome::rate_limited(response.headers()));
            Answer::Error(error, rate_limit)
        }
        None => Answer::None(SendOutcome::unknown("unreadable-answer")),
    }
}

/// Errors by which Slack says that nothing was sent and nothing will be.
fn refusal(error: &str) -> Option<SendOutcome> {
    match error {
        "channel_not_found"
        | "user_not_found"
        | "users_not_found"
        | "user_not_visible"
        | "user_disabled"
        | "account_inactive"
        | "messages_tab_disabled"
        | "cannot_dm_bot"
        | "not_in_channel"
        | "is_archived" => Some(SendOutcome::unreachable(reason(error))),
        "msg_too_long"
        | "msg_blocks_too_long"
        | "no_text"
        | "invalid_blocks"
        | "invalid_blocks_format"
        | "invalid_metadata_format"
        | "invalid_metadata_schema"
        | "metadata_too_large"
        | "restricted_action"
        | "invalid_auth"
        | "token_revoked"
        | "token_expired"
        | "not_authed"
        | "missing_scope"
        | "no_permission"
        | "access_denied"
        | "invalid_arguments" => Some(SendOutcome::permanent(reason(error))),
        _ => None,
    }
}

/// Errors of Slack's own making that pass.
fn is_passing(error: &str) -> bool {
    matches!(
        error,
        "internal_error"
            | "fatal_error"
            | "request_timeout"
            | "service_unavailable"
            | "team_added_to_org"
            | ""
    )
}

/// Slack's error word in our spelling; a fixed word if it is not a word at all.
fn reason(error: &str) -> String {
    let is_word = !error.is_empty()
        && error.len() <= 64
        && error
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if is_word {
        error.replace('_', "-")
    } else {
        "unknown-error".to_owned()
    }
}

#[cfg(test)]
#[path = "send_tests.rs"]
mod tests;
