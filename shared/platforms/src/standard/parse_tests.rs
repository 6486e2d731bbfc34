//! Standard Webhooks as gateways write them, and what they mean.

use hearth_domain::platform::Platform;
use serde_json::{Value, json};

use super::*;
use crate::testing::{community, headers, mutated, request};

fn deliver_as(id: &[(&str, &str)], body: &str) -> Result<Parsed, ParseError> {
    let headers = headers(id);
    parse(
        &request(&headers, body.as_bytes()),
        &community(Platform::Standard, None),
    )
}

fn deliver(kind: &str, data: &Value) -> Result<Parsed, ParseError> {
    let body = json!({"type": kind, "timestamp": "2026-01-05T16:00:00.25+08:00", "data": data});
    deliver_as(&[(ID_HEADER, "evt_1")], &body.to_string())
}

fn line(parsed: &Result<Parsed, ParseError>) -> String {
    match parsed {
        Ok(Parsed::Events(events) | Parsed::Answered(events, _)) => format!("{:?}", events[0].seen),
        Ok(Parsed::NotForUs(reason)) => format!("not for us: {reason}"),
        Ok(Parsed::Reply(_)) => "a reply".to_owned(),
        Err(error) => format!("error: {error}"),
    }
}

/// Parses the type with these data of member `m1`.
fn check(kind: &str, table: &[(Value, &str)]) {
    for (data, expected) in table {
        let mut whole = json!({"member": "m1"});
        whole
            .as_object_mut()
            .unwrap()
            .extend(data.as_object().unwrap().clone());
        assert_eq!(line(&deliver(kind, &whole)), *expected, "{kind} {data}");
    }
}

#[test]
fn what_every_type_tells() {
    let data = json!({"member": "m1", "name": " Ada ", "zone": "Europe/Berlin", "locale": "zh_CN", "staff": true,
                      "seq": 7, "field_of_tomorrow": {}});
    let Ok(Parsed::Events(events)) = deliver("member.joined", &data) else {
        panic!("events")
    };
    insta::assert_snapshot!(format!("{:?}", events[0]), @r#"Incoming { id: "std:evt_1", at: 2026-01-05T08:00:00.25Z, seq: 7, member: "m1", facts: Facts { name: Some("Ada"), zone: Some(Europe/Berlin), locale: Some(ZhHans), staff: Some(true), elsewhere: false, reply: None, regards: None, thread: None }, seen: Joined { inviter: None, source: None } }"#);
}

#[test]
fn members_come_and_go() {
    check(
        "member.joined",
        &[
            (json!({}), "Joined { inviter: None, source: None }"),
            (
                json!({"inviter": "m2", "source": "qr-7"}),
                r#"Joined { inviter: Some("m2"), source: Some("qr-7") }"#,
            ),
            (
                json!({"inviter": null, "source": " "}),
                "Joined { inviter: None, source: None }",
            ),
            (
                json!({"inviter": "@community"}),
                "error: data.inviter: expected 1 to 64 bytes without spaces, #, / and a leading @",
            ),
            (
                json!({"member": null}),
                "error: data.member: expected a string",
            ),
            (
                json!({"member": ""}),
                "error: data.member: expected 1 to 64 bytes without spaces, #, / and a leading @",
            ),
            (
                json!({"member": "a/b"}),
                "error: data.member: expected 1 to 64 bytes without spaces, #, / and a leading @",
            ),
            (
                json!({"member": "m\u{0}"}),
                "error: data.member: expected 1 to 64 bytes without spaces, #, / and a leading @",
            ),
            (
                json!({"member": 7}),
                "error: data.member: expected a string",
            ),
            (
                json!({"zone": "Mars/Base", "locale": "tlh"}),
                "Joined { inviter: None, source: None }",
            ),
            (
                json!({"staff": "yes"}),
                "error: data.staff: expected true or false",
            ),
            (
                json!({"name": ["Ada"]}),
                "error: data.name: expected a string",
            ),
            (
                json!({"seq": -1}),
                "error: data.seq: expected an integer from 0",
            ),
            (
                json!({"seq": 1e30}),
                "error: data.seq: expected an integer from 0",
            ),
        ],
    );
    check(
        "member.left",
        &[
            (json!({"cause": "voluntary"}), "Left { cause: Voluntary }"),
            (json!({"cause": "removed"}), "Left { cause: Removed }"),
            (json!({"cause": "unknown"}), "Left { cause: Unknown }"),
            (json!({}), "Left { cause: Unknown }"),
            (
                json!({"cause": "bored"}),
                "error: data.cause: expected voluntary, removed or unknown",
            ),
        ],
    );
    check(
        "member.renamed",
        &[
            (json!({"name": "Ada"}), "Renamed"),
            (json!({}), "error: data.name: expected a name"),
        ],
    );
    check(
        "invitation.accepted",
        &[
            (
                json!({"inviter": "m2"}),
                r#"InvitationAccepted { inviter: "m2" }"#,
            ),
            (json!({}), "error: data.inviter: expected a string"),
        ],
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn members_speak_and_react() {
    let message = "Message { channel: \"c1\", direct: false, text: None, length: Some(12), topic: None, reply_to: None, thread: None }";
    check(
        "message.posted",
        &[
            (
                json!({"message": "x1", "channel": "c1", "length": 12, "thread": "t", "reply_to": "x0", "kind": "text"}),
                &message.replace("thread: None", "thread: Some(Thread { id: \"55bb1091d4782202\", started: None, author: None })"),
            ),
            (
                json!({"message": "x1", "channel": "c1", "length": 12, "thread": "t", "thread_started": "2026-01-05T08:50:00+01:00", "thread_author": "m2"}),
                &message.replace("thread: None", "thread: Some(Thread { id: \"55bb1091d4782202\", started: Some(2026-01-05T07:50:00Z), author: Some(\"m2\") })"),
            ),
            // The first message may name itself: it answers nobody.
            (
                json!({"message": "t", "channel": "c1", "length": 12, "thread": "t", "thread_started": "2026-01-05T08:50:00+01:00"}),
                message,
            ),
            (
                json!({"message": "x1", "channel": "c1", "length": 12, "thread": ""}),
                message,
            ),
            (
                json!({"message": "x1", "channel": "c1", "thread": 7}),
                "error: data.thread: expected a string",
            ),
            (
                json!({"message": "x1", "channel": "c1", "thread": "a\u{0}"}),
                "error: data.thread: expected 1 to 200 bytes without controls",
            ),
            (
                json!({"message": "x1", "channel": "c1", "thread_started": "yesterday"}),
                "error: data.thread_started: expected an RFC 3339 instant",
            ),
            (
                json!({"message": "x1", "channel": "c1", "keyword_text": "打卡 +1", "topic": "Intros", "direct": true}),
                "Message { channel: \"c1\", direct: true, text: Some(\"打卡 +1\"), length: Some(5), topic: Some(\"Intros\"), reply_to: None, thread: None }",
            ),
            (
                json!({"message": "x1", "channel": "c1"}),
                &message.replace("Some(12)", "None"),
            ),
            (
                json!({"message": "x1", "channel": "c1", "length": 12, "reply_to_author": "m2"}),
                &message.replace("reply_to: None", "reply_to: Some(\"m2\")"),
            ),
            (
                json!({"message": "x1", "channel": "c1", "reply_to_author": 7}),
                "error: data.reply_to_author: expected a string",
            ),
            (
                json!({"channel": "c1", "length": 1}),
                "error: data.message: expected a string",
            ),
            (
                json!({"message": "", "channel": "c1"}),
                "error: data.message: expected 1 to 200 bytes without controls",
            ),
            (
                json!({"message": "x1", "length": 1}),
                "error: data.channel: expected a string",
            ),
            (
                json!({"message": "x1", "channel": "c1", "length": -3}),
                "error: data.length: expected an integer from 0",
            ),
            (
                json!({"message": "x1", "channel": "c1", "length": 4_294_967_296_u64}),
                "error: data.length: expected a 32-bit count",
            ),
        ],
    );
    check(
        "reaction.added",
        &[
            (
                json!({"message": "x1", "channel": "c1", "emoji": "👍"}),
                "Reaction { channel: Some(\"c1\"), added: true, author: None }",
            ),
            (
                json!({"message": "x1", "channel": "c1", "author": "m2"}),
                "Reaction { channel: Some(\"c1\"), added: true, author: Some(\"m2\") }",
            ),
            (
                json!({"channel": "c1"}),
                "error: data.message: expected a string",
            ),
            (
                json!({"message": "x1"}),
                "error: data.channel: expected a string",
            ),
        ],
    );
    check(
        "reaction.removed",
        &[(
            json!({"message": "x1", "channel": "c1", "emoji": "👍", "author": "m2"}),
            "Reaction { channel: Some(\"c1\"), added: false, author: Some(\"m2\") }",
        )],
    );
    check(
        "member.checked_in",
        &[
            (json!({}), "CheckedIn { channel: None }"),
            (json!({"channel": ""}), "CheckedIn { channel: None }"),
            (
                json!({"channel": "c1"}),
                "CheckedIn { channel: Some(\"c1\") }",
            ),
            (
                json!({"channel": 7}),
                "error: data.channel: expected a string",
            ),
        ],
    );
    check(
        "content.shared",
        &[
            (json!({}), "Shared"),
            (json!({"message": "x1"}), "Shared"),
            (
                json!({"message": 7}),
                "error: data.message: expected a string",
            ),
        ],
    );
}

#[test]
fn members_answer() {
    let ours = r#"message: MessageId { community: "acme", owner: Member("m1"), path: "win-back/1/survey" }, value: "other" }"#;
    let pressed = format!(
        "Pressed {{ {}",
        ours.replace("message: ", "message: Some(")
            .replace("survey\" }", "survey\" })")
    );
    let survey = format!("Survey {{ {ours}").replace("\"other\" }", "\"other\", text: None }");
    for (kind, expected) in [("survey.answered", survey), ("button.pressed", pressed)] {
        check(
            kind,
            &[
                (
                    json!({"message_id": "acme/m1/win-back/1/survey", "value": "other"}),
                    &expected,
                ),
                (
                    json!({"message_id": "other/m1/win-back/1/survey", "value": "other"}),
                    "error: data.message_id: expected a message of this community",
                ),
                (
                    json!({"message_id": "x", "value": "other"}),
                    "error: data.message_id: expected community/owner/path",
                ),
                (
                    json!({"value": "other"}),
                    "error: data.message_id: expected a string",
                ),
                (
                    json!({"message_id": "acme/m1/win-back/1/survey"}),
                    "error: data.value: expected a string",
                ),
                (
                    json!({"message_id": "acme/m1/win-back/1/survey", "value": ""}),
                    "error: data.value: expected 1 to 2000 bytes",
                ),
            ],
        );
    }
}

#[test]
fn members_pay_and_score() {
    check(
        "order.paid",
        &[
            (
                json!({"order": "o-1", "amount": 12900, "currency": "twd", "items": 3}),
                r#"OrderPaid { order: "o-1", amount: 12900, currency: "TWD" }"#,
            ),
            (
                json!({"order": "o-1", "amount": 12.5, "currency": "TWD"}),
                "error: data.amount: expected minor units, an integer from 0 to 10^12",
            ),
            (
                json!({"order": "o-1", "amount": "1", "currency": "TWD"}),
                "error: data.amount: expected minor units, an integer from 0 to 10^12",
            ),
            (
                json!({"order": "o-1", "amount": -1, "currency": "TWD"}),
                "error: data.amount: expected minor units, an integer from 0 to 10^12",
            ),
            (
                json!({"order": "#o 1/2", "amount": 1_000_000_000_000_u64, "currency": "TWD"}),
                r##"OrderPaid { order: "#o 1/2", amount: 1000000000000, currency: "TWD" }"##,
            ),
            (
                json!({"order": "o-1", "amount": 1_000_000_000_001_u64, "currency": "TWD"}),
                "error: data.amount: expected minor units, an integer from 0 to 10^12",
            ),
            (
                json!({"order": "o-1", "amount": u64::MAX, "currency": "TWD"}),
                "error: data.amount: expected minor units, an integer from 0 to 10^12",
            ),
            (
                json!({"order": "o-1", "amount": 1, "currency": "NT$"}),
                "error: data.currency: expected an ISO 4217 code",
            ),
            (
                json!({"amount": 1, "currency": "TWD"}),
                "error: data.order: expected a string",
            ),
        ],
    );
    let (nps, stars) = (
        "error: data.score: expected an integer from 0 to 10",
        "error: data.score: expected an integer from 1 to 5",
    );
    check(
        "feedback.scored",
        &[
            (
                json!({"scale": "nps", "score": 0}),
                "FeedbackScored { scale: Nps, score: 0 }",
            ),
            (
                json!({"scale": "nps", "score": 10}),
                "FeedbackScored { scale: Nps, score: 10 }",
            ),
            (json!({"scale": "nps", "score": 11}), nps),
            (json!({"scale": "nps", "score": -1}), nps),
            (json!({"scale": "nps"}), nps),
            (
                json!({"scale": "stars", "score": 5}),
                "FeedbackScored { scale: Stars, score: 5 }",
            ),
            (json!({"scale": "stars", "score": 0}), stars),
            (json!({"scale": "stars", "score": 4.5}), stars),
            (
                json!({"scale": "thumb", "score": 1}),
                "FeedbackScored { scale: Thumb, score: 1 }",
            ),
            (
                json!({"scale": "thumb", "score": 2}),
                "error: data.score: expected 0 or 1",
            ),
            (
                json!({"scale": "percent", "score": 2}),
                "error: data.scale: expected nps, stars or thumb",
            ),
        ],
    );
}

#[test]
fn odd_bodies_never_panic() {
    let good =
        r#"{"type":"member.joined","timestamp":"2026-01-05T08:00:00Z","data":{"member":"m1"}}"#;
    let id = (ID_HEADER, "evt_1");
    let long = "x".repeat(300);
    let rule = "1 to 200 bytes without spaces or controls";
    for (ids, body, expected) in [
        (
            &[id][..],
            good.to_owned(),
            "Joined { inviter: None, source: None }".to_owned(),
        ),
        (
            &[(ID_HEADER, long.as_str())],
            good.to_owned(),
            format!("error: webhook-id: expected {rule}"),
        ),
        (
            &[(ID_HEADER, "a b")],
            good.to_owned(),
            format!("error: webhook-id: expected {rule}"),
        ),
        (
            &[],
            good.to_owned(),
            "error: webhook-id: expected exactly one".to_owned(),
        ),
        (
            &[id, id],
            good.to_owned(),
            "error: webhook-id: expected exactly one".to_owned(),
        ),
        (
            &[id],
            r#"{"type":"contact.created","data":{}}"#.to_owned(),
            "not for us: unknown-type".to_owned(),
        ),
        (
            &[id],
            r#"{"type":"","data":[]}"#.to_owned(),
            "not for us: unknown-type".to_owned(),
        ),
        (
            &[id],
            r#"{"test":2432232314}"#.to_owned(),
            "error: type: expected a string".to_owned(),
        ),
        (
            &[id],
            "[1]".to_owned(),
            "error: type: expected a string".to_owned(),
        ),
        (
            &[id],
            good.replace("2026-01-05T08:00:00Z", "yesterday"),
            "error: timestamp: expected an RFC 3339 instant".to_owned(),
        ),
        (
            &[id],
            good.replace("2026-01-05T08:00:00Z", "2026-01-05"),
            "error: timestamp: expected an RFC 3339 instant".to_owned(),
        ),
        (
            &[id],
            good.replace("timestamp", "time"),
            "error: timestamp: expected a string".to_owned(),
        ),
        (
            &[id],
            good.replace(r#"{"member":"m1"}"#, "7"),
            "error: data.member: expected a string".to_owned(),
        ),
        (
            &[id],
            good.replace("m1", r"\ud800"),
            "error: not readable JSON at line 1, column 84".to_owned(),
        ),
        (
            &[id],
            format!("{}{}", "[".repeat(5000), "]".repeat(5000)),
            "error: not readable JSON at line 1, column 128".to_owned(),
        ),
    ] {
        assert_eq!(
            line(&deliver_as(ids, &body)),
            expected,
            "{}",
            &body[..body.len().min(90)]
        );
    }
}

#[test]
fn a_byte_changed_anywhere_never_panics() {
    let community = community(Platform::Standard, None);
    let headers = headers(&[(ID_HEADER, "evt_1")]);
    let data = json!({"member": "m1", "message_id": "acme/m1/win-back/1/survey", "value": "other", "seq": 7,
        "name": "小明", "order": "o-1", "amount": 12900, "currency": "TWD", "scale": "nps", "score": 9});
    for kind in ["survey.answered", "order.paid", "feedback.scored"] {
        let body =
            json!({"type": kind, "timestamp": "2026-01-05T08:00:00Z", "data": data}).to_string();
        mutated(&body, |bytes| {
            drop(parse(&request(&headers, bytes), &community));
        });
    }
}
