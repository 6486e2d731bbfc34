//! Discord's side of a message: its limits, its codes, and the nonce by which it takes one once.

use std::collections::BTreeSet;

use hearth_domain::member::hash64;
use hearth_platforms::{Carried, Picture, discord};
use http::{Response, StatusCode, header};
use serde_json::{Value, json};

use super::arrived::{Arrived, Recipient};
use super::{Answer, Button, Call, Sandbox, answer, form};

/// How the path ends by which a direct channel is opened.
const OPEN: &str = "/users/@me/channels";
/// How the path ends by which a message is created; before it stand `channels` and the channel.
const CREATE: &str = "/messages";

/// Direct channels are the user's id behind this: no id of Discord's begins with a zero.
const DIRECT: &str = "0";

/// Limits of a message, in characters (docs.discord.com, "Create Message", "Component Reference").
const CONTENT: usize = 2000;
const LABEL: usize = 80;
const CUSTOM_ID: usize = 100;
const NONCE: usize = 25;
const ROWS: usize = 5;
const ROW: usize = 5;
const DESCRIPTION: usize = 1024;

/// A code of Discord's and its words.
type Code<'a> = (u64, &'a str);

const INVALID: Code<'static> = (50035, "Invalid Form Body");
const EMPTY: Code<'static> = (50006, "Cannot send an empty message");
const UNKNOWN_CHANNEL: Code<'static> = (10003, "Unknown Channel");

/// Whether a call is one of Discord's two.
pub(super) fn is_called(path: &str) -> bool {
    path.ends_with(OPEN) || channel(path).is_some()
}

/// The channel of `…/channels/81384788765712384/messages`.
fn channel(path: &str) -> Option<&str> {
    let (before, channel) = path.strip_suffix(CREATE)?.rsplit_once('/')?;
    before.ends_with("/channels").then_some(channel)
}

impl Sandbox {
    pub(super) fn call_discord(&self, call: &Call) -> Answer {
        if !is_introduced(call) {
            let words = "Cloudflare is blocking your request";
            return Ok(refused(StatusCode::FORBIDDEN, (40333, words)));
        }
        if !has_token(call) {
            return Ok(refused(StatusCode::UNAUTHORIZED, (0, "401: Unauthorized")));
        }
        match channel(call.uri().path()) {
            Some(channel) if is_id(channel) => self.create_on_discord(call, channel),
            Some(_) => Ok(refused(StatusCode::NOT_FOUND, UNKNOWN_CHANNEL)),
            None => Ok(open(call)),
        }
    }

    fn create_on_discord(&self, call: &Call, channel: &str) -> Answer {
        let (body, picture) = match read(call) {
            Ok(read) => read,
            Err(code) => return Ok(refused(StatusCode::BAD_REQUEST, code)),
        };
        let (arrived, nonce) = match (message(call, &body, channel, picture), nonce(&body)) {
            (Ok(arrived), Ok(nonce)) => (arrived, nonce),
            (Err(code), _) | (_, Err(code)) => return Ok(refused(StatusCode::BAD_REQUEST, code)),
        };
        let mut state = self.state();
        let answered = self.unless_faulty(&mut state, |sandbox, state| {
            let id = match nonce {
                Some(nonce) => {
                    if state.taken.insert(nonce.to_owned()) {
                        sandbox.take(state, arrived);
                    }
                    // The same message each time.
                    hash64(nonce)
                }
                None => sandbox.take(state, arrived),
            };
            answer(
                StatusCode::OK,
                &json!({"id": id.to_string(), "channel_id": channel, "nonce": nonce}),
            )
        })?;
        Ok(if answered.status() == StatusCode::OK {
            answered
        } else {
            in_its_words(&answered)
        })
    }
}

/// The body of a message: JSON, or a form with a file that the JSON of its `payload_json` describes.
fn read(call: &Call) -> Result<(Value, Option<Picture>), Code<'static>> {
    let Some(form) = form::read(call) else {
        return Ok((
            serde_json::from_slice(call.body()).unwrap_or_default(),
            None,
        ));
    };
    let payload = form.get("payload_json").ok_or(INVALID)?;
    let body: Value = serde_json::from_slice(payload).map_err(|_| INVALID)?;
    let description = body.pointer("/attachments/0/description");
    let description = description.and_then(Value::as_str).unwrap_or_default();
    if description.chars().count() > DESCRIPTION {
        return Err(INVALID);
    }
    let picture = form::picture(&form, "files[0]", description).ok_or(INVALID)?;
    Ok((body, Some(picture)))
}

/// The direct channel of a user.
fn open(call: &Call) -> Response<Vec<u8>> {
    let body: Value = serde_json::from_slice(call.body()).unwrap_or_default();
    let user = body.get("recipient_id").and_then(Value::as_str);
    match user.filter(|user| is_id(user)) {
        Some(user) => answer(
            StatusCode::OK,
            &json!({"id": format!("{DIRECT}{user}"), "type": 1}),
        ),
        None => refused(StatusCode::BAD_REQUEST, INVALID),
    }
}

/// `DiscordBot (<url>, <version>)`: others don't come past Cloudflare.
fn is_introduced(call: &Call) -> bool {
    let agent = call.headers().get(header::USER_AGENT);
    agent.is_some_and(|agent| agent.as_bytes().starts_with(b"DiscordBot ("))
}

fn has_token(call: &Call) -> bool {
    let authorization = call.headers().get(header::AUTHORIZATION);
    authorization
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bot "))
        .is_some_and(|token| !token.trim().is_empty())
}

fn is_id(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit())
}

fn refused(status: StatusCode, (code, words): Code<'_>) -> Response<Vec<u8>> {
    answer(status, &json!({"message": words, "code": code}))
}

/// A fault as Discord would put it. Its words may begin with the code that matters:
/// `50278 Cannot send messages to this user due to having no mutual guilds`.
fn in_its_words(fault: &Response<Vec<u8>>) -> Response<Vec<u8>> {
    let status = fault.status();
    if status == StatusCode::TOO_MANY_REQUESTS {
        return limited(fault);
    }
    let body: Value = serde_json::from_slice(fault.body()).unwrap_or_default();
    if let Some(words) = body.get("message").and_then(Value::as_str) {
        let coded = words.split_once(' ');
        let coded = coded.and_then(|(code, words)| Some((code.parse().ok()?, words)));
        return refused(status, coded.unwrap_or((0, words)));
    }
    let code = match status {
        StatusCode::FORBIDDEN => (50007, "Cannot send messages to this user"),
        StatusCode::NOT_FOUND => UNKNOWN_CHANNEL,
        StatusCode::BAD_REQUEST => INVALID,
        other => (0, other.canonical_reason().unwrap_or_default()),
    };
    refused(status, code)
}

/// Seconds with a fraction in the body, whole ones in the header.
fn limited(fault: &Response<Vec<u8>>) -> Response<Vec<u8>> {
    let header = fault.headers().get(header::RETRY_AFTER);
    let seconds = header.and_then(|value| value.to_str().ok()?.parse::<u32>().ok());
    let seconds = seconds.unwrap_or(1);
    let mut limited = answer(
        fault.status(),
        &json!({"message": "You are being rate limited.", "retry_after": f64::from(seconds),
                "global": false}),
    );
    limited
        .headers_mut()
        .insert(header::RETRY_AFTER, seconds.into());
    limited
}

/// The nonce, if it is one to enforce.
fn nonce(body: &Value) -> Result<Option<&str>, Code<'static>> {
    let nonce = body.get("nonce").and_then(Value::as_str);
    if nonce.is_some_and(|nonce| nonce.chars().count() > NONCE) {
        return Err(INVALID);
    }
    let enforced = body.get("enforce_nonce").and_then(Value::as_bool);
    Ok(nonce.filter(|_| enforced == Some(true)))
}

/// The message, or what Discord says is wrong with it. Discord has no room for our id and kind:
/// they come with the call itself.
fn message(
    call: &Call,
    body: &Value,
    channel: &str,
    picture: Option<Picture>,
) -> Result<Arrived, Code<'static>> {
    let text = body.get("content").and_then(Value::as_str);
    let text = text.unwrap_or_default();
    match text.chars().count() {
        0 if picture.is_none() => return Err(EMPTY),
        0..=CONTENT => {}
        _ => return Err(INVALID),
    }
    let carried = call.extensions().get::<Carried>();
    Ok(Arrived {
        id: carried.map_or_else(String::new, |carried| carried.id.to_string()),
        kind: carried.map_or_else(String::new, |carried| carried.kind.to_string()),
        to: match channel.strip_prefix(DIRECT) {
            Some(user) => Recipient::Member(user.to_owned()),
            None => Recipient::Channel(channel.to_owned()),
        },
        text: text.to_owned(),
        buttons: buttons(body, carried).ok_or(INVALID)?,
        picture,
    })
}

/// The buttons of all rows; `None` if Discord would not take them.
fn buttons(body: &Value, carried: Option<&Carried>) -> Option<Vec<Button>> {
    let Some(rows) = body.get("components") else {
        return Some(Vec::new());
    };
    let rows = rows.as_array().filter(|rows| rows.len() <= ROWS)?;
    let mut ids = BTreeSet::new();
    let mut buttons = Vec::new();
    for row in rows {
        let row = row.get("components")?.as_array()?;
        if !(1..=ROW).contains(&row.len()) {
            return None;
        }
        for each in row {
            let custom_id = each.get("custom_id")?.as_str()?;
            let label = each.get("label")?.as_str()?;
            let fits = |text: &str, most| (1..=most).contains(&text.chars().count());
            if !fits(label, LABEL) || !fits(custom_id, CUSTOM_ID) || !ids.insert(custom_id) {
                return None;
            }
            let value = match carried {
                Some(carried) => discord::button_pressed(custom_id, carried.id.community(), None).0,
                None => custom_id,
            };
            buttons.push(Button {
                label: label.to_owned(),
                value: value.to_owned(),
            });
        }
    }
    Some(buttons)
}

#[cfg(test)]
#[path = "discord_tests.rs"]
mod tests;
