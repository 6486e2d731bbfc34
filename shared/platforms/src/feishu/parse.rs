//! Reading a Feishu delivery: which kind it is, then messages and reactions.
//!
//! Only schema 2.0 is read. An app may subscribe to an event in both schemas, and the old one
//! tells the time of its delivery and not of the act: two tellings could not be known for one.

use hearth_domain::community::Community;
use hearth_domain::event::{Facts, Seen};
use hearth_domain::thread::{Thread, ThreadId};
use serde_json::json;

use super::delivery::{Delivery, event, instant};
use super::verify::is_handshake;
use super::{people, press, text};
use crate::fields::{self, Fields};
use crate::{ParseError, Parsed, Reply, Request};

/// Bytes of a reaction's name that go into an id.
const EMOJI_BYTES: usize = 48;

pub(super) fn parse(request: &Request<'_>, community: &Community) -> Result<Parsed, ParseError> {
    let body = fields::json(request.body)?;
    let fields = Fields::new(&body);
    if is_handshake(&body) {
        let challenge = fields.needed_text("challenge")?;
        return Ok(Parsed::Reply(Reply::json(&json!({"challenge": challenge}))));
    }
    let Some(kind) = fields.text("header.event_type")? else {
        return Ok(Parsed::NotForUs(match fields.get("event.type") {
            Some(_) => "old-schema",
            None => "unknown-type",
        }));
    };
    let delivery = Delivery { fields, community };
    if delivery.is_elsewhere() {
        return Ok(Parsed::NotForUs("other-workspace"));
    }
    match kind {
        "im.message.receive_v1" => message(delivery),
        "im.message.reaction.created_v1" => reaction(delivery, true),
        "im.message.reaction.deleted_v1" => reaction(delivery, false),
        "im.chat.member.user.added_v1" => people::added(delivery),
        "im.chat.member.user.deleted_v1" => people::deleted(delivery),
        "im.chat.member.user.withdrawn_v1" => people::withdrawn(delivery),
        "contact.user.created_v3" => people::hired(delivery),
        "contact.user.updated_v3" => people::changed(delivery),
        "contact.user.deleted_v3" => people::resigned(delivery),
        "card.action.trigger" => press::parse(delivery),
        "im.chat.member.bot.added_v1" | "im.chat.member.bot.deleted_v1" => {
            Ok(Parsed::NotForUs("about-the-bot"))
        }
        _ => Ok(Parsed::NotForUs("unknown-type")),
    }
}

fn message(delivery: Delivery<'_>) -> Result<Parsed, ParseError> {
    let fields = delivery.fields;
    if fields.hint("event.sender.sender_type") != Some("user") {
        return Ok(Parsed::NotForUs("bot"));
    }
    let user = fields.plain_member("event.sender.sender_id.open_id")?;
    let channel = fields.plain_channel("event.message.chat_id")?;
    let direct = fields.hint("event.message.chat_type") == Some("p2p");
    if !direct && !delivery.counts(&channel) {
        return Ok(Parsed::NotForUs("other-channel"));
    }
    // Everybody in the tenant may write to the app; who is in is decided in the home chat.
    let facts = if direct {
        delivery.facts_of_the_tenant()
    } else {
        Facts::default()
    };
    let written = text::written(&fields);
    // A reply names the first message of its thread, and not when or by whom that was written.
    let first = fields.hint("event.message.root_id");
    let thread = first.filter(|id| !id.is_empty()).map(|first| Thread {
        id: ThreadId::of(channel.as_str(), first),
        started: None,
        author: None,
    });
    let seen = Seen::Message {
        channel,
        direct,
        length: Some(written.as_deref().map_or(0, fields::length)),
        text: written,
        topic: fields.hint("event.message.thread_id").map(str::to_owned),
        // A reply names the message that it answers, and not who wrote it; a reaction likewise.
        reply_to: None,
        thread,
    };
    let what = format!("message:{}", fields.plain_id("event.message.message_id")?);
    let at = instant(&fields, "event.message.create_time")?;
    Ok(Parsed::Events(vec![event(&what, at, user, facts, seen)?]))
}

/// Feishu does not tell in which chat the message stands.
fn reaction(delivery: Delivery<'_>, added: bool) -> Result<Parsed, ParseError> {
    let fields = delivery.fields;
    if fields.hint("event.operator_type") != Some("user") {
        return Ok(Parsed::NotForUs("bot"));
    }
    let user = fields.plain_member("event.user_id.open_id")?;
    let message = fields.plain_id("event.message_id")?;
    let at = match fields.get("event.action_time") {
        Some(_) => instant(&fields, "event.action_time")?,
        None => delivery.at()?,
    };
    let emoji = fields.hint("event.reaction_type.emoji_type");
    let emoji: String = emoji
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_control() && !c.is_whitespace())
        .collect();
    let emoji = emoji
        .get(..emoji.floor_char_boundary(EMOJI_BYTES))
        .unwrap_or_default();
    let verb = if added { "react" } else { "unreact" };
    let what = format!("{verb}:{user}:{message}:{emoji}:{}", at.as_millisecond());
    let seen = Seen::Reaction {
        channel: None,
        added,
        author: None,
    };
    let facts = delivery.facts_of_the_tenant();
    Ok(Parsed::Events(vec![event(&what, at, user, facts, seen)?]))
}
