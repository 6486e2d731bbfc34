//! The published vectors and example payloads, which are not part of this repository.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "the whole file is a test"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use hearth_domain::community::Community;
use hearth_domain::days::Zone;
use hearth_domain::event::{Incoming, Seen};
use hearth_domain::ids::{ChannelId, CommunityId, PlaybookId};
use hearth_domain::locale::Locale;
use hearth_domain::platform::Platform;
use hearth_platforms::{Parsed, Request, Secrets, receiver};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use jiff::Timestamp;
use serde_json::Value;

mod discord;
mod feishu;
mod github;
mod line;
mod slack;
mod standard;
mod telegram;
mod wecom;

/// A folder of example payloads, with the published vectors of its platform.
struct Examples {
    /// The folder's name, which is the vectors' `platform` too.
    name: &'static str,
    platform: Platform,
    /// The home channel in the payloads.
    home: &'static str,
    /// What must come of the payloads that tell something; all others tell nothing to us.
    telling: &'static [(&'static str, &'static str)],
    /// Whether our verifier believes a vector; `Err` with the reason if its scheme is none of ours.
    judge: fn(&Value) -> Result<bool, &'static str>,
}

const EXAMPLES: &[Examples] = &[
    slack::EXAMPLES,
    telegram::EXAMPLES,
    line::EXAMPLES,
    discord::EXAMPLES,
    feishu::EXAMPLES,
    standard::EXAMPLES,
    wecom::EXAMPLES,
    github::EXAMPLES,
];

/// When the payloads are read.
const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn shared() -> PathBuf {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test's own input, not configuration"
    )]
    let folder =
        std::env::var("HEARTH_SHARED").expect("HEARTH_SHARED names the folder with vectors/");
    let folder = PathBuf::from(folder);
    assert!(
        folder.join("vectors/vectors.json").is_file(),
        "HEARTH_SHARED has no vectors/vectors.json"
    );
    folder
}

fn community(platform: Platform, home: &str) -> Community {
    Community {
        id: CommunityId::new("conformance").unwrap(),
        platform,
        name: "Conformance".into(),
        zone: Zone::utc(),
        locale: Locale::En,
        playbook: PlaybookId::new("default").unwrap(),
        currency: None,
        workspace: None,
        home_channel: Some(ChannelId::new(home).unwrap()),
        check_in_channels: vec![],
        topic_channels: vec![],
        interest_channels: BTreeMap::new(),
        ops_channel: None,
        staff: vec![],
        shards: Community::DEFAULT_SHARDS,
        api: None,
        second_channel: None,
        secrets: BTreeMap::new(),
        about: BTreeMap::new(),
        contents: vec![],
        topic: None,
        gift: None,
        come_back_gift: None,
        offer: None,
        gatherings: vec![],
        invite_link: None,
    }
}

fn text<'a>(vector: &'a Value, key: &str) -> Option<&'a str> {
    vector[key].as_str()
}

/// Believes a vector's body with its headers and its one secret, at its own time.
fn by_headers(platform: Platform, vector: &Value) -> bool {
    let mut headers = HeaderMap::new();
    for (name, value) in vector["headers"].as_object().unwrap() {
        let value = HeaderValue::from_str(value.as_str().unwrap()).unwrap();
        headers.append(HeaderName::try_from(name.as_str()).unwrap(), value);
    }
    let secret = ["secret", "public_key_hex"]
        .iter()
        .find_map(|key| text(vector, key))
        .unwrap();
    let name = platform.verifying_secrets().first().unwrap();
    let secrets = Secrets::new(BTreeMap::from([(
        (*name).to_owned(),
        vec![secret.to_owned()],
    )]));
    let request = Request {
        method: &Method::POST,
        headers: &headers,
        query: None,
        body: text(vector, "body").unwrap().as_bytes(),
    };
    let verifier = receiver(platform);
    verifier.verify(&request, &secrets, now(vector)).is_ok()
}

/// When a vector was signed; the epoch for those that were signed without a time.
fn now(vector: &Value) -> Timestamp {
    let second = text(vector, "now")
        .or_else(|| text(vector, "timestamp"))
        .unwrap_or("0");
    Timestamp::from_second(second.parse().unwrap()).unwrap()
}

fn kind(event: &Incoming) -> &'static str {
    match event.seen {
        Seen::Joined { .. } => "joined",
        Seen::Left { .. } => "left",
        Seen::Renamed => "renamed",
        Seen::Message { .. } => "message",
        Seen::Reaction { .. } => "reaction",
        Seen::Pressed { .. } => "pressed",
        Seen::Blocked => "blocked",
        Seen::CheckedIn { .. } => "checked-in",
        Seen::Shared => "shared",
        Seen::Survey { .. } => "survey",
        Seen::Attended { .. } => "attended",
        Seen::Consent { .. } => "consent",
        Seen::InvitationAccepted { .. } => "invitation-accepted",
        Seen::OrderPaid { .. } => "order-paid",
        Seen::FeedbackScored { .. } => "feedback-scored",
    }
}

/// The deliveries in a file: what Telegram answers to `getUpdates` has several, and so has a list.
fn deliveries(path: &Path) -> Vec<Vec<u8>> {
    let body = std::fs::read(path).unwrap();
    let json: Value = serde_json::from_slice(&body).unwrap_or_default();
    let updates = json.get("result").and_then(Value::as_array);
    let updates = updates.filter(|updates| {
        updates
            .iter()
            .all(|update| update.get("update_id").is_some())
    });
    match updates.or(json.as_array()) {
        Some(updates) => updates
            .iter()
            .map(|update| update.to_string().into_bytes())
            .collect(),
        None => vec![body],
    }
}

/// What a payload tells; in brackets why it tells nothing.
fn told(examples: &Examples, path: &Path) -> String {
    let told: BTreeSet<String> = deliveries(path)
        .iter()
        .map(|body| told_by(examples, path, body))
        .collect();
    // What tells something stands before what does not.
    let told: Vec<String> = told.into_iter().rev().collect();
    told.join(" ")
}

fn told_by(examples: &Examples, path: &Path, body: &[u8]) -> String {
    let mut headers = HeaderMap::new();
    let form = path.extension().is_some_and(|extension| extension == "txt");
    let mime = if form {
        "application/x-www-form-urlencoded"
    } else {
        "application/json"
    };
    headers.insert("content-type", HeaderValue::from_static(mime));
    headers.insert("webhook-id", HeaderValue::from_static("evt_1"));
    let request = Request {
        method: &Method::POST,
        headers: &headers,
        query: None,
        body,
    };
    let community = community(examples.platform, examples.home);
    let reader = receiver(examples.platform);
    match reader.parse(&request, &community, NOW) {
        Ok(Parsed::Events(events) | Parsed::Answered(events, _)) => {
            events.iter().map(kind).collect::<Vec<_>>().join(" ")
        }
        Ok(Parsed::Reply(_)) => "(a reply)".to_owned(),
        Ok(Parsed::NotForUs(reason)) => format!("({reason})"),
        Err(error) => format!("({error})"),
    }
}

#[test]
#[ignore = "needs the shared vectors: run by make conformance"]
fn every_published_signature_is_judged_as_published() {
    let vectors = std::fs::read(shared().join("vectors/vectors.json")).unwrap();
    let vectors: Vec<Value> = serde_json::from_slice(&vectors).unwrap();
    let (mut judged, mut wrong) = (0, Vec::new());
    for vector in &vectors {
        let platform = text(vector, "platform").unwrap();
        let Some(examples) = EXAMPLES.iter().find(|examples| examples.name == platform) else {
            continue;
        };
        let (id, expected) = (text(vector, "id").unwrap(), text(vector, "expect").unwrap());
        let found = match (examples.judge)(vector) {
            Ok(true) => "valid",
            Ok(false) => "invalid",
            Err(reason) => {
                println!("{platform:<18} {id:<40} {expected:<8} ({reason})");
                continue;
            }
        };
        println!("{platform:<18} {id:<40} {expected:<8} {found}");
        judged += 1;
        if found != expected {
            wrong.push(id);
        }
    }
    println!("{judged} of {} vectors judged", vectors.len());
    assert!(judged > 0, "no vector of a platform that is built");
    assert!(
        wrong.is_empty(),
        "judged otherwise than published: {wrong:?}"
    );
}

#[test]
#[ignore = "needs the shared vectors: run by make conformance"]
fn every_example_payload_is_read_or_refused() {
    let payloads = shared().join("vectors/payloads");
    let mut found = BTreeMap::new();
    for examples in EXAMPLES {
        let folder = payloads.join(examples.name);
        // A scheme without payloads of its own.
        let Ok(entries) = std::fs::read_dir(folder) else {
            assert!(
                examples.telling.is_empty(),
                "{}: no payloads",
                examples.name
            );
            continue;
        };
        for entry in entries {
            let path = entry.unwrap().path();
            let file = path.file_name().unwrap().to_string_lossy();
            let name = format!("{}/{file}", examples.name);
            found.insert(name, told(examples, &path));
        }
    }
    let telling: BTreeMap<&str, &str> = EXAMPLES
        .iter()
        .flat_map(|examples| examples.telling.iter().copied())
        .collect();
    for (name, told) in &found {
        println!("{name:<64} {told}");
    }
    for name in telling.keys() {
        assert!(found.contains_key(*name), "{name} is missing");
    }
    for (name, told) in &found {
        match telling.get(name.as_str()) {
            Some(expected) => assert_eq!(told, expected, "{name}"),
            None => assert!(told.starts_with('('), "{name} tells {told}"),
        }
    }
}
