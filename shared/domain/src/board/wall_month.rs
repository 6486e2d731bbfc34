//! How many checked in on each day of the running month: what a wall's picture is drawn from.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crate::days::LocalDay;
use crate::locale::Locale;
use crate::period::Month;
use crate::text::month_name;

/// The walls of a month, up to that of one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WallMonth {
    day: LocalDay,
    /// By the day of the month, from 1.
    counts: BTreeMap<u8, u32>,
}

/// A text that is no month of walls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a month of walls: expected a day and its month's counts, such as 2026-01-05 1:12 5:3")]
pub struct WallMonthError;

impl WallMonth {
    /// The value of a wall's message that holds it. No text shows it: a picture is drawn from it.
    pub const VALUE: &'static str = "wall.days";

    /// The month of `day`, which has just been closed; `counts` by the day of the month. Later days,
    /// and numbers that are no day of this month, are left out.
    pub fn new(day: LocalDay, mut counts: BTreeMap<u8, u32>) -> Self {
        let last = number_of(day);
        counts.retain(|number, _| (1..=last).contains(number));
        Self { day, counts }
    }

    /// The day that was closed.
    pub fn day(&self) -> LocalDay {
        self.day
    }

    /// How many checked in on a day; `None` = the day is of another month, or had no wall.
    pub fn count_of(&self, day: LocalDay) -> Option<u32> {
        let of_month = Month::of(day) == Month::of(self.day);
        self.counts
            .get(&number_of(day))
            .filter(|_| of_month)
            .copied()
    }

    /// The most that checked in on a day.
    pub fn most(&self) -> u32 {
        self.counts.values().copied().max().unwrap_or(0)
    }

    /// The same in words, for whoever cannot see a picture: at most 700 characters.
    pub fn in_words(&self, locale: Locale) -> String {
        let month = month_name(Month::of(self.day), locale);
        let days = self.counts.iter();
        match locale {
            Locale::ZhHant => {
                let days: Vec<String> = days.map(|(day, n)| format!("{day}日 {n}")).collect();
                format!("{month}每天的簽到人數：{}", days.join("、"))
            }
            Locale::ZhHans => {
                let days: Vec<String> = days.map(|(day, n)| format!("{day}日 {n}")).collect();
                format!("{month}每天的打卡人数：{}", days.join("、"))
            }
            Locale::En => {
                let name = Month::of(self.day).first_day().date().strftime("%b");
                let days: Vec<String> = days.map(|(day, n)| format!("{day} {name}: {n}")).collect();
                format!("Check-ins on each day of {month}: {}", days.join(", "))
            }
        }
    }
}

/// 1 to 31.
fn number_of(day: LocalDay) -> u8 {
    day.date().day().unsigned_abs()
}

/// `2026-01-05 1:12 2:15 5:3`.
impl fmt::Display for WallMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.day)?;
        let mut counts = self.counts.iter();
        counts.try_for_each(|(day, count)| write!(f, " {day}:{count}"))
    }
}

impl FromStr for WallMonth {
    type Err = WallMonthError;

    fn from_str(text: &str) -> Result<Self, WallMonthError> {
        let mut words = text.split(' ');
        let day: Option<LocalDay> = words.next().and_then(|day| day.parse().ok());
        let count = |word: &str| {
            let (day, count) = word.split_once(':')?;
            Some((day.parse().ok()?, count.parse().ok()?))
        };
        let counts: Option<BTreeMap<u8, u32>> = words.map(count).collect();
        match (day, counts) {
            (Some(day), Some(counts)) => Ok(Self::new(day, counts)),
            (_, _) => Err(WallMonthError),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> LocalDay {
        text.parse().unwrap()
    }

    #[test]
    fn a_month_is_read_as_it_was_written() {
        for text in ["2026-01-05 1:12 2:15 5:3", "2026-02-01"] {
            let month: WallMonth = text.parse().unwrap();
            assert_eq!(month.to_string(), text);
        }
        for text in [
            "",
            "2026-01",
            "2026-01-05 1",
            "2026-01-05 x:1",
            "2026-01-05  1:2",
        ] {
            assert_eq!(text.parse::<WallMonth>(), Err(WallMonthError), "{text}");
        }
    }

    #[test]
    fn a_month_knows_its_own_days_up_to_the_closed_one() {
        let counts = [(0, 9), (1, 12), (5, 3), (6, 99), (40, 7)].into();
        let month = WallMonth::new(day("2026-01-05"), counts);
        assert_eq!(month.to_string(), "2026-01-05 1:12 5:3");
        assert_eq!(month.most(), 12);
        for (asked, count) in [
            ("2026-01-01", Some(12)),
            ("2026-01-02", None),
            ("2026-01-05", Some(3)),
            ("2026-01-06", None),
            ("2026-02-01", None),
            ("2025-01-01", None),
        ] {
            assert_eq!(month.count_of(day(asked)), count, "{asked}");
        }
    }

    #[test]
    fn the_words_fit_every_platform() {
        let month: WallMonth = "2026-01-05 1:12 5:3".parse().unwrap();
        for (locale, words) in [
            (Locale::ZhHant, "2026年1月每天的簽到人數：1日 12、5日 3"),
            (Locale::ZhHans, "2026年1月每天的打卡人数：1日 12、5日 3"),
            (
                Locale::En,
                "Check-ins on each day of January 2026: 1 Jan: 12, 5 Jan: 3",
            ),
        ] {
            assert_eq!(month.in_words(locale), words);
            let full = (1..=31).map(|day| (day, u32::MAX)).collect();
            let longest = WallMonth::new(day("2026-12-31"), full).in_words(locale);
            assert!(longest.chars().count() <= 700, "{longest}");
        }
    }
}
