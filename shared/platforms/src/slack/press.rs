//! Buttons pressed on Slack (`block_actions`).

use hearth_domain::community::Community;
use hearth_domain::event::{Facts, Incoming, Seen};
use hearth_domain::ids::{MemberId, MessageId};
use serde_json::Value;

use super::delivery::{Moment, event_id};
use crate::fields::Fields;
use crate::{ParseError, Parsed};

/// What one press has in common with the others of its payload.
struct Press<'a> {
    team: &'a str,
    user: MemberId,
    message_ts: &'a str,
    community: &'a Community,
}

pub(super) fn parse(fields: &Fields<'_>, community: &Community) -> Result<Parsed, ParseError> {
    // An app installed for a whole organisation has no `team`.
    let team_path = if fields.get("team.id").is_some() {
        "team.id"
    } else {
        "user.team_id"
    };
    let team = fields.plain_id(team_path)?;
    if community
        .workspace
        .as_deref()
        .is_some_and(|ours| ours != team)
    {
        return Ok(Parsed::NotForUs("other-workspace"));
    }
    let Some(message) =
        Moment::read(fields, "container.message_ts")?.or(Moment::read(fields, "message.ts")?)
    else {
        return Ok(Parsed::NotForUs("not-in-a-message"));
    };
    let user = fields.plain_member("user.id")?;
    let actions = fields.get("actions").and_then(Value::as_array);
    let actions = actions.ok_or_else(|| fields.wrong("actions", "a list"))?;
    let press = Press {
        team,
        user,
        message_ts: &message.written,
        community,
    };
    let mut pressed = Vec::new();
    for (index, action) in actions.iter().enumerate() {
        pressed.extend(press.action(index, Fields::within(action, "actions[]."))?);
    }
    Ok(if pressed.is_empty() {
        Parsed::NotForUs("no-value")
    } else {
        Parsed::Events(pressed)
    })
}

impl Press<'_> {
    /// One action; `None` if it carries no value, as a button that is only a link.
    fn action(&self, index: usize, action: Fields<'_>) -> Result<Option<Incoming>, ParseError> {
        let value = match action.text("value")? {
            Some(value) => Some(value),
            None => action.text("selected_option.value")?,
        };
        let Some(value) = value.filter(|value| !value.is_empty()) else {
            return Ok(None);
        };
        let moment = Moment::needed(&action, "action_ts")?;
        // Slack sends one action a payload; more would need ids of their own.
        let more = if index == 0 {
            String::new()
        } else {
            format!(":{index}")
        };
        let what = format!(
            "press:{}:{}:{}{more}",
            self.user, self.message_ts, moment.written
        );
        // Another app's or another community's block is no message of ours.
        let message = action
            .hint("block_id")
            .and_then(|id| id.parse::<MessageId>().ok())
            .filter(|id| *id.community() == self.community.id);
        Ok(Some(Incoming {
            id: event_id(self.team, &what)?,
            at: moment.at,
            seq: moment.seq,
            member: self.user.clone(),
            facts: Facts::default(),
            seen: Seen::Pressed {
                message,
                value: value.to_owned(),
            },
        }))
    }
}
