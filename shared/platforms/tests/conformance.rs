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
use hearth_platforms::{Adapter, Parsed, Request, Secrets, adapter};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use jiff::Timestamp;
use serde_json::Value;

/// What must come of the payloads that tell something to a community with its platform's [`home`].
/// The rest tells nothing to us, or has empty ids.
const TELLING: &[(&str, &str)] = &[
    ("slack/bolt_block_actions_body.json", "pressed"),
    ("slack/bolt_block_actions_form_body.txt", "pressed"),
    ("slack/bolt_events_join_event_body.json", "joined"),
    ("slack/bolt_events_message_file_share_body.json", "message"),
    (
        "slack/bolt_events_shared_channels_event_body.json",
        "reaction",
    ),
    (
        "slack/bolt_events_shared_channels_join_event_body.json",
        "joined",
    ),
    ("line/callback-request-with-destination.json", "message"),
    ("line/callback-request.json", "message"),
    ("line/image.json", "message"),
    ("line/member_joined.json", "joined"),
    ("line/member_left.json", "left"),
    ("line/postback.json", "pressed"),
    ("line/text-emojis.json", "message"),
    ("line/text-user.json", "message"),
    ("line/unfollow.json", "blocked"),
    ("line/webhook-redelivery.json", "message"),
    ("telegram/telegrambots_Update.json", "message"),
    (
        "telegram/telegrambots_getUpdates_2.json",
        "message (service-message) (sender-chat) (other-chat) (edited)",
    ),
    (
        "telegram/teloxide_de_private_chat_text_message_1.json",
        "message",
    ),
    ("telegram/teloxide_issue_1107_1.json", "message"),
    ("telegram/teloxide_issue_523_1.json", "blocked"),
    ("telegram/teloxide_message_1.json", "message"),
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

/// Where the examples of a platform join and leave.
fn home(platform: Platform) -> &'static str {
    match platform {
        Platform::Line => "C1234567890",
        Platform::Telegram => "-1001293752024",
        Platform::Slack
        | Platform::Discord
        | Platform::Wecom
        | Platform::Feishu
        | Platform::Standard => "C111",
    }
}

fn community(platform: Platform) -> Community {
    Community {
        id: CommunityId::new("conformance").unwrap(),
        platform,
        name: "Conformance".into(),
        zone: Zone::utc(),
        locale: Locale::En,
        playbook: PlaybookId::new("default").unwrap(),
        workspace: None,
        home_channel: Some(ChannelId::new(home(platform)).unwrap()),
        check_in_channels: vec![],
        topic_channels: vec![],
        ops_channel: None,
        staff: vec![],
        shards: Community::DEFAULT_SHARDS,
        api: None,
        secrets: BTreeMap::new(),
        about: BTreeMap::new(),
        contents: vec![],
        topic: None,
        gift: None,
    }
}

/// The adapter whose folder or vectors have this name, if it is built.
fn named(name: &str) -> Option<&'static dyn Adapter> {
    adapter(Platform::from_name(if name == "standard-webhooks" {
        "standard"
    } else {
        name
    })?)
}

fn text<'a>(vector: &'a Value, key: &str) -> Option<&'a str> {
    vector[key].as_str()
}

/// `valid` or `invalid`, as our verifier finds it.
fn verdict(adapter: &dyn Adapter, vector: &Value) -> String {
    let mut headers = HeaderMap::new();
    for (name, value) in vector["headers"].as_object().unwrap() {
        let value = HeaderValue::from_str(value.as_str().unwrap()).unwrap();
        headers.append(HeaderName::try_from(name.as_str()).unwrap(), value);
    }
    let secret = text(vector, "secret").unwrap().to_owned();
    let name = adapter.platform().verifying_secrets().first().unwrap();
    let secrets = Secrets::new(BTreeMap::from([((*name).to_owned(), vec![secret])]));
    let now = text(vector, "now")
        .or_else(|| text(vector, "timestamp"))
        // Signed without a time.
        .unwrap_or("0")
        .parse()
        .unwrap();
    let body = text(vector, "body").unwrap().as_bytes();
    let request = Request {
        method: &Method::POST,
        headers: &headers,
        query: None,
        body,
    };
    match adapter.verify(&request, &secrets, Timestamp::from_second(now).unwrap()) {
        Ok(()) => "valid".to_owned(),
        Err(_) => "invalid".to_owned(),
    }
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
        Seen::CheckedIn => "checked-in",
        Seen::Survey { .. } => "survey",
        Seen::InvitationAccepted { .. } => "invitation-accepted",
        Seen::OrderPaid { .. } => "order-paid",
        Seen::FeedbackScored { .. } => "feedback-scored",
    }
}

/// The deliveries in a file: what Telegram answers to `getUpdates` has several.
fn deliveries(path: &Path) -> Vec<Vec<u8>> {
    let body = std::fs::read(path).unwrap();
    let json: Value = serde_json::from_slice(&body).unwrap_or_default();
    let updates = json.get("result").and_then(Value::as_array);
    match updates.filter(|updates| {
        updates
            .iter()
            .all(|update| update.get("update_id").is_some())
    }) {
        Some(updates) => updates
            .iter()
            .map(|update| update.to_string().into_bytes())
            .collect(),
        None => vec![body],
    }
}

/// What a payload tells; in brackets why it tells nothing.
fn told(adapter: &dyn Adapter, path: &Path) -> String {
    let told: BTreeSet<String> = deliveries(path)
        .iter()
        .map(|body| told_by(adapter, path, body))
        .collect();
    // What tells something stands before what does not.
    let told: Vec<String> = told.into_iter().rev().collect();
    told.join(" ")
}

fn told_by(adapter: &dyn Adapter, path: &Path, body: &[u8]) -> String {
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
    match adapter.parse(&request, &community(adapter.platform()), NOW) {
        Ok(Parsed::Events(events)) => events.iter().map(kind).collect::<Vec<_>>().join(" "),
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
        let Some(adapter) = named(text(vector, "platform").unwrap()) else {
            continue;
        };
        let (id, expected) = (text(vector, "id").unwrap(), text(vector, "expect").unwrap());
        let found = verdict(adapter, vector);
        println!(
            "{:<10} {id:<32} {expected:<8} {found}",
            adapter.platform().name()
        );
        judged += 1;
        if found != expected {
            wrong.push(id);
        }
    }
    println!(
        "{judged} of {} vectors are of platforms that are built",
        vectors.len()
    );
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
    for folder in ["slack", "line", "telegram", "standard-webhooks"] {
        let adapter = named(folder).unwrap();
        for entry in std::fs::read_dir(payloads.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("{folder}/{}", path.file_name().unwrap().to_string_lossy());
            found.insert(name, told(adapter, &path));
        }
    }
    let telling = TELLING.iter().copied().collect::<BTreeMap<_, _>>();
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
