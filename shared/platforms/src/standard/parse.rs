//! Reading a Standard Webhook with one of our event types.

use hearth_domain::community::Community;
use hearth_domain::days::Zone;
use hearth_domain::event::{Facts, FeedbackScale, Incoming, LeaveCause, Seen};
use hearth_domain::ids::{ChannelId, Currency, EventId, GatheringId, MessageId, OrderId};
use hearth_domain::locale::Locale;
use hearth_domain::receipt::MAX_AMOUNT;
use hearth_domain::thread::{Thread, ThreadId};
use jiff::Timestamp;

use super::ID_HEADER;
use crate::fields::{self, Fields, tidy};
use crate::{ParseError, Parsed, Request};

/// Bytes of a button's value; Slack's limit, which no other platform exceeds.
const VALUE_BYTES: usize = 2000;
/// Characters of what is written beside an answer that an operator is shown.
const REMARK_CHARS: usize = 500;

pub(super) fn parse(request: &Request<'_>, community: &Community) -> Result<Parsed, ParseError> {
    let body = fields::json(request.body)?;
    event(Fields::new(&body), community, || id(request))
}

/// Reads a body with one of our event types, whose canonical id comes from elsewhere.
pub(super) fn event(
    fields: Fields<'_>,
    community: &Community,
    id: impl FnOnce() -> Result<EventId, ParseError>,
) -> Result<Parsed, ParseError> {
    let kind = fields.needed_text("type")?;
    let Some(seen) = seen(kind, fields, community)? else {
        return Ok(Parsed::NotForUs("unknown-type"));
    };
    let facts = facts(fields)?;
    if seen == Seen::Renamed && facts.name.is_none() {
        return Err(fields.wrong("data.name", "a name"));
    }
    let at = fields.needed_text("timestamp")?;
    let at = at
        .parse::<Timestamp>()
        .map_err(|_| fields.wrong("timestamp", "an RFC 3339 instant"))?;
    let seq = fields.count("data.seq")?.unwrap_or(0);
    let member = fields.member("data.member")?;
    Ok(Parsed::Events(vec![Incoming {
        id: id()?,
        at,
        seq,
        member,
        facts,
        seen,
    }]))
}

fn id(request: &Request<'_>) -> Result<EventId, ParseError> {
    let id = request
        .only_header(ID_HEADER)
        .map_err(|_| ParseError::field(ID_HEADER, "exactly one"))?;
    EventId::new(format!("std:{id}")).map_err(|error| ParseError::id(ID_HEADER, &error))
}

/// What was seen; `None` for a type that is not ours.
fn seen(kind: &str, fields: Fields<'_>, community: &Community) -> Result<Option<Seen>, ParseError> {
    Ok(Some(match kind {
        "member.joined" => Seen::Joined {
            inviter: fields.member_if_any("data.inviter")?,
            source: fields.text("data.source")?.and_then(tidy),
        },
        "member.left" => Seen::Left {
            cause: cause(fields)?,
        },
        "member.renamed" => Seen::Renamed,
        "message.posted" => posted(fields)?,
        "reaction.added" => reaction(fields, true)?,
        "reaction.removed" => reaction(fields, false)?,
        "member.checked_in" => Seen::CheckedIn {
            channel: fields.channel_if_any("data.channel")?,
        },
        "content.shared" => shared(fields)?,
        "survey.answered" => Seen::Survey {
            message: our_message(fields, community)?,
            value: value(fields)?,
            text: fields.text("data.text")?.and_then(remark),
        },
        // Ours, beyond the published types: a gateway hands a button of ours back.
        "button.pressed" => Seen::Pressed {
            message: Some(our_message(fields, community)?),
            value: value(fields)?,
        },
        // Ours too: who held an event tells who came, and a form tells of a consent.
        "event.attended" => Seen::Attended {
            gathering: gathering(fields)?,
        },
        "consent.changed" => Seen::Consent {
            given: fields
                .flag("data.given")?
                .ok_or_else(|| fields.wrong("data.given", "true or false"))?,
        },
        "invitation.accepted" => Seen::InvitationAccepted {
            inviter: fields.member("data.inviter")?,
        },
        "order.paid" => order(fields)?,
        "feedback.scored" => feedback(fields)?,
        _ => return Ok(None),
    }))
}

/// A zone or language we don't know is not told; one that is no text is an error.
fn facts(fields: Fields<'_>) -> Result<Facts, ParseError> {
    Ok(Facts {
        name: fields.text("data.name")?.and_then(tidy),
        zone: fields
            .text("data.zone")?
            .and_then(|name| Zone::new(name).ok()),
        locale: fields.text("data.locale")?.and_then(Locale::from_tag),
        staff: fields.flag("data.staff")?,
        ..Facts::default()
    })
}

fn cause(fields: Fields<'_>) -> Result<LeaveCause, ParseError> {
    match fields.text("data.cause")? {
        Some("voluntary") => Ok(LeaveCause::Voluntary),
        Some("removed") => Ok(LeaveCause::Removed),
        Some("unknown") | None => Ok(LeaveCause::Unknown),
        Some(_) => Err(fields.wrong("data.cause", "voluntary, removed or unknown")),
    }
}

fn posted(fields: Fields<'_>) -> Result<Seen, ParseError> {
    let message = fields.needed_name("data.message")?;
    let channel = fields.channel("data.channel")?;
    let text = fields.text("data.keyword_text")?;
    let told = fields.count("data.length")?;
    let told = told.map(|length| {
        u32::try_from(length).map_err(|_| fields.wrong("data.length", "a 32-bit count"))
    });
    Ok(Seen::Message {
        thread: thread(fields, &channel, message)?,
        channel,
        direct: fields.flag("data.direct")?.unwrap_or(false),
        text: text.map(str::to_owned),
        length: told.transpose()?.or(text.map(fields::length)),
        topic: fields.text("data.topic")?.and_then(tidy),
        reply_to: fields.member_if_any("data.reply_to_author")?,
    })
}

/// The thread that a message answers in, named by its first message; that one may name itself.
fn thread(
    fields: Fields<'_>,
    channel: &ChannelId,
    message: &str,
) -> Result<Option<Thread>, ParseError> {
    let first = fields.text("data.thread")?.filter(|id| !id.is_empty());
    let first = first.map(|_| fields.needed_name("data.thread"));
    let started = fields.text("data.thread_started")?;
    let started = started.map(|written| {
        written
            .parse::<Timestamp>()
            .map_err(|_| fields.wrong("data.thread_started", "an RFC 3339 instant"))
    });
    let started = started.transpose()?;
    let author = fields.member_if_any("data.thread_author")?;
    let first = first.transpose()?.filter(|first| *first != message);
    Ok(first.map(|first| Thread {
        id: ThreadId::of(channel.as_str(), first),
        started,
        author,
    }))
}

/// Which message was shared is checked and then nobody's business.
fn shared(fields: Fields<'_>) -> Result<Seen, ParseError> {
    if fields.text("data.message")?.is_some() {
        fields.needed_name("data.message")?;
    }
    Ok(Seen::Shared)
}

fn reaction(fields: Fields<'_>, added: bool) -> Result<Seen, ParseError> {
    fields.needed_name("data.message")?;
    Ok(Seen::Reaction {
        channel: Some(fields.channel("data.channel")?),
        added,
        author: fields.member_if_any("data.author")?,
    })
}

/// The id of a message of ours. Another community's is as wrong as none.
fn our_message(fields: Fields<'_>, community: &Community) -> Result<MessageId, ParseError> {
    let message = fields.message("data.message_id")?;
    let ours = *message.community() == community.id;
    if ours {
        Ok(message)
    } else {
        Err(fields.wrong("data.message_id", "a message of this community"))
    }
}

fn value(fields: Fields<'_>) -> Result<String, ParseError> {
    let value = fields.needed_text("data.value")?;
    let fits = !value.is_empty() && value.len() <= VALUE_BYTES;
    if fits {
        Ok(value.to_owned())
    } else {
        Err(fields.wrong("data.value", "1 to 2000 bytes"))
    }
}

fn gathering(fields: Fields<'_>) -> Result<Option<GatheringId>, ParseError> {
    let named = fields.text("data.event")?;
    named
        .map(|id| {
            GatheringId::new(id).map_err(|_| fields.wrong("data.event", "the id of an event"))
        })
        .transpose()
}

/// What somebody wrote, cut to what an operator reads at a glance.
fn remark(text: &str) -> Option<String> {
    let text: String = text.trim().chars().take(REMARK_CHARS).collect();
    (!text.is_empty()).then_some(text)
}

fn order(fields: Fields<'_>) -> Result<Seen, ParseError> {
    let currency = fields.needed_text("data.currency")?.to_ascii_uppercase();
    let currency =
        Currency::new(currency).map_err(|_| fields.wrong("data.currency", "an ISO 4217 code"))?;
    let order = OrderId::new(fields.needed_name("data.order")?)
        .map_err(|error| ParseError::id("data.order", &error))?;
    let amount = fields.integer(
        "data.amount",
        0..=i64::try_from(MAX_AMOUNT).unwrap_or(i64::MAX),
        "minor units, an integer from 0 to 10^12",
    )?;
    Ok(Seen::OrderPaid {
        order,
        amount: amount.unsigned_abs(),
        currency,
    })
}

fn feedback(fields: Fields<'_>) -> Result<Seen, ParseError> {
    let (scale, expected) = match fields.needed_text("data.scale")? {
        "nps" => (FeedbackScale::Nps, "an integer from 0 to 10"),
        "stars" => (FeedbackScale::Stars, "an integer from 1 to 5"),
        "thumb" => (FeedbackScale::Thumb, "0 or 1"),
        _ => return Err(fields.wrong("data.scale", "nps, stars or thumb")),
    };
    let score = fields.integer("data.score", 0..=u8::MAX.into(), expected)?;
    let score = u8::try_from(score).ok();
    let score = score.filter(|score| scale.range().contains(score));
    Ok(Seen::FeedbackScored {
        scale,
        score: score.ok_or_else(|| fields.wrong("data.score", expected))?,
    })
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
