//! Making a text as short as a platform takes it.

use unicode_segmentation::UnicodeSegmentation as _;

/// Characters as most platforms count them: Unicode code points.
pub(crate) fn code_points(text: &str) -> usize {
    text.chars().count()
}

/// Units of UTF-16, as JavaScript and Java count.
pub(crate) fn utf16_units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// At most `limit` of what `measure` counts, cut between two characters as people see them, the
/// last one an ellipsis where something is cut off.
pub(crate) fn shorten(text: &str, limit: usize, measure: fn(&str) -> usize) -> String {
    if measure(text) <= limit {
        return text.to_owned();
    }
    let mut used = 1;
    let whole = text.graphemes(true).take_while(|cluster| {
        used += measure(cluster);
        used <= limit
    });
    let kept: String = whole.collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_shortened_between_characters() {
        for (text, expected) in [
            ("x".repeat(4096), "x".repeat(4096)),
            ("x".repeat(4097), format!("{}…", "x".repeat(4095))),
            ("👍".repeat(2048), "👍".repeat(2048)),
            ("👍🏽".repeat(1025), format!("{}…", "👍🏽".repeat(1023))),
            (
                format!("{}👨‍👩‍👧", "x".repeat(4090)),
                format!("{}…", "x".repeat(4090)),
            ),
        ] {
            assert!(utf16_units(&expected) <= 4096);
            assert_eq!(shorten(&text, 4096, utf16_units), expected);
        }
        assert_eq!(shorten("👍👍👍", 3, code_points), "👍👍👍");
        assert_eq!(shorten("👍👍👍👍", 3, code_points), "👍👍…");
        assert_eq!(shorten("a b c d", 5, code_points), "a b…");
    }
}
