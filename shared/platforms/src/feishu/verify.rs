//! Believing a delivery: the signature over the bytes as they came, then the envelope, then the
//! verification token that is inside.

use std::borrow::Cow;
use std::fmt::Write as _;

use aws_lc_rs::constant_time;
use aws_lc_rs::digest::{Context, SHA256};
use jiff::Timestamp;
use serde_json::Value;

use super::seal::unseal;
use crate::signing::check_age;
use crate::{Rejection, Request, Secrets};

/// The header that carries the timestamp, in unix seconds.
pub const TIMESTAMP_HEADER: &str = "x-lark-request-timestamp";
/// The header that carries what makes two signatures of one body differ.
pub const NONCE_HEADER: &str = "x-lark-request-nonce";
/// The header that carries the signature.
pub const SIGNATURE_HEADER: &str = "x-lark-signature";
const ENCRYPT_KEY: &str = "encrypt_key";
const TOKEN: &str = "verification_token";

/// Seconds that a signed timestamp may be old. Feishu tries again after 15 s, 5 min, 1 h and 6 h,
/// so the last time seven hours and five minutes later, and says nowhere whether it signs anew:
/// an event must not be lost if it does not. A replay changes nothing, as ids are semantic.
const OLDEST: u64 = 8 * 3600;

/// The body in the clear.
pub(super) fn verify<'a>(
    request: &Request<'a>,
    secrets: &Secrets,
    now: Timestamp,
) -> Result<Cow<'a, [u8]>, Rejection> {
    let keys = live(secrets, ENCRYPT_KEY)?;
    let tokens = live(secrets, TOKEN)?;
    let signed = request.headers.contains_key(SIGNATURE_HEADER);
    if signed {
        check_signature(request, keys, now)?;
    }
    let (clear, body) = open(request.body, keys).ok_or(Rejection::Sealed)?;
    check_token(&body, tokens)?;
    // Whoever saves the address in the console is asked for the challenge, without a signature.
    if signed || is_handshake(&body) {
        Ok(clear)
    } else {
        Err(Rejection::Missing(SIGNATURE_HEADER))
    }
}

/// Whether Feishu only checks its endpoint. Such a body may come unsigned, so it must never tell
/// an event, whatever else is in it.
pub(super) fn is_handshake(body: &Value) -> bool {
    body.get("type").and_then(Value::as_str) == Some("url_verification")
}

fn live<'a>(secrets: &'a Secrets, name: &'static str) -> Result<&'a [String], Rejection> {
    match secrets.get(name) {
        [] => Err(Rejection::NoSecret(name)),
        live => Ok(live),
    }
}

fn check_signature(
    request: &Request<'_>,
    keys: &[String],
    now: Timestamp,
) -> Result<(), Rejection> {
    let timestamp = request.only_header(TIMESTAMP_HEADER)?;
    let nonce = request.only_header(NONCE_HEADER)?;
    let signature = request.only_header(SIGNATURE_HEADER)?;
    // Seconds by the documents; other clients take milliseconds too.
    let seconds = match timestamp.len() {
        13 => timestamp.get(..10).unwrap_or(timestamp),
        _ => timestamp,
    };
    check_age(TIMESTAMP_HEADER, seconds, now, OLDEST)?;
    let matches = |key: &String| is_same(&sign(timestamp, nonce, key, request.body), signature);
    if keys.iter().any(matches) {
        Ok(())
    } else {
        Err(Rejection::Mismatch)
    }
}

/// The value of [`SIGNATURE_HEADER`]: a plain hash, over the body as it is sent.
pub fn sign(timestamp: &str, nonce: &str, encrypt_key: &str, body: &[u8]) -> String {
    let mut context = Context::new(&SHA256);
    for part in [timestamp, nonce, encrypt_key] {
        context.update(part.as_bytes());
    }
    context.update(body);
    hex(context.finish().as_ref())
}

pub(super) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The body in the clear, and read: a wrong key gives a text now and then, but no JSON.
fn open<'a>(body: &'a [u8], keys: &[String]) -> Option<(Cow<'a, [u8]>, Value)> {
    let read: Value = serde_json::from_slice(body).ok()?;
    let Some(sealed) = read.get("encrypt") else {
        return Some((Cow::Borrowed(body), read));
    };
    let sealed = sealed.as_str()?;
    keys.iter().find_map(|key| {
        let clear = unseal(key, sealed)?;
        let read = serde_json::from_slice(&clear).ok()?;
        Some((Cow::Owned(clear), read))
    })
}

/// The token is in the header of a 2.0 event, and at the top of everything else.
fn check_token(body: &Value, live: &[String]) -> Result<(), Rejection> {
    let token = body.pointer("/header/token").or_else(|| body.get("token"));
    let token = token.and_then(Value::as_str).ok_or(Rejection::Mismatch)?;
    if live.iter().any(|value| is_same(value, token)) {
        Ok(())
    } else {
        Err(Rejection::Mismatch)
    }
}

/// In constant time.
fn is_same(ours: &str, theirs: &str) -> bool {
    constant_time::verify_slices_are_equal(ours.as_bytes(), theirs.as_bytes()).is_ok()
}

#[cfg(test)]
#[path = "verify_tests.rs"]
mod tests;
