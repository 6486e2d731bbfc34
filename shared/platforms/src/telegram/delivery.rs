//! What every update has in common: its number, its chat, its people, the canonical id.

use hearth_domain::community::Community;
use hearth_domain::event::{Facts, Incoming, Seen};
use hearth_domain::ids::{ChannelId, EventId, MemberId};
use hearth_domain::locale::Locale;
use jiff::Timestamp;

use crate::ParseError;
use crate::fields::{Fields, tidy};

/// Telegram's own account, by which service messages and forwarded posts come; not marked as a
/// bot.
const TELEGRAM: &str = "777000";

/// The one thing that an update tells.
#[derive(Clone, Copy)]
pub(super) struct Update<'a> {
    /// `update_id`: orders what happened in one second, which is as exact as Telegram's times are.
    pub(super) number: u64,
    /// The update's one object.
    pub(super) fields: Fields<'a>,
    pub(super) community: &'a Community,
    pub(super) now: Timestamp,
}

/// Where something happened.
pub(super) struct Chat {
    pub(super) id: ChannelId,
    /// One to one with our bot.
    pub(super) direct: bool,
}

/// Somebody, as the update describes them.
pub(super) struct Person {
    pub(super) id: MemberId,
    pub(super) is_bot: bool,
    pub(super) facts: Facts,
}

impl Update<'_> {
    pub(super) fn chat(&self) -> Result<Chat, ParseError> {
        chat(&self.fields, "chat")
    }

    /// When it happened. The same in every copy.
    pub(super) fn at(&self) -> Result<Timestamp, ParseError> {
        let expected = "unix seconds";
        let second = self.fields.integer("date", 1..=i64::MAX, expected)?;
        Timestamp::from_second(second).map_err(|_| self.fields.wrong("date", expected))
    }

    /// Somebody who must be there, at a path such as `from`.
    pub(super) fn person(&self, path: &str) -> Result<Person, ParseError> {
        person(&self.fields, path)
    }

    /// Whether joining and leaving this chat is joining and leaving the community.
    pub(super) fn is_home(&self, chat: &Chat) -> bool {
        let home = self.community.home_channel.as_ref();
        !chat.direct && home.is_none_or(|home| *home == chat.id)
    }

    /// Whether a chat is one of the community's. Anybody may add a bot to a group of their own, so
    /// a home decides for all others: only those count that the community's file names.
    pub(super) fn is_ours(&self, chat: &Chat) -> bool {
        let Self { community, .. } = self;
        let named = community
            .check_in_channels
            .iter()
            .chain(&community.topic_channels);
        chat.direct || self.is_home(chat) || named.into_iter().any(|id| is_in(id, &chat.id))
    }

    /// The channel of a message: the chat, or `<chat>:<topic>` where the community's file names
    /// that topic of a forum.
    pub(super) fn channel(&self, chat: ChannelId, topic: Option<&str>) -> ChannelId {
        let Self { community, .. } = self;
        let named = topic.and_then(|topic| ChannelId::new(format!("{chat}:{topic}")).ok());
        named
            .filter(|id| {
                community.check_in_channels.contains(id) || community.topic_channels.contains(id)
            })
            .unwrap_or(chat)
    }

    /// One event, with the canonical id `telegram:<chat>:<what>`.
    pub(super) fn event(
        &self,
        chat: &Chat,
        what: &str,
        at: Timestamp,
        person: Person,
        seen: Seen,
    ) -> Result<Incoming, ParseError> {
        let id = EventId::new(format!("telegram:{}:{what}", chat.id))
            .map_err(|error| ParseError::id("(canonical id)", &error))?;
        Ok(Incoming {
            id,
            at,
            seq: self.number,
            member: person.id,
            facts: Facts {
                // The whole world may write to a bot; who is in is decided in the home chat.
                elsewhere: chat.direct && self.community.home_channel.is_some(),
                ..person.facts
            },
            seen,
        })
    }
}

/// The chat at a path.
pub(super) fn chat(fields: &Fields<'_>, path: &str) -> Result<Chat, ParseError> {
    let id_path = format!("{path}.id");
    let id = fields.integer(&id_path, i64::MIN..=i64::MAX, "an integer")?;
    let id = ChannelId::new(id.to_string()).map_err(|error| ParseError::id(id_path, &error))?;
    let direct = fields.hint(&format!("{path}.type")) == Some("private");
    Ok(Chat { id, direct })
}

/// The user at a path; `""` if the fields are the user's own.
pub(super) fn person(fields: &Fields<'_>, path: &str) -> Result<Person, ParseError> {
    let at = |field: &str| match path {
        "" => field.to_owned(),
        path => format!("{path}.{field}"),
    };
    let id_path = at("id");
    let id = fields
        .count(&id_path)?
        .ok_or_else(|| fields.wrong(&id_path, "an integer from 0"))?;
    let id = MemberId::new(id.to_string()).map_err(|error| ParseError::id(id_path, &error))?;
    let names = ["first_name", "last_name"].map(|field| fields.hint(&at(field)));
    let name = names.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let language = fields.hint(&at("language_code"));
    Ok(Person {
        is_bot: fields.is_set(&at("is_bot")) || id.as_str() == TELEGRAM,
        id,
        facts: Facts {
            name: tidy(&name),
            locale: language.and_then(Locale::from_tag),
            ..Facts::default()
        },
    })
}

/// Whether a channel of the community's file is this chat, or a topic in it.
fn is_in(channel: &ChannelId, chat: &ChannelId) -> bool {
    let of_chat = channel.as_str().split_once(':');
    of_chat.map_or(channel.as_str(), |(chat, _)| chat) == chat.as_str()
}
