//! When members are there: how many in each hour of the week.

use serde::{Deserialize, Serialize};

use crate::member::{HOURS, Hours};

/// Members who were active in each hour of the week on the community's clock, Monday's first hour first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<u64>", into = "Vec<u64>")]
pub struct Heat(Vec<u64>);

impl Default for Heat {
    fn default() -> Self {
        Self(vec![0; HOURS])
    }
}

impl Heat {
    pub(super) fn add(&mut self, hours: &Hours) {
        for hour in hours.iter() {
            if let Some(count) = self.0.get_mut(hour) {
                *count += 1;
            }
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.0
            .iter_mut()
            .zip(&other.0)
            .for_each(|(mine, theirs)| *mine += theirs);
    }

    /// Weekdays, Monday first, each with its hours.
    pub fn weekdays(&self) -> impl Iterator<Item = &[u64]> {
        self.0.chunks(24)
    }

    /// The hour in which most were there: weekday 0 (Monday) to 6, hour, members. The earliest of several;
    /// `None` in a week without anybody.
    pub fn busiest(&self) -> Option<(u8, u8, u64)> {
        let most = *self.0.iter().max().filter(|most| **most > 0)?;
        let at = self.0.iter().position(|members| *members == most)?;
        let place = |n: usize| u8::try_from(n).ok();
        Some((place(at / 24)?, place(at % 24)?, most))
    }
}

impl From<Heat> for Vec<u64> {
    fn from(heat: Heat) -> Self {
        heat.0
    }
}

impl TryFrom<Vec<u64>> for Heat {
    type Error = String;

    fn try_from(hours: Vec<u64>) -> Result<Self, Self::Error> {
        if hours.len() == HOURS {
            Ok(Self(hours))
        } else {
            Err(format!("expected {HOURS} hours, found {}", hours.len()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_busiest_hour_is_the_one_with_most_members() {
        let mut heat = Heat::default();
        assert_eq!(heat.busiest(), None);
        for marks in [vec![(1, 9), (4, 21)], vec![(4, 21)], vec![(6, 23)]] {
            let mut hours = Hours::default();
            for (weekday, hour) in marks {
                hours.mark(weekday, hour);
            }
            heat.add(&hours);
        }
        assert_eq!(heat.busiest(), Some((4, 21, 2)));
        assert_eq!(
            heat.weekdays()
                .map(|day| day.iter().sum::<u64>())
                .collect::<Vec<_>>(),
            [0, 1, 0, 0, 2, 0, 1]
        );
        let mut twice = heat.clone();
        twice.merge(&heat);
        assert_eq!(twice.busiest(), Some((4, 21, 4)));
        let json = serde_json::to_string(&heat).unwrap();
        assert_eq!(serde_json::from_str::<Heat>(&json).unwrap(), heat);
        assert!(serde_json::from_str::<Heat>("[1,2]").is_err());
    }
}
