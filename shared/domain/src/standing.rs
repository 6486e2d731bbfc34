//! Where a total stands among all: so much of everybody is kept that anybody's place is known
//! without reading them.

/// The distinct totals of a board, the greatest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing(Vec<u32>);

impl Standing {
    /// So many of the greatest totals are kept: at five bytes each they fit one stored item. Below
    /// them all have the place after the last.
    pub const MOST: usize = 50_000;

    /// Of all totals, in any order, as often as they occur. Who has nothing has no place.
    pub fn of(totals: impl IntoIterator<Item = u32>) -> Self {
        let mut totals: Vec<u32> = totals.into_iter().filter(|total| *total > 0).collect();
        totals.sort_unstable_by(|a, b| b.cmp(a));
        totals.dedup();
        totals.truncate(Self::MOST);
        Self(totals)
    }

    /// The distinct totals, the greatest first.
    pub fn totals(&self) -> &[u32] {
        &self.0
    }

    /// The place of a total, from 1: one more than there are greater ones (a dense rank: whoever has
    /// the same total has the same place, and no place is left out).
    pub fn rank_of(&self, points: u32) -> u32 {
        let greater = self.0.partition_point(|total| *total > points);
        u32::try_from(greater).map_or(u32::MAX, |greater| greater.saturating_add(1))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_same_total_is_the_same_place_and_none_is_left_out() {
        let standing = Standing::of([5, 40, 5, 0, 12, 40]);
        assert_eq!(standing.totals(), [40, 12, 5]);
        let places = [41, 40, 39, 12, 6, 5, 1, 0].map(|points| standing.rank_of(points));
        assert_eq!(places, [1, 1, 2, 2, 3, 3, 4, 4]);
        assert_eq!(Standing::default().rank_of(7), 1);
    }

    #[test]
    fn below_the_totals_that_are_kept_all_have_one_place() {
        let most = u32::try_from(Standing::MOST).unwrap();
        let standing = Standing::of(1..=most + 10);
        assert_eq!(standing.totals().len(), Standing::MOST);
        assert_eq!(standing.rank_of(11), most);
        assert_eq!(
            [10, 3].map(|points| standing.rank_of(points)),
            [most + 1; 2]
        );
    }

    proptest! {
        #[test]
        fn a_place_is_one_more_than_there_are_greater_totals(totals in prop::collection::vec(0..60_u32, 0..80), points in 0..70_u32) {
            let greater: BTreeSet<u32> = totals.iter().copied().filter(|total| *total > points).collect();
            prop_assert_eq!(Standing::of(totals).rank_of(points), u32::try_from(greater.len()).unwrap() + 1);
        }
    }
}
