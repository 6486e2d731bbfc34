//! Looking after messages that await a member of the staff, against a scripted network.

use hearth_domain::ids::{ChannelId, MemberId};

use super::*;
use crate::HttpError;
use crate::testing::{Script, Step, secrets};
use crate::wecom::Wecom;

fn answers(body: Value) -> Step {
    Step::Answer(200, &[], body)
}

fn code(code: i64) -> Step {
    answers(json!({"errcode": code, "errmsg": "whatever"}))
}

/// The staff who have the message, each with a status.
fn tasks(staff: &[(&str, i64)]) -> Step {
    let list: Vec<Value> = staff
        .iter()
        .map(|(staff, status)| json!({"userid": staff, "status": status}))
        .collect();
    answers(json!({"errcode": 0, "next_cursor": "", "task_list": list}))
}

/// What came of it for the customer, and for another one.
fn result(status: i64) -> Step {
    answers(json!({"errcode": 0, "send_list": [
        {"external_userid": "wmOther", "userid": "lisi", "status": 1},
        {"external_userid": "wmU1", "userid": "lisi", "status": status},
    ]}))
}

fn look_with(steps: Vec<Step>, take_back: bool) -> (Looked, Vec<(String, Value)>) {
    let token = json!({"errcode": 0, "access_token": "t1", "expires_in": 7200});
    let mut all = vec![answers(token)];
    all.extend(steps);
    let script = Script::new(all);
    let live = secrets(&[("corp_id", &["wwcorp"]), ("corp_secret", &["s"])]);
    let to = To::Member(MemberId::new("wmU1").unwrap());
    let looked = script.look(&Wecom, &live, "msgA", &to, take_back);
    let asked = script.asked.lock().unwrap();
    let asked = asked.iter().skip(1).map(|request| {
        let body = serde_json::from_slice(request.body()).unwrap();
        (request.uri().path().to_owned(), body)
    });
    (looked, asked.collect())
}

fn unreachable(reason: &str) -> Looked {
    Looked::Unreachable(reason.to_owned())
}

fn not_told(reason: &str) -> Looked {
    Looked::NotTold(reason.to_owned())
}

#[test]
fn who_has_it_is_asked_and_then_what_they_did() {
    let (looked, asked) = look_with(vec![tasks(&[("lisi", 2)]), result(1)], false);
    assert_eq!(looked, Looked::Sent);
    let path = |method: &str| format!("/cgi-bin/externalcontact/{method}");
    assert_eq!(
        asked,
        [
            (
                path("get_groupmsg_task"),
                json!({"msgid": "msgA", "limit": 1000})
            ),
            (
                path("get_groupmsg_send_result"),
                json!({"msgid": "msgA", "userid": "lisi", "limit": 1000})
            ),
        ]
    );
}

#[test]
fn what_became_of_it() {
    let both = || tasks(&[("lisi", 2), ("wang", 2)]);
    let nobody = answers(json!({"errcode": 0, "send_list": []}));
    for (name, steps, expected) in [
        ("nobody tapped", vec![tasks(&[("lisi", 0)])], Looked::Waits),
        ("nobody has it yet", vec![tasks(&[])], Looked::Waits),
        ("on its way", vec![code(41063)], Looked::Waits),
        (
            "tapped, and going out",
            vec![tasks(&[("lisi", 1)]), result(0)],
            Looked::Waits,
        ),
        (
            "no contact any more",
            vec![tasks(&[("lisi", 2)]), result(2)],
            unreachable("not-a-contact"),
        ),
        (
            "the fifth of the month",
            vec![tasks(&[("lisi", 2)]), result(3)],
            unreachable("monthly-quota"),
        ),
        (
            "sent to others",
            vec![tasks(&[("lisi", 2)]), nobody],
            unreachable("not-listed"),
        ),
        (
            "the second could",
            vec![both(), result(2), result(1)],
            Looked::Sent,
        ),
        (
            "neither could",
            vec![both(), result(2), result(3)],
            unreachable("not-a-contact"),
        ),
        (
            "the second still can",
            vec![tasks(&[("lisi", 2), ("wang", 0)]), result(2)],
            Looked::Waits,
        ),
        (
            "the first still can",
            vec![tasks(&[("wang", 0), ("lisi", 2)]), result(3)],
            Looked::Waits,
        ),
        ("deleted", vec![code(41047)], unreachable("no-such-message")),
    ] {
        assert_eq!(look_with(steps, false).0, expected, "{name}");
    }
}

#[test]
fn no_answer_changes_nothing() {
    for (steps, expected) in [
        (vec![code(-1)], not_told("busy")),
        (
            vec![tasks(&[("lisi", 2)]), code(45009)],
            not_told("rate-limited"),
        ),
        (vec![Step::Text(500, "")], not_told("status-500")),
        (
            vec![Step::Fail(HttpError::Uncertain("timeout".into()))],
            not_told("no-answer"),
        ),
        (
            vec![answers(json!({"errcode": 0}))],
            not_told("unreadable-answer"),
        ),
        (
            vec![answers(json!({"errcode": 0, "task_list": [{"userid": 1}]}))],
            not_told("unreadable-answer"),
        ),
        (
            vec![tasks(&[("lisi", 2)]), result(9)],
            not_told("unreadable-answer"),
        ),
    ] {
        for take_back in [false, true] {
            let steps: Vec<Step> = steps.iter().map(again).collect();
            assert_eq!(look_with(steps, take_back).0, expected);
        }
    }
    let script = Script::new(vec![]);
    let member = To::Member(MemberId::new("wmU1").unwrap());
    let found = script.look(&Wecom, &secrets(&[]), "msgA", &member, false);
    assert_eq!(found, not_told("no-corp-id"));
    let channel = To::Channel(ChannelId::new("1:a").unwrap());
    let found = script.look(&Wecom, &secrets(&[]), "msgA", &channel, false);
    assert_eq!(found, unreachable("nothing-awaits-a-person"));
}

/// The same step once more.
fn again(step: &Step) -> Step {
    match step {
        Step::Answer(status, headers, body) => Step::Answer(*status, headers, body.clone()),
        Step::Text(status, body) => Step::Text(*status, body),
        Step::Fail(error) => Step::Fail(error.clone()),
    }
}

#[test]
fn only_what_waits_is_taken_back() {
    let waits = || tasks(&[("lisi", 0)]);
    for (name, steps, expected) in [
        ("waits", vec![waits(), code(0), waits()], Looked::TakenBack),
        (
            "gone with it",
            vec![waits(), code(0), code(41047)],
            Looked::TakenBack,
        ),
        (
            "tapped meanwhile",
            vec![waits(), code(0), tasks(&[("lisi", 2)]), result(1)],
            Looked::Sent,
        ),
        ("refused", vec![waits(), code(-1)], not_told("busy")),
        (
            "no answer",
            vec![waits(), Step::Fail(HttpError::Uncertain("timeout".into()))],
            not_told("no-answer"),
        ),
        ("sent", vec![tasks(&[("lisi", 2)]), result(1)], Looked::Sent),
        (
            "failed",
            vec![tasks(&[("lisi", 2)]), result(2)],
            unreachable("not-a-contact"),
        ),
    ] {
        let (looked, asked) = look_with(steps, true);
        assert_eq!(looked, expected, "{name}");
        if name == "waits" {
            assert_eq!(asked[1].0, "/cgi-bin/externalcontact/cancel_groupmsg_send");
            assert_eq!(asked[1].1, json!({"msgid": "msgA"}));
        }
    }
}
