//! Senders that sign the raw body alone: a Discourse forum, and whoever does as GitHub does.

use hearth_platforms::standard::{DISCOURSE_HEADER, HUB_HEADER, sign_body};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Delivery, headers};

/// A Discourse forum that delivers to one community.
#[derive(Debug, Clone)]
pub struct DiscourseForum {
    /// The community in the path.
    pub community: String,
    /// As given to the forum's webhook.
    pub secret: String,
}

impl DiscourseForum {
    /// An event such as `post_created`, whose `kind` (`post`) holds what it tells.
    pub fn event(&self, event: &str, kind: &str, what: &Value) -> Delivery {
        let body = json!({kind: what}).to_string().into_bytes();
        Delivery {
            path: format!("/webhooks/standard/{}", self.community),
            headers: headers([
                ("content-type", "application/json".to_owned()),
                ("x-discourse-instance", "https://forum.example".to_owned()),
                ("x-discourse-event-type", kind.to_owned()),
                ("x-discourse-event", event.to_owned()),
                (DISCOURSE_HEADER, sign_body(&self.secret, &body)),
            ]),
            body,
        }
    }
}

/// A sender of our event types for one community, who signs as GitHub signs.
#[derive(Debug, Clone)]
pub struct HubSender {
    /// The community in the path.
    pub community: String,
    /// The text of the secret.
    pub secret: String,
}

impl HubSender {
    /// An event of a type. `data.id` names the act; else the body does.
    pub fn event(&self, kind: &str, at: Timestamp, data: &Value) -> Delivery {
        let body = json!({"type": kind, "timestamp": at.to_string(), "data": data});
        let body = body.to_string().into_bytes();
        Delivery {
            path: format!("/webhooks/standard/{}", self.community),
            headers: headers([
                ("content-type", "application/json".to_owned()),
                (HUB_HEADER, sign_body(&self.secret, &body)),
            ]),
            body,
        }
    }
}
