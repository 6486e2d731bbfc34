//! What a button carries, in the 64 bytes of `callback_data`.

use hearth_domain::ids::{MemberId, MessageId};

pub use crate::button::decode;

/// Bytes of `callback_data`.
const LIMIT: usize = 64;

/// The value and our message's id, as far as they fit; `None` if not even the value does.
pub fn encode(value: &str, id: &MessageId, to: Option<&MemberId>) -> Option<String> {
    crate::button::encode(value, id, to, |data| data.len() <= LIMIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_left_out() {
        let member = MemberId::new("6962620676").unwrap();
        let long = format!("acme/6962620676/onboarding/1/{}", "x".repeat(40));
        let long: MessageId = long.parse().unwrap();
        for (value, data) in [
            ("interest:ai", Some("interest:ai".to_owned())),
            (&"v".repeat(64), Some("v".repeat(64))),
            (&"v".repeat(65), None),
            (&"字".repeat(22), None),
        ] {
            let written = encode(value, &long, Some(&member));
            assert_eq!(written, data);
            if let Some(written) = written {
                assert_eq!(
                    decode(&written, long.community(), Some(&member)),
                    (value, None)
                );
            }
        }
    }
}
