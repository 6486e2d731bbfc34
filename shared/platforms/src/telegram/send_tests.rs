//! Sending through Telegram, against a scripted network.

use hearth_domain::ids::{ChannelId, MemberId};

use super::*;
use crate::telegram::Telegram;
use crate::testing::{Script, Step, secrets};
use crate::{HttpError, Picture, Secrets};

const TOKEN: &str = "123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11";

fn tokens() -> Secrets {
    secrets(&[("bot_token", &[TOKEN, "1:old"])])
}

fn message(to: To) -> Outgoing {
    let button = |label: &str, value: &str| OutButton {
        label: label.into(),
        value: value.into(),
    };
    Outgoing {
        id: "acme/6962620676/onboarding/1/day-1".parse().unwrap(),
        kind: "onboarding.day-1".parse().unwrap(),
        to,
        text: "Hi <b>Ada</b>, choose: A & B".into(),
        buttons: vec![
            button("AI", "interest:ai"),
            button("Just looking", "interest:skip"),
        ],
        reply: None,
        picture: None,
    }
}

fn to_member() -> Outgoing {
    message(To::Member(MemberId::new("6962620676").unwrap()))
}

fn to_channel(id: &str) -> Outgoing {
    message(To::Channel(ChannelId::new(id).unwrap()))
}

fn sent() -> Step {
    let result =
        json!({"message_id": 154, "date": 1_767_600_000, "chat": {"id": 6_962_620_676_u64}});
    Step::Answer(200, &[], json!({"ok": true, "result": result}))
}

fn error(status: u16, description: &str) -> Step {
    let body = json!({"ok": false, "error_code": status, "description": description});
    Step::Answer(status, &[], body)
}

fn after(seconds: u64) -> SendOutcome {
    SendOutcome::Retry {
        after: Some(Duration::from_secs(seconds)),
        reason: "rate-limited".into(),
    }
}

fn asked(script: &Script) -> Value {
    serde_json::from_slice(script.asked.lock().unwrap()[0].body()).unwrap()
}

#[test]
fn a_direct_message_is_one_call() {
    let script = Script::new(vec![sent()]);
    let outcome = script.send(&Telegram, None, &tokens(), &to_member());
    assert_eq!(
        outcome,
        SendOutcome::Sent {
            platform_id: Some("154".into())
        }
    );
    assert_eq!(
        script.asked.lock().unwrap()[0].uri().to_string(),
        format!("https://api.telegram.org/bot{TOKEN}/sendMessage")
    );
    assert_eq!(
        asked(&script),
        json!({
            "chat_id": 6_962_620_676_u64,
            "text": "Hi <b>Ada</b>, choose: A & B",
            "reply_markup": {"inline_keyboard": [
                [{"text": "AI", "callback_data": "interest:ai\nonboarding/1/day-1"}],
                [{"text": "Just looking", "callback_data": "interest:skip\nonboarding/1/day-1"}],
            ]},
        })
    );
}

#[test]
fn chats_topics_and_another_api_are_used_as_given() {
    for (channel, chat, topic) in [
        ("-1001293752024", json!(-1_001_293_752_024_i64), Value::Null),
        (
            "-1001293752024:77",
            json!(-1_001_293_752_024_i64),
            json!(77),
        ),
        ("@acme", json!("@acme"), Value::Null),
    ] {
        let script = Script::new(vec![sent()]);
        let api = Some("http://127.0.0.1:9100/");
        script.send(&Telegram, api, &tokens(), &to_channel(channel));
        let body = asked(&script);
        assert_eq!(
            (&body["chat_id"], &body["message_thread_id"]),
            (&chat, &topic)
        );
        let uri = script.asked.lock().unwrap()[0].uri().to_string();
        assert_eq!(uri, format!("http://127.0.0.1:9100/bot{TOKEN}/sendMessage"));
    }
}

#[test]
fn a_long_text_is_shortened() {
    let mut long = to_member();
    long.text = "👍".repeat(2049);
    let script = Script::new(vec![sent()]);
    script.send(&Telegram, None, &tokens(), &long);
    assert_eq!(asked(&script)["text"], format!("{}…", "👍".repeat(2047)));
}

fn picture() -> Picture {
    Picture {
        png: b"\x89PNG\r\n\x1a\nnot a whole one".to_vec(),
        description: "1 Jan: 12".into(),
    }
}

/// A wall with a picture, in a topic of a group.
fn with_picture() -> Outgoing {
    Outgoing {
        picture: Some(picture()),
        ..to_channel("-1001:77")
    }
}

/// The methods that were called.
fn methods(script: &Script) -> Vec<String> {
    let asked = script.asked.lock().unwrap();
    let method = |call: &http::Request<_>| call.uri().path().rsplit('/').next().unwrap().to_owned();
    asked.iter().map(method).collect()
}

#[test]
fn a_picture_goes_with_the_text_as_its_caption() {
    let script = Script::new(vec![sent()]);
    let outcome = script.send(&Telegram, None, &tokens(), &with_picture());
    assert_eq!(
        outcome,
        SendOutcome::Sent {
            platform_id: Some("154".into())
        }
    );
    assert_eq!(methods(&script), ["sendPhoto"]);
    let asked = script.asked.lock().unwrap();
    let kind = asked[0].headers()["content-type"].to_str().unwrap();
    let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
    let keyboard = json!({"inline_keyboard": [
        [{"text": "AI", "callback_data": "interest:ai\n@6962620676/onboarding/1/day-1"}],
        [{"text": "Just looking", "callback_data": "interest:skip\n@6962620676/onboarding/1/day-1"}],
    ]});
    let field = |name: &str, value: &str| {
        format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        )
    };
    let file = "Content-Disposition: form-data; name=\"photo\"; filename=\"picture.png\"\r\nContent-Type: image/png";
    let expected = [
        field("chat_id", "-1001").as_bytes(),
        field("message_thread_id", "77").as_bytes(),
        field("reply_markup", &keyboard.to_string()).as_bytes(),
        field("caption", "Hi <b>Ada</b>, choose: A & B").as_bytes(),
        format!("--{boundary}\r\n{file}\r\n\r\n").as_bytes(),
        &picture().png,
        format!("\r\n--{boundary}--\r\n").as_bytes(),
    ]
    .concat();
    assert_eq!(
        String::from_utf8_lossy(asked[0].body()),
        String::from_utf8_lossy(&expected)
    );
    assert_eq!(asked[0].body(), &expected);
    drop(asked);
    let again = Script::new(vec![sent()]);
    again.send(&Telegram, None, &tokens(), &with_picture());
    assert_eq!(
        again.asked.lock().unwrap()[0].body(),
        &expected,
        "the same bytes"
    );
}

#[test]
fn a_text_that_is_no_caption_goes_without_its_picture() {
    for (text, method) in [
        ("字".repeat(1024), "sendPhoto"),
        ("字".repeat(1025), "sendMessage"),
        ("👍".repeat(512), "sendPhoto"),
        ("👍".repeat(513), "sendMessage"),
    ] {
        let script = Script::new(vec![sent()]);
        let message = Outgoing {
            text: text.clone(),
            ..with_picture()
        };
        script.send(&Telegram, None, &tokens(), &message);
        assert_eq!(methods(&script), [method], "{}", text.chars().count());
    }
}

#[test]
fn where_a_picture_is_refused_the_text_goes_and_else_nothing_goes_twice() {
    let no_photos = "Bad Request: not enough rights to send photos to the chat";
    let script = Script::new(vec![error(400, no_photos), sent()]);
    let outcome = script.send(&Telegram, None, &tokens(), &with_picture());
    assert!(matches!(outcome, SendOutcome::Sent { .. }), "{outcome:?}");
    assert_eq!(methods(&script), ["sendPhoto", "sendMessage"]);
    let text: Value = serde_json::from_slice(script.asked.lock().unwrap()[1].body()).unwrap();
    assert_eq!(text["text"], "Hi <b>Ada</b>, choose: A & B");
    // What refuses the text as well has the last word.
    let gone = "Bad Request: chat not found";
    let script = Script::new(vec![error(400, gone), error(400, gone)]);
    let outcome = script.send(&Telegram, None, &tokens(), &with_picture());
    assert_eq!(outcome, SendOutcome::unreachable("chat-not-found"));
    let limited = json!({"ok": false, "parameters": {"retry_after": 7}});
    for (step, expected) in [
        (Step::Answer(429, &[], limited), after(7)),
        (error(500, "x"), SendOutcome::unknown("status-500")),
        (
            Step::Fail(HttpError::Uncertain("reset".into())),
            SendOutcome::unknown("no-answer"),
        ),
        (
            Step::Fail(HttpError::NotSent("dns".into())),
            SendOutcome::retry("not-sent"),
        ),
    ] {
        let script = Script::new(vec![step]);
        let outcome = script.send(&Telegram, None, &tokens(), &with_picture());
        assert_eq!((outcome, methods(&script).len()), (expected, 1));
    }
}

#[test]
fn what_telegram_says_to_a_message() {
    let limited = |parameters: Value| {
        let body = json!({"ok": false, "error_code": 429, "parameters": parameters,
                          "description": "Too Many Requests: retry after 12"});
        Step::Answer(429, &[("retry-after", "7")], body)
    };
    let unreadable = || SendOutcome::unknown("unreadable-answer");
    for (step, expected) in [
        (limited(json!({"retry_after": 12})), after(12)),
        (limited(json!({"retry_after": 0})), after(0)),
        (limited(json!({"retry_after": 86_400})), after(3600)),
        (limited(json!({"retry_after": "soon"})), after(7)),
        (limited(Value::Null), after(7)),
        (Step::Text(429, "slow down"), after(30)),
        (
            error(500, "Internal Server Error"),
            SendOutcome::unknown("status-500"),
        ),
        (
            Step::Text(502, "<html>"),
            SendOutcome::unknown("status-502"),
        ),
        (Step::Text(408, ""), SendOutcome::unknown("status-408")),
        (Step::Text(302, ""), SendOutcome::permanent("status-302")),
        (
            error(404, "Not Found"),
            SendOutcome::permanent("status-404"),
        ),
        (
            error(401, "Unauthorized"),
            SendOutcome::permanent("unauthorized"),
        ),
        (Step::Text(200, "<html>"), unreadable()),
        (Step::Answer(200, &[], json!({})), unreadable()),
        (Step::Answer(200, &[], json!({"ok": false})), unreadable()),
        (
            Step::Fail(HttpError::NotSent("dns".into())),
            SendOutcome::retry("not-sent"),
        ),
        (
            Step::Fail(HttpError::Uncertain("reset".into())),
            SendOutcome::unknown("no-answer"),
        ),
    ] {
        let outcome = Script::new(vec![step]).send(&Telegram, None, &tokens(), &to_member());
        assert_eq!(outcome, expected);
    }
}

#[test]
fn refusals_by_their_words() {
    let unreachable = SendOutcome::unreachable as fn(&'static str) -> SendOutcome;
    let permanent = SendOutcome::permanent as fn(&'static str) -> SendOutcome;
    for (status, words, outcome, reason) in [
        (
            403,
            "Forbidden: bot was blocked by the user",
            unreachable,
            "blocked-by-user",
        ),
        (
            403,
            "Forbidden: user is deactivated",
            unreachable,
            "user-deactivated",
        ),
        (
            403,
            "Forbidden: bot can't initiate conversation with a user",
            unreachable,
            "bot-not-started",
        ),
        (
            403,
            "Forbidden: bot can't send messages to bots",
            unreachable,
            "is-a-bot",
        ),
        (
            403,
            "Forbidden: bot was kicked from the supergroup chat",
            unreachable,
            "bot-removed",
        ),
        (
            403,
            "Forbidden: bot is not a member of the channel chat",
            unreachable,
            "bot-not-in-chat",
        ),
        (
            403,
            "Forbidden: something of tomorrow, says Ada",
            unreachable,
            "forbidden",
        ),
        (
            400,
            "Bad Request: chat not found",
            unreachable,
            "chat-not-found",
        ),
        (
            400,
            "Bad Request: not enough rights to send text messages to the chat",
            unreachable,
            "no-rights",
        ),
        (
            400,
            "Bad Request: group chat was upgraded to a supergroup chat",
            permanent,
            "chat-has-a-new-id",
        ),
        (
            400,
            "Bad Request: message thread not found",
            permanent,
            "topic-not-found",
        ),
        (
            400,
            "Bad Request: message is too long",
            permanent,
            "message-too-long",
        ),
        (
            400,
            "Bad Request: BUTTON_DATA_INVALID",
            permanent,
            "button-too-long",
        ),
        (
            400,
            "Bad Request: of tomorrow, says Ada",
            permanent,
            "bad-request",
        ),
    ] {
        let script = Script::new(vec![error(status, words)]);
        let found = script.send(&Telegram, None, &tokens(), &to_member());
        assert_eq!(found, outcome(reason), "{words}");
    }
    let bare = Script::new(vec![Step::Text(403, "")]);
    let found = bare.send(&Telegram, None, &tokens(), &to_member());
    assert_eq!(found, SendOutcome::unreachable("forbidden"));
}

#[test]
fn what_can_never_arrive_is_not_tried() {
    let mut wide = to_member();
    wide.buttons[0].value = "v".repeat(65);
    for (name, api, secrets, message, reason) in [
        ("no token", None, secrets(&[]), to_member(), "no-bot-token"),
        (
            "a token of two lines",
            None,
            secrets(&[("bot_token", &["1:a\nb"])]),
            to_member(),
            "bad-bot-token",
        ),
        (
            "a token with a path",
            None,
            secrets(&[("bot_token", &["1:a/../x"])]),
            to_member(),
            "bad-bot-token",
        ),
        (
            "no address",
            Some("not a url"),
            tokens(),
            to_member(),
            "bad-endpoint",
        ),
        ("a wide button", None, tokens(), wide, "button-too-long"),
    ] {
        let outcome = Script::new(vec![]).send(&Telegram, api, &secrets, &message);
        assert_eq!(outcome, SendOutcome::permanent(reason), "{name}");
        assert!(
            !format!("{outcome:?}").contains("ABC-DEF"),
            "a token is never in a reason"
        );
    }
}
