//! Local days, ISO weeks, zones and quiet hours. Everything is in calendar days of a named zone;
//! instants are UTC.

use std::fmt;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Disambiguation, TimeZone};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Why a zone, day, week or time could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DayError {
    /// Not a name of the IANA database.
    #[error("unknown time zone: expected an IANA name such as Asia/Taipei")]
    Zone,
    /// Not `YYYY-MM-DD`.
    #[error("not a day: expected YYYY-MM-DD")]
    Day,
    /// Not `YYYY-Www`.
    #[error("not an ISO week: expected YYYY-Www such as 2026-W01")]
    Week,
    /// Not `YYYY-MM`.
    #[error("not a month: expected YYYY-MM such as 2026-01")]
    Month,
    /// None of the above, nor `all`.
    #[error("not a period: expected a day, a week, a month or all")]
    Period,
}

/// An IANA time zone with its name.
#[derive(Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// Looks the name up in the bundled IANA database.
    pub fn new(name: &str) -> Result<Self, DayError> {
        // POSIX strings and offsets also parse as a TimeZone; only names are stable.
        let zone = TimeZone::get(name).map_err(|_| DayError::Zone)?;
        if zone.iana_name().is_none() {
            return Err(DayError::Zone);
        }
        Ok(Self(zone))
    }

    /// Coordinated universal time.
    pub fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// The IANA name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The wall clock of this zone at an instant.
    pub fn local(&self, at: Timestamp) -> DateTime {
        self.0.to_datetime(at)
    }

    /// The calendar day of this zone at an instant.
    pub fn day(&self, at: Timestamp) -> LocalDay {
        LocalDay::from_date(self.local(at).date())
    }

    /// The instant of a local time. In a gap (clocks go forward) the time after the gap, as far
    /// as the clock jumped; in a fold (clocks go back) the earlier of the two: what a person
    /// expects of a calendar ("compatible" disambiguation, RFC 5545).
    pub fn at(&self, day: LocalDay, time: Time) -> Timestamp {
        self.0
            .to_ambiguous_zoned(day.date().to_datetime(time))
            .disambiguate(Disambiguation::Compatible)
            .map_or(Timestamp::MAX, |zoned| zoned.timestamp())
    }

    /// The instant at which a local day begins.
    pub fn start_of(&self, day: LocalDay) -> Timestamp {
        self.at(day, Time::midnight())
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Zone {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::new(&name).map_err(serde::de::Error::custom)
    }
}

/// A calendar day without a zone: days since 1970-01-01. Range: years 0001 to 9999.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalDay(i32);

const EPOCH: Date = Date::constant(1970, 1, 1);
const FIRST: i32 = -719_162;
const LAST: i32 = 2_932_896;

impl LocalDay {
    /// From a count of days since 1970-01-01, held to years 0001 to 9999.
    pub fn from_epoch_days(days: i32) -> Self {
        Self(days.clamp(FIRST, LAST))
    }

    /// From a civil date.
    pub fn from_date(date: Date) -> Self {
        // A span between two dates in days always fits: 9999 years are 3.7 million days.
        let days = date.since(EPOCH).map_or(0, |span| span.get_days());
        Self::from_epoch_days(days)
    }

    /// The civil date.
    pub fn date(self) -> Date {
        EPOCH
            .checked_add(jiff::Span::new().days(self.0))
            .unwrap_or(EPOCH)
    }

    /// Days since 1970-01-01.
    pub fn epoch_days(self) -> i32 {
        self.0
    }

    /// The day `days` later (earlier if negative).
    #[must_use]
    pub fn plus(self, days: i32) -> Self {
        Self::from_epoch_days(self.0.saturating_add(days))
    }

    /// Days from `earlier` to this day; negative if `earlier` is later.
    pub fn since(self, earlier: Self) -> i32 {
        self.0 - earlier.0
    }

    /// The ISO week (Monday to Sunday) this day is in.
    pub fn week(self) -> IsoWeek {
        // 1970-01-05 was a Monday.
        IsoWeek((self.0 - 4).div_euclid(7))
    }

    /// 0 = Monday … 6 = Sunday.
    pub fn weekday(self) -> u8 {
        u8::try_from((self.0 - 4).rem_euclid(7)).unwrap_or(0)
    }
}

impl fmt::Display for LocalDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.date().fmt(f)
    }
}

impl fmt::Debug for LocalDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::str::FromStr for LocalDay {
    type Err = DayError;
    fn from_str(text: &str) -> Result<Self, DayError> {
        text.parse::<Date>()
            .map(Self::from_date)
            .map_err(|_| DayError::Day)
    }
}

impl Serialize for LocalDay {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for LocalDay {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// An ISO week, Monday to Sunday, counted from the week of 1970-01-05. Written `2026-W01`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IsoWeek(i32);

impl IsoWeek {
    /// From the count of weeks since the one that began on 1970-01-05.
    pub fn from_index(index: i32) -> Self {
        Self(index.clamp(FIRST / 7, LAST / 7))
    }

    /// Weeks since the one that began on 1970-01-05.
    pub fn index(self) -> i32 {
        self.0
    }

    /// Its Monday.
    pub fn monday(self) -> LocalDay {
        LocalDay::from_epoch_days(self.0 * 7 + 4)
    }

    /// Its Sunday.
    pub fn sunday(self) -> LocalDay {
        self.monday().plus(6)
    }

    /// The week `weeks` later.
    #[must_use]
    pub fn plus(self, weeks: i32) -> Self {
        Self::from_index(self.0.saturating_add(weeks))
    }
}

impl fmt::Display for IsoWeek {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let week = self.monday().date().iso_week_date();
        write!(f, "{:04}-W{:02}", week.year(), week.week())
    }
}

impl fmt::Debug for IsoWeek {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::str::FromStr for IsoWeek {
    type Err = DayError;
    fn from_str(text: &str) -> Result<Self, DayError> {
        let (year, week) = text.split_once("-W").ok_or(DayError::Week)?;
        if year.len() != 4 || week.len() != 2 {
            return Err(DayError::Week);
        }
        let year = year.parse().map_err(|_| DayError::Week)?;
        let week = week.parse().map_err(|_| DayError::Week)?;
        let monday = jiff::civil::ISOWeekDate::new(year, week, jiff::civil::Weekday::Monday)
            .map_err(|_| DayError::Week)?;
        Ok(LocalDay::from_date(monday.date()).week())
    }
}

impl Serialize for IsoWeek {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for IsoWeek {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// The part of the day in which no direct message goes out unasked. `from` is in it, `until` is
/// not; it may wrap midnight (22:00–08:00). `from == until` means there are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    /// First quiet minute, local time.
    pub from: Time,
    /// First minute that is not quiet, local time.
    pub until: Time,
}

impl QuietHours {
    /// When the quiet hours that hold at `now` end; `None` if it is not quiet. In a gap or a fold
    /// the end is found on the wall clock like any other local time.
    pub fn held_until(&self, now: Timestamp, zone: &Zone) -> Option<Timestamp> {
        let local = zone.local(now);
        let time = local.time();
        let wraps = self.from > self.until;
        let quiet = if wraps {
            time >= self.from || time < self.until
        } else {
            time >= self.from && time < self.until
        };
        if !quiet {
            return None;
        }
        let today = LocalDay::from_date(local.date());
        let day = if wraps && time >= self.from {
            today.plus(1)
        } else {
            today
        };
        let end = zone.at(day, self.until);
        // In a fold the end may already have passed on the first of the two readings.
        (end > now).then_some(end)
    }
}

/// 24 hours, as a duration between instants (not a calendar day).
pub const DAY: SignedDuration = SignedDuration::from_hours(24);

#[cfg(test)]
mod tests {
    use super::*;

    fn ts(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn days_and_weeks_read_back_as_written() {
        for (day, week) in [
            ("2026-01-01", "2026-W01"),
            ("2024-12-30", "2025-W01"),
            ("2027-01-03", "2026-W53"),
            ("2004-03-24", "2004-W13"),
            ("2024-02-29", "2024-W09"),
        ] {
            let parsed: LocalDay = day.parse().unwrap();
            assert_eq!(parsed.to_string(), day);
            assert_eq!(parsed.week().to_string(), week);
            assert_eq!(week.parse::<IsoWeek>().unwrap(), parsed.week());
            assert!(parsed.week().monday() <= parsed && parsed <= parsed.week().sunday());
        }
        assert!("2026-W54".parse::<IsoWeek>().is_err());
        assert!("2026-W1".parse::<IsoWeek>().is_err());
        assert!("2026-02-30".parse::<LocalDay>().is_err());
    }

    #[test]
    fn only_iana_names_are_zones() {
        assert_eq!(Zone::new("Asia/Taipei").unwrap().name(), "Asia/Taipei");
        assert!(Zone::new("Asia/Atlantis").is_err());
        assert!(Zone::new("").is_err());
    }

    #[test]
    fn a_gap_and_a_fold_are_where_a_calendar_puts_them() {
        let berlin = Zone::new("Europe/Berlin").unwrap();
        let gap: LocalDay = "2026-03-29".parse().unwrap();
        assert_eq!(
            berlin.at(gap, Time::constant(2, 30, 0, 0)),
            ts("2026-03-29T01:30:00Z")
        );
        let fold: LocalDay = "2026-10-25".parse().unwrap();
        assert_eq!(
            berlin.at(fold, Time::constant(2, 30, 0, 0)),
            ts("2026-10-25T00:30:00Z")
        );
    }

    #[test]
    fn quiet_hours_wrap_midnight_and_exclude_their_end() {
        let taipei = Zone::new("Asia/Taipei").unwrap();
        let quiet = QuietHours {
            from: Time::constant(22, 0, 0, 0),
            until: Time::constant(8, 0, 0, 0),
        };
        for (local_utc, held) in [
            ("2026-01-05T13:59:59Z", None),
            ("2026-01-05T14:00:00Z", Some("2026-01-06T00:00:00Z")),
            ("2026-01-05T23:59:59Z", Some("2026-01-06T00:00:00Z")),
            ("2026-01-06T00:00:00Z", None),
        ] {
            assert_eq!(
                quiet.held_until(ts(local_utc), &taipei),
                held.map(ts),
                "{local_utc}"
            );
        }
        let none = QuietHours {
            from: Time::midnight(),
            until: Time::midnight(),
        };
        assert_eq!(none.held_until(ts("2026-01-05T16:00:00Z"), &taipei), None);
    }
}
