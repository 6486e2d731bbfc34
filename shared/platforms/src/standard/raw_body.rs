//! The signature of GitHub and Discourse: `sha256=` + hex HMAC-SHA256 of the raw body alone.
//!
//! No time is signed and no header but the signature's own, so whoever got hold of one delivery
//! can deliver it again, with other headers, for ever: ids come from the body only.
//!
//! Source: docs.github.com, "Validating webhook deliveries"; discourse/discourse,
//! `app/jobs/regular/emit_web_hook_event.rb`.

use std::fmt::Write as _;

use aws_lc_rs::constant_time;

use super::verify::SECRET;
use crate::signing::hmac_sha256;
use crate::{Rejection, Request, Secrets};

/// The header with which GitHub signs, and many who do as GitHub does.
pub const HUB_HEADER: &str = "x-hub-signature-256";
/// The header with which Discourse signs.
pub const DISCOURSE_HEADER: &str = "x-discourse-event-signature";

/// Hex digits of a SHA-256.
const DIGITS: usize = 64;

/// Checks the signature in `header` against every live value of the secret. The key is the value
/// as it stands, `whsec_` included: the text that somebody pasted into the sender's settings.
pub(super) fn verify(
    request: &Request<'_>,
    secrets: &Secrets,
    header: &'static str,
) -> Result<(), Rejection> {
    let offered = request
        .only_header(header)?
        .strip_prefix("sha256=")
        .filter(|hex| hex.len() == DIGITS && hex.bytes().all(|b| b.is_ascii_hexdigit()))
        .ok_or(Rejection::Malformed(header))?
        .to_ascii_lowercase();
    let live = secrets.get(SECRET);
    if live.is_empty() {
        return Err(Rejection::NoSecret(SECRET));
    }
    let matches = |secret: &String| {
        let expected = digest(secret, request.body);
        constant_time::verify_slices_are_equal(expected.as_bytes(), offered.as_bytes()).is_ok()
    };
    if live.iter().any(matches) {
        Ok(())
    } else {
        Err(Rejection::Mismatch)
    }
}

/// The value of [`HUB_HEADER`] or [`DISCOURSE_HEADER`]. For tests and the local stack.
pub fn sign_body(secret: &str, body: &[u8]) -> String {
    format!("sha256={}", digest(secret, body))
}

fn digest(secret: &str, body: &[u8]) -> String {
    hex(hmac_sha256(secret.as_bytes(), &[body]).as_ref())
}

/// Lower-case hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{headers, request, secrets};

    const A: &str = "a plain secret of the tests";
    const B: &str = "whsec_aGVhcnRoLXRlc3Qtc2VjcmV0LWI";
    const BODY: &[u8] = "{\"text\":\"打卡\"}".as_bytes();

    #[test]
    fn signatures() {
        let (good, other) = (sign_body(A, BODY), sign_body(B, BODY));
        let mut tampered = BODY.to_vec();
        tampered[5] ^= 1;
        for header in [HUB_HEADER, DISCOURSE_HEADER] {
            let (malformed, mismatch) = (Rejection::Malformed(header), Rejection::Mismatch);
            let none = Rejection::NoSecret(SECRET);
            for (name, sent, body, live, expected) in [
                ("good", &[&*good][..], BODY, &[A][..], Ok(())),
                ("second live value", &[&*other], BODY, &[A, B], Ok(())),
                ("whsec_ as it stands", &[&*other], BODY, &[B], Ok(())),
                (
                    "upper-case digits",
                    &[&*good.to_uppercase().replace("SHA256", "sha256")],
                    BODY,
                    &[A],
                    Ok(()),
                ),
                ("retired value", &[&*other], BODY, &[A], Err(mismatch)),
                (
                    "one byte changed",
                    &[&*good],
                    &tampered,
                    &[A],
                    Err(mismatch),
                ),
                ("empty body", &[&*good], b"", &[A], Err(mismatch)),
                (
                    "truncated",
                    &[&good[..good.len() - 2]],
                    BODY,
                    &[A],
                    Err(malformed),
                ),
                ("without name", &[&good[7..]], BODY, &[A], Err(malformed)),
                (
                    "another hash",
                    &["sha1=2fd4e1c67a2d28fced849ee1bb76e7391b93eb12"],
                    BODY,
                    &[A],
                    Err(malformed),
                ),
                (
                    "no digits",
                    &[&*format!("sha256={}", "g".repeat(DIGITS))],
                    BODY,
                    &[A],
                    Err(malformed),
                ),
                ("empty", &[""], BODY, &[A], Err(malformed)),
                (
                    "merged by a proxy",
                    &[&*format!("{good},{good}")],
                    BODY,
                    &[A],
                    Err(malformed),
                ),
                ("twice", &[&*good, &*good], BODY, &[A], Err(malformed)),
                ("missing", &[], BODY, &[A], Err(Rejection::Missing(header))),
                ("no secret", &[&*good], BODY, &[], Err(none)),
                (
                    "signed with an empty secret",
                    &[&*sign_body("", BODY)],
                    BODY,
                    &[""],
                    Err(none),
                ),
            ] {
                let pairs: Vec<_> = sent.iter().map(|value| (header, *value)).collect();
                let headers = headers(&pairs);
                let found = verify(
                    &request(&headers, body),
                    &secrets(&[(SECRET, live)]),
                    header,
                );
                assert_eq!(found, expected, "{header}: {name}");
            }
        }
    }
}
