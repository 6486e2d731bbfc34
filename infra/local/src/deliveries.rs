//! Signed webhooks as the platforms send them: for the sandbox's buttons, the demo, the tests.

use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;
use serde_json::{Value, json};

/// A delivery, ready to be handed to the webhook.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// `/webhooks/{platform}/{community}`.
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
