//! Invitations, as adapters see them.

use super::normalise;
use crate::community::Community;
use crate::event::Happened;
use crate::ids::MemberId;
use crate::invitation::{Came, InviteCode, Inviter};
use crate::playbook::Playbook;

/// A join, and how they came. Who invited them goes no further where invitations mean nothing.
pub(super) fn joined(
    inviter: Option<MemberId>,
    source: Option<&str>,
    community: &Community,
    playbook: &Playbook,
) -> Happened {
    let came = Came::read(inviter, source, community.platform).map(|came| Came {
        by: came.by.filter(|_| playbook.invitations.is_some()),
        ..came
    });
    Happened::Joined { came }
}

/// An invitation that is told apart from the join; `None` = it means nothing.
pub(super) fn accepted(inviter: MemberId, playbook: &Playbook) -> Option<Happened> {
    playbook.invitations.as_ref()?;
    Some(Happened::Invited {
        by: Inviter::Member(inviter),
        typed: false,
    })
}

/// Whether a whole message asks for one's code, wherever it stands; already normalised.
pub(super) fn asked(whole: &str, playbook: &Playbook) -> Option<Happened> {
    let rules = playbook.invitations.as_ref()?;
    let asks = rules.keywords.iter().any(|word| normalise(word) == whole);
    asks.then_some(Happened::InvitesAsked)
}

/// A code that somebody wrote, one to one.
pub(super) fn typed(whole: &str, playbook: &Playbook) -> Option<Happened> {
    playbook.invitations.as_ref()?;
    let code = InviteCode::parse(whole)?;
    Some(Happened::Invited {
        by: Inviter::Code(code),
        typed: true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invitation::JoinSource;

    fn community(platform: &str) -> Community {
        let secrets = match platform {
            "wecom" => {
                "token = \"literal:a\"\nencoding_aes_key = \"literal:abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG\"\ncorp_id = \"literal:c\"\ncorp_secret = \"literal:d\""
            }
            "telegram" => "secret_token = \"literal:a\"\nbot_token = \"literal:1:b\"",
            _ => "signing_secret = \"literal:whsec_c2hvcA==\"",
        };
        let api = if platform == "standard" {
            "[endpoints]\napi = \"https://example.com\""
        } else {
            ""
        };
        let toml = format!(
            "id = \"acme\"\nplatform = \"{platform}\"\nname = \"A\"\nzone = \"UTC\"\nlocale = \"en\"\nplaybook = \"default\"\n{api}\n[secrets]\n{secrets}"
        );
        Community::parse(&toml).unwrap_or_else(|problems| panic!("{problems:?}"))
    }

    fn came(platform: &str, inviter: Option<&str>, source: Option<&str>) -> Option<Came> {
        let playbook = Playbook::parse(Playbook::DEFAULT_TOML).unwrap();
        let inviter = inviter.map(|id| id.parse().unwrap());
        let found = joined(inviter, source, &community(platform), &playbook);
        let Happened::Joined { came } = found else {
            panic!("{found:?}");
        };
        came
    }

    #[test]
    fn how_somebody_came_follows_from_what_the_platform_tells() {
        let source = |platform, source| came(platform, None, Some(source)).map(|came| came.source);
        assert_eq!(came("telegram", None, None), None);
        assert_eq!(source("wecom", "spring-fair"), Some(JoinSource::Qr));
        assert_eq!(source("telegram", "spring-fair"), Some(JoinSource::Share));
        assert_eq!(source("standard", "qr-door"), Some(JoinSource::Qr));
        assert_eq!(source("standard", "Share: blog"), Some(JoinSource::Share));
        assert_eq!(source("standard", "spring-fair"), Some(JoinSource::Other));
        let by = |came: Option<Came>| came.map(|came| (came.source, came.by));
        let member = Inviter::Member("U7".parse().unwrap());
        let invited = Some((JoinSource::Invited, Some(member)));
        assert_eq!(by(came("standard", Some("U7"), Some("qr-door"))), invited);
        let code = InviteCode::of(&"acme".parse().unwrap(), &"U7".parse().unwrap());
        for platform in ["wecom", "telegram", "standard"] {
            let found = by(came(platform, None, Some(&code.to_string())));
            assert_eq!(
                found,
                Some((JoinSource::Invited, Some(Inviter::Code(code))))
            );
        }
    }

    #[test]
    fn without_rules_only_the_way_is_kept() {
        let mut playbook = Playbook::parse(Playbook::DEFAULT_TOML).unwrap();
        playbook.invitations = None;
        let inviter: MemberId = "U7".parse().unwrap();
        let found = joined(
            Some(inviter.clone()),
            None,
            &community("telegram"),
            &playbook,
        );
        let came = Some(Came {
            source: JoinSource::Invited,
            by: None,
        });
        assert_eq!(found, Happened::Joined { came });
        assert_eq!(accepted(inviter, &playbook), None);
        assert_eq!(asked("invite", &playbook), None);
        assert_eq!(typed("7K2M-9QXC-04TD", &playbook), None);
    }
}
