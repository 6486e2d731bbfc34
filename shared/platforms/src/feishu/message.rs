//! A message as Feishu takes it: a text, or a card, which has buttons and takes every character
//! for itself.

use aws_lc_rs::digest::{SHA256, digest};
use hearth_domain::ids::MessageId;
use hearth_domain::platform::limits::FEISHU_CARD;
use serde_json::{Value, json};
use unicode_segmentation::UnicodeSegmentation as _;

use super::press::value;
use super::verify::hex;
use crate::{OutButton, Outgoing, To};

/// Bytes of a call's body with a text (150 KB, whichever KB is meant).
const TEXT: usize = 150_000;
/// Characters of a button's label.
const LABEL: usize = 100;
/// What begins a mention, a style or a link in a text: `<at>`, `<b>`, `**`, `[here](https://…)`.
/// There is no documented way to write these as they are, other than in a card.
const MARKUP: [char; 3] = ['<', '*', '['];

/// How a message is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    Card,
}

/// Whom a message is for: the kind of id, and the id.
pub(super) fn recipient(to: &To) -> (&'static str, &str) {
    match to {
        To::Member(member) => ("open_id", member.as_str()),
        To::Channel(channel) => ("chat_id", channel.as_str()),
    }
}

/// The body of the call, shortened to what Feishu takes; `None` without a text.
pub(super) fn body(message: &Outgoing) -> Option<String> {
    let text = message.text.trim();
    if text.is_empty() {
        return None;
    }
    let form = if message.buttons.is_empty() && !text.contains(MARKUP) {
        Form::Text
    } else {
        Form::Card
    };
    let limit = match form {
        Form::Text => TEXT,
        Form::Card => FEISHU_CARD,
    };
    let whole = written(message, form, text);
    if whole.len() <= limit {
        return Some(whole);
    }
    let frame = written(message, form, "").len();
    let short = shorten(text, limit.saturating_sub(frame), bytes_in_the_call);
    Some(written(message, form, &short))
}

fn written(message: &Outgoing, form: Form, text: &str) -> String {
    let (kind, content) = match form {
        Form::Text => ("text", json!({"text": text})),
        Form::Card => ("interactive", card(message, text)),
    };
    let (_, to) = recipient(&message.to);
    json!({"receive_id": to, "msg_type": kind, "content": content.to_string(),
           "uuid": uuid(&message.id)})
    .to_string()
}

/// A card of version 1.0, which every client shows, and whose buttons work for 30 days (those of
/// 2.0 for 14). It can't be forwarded: whoever got it would press for themselves.
fn card(message: &Outgoing, text: &str) -> Value {
    let mut elements = vec![json!({"tag": "div", "text": plain(text)})];
    let buttons: Vec<Value> = message
        .buttons
        .iter()
        .map(|each| button(&message.id, each))
        .collect();
    if !buttons.is_empty() {
        elements.push(json!({"tag": "action", "layout": "flow", "actions": buttons}));
    }
    json!({"config": {"wide_screen_mode": true, "enable_forward": false}, "elements": elements})
}

fn button(message: &MessageId, button: &OutButton) -> Value {
    let label = shorten(&button.label, LABEL, |text| text.chars().count());
    json!({"tag": "button", "type": "default", "text": plain(&label),
           "value": value(message, &button.value)})
}

/// Text in which nothing is mark-up.
fn plain(text: &str) -> Value {
    json!({"tag": "plain_text", "content": text})
}

/// By this Feishu knows a repetition, for an hour: 32 characters from the hash of our id.
fn uuid(id: &MessageId) -> String {
    let hash = digest(&SHA256, format!("hearth {id}").as_bytes());
    hex(hash.as_ref().get(..16).unwrap_or_default())
}

/// Bytes of a text in a call's body: JSON in a string of JSON.
fn bytes_in_the_call(text: &str) -> usize {
    let quoted = |text: &str| Value::from(text).to_string();
    let once = quoted(text);
    let inner = once.get(1..once.len() - 1).unwrap_or_default();
    quoted(inner).len() - 2
}

/// At most `limit` of what `size` counts, cut between two characters as people see them, the last
/// one an ellipsis where something is cut off.
fn shorten(text: &str, limit: usize, size: impl Fn(&str) -> usize) -> String {
    if size(text) <= limit {
        return text.to_owned();
    }
    let mut used = size("…");
    let whole = text.graphemes(true).take_while(|cluster| {
        used += size(cluster);
        used <= limit
    });
    let kept: String = whole.collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_shortened_between_characters() {
        let family = "👨‍👩‍👧";
        for (text, expected) in [
            ("x".repeat(10), "x".repeat(10)),
            ("x".repeat(11), format!("{}…", "x".repeat(7))),
            (format!("12345{family}"), "12345…".to_owned()),
            ("字字字字".to_owned(), "字字…".to_owned()),
        ] {
            assert_eq!(shorten(&text, 10, bytes_in_the_call), expected);
        }
        let characters = |text: &str| text.chars().count();
        assert_eq!(shorten("字字字字", 4, characters), "字字字字");
        assert_eq!(shorten("字字字字", 3, characters), "字字…");
    }

    #[test]
    fn what_is_escaped_twice_is_counted_so() {
        for text in ["", "abc", "字", "\"", "\\", "\n", "\u{1}", "a\"\n字"] {
            let content = json!({"t": text}).to_string();
            let call = json!({"c": content}).to_string();
            let frame = json!({"c": json!({"t": ""}).to_string()}).to_string();
            assert_eq!(
                bytes_in_the_call(text),
                call.len() - frame.len(),
                "{text:?}"
            );
        }
    }
}
