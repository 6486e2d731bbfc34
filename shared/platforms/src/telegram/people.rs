//! Who comes and goes on Telegram, and who blocks the bot.
//!
//! Telegram tells one join, and one leave, up to twice: as `chat_member` (to a bot that is an
//! admin and asked for it) and as a service message in the chat. Both have the canonical id of
//! their chat, user, transition and second. The two seconds may differ by one, and then the ids
//! do; the domain counts once all the same, in whatever order they come: a join of somebody who is
//! a member, and a leave of somebody who left, change nothing, and which transition is the last is
//! told by its second and, within one, by the update's number. Only who leaves and returns within
//! that one second may seem gone, until the second telling of the return puts it right.

use hearth_domain::event::{Facts, Incoming, LeaveCause, Seen};
use hearth_domain::ids::MemberId;
use serde_json::Value;

use super::delivery::{Chat, Person, Update, person};
use crate::fields::Fields;
use crate::{ParseError, Parsed};

/// `new_chat_members`: several may be added at once.
pub(super) fn joined(
    update: Update<'_>,
    chat: &Chat,
    members: &Value,
) -> Result<Parsed, ParseError> {
    if !update.is_home(chat) {
        return Ok(Parsed::NotForUs("other-chat"));
    }
    let fields = update.fields;
    let members = members
        .as_array()
        .ok_or_else(|| fields.wrong("new_chat_members", "a list"))?;
    let mut events = Vec::new();
    for member in members {
        let member = Fields::within(member, "message.new_chat_members[].");
        let member = person(&member, "")?;
        if member.is_bot {
            continue;
        }
        let inviter = adder(update, &member)?;
        events.push(join(update, chat, member, inviter, None)?);
    }
    Ok(some_or_bots(events))
}

/// `left_chat_member`.
pub(super) fn left(update: Update<'_>, chat: &Chat) -> Result<Parsed, ParseError> {
    if !update.is_home(chat) {
        return Ok(Parsed::NotForUs("other-chat"));
    }
    let member = update.person("left_chat_member")?;
    if member.is_bot {
        return Ok(Parsed::NotForUs("bot"));
    }
    let cause = cause(update, &member)?;
    Ok(Parsed::Events(vec![leave(update, chat, member, cause)?]))
}

/// `chat_member`: somebody's status before and after.
pub(super) fn changed(update: Update<'_>) -> Result<Parsed, ParseError> {
    let fields = update.fields;
    let chat = update.chat()?;
    if !update.is_home(&chat) {
        return Ok(Parsed::NotForUs("other-chat"));
    }
    let mut member = person(&fields, "new_chat_member.user")?;
    if member.is_bot {
        return Ok(Parsed::NotForUs("bot"));
    }
    let (old, new) = (
        Status::read(&fields, "old_chat_member")?,
        Status::read(&fields, "new_chat_member")?,
    );
    let (Some(old), Some(new)) = (old, new) else {
        return Ok(Parsed::NotForUs("unknown-status"));
    };
    let event = match (old.is_in(), new.is_in()) {
        (false, true) => {
            member.facts.staff = Some(new == Status::Admin);
            // Whoever says yes to a request invites nobody.
            let asked = fields.is_set("via_join_request") || fields.get("invite_link").is_some();
            let inviter = if asked { None } else { adder(update, &member)? };
            let source = fields.hint("invite_link.name").map(str::to_owned);
            join(update, &chat, member, inviter, source)?
        }
        (true, false) => {
            let cause = match new {
                Status::Banned => LeaveCause::Removed,
                Status::Admin | Status::In | Status::Out => cause(update, &member)?,
            };
            leave(update, &chat, member, cause)?
        }
        (true, true) if (old == Status::Admin) != (new == Status::Admin) => {
            // Not a rename, and without a name none for the domain: only the role is told.
            let at = update.at()?;
            let what = format!("role:{}:{}", member.id, at.as_second());
            member.facts = Facts {
                staff: Some(new == Status::Admin),
                ..Facts::default()
            };
            update.event(&chat, &what, at, member, Seen::Renamed)?
        }
        (true, true) | (false, false) => return Ok(Parsed::NotForUs("no-transition")),
    };
    Ok(Parsed::Events(vec![event]))
}

/// `my_chat_member`: our bot's own status. One to one it tells that somebody blocked it.
pub(super) fn bot_changed(update: Update<'_>) -> Result<Parsed, ParseError> {
    let fields = update.fields;
    let chat = update.chat()?;
    if !chat.direct {
        return Ok(Parsed::NotForUs("about-the-bot"));
    }
    let member = update.person("from")?;
    if member.is_bot {
        return Ok(Parsed::NotForUs("bot"));
    }
    let (old, new) = (
        Status::read(&fields, "old_chat_member")?,
        Status::read(&fields, "new_chat_member")?,
    );
    let at = update.at()?;
    match (old, new) {
        (_, Some(Status::Banned)) => {}
        // No consent: who wants messages again presses Start, which is the word for it.
        (Some(Status::Banned), Some(Status::In)) => return Ok(Parsed::NotForUs("unblocked")),
        _ => return Ok(Parsed::NotForUs("no-transition")),
    }
    let what = format!("block:{}:{}", member.id, at.as_second());
    Ok(Parsed::Events(vec![update.event(
        &chat,
        &what,
        at,
        member,
        Seen::Blocked,
    )?]))
}

/// What a status says about being in a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Admin,
    In,
    Out,
    Banned,
}

impl Status {
    /// The status at a path; `None` if it is one that we don't know.
    fn read(fields: &Fields<'_>, path: &str) -> Result<Option<Self>, ParseError> {
        Ok(match fields.needed_text(&format!("{path}.status"))? {
            "creator" | "administrator" => Some(Self::Admin),
            "member" => Some(Self::In),
            // Restrictions stay when somebody goes.
            "restricted" => Some(if fields.is_set(&format!("{path}.is_member")) {
                Self::In
            } else {
                Self::Out
            }),
            "left" => Some(Self::Out),
            "kicked" => Some(Self::Banned),
            _ => None,
        })
    }

    fn is_in(self) -> bool {
        match self {
            Self::Admin | Self::In => true,
            Self::Out | Self::Banned => false,
        }
    }
}

fn join(
    update: Update<'_>,
    chat: &Chat,
    member: Person,
    inviter: Option<MemberId>,
    source: Option<String>,
) -> Result<Incoming, ParseError> {
    let at = update.at()?;
    let what = format!("join:{}:{}", member.id, at.as_second());
    update.event(chat, &what, at, member, Seen::Joined { inviter, source })
}

fn leave(
    update: Update<'_>,
    chat: &Chat,
    mut member: Person,
    cause: LeaveCause,
) -> Result<Incoming, ParseError> {
    let at = update.at()?;
    let what = format!("leave:{}:{}", member.id, at.as_second());
    // Who has gone says nothing new about themselves.
    member.facts = Facts::default();
    update.event(chat, &what, at, member, Seen::Left { cause })
}

/// Who caused it, if the update tells.
fn actor(update: Update<'_>) -> Result<Option<Person>, ParseError> {
    match update.fields.get("from") {
        Some(_) => update.person("from").map(Some),
        None => Ok(None),
    }
}

/// The member who added this one.
fn adder(update: Update<'_>, member: &Person) -> Result<Option<MemberId>, ParseError> {
    let actor = actor(update)?.filter(|actor| actor.id != member.id && !actor.is_bot);
    Ok(actor.map(|actor| actor.id))
}

/// Whoever goes by themselves left; whom anybody else takes out was removed.
fn cause(update: Update<'_>, member: &Person) -> Result<LeaveCause, ParseError> {
    Ok(match actor(update)? {
        None => LeaveCause::Unknown,
        Some(actor) if actor.id == member.id => LeaveCause::Voluntary,
        Some(_) => LeaveCause::Removed,
    })
}

fn some_or_bots(events: Vec<Incoming>) -> Parsed {
    if events.is_empty() {
        Parsed::NotForUs("bot")
    } else {
        Parsed::Events(events)
    }
}
