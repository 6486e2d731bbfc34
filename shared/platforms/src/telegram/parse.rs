//! Reading a Telegram update: which kind it is, then messages and reactions.

use std::collections::BTreeSet;

use hearth_domain::community::Community;
use hearth_domain::event::Seen;
use hearth_domain::ids::MemberId;
use hearth_domain::thread::{Thread, ThreadId};
use jiff::Timestamp;
use serde_json::Value;

use super::delivery::{Chat, Update};
use super::{people, press};
use crate::fields::{self, Fields};
use crate::{ParseError, Parsed, Request};

/// Bytes of a reaction's name that go into an id.
const EMOJI_BYTES: usize = 48;

type Reader = fn(Update<'_>) -> Result<Parsed, ParseError>;

/// Where an update keeps what we read, and how errors write that place.
const READERS: [(&str, &str, Reader); 5] = [
    ("message", "message.", message),
    ("message_reaction", "message_reaction.", reaction),
    ("callback_query", "callback_query.", press::parse),
    ("chat_member", "chat_member.", people::changed),
    ("my_chat_member", "my_chat_member.", people::bot_changed),
];

/// What we know and don't use.
const NOT_OURS: [(&str, &str); 7] = [
    ("edited_message", "edited"),
    ("channel_post", "channel-post"),
    ("edited_channel_post", "channel-post"),
    // To ask is not to be in: the join follows when somebody has said yes.
    ("chat_join_request", "join-request"),
    ("message_reaction_count", "anonymous-reactions"),
    ("business_message", "business"),
    ("edited_business_message", "business"),
];

/// What a person sends. Everything else in a message tells of the chat: a title, a pin, a call.
const CONTENT: [&str; 18] = [
    "text",
    "animation",
    "audio",
    "document",
    "paid_media",
    "photo",
    "sticker",
    "story",
    "video",
    "video_note",
    "voice",
    "checklist",
    "contact",
    "dice",
    "game",
    "poll",
    "venue",
    "location",
];

pub(super) fn parse(
    request: &Request<'_>,
    community: &Community,
    now: Timestamp,
) -> Result<Parsed, ParseError> {
    let body = fields::json(request.body)?;
    let update = Fields::new(&body);
    let number = update
        .count("update_id")?
        .ok_or_else(|| update.wrong("update_id", "an integer from 0"))?;
    for (kind, prefix, read) in READERS {
        if let Some(value) = update.get(kind) {
            return read(Update {
                number,
                fields: Fields::within(value, prefix),
                community,
                now,
            });
        }
    }
    let known = NOT_OURS.iter().find(|(kind, _)| update.get(kind).is_some());
    Ok(Parsed::NotForUs(
        known.map_or("unknown-type", |(_, reason)| *reason),
    ))
}

fn message(update: Update<'_>) -> Result<Parsed, ParseError> {
    let fields = update.fields;
    let chat = update.chat()?;
    if let Some(members) = fields.get("new_chat_members") {
        return people::joined(update, &chat, members);
    }
    if fields.get("left_chat_member").is_some() {
        return people::left(update, &chat);
    }
    // An anonymous admin, or a channel's voice: nobody knows which member.
    if fields.get("sender_chat").is_some() {
        return Ok(Parsed::NotForUs("sender-chat"));
    }
    if !CONTENT.iter().any(|kind| fields.get(kind).is_some()) {
        return Ok(Parsed::NotForUs("service-message"));
    }
    let person = update.person("from")?;
    if person.is_bot {
        return Ok(Parsed::NotForUs("bot"));
    }
    if !update.is_ours(&chat) {
        return Ok(Parsed::NotForUs("other-chat"));
    }
    let number = needed_count(&fields, "message_id")?;
    let at = update.at()?;
    let text = match fields.text("text")? {
        Some(text) => Some(text),
        None => fields.text("caption")?,
    };
    // A reply has a thread too; only a forum's topic is a place of its own.
    let topic = if fields.is_set("is_topic_message") {
        fields.count("message_thread_id")?.map(|id| id.to_string())
    } else {
        None
    };
    let seen = Seen::Message {
        channel: update.channel(chat.id.clone(), topic.as_deref()),
        direct: chat.direct,
        text: text.map(|text| keyword_text(text, &chat)),
        length: Some(text.map_or(0, fields::length)),
        topic,
        reply_to: replied_to(&update),
        thread: thread(&update, &chat),
    };
    let event = update.event(&chat, &number.to_string(), at, person, seen)?;
    Ok(Parsed::Events(vec![event]))
}

/// Who wrote what a message replies to. In a forum every message replies to the one that began its
/// topic, if to no other: that answers nobody.
fn replied_to(update: &Update<'_>) -> Option<MemberId> {
    let begins_topic = "reply_to_message.forum_topic_created";
    if update.fields.get(begins_topic).is_some() {
        return None;
    }
    let person = update.person("reply_to_message.from").ok()?;
    (!person.is_bot).then_some(person.id)
}

/// The thread that a message answers in. A supergroup names the first message of it, and a reply tells
/// of the message that it answers: when the first was written, and by whom, is known from those who
/// answer it. Elsewhere, and in a forum's topic, the message that is answered is the first.
fn thread(update: &Update<'_>, chat: &Chat) -> Option<Thread> {
    let fields = update.fields;
    if fields.get("reply_to_message.forum_topic_created").is_some() {
        return None;
    }
    let answered = fields.get("reply_to_message.message_id")?.as_u64()?;
    let told = fields.get("message_thread_id").and_then(Value::as_u64);
    let first = told.filter(|_| !fields.is_set("is_topic_message"));
    let first = first.unwrap_or(answered);
    let written = fields.get("reply_to_message.date").and_then(Value::as_i64);
    let written = written.filter(|second| *second > 0 && first == answered);
    Some(Thread {
        id: ThreadId::of(chat.id.as_str(), &first.to_string()),
        started: written.and_then(|second| Timestamp::from_second(second).ok()),
        author: replied_to(update).filter(|_| first == answered),
    })
}

/// The text as keywords are looked for in it: in groups a command names its bot
/// (`/checkin@acme_bot`), and `/stop` and `/start` one to one are the words that they say.
fn keyword_text(text: &str, chat: &Chat) -> String {
    let Some(command) = text.strip_prefix('/') else {
        return text.to_owned();
    };
    let end = command.find(char::is_whitespace).unwrap_or(command.len());
    let (command, rest) = command.split_at(end);
    let word = command.split_once('@').map_or(command, |(word, _)| word);
    if chat.direct && rest.trim().is_empty() && matches!(word, "stop" | "start") {
        return word.to_owned();
    }
    format!("/{word}{rest}")
}

/// An update has the member's reactions to one message before and after: what is only in one of
/// them was taken back or added.
fn reaction(update: Update<'_>) -> Result<Parsed, ParseError> {
    let fields = update.fields;
    let chat = update.chat()?;
    if fields.get("user").is_none() && fields.get("actor_chat").is_some() {
        return Ok(Parsed::NotForUs("sender-chat"));
    }
    let user = update.person("user")?;
    if user.is_bot {
        return Ok(Parsed::NotForUs("bot"));
    }
    if chat.direct {
        return Ok(Parsed::NotForUs("direct"));
    }
    if !update.is_ours(&chat) {
        return Ok(Parsed::NotForUs("other-chat"));
    }
    let (old, new) = (
        reactions(&fields, "old_reaction")?,
        reactions(&fields, "new_reaction")?,
    );
    let message = needed_count(&fields, "message_id")?;
    let at = update.at()?;
    let added = new.difference(&old).map(|name| (name, true));
    let removed = old.difference(&new).map(|name| (name, false));
    let mut events = Vec::new();
    for (name, added) in removed.chain(added) {
        let verb = if added { "react" } else { "unreact" };
        let what = format!("{verb}:{}:{message}:{name}:{}", user.id, at.as_second());
        let seen = Seen::Reaction {
            channel: Some(chat.id.clone()),
            added,
            // An update names the message, and not who wrote it.
            author: None,
        };
        events.push(update.event(&chat, &what, at, update.person("user")?, seen)?);
    }
    Ok(if events.is_empty() {
        Parsed::NotForUs("no-change")
    } else {
        Parsed::Events(events)
    })
}

/// The names of a list of reactions: the emoji, the id of a custom one, the kind of another.
fn reactions(fields: &Fields<'_>, path: &str) -> Result<BTreeSet<String>, ParseError> {
    let Some(list) = fields.get(path) else {
        return Ok(BTreeSet::new());
    };
    let list = list
        .as_array()
        .ok_or_else(|| fields.wrong(path, "a list"))?;
    Ok(list.iter().map(reaction_name).collect())
}

fn reaction_name(reaction: &Value) -> String {
    let reaction = Fields::new(reaction);
    let name = ["emoji", "custom_emoji_id", "type"]
        .iter()
        .find_map(|path| reaction.hint(path))
        .unwrap_or_default();
    let name: String = name
        .chars()
        .filter(|c| !c.is_control() && !c.is_whitespace())
        .collect();
    name.get(..name.floor_char_boundary(EMOJI_BYTES))
        .unwrap_or_default()
        .to_owned()
}

fn needed_count(fields: &Fields<'_>, path: &str) -> Result<u64, ParseError> {
    fields
        .count(path)?
        .ok_or_else(|| fields.wrong(path, "an integer from 0"))
}
