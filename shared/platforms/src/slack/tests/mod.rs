//! Deliveries as Slack writes them, and what they mean to a community.
#![expect(
    clippy::needless_pass_by_value,
    reason = "a table of json! reads better without references"
)]

use hearth_domain::event::{Incoming, Seen};
use hearth_domain::platform::Platform;
use serde_json::{Value, json};

use super::parse::parse;
use crate::{ParseError, Parsed};

mod messages;
mod odd;
mod people;
mod press;
use crate::testing::{community, headers, mutated, request};

const HOME: Option<&str> = Some("C0HOME");

/// Parses a JSON delivery for a community with this home channel.
fn deliver(home: Option<&str>, body: &[u8]) -> Result<Parsed, ParseError> {
    let headers = headers(&[("content-type", "application/json")]);
    parse(&request(&headers, body), &community(Platform::Slack, home))
}

fn event(home: Option<&str>, event: &Value) -> Result<Parsed, ParseError> {
    let body = json!({"type": "event_callback", "team_id": "T123", "api_app_id": "A1", "event_id": "Ev1",
        "event_time": 1_767_600_000, "event": event,
        "authorizations": [{"team_id": "T123", "user_id": "UBOT", "is_bot": true}]});
    deliver(home, body.to_string().as_bytes())
}

/// The one event in it, or what else it is, in one line.
fn line(parsed: &Result<Parsed, ParseError>) -> String {
    match parsed {
        Ok(Parsed::Events(events) | Parsed::Answered(events, _)) => match &events[..] {
            [one] => {
                let Incoming {
                    id,
                    at,
                    seq,
                    member,
                    seen,
                    ..
                } = one;
                format!("{id} | {at} +{seq} | {member} | {seen:?}")
            }
            more => format!("{} events", more.len()),
        },
        Ok(Parsed::Reply(reply)) => {
            format!("{} {} {}", reply.status, reply.content_type, reply.body)
        }
        Ok(Parsed::NotForUs(reason)) => format!("not for us: {reason}"),
        Err(error) => format!("error: {error}"),
    }
}

fn one(parsed: Result<Parsed, ParseError>) -> Incoming {
    let text = line(&parsed);
    let Ok(Parsed::Events(mut events)) = parsed else {
        panic!("expected one event, got {text}")
    };
    assert_eq!(events.len(), 1);
    events.remove(0)
}

fn check(home: Option<&str>, table: &[(Value, &str)]) {
    for (given, expected) in table {
        assert_eq!(line(&event(home, given)), *expected, "{given}");
    }
}

fn account(more: Value) -> Value {
    let mut user = json!({"id": "U1", "team_id": "T123", "name": "ada", "deleted": false, "real_name": "Ada L.",
        "tz": "Europe/London", "locale": "zh-TW", "is_bot": false, "is_app_user": true, "updated": 1_767_599_999,
        "is_admin": false, "is_owner": false, "is_primary_owner": false,
        "profile": {"display_name": "Ada", "real_name": "Ada L."}});
    user.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    user
}

fn changed(kind: &str, more: Value) -> Value {
    json!({"type": kind, "user": account(more), "cache_ts": 1_767_600_004, "event_ts": "1767600004.000500"})
}

fn press(more: Value) -> Value {
    let mut body = json!({"type": "block_actions", "user": {"id": "U1", "name": "ada", "team_id": "T123"},
        "team": {"id": "T123", "domain": "acme"}, "channel": {"id": "DU1"}, "trigger_id": "1.2.x",
        "container": {"type": "message", "message_ts": "1767600000.000100", "channel_id": "DU1"},
        "actions": [{"type": "button", "action_id": "0:ai", "block_id": "acme/U1/onboarding/1/day-1",
                     "value": "interest:ai", "action_ts": "1767600005.000600"}]});
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    body
}

fn form_of(payload: &str) -> Vec<u8> {
    serde_urlencoded::to_string([("payload", payload)])
        .unwrap()
        .into_bytes()
}
