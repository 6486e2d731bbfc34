//! Signatures of WeCom deliveries, and what they seal.

use http::HeaderMap;

use super::*;
use crate::testing::secrets;
use crate::wecom::seal;

const KEY_A: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
const KEY_B: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg";
const CORP: &str = "ww0123456789abcdef";
const SUITE: &str = "wwsuite";
const NOW: i64 = 1_767_600_000;
const MESSAGE: &str = "<xml><MsgType>event</MsgType></xml>";

fn sealed(key: &str, receiver: &str) -> String {
    seal(key, [5; 16], MESSAGE.as_bytes(), receiver).unwrap()
}

fn envelope(sealed: &str) -> String {
    format!("<xml><ToUserName>x</ToUserName>\n <Encrypt>\n<![CDATA[{sealed}]]></Encrypt></xml>")
}

/// The query that WeCom signs with a token.
fn query(token: &str, sealed: &str) -> String {
    let signature = sign(token, &NOW.to_string(), "nonce-1", sealed);
    format!("msg_signature={signature}&timestamp={NOW}&nonce=nonce-1")
}

fn check(query: &str, body: &str, live: &[(&str, &[&str])]) -> Result<String, Rejection> {
    opened(&Method::POST, query, body, live, NOW)
}

fn opened(
    method: &Method,
    query: &str,
    body: &str,
    live: &[(&str, &[&str])],
    now: i64,
) -> Result<String, Rejection> {
    let request = Request {
        method,
        headers: &HeaderMap::new(),
        query: Some(query),
        body: body.as_bytes(),
    };
    let now = Timestamp::from_second(now).unwrap();
    verify(&request, &secrets(live), now).map(|message| String::from_utf8(message).unwrap())
}

const LIVE: &[(&str, &[&str])] = &[
    (TOKEN, &["token-new", "token-old"]),
    (AES_KEY, &[KEY_A, KEY_B]),
    (CORP_ID, &[CORP, SUITE]),
];

#[test]
fn any_live_secret_opens_a_delivery() {
    for token in ["token-new", "token-old"] {
        for key in [KEY_A, KEY_B] {
            for receiver in [CORP, SUITE] {
                let sealed = sealed(key, receiver);
                let found = check(&query(token, &sealed), &envelope(&sealed), LIVE);
                assert_eq!(found, Ok(MESSAGE.to_owned()), "{token} {key} {receiver}");
            }
        }
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let good = sealed(KEY_A, CORP);
    let signed = |sealed: &str| query("token-new", sealed);
    let unknown_key = sealed("zyxwvutsrqponmlkjihgfedcba9876543210ABCDEFG", CORP);
    let signed_bad = format!("{}A", &good[..good.len() - 1]);
    for (name, query, body, expected) in [
        (
            "another token",
            query("token-retired", &good),
            envelope(&good),
            Rejection::Mismatch,
        ),
        (
            "another message",
            signed(&good),
            envelope(&sealed(KEY_A, SUITE)),
            Rejection::Mismatch,
        ),
        (
            "for another corporation",
            signed(&sealed(KEY_A, "ww-somebody-else")),
            envelope(&sealed(KEY_A, "ww-somebody-else")),
            Rejection::Sealed,
        ),
        (
            "for nobody",
            signed(&sealed(KEY_A, "")),
            envelope(&sealed(KEY_A, "")),
            Rejection::Sealed,
        ),
        (
            "with another key",
            signed(&unknown_key),
            envelope(&unknown_key),
            Rejection::Sealed,
        ),
        (
            "not base64, and signed",
            signed(&signed_bad),
            envelope(&signed_bad),
            Rejection::Sealed,
        ),
        (
            "nothing sealed",
            signed(""),
            "<xml><Encrypt></Encrypt></xml>".to_owned(),
            Rejection::Sealed,
        ),
        (
            "in the clear",
            signed(MESSAGE),
            MESSAGE.to_owned(),
            Rejection::Sealed,
        ),
        ("no XML", signed(""), "{}".to_owned(), Rejection::Sealed),
    ] {
        assert_eq!(check(&query, &body, LIVE), Err(expected), "{name}");
    }
}

#[test]
fn every_parameter_is_there_exactly_once() {
    let sealed = sealed(KEY_A, CORP);
    let body = envelope(&sealed);
    let good = query("token-new", &sealed);
    let signature = sign("token-new", &NOW.to_string(), "nonce-1", &sealed);
    let upper = good.replacen(&signature, &signature.to_uppercase(), 1);
    for (query, expected) in [
        (good.clone(), Ok(())),
        (format!("{good}&more=1&more=2"), Ok(())),
        (good.replacen("nonce-1", "%6eonce-1", 1), Ok(())),
        (upper, Ok(())),
        (String::new(), Err(Rejection::Query(SIGNATURE))),
        (
            format!("{good}&msg_signature={signature}"),
            Err(Rejection::Query(SIGNATURE)),
        ),
        (
            good.replacen(&signature, "", 1),
            Err(Rejection::Query(SIGNATURE)),
        ),
        (
            good.replacen(&signature, &signature[..39], 1),
            Err(Rejection::Query(SIGNATURE)),
        ),
        (
            good.replacen(&signature, &"z".repeat(40), 1),
            Err(Rejection::Query(SIGNATURE)),
        ),
        (
            good.replacen(&signature, &"0".repeat(40), 1),
            Err(Rejection::Mismatch),
        ),
        (
            good.replacen("&timestamp=", "&time=", 1),
            Err(Rejection::Query(TIMESTAMP)),
        ),
        (
            format!("{good}&timestamp={NOW}"),
            Err(Rejection::Query(TIMESTAMP)),
        ),
        (
            good.replacen("timestamp=", "timestamp=%2B", 1),
            Err(Rejection::Query(TIMESTAMP)),
        ),
        (
            good.replacen("&nonce=nonce-1", "", 1),
            Err(Rejection::Query(NONCE)),
        ),
        (
            format!("{good}&nonce=nonce-1"),
            Err(Rejection::Query(NONCE)),
        ),
        (
            good.replacen("nonce-1", "nonce-2", 1),
            Err(Rejection::Mismatch),
        ),
    ] {
        let found = check(&query, &body, LIVE).map(|_| ());
        assert_eq!(found, expected, "{query}");
    }
    for (offset, expected) in [
        (-300, Ok(())),
        (300, Ok(())),
        (-301, Err(Rejection::Stale)),
        (301, Err(Rejection::Stale)),
    ] {
        let found = opened(&Method::POST, &good, &body, LIVE, NOW + offset).map(|_| ());
        assert_eq!(found, expected, "{offset} s");
    }
}

#[test]
fn the_address_is_checked_by_an_echo() {
    // Its base64 has a plus sign and a slash in it.
    let sealed = (0..u8::MAX)
        .map(|random| seal(KEY_A, [random; 16], b"1616140317555161061", CORP).unwrap())
        .find(|sealed| sealed.contains('+') && sealed.contains('/'))
        .unwrap();
    let escaped = serde_urlencoded::to_string([(ECHO, &sealed)]).unwrap();
    let echo = Ok("1616140317555161061".to_owned());
    for (parameter, expected) in [
        (escaped.clone(), echo.clone()),
        (format!("echostr={sealed}"), echo),
        (String::new(), Err(Rejection::Query(ECHO))),
        (format!("{escaped}&{escaped}"), Err(Rejection::Query(ECHO))),
        ("echostr=AAAA".to_owned(), Err(Rejection::Mismatch)),
    ] {
        let query = format!("{}&{parameter}", query("token-old", &sealed));
        let found = opened(&Method::GET, &query, "", LIVE, NOW);
        assert_eq!(found, expected, "{parameter}");
    }
}

#[test]
fn a_secret_that_is_not_there_is_named() {
    let sealed = sealed(KEY_B, CORP);
    let (query, body) = (query("token-new", &sealed), envelope(&sealed));
    for (name, of_it, expected) in [
        (TOKEN, &[][..], Err(Rejection::NoSecret(TOKEN))),
        (TOKEN, &[""], Err(Rejection::NoSecret(TOKEN))),
        (AES_KEY, &[], Err(Rejection::NoSecret(AES_KEY))),
        (AES_KEY, &["too short"], Err(Rejection::NoSecret(AES_KEY))),
        (AES_KEY, &["too short", KEY_B], Ok(MESSAGE.to_owned())),
        (CORP_ID, &[], Err(Rejection::NoSecret(CORP_ID))),
    ] {
        let live: Vec<(&str, &[&str])> = LIVE
            .iter()
            .map(|(each, live)| (*each, if *each == name { of_it } else { live }))
            .collect();
        assert_eq!(check(&query, &body, &live), expected, "{name} {of_it:?}");
    }
}
