//! What a button carries, in the 100 characters of `custom_id`.

use hearth_domain::ids::{MemberId, MessageId};

pub use crate::button::decode;
use crate::shorten::code_points;

/// Characters of a `custom_id`.
const LIMIT: usize = 100;

/// The value and our message's id, as far as they fit; `None` if not even the value does.
pub fn encode(value: &str, id: &MessageId, to: Option<&MemberId>) -> Option<String> {
    crate::button::encode(value, id, to, |data| code_points(data) <= LIMIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_left_out() {
        let member = MemberId::new("115590097100865541").unwrap();
        let id = |path: &str| -> MessageId {
            format!("acme/115590097100865541/{path}").parse().unwrap()
        };
        let longest = "v".repeat(64);
        for (value, path, to, carried) in [
            (longest.as_str(), "onboarding/1/day-1.guide", true, true),
            ("interest:tools", "win-back/12345/survey", false, true),
            (&longest, "onboarding/1/day-1.guide", false, false),
            (&"字".repeat(100), "x", true, false),
        ] {
            let (id, to) = (id(path), to.then_some(&member));
            let written = encode(value, &id, to).unwrap();
            assert!(code_points(&written) <= 100);
            let message = carried.then(|| id.clone());
            assert_eq!(decode(&written, id.community(), to), (value, message));
        }
        assert_eq!(encode(&"v".repeat(101), &id("x"), Some(&member)), None);
    }
}
