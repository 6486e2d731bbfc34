//! Messages and faults, sent through the real adapters.

use futures::FutureExt as _;
use hearth_domain::ids::{ChannelId, MemberId};
use hearth_domain::platform::Platform;
use hearth_platforms::{
    Destination, OutButton, Outgoing, Picture, Secrets, SendOutcome, To, Tokens, sender,
};

use super::*;

fn message(id: &str, to: To) -> Outgoing {
    Outgoing {
        id: id.parse().unwrap(),
        kind: "onboarding.day-1".parse().unwrap(),
        to,
        text: "Hi <@U1>, 1 < 2 & 3".into(),
        buttons: vec![OutButton {
            label: "AI".into(),
            value: "interest:ai".into(),
        }],
        reply: None,
        picture: None,
    }
}

fn direct() -> Outgoing {
    message(
        "acme/U1/onboarding/1/day-1",
        To::Member(MemberId::new("U1").unwrap()),
    )
}

fn send(sandbox: &Sandbox, platform: Platform, message: &Outgoing) -> SendOutcome {
    let values = [
        ("bot_token", "1:xoxb"),
        ("channel_access_token", "a-token"),
        ("outgoing_secret", "whsec_c2VjcmV0"),
    ];
    let secrets = Secrets::new(
        values
            .map(|(name, value)| (name.to_owned(), vec![value.to_owned()]))
            .into(),
    );
    let destination = Destination {
        api: Some("http://sandbox"),
        secrets: &secrets,
        tokens: &Tokens::default(),
        now: Timestamp::UNIX_EPOCH,
    };
    let adapter = sender(platform);
    adapter
        .send(sandbox, &destination, message)
        .now_or_never()
        .unwrap()
}

fn sandbox() -> Sandbox {
    Sandbox::new(|| Timestamp::from_second(1_767_600_000).unwrap())
}

#[test]
fn all_platforms_arrive_alike() {
    let in_channel = message(
        "beta/@community/report/2026-W01/1",
        To::Channel(ChannelId::new("C1").unwrap()),
    );
    for platform in [Platform::Slack, Platform::Line, Platform::Standard] {
        let sandbox = sandbox();
        assert!(matches!(
            send(&sandbox, platform, &direct()),
            SendOutcome::Sent { .. } | SendOutcome::Accepted { .. }
        ));
        assert!(matches!(
            send(&sandbox, platform, &in_channel),
            SendOutcome::Sent { .. }
        ));
        let received = sandbox.received(Some("acme"), Some("U1"), None);
        assert_eq!(
            serde_json::to_value(&received).unwrap(),
            json!([{"seq": 1, "at": "2026-01-05T08:00:00Z", "community": "acme", "member": "U1", "channel": null,
                "kind": "onboarding.day-1", "text": "Hi <@U1>, 1 < 2 & 3",
                "buttons": [{"label": "AI", "value": "interest:ai"}],
                "message_id": "acme/U1/onboarding/1/day-1"}])
        );
        let later = sandbox.received(None, None, Some(1));
        assert_eq!(
            (
                later.len(),
                later[0].channel.as_deref(),
                later[0].member.as_deref()
            ),
            (1, Some("C1"), None)
        );
        assert_eq!(
            sandbox.counts(),
            BTreeMap::from([("onboarding.day-1".to_owned(), 2)])
        );
    }
}

#[test]
fn faults_hold_for_as_many_messages_as_they_say() {
    let sandbox = sandbox();
    let faults = r#"[{"status":429,"times":1,"retry_after":7}, {"status":503}, {"slack_error":"account_inactive"},
        {"error":"not_sent","times":0}, {"error":"not-sent"}, {"error":"hang"}, {"error":"lost_answer"}]"#;
    for fault in serde_json::from_str::<Vec<ChatFault>>(faults).unwrap() {
        sandbox.inject(fault);
    }
    let outcomes: Vec<String> = (0..7)
        .map(|_| match send(&sandbox, Platform::Slack, &direct()) {
            SendOutcome::Sent { .. } => "sent".to_owned(),
            SendOutcome::Accepted { .. } => "accepted".to_owned(),
            SendOutcome::AwaitingPerson { .. } => "awaiting a person".to_owned(),
            SendOutcome::Retry { after, reason } => format!("retry {reason} {after:?}"),
            SendOutcome::Unreachable { reason } => format!("unreachable {reason}"),
            SendOutcome::Permanent { reason } => format!("permanent {reason}"),
            SendOutcome::Unknown { reason } => format!("unknown {reason}"),
        })
        .collect();
    let expected = [
        "retry rate-limited Some(7s)",
        "unknown status-503",
        "unreachable account-inactive",
        "retry not-sent None",
        "unknown no-answer",
        "unknown no-answer",
        "sent",
    ];
    assert_eq!(outcomes, expected);
    assert_eq!(
        sandbox.received(None, None, None).len(),
        2,
        "the lost answer and the last one"
    );
}

#[test]
fn a_gateway_and_line_take_an_id_once_and_slack_does_not_know_ids() {
    for (platform, taken) in [
        (Platform::Standard, 1),
        (Platform::Line, 1),
        (Platform::Slack, 2),
    ] {
        let sandbox = Sandbox::counting();
        sandbox.inject(ChatFault::Network {
            error: NetworkFault::LostAnswer,
            times: 1,
        });
        send(&sandbox, platform, &direct());
        assert!(matches!(
            send(&sandbox, platform, &direct()),
            SendOutcome::Sent { .. } | SendOutcome::Accepted { .. }
        ));
        assert_eq!(sandbox.counts().values().sum::<u64>(), taken);
        assert!(sandbox.received(None, None, None).is_empty());
    }
}

#[test]
fn without_a_token_or_a_known_call_nothing_arrives() {
    let sandbox = sandbox();
    for (url, status, error) in [
        (
            "http://sandbox/api/chat.postMessage",
            200,
            Some("invalid_auth"),
        ),
        (
            "http://sandbox/api/conversations.open",
            200,
            Some("invalid_auth"),
        ),
        ("http://sandbox/elsewhere", 404, None),
    ] {
        let call = Request::post(url).body(b"{}".to_vec()).unwrap();
        let response = sandbox.call(call).now_or_never().unwrap().unwrap();
        let body: Value = serde_json::from_slice(response.body()).unwrap();
        assert_eq!(
            (response.status().as_u16(), body["error"].as_str()),
            (status, error)
        );
    }
    assert!(sandbox.received(None, None, None).is_empty());
}

#[test]
fn line_refuses_what_it_would_refuse() {
    let push = |key: &str, to: &str, text: &str| {
        let body = json!({"to": to, "messages": [{"type": "text", "text": text}]});
        Request::post("http://sandbox/v2/bot/message/push")
            .header("authorization", "Bearer a-token")
            .header("x-line-retry-key", key)
            .body(body.to_string().into_bytes())
            .unwrap()
    };
    let key = "123e4567-e89b-82d3-a456-426614174000";
    let mut nobody = push(key, "U1", "x");
    nobody.headers_mut().remove("authorization");
    let sandbox = sandbox();
    for (name, call, status) in [
        ("no token", nobody, 401),
        ("no key", push("", "U1", "x"), 400),
        ("no UUID", push("acme/U1/day-1", "U1", "x"), 400),
        ("no recipient of LINE", push(key, "somebody", "x"), 400),
        ("no text", push(key, "U1", ""), 400),
        ("too long", push(key, "U1", &"x".repeat(5001)), 400),
        ("good", push(key, "U1", &"x".repeat(5000)), 200),
        ("again", push(key, "U1", "x"), 409),
    ] {
        let response = sandbox.call(call).now_or_never().unwrap().unwrap();
        assert_eq!(response.status().as_u16(), status, "{name}");
    }
    assert_eq!(sandbox.received(None, None, None).len(), 1);
}

/// The PNG is not looked at beyond its first bytes.
fn with_picture(to: To) -> Outgoing {
    Outgoing {
        buttons: vec![],
        picture: Some(Picture {
            png: b"\x89PNG\r\n\x1a\n--and more\r\n".to_vec(),
            description: "1 Jan: 12".into(),
        }),
        ..message("acme/@community/closing/wall/2026-01-05", to)
    }
}

#[test]
fn a_picture_arrives_where_the_platform_takes_one() {
    for (platform, channel, description) in [
        (Platform::Telegram, "-1001:77", Some("")),
        (Platform::Discord, "900", Some("1 Jan: 12")),
        (Platform::Slack, "C1", None),
        (Platform::Line, "C1", None),
        (Platform::Standard, "C1", None),
    ] {
        let sandbox = sandbox();
        let message = with_picture(To::Channel(ChannelId::new(channel).unwrap()));
        let outcome = send(&sandbox, platform, &message);
        assert!(matches!(outcome, SendOutcome::Sent { .. }), "{outcome:?}");
        let received = sandbox.received(None, None, None);
        assert_eq!(received.len(), 1, "{platform}");
        assert_eq!(received[0].text, message.text, "{platform}");
        assert_eq!(received[0].channel.as_deref(), Some(channel));
        let expected = description.map(|description| Picture {
            description: description.to_owned(),
            ..message.picture.unwrap()
        });
        assert_eq!(received[0].picture, expected, "{platform}");
        let told = serde_json::to_value(&received[0]).unwrap();
        let told = told.get("picture").cloned();
        assert_eq!(told, expected.map(|_| json!(true)), "{platform}");
    }
}

#[test]
fn a_picture_that_is_refused_or_lost_is_a_fault_like_any_other() {
    let to_group = with_picture(To::Channel(ChannelId::new("-1001").unwrap()));
    let sandbox = sandbox();
    let faults =
        r#"[{"status":400,"message":"Bad Request: not enough rights to send photos to the chat"}]"#;
    for fault in serde_json::from_str::<Vec<ChatFault>>(faults).unwrap() {
        sandbox.inject(fault);
    }
    send(&sandbox, Platform::Telegram, &to_group);
    let alone = sandbox.received(None, None, None);
    assert_eq!((alone.len(), alone[0].picture.is_some()), (1, false));
    // A lost answer is no refusal: the post is there, and nothing follows it.
    sandbox.inject(ChatFault::Network {
        error: NetworkFault::LostAnswer,
        times: 1,
    });
    let outcome = send(&sandbox, Platform::Telegram, &to_group);
    assert!(
        matches!(outcome, SendOutcome::Unknown { .. }),
        "{outcome:?}"
    );
    assert_eq!(sandbox.received(None, None, None).len(), 2);
    // Discord knows it again by its nonce.
    let to_channel = with_picture(To::Channel(ChannelId::new("900").unwrap()));
    sandbox.inject(ChatFault::Network {
        error: NetworkFault::LostAnswer,
        times: 1,
    });
    for _ in 0..2 {
        send(&sandbox, Platform::Discord, &to_channel);
    }
    assert_eq!(sandbox.received(None, None, None).len(), 3);
}

#[test]
fn what_is_no_picture_is_refused() {
    let mut broken = with_picture(To::Channel(ChannelId::new("-1001").unwrap()));
    broken.picture.as_mut().unwrap().png = b"GIF89a".to_vec();
    let sandbox = sandbox();
    send(&sandbox, Platform::Telegram, &broken);
    broken.to = To::Channel(ChannelId::new("900").unwrap());
    send(&sandbox, Platform::Discord, &broken);
    let received = sandbox.received(None, None, None);
    let pictures = received.iter().filter(|each| each.picture.is_some());
    assert_eq!(
        (received.len(), pictures.count()),
        (2, 0),
        "the texts alone"
    );
}

#[test]
fn telegram_answers_in_its_own_words() {
    let sandbox = sandbox();
    let ask = |path: &str, body: Value| {
        let call = Request::post(format!("http://sandbox{path}"));
        let call = call.body(body.to_string().into_bytes()).unwrap();
        let answer = sandbox.call(call).now_or_never().unwrap().unwrap();
        let body: Value = serde_json::from_slice(answer.body()).unwrap();
        (answer.status().as_u16(), body)
    };
    let good = "/bot123456:AAE-x/sendMessage";
    let hi = |chat: Value| json!({"chat_id": chat, "text": "Hi"});
    let button = |data: String| {
        let rows = json!([[{"text": "AI", "callback_data": data}]]);
        json!({"chat_id": 42, "text": "Hi", "reply_markup": {"inline_keyboard": rows}})
    };
    for (path, body, code, words) in [
        ("/bot/sendMessage", hi(json!(42)), 401, "Unauthorized"),
        ("/botAAE/sendMessage", hi(json!(42)), 401, "Unauthorized"),
        (good, hi(json!("42")), 400, "Bad Request: chat not found"),
        (
            good,
            json!({"chat_id": 42}),
            400,
            "Bad Request: message text is empty",
        ),
        (
            good,
            json!({"chat_id": 42, "text": "x".repeat(4097)}),
            400,
            "Bad Request: message is too long",
        ),
        (
            good,
            button("x".repeat(65)),
            400,
            "Bad Request: BUTTON_DATA_INVALID",
        ),
    ] {
        let expected = json!({"ok": false, "error_code": code, "description": words});
        assert_eq!(ask(path, body), (code, expected));
    }
    let faults = r#"[{"status":429,"retry_after":7}, {"status":403}, {"status":400,"message":"Bad Request: chat not found"}]"#;
    for fault in serde_json::from_str::<Vec<ChatFault>>(faults).unwrap() {
        sandbox.inject(fault);
    }
    assert_eq!(
        ask(good, hi(json!(42))).1["parameters"],
        json!({"retry_after": 7})
    );
    let blocked = json!("Forbidden: bot was blocked by the user");
    assert_eq!(ask(good, hi(json!(42))).1["description"], blocked);
    let gone = json!("Bad Request: chat not found");
    assert_eq!(ask(good, hi(json!(42))).1["description"], gone);
    assert!(sandbox.received(None, None, None).is_empty());
    for (chat, member, channel) in [
        (json!(42), Some("42"), None),
        (json!(-1001), None, Some("-1001")),
        (json!("@acme"), None, Some("@acme")),
    ] {
        let (code, body) = ask(good, hi(chat));
        assert_eq!((code, &body["ok"]), (200, &json!(true)));
        let received = sandbox.received(None, None, None).pop().unwrap();
        assert_eq!(
            (received.member.as_deref(), received.channel.as_deref()),
            (member, channel)
        );
    }
}
