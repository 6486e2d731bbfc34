//! Buttons pressed on Discord (`MESSAGE_COMPONENT`).

use hearth_domain::community::Community;
use hearth_domain::event::{Facts, Incoming, Seen};
use hearth_domain::ids::EventId;
use hearth_domain::locale::Locale;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{button, is_snowflake};
use crate::fields::{Fields, tidy};
use crate::{ParseError, Parsed, Reply};

/// The first instant that a snowflake can name, in milliseconds since 1970: 2015 began.
pub const EPOCH_MILLIS: i64 = 1_420_070_400_000;
/// The type of component that a button is.
const BUTTON: u64 = 2;
/// The answer by which a button stops spinning and its message stays as it is.
const DEFERRED_UPDATE: u8 = 6;

/// Whatever was pressed is answered: without, the member reads that the interaction failed.
pub(super) fn parse(fields: &Fields<'_>, community: &Community) -> Result<Parsed, ParseError> {
    let done = Reply::json(&json!({"type": DEFERRED_UPDATE}));
    Ok(match pressed(fields, community)? {
        Some(event) => Parsed::Answered(vec![event], done),
        None => Parsed::Reply(done),
    })
}

/// The press; `None` if it is another server's, a bot's, or none of a button with a value.
fn pressed(fields: &Fields<'_>, community: &Community) -> Result<Option<Incoming>, ParseError> {
    let server = fields.text("guild_id")?;
    if let (Some(ours), Some(theirs)) = (community.workspace.as_deref(), server)
        && ours != theirs
    {
        return Ok(None);
    }
    // In a server Discord tells of the member, one to one of the user.
    let direct = fields.get("member").is_none();
    let user = if direct { "user" } else { "member.user" };
    let is_button = fields.get("data.component_type").and_then(Value::as_u64) == Some(BUTTON);
    if !is_button || fields.is_set(&format!("{user}.bot")) {
        return Ok(None);
    }
    let path = format!("{user}.id");
    snowflake(fields, &path)?;
    let member = fields.member(&path)?;
    let custom_id = fields.needed_text("data.custom_id")?;
    let by = direct.then_some(&member);
    let (value, message) = button::decode(custom_id, &community.id, by);
    if value.is_empty() {
        return Ok(None);
    }
    let (number, id) = snowflake(fields, "id")?;
    let id = EventId::new(format!("discord:press:{id}"));
    Ok(Some(Incoming {
        id: id.map_err(|error| ParseError::id("(canonical id)", &error))?,
        at: instant(number).ok_or_else(|| fields.wrong("id", "a snowflake"))?,
        seq: 0,
        facts: Facts {
            // One to one Discord tells the user's own name, which would take the nickname's place.
            name: if direct { None } else { name(fields) },
            locale: fields.hint("locale").and_then(Locale::from_tag),
            ..Facts::default()
        },
        member,
        seen: Seen::Pressed {
            message,
            value: value.to_owned(),
        },
    }))
}

/// An id of Discord's, as a number and as it is written.
fn snowflake<'a>(fields: &Fields<'a>, path: &str) -> Result<(u64, &'a str), ParseError> {
    let text = fields.needed_text(path)?;
    let number = is_snowflake(text).then(|| text.parse().ok()).flatten();
    number
        .map(|number| (number, text))
        .ok_or_else(|| fields.wrong(path, "a snowflake"))
}

/// When a snowflake was made, to the millisecond: an interaction has no other time, and this is
/// the same in every copy.
fn instant(snowflake: u64) -> Option<Timestamp> {
    let since = i64::try_from(snowflake >> 22).ok()?;
    Timestamp::from_millisecond(since.checked_add(EPOCH_MILLIS)?).ok()
}

/// The name in this server, else the one shown everywhere, else the account's.
fn name(fields: &Fields<'_>) -> Option<String> {
    [
        "member.nick",
        "member.user.global_name",
        "member.user.username",
    ]
    .iter()
    .find_map(|path| fields.hint(path).and_then(tidy))
}
