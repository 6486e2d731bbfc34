//! Calendar months, and the stretches of time over which members are compared. Without a zone:
//! whose days they are, the member's or the community's, says whoever uses them.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

use crate::days::{DayError, IsoWeek, LocalDay};

/// A calendar month, counted from January 1970. Range: years 0001 to 9999. Written `2026-11`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(i32);

const FIRST: i32 = (1 - 1970) * 12;
const LAST: i32 = (9999 - 1970) * 12 + 11;

impl Month {
    /// From the count of months since January 1970, held to years 0001 to 9999.
    pub fn from_index(index: i32) -> Self {
        Self(index.clamp(FIRST, LAST))
    }

    /// Months since January 1970.
    pub fn index(self) -> i32 {
        self.0
    }

    /// The month that a day is in.
    pub fn of(day: LocalDay) -> Self {
        let date = day.date();
        Self((i32::from(date.year()) - 1970) * 12 + i32::from(date.month()) - 1)
    }

    fn year(self) -> i32 {
        1970 + self.0.div_euclid(12)
    }

    /// 1 to 12.
    fn number(self) -> i32 {
        self.0.rem_euclid(12) + 1
    }

    /// Its first day.
    pub fn first_day(self) -> LocalDay {
        let year = i16::try_from(self.year()).unwrap_or(i16::MAX);
        let number = i8::try_from(self.number()).unwrap_or(1);
        // A month in range has a first day; see `from_index`.
        LocalDay::from_date(Date::new(year, number, 1).unwrap_or(Date::MAX))
    }

    /// Its last day.
    pub fn last_day(self) -> LocalDay {
        LocalDay::from_date(self.first_day().date().last_of_month())
    }

    /// The month `months` later (earlier if negative).
    #[must_use]
    pub fn plus(self, months: i32) -> Self {
        Self::from_index(self.0.saturating_add(months))
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.number())
    }
}

impl fmt::Debug for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Month {
    type Err = DayError;

    fn from_str(text: &str) -> Result<Self, DayError> {
        let (year, month) = text.split_once('-').ok_or(DayError::Month)?;
        let digits = |part: &str, length: usize| {
            (part.len() == length && part.bytes().all(|b| b.is_ascii_digit()))
                .then(|| part.parse::<i32>().ok())
                .flatten()
        };
        match (digits(year, 4), digits(month, 2)) {
            (Some(year @ 1..), Some(month @ 1..=12)) => Ok(Self((year - 1970) * 12 + month - 1)),
            (_, _) => Err(DayError::Month),
        }
    }
}

/// A stretch of time over which members are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Period {
    /// One day.
    Day(LocalDay),
    /// Monday to Sunday.
    Week(IsoWeek),
    /// A calendar month.
    Month(Month),
    /// Since the beginning.
    All,
}

impl Period {
    /// Whether a day is in it.
    pub fn contains(self, day: LocalDay) -> bool {
        match self {
            Self::Day(only) => day == only,
            Self::Week(week) => day.week() == week,
            Self::Month(month) => Month::of(day) == month,
            Self::All => true,
        }
    }

    /// What kind of period it is: `day`, `week`, `month` or `all`.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Day(_) => "day",
            Self::Week(_) => "week",
            Self::Month(_) => "month",
            Self::All => "all",
        }
    }
}

/// As file names and keys have it: `2026-11-22`, `2026-W47`, `2026-11`, `all`.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => day.fmt(f),
            Self::Week(week) => week.fmt(f),
            Self::Month(month) => month.fmt(f),
            Self::All => f.write_str("all"),
        }
    }
}

impl FromStr for Period {
    type Err = DayError;

    fn from_str(text: &str) -> Result<Self, DayError> {
        let any = || {
            let day = text.parse().map(Self::Day);
            day.or_else(|_| text.parse().map(Self::Week))
                .or_else(|_| text.parse().map(Self::Month))
        };
        match text {
            "all" => Ok(Self::All),
            _ => any().map_err(|_| DayError::Period),
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
    fn a_month_reads_back_as_written_and_knows_its_days() {
        for (month, first, last) in [
            ("2026-11", "2026-11-01", "2026-11-30"),
            ("2024-02", "2024-02-01", "2024-02-29"),
            ("1969-12", "1969-12-01", "1969-12-31"),
            ("1970-01", "1970-01-01", "1970-01-31"),
            ("0001-01", "0001-01-01", "0001-01-31"),
            ("9999-12", "9999-12-01", "9999-12-31"),
        ] {
            let read: Month = month.parse().unwrap();
            assert_eq!(read.to_string(), month);
            assert_eq!((read.first_day(), read.last_day()), (day(first), day(last)));
            assert_eq!(
                (Month::of(day(first)), Month::of(day(last))),
                (read, read),
                "{month}"
            );
        }
        for wrong in [
            "2026", "2026-1", "2026-13", "2026-00", "0000-01", "26-01", "2026-+1", "2026-W1", "",
        ] {
            assert_eq!(wrong.parse::<Month>(), Err(DayError::Month), "{wrong}");
        }
    }

    #[test]
    fn months_follow_each_other_over_the_years() {
        let january: Month = "2026-01".parse().unwrap();
        assert_eq!(january.plus(-1).to_string(), "2025-12");
        assert_eq!(january.plus(12).to_string(), "2027-01");
        for n in -30..30 {
            let month = january.plus(n);
            assert_eq!(month.last_day().plus(1), month.plus(1).first_day());
        }
        assert_eq!(january.plus(i32::MAX).to_string(), "9999-12");
        assert_eq!(january.plus(i32::MIN).to_string(), "0001-01");
    }

    #[test]
    fn a_period_reads_back_as_written_and_has_its_days() {
        for (name, kind, within, without) in [
            (
                "2026-11-22",
                "day",
                &["2026-11-22"][..],
                &["2026-11-21", "2025-11-22"][..],
            ),
            (
                "2026-W47",
                "week",
                &["2026-11-16", "2026-11-22"],
                &["2026-11-15", "2026-11-23"],
            ),
            (
                "2026-11",
                "month",
                &["2026-11-01", "2026-11-30"],
                &["2026-10-31", "2026-12-01", "2025-11-01"],
            ),
            ("all", "all", &["1999-01-01", "2026-11-22"], &[]),
        ] {
            let period: Period = name.parse().unwrap();
            assert_eq!((period.to_string().as_str(), period.kind()), (name, kind));
            assert!(within.iter().all(|d| period.contains(day(d))), "{name}");
            assert!(!without.iter().any(|d| period.contains(day(d))), "{name}");
        }
        for wrong in ["", "ever", "2026", "2026-W54", "2026-11-31", "All"] {
            assert_eq!(wrong.parse::<Period>(), Err(DayError::Period), "{wrong}");
        }
    }
}
