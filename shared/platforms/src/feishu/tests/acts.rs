//! What members do: messages, reactions, presses.

use super::*;

#[test]
fn messages_in_groups_and_one_to_one() {
    let hello = message("oc_home", "group", "text", text("@_user_1 早安 😄"));
    let mut topic = message("oc_checkin", "topic_group", "image", json!({}));
    topic["event"]["message"]["thread_id"] = json!("omt_1");
    let mut reply = hello.clone();
    reply["event"]["message"]["root_id"] = json!("om_root");
    reply["event"]["message"]["parent_id"] = json!("om_0");
    let bot = with(hello.clone(), "/event/sender/sender_type", json!("app"));
    check(
        HOME,
        &[
            (
                hello.clone(),
                &[
                    "feishu:message:om_1 | 2026-01-05T08:00:01.001Z | ou_1 - here | Message { channel: \
                   \"oc_home\", direct: false, text: Some(\"早安 😄\"), length: Some(4), topic: None, reply_to: None, thread: None }",
                ],
            ),
            (
                reply,
                &[
                    "feishu:message:om_1 | 2026-01-05T08:00:01.001Z | ou_1 - here | Message { channel: \
                   \"oc_home\", direct: false, text: Some(\"早安 😄\"), length: Some(4), topic: None, reply_to: None, \
                   thread: Some(Thread { id: \"4b79dc6903ff611d\", started: None, author: None }) }",
                ],
            ),
            (
                message("oc_1to1", "p2p", "text", text("stop")),
                &[
                    "feishu:message:om_1 | 2026-01-05T08:00:01.001Z | ou_1 - elsewhere | Message { channel: \
                   \"oc_1to1\", direct: true, text: Some(\"stop\"), length: Some(4), topic: None, reply_to: None, thread: None }",
                ],
            ),
            (
                topic,
                &[
                    "feishu:message:om_1 | 2026-01-05T08:00:01.001Z | ou_1 - here | Message { channel: \
                   \"oc_checkin\", direct: false, text: None, length: Some(0), topic: Some(\"omt_1\"), reply_to: None, thread: None }",
                ],
            ),
            (bot, &["not for us: bot"]),
            (
                message("oc_9", "group", "text", text("x")),
                &["not for us: other-channel"],
            ),
        ],
    );
    check(
        None,
        &[(
            message("oc_9", "group", "text", text("x")),
            &[
                "feishu:message:om_1 | 2026-01-05T08:00:01.001Z | ou_1 - here | Message { channel: \
               \"oc_9\", direct: false, text: Some(\"x\"), length: Some(1), topic: None, reply_to: None, thread: None }",
            ],
        )],
    );
}

#[test]
fn reactions_are_told_without_their_chat() {
    let reaction = |verb: &str, operator: &str, emoji: &str| {
        let mut event = json!({"message_id": "om_1", "reaction_type": {"emoji_type": emoji},
            "operator_type": operator, "user_id": id("ou_1"), "action_time": "1767600002000"});
        if operator == "app" {
            event["user_id"] = Value::Null;
        }
        dressed(&format!("im.message.reaction.{verb}_v1"), event)
    };
    let mut untimed = reaction("created", "user", "SMILE");
    untimed["event"]["action_time"] = Value::Null;
    let long = "字".repeat(40);
    let cut = format!(
        "feishu:react:ou_1:om_1:{}:1767600002000 | 2026-01-05T08:00:02Z | ou_1 - elsewhere | Reaction {{ channel: None, added: true, author: None }}",
        "字".repeat(16)
    );
    check(
        HOME,
        &[
            (
                reaction("created", "user", "SMILE"),
                &[
                    "feishu:react:ou_1:om_1:SMILE:1767600002000 | 2026-01-05T08:00:02Z | ou_1 - elsewhere | Reaction { channel: None, added: true, author: None }",
                ],
            ),
            (
                reaction("deleted", "user", "SMILE"),
                &[
                    "feishu:unreact:ou_1:om_1:SMILE:1767600002000 | 2026-01-05T08:00:02Z | ou_1 - elsewhere | Reaction { channel: None, added: false, author: None }",
                ],
            ),
            (
                untimed,
                &[
                    "feishu:react:ou_1:om_1:SMILE:1767600003004 | 2026-01-05T08:00:03.004Z | ou_1 - elsewhere | Reaction { channel: None, added: true, author: None }",
                ],
            ),
            (reaction("created", "user", &long), &[&cut]),
            (reaction("created", "app", "SMILE"), &["not for us: bot"]),
        ],
    );
}

#[test]
fn presses_name_our_message() {
    let ours = json!({"hearth": "acme/ou_1/onboarding/1/day-1", "value": "interest:ai"});
    let other = json!({"hearth": "beta/ou_1/onboarding/1/day-1", "value": "interest:ai"});
    check(
        HOME,
        &[
            (
                press(json!("oc_1to1"), ours.clone()),
                &[
                    "feishu:press:ou_1:1767600003004 | 2026-01-05T08:00:03.004005Z | ou_1 - elsewhere | Pressed { message: \
                   Some(MessageId { community: \"acme\", owner: Member(\"ou_1\"), path: \"onboarding/1/day-1\" }), value: \"interest:ai\" }",
                ],
            ),
            (
                press(json!("oc_home"), other),
                &[
                    "feishu:press:ou_1:1767600003004 | 2026-01-05T08:00:03.004005Z | ou_1 - here | Pressed { message: None, value: \"interest:ai\" }",
                ],
            ),
            (
                press(Value::Null, json!("task:done")),
                &[
                    "feishu:press:ou_1:1767600003004 | 2026-01-05T08:00:03.004005Z | ou_1 - elsewhere | Pressed { message: None, value: \"task:done\" }",
                ],
            ),
            (
                press(json!("oc_home"), json!({"action": "approve"})),
                &["not for us: no-value"],
            ),
        ],
    );
}
