//! Whom something that is stored or queued is about.

use hearth_domain::ids::{CommunityId, MemberId, MessageId, Owner};
use hearth_domain::text::members_named;
use serde_json::Value;

use crate::wire::Work;

/// In a value a shorter id would be anybody's number; in a path it is still a member.
const WORTH_A_LOOK: usize = 4;

/// Whether a queue message is about a member: an event of theirs, a message to them, or, where it is
/// no work we know, one that names both the community and them.
pub fn queued(body: &str, community: &CommunityId, member: &MemberId) -> bool {
    match Work::from_json(body) {
        Ok(Work::SendV1(send)) => is_of(&send.id, community, member),
        Ok(Work::EventV1(event)) => {
            let regards = event.regards.as_ref() == Some(member);
            let own = event.community == *community && (event.member == *member || regards);
            own || serde_json::to_value(&event.what).is_ok_and(|what| {
                any_text(&what, &mut |text| names_message(text, community, member))
            })
        }
        Ok(Work::DrainShardV1(_) | Work::RollupV1(_) | Work::CloseDayV1(_)) => false,
        Err(_) => {
            let Ok(json) = serde_json::from_str::<Value>(body) else {
                return contains_word(body, community.as_str())
                    && contains_word(body, member.as_str());
            };
            any_text(&json, &mut |text| contains_word(text, community.as_str()))
                && any_text(&json, &mut |text| contains_word(text, member.as_str()))
        }
    }
}

/// Whether a text that is stored around a community names a member: where a name is to be filled in,
/// or as a word of its own.
pub fn named_in_value(text: &str, member: &MemberId) -> bool {
    let as_a_word = member.as_str().len() >= WORTH_A_LOOK && contains_word(text, member.as_str());
    as_a_word || members_named(text).contains(member)
}

/// Whether a path or a sort key has the member as one of its parts.
pub fn named_in_path(path: &str, member: &MemberId) -> bool {
    path.split(['/', '#']).any(|part| part == member.as_str())
}

fn is_of(id: &MessageId, community: &CommunityId, member: &MemberId) -> bool {
    let owned = match id.owner() {
        Owner::Member(owner) => owner == member,
        Owner::Community => named_in_path(id.path(), member),
    };
    owned && id.community() == community
}

fn names_message(text: &str, community: &CommunityId, member: &MemberId) -> bool {
    text.parse()
        .is_ok_and(|id: MessageId| is_of(&id, community, member))
}

fn any_text(json: &Value, wanted: &mut impl FnMut(&str) -> bool) -> bool {
    match json {
        Value::String(text) => wanted(text),
        Value::Array(list) => list.iter().any(|one| any_text(one, wanted)),
        Value::Object(fields) => fields.values().any(|one| any_text(one, wanted)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn contains_word(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    text.match_indices(word).any(|(at, found)| {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        let after = text
            .get(at + found.len()..)
            .and_then(|text| text.chars().next());
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn acme() -> CommunityId {
        CommunityId::new("acme").unwrap()
    }

    fn member(id: &str) -> MemberId {
        MemberId::new(id).unwrap()
    }

    #[test]
    fn a_letter_is_about_whoever_it_is_of_or_to() {
        let joined = |who: &str, of: &str| {
            format!(
                r#"{{"type":"EventV1","community":"{of}","id":"x:U42","at":"2026-01-05T01:00:00Z","member":"{who}","what":{{"kind":"joined"}}}}"#
            )
        };
        let pressed = r#"{"type":"EventV1","community":"acme","id":"x:1","at":"2026-01-05T01:00:00Z","member":"U7","what":{"kind":"task-claimed","message":"acme/U42/onboarding/1/day-2"}}"#;
        for (body, about) in [
            (
                r#"{"type":"SendV1","id":"acme/U42/onboarding/1/day-1"}"#.to_owned(),
                true,
            ),
            (
                r#"{"type":"SendV1","id":"acme/U421/onboarding/1/day-1"}"#.to_owned(),
                false,
            ),
            (
                r#"{"type":"SendV1","id":"shop/U42/onboarding/1/day-1"}"#.to_owned(),
                false,
            ),
            (
                r#"{"type":"SendV1","id":"acme/@community/case/U42/1"}"#.to_owned(),
                true,
            ),
            (joined("U42", "acme"), true),
            (joined("U42", "shop"), false),
            // The id of an event is not a member's, whatever it looks like.
            (joined("U7", "acme"), false),
            (pressed.to_owned(), true),
            (r#"{"type":"DrainShardV1","shard":3}"#.to_owned(), false),
            // What is no work of ours names whom it names.
            (
                r#"{"type":"EventV9","community":"acme","who":["U42"]}"#.to_owned(),
                true,
            ),
            (
                r#"{"type":"EventV9","community":"acme","who":["U421"]}"#.to_owned(),
                false,
            ),
            (
                r#"{"type":"EventV9","community":"shop","who":["U42"]}"#.to_owned(),
                false,
            ),
            ("acme U42 {".to_owned(), true),
            ("{".to_owned(), false),
        ] {
            assert_eq!(queued(&body, &acme(), &member("U42")), about, "{body}");
        }
    }

    #[test]
    fn a_short_id_is_a_part_of_a_path_and_no_number_in_a_text() {
        assert!(named_in_path("message#case/7/1", &member("7")));
        assert!(!named_in_path("message#case/77/1", &member("7")));
        assert!(!named_in_value("7 days", &member("7")));
        assert!(named_in_value("<#7#>: 7 days", &member("7")));
        assert!(named_in_value("U024BE7LH: other", &member("U024BE7LH")));
        assert!(!named_in_value("U024BE7LHX", &member("U024BE7LH")));
    }
}
