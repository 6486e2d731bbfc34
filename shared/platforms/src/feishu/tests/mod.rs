//! Deliveries as Feishu writes them, in the clear, and what they mean to a community.
#![expect(
    clippy::needless_pass_by_value,
    reason = "a table of json! reads better without references"
)]

use hearth_domain::community::Community;
use hearth_domain::event::Incoming;
use hearth_domain::ids::ChannelId;
use hearth_domain::platform::Platform;
use serde_json::{Value, json};

use super::parse::parse;
use crate::testing::{community, headers, request};
use crate::{ParseError, Parsed};

mod acts;
mod odd;
mod people;

const HOME: Option<&str> = Some("oc_home");
/// 2026-01-05T08:00:03.004Z.
const AT: &str = "1767600003004";

fn of_feishu(home: Option<&str>) -> Community {
    Community {
        workspace: Some("tenant".into()),
        check_in_channels: vec![ChannelId::new("oc_checkin").unwrap()],
        ..community(Platform::Feishu, home)
    }
}

fn deliver(home: Option<&str>, body: &[u8]) -> Result<Parsed, ParseError> {
    let headers = headers(&[("content-type", "application/json; charset=utf-8")]);
    parse(&request(&headers, body), &of_feishu(home))
}

/// An event of schema 2.0 as Feishu dresses it.
fn dressed(kind: &str, event: Value) -> Value {
    json!({"schema": "2.0", "field_of_tomorrow": [1],
        "header": {"event_id": "5e3702a84e847582be8db7fb73283c02", "event_type": kind,
            "create_time": AT, "token": "t", "app_id": "cli_1", "tenant_key": "tenant"},
        "event": event})
}

fn id(open_id: &str) -> Value {
    json!({"union_id": "on_1", "user_id": "e33ggbyz", "open_id": open_id})
}

/// What was told, an event a line; or what else it is.
fn lines(parsed: &Result<Parsed, ParseError>) -> Vec<String> {
    match parsed {
        Ok(Parsed::Events(events) | Parsed::Answered(events, _)) => {
            events.iter().map(line).collect()
        }
        Ok(Parsed::Reply(reply)) => vec![format!("reply: {}", reply.body)],
        Ok(Parsed::NotForUs(reason)) => vec![format!("not for us: {reason}")],
        Err(error) => vec![format!("error: {error}")],
    }
}

fn line(event: &Incoming) -> String {
    let Incoming {
        id,
        at,
        seq: _,
        member,
        facts,
        seen,
    } = event;
    let name = facts.name.as_deref().unwrap_or("-");
    let place = if facts.elsewhere { "elsewhere" } else { "here" };
    format!("{id} | {at} | {member} {name} {place} | {seen:?}")
}

fn check(home: Option<&str>, table: &[(Value, &[&str])]) {
    for (given, expected) in table {
        let found = deliver(home, given.to_string().as_bytes());
        assert_eq!(lines(&found), *expected, "{given}");
    }
}

fn message(chat: &str, chat_type: &str, kind: &str, content: Value) -> Value {
    let message = json!({"message_id": "om_1", "chat_id": chat, "chat_type": chat_type,
        "message_type": kind, "content": content.to_string(), "create_time": "1767600001001",
        "mentions": [{"key": "@_user_1", "id": id("ou_bot"), "name": "Hearth"}]});
    let sender = json!({"sender_id": id("ou_1"), "sender_type": "user", "tenant_key": "tenant"});
    dressed(
        "im.message.receive_v1",
        json!({"sender": sender, "message": message}),
    )
}

fn text(text: &str) -> Value {
    json!({"text": text})
}

fn with(mut value: Value, pointer: &str, new: Value) -> Value {
    *value.pointer_mut(pointer).unwrap() = new;
    value
}

fn moved(verb: &str, chat: &str, operator: Value, users: &[&str]) -> Value {
    let user = |open_id: &&str| json!({"name": format!("N {open_id}"), "user_id": id(open_id), "tenant_key": "t"});
    let users: Vec<Value> = users.iter().map(user).collect();
    dressed(
        &format!("im.chat.member.user.{verb}_v1"),
        json!({"chat_id": chat, "operator_id": operator, "external": false, "users": users}),
    )
}

fn press(chat: Value, carried: Value) -> Value {
    let context = json!({"open_message_id": "om_card", "open_chat_id": chat});
    let action = json!({"tag": "button", "value": carried, "form_value": {}});
    let event = json!({"operator": {"open_id": "ou_1", "tenant_key": "tenant"}, "token": "c-1",
        "action": action, "host": "im_message", "context": context});
    let press = dressed("card.action.trigger", event);
    with(press, "/header/create_time", json!("1767600003004005"))
}
