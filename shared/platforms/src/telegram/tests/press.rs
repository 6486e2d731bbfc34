//! Buttons.

use super::*;

#[test]
fn buttons() {
    let sent = json!({"message_id": 154, "date": 1_767_500_000, "chat": private(), "from": bot(), "text": "Hi"});
    let query = |more: Value| {
        let base = json!({"id": "4382bfdwdsb323b2d9", "from": ada(), "chat_instance": "-1", "message": sent,
                          "data": "interest:ai\nonboarding/1/day-1"});
        with(&base, more)
    };
    // The time is when we heard of it: a press has none.
    let whole = "telegram:42:press:42:4382bfdwdsb323b2d9 | 2026-01-05T08:01:40Z +500 | 42 | Pressed { message: \
                 Some(MessageId { community: \"acme\", owner: Member(\"42\"), path: \"onboarding/1/day-1\" }), \
                 value: \"interest:ai\" }";
    let foreign = whole.split(" Pressed").next().unwrap().to_owned()
        + " Pressed { message: None, value: \"interest:ai\" }";
    let in_home = foreign.replace("telegram:42:", "telegram:-1001234:");
    let of_another = in_home.replace(
        "None",
        "Some(MessageId { community: \"acme\", owner: Member(\"43\"), path: \"x\" })",
    );
    let at = |chat: Value| json!({"message_id": 1, "date": 0, "chat": chat});
    check(
        "callback_query",
        &[
            (query(json!({})), whole),
            (query(json!({"message": at(private())})), whole),
            (query(json!({"data": "interest:ai"})), &foreign),
            (query(json!({"data": "interest:ai\nno path"})), &foreign),
            (query(json!({"message": at(home())})), &in_home),
            (
                query(json!({"message": at(home()), "data": "interest:ai\n@43/x"})),
                &of_another,
            ),
            (
                query(json!({"message": at(json!({"id": -5, "type": "group"}))})),
                "not for us: other-chat",
            ),
            (
                query(json!({"message": null, "inline_message_id": "x"})),
                "not for us: not-in-a-message",
            ),
            (
                query(json!({"data": null, "game_short_name": "x"})),
                "not for us: no-value",
            ),
            (query(json!({"data": ""})), "not for us: no-value"),
            (
                query(json!({"data": "\nonboarding/1/day-1"})),
                "not for us: no-value",
            ),
            (query(json!({"from": bot()})), "not for us: bot"),
            (
                query(json!({"data": 5})),
                "error: callback_query.data: expected a string",
            ),
            (
                query(json!({"id": null})),
                "error: callback_query.id: expected a string",
            ),
            (
                query(json!({"from": null})),
                "error: callback_query.from.id: expected an integer from 0",
            ),
            (
                query(json!({"message": {}})),
                "error: callback_query.message.chat.id: expected an integer",
            ),
        ],
    );
}
