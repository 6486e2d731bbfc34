//! Reading what a playbook says of invitations.

use super::parse::{Kinds, keywords};
use super::{InvitationRules, InvitationTier};
use crate::toml_check::{Item, all};

const POINTS: std::ops::RangeInclusive<i64> = 0..=10_000;

pub(super) fn invitations<'f>(item: &Item<'f>, kinds: &mut Kinds<'f>) -> Option<InvitationRules> {
    let mut table = item.table("a table [invitations]")?;
    let points = table.need("points").integer(POINTS, "points");
    let cap_item = table.need("day_cap");
    let day_cap = cap_item.integer(POINTS, "points a day");
    let stay_days = table.need("stay_days").integer(1..=90, "days");
    let keywords = keywords(&table.need("keywords"));
    let mut kind = |name| kinds.read(table.need(name));
    let (mine, accepted, unknown) = (kind("mine"), kind("accepted"), kind("unknown"));
    let (own, late, thanks) = (kind("own"), kind("late"), kind("thanks"));
    let rewarded = table.get("rewarded").and_then(|item| kinds.read(item));
    let tiers = table
        .get("tiers")
        .map_or(Some(Vec::new()), |list| tiers(&list, kinds));
    table.finish();
    if let (Some(points), Some(cap)) = (points, day_cap) {
        cap_above(&cap_item, points, cap);
    }
    Some(InvitationRules {
        points: points?,
        day_cap: day_cap?,
        stay_days: stay_days?,
        keywords: keywords?,
        mine: mine?,
        accepted: accepted?,
        unknown: unknown?,
        own: own?,
        late: late?,
        thanks: thanks?,
        rewarded,
        tiers: tiers?,
    })
}

/// A byte counts who earned points on a day; and a cap below one invitation pays none.
fn cap_above(item: &Item<'_>, points: u16, cap: u16) {
    if cap < points {
        item.problem(format_args!(
            "expected at least the points of one invitation ({points}), found {cap}"
        ));
    } else if u32::from(cap) > u32::from(points) * 200 {
        item.problem(format_args!(
            "expected at most 200 invitations a day ({}), found {cap}",
            u32::from(points) * 200
        ));
    }
}

fn tiers<'f>(list: &Item<'f>, kinds: &mut Kinds<'f>) -> Option<Vec<InvitationTier>> {
    let items = list.list("a list of [[invitations.tiers]]")?;
    let mut last = 0_u16;
    all(items.iter().map(|item| {
        let mut table = item.table("a table [[invitations.tiers]]")?;
        let invited_item = table.need("invited");
        let invited = invited_item.integer(1..=10_000, "members who stayed");
        let points = table.need("points").integer(POINTS, "points");
        let message = table.get("message").and_then(|item| kinds.read(item));
        table.finish();
        if let Some(invited) = invited {
            if invited <= last {
                invited_item.problem(format_args!(
                    "expected more than {last}, as in the tier before, found {invited}"
                ));
            }
            last = invited;
        }
        Some(InvitationTier {
            invited: invited?,
            points: points?,
            message,
        })
    }))
}

#[cfg(test)]
mod tests {
    use crate::playbook::Playbook;

    /// The problems of the default playbook with one line in place of another.
    fn problems(line: &str, other: &str) -> Vec<String> {
        assert!(Playbook::DEFAULT_TOML.contains(line), "{line}");
        let toml = Playbook::DEFAULT_TOML.replacen(line, other, 1);
        let problems = Playbook::parse(&toml).err().unwrap_or_default();
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn invitations_are_named_with_what_is_wrong_with_them() {
        let check = |line: &str, other: &str, expected: &str| {
            let found = problems(line, other);
            assert_eq!(found.len(), 1, "{found:?}");
            assert!(found[0].contains(expected), "{found:?}");
        };
        check(
            "day_cap = 50",
            "day_cap = 9",
            "at least the points of one invitation (10), found 9",
        );
        check(
            "day_cap = 50",
            "day_cap = 2001",
            "at most 200 invitations a day (2000), found 2001",
        );
        check("stay_days = 7", "stay_days = 0", "1 to 90");
        check("thanks = \"invite.thanks\"", "", "thanks");
        check("invited = 3", "invited = 1", "expected more than 1");
        check(
            "own = \"invite.own\"",
            "own = \"invite.mine-own\"",
            "expected the kind of a text of this file",
        );
    }

    #[test]
    fn a_playbook_need_not_have_any() {
        let from = Playbook::DEFAULT_TOML.find("[invitations]").unwrap();
        let until = from + Playbook::DEFAULT_TOML[from..].find("\n# ----").unwrap();
        let mut toml = Playbook::DEFAULT_TOML.to_owned();
        toml.replace_range(from..until, "");
        let playbook = Playbook::parse(&toml).unwrap();
        assert_eq!(playbook.invitations, None);
    }
}
