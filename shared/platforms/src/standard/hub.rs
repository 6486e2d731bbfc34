//! Our event types, signed as GitHub signs. There is no delivery id to trust, so the body is its
//! own identity.

use aws_lc_rs::digest::{SHA256, digest};
use hearth_domain::community::Community;
use hearth_domain::ids::EventId;

use super::parse;
use super::raw_body::hex;
use crate::fields::{self, Fields};
use crate::{ParseError, Parsed, Request};

/// What GitHub names the kind of a delivery with.
const EVENT_HEADER: &str = "x-github-event";

pub(super) fn parse(request: &Request<'_>, community: &Community) -> Result<Parsed, ParseError> {
    let kind = request.headers.get(EVENT_HEADER);
    if kind.is_some_and(|kind| kind == "ping") {
        return Ok(Parsed::NotForUs("ping"));
    }
    let body = fields::json(request.body)?;
    let fields = Fields::new(&body);
    parse::event(fields, community, || id(fields, request.body))
}

/// `data.id`, if the sender names the act; else the body's hash. Never `X-GitHub-Delivery`, which
/// nobody signed: with a header of their own making, one body could count any number of times.
fn id(fields: Fields<'_>, body: &[u8]) -> Result<EventId, ParseError> {
    let path = "data.id";
    let id = match fields.text(path)? {
        Some(id) => format!("hub:{id}"),
        None => format!("hub:sha256:{}", hex(digest(&SHA256, body).as_ref())),
    };
    EventId::new(id).map_err(|error| ParseError::id(path, &error))
}

#[cfg(test)]
mod tests {
    use hearth_domain::platform::Platform;
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{community, headers, request};

    fn body(data: &Value) -> String {
        json!({"type": "member.checked_in", "timestamp": "2026-01-05T08:00:00Z", "data": data})
            .to_string()
    }

    /// The event's id, or why there is no event.
    fn id_of(pairs: &[(&str, &str)], body: &str) -> String {
        let headers = headers(pairs);
        let community = community(Platform::Standard, None);
        match parse(&request(&headers, body.as_bytes()), &community) {
            Ok(Parsed::Events(events)) => events[0].id.to_string(),
            Ok(other) => format!("{other:?}"),
            Err(error) => format!("error: {error}"),
        }
    }

    #[test]
    fn the_body_is_its_own_identity() {
        let named = body(&json!({"member": "m1", "id": "form-7"}));
        let bare = body(&json!({"member": "m1"}));
        assert_eq!(id_of(&[], &named), "hub:form-7");
        let hash = id_of(&[], &bare);
        assert!(
            hash.starts_with("hub:sha256:") && hash.len() == 75,
            "{hash}"
        );
        for delivery in ["72d3162e-cc78-11e3-81ab-4c9367dc0958", "another", ""] {
            let header = [("x-github-delivery", delivery), (EVENT_HEADER, "forms")];
            assert_eq!(id_of(&header, &named), "hub:form-7");
            assert_eq!(id_of(&header, &bare), hash);
        }
        assert_ne!(id_of(&[], &body(&json!({"member": "m2"}))), hash);
    }

    #[test]
    fn what_is_no_event_is_not_read() {
        let rule = "1 to 200 bytes without spaces or controls";
        for (pairs, body, expected) in [
            (
                &[(EVENT_HEADER, "ping")][..],
                r#"{"zen":"Design for failure."}"#.to_owned(),
                r#"NotForUs("ping")"#.to_owned(),
            ),
            (
                &[],
                r#"{"type":"order.shipped"}"#.to_owned(),
                r#"NotForUs("unknown-type")"#.to_owned(),
            ),
            (
                &[],
                "{}".to_owned(),
                "error: type: expected a string".to_owned(),
            ),
            (
                &[],
                body(&json!({"member": "m1", "id": 7})),
                "error: data.id: expected a string".to_owned(),
            ),
            (
                &[],
                body(&json!({"member": "m1", "id": "a b"})),
                format!("error: data.id: expected {rule}"),
            ),
            (
                &[],
                body(&json!({"member": "m1", "id": "x".repeat(197)})),
                format!("error: data.id: expected {rule}"),
            ),
        ] {
            assert_eq!(id_of(pairs, &body), expected);
        }
    }
}
