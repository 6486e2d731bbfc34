//! What a button carries where there is little room for it: its value and our message's id.

use hearth_domain::ids::{CommunityId, MemberId, MessageId, Owner};

/// Between value and message: no value of a playbook has a line break.
const SEPARATOR: char = '\n';
/// Before an owner who is not the one who got the message.
const OWNER: char = '@';

/// `<value>⏎<path>`; where the message is not for its owner alone `<value>⏎@<owner>/<path>`.
///
/// The community is left out (the webhook's path names it), and so is the owner of a message one
/// to one (who presses it is the owner): what is left of every message of ours fits. If it does
/// not, the value goes alone, and the press is one of no known message; `None` if not even that
/// `fits`.
pub(crate) fn encode(
    value: &str,
    id: &MessageId,
    to: Option<&MemberId>,
    fits: fn(&str) -> bool,
) -> Option<String> {
    let whole = match id.owner() {
        Owner::Member(owner) if to == Some(owner) => format!("{value}{SEPARATOR}{}", id.path()),
        Owner::Member(owner) => format!("{value}{SEPARATOR}{OWNER}{owner}/{}", id.path()),
        // Its name brings the `@` along.
        owner @ Owner::Community => format!("{value}{SEPARATOR}{owner}/{}", id.path()),
    };
    if fits(&whole) {
        Some(whole)
    } else {
        fits(value).then(|| value.to_owned())
    }
}

/// The value and the message of what [`encode`] wrote. `by` is who pressed it, if it was one to
/// one. The data comes back through the member's client, so it may be anything: what does not
/// read as a message of this community is none.
pub fn decode<'a>(
    data: &'a str,
    community: &CommunityId,
    by: Option<&MemberId>,
) -> (&'a str, Option<MessageId>) {
    let Some((value, reference)) = data.split_once(SEPARATOR) else {
        return (data, None);
    };
    let id = match reference.strip_prefix(OWNER) {
        None => by.and_then(|member| {
            let owner = Owner::Member(member.clone());
            MessageId::new(community.clone(), owner, reference).ok()
        }),
        Some("") => None,
        Some(elsewhere) => {
            let at = if elsewhere.starts_with("community/") {
                "@"
            } else {
                ""
            };
            format!("{community}/{at}{elsewhere}").parse().ok()
        }
    };
    (value, id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_button_carries_comes_back() {
        let member = MemberId::new("6962620676").unwrap();
        for (id, to, value, data) in [
            (
                "acme/6962620676/onboarding/1/day-1",
                Some(&member),
                "interest:ai",
                Some("interest:ai\nonboarding/1/day-1"),
            ),
            (
                "acme/6962620676/win-back/12345/survey",
                Some(&member),
                "boring_content",
                Some("boring_content\nwin-back/12345/survey"),
            ),
            (
                "acme/6962620676/onboarding/1/day-1",
                None,
                "task:done",
                Some("task:done\n@6962620676/onboarding/1/day-1"),
            ),
            (
                "acme/@community/report/2026-W01/1",
                None,
                "seen",
                Some("seen\n@community/report/2026-W01/1"),
            ),
        ] {
            let id: MessageId = id.parse().unwrap();
            let written = encode(value, &id, to, |_| true);
            assert_eq!(written.as_deref(), data);
            assert_eq!(
                decode(&written.unwrap(), id.community(), to),
                (value, Some(id.clone()))
            );
        }
    }

    #[test]
    fn what_is_no_message_of_ours_is_none() {
        let community = CommunityId::new("acme").unwrap();
        let by = MemberId::new("7").unwrap();
        for (data, value) in [
            ("Data from button callback", "Data from button callback"),
            ("", ""),
            ("\n", ""),
            ("v\n", "v"),
            ("v\n@", "v"),
            ("v\n@/", "v"),
            ("v\n@8", "v"),
            ("v\n@@8/x", "v"),
            ("v\na b", "v"),
            ("v\nx#y", "v"),
            ("v\np\nq", "v"),
        ] {
            assert_eq!(
                decode(data, &community, Some(&by)),
                (value, None),
                "{data:?}"
            );
        }
        // In a group, who presses says nothing of whose message it is.
        assert_eq!(
            decode("v\nonboarding/1/day-1", &community, None),
            ("v", None)
        );
    }
}
