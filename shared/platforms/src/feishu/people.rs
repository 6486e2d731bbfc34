//! Who comes and goes on Feishu: members of the home chat, or, without one, of the tenant.

use hearth_domain::event::{Facts, LeaveCause, Seen};
use hearth_domain::ids::{ChannelId, MemberId};
use serde_json::Value;

use super::delivery::{Delivery, event};
use crate::fields::{Fields, tidy};
use crate::{ParseError, Parsed};

/// Joining the home chat is joining the community.
pub(super) fn added(delivery: Delivery<'_>) -> Result<Parsed, ParseError> {
    moved(delivery, "join", |user, operator| Seen::Joined {
        inviter: operator.filter(|operator| *operator != user).cloned(),
        source: None,
    })
}

/// Leaving it is leaving the community. Whoever goes by themselves left; whom anybody else takes
/// out was removed.
pub(super) fn deleted(delivery: Delivery<'_>) -> Result<Parsed, ParseError> {
    moved(delivery, "leave", |user, operator| Seen::Left {
        cause: match operator {
            None => LeaveCause::Unknown,
            Some(operator) if operator == user => LeaveCause::Voluntary,
            Some(_) => LeaveCause::Removed,
        },
    })
}

/// Somebody took back that they had added these people.
pub(super) fn withdrawn(delivery: Delivery<'_>) -> Result<Parsed, ParseError> {
    moved(delivery, "leave", |_, _| Seen::Left {
        cause: LeaveCause::Removed,
    })
}

/// One event a member: a delivery names everybody who came or went at once.
fn moved(
    delivery: Delivery<'_>,
    verb: &str,
    seen: fn(&MemberId, Option<&MemberId>) -> Seen,
) -> Result<Parsed, ParseError> {
    let fields = delivery.fields;
    let home = match at_home(delivery)? {
        Ok(home) => home,
        Err(reason) => return Ok(Parsed::NotForUs(reason)),
    };
    let operator = fields.member_if_any("event.operator_id.open_id")?;
    let at = delivery.at()?;
    let users = fields.get("event.users").and_then(Value::as_array);
    let users = users.ok_or_else(|| fields.wrong("event.users", "a list"))?;
    let mut told = Vec::new();
    for each in users {
        let each = Fields::within(each, "event.users[].");
        if each.text("user_id.open_id")?.is_none_or(str::is_empty) {
            continue;
        }
        let user = each.plain_member("user_id.open_id")?;
        let what = format!("{home}:{verb}:{user}:{}", at.as_millisecond());
        let seen = seen(&user, operator.as_ref());
        // Who has gone says nothing new about themselves.
        let facts = if matches!(seen, Seen::Joined { .. }) {
            named(each.hint("name"))
        } else {
            Facts::default()
        };
        told.push(event(&what, at, user, facts, seen)?);
    }
    Ok(if told.is_empty() {
        Parsed::NotForUs("no-user")
    } else {
        Parsed::Events(told)
    })
}

/// The home chat, or why the event is none of ours.
fn at_home(delivery: Delivery<'_>) -> Result<Result<ChannelId, &'static str>, ParseError> {
    let chat = delivery.fields.plain_channel("event.chat_id")?;
    Ok(match &delivery.community.home_channel {
        None => Err("no-home-channel"),
        Some(home) if *home == chat => Ok(chat),
        Some(_) => Err("other-channel"),
    })
}

/// Joining the tenant is joining the community, unless a home chat decides.
pub(super) fn hired(delivery: Delivery<'_>) -> Result<Parsed, ParseError> {
    if delivery.community.home_channel.is_some() {
        return Ok(Parsed::NotForUs("home-channel-decides"));
    }
    let facts = named(delivery.fields.hint("event.object.name"));
    let seen = Seen::Joined {
        inviter: None,
        source: None,
    };
    of_account(delivery, "join", facts, seen)
}

/// A changed account. Feishu tells of every change, with what was before in `old_object`.
pub(super) fn changed(delivery: Delivery<'_>) -> Result<Parsed, ParseError> {
    if delivery.fields.get("event.old_object.name").is_none() {
        return Ok(Parsed::NotForUs("no-new-name"));
    }
    let facts = Facts {
        name: delivery.fields.hint("event.object.name").and_then(tidy),
        ..delivery.facts_of_the_tenant()
    };
    of_account(delivery, "rename", facts, Seen::Renamed)
}

/// An account that is gone: of this person nothing is left in any chat, and nobody tells why.
pub(super) fn resigned(delivery: Delivery<'_>) -> Result<Parsed, ParseError> {
    let seen = Seen::Left {
        cause: LeaveCause::Unknown,
    };
    of_account(delivery, "leave", delivery.facts_of_the_tenant(), seen)
}

fn of_account(
    delivery: Delivery<'_>,
    verb: &str,
    facts: Facts,
    seen: Seen,
) -> Result<Parsed, ParseError> {
    let user = delivery.fields.plain_member("event.object.open_id")?;
    let at = delivery.at()?;
    let what = format!("tenant:{verb}:{user}:{}", at.as_millisecond());
    Ok(Parsed::Events(vec![event(&what, at, user, facts, seen)?]))
}

fn named(name: Option<&str>) -> Facts {
    Facts {
        name: name.and_then(tidy),
        ..Facts::default()
    }
}
