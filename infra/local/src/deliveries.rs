//! Signed webhooks as the platforms send them: for the sandbox's buttons, the demo, the tests.

mod discord;
mod feishu;
mod press;
mod raw_body;
mod wecom;

use hearth_domain::ids::{ChannelId, MemberId, MessageId};
use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;
use serde_json::{Value, json};

pub use discord::{DiscordApp, DiscordForwarder};
pub use feishu::FeishuApp;
pub use press::press;
pub use raw_body::{DiscourseForum, HubSender};
pub use wecom::WecomCorp;

/// A delivery, ready to be handed to the webhook.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// `/webhooks/{platform}/{community}`, and the query where the platform signs in it.
    pub path: String,
    /// Signed.
    pub headers: HeaderMap,
    /// The bytes that were signed.
    pub body: Vec<u8>,
}

fn headers(pairs: impl IntoIterator<Item = (&'static str, String)>) -> HeaderMap {
    let pair = |(name, value): (&'static str, String)| {
        Some((
            HeaderName::from_static(name),
            HeaderValue::from_str(&value).ok()?,
        ))
    };
    pairs.into_iter().filter_map(pair).collect()
}

/// A Slack workspace that delivers to one community.
#[derive(Debug, Clone)]
pub struct SlackWorkspace {
    /// The community in the path.
    pub community: String,
    /// `T123`.
    pub team: String,
    /// Signs the bodies.
    pub signing_secret: String,
}

/// Slack's way to write an instant: `1767571200.000100`.
pub fn slack_ts(at: Timestamp) -> String {
    format!("{}.{:06}", at.as_second(), at.subsec_microsecond())
}

impl SlackWorkspace {
    /// An event of the Events API, delivered at `now`.
    pub fn event(&self, event: &Value, now: Timestamp) -> Delivery {
        let ts = event
            .get("event_ts")
            .or_else(|| event.get("ts"))
            .and_then(Value::as_str)
            .unwrap_or_default();
        let who = event
            .get("user")
            .map(|user| user.get("id").unwrap_or(user).to_string())
            .unwrap_or_default();
        let event_id = format!(
            "Ev{:016X}",
            hearth_domain::member::hash64(&format!("{ts}{who}{}", event["type"]))
        );
        let body = json!({
            "token": "unused", "team_id": self.team, "api_app_id": "A0HEARTH", "type": "event_callback",
            "event_id": event_id, "event_time": now.as_second(), "event": event,
        });
        self.sign("application/json", body.to_string().into_bytes(), now)
    }

    /// A press of a button of one of our messages.
    pub fn press(
        &self,
        user: &str,
        message_ts: &str,
        message_id: &str,
        value: &str,
        now: Timestamp,
    ) -> Delivery {
        let payload = json!({
            "type": "block_actions",
            "team": {"id": self.team, "domain": "local"},
            "user": {"id": user, "team_id": self.team},
            "container": {"type": "message", "message_ts": message_ts, "channel_id": format!("D{user}"), "is_ephemeral": false},
            "actions": [{"type": "button", "block_id": message_id, "action_id": value, "value": value, "action_ts": slack_ts(now)}],
        });
        let body =
            serde_urlencoded::to_string([("payload", payload.to_string())]).unwrap_or_default();
        self.sign("application/x-www-form-urlencoded", body.into_bytes(), now)
    }

    /// Signs a body as Slack does.
    pub fn sign(&self, content_type: &str, body: Vec<u8>, now: Timestamp) -> Delivery {
        let second = now.as_second();
        let signature = hearth_platforms::slack::sign(&self.signing_secret, second, &body);
        Delivery {
            path: format!("/webhooks/slack/{}", self.community),
            headers: headers([
                ("content-type", content_type.to_owned()),
                ("x-slack-request-timestamp", second.to_string()),
                ("x-slack-signature", signature),
            ]),
            body,
        }
    }
}

/// Where a reply goes, and since when it may, so that the sandbox knows it from the token.
fn reply_token(to: &str, at: Timestamp, id: u64) -> String {
    format!("{to}_{}_{id:x}", at.as_second())
}

/// Reads a reply token of ours.
pub(crate) fn read_reply_token(token: &str) -> Option<(&str, Timestamp)> {
    let (to, rest) = token.split_once('_')?;
    let (second, _) = rest.split_once('_')?;
    Some((to, Timestamp::from_second(second.parse().ok()?).ok()?))
}

/// A LINE channel that delivers to one community.
#[derive(Debug, Clone)]
pub struct LineChannel {
    /// The community in the path.
    pub community: String,
    /// The bot's own user id, to which deliveries are addressed.
    pub bot: String,
    /// Signs the bodies.
    pub channel_secret: String,
}

impl LineChannel {
    /// A delivery of some events.
    pub fn events(&self, events: &[Value]) -> Delivery {
        let body = json!({"destination": self.bot, "events": events});
        self.sign(body.to_string().into_bytes())
    }

    /// An event as LINE dresses it: of a kind, from a source, with what belongs to the kind.
    pub fn event(kind: &str, source: &Value, more: &Value, at: Timestamp) -> Value {
        let id = hearth_domain::member::hash64(&format!("{kind}{source}{more}{at}"));
        let mut event = json!({
            "type": kind, "mode": "active", "timestamp": at.as_millisecond(), "source": source,
            "webhookEventId": format!("{id:026}"), "deliveryContext": {"isRedelivery": false},
        });
        // Who is gone cannot be answered.
        let gone = matches!(kind, "memberLeft" | "unfollow" | "leave");
        let to = ["groupId", "roomId", "userId"]
            .iter()
            .find_map(|key| source.get(key).and_then(Value::as_str));
        let token = to
            .filter(|_| !gone)
            .map(|to| json!(reply_token(to, at, id)));
        if let (Some(event), Some(more)) = (event.as_object_mut(), more.as_object()) {
            event.extend(token.map(|token| ("replyToken".to_owned(), token)));
            event.extend(more.clone());
        }
        event
    }

    /// A press of a button of one of our messages, one to one.
    pub fn press(
        &self,
        user: &str,
        message_id: &MessageId,
        value: &str,
        now: Timestamp,
    ) -> Delivery {
        let source = json!({"type": "user", "userId": user});
        let data = hearth_platforms::line::data(message_id, value);
        let more = json!({"postback": {"data": data.unwrap_or_default()}});
        self.events(&[Self::event("postback", &source, &more, now)])
    }

    /// Signs a body as LINE does.
    pub fn sign(&self, body: Vec<u8>) -> Delivery {
        let signature = hearth_platforms::line::sign(&self.channel_secret, &body);
        Delivery {
            path: format!("/webhooks/line/{}", self.community),
            headers: headers([
                ("content-type", "application/json; charset=utf-8".to_owned()),
                ("x-line-signature", signature),
            ]),
            body,
        }
    }
}

/// A Telegram bot that delivers to one community.
#[derive(Debug, Clone)]
pub struct TelegramBot {
    /// The community in the path.
    pub community: String,
    /// As given to `setWebhook`.
    pub secret_token: String,
}

impl TelegramBot {
    /// An update that tells one thing, with Telegram's number for it.
    pub fn update(&self, number: u64, kind: &str, what: &Value) -> Delivery {
        let body = json!({"update_id": number, kind: what});
        self.deliver(body.to_string().into_bytes())
    }

    /// A body as it is.
    pub fn deliver(&self, body: Vec<u8>) -> Delivery {
        Delivery {
            path: format!("/webhooks/telegram/{}", self.community),
            headers: headers([
                ("content-type", "application/json".to_owned()),
                (
                    hearth_platforms::telegram::SECRET_HEADER,
                    self.secret_token.clone(),
                ),
            ]),
            body,
        }
    }

    /// A press of a button of one of our messages: one to one, or in the chat where it stands.
    pub fn press(
        &self,
        member: &MemberId,
        channel: Option<&ChannelId>,
        message_id: &MessageId,
        value: &str,
        now: Timestamp,
    ) -> Delivery {
        let number = now.as_microsecond().unsigned_abs();
        let user: i64 = member.as_str().parse().unwrap_or_default();
        let chat = channel.map(|channel| channel.as_str().split(':').next());
        let chat = match chat.flatten().and_then(|id| id.parse::<i64>().ok()) {
            Some(id) => json!({"id": id, "type": "supergroup"}),
            None => json!({"id": user, "type": "private"}),
        };
        let to = channel.is_none().then_some(member);
        let data = hearth_platforms::telegram::button_data(value, message_id, to);
        let query = json!({
            "id": number.to_string(), "from": {"id": user, "is_bot": false, "first_name": "?"},
            "message": {"message_id": 1, "date": 0, "chat": chat},
            "chat_instance": "1", "data": data.unwrap_or_default(),
        });
        self.update(number, "callback_query", &query)
    }
}

/// A sender of Standard Webhooks for one community.
#[derive(Debug, Clone)]
pub struct StandardSender {
    /// The community in the path.
    pub community: String,
    /// `whsec_…`.
    pub signing_secret: String,
}

impl StandardSender {
    /// An event of a type, delivered at `now`, with a delivery id.
    pub fn event(
        &self,
        id: &str,
        kind: &str,
        at: Timestamp,
        data: &Value,
        now: Timestamp,
    ) -> anyhow::Result<Delivery> {
        let body = json!({"type": kind, "timestamp": at.to_string(), "data": data})
            .to_string()
            .into_bytes();
        self.sign(id, body, now)
    }

    /// Signs a body as it is.
    pub fn sign(&self, id: &str, body: Vec<u8>, now: Timestamp) -> anyhow::Result<Delivery> {
        let second = now.as_second();
        let signature = hearth_platforms::standard::sign(&self.signing_secret, id, second, &body)?;
        Ok(Delivery {
            path: format!("/webhooks/standard/{}", self.community),
            headers: headers([
                ("content-type", "application/json".to_owned()),
                ("webhook-id", id.to_owned()),
                ("webhook-timestamp", second.to_string()),
                ("webhook-signature", signature),
            ]),
            body,
        })
    }
}
