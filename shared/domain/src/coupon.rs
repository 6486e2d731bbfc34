//! Coupon codes: where a gift's code comes from.

use jiff::{SignedDuration, Timestamp};

pub use crate::ids::PoolId;
use crate::message::{HeldFor, Message, State};

/// Where the code of a gift comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Codes {
    /// One code for everybody.
    Shared(String),
    /// Codes that were imported; each is given once.
    Pool(PoolId),
    /// A code made for each message. The shop recognises it by its prefix and is told of none
    /// before it is given.
    Generated {
        /// What each begins with.
        prefix: String,
    },
}

/// What nobody mistakes for something else when they type it: no 0, O, 1, I, L.
const LETTERS: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";
/// Characters after the prefix: 31⁸ are 850 thousand million codes.
const LENGTH: usize = 8;

/// The code of one message: the prefix and eight characters. `tag` is a keyed hash of the message's
/// id (`Pseudonyms::tag` of `shared/aws`), so that the same message always has the same code and
/// nobody without the key can guess another's.
pub fn generated(prefix: &str, tag: u64) -> String {
    let mut rest = tag;
    let mut code = prefix.to_owned();
    let base = u64::try_from(LETTERS.len()).unwrap_or(1);
    for _ in 0..LENGTH {
        let at = usize::try_from(rest % base).unwrap_or(0);
        code.extend(LETTERS.get(at).copied().map(char::from));
        rest /= base;
    }
    code
}

/// A message for which no code is left is looked at again after this: somebody may have imported
/// more.
pub const LOOK_AGAIN: SignedDuration = SignedDuration::from_mins(15);

impl Message {
    /// Puts off a claimed message for which no code is left. Nothing was tried with it, so the
    /// attempt does not count. One that is not claimed stays as it is.
    #[must_use]
    pub fn hold_for_code(&self, now: Timestamp) -> Self {
        let State::Sending { .. } = self.state else {
            return self.clone();
        };
        let until = now.saturating_add(LOOK_AGAIN).unwrap_or(Timestamp::MAX);
        Self {
            state: State::Held {
                until,
                why: HeldFor::Code,
            },
            attempt: self.attempt.saturating_sub(1),
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_code_is_eight_characters_that_nobody_mistakes() {
        let mut seen = BTreeSet::new();
        for n in 0..10_000_u64 {
            let tag = n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
            let code = generated("ACME-", tag);
            assert_eq!(code, generated("ACME-", tag));
            let own = code.strip_prefix("ACME-").unwrap();
            assert_eq!(own.len(), 8, "{code}");
            assert!(!own.contains(['0', 'O', '1', 'I', 'L']), "{code}");
            assert!(own.bytes().all(|b| LETTERS.contains(&b)), "{code}");
            seen.insert(code);
        }
        assert_eq!(seen.len(), 10_000, "different tags, different codes");
        assert_eq!(generated("", 0), "22222222");
        assert_eq!(generated("", u64::MAX).len(), 8);
    }

    #[test]
    fn a_pool_is_named_like_everything_else() {
        assert!(PoolId::new("welcome-2026").is_ok());
        for wrong in ["", "Welcome", "a#b", "a/b", &"x".repeat(33)] {
            assert_eq!(
                PoolId::new(wrong).unwrap_err().to_string(),
                "not a coupon pool: expected 1 to 32 of a-z, 0-9 and -"
            );
        }
    }
}
