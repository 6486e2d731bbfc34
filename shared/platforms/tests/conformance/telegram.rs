//! Telegram: what the example payloads tell.

use hearth_domain::platform::Platform;

use super::{Examples, by_headers};

pub(crate) const EXAMPLES: Examples = Examples {
    name: "telegram",
    platform: Platform::Telegram,
    home: "-1001293752024",
    telling: TELLING,
    judge: |vector| Ok(by_headers(Platform::Telegram, vector)),
};

const TELLING: &[(&str, &str)] = &[
    ("telegram/telegrambots_Update.json", "message"),
    (
        "telegram/telegrambots_getUpdates_2.json",
        "message (service-message) (sender-chat) (other-chat) (edited)",
    ),
    (
        "telegram/teloxide_de_private_chat_text_message_1.json",
        "message",
    ),
    ("telegram/teloxide_issue_1107_1.json", "message"),
    ("telegram/teloxide_issue_523_1.json", "blocked"),
    ("telegram/teloxide_message_1.json", "message"),
];
