//! WeCom: published seals, and what the example payloads tell.

use std::collections::BTreeMap;

use hearth_domain::platform::Platform;
use hearth_platforms::{Request, Secrets, receiver, wecom};
use http::{HeaderMap, Method};
use serde_json::Value;

use super::{Examples, now, text};

pub(crate) const EXAMPLES: Examples = Examples {
    name: "wecom",
    platform: Platform::Wecom,
    home: "wrOgQhDgAAMYQiS5ol9G7gK9JVAAAA",
    telling: TELLING,
    judge: |vector| Ok(is_opened(vector)),
};

const TELLING: &[(&str, &str)] = &[(
    "wecom/wxjava_new_change_external_chat_add_member_csv.xml",
    "joined joined",
)];

/// Believes a vector with its secrets, at its own time, and finds in it what was sealed.
fn is_opened(vector: &Value) -> bool {
    let field = |key: &str| text(vector, key).unwrap();
    let (timestamp, nonce, sealed) = (field("timestamp"), field("nonce"), field("encrypt"));
    // Those that were published for their seal alone are signed here.
    let published = vector.pointer("/query/msg_signature");
    let published = published.and_then(Value::as_str);
    let signature = published.map_or_else(
        || wecom::sign(field("token"), timestamp, nonce, sealed),
        str::to_owned,
    );
    let mut query = vec![
        ("msg_signature", &*signature),
        ("timestamp", timestamp),
        ("nonce", nonce),
    ];
    let body = text(vector, "body");
    if body.is_none() {
        query.push(("echostr", sealed));
    }
    let query = serde_urlencoded::to_string(query).unwrap();
    let secrets = [
        ("token", "token"),
        ("encoding_aes_key", "encoding_aes_key"),
        ("corp_id", "receive_id"),
    ];
    let secrets = secrets.map(|(name, key)| (name.to_owned(), vec![field(key).to_owned()]));
    let request = Request {
        method: if body.is_some() {
            &Method::POST
        } else {
            &Method::GET
        },
        headers: &HeaderMap::new(),
        query: Some(&query),
        body: body.unwrap_or_default().as_bytes(),
    };
    let opened = receiver(Platform::Wecom).verify(
        &request,
        &Secrets::new(BTreeMap::from(secrets)),
        now(vector),
    );
    let expected = text(vector, "decrypted_payload").map(str::as_bytes);
    opened.is_ok_and(|message| expected.is_none_or(|expected| *message == *expected))
}
