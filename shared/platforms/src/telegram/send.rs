//! Sending through Telegram's Bot API: one `sendMessage` a message, or one `sendPhoto`.

use std::time::Duration;

use hearth_domain::platform::limits::TELEGRAM_TEXT;
use http::{StatusCode, header};
use serde_json::{Value, json};

use super::{button, photo};
use crate::shorten::{shorten, utf16_units};
use crate::{Carried, Destination, Http, OutButton, Outgoing, SendOutcome, To};

/// Telegram's own API.
const API: &str = "https://api.telegram.org";
/// Telegram is not believed to want more patience than this.
const LONGEST_WAIT: u64 = 3600;

pub(super) async fn send(
    http: &dyn Http,
    destination: &Destination<'_>,
    message: &Outgoing,
) -> SendOutcome {
    let Some(token) = destination.secrets.get("bot_token").first() else {
        return SendOutcome::permanent("no-bot-token");
    };
    // It becomes a part of the path.
    if !is_token(token) {
        return SendOutcome::permanent("bad-bot-token");
    }
    let Some(body) = body(message) else {
        return SendOutcome::permanent("button-too-long");
    };
    let base = destination.api.unwrap_or(API).trim_end_matches('/');
    let bot = format!("{base}/bot{token}");
    if let Some((kind, form)) = photo::form(message, &body) {
        let outcome = call(http, format!("{bot}/sendPhoto"), &kind, form, message).await;
        // It may be the picture that is refused, in a group where only texts may be sent; nothing is in
        // the chat then, and the text is worth another call.
        if !outcome.is_refusal() {
            return outcome;
        }
    }
    let body = body.to_string().into_bytes();
    call(
        http,
        format!("{bot}/sendMessage"),
        "application/json",
        body,
        message,
    )
    .await
}

async fn call(
    http: &dyn Http,
    method: String,
    kind: &str,
    body: Vec<u8>,
    message: &Outgoing,
) -> SendOutcome {
    let request = http::Request::post(method)
        .header(header::CONTENT_TYPE, kind)
        .extension(Carried::of(message))
        .body(body);
    // The error would quote the address, and with it the token.
    let Ok(request) = request else {
        return SendOutcome::permanent("bad-endpoint");
    };
    match http.call(request).await {
        Ok(response) => read(&response),
        Err(error) => SendOutcome::no_answer(&error),
    }
}

/// `123456:ABC-DEF`, as `BotFather` makes them.
fn is_token(token: &str) -> bool {
    token
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b':' | b'_' | b'-'))
}

/// The arguments of `sendMessage`; `None` if a button does not fit. Without `parse_mode`, so that
/// what a member put in a name is only text.
fn body(message: &Outgoing) -> Option<Value> {
    let (chat, topic) = match &message.to {
        To::Member(member) => (member.as_str(), None),
        To::Channel(channel) => match channel.as_str().split_once(':') {
            Some((chat, topic)) => (chat, topic.parse::<u64>().ok()),
            None => (channel.as_str(), None),
        },
    };
    // The name of a public chat (`@acme`) is text.
    let chat_id = chat.parse::<i64>().map_or(json!(chat), |id| json!(id));
    // Shortened and not split: Telegram has no key by which the second half could be sent again
    // without the first.
    let text = shorten(&message.text, TELEGRAM_TEXT, utf16_units);
    let mut body = json!({"chat_id": chat_id, "text": text});
    let arguments = body.as_object_mut()?;
    if let Some(topic) = topic {
        arguments.insert("message_thread_id".to_owned(), json!(topic));
    }
    if !message.buttons.is_empty() {
        // One a row: several beside each other are cut off on a telephone.
        let buttons = message.buttons.iter();
        let rows: Option<Vec<Value>> = buttons.map(|each| row(message, each)).collect();
        arguments.insert("reply_markup".to_owned(), json!({"inline_keyboard": rows?}));
    }
    Some(body)
}

fn row(message: &Outgoing, button: &OutButton) -> Option<Value> {
    let to = match &message.to {
        To::Member(member) => Some(member),
        To::Channel(_) => None,
    };
    let data = button::encode(&button.value, &message.id, to)?;
    Some(json!([{"text": button.label, "callback_data": data}]))
}

fn read(response: &http::Response<Vec<u8>>) -> SendOutcome {
    let body: Value = serde_json::from_slice(response.body()).unwrap_or_default();
    let status = response.status();
    if status.is_success() {
        return match body.get("ok").and_then(Value::as_bool) {
            Some(true) => SendOutcome::Sent {
                platform_id: body
                    .pointer("/result/message_id")
                    .and_then(Value::as_i64)
                    .map(|id| id.to_string()),
            },
            Some(false) | None => SendOutcome::unknown("unreadable-answer"),
        };
    }
    let words = body.get("description").and_then(Value::as_str);
    let words = words.unwrap_or_default().to_ascii_lowercase();
    match status {
        StatusCode::TOO_MANY_REQUESTS => limited(&body, response),
        StatusCode::FORBIDDEN => SendOutcome::unreachable(known(FORBIDDEN, &words, "forbidden")),
        StatusCode::BAD_REQUEST => match known(NOT_THERE, &words, "") {
            "" => SendOutcome::permanent(known(REFUSED, &words, "bad-request")),
            reason => SendOutcome::unreachable(reason),
        },
        StatusCode::UNAUTHORIZED => SendOutcome::permanent("unauthorized"),
        status => SendOutcome::refused(status, response.headers()),
    }
}

/// `parameters.retry_after`, else the header.
fn limited(body: &Value, response: &http::Response<Vec<u8>>) -> SendOutcome {
    match body
        .pointer("/parameters/retry_after")
        .and_then(Value::as_u64)
    {
        Some(seconds) => SendOutcome::Retry {
            after: Some(Duration::from_secs(seconds.min(LONGEST_WAIT))),
            reason: "rate-limited".to_owned(),
        },
        None => SendOutcome::rate_limited(response.headers()),
    }
}

/// What Telegram's words say, in ours.
type Words = &'static [(&'static str, &'static str)];

const FORBIDDEN: Words = &[
    ("blocked by the user", "blocked-by-user"),
    ("user is deactivated", "user-deactivated"),
    ("can't initiate conversation", "bot-not-started"),
    ("can't send messages to bots", "is-a-bot"),
    ("kicked", "bot-removed"),
    ("not a member", "bot-not-in-chat"),
];

/// Nobody is there, or nobody may be written to.
const NOT_THERE: Words = &[
    ("chat not found", "chat-not-found"),
    ("user not found", "user-not-found"),
    ("peer_id_invalid", "chat-not-found"),
    ("chat_write_forbidden", "no-rights"),
    ("have no rights to send", "no-rights"),
    ("not enough rights", "no-rights"),
];

const REFUSED: Words = &[
    ("upgraded to a supergroup", "chat-has-a-new-id"),
    ("thread not found", "topic-not-found"),
    ("topic_closed", "topic-closed"),
    ("message is too long", "message-too-long"),
    ("text is empty", "no-text"),
    ("button_data_invalid", "button-too-long"),
];

fn known(words: Words, said: &str, otherwise: &'static str) -> &'static str {
    words
        .iter()
        .find(|(phrase, _)| said.contains(phrase))
        .map_or(otherwise, |(_, reason)| *reason)
}

#[cfg(test)]
#[path = "send_tests.rs"]
mod tests;
