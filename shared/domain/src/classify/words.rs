//! Words as they are compared: keywords, what people put around them, questions, nicknames.

use unicode_normalization::UnicodeNormalization as _;

/// A word as it is compared: NFKC, lower case, single spaces, nothing around it.
pub(crate) fn normalise(text: &str) -> String {
    let text = text.nfkc().collect::<String>().to_lowercase();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What people put around a word that they were told to send: 「退訂」 “stop”. "TD!".
pub(super) fn is_wrapping(c: char) -> bool {
    matches!(
        c,
        '「' | '」' | '『' | '』' | '“' | '”' | '‘' | '’' | '"' | '\'' | '。' | '.' | '!'
    )
}

/// Whether a message is a check-in (or a review) by keyword: the keyword alone, or the keyword, something that
/// is no letter or digit (space, punctuation, an emoji), and content that is not a question.
///
/// `打卡`, `＃打卡`, `打卡 今天跑了 5 公里`, `@bot 打卡` are; `怎么打卡`, `打卡在哪?`,
/// `打卡 怎么弄`, `打卡机坏了` are not. In doubt a message is a message.
pub(super) fn begins_with_keyword(text: &str, keywords: &[String]) -> bool {
    let text = normalise(text);
    let text = after_mentions(&text);
    keywords.iter().any(|keyword| {
        let keyword = normalise(keyword);
        let Some(rest) = text.strip_prefix(&*keyword).filter(|_| !keyword.is_empty()) else {
            return false;
        };
        let separate = rest.chars().next().is_none_or(|c| !c.is_alphanumeric());
        separate && !is_question(rest)
    })
}

/// The text without the mentions it begins with: `<@U1>` (Slack), `@name`.
pub(super) fn after_mentions(mut text: &str) -> &str {
    while let Some((first, rest)) = text.split_once(' ') {
        if !first.starts_with('@') && !first.starts_with("<@") {
            break;
        }
        text = rest;
    }
    text
}

/// Words that make a sentence a question without a question mark, at its beginning or its end.
const ASKING: [&str; 22] = [
    "怎么",
    "怎麼",
    "怎样",
    "怎樣",
    "如何",
    "在哪",
    "哪里",
    "哪裡",
    "哪裏",
    "哪儿",
    "哪個",
    "哪个",
    "什么",
    "什麼",
    "甚麼",
    "为什么",
    "為什麼",
    "几点",
    "幾點",
    "多少",
    "是不是",
    "能不能",
];
/// Particles that end a question. 呢 is none of them: 今天還在努力呢.
const PARTICLES: [char; 3] = ['吗', '嗎', '么'];
/// English questions by their beginning.
const ASKING_EN: [&str; 13] = [
    "how ",
    "where ",
    "what ",
    "when ",
    "why ",
    "who ",
    "which ",
    "can i ",
    "do i ",
    "do we ",
    "does it ",
    "is it ",
    "is there ",
];

/// Whether what follows a keyword is a question: its first sentence decides, so that a report may
/// end in 大家呢？
fn is_question(rest: &str) -> bool {
    // An address has its question marks too.
    let words = rest.split(' ').filter(|word| !word.contains("://"));
    let rest = words.collect::<Vec<_>>().join(" ");
    let lead = rest.len()
        - rest
            .trim_start_matches(|c: char| !c.is_alphanumeric())
            .len();
    let (before, content) = rest.split_at(lead);
    if before.contains('?') {
        return true;
    }
    let end = content
        .find(['?', '!', '。', '.', '\n'])
        .unwrap_or(content.len());
    let (sentence, after) = content.split_at(end);
    let sentence = sentence.trim_matches(|c: char| !c.is_alphanumeric());
    let padded = format!("{sentence} ");
    after.starts_with('?')
        || sentence.ends_with(PARTICLES)
        || ASKING
            .iter()
            .any(|word| sentence.starts_with(word) || sentence.ends_with(word))
        || ASKING_EN.iter().any(|word| padded.starts_with(word))
}

/// Whether a nickname looks like `industry-name` (行業-暱稱): two or more parts with a letter in
/// each, between `-`, `－`, `–`, `—`, `｜`, `|`, `_`, `·`, `・` or spaces.
///
/// The separator may be a space alone (設計 小美), so `Anna Lee` and `Jean-Luc` match: we cannot
/// tell an industry from a first name, and the doubt is the member's. Parts of digits, emoji or
/// punctuation alone do not count: `設計-007`, `小美 🎉`, `--` do not match.
pub fn matches_industry_name(name: &str) -> bool {
    industry_of(name).is_some()
}

/// The first part of a nickname that [matches](matches_industry_name) `industry-name`: NFKC, not cut.
pub(crate) fn industry_of(name: &str) -> Option<String> {
    let name: String = name.nfkc().collect();
    let separates =
        |c: char| c.is_whitespace() || matches!(c, '-' | '‐' | '–' | '—' | '|' | '_' | '·' | '・');
    let mut parts = name
        .split(separates)
        .filter(|part| part.chars().any(char::is_alphabetic));
    let industry = parts.next()?;
    parts.next().map(|_| industry.to_owned())
}
