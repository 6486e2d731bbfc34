//! Sending through Slack, against a scripted network.

use std::time::Duration;

use hearth_domain::ids::{ChannelId, MemberId};
use serde_json::{Value, json};

use super::*;
use crate::slack::Slack;
use crate::testing::{Script, Step, secrets};
use crate::{HttpError, OutButton, Secrets};

fn tokens() -> Secrets {
    secrets(&[("bot_token", &["xoxb-new", "xoxb-old"])])
}

fn message(to: To) -> Outgoing {
    let button = |label: &str, value: &str| OutButton {
        label: label.into(),
        value: value.into(),
    };
    Outgoing {
        id: "acme/U1/onboarding/1/day-1".parse().unwrap(),
        kind: "onboarding.day-1".parse().unwrap(),
        to,
        text: "Hi <@U1>, choose: A & B".into(),
        buttons: vec![
            button("AI", "interest:ai"),
            button(&"long ".repeat(20), "interest:none"),
        ],
        reply: None,
        picture: None,
    }
}

fn to_member() -> Outgoing {
    message(To::Member(MemberId::new("U1").unwrap()))
}

fn to_channel() -> Outgoing {
    message(To::Channel(ChannelId::new("C1").unwrap()))
}

fn ok(body: Value) -> Step {
    Step::Answer(200, &[], body)
}

fn opened() -> Step {
    ok(json!({"ok": true, "channel": {"id": "DU1"}}))
}

fn error(word: &str) -> Step {
    ok(json!({"ok": false, "error": word}))
}

fn after(seconds: u64) -> SendOutcome {
    SendOutcome::Retry {
        after: Some(Duration::from_secs(seconds)),
        reason: "rate-limited".into(),
    }
}

#[test]
fn a_direct_message_opens_the_channel_first() {
    let script = Script::new(vec![
        opened(),
        ok(json!({"ok": true, "channel": "DU1", "ts": "1767600000.000100"})),
    ]);
    let outcome = script.send(&Slack, None, &tokens(), &to_member());
    assert_eq!(
        outcome,
        SendOutcome::Sent {
            platform_id: Some("1767600000.000100".into())
        }
    );
    let asked = script.asked.lock().unwrap();
    let body = |index: usize| serde_json::from_slice::<Value>(asked[index].body()).unwrap();
    assert_eq!(asked[0].uri(), "https://slack.com/api/conversations.open");
    assert_eq!(body(0), json!({"users": "U1"}));
    assert_eq!(asked[1].uri(), "https://slack.com/api/chat.postMessage");
    assert_eq!(asked[1].headers()["authorization"], "Bearer xoxb-new");
    assert!(
        !format!("{:?}", asked[1].headers()).contains("xoxb"),
        "a token is never in a log"
    );
    let text = "Hi <@U1>, choose: A &amp; B";
    let button = |index: u8, label: &str, value: &str| {
        json!({"type": "button", "action_id": format!("{index}:{value}"), "value": value,
               "text": {"type": "plain_text", "text": label, "emoji": true}})
    };
    let cut = format!("{}long…", "long ".repeat(14));
    assert_eq!(
        body(1),
        json!({
            "channel": "DU1",
            "text": text,
            "blocks": [
                {"type": "section", "text": {"type": "mrkdwn", "text": text}},
                {"type": "actions", "block_id": "acme/U1/onboarding/1/day-1",
                 "elements": [button(0, "AI", "interest:ai"), button(1, &cut, "interest:none")]},
            ],
            "metadata": {"event_type": "hearth_message",
                "event_payload": {"message_id": "acme/U1/onboarding/1/day-1", "kind": "onboarding.day-1"}},
        })
    );
}

#[test]
fn a_channel_and_another_api_are_used_as_given() {
    let script = Script::new(vec![ok(json!({"ok": true}))]);
    let outcome = script.send(
        &Slack,
        Some("http://127.0.0.1:9100/"),
        &tokens(),
        &to_channel(),
    );
    assert_eq!(outcome, SendOutcome::Sent { platform_id: None });
    assert_eq!(
        script.asked.lock().unwrap()[0].uri(),
        "http://127.0.0.1:9100/api/chat.postMessage"
    );
}

#[test]
fn long_texts_become_several_sections() {
    let mut long = to_channel();
    long.text = format!("{}\n{}", "x".repeat(2500), "&".repeat(700));
    let script = Script::new(vec![ok(json!({"ok": true}))]);
    script.send(&Slack, None, &tokens(), &long);
    let body: Value = serde_json::from_slice(script.asked.lock().unwrap()[0].body()).unwrap();
    let lengths: Vec<usize> = body["blocks"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|block| block["text"]["text"].as_str().map(str::len))
        .collect();
    assert_eq!(lengths, [2500, 3000, 500]);
}

#[test]
fn what_becomes_of_a_post() {
    let limited = json!({"ok": false, "error": "ratelimited"});
    let unreadable = || SendOutcome::unknown("unreadable-answer");
    let not_sent = HttpError::NotSent("dns".into());
    let no_answer = HttpError::Uncertain("timeout".into());
    for (step, expected) in [
        (
            Step::Answer(429, &[("retry-after", "12")], json!({})),
            after(12),
        ),
        (Step::Text(429, "slow down"), after(30)),
        (
            Step::Answer(200, &[("Retry-After", "99999")], limited),
            after(3600),
        ),
        (Step::Text(500, ""), SendOutcome::unknown("status-500")),
        (Step::Text(503, ""), SendOutcome::unknown("status-503")),
        (Step::Text(408, ""), SendOutcome::unknown("status-408")),
        (Step::Text(404, ""), SendOutcome::permanent("status-404")),
        (Step::Text(302, ""), SendOutcome::permanent("status-302")),
        (Step::Text(200, "<html>"), unreadable()),
        (ok(json!({})), unreadable()),
        (Step::Fail(not_sent), SendOutcome::retry("not-sent")),
        (Step::Fail(no_answer), SendOutcome::unknown("no-answer")),
    ] {
        let outcome = Script::new(vec![step]).send(&Slack, None, &tokens(), &to_channel());
        assert_eq!(outcome, expected);
    }
}

#[test]
fn what_slack_says_to_a_post() {
    let unreachable = "channel_not_found user_not_found user_disabled account_inactive \
                       messages_tab_disabled cannot_dm_bot not_in_channel is_archived";
    let permanent =
        "msg_too_long invalid_blocks invalid_auth token_revoked not_authed missing_scope";
    let unknown = "internal_error fatal_error of_tomorrow";
    for (words, expected) in [
        (
            unreachable,
            SendOutcome::unreachable as fn(String) -> SendOutcome,
        ),
        (permanent, SendOutcome::permanent),
        (unknown, SendOutcome::unknown),
    ] {
        for word in words.split(' ') {
            let outcome =
                Script::new(vec![error(word)]).send(&Slack, None, &tokens(), &to_channel());
            assert_eq!(outcome, expected(word.replace('_', "-")));
        }
    }
    let content = Script::new(vec![error("Ada said: hi")]);
    let outcome = content.send(&Slack, None, &tokens(), &to_channel());
    assert_eq!(
        outcome,
        SendOutcome::unknown("unknown-error"),
        "a reason never holds content"
    );
}

#[test]
fn nothing_is_sent_by_opening() {
    for (name, step, expected) in [
        (
            "no answer",
            Step::Fail(HttpError::Uncertain("reset".into())),
            SendOutcome::retry("no-answer"),
        ),
        (
            "not sent",
            Step::Fail(HttpError::NotSent("connect".into())),
            SendOutcome::retry("not-sent"),
        ),
        ("500", Step::Text(500, ""), SendOutcome::retry("status-500")),
        (
            "429",
            Step::Answer(429, &[("retry-after", "3")], json!({})),
            after(3),
        ),
        (
            "no JSON",
            Step::Text(200, ""),
            SendOutcome::retry("unreadable-answer"),
        ),
        (
            "no channel",
            ok(json!({"ok": true})),
            SendOutcome::retry("unreadable-answer"),
        ),
        (
            "internal",
            error("internal_error"),
            SendOutcome::retry("internal-error"),
        ),
        ("limited", error("ratelimited"), after(30)),
        (
            "user",
            error("user_not_found"),
            SendOutcome::unreachable("user-not-found"),
        ),
        (
            "disabled",
            error("user_disabled"),
            SendOutcome::unreachable("user-disabled"),
        ),
        (
            "bot",
            error("cannot_dm_bot"),
            SendOutcome::unreachable("cannot-dm-bot"),
        ),
        (
            "auth",
            error("not_authed"),
            SendOutcome::permanent("not-authed"),
        ),
        (
            "new word",
            error("of_tomorrow"),
            SendOutcome::permanent("of-tomorrow"),
        ),
        (
            "403",
            Step::Text(403, ""),
            SendOutcome::permanent("status-403"),
        ),
    ] {
        assert_eq!(
            Script::new(vec![step]).send(&Slack, None, &tokens(), &to_member()),
            expected,
            "{name}"
        );
    }
}

#[test]
fn without_a_token_or_an_endpoint_nothing_is_tried() {
    let none = Script::new(vec![]).send(&Slack, None, &secrets(&[]), &to_member());
    assert_eq!(none, SendOutcome::permanent("no-bot-token"));
    let broken = Script::new(vec![]).send(&Slack, Some("not a url"), &tokens(), &to_member());
    assert_eq!(broken, SendOutcome::permanent("bad-endpoint"));
}
