//! What the orders and scores of one week add up to: sums only, so that they can be kept in counters.

use super::{Receipt, Received};
use crate::event::FeedbackScale;
use crate::ids::Currency;

/// From so many scores on, the share of bad ones says something.
pub const MIN_SCORED: u64 = 20;

/// The orders and scores of a week.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct WeekFacts {
    /// Orders, in whatever currency.
    pub orders: u64,
    /// Those in the community's currency.
    pub paid: u64,
    /// What these came to. Minor units.
    pub revenue: u64,
    /// NPS of 9 and 10.
    pub promoters: u64,
    /// 7 and 8.
    pub passives: u64,
    /// 0 to 6.
    pub detractors: u64,
    /// One star to five.
    pub stars: [u64; 5],
    /// 👍
    pub thumbs_up: u64,
    /// 👎
    pub thumbs_down: u64,
}

impl WeekFacts {
    /// One order or score more; money only where it is in this currency.
    pub fn add(&mut self, receipt: &Receipt, currency: Option<&Currency>) {
        match &receipt.of {
            Received::Order { .. } => {
                self.orders += 1;
                if let Some(amount) = receipt.amount_in(currency) {
                    self.paid += 1;
                    self.revenue = self.revenue.saturating_add(amount);
                }
            }
            Received::Score { scale, score, .. } => self.score(*scale, *score),
        }
    }

    fn score(&mut self, scale: FeedbackScale, score: u8) {
        let count = match (scale, score) {
            (FeedbackScale::Nps, 9..) => &mut self.promoters,
            (FeedbackScale::Nps, 7..=8) => &mut self.passives,
            (FeedbackScale::Nps, ..=6) => &mut self.detractors,
            (FeedbackScale::Stars, _) => {
                let [one, two, three, four, five] = &mut self.stars;
                match score {
                    ..=1 => one,
                    2 => two,
                    3 => three,
                    4 => four,
                    5.. => five,
                }
            }
            (FeedbackScale::Thumb, 0) => &mut self.thumbs_down,
            (FeedbackScale::Thumb, 1..) => &mut self.thumbs_up,
        };
        *count += 1;
    }

    /// Another shard's on top.
    pub fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.columns_mut().into_iter().zip(other.columns()) {
            *mine = mine.saturating_add(theirs);
        }
    }

    /// Answers to the question of 0 to 10.
    pub fn nps_answers(&self) -> u64 {
        self.promoters + self.passives + self.detractors
    }

    /// Scores on whatever scale.
    pub fn scored(&self) -> u64 {
        self.nps_answers() + self.star_answers() + self.thumbs_up + self.thumbs_down
    }

    /// Answers of one star to five.
    pub fn star_answers(&self) -> u64 {
        self.stars.iter().sum()
    }

    /// Those of four stars and five.
    pub fn satisfied(&self) -> u64 {
        let [_, _, _, four, five] = self.stars;
        four + five
    }

    /// Bad ones: NPS 0 to 6, one star or two, 👎.
    pub fn negative(&self) -> u64 {
        let [one, two, _, _, _] = self.stars;
        self.detractors + one + two + self.thumbs_down
    }

    /// All sums, in the order of [`WeekFacts::COLUMNS`].
    pub fn columns(&self) -> [u64; 13] {
        let [one, two, three, four, five] = self.stars;
        [
            self.orders,
            self.paid,
            self.revenue,
            self.promoters,
            self.passives,
            self.detractors,
            one,
            two,
            three,
            four,
            five,
            self.thumbs_up,
            self.thumbs_down,
        ]
    }

    /// The same to write to.
    pub fn columns_mut(&mut self) -> [&mut u64; 13] {
        let [one, two, three, four, five] = &mut self.stars;
        [
            &mut self.orders,
            &mut self.paid,
            &mut self.revenue,
            &mut self.promoters,
            &mut self.passives,
            &mut self.detractors,
            one,
            two,
            three,
            four,
            five,
            &mut self.thumbs_up,
            &mut self.thumbs_down,
        ]
    }

    /// What each sum is called where it is stored.
    pub const COLUMNS: [&'static str; 13] = [
        "orders",
        "paid",
        "revenue",
        "promoters",
        "passives",
        "detractors",
        "stars_1",
        "stars_2",
        "stars_3",
        "stars_4",
        "stars_5",
        "thumbs_up",
        "thumbs_down",
    ];
}
