//! Commands and forms: we have none, and whoever tries one left over from another bot is told so.

use hearth_domain::community::Community;
use hearth_domain::locale::Locale;
use serde_json::json;

use crate::Reply;
use crate::fields::Fields;

/// Types of answers.
const MESSAGE: u8 = 4;
const CHOICES: u8 = 8;
/// Only who asked sees the answer.
const EPHEMERAL: u8 = 64;

/// In the member's language if Discord tells one of ours, else in the community's.
pub(super) fn answered(fields: &Fields<'_>, community: &Community) -> Reply {
    let theirs = fields.hint("locale").and_then(Locale::from_tag);
    let words = words(theirs.unwrap_or(community.locale));
    Reply::json(&json!({"type": MESSAGE, "data": {"content": words, "flags": EPHEMERAL}}))
}

/// Nothing to choose from.
pub(super) fn completed() -> Reply {
    Reply::json(&json!({"type": CHOICES, "data": {"choices": []}}))
}

fn words(locale: Locale) -> &'static str {
    match locale {
        Locale::ZhHant => "我不用指令。請按我訊息下方的按鈕，或直接在社群裡留言。",
        Locale::ZhHans => "我不用指令。请按我消息下方的按钮，或直接在社区里留言。",
        Locale::En => {
            "I take no commands. Press the buttons below my messages, or just write in the server."
        }
    }
}
