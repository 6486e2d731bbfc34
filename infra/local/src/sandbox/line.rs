//! LINE's side of a push and of a reply: its limits, its words, the retry key by which it takes a
//! push once, and the reply token that is good once and soon.

use hearth_domain::member::hash64;
use hearth_platforms::{Carried, line};
use http::header::{HeaderName, HeaderValue};
use http::{Response, StatusCode};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::arrived::{Arrived, Recipient};
use super::{Answer, Button, Call, Sandbox, answer, has_token};
use crate::deliveries::read_reply_token;

/// The path of a push.
pub(super) const PUSH: &str = "/v2/bot/message/push";
/// The path of a reply.
pub(super) const REPLY: &str = "/v2/bot/message/reply";
/// A reply token is good for so long.
const REPLY_WITHIN: SignedDuration = SignedDuration::from_secs(60);

/// Limits of a push (developers.line.biz, "Messaging API reference").
const MESSAGES: std::ops::RangeInclusive<usize> = 1..=5;
const TEXT_UNITS: usize = 5000;
const QUICK_REPLIES: usize = 13;
const DATA_UNITS: usize = 300;

impl Sandbox {
    pub(super) fn push_to_line(&self, call: &Call) -> Answer {
        if !has_token(call) {
            let words = "Authentication failed due to the following reason: invalid token.";
            return Ok(refused(StatusCode::UNAUTHORIZED, words));
        }
        let key = call.headers().get(line::RETRY_KEY_HEADER);
        let key = key.and_then(|key| key.to_str().ok()).unwrap_or_default();
        if !is_uuid(key) {
            return Ok(refused(StatusCode::BAD_REQUEST, "Invalid retry key"));
        }
        let to = json_of(call).and_then(|body| push_to(&body));
        let arrived = match to.and_then(|to| arrived(call, to)) {
            Ok(arrived) => arrived,
            Err(words) => return Ok(refused(StatusCode::BAD_REQUEST, words)),
        };
        let sent = sent_messages(key);
        let mut state = self.state();
        self.unless_faulty(&mut state, |sandbox, state| {
            if state.taken.insert(key.to_owned()) {
                sandbox.take(state, arrived);
                return answer(StatusCode::OK, &json!({"sentMessages": sent}));
            }
            let words = "The retry key is already accepted";
            let mut again = answer(
                StatusCode::CONFLICT,
                &json!({"message": words, "sentMessages": sent}),
            );
            again.headers_mut().insert(
                HeaderName::from_static(line::ACCEPTED_HEADER),
                HeaderValue::from_static("sandbox"),
            );
            again
        })
    }

    pub(super) fn reply_on_line(&self, call: &Call) -> Answer {
        if !has_token(call) {
            let words = "Authentication failed due to the following reason: invalid token.";
            return Ok(refused(StatusCode::UNAUTHORIZED, words));
        }
        let invalid = || refused(StatusCode::BAD_REQUEST, "Invalid reply token");
        let body = json_of(call).unwrap_or_default();
        let token = body.get("replyToken").and_then(Value::as_str);
        let token = token.unwrap_or_default().to_owned();
        let now = (self.now)();
        let to = read_reply_token(&token)
            .filter(|(_, since)| now.duration_since(*since) <= REPLY_WITHIN)
            .and_then(|(to, _)| recipient(to));
        let Some(to) = to else {
            return Ok(invalid());
        };
        let arrived = match arrived(call, to) {
            Ok(arrived) => arrived,
            Err(words) => return Ok(refused(StatusCode::BAD_REQUEST, words)),
        };
        let mut state = self.state();
        self.unless_faulty(&mut state, |sandbox, state| {
            if !state.taken.insert(token.clone()) {
                return invalid();
            }
            sandbox.take(state, arrived);
            answer(
                StatusCode::OK,
                &json!({"sentMessages": sent_messages(&token)}),
            )
        })
    }
}

fn sent_messages(key: &str) -> Value {
    json!([{"id": hash64(key).to_string(), "quoteToken": "sandbox"}])
}

fn refused(status: StatusCode, words: &str) -> Response<Vec<u8>> {
    answer(status, &json!({"message": words}))
}

fn is_uuid(key: &str) -> bool {
    let lengths = key.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && key.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
}

fn json_of(call: &Call) -> Result<Value, &'static str> {
    serde_json::from_slice(call.body()).map_err(|_| "The request body could not be parsed as JSON")
}

fn recipient(id: &str) -> Option<Recipient> {
    match id.chars().next()? {
        'U' => Some(Recipient::Member(id.to_owned())),
        'C' | 'R' => Some(Recipient::Channel(id.to_owned())),
        _ => None,
    }
}

fn push_to(body: &Value) -> Result<Recipient, &'static str> {
    let to = body.get("to").and_then(Value::as_str);
    to.and_then(recipient)
        .ok_or("The property, 'to', in the request body is invalid (line: -, column: -)")
}

/// The message of a call, or LINE's words about what is wrong with it. LINE has no room for our
/// id and kind: they come with the call itself.
fn arrived(call: &Call, to: Recipient) -> Result<Arrived, &'static str> {
    let body = json_of(call)?;
    let wrong = "The request body has 1 error(s)";
    let messages = body.get("messages").and_then(Value::as_array);
    let messages = messages
        .filter(|messages| MESSAGES.contains(&messages.len()))
        .ok_or(wrong)?;
    let texts: Option<Vec<&str>> = messages.iter().map(text).collect();
    let items = messages
        .last()
        .and_then(|last| last.pointer("/quickReply/items"))
        .and_then(Value::as_array);
    let items = items.map_or(&[][..], Vec::as_slice);
    let buttons: Option<Vec<Button>> = items.iter().map(button).collect();
    let carried = call.extensions().get::<Carried>();
    Ok(Arrived {
        id: carried.map_or_else(String::new, |carried| carried.id.to_string()),
        kind: carried.map_or_else(String::new, |carried| carried.kind.to_string()),
        to,
        text: texts.ok_or(wrong)?.join("\n"),
        buttons: buttons
            .filter(|buttons| buttons.len() <= QUICK_REPLIES)
            .ok_or(wrong)?,
        picture: None,
    })
}

fn text(message: &Value) -> Option<&str> {
    let text = message.get("text")?.as_str()?;
    let fits = !text.is_empty() && text.encode_utf16().count() <= TEXT_UNITS;
    fits.then_some(text)
}

fn button(item: &Value) -> Option<Button> {
    let label = item.pointer("/action/label")?.as_str()?;
    let data = item.pointer("/action/data")?.as_str()?;
    let fits = !label.is_empty() && data.encode_utf16().count() <= DATA_UNITS;
    let (_, value) = line::read_data(data);
    fits.then(|| Button {
        label: label.to_owned(),
        value: value.to_owned(),
    })
}
