//! The signature of a Standard Webhook: base64 HMAC-SHA256 of `{id}.{timestamp}.{raw body}`.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;

use crate::signing::{check_fresh, hmac_sha256, is_tag};
use crate::{Rejection, Request, Secrets};

/// The header that carries the delivery's id.
pub const ID_HEADER: &str = "webhook-id";
/// The header that carries the timestamp, in unix seconds.
pub const TIMESTAMP_HEADER: &str = "webhook-timestamp";
/// The header that carries the signatures.
pub const SIGNATURE_HEADER: &str = "webhook-signature";
pub(super) const SECRET: &str = "signing_secret";

/// Secrets and signatures come with padding and without.
const ANY_PADDING: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A secret that is not `whsec_` and base64 of at least one byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a Standard Webhooks secret: expected whsec_ and base64")]
pub struct SecretError;

pub(super) fn verify(
    request: &Request<'_>,
    secrets: &Secrets,
    now: Timestamp,
) -> Result<(), Rejection> {
    let id = request.only_header(ID_HEADER)?;
    let timestamp = request.only_header(TIMESTAMP_HEADER)?;
    let signatures = request.only_header(SIGNATURE_HEADER)?;
    if id.is_empty() {
        return Err(Rejection::Malformed(ID_HEADER));
    }
    check_fresh(TIMESTAMP_HEADER, timestamp, now)?;
    // Other versions (`v1a` is asymmetric) are the sender's offer to others.
    let offered: Vec<Vec<u8>> = signatures
        .split(' ')
        .filter_map(|entry| ANY_PADDING.decode(entry.strip_prefix("v1,")?).ok())
        .collect();
    if offered.is_empty() {
        return Err(Rejection::Malformed(SIGNATURE_HEADER));
    }
    let keys: Vec<Vec<u8>> = secrets
        .get(SECRET)
        .iter()
        .filter_map(|secret| key(secret).ok())
        .collect();
    if keys.is_empty() {
        return Err(Rejection::NoSecret(SECRET));
    }
    let parts: [&[u8]; 5] = [
        id.as_bytes(),
        b".",
        timestamp.as_bytes(),
        b".",
        request.body,
    ];
    let matches = |key: &Vec<u8>| {
        let tag = hmac_sha256(key, &parts);
        offered.iter().any(|signature| is_tag(&tag, signature))
    };
    if keys.iter().any(matches) {
        Ok(())
    } else {
        Err(Rejection::Mismatch)
    }
}

/// One entry of [`SIGNATURE_HEADER`], `v1,<base64>`.
pub fn sign(secret: &str, id: &str, timestamp: i64, body: &[u8]) -> Result<String, SecretError> {
    let timestamp = timestamp.to_string();
    let tag = hmac_sha256(
        &key(secret)?,
        &[id.as_bytes(), b".", timestamp.as_bytes(), b".", body],
    );
    Ok(format!("v1,{}", BASE64_STANDARD.encode(tag.as_ref())))
}

fn key(secret: &str) -> Result<Vec<u8>, SecretError> {
    let encoded = secret.strip_prefix("whsec_").ok_or(SecretError)?;
    let key = ANY_PADDING.decode(encoded).map_err(|_| SecretError)?;
    if key.is_empty() {
        Err(SecretError)
    } else {
        Ok(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{headers, request, secrets};

    const SECRET_A: &str = "whsec_aGVhcnRoLXRlc3Qtc2VjcmV0LWE=";
    const SECRET_B: &str = "whsec_aGVhcnRoLXRlc3Qtc2VjcmV0LWI";
    const NOW: i64 = 1_767_600_000;
    const BODY: &[u8] = br#"{"type":"member.joined"}"#;

    fn check(pairs: &[(&str, &str)], body: &[u8], live: &[&str]) -> Result<(), Rejection> {
        let headers = headers(pairs);
        let now = Timestamp::from_second(NOW).unwrap();
        verify(&request(&headers, body), &secrets(&[(SECRET, live)]), now)
    }

    #[test]
    fn signatures() {
        let good = sign(SECRET_A, "evt_1", NOW, BODY).unwrap();
        let other = sign(SECRET_B, "evt_1", NOW, BODY).unwrap();
        let mut tampered = BODY.to_vec();
        tampered[5] ^= 1;
        let (malformed, mismatch) = (Rejection::Malformed(SIGNATURE_HEADER), Rejection::Mismatch);
        let (a, both) = (&[SECRET_A][..], &[SECRET_A, SECRET_B][..]);
        let no_secret = Err(Rejection::NoSecret(SECRET));
        for (name, signature, body, live, expected) in [
            ("good", good.as_str(), BODY, a, Ok(())),
            (
                "without padding",
                good.trim_end_matches('='),
                BODY,
                a,
                Ok(()),
            ),
            ("second live secret", &other, BODY, both, Ok(())),
            (
                "second signature",
                &format!("{other} {good}"),
                BODY,
                a,
                Ok(()),
            ),
            (
                "among other versions",
                &format!("v1a,xyz v2,{} {good}", &good[3..]),
                BODY,
                a,
                Ok(()),
            ),
            (
                "another version only",
                &good.replace("v1,", "v2,"),
                BODY,
                a,
                Err(malformed),
            ),
            ("retired secret", &other, BODY, a, Err(mismatch)),
            ("one byte changed", &good, &tampered, a, Err(mismatch)),
            ("truncated", &good[..good.len() - 8], BODY, a, Err(mismatch)),
            ("no base64", "v1,!!!!", BODY, a, Err(malformed)),
            ("nothing behind the version", "v1,", BODY, a, Err(mismatch)),
            ("empty", "", BODY, a, Err(malformed)),
            (
                "merged by a proxy",
                &format!("{good},{good}"),
                BODY,
                a,
                Err(malformed),
            ),
            ("no secret", &good, BODY, &[], no_secret),
            (
                "secret without prefix",
                &good,
                BODY,
                &[&SECRET_A[6..]],
                no_secret,
            ),
            (
                "secret without base64",
                &good,
                BODY,
                &["whsec_!"],
                no_secret,
            ),
            ("secret without bytes", &good, BODY, &["whsec_"], no_secret),
            (
                "one of two unusable",
                &good,
                BODY,
                &["whsec_!", SECRET_A],
                Ok(()),
            ),
        ] {
            let timestamp = NOW.to_string();
            let pairs = [
                (ID_HEADER, "evt_1"),
                (TIMESTAMP_HEADER, &timestamp),
                (SIGNATURE_HEADER, signature),
            ];
            assert_eq!(check(&pairs, body, live), expected, "{name}");
        }
    }

    #[test]
    fn headers_and_timestamps() {
        let good = sign(SECRET_A, "evt_1", NOW, BODY).unwrap();
        let now = NOW.to_string();
        let (id, ts, sig) = (
            (ID_HEADER, "evt_1"),
            (TIMESTAMP_HEADER, now.as_str()),
            (SIGNATURE_HEADER, good.as_str()),
        );
        for (pairs, expected) in [
            (
                vec![
                    ("Webhook-Id", id.1),
                    ("WEBHOOK-TIMESTAMP", ts.1),
                    ("webhook-signature", sig.1),
                ],
                Ok(()),
            ),
            (vec![ts, sig], Err(Rejection::Missing(ID_HEADER))),
            (vec![id, sig], Err(Rejection::Missing(TIMESTAMP_HEADER))),
            (vec![id, ts], Err(Rejection::Missing(SIGNATURE_HEADER))),
            (vec![id, id, ts, sig], Err(Rejection::Malformed(ID_HEADER))),
            (
                vec![id, ts, ts, sig],
                Err(Rejection::Malformed(TIMESTAMP_HEADER)),
            ),
            (
                vec![id, ts, sig, sig],
                Err(Rejection::Malformed(SIGNATURE_HEADER)),
            ),
            (
                vec![(ID_HEADER, "evt_2"), ts, sig],
                Err(Rejection::Mismatch),
            ),
            (
                vec![(ID_HEADER, ""), ts, sig],
                Err(Rejection::Malformed(ID_HEADER)),
            ),
        ] {
            assert_eq!(check(&pairs, BODY, &[SECRET_A]), expected, "{pairs:?}");
        }
        for (offset, expected) in [
            (-300, Ok(())),
            (300, Ok(())),
            (-301, Err(Rejection::Stale)),
            (301, Err(Rejection::Stale)),
        ] {
            let (at, signed) = (
                (NOW + offset).to_string(),
                sign(SECRET_A, "evt_1", NOW + offset, BODY).unwrap(),
            );
            let pairs = [id, (TIMESTAMP_HEADER, &at), (SIGNATURE_HEADER, &signed)];
            assert_eq!(check(&pairs, BODY, &[SECRET_A]), expected, "{offset} s");
        }
    }
}
