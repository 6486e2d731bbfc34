//! Sending through Feishu, against a scripted network.

use std::time::Duration;

use hearth_domain::ids::{ChannelId, MemberId};

use super::*;
use crate::feishu::{Feishu, RESET_HEADER};
use crate::testing::{Script, Step, secrets};
use crate::{OutButton, Secrets, To};

fn app() -> Secrets {
    secrets(&[("app_id", &["cli_1"]), ("app_secret", &["shh", "old"])])
}

fn message(to: To) -> Outgoing {
    let button = |label: &str, value: &str| OutButton {
        label: label.into(),
        value: value.into(),
    };
    Outgoing {
        id: "acme/ou_1/onboarding/1/day-1".parse().unwrap(),
        kind: "onboarding.day-1".parse().unwrap(),
        to,
        text: "Hi <b>Ada</b>, choose".into(),
        buttons: vec![
            button("AI", "interest:ai"),
            button("Just looking", "interest:skip"),
        ],
        reply: None,
        picture: None,
    }
}

fn to_member() -> Outgoing {
    message(To::Member(MemberId::new("ou_1").unwrap()))
}

fn plain(text: &str) -> Outgoing {
    Outgoing {
        text: text.into(),
        buttons: vec![],
        ..to_member()
    }
}

fn token(token: &str) -> Step {
    let body = json!({"code": 0, "msg": "ok", "tenant_access_token": token, "expire": 7200});
    Step::Answer(200, &[], body)
}

fn taken() -> Step {
    let data = json!({"message_id": "om_1", "chat_id": "oc_1"});
    Step::Answer(200, &[], json!({"code": 0, "msg": "success", "data": data}))
}

fn code(status: u16, code: i64) -> Step {
    let body = json!({"code": code, "msg": "what a member wrote", "error": {}});
    Step::Answer(status, &[], body)
}

fn sent() -> SendOutcome {
    SendOutcome::Sent {
        platform_id: Some("om_1".into()),
    }
}

fn after(seconds: u64) -> SendOutcome {
    SendOutcome::Retry {
        after: Some(Duration::from_secs(seconds)),
        reason: "rate-limited".into(),
    }
}

/// Body and content of the call at a place.
fn asked(script: &Script, at: usize) -> (Value, Value) {
    let asked = script.asked.lock().unwrap();
    let body: Value = serde_json::from_slice(asked[at].body()).unwrap();
    let content = body["content"].as_str().unwrap_or("null");
    let content = serde_json::from_str(content).unwrap();
    (body, content)
}

fn header_of(script: &Script, at: usize, name: &str) -> String {
    let asked = script.asked.lock().unwrap();
    asked[at].headers()[name].to_str().unwrap().to_owned()
}

fn uri(script: &Script, at: usize) -> String {
    script.asked.lock().unwrap()[at].uri().to_string()
}

#[test]
fn a_token_is_fetched_once_and_a_card_carries_the_buttons() {
    let script = Script::new(vec![token("t-1"), taken()]);
    assert_eq!(script.send(&Feishu, None, &app(), &to_member()), sent());
    assert_eq!(
        uri(&script, 0),
        "https://open.feishu.cn/open-apis/auth/v3/tenant_access_token/internal"
    );
    assert_eq!(
        asked(&script, 0).0,
        json!({"app_id": "cli_1", "app_secret": "shh"})
    );
    assert_eq!(
        uri(&script, 1),
        "https://open.feishu.cn/open-apis/im/v1/messages?receive_id_type=open_id"
    );
    assert_eq!(header_of(&script, 1, "authorization"), "Bearer t-1");
    let (body, card) = asked(&script, 1);
    assert_eq!(body["receive_id"], "ou_1");
    assert_eq!(body["msg_type"], "interactive");
    let button = |label: &str, value: &str| {
        json!({"tag": "button", "type": "default",
            "text": {"tag": "plain_text", "content": label},
            "value": {"hearth": "acme/ou_1/onboarding/1/day-1", "value": value}})
    };
    let buttons = [
        button("AI", "interest:ai"),
        button("Just looking", "interest:skip"),
    ];
    assert_eq!(
        card,
        json!({"config": {"wide_screen_mode": true, "enable_forward": false}, "elements": [
            {"tag": "div", "text": {"tag": "plain_text", "content": "Hi <b>Ada</b>, choose"}},
            {"tag": "action", "layout": "flow", "actions": buttons},
        ]})
    );
    // The next message needs no token, and the same message has the same uuid.
    script.then(vec![taken()]);
    assert_eq!(script.send(&Feishu, None, &app(), &to_member()), sent());
    script.then(vec![taken()]);
    let mut other = to_member();
    other.id = "acme/ou_1/onboarding/1/day-2".parse().unwrap();
    assert_eq!(script.send(&Feishu, None, &app(), &other), sent());
    let uuid = |at: usize| asked(&script, at).0["uuid"].as_str().unwrap().to_owned();
    assert_eq!((uuid(1).len(), uuid(1)), (32, uuid(2)));
    assert_ne!(uuid(1), uuid(3));
}

#[test]
fn only_what_cannot_be_mark_up_is_a_text() {
    for (text, kind) in [
        ("早安 & 1 > 0 _x_ (y)", "text"),
        ("<at user_id=\"all\"></at>", "interactive"),
        ("**bold**", "interactive"),
        ("[here](https://evil.example)", "interactive"),
    ] {
        let script = Script::new(vec![token("t-1"), taken()]);
        script.send(&Feishu, None, &app(), &plain(text));
        let (body, content) = asked(&script, 1);
        assert_eq!(body["msg_type"], kind, "{text}");
        let found = match kind {
            "text" => &content["text"],
            _ => &content["elements"][0]["text"]["content"],
        };
        assert_eq!(found, text);
    }
}

#[test]
fn long_messages_are_shortened_to_what_feishu_takes() {
    for (name, text, mut message, limit) in [
        ("a text", "👍🏽", plain(""), 150_000),
        ("a text of quotes", "\"\n", plain(""), 150_000),
        ("a card", "👍🏽", to_member(), 30_000),
    ] {
        message.text = text.repeat(60_000);
        let script = Script::new(vec![token("t-1"), taken()]);
        script.send(&Feishu, None, &app(), &message);
        let length = script.asked.lock().unwrap()[1].body().len();
        assert!(length <= limit && length > limit - 100, "{name}: {length}");
    }
    let mut labelled = to_member();
    labelled.buttons[0].label = "字".repeat(101);
    let script = Script::new(vec![token("t-1"), taken()]);
    script.send(&Feishu, None, &app(), &labelled);
    let (_, card) = asked(&script, 1);
    let label = card["elements"][1]["actions"][0]["text"]["content"].as_str();
    assert_eq!(label, Some(format!("{}…", "字".repeat(99)).as_str()));
}

#[test]
fn chats_and_another_api_are_used_as_given() {
    let script = Script::new(vec![token("t-1"), taken()]);
    let message = message(To::Channel(ChannelId::new("oc_1").unwrap()));
    let lark = Some("https://open.larksuite.com/");
    assert_eq!(script.send(&Feishu, lark, &app(), &message), sent());
    assert!(uri(&script, 0).starts_with("https://open.larksuite.com/open-apis/auth/"));
    assert_eq!(
        uri(&script, 1),
        "https://open.larksuite.com/open-apis/im/v1/messages?receive_id_type=chat_id"
    );
    assert_eq!(asked(&script, 1).0["receive_id"], "oc_1");
}

#[test]
fn a_token_that_is_refused_is_fetched_again_in_the_same_attempt() {
    for refusal in [99_991_661, 99_991_663, 99_991_664, 99_991_668, 99_991_671] {
        let steps = vec![token("t-1"), code(400, refusal), token("t-2"), taken()];
        let script = Script::new(steps);
        assert_eq!(script.send(&Feishu, None, &app(), &to_member()), sent());
        assert_eq!(header_of(&script, 3, "authorization"), "Bearer t-2");
        assert_eq!(
            asked(&script, 1),
            asked(&script, 3),
            "the same uuid and text"
        );
    }
    let twice = vec![
        token("t-1"),
        code(400, 99_991_663),
        token("t-2"),
        code(200, 99_991_663),
    ];
    let script = Script::new(twice);
    assert_eq!(
        script.send(&Feishu, None, &app(), &to_member()),
        SendOutcome::retry("token-refused")
    );
    script.then(vec![token("t-3"), taken()]);
    assert_eq!(script.send(&Feishu, None, &app(), &to_member()), sent());
}

#[test]
fn without_a_token_nothing_was_sent() {
    let permanent = |reason: &str| SendOutcome::permanent(reason);
    let retry = |reason: &str| SendOutcome::retry(reason);
    let uncertain = || Step::Fail(HttpError::Uncertain("reset".into()));
    for (step, expected) in [
        (code(200, 10_015), permanent("code-10015")),
        (code(400, 10_014), permanent("code-10014")),
        (Step::Text(404, ""), permanent("status-404")),
        (Step::Text(500, ""), retry("status-500")),
        (code(500, 20_050), retry("status-500")),
        (Step::Text(408, ""), retry("status-408")),
        (Step::Text(200, "<html>"), retry("unreadable-answer")),
        (
            Step::Answer(200, &[], json!({"code": 0})),
            retry("unreadable-answer"),
        ),
        (code(200, 99_991_400), after(30)),
        (Step::Text(429, ""), after(30)),
        (uncertain(), retry("no-token")),
        (
            Step::Fail(HttpError::NotSent("dns".into())),
            retry("not-sent"),
        ),
    ] {
        let script = Script::new(vec![step]);
        let outcome = script.send(&Feishu, None, &app(), &to_member());
        assert_eq!(outcome, expected);
    }
}

#[test]
fn what_feishu_says_to_a_message() {
    let unknown = |reason: &str| SendOutcome::unknown(reason);
    let permanent = |reason: &str| SendOutcome::permanent(reason);
    let reset = |status: u16, seconds: &'static [(&'static str, &'static str)]| {
        Step::Answer(status, seconds, json!({"code": 99_991_400, "msg": "limit"}))
    };
    for (step, expected) in [
        (reset(429, &[(RESET_HEADER, "12")]), after(12)),
        (
            reset(400, &[(RESET_HEADER, "7"), ("retry-after", "1")]),
            after(7),
        ),
        (reset(400, &[(RESET_HEADER, "86400")]), after(3600)),
        (reset(400, &[(RESET_HEADER, "-1")]), after(30)),
        (reset(400, &[(RESET_HEADER, "NaN")]), after(30)),
        (reset(400, &[("retry-after", "9")]), after(9)),
        (code(400, 230_020), after(30)),
        (code(200, 11_232), after(30)),
        (Step::Text(429, ""), after(30)),
        (code(400, 230_001), permanent("code-230001")),
        (code(400, 230_006), permanent("code-230006")),
        (code(400, 230_025), permanent("code-230025")),
        (code(400, 230_027), permanent("code-230027")),
        (code(200, 230_099), permanent("code-230099")),
        (code(400, 230_049), unknown("code-230049")),
        (Step::Text(400, ""), permanent("status-400")),
        (Step::Text(302, ""), permanent("status-302")),
        (Step::Text(500, ""), unknown("status-500")),
        (code(502, 230_001), unknown("status-502")),
        (Step::Text(408, ""), unknown("status-408")),
        (Step::Text(200, "<html>"), unknown("unreadable-answer")),
        (
            Step::Answer(200, &[], json!({})),
            unknown("unreadable-answer"),
        ),
        (
            Step::Answer(200, &[], json!({"code": 0})),
            SendOutcome::Sent { platform_id: None },
        ),
        (
            Step::Fail(HttpError::NotSent("dns".into())),
            SendOutcome::retry("not-sent"),
        ),
        (
            Step::Fail(HttpError::Uncertain("reset".into())),
            unknown("no-answer"),
        ),
    ] {
        let script = Script::new(vec![token("t-1"), step]);
        let outcome = script.send(&Feishu, None, &app(), &to_member());
        assert_eq!(outcome, expected);
    }
}

#[test]
fn whom_feishu_does_not_reach() {
    for (number, reason) in [
        (230_013, "not-available-to-user"),
        (230_029, "user-resigned"),
        (230_053, "user-stopped-the-bot"),
        (230_038, "other-tenant"),
        (230_034, "invalid-recipient"),
        (230_002, "bot-not-in-chat"),
        (230_018, "chat-settings-forbid"),
        (230_035, "no-right-to-send"),
        (232_009, "chat-dissolved"),
    ] {
        let script = Script::new(vec![token("t-1"), code(400, number)]);
        let outcome = script.send(&Feishu, None, &app(), &to_member());
        assert_eq!(outcome, SendOutcome::unreachable(reason), "{number}");
    }
}

#[test]
fn what_can_never_arrive_is_not_tried() {
    for (name, api, secrets, message, reason) in [
        (
            "no app",
            None,
            secrets(&[("app_secret", &["shh"])]),
            to_member(),
            "no-app-id",
        ),
        (
            "no secret",
            None,
            secrets(&[("app_id", &["cli_1"])]),
            to_member(),
            "no-app-secret",
        ),
        (
            "no address",
            Some("not a url"),
            app(),
            to_member(),
            "bad-endpoint",
        ),
        ("no text", None, app(), plain(" \n"), "no-text"),
    ] {
        let outcome = Script::new(vec![]).send(&Feishu, api, &secrets, &message);
        assert_eq!(outcome, SendOutcome::permanent(reason), "{name}");
    }
}
