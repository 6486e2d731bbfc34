//! LINE: what the example payloads tell.

use hearth_domain::platform::Platform;

use super::{Examples, by_headers};

pub(crate) const EXAMPLES: Examples = Examples {
    name: "line",
    platform: Platform::Line,
    home: "C1234567890",
    telling: TELLING,
    judge: |vector| Ok(by_headers(Platform::Line, vector)),
};

const TELLING: &[(&str, &str)] = &[
    ("line/callback-request-with-destination.json", "message"),
    ("line/callback-request.json", "message"),
    ("line/image.json", "message"),
    ("line/member_joined.json", "joined"),
    ("line/member_left.json", "left"),
    ("line/postback.json", "pressed"),
    ("line/text-emojis.json", "message"),
    ("line/text-user.json", "message"),
    ("line/unfollow.json", "blocked"),
    ("line/webhook-redelivery.json", "message"),
];
