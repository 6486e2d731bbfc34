//! The signature of what Discord itself posts: Ed25519 over `{timestamp}{raw body}`. Discord tries
//! now and then whether a wrong one is answered with 401, and forgets the address if it is not.

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use jiff::Timestamp;

use crate::hex::{from_hex, to_hex};
use crate::signing::check_fresh;
use crate::{Rejection, Request, Secrets};

/// The header that carries the signature, in hex.
pub const SIGNATURE_HEADER: &str = "x-signature-ed25519";
/// The header that carries the timestamp, in unix seconds.
pub const TIMESTAMP_HEADER: &str = "x-signature-timestamp";
const SECRET: &str = "public_key";
const KEY_BYTES: usize = 32;
const SIGNATURE_BYTES: usize = 64;

/// Discord does not say for how long a timestamp is good; five minutes is what the others say.
pub(super) fn verify(
    request: &Request<'_>,
    secrets: &Secrets,
    now: Timestamp,
) -> Result<(), Rejection> {
    let timestamp = request.only_header(TIMESTAMP_HEADER)?;
    let signature = request.only_header(SIGNATURE_HEADER)?;
    check_fresh(TIMESTAMP_HEADER, timestamp, now)?;
    let signature = from_hex(signature)
        .filter(|signature| signature.len() == SIGNATURE_BYTES)
        .ok_or(Rejection::Malformed(SIGNATURE_HEADER))?;
    let keys: Vec<Vec<u8>> = secrets
        .get(SECRET)
        .iter()
        .filter_map(|key| from_hex(key))
        .filter(|key| key.len() == KEY_BYTES)
        .collect();
    if keys.is_empty() {
        return Err(Rejection::NoSecret(SECRET));
    }
    let signed = [timestamp.as_bytes(), request.body].concat();
    let matches = |key: &Vec<u8>| {
        let key = UnparsedPublicKey::new(&ED25519, key);
        key.verify(&signed, &signature).is_ok()
    };
    if keys.iter().any(matches) {
        Ok(())
    } else {
        Err(Rejection::Mismatch)
    }
}

/// A seed that no key pair can be made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a seed of Ed25519")]
pub struct BadSeed;

/// Signs as Discord does. For tests and the local stack: nobody has Discord's own key.
#[derive(Debug)]
pub struct Signer(Ed25519KeyPair);

impl Signer {
    /// With the key pair of a seed.
    pub fn of_seed(seed: &[u8; KEY_BYTES]) -> Result<Self, BadSeed> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| BadSeed)?;
        Ok(Self(pair))
    }

    /// What a community's file names as `public_key`.
    pub fn public_key(&self) -> String {
        to_hex(self.0.public_key().as_ref())
    }

    /// The value of [`SIGNATURE_HEADER`] for a body sent at a unix second.
    pub fn sign(&self, timestamp: i64, body: &[u8]) -> String {
        let signed = [timestamp.to_string().as_bytes(), body].concat();
        to_hex(self.0.sign(&signed).as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{headers, request, secrets};

    const NOW: i64 = 1_767_600_000;
    const BODY: &[u8] = br#"{"type":1}"#;

    fn check(pairs: &[(&str, &str)], body: &[u8], live: &[&str]) -> Result<(), Rejection> {
        let headers = headers(pairs);
        let now = Timestamp::from_second(NOW).unwrap();
        verify(&request(&headers, body), &secrets(&[(SECRET, live)]), now)
    }

    /// RFC 8032, 7.1, test 1.
    #[test]
    fn the_key_of_a_seed_is_the_one_of_the_standard() {
        let seed = from_hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
        let seed: [u8; 32] = seed.unwrap().try_into().unwrap();
        assert_eq!(
            Signer::of_seed(&seed).unwrap().public_key(),
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
        );
    }

    #[test]
    fn signatures() {
        let signer = |seed: u8| Signer::of_seed(&[seed; 32]).unwrap();
        let (a, b) = (signer(1), signer(2));
        let (good, other) = (a.sign(NOW, BODY), b.sign(NOW, BODY));
        let (a, b) = (a.public_key(), b.public_key());
        let (a, b) = (a.as_str(), b.as_str());
        let upper = (good.to_ascii_uppercase(), a.to_ascii_uppercase());
        let mut tampered = BODY.to_vec();
        tampered[8] ^= 1;
        let (malformed, mismatch) = (Rejection::Malformed(SIGNATURE_HEADER), Rejection::Mismatch);
        let none = Err(Rejection::NoSecret(SECRET));
        for (name, signature, body, live, expected) in [
            ("good", good.as_str(), BODY, &[a][..], Ok(())),
            ("upper case", &upper.0, BODY, &[&upper.1], Ok(())),
            ("first of two", &good, BODY, &[a, b], Ok(())),
            ("second of two", &other, BODY, &[a, b], Ok(())),
            ("retired", &other, BODY, &[a], Err(mismatch)),
            ("one byte changed", &good, &tampered, &[a], Err(mismatch)),
            ("body cut", &good, &BODY[..9], &[a], Err(mismatch)),
            ("truncated", &good[..126], BODY, &[a], Err(malformed)),
            ("longer", &format!("{good}00"), BODY, &[a], Err(malformed)),
            ("half a byte", &good[..127], BODY, &[a], Err(malformed)),
            ("no hex", &"zz".repeat(64), BODY, &[a], Err(malformed)),
            ("zeros", &"00".repeat(64), BODY, &[a], Err(mismatch)),
            ("empty", "", BODY, &[a], Err(malformed)),
            (
                "merged by a proxy",
                &format!("{good},{good}"),
                BODY,
                &[a],
                Err(malformed),
            ),
            ("no key", &good, BODY, &[], none),
            ("empty key", &good, BODY, &[""], none),
            ("short key", &good, BODY, &[&a[..62]], none),
            ("no hexadecimal key", &good, BODY, &["a-public-key"], none),
            ("one of two unusable", &good, BODY, &["?", a], Ok(())),
            (
                "a key that is no point",
                &good,
                BODY,
                &[&"ff".repeat(32)],
                Err(mismatch),
            ),
        ] {
            let timestamp = NOW.to_string();
            let pairs = [
                ("X-Signature-Timestamp", timestamp.as_str()),
                ("X-Signature-Ed25519", signature),
            ];
            assert_eq!(check(&pairs, body, live), expected, "{name}");
        }
    }

    #[test]
    fn headers_and_timestamps() {
        let signer = Signer::of_seed(&[1; 32]).unwrap();
        let (key, good) = (signer.public_key(), signer.sign(NOW, BODY));
        let now = NOW.to_string();
        let (ts, sig) = ((TIMESTAMP_HEADER, now.as_str()), (SIGNATURE_HEADER, &*good));
        let later = (NOW + 1).to_string();
        for (pairs, expected) in [
            (vec![sig, ts], Ok(())),
            (vec![sig], Err(Rejection::Missing(TIMESTAMP_HEADER))),
            (vec![ts], Err(Rejection::Missing(SIGNATURE_HEADER))),
            (
                vec![ts, sig, sig],
                Err(Rejection::Malformed(SIGNATURE_HEADER)),
            ),
            (
                vec![ts, ts, sig],
                Err(Rejection::Malformed(TIMESTAMP_HEADER)),
            ),
            (
                vec![(TIMESTAMP_HEADER, &later), sig],
                Err(Rejection::Mismatch),
            ),
            (
                vec![(TIMESTAMP_HEADER, "soon"), sig],
                Err(Rejection::Malformed(TIMESTAMP_HEADER)),
            ),
        ] {
            assert_eq!(check(&pairs, BODY, &[&key]), expected, "{pairs:?}");
        }
        for (offset, expected) in [
            (-300, Ok(())),
            (300, Ok(())),
            (-301, Err(Rejection::Stale)),
            (301, Err(Rejection::Stale)),
        ] {
            let at = (NOW + offset).to_string();
            let signed = signer.sign(NOW + offset, BODY);
            let pairs = [(TIMESTAMP_HEADER, &*at), (SIGNATURE_HEADER, &*signed)];
            assert_eq!(check(&pairs, BODY, &[&key]), expected, "{offset} s");
        }
    }
}
