//! Who is in which arm of a trial: by a stable hash, so that nothing is stored and everybody who
//! asks gets the same answer, for good.

use crate::ids::{CommunityId, MemberId, MessageKind};
use crate::member::hash64;
use crate::playbook::{Experiments, Text, Variant};

/// A place in [0, 1), evenly spread over members and independent between trials.
pub fn place(trial: &str, community: &CommunityId, member: &MemberId) -> f64 {
    // FNV's high bits hardly move between ids that differ at the end: splitmix64's finish mixes them.
    let mut z = hash64(&format!("{trial}\n{community}\n{member}"));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^= z >> 31;
    // 53 bits are what a double holds.
    let bits = u32::try_from(z >> 32).unwrap_or(0);
    f64::from(bits) / (f64::from(u32::MAX) + 1.0)
}

/// Whether a newcomer is held out: gets no plan, so that the report can say what the plan is worth.
pub fn held_out(rules: &Experiments, community: &CommunityId, member: &MemberId) -> bool {
    rules.holdout > 0.0 && place("holdout", community, member) < rules.holdout
}

/// The body that a member gets of a text: `None` = its own, else one of its variants. All have the
/// same share.
pub fn variant<'t>(
    text: &'t Text,
    kind: &MessageKind,
    community: &CommunityId,
    member: &MemberId,
) -> Option<&'t Variant> {
    if text.variants.is_empty() {
        return None;
    }
    let arms = u32::try_from(text.variants.len() + 1).unwrap_or(u32::MAX);
    let at = place(kind.as_str(), community, member) * f64::from(arms);
    // Each arm is [n, n + 1).
    let arm = (1..arms).rev().find(|arm| at >= f64::from(*arm))?;
    text.variants.get(usize::try_from(arm - 1).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members() -> impl Iterator<Item = MemberId> {
        (0..10_000).map(|n| MemberId::new(format!("U{n}")).unwrap())
    }

    fn acme() -> CommunityId {
        CommunityId::new("acme").unwrap()
    }

    #[test]
    fn places_are_spread_evenly_and_trials_know_nothing_of_each_other() {
        let mut tenths = [0_u32; 10];
        let mut both = 0;
        for member in members() {
            let at = place("a", &acme(), &member);
            assert!((0.0..1.0).contains(&at));
            let tenth = (0..10_u8).rfind(|n| at >= f64::from(*n) / 10.0).unwrap();
            tenths[usize::from(tenth)] += 1;
            both += u32::from(at < 0.5 && place("b", &acme(), &member) < 0.5);
            assert_eq!(at.to_bits(), place("a", &acme(), &member).to_bits());
        }
        // 1,000 ± 4 standard deviations of 30.
        assert!(
            tenths.iter().all(|n| (880..1_120).contains(n)),
            "{tenths:?}"
        );
        assert!((2_300..2_700).contains(&both), "{both}");
    }

    #[test]
    fn the_holdout_is_the_share_that_was_asked_for() {
        for (share, expected) in [(0.0, 0..=0), (0.1, 880..=1_120), (0.5, 4_800..=5_200)] {
            let rules = Experiments {
                holdout: share,
                min_sample: 100,
            };
            let out = members()
                .filter(|member| held_out(&rules, &acme(), member))
                .count();
            assert!(expected.contains(&out), "{share}: {out}");
        }
    }
}
