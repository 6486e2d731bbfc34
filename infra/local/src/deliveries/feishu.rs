//! Events as Feishu delivers them: sealed with the app's Encrypt Key, and signed.

use hearth_domain::ids::{ChannelId, MessageId};
use hearth_domain::member::hash64;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Delivery, headers};

/// A Feishu or Lark app that delivers to one community.
#[derive(Debug, Clone)]
pub struct FeishuApp {
    /// The community in the path.
    pub community: String,
    /// `tenant_key` of who runs the app.
    pub tenant: String,
    /// Seals and signs the bodies.
    pub encrypt_key: String,
    /// Stands in every body.
    pub verification_token: String,
}

impl FeishuApp {
    /// An event of schema 2.0 that came to be at an instant; what is the same has the same id.
    pub fn event(&self, kind: &str, event: &Value, at: Timestamp) -> Value {
        let id = hash64(&format!("{kind}{event}{at}"));
        json!({
            "schema": "2.0",
            "header": {
                "event_id": format!("{id:032x}"), "event_type": kind, "app_id": "cli_hearth",
                "create_time": at.as_millisecond().to_string(), "tenant_key": self.tenant,
                "token": self.verification_token,
            },
            "event": event,
        })
    }

    /// A press of a button of one of our messages: one to one, or in the chat where it stands.
    pub fn press(
        &self,
        user: &str,
        chat: Option<&ChannelId>,
        message_id: &MessageId,
        value: &str,
        now: Timestamp,
    ) -> Delivery {
        let chat = chat.map_or_else(|| format!("oc_with_{user}"), ToString::to_string);
        let value = hearth_platforms::feishu::value(message_id, value);
        let event = json!({
            "operator": {"open_id": user, "tenant_key": self.tenant}, "token": "c-local",
            "action": {"tag": "button", "value": value}, "host": "im_message",
            "context": {"open_message_id": "om_local", "open_chat_id": chat},
        });
        self.deliver(&self.event("card.action.trigger", &event, now), now)
    }

    /// The check of the address, when it is saved in the console: sealed, and without a signature.
    pub fn handshake(&self, challenge: &str) -> Delivery {
        let body = json!({"type": "url_verification", "token": self.verification_token,
                          "challenge": challenge});
        Delivery {
            headers: headers([("content-type", CONTENT_TYPE.to_owned())]),
            ..self.deliver(&body, Timestamp::UNIX_EPOCH)
        }
    }

    /// Seals a body and signs it at an instant.
    pub fn deliver(&self, body: &Value, now: Timestamp) -> Delivery {
        self.seal(body.to_string().as_bytes(), now)
    }

    /// Seals these bytes and signs the body.
    pub fn seal(&self, clear: &[u8], now: Timestamp) -> Delivery {
        // Drawn by Feishu. Here a body is sealed alike whenever it is delivered.
        let iv = u128::from(hash64(&String::from_utf8_lossy(clear))).to_be_bytes();
        let sealed = hearth_platforms::feishu::seal(&self.encrypt_key, iv, clear);
        let body = json!({"encrypt": sealed}).to_string().into_bytes();
        self.sign(body, now)
    }

    /// Signs a body as it is.
    pub fn sign(&self, body: Vec<u8>, now: Timestamp) -> Delivery {
        let second = now.as_second().to_string();
        let nonce = hash64(&second).to_string();
        let signature = hearth_platforms::feishu::sign(&second, &nonce, &self.encrypt_key, &body);
        Delivery {
            path: format!("/webhooks/feishu/{}", self.community),
            headers: headers([
                ("content-type", CONTENT_TYPE.to_owned()),
                (hearth_platforms::feishu::TIMESTAMP_HEADER, second),
                (hearth_platforms::feishu::NONCE_HEADER, nonce),
                (hearth_platforms::feishu::SIGNATURE_HEADER, signature),
            ]),
            body,
        }
    }
}

const CONTENT_TYPE: &str = "application/json; charset=utf-8";
