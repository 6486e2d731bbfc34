//! Messages and faults, sent through the real adapters.

use futures::FutureExt as _;
use hearth_domain::ids::{ChannelId, MemberId};
use hearth_domain::platform::Platform;
use hearth_platforms::{Destination, OutButton, Outgoing, Secrets, SendOutcome, To, adapter};

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
    }
}

fn direct() -> Outgoing {
    message(
        "acme/U1/onboarding/1/day-1",
        To::Member(MemberId::new("U1").unwrap()),
    )
}

fn send(sandbox: &Sandbox, platform: Platform, message: &Outgoing) -> SendOutcome {
    let values = [("bot_token", "xoxb"), ("outgoing_secret", "whsec_c2VjcmV0")];
    let secrets = Secrets::new(
        values
            .map(|(name, value)| (name.to_owned(), vec![value.to_owned()]))
            .into(),
    );
    let destination = Destination {
        api: Some("http://sandbox"),
        secrets: &secrets,
        now: Timestamp::UNIX_EPOCH,
    };
    let adapter = adapter(platform).unwrap();
    adapter
        .send(sandbox, &destination, message)
        .now_or_never()
        .unwrap()
}

fn sandbox() -> Sandbox {
    Sandbox::new(|| Timestamp::from_second(1_767_600_000).unwrap())
}

#[test]
fn both_platforms_arrive_alike() {
    let in_channel = message(
        "beta/@community/report/2026-W01/1",
        To::Channel(ChannelId::new("C1").unwrap()),
    );
    for platform in [Platform::Slack, Platform::Standard] {
        let sandbox = sandbox();
        assert!(matches!(
            send(&sandbox, platform, &direct()),
            SendOutcome::Sent { .. }
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
fn a_gateway_takes_an_id_once_and_slack_does_not_know_ids() {
    for (platform, taken) in [(Platform::Standard, 1), (Platform::Slack, 2)] {
        let sandbox = Sandbox::counting();
        sandbox.inject(ChatFault::Network {
            error: NetworkFault::LostAnswer,
            times: 1,
        });
        send(&sandbox, platform, &direct());
        assert!(matches!(
            send(&sandbox, platform, &direct()),
            SendOutcome::Sent { .. }
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
