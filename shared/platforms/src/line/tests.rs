//! Deliveries as LINE writes them, and what they mean to a community.
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
use crate::testing::{community, headers, mutated, request};
use crate::{ParseError, Parsed};

const HOME: Option<&str> = Some("C0home");
/// 2026-01-05T08:00:03.004Z.
const AT: u64 = 1_767_600_003_004;

fn of_line(home: Option<&str>) -> Community {
    Community {
        workspace: None,
        check_in_channels: vec![ChannelId::new("C0checkin").unwrap()],
        ..community(Platform::Line, home)
    }
}

fn deliver(home: Option<&str>, body: &[u8]) -> Result<Parsed, ParseError> {
    let headers = headers(&[("content-type", "application/json; charset=utf-8")]);
    parse(&request(&headers, body), &of_line(home))
}

fn events(home: Option<&str>, events: Value) -> Result<Parsed, ParseError> {
    let body = json!({"destination": "Ubot", "events": events});
    deliver(home, body.to_string().as_bytes())
}

/// An event as LINE dresses it.
fn event(kind: &str, source: Value, more: Value) -> Value {
    let mut event = json!({"type": kind, "mode": "active", "timestamp": AT, "source": source,
        "webhookEventId": "01FZ74A0TDDPYRVKNK77XKC3ZR", "deliveryContext": {"isRedelivery": false},
        "replyToken": "nHuyWiB7yP5Zw52FIkcQobQuGDXCTA", "field_of_tomorrow": [1]});
    event
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    event
}

fn direct() -> Value {
    json!({"type": "user", "userId": "U1"})
}

fn group(id: &str) -> Value {
    json!({"type": "group", "groupId": id, "userId": "U1"})
}

fn text(text: &str) -> Value {
    json!({"message": {"id": "468789577898262530", "type": "text", "text": text, "quoteToken": "q"}})
}

/// What was told, an event a line; or what else it is.
fn lines(parsed: &Result<Parsed, ParseError>) -> Vec<String> {
    match parsed {
        Ok(Parsed::Events(events) | Parsed::Answered(events, _)) => events
            .iter()
            .map(
                |Incoming {
                     id,
                     at,
                     seq,
                     member,
                     seen,
                     ..
                 }| format!("{id} | {at} +{seq} | {member} | {seen:?}"),
            )
            .collect(),
        Ok(Parsed::Reply(_)) => vec!["a reply".to_owned()],
        Ok(Parsed::NotForUs(reason)) => vec![format!("not for us: {reason}")],
        Err(error) => vec![format!("error: {error}")],
    }
}

fn check(home: Option<&str>, table: &[(Value, &[&str])]) {
    for (given, expected) in table {
        assert_eq!(lines(&events(home, json!([given]))), *expected, "{given}");
    }
}

#[test]
fn messages_in_groups_and_one_to_one() {
    let sticker =
        json!({"message": {"id": "1", "type": "sticker", "packageId": "1", "stickerId": "1"}});
    let nameless = json!({"message": {"type": "text", "text": "hi"}});
    let mention = json!({"message": {"id": "2", "type": "text", "text": "@My Bot 打卡",
        "mention": {"mentionees": [{"index": 0, "length": 7, "type": "user", "isSelf": true}]}}});
    let room = json!({"type": "room", "roomId": "C0home", "userId": "U1"});
    check(
        HOME,
        &[
            (
                event("message", group("C0home"), text("早安 😄")),
                &[
                    "line:message:468789577898262530 | 2026-01-05T08:00:03.004Z +0 | U1 | Message { channel: \
                   \"C0home\", direct: false, text: Some(\"早安 😄\"), length: Some(4), topic: None, reply_to: None, thread: None }",
                ],
            ),
            (
                event("message", direct(), text("stop")),
                &[
                    "line:message:468789577898262530 | 2026-01-05T08:00:03.004Z +0 | U1 | Message { channel: \
                   \"U1\", direct: true, text: Some(\"stop\"), length: Some(4), topic: None, reply_to: None, thread: None }",
                ],
            ),
            (
                event("message", room, sticker),
                &[
                    "line:message:1 | 2026-01-05T08:00:03.004Z +0 | U1 | Message { channel: \
                   \"C0home\", direct: false, text: None, length: Some(0), topic: None, reply_to: None, thread: None }",
                ],
            ),
            (
                event("message", group("C0checkin"), mention),
                &[
                    "line:message:2 | 2026-01-05T08:00:03.004Z +0 | U1 | Message { channel: \
                   \"C0checkin\", direct: false, text: Some(\"打卡\"), length: Some(10), topic: None, reply_to: None, thread: None }",
                ],
            ),
            (
                event("message", direct(), nameless),
                &[
                    "line:event:01FZ74A0TDDPYRVKNK77XKC3ZR | 2026-01-05T08:00:03.004Z +0 | U1 | Message { \
                   channel: \"U1\", direct: true, text: Some(\"hi\"), length: Some(2), topic: None, reply_to: None, thread: None }",
                ],
            ),
            (
                event("message", group("C9"), text("x")),
                &["not for us: other-channel"],
            ),
            (
                event(
                    "message",
                    json!({"type": "group", "groupId": "C0home"}),
                    text("x"),
                ),
                &["not for us: no-user"],
            ),
            (
                event(
                    "message",
                    json!({"type": "user", "userId": "Ubot"}),
                    text("x"),
                ),
                &["not for us: bot"],
            ),
        ],
    );
}

#[test]
fn a_redelivery_has_the_same_id() {
    let again = json!({"deliveryContext": {"isRedelivery": true}});
    let members = json!({"joined": {"members": [{"type": "user", "userId": "U1"}]}});
    for (kind, source, more) in [
        ("message", direct(), text("hi")),
        ("postback", direct(), json!({"postback": {"data": "x"}})),
        ("memberJoined", group("C0home"), members),
        ("unfollow", direct(), json!({})),
    ] {
        let mut second = event(kind, source.clone(), more.clone());
        second["deliveryContext"] = again["deliveryContext"].clone();
        let first = events(HOME, json!([event(kind, source, more)]));
        assert!(matches!(first, Ok(Parsed::Events(_))), "{kind}");
        assert_eq!(events(HOME, json!([second])), first, "{kind}");
    }
}

#[test]
fn with_a_home_group_it_decides_who_is_in() {
    let members = |list: &str| {
        json!({list: {"members": [{"type": "user", "userId": "U1"}, {"type": "user", "userId": "U2"},
                                  {"type": "user", "userId": "Ubot"}, {"type": "user"}]}})
    };
    let nobody = json!({"joined": {"members": []}});
    let source = |id: &str| json!({"type": "group", "groupId": id});
    check(
        HOME,
        &[
            (
                event("memberJoined", source("C0home"), members("joined")),
                &[
                    "line:join:U1:C0home:1767600003004 | 2026-01-05T08:00:03.004Z +0 | U1 | Joined { inviter: None, \
                     source: None }",
                    "line:join:U2:C0home:1767600003004 | 2026-01-05T08:00:03.004Z +0 | U2 | Joined { inviter: None, \
                     source: None }",
                ],
            ),
            (
                event("memberLeft", source("C0home"), members("left")),
                &[
                    "line:leave:U1:C0home:1767600003004 | 2026-01-05T08:00:03.004Z +0 | U1 | Left { cause: Unknown }",
                    "line:leave:U2:C0home:1767600003004 | 2026-01-05T08:00:03.004Z +0 | U2 | Left { cause: Unknown }",
                ],
            ),
            (
                event("memberJoined", source("C9"), members("joined")),
                &["not for us: other-channel"],
            ),
            (
                event("memberJoined", source("C0home"), nobody),
                &["not for us: no-user"],
            ),
            (
                event("memberJoined", source("C0home"), json!({})),
                &["error: events[].joined.members: expected a list"],
            ),
            (
                event(
                    "follow",
                    direct(),
                    json!({"follow": {"isUnblocked": false}}),
                ),
                &["not for us: home-channel-decides"],
            ),
            (
                event("follow", direct(), json!({"follow": {"isUnblocked": true}})),
                &["not for us: home-channel-decides"],
            ),
            (
                event("unfollow", direct(), json!({})),
                &["line:block:U1:1767600003004 | 2026-01-05T08:00:03.004Z +0 | U1 | Blocked"],
            ),
        ],
    );
}

#[test]
fn without_one_the_bots_friends_are_the_community() {
    let joined = json!({"joined": {"members": [{"type": "user", "userId": "U1"}]}});
    check(
        None,
        &[
            (
                event(
                    "follow",
                    direct(),
                    json!({"follow": {"isUnblocked": false}}),
                ),
                &[
                    "line:join:U1:1767600003004 | 2026-01-05T08:00:03.004Z +0 | U1 | Joined { inviter: None, source: \
                     None }",
                ],
            ),
            (
                event("follow", direct(), json!({})),
                &[
                    "line:join:U1:1767600003004 | 2026-01-05T08:00:03.004Z +0 | U1 | Joined { inviter: None, source: \
                     None }",
                ],
            ),
            (
                event("unfollow", direct(), json!({})),
                &[
                    "line:block:U1:1767600003004 | 2026-01-05T08:00:03.004Z +0 | U1 | Blocked",
                    "line:leave:U1:1767600003004 | 2026-01-05T08:00:03.004Z +0 | U1 | Left { cause: Voluntary }",
                ],
            ),
            (
                event("memberJoined", group("C0home"), joined),
                &["not for us: no-home-channel"],
            ),
            (
                event("message", group("C0home"), text("x")),
                &["not for us: other-channel"],
            ),
            (
                event("follow", json!({"type": "user"}), json!({})),
                &["not for us: no-user"],
            ),
            (
                event("follow", group("C0home"), json!({})),
                &["not for us: unknown-source"],
            ),
        ],
    );
}

#[test]
fn buttons_and_rich_menus() {
    let data = |data: &str| json!({"postback": {"data": data, "params": {}}});
    let pressed = |message: &str, value: &str| {
        format!(
            "line:press:U1:1767600003004 | 2026-01-05T08:00:03.004Z +0 | U1 | Pressed {{ message: {message}, value: \
             \"{value}\" }}"
        )
    };
    for (data, expected) in [
        (
            data("hearth acme/U1/onboarding/1/day-1 interest:ai"),
            pressed(
                "Some(MessageId { community: \"acme\", owner: Member(\"U1\"), path: \"onboarding/1/day-1\" })",
                "interest:ai",
            ),
        ),
        (
            data("hearth beta/U1/onboarding/1/day-1 interest:ai"),
            pressed("None", "interest:ai"),
        ),
        (data("action=buy"), pressed("None", "action=buy")),
        (data(""), "not for us: no-value".to_owned()),
        (
            json!({}),
            "error: events[].postback.data: expected a string".to_owned(),
        ),
    ] {
        let found = events(HOME, json!([event("postback", direct(), data.clone())]));
        assert_eq!(lines(&found), [expected], "{data}");
    }
}

#[test]
fn what_is_none_of_our_business() {
    check(
        HOME,
        &[
            (
                event("join", group("C0home"), json!({})),
                &["not for us: about-the-bot"],
            ),
            (
                event("leave", group("C0home"), json!({})),
                &["not for us: about-the-bot"],
            ),
            (
                event("unsend", group("C0home"), json!({})),
                &["not for us: unknown-type"],
            ),
            (
                event("greatNewFeature", json!({}), json!({})),
                &["not for us: unknown-type"],
            ),
            (
                event(
                    "message",
                    direct(),
                    json!({"mode": "standby", "message": {}}),
                ),
                &["not for us: standby"],
            ),
            (
                event(
                    "message",
                    json!({"type": "of tomorrow", "userId": "U1"}),
                    text("x"),
                ),
                &["not for us: unknown-source"],
            ),
            (
                json!({"type": "message", "timestamp": AT}),
                &["not for us: unknown-source"],
            ),
        ],
    );
    assert_eq!(
        lines(&events(HOME, json!([]))),
        ["not for us: no-events"],
        "the console's Verify"
    );
    let mut elsewhere = of_line(HOME);
    elsewhere.workspace = Some("Uanother".into());
    let body = json!({"destination": "Ubot", "events": [event("message", direct(), text("x"))]});
    let headers = headers(&[]);
    let body = body.to_string();
    let parsed = parse(&request(&headers, body.as_bytes()), &elsewhere);
    assert_eq!(lines(&parsed), ["not for us: other-workspace"]);
}

#[test]
fn one_delivery_tells_several_things() {
    let second = json!({"message": {"id": "2", "type": "image"}});
    let parsed = events(
        HOME,
        json!([
            event("join", group("C0home"), json!({})),
            event("message", direct(), text("a")),
            event("greatNewFeature", direct(), json!({})),
            event("message", group("C0home"), second),
        ]),
    );
    let Ok(Parsed::Events(told)) = parsed else {
        panic!("expected events")
    };
    let ids: Vec<&str> = told.iter().map(|event| event.id.as_str()).collect();
    assert_eq!(ids, ["line:message:468789577898262530", "line:message:2"]);
}

#[test]
fn what_is_not_as_line_writes_it_is_refused_by_place() {
    let source = |user: &str| json!({"type": "user", "userId": user});
    let ids = "error: events[].source.userId: expected 1 to 64 letters, digits, _ and -";
    for user in ["U 1", "U#1", "U/1", "U:1", "@community", "U\u{0}", "Ü"] {
        let found = events(HOME, json!([event("message", source(user), text("x"))]));
        assert_eq!(lines(&found), [ids], "{user:?}");
    }
    let times = "error: events[].timestamp: expected milliseconds since 1970";
    for (at, expected) in [
        (json!(u64::MAX), times),
        (json!(999_999_999_999_999_u64), times),
        (Value::Null, times),
        (
            json!("1"),
            "error: events[].timestamp: expected an integer from 0",
        ),
        (
            json!(-1),
            "error: events[].timestamp: expected an integer from 0",
        ),
        (
            json!(1.5),
            "error: events[].timestamp: expected an integer from 0",
        ),
    ] {
        let mut given = event("message", direct(), text("x"));
        given["timestamp"] = at;
        assert_eq!(lines(&events(HOME, json!([given]))), [expected], "{given}");
    }
    for (body, expected) in [
        ("not json", "error: not readable JSON at line 1, column 2"),
        ("{}", "error: events: expected a list"),
        (r#"{"events":{}}"#, "error: events: expected a list"),
        ("[]", "error: events: expected a list"),
        (
            r#"{"events":[7]}"#,
            "error: events[].type: expected a string",
        ),
    ] {
        assert_eq!(lines(&deliver(HOME, body.as_bytes())), [expected], "{body}");
    }
}

#[test]
fn no_byte_ends_the_process() {
    let body = json!({"destination": "Ubot", "events": [
        event("message", group("C0home"), text("@a hi")),
        event("postback", direct(), json!({"postback": {"data": "hearth acme/U1/a x"}})),
        event("memberJoined", group("C0home"), json!({"joined": {"members": [{"userId": "U1"}]}})),
    ]});
    mutated(&body.to_string(), |bytes| {
        let _ = deliver(HOME, bytes);
    });
}
