//! What a Discourse forum tells: accounts, posts, likes.
//!
//! Which event it is stands in a header that nobody signed, and what happened to an account has no
//! time: it is told as of now, and its id names the day, in the community's zone. Accounts with an
//! id of 0 or less are the forum's own (system, discobot).
//!
//! Source: discourse/discourse, `config/initializers/012-web_hook_events.rb` and
//! `app/serializers/web_hook_{user,post,like}_serializer.rb`.

use hearth_domain::community::Community;
use hearth_domain::days::Zone;
use hearth_domain::event::{Facts, Incoming, LeaveCause, Seen};
use hearth_domain::ids::{ChannelId, EventId, MemberId};
use hearth_domain::locale::Locale;
use hearth_domain::thread::{Thread, ThreadId};
use jiff::Timestamp;

use crate::fields::{self, Fields, tidy};
use crate::{ParseError, Parsed, Rejection, Request};

/// The header that names the event. A ping has none.
const EVENT_HEADER: &str = "x-discourse-event";
/// `post_type` of what people write; others are moderators' and small actions, and whispers.
const REGULAR_POST: i64 = 1;

pub(super) fn parse(
    request: &Request<'_>,
    community: &Community,
    now: Timestamp,
) -> Result<Parsed, ParseError> {
    let body = fields::json(request.body)?;
    let event = match request.only_header(EVENT_HEADER) {
        Ok(event) => event,
        Err(Rejection::Missing(_)) => return Ok(Parsed::NotForUs("ping")),
        Err(_) => return Err(ParseError::field(EVENT_HEADER, "exactly one")),
    };
    let told = Told {
        fields: Fields::new(&body),
        community,
        now,
    };
    match event {
        "user_created" => told.created(),
        "user_updated" => told.account("profile", Seen::Renamed),
        "user_suspended" => told.account("suspend", left(LeaveCause::Removed)),
        "user_unsuspended" => told.account("unsuspend", joined(None)),
        // By themselves or by an admin: Discourse does not tell.
        "user_destroyed" => told.account("destroy", left(LeaveCause::Unknown)),
        "post_created" => told.post(),
        "post_liked" => told.like(),
        _ => Ok(Parsed::NotForUs("unknown-type")),
    }
}

fn joined(inviter: Option<MemberId>) -> Seen {
    Seen::Joined {
        inviter,
        source: None,
    }
}

fn left(cause: LeaveCause) -> Seen {
    Seen::Left { cause }
}

/// A delivery, with what it is read by.
#[derive(Clone, Copy)]
struct Told<'a> {
    fields: Fields<'a>,
    community: &'a Community,
    now: Timestamp,
}

impl Told<'_> {
    fn created(self) -> Result<Parsed, ParseError> {
        if self.fields.is_set("user.staged") {
            // Made by an e-mail to the forum; nobody has signed up.
            return Ok(Parsed::NotForUs("staged"));
        }
        let Some(member) = self.member("user.id")? else {
            return Ok(Parsed::NotForUs("bot"));
        };
        let inviter = match self.fields.get("user.invited_by.id") {
            Some(_) => self.member("user.invited_by.id")?,
            None => None,
        };
        let at = self.instant("user.created_at")?;
        let id = format!("join:{member}");
        event(&id, at, member, self.facts("user"), joined(inviter))
    }

    /// What happened to an account, which has no time of its own.
    fn account(self, verb: &str, seen: Seen) -> Result<Parsed, ParseError> {
        let Some(member) = self.member("user.id")? else {
            return Ok(Parsed::NotForUs("bot"));
        };
        let facts = self.facts("user");
        if seen == Seen::Renamed && facts.name.is_none() {
            return Err(self.fields.wrong("user.username", "a name"));
        }
        let day = self.community.zone.day(self.now).date();
        event(
            &format!("{verb}:{member}:{day}"),
            self.now,
            member,
            facts,
            seen,
        )
    }

    fn post(self) -> Result<Parsed, ParseError> {
        let fields = self.fields;
        if let Some(reason) = self.is_apart("post") {
            return Ok(Parsed::NotForUs(reason));
        }
        let Some(member) = self.member("post.user_id")? else {
            return Ok(Parsed::NotForUs("bot"));
        };
        let text = fields.text("post.raw")?;
        let seen = Seen::Message {
            channel: self.channel("post")?,
            direct: false,
            text: text.map(str::to_owned),
            length: text.map(fields::length),
            topic: fields.hint("post.topic_slug").and_then(tidy),
            reply_to: self.author("post.reply_to_user.id"),
            thread: self.thread()?,
        };
        let at = self.instant("post.created_at")?;
        let id = format!("post:{}", self.number("post.id")?);
        event(&id, at, member, self.facts("post"), seen)
    }

    /// A topic is a thread: its first post begins it, all others answer. Which post that was is told,
    /// and not when or by whom it was written.
    fn thread(self) -> Result<Option<Thread>, ParseError> {
        let place = self.fields.get("post.post_number");
        let answers = place.and_then(serde_json::Value::as_u64) > Some(1);
        let topic = self.number("post.topic_id")?;
        Ok(answers.then(|| Thread {
            id: ThreadId::of("topic", &topic.to_string()),
            started: None,
            author: None,
        }))
    }

    /// A like is told without a time, and a reaction counts once per id and second: the beginning
    /// of the community's day is the same however often it is delivered that day.
    fn like(self) -> Result<Parsed, ParseError> {
        if let Some(reason) = self.is_apart("like.post") {
            return Ok(Parsed::NotForUs(reason));
        }
        let Some(member) = self.member("like.user.id")? else {
            return Ok(Parsed::NotForUs("bot"));
        };
        let seen = Seen::Reaction {
            channel: Some(self.channel("like.post")?),
            added: true,
            author: self.author("like.post.user_id"),
        };
        let zone = &self.community.zone;
        let at = zone.start_of(zone.day(self.now));
        let id = format!("like:{}:{member}", self.number("like.post.id")?);
        event(&id, at, member, Facts::default(), seen)
    }

    /// Why a post is not one of the community's: between two people, or not by a person.
    fn is_apart(self, post: &str) -> Option<&'static str> {
        let hint = |name: &str| self.fields.hint(&format!("{post}.{name}"));
        let kind = self.fields.get(&format!("{post}.post_type"));
        if hint("topic_archetype") == Some("private_message") {
            Some("private-message")
        } else if kind.is_some_and(|kind| kind.as_i64() != Some(REGULAR_POST)) {
            Some("post-type")
        } else if self.fields.is_set(&format!("{post}.hidden")) {
            Some("hidden")
        } else {
            None
        }
    }

    /// The topic, `topic-` and its number, where the community's file names it; else the category.
    fn channel(self, post: &str) -> Result<ChannelId, ParseError> {
        let topic = format!("topic-{}", self.number(&format!("{post}.topic_id"))?);
        let community = self.community;
        let named = community
            .check_in_channels
            .iter()
            .chain(&community.topic_channels);
        let path = format!("{post}.category_id");
        let is_named = named.into_iter().any(|channel| channel.as_str() == topic);
        let channel = if is_named || self.fields.get(&path).is_none() {
            topic
        } else {
            self.number(&path)?.to_string()
        };
        ChannelId::new(channel).map_err(|error| ParseError::id(path, &error))
    }

    /// The number that posts, likes and accounts share; `None` for the forum's own accounts.
    fn member(self, path: &str) -> Result<Option<MemberId>, ParseError> {
        let number = self.number(path)?;
        if number <= 0 {
            return Ok(None);
        }
        let id = MemberId::new(number.to_string());
        id.map(Some).map_err(|error| ParseError::id(path, &error))
    }

    /// Who wrote what somebody answers or likes, if that is told; older forums leave out the number.
    fn author(self, path: &str) -> Option<MemberId> {
        self.member(path).ok().flatten()
    }

    fn number(self, path: &str) -> Result<i64, ParseError> {
        self.fields.integer(path, i64::MIN..=i64::MAX, "an integer")
    }

    fn instant(self, path: &str) -> Result<Timestamp, ParseError> {
        let written = self.fields.needed_text(path)?;
        written
            .parse()
            .map_err(|_| self.fields.wrong(path, "an RFC 3339 instant"))
    }

    /// What an account or a post tells about its person. What cannot be read is not told.
    fn facts(self, whose: &str) -> Facts {
        let path = |name: &str| format!("{whose}.{name}");
        let hint = |name: &str| self.fields.hint(&path(name));
        let roles = ["admin", "moderator"].map(|role| self.fields.get(&path(role))?.as_bool());
        let told = roles.iter().any(Option::is_some);
        Facts {
            // Many forums ask for no full name; an empty one is none.
            name: ["name", "username"]
                .into_iter()
                .find_map(|name| tidy(hint(name)?)),
            zone: hint("user_option.timezone").and_then(|name| Zone::new(name).ok()),
            locale: hint("locale").and_then(Locale::from_tag),
            staff: told.then(|| roles.contains(&Some(true))),
            ..Facts::default()
        }
    }
}

fn event(
    what: &str,
    at: Timestamp,
    member: MemberId,
    facts: Facts,
    seen: Seen,
) -> Result<Parsed, ParseError> {
    let id =
        EventId::new(format!("discourse:{what}")).map_err(|error| ParseError::id("id", &error))?;
    Ok(Parsed::Events(vec![Incoming {
        id,
        at,
        seq: 0,
        member,
        facts,
        seen,
    }]))
}

#[cfg(test)]
#[path = "discourse_tests.rs"]
mod tests;
