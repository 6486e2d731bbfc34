//! Deliveries that are believed and that are not.

use serde_json::json;

use super::*;
use crate::feishu::seal;
use crate::testing::{headers, mutated, request, secrets};

const KEY_A: &str = "kudryavka";
const KEY_B: &str = "belka";
const TOKEN_A: &str = "a-token-of-feishu";
const TOKEN_B: &str = "another-token";
const NOW: i64 = 1_767_600_000;
const NONCE: &str = "77";

/// The values that are live, by default the first ones.
struct Live {
    keys: &'static [&'static str],
    tokens: &'static [&'static str],
}

const ONE: Live = Live {
    keys: &[KEY_A],
    tokens: &[TOKEN_A],
};
const BOTH: Live = Live {
    keys: &[KEY_A, KEY_B],
    tokens: &[TOKEN_A, TOKEN_B],
};

fn event(token: &str) -> String {
    json!({"schema": "2.0", "header": {"event_type": "x", "token": token}, "event": {}}).to_string()
}

fn handshake(token: &str) -> String {
    json!({"type": "url_verification", "token": token, "challenge": "c"}).to_string()
}

fn sealed(key: &str, clear: &str) -> String {
    json!({"encrypt": seal(key, [9; 16], clear.as_bytes())}).to_string()
}

fn signed(key: &str, at: i64, body: &str) -> Vec<(&'static str, String)> {
    let at = at.to_string();
    let signature = sign(&at, NONCE, key, body.as_bytes());
    vec![
        ("X-Lark-Request-Timestamp", at),
        ("X-Lark-Request-Nonce", NONCE.to_owned()),
        ("X-Lark-Signature", signature),
    ]
}

fn check(pairs: &[(&'static str, String)], body: &str, live: &Live) -> Result<String, Rejection> {
    let pairs: Vec<(&str, &str)> = pairs
        .iter()
        .map(|(name, value)| (*name, &**value))
        .collect();
    let headers = headers(&pairs);
    let secrets = secrets(&[(ENCRYPT_KEY, live.keys), (TOKEN, live.tokens)]);
    let now = Timestamp::from_second(NOW).unwrap();
    let clear = verify(&request(&headers, body.as_bytes()), &secrets, now)?;
    Ok(String::from_utf8(clear.into_owned()).unwrap())
}

#[test]
fn signed_and_sealed_with_any_live_secret() {
    for (name, key, token, live, expected) in [
        ("good", KEY_A, TOKEN_A, &ONE, Ok(())),
        ("first of two", KEY_A, TOKEN_A, &BOTH, Ok(())),
        ("second of two", KEY_B, TOKEN_B, &BOTH, Ok(())),
        ("each rotated alone", KEY_B, TOKEN_A, &BOTH, Ok(())),
        (
            "retired key",
            KEY_B,
            TOKEN_A,
            &ONE,
            Err(Rejection::Mismatch),
        ),
        (
            "retired token",
            KEY_A,
            TOKEN_B,
            &ONE,
            Err(Rejection::Mismatch),
        ),
        ("no token", KEY_A, "", &ONE, Err(Rejection::Mismatch)),
        (
            "no key",
            KEY_A,
            TOKEN_A,
            &Live { keys: &[], ..ONE },
            Err(Rejection::NoSecret(ENCRYPT_KEY)),
        ),
        (
            "an empty token",
            KEY_A,
            "",
            &Live {
                tokens: &[""],
                ..ONE
            },
            Err(Rejection::NoSecret(TOKEN)),
        ),
    ] {
        let clear = event(token);
        let body = sealed(key, &clear);
        let found = check(&signed(key, NOW, &body), &body, live);
        assert_eq!(found, expected.map(|()| clear), "{name}");
    }
}

#[test]
fn what_is_signed_and_cannot_be_opened_is_sealed() {
    let no_json = sealed(KEY_A, "hello world");
    let other = sealed("a third key", &event(TOKEN_A));
    for body in [
        "{\"encrypt\":\"\"}",
        "{\"encrypt\":\"AAAA\"}",
        "{\"encrypt\":\"!\"}",
        "{\"encrypt\":7}",
        "not json",
        &no_json,
        &other,
    ] {
        let found = check(&signed(KEY_A, NOW, body), body, &ONE);
        assert_eq!(found, Err(Rejection::Sealed), "{body}");
    }
}

#[test]
fn the_signature_covers_every_byte() {
    let body = sealed(KEY_A, &event(TOKEN_A));
    let good = signed(KEY_A, NOW, &body);
    let with = |at: usize, value: &str| {
        let mut pairs = good.clone();
        value.clone_into(&mut pairs[at].1);
        pairs
    };
    let without = |at: usize| {
        let mut pairs = good.clone();
        pairs.remove(at);
        pairs
    };
    let twice = |at: usize| {
        let mut pairs = good.clone();
        pairs.push(good[at].clone());
        pairs
    };
    let mismatch = Err(Rejection::Mismatch);
    for (name, pairs, expected) in [
        ("another nonce", with(1, "78"), mismatch),
        ("another time", with(0, &(NOW + 1).to_string()), mismatch),
        ("truncated", with(2, &good[2].1[..63]), mismatch),
        ("capitals", with(2, &good[2].1.to_uppercase()), mismatch),
        ("empty", with(2, ""), mismatch),
        (
            "no time",
            without(0),
            Err(Rejection::Missing(TIMESTAMP_HEADER)),
        ),
        (
            "no nonce",
            without(1),
            Err(Rejection::Missing(NONCE_HEADER)),
        ),
        (
            "no signature",
            without(2),
            Err(Rejection::Missing(SIGNATURE_HEADER)),
        ),
        (
            "two times",
            twice(0),
            Err(Rejection::Malformed(TIMESTAMP_HEADER)),
        ),
        (
            "two nonces",
            twice(1),
            Err(Rejection::Malformed(NONCE_HEADER)),
        ),
        (
            "two signatures",
            twice(2),
            Err(Rejection::Malformed(SIGNATURE_HEADER)),
        ),
    ] {
        assert_eq!(check(&pairs, &body, &ONE).map(|_| ()), expected, "{name}");
    }
    let longer = format!("{body} ");
    assert_eq!(check(&good, &longer, &ONE), Err(Rejection::Mismatch));
}

#[test]
fn a_redelivery_after_seven_hours_is_in_time() {
    let body = sealed(KEY_A, &event(TOKEN_A));
    let seven_hours = 15 + 5 * 60 + 3600 + 6 * 3600;
    for (name, at, expected) in [
        ("the last redelivery", NOW - seven_hours, Ok(())),
        ("eight hours", NOW - 8 * 3600, Ok(())),
        ("older", NOW - 8 * 3600 - 1, Err(Rejection::Stale)),
        ("five minutes ahead", NOW + 300, Ok(())),
        ("more", NOW + 301, Err(Rejection::Stale)),
        ("milliseconds", NOW * 1000 + 7, Ok(())),
        (
            "milliseconds of long ago",
            (NOW - 9 * 3600) * 1000,
            Err(Rejection::Stale),
        ),
    ] {
        let found = check(&signed(KEY_A, at, &body), &body, &ONE);
        assert_eq!(found.map(|_| ()), expected, "{name}");
    }
    let malformed = Err(Rejection::Malformed(TIMESTAMP_HEADER));
    for timestamp in ["", "-1", "+1767600000", "1.7e9", "99999999999999999999"] {
        let mut pairs = signed(KEY_A, NOW, &body);
        timestamp.clone_into(&mut pairs[0].1);
        assert_eq!(check(&pairs, &body, &ONE), malformed, "{timestamp}");
    }
}

#[test]
fn only_a_handshake_comes_unsigned() {
    let missing = || Err(Rejection::Missing(SIGNATURE_HEADER));
    let good = handshake(TOKEN_A);
    for (name, body, expected) in [
        ("plain", good.clone(), Ok(good.clone())),
        ("sealed", sealed(KEY_A, &good), Ok(good)),
        (
            "with another token",
            handshake(TOKEN_B),
            Err(Rejection::Mismatch),
        ),
        (
            "sealed for somebody else",
            sealed(KEY_B, &handshake(TOKEN_A)),
            Err(Rejection::Sealed),
        ),
        ("a plain event", event(TOKEN_A), missing()),
        ("a sealed event", sealed(KEY_A, &event(TOKEN_A)), missing()),
        ("not json", "x".to_owned(), Err(Rejection::Sealed)),
    ] {
        assert_eq!(check(&[], &body, &ONE), expected, "{name}");
    }
    let body = handshake(TOKEN_A);
    let mut wrong = signed(KEY_A, NOW, &body);
    wrong[2].1 = "0".repeat(64);
    assert_eq!(
        check(&wrong, &body, &ONE),
        Err(Rejection::Mismatch),
        "a wrong signature is worse than none"
    );
}

#[test]
fn no_byte_ends_the_process() {
    let headers = headers(&[]);
    let secrets = secrets(&[(ENCRYPT_KEY, BOTH.keys), (TOKEN, BOTH.tokens)]);
    mutated(&sealed(KEY_A, &handshake(TOKEN_A)), |bytes| {
        let _ = verify(&request(&headers, bytes), &secrets, Timestamp::UNIX_EPOCH);
    });
}
