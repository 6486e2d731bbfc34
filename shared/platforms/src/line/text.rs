//! LINE's text: plain, counted in UTF-16 units; labels are counted in grapheme clusters.

use serde_json::Value;
use unicode_segmentation::UnicodeSegmentation as _;

use crate::fields::Fields;

/// A text without the mentions in it, as far as LINE says where they are: a display name may have
/// spaces, and what follows it may be a keyword.
pub(super) fn without_mentions(text: &str, event: &Fields<'_>) -> String {
    let mentioned = event
        .get("message.mention.mentionees")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|each| {
            let number = |key: &str| usize::try_from(each.get(key)?.as_u64()?).ok();
            let from = number("index")?;
            Some(from..from.checked_add(number("length")?)?)
        })
        .collect::<Vec<_>>();
    if mentioned.is_empty() {
        return text.to_owned();
    }
    let mut unit = 0;
    let mut left = String::with_capacity(text.len());
    for c in text.chars() {
        if !mentioned.iter().any(|range| range.contains(&unit)) {
            left.push(c);
        }
        unit += c.len_utf16();
    }
    left.trim().to_owned()
}

/// Splits a text into at most `most` pieces of at most `limit` UTF-16 units, at the end of a
/// line, else at a space, else between two grapheme clusters. What is left over after the last
/// piece is cut off, and an ellipsis says so.
pub(super) fn split(text: &str, limit: usize, most: usize) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() && pieces.len() < most {
        let last = pieces.len() + 1 == most;
        if last && units(rest) > limit {
            let (head, _) = rest.split_at(fitting(rest, limit.saturating_sub(1)));
            pieces.push(format!("{}…", head.trim_end()));
            break;
        }
        let (piece, after) = rest.split_at(cut(rest, limit));
        pieces.push(piece.trim_end().to_owned());
        rest = after.trim_start();
    }
    pieces
}

/// At most `limit` grapheme clusters, the last one an ellipsis where something is cut off.
pub(super) fn shorten(label: &str, limit: usize) -> String {
    if label.graphemes(true).count() <= limit {
        return label.to_owned();
    }
    let head: String = label
        .graphemes(true)
        .take(limit.saturating_sub(1))
        .collect();
    format!("{}…", head.trim_end())
}

fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// Where to cut, in bytes; the whole text if it fits.
fn cut(text: &str, limit: usize) -> usize {
    let fits = fitting(text, limit);
    let head = text.get(..fits).unwrap_or_default();
    if fits == text.len() {
        return fits;
    }
    // A line or word break in the second half, so that pieces do not become tiny.
    let late = |at: &usize| *at > fits / 2;
    head.rfind('\n')
        .filter(late)
        .or_else(|| head.rfind(' ').filter(late))
        .unwrap_or(fits)
}

/// How many bytes of whole clusters fit into `limit` units. Never none of a text, so that cutting
/// comes to an end: a cluster that does not fit at all is torn between two characters.
fn fitting(text: &str, limit: usize) -> usize {
    let whole = prefix(text.graphemes(true), limit);
    if whole > 0 || text.is_empty() {
        return whole;
    }
    let mut utf8 = [0; 4];
    let mut left = limit;
    let mut bytes = 0;
    for c in text.chars() {
        if c.len_utf16() > left && bytes > 0 {
            break;
        }
        left = left.saturating_sub(c.len_utf16());
        bytes += c.encode_utf8(&mut utf8).len();
    }
    bytes
}

fn prefix<'a>(clusters: impl Iterator<Item = &'a str>, limit: usize) -> usize {
    let mut used = 0;
    let mut bytes = 0;
    for cluster in clusters {
        used += units(cluster);
        if used > limit {
            break;
        }
        bytes += cluster.len();
    }
    bytes
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn mentions_are_left_out_where_line_says_they_are() {
        for (text, mentionees, expected) in [
            (
                "@My Bot 打卡",
                json!([{"index": 0, "length": 7, "type": "user"}]),
                "打卡",
            ),
            (
                "😄 @Ada 打卡 @Bo",
                json!([{"index": 3, "length": 4}, {"index": 11, "length": 3}]),
                "😄  打卡",
            ),
            ("打卡", json!([]), "打卡"),
            (
                "打卡",
                json!([{"index": 99, "length": 1}, {"index": -1, "length": 2}, {}]),
                "打卡",
            ),
            (
                "打卡",
                json!([{"index": u64::MAX, "length": u64::MAX}]),
                "打卡",
            ),
            ("打卡", json!("x"), "打卡"),
        ] {
            let event = json!({"message": {"mention": {"mentionees": mentionees}}});
            assert_eq!(without_mentions(text, &Fields::new(&event)), expected);
        }
    }

    #[test]
    fn long_texts_are_cut_where_it_does_not_hurt() {
        for (text, pieces) in [
            ("short", vec!["short"]),
            ("", vec![]),
            (" \n ", vec![]),
            ("one two\nthree 4", vec!["one two", "three 4"]),
            ("one two three", vec!["one two", "three"]),
            ("一二三四五六七八九十", vec!["一二三四五六七八", "九十"]),
            ("1234567👍🏽x", vec!["1234567", "👍🏽x"]),
            ("123456👨‍👩‍👧x", vec!["123456", "👨‍👩‍👧", "x"]),
            ("1234567e\u{301}x", vec!["1234567", "e\u{301}x"]),
            (
                "aaaaaaaa bbbbbbbb cccccccc dddd",
                vec!["aaaaaaaa", "bbbbbbbb", "ccccccc…"],
            ),
        ] {
            assert_eq!(split(text, 8, 3), pieces, "{text}");
        }
        let joined = "a\u{200D}".repeat(50);
        assert_eq!(
            split(&joined, 8, 99).concat(),
            joined,
            "one endless character is cut anyway"
        );
        assert_eq!(
            split("👍👍", 1, 9),
            ["👍", "👍"],
            "what does not fit at all goes alone"
        );
    }

    #[test]
    fn labels_are_counted_as_people_count() {
        let family = "👨‍👩‍👧".repeat(20);
        assert_eq!(shorten(&family, 20), family);
        assert_eq!(shorten("12345", 5), "12345");
        assert_eq!(shorten("123456", 5), "1234…");
        assert_eq!(shorten("123 456", 5), "123…");
    }
}
