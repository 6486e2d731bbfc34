//! Copies, other workspaces, and bodies that nobody should send.

use super::*;

#[test]
fn copies_of_one_act_have_one_id() {
    let act = json!({"type": "member_joined_channel", "user": "U1", "channel": "C0HOME", "event_ts": "1767600003.000400"});
    let copy = |event_id: &str, event_time: u64| {
        let body = json!({"type": "event_callback", "team_id": "T123", "event_id": event_id,
                          "event_time": event_time, "event": act});
        one(deliver(HOME, body.to_string().as_bytes()))
    };
    assert_eq!(copy("Ev1", 1_767_600_003), copy("Ev2", 1_767_600_063));
    let renamed = |kind: &str, event_ts: &str| {
        let mut event_body = changed(kind, json!({}));
        event_body["event_ts"] = json!(event_ts);
        one(event(None, &event_body)).id
    };
    assert_eq!(
        renamed("user_change", "1767600004.000500"),
        renamed("user_profile_changed", "1767600004.000600")
    );
}

#[test]
fn another_workspace_is_counted_and_ignored() {
    let body = json!({"type": "event_callback", "team_id": "T999", "event_time": 1, "event": {"type": "team_join"}});
    assert_eq!(
        line(&deliver(None, body.to_string().as_bytes())),
        "not for us: other-workspace"
    );
    let mut anywhere = community(Platform::Slack, None);
    anywhere.workspace = None;
    let body = json!({"type": "event_callback", "team_id": "T999", "event": {"type": "message", "channel": "C1",
        "user": "U1", "ts": "1.000000", "text": "x"}});
    let (headers, body) = (headers(&[]), body.to_string());
    assert_eq!(
        one(parse(&request(&headers, body.as_bytes()), &anywhere))
            .id
            .as_str(),
        "slack:T999:C1:1.000000"
    );
}

#[test]
fn odd_bodies_never_panic() {
    let nested = |levels: usize| {
        format!(
            r#"{{"type":"event_callback","event":{}{}}}"#,
            "[".repeat(levels),
            "]".repeat(levels)
        )
    };
    for (body, expected) in [
        (
            r#"{"type":"app_rate_limited","team_id":"T123","minute_rate_limited":1518467820}"#,
            "not for us: app-rate-limited",
        ),
        (r#"{"type":"of_tomorrow"}"#, "not for us: unknown-type"),
        (r#"{"type":""}"#, "not for us: unknown-type"),
        (
            r#"{"type":"event_callback","event":{"type":"app_mention"}}"#,
            "not for us: unknown-type",
        ),
        (
            r#"{"type":"event_callback","event":{"type":"app_uninstalled"}}"#,
            "not for us: unknown-type",
        ),
        (
            r#"{"type":"event_callback"}"#,
            "error: event.type: expected a string",
        ),
        (
            r#"{"type":"event_callback","event":"message"}"#,
            "error: event.type: expected a string",
        ),
        (r#"{"type":7}"#, "error: type: expected a string"),
        ("{}", "error: type: expected a string"),
        ("[]", "error: type: expected a string"),
        ("null", "error: type: expected a string"),
        ("payload", "error: not readable JSON at line 1, column 1"),
        (
            r#"{"type":"event_callback","event":{"type":"member_joined_channel","user":"U1","channel":"C0HOME"}}"#,
            "error: event.event_ts: expected seconds.microseconds, or event_time",
        ),
        (
            r#"{"type":"event_callback","event_time":18446744073709551615,"event":{"type":"member_joined_channel","user":"U1","channel":"C0HOME"}}"#,
            "error: event.event_ts: expected seconds.microseconds, or event_time",
        ),
        (
            r#"{"type":"event_callback","event_time":1,"event":{"type":"member_joined_channel","user":"U1","channel":"C0HOME"}}"#,
            "error: team_id: expected a string",
        ),
    ] {
        assert_eq!(line(&deliver(HOME, body.as_bytes())), expected, "{body}");
    }
    assert_eq!(
        line(&deliver(HOME, nested(100).as_bytes())),
        "error: event.type: expected a string"
    );
    assert!(matches!(
        deliver(HOME, nested(5000).as_bytes()),
        Err(ParseError::Json { .. })
    ));
    let seen = one(event(None, &json!({"type": "message", "user": "U1", "channel": "C1", "ts": "1.000000", "text": "a\u{0}b"}))).seen;
    assert!(
        matches!(
            seen,
            Seen::Message {
                length: Some(3),
                ..
            }
        ),
        "a NUL in a text is only a character"
    );
}

#[test]
fn a_byte_changed_anywhere_never_panics() {
    let joined = json!({"type": "event_callback", "team_id": "T123", "event_time": 1_767_600_000,
        "event": changed("user_change", json!({}))});
    for body in [joined, press(json!({}))] {
        mutated(&body.to_string(), |bytes| drop(deliver(HOME, bytes)));
    }
    let headers = headers(&[("content-type", "application/x-www-form-urlencoded")]);
    let community = community(Platform::Slack, HOME);
    let form = String::from_utf8(form_of(&press(json!({})).to_string())).unwrap();
    mutated(&form, |bytes| {
        drop(parse(&request(&headers, bytes), &community));
    });
}
