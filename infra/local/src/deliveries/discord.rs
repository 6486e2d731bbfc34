//! What a Discord community is told: by Discord itself, and by the gateway forwarder.

use hearth_domain::ids::{MemberId, MessageId};
use hearth_domain::member::hash64;
use hearth_platforms::discord::{self, BadSeed, Signer};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Delivery, StandardSender, headers};

/// The seed of the local stack's own key pair. Discord's private keys are Discord's alone, so a
/// press made here is signed with this one, for communities whose file names its public key.
/// Everybody knows it: in AWS that public key opens the door to all.
const LOCAL_SEED: [u8; 32] = *b"hearth's local stack, not secret";

/// An application on Discord that delivers to one community.
#[derive(Debug, Clone)]
pub struct DiscordApp {
    /// The community in the path.
    pub community: String,
    /// Its server's id, as in the community's `workspace`.
    pub server: String,
    /// Of the key pair that signs the bodies.
    pub seed: [u8; 32],
}

impl DiscordApp {
    /// With the local stack's key pair.
    pub fn local(community: &str, server: &str) -> Self {
        Self {
            community: community.to_owned(),
            server: server.to_owned(),
            seed: LOCAL_SEED,
        }
    }

    /// What the community's file names as `public_key`.
    pub fn public_key(&self) -> Result<String, BadSeed> {
        Ok(Signer::of_seed(&self.seed)?.public_key())
    }

    /// A press of a button of one of our messages: one to one, or in the server.
    pub fn press(
        &self,
        member: &MemberId,
        in_server: bool,
        message_id: &MessageId,
        value: &str,
        now: Timestamp,
    ) -> Result<Delivery, BadSeed> {
        let custom_id = discord::button_id(value, message_id, (!in_server).then_some(member));
        let custom_id = custom_id.unwrap_or_default();
        let user = json!({"id": member.as_str(), "username": "somebody"});
        let mut press = json!({
            "type": 3, "id": snowflake(now, &format!("{member}{message_id}{value}")),
            "application_id": "1", "token": "local", "version": 1,
            "data": {"component_type": 2, "custom_id": custom_id},
        });
        if let Some(press) = press.as_object_mut() {
            if in_server {
                press.insert("guild_id".to_owned(), json!(self.server));
                press.insert("member".to_owned(), json!({"user": user}));
            } else {
                press.insert("user".to_owned(), user);
            }
        }
        self.post(&press, now)
    }

    /// A body, signed as Discord does.
    pub fn post(&self, body: &Value, now: Timestamp) -> Result<Delivery, BadSeed> {
        self.sign(body.to_string().into_bytes(), now)
    }

    /// Signs a body as it is.
    pub fn sign(&self, body: Vec<u8>, now: Timestamp) -> Result<Delivery, BadSeed> {
        let second = now.as_second();
        let signature = Signer::of_seed(&self.seed)?.sign(second, &body);
        Ok(Delivery {
            path: path(&self.community),
            headers: headers([
                ("content-type", "application/json".to_owned()),
                (discord::TIMESTAMP_HEADER, second.to_string()),
                (discord::SIGNATURE_HEADER, signature),
            ]),
            body,
        })
    }
}

/// An id that says when it was made; the rest of it is the hash of what it is for.
fn snowflake(at: Timestamp, what: &str) -> String {
    let millis = at.as_millisecond().saturating_sub(discord::EPOCH_MILLIS);
    let millis = u64::try_from(millis).unwrap_or_default();
    (millis << 22 | hash64(what) >> 42).to_string()
}

/// A gateway forwarder that delivers to one community.
#[derive(Debug, Clone)]
pub struct DiscordForwarder {
    /// The community in the path.
    pub community: String,
    /// `whsec_…`.
    pub signing_secret: String,
}

impl DiscordForwarder {
    /// An event of a type, delivered at `now`, with an id that names what happened.
    pub fn event(
        &self,
        id: &str,
        kind: &str,
        at: Timestamp,
        data: &Value,
        now: Timestamp,
    ) -> anyhow::Result<Delivery> {
        let sender = StandardSender {
            community: self.community.clone(),
            signing_secret: self.signing_secret.clone(),
        };
        let delivery = sender.event(id, kind, at, data, now)?;
        Ok(Delivery {
            path: path(&self.community),
            ..delivery
        })
    }
}

fn path(community: &str) -> String {
    format!("/webhooks/discord/{community}")
}
