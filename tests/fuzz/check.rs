//! What must hold of a platform's verifier and parser, whatever comes in. Run by the fuzzer on what
//! it makes up, and by `make test` on what it has found.
//!
//! An input is one line, which goes into every header (and parameter) that the platform signs
//! with, and behind it the body.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "to panic is to find something"
)]

use std::collections::BTreeMap;

use hearth_domain::community::Community;
use hearth_domain::days::Zone;
use hearth_domain::event::{Incoming, Seen};
use hearth_domain::ids::{ChannelId, CommunityId, PlaybookId};
use hearth_domain::locale::Locale;
use hearth_domain::platform::Platform;
use hearth_platforms::{ParseError, Parsed, Receiver, Rejection, Request, Secrets, receiver};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use jiff::Timestamp;

/// The instant of every delivery, in unix seconds.
const NOW: i64 = 1_767_600_000;

/// A delivery that is signed as it should be.
struct Signed {
    headers: Vec<(&'static str, String)>,
    query: Option<String>,
    body: Vec<u8>,
    /// What it is in the clear, where that is not the body.
    clear: Option<Vec<u8>>,
}

impl Signed {
    fn plain(headers: Vec<(&'static str, String)>, body: &[u8]) -> Self {
        Self {
            headers,
            query: None,
            body: body.to_vec(),
            clear: None,
        }
    }
}

/// How one platform is checked.
struct Checked<'a> {
    platform: Platform,
    /// Headers that carry a signature or belong to it.
    headers: &'static [&'static str],
    secrets: &'a [(&'static str, &'a str)],
    sign: fn(&[u8]) -> Signed,
    /// Signed as it should be, with this in place of what was sealed; `None` = nothing is.
    garbage: Option<fn(&[u8]) -> Signed>,
}

/// Slack.
pub(crate) fn slack(data: &[u8]) {
    const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
    check(
        data,
        &Checked {
            platform: Platform::Slack,
            headers: &["x-slack-signature", "x-slack-request-timestamp"],
            secrets: &[("signing_secret", SECRET)],
            sign: |body| {
                Signed::plain(
                    vec![
                        (
                            "x-slack-signature",
                            hearth_platforms::slack::sign(SECRET, NOW, body),
                        ),
                        ("x-slack-request-timestamp", NOW.to_string()),
                    ],
                    body,
                )
            },
            garbage: None,
        },
    );
}

/// Standard Webhooks.
pub(crate) fn standard(data: &[u8]) {
    const SECRET: &str = "whsec_aGVhcnRoLXRlc3Qtc2VjcmV0LWE=";
    check(
        data,
        &Checked {
            platform: Platform::Standard,
            headers: &["webhook-signature", "webhook-timestamp", "webhook-id"],
            secrets: &[("signing_secret", SECRET)],
            sign: |body| {
                Signed::plain(
                    vec![
                        (
                            "webhook-signature",
                            hearth_platforms::standard::sign(SECRET, "evt_1", NOW, body).unwrap(),
                        ),
                        ("webhook-timestamp", NOW.to_string()),
                        ("webhook-id", "evt_1".to_owned()),
                    ],
                    body,
                )
            },
            garbage: None,
        },
    );
}

/// Telegram.
pub(crate) fn telegram(data: &[u8]) {
    const SECRET: &str = "a-secret-token-that-nobody-guesses";
    check(
        data,
        &Checked {
            platform: Platform::Telegram,
            headers: &[hearth_platforms::telegram::SECRET_HEADER],
            secrets: &[("secret_token", SECRET)],
            sign: |body| {
                Signed::plain(
                    vec![(hearth_platforms::telegram::SECRET_HEADER, SECRET.to_owned())],
                    body,
                )
            },
            garbage: None,
        },
    );
}

/// LINE.
pub(crate) fn line(data: &[u8]) {
    const SECRET: &str = "0123456789abcdef0123456789abcdef";
    check(
        data,
        &Checked {
            platform: Platform::Line,
            headers: &[hearth_platforms::line::SIGNATURE_HEADER],
            secrets: &[("channel_secret", SECRET)],
            sign: |body| {
                Signed::plain(
                    vec![(
                        hearth_platforms::line::SIGNATURE_HEADER,
                        hearth_platforms::line::sign(SECRET, body),
                    )],
                    body,
                )
            },
            garbage: None,
        },
    );
}

/// Discord.
pub(crate) fn discord(data: &[u8]) {
    use hearth_platforms::discord::{SIGNATURE_HEADER, Signer, TIMESTAMP_HEADER};
    const SEED: [u8; 32] = *b"a seed that only the tests know.";
    let public_key = Signer::of_seed(&SEED).unwrap().public_key();
    check(
        data,
        &Checked {
            platform: Platform::Discord,
            headers: &[SIGNATURE_HEADER, TIMESTAMP_HEADER],
            secrets: &[("public_key", &public_key)],
            sign: |body| {
                Signed::plain(
                    vec![
                        (
                            SIGNATURE_HEADER,
                            Signer::of_seed(&SEED).unwrap().sign(NOW, body),
                        ),
                        (TIMESTAMP_HEADER, NOW.to_string()),
                    ],
                    body,
                )
            },
            garbage: None,
        },
    );
}

/// Feishu and Lark.
pub(crate) fn feishu(data: &[u8]) {
    use hearth_platforms::feishu::{NONCE_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, seal, sign};
    const KEY: &str = "an encrypt key";
    const TOKEN: &str = "a-verification-token";
    fn signed(body: &[u8], clear: Option<Vec<u8>>) -> Signed {
        let (second, nonce) = (NOW.to_string(), "1".to_owned());
        Signed {
            headers: vec![
                (SIGNATURE_HEADER, sign(&second, &nonce, KEY, body)),
                (TIMESTAMP_HEADER, second),
                (NONCE_HEADER, nonce),
            ],
            query: None,
            body: body.to_vec(),
            clear,
        }
    }
    check(
        data,
        &Checked {
            platform: Platform::Feishu,
            headers: &[SIGNATURE_HEADER, TIMESTAMP_HEADER, NONCE_HEADER],
            secrets: &[("encrypt_key", KEY), ("verification_token", TOKEN)],
            sign: |body| {
                // The token stands in what is sealed.
                let text = String::from_utf8_lossy(body);
                let clear = serde_json::json!({"token": TOKEN, "text": text})
                    .to_string()
                    .into_bytes();
                let sealed = seal(KEY, [7; 16], &clear).unwrap();
                let body = serde_json::json!({"encrypt": sealed}).to_string();
                signed(body.as_bytes(), Some(clear))
            },
            garbage: Some(|body| signed(body, None)),
        },
    );
}

/// `WeCom`.
pub(crate) fn wecom(data: &[u8]) {
    use hearth_platforms::wecom::{seal, sign};
    const TOKEN: &str = "token";
    const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
    const CORP: &str = "ww0123456789abcdef";
    fn signed(sealed: &str, clear: Option<Vec<u8>>) -> Signed {
        let (second, nonce) = (NOW.to_string(), "1");
        let signature = sign(TOKEN, &second, nonce, sealed);
        Signed {
            headers: Vec::new(),
            query: Some(format!(
                "msg_signature={signature}&timestamp={second}&nonce={nonce}"
            )),
            body: format!("<xml><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>").into_bytes(),
            clear,
        }
    }
    check(
        data,
        &Checked {
            platform: Platform::Wecom,
            headers: &["x-nothing-is-signed-in-headers"],
            secrets: &[
                ("token", TOKEN),
                ("encoding_aes_key", KEY),
                ("corp_id", CORP),
            ],
            sign: |body| {
                signed(
                    &seal(KEY, [7; 16], body, CORP).unwrap(),
                    Some(body.to_vec()),
                )
            },
            // What would end the CDATA is another delivery.
            garbage: Some(|body| signed(&String::from_utf8_lossy(body).replace("]]>", ""), None)),
        },
    );
}

fn check(data: &[u8], checked: &Checked<'_>) {
    let (line, body) = match data.iter().position(|byte| *byte == b'\n') {
        Some(at) => (&data[..at], &data[at + 1..]),
        None => (&data[..0], data),
    };
    let platform = receiver(checked.platform);
    let secrets = Secrets::new(
        checked
            .secrets
            .iter()
            .map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()]))
            .collect::<BTreeMap<_, _>>(),
    );
    forged(platform, checked, &secrets, line, body);
    genuine(platform, checked, &secrets, body);
    if let Some(garbage) = checked.garbage {
        // Any verdict will do, as long as there is one.
        let _ = verdict(platform, &garbage(body), &secrets);
    }
    for home in [None, Some("C1")] {
        for mime in ["application/json", "application/x-www-form-urlencoded"] {
            read(
                platform,
                &community(checked.platform, home),
                mime,
                line,
                body,
            );
        }
    }
}

/// What somebody without the secret makes up is never believed.
fn forged(
    platform: &dyn Receiver,
    checked: &Checked<'_>,
    secrets: &Secrets,
    line: &[u8],
    body: &[u8],
) {
    let mut headers = HeaderMap::new();
    for name in checked.headers {
        let Ok(value) = HeaderValue::from_bytes(line) else {
            return;
        };
        headers.append(HeaderName::from_static(name), value);
    }
    let query = String::from_utf8_lossy(line);
    for method in [Method::POST, Method::GET] {
        let request = Request {
            method: &method,
            headers: &headers,
            query: Some(&query),
            body,
        };
        // A timestamp alone may be right by chance; all headers together are not.
        assert!(
            platform.verify(&request, secrets, now()).is_err(),
            "a forged delivery is believed"
        );
    }
}

/// What was signed is believed, and is what was signed.
fn genuine(platform: &dyn Receiver, checked: &Checked<'_>, secrets: &Secrets, body: &[u8]) {
    let signed = (checked.sign)(body);
    match verdict(platform, &signed, secrets) {
        Ok(clear) => assert_eq!(
            clear,
            signed.clear.as_deref().unwrap_or(body),
            "opened is what was sealed"
        ),
        Err(rejection) => panic!("a genuine delivery is refused: {rejection}"),
    }
}

fn verdict(
    platform: &dyn Receiver,
    signed: &Signed,
    secrets: &Secrets,
) -> Result<Vec<u8>, Rejection> {
    let mut headers = HeaderMap::new();
    for (name, value) in &signed.headers {
        headers.append(
            HeaderName::from_static(name),
            HeaderValue::from_str(value).unwrap(),
        );
    }
    let request = Request {
        method: &Method::POST,
        headers: &headers,
        query: signed.query.as_deref(),
        body: &signed.body,
    };
    platform
        .verify(&request, secrets, now())
        .map(std::borrow::Cow::into_owned)
}

/// Any body is read without a panic, the same each time, and what it tells is in order.
fn read(
    platform: &dyn Receiver,
    community: &Community,
    mime: &'static str,
    line: &[u8],
    body: &[u8],
) {
    let mut headers = HeaderMap::new();
    headers.append("content-type", HeaderValue::from_static(mime));
    if let Ok(id) = HeaderValue::from_bytes(line) {
        headers.append("webhook-id", id);
    }
    let request = Request {
        method: &Method::POST,
        headers: &headers,
        query: None,
        body,
    };
    let parsed = platform.parse(&request, community, now());
    assert!(
        parsed == platform.parse(&request, community, now()),
        "read twice, told otherwise"
    );
    match parsed {
        Ok(Parsed::Events(events) | Parsed::Answered(events, _)) => in_order(&events),
        Ok(Parsed::Reply(reply)) => assert!((200..300).contains(&reply.status)),
        Ok(Parsed::NotForUs(reason)) => assert!(
            !reason.is_empty()
                && reason
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
            "{reason} is no name of a counter"
        ),
        Err(ParseError::Json { .. } | ParseError::Form(_) | ParseError::Field { .. }) => {}
    }
}

fn in_order(events: &[Incoming]) {
    let mut acts = BTreeMap::new();
    for event in events {
        // Somebody may be named twice in one delivery: that is the same act, told twice.
        let first = acts.entry(event.id.as_str()).or_insert(event);
        assert_eq!(
            (&first.member, &first.seen),
            (&event.member, &event.seen),
            "one id for two acts"
        );
    }
    for event in events {
        if let Some(name) = &event.facts.name {
            assert!(
                !name.is_empty() && !name.chars().any(char::is_control),
                "an untidy name"
            );
        }
        if let Seen::Message {
            text: Some(_),
            length,
            ..
        } = &event.seen
        {
            assert!(length.is_some(), "a text without a length");
        }
        if let Seen::Pressed {
            message: Some(message),
            ..
        } = &event.seen
        {
            assert_eq!(
                message.community().as_str(),
                "acme",
                "another community's message"
            );
        }
    }
}

fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

fn community(platform: Platform, home: Option<&str>) -> Community {
    Community {
        id: CommunityId::new("acme").unwrap(),
        platform,
        name: "Acme".into(),
        zone: Zone::utc(),
        locale: Locale::En,
        playbook: PlaybookId::new("default").unwrap(),
        currency: None,
        workspace: None,
        home_channel: home.map(|id| ChannelId::new(id).unwrap()),
        check_in_channels: Vec::new(),
        topic_channels: Vec::new(),
        interest_channels: BTreeMap::new(),
        ops_channel: None,
        staff: Vec::new(),
        shards: Community::DEFAULT_SHARDS,
        api: None,
        second_channel: None,
        secrets: BTreeMap::new(),
        about: BTreeMap::new(),
        contents: Vec::new(),
        topic: None,
        gift: None,
        come_back_gift: None,
        offer: None,
        gatherings: Vec::new(),
        invite_link: None,
    }
}
