//! Telegram's side of `sendMessage` and `sendPhoto`: its limits and its words.

use hearth_platforms::{Carried, Picture, telegram};
use http::{Response, StatusCode, header};
use serde_json::{Map, Value, json};

use super::arrived::{Arrived, Recipient};
use super::{Answer, Button, Call, Sandbox, answer, form};

/// How the path of a method ends; before it stands the token.
const SEND: &str = "/sendMessage";
const PHOTO: &str = "/sendPhoto";

/// Limits of a message (core.telegram.org/bots/api).
const TEXT_UNITS: std::ops::RangeInclusive<usize> = 1..=4096;
const CAPTION_UNITS: usize = 1024;
const DATA_BYTES: std::ops::RangeInclusive<usize> = 1..=64;

/// Whether a call is one of Telegram's two.
pub(super) fn is_called(path: &str) -> bool {
    path.ends_with(SEND) || path.ends_with(PHOTO)
}

impl Sandbox {
    pub(super) fn send_to_telegram(&self, call: &Call) -> Answer {
        if !has_token(call.uri().path()) {
            return Ok(refused(StatusCode::UNAUTHORIZED, "Unauthorized", None));
        }
        let (chat, arrived) = match message(call) {
            Ok(message) => message,
            Err(words) => return Ok(refused(StatusCode::BAD_REQUEST, words, None)),
        };
        let mut state = self.state();
        let answered = self.unless_faulty(&mut state, |sandbox, state| {
            let text = arrived.text.clone();
            let arrived_with_picture = arrived.picture.is_some();
            let seq = sandbox.take(state, arrived);
            let date = (sandbox.now)().as_second();
            let said = if arrived_with_picture {
                "caption"
            } else {
                "text"
            };
            let result = json!({"message_id": seq, "date": date, "chat": {"id": chat}, said: text});
            answer(StatusCode::OK, &json!({"ok": true, "result": result}))
        })?;
        Ok(if answered.status() == StatusCode::OK {
            answered
        } else {
            in_its_words(&answered)
        })
    }
}

/// `/bot123456:ABC-DEF/sendMessage`.
fn has_token(path: &str) -> bool {
    let token = path
        .strip_suffix(SEND)
        .or_else(|| path.strip_suffix(PHOTO))
        .and_then(|path| path.rsplit('/').next())
        .and_then(|bot| bot.strip_prefix("bot"))
        .and_then(|token| token.split_once(':'));
    token.is_some_and(|(bot, secret)| bot.parse::<u64>().is_ok() && !secret.is_empty())
}

/// A fault as Telegram would put it.
fn in_its_words(fault: &Response<Vec<u8>>) -> Response<Vec<u8>> {
    let code = fault.status();
    let seconds = fault.headers().get(header::RETRY_AFTER);
    let seconds = seconds.and_then(|value| value.to_str().ok()?.parse().ok());
    let body: Value = serde_json::from_slice(fault.body()).unwrap_or_default();
    let said = body.get("message").and_then(Value::as_str);
    let words = said.unwrap_or(match code {
        StatusCode::FORBIDDEN => "Forbidden: bot was blocked by the user",
        StatusCode::BAD_REQUEST => "Bad Request",
        other => other.canonical_reason().unwrap_or_default(),
    });
    refused(code, words, seconds)
}

fn refused(code: StatusCode, words: &str, retry_after: Option<u64>) -> Response<Vec<u8>> {
    let mut body = json!({"ok": false, "error_code": code.as_u16(), "description": words});
    if let (Some(seconds), Some(body)) = (retry_after, body.as_object_mut()) {
        body.insert("parameters".to_owned(), json!({"retry_after": seconds}));
    }
    answer(code, &body)
}

/// The chat and the message, or Telegram's words about what is wrong with it. Telegram has no
/// room for our id and kind: they come with the call itself.
fn message(call: &Call) -> Result<(Value, Arrived), &'static str> {
    let (body, picture) = if call.uri().path().ends_with(PHOTO) {
        let (body, picture) = photo(call)?;
        (body, Some(picture))
    } else {
        let body = serde_json::from_slice(call.body());
        let body: Value = body.map_err(|_| "Bad Request: can't parse JSON object")?;
        (body, None)
    };
    let chat = body.get("chat_id").cloned().unwrap_or_default();
    let to =
        recipient(&chat, body.get("message_thread_id")).ok_or("Bad Request: chat not found")?;
    let said = if picture.is_some() { "caption" } else { "text" };
    let text = body.get(said).and_then(Value::as_str).unwrap_or_default();
    let units = text.encode_utf16().count();
    if picture.is_some() {
        if units > CAPTION_UNITS {
            return Err("Bad Request: message caption is too long");
        }
    } else if !TEXT_UNITS.contains(&units) {
        return Err(if units == 0 {
            "Bad Request: message text is empty"
        } else {
            "Bad Request: message is too long"
        });
    }
    let carried = call.extensions().get::<Carried>();
    let rows = body.pointer("/reply_markup/inline_keyboard");
    let rows = rows.and_then(Value::as_array).into_iter().flatten();
    let buttons: Option<Vec<Button>> = rows
        .filter_map(Value::as_array)
        .flatten()
        .map(|each| button(each, carried))
        .collect();
    let arrived = Arrived {
        id: carried.map_or_else(String::new, |carried| carried.id.to_string()),
        kind: carried.map_or_else(String::new, |carried| carried.kind.to_string()),
        to,
        text: text.to_owned(),
        buttons: buttons.ok_or("Bad Request: BUTTON_DATA_INVALID")?,
        picture,
    };
    Ok((chat, arrived))
}

/// The arguments of `sendPhoto`, as they would stand in JSON, and the file. Telegram keeps no
/// description of a picture.
fn photo(call: &Call) -> Result<(Value, Picture), &'static str> {
    let form = form::read(call).ok_or("Bad Request: there is no photo in the request")?;
    let picture = form::picture(&form, "photo", "").ok_or("Bad Request: IMAGE_PROCESS_FAILED")?;
    let mut arguments = Map::new();
    for (name, value) in form.iter().filter(|(name, _)| **name != "photo") {
        let text = String::from_utf8_lossy(value);
        // A number or an object stands as JSON; all else is text.
        let value = match *name {
            "caption" => json!(text),
            _ => serde_json::from_str(&text).unwrap_or_else(|_| json!(text)),
        };
        arguments.insert((*name).to_owned(), value);
    }
    Ok((Value::Object(arguments), picture))
}

/// People's chats have their own ids, all others negative ones or a name.
fn recipient(chat: &Value, topic: Option<&Value>) -> Option<Recipient> {
    let chat = match chat {
        Value::Number(id) if id.as_i64()? > 0 => return Some(Recipient::Member(id.to_string())),
        Value::Number(id) => id.to_string(),
        Value::String(name) if name.starts_with('@') => name.clone(),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            return None;
        }
    };
    Some(Recipient::Channel(match topic {
        Some(topic) => format!("{chat}:{topic}"),
        None => chat,
    }))
}

fn button(each: &Value, carried: Option<&Carried>) -> Option<Button> {
    let label = each.get("text")?.as_str()?;
    let data = each.get("callback_data")?.as_str()?;
    let fits = !label.is_empty() && DATA_BYTES.contains(&data.len());
    let value = match carried {
        Some(carried) => telegram::button_pressed(data, carried.id.community(), None).0,
        None => data,
    };
    fits.then(|| Button {
        label: label.to_owned(),
        value: value.to_owned(),
    })
}
