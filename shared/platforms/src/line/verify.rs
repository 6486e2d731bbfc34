//! The signature of a LINE delivery: base64 of HMAC-SHA256 over the raw body.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::signing::{hmac_sha256, is_tag};
use crate::{Rejection, Request, Secrets};

/// The header that carries the signature.
pub const SIGNATURE_HEADER: &str = "x-line-signature";
const SECRET: &str = "channel_secret";

pub(super) fn verify(request: &Request<'_>, secrets: &Secrets) -> Result<(), Rejection> {
    let signature = request.only_header(SIGNATURE_HEADER)?;
    let signature = STANDARD
        .decode(signature)
        .map_err(|_| Rejection::Malformed(SIGNATURE_HEADER))?;
    let live = secrets.get(SECRET);
    if live.is_empty() {
        return Err(Rejection::NoSecret(SECRET));
    }
    let matches =
        |secret: &String| is_tag(&hmac_sha256(secret.as_bytes(), &[request.body]), &signature);
    if live.iter().any(matches) {
        Ok(())
    } else {
        Err(Rejection::Mismatch)
    }
}

/// The value of [`SIGNATURE_HEADER`] as LINE would send it. For tests and the local stack.
pub fn sign(secret: &str, body: &[u8]) -> String {
    STANDARD.encode(hmac_sha256(secret.as_bytes(), &[body]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{headers, request, secrets};

    const SECRET_A: &str = "0123456789abcdef0123456789abcdef";
    const SECRET_B: &str = "fedcba9876543210fedcba9876543210";
    const BODY: &[u8] = br#"{"destination":"Ubot","events":[]}"#;

    fn check(pairs: &[(&str, &str)], body: &[u8], live: &[&str]) -> Result<(), Rejection> {
        let headers = headers(pairs);
        verify(&request(&headers, body), &secrets(&[(SECRET, live)]))
    }

    #[test]
    fn signatures() {
        let good = sign(SECRET_A, BODY);
        let other = sign(SECRET_B, BODY);
        let mut tampered = BODY.to_vec();
        tampered[3] ^= 1;
        let (malformed, mismatch) = (Rejection::Malformed(SIGNATURE_HEADER), Rejection::Mismatch);
        let both = [SECRET_A, SECRET_B];
        let url_safe = good.replace('+', "-").replace('/', "_");
        for (name, signature, body, live, expected) in [
            ("good", good.as_str(), BODY, &both[..1], Ok(())),
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
                b"{\"destination\":\"Ubot\",\"events\":[]} ",
                &both[..1],
                Err(mismatch),
            ),
            ("truncated", &good[..40], BODY, &both[..1], Err(mismatch)),
            (
                "no padding",
                good.trim_end_matches('='),
                BODY,
                &both[..1],
                Err(malformed),
            ),
            ("empty", "", BODY, &both[..1], Err(mismatch)),
            ("not base64", "!!!!", BODY, &both[..1], Err(malformed)),
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
                &sign("", BODY),
                BODY,
                &[""],
                Err(Rejection::NoSecret(SECRET)),
            ),
        ] {
            let found = check(&[(SIGNATURE_HEADER, signature)], body, live);
            assert_eq!(found, expected, "{name}");
        }
        if url_safe != good {
            let found = check(&[(SIGNATURE_HEADER, &url_safe)], BODY, &both);
            assert_eq!(found, Err(malformed), "another alphabet");
        }
    }

    #[test]
    fn the_header_is_there_exactly_once() {
        let good = sign(SECRET_A, BODY);
        let (missing, malformed) = (
            Rejection::Missing(SIGNATURE_HEADER),
            Rejection::Malformed(SIGNATURE_HEADER),
        );
        for (pairs, expected) in [
            (vec![("X-Line-Signature", good.as_str())], Ok(())),
            (vec![("X-LINE-SIGNATURE", &good)], Ok(())),
            (vec![], Err(missing)),
            (
                vec![(SIGNATURE_HEADER, &good), (SIGNATURE_HEADER, &good)],
                Err(malformed),
            ),
            (vec![(SIGNATURE_HEADER, "\u{e9}")], Err(malformed)),
        ] {
            assert_eq!(check(&pairs, BODY, &[SECRET_A]), expected, "{pairs:?}");
        }
    }
}
