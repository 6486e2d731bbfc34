//! Reading a LINE delivery: its events one by one, and messages.

use hearth_domain::community::Community;
use hearth_domain::event::Seen;
use hearth_domain::ids::ChannelId;
use serde_json::Value;

use super::delivery::{Delivery, Place, Told};
use super::{people, press, text};
use crate::fields::{self, Fields, is_plain_id};
use crate::{ParseError, Parsed, Request};

pub(super) fn parse(request: &Request<'_>, community: &Community) -> Result<Parsed, ParseError> {
    let body = fields::json(request.body)?;
    let fields = Fields::new(&body);
    let events = fields.get("events").and_then(Value::as_array);
    let events = events.ok_or_else(|| fields.wrong("events", "a list"))?;
    let bot = fields.hint("destination");
    if let (Some(ours), Some(theirs)) = (community.workspace.as_deref(), bot)
        && ours != theirs
    {
        return Ok(Parsed::NotForUs("other-workspace"));
    }
    let mut told = Vec::new();
    let mut reasons = Vec::new();
    for event in events {
        let delivery = Delivery {
            fields: Fields::within(event, "events[]."),
            bot,
            community,
        };
        match read(delivery)? {
            Ok(more) => told.extend(more),
            Err(reason) => reasons.push(reason),
        }
    }
    Ok(if told.is_empty() {
        // The console's "Verify" delivers no event at all.
        Parsed::NotForUs(reasons.first().copied().unwrap_or("no-events"))
    } else {
        Parsed::Events(told)
    })
}

fn read(delivery: Delivery<'_>) -> Result<Told, ParseError> {
    let kind = delivery.fields.needed_text("type")?;
    // Another module of the channel answers this chat.
    if delivery.fields.hint("mode") == Some("standby") {
        return Ok(Err("standby"));
    }
    match kind {
        "message" => message(delivery),
        "postback" => press::pressed(delivery),
        "memberJoined" => people::joined_group(delivery),
        "memberLeft" => people::left_group(delivery),
        "follow" => people::followed(delivery),
        "unfollow" => people::unfollowed(delivery),
        "join" | "leave" => Ok(Err("about-the-bot")),
        _ => Ok(Err("unknown-type")),
    }
}

fn message(delivery: Delivery<'_>) -> Result<Told, ParseError> {
    let fields = delivery.fields;
    let (user, place) = match delivery.somebody()? {
        Ok(found) => found,
        Err(reason) => return Ok(Err(reason)),
    };
    let (channel, direct) = match place {
        Place::Group(group) => (group, false),
        // One to one a chat has no id but the member's.
        Place::Direct => (
            ChannelId::new(user.as_str())
                .map_err(|error| ParseError::id("source.userId", &error))?,
            true,
        ),
    };
    let written = match fields.hint("message.type") {
        Some("text") => fields.text("message.text")?,
        Some(_) | None => None,
    };
    let seen = Seen::Message {
        channel,
        direct,
        length: Some(written.map_or(0, fields::length)),
        text: written.map(|written| text::without_mentions(written, &fields)),
        topic: None,
        // A reply names the message that it quotes, and not who wrote it.
        reply_to: None,
        // Nor the first message of those that are quoted one after the other.
        thread: None,
    };
    let what = message_id(&fields)?;
    Ok(Ok(vec![delivery.event(&what, &user, seen)?]))
}

/// The message's own id; without one, that of the event, which a redelivery keeps.
fn message_id(fields: &Fields<'_>) -> Result<String, ParseError> {
    let id = |path: &str| fields.hint(path).filter(|id| is_plain_id(id));
    match (id("message.id"), id("webhookEventId")) {
        (Some(id), _) => Ok(format!("message:{id}")),
        (None, Some(id)) => Ok(format!("event:{id}")),
        (None, None) => Err(fields.wrong("message.id", fields::PLAIN_ID)),
    }
}
