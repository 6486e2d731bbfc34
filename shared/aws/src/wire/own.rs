//! What each function's queue carries, as far as that function reads it. The rest of [`super::Work`] is
//! another function's: an error, and reading it is not in the binary.

use serde::Deserialize;

use super::{CloseDayV1, DrainShardV1, EventV1, RollupV1, SendV1};

/// Of the functions that handle members: onboarding, check-in, win-back.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "type")]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly all of them are events, one at a time"
)]
pub enum MemberWork {
    /// Something happened to a member.
    EventV1(EventV1),
    /// A shard of the due index has something due.
    DrainShardV1(DrainShardV1),
}

/// Of the messenger.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "type")]
pub enum MessengerWork {
    /// A message row waits to be sent.
    SendV1(SendV1),
    /// A shard of the due index has something due.
    DrainShardV1(DrainShardV1),
}

/// Of the rollup.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "type")]
pub enum RollupWork {
    /// A community's week is to be reported.
    RollupV1(RollupV1),
    /// A community's day is to be closed.
    CloseDayV1(CloseDayV1),
}

#[cfg(test)]
mod tests {
    use super::super::{Work, read};
    use super::*;

    /// Each is read by the function whose it is, as [`Work`] reads it, and refused by the others.
    #[test]
    fn work_is_read_by_those_whose_it_is() {
        let of_members = |body: &str| read::<MemberWork>(body).is_ok();
        let of_messenger = |body: &str| read::<MessengerWork>(body).is_ok();
        let of_rollup = |body: &str| read::<RollupWork>(body).is_ok();
        for (body, expected) in [
            (
                r#"{"type":"EventV1","community":"acme","id":"e1","at":"2026-01-05T00:00:00Z","member":"U1","what":{"kind":"reaction-added"}}"#,
                (true, false, false),
            ),
            (r#"{"type":"DrainShardV1","shard":3}"#, (true, true, false)),
            (
                r#"{"type":"SendV1","id":"acme/U1/plan/1"}"#,
                (false, true, false),
            ),
            (
                r#"{"type":"RollupV1","community":"acme","week":"2026-W02","revision":1}"#,
                (false, false, true),
            ),
            (
                r#"{"type":"CloseDayV1","community":"acme","day":"2026-01-05"}"#,
                (false, false, true),
            ),
        ] {
            assert!(Work::from_json(body).is_ok(), "{body}");
            let read = (of_members(body), of_messenger(body), of_rollup(body));
            assert_eq!(read, expected, "{body}");
        }
    }
}
