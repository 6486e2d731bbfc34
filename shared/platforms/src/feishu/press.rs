//! Buttons pressed on Feishu: what a card's button carries, and reading it.

use hearth_domain::event::{Facts, Seen};
use hearth_domain::ids::MessageId;
use serde_json::{Value, json};

use super::delivery::{Delivery, event};
use crate::fields::Fields;
use crate::{ParseError, Parsed};

/// The key of our message's id, by which our cards are told from those of others.
const OURS: &str = "hearth";

/// The value of a button. Feishu wants an object.
pub fn value(message: &MessageId, value: &str) -> Value {
    json!({OURS: message.to_string(), "value": value})
}

/// Our message and the button's value. The value of somebody else's card is one of no message,
/// whether a string or an object that has one.
pub fn read_value(carried: &Value) -> (Option<MessageId>, &str) {
    let fields = Fields::new(carried);
    let message = fields.hint(OURS).and_then(|id| id.parse().ok());
    let value = carried.as_str().or_else(|| fields.hint("value"));
    (message, value.unwrap_or_default())
}

pub(super) fn parse(delivery: Delivery<'_>) -> Result<Parsed, ParseError> {
    let fields = delivery.fields;
    let user = fields.plain_member("event.operator.open_id")?;
    let carried = fields.get("event.action.value").unwrap_or(&Value::Null);
    let (message, value) = read_value(carried);
    if value.is_empty() {
        return Ok(Parsed::NotForUs("no-value"));
    }
    let seen = Seen::Pressed {
        // Another community's button is no message of ours.
        message: message.filter(|id| *id.community() == delivery.community.id),
        value: value.to_owned(),
    };
    let path = "event.context.open_chat_id";
    let is_ours = match fields.get(path) {
        Some(_) => delivery.counts(&fields.plain_channel(path)?),
        None => false,
    };
    // One to one is a chat of its own, which no file names.
    let facts = if is_ours {
        Facts::default()
    } else {
        delivery.facts_of_the_tenant()
    };
    let at = delivery.at()?;
    let what = format!("press:{user}:{}", at.as_millisecond());
    Ok(Parsed::Events(vec![event(&what, at, user, facts, seen)?]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_back_as_written() {
        let id: MessageId = "acme/ou_1/onboarding/1/day-1".parse().unwrap();
        let written = value(&id, "interest:ai");
        assert_eq!(
            written,
            json!({"hearth": "acme/ou_1/onboarding/1/day-1", "value": "interest:ai"})
        );
        assert_eq!(read_value(&written), (Some(id), "interest:ai"));
    }

    #[test]
    fn what_is_not_ours_is_a_value_of_no_message() {
        for (carried, value) in [
            (json!("interest:ai"), "interest:ai"),
            (json!({"value": "interest:ai"}), "interest:ai"),
            (json!({"hearth": "no id", "value": "v"}), "v"),
            (json!({"hearth": 7, "value": "v"}), "v"),
            (json!({"action": "approve"}), ""),
            (json!({"value": 7}), ""),
            (json!([1]), ""),
            (Value::Null, ""),
        ] {
            assert_eq!(read_value(&carried), (None, value), "{carried}");
        }
    }
}
