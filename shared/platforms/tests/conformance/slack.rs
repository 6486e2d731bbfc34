//! Slack: what the example payloads tell.

use hearth_domain::platform::Platform;

use super::{Examples, by_headers};

pub(crate) const EXAMPLES: Examples = Examples {
    name: "slack",
    platform: Platform::Slack,
    home: "C111",
    telling: TELLING,
    judge: |vector| Ok(by_headers(Platform::Slack, vector)),
};

const TELLING: &[(&str, &str)] = &[
    ("slack/bolt_block_actions_body.json", "pressed"),
    ("slack/bolt_block_actions_form_body.txt", "pressed"),
    ("slack/bolt_events_join_event_body.json", "joined"),
    ("slack/bolt_events_message_file_share_body.json", "message"),
    (
        "slack/bolt_events_shared_channels_event_body.json",
        "reaction",
    ),
    (
        "slack/bolt_events_shared_channels_join_event_body.json",
        "joined",
    ),
];
