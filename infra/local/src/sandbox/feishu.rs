//! Feishu's side: tokens that end, messages that are taken once by their `uuid`, its limits and
//! its codes.

use hearth_domain::member::hash64;
use hearth_platforms::{Carried, feishu};
use http::{HeaderName, Response, StatusCode, header};
use serde_json::{Value, json};

use super::arrived::{Arrived, Recipient};
use super::{Answer, Button, Call, Sandbox, answer};

/// The paths of the two calls.
pub(super) const TOKEN: &str = "/open-apis/auth/v3/tenant_access_token/internal";
pub(super) const MESSAGE: &str = "/open-apis/im/v1/messages";

/// Seconds that a token lives.
const LIFE: i64 = 7200;
/// Limits of a message (open.feishu.cn, "发送消息"): bytes of a call with a text or a card,
/// characters of a `uuid` and of a label.
const TEXT_BYTES: usize = 150 * 1024;
const CARD_BYTES: usize = 30 * 1024;
const UUID_CHARACTERS: std::ops::RangeInclusive<usize> = 1..=50;
const LABEL_CHARACTERS: std::ops::RangeInclusive<usize> = 1..=100;

/// A code and Feishu's words for it.
type Refusal = (i64, &'static str);

const INVALID_TOKEN: Refusal = (
    99_991_663,
    "Invalid access token for authorization. Please make a request with token attached.",
);
const INVALID_PARAMETER: Refusal = (
    230_001,
    "Your request contains an invalid request parameter.",
);
const INVALID_RECIPIENT: Refusal = (230_034, "The receive_id is invalid.");
const TOO_LONG: Refusal = (
    230_025,
    "The length of the message content reaches its limit.",
);
const BAD_CARD: Refusal = (230_099, "Failed to create card content");
const RATE_LIMIT: Refusal = (99_991_400, "request trigger frequency limit");

impl Sandbox {
    /// A token for any app that has a secret.
    pub(super) fn token_of_feishu(&self, call: &Call) -> Response<Vec<u8>> {
        let body: Value = serde_json::from_slice(call.body()).unwrap_or_default();
        let is_there = |key| {
            let value = body.get(key).and_then(Value::as_str);
            value.is_some_and(|value| !value.is_empty())
        };
        if !is_there("app_id") || !is_there("app_secret") {
            return refused(StatusCode::BAD_REQUEST, (10_003, "invalid param"));
        }
        let until = (self.now)().as_second() + LIFE;
        answer(
            StatusCode::OK,
            &json!({"code": 0, "msg": "ok", "tenant_access_token": token(until), "expire": LIFE}),
        )
    }

    pub(super) fn send_to_feishu(&self, call: &Call) -> Answer {
        if !self.has_live_token(call) {
            return Ok(refused(StatusCode::BAD_REQUEST, INVALID_TOKEN));
        }
        let (uuid, arrived) = match message(call) {
            Ok(message) => message,
            Err(refusal) => return Ok(refused(StatusCode::BAD_REQUEST, refusal)),
        };
        let data = json!({"message_id": format!("om_{:016x}", hash64(&uuid))});
        let mut state = self.state();
        let answered = self.unless_faulty(&mut state, |sandbox, state| {
            // A repetition is answered as the first time.
            if state.taken.insert(uuid) {
                sandbox.take(state, arrived);
            }
            answer(
                StatusCode::OK,
                &json!({"code": 0, "msg": "success", "data": data}),
            )
        })?;
        Ok(if answered.status() == StatusCode::OK {
            answered
        } else {
            in_its_codes(&answered)
        })
    }

    fn has_live_token(&self, call: &Call) -> bool {
        let authorization = call.headers().get(header::AUTHORIZATION);
        let bearer = authorization
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "));
        let until = bearer
            .and_then(|token| token.rsplit('-').next())
            .and_then(|until| until.parse::<i64>().ok());
        until.is_some_and(|until| bearer == Some(&token(until)) && (self.now)().as_second() < until)
    }
}

/// A token tells by itself until when it is good, and that it is ours.
fn token(until: i64) -> String {
    let seal = hash64(&format!("a token of the sandbox until {until}"));
    format!("t-{seal:016x}-{until}")
}

/// A fault as Feishu would put it: its message says the code (`code 230013`).
fn in_its_codes(fault: &Response<Vec<u8>>) -> Response<Vec<u8>> {
    let status = fault.status();
    let body: Value = serde_json::from_slice(fault.body()).unwrap_or_default();
    let said = body.get("message").and_then(Value::as_str);
    let code = said.and_then(|words| words.strip_prefix("code ")?.parse::<i64>().ok());
    let mut response = match (code, status) {
        (Some(code), _) => refused(status, (code, "injected")),
        (None, StatusCode::TOO_MANY_REQUESTS) => refused(status, RATE_LIMIT),
        (None, StatusCode::BAD_REQUEST) => refused(status, INVALID_PARAMETER),
        (None, _) => answer(status, &json!({})),
    };
    if let Some(seconds) = fault.headers().get(header::RETRY_AFTER) {
        let name = HeaderName::from_static(feishu::RESET_HEADER);
        response.headers_mut().insert(name, seconds.clone());
    }
    response
}

fn refused(status: StatusCode, (code, words): Refusal) -> Response<Vec<u8>> {
    answer(status, &json!({"code": code, "msg": words}))
}

/// The `uuid` and the message of a call, or what Feishu says is wrong with it. Feishu has no room
/// for our id and kind: they come with the call itself.
fn message(call: &Call) -> Result<(String, Arrived), Refusal> {
    let body: Value = serde_json::from_slice(call.body()).map_err(|_| INVALID_PARAMETER)?;
    let text_at = |key: &str| body.get(key).and_then(Value::as_str);
    let to = recipient(call.uri().query(), text_at("receive_id")).ok_or(INVALID_RECIPIENT)?;
    let uuid = text_at("uuid")
        .filter(|uuid| UUID_CHARACTERS.contains(&uuid.chars().count()))
        .ok_or(INVALID_PARAMETER)?;
    // What a message says is JSON in a string.
    let content = text_at("content").ok_or(INVALID_PARAMETER)?;
    let content: Value = serde_json::from_str(content).map_err(|_| INVALID_PARAMETER)?;
    let (text, buttons, limit) = match text_at("msg_type") {
        Some("text") => (text(&content).ok_or(INVALID_PARAMETER)?, vec![], TEXT_BYTES),
        Some("interactive") => {
            let (text, buttons) = card(&content).ok_or(BAD_CARD)?;
            (text, buttons, CARD_BYTES)
        }
        Some(_) | None => return Err(INVALID_PARAMETER),
    };
    if call.body().len() > limit {
        return Err(TOO_LONG);
    }
    let carried = call.extensions().get::<Carried>();
    let arrived = Arrived {
        id: carried.map_or_else(String::new, |carried| carried.id.to_string()),
        kind: carried.map_or_else(String::new, |carried| carried.kind.to_string()),
        to,
        text,
        buttons,
        picture: None,
    };
    Ok((uuid.to_owned(), arrived))
}

/// People have `open_id`s (`ou_…`), chats `chat_id`s (`oc_…`).
fn recipient(query: Option<&str>, id: Option<&str>) -> Option<Recipient> {
    let id = id?.to_owned();
    match query? {
        "receive_id_type=open_id" if id.starts_with("ou_") => Some(Recipient::Member(id)),
        "receive_id_type=chat_id" if id.starts_with("oc_") => Some(Recipient::Channel(id)),
        _ => None,
    }
}

fn text(content: &Value) -> Option<String> {
    let text = content.get("text")?.as_str()?;
    (!text.is_empty()).then(|| text.to_owned())
}

/// A card's text and buttons. Only what our cards have: plain text.
fn card(content: &Value) -> Option<(String, Vec<Button>)> {
    let elements = content.get("elements")?.as_array()?;
    let text = elements.iter().find_map(|each| plain(each.get("text")?))?;
    let actions = elements.iter().filter_map(|each| each.get("actions"));
    let buttons: Option<Vec<Button>> = actions
        .filter_map(Value::as_array)
        .flatten()
        .map(button)
        .collect();
    Some((text.to_owned(), buttons?))
}

fn plain(text: &Value) -> Option<&str> {
    let is_plain = text.get("tag").and_then(Value::as_str) == Some("plain_text");
    let content = text.get("content")?.as_str()?;
    (is_plain && !content.is_empty()).then_some(content)
}

/// The value is an object, or Feishu refuses the card.
fn button(each: &Value) -> Option<Button> {
    let label = plain(each.get("text")?)?;
    let carried = each.get("value").filter(|value| value.is_object())?;
    let (_, value) = feishu::read_value(carried);
    LABEL_CHARACTERS
        .contains(&label.chars().count())
        .then(|| Button {
            label: label.to_owned(),
            value: value.to_owned(),
        })
}

#[cfg(test)]
#[path = "feishu_tests.rs"]
mod tests;
