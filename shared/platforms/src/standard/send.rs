//! Sending as a Standard Webhook: one signed POST, idempotent by its `webhook-id`.

use std::fmt::Write as _;

use hearth_domain::ids::MessageId;
use http::header;
use serde_json::{Value, json};

use super::{ID_HEADER, SIGNATURE_HEADER, SecretError, TIMESTAMP_HEADER, sign};
use crate::{Destination, Http, Outgoing, SendOutcome, To};

pub(super) async fn send(
    http: &dyn Http,
    destination: &Destination<'_>,
    message: &Outgoing,
) -> SendOutcome {
    let Some(url) = destination.api else {
        return SendOutcome::permanent("no-endpoint");
    };
    let body = body(message, destination).to_string().into_bytes();
    let id = header_id(&message.id);
    let Ok(signature) = signatures(destination, &id, &body) else {
        return SendOutcome::permanent("bad-outgoing-secret");
    };
    let mut request = http::Request::post(url)
        .header(header::CONTENT_TYPE, "application/json")
        .header(ID_HEADER, &id)
        .header(TIMESTAMP_HEADER, destination.now.as_second());
    if !signature.is_empty() {
        request = request.header(SIGNATURE_HEADER, signature);
    }
    let Ok(request) = request.body(body) else {
        return SendOutcome::permanent("bad-endpoint");
    };
    match http.call(request).await {
        Ok(response) if response.status().is_success() => SendOutcome::Sent { platform_id: None },
        Ok(response) => SendOutcome::refused(response.status(), response.headers()),
        Err(error) => SendOutcome::no_answer(&error),
    }
}

fn body(message: &Outgoing, destination: &Destination<'_>) -> Value {
    let buttons: Vec<Value> = message
        .buttons
        .iter()
        .map(|button| json!({"label": button.label, "value": button.value}))
        .collect();
    let (to, target) = match &message.to {
        To::Member(member) => ("member", member.as_str()),
        To::Channel(channel) => ("channel", channel.as_str()),
    };
    json!({
        "type": "message.send",
        "timestamp": destination.now.to_string(),
        "data": {
            "message_id": message.id.to_string(),
            "kind": message.kind.as_str(),
            to: target,
            "text": message.text,
            "buttons": buttons,
        },
    })
}

/// One signature for each live secret, so that a rotation rejects nothing; empty if there is no
/// secret.
fn signatures(destination: &Destination<'_>, id: &str, body: &[u8]) -> Result<String, SecretError> {
    let live = destination.secrets.get("outgoing_secret").iter();
    let entries: Result<Vec<String>, SecretError> = live
        .map(|secret| sign(secret, id, destination.now.as_second(), body))
        .collect();
    Ok(entries?.join(" "))
}

/// The id as a header can carry it: what is not ASCII is percent-encoded.
fn header_id(id: &MessageId) -> String {
    let mut encoded = String::new();
    for byte in id.to_string().bytes() {
        if byte.is_ascii_graphic() {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
#[path = "send_tests.rs"]
mod tests;
