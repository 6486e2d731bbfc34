//! Sending through WeCom, against a scripted network.

use std::time::Duration;

use hearth_domain::ids::{ChannelId, MemberId};

use super::*;
use crate::testing::{Script, Step, secrets};
use crate::wecom::Wecom;
use crate::{HttpError, Secrets};

fn live() -> Secrets {
    secrets(&[
        ("corp_id", &["wwcorp"]),
        ("corp_secret", &["s3cret&", "old"]),
    ])
}

fn message(to: To) -> Outgoing {
    Outgoing {
        id: "acme/wmU1/onboarding/1/day-1".parse().unwrap(),
        kind: "onboarding.day-1".parse().unwrap(),
        to,
        text: "歡迎 1 < 2".into(),
        buttons: vec![],
        reply: None,
        picture: None,
    }
}

fn to_member() -> Outgoing {
    message(To::Member(MemberId::new("wmU1").unwrap()))
}

fn welcome() -> Outgoing {
    Outgoing {
        reply: Some("CODE-1".into()),
        ..to_member()
    }
}

fn to_channel(id: &str) -> Outgoing {
    message(To::Channel(ChannelId::new(id).unwrap()))
}

fn token(token: &str) -> Step {
    Step::Answer(
        200,
        &[],
        json!({"errcode": 0, "errmsg": "ok", "access_token": token, "expires_in": 7200}),
    )
}

fn answers(body: Value) -> Step {
    Step::Answer(200, &[], body)
}

fn code(code: i64) -> Step {
    answers(json!({"errcode": code, "errmsg": "whatever"}))
}

fn laid_before() -> Step {
    answers(json!({"errcode": 0, "errmsg": "ok", "fail_list": [], "msgid": "msgA"}))
}

fn awaiting() -> SendOutcome {
    SendOutcome::AwaitingPerson {
        platform_id: "msgA".into(),
    }
}

/// Sends with a token that is fetched first; what came of it, and what was asked after that.
fn send_with(message: &Outgoing, steps: Vec<Step>) -> (SendOutcome, Vec<(String, Value)>) {
    let mut all = vec![token("t1")];
    all.extend(steps);
    let script = Script::new(all);
    let outcome = script.send(&Wecom, None, &live(), message);
    let asked = script.asked.lock().unwrap();
    let asked = asked.iter().skip(1).map(|request| {
        assert_eq!(request.method(), "POST");
        let body = serde_json::from_slice(request.body()).unwrap_or_default();
        (request.uri().to_string(), body)
    });
    (outcome, asked.collect())
}

fn outcome(message: &Outgoing, steps: Vec<Step>) -> SendOutcome {
    send_with(message, steps).0
}

fn url(method: &str) -> String {
    format!("https://qyapi.weixin.qq.com/cgi-bin/{method}?access_token=t1")
}

#[test]
fn a_customer_is_written_to_by_the_staff() {
    let (outcome, asked) = send_with(&to_member(), vec![laid_before()]);
    assert_eq!(outcome, awaiting());
    assert_eq!(
        asked,
        [(
            url("externalcontact/add_msg_template"),
            json!({"chat_type": "single", "external_userid": ["wmU1"], "text": {"content": "歡迎 1 < 2"}})
        )]
    );
    for (body, expected) in [
        (
            json!({"errcode": 0, "fail_list": ["wmU1"], "msgid": "msgA"}),
            SendOutcome::unreachable("not-a-contact"),
        ),
        (
            json!({"errcode": 0, "fail_list": ["wmU2"], "msgid": "msgA"}),
            awaiting(),
        ),
        (json!({"errcode": 0, "msgid": "msgA"}), awaiting()),
        (
            json!({"errcode": 0}),
            SendOutcome::unknown("unreadable-answer"),
        ),
        (
            json!({"errcode": 0, "msgid": ""}),
            SendOutcome::unknown("unreadable-answer"),
        ),
    ] {
        let found = super::tests::outcome(&to_member(), vec![answers(body.clone())]);
        assert_eq!(found, expected, "{body}");
    }
}

#[test]
fn with_a_welcome_code_it_goes_at_once() {
    let (outcome, asked) = send_with(&welcome(), vec![code(0)]);
    assert_eq!(outcome, SendOutcome::Sent { platform_id: None });
    assert_eq!(
        asked,
        [(
            url("externalcontact/send_welcome_msg"),
            json!({"welcome_code": "CODE-1", "text": {"content": "歡迎 1 < 2"}})
        )]
    );
}

#[test]
fn a_welcome_that_comes_too_late_goes_by_the_staff() {
    for too_late in TOO_LATE {
        let (outcome, asked) = send_with(&welcome(), vec![code(too_late), laid_before()]);
        assert_eq!(outcome, awaiting(), "{too_late}");
        assert_eq!(asked[1].0, url("externalcontact/add_msg_template"));
    }
    // What is not known to be unsent is not sent again.
    for (step, expected) in [
        (
            Step::Text(502, "Bad Gateway"),
            SendOutcome::unknown("status-502"),
        ),
        (
            Step::Fail(HttpError::Uncertain("timeout".into())),
            SendOutcome::unknown("no-answer"),
        ),
        (code(-1), SendOutcome::retry("busy")),
        (code(84061), SendOutcome::unreachable("not-a-contact")),
    ] {
        assert_eq!(super::tests::outcome(&welcome(), vec![step]), expected);
    }
}

#[test]
fn the_staff_get_messages_of_an_app() {
    let sent = || answers(json!({"errcode": 0, "errmsg": "ok", "msgid": "m1"}));
    for users in ["zhangsan|lisi", "@all"] {
        let channel = to_channel(&format!("1000002:{users}"));
        let (outcome, asked) = send_with(&channel, vec![sent()]);
        assert_eq!(
            outcome,
            SendOutcome::Sent {
                platform_id: Some("m1".into())
            }
        );
        assert_eq!(
            asked,
            [(
                url("message/send"),
                json!({"touser": users, "msgtype": "text", "agentid": 1_000_002, "text": {"content": "歡迎 1 < 2"}})
            )]
        );
    }
    assert_eq!(
        outcome(&to_channel("1000002:lisi"), vec![code(81013)]),
        SendOutcome::unreachable("no-such-staff")
    );
    let refused = SendOutcome::permanent("bad-channel");
    for channel in [
        "wrOgQhDgAAMYQiS5ol9G7gK9JVAAAA",
        "1000002",
        "1000002:",
        "app:lisi",
    ] {
        let script = Script::new(vec![]);
        let found = script.send(&Wecom, None, &live(), &to_channel(channel));
        assert_eq!(found, refused, "{channel}");
    }
}

#[test]
fn a_token_is_fetched_once_and_again_when_it_is_refused() {
    let script = Script::new(vec![token("t1"), laid_before()]);
    let send = || script.send(&Wecom, Some("http://wecom.test/"), &live(), &to_member());
    assert_eq!(send(), awaiting());
    script.then(vec![laid_before()]);
    assert_eq!(send(), awaiting());
    for refusal in [42001, 40014, 40001] {
        script.then(vec![code(refusal), token("t2"), laid_before()]);
        assert_eq!(send(), awaiting(), "{refusal}");
    }
    script.then(vec![code(42001), token("t3"), code(40014)]);
    assert_eq!(send(), SendOutcome::retry("token-refused"));
    script.then(vec![token("t4"), laid_before()]);
    assert_eq!(send(), awaiting(), "what was refused is not kept");
    let asked = script.asked.lock().unwrap();
    assert_eq!(asked[0].method(), "GET");
    assert_eq!(
        asked[0].uri(),
        "http://wecom.test/cgi-bin/gettoken?corpid=wwcorp&corpsecret=s3cret%26"
    );
}

#[test]
fn without_a_token_nothing_was_sent() {
    for (step, expected) in [
        (code(40001), SendOutcome::permanent("invalid-secret")),
        (code(40013), SendOutcome::permanent("code-40013")),
        (code(60020), SendOutcome::permanent("ip-not-allowed")),
        (code(-1), SendOutcome::retry("busy")),
        (code(0), SendOutcome::retry("no-token")),
        (token(""), SendOutcome::retry("no-token")),
        (Step::Text(200, "<html>"), SendOutcome::retry("no-token")),
        (Step::Text(503, ""), SendOutcome::retry("token-status-503")),
        (
            Step::Answer(429, &[("retry-after", "7")], json!({})),
            SendOutcome::Retry {
                after: Some(Duration::from_secs(7)),
                reason: "rate-limited".into(),
            },
        ),
        (
            Step::Fail(HttpError::Uncertain("timeout".into())),
            SendOutcome::retry("no-token"),
        ),
        (
            Step::Fail(HttpError::NotSent("connect".into())),
            SendOutcome::retry("no-token"),
        ),
    ] {
        let script = Script::new(vec![step]);
        assert_eq!(script.send(&Wecom, None, &live(), &to_member()), expected);
    }
    for (live, expected) in [
        (secrets(&[("corp_secret", &["s"])]), "no-corp-id"),
        (secrets(&[("corp_id", &["c"])]), "no-corp-secret"),
    ] {
        let found = Script::new(vec![]).send(&Wecom, None, &live, &to_member());
        assert_eq!(found, SendOutcome::permanent(expected));
    }
}

#[test]
fn what_wecom_answers_is_told_apart() {
    let limited = SendOutcome::Retry {
        after: Some(Duration::from_mins(1)),
        reason: "rate-limited".into(),
    };
    for (step, expected) in [
        (code(45009), limited.clone()),
        (code(45033), limited),
        (code(-1), SendOutcome::retry("busy")),
        (code(40096), SendOutcome::unreachable("not-a-contact")),
        (code(84061), SendOutcome::unreachable("not-a-contact")),
        (code(41048), SendOutcome::unreachable("not-a-contact")),
        (code(48002), SendOutcome::permanent("not-authorized")),
        (code(60020), SendOutcome::permanent("ip-not-allowed")),
        (code(40058), SendOutcome::permanent("code-40058")),
        (
            Step::Text(200, "not JSON"),
            SendOutcome::unknown("unreadable-answer"),
        ),
        (
            answers(json!({"errmsg": "ok"})),
            SendOutcome::unknown("unreadable-answer"),
        ),
        (Step::Text(500, ""), SendOutcome::unknown("status-500")),
        (Step::Text(408, ""), SendOutcome::unknown("status-408")),
        (Step::Text(404, ""), SendOutcome::permanent("status-404")),
        (
            Step::Fail(HttpError::NotSent("connect".into())),
            SendOutcome::retry("not-sent"),
        ),
        (
            Step::Fail(HttpError::Uncertain("timeout".into())),
            SendOutcome::unknown("no-answer"),
        ),
    ] {
        assert_eq!(outcome(&to_member(), vec![step]), expected);
    }
}

#[test]
fn texts_end_between_two_characters() {
    for (text, expected) in [
        ("short", "short"),
        ("1234567890", "1234567890"),
        ("12345678901", "1234567…"),
        ("一二三四", "一二…"),
        ("123456 89012", "123456…"),
        ("1👍🏽xxxxxx", "1…"),
    ] {
        assert_eq!(shorten(text, 10), expected, "{text}");
    }
    let sent = |message: &Outgoing| {
        let (_, asked) = send_with(message, vec![laid_before()]);
        asked[0].1["text"]["content"].as_str().unwrap().to_owned()
    };
    for (mut message, limit) in [(to_member(), 4000), (to_channel("1:a"), 2048)] {
        message.text = "字".repeat(2000);
        let text = sent(&message);
        assert!(text.len() <= limit && text.len() > limit - 6 && text.ends_with('…'));
    }
    let empty = Outgoing {
        text: " \n".into(),
        ..to_member()
    };
    let found = Script::new(vec![]).send(&Wecom, None, &live(), &empty);
    assert_eq!(found, SendOutcome::permanent("no-text"));
}
