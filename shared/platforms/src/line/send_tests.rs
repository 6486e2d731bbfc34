//! Sending through LINE, against a scripted network.

use std::time::Duration;

use hearth_domain::ids::{ChannelId, MemberId};

use super::*;
use crate::line::Line;
use crate::testing::{Script, Step, secrets};
use crate::{HttpError, OutButton, Secrets};

fn tokens() -> Secrets {
    secrets(&[("channel_access_token", &["token-new", "token-old"])])
}

fn button(label: &str, value: &str) -> OutButton {
    OutButton {
        label: label.into(),
        value: value.into(),
    }
}

fn message(to: To) -> Outgoing {
    Outgoing {
        id: "acme/U1/onboarding/1/day-1".parse().unwrap(),
        kind: "onboarding.day-1".parse().unwrap(),
        to,
        text: "Hi, choose: A & B <3".into(),
        buttons: vec![
            button("AI", "interest:ai"),
            button("Just looking around for now", "interest:skip"),
        ],
        reply: None,
        picture: None,
    }
}

fn to_member() -> Outgoing {
    message(To::Member(MemberId::new("U1").unwrap()))
}

fn to_group() -> Outgoing {
    message(To::Channel(ChannelId::new("C1").unwrap()))
}

fn took() -> Step {
    Step::Answer(
        200,
        &[],
        json!({"sentMessages": [{"id": "461230966842064897", "quoteToken": "q"}]}),
    )
}

fn says(status: u16, message: &str) -> Step {
    Step::Answer(status, &[], json!({"message": message}))
}

fn outcome(step: Step) -> SendOutcome {
    Script::new(vec![step]).send(&Line, None, &tokens(), &to_member())
}

/// What one send asks of LINE.
fn asked(message: &Outgoing) -> Value {
    let script = Script::new(vec![took()]);
    script.send(&Line, None, &tokens(), message);
    let asked = script.asked.lock().unwrap();
    serde_json::from_slice(asked[0].body()).unwrap()
}

#[test]
fn a_message_is_one_push() {
    let script = Script::new(vec![took()]);
    let outcome = script.send(&Line, None, &tokens(), &to_member());
    assert_eq!(
        outcome,
        SendOutcome::Accepted {
            platform_id: Some("461230966842064897".into())
        }
    );
    let asked = script.asked.lock().unwrap();
    assert_eq!(asked[0].uri(), "https://api.line.me/v2/bot/message/push");
    assert_eq!(asked[0].method(), "POST");
    assert_eq!(asked[0].headers()["authorization"], "Bearer token-new");
    assert!(
        !format!("{:?}", asked[0].headers()).contains("token-new"),
        "a token is never in a log"
    );
    let reply = |label: &str, value: &str| {
        let data = format!("hearth acme/U1/onboarding/1/day-1 {value}");
        json!({"type": "action", "action": {"type": "postback", "label": label, "data": data,
               "displayText": label}})
    };
    let body: Value = serde_json::from_slice(asked[0].body()).unwrap();
    assert_eq!(
        body,
        json!({"to": "U1", "messages": [{"type": "text", "text": "Hi, choose: A & B <3",
               "quickReply": {"items": [reply("AI", "interest:ai"),
                                        reply("Just looking around…", "interest:skip")]}}]})
    );
}

#[test]
fn a_group_and_another_api_are_used_as_given() {
    let script = Script::new(vec![took()]);
    script.send(
        &Line,
        Some("http://127.0.0.1:9100/"),
        &tokens(),
        &to_group(),
    );
    let asked = script.asked.lock().unwrap();
    assert_eq!(asked[0].uri(), "http://127.0.0.1:9100/v2/bot/message/push");
    let body: Value = serde_json::from_slice(asked[0].body()).unwrap();
    assert_eq!(body["to"], "C1");
}

#[test]
fn every_attempt_has_the_same_retry_key_and_no_other_message_has_it() {
    let key = |id: &str| retry_key(&id.parse().unwrap());
    assert_eq!(
        key("acme/U1/onboarding/1/day-1"),
        "c51822a9-ba23-853f-9547-e413a2e1ca0f"
    );
    let mut seen = std::collections::BTreeSet::new();
    for id in 0..1000 {
        let key = key(&format!("acme/U{id}/onboarding/1/day-1"));
        let shape: String = key
            .chars()
            .map(|c| if c.is_ascii_hexdigit() { 'x' } else { c })
            .collect();
        assert_eq!(shape, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
        assert_eq!(key.as_bytes()[14], b'8', "the version");
        assert!(b"89ab".contains(&key.as_bytes()[19]), "the variant");
        assert!(seen.insert(key));
    }
    let script = Script::new(vec![took()]);
    script.send(&Line, None, &tokens(), &to_member());
    let asked = script.asked.lock().unwrap();
    assert_eq!(
        asked[0].headers()[RETRY_KEY_HEADER],
        key("acme/U1/onboarding/1/day-1")
    );
}

#[test]
fn long_texts_become_several_messages_and_the_last_has_the_buttons() {
    let mut long = to_group();
    long.text = format!("{}\n{}", "x".repeat(4000), "😄".repeat(2000));
    let body = asked(&long);
    let lengths: Vec<usize> = body["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|each| each["text"].as_str().unwrap().encode_utf16().count())
        .collect();
    assert_eq!(lengths, [4000, 4000]);
    assert!(body["messages"][0].get("quickReply").is_none());
    assert!(body["messages"][1].get("quickReply").is_some());

    long.text = "字".repeat(30_000);
    let body = asked(&long);
    assert_eq!(body["messages"].as_array().unwrap().len(), 5);
    let last = body["messages"][4]["text"].as_str().unwrap();
    assert_eq!(
        (last.chars().count(), last.chars().last()),
        (5000, Some('…'))
    );
}

#[test]
fn only_what_line_takes_is_sent() {
    let mut many = to_member();
    many.buttons = (0..20)
        .map(|number| button(&format!("n {number}"), &format!("v{number}")))
        .collect();
    let body = asked(&many);
    let items = body["messages"][0]["quickReply"]["items"].as_array();
    assert_eq!(items.unwrap().len(), 13);

    let mut none = to_member();
    none.buttons.clear();
    assert!(asked(&none)["messages"][0].get("quickReply").is_none());

    let mut long = to_member();
    long.buttons = vec![button("x", &"v".repeat(301))];
    let mut empty = to_member();
    empty.text = " ".into();
    for (message, reason) in [(long, "button-too-long"), (empty, "no-text")] {
        let outcome = Script::new(vec![]).send(&Line, None, &tokens(), &message);
        assert_eq!(outcome, SendOutcome::permanent(reason));
    }
}

#[test]
fn what_becomes_of_a_push() {
    let after = |seconds| SendOutcome::Retry {
        after: Some(Duration::from_secs(seconds)),
        reason: "rate-limited".into(),
    };
    let unreachable = || SendOutcome::unreachable("invalid-recipient");
    let about_to = json!({"message": "The request body has 1 error(s)",
                          "details": [{"message": "May not be empty", "property": "to"}]});
    for (step, expected) in [
        (
            Step::Text(200, "{}"),
            SendOutcome::Accepted { platform_id: None },
        ),
        (
            Step::Text(200, "<html>"),
            SendOutcome::Accepted { platform_id: None },
        ),
        (
            says(
                429,
                "The API rate limit has been exceeded. Try again later.",
            ),
            after(30),
        ),
        (
            Step::Answer(429, &[("retry-after", "12")], json!({})),
            after(12),
        ),
        (
            says(429, "You have reached your monthly limit."),
            SendOutcome::permanent("monthly-limit"),
        ),
        (says(400, "Failed to send messages"), unreachable()),
        (
            says(
                400,
                "The property, 'to', in the request body is invalid (line: -, column: -)",
            ),
            unreachable(),
        ),
        (Step::Answer(400, &[], about_to), unreachable()),
        (
            says(400, "The request body has 1 error(s)"),
            SendOutcome::permanent("bad-request"),
        ),
        (
            says(
                401,
                "Authentication failed due to the following reason: invalid token.",
            ),
            SendOutcome::permanent("invalid-token"),
        ),
        (
            says(403, "Not authorized to use this API"),
            SendOutcome::permanent("not-authorized"),
        ),
        (says(404, "Not found"), SendOutcome::permanent("status-404")),
        (Step::Text(413, ""), SendOutcome::permanent("status-413")),
        (Step::Text(302, ""), SendOutcome::permanent("status-302")),
        (Step::Text(408, ""), SendOutcome::unknown("status-408")),
        (
            says(500, "Internal server error"),
            SendOutcome::unknown("status-500"),
        ),
        (Step::Text(503, ""), SendOutcome::unknown("status-503")),
        (
            Step::Fail(HttpError::NotSent("dns".into())),
            SendOutcome::retry("not-sent"),
        ),
        (
            Step::Fail(HttpError::Uncertain("timeout".into())),
            SendOutcome::unknown("no-answer"),
        ),
    ] {
        assert_eq!(outcome(step), expected);
    }
}

#[test]
fn a_repetition_of_what_line_has_is_sent() {
    let accepted = json!({"message": "The retry key is already accepted",
                          "sentMessages": [{"id": "461230966842064897"}]});
    let again = Step::Answer(409, &[("x-line-accepted-request-id", "r-1")], accepted);
    assert_eq!(
        outcome(again),
        SendOutcome::Accepted {
            platform_id: Some("461230966842064897".into())
        }
    );
    let bare = Step::Answer(409, &[("x-line-accepted-request-id", "r-1")], json!({}));
    assert_eq!(outcome(bare), SendOutcome::Accepted { platform_id: None });
    assert_eq!(
        outcome(Step::Text(409, "")),
        SendOutcome::unknown("status-409"),
        "a conflict of another kind"
    );
}

#[test]
fn without_a_token_or_an_endpoint_nothing_is_tried() {
    let none = Script::new(vec![]).send(&Line, None, &secrets(&[]), &to_member());
    assert_eq!(none, SendOutcome::permanent("no-channel-access-token"));
    let broken = Script::new(vec![]).send(&Line, Some("not a url"), &tokens(), &to_member());
    assert_eq!(broken, SendOutcome::permanent("bad-endpoint"));
}

#[test]
fn while_there_is_a_token_for_it_a_message_is_a_reply() {
    let reply = |steps: Vec<Step>| {
        let answering = Outgoing {
            reply: Some("nHuyWiB7".to_owned()),
            ..to_member()
        };
        let script = Script::new(steps);
        let outcome = script.send(&Line, None, &tokens(), &answering);
        let asked = script.asked.lock().unwrap();
        let verbs: Vec<String> = asked
            .iter()
            .map(|asked| asked.uri().path().rsplit('/').next().unwrap().to_owned())
            .collect();
        let body: Value = serde_json::from_slice(asked[0].body()).unwrap();
        assert_eq!(body["replyToken"], "nHuyWiB7");
        assert_eq!(body["messages"].as_array().unwrap().len(), 1);
        assert!(!asked[0].headers().contains_key(RETRY_KEY_HEADER));
        (outcome, verbs.join(" "))
    };
    let refused = || says(400, "Invalid reply token");
    let lost = || Step::Fail(HttpError::Uncertain("timeout".into()));
    let sent = |id: Option<&str>| SendOutcome::Sent {
        platform_id: id.map(str::to_owned),
    };
    let id = Some("461230966842064897");
    for (name, steps, outcome, verbs) in [
        ("taken", vec![took()], sent(id), "reply"),
        (
            "too late: a push",
            vec![refused(), took()],
            SendOutcome::Accepted {
                platform_id: id.map(str::to_owned),
            },
            "reply push",
        ),
        (
            "the answer was lost, the reply was not",
            vec![lost(), refused()],
            sent(None),
            "reply reply",
        ),
        (
            "the reply was lost",
            vec![Step::Text(503, ""), took()],
            sent(id),
            "reply reply",
        ),
        (
            "nobody knows",
            vec![lost(), lost()],
            SendOutcome::unknown("no-answer"),
            "reply reply",
        ),
        (
            "nobody knows of the first",
            vec![lost(), Step::Fail(HttpError::NotSent("dns".into()))],
            SendOutcome::unknown("no-answer"),
            "reply reply",
        ),
        (
            "never left",
            vec![Step::Fail(HttpError::NotSent("dns".into()))],
            SendOutcome::retry("not-sent"),
            "reply",
        ),
        (
            "for good",
            vec![says(401, "invalid token")],
            SendOutcome::permanent("invalid-token"),
            "reply",
        ),
    ] {
        assert_eq!(reply(steps), (outcome, verbs.to_owned()), "{name}");
    }
}
