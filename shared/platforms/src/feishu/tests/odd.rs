//! The handshake, the old schema, and what is not as it should be.

use super::*;
use crate::testing::mutated;

#[test]
fn the_handshake_tells_no_event() {
    let handshake = json!({"type": "url_verification", "token": "t", "challenge": "a \"b\""});
    let mut both = moved("added", "oc_home", id("ou_2"), &["ou_1"]);
    both["type"] = json!("url_verification");
    both["challenge"] = json!("1212");
    check(
        HOME,
        &[
            (handshake, &[r#"reply: {"challenge":"a \"b\""}"#]),
            (both, &[r#"reply: {"challenge":"1212"}"#]),
            (
                json!({"type": "url_verification"}),
                &["error: challenge: expected a string"],
            ),
        ],
    );
}

/// An app may have subscribed to a join in both schemas. Only one of them counts.
#[test]
fn the_old_schema_counts_nothing_twice() {
    let old = |kind: &str| {
        let user = json!({"name": "N", "open_id": "ou_1", "user_id": "e33ggbyz"});
        let event = json!({"type": kind, "app_id": "cli_1", "chat_id": "oc_home",
            "operator": {"open_id": "ou_2"}, "tenant_key": "tenant", "users": [user]});
        json!({"uuid": "bc447199585340d1f3728d26b1c0297a", "ts": "1767600003.1", "token": "t",
               "type": "event_callback", "event": event})
    };
    let mut told = Vec::new();
    for kind in [
        "add_user_to_chat",
        "remove_user_from_chat",
        "revoke_add_user_from_chat",
        "message",
        "p2p_chat_create",
    ] {
        let found = lines(&deliver(HOME, old(kind).to_string().as_bytes()));
        assert_eq!(found, ["not for us: old-schema"], "{kind}");
    }
    for delivery in [
        old("add_user_to_chat"),
        moved("added", "oc_home", id("ou_2"), &["ou_1"]),
    ] {
        if let Ok(Parsed::Events(events)) = deliver(HOME, delivery.to_string().as_bytes()) {
            told.extend(events);
        }
    }
    assert_eq!(told.len(), 1);
}

#[test]
fn what_is_not_ours_is_told_by_its_reason() {
    let elsewhere = with(
        moved("added", "oc_home", id("ou_2"), &["ou_1"]),
        "/header/tenant_key",
        json!("another"),
    );
    check(
        HOME,
        &[
            (
                dressed("of.tomorrow_v9", json!({})),
                &["not for us: unknown-type"],
            ),
            (
                json!({"schema": "3.0", "token": "t"}),
                &["not for us: unknown-type"],
            ),
            (elsewhere, &["not for us: other-workspace"]),
        ],
    );
}

#[test]
fn what_is_not_as_feishu_writes_it_is_refused_by_place() {
    let hello = message("oc_home", "group", "text", text("x"));
    let ids = "expected 1 to 64 letters, digits, _ and -";
    for (pointer, place) in [
        (
            "/event/sender/sender_id/open_id",
            "event.sender.sender_id.open_id",
        ),
        ("/event/message/chat_id", "event.message.chat_id"),
        ("/event/message/message_id", "event.message.message_id"),
    ] {
        for wrong in ["ou 1", "ou#1", "ou:1", "@all", "\u{0}", "", "ü"] {
            let given = with(hello.clone(), pointer, json!(wrong));
            check(HOME, &[(given, &[&format!("error: {place}: {ids}")])]);
        }
    }
    let times = "error: header.create_time: expected milliseconds since 1970, as a string";
    for wrong in [
        "",
        "-1",
        "1e3",
        "soon",
        "99999999999999999999",
        "1767600003.1",
    ] {
        let given = moved("added", "oc_home", id("ou_2"), &["ou_1"]);
        let given = with(given, "/header/create_time", json!(wrong));
        check(HOME, &[(given, &[times])]);
    }
    for (body, expected) in [
        ("not json", "error: not readable JSON at line 1, column 2"),
        ("[]", "not for us: unknown-type"),
        (
            r#"{"header":{"event_type":7}}"#,
            "error: header.event_type: expected a string",
        ),
    ] {
        assert_eq!(lines(&deliver(HOME, body.as_bytes())), [expected], "{body}");
    }
    check(
        HOME,
        &[(
            with(
                moved("added", "oc_home", id("ou_2"), &["ou_1"]),
                "/event/users",
                json!({}),
            ),
            &["error: event.users: expected a list"],
        )],
    );
}

#[test]
fn no_byte_ends_the_process() {
    for given in [
        message(
            "oc_home",
            "group",
            "post",
            json!({"content": [[text("x")]]}),
        ),
        moved("added", "oc_home", id("ou_2"), &["ou_1"]),
        press(
            json!("oc_home"),
            json!({"hearth": "acme/ou_1/a", "value": "x"}),
        ),
    ] {
        mutated(&given.to_string(), |bytes| {
            let _ = deliver(HOME, bytes);
        });
    }
}
