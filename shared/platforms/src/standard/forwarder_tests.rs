//! What the Discord forwarder (`infra/forwarder/discord`) posts: signed as we verify, and read as
//! it is meant. `golden.json` is written by its own code, so neither side can leave the other.

use hearth_domain::platform::Platform;
use serde_json::Value;

use super::*;
use crate::testing::{community, headers, request, secrets};

const GOLDEN: &str = include_str!("../../../../infra/forwarder/discord/golden.json");
const SECRET: &str = "whsec_Zm9yd2FyZGVyLW9mLXRoZS10ZXN0cw==";
const NOW: &str = "2026-01-05T08:30:15Z";

fn line(row: &Value) -> String {
    let pairs: Vec<(&str, &str)> = row["headers"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str().unwrap()))
        .collect();
    let headers = headers(&pairs);
    let request = request(&headers, row["body"].as_str().unwrap().as_bytes());
    let live = secrets(&[("signing_secret", &[SECRET])]);
    assert!(is_signed(&request));
    assert_eq!(verify_signed(&request, &live, NOW.parse().unwrap()), Ok(()));
    match parse_signed(&request, &community(Platform::Discord, None)) {
        Ok(Parsed::Events(events)) => {
            let event = &events[0];
            let (at, member, facts) = (event.at, &event.member, &event.facts);
            let told = (facts.name.as_deref(), facts.staff);
            format!("{} {at} {member} {told:?} {:?}", event.id, event.seen)
        }
        other => format!("{other:?}"),
    }
}

#[test]
fn what_the_discord_forwarder_posts_is_believed_and_read() {
    let rows: Vec<Value> = serde_json::from_str(GOLDEN).unwrap();
    let lines: Vec<String> = rows.iter().map(line).collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    std:join:100000000000000001:200000000000000001:1767600000123 2026-01-05T08:00:00.123Z 200000000000000001 (Some("小美"), Some(false)) Joined { inviter: None, source: None }
    std:join:100000000000000001:200000000000000003:1767600000123 2026-01-05T08:00:00.123Z 200000000000000003 (Some("小美"), Some(true)) Joined { inviter: None, source: None }
    std:leave:100000000000000001:200000000000000001:1767600000123 2026-01-05T08:30:15.25Z 200000000000000001 (None, None) Left { cause: Removed }
    std:leave:100000000000000001:200000000000000002:1767600000000 2026-01-05T08:30:15.25Z 200000000000000002 (None, None) Left { cause: Unknown }
    std:rename:100000000000000001:200000000000000001:a6d5966bbb43:1767600000000 2026-01-05T08:30:15.25Z 200000000000000001 (Some("設計-小美"), Some(false)) Renamed
    std:message:300000000000000001 2026-01-05T08:01:00.456Z 200000000000000001 (None, None) Message { channel: "400000000000000001", direct: false, text: Some("打卡 今天跑了五公里"), length: Some(10), topic: None, reply_to: None, thread: None }
    std:message:300000000000000001 2026-01-05T08:01:00.456Z 200000000000000001 (None, None) Message { channel: "400000000000000001", direct: false, text: None, length: Some(160), topic: None, reply_to: None, thread: None }
    std:message:300000000000000001 2026-01-05T08:01:00.456Z 200000000000000001 (None, None) Message { channel: "400000000000000001", direct: false, text: None, length: None, topic: None, reply_to: None, thread: None }
    std:message:300000000000000001 2026-01-05T08:01:00.456Z 200000000000000001 (None, None) Message { channel: "400000000000000001", direct: false, text: None, length: Some(10), topic: None, reply_to: Some("200000000000000003"), thread: Some(Thread { id: "8b181aa8bb22a99d", started: Some(2018-01-08T18:57:11.64Z), author: None }) }
    std:message:300000000000000001 2026-01-05T08:01:00.456Z 200000000000000001 (None, None) Message { channel: "400000000000000001", direct: false, text: None, length: Some(10), topic: None, reply_to: Some("200000000000000003"), thread: Some(Thread { id: "13b4f1f84ed30309", started: Some(2017-03-11T05:56:27.939Z), author: Some("200000000000000003") }) }
    std:message:300000000000000001 2026-01-05T08:01:00.456Z 200000000000000001 (None, None) Message { channel: "400000000000000001", direct: true, text: Some("stop"), length: Some(4), topic: None, reply_to: None, thread: None }
    std:reaction:300000000000000001:200000000000000001:%F0%9F%91%8D:+ 2026-01-05T08:00:00.123Z 200000000000000001 (None, None) Reaction { channel: Some("400000000000000001"), added: true, author: Some("200000000000000003") }
    std:reaction:300000000000000001:200000000000000001:700000000000000001:+ 2026-01-05T08:00:00.123Z 200000000000000001 (None, None) Reaction { channel: Some("400000000000000001"), added: true, author: None }
    std:reaction:300000000000000001:200000000000000001:%F0%9F%91%8D:- 2026-01-05T08:00:00.123Z 200000000000000001 (None, None) Reaction { channel: Some("400000000000000001"), added: false, author: None }
    Ok(NotForUs("unknown-type"))
    "#);
}
