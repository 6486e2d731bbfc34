//! Who comes, goes, gets a role and blocks the bot.

use super::*;

fn change(old: Value, new: Value, more: Value) -> Value {
    let base = json!({"chat": home(), "from": ada(), "date": 1_767_600_003,
                      "old_chat_member": old, "new_chat_member": new});
    with(&base, more)
}

fn service(more: Value) -> Value {
    let base = json!({"message_id": 32, "chat": home(), "from": ada(), "date": 1_767_600_003});
    with(&base, more)
}

fn restricted(is_member: bool) -> Value {
    json!({"user": ada(), "status": "restricted", "is_member": is_member, "can_send_messages": false})
}

const JOIN: &str = "telegram:-1001234:join:42:1767600003 | 2026-01-05T08:00:03Z +500 | 42 | Joined { inviter: None, \
                    source: None }";
const LEAVE: &str = "telegram:-1001234:leave:42:1767600003 | 2026-01-05T08:00:03Z +500 | 42 | Left { cause: Voluntary }";
const ROLE: &str =
    "telegram:-1001234:role:42:1767600003 | 2026-01-05T08:00:03Z +500 | 42 | Renamed";

#[test]
fn every_status_before_and_after() {
    let statuses = [
        ("creator", member("creator"), true),
        ("administrator", member("administrator"), true),
        ("member", member("member"), true),
        ("restricted, in", restricted(true), true),
        ("restricted, out", restricted(false), false),
        ("left", member("left"), false),
        ("kicked", member("kicked"), false),
    ];
    let is_admin = |name: &str| matches!(name, "creator" | "administrator");
    for (before, old, was_in) in &statuses {
        for (after, new, is_in) in &statuses {
            let removed = LEAVE.replace("Voluntary", "Removed");
            let expected = match (was_in, is_in) {
                (false, true) => JOIN,
                (true, false) if *after == "kicked" => &removed,
                (true, false) => LEAVE,
                (true, true) if is_admin(before) != is_admin(after) => ROLE,
                (true, true) | (false, false) => "not for us: no-transition",
            };
            let found = told(
                HOME,
                "chat_member",
                &change(old.clone(), new.clone(), json!({})),
            );
            assert_eq!(line(&found), expected, "{before} -> {after}");
        }
    }
}

#[test]
fn who_caused_it() {
    let (left, inside) = (member("left"), member("member"));
    let invited = JOIN.replace("inviter: None", "inviter: Some(\"7\")");
    let linked = JOIN.replace("source: None", "source: Some(\"Poster\")");
    let removed = LEAVE.replace("Voluntary", "Removed");
    let unknown = LEAVE.replace("Voluntary", "Unknown");
    let by = |who: Value| json!({"from": who});
    check(
        "chat_member",
        &[
            (change(left.clone(), inside.clone(), by(admin())), &invited),
            (change(left.clone(), inside.clone(), by(bot())), JOIN),
            (
                change(
                    left.clone(),
                    inside.clone(),
                    json!({"invite_link": {"name": "Poster", "creator": admin()}}),
                ),
                &linked,
            ),
            (
                change(
                    left.clone(),
                    inside.clone(),
                    json!({"from": admin(), "via_join_request": true}),
                ),
                JOIN,
            ),
            (change(inside.clone(), left.clone(), by(admin())), &removed),
            (change(inside.clone(), left.clone(), by(bot())), &removed),
            (
                change(inside.clone(), left.clone(), by(Value::Null)),
                &unknown,
            ),
            (
                change(inside.clone(), restricted(false), by(admin())),
                &removed,
            ),
            (
                change(
                    left.clone(),
                    inside.clone(),
                    json!({"chat": {"id": -1_005_678, "type": "group"}}),
                ),
                "not for us: other-chat",
            ),
            (
                change(left.clone(), inside.clone(), json!({"chat": private()})),
                "not for us: other-chat",
            ),
            (
                change(left.clone(), member("of_tomorrow"), json!({})),
                "not for us: unknown-status",
            ),
            (
                change(
                    left.clone(),
                    json!({"user": bot(), "status": "member"}),
                    json!({}),
                ),
                "not for us: bot",
            ),
            (
                change(left.clone(), json!({"user": ada()}), json!({})),
                "error: chat_member.new_chat_member.status: expected a string",
            ),
            (
                change(left.clone(), json!({"status": "member"}), json!({})),
                "error: chat_member.new_chat_member.user.id: expected an integer from 0",
            ),
        ],
    );
}

#[test]
fn service_messages_tell_the_same() {
    let invited = JOIN.replace("inviter: None", "inviter: Some(\"7\")");
    let bo = json!({"id": 43, "is_bot": false, "first_name": "Bo"});
    let two = format!("{invited}\n{}", invited.replace("42", "43"));
    let removed = LEAVE.replace("Voluntary", "Removed");
    check(
        "message",
        &[
            (service(json!({"new_chat_members": [ada()]})), JOIN),
            (
                service(json!({"new_chat_members": [ada()], "from": admin()})),
                &invited,
            ),
            (
                service(json!({"new_chat_members": [ada(), bot(), bo], "from": admin()})),
                &two,
            ),
            (
                service(json!({"new_chat_members": [bot()], "from": admin()})),
                "not for us: bot",
            ),
            (service(json!({"new_chat_members": []})), "not for us: bot"),
            (service(json!({"left_chat_member": ada()})), LEAVE),
            (
                service(json!({"left_chat_member": ada(), "from": admin()})),
                &removed,
            ),
            (
                service(json!({"left_chat_member": bot()})),
                "not for us: bot",
            ),
            (
                service(
                    json!({"new_chat_members": [ada()], "chat": {"id": -1_005_678, "type": "group"}}),
                ),
                "not for us: other-chat",
            ),
            (
                service(json!({"left_chat_member": ada(), "chat": {"id": -5, "type": "group"}})),
                "not for us: other-chat",
            ),
            (
                service(json!({"new_chat_members": {}})),
                "error: message.new_chat_members: expected a list",
            ),
            (
                service(json!({"new_chat_members": [{"id": "x"}]})),
                "error: message.new_chat_members[].id: expected an integer from 0",
            ),
        ],
    );
}

#[test]
fn both_tellings_have_one_id() {
    let id = |kind: &str, what: Value| events(told(HOME, kind, &what)).remove(0).id;
    let (left, inside) = (member("left"), member("member"));
    assert_eq!(
        id(
            "chat_member",
            change(left.clone(), inside.clone(), json!({}))
        ),
        id("message", service(json!({"new_chat_members": [ada()]})))
    );
    assert_eq!(
        id("chat_member", change(inside, left, json!({}))),
        id("message", service(json!({"left_chat_member": ada()})))
    );
}

#[test]
fn roles_and_names_are_told_by_who_has_them() {
    let facts = |old: &str, new: &str| {
        let change = change(member(old), member(new), json!({}));
        let facts = events(told(HOME, "chat_member", &change)).remove(0).facts;
        (facts.name, facts.staff)
    };
    let name = Some("Ada L.".to_owned());
    assert_eq!(facts("left", "member"), (name.clone(), Some(false)));
    assert_eq!(facts("left", "administrator"), (name, Some(true)));
    assert_eq!(facts("member", "administrator"), (None, Some(true)));
    assert_eq!(facts("creator", "member"), (None, Some(false)));
    assert_eq!(facts("member", "left"), (None, None));
}

#[test]
fn a_bot_that_is_blocked_is_told_so() {
    let status = |status: &str| json!({"user": bot(), "status": status});
    let change = |old: &str, new: &str, chat: Value| {
        json!({"chat": chat, "from": ada(), "date": 1_767_600_004,
               "old_chat_member": status(old), "new_chat_member": status(new)})
    };
    let event = |verb: &str, seen: &str| {
        format!("telegram:42:{verb}:42:1767600004 | 2026-01-05T08:00:04Z +500 | 42 | {seen}")
    };
    check(
        "my_chat_member",
        &[
            (
                change("member", "kicked", private()),
                &event("block", "Blocked"),
            ),
            (
                change("kicked", "member", private()),
                "not for us: unblocked",
            ),
            (
                change("left", "member", private()),
                "not for us: no-transition",
            ),
            (
                change("left", "administrator", home()),
                "not for us: about-the-bot",
            ),
            (
                change("member", "kicked", home()),
                "not for us: about-the-bot",
            ),
        ],
    );
    let blocked = told(
        HOME,
        "my_chat_member",
        &change("member", "kicked", private()),
    );
    assert!(
        events(blocked)[0].facts.elsewhere,
        "it makes nobody a member"
    );
}

#[test]
fn to_ask_to_join_is_not_to_join() {
    let request = json!({"chat": home(), "from": ada(), "user_chat_id": 42, "date": 1_767_600_003});
    check(
        "chat_join_request",
        &[(request, "not for us: join-request")],
    );
}
