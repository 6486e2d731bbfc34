//! Who comes, goes and is renamed.

use super::*;

#[test]
fn members_come_and_go_several_at_once() {
    let at = "2026-01-05T08:00:03.004Z";
    let joined = |user: &str, inviter: &str| {
        format!(
            "feishu:oc_home:join:{user}:1767600003004 | {at} | {user} N {user} here | Joined {{ inviter: {inviter}, source: None }}"
        )
    };
    let left = |user: &str, cause: &str| {
        format!(
            "feishu:oc_home:leave:{user}:1767600003004 | {at} | {user} - here | Left {{ cause: {cause} }}"
        )
    };
    for (given, expected) in [
        (
            moved("added", "oc_home", id("ou_2"), &["ou_1", "ou_2"]),
            vec![joined("ou_1", "Some(\"ou_2\")"), joined("ou_2", "None")],
        ),
        (
            moved("deleted", "oc_home", id("ou_2"), &["ou_1", "ou_2"]),
            vec![left("ou_1", "Removed"), left("ou_2", "Voluntary")],
        ),
        (
            moved("deleted", "oc_home", Value::Null, &["ou_1"]),
            vec![left("ou_1", "Unknown")],
        ),
        (
            moved("withdrawn", "oc_home", id("ou_1"), &["ou_1"]),
            vec![left("ou_1", "Removed")],
        ),
        (
            moved("added", "oc_home", Value::Null, &["", "ou_1"]),
            vec![joined("ou_1", "None")],
        ),
    ] {
        let found = deliver(HOME, given.to_string().as_bytes());
        assert_eq!(lines(&found), expected, "{given}");
    }
    check(
        HOME,
        &[
            (
                moved("added", "oc_9", id("ou_2"), &["ou_1"]),
                &["not for us: other-channel"],
            ),
            (
                moved("deleted", "oc_checkin", id("ou_2"), &["ou_1"]),
                &["not for us: other-channel"],
            ),
            (
                moved("added", "oc_home", id("ou_2"), &[]),
                &["not for us: no-user"],
            ),
            (
                dressed("im.chat.member.bot.added_v1", json!({})),
                &["not for us: about-the-bot"],
            ),
        ],
    );
    check(
        None,
        &[(
            moved("added", "oc_home", id("ou_2"), &["ou_1"]),
            &["not for us: no-home-channel"],
        )],
    );
}

#[test]
fn accounts_are_renamed_and_go() {
    let object = json!({"open_id": "ou_1", "union_id": "on_1", "name": " 張三\n", "nickname": "x"});
    let account = |kind: &str, old: Value| {
        let event = json!({"object": object, "old_object": old});
        dressed(&format!("contact.user.{kind}_v3"), event)
    };
    let renamed = account("updated", json!({"name": "李四"}));
    let moved = account("updated", json!({"department_ids": ["od_1"]}));
    check(
        HOME,
        &[
            (
                renamed.clone(),
                &[
                    "feishu:tenant:rename:ou_1:1767600003004 | 2026-01-05T08:00:03.004Z | ou_1 張三 elsewhere | Renamed",
                ],
            ),
            (moved, &["not for us: no-new-name"]),
            (
                account("deleted", Value::Null),
                &[
                    "feishu:tenant:leave:ou_1:1767600003004 | 2026-01-05T08:00:03.004Z | ou_1 - elsewhere | Left { cause: Unknown }",
                ],
            ),
            (
                account("created", Value::Null),
                &["not for us: home-channel-decides"],
            ),
        ],
    );
    check(
        None,
        &[
            (
                account("created", Value::Null),
                &[
                    "feishu:tenant:join:ou_1:1767600003004 | 2026-01-05T08:00:03.004Z | ou_1 張三 here | Joined { inviter: None, source: None }",
                ],
            ),
            (
                with(renamed, "/header/create_time", json!("1767600003004005")),
                &[
                    "feishu:tenant:rename:ou_1:1767600003004 | 2026-01-05T08:00:03.004005Z | ou_1 張三 here | Renamed",
                ],
            ),
        ],
    );
}
