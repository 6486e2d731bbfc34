//! Sending through Discord, against a scripted network.

use std::time::Duration;

use hearth_domain::ids::{ChannelId, MemberId};

use super::*;
use crate::discord::Discord;
use crate::testing::{Script, Step, secrets};
use crate::{HttpError, OutButton, Picture, Secrets};

const TOKEN: &str = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.a-very-secret-part";

fn tokens() -> Secrets {
    secrets(&[("bot_token", &[TOKEN, "old"])])
}

fn button(label: &str, value: &str) -> OutButton {
    OutButton {
        label: label.into(),
        value: value.into(),
    }
}

fn message(to: To) -> Outgoing {
    Outgoing {
        id: "acme/42/onboarding/1/day-1".parse().unwrap(),
        kind: "onboarding.day-1".parse().unwrap(),
        to,
        text: "Hi <@42>, not <@43> or @everyone: **A** & B".into(),
        buttons: vec![
            button("AI", "interest:ai"),
            button(&"long ".repeat(20), "interest:skip"),
        ],
        reply: None,
        picture: None,
    }
}

fn to_member() -> Outgoing {
    message(To::Member(MemberId::new("42").unwrap()))
}

fn to_channel(id: &str) -> Outgoing {
    message(To::Channel(ChannelId::new(id).unwrap()))
}

fn opened() -> Step {
    Step::Answer(200, &[], json!({"id": "900", "type": 1}))
}

fn sent() -> Step {
    Step::Answer(200, &[], json!({"id": "154", "channel_id": "900"}))
}

fn error(status: u16, code: u64) -> Step {
    let body = json!({"message": "Ada's words", "code": code});
    Step::Answer(status, &[], body)
}

fn after(seconds: u64, reason: &str) -> SendOutcome {
    SendOutcome::Retry {
        after: Some(Duration::from_secs(seconds)),
        reason: reason.into(),
    }
}

fn asked(script: &Script, index: usize) -> Value {
    serde_json::from_slice(script.asked.lock().unwrap()[index].body()).unwrap()
}

/// What becomes of a direct message whose channel was opened.
fn created(step: Step) -> SendOutcome {
    Script::new(vec![opened(), step]).send(&Discord, None, &tokens(), &to_member())
}

#[test]
fn a_direct_message_opens_the_channel_first() {
    let script = Script::new(vec![opened(), sent()]);
    let outcome = script.send(&Discord, None, &tokens(), &to_member());
    let platform_id = Some("154".into());
    assert_eq!(outcome, SendOutcome::Sent { platform_id });
    let calls = script.asked.lock().unwrap();
    let uris: Vec<String> = calls.iter().map(|call| call.uri().to_string()).collect();
    assert_eq!(
        uris,
        [
            "https://discord.com/api/v10/users/@me/channels",
            "https://discord.com/api/v10/channels/900/messages"
        ]
    );
    for call in calls.iter() {
        let headers = call.headers();
        assert_eq!(headers["authorization"], format!("Bot {TOKEN}"));
        assert!(
            !format!("{headers:?}").contains("secret"),
            "a token is never in a log"
        );
        let agent = headers["user-agent"].to_str().unwrap();
        assert!(agent.starts_with("DiscordBot (https://"), "{agent}");
    }
    drop(calls);
    assert_eq!(asked(&script, 0), json!({"recipient_id": "42"}));
    let button = |label: &str, value: &str| {
        json!({"type": 2, "style": 2, "label": label,
               "custom_id": format!("{value}\nonboarding/1/day-1")})
    };
    let cut = format!("{}long…", "long ".repeat(15));
    let components = [button("AI", "interest:ai"), button(&cut, "interest:skip")];
    assert_eq!(
        asked(&script, 1),
        json!({
            "content": "Hi <@42>, not <@43> or @everyone: **A** & B",
            "nonce": "b5265bb08ddce3a37014d60c",
            "enforce_nonce": true,
            "allowed_mentions": {"parse": [], "users": ["42"]},
            "components": [{"type": 1, "components": components}],
        })
    );
}

#[test]
fn a_channel_and_another_api_are_used_as_given() {
    let mut message = to_channel("81384788765712384");
    message.text = "Nobody is called".into();
    let script = Script::new(vec![sent()]);
    let api = Some("http://127.0.0.1:9100/api/v10/");
    script.send(&Discord, api, &tokens(), &message);
    assert_eq!(
        script.asked.lock().unwrap()[0].uri(),
        "http://127.0.0.1:9100/api/v10/channels/81384788765712384/messages"
    );
    let body = asked(&script, 0);
    assert_eq!(body["allowed_mentions"], json!({"parse": []}));
    assert_eq!(
        body["components"][0]["components"][0]["custom_id"],
        "interest:ai\n@42/onboarding/1/day-1"
    );
}

/// A wall with a picture.
fn with_picture() -> Outgoing {
    Outgoing {
        picture: Some(Picture {
            png: b"\x89PNG\r\n\x1a\nnot a whole one".to_vec(),
            description: "1 Jan: 12".into(),
        }),
        text: "Who checked in".into(),
        buttons: Vec::new(),
        ..to_channel("900")
    }
}

#[test]
fn a_picture_is_a_file_of_the_message_with_its_words() {
    let script = Script::new(vec![sent()]);
    script.send(&Discord, None, &tokens(), &with_picture());
    let asked = script.asked.lock().unwrap();
    assert_eq!(asked[0].uri().path(), "/api/v10/channels/900/messages");
    let kind = asked[0].headers()["content-type"].to_str().unwrap();
    let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
    let payload = json!({
        "allowed_mentions": {"parse": []},
        "components": [],
        "content": "Who checked in",
        "enforce_nonce": true,
        "nonce": "b5265bb08ddce3a37014d60c",
        "attachments": [{"id": 0, "filename": "picture.png", "description": "1 Jan: 12"}],
    });
    let head = "Content-Disposition: form-data; name=";
    let expected = [
        format!("--{boundary}\r\n{head}\"payload_json\"\r\n\r\n{payload}\r\n--{boundary}\r\n")
            .as_bytes(),
        format!("{head}\"files[0]\"; filename=\"picture.png\"\r\nContent-Type: image/png\r\n\r\n")
            .as_bytes(),
        &with_picture().picture.unwrap().png,
        format!("\r\n--{boundary}--\r\n").as_bytes(),
    ]
    .concat();
    assert_eq!(
        String::from_utf8_lossy(asked[0].body()),
        String::from_utf8_lossy(&expected)
    );
    assert_eq!(asked[0].body(), &expected);
}

#[test]
fn where_a_picture_is_refused_the_text_goes_and_else_nothing_goes_twice() {
    for refusal in [error(403, 50013), error(413, 40005), error(400, 50035)] {
        let script = Script::new(vec![refusal, sent()]);
        let outcome = script.send(&Discord, None, &tokens(), &with_picture());
        assert!(matches!(outcome, SendOutcome::Sent { .. }), "{outcome:?}");
        let text = asked(&script, 1);
        assert_eq!(text["content"], "Who checked in");
        // The same message, for Discord as well.
        assert_eq!(text["nonce"], "b5265bb08ddce3a37014d60c");
        assert_eq!(text.get("attachments"), None);
    }
    let script = Script::new(vec![error(403, 50013), error(403, 50001)]);
    let outcome = script.send(&Discord, None, &tokens(), &with_picture());
    assert_eq!(outcome, SendOutcome::unreachable("missing-access"));
    for (step, expected) in [
        (
            Step::Answer(429, &[], json!({"retry_after": 1.5})),
            after(2, "rate-limited"),
        ),
        (error(500, 0), SendOutcome::unknown("status-500")),
        (
            Step::Fail(HttpError::Uncertain("reset".into())),
            SendOutcome::unknown("no-answer"),
        ),
    ] {
        let script = Script::new(vec![step]);
        let outcome = script.send(&Discord, None, &tokens(), &with_picture());
        assert_eq!(outcome, expected);
    }
}

#[test]
fn a_nonce_is_the_messages_own_and_short_enough() {
    let of = |id: &str| nonce(&id.parse().unwrap());
    let day_1 = of("acme/42/onboarding/1/day-1");
    assert_eq!(day_1, of("acme/42/onboarding/1/day-1"));
    assert_ne!(day_1, of("acme/42/onboarding/1/day-2"));
    assert!(day_1.len() <= 25);
}

#[test]
fn what_is_too_long_is_shortened_and_buttons_stand_in_rows_of_five() {
    let mut message = to_member();
    message.text = "字".repeat(2001);
    message.buttons = (0..25)
        .map(|n| button("AI", &format!("interest:{n}")))
        .collect();
    // The same once more.
    message.buttons.push(button("AI again", "interest:0"));
    let script = Script::new(vec![opened(), sent()]);
    script.send(&Discord, None, &tokens(), &message);
    let body = asked(&script, 1);
    assert_eq!(body["content"], format!("{}…", "字".repeat(1999)));
    let rows = body["components"].as_array().unwrap();
    let lengths = rows
        .iter()
        .map(|row| row["components"].as_array().unwrap().len());
    assert_eq!(lengths.collect::<Vec<_>>(), [5; 5]);

    message.buttons.clear();
    let script = Script::new(vec![opened(), sent()]);
    script.send(&Discord, None, &tokens(), &message);
    assert_eq!(asked(&script, 1)["components"], json!([]));
}

#[test]
fn what_discord_says_to_a_message() {
    let limited = |body: Value| Step::Answer(429, &[("retry-after", "7")], body);
    let unreadable = || SendOutcome::unknown("unreadable-answer");
    for (step, expected) in [
        (
            limited(json!({"retry_after": 64.57, "global": false})),
            after(65, "rate-limited"),
        ),
        (
            limited(json!({"retry_after": 2.0})),
            after(2, "rate-limited"),
        ),
        (
            limited(json!({"retry_after": 0.3})),
            after(1, "rate-limited"),
        ),
        (
            limited(json!({"retry_after": 0.3, "global": true})),
            after(1, "rate-limited-globally"),
        ),
        (
            limited(json!({"retry_after": 86_400.5})),
            after(3600, "rate-limited"),
        ),
        (
            limited(json!({"retry_after": 1e300})),
            after(7, "rate-limited"),
        ),
        (
            limited(json!({"retry_after": -1.0})),
            after(7, "rate-limited"),
        ),
        (
            limited(json!({"retry_after": "soon"})),
            after(7, "rate-limited"),
        ),
        // Of Cloudflare.
        (
            Step::Text(429, "error code: 1015"),
            after(30, "rate-limited"),
        ),
        (error(500, 0), SendOutcome::unknown("status-500")),
        (error(503, 130_000), SendOutcome::unknown("status-503")),
        (error(502, 50007), SendOutcome::unknown("status-502")),
        (Step::Text(408, ""), SendOutcome::unknown("status-408")),
        (Step::Text(302, ""), SendOutcome::permanent("status-302")),
        (error(401, 0), SendOutcome::permanent("unauthorized")),
        (error(404, 0), SendOutcome::permanent("status-404")),
        (error(400, 0), SendOutcome::permanent("bad-request")),
        (error(403, 99_999), SendOutcome::unreachable("forbidden")),
        (
            Step::Text(403, "<html>"),
            SendOutcome::permanent("status-403"),
        ),
        (error(405, 0), SendOutcome::permanent("status-405")),
        (Step::Text(200, "<html>"), unreadable()),
        (Step::Answer(200, &[], json!({})), unreadable()),
        (
            Step::Fail(HttpError::NotSent("dns".into())),
            SendOutcome::retry("not-sent"),
        ),
        (
            Step::Fail(HttpError::Uncertain("reset".into())),
            SendOutcome::unknown("no-answer"),
        ),
    ] {
        assert_eq!(created(step), expected);
    }
}

#[test]
fn refusals_by_their_codes() {
    let unreachable = SendOutcome::unreachable as fn(&'static str) -> SendOutcome;
    let permanent = SendOutcome::permanent as fn(&'static str) -> SendOutcome;
    let retry = SendOutcome::retry as fn(&'static str) -> SendOutcome;
    for (status, code, outcome, reason) in [
        (404, 10003, unreachable, "unknown-channel"),
        (404, 10013, unreachable, "unknown-user"),
        (403, 20026, permanent, "bot-flagged-as-spam"),
        (403, 40003, retry, "opening-too-fast"),
        (403, 40004, retry, "temporarily-disabled"),
        (400, 40058, unreachable, "not-a-text-channel"),
        (403, 40333, permanent, "blocked-by-cloudflare"),
        (403, 50001, unreachable, "missing-access"),
        (400, 50006, permanent, "no-text"),
        (403, 50007, unreachable, "cannot-dm"),
        (403, 50013, unreachable, "missing-permissions"),
        (400, 50033, unreachable, "invalid-recipient"),
        (400, 50035, permanent, "invalid-form-body"),
        (403, 50278, unreachable, "no-mutual-guild"),
    ] {
        assert_eq!(created(error(status, code)), outcome(reason), "{code}");
        let script = Script::new(vec![error(status, code)]);
        let opening = script.send(&Discord, None, &tokens(), &to_member());
        assert_eq!(opening, outcome(reason), "{code} on opening");
    }
    // What was sent, and then deleted by hand.
    assert_eq!(
        created(error(404, 10008)),
        SendOutcome::Sent { platform_id: None }
    );
}

#[test]
fn before_the_channel_is_open_nothing_is_sent() {
    let uncertain = HttpError::Uncertain("reset".into());
    for (step, expected) in [
        (error(500, 0), SendOutcome::retry("status-500")),
        (
            Step::Text(200, "<html>"),
            SendOutcome::retry("unreadable-answer"),
        ),
        (
            Step::Answer(200, &[], json!({})),
            SendOutcome::retry("unreadable-answer"),
        ),
        (
            Step::Answer(200, &[], json!({"id": "../9"})),
            SendOutcome::retry("unreadable-answer"),
        ),
        (Step::Fail(uncertain), SendOutcome::retry("no-answer")),
        (
            Step::Answer(429, &[], json!({"retry_after": 1.5})),
            after(2, "rate-limited"),
        ),
        (error(401, 0), SendOutcome::permanent("unauthorized")),
    ] {
        let outcome = Script::new(vec![step]).send(&Discord, None, &tokens(), &to_member());
        assert_eq!(outcome, expected);
    }
}

#[test]
fn what_can_never_arrive_is_not_tried() {
    let with = |buttons: Vec<OutButton>| Outgoing {
        buttons,
        ..to_member()
    };
    let many = (0..26).map(|n| button("AI", &n.to_string())).collect();
    let wide = vec![button("AI", &"v".repeat(101))];
    let two_lines = secrets(&[("bot_token", &["a\nb"])]);
    for (name, api, secrets, message, reason) in [
        ("no token", None, secrets(&[]), to_member(), "no-bot-token"),
        (
            "a token of two lines",
            None,
            two_lines,
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
        (
            "a wide button",
            None,
            tokens(),
            with(wide),
            "button-too-long",
        ),
        ("26 buttons", None, tokens(), with(many), "too-many-buttons"),
        (
            "a name for a channel",
            None,
            tokens(),
            to_channel("general"),
            "bad-channel-id",
        ),
        (
            "a path for a channel",
            None,
            tokens(),
            to_channel("1?x"),
            "bad-channel-id",
        ),
    ] {
        let outcome = Script::new(vec![]).send(&Discord, api, &secrets, &message);
        assert_eq!(outcome, SendOutcome::permanent(reason), "{name}");
    }
}
