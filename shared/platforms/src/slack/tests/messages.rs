//! The handshake, messages and reactions.

use super::*;

#[test]
fn the_endpoint_is_verified_by_its_challenge() {
    let body =
        json!({"type": "url_verification", "challenge": "3eZbrw1a", "token": "x"}).to_string();
    assert_eq!(
        line(&deliver(HOME, body.as_bytes())),
        "200 text/plain; charset=utf-8 3eZbrw1a"
    );
    let body = br#"{"type":"url_verification"}"#;
    assert_eq!(
        line(&deliver(HOME, body)),
        "error: challenge: expected a string"
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn messages() {
    let message = |more: Value| {
        let mut event = json!({"type": "message", "channel": "C1", "channel_type": "channel", "user": "U1",
            "text": "早安 &lt;3", "ts": "1767600001.000200", "event_ts": "1767600001.000200"});
        event
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        event
    };
    let plain = "slack:T123:C1:1767600001.000200 | 2026-01-05T08:00:01.0002Z +200 | U1 | Message { \
                 channel: \"C1\", direct: false, text: Some(\"早安 <3\"), length: Some(5), topic: None, reply_to: None, thread: None }";
    let direct = plain.replace("direct: false", "direct: true");
    let thread = |author: &str| {
        format!(
            "thread: Some(Thread {{ id: \"8a4b7b7fb61d3158\", started: Some(2026-01-05T08:00:00.0001Z), author: {author} }})"
        )
    };
    let reply = plain.replace("reply_to: None", "reply_to: Some(\"U2\")");
    let reply = reply.replace("thread: None", &thread("Some(\"U2\")"));
    let of_nobody = plain.replace("thread: None", &thread("None"));
    let silent = plain.replace(
        "Some(\"早安 <3\"), length: Some(5)",
        "None, length: Some(0)",
    );
    check(
        HOME,
        &[
            (message(json!({})), plain),
            (
                message(
                    json!({"thread_ts": "1767600000.000100", "parent_user_id": "U2", "new_field": [1]}),
                ),
                &reply,
            ),
            // A bot began it.
            (
                message(json!({"thread_ts": "1767600000.000100", "parent_user_id": "UBOT"})),
                &of_nobody,
            ),
            // Once it has an answer, the first message bears its own id as its thread's.
            (message(json!({"thread_ts": "1767600001.000200"})), plain),
            (
                message(json!({"thread_ts": "soon"})),
                "error: event.thread_ts: expected seconds.microseconds",
            ),
            // What no person wrote, or what can't be read, nobody wrote.
            (message(json!({"parent_user_id": "USLACKBOT"})), plain),
            (message(json!({"parent_user_id": "UBOT"})), plain),
            (message(json!({"parent_user_id": 7})), plain),
            (
                message(json!({"subtype": "file_share", "files": [{"id": "F1"}]})),
                plain,
            ),
            (message(json!({"subtype": "thread_broadcast"})), plain),
            (message(json!({"subtype": "me_message"})), plain),
            (message(json!({"channel_type": "im"})), &direct),
            (message(json!({"text": null})), &silent),
            (message(json!({"bot_id": ""})), plain),
            (
                message(json!({"subtype": "channel_join"})),
                "not for us: message-subtype",
            ),
            (
                message(json!({"subtype": "channel_leave"})),
                "not for us: message-subtype",
            ),
            (
                message(json!({"subtype": "message_changed"})),
                "not for us: message-subtype",
            ),
            (
                message(json!({"subtype": "message_deleted"})),
                "not for us: message-subtype",
            ),
            (
                message(json!({"subtype": "of_tomorrow"})),
                "not for us: message-subtype",
            ),
            (
                message(json!({"subtype": "bot_message", "user": null})),
                "not for us: bot",
            ),
            (message(json!({"bot_id": "B1"})), "not for us: bot"),
            (
                message(json!({"bot_profile": {"id": "B1"}})),
                "not for us: bot",
            ),
            (message(json!({"user": "USLACKBOT"})), "not for us: bot"),
            (
                message(json!({"user": null})),
                "error: event.user: expected a string",
            ),
            (
                message(json!({"user": {"id": "U1"}})),
                "error: event.user: expected a string",
            ),
            (
                message(json!({"channel": ""})),
                "error: event.channel: expected 1 to 64 letters, digits, _ and -",
            ),
            (
                message(json!({"ts": null})),
                "error: event.ts: expected seconds.microseconds",
            ),
            (
                message(json!({"ts": 1_767_600_001})),
                "error: event.ts: expected a string",
            ),
            (
                message(json!({"text": 5})),
                "error: event.text: expected a string",
            ),
        ],
    );
}

#[test]
fn reactions() {
    let reaction = |kind: &str, emoji: &str, item: Value| {
        json!({"type": kind, "user": "U1", "reaction": emoji, "item_user": "U2", "item": item,
               "event_ts": "1767600002.000300"})
    };
    let message = json!({"type": "message", "channel": "C1", "ts": "1767600001.000200"});
    let long = format!(
        "react:U1:1767600001.000200:{}:1767600002.000300",
        "字".repeat(16)
    );
    check(
        None,
        &[
            (
                reaction("reaction_added", "+1::skin-tone-2", message.clone()),
                "slack:T123:react:U1:1767600001.000200:+1::skin-tone-2:1767600002.000300 | 2026-01-05T08:00:02.0003Z \
          +300 | U1 | Reaction { channel: Some(\"C1\"), added: true, author: Some(\"U2\") }",
            ),
            (
                reaction("reaction_removed", "tada", message.clone()),
                "slack:T123:unreact:U1:1767600001.000200:tada:1767600002.000300 | 2026-01-05T08:00:02.0003Z +300 | U1 | \
          Reaction { channel: Some(\"C1\"), added: false, author: Some(\"U2\") }",
            ),
            (
                reaction(
                    "reaction_added",
                    "tada",
                    json!({"type": "file", "file": "F1"}),
                ),
                "slack:T123:react:U1:file:tada:1767600002.000300 | 2026-01-05T08:00:02.0003Z +300 | U1 | Reaction { \
          channel: None, added: true, author: Some(\"U2\") }",
            ),
            (
                reaction("reaction_added", &"字".repeat(90), message.clone()),
                &format!(
                    "slack:T123:{long} | 2026-01-05T08:00:02.0003Z +300 | U1 | Reaction {{ channel: Some(\"C1\"), \
          added: true, author: Some(\"U2\") }}"
                ),
            ),
            (
                reaction(
                    "reaction_added",
                    "tada",
                    json!({"channel": "C 1", "ts": "1.0"}),
                ),
                "error: event.item.channel: expected 1 to 64 letters, digits, _ and -",
            ),
            (
                json!({"type": "reaction_added", "user": "UBOT", "reaction": "tada", "item": message}),
                "not for us: bot",
            ),
        ],
    );
}
