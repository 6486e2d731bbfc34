//! Days and times of a file.

use jiff::civil::DateTime;
use toml::de::DeValue;

use super::Item;
use crate::days::LocalDay;

impl Item<'_> {
    /// A string, or what TOML itself takes for a day or a time.
    fn day_or_time(&self) -> Option<String> {
        match self.value {
            Some(DeValue::String(text)) => Some(text.to_string()),
            Some(DeValue::Datetime(at)) => Some(at.to_string()),
            _ => None,
        }
    }

    /// A day of a calendar: `"2026-02-01"`, with or without quotes.
    pub(crate) fn date(&self) -> Option<LocalDay> {
        const LENGTH: usize = "2026-02-01".len();
        let text = self.day_or_time().filter(|text| text.len() == LENGTH);
        match text.and_then(|text| text.parse().ok()) {
            Some(day) => Some(day),
            None => self.expected("a day such as \"2026-02-01\""),
        }
    }

    /// A day and a time without a zone: `"2026-01-08T20:00"`, with or without quotes.
    pub(crate) fn date_time(&self) -> Option<DateTime> {
        // An offset would be a second opinion on the community's zone.
        let bare = |text: &String| {
            let time = text.split_once(['T', 't', ' ']).map(|(_, time)| time);
            let is_time = |b: u8| b.is_ascii_digit() || matches!(b, b':' | b'.');
            time.is_some_and(|time| time.bytes().all(is_time))
        };
        let read = self
            .day_or_time()
            .filter(bare)
            .and_then(|text| text.parse().ok());
        match read {
            Some(at) => Some(at),
            None => self
                .expected("a day and a time such as \"2026-01-08T20:00\", in the community's zone"),
        }
    }
}
