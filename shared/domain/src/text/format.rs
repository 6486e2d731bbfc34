//! Days, shares and numbers as a sentence writes them.

use jiff::Timestamp;

use crate::days::{LocalDay, Zone};
use crate::locale::Locale;
use crate::period::Month;

/// A day as a sentence names it: 2026年1月5日, 5 Jan 2026.
pub fn date(day: LocalDay, locale: Locale) -> String {
    let date = day.date();
    match locale {
        Locale::ZhHant | Locale::ZhHans => {
            format!("{}年{}月{}日", date.year(), date.month(), date.day())
        }
        Locale::En => date.strftime("%-d %b %Y").to_string(),
    }
}

/// A month: 2026年1月, January 2026.
pub fn month_name(month: Month, locale: Locale) -> String {
    let first = month.first_day().date();
    match locale {
        Locale::ZhHant | Locale::ZhHans => format!("{}年{}月", first.year(), first.month()),
        Locale::En => first.strftime("%B %Y").to_string(),
    }
}

/// A moment on a wall clock: 1月8日 20:00, 8 Jan 20:00. Where the reader's zone is not the community's
/// it is named, because both clocks are in the conversation.
pub fn moment(at: Timestamp, reader: &Zone, community: &Zone, locale: Locale) -> String {
    let local = reader.local(at);
    let text = match locale {
        Locale::ZhHant | Locale::ZhHans => {
            let weekday = ["一", "二", "三", "四", "五", "六", "日"]
                .get(usize::from(reader.day(at).weekday()))
                .copied()
                .unwrap_or_default();
            let (month, day) = (local.month(), local.day());
            let week = if locale == Locale::ZhHant {
                "週"
            } else {
                "周"
            };
            format!(
                "{month}月{day}日（{week}{weekday}）{}",
                local.strftime("%H:%M")
            )
        }
        Locale::En => local.strftime("%a %-d %b, %H:%M").to_string(),
    };
    if reader.local(at) == community.local(at) {
        return text;
    }
    match locale {
        Locale::ZhHant | Locale::ZhHans => format!("{text}（{}）", reader.name()),
        Locale::En => format!("{text} ({})", reader.name()),
    }
}

/// A span of minutes: 90 分鐘, 90 minutes.
pub fn length(minutes: u16, locale: Locale) -> String {
    match (locale, minutes) {
        (Locale::ZhHant, _) => format!("{minutes} 分鐘"),
        (Locale::ZhHans, _) => format!("{minutes} 分钟"),
        (Locale::En, 1) => "1 minute".to_owned(),
        (Locale::En, _) => format!("{minutes} minutes"),
    }
}

/// What is taken off a price, as each language says it: 20 % off is 8 折, 15 % off is 8.5 折.
pub fn discount(percent_off: u8, locale: Locale) -> String {
    let left = 100_u8.saturating_sub(percent_off);
    match locale {
        Locale::ZhHant | Locale::ZhHans if left.is_multiple_of(10) => format!("{} 折", left / 10),
        Locale::ZhHant | Locale::ZhHans => format!("{}.{} 折", left / 10, left % 10),
        Locale::En => format!("{percent_off}% off"),
    }
}

/// A fraction of 1 as a percentage with one decimal: `31.2%`. What is no number is a dash.
pub fn percent(fraction: f64, locale: Locale) -> String {
    if !fraction.is_finite() {
        return "–".to_owned();
    }
    match locale {
        // The three agree; a language that puts a space before the sign would not.
        Locale::ZhHant | Locale::ZhHans | Locale::En => format!("{:.1}%", tenths(fraction * 100.0)),
    }
}

/// The difference of two fractions in percentage points, always with its sign: `+1.2 個百分點`.
pub fn percentage_points(difference: f64, locale: Locale) -> String {
    if !difference.is_finite() {
        return "–".to_owned();
    }
    let points = tenths(difference * 100.0);
    let sign = if points == 0.0 {
        "±"
    } else if points > 0.0 {
        "+"
    } else {
        ""
    };
    match locale {
        Locale::ZhHant => format!("{sign}{points:.1} 個百分點"),
        Locale::ZhHans => format!("{sign}{points:.1} 个百分点"),
        Locale::En => format!("{sign}{points:.1} pp"),
    }
}

/// Rounded to tenths, so that −0.04 is 0.0 and not −0.0.
fn tenths(number: f64) -> f64 {
    (number * 10.0).round() / 10.0 + 0.0
}

/// A whole number in groups of three: `12,345`. The three languages agree.
pub fn number(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = if number < 0 {
        "-".to_owned()
    } else {
        String::new()
    };
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Names in a row: `小美、阿志` or `Mei, Chi`.
pub fn names<'n>(names: impl IntoIterator<Item = &'n str>, locale: Locale) -> String {
    let separator = match locale {
        Locale::ZhHant | Locale::ZhHans => "、",
        Locale::En => ", ",
    };
    names.into_iter().collect::<Vec<_>>().join(separator)
}
