//! Who comes, goes and changes their name on Slack.

use hearth_domain::days::Zone;
use hearth_domain::event::{Facts, LeaveCause, Seen};
use hearth_domain::ids::{ChannelId, MemberId};
use hearth_domain::locale::Locale;
use serde_json::Value;

use super::delivery::{Delivery, is_slackbot};
use crate::fields::{Fields, tidy};
use crate::{ParseError, Parsed};

/// Joining the home channel is joining the community.
pub(super) fn joined_channel(delivery: Delivery<'_>) -> Result<Parsed, ParseError> {
    let (user, channel) = match at_home(delivery)? {
        Ok(found) => found,
        Err(reason) => return Ok(Parsed::NotForUs(reason)),
    };
    let inviter = delivery.fields.member_if_any("event.inviter")?;
    let moment = delivery.moment()?;
    let what = format!("join:{user}:{channel}:{}", moment.written);
    delivery.event(
        &what,
        &moment,
        user,
        Facts::default(),
        Seen::Joined {
            inviter,
            source: None,
        },
    )
}

/// Leaving the home channel is leaving the community. Slack does not tell who caused it.
pub(super) fn left_channel(delivery: Delivery<'_>) -> Result<Parsed, ParseError> {
    let (user, channel) = match at_home(delivery)? {
        Ok(found) => found,
        Err(reason) => return Ok(Parsed::NotForUs(reason)),
    };
    let moment = delivery.moment()?;
    let what = format!("leave:{user}:{channel}:{}", moment.written);
    delivery.event(
        &what,
        &moment,
        user,
        Facts::default(),
        Seen::Left {
            cause: LeaveCause::Unknown,
        },
    )
}

/// The member and the home channel, or why the event is none of ours.
fn at_home(
    delivery: Delivery<'_>,
) -> Result<Result<(MemberId, ChannelId), &'static str>, ParseError> {
    let channel = delivery.fields.plain_channel("event.channel")?;
    let user = delivery.fields.plain_member("event.user")?;
    let Some(home) = &delivery.community.home_channel else {
        return Ok(Err("no-home-channel"));
    };
    if *home != channel {
        return Ok(Err("other-channel"));
    }
    if is_slackbot(&user) || delivery.is_our_bot(&user) {
        return Ok(Err("bot"));
    }
    Ok(Ok((user, channel)))
}

/// Joining the workspace is joining the community, unless a home channel decides.
pub(super) fn joined_team(delivery: Delivery<'_>) -> Result<Parsed, ParseError> {
    let user = user(&delivery);
    let id = delivery.fields.plain_member("event.user.id")?;
    if is_bot(user, &id) {
        return Ok(Parsed::NotForUs("bot"));
    }
    if delivery.community.home_channel.is_some() {
        return Ok(Parsed::NotForUs("home-channel-decides"));
    }
    let moment = delivery.moment()?;
    let what = format!("join:{id}:workspace:{}", moment.written);
    delivery.event(
        &what,
        &moment,
        id,
        facts(user),
        Seen::Joined {
            inviter: None,
            source: None,
        },
    )
}

/// A changed account: gone from the workspace, or with a new name, zone or language.
pub(super) fn changed(delivery: Delivery<'_>) -> Result<Parsed, ParseError> {
    let user = user(&delivery);
    let id = delivery.fields.plain_member("event.user.id")?;
    if is_bot(user, &id) {
        return Ok(Parsed::NotForUs("bot"));
    }
    let moment = delivery.moment()?;
    // Slack tells one change as several event types; `updated` is the same in all of them.
    let version = user
        .get("updated")
        .and_then(Value::as_u64)
        .map(|updated| updated.to_string());
    let version = version.as_deref().unwrap_or(&moment.written);
    // The whole workspace tells us of its accounts; who is in is decided in the home channel.
    let elsewhere = delivery.community.home_channel.is_some();
    if user.is_set("deleted") {
        let what = format!("leave:{id}:workspace:{version}");
        // A gone account says nothing new about the person.
        return delivery.event(
            &what,
            &moment,
            id,
            Facts {
                elsewhere,
                ..Facts::default()
            },
            Seen::Left {
                cause: LeaveCause::Unknown,
            },
        );
    }
    let what = format!("rename:{id}:{version}");
    let facts = Facts {
        elsewhere,
        ..facts(user)
    };
    delivery.event(&what, &moment, id, facts, Seen::Renamed)
}

fn user<'a>(delivery: &Delivery<'a>) -> Fields<'a> {
    Fields::new(delivery.fields.get("event.user").unwrap_or(&Value::Null))
}

/// `is_app_user` is not asked: it marks people who authorised the app.
fn is_bot(user: Fields<'_>, id: &MemberId) -> bool {
    let flagged = ["is_bot", "is_workflow_bot", "is_connector_bot"]
        .iter()
        .any(|flag| user.is_set(flag));
    flagged || is_slackbot(id)
}

/// What the account tells about the person. What cannot be read is not told.
fn facts(user: Fields<'_>) -> Facts {
    let names = [
        "profile.display_name",
        "real_name",
        "profile.real_name",
        "name",
    ];
    let roles = ["is_admin", "is_owner", "is_primary_owner"];
    let told = roles
        .iter()
        .any(|role| user.get(role).is_some_and(Value::is_boolean));
    Facts {
        name: names.iter().find_map(|path| user.hint(path).and_then(tidy)),
        zone: user.hint("tz").and_then(|name| Zone::new(name).ok()),
        locale: user.hint("locale").and_then(Locale::from_tag),
        staff: told.then(|| roles.iter().any(|role| user.is_set(role))),
        ..Facts::default()
    }
}
