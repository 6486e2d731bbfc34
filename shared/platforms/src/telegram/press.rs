//! Buttons pressed on Telegram (`callback_query`). Until the query is answered the button spins: the
//! webhook's own answer calls `answerCallbackQuery`, so that it costs no call of ours.

use hearth_domain::event::{Facts, Seen};
use serde_json::json;

use super::button;
use super::delivery::{Update, chat};
use crate::{ParseError, Parsed, Reply};

pub(super) fn parse(update: Update<'_>) -> Result<Parsed, ParseError> {
    let fields = update.fields;
    let mut person = update.person("from")?;
    if person.is_bot {
        return Ok(Parsed::NotForUs("bot"));
    }
    // A message that somebody sent by way of an inline bot is none that we sent.
    if fields.get("message").is_none() {
        return Ok(Parsed::NotForUs("not-in-a-message"));
    }
    let chat = chat(&fields, "message.chat")?;
    if !update.is_ours(&chat) {
        return Ok(Parsed::NotForUs("other-chat"));
    }
    let data = fields.text("data")?.filter(|data| !data.is_empty());
    let Some(data) = data else {
        return Ok(Parsed::NotForUs("no-value"));
    };
    let by = chat.direct.then_some(&person.id);
    let (value, message) = button::decode(data, &update.community.id, by);
    if value.is_empty() {
        return Ok(Parsed::NotForUs("no-value"));
    }
    let query = fields.needed_name("id")?;
    let what = format!("press:{}:{query}", person.id);
    let seen = Seen::Pressed {
        message,
        value: value.to_owned(),
    };
    person.facts = Facts::default();
    // A press has no time of its own, and the message's is when it was sent, or 0 for an old one.
    let pressed = update.event(&chat, &what, update.now, person, seen)?;
    let answer = json!({"method": "answerCallbackQuery", "callback_query_id": query});
    Ok(Parsed::Answered(vec![pressed], Reply::json(&answer)))
}
