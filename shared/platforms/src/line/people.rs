//! Who comes and goes on LINE: members of the home group, or, without one, the bot's friends.

use hearth_domain::event::{LeaveCause, Seen};
use hearth_domain::ids::{ChannelId, MemberId};
use serde_json::Value;

use super::delivery::{Delivery, Place, Told};
use crate::ParseError;
use crate::fields::Fields;

/// Joining the home group is joining the community.
pub(super) fn joined_group(delivery: Delivery<'_>) -> Result<Told, ParseError> {
    moved(delivery, "join", "joined.members", || Seen::Joined {
        inviter: None,
        source: None,
    })
}

/// Leaving it is leaving the community. LINE does not tell who caused it.
pub(super) fn left_group(delivery: Delivery<'_>) -> Result<Told, ParseError> {
    moved(delivery, "leave", "left.members", || Seen::Left {
        cause: LeaveCause::Unknown,
    })
}

/// One event a member: a delivery names everybody who came or went at once.
fn moved(
    delivery: Delivery<'_>,
    verb: &str,
    list: &str,
    seen: fn() -> Seen,
) -> Result<Told, ParseError> {
    let group = match at_home(delivery)? {
        Ok(group) => group,
        Err(reason) => return Ok(Err(reason)),
    };
    let millis = delivery.at()?.as_millisecond();
    let members = delivery.fields.get(list).and_then(Value::as_array);
    let members = members.ok_or_else(|| delivery.fields.wrong(list, "a list"))?;
    let mut told = Vec::new();
    for each in members {
        let each = Fields::within(each, "members[].");
        if each.text("userId")?.is_none_or(str::is_empty) {
            continue;
        }
        let user = each.plain_member("userId")?;
        if delivery.is_our_bot(&user) {
            continue;
        }
        told.push(delivery.event(&format!("{verb}:{user}:{group}:{millis}"), &user, seen())?);
    }
    Ok(if told.is_empty() {
        Err("no-user")
    } else {
        Ok(told)
    })
}

/// The home group, or why the event is none of ours.
fn at_home(delivery: Delivery<'_>) -> Result<Result<ChannelId, &'static str>, ParseError> {
    let Some(place) = delivery.place()? else {
        return Ok(Err("unknown-source"));
    };
    Ok(match (place, &delivery.community.home_channel) {
        (_, None) => Err("no-home-channel"),
        (Place::Group(group), Some(home)) if *home == group => Ok(group),
        (Place::Direct | Place::Group(_), Some(_)) => Err("other-channel"),
    })
}

/// Adding the bot as a friend, for the first time or again after a block. Without a home group it
/// is joining the community. It is no consent: who opted out or blocked us writes "start".
pub(super) fn followed(delivery: Delivery<'_>) -> Result<Told, ParseError> {
    let user = match friend(delivery)? {
        Ok(user) => user,
        Err(reason) => return Ok(Err(reason)),
    };
    if delivery.community.home_channel.is_some() {
        return Ok(Err("home-channel-decides"));
    }
    let seen = Seen::Joined {
        inviter: None,
        source: None,
    };
    Ok(Ok(vec![friendship(delivery, "join", &user, seen)?]))
}

/// Blocking the bot. Without a home group it is leaving the community too.
pub(super) fn unfollowed(delivery: Delivery<'_>) -> Result<Told, ParseError> {
    let user = match friend(delivery)? {
        Ok(user) => user,
        Err(reason) => return Ok(Err(reason)),
    };
    let mut told = vec![friendship(delivery, "block", &user, Seen::Blocked)?];
    if delivery.community.home_channel.is_none() {
        let seen = Seen::Left {
            cause: LeaveCause::Voluntary,
        };
        told.push(friendship(delivery, "leave", &user, seen)?);
    }
    Ok(Ok(told))
}

fn friend(delivery: Delivery<'_>) -> Result<Result<MemberId, &'static str>, ParseError> {
    Ok(match (delivery.place()?, delivery.user()?) {
        (Some(Place::Direct), Some(user)) => Ok(user),
        (Some(Place::Direct), None) => Err("no-user"),
        (Some(Place::Group(_)) | None, _) => Err("unknown-source"),
    })
}

fn friendship(
    delivery: Delivery<'_>,
    verb: &str,
    user: &MemberId,
    seen: Seen,
) -> Result<hearth_domain::event::Incoming, ParseError> {
    let millis = delivery.at()?.as_millisecond();
    delivery.event(&format!("{verb}:{user}:{millis}"), user, seen)
}
