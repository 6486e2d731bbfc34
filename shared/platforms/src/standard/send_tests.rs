//! Sending Standard Webhooks, against a scripted network.

use std::time::Duration;

use hearth_domain::ids::{ChannelId, MemberId};

use super::*;
use crate::standard::Standard;
use crate::testing::{Script, Step, request, secrets};
use crate::{HttpError, OutButton, Receiver as _, Secrets};

const URL: Option<&str> = Some("https://gateway.example/hearth");
const NEW: &str = "whsec_aGVhcnRoLXRlc3Qtc2VjcmV0LWE=";
const OLD: &str = "whsec_aGVhcnRoLXRlc3Qtc2VjcmV0LWI=";

fn live() -> Secrets {
    secrets(&[("outgoing_secret", &[NEW, OLD])])
}

fn message(to: To) -> Outgoing {
    Outgoing {
        id: "acme/m1/win-back/1/survey".parse().unwrap(),
        kind: "win-back.survey".parse().unwrap(),
        to,
        text: "Why <b>?".into(),
        buttons: vec![OutButton {
            label: "其他".into(),
            value: "other".into(),
        }],
        reply: None,
        picture: None,
    }
}

fn to_member() -> Outgoing {
    message(To::Member(MemberId::new("m1").unwrap()))
}

#[test]
fn a_message_is_one_signed_post() {
    let script = Script::new(vec![Step::Text(204, "")]);
    let outcome = script.send(&Standard, URL, &live(), &to_member());
    assert_eq!(outcome, SendOutcome::Sent { platform_id: None });
    let asked = &script.asked.lock().unwrap()[0];
    assert_eq!(asked.uri(), "https://gateway.example/hearth");
    assert_eq!(asked.headers()["webhook-id"], "acme/m1/win-back/1/survey");
    insta::assert_snapshot!(String::from_utf8_lossy(asked.body()), @r#"{"data":{"buttons":[{"label":"其他","value":"other"}],"kind":"win-back.survey","member":"m1","message_id":"acme/m1/win-back/1/survey","text":"Why <b>?"},"timestamp":"2026-01-05T08:00:00Z","type":"message.send"}"#);
    let now = jiff::Timestamp::from_second(1_767_600_000).unwrap();
    for secret in [NEW, OLD] {
        let receiver = secrets(&[("signing_secret", &[secret])]);
        let verified = Standard.verify(&request(asked.headers(), asked.body()), &receiver, now);
        assert_eq!(
            verified.map(drop),
            Ok(()),
            "a receiver with either secret believes it"
        );
    }
}

#[test]
fn a_channel_is_named_and_a_secret_may_be_absent() {
    let script = Script::new(vec![Step::Text(200, "ok")]);
    script.send(
        &Standard,
        URL,
        &secrets(&[]),
        &message(To::Channel(ChannelId::new("c1").unwrap())),
    );
    let asked = &script.asked.lock().unwrap()[0];
    let body: Value = serde_json::from_slice(asked.body()).unwrap();
    assert_eq!(
        (&body["data"]["channel"], body["data"].get("member")),
        (&Value::from("c1"), None)
    );
    assert!(asked.headers().get(SIGNATURE_HEADER).is_none());
}

#[test]
fn an_id_beyond_ascii_is_encoded_and_signed_as_encoded() {
    let mut message = to_member();
    message.id = "acme/小明/onboarding/1/day-1".parse().unwrap();
    let script = Script::new(vec![Step::Text(200, "")]);
    script.send(&Standard, URL, &live(), &message);
    let asked = &script.asked.lock().unwrap()[0];
    assert_eq!(
        asked.headers()["webhook-id"],
        "acme/%E5%B0%8F%E6%98%8E/onboarding/1/day-1"
    );
    let now = jiff::Timestamp::from_second(1_767_600_000).unwrap();
    let receiver = secrets(&[("signing_secret", &[NEW])]);
    assert_eq!(
        Standard
            .verify(&request(asked.headers(), asked.body()), &receiver, now)
            .map(drop),
        Ok(())
    );
}

#[test]
fn what_becomes_of_a_post() {
    let retry = |seconds| SendOutcome::Retry {
        after: Some(Duration::from_secs(seconds)),
        reason: "rate-limited".into(),
    };
    for (name, step, expected) in [
        (
            "200",
            Step::Text(200, "{}"),
            SendOutcome::Sent { platform_id: None },
        ),
        (
            "202",
            Step::Text(202, ""),
            SendOutcome::Sent { platform_id: None },
        ),
        (
            "429",
            Step::Answer(429, &[("retry-after", "5")], Value::Null),
            retry(5),
        ),
        (
            "404",
            Step::Text(404, ""),
            SendOutcome::permanent("status-404"),
        ),
        (
            "410",
            Step::Text(410, ""),
            SendOutcome::permanent("status-410"),
        ),
        (
            "400",
            Step::Text(400, ""),
            SendOutcome::permanent("status-400"),
        ),
        (
            "500",
            Step::Text(500, ""),
            SendOutcome::unknown("status-500"),
        ),
        (
            "504",
            Step::Text(504, ""),
            SendOutcome::unknown("status-504"),
        ),
        (
            "not sent",
            Step::Fail(HttpError::NotSent("refused".into())),
            SendOutcome::retry("not-sent"),
        ),
        (
            "no answer",
            Step::Fail(HttpError::Uncertain("timeout".into())),
            SendOutcome::unknown("no-answer"),
        ),
    ] {
        assert_eq!(
            Script::new(vec![step]).send(&Standard, URL, &live(), &to_member()),
            expected,
            "{name}"
        );
    }
}

#[test]
fn what_cannot_be_sent_is_not_tried() {
    for (api, secret, reason) in [
        (None, NEW, "no-endpoint"),
        (Some("not a url"), NEW, "bad-endpoint"),
        (URL, "plain", "bad-outgoing-secret"),
    ] {
        let outcome = Script::new(vec![]).send(
            &Standard,
            api,
            &secrets(&[("outgoing_secret", &[secret])]),
            &to_member(),
        );
        assert_eq!(outcome, SendOutcome::permanent(reason));
    }
}
