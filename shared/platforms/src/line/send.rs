//! Sending through LINE: one push message, idempotent by its retry key.

use std::fmt::Write as _;

use aws_lc_rs::digest::{SHA256, digest};
use hearth_domain::ids::MessageId;
use http::{StatusCode, header};
use serde_json::{Value, json};

use super::press::data;
use super::text::{shorten, split};
use crate::{Carried, Destination, Http, Outgoing, SendOutcome, To};

/// The header by which LINE knows a repetition, for 24 hours.
pub const RETRY_KEY_HEADER: &str = "x-line-retry-key";
/// The header of a 409 that names the request which was accepted before.
pub const ACCEPTED_HEADER: &str = "x-line-accepted-request-id";

/// LINE's own API.
const API: &str = "https://api.line.me";
/// Limits of a push: messages, UTF-16 units of a text, quick replies, clusters of a label.
const MESSAGES: usize = 5;
const TEXT: usize = 5000;
const QUICK_REPLIES: usize = 13;
const LABEL: usize = 20;

pub(super) async fn send(
    http: &dyn Http,
    destination: &Destination<'_>,
    message: &Outgoing,
) -> SendOutcome {
    let Some(token) = destination.secrets.get("channel_access_token").first() else {
        return SendOutcome::permanent("no-channel-access-token");
    };
    let body = match body(message) {
        Ok(body) => body,
        Err(reason) => return SendOutcome::permanent(reason),
    };
    let base = destination.api.unwrap_or(API).trim_end_matches('/');
    let Ok(request) = request(base, token, message, &body) else {
        return SendOutcome::permanent("bad-endpoint");
    };
    match http.call(request).await {
        Ok(response) => read(&response),
        Err(error) => SendOutcome::no_answer(&error),
    }
}

fn request(
    base: &str,
    token: &str,
    message: &Outgoing,
    body: &Value,
) -> Result<http::Request<Vec<u8>>, http::Error> {
    let mut bearer = header::HeaderValue::try_from(format!("Bearer {token}"))?;
    bearer.set_sensitive(true);
    http::Request::post(format!("{base}/v2/bot/message/push"))
        .header(header::AUTHORIZATION, bearer)
        .header(header::CONTENT_TYPE, "application/json")
        .header(RETRY_KEY_HEADER, retry_key(&message.id))
        .extension(Carried::of(message))
        .body(body.to_string().into_bytes())
}

/// The push, or why LINE would refuse it.
fn body(message: &Outgoing) -> Result<Value, &'static str> {
    let to = match &message.to {
        To::Member(member) => member.as_str(),
        To::Channel(channel) => channel.as_str(),
    };
    let mut messages: Vec<Value> = split(&message.text, TEXT, MESSAGES)
        .into_iter()
        .map(|text| json!({"type": "text", "text": text}))
        .collect();
    let items = message
        .buttons
        .iter()
        .take(QUICK_REPLIES)
        .map(|button| {
            let data = data(&message.id, &button.value)?;
            let label = shorten(&button.label, LABEL);
            // What the member chose, shown as if they had written it.
            let action = json!({"type": "postback", "label": label, "data": data,
                                "displayText": label});
            Some(json!({"type": "action", "action": action}))
        })
        .collect::<Option<Vec<Value>>>()
        .ok_or("button-too-long")?;
    // LINE shows the quick replies of the last message only.
    let last = messages.last_mut().and_then(Value::as_object_mut);
    let last = last.ok_or("no-text")?;
    if !items.is_empty() {
        last.insert("quickReply".to_owned(), json!({"items": items}));
    }
    Ok(json!({"to": to, "messages": messages}))
}

/// A UUID (version 8, RFC 9562) from the hash of our id: every attempt has the same.
fn retry_key(id: &MessageId) -> String {
    let hash = digest(&SHA256, format!("hearth {id}").as_bytes());
    let mut key = String::with_capacity(36);
    for (index, byte) in hash.as_ref().iter().take(16).enumerate() {
        let byte = match index {
            6 => byte & 0x0f | 0x80,
            8 => byte & 0x3f | 0x80,
            _ => *byte,
        };
        if matches!(index, 4 | 6 | 8 | 10) {
            key.push('-');
        }
        // Writing to a string cannot fail.
        let _ = write!(key, "{byte:02x}");
    }
    key
}

fn read(response: &http::Response<Vec<u8>>) -> SendOutcome {
    let status = response.status();
    let body: Value = serde_json::from_slice(response.body()).unwrap_or_default();
    let says = |words: &str| message_has(&body, words);
    match status {
        _ if status.is_success() => sent(&body),
        // A repetition of what LINE has.
        StatusCode::CONFLICT if response.headers().contains_key(ACCEPTED_HEADER) => sent(&body),
        StatusCode::CONFLICT => SendOutcome::unknown("status-409"),
        // Nothing more goes out this month, or until the operator changes the plan.
        StatusCode::TOO_MANY_REQUESTS if says("monthly limit") => {
            SendOutcome::permanent("monthly-limit")
        }
        StatusCode::BAD_REQUEST if is_about_the_recipient(&body) => {
            SendOutcome::unreachable("invalid-recipient")
        }
        StatusCode::BAD_REQUEST => SendOutcome::permanent("bad-request"),
        StatusCode::UNAUTHORIZED => SendOutcome::permanent("invalid-token"),
        StatusCode::FORBIDDEN => SendOutcome::permanent("not-authorized"),
        _ => SendOutcome::refused(status, response.headers()),
    }
}

fn sent(body: &Value) -> SendOutcome {
    let id = body.pointer("/sentMessages/0/id").and_then(Value::as_str);
    SendOutcome::Sent {
        platform_id: id.map(str::to_owned),
    }
}

/// Nobody of this id, or a group that the bot is not in.
fn is_about_the_recipient(body: &Value) -> bool {
    let details = body.get("details").and_then(Value::as_array);
    message_has(body, "failed to send messages")
        || message_has(body, "'to'")
        || details
            .into_iter()
            .flatten()
            .any(|detail| detail.get("property").and_then(Value::as_str) == Some("to"))
}

/// Whether LINE's words have these in them, which are in lower case.
fn message_has(body: &Value, words: &str) -> bool {
    let message = body.get("message").and_then(Value::as_str);
    message.is_some_and(|message| message.to_ascii_lowercase().contains(words))
}

#[cfg(test)]
#[path = "send_tests.rs"]
mod tests;
