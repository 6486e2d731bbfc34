//! The signature of a Slack delivery: `v0=` + hex HMAC-SHA256 of `v0:{timestamp}:{raw body}`.

use jiff::Timestamp;

use crate::hex::{from_hex, to_hex};
use crate::signing::{check_fresh, hmac_sha256, is_tag};
use crate::{Rejection, Request, Secrets};

/// The header that carries the signature.
pub const SIGNATURE_HEADER: &str = "x-slack-signature";
/// The header that carries the timestamp, in unix seconds.
pub const TIMESTAMP_HEADER: &str = "x-slack-request-timestamp";
const SECRET: &str = "signing_secret";

pub(super) fn verify(
    request: &Request<'_>,
    secrets: &Secrets,
    now: Timestamp,
) -> Result<(), Rejection> {
    let timestamp = request.only_header(TIMESTAMP_HEADER)?;
    let signature = request.only_header(SIGNATURE_HEADER)?;
    check_fresh(TIMESTAMP_HEADER, timestamp, now)?;
    let signature = signature
        .strip_prefix("v0=")
        .and_then(from_hex)
        .ok_or(Rejection::Malformed(SIGNATURE_HEADER))?;
    let live = secrets.get(SECRET);
    if live.is_empty() {
        return Err(Rejection::NoSecret(SECRET));
    }
    let matches = |secret: &String| {
        let parts: [&[u8]; 4] = [b"v0:", timestamp.as_bytes(), b":", request.body];
        is_tag(&hmac_sha256(secret.as_bytes(), &parts), &signature)
    };
    if live.iter().any(matches) {
        Ok(())
    } else {
        Err(Rejection::Mismatch)
    }
}

/// The value of [`SIGNATURE_HEADER`] as Slack would send it. For tests and the local stack.
pub fn sign(secret: &str, timestamp: i64, body: &[u8]) -> String {
    let parts: [&[u8]; 4] = [b"v0:", &timestamp.to_string().into_bytes(), b":", body];
    let tag = hmac_sha256(secret.as_bytes(), &parts);
    format!("v0={}", to_hex(tag.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{headers, request, secrets};

    const SECRET_A: &str = "0123456789abcdef0123456789abcdef";
    const SECRET_B: &str = "fedcba9876543210fedcba9876543210";
    const NOW: i64 = 1_767_600_000;
    const BODY: &[u8] = br#"{"type":"event_callback"}"#;

    fn check(pairs: &[(&str, &str)], body: &[u8], live: &[&str]) -> Result<(), Rejection> {
        let headers = headers(pairs);
        let now = Timestamp::from_second(NOW).unwrap();
        verify(&request(&headers, body), &secrets(&[(SECRET, live)]), now)
    }

    #[test]
    fn signatures() {
        let at = |offset: i64| (NOW + offset).to_string();
        let good = sign(SECRET_A, NOW, BODY);
        let other = sign(SECRET_B, NOW, BODY);
        let mut tampered = BODY.to_vec();
        tampered[3] ^= 1;
        let (malformed, mismatch) = (Rejection::Malformed(SIGNATURE_HEADER), Rejection::Mismatch);
        let upper = format!("v0={}", good[3..].to_uppercase());
        let both = [SECRET_A, SECRET_B];
        for (name, signature, body, live, expected) in [
            ("good", good.as_str(), BODY, &both[..1], Ok(())),
            ("upper-case hex", &upper, BODY, &both[..1], Ok(())),
            ("second live secret", &other, BODY, &both, Ok(())),
            ("first of two", &good, BODY, &both, Ok(())),
            ("retired secret", &other, BODY, &both[..1], Err(mismatch)),
            (
                "one byte changed",
                &good,
                &tampered,
                &both[..1],
                Err(mismatch),
            ),
            (
                "byte appended",
                &good,
                b"{\"type\":\"event_callback\"} ",
                &both[..1],
                Err(mismatch),
            ),
            (
                "truncated",
                &good[..good.len() - 2],
                BODY,
                &both[..1],
                Err(mismatch),
            ),
            (
                "half a byte short",
                &good[..good.len() - 1],
                BODY,
                &both[..1],
                Err(malformed),
            ),
            ("empty", "", BODY, &both[..1], Err(malformed)),
            ("only the version", "v0=", BODY, &both[..1], Err(mismatch)),
            (
                "another version",
                &good.replace("v0", "v1"),
                BODY,
                &both[..1],
                Err(malformed),
            ),
            (
                "not hex",
                &good.replace("v0=", "v0=zz"),
                BODY,
                &both[..1],
                Err(malformed),
            ),
            (
                "merged by a proxy",
                &format!("{good},{good}"),
                BODY,
                &both[..1],
                Err(malformed),
            ),
            (
                "no secret",
                &good,
                BODY,
                &[],
                Err(Rejection::NoSecret(SECRET)),
            ),
            (
                "empty secret",
                &sign("", NOW, BODY),
                BODY,
                &[""],
                Err(Rejection::NoSecret(SECRET)),
            ),
        ] {
            let pairs = [
                (TIMESTAMP_HEADER, at(0)),
                (SIGNATURE_HEADER, signature.to_owned()),
            ];
            let pairs: Vec<_> = pairs.iter().map(|(k, v)| (*k, v.as_str())).collect();
            assert_eq!(check(&pairs, body, live), expected, "{name}");
        }
    }

    #[test]
    fn timestamps() {
        for (name, timestamp, expected) in [
            ("now", NOW.to_string(), Ok(())),
            ("oldest", (NOW - 300).to_string(), Ok(())),
            ("newest", (NOW + 300).to_string(), Ok(())),
            ("old", (NOW - 301).to_string(), Err(Rejection::Stale)),
            ("future", (NOW + 301).to_string(), Err(Rejection::Stale)),
            ("epoch", "0".to_owned(), Err(Rejection::Stale)),
            (
                "sign",
                format!("+{NOW}"),
                Err(Rejection::Malformed(TIMESTAMP_HEADER)),
            ),
            (
                "fraction",
                format!("{NOW}.0"),
                Err(Rejection::Malformed(TIMESTAMP_HEADER)),
            ),
            (
                "huge",
                "9".repeat(40),
                Err(Rejection::Malformed(TIMESTAMP_HEADER)),
            ),
            (
                "empty",
                String::new(),
                Err(Rejection::Malformed(TIMESTAMP_HEADER)),
            ),
        ] {
            let signature = sign(SECRET_A, timestamp.parse().unwrap_or(NOW), BODY);
            let pairs = [
                (TIMESTAMP_HEADER, timestamp.as_str()),
                (SIGNATURE_HEADER, &signature),
            ];
            assert_eq!(check(&pairs, BODY, &[SECRET_A]), expected, "{name}");
        }
    }

    #[test]
    fn headers_are_there_exactly_once() {
        let (timestamp, signature) = (NOW.to_string(), sign(SECRET_A, NOW, BODY));
        let ts = (TIMESTAMP_HEADER, timestamp.as_str());
        let sig = (SIGNATURE_HEADER, signature.as_str());
        for (pairs, expected) in [
            (
                vec![
                    ("X-Slack-Request-Timestamp", ts.1),
                    ("X-SLACK-SIGNATURE", sig.1),
                ],
                Ok(()),
            ),
            (vec![sig], Err(Rejection::Missing(TIMESTAMP_HEADER))),
            (vec![ts], Err(Rejection::Missing(SIGNATURE_HEADER))),
            (
                vec![ts, ts, sig],
                Err(Rejection::Malformed(TIMESTAMP_HEADER)),
            ),
            (
                vec![ts, sig, sig],
                Err(Rejection::Malformed(SIGNATURE_HEADER)),
            ),
            (
                vec![ts, ("x-slack-signature", "v0=\u{e9}")],
                Err(Rejection::Malformed(SIGNATURE_HEADER)),
            ),
        ] {
            assert_eq!(check(&pairs, BODY, &[SECRET_A]), expected, "{pairs:?}");
        }
    }
}
