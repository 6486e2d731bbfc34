//! HMAC-SHA256 over parts, comparison in constant time, and the window of timestamps.

use aws_lc_rs::{constant_time, hmac};
use jiff::Timestamp;

use crate::inbound::Rejection;

/// How far a signed timestamp may be from now, either way, in seconds.
const WINDOW: u64 = 300;

/// HMAC-SHA256 of the parts, one after the other.
pub(crate) fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> hmac::Tag {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
    for part in parts {
        context.update(part);
    }
    context.sign()
}

/// Whether a signature is this tag, in constant time.
pub(crate) fn is_tag(tag: &hmac::Tag, signature: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(tag.as_ref(), signature).is_ok()
}

/// Checks a header of unix seconds against the window.
pub(crate) fn check_fresh(
    header: &'static str,
    seconds: &str,
    now: Timestamp,
) -> Result<(), Rejection> {
    check_age(header, seconds, now, WINDOW)
}

/// As [`check_fresh`], for a timestamp that may be older, by so many seconds.
pub(crate) fn check_age(
    header: &'static str,
    seconds: &str,
    now: Timestamp,
    oldest: u64,
) -> Result<(), Rejection> {
    // Only digits: `parse` would also take a sign.
    if seconds.is_empty() || !seconds.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Rejection::Malformed(header));
    }
    let seconds: i64 = seconds.parse().map_err(|_| Rejection::Malformed(header))?;
    let limit = if seconds < now.as_second() {
        oldest
    } else {
        WINDOW
    };
    if now.as_second().abs_diff(seconds) > limit {
        Err(Rejection::Stale)
    } else {
        Ok(())
    }
}
