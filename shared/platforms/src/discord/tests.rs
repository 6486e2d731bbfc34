//! Interactions as Discord posts them, what the forwarder posts, and what they mean to a community.
#![expect(
    clippy::needless_pass_by_value,
    reason = "a table of json! reads better without references"
)]

use hearth_domain::event::Incoming;
use hearth_domain::locale::Locale;
use hearth_domain::platform::Platform;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Discord;
use super::verify::{SIGNATURE_HEADER, Signer, TIMESTAMP_HEADER};
use crate::testing::{community, headers, mutated, request, secrets};
use crate::{ParseError, Parsed, Receiver as _, Rejection, standard};

const NOW: i64 = 1_767_600_100;

/// Parses a body for a community of the server `T123`.
fn deliver(body: &[u8]) -> Result<Parsed, ParseError> {
    let now = Timestamp::from_second(NOW).unwrap();
    let community = community(Platform::Discord, None);
    Discord.parse(&request(&headers(&[]), body), &community, now)
}

fn told(body: &Value) -> Result<Parsed, ParseError> {
    deliver(body.to_string().as_bytes())
}

/// What comes of a delivery, in one line: events, then the answer.
fn line(parsed: &Result<Parsed, ParseError>) -> String {
    let event = |event: &Incoming| {
        let Incoming {
            id,
            at,
            seq,
            member,
            seen,
            ..
        } = event;
        format!("{id} | {at} +{seq} | {member} | {seen:?}")
    };
    match parsed {
        Ok(Parsed::Events(events)) => events.iter().map(event).collect::<Vec<_>>().join("\n"),
        Ok(Parsed::Answered(events, reply)) => {
            let events: Vec<String> = events.iter().map(event).collect();
            format!("{} -> {} {}", events.join("\n"), reply.status, reply.body)
        }
        Ok(Parsed::Reply(reply)) => format!("-> {} {}", reply.status, reply.body),
        Ok(Parsed::NotForUs(reason)) => format!("not for us: {reason}"),
        Err(error) => format!("error: {error}"),
    }
}

fn check(table: &[(Value, &str)]) {
    for (given, expected) in table {
        assert_eq!(line(&told(given)), *expected, "{given}");
    }
}

/// `base` with fields of it replaced.
fn with(base: &Value, more: Value) -> Value {
    let mut value = base.clone();
    let more = more.as_object().unwrap().clone();
    value.as_object_mut().unwrap().extend(more);
    value
}

fn interaction(kind: u64, more: Value) -> Value {
    let base = json!({"type": kind, "id": "1457644791914299515", "application_id": "99", "token": "tok",
                      "version": 1, "locale": "zh-TW", "channel_id": "55"});
    with(&base, more)
}

fn ada() -> Value {
    json!({"id": "42", "username": "ada_l", "global_name": "Ada L.", "discriminator": "0"})
}

/// A button pressed one to one.
fn pressed(more: Value) -> Value {
    let data = json!({"component_type": 2, "custom_id": "interest:ai\nonboarding/1/day-1"});
    with(&interaction(3, json!({"user": ada(), "data": data})), more)
}

/// A button pressed in the server.
fn pressed_in(server: &str, more: Value) -> Value {
    let member = json!({"nick": "Ada", "roles": [], "user": ada()});
    let mut press = with(
        &pressed(json!({"guild_id": server, "member": member})),
        more,
    );
    press.as_object_mut().unwrap().remove("user");
    press
}

#[test]
fn discord_is_answered_as_it_wants() {
    let event = |kind: &str| {
        json!({"version": 1, "application_id": "99", "type": 1,
                                    "event": {"type": kind, "timestamp": "2026-01-05T08:00:00"}})
    };
    let done = r#"-> 200 {"type":6}"#;
    check(&[
        (interaction(1, json!({})), r#"-> 200 {"type":1}"#),
        (json!({"type": 1}), r#"-> 200 {"type":1}"#),
        (
            json!({"version": 1, "application_id": "99", "type": 0}),
            "-> 204 ",
        ),
        (event("APPLICATION_AUTHORIZED"), "-> 204 "),
        (event("OF_TOMORROW"), "-> 204 "),
        (
            interaction(4, json!({"data": {"name": "x"}})),
            r#"-> 200 {"data":{"choices":[]},"type":8}"#,
        ),
        (interaction(6, json!({})), "not for us: unknown-type"),
        (pressed_in("T999", json!({})), done),
        (pressed(json!({"user": {"id": "42", "bot": true}})), done),
        (
            pressed(json!({"data": {"component_type": 3, "custom_id": "x", "values": ["a"]}})),
            done,
        ),
        (
            pressed(json!({"data": {"component_type": 2, "custom_id": "\nonboarding/1/day-1"}})),
            done,
        ),
    ]);
}

#[test]
fn commands_and_forms_are_answered_in_the_members_language() {
    for (kind, locale, words) in [
        (2, json!("en-GB"), "I take no commands"),
        (5, json!("zh-CN"), "我不用指令。请"),
        (2, json!("zh-TW"), "我不用指令。請"),
        // The community's.
        (2, json!("fr"), "我不用指令。請"),
        (2, Value::Null, "我不用指令。請"),
    ] {
        let given = interaction(kind, json!({"locale": locale, "data": {"name": "ping"}}));
        let Ok(Parsed::Reply(reply)) = told(&given) else {
            panic!("no reply to {given}")
        };
        let body: Value = serde_json::from_str(&reply.body).unwrap();
        assert_eq!(
            (&body["type"], &body["data"]["flags"]),
            (&json!(4), &json!(64))
        );
        let said = body["data"]["content"].as_str().unwrap();
        assert!(said.starts_with(words), "{said}");
    }
}

#[test]
fn buttons() {
    // The time is that of the interaction's id.
    let whole = "discord:press:1457644791914299515 | 2026-01-05T08:00:00.123Z +0 | 42 | Pressed { \
                 message: Some(MessageId { community: \"acme\", owner: Member(\"42\"), path: \
                 \"onboarding/1/day-1\" }), value: \"interest:ai\" } -> 200 {\"type\":6}";
    let alone = whole.split("message:").next().unwrap().to_owned()
        + "message: None, value: \"interest:ai\" } -> 200 {\"type\":6}";
    let of_another = whole.replace("Member(\"42\")", "Member(\"43\")");
    let carrying = |custom_id: &str| json!({"data": {"component_type": 2, "custom_id": custom_id}});
    check(&[
        (pressed(json!({})), whole),
        (pressed(carrying("interest:ai")), &alone),
        (pressed(carrying("interest:ai\nno path")), &alone),
        // In the server, who presses says nothing of whose message it is.
        (pressed_in("T123", json!({})), &alone),
        (
            pressed_in("T123", carrying("interest:ai\n@43/onboarding/1/day-1")),
            &of_another,
        ),
        (
            pressed(json!({"id": "x"})),
            "error: id: expected a snowflake",
        ),
        (
            pressed(json!({"id": "+1457644791914299515"})),
            "error: id: expected a snowflake",
        ),
        (
            pressed(json!({"id": "99999999999999999999"})),
            "error: id: expected a snowflake",
        ),
        (pressed(json!({"id": 5})), "error: id: expected a string"),
        (
            pressed(json!({"user": {"id": "ada"}})),
            "error: user.id: expected a snowflake",
        ),
        (
            pressed(json!({"user": null})),
            "error: user.id: expected a string",
        ),
        (
            pressed(json!({"member": {}})),
            "error: member.user.id: expected a string",
        ),
        (
            pressed(json!({"data": {"component_type": 2}})),
            "error: data.custom_id: expected a string",
        ),
        (
            pressed(json!({"guild_id": 5})),
            "error: guild_id: expected a string",
        ),
    ]);
}

#[test]
fn a_press_tells_the_name_in_the_server_and_the_language() {
    let facts = |body: Value| match told(&body) {
        Ok(Parsed::Answered(mut events, _)) => events.remove(0).facts,
        other => panic!("expected a press, got {other:?}"),
    };
    let member = |member: Value| json!({"member": member});
    for (body, name) in [
        (pressed_in("T123", json!({})), Some("Ada")),
        (
            pressed_in("T123", member(json!({"nick": null, "user": ada()}))),
            Some("Ada L."),
        ),
        (
            pressed_in(
                "T123",
                member(json!({"nick": " ", "user": {"id": "42", "username": "ada_l"}})),
            ),
            Some("ada_l"),
        ),
        (pressed(json!({})), None),
    ] {
        let facts = facts(body);
        assert_eq!(facts.name.as_deref(), name);
        assert_eq!(facts.locale.map(Locale::tag), Some("zh-Hant"));
    }
}

#[test]
fn odd_bodies_never_panic() {
    let kind = "error: type: expected an integer from 0";
    for (body, expected) in [
        ("{}", kind),
        ("[]", kind),
        ("null", kind),
        (r#"{"type":"1"}"#, kind),
        (r#"{"type":-1}"#, kind),
        (r#"{"type":99999999999999999999}"#, kind),
        (r#"{"type":3}"#, r#"-> 200 {"type":6}"#),
        ("", "error: not readable JSON at line 1, column 0"),
    ] {
        assert_eq!(line(&deliver(body.as_bytes())), expected, "{body}");
    }
    for body in [
        pressed(json!({})),
        pressed_in("T123", json!({})),
        interaction(2, json!({})),
    ] {
        mutated(&body.to_string(), |body| {
            let _ = deliver(body);
        });
    }
}

#[test]
fn the_forwarder_posts_to_the_same_path_with_a_secret_of_its_own() {
    const SECRET: &str = "whsec_aGVhcnRoLXRlc3Qtc2VjcmV0LWE=";
    let discord = Signer::of_seed(&[1; 32]).unwrap();
    let key = discord.public_key();
    let live = secrets(&[("public_key", &[&key]), ("signing_secret", &[SECRET])]);
    let now = Timestamp::from_second(NOW).unwrap();
    let joined = json!({"type": "member.joined", "timestamp": "2026-01-05T08:01:00Z", "data": {"member": "42"}});
    let joined = joined.to_string().into_bytes();
    let at = NOW.to_string();
    let id = "join:T123:42:1767600060";
    let forwarded = standard::sign(SECRET, id, NOW, &joined).unwrap();
    let by_forwarder = [
        (standard::ID_HEADER, id),
        (standard::TIMESTAMP_HEADER, &at),
        (standard::SIGNATURE_HEADER, &forwarded),
    ];
    let sent = headers(&by_forwarder);
    let delivery = request(&sent, &joined);
    assert_eq!(Discord.verify(&delivery, &live, now).map(drop), Ok(()));
    let parsed = Discord.parse(&delivery, &community(Platform::Discord, None), now);
    assert_eq!(
        line(&parsed),
        "std:join:T123:42:1767600060 | 2026-01-05T08:01:00Z +0 | 42 | Joined { inviter: None, source: None }"
    );

    // One secret does not do for the other, whatever headers come along.
    let by_discord = discord.sign(NOW, &joined);
    let by_discord = [
        (TIMESTAMP_HEADER, at.as_str()),
        (SIGNATURE_HEADER, &*by_discord),
    ];
    let stolen = standard::sign("whsec_c3RvbGVu", id, NOW, &joined).unwrap();
    let not_forwarders = (standard::SIGNATURE_HEADER, stolen.as_str());
    for (name, pairs, expected) in [
        ("Discord", by_discord.to_vec(), Ok(())),
        (
            "Discord with an empty signature of the forwarder",
            [&by_discord[..], &[(standard::SIGNATURE_HEADER, "")]].concat(),
            Err(Rejection::Missing(standard::ID_HEADER)),
        ),
        (
            "Discord with another's signature",
            [&by_discord[..], &by_forwarder[..2], &[not_forwarders]].concat(),
            Err(Rejection::Mismatch),
        ),
        (
            "the forwarder without its signature",
            by_forwarder[..2].to_vec(),
            Err(Rejection::Missing(TIMESTAMP_HEADER)),
        ),
    ] {
        let headers = headers(&pairs);
        let found = Discord.verify(&request(&headers, &joined), &live, now);
        assert_eq!(found.map(drop), expected, "{name}");
    }
}
