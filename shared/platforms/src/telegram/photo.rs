//! `sendPhoto`: a picture with the text as its caption.

use hearth_domain::platform::limits::TELEGRAM_CAPTION;
use serde_json::Value;

use crate::multipart::{self, Part};
use crate::shorten::utf16_units;
use crate::{Outgoing, Picture};

/// The form of a message with a picture, its `Content-Type` first; `arguments` are those of
/// `sendMessage`. `None` = it has none, or its text is too long for a caption: then the text matters
/// more. Telegram takes no description of a picture.
pub(super) fn form(message: &Outgoing, arguments: &Value) -> Option<(String, Vec<u8>)> {
    let picture = message.picture.as_ref()?;
    let caption = utf16_units(&message.text) <= TELEGRAM_CAPTION;
    let arguments = arguments.as_object().filter(|_| caption)?;
    // A form has no types: texts stand as they are, all else as JSON.
    let fields: Vec<(&str, String)> = arguments
        .iter()
        .map(|(name, value)| {
            let name = if name == "text" { "caption" } else { name };
            let text = value.as_str().map(str::to_owned);
            (name, text.unwrap_or_else(|| value.to_string()))
        })
        .collect();
    let mut parts: Vec<Part<'_>> = fields
        .iter()
        .map(|(name, value)| Part::Text { name, value })
        .collect();
    parts.push(Part::Png {
        name: "photo",
        filename: Picture::FILENAME,
        bytes: &picture.png,
    });
    Some(multipart::form(&parts))
}
