//! The signature of a WeCom delivery, over the sealed message that it carries.

use std::fmt::Write as _;

use aws_lc_rs::constant_time;
use aws_lc_rs::digest::{self, SHA1_FOR_LEGACY_USE_ONLY};
use http::Method;
use jiff::Timestamp;

use super::seal::Key;
use super::xml;
use crate::signing::check_fresh;
use crate::{Rejection, Request, Secrets};

const SIGNATURE: &str = "msg_signature";
const TIMESTAMP: &str = "timestamp";
const NONCE: &str = "nonce";
const ECHO: &str = "echostr";

const TOKEN: &str = "token";
const AES_KEY: &str = "encoding_aes_key";
const CORP_ID: &str = "corp_id";

/// The message in the clear: that of the body, or the `echostr` by which WeCom checks its address.
pub(super) fn verify(
    request: &Request<'_>,
    secrets: &Secrets,
    now: Timestamp,
) -> Result<Vec<u8>, Rejection> {
    let query = Query::read(request)?;
    let signature = query.only(SIGNATURE)?.to_ascii_lowercase();
    let is_sha1 = signature.len() == 40 && signature.bytes().all(|b| b.is_ascii_hexdigit());
    if !is_sha1 {
        return Err(Rejection::Query(SIGNATURE));
    }
    let (timestamp, nonce) = (query.only(TIMESTAMP)?, query.only(NONCE)?);
    let fresh = check_fresh(TIMESTAMP, timestamp, now);
    if fresh == Err(Rejection::Malformed(TIMESTAMP)) {
        return Err(Rejection::Query(TIMESTAMP));
    }
    fresh?;
    let sealed = if request.method == Method::GET {
        // A plus sign that came unescaped was read as a space, and base64 has none.
        query.only(ECHO)?.replace(' ', "+")
    } else {
        // What carries nothing sealed was sealed with no key of ours.
        let envelope = xml::read(request.body).map_err(|_| Rejection::Sealed)?;
        let sealed = envelope.text_of("Encrypt").ok_or(Rejection::Sealed)?;
        sealed.to_owned()
    };
    let tokens = live(secrets, TOKEN)?;
    let signed = |token: &String| {
        let expected = sign(token, timestamp, nonce, &sealed);
        constant_time::verify_slices_are_equal(expected.as_bytes(), signature.as_bytes()).is_ok()
    };
    if !tokens.iter().any(signed) {
        return Err(Rejection::Mismatch);
    }
    open(secrets, &sealed)
}

/// With any live key, for any live id.
fn open(secrets: &Secrets, sealed: &str) -> Result<Vec<u8>, Rejection> {
    let receivers = live(secrets, CORP_ID)?;
    let keys: Vec<Key> = live(secrets, AES_KEY)?
        .iter()
        .filter_map(|key| Key::read(key))
        .collect();
    if keys.is_empty() {
        return Err(Rejection::NoSecret(AES_KEY));
    }
    let ours = |id: &[u8]| receivers.iter().any(|ours| ours.as_bytes() == id);
    keys.iter()
        .filter_map(|key| key.open(sealed))
        .find(|opened| ours(&opened.receiver))
        .map(|opened| opened.message)
        .ok_or(Rejection::Sealed)
}

fn live<'a>(secrets: &'a Secrets, name: &'static str) -> Result<&'a [String], Rejection> {
    let live = secrets.get(name);
    if live.is_empty() {
        Err(Rejection::NoSecret(name))
    } else {
        Ok(live)
    }
}

/// A query's pairs, decoded.
struct Query(Vec<(String, String)>);

impl Query {
    fn read(request: &Request<'_>) -> Result<Self, Rejection> {
        let query = request.query.unwrap_or_default();
        serde_urlencoded::from_str(query)
            .map(Self)
            .map_err(|_| Rejection::Query(SIGNATURE))
    }

    /// The value of a parameter that must be there exactly once.
    fn only(&self, name: &'static str) -> Result<&str, Rejection> {
        let mut values = self.0.iter().filter(|(key, _)| key == name);
        match (values.next(), values.next()) {
            (Some((_, value)), None) if !value.is_empty() => Ok(value),
            (Some(_) | None, _) => Err(Rejection::Query(name)),
        }
    }
}

/// The `msg_signature` of a sealed message: SHA-1 of the four, sorted and concatenated, in hex. For
/// tests and the local stack.
pub fn sign(token: &str, timestamp: &str, nonce: &str, sealed: &str) -> String {
    let mut parts = [token, timestamp, nonce, sealed];
    parts.sort_unstable();
    let hash = digest::digest(&SHA1_FOR_LEGACY_USE_ONLY, parts.concat().as_bytes());
    let mut hex = String::with_capacity(40);
    for byte in hash.as_ref() {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

#[cfg(test)]
#[path = "verify_tests.rs"]
mod tests;
