//! WeCom events, written as the documentation shows them.

use hearth_domain::event::{Incoming, ReplyHandle};
use hearth_domain::platform::Platform;
use http::{HeaderMap, Method};
use jiff::Timestamp;
use serde_json::json;

use super::*;
use crate::testing::{community, headers, mutated, request, secrets};

const HOME: Option<&str> = Some("wrHome");
const AT: &str = "1767600000";

/// An event with fields of its own, at [`AT`].
fn event(event: &str, change: &str, more: &[(&str, &str)]) -> String {
    let mut body = format!(
        "<xml><ToUserName><![CDATA[wwcorp]]></ToUserName><FromUserName><![CDATA[sys]]></FromUserName>\
         <CreateTime>{AT}</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[{event}]]></Event>\
         <ChangeType><![CDATA[{change}]]></ChangeType><OfTomorrow><A>1</A></OfTomorrow>"
    );
    for (name, value) in more {
        body = body + "<" + name + ">" + value + "</" + name + ">";
    }
    body + "</xml>"
}

fn contact(change: &str, more: &[(&str, &str)]) -> String {
    let who = [
        ("UserID", "<![CDATA[zhang.san@1]]>"),
        ("ExternalUserID", "<![CDATA[wmU1]]>"),
    ];
    event("change_external_contact", change, &[&who, more].concat())
}

fn chat(detail: &str, more: &[(&str, &str)]) -> String {
    let what = [("ChatId", "wrHome"), ("UpdateDetail", detail)];
    event("change_external_chat", "update", &[&what, more].concat())
}

fn read(home: Option<&str>, body: &[u8]) -> Result<Parsed, ParseError> {
    let headers = headers(&[]);
    let now = Timestamp::UNIX_EPOCH;
    Wecom.parse(&request(&headers, body), &community_of(home), now)
}

fn community_of(home: Option<&str>) -> Community {
    let mut community = community(Platform::Wecom, home);
    community.workspace = Some("wwcorp".into());
    community
}

/// What was told, an event a line; or what else it is.
fn lines(parsed: &Result<Parsed, ParseError>) -> Vec<String> {
    match parsed {
        Ok(Parsed::Events(events) | Parsed::Answered(events, _)) => {
            events.iter().map(line).collect()
        }
        Ok(Parsed::Reply(_)) => vec!["a reply".to_owned()],
        Ok(Parsed::NotForUs(reason)) => vec![format!("not for us: {reason}")],
        Err(error) => vec![format!("error: {error}")],
    }
}

fn line(event: &Incoming) -> String {
    let staff = if event.facts.staff == Some(true) {
        " (staff)"
    } else {
        ""
    };
    let Incoming {
        id, member, seen, ..
    } = event;
    format!("{id} | {member}{staff} | {seen:?}")
}

fn check(home: Option<&str>, table: &[(String, &[&str])]) {
    for (given, expected) in table {
        assert_eq!(lines(&read(home, given.as_bytes())), *expected, "{given}");
    }
}

#[test]
fn without_a_group_the_contacts_are_the_community() {
    let joined = "Joined { inviter: None, source: None }";
    let line = |verb: &str, seen: &str| {
        format!("wecom:{verb}:zhang.san@1:wmU1:1767600000 | wmU1 | {seen}")
    };
    check(
        None,
        &[
            (
                contact("add_external_contact", &[]),
                &[&line("add", joined)],
            ),
            (
                contact(
                    "add_external_contact",
                    &[("State", "<![CDATA[ QR at the fair ]]>")],
                ),
                &[&line(
                    "add",
                    "Joined { inviter: None, source: Some(\"QR at the fair\") }",
                )],
            ),
            (
                contact("add_half_external_contact", &[]),
                &[&line("add-half", joined)],
            ),
            (
                contact("del_external_contact", &[]),
                &[&line("remove", "Left { cause: Removed }")],
            ),
            (
                contact("del_external_contact", &[("Source", "DELETE_BY_TRANSFER")]),
                &["not for us: handed-over"],
            ),
            (
                contact("del_follow_user", &[]),
                &[&line("leave", "Left { cause: Voluntary }")],
            ),
            (
                contact("edit_external_contact", &[]),
                &["not for us: no-transition"],
            ),
            (contact("transfer_fail", &[]), &["not for us: unknown-type"]),
            (
                chat("add_member", &[("MemChangeList", "wmU1")]),
                &["not for us: no-home-channel"],
            ),
        ],
    );
}

#[test]
fn a_welcome_code_is_good_for_a_while() {
    let body = contact(
        "add_external_contact",
        &[("WelcomeCode", "<![CDATA[CODE-1]]>")],
    );
    let Ok(Parsed::Events(events)) = read(None, body.as_bytes()) else {
        panic!("expected events")
    };
    assert_eq!(events[0].at, "2026-01-05T08:00:00Z".parse().unwrap());
    assert_eq!(
        events[0].facts.reply,
        Some(ReplyHandle {
            handle: "CODE-1".into(),
            until: "2026-01-05T08:00:15Z".parse().unwrap(),
            channel: None,
        })
    );
}

#[test]
fn with_a_home_group_it_decides_who_is_in() {
    let join = |id: &str| {
        format!(
            "wecom:join:{id}:wrHome:1767600000 | {id} | Joined {{ inviter: None, source: None }}"
        )
    };
    let staff =
        "wecom:join:lisi:wrHome:1767600000 | lisi (staff) | Joined { inviter: None, source: None }";
    let leave = |id: &str, cause: &str| {
        format!("wecom:leave:{id}:wrHome:1767600000 | {id} | Left {{ cause: {cause} }}")
    };
    let items = "<Item><![CDATA[wmU1]]></Item>\n <Item>woU2</Item><Item></Item>";
    let one = [("MemChangeList", "wmU1")];
    let two = [
        ("MemChangeList", "<![CDATA[wmU1,woU2]]>"),
        ("MemChangeCnt", "2"),
    ];
    let of_three = [("MemChangeList", "wmU1"), ("MemChangeCnt", "3")];
    let with = |members: &[(&'static str, &'static str)], scene| {
        let scene = [("QuitScene", scene)];
        chat("del_member", &[members, &scene].concat())
    };
    check(
        HOME,
        &[
            (chat("add_member", &two), &[&join("wmU1"), &join("woU2")]),
            (
                chat(
                    "add_member",
                    &[("MemChangeList", items), ("JoinScene", "3")],
                ),
                &[&join("wmU1"), &join("woU2")],
            ),
            (
                chat("add_member", &[("MemChangeList", "wmU1, lisi,,")]),
                &[&join("wmU1"), staff],
            ),
            (chat("add_member", &[]), &["not for us: members-not-told"]),
            (
                chat(
                    "add_member",
                    &[("MemChangeList", "<![CDATA[]]>"), ("MemChangeCnt", "2")],
                ),
                &["not for us: members-not-told"],
            ),
            (with(&one, "0"), &[&leave("wmU1", "Voluntary")]),
            (with(&one, "1"), &[&leave("wmU1", "Removed")]),
            (with(&one, "7"), &[&leave("wmU1", "Unknown")]),
            (chat("del_member", &one), &[&leave("wmU1", "Unknown")]),
            (
                with(&two, "0"),
                &[&leave("wmU1", "Unknown"), &leave("woU2", "Unknown")],
            ),
            (with(&of_three, "1"), &[&leave("wmU1", "Unknown")]),
            (with(&[], "0"), &["not for us: members-not-told"]),
            (chat("change_name", &[]), &["not for us: about-the-chat"]),
            (chat("change_notice", &[]), &["not for us: about-the-chat"]),
            (chat("change_owner", &[]), &["not for us: about-the-chat"]),
            (
                event("change_external_chat", "create", &[("ChatId", "wrHome")]),
                &["not for us: about-the-chat"],
            ),
            (
                event("change_external_chat", "dismiss", &[("ChatId", "wrHome")]),
                &["not for us: about-the-chat"],
            ),
            (
                event("change_external_chat", "merge", &[("ChatId", "wrHome")]),
                &["not for us: unknown-type"],
            ),
            (
                event("change_external_chat", "update", &[("ChatId", "wrOther")]),
                &["not for us: other-channel"],
            ),
            (
                contact("add_external_contact", &[]),
                &["not for us: home-channel-decides"],
            ),
            (
                contact("add_half_external_contact", &[]),
                &["not for us: home-channel-decides"],
            ),
            (
                contact("del_external_contact", &[]),
                &["not for us: home-channel-decides"],
            ),
            (
                contact("del_follow_user", &[]),
                &["wecom:block:zhang.san@1:wmU1:1767600000 | wmU1 | Blocked"],
            ),
        ],
    );
}

#[test]
fn the_same_act_has_the_same_id_in_either_form() {
    let csv = chat("add_member", &[("MemChangeList", "<![CDATA[wmU1,wmU2]]>")]);
    let items = chat(
        "add_member",
        &[
            ("MemChangeList", "<Item>wmU1</Item><Item>wmU2</Item>"),
            ("LastMemVer", "a"),
            ("CurMemVer", "b"),
        ],
    );
    assert_eq!(read(HOME, csv.as_bytes()), read(HOME, items.as_bytes()));
}

#[test]
fn what_is_none_of_our_business() {
    let text = "<xml><FromUserName>lisi</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType>\
                <Content>secret</Content><MsgId>1</MsgId></xml>";
    let third_party =
        "<xml><SuiteId>ww1</SuiteId><InfoType>change_external_contact</InfoType></xml>";
    let elsewhere = "<xml><ToUserName>wwother</ToUserName><MsgType>event</MsgType></xml>";
    for (body, expected) in [
        (text, "not for us: message-to-the-app"),
        (third_party, "not for us: unknown-type"),
        (elsewhere, "not for us: other-workspace"),
        ("<xml></xml>", "not for us: unknown-type"),
        (
            "<xml><MsgType>event</MsgType></xml>",
            "not for us: unknown-type",
        ),
        (&event("subscribe", "", &[]), "not for us: unknown-type"),
    ] {
        assert_eq!(lines(&read(HOME, body.as_bytes())), [expected], "{body}");
    }
}

#[test]
fn what_is_not_as_wecom_writes_it_is_refused_by_place() {
    let good = contact("add_external_contact", &[]);
    let ids = "1 to 64 letters, digits and _-@.";
    for (from, to, expected) in [
        ("wmU1", "wm U1", format!("ExternalUserID: expected {ids}")),
        ("wmU1", "wm:U1", format!("ExternalUserID: expected {ids}")),
        ("wmU1", "字", format!("ExternalUserID: expected {ids}")),
        (
            "wmU1",
            &"x".repeat(65),
            format!("ExternalUserID: expected {ids}"),
        ),
        (
            "wmU1",
            "@community",
            "ExternalUserID: expected 1 to 64 bytes without spaces, #, / and a leading @"
                .to_owned(),
        ),
        ("wmU1", "", "ExternalUserID: expected a text".to_owned()),
        (
            "zhang.san@1",
            "zhang san",
            format!("UserID: expected {ids}"),
        ),
        ("<UserID>", "<Userid/><UserID>", String::new()),
        (
            AT,
            "soon",
            "CreateTime: expected seconds since 1970".to_owned(),
        ),
        (
            AT,
            "9811170016713",
            "CreateTime: expected seconds since 1970".to_owned(),
        ),
        (
            AT,
            "99999999999999999999",
            "CreateTime: expected seconds since 1970".to_owned(),
        ),
        (AT, "", "CreateTime: expected a text".to_owned()),
        (
            "add_external_contact",
            "",
            "ChangeType: expected a text".to_owned(),
        ),
        (
            "</xml>",
            "",
            "(body): expected XML with one root element".to_owned(),
        ),
    ] {
        let body = good.replacen(from, to, 1);
        let found = lines(&read(None, body.as_bytes()));
        if expected.is_empty() {
            assert!(found[0].starts_with("wecom:add:"), "{found:?}");
        } else {
            assert_eq!(found, [format!("error: {expected}")], "{from} → {to}");
        }
    }
    let body = chat("add_member", &[("MemChangeList", "wmU1,wm/U2")]);
    let expected = format!("error: MemChangeList: expected {ids}");
    assert_eq!(lines(&read(HOME, body.as_bytes())), [expected]);
}

#[test]
fn the_echo_is_answered_as_it_is() {
    let headers = HeaderMap::new();
    let answer = |body: &[u8]| {
        let request = Request {
            method: &Method::GET,
            ..request(&headers, body)
        };
        Wecom.parse(&request, &community_of(HOME), Timestamp::UNIX_EPOCH)
    };
    let Ok(Parsed::Reply(reply)) = answer(b"1616140317555161061") else {
        panic!("expected a reply")
    };
    assert_eq!((reply.status, &*reply.body), (200, "1616140317555161061"));
    assert_eq!(
        lines(&answer(b"\xff")),
        ["error: echostr: expected text in UTF-8"]
    );
    assert_eq!(Wecom.taken().body, "success");
}

#[test]
fn what_members_do_on_our_pages_comes_as_a_standard_webhook() {
    let secret = "whsec_aGVhcnRoLXRlc3Qtc2VjcmV0LWE=";
    let now = Timestamp::from_second(1_767_600_000).unwrap();
    let body = json!({"type": "member.checked_in", "timestamp": "2026-01-05T08:00:00Z",
                      "data": {"member": "wmU1"}})
    .to_string();
    let second = now.as_second();
    let signature = standard::sign(secret, "form-1", second, body.as_bytes()).unwrap();
    let signed = headers(&[
        (standard::ID_HEADER, "form-1"),
        (standard::TIMESTAMP_HEADER, &second.to_string()),
        (standard::SIGNATURE_HEADER, &signature),
    ]);
    let request = request(&signed, body.as_bytes());
    let live = secrets(&[("signing_secret", &[secret])]);
    let clear = Wecom.verify(&request, &live, now);
    assert_eq!(clear.as_deref(), Ok(body.as_bytes()));
    assert_eq!(
        lines(&Wecom.parse(&request, &community_of(HOME), now)),
        ["std:form-1 | wmU1 | CheckedIn { channel: None }"]
    );
    // A community that takes none has no secret for it.
    let live = secrets(&[("token", &["t"])]);
    assert_eq!(
        Wecom.verify(&request, &live, now),
        Err(Rejection::NoSecret("signing_secret"))
    );
}

#[test]
fn no_byte_ends_the_process() {
    for body in [
        contact("add_external_contact", &[("WelcomeCode", "a&amp;b")]),
        chat("del_member", &[("MemChangeList", "<Item>wmU1</Item>")]),
    ] {
        mutated(&body, |bytes| {
            let _ = read(HOME, bytes);
            let _ = read(None, bytes);
        });
    }
}
