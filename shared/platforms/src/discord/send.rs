//! Sending through Discord's API: a channel is opened for a member, then one message is created,
//! idempotent by its nonce for some minutes. A picture is a file of the same call.

use std::collections::BTreeSet;

use aws_lc_rs::digest::{SHA256, digest};
use hearth_domain::ids::{MessageId, Owner};
use hearth_domain::platform::limits::{DISCORD_BUTTONS, DISCORD_TEXT};
use http::header::{self, HeaderValue};
use serde_json::{Value, json};

use super::refusal::refused;
use super::{button, is_snowflake, mention};
use crate::hex::to_hex;
use crate::multipart::{Part, form};
use crate::shorten::{code_points, shorten};
use crate::{Carried, Destination, Http, Outgoing, Picture, SendOutcome, To};

/// Discord's own API.
const API: &str = "https://discord.com/api/v10";
/// Discord blocks whoever does not introduce themselves in this form. The project has no home of
/// its own yet to name.
const USER_AGENT: &str = concat!(
    "DiscordBot (https://hearth.invalid, ",
    env!("CARGO_PKG_VERSION"),
    ")"
);
/// Limits of a message: characters of a label, buttons in a row.
const LABEL: usize = 80;
const ROW: usize = 5;
/// Types of components, and the look of a button that is not the one to press.
const ACTION_ROW: u8 = 1;
const BUTTON: u8 = 2;
const SECONDARY: u8 = 2;
/// Bytes of the hash in a nonce: as hex its 25 characters, nearly.
const NONCE_BYTES: usize = 12;

pub(super) async fn send(
    http: &dyn Http,
    destination: &Destination<'_>,
    message: &Outgoing,
) -> SendOutcome {
    let Some(token) = destination.secrets.get("bot_token").first() else {
        return SendOutcome::permanent("no-bot-token");
    };
    let Ok(mut authorization) = HeaderValue::try_from(format!("Bot {token}")) else {
        return SendOutcome::permanent("bad-bot-token");
    };
    authorization.set_sensitive(true);
    let body = match body(message) {
        Ok(body) => body,
        Err(reason) => return SendOutcome::permanent(reason),
    };
    let api = Api {
        http,
        base: destination.api.unwrap_or(API).trim_end_matches('/'),
        authorization,
    };
    let channel = match &message.to {
        To::Member(member) => match api.open(member.as_str()).await {
            Ok(channel) => channel,
            Err(outcome) => return outcome,
        },
        To::Channel(channel) if is_snowflake(channel.as_str()) => channel.as_str().to_owned(),
        To::Channel(_) => return SendOutcome::permanent("bad-channel-id"),
    };
    if let Some(picture) = &message.picture {
        let outcome = api
            .create(&channel, message, with_file(&body, picture))
            .await;
        // It may be the picture that is refused, where the bot may not attach files; nothing was
        // created then, and the text is worth another call.
        if !outcome.is_refusal() {
            return outcome;
        }
    }
    api.create(&channel, message, as_json(&body)).await
}

/// The message, or why Discord would refuse it.
fn body(message: &Outgoing) -> Result<Value, &'static str> {
    let content = shorten(&message.text, DISCORD_TEXT, code_points);
    Ok(json!({
        "allowed_mentions": allowed_mentions(message, &content),
        "components": rows(message)?,
        "content": content,
        "enforce_nonce": true,
        "nonce": nonce(&message.id),
    }))
}

/// Nobody is called by what stands in a text but the member that the message is about.
fn allowed_mentions(message: &Outgoing, content: &str) -> Value {
    match message.id.owner() {
        Owner::Member(member) if content.contains(&mention(member)) => {
            json!({"parse": [], "users": [member.as_str()]})
        }
        Owner::Member(_) | Owner::Community => json!({"parse": []}),
    }
}

fn rows(message: &Outgoing) -> Result<Vec<Value>, &'static str> {
    let to = match &message.to {
        To::Member(member) => Some(member),
        To::Channel(_) => None,
    };
    // Discord takes no id twice, and a second button of one value would do what the first does.
    let mut values = BTreeSet::new();
    let buttons = message
        .buttons
        .iter()
        .filter(|button| values.insert(button.value.as_str()))
        .map(|button| {
            let label = shorten(&button.label, LABEL, code_points);
            let custom_id = button::encode(&button.value, &message.id, to)?;
            Some(json!({"type": BUTTON, "style": SECONDARY, "label": label,
                        "custom_id": custom_id}))
        });
    let buttons: Vec<Value> = buttons.collect::<Option<_>>().ok_or("button-too-long")?;
    if buttons.len() > DISCORD_BUTTONS {
        return Err("too-many-buttons");
    }
    let row = |row: &[Value]| json!({"type": ACTION_ROW, "components": row});
    Ok(buttons.chunks(ROW).map(row).collect())
}

/// From the hash of our id: every attempt has the same.
fn nonce(id: &MessageId) -> String {
    let hash = digest(&SHA256, format!("hearth {id}").as_bytes());
    let bytes: Vec<u8> = hash.as_ref().iter().copied().take(NONCE_BYTES).collect();
    to_hex(&bytes)
}

fn as_json(body: &Value) -> (String, Vec<u8>) {
    ("application/json".to_owned(), body.to_string().into_bytes())
}

/// The message with a file: "Uploading Files" of Discord's reference.
fn with_file(body: &Value, picture: &Picture) -> (String, Vec<u8>) {
    let mut body = body.clone();
    if let Some(body) = body.as_object_mut() {
        let file = json!({"id": 0, "filename": Picture::FILENAME,
                          "description": picture.description});
        body.insert("attachments".to_owned(), json!([file]));
    }
    let body = body.to_string();
    form(&[
        Part::Text {
            name: "payload_json",
            value: &body,
        },
        Part::Png {
            name: "files[0]",
            filename: Picture::FILENAME,
            bytes: &picture.png,
        },
    ])
}

struct Api<'a> {
    http: &'a dyn Http,
    base: &'a str,
    authorization: HeaderValue,
}

impl Api<'_> {
    /// The direct channel to a member. Nothing is sent here, so whatever may pass is a retry.
    async fn open(&self, member: &str) -> Result<String, SendOutcome> {
        let (kind, body) = as_json(&json!({"recipient_id": member}));
        let request = self.post("users/@me/channels", &kind).body(body);
        let outcome = match self.call(request).await {
            Ok(channel) => match id(&channel).filter(|id| is_snowflake(id)) {
                Some(id) => return Ok(id.to_owned()),
                None => SendOutcome::retry("unreadable-answer"),
            },
            Err(SendOutcome::Unknown { reason }) => SendOutcome::retry(reason),
            Err(outcome) => outcome,
        };
        Err(outcome)
    }

    async fn create(
        &self,
        channel: &str,
        message: &Outgoing,
        (kind, body): (String, Vec<u8>),
    ) -> SendOutcome {
        let request = self
            .post(&format!("channels/{channel}/messages"), &kind)
            .extension(Carried::of(message))
            .body(body);
        match self.call(request).await {
            Ok(created) => match id(&created) {
                Some(id) => SendOutcome::Sent {
                    platform_id: Some(id.to_owned()),
                },
                None => SendOutcome::unknown("unreadable-answer"),
            },
            Err(outcome) => outcome,
        }
    }

    fn post(&self, path: &str, kind: &str) -> http::request::Builder {
        http::Request::post(format!("{}/{path}", self.base))
            .header(header::AUTHORIZATION, &self.authorization)
            .header(header::CONTENT_TYPE, kind)
            .header(header::USER_AGENT, USER_AGENT)
    }

    async fn call(
        &self,
        request: Result<http::Request<Vec<u8>>, http::Error>,
    ) -> Result<Value, SendOutcome> {
        let request = request.map_err(|_| SendOutcome::permanent("bad-endpoint"))?;
        let response = self.http.call(request).await;
        let response = response.map_err(|error| SendOutcome::no_answer(&error))?;
        if !response.status().is_success() {
            return Err(refused(&response));
        }
        serde_json::from_slice(response.body())
            .map_err(|_| SendOutcome::unknown("unreadable-answer"))
    }
}

fn id(object: &Value) -> Option<&str> {
    object.get("id").and_then(Value::as_str)
}

#[cfg(test)]
#[path = "send_tests.rs"]
mod tests;
