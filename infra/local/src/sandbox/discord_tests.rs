//! Discord in the sandbox, called by hand.
#![expect(
    clippy::needless_pass_by_value,
    reason = "a table of json! reads better without references"
)]

use futures::FutureExt as _;
use hearth_platforms::Http as _;
use http::Request;

use super::*;
use crate::sandbox::ChatFault;

fn sandbox() -> Sandbox {
    Sandbox::new(|| jiff::Timestamp::from_second(1_767_600_000).unwrap())
}

fn call(path: &str, body: &Value) -> Call {
    Request::post(format!("https://discord.com/api/v10{path}"))
        .header("user-agent", "DiscordBot (https://hearth.invalid, 0.1.0)")
        .header("authorization", "Bot a-token")
        .body(body.to_string().into_bytes())
        .unwrap()
}

fn without(header: &str, mut call: Call) -> Call {
    call.headers_mut().remove(header);
    call
}

fn ask(sandbox: &Sandbox, call: Call) -> (u16, Value) {
    let answer = sandbox.call(call).now_or_never().unwrap().unwrap();
    let body = serde_json::from_slice(answer.body()).unwrap();
    (answer.status().as_u16(), body)
}

fn hi(more: Value) -> Value {
    let mut body = json!({"content": "Hi"});
    let more = more.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(more);
    body
}

fn rows(lengths: &[usize], custom_id: impl Fn(usize) -> String, label: &str) -> Value {
    let mut ids = 0..;
    let mut button = || json!({"type": 2, "style": 2, "label": label, "custom_id": custom_id(ids.next().unwrap())});
    let rows: Vec<Value> = lengths
        .iter()
        .map(|length| {
            let buttons: Vec<Value> = (0..*length).map(|_| button()).collect();
            json!({"type": 1, "components": buttons})
        })
        .collect();
    hi(json!({"components": rows}))
}

#[test]
fn discord_refuses_what_it_would_refuse() {
    let sandbox = sandbox();
    let good = "/channels/900/messages";
    let number = |n: usize| n.to_string();
    for (name, call, status, code) in [
        (
            "nobody in particular",
            without("user-agent", call(good, &hi(json!({})))),
            403,
            40333,
        ),
        (
            "no token",
            without("authorization", call(good, &hi(json!({})))),
            401,
            0,
        ),
        (
            "no number",
            call("/channels/general/messages", &hi(json!({}))),
            404,
            10003,
        ),
        ("no text", call(good, &json!({"content": ""})), 400, 50006),
        ("no JSON", call(good, &Value::Null), 400, 50006),
        (
            "too long",
            call(good, &json!({"content": "字".repeat(2001)})),
            400,
            50035,
        ),
        (
            "a long nonce",
            call(good, &hi(json!({"nonce": "n".repeat(26)}))),
            400,
            50035,
        ),
        (
            "six rows",
            call(good, &rows(&[1; 6], number, "AI")),
            400,
            50035,
        ),
        (
            "six in a row",
            call(good, &rows(&[6], number, "AI")),
            400,
            50035,
        ),
        (
            "an empty row",
            call(good, &rows(&[0], number, "AI")),
            400,
            50035,
        ),
        (
            "a wide label",
            call(good, &rows(&[1], number, &"x".repeat(81))),
            400,
            50035,
        ),
        (
            "a wide button",
            call(good, &rows(&[1], |_| "v".repeat(101), "AI")),
            400,
            50035,
        ),
        (
            "one id twice",
            call(good, &rows(&[2], |_| "v".to_owned(), "AI")),
            400,
            50035,
        ),
        (
            "no recipient",
            call("/users/@me/channels", &json!({})),
            400,
            50035,
        ),
        (
            "a name",
            call("/users/@me/channels", &json!({"recipient_id": "ada"})),
            400,
            50035,
        ),
    ] {
        let (found, body) = ask(&sandbox, call);
        assert_eq!((found, &body["code"]), (status, &json!(code)), "{name}");
    }
    assert!(sandbox.received(None, None, None).is_empty());
    let full = rows(&[5; 5], |n| format!("{n:0100}"), &"x".repeat(80));
    assert_eq!(ask(&sandbox, call(good, &full)).0, 200);
    let whole = json!({"content": "字".repeat(2000)});
    assert_eq!(ask(&sandbox, call(good, &whole)).0, 200);
    assert_eq!(sandbox.received(None, None, None).len(), 2);
}

#[test]
fn a_nonce_that_is_enforced_is_taken_once() {
    let sandbox = sandbox();
    let (status, opened) = ask(
        &sandbox,
        call("/users/@me/channels", &json!({"recipient_id": "42"})),
    );
    assert_eq!((status, &opened["id"]), (200, &json!("042")));
    let say = |body: Value| ask(&sandbox, call("/channels/042/messages", &body)).1["id"].clone();
    let enforced = hi(json!({"nonce": "n", "enforce_nonce": true}));
    assert_eq!(say(enforced.clone()), say(enforced));
    let received = sandbox.received(None, None, None);
    let to: Vec<_> = received.iter().map(|one| one.member.as_deref()).collect();
    assert_eq!(to, [Some("42")]);

    let only_named = hi(json!({"nonce": "n"}));
    assert_ne!(say(only_named.clone()), say(only_named));
    assert_eq!(sandbox.received(None, None, None).len(), 3);
}

#[test]
fn faults_are_in_discords_words() {
    let sandbox = sandbox();
    for (fault, status, body) in [
        (
            json!({"status": 429, "retry_after": 7}),
            429,
            json!({"message": "You are being rate limited.", "retry_after": 7.0, "global": false}),
        ),
        (
            json!({"status": 403}),
            403,
            json!({"message": "Cannot send messages to this user", "code": 50007}),
        ),
        (
            json!({"status": 403, "message": "50278 No mutual guilds"}),
            403,
            json!({"message": "No mutual guilds", "code": 50278}),
        ),
        (
            json!({"status": 400, "message": "Nobody knows"}),
            400,
            json!({"message": "Nobody knows", "code": 0}),
        ),
        (
            json!({"status": 404}),
            404,
            json!({"message": "Unknown Channel", "code": 10003}),
        ),
        (
            json!({"status": 502}),
            502,
            json!({"message": "Bad Gateway", "code": 0}),
        ),
    ] {
        sandbox.inject(serde_json::from_value::<ChatFault>(fault).unwrap());
        let open = call("/users/@me/channels", &json!({"recipient_id": "42"}));
        assert_eq!(ask(&sandbox, open).0, 200, "opening carries no message");
        let answer = ask(&sandbox, call("/channels/042/messages", &hi(json!({}))));
        assert_eq!(answer, (status, body));
    }
    assert!(sandbox.received(None, None, None).is_empty());
}
