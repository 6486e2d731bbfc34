//! Who comes, goes and changes.

use super::*;

#[test]
fn with_a_home_channel_it_decides_who_is_in() {
    let channel = |kind: &str, user: &str, channel: &str| {
        json!({"type": kind, "user": user, "channel": channel, "channel_type": "C", "team": "T123",
               "inviter": "U2", "event_ts": "1767600003.000400"})
    };
    let mut uninvited = channel("member_joined_channel", "U1", "C0HOME");
    uninvited["inviter"] = json!("");
    uninvited.as_object_mut().unwrap().remove("event_ts");
    check(
        HOME,
        &[
            (
                channel("member_joined_channel", "U1", "C0HOME"),
                "slack:T123:join:U1:C0HOME:1767600003.000400 | 2026-01-05T08:00:03.0004Z +400 | U1 | Joined { inviter: \
          Some(\"U2\"), source: None }",
            ),
            (
                uninvited,
                "slack:T123:join:U1:C0HOME:1767600000 | 2026-01-05T08:00:00Z +0 | U1 | Joined { inviter: None, source: \
          None }",
            ),
            (
                channel("member_left_channel", "U1", "C0HOME"),
                "slack:T123:leave:U1:C0HOME:1767600003.000400 | 2026-01-05T08:00:03.0004Z +400 | U1 | Left { cause: \
          Unknown }",
            ),
            (
                channel("member_joined_channel", "U1", "C1"),
                "not for us: other-channel",
            ),
            (
                channel("member_joined_channel", "UBOT", "C0HOME"),
                "not for us: bot",
            ),
            (
                channel("member_left_channel", "USLACKBOT", "C0HOME"),
                "not for us: bot",
            ),
            (
                json!({"type": "team_join", "user": {"id": "U1"}}),
                "not for us: home-channel-decides",
            ),
            (
                json!({"type": "member_joined_channel", "user": "U1"}),
                "error: event.channel: expected a string",
            ),
        ],
    );
    check(
        None,
        &[(
            channel("member_joined_channel", "U1", "C0HOME"),
            "not for us: no-home-channel",
        )],
    );
}

#[test]
fn without_one_the_workspace_does() {
    let joined =
        json!({"type": "team_join", "user": account(json!({})), "event_ts": "1767600004.000500"});
    let bot = json!({"type": "team_join", "user": account(json!({"is_bot": true}))});
    check(
        None,
        &[
            (
                joined,
                "slack:T123:join:U1:workspace:1767600004.000500 | 2026-01-05T08:00:04.0005Z +500 | U1 | Joined { \
          inviter: None, source: None }",
            ),
            (bot, "not for us: bot"),
            (
                json!({"type": "team_join", "user": "U1"}),
                "error: event.user.id: expected a string",
            ),
        ],
    );
}

#[test]
fn accounts_change_and_end() {
    let gone = "slack:T123:leave:U1:workspace:1767599999 | 2026-01-05T08:00:04.0005Z +500 | U1 | Left { cause: \
                Unknown }";
    let renamed = "slack:T123:rename:U1:1767599999 | 2026-01-05T08:00:04.0005Z +500 | U1 | Renamed";
    for home in [None, HOME] {
        check(
            home,
            &[
                (changed("user_change", json!({"deleted": true})), gone),
                (
                    changed("user_profile_changed", json!({"deleted": true})),
                    gone,
                ),
                (changed("user_change", json!({})), renamed),
                (changed("user_profile_changed", json!({})), renamed),
                (
                    changed("user_change", json!({"updated": null})),
                    &renamed.replace("1767599999", "1767600004.000500"),
                ),
                (
                    changed("user_change", json!({"is_bot": true})),
                    "not for us: bot",
                ),
                (
                    changed("user_change", json!({"is_workflow_bot": true})),
                    "not for us: bot",
                ),
                (
                    changed("user_change", json!({"id": "U1\u{0}"})),
                    "error: event.user.id: expected 1 to 64 letters, digits, _ and -",
                ),
            ],
        );
    }
}

#[test]
fn an_account_tells_who_somebody_is() {
    let facts = |more: Value| {
        format!(
            "{:?}",
            one(event(None, &changed("user_change", more))).facts
        )
    };
    let told = r#"Facts { name: Some("Ada"), zone: Some(Europe/London), locale: Some(ZhHant), staff: Some(false), elsewhere: false, reply: None, regards: None, thread: None }"#;
    assert_eq!(facts(json!({})), told);
    for (more, expected) in [
        (
            json!({"is_owner": true}),
            told.replace("Some(false)", "Some(true)"),
        ),
        (
            json!({"is_admin": null, "is_owner": null, "is_primary_owner": null}),
            told.replace("Some(false)", "None"),
        ),
        (
            json!({"tz": "Mars/Base", "locale": "ja-JP"}),
            told.replace("Some(Europe/London)", "None")
                .replace("Some(ZhHant)", "None"),
        ),
        (
            json!({"tz": 8}),
            told.replace("Some(Europe/London)", "None"),
        ),
        (
            json!({"profile": {"display_name": " "}}),
            told.replace("Ada", "Ada L."),
        ),
        (
            json!({"profile": null, "real_name": ""}),
            told.replace("Ada", "ada"),
        ),
    ] {
        assert_eq!(facts(more.clone()), expected, "{more}");
    }
}
