//! The secret token of a Telegram delivery. There is no signature and no timestamp: whoever knows
//! the token may deliver anything at any time, so it is compared in constant time, and a replay
//! is harmless only because ids are semantic.

use aws_lc_rs::constant_time;

use crate::{Rejection, Request, Secrets};

/// The header that carries the token given to `setWebhook`.
pub const SECRET_HEADER: &str = "x-telegram-bot-api-secret-token";
const SECRET: &str = "secret_token";

pub(super) fn verify(request: &Request<'_>, secrets: &Secrets) -> Result<(), Rejection> {
    let token = request.only_header(SECRET_HEADER)?;
    let live = secrets.get(SECRET);
    if live.is_empty() {
        return Err(Rejection::NoSecret(SECRET));
    }
    let matches = |secret: &String| {
        constant_time::verify_slices_are_equal(secret.as_bytes(), token.as_bytes()).is_ok()
    };
    if live.iter().any(matches) {
        Ok(())
    } else {
        Err(Rejection::Mismatch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{headers, request, secrets};

    #[test]
    fn tokens() {
        let (a, b) = ("AAA-secret_token-1", "BBB-secret_token-2");
        let (malformed, mismatch) = (Rejection::Malformed(SECRET_HEADER), Rejection::Mismatch);
        let none = Rejection::NoSecret(SECRET);
        for (name, sent, live, expected) in [
            ("good", &[a][..], &[a][..], Ok(())),
            ("first of two", &[a], &[a, b], Ok(())),
            ("second of two", &[b], &[a, b], Ok(())),
            ("retired", &[b], &[a], Err(mismatch)),
            (
                "one byte changed",
                &["AAA-secret_token-2"],
                &[a],
                Err(mismatch),
            ),
            ("another case", &["aaa-secret_token-1"], &[a], Err(mismatch)),
            ("truncated", &["AAA-secret_token-"], &[a], Err(mismatch)),
            ("longer", &["AAA-secret_token-11"], &[a], Err(mismatch)),
            ("empty", &[""], &[a], Err(mismatch)),
            (
                "merged by a proxy",
                &["AAA-secret_token-1,AAA-secret_token-1"],
                &[a],
                Err(mismatch),
            ),
            ("twice", &[a, a], &[a], Err(malformed)),
            ("not ASCII", &["\u{e9}"], &[a], Err(malformed)),
            ("missing", &[], &[a], Err(Rejection::Missing(SECRET_HEADER))),
            ("no secret", &[a], &[], Err(none)),
            ("empty secret", &[""], &[""], Err(none)),
        ] {
            let pairs: Vec<_> = sent
                .iter()
                .map(|token| ("X-Telegram-Bot-Api-Secret-Token", *token))
                .collect();
            let headers = headers(&pairs);
            let found = verify(&request(&headers, b"{}"), &secrets(&[(SECRET, live)]));
            assert_eq!(found, expected, "{name}");
        }
    }
}
