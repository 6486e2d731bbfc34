//! Feishu's calls, as anybody could make them.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use futures::FutureExt as _;
use hearth_platforms::Http as _;
use http::Request;
use jiff::Timestamp;

use super::*;
use crate::sandbox::ChatFault;

const START: i64 = 1_767_600_000;

/// A sandbox whose clock can be moved.
fn sandbox() -> (Sandbox, Arc<AtomicI64>) {
    let clock = Arc::new(AtomicI64::new(START));
    let now = clock.clone();
    let now = move || Timestamp::from_second(now.load(Ordering::Relaxed)).unwrap();
    (Sandbox::new(now), clock)
}

fn ask(sandbox: &Sandbox, path: &str, bearer: &str, body: &Value) -> (u16, Value) {
    let call = Request::post(format!("http://sandbox{path}"))
        .header("authorization", format!("Bearer {bearer}"))
        .body(body.to_string().into_bytes())
        .unwrap();
    let response = sandbox.call(call).now_or_never().unwrap().unwrap();
    let body = serde_json::from_slice(response.body()).unwrap();
    (response.status().as_u16(), body)
}

fn fetch(sandbox: &Sandbox) -> String {
    let app = json!({"app_id": "cli_1", "app_secret": "shh"});
    let (status, body) = ask(sandbox, TOKEN, "", &app);
    assert_eq!((status, &body["expire"]), (200, &json!(7200)));
    body["tenant_access_token"].as_str().unwrap().to_owned()
}

const TO_MEMBER: &str = "/open-apis/im/v1/messages?receive_id_type=open_id";

fn text_to(id: &str, text: &str) -> Value {
    let content = json!({"text": text}).to_string();
    json!({"receive_id": id, "msg_type": "text", "content": content, "uuid": "u-1"})
}

fn card_with(text: &Value, value: &Value) -> Value {
    let label = json!({"tag": "plain_text", "content": "AI"});
    let button = json!({"tag": "button", "text": label, "value": value});
    let elements = json!([{"tag": "div", "text": text}, {"tag": "action", "actions": [button]}]);
    let content = json!({"elements": elements}).to_string();
    json!({"receive_id": "ou_1", "msg_type": "interactive", "content": content, "uuid": "u-2"})
}

#[test]
fn a_token_is_good_for_two_hours() {
    let (sandbox, clock) = sandbox();
    let token = fetch(&sandbox);
    let hi = text_to("ou_1", "Hi");
    let code = |bearer: &str| ask(&sandbox, TO_MEMBER, bearer, &hi).1["code"].clone();
    for wrong in ["", "t-1", "t-0000000000000000-1767607200", &token[1..]] {
        assert_eq!(code(wrong), 99_991_663, "{wrong}");
    }
    clock.store(START + 7199, Ordering::Relaxed);
    assert_eq!(code(&token), 0);
    clock.store(START + 7200, Ordering::Relaxed);
    assert_eq!(code(&token), 99_991_663);
    assert_eq!(code(&fetch(&sandbox)), 0);
    for app in [
        json!({}),
        json!({"app_id": "cli_1"}),
        json!({"app_id": "cli_1", "app_secret": ""}),
    ] {
        assert_eq!(ask(&sandbox, TOKEN, "", &app).1["code"], 10_003);
    }
}

#[test]
fn feishu_refuses_what_it_would_refuse() {
    let (sandbox, _) = sandbox();
    let token = fetch(&sandbox);
    let plain = |text: &str| json!({"tag": "plain_text", "content": text});
    let value = json!({"hearth": "acme/ou_1/a", "value": "v"});
    let long = |body: &Value, key: &str, value: Value| {
        let mut body = body.clone();
        body[key] = value;
        body
    };
    let hi = text_to("ou_1", "Hi");
    for (name, body, code) in [
        ("no recipient", text_to("", "Hi"), 230_034),
        ("a chat", text_to("oc_1", "Hi"), 230_034),
        ("no text", text_to("ou_1", ""), 230_001),
        ("no uuid", long(&hi, "uuid", json!("")), 230_001),
        (
            "a long uuid",
            long(&hi, "uuid", json!("u".repeat(51))),
            230_001,
        ),
        (
            "content that is no string",
            long(&hi, "content", json!({})),
            230_001,
        ),
        ("a picture", long(&hi, "msg_type", json!("image")), 230_001),
        (
            "a long text",
            text_to("ou_1", &"x".repeat(150 * 1024)),
            230_025,
        ),
        (
            "a long card",
            card_with(&plain(&"x".repeat(30 * 1024)), &value),
            230_025,
        ),
        (
            "a card with mark-up",
            card_with(&json!({"tag": "lark_md", "content": "x"}), &value),
            230_099,
        ),
        (
            "a value that is no object",
            card_with(&plain("x"), &json!("v")),
            230_099,
        ),
        ("a text", hi.clone(), 0),
        ("a card", card_with(&plain("x"), &value), 0),
    ] {
        let (status, answer) = ask(&sandbox, TO_MEMBER, &token, &body);
        assert_eq!(answer["code"], code, "{name}");
        assert_eq!(status, if code == 0 { 200 } else { 400 }, "{name}");
    }
    assert_eq!(sandbox.received(None, None, None).len(), 2);
}

#[test]
fn a_message_is_taken_once_and_faults_have_codes() {
    let (sandbox, _) = sandbox();
    let token = fetch(&sandbox);
    let faults = r#"[{"status":429,"retry_after":7}, {"status":400,"message":"code 230013"},
        {"status":400}, {"status":503}]"#;
    for fault in serde_json::from_str::<Vec<ChatFault>>(faults).unwrap() {
        sandbox.inject(fault);
    }
    let hi = text_to("ou_1", "Hi");
    let codes: Vec<(u16, Value)> = (0..6)
        .map(|_| ask(&sandbox, TO_MEMBER, &token, &hi))
        .map(|(status, body)| (status, body["code"].clone()))
        .collect();
    let expected = [
        (429, json!(99_991_400)),
        (400, json!(230_013)),
        (400, json!(230_001)),
        (503, Value::Null),
        (200, json!(0)),
        (200, json!(0)),
    ];
    assert_eq!(codes, expected);
    assert_eq!(sandbox.received(None, None, None).len(), 1);
}
