//! Reading a Slack delivery: which kind it is, then messages and reactions.

use hearth_domain::community::Community;
use hearth_domain::event::{Facts, Seen};
use hearth_domain::ids::ChannelId;
use hearth_domain::thread::{Thread, ThreadId};

use super::delivery::{Delivery, Moment, is_slackbot};
use super::{people, press, text};
use crate::fields::{self, Fields};
use crate::{ParseError, Parsed, Reply, Request};

/// Bytes of an emoji's name that go into an id; `event_ts` tells two reactions apart anyway.
const EMOJI_BYTES: usize = 48;

pub(super) fn parse(request: &Request<'_>, community: &Community) -> Result<Parsed, ParseError> {
    if is_form(request) {
        return form(request.body, community);
    }
    let body = fields::json(request.body)?;
    let fields = Fields::new(&body);
    match fields.needed_text("type")? {
        "event_callback" => event(Delivery { fields, community }),
        "url_verification" => Ok(Parsed::Reply(Reply {
            status: 200,
            content_type: "text/plain; charset=utf-8",
            body: fields.needed_text("challenge")?.to_owned(),
        })),
        "block_actions" => press::parse(&fields, community),
        "app_rate_limited" => Ok(Parsed::NotForUs("app-rate-limited")),
        _ => Ok(Parsed::NotForUs("unknown-type")),
    }
}

fn is_form(request: &Request<'_>) -> bool {
    let content_type = request
        .headers
        .get(http::header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let is = |mime: &str| {
        content_type.is_some_and(|value| value.trim_start().to_ascii_lowercase().starts_with(mime))
    };
    is("application/x-www-form-urlencoded")
        || (!is("application/json") && request.body.starts_with(b"payload="))
}

/// Interactions are JSON in the one field `payload`; slash commands have no such field.
fn form(body: &[u8], community: &Community) -> Result<Parsed, ParseError> {
    let pairs: Vec<(String, String)> =
        serde_urlencoded::from_bytes(body).map_err(|_| ParseError::Form("payload"))?;
    let mut payloads = pairs.iter().filter(|(name, _)| name == "payload");
    let Some((_, payload)) = payloads.next() else {
        let command = pairs.iter().any(|(name, _)| name == "command");
        return Ok(Parsed::NotForUs(if command {
            "slash-command"
        } else {
            "unknown-form"
        }));
    };
    if payloads.next().is_some() {
        return Err(ParseError::Form("payload"));
    }
    let payload = fields::json(payload.as_bytes())?;
    let fields = Fields::new(&payload);
    match fields.needed_text("type")? {
        "block_actions" => press::parse(&fields, community),
        _ => Ok(Parsed::NotForUs("unknown-type")),
    }
}

fn event(delivery: Delivery<'_>) -> Result<Parsed, ParseError> {
    let kind = delivery.fields.needed_text("event.type")?;
    if delivery.is_elsewhere() {
        return Ok(Parsed::NotForUs("other-workspace"));
    }
    match kind {
        "message" => message(delivery),
        "reaction_added" => reaction(delivery, true),
        "reaction_removed" => reaction(delivery, false),
        "member_joined_channel" => people::joined_channel(delivery),
        "member_left_channel" => people::left_channel(delivery),
        "team_join" => people::joined_team(delivery),
        "user_change" | "user_profile_changed" => people::changed(delivery),
        _ => Ok(Parsed::NotForUs("unknown-type")),
    }
}

fn message(delivery: Delivery<'_>) -> Result<Parsed, ParseError> {
    let fields = delivery.fields;
    match fields.hint("event.subtype") {
        None | Some("file_share" | "thread_broadcast" | "me_message") => {}
        Some("bot_message") => return Ok(Parsed::NotForUs("bot")),
        Some(_) => return Ok(Parsed::NotForUs("message-subtype")),
    }
    if fields.hint("event.bot_id").is_some_and(|id| !id.is_empty())
        || fields.get("event.bot_profile").is_some()
    {
        return Ok(Parsed::NotForUs("bot"));
    }
    let user = fields.plain_member("event.user")?;
    if is_slackbot(&user) {
        return Ok(Parsed::NotForUs("bot"));
    }
    let channel = fields.plain_channel("event.channel")?;
    let moment = Moment::needed(&fields, "event.ts")?;
    let text = fields.text("event.text")?.map(text::unescape);
    let what = format!("{channel}:{}", moment.written);
    let seen = Seen::Message {
        thread: thread(&delivery, &channel, &moment)?,
        channel,
        direct: fields.hint("event.channel_type") == Some("im"),
        length: Some(text.as_deref().map_or(0, fields::length)),
        text,
        topic: None,
        reply_to: delivery.author("event.parent_user_id"),
    };
    delivery.event(&what, &moment, user, Facts::default(), seen)
}

/// The thread that a message answers in: `thread_ts` is the first message, which bears it too once it
/// has an answer.
fn thread(
    delivery: &Delivery<'_>,
    channel: &ChannelId,
    moment: &Moment<'_>,
) -> Result<Option<Thread>, ParseError> {
    let first = Moment::read(&delivery.fields, "event.thread_ts")?;
    let first = first.filter(|first| first.written != moment.written);
    Ok(first.map(|first| Thread {
        id: ThreadId::of(channel.as_str(), &first.written),
        started: Some(first.at),
        author: delivery.author("event.parent_user_id"),
    }))
}

fn reaction(delivery: Delivery<'_>, added: bool) -> Result<Parsed, ParseError> {
    let fields = delivery.fields;
    let user = fields.plain_member("event.user")?;
    if is_slackbot(&user) || delivery.is_our_bot(&user) {
        return Ok(Parsed::NotForUs("bot"));
    }
    let moment = delivery.moment()?;
    // A reaction to a file has no channel and no time.
    let channel = fields
        .get("event.item.channel")
        .map(|_| fields.plain_channel("event.item.channel"))
        .transpose()?;
    let item =
        Moment::read(&fields, "event.item.ts")?.map_or("file".into(), |moment| moment.written);
    let emoji = fields.hint("event.reaction").unwrap_or_default();
    let emoji = emoji
        .get(..emoji.floor_char_boundary(EMOJI_BYTES))
        .unwrap_or_default();
    let verb = if added { "react" } else { "unreact" };
    let what = format!("{verb}:{user}:{item}:{emoji}:{}", moment.written);
    delivery.event(
        &what,
        &moment,
        user,
        Facts::default(),
        Seen::Reaction {
            channel,
            added,
            author: delivery.author("event.item_user"),
        },
    )
}
