//! Deliveries as a Discourse forum writes them, and what they mean.

use hearth_domain::platform::Platform;
use serde_json::{Value, json};

use super::*;
use crate::testing::{community, headers, mutated, request};

/// 2026-01-06, 02:30 in Taipei: the community's day is not UTC's.
const NOW: &str = "2026-01-05T18:30:00Z";

fn deliver_as(pairs: &[(&str, &str)], body: &[u8]) -> Result<Parsed, ParseError> {
    let headers = headers(pairs);
    let mut community = community(Platform::Standard, None);
    community.check_in_channels = vec![ChannelId::new("topic-300").unwrap()];
    parse(&request(&headers, body), &community, NOW.parse().unwrap())
}

fn deliver(event: &str, body: &Value) -> Result<Parsed, ParseError> {
    deliver_as(&[(EVENT_HEADER, event)], body.to_string().as_bytes())
}

fn line(parsed: &Result<Parsed, ParseError>) -> String {
    match parsed {
        Ok(Parsed::Events(events)) => {
            let [event] = &events[..] else {
                panic!("one event")
            };
            format!(
                "{} {} {} {:?}",
                event.id, event.at, event.member, event.seen
            )
        }
        Ok(Parsed::NotForUs(reason)) => format!("not for us: {reason}"),
        Ok(other) => format!("{other:?}"),
        Err(error) => format!("error: {error}"),
    }
}

/// What was told of the person.
fn facts(event: &str, body: &Value) -> Facts {
    match deliver(event, body) {
        Ok(Parsed::Events(mut events)) => events.remove(0).facts,
        other => panic!("{other:?}"),
    }
}

/// With these fields instead.
fn with(mut base: Value, at: &str, changes: &Value) -> Value {
    let object = base.pointer_mut(at).and_then(Value::as_object_mut);
    object.unwrap().extend(changes.as_object().unwrap().clone());
    base
}

fn user() -> Value {
    json!({"user": {
        "id": 42, "username": "mia", "name": "Mia Berg", "created_at": "2026-01-05T08:00:00.125Z",
        "email": "never@read.example", "admin": false, "moderator": false, "staged": false,
        "locale": "zh_TW", "user_option": {"timezone": "Europe/Berlin"},
    }})
}

fn post() -> Value {
    json!({"post": {
        "id": 900, "user_id": 42, "username": "mia", "name": "", "created_at": "2026-01-05T08:01:00.000Z",
        "post_number": 2, "post_type": 1, "topic_id": 77, "topic_slug": "hello-all", "category_id": 5,
        "topic_archetype": "regular", "raw": "打卡 今天跑步", "cooked": "<p>…</p>", "hidden": false,
        "admin": false, "moderator": true, "staff": true,
    }})
}

fn like() -> Value {
    json!({"like": {"post": post()["post"], "user": {"id": 43, "username": "kai", "name": "Kai"}}})
}

#[test]
fn accounts_come_and_go() {
    for (event, changes, expected) in [
        (
            "user_created",
            json!({}),
            "discourse:join:42 2026-01-05T08:00:00.125Z 42 Joined { inviter: None, source: None }",
        ),
        (
            "user_created",
            json!({"invited_by": {"id": 7, "username": "ann"}}),
            "discourse:join:42 2026-01-05T08:00:00.125Z 42 Joined { inviter: Some(\"7\"), source: None }",
        ),
        (
            "user_created",
            json!({"invited_by": {"id": -1, "username": "system"}}),
            "discourse:join:42 2026-01-05T08:00:00.125Z 42 Joined { inviter: None, source: None }",
        ),
        (
            "user_destroyed",
            json!({}),
            "discourse:destroy:42:2026-01-06 2026-01-05T18:30:00Z 42 Left { cause: Unknown }",
        ),
        (
            "user_suspended",
            json!({}),
            "discourse:suspend:42:2026-01-06 2026-01-05T18:30:00Z 42 Left { cause: Removed }",
        ),
        (
            "user_unsuspended",
            json!({}),
            "discourse:unsuspend:42:2026-01-06 2026-01-05T18:30:00Z 42 Joined { inviter: None, source: None }",
        ),
        (
            "user_updated",
            json!({}),
            "discourse:profile:42:2026-01-06 2026-01-05T18:30:00Z 42 Renamed",
        ),
        (
            "user_updated",
            json!({"name": " ", "username": "\u{0}"}),
            "error: user.username: expected a name",
        ),
        (
            "user_created",
            json!({"staged": true}),
            "not for us: staged",
        ),
        ("user_created", json!({"id": -2}), "not for us: bot"),
        ("user_destroyed", json!({"id": 0}), "not for us: bot"),
        (
            "user_confirmed_email",
            json!({}),
            "not for us: unknown-type",
        ),
        ("user_logged_in", json!({}), "not for us: unknown-type"),
        (
            "user_created",
            json!({"id": "42"}),
            "error: user.id: expected an integer",
        ),
        (
            "user_created",
            json!({"created_at": null}),
            "error: user.created_at: expected a string",
        ),
        (
            "user_created",
            json!({"created_at": "today"}),
            "error: user.created_at: expected an RFC 3339 instant",
        ),
    ] {
        let body = with(user(), "/user", &changes);
        assert_eq!(line(&deliver(event, &body)), expected, "{event} {changes}");
    }
}

#[test]
fn what_is_told_of_the_person() {
    insta::assert_snapshot!(format!("{:?}", facts("user_created", &user())), @r#"Facts { name: Some("Mia Berg"), zone: Some(Europe/Berlin), locale: Some(ZhHant), staff: Some(false), elsewhere: false, reply: None, regards: None, thread: None }"#);
    let bare = json!({"user": {"id": 42, "username": "mia", "name": null, "admin": true}});
    insta::assert_snapshot!(format!("{:?}", facts("user_updated", &bare)), @r#"Facts { name: Some("mia"), zone: None, locale: None, staff: Some(true), elsewhere: false, reply: None, regards: None, thread: None }"#);
    insta::assert_snapshot!(format!("{:?}", facts("post_created", &post())), @r#"Facts { name: Some("mia"), zone: None, locale: None, staff: Some(true), elsewhere: false, reply: None, regards: None, thread: None }"#);
    assert_eq!(facts("post_liked", &like()), Facts::default());
}

#[test]
fn posts() {
    const TOPIC_77: &str = "784f16602c520bbf";
    const TOPIC_300: &str = "9e2b566b3c1d9b56";
    let thread = |id: &str| format!("Some(Thread {{ id: \"{id}\", started: None, author: None }})");
    let message = |channel: &str| {
        let thread = thread(TOPIC_77);
        format!(
            "discourse:post:900 2026-01-05T08:01:00Z 42 Message {{ channel: \"{channel}\", direct: false, \
             text: Some(\"打卡 今天跑步\"), length: Some(7), topic: Some(\"hello-all\"), reply_to: None, thread: {thread} }}"
        )
    };
    for (changes, expected) in [
        (json!({}), message("5")),
        (
            json!({"reply_to_user": {"id": 7, "username": "ann"}}),
            message("5").replace("reply_to: None", "reply_to: Some(\"7\")"),
        ),
        // A topic is a thread; its first post begins it.
        (
            json!({"post_number": 1}),
            message("5").replace(&thread(TOPIC_77), "None"),
        ),
        // Older forums tell the name only; the forum's own accounts are nobody.
        (json!({"reply_to_user": {"username": "ann"}}), message("5")),
        (json!({"reply_to_user": {"id": -1}}), message("5")),
        // A topic counts by itself where the community's file names it, or nothing is around it.
        (
            json!({"topic_id": 300}),
            message("topic-300").replace(TOPIC_77, TOPIC_300),
        ),
        (json!({"category_id": null}), message("topic-77")),
        (
            json!({"raw": null, "topic_slug": null}),
            format!(
                "discourse:post:900 2026-01-05T08:01:00Z 42 Message {{ channel: \"5\", direct: false, text: None, \
                 length: None, topic: None, reply_to: None, thread: {} }}",
                thread(TOPIC_77)
            ),
        ),
        (
            json!({"topic_archetype": "private_message", "category_id": null}),
            "not for us: private-message".to_owned(),
        ),
        (json!({"post_type": 4}), "not for us: post-type".to_owned()),
        (json!({"hidden": true}), "not for us: hidden".to_owned()),
        (json!({"user_id": -1}), "not for us: bot".to_owned()),
        (
            json!({"user_id": null}),
            "error: post.user_id: expected an integer".to_owned(),
        ),
        (
            json!({"category_id": "news"}),
            "error: post.category_id: expected an integer".to_owned(),
        ),
        (
            json!({"id": 9.5}),
            "error: post.id: expected an integer".to_owned(),
        ),
    ] {
        let body = with(post(), "/post", &changes);
        assert_eq!(line(&deliver("post_created", &body)), expected, "{changes}");
    }
    for event in ["post_edited", "post_destroyed", "topic_created"] {
        let told = line(&deliver(event, &post()));
        assert_eq!(told, "not for us: unknown-type", "{event}");
    }
}

#[test]
fn a_like_counts_on_the_communitys_day() {
    let liked = "discourse:like:900:43 2026-01-05T16:00:00Z 43 Reaction { channel: Some(\"5\"), added: true, author: Some(\"42\") }";
    for (at, changes, expected) in [
        ("/like/user", json!({}), liked),
        ("/like/user", json!({"id": -2}), "not for us: bot"),
        (
            "/like/post",
            json!({"topic_archetype": "private_message"}),
            "not for us: private-message",
        ),
    ] {
        let body = with(like(), at, &changes);
        assert_eq!(line(&deliver("post_liked", &body)), expected, "{changes}");
    }
}

#[test]
fn odd_deliveries() {
    let none: &[(&str, &str)] = &[];
    for (pairs, body, expected) in [
        (none, r#"{"ping":"OK"}"#, "not for us: ping"),
        (
            &[(EVENT_HEADER, "chat_message_created")],
            "{}",
            "not for us: unknown-type",
        ),
        (
            &[(EVENT_HEADER, "post_created")],
            r#"{"user":{}}"#,
            "error: post.user_id: expected an integer",
        ),
        (
            &[
                (EVENT_HEADER, "post_created"),
                (EVENT_HEADER, "user_created"),
            ],
            "{}",
            "error: x-discourse-event: expected exactly one",
        ),
        (
            &[(EVENT_HEADER, "post_created")],
            "post=1",
            "error: not readable JSON at line 1, column 1",
        ),
    ] {
        assert_eq!(line(&deliver_as(pairs, body.as_bytes())), expected);
    }
}

#[test]
fn a_byte_changed_anywhere_never_panics() {
    for (event, body) in [
        ("user_created", user()),
        ("post_created", post()),
        ("post_liked", like()),
    ] {
        mutated(&body.to_string(), |bytes| {
            drop(deliver_as(&[(EVENT_HEADER, event)], bytes));
        });
    }
}
