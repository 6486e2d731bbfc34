//! Chance that is no chance: what is drawn follows from the seed and from what it is drawn for.

use std::ops::RangeInclusive;

use hearth_domain::member::hash64;

/// Draws for one thing, in order. Two things never share draws, so that a change of one member's
/// habits, or of a playbook, moves nobody else's life.
#[derive(Debug, Clone)]
pub(super) struct Chance(u64);

impl Chance {
    /// The draws of a seed for a thing, e.g. `member 17/day 3`.
    pub(super) fn of(seed: u64, thing: &str) -> Self {
        Self(hash64(&format!("{seed}/{thing}")))
    }

    /// The next 64 bits. Source: Steele, Lea, Flood, "Fast splittable pseudorandom number
    /// generators", OOPSLA 2014 (`splitmix64`).
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`; 0 if there is none.
    pub(super) fn below(&mut self, n: u64) -> u64 {
        let wide = u128::from(self.next()) * u128::from(n);
        u64::try_from(wide >> 64).unwrap_or(0)
    }

    /// A number of a range.
    pub(super) fn within(&mut self, range: RangeInclusive<u64>) -> u64 {
        let (from, to) = range.into_inner();
        from + self.below(to.saturating_sub(from) + 1)
    }

    /// True so many times of a hundred.
    pub(super) fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of them, by weight; `None` if none has any.
    pub(super) fn pick<T>(&mut self, weighted: impl IntoIterator<Item = (u64, T)>) -> Option<T> {
        let weighted: Vec<(u64, T)> = weighted.into_iter().collect();
        let mut drawn = self.below(weighted.iter().map(|(weight, _)| weight).sum());
        for (weight, one) in weighted {
            if drawn < weight {
                return Some(one);
            }
            drawn -= weight;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_thing_draws_the_same() {
        let draw = |seed, thing| Chance::of(seed, thing).next();
        assert_eq!(draw(1, "a"), draw(1, "a"));
        assert_ne!(draw(1, "a"), draw(2, "a"));
        assert_ne!(draw(1, "a"), draw(1, "b"));
    }

    #[test]
    fn draws_keep_to_their_range_and_share() {
        let mut chance = Chance::of(7, "shares");
        let drawn: Vec<u64> = (0..10_000).map(|_| chance.within(3..=5)).collect();
        for value in 3..=5 {
            let times = drawn.iter().filter(|one| **one == value).count();
            assert!((3_100..3_560).contains(&times), "{value}: {times}");
        }
        let yes = (0..10_000).filter(|_| chance.percent(20)).count();
        assert!((1_850..2_150).contains(&yes), "{yes}");
        assert_eq!(chance.pick([(0, "a"), (5, "b"), (0, "c")]), Some("b"));
        assert_eq!(chance.pick([(0, "a")]), None);
        assert_eq!(chance.below(0), 0);
    }
}
