//! Messages and reactions.

use super::*;

fn message(more: Value) -> Value {
    let base = json!({"message_id": 31, "from": ada(), "chat": home(), "date": 1_767_600_001,
                      "text": "早安 👍"});
    with(&base, more)
}

const PLAIN: &str = "telegram:-1001234:31 | 2026-01-05T08:00:01Z +500 | 42 | Message { channel: \"-1001234\", \
                     direct: false, text: Some(\"早安 👍\"), length: Some(4), topic: None, reply_to: None, thread: None }";

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn messages() {
    let in_topic = |thread: &str, channel: &str| {
        PLAIN
            .replace("topic: None", &format!("topic: Some(\"{thread}\")"))
            .replace("channel: \"-1001234\"", &format!("channel: \"{channel}\""))
    };
    let direct = PLAIN
        .replace("-1001234", "42")
        .replace("direct: false", "direct: true");
    let thread = |id: &str, started: &str, author: &str| {
        format!("thread: Some(Thread {{ id: \"{id}\", started: {started}, author: {author} }})")
    };
    let (of_30, of_77) = ("3f08905bbc907d57", "3efafd5bbc84f932");
    let may = "Some(\"43\")";
    let answers = |thread: &str| PLAIN.replace("thread: None", thread);
    let reply = |thread: &str| answers(thread).replace("reply_to: None", "reply_to: Some(\"43\")");
    let at = "Some(2026-01-05T07:50:00Z)";
    let written_by_may = json!({"id": 43, "is_bot": false, "first_name": "May"});
    let silent = PLAIN.replace(
        "Some(\"早安 👍\"), length: Some(4)",
        "None, length: Some(0)",
    );
    let listed = PLAIN.replace("-1001234", "-1005678");
    let topic = |id: u64| json!({"is_topic_message": true, "message_thread_id": id});
    check(
        "message",
        &[
            (message(json!({})), PLAIN),
            (message(json!({"new_field": [1], "via_bot": bot()})), PLAIN),
            (
                message(json!({"reply_to_message": {"message_id": 30, "from": written_by_may}})),
                &reply(&thread(of_30, "None", may)),
            ),
            (
                message(
                    json!({"reply_to_message": {"message_id": 30, "from": written_by_may, "date": 1_767_599_400}}),
                ),
                &reply(&thread(of_30, at, may)),
            ),
            (
                message(json!({"reply_to_message": {"message_id": 30, "from": bot()}})),
                &answers(&thread(of_30, "None", "None")),
            ),
            // A supergroup names the first message; what is answered tells of it if it is that one.
            (
                message(
                    json!({"message_thread_id": 77, "reply_to_message": {"message_id": 77, "from": written_by_may, "date": 1_767_599_400}}),
                ),
                &reply(&thread(of_77, at, may)),
            ),
            (
                message(
                    json!({"message_thread_id": 77, "reply_to_message": {"message_id": 80, "from": written_by_may, "date": 1_767_599_400}}),
                ),
                &reply(&thread(of_77, "None", "None")),
            ),
            // Whatever is written in a forum's topic replies to its beginning.
            (
                message(
                    json!({"reply_to_message": {"message_id": 30, "from": {"id": 43}, "forum_topic_created": {"name": "x"}}}),
                ),
                PLAIN,
            ),
            // A reply's thread is no place.
            (
                message(json!({"message_thread_id": 77, "reply_to_message": {"message_id": 77}})),
                &answers(&thread(of_77, "None", "None")),
            ),
            (message(topic(77)), &in_topic("77", "-1001234:77")),
            (message(topic(78)), &in_topic("78", "-1001234")),
            (
                message(json!({"text": null, "caption": "早安 👍", "photo": [{}]})),
                PLAIN,
            ),
            (
                message(json!({"text": null, "voice": {"duration": 3}})),
                &silent,
            ),
            (message(json!({"text": null, "story": {"id": 2}})), &silent),
            (message(json!({"chat": private()})), &direct),
            (
                message(json!({"chat": {"id": -1_005_678, "type": "group"}})),
                &listed,
            ),
            (
                message(json!({"chat": {"id": -5, "type": "group"}})),
                "not for us: other-chat",
            ),
            (message(json!({"from": bot()})), "not for us: bot"),
            (
                message(json!({"from": {"id": 777_000, "first_name": "Telegram"}})),
                "not for us: bot",
            ),
            (
                message(json!({"sender_chat": home(), "from": bot()})),
                "not for us: sender-chat",
            ),
            (
                message(
                    json!({"sender_chat": {"id": -9, "type": "channel"}, "is_automatic_forward": true}),
                ),
                "not for us: sender-chat",
            ),
            (
                message(json!({"text": null})),
                "not for us: service-message",
            ),
            (
                message(json!({"text": null, "pinned_message": {"text": "x"}})),
                "not for us: service-message",
            ),
            (
                message(json!({"text": null, "migrate_to_chat_id": -1})),
                "not for us: service-message",
            ),
        ],
    );
}

#[test]
fn what_a_message_must_have() {
    check(
        "message",
        &[
            (
                message(json!({"text": 5})),
                "error: message.text: expected a string",
            ),
            (
                message(json!({"from": null})),
                "error: message.from.id: expected an integer from 0",
            ),
            (
                message(json!({"from": {"id": "42"}})),
                "error: message.from.id: expected an integer from 0",
            ),
            (
                message(json!({"from": {"id": -42}})),
                "error: message.from.id: expected an integer from 0",
            ),
            (
                message(json!({"chat": null})),
                "error: message.chat.id: expected an integer",
            ),
            (
                message(json!({"chat": {"id": 1e30}})),
                "error: message.chat.id: expected an integer",
            ),
            (
                message(json!({"message_id": null})),
                "error: message.message_id: expected an integer from 0",
            ),
            (
                message(json!({"date": null})),
                "error: message.date: expected unix seconds",
            ),
            (
                message(json!({"date": 0})),
                "error: message.date: expected unix seconds",
            ),
            (
                message(json!({"date": i64::MAX})),
                "error: message.date: expected unix seconds",
            ),
        ],
    );
}

#[test]
fn without_a_home_every_chat_counts() {
    let elsewhere = message(json!({"chat": {"id": -5, "type": "group"}}));
    assert_eq!(
        line(&told(None, "message", &elsewhere)),
        PLAIN.replace("-1001234", "-5")
    );
}

#[test]
fn commands_are_words() {
    for (chat, text, expected) in [
        (home(), "/checkin@acme_bot 5 km", "/checkin 5 km"),
        (home(), "/checkin", "/checkin"),
        (home(), "/stop", "/stop"),
        (home(), "/", "/"),
        (home(), "@acme_bot 打卡", "@acme_bot 打卡"),
        (private(), "/stop", "stop"),
        (private(), "/start@acme_bot ", "start"),
        (private(), "/start from-poster", "/start from-poster"),
        (private(), "stop", "stop"),
    ] {
        let event = events(told(
            HOME,
            "message",
            &message(json!({"chat": chat, "text": text})),
        ))
        .remove(0);
        let hearth_domain::event::Seen::Message {
            text: Some(found),
            length,
            ..
        } = event.seen
        else {
            panic!("{text} is no message")
        };
        assert_eq!(found, expected);
        assert_eq!(length, u32::try_from(text.chars().count()).ok());
    }
}

#[test]
fn who_wrote_is_told_with_it() {
    let facts = |more: Value| {
        events(told(HOME, "message", &message(more)))
            .remove(0)
            .facts
    };
    let told = "Facts { name: Some(\"Ada L.\"), zone: None, locale: Some(ZhHant), staff: None, elsewhere: false, reply: None, regards: None, thread: None }";
    assert_eq!(format!("{:?}", facts(json!({}))), told);
    // Anybody may write to a bot: that makes nobody a member.
    assert!(facts(json!({"chat": private()})).elsewhere);
    let nobody = facts(json!({"from": {"id": 42, "first_name": " \u{0}", "language_code": "fi"}}));
    assert_eq!((nobody.name, nobody.locale), (None, None));
}

#[test]
fn reactions() {
    let emoji = |name: &str| json!({"type": "emoji", "emoji": name});
    let custom = json!({"type": "custom_emoji", "custom_emoji_id": "5368324170671202286"});
    let reaction = |old: Value, new: Value, more: Value| {
        let base = json!({"chat": home(), "message_id": 31, "user": ada(), "date": 1_767_600_002,
                          "old_reaction": old, "new_reaction": new});
        with(&base, more)
    };
    let event = |verb: &str, name: &str, added: bool| {
        format!(
            "telegram:-1001234:{verb}:42:31:{name}:1767600002 | 2026-01-05T08:00:02Z +500 | 42 | Reaction {{ channel: \
             Some(\"-1001234\"), added: {added}, author: None }}"
        )
    };
    let none = json!([]);
    let thumb = json!([emoji("👍")]);
    let changed = format!(
        "{}\n{}",
        event("unreact", "👍", false),
        event("react", "❤", true)
    );
    let both = format!(
        "{}\n{}",
        event("react", "5368324170671202286", true),
        event("react", "paid", true)
    );
    check(
        "message_reaction",
        &[
            (
                reaction(none.clone(), thumb.clone(), json!({})),
                &event("react", "👍", true),
            ),
            (
                reaction(thumb.clone(), none.clone(), json!({})),
                &event("unreact", "👍", false),
            ),
            (
                reaction(thumb.clone(), json!([emoji("❤")]), json!({})),
                &changed,
            ),
            (
                reaction(
                    thumb.clone(),
                    json!([emoji("👍"), custom, {"type": "paid"}]),
                    json!({}),
                ),
                &both,
            ),
            (
                reaction(thumb.clone(), thumb.clone(), json!({})),
                "not for us: no-change",
            ),
            (
                reaction(
                    none.clone(),
                    thumb.clone(),
                    json!({"user": null, "actor_chat": home()}),
                ),
                "not for us: sender-chat",
            ),
            (
                reaction(none.clone(), thumb.clone(), json!({"user": bot()})),
                "not for us: bot",
            ),
            (
                reaction(none.clone(), thumb.clone(), json!({"chat": private()})),
                "not for us: direct",
            ),
            (
                reaction(
                    none.clone(),
                    thumb.clone(),
                    json!({"chat": {"id": -5, "type": "group"}}),
                ),
                "not for us: other-chat",
            ),
            (
                reaction(none.clone(), thumb.clone(), json!({"user": null})),
                "error: message_reaction.user.id: expected an integer from 0",
            ),
            (
                reaction(json!("x"), thumb.clone(), json!({})),
                "error: message_reaction.old_reaction: expected a list",
            ),
        ],
    );
    let odd = json!([{"type": "of tomorrow"}, 5, {"emoji": "字".repeat(90)}]);
    let odd = events(told(
        HOME,
        "message_reaction",
        &reaction(none, odd, json!({})),
    ));
    assert_eq!(
        odd.len(),
        3,
        "what we don't know is a reaction all the same"
    );
}
