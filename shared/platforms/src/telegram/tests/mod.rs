//! Updates as Telegram writes them, and what they mean to a community.
#![expect(
    clippy::needless_pass_by_value,
    reason = "a table of json! reads better without references"
)]

use hearth_domain::event::Incoming;
use hearth_domain::ids::ChannelId;
use hearth_domain::platform::Platform;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::parse::parse;
use crate::testing::{community, headers, mutated, request};
use crate::{ParseError, Parsed};

mod messages;
mod odd;
mod people;
mod press;

const HOME: Option<&str> = Some("-1001234");

/// Parses a body for a community with this home chat, a check-in topic in it, and a chat of its
/// own for topics.
fn deliver(home: Option<&str>, body: &[u8]) -> Result<Parsed, ParseError> {
    let mut community = community(Platform::Telegram, home);
    community.check_in_channels = vec![ChannelId::new("-1001234:77").unwrap()];
    community.topic_channels = vec![ChannelId::new("-1005678").unwrap()];
    let now = Timestamp::from_second(1_767_600_100).unwrap();
    parse(&request(&headers(&[]), body), &community, now)
}

/// An update with one thing in it.
fn update(kind: &str, what: &Value) -> Value {
    json!({"update_id": 500, kind: what})
}

fn told(home: Option<&str>, kind: &str, what: &Value) -> Result<Parsed, ParseError> {
    deliver(home, update(kind, what).to_string().as_bytes())
}

fn events(parsed: Result<Parsed, ParseError>) -> Vec<Incoming> {
    match parsed {
        Ok(Parsed::Events(events) | Parsed::Answered(events, _)) => events,
        other => panic!("expected events, got {other:?}"),
    }
}

/// The events in it, or what else it is, in one line each.
fn line(parsed: &Result<Parsed, ParseError>) -> String {
    let event = |event: &Incoming| {
        let Incoming {
            id,
            at,
            seq,
            member,
            seen,
            ..
        } = event;
        format!("{id} | {at} +{seq} | {member} | {seen:?}")
    };
    match parsed {
        Ok(Parsed::Events(events) | Parsed::Answered(events, _)) => {
            events.iter().map(event).collect::<Vec<_>>().join("\n")
        }
        Ok(Parsed::Reply(reply)) => format!("{reply:?}"),
        Ok(Parsed::NotForUs(reason)) => format!("not for us: {reason}"),
        Err(error) => format!("error: {error}"),
    }
}

fn check(kind: &str, table: &[(Value, &str)]) {
    for (given, expected) in table {
        assert_eq!(line(&told(HOME, kind, given)), *expected, "{given}");
    }
}

/// `base` with fields of it replaced.
fn with(base: &Value, more: Value) -> Value {
    let mut value = base.clone();
    value
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    value
}

fn ada() -> Value {
    json!({"id": 42, "is_bot": false, "first_name": "Ada", "last_name": "L.", "username": "ada",
           "language_code": "zh-hant"})
}

fn admin() -> Value {
    json!({"id": 7, "is_bot": false, "first_name": "Boss"})
}

fn bot() -> Value {
    json!({"id": 99, "is_bot": true, "first_name": "Hearth", "username": "acme_bot"})
}

fn home() -> Value {
    json!({"id": -1_001_234, "type": "supergroup", "title": "Acme", "is_forum": true})
}

fn private() -> Value {
    json!({"id": 42, "type": "private", "first_name": "Ada"})
}

fn member(status: &str) -> Value {
    json!({"user": ada(), "status": status})
}
