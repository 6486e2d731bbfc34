//! Which signature a delivery is judged by, and what it then is.

use hearth_domain::platform::Platform;
use serde_json::json;

use super::*;
use crate::testing::{community, headers, request, secrets};

const WHSEC: &str = "whsec_aGVhcnRoLXRlc3Qtc2VjcmV0LWE=";
const PLAIN: &str = "a plain secret of the tests";
const NOW: i64 = 1_767_600_000;

/// What becomes of a delivery with these signatures: the reason it is refused, or the id of what
/// it tells.
fn becomes(signed: &[Scheme], live: &[&str]) -> String {
    let body = json!({
        "type": "member.checked_in", "timestamp": "2026-01-05T08:00:00Z", "data": {"member": "m1", "id": "act-1"},
        "user": {"id": 42, "username": "mia", "created_at": "2026-01-05T08:00:00Z"},
    })
    .to_string();
    let (second, plain) = (NOW.to_string(), sign_body(PLAIN, body.as_bytes()));
    let standard = sign(WHSEC, "evt_1", NOW, body.as_bytes()).unwrap();
    let mut pairs = vec![
        (ID_HEADER, "evt_1"),
        (TIMESTAMP_HEADER, &*second),
        ("x-discourse-event", "user_created"),
    ];
    pairs.extend(signed.iter().map(|scheme| match scheme {
        Scheme::Standard => (SIGNATURE_HEADER, &*standard),
        Scheme::Hub => (HUB_HEADER, &*plain),
        Scheme::Discourse => (DISCOURSE_HEADER, &*plain),
    }));
    let headers = headers(&pairs);
    let request = request(&headers, body.as_bytes());
    let now = Timestamp::from_second(NOW).unwrap();
    let live = secrets(&[("signing_secret", live)]);
    if let Err(rejection) = Standard.verify(&request, &live, now) {
        return rejection.to_string();
    }
    match Standard.parse(&request, &community(Platform::Standard, None), now) {
        Ok(Parsed::Events(events)) => events[0].id.to_string(),
        other => format!("{other:?}"),
    }
}

#[test]
fn one_kind_of_signature_says_what_a_delivery_is() {
    use Scheme::{Discourse, Hub, Standard};
    let both = &[WHSEC, PLAIN][..];
    let two = |header: &str| format!("the header {header} is malformed or there more than once");
    let mismatch = Rejection::Mismatch.to_string();
    for (signed, live, expected) in [
        (&[Standard][..], both, "std:evt_1".to_owned()),
        (&[Hub], both, "hub:act-1".to_owned()),
        (&[Discourse], both, "discourse:join:42".to_owned()),
        (
            &[],
            both,
            "the header webhook-signature is missing".to_owned(),
        ),
        (&[Standard, Hub], both, two(HUB_HEADER)),
        (&[Standard, Discourse], both, two(DISCOURSE_HEADER)),
        (&[Hub, Discourse], both, two(HUB_HEADER)),
        (&[Standard, Hub, Discourse], both, two(HUB_HEADER)),
        // Each value has its use: a Standard Webhook never believes a plain one.
        (
            &[Standard],
            &[PLAIN],
            "no usable value of the secret signing_secret".to_owned(),
        ),
        (&[Hub], &[WHSEC], mismatch.clone()),
        (&[Discourse], &[WHSEC], mismatch),
    ] {
        assert_eq!(becomes(signed, live), expected, "{signed:?} {live:?}");
    }
}
