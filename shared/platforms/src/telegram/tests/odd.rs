//! What we don't use, don't know, and what nobody should send.

use super::*;

#[test]
fn what_is_known_and_not_used() {
    for (kind, reason) in [
        ("edited_message", "edited"),
        ("channel_post", "channel-post"),
        ("edited_channel_post", "channel-post"),
        ("message_reaction_count", "anonymous-reactions"),
        ("inline_query", "unknown-type"),
        ("removed_chat_boost", "unknown-type"),
        ("of_tomorrow", "unknown-type"),
    ] {
        let found = told(HOME, kind, &json!({"some": {"field": 1}}));
        assert_eq!(line(&found), format!("not for us: {reason}"), "{kind}");
    }
}

#[test]
fn odd_bodies_never_panic() {
    let number = "error: update_id: expected an integer from 0";
    for (body, expected) in [
        (r#"{"update_id":1}"#, "not for us: unknown-type"),
        (
            r#"{"update_id":1,"message":null}"#,
            "not for us: unknown-type",
        ),
        (
            r#"{"update_id":1,"message":"x"}"#,
            "error: message.chat.id: expected an integer",
        ),
        ("{}", number),
        ("[]", number),
        ("null", number),
        (r#"{"update_id":"1"}"#, number),
        (r#"{"update_id":-1}"#, number),
        (r#"{"update_id":99999999999999999999}"#, number),
        ("", "error: not readable JSON at line 1, column 0"),
    ] {
        assert_eq!(line(&deliver(HOME, body.as_bytes())), expected, "{body}");
    }
    let message = json!({"message_id": 31, "from": ada(), "chat": home(), "date": 1_767_600_001, "text": "x"});
    let join = json!({"chat": home(), "from": ada(), "date": 1_767_600_003,
                      "old_chat_member": member("left"), "new_chat_member": member("member")});
    let press = json!({"id": "1", "from": ada(), "data": "v\nonboarding/1/x",
                       "message": {"chat": private(), "message_id": 1, "date": 0}});
    for (kind, what) in [
        ("message", message),
        ("chat_member", join),
        ("callback_query", press),
    ] {
        mutated(&update(kind, &what).to_string(), |body| {
            let _ = deliver(HOME, body);
        });
    }
}
