//! Slack's text: three escaped characters, mentions, and the limits of its blocks.

/// Turns a text into Slack's mark-up: `&`, `<` and `>` are escaped, but for our own mentions
/// (`<@U1>`). So nothing that a member put in a name can ping a channel or hide a link.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some(mention) = mention_at(rest) {
            out.push_str(mention);
            rest = rest.get(mention.len()..).unwrap_or_default();
            continue;
        }
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            other => out.push(other),
        }
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    out
}

/// The mention that the text begins with.
fn mention_at(text: &str) -> Option<&str> {
    let inner = text.strip_prefix("<@")?;
    let end = inner.find('>')?;
    let id = inner.get(..end)?;
    let is_id = !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric());
    if is_id { text.get(..end + 3) } else { None }
}

/// Turns Slack's mark-up back into what a person wrote; mentions stay as they are.
pub fn unescape(text: &str) -> String {
    // `&amp;` last: `&amp;lt;` is the person's `&lt;`.
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

/// Splits an escaped text into pieces of at most `limit` UTF-16 units (whichever way Slack
/// counts), at the end of a line, else at a space, else where no character is torn apart.
pub(super) fn split(text: &str, limit: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text.trim_end();
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(cut(rest, limit));
        if !piece.trim().is_empty() {
            pieces.push(piece.trim_end());
        }
        rest = after.trim_start_matches(['\n', ' ']);
    }
    pieces
}

/// Where to cut, in bytes; the whole text if it fits. Never before the first character, so that
/// cutting comes to an end.
fn cut(text: &str, limit: usize) -> usize {
    let Some(fits) = fitting(text, limit) else {
        return text.len();
    };
    let fits = fits.max(text.chars().next().map_or(0, char::len_utf8));
    let head = text.get(..fits).unwrap_or_default();
    // A line or word break in the second half, so that pieces do not become tiny.
    let late = |at: &usize| *at > fits / 2;
    head.rfind('\n')
        .filter(late)
        .or_else(|| head.rfind(' ').filter(late))
        .unwrap_or_else(|| whole_characters(text, fits))
}

/// How many bytes fit into `limit` UTF-16 units; `None` if all do.
fn fitting(text: &str, limit: usize) -> Option<usize> {
    let mut units = 0;
    text.char_indices().find_map(|(at, c)| {
        units += c.len_utf16();
        (units > limit).then_some(at)
    })
}

/// The last place up to `fits` that is not inside an entity, a mention or a joined character.
fn whole_characters(text: &str, fits: usize) -> usize {
    let head = text.get(..fits).unwrap_or_default();
    let open = head.rfind(['&', '<']).filter(|&at| {
        fits - at < 40 && !head.get(at..).is_some_and(|tail| tail.contains([';', '>']))
    });
    if let Some(at) = open.filter(|&at| at > 0) {
        return at;
    }
    let mut boundaries = head
        .char_indices()
        .map(|(at, _)| at)
        .rev()
        .filter(|&at| at > 0);
    let torn = |at: usize| {
        let before = text.get(..at).and_then(|head| head.chars().next_back());
        let after = text.get(at..).and_then(|tail| tail.chars().next());
        matches!((before, after), (Some(before), Some(after)) if belongs_together(before, after))
    };
    if !torn(fits) {
        return fits;
    }
    boundaries.find(|&at| !torn(at)).unwrap_or(fits)
}

/// Joiners, variation selectors, combining marks, skin tones, tags and flags: what Unicode
/// (UAX 29) never separates, as far as it occurs in chats.
fn belongs_together(before: char, after: char) -> bool {
    let flag = |c: char| ('\u{1F1E6}'..='\u{1F1FF}').contains(&c);
    before == '\u{200D}'
        || (flag(before) && flag(after))
        || matches!(after,
            '\u{200D}' | '\u{300}'..='\u{36F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}'
            | '\u{20D0}'..='\u{20FF}' | '\u{FE00}'..='\u{FE0F}' | '\u{FE20}'..='\u{FE2F}'
            | '\u{1F3FB}'..='\u{1F3FF}' | '\u{E0020}'..='\u{E007F}' | '\u{E0100}'..='\u{E01EF}')
}

/// At most `limit` UTF-16 units, the last one an ellipsis where something is cut off.
pub(super) fn shorten(text: &str, limit: usize) -> String {
    if fitting(text, limit).is_none() {
        return text.to_owned();
    }
    let fits = fitting(text, limit.saturating_sub(1)).unwrap_or(text.len());
    format!(
        "{}…",
        text.get(..whole_characters(text, fits)).unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_mentions_survive() {
        for (text, escaped) in [
            (
                "Hi <@U1>, a < b & c > d",
                "Hi <@U1>, a &lt; b &amp; c &gt; d",
            ),
            (
                "<!channel> <@U1|x> <@> <@U1",
                "&lt;!channel&gt; &lt;@U1|x&gt; &lt;@&gt; &lt;@U1",
            ),
            (
                "<https://evil.example|bank>",
                "&lt;https://evil.example|bank&gt;",
            ),
            ("&lt;", "&amp;lt;"),
            ("", ""),
        ] {
            assert_eq!(escape(text), escaped);
            assert_eq!(unescape(&escape(text)), text);
        }
    }

    #[test]
    fn long_texts_are_cut_where_it_does_not_hurt() {
        for (text, pieces) in [
            ("short", vec!["short"]),
            ("", vec![]),
            ("one two\nthree 4", vec!["one two", "three 4"]),
            ("one two three", vec!["one two", "three"]),
            ("一二三四五六七八九十", vec!["一二三四五六七八", "九十"]),
            ("1234567👍🏽x", vec!["1234567", "👍🏽x"]),
            ("123456👨‍👩‍👧x", vec!["123456", "👨‍👩‍👧", "x"]),
            ("12345 &amp;8", vec!["12345", "&amp;8"]),
            ("12345&amp;8", vec!["12345", "&amp;8"]),
        ] {
            let limit = 8;
            assert_eq!(split(text, limit), pieces, "{text}");
        }
        let joined = "a\u{200D}".repeat(50);
        assert_eq!(
            split(&joined, 8).concat(),
            joined,
            "one endless character is cut anyway"
        );
        assert_eq!(
            split("👍👍", 1),
            ["👍", "👍"],
            "what does not fit at all goes alone"
        );
    }

    #[test]
    fn labels_are_shortened() {
        assert_eq!(shorten("12345", 5), "12345");
        assert_eq!(shorten("123456", 5), "1234…");
        assert_eq!(shorten("訊息太多了喔", 4), "訊息太…");
    }
}
