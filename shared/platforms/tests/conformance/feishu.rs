//! Feishu: what the example payloads tell, and what was sealed with a published key.

use hearth_domain::platform::Platform;
use hearth_platforms::feishu::unseal;
use serde_json::Value;

use super::{Examples, text};

pub(crate) const EXAMPLES: Examples = Examples {
    name: "feishu",
    platform: Platform::Feishu,
    home: "oc_413871888e0d5492e25b173f0812efb7",
    telling: TELLING,
    judge,
};

const TELLING: &[(&str, &str)] = &[
    ("feishu/ImChatMemberUserDeletedV1.json", "left"),
    ("feishu/ImChatMemberUserWithdrawnV1.json", "left"),
];

/// Nobody has published a signature of the scheme that events and card callbacks have now.
fn judge(vector: &Value) -> Result<bool, &'static str> {
    match text(vector, "scheme") {
        Some("feishu-aes256cbc-sha256key") => Ok(is_unsealed(vector).unwrap_or(false)),
        Some("feishu-sha1-legacy-card") => {
            Err("card callbacks of the old kind are not subscribed to")
        }
        Some("feishu-custom-bot-outbound") => Err("custom bots only send, and we are none"),
        Some(_) | None => Err("a scheme we don't know"),
    }
}

/// Whether the text in the clear is the published one, byte for byte.
fn is_unsealed(vector: &Value) -> Option<bool> {
    let clear = unseal(text(vector, "encrypt_key")?, text(vector, "encrypt")?)?;
    Some(clear == text(vector, "decrypted_payload")?.as_bytes())
}
