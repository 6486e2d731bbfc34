//! Reading a message out of a call of either platform.

use hearth_domain::ids::{MessageId, Owner};
use hearth_platforms::{Picture, slack};
use jiff::Timestamp;
use serde_json::Value;

use super::{Button, Received};

/// A message on its way in, of either platform.
pub(super) struct Arrived {
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) to: Recipient,
    pub(super) text: String,
    pub(super) buttons: Vec<Button>,
    pub(super) picture: Option<Picture>,
}

pub(super) enum Recipient {
    Member(String),
    Channel(String),
}

impl Arrived {
    pub(super) fn into_received(self, seq: u64, at: Timestamp) -> Received {
        let id = self.id.parse::<MessageId>().ok();
        let about = id.as_ref().and_then(|id| match id.owner() {
            Owner::Member(member) => Some(member.to_string()),
            Owner::Community => None,
        });
        let (member, channel) = match self.to {
            Recipient::Member(member) => (Some(member), None),
            Recipient::Channel(channel) => (about, Some(channel)),
        };
        let community = id.map(|id| id.community().to_string()).unwrap_or_default();
        let Self {
            id: message_id,
            kind,
            text,
            buttons,
            picture,
            ..
        } = self;
        Received {
            seq,
            at,
            community,
            member,
            channel,
            kind,
            text,
            buttons,
            picture,
            message_id,
        }
    }
}

/// The arguments of `chat.postMessage`; the adapter puts our id and kind into its metadata.
pub(super) fn slack_message(body: &[u8]) -> Option<Arrived> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let text_at = |pointer: &str| body.pointer(pointer).and_then(Value::as_str);
    let channel = text_at("/channel")?;
    let to = match channel.strip_prefix('D') {
        Some(user) => Recipient::Member(user.to_owned()),
        None => Recipient::Channel(channel.to_owned()),
    };
    let blocks = body
        .get("blocks")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let buttons = blocks
        .filter_map(|block| block.get("elements")?.as_array())
        .flatten()
        .filter_map(|element| button(element.pointer("/text/text"), element.get("value")))
        .collect();
    Some(Arrived {
        id: text_at("/metadata/event_payload/message_id")
            .unwrap_or_default()
            .to_owned(),
        kind: text_at("/metadata/event_payload/kind")
            .unwrap_or_default()
            .to_owned(),
        to,
        text: slack::unescape(text_at("/text")?),
        buttons,
        picture: None,
    })
}

/// The body of an outgoing Standard Webhook.
pub(super) fn gateway_message(body: &[u8]) -> Option<Arrived> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let data = body.get("data")?;
    let text_at = |key: &str| data.get(key).and_then(Value::as_str);
    let to = match (text_at("member"), text_at("channel")) {
        (Some(member), _) => Recipient::Member(member.to_owned()),
        (None, channel) => Recipient::Channel(channel?.to_owned()),
    };
    let buttons = data
        .get("buttons")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    Some(Arrived {
        id: text_at("message_id")?.to_owned(),
        kind: text_at("kind")?.to_owned(),
        to,
        text: text_at("text")?.to_owned(),
        buttons: buttons
            .filter_map(|each| button(each.get("label"), each.get("value")))
            .collect(),
        picture: None,
    })
}

fn button(label: Option<&Value>, value: Option<&Value>) -> Option<Button> {
    Some(Button {
        label: label?.as_str()?.to_owned(),
        value: value?.as_str()?.to_owned(),
    })
}
