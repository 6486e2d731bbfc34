//! Sending through LINE: a reply while there is a token for it, which costs nothing; else one push,
//! which counts against the month's quota and is idempotent by its retry key.

use std::fmt::Write as _;

use aws_lc_rs::digest::{SHA256, digest};
use hearth_domain::ids::MessageId;
use hearth_domain::platform::limits::{LINE_BUTTONS, LINE_TEXT};
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
/// Limits of a push: messages, clusters of a label.
const MESSAGES: usize = 5;
const LABEL: usize = 20;

pub(super) async fn send(
    http: &dyn Http,
    destination: &Destination<'_>,
    message: &Outgoing,
) -> SendOutcome {
    let Some(token) = destination.secrets.get("channel_access_token").first() else {
        return SendOutcome::permanent("no-channel-access-token");
    };
    let messages = match bubbles(message) {
        Ok(messages) => messages,
        Err(reason) => return SendOutcome::permanent(reason),
    };
    let api = Api {
        http,
        base: destination.api.unwrap_or(API).trim_end_matches('/'),
        token,
        message,
    };
    if let Some(handle) = &message.reply {
        match api.reply(handle, &messages).await {
            Replied::Done(outcome) => return outcome,
            Replied::Refused => {}
        }
    }
    api.push(&messages).await
}

struct Api<'a> {
    http: &'a dyn Http,
    base: &'a str,
    token: &'a str,
    message: &'a Outgoing,
}

enum Replied {
    Done(SendOutcome),
    /// The token is not good any more, and nothing was sent.
    Refused,
}

impl Api<'_> {
    async fn push(&self, messages: &[Value]) -> SendOutcome {
        let to = match &self.message.to {
            To::Member(member) => member.as_str(),
            To::Channel(channel) => channel.as_str(),
        };
        let key = retry_key(&self.message.id);
        let Ok(request) = self.request("push", &json!({"to": to, "messages": messages}), Some(key))
        else {
            return SendOutcome::permanent("bad-endpoint");
        };
        match self.http.call(request).await {
            Ok(response) => read(&response, &self.message.to),
            Err(error) => SendOutcome::no_answer(&error),
        }
    }

    /// A reply has no retry key, but its token is good for one message: if no answer comes, it is
    /// tried once more, and a token that is refused then was used by the first.
    async fn reply(&self, handle: &str, messages: &[Value]) -> Replied {
        let body = json!({"replyToken": handle, "messages": messages});
        let mut uncertain = None;
        for _ in 0..2 {
            let Ok(request) = self.request("reply", &body, None) else {
                return Replied::Done(SendOutcome::permanent("bad-endpoint"));
            };
            let outcome = match self.http.call(request).await {
                Ok(response) if is_refused(&response) => match uncertain {
                    None => return Replied::Refused,
                    Some(_) => SendOutcome::Sent { platform_id: None },
                },
                Ok(response) if response.status().is_success() => SendOutcome::Sent {
                    platform_id: platform_id(&read_json(&response)),
                },
                Ok(response) => read(&response, &self.message.to),
                Err(error) => SendOutcome::no_answer(&error),
            };
            match outcome {
                SendOutcome::Unknown { .. } => uncertain = Some(outcome),
                // After a first that may have arrived nothing proves that there is none.
                SendOutcome::Retry { .. } if uncertain.is_some() => break,
                SendOutcome::Sent { .. }
                | SendOutcome::Accepted { .. }
                | SendOutcome::AwaitingPerson { .. }
                | SendOutcome::Retry { .. }
                | SendOutcome::Unreachable { .. }
                | SendOutcome::Permanent { .. } => return Replied::Done(outcome),
            }
        }
        Replied::Done(uncertain.unwrap_or_else(|| SendOutcome::unknown("no-answer")))
    }

    fn request(
        &self,
        verb: &str,
        body: &Value,
        retry_key: Option<String>,
    ) -> Result<http::Request<Vec<u8>>, http::Error> {
        let mut bearer = header::HeaderValue::try_from(format!("Bearer {}", self.token))?;
        bearer.set_sensitive(true);
        let mut request = http::Request::post(format!("{}/v2/bot/message/{verb}", self.base))
            .header(header::AUTHORIZATION, bearer)
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(key) = retry_key {
            request = request.header(RETRY_KEY_HEADER, key);
        }
        request
            .extension(Carried::of(self.message))
            .body(body.to_string().into_bytes())
    }
}

/// The messages of a push or a reply, or why LINE would refuse them.
fn bubbles(message: &Outgoing) -> Result<Vec<Value>, &'static str> {
    let mut messages: Vec<Value> = split(&message.text, LINE_TEXT, MESSAGES)
        .into_iter()
        .map(|text| json!({"type": "text", "text": text}))
        .collect();
    let items = message
        .buttons
        .iter()
        .take(LINE_BUTTONS)
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
    Ok(messages)
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

fn read_json(response: &http::Response<Vec<u8>>) -> Value {
    serde_json::from_slice(response.body()).unwrap_or_default()
}

/// LINE's word for a token that is too old, used, or none.
fn is_refused(response: &http::Response<Vec<u8>>) -> bool {
    response.status() == StatusCode::BAD_REQUEST
        && message_has(&read_json(response), "invalid reply token")
}

fn read(response: &http::Response<Vec<u8>>, to: &To) -> SendOutcome {
    let status = response.status();
    let body = read_json(response);
    let says = |words: &str| message_has(&body, words);
    match status {
        _ if status.is_success() => taken(&body, to),
        // A repetition of what LINE has.
        StatusCode::CONFLICT if response.headers().contains_key(ACCEPTED_HEADER) => {
            taken(&body, to)
        }
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

/// A push to a group is there. One to a person LINE takes with the same words whether they can get
/// it or have blocked us.
fn taken(body: &Value, to: &To) -> SendOutcome {
    let platform_id = platform_id(body);
    match to {
        To::Member(_) => SendOutcome::Accepted { platform_id },
        To::Channel(_) => SendOutcome::Sent { platform_id },
    }
}

fn platform_id(body: &Value) -> Option<String> {
    let id = body.pointer("/sentMessages/0/id").and_then(Value::as_str);
    id.map(str::to_owned)
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
