//! Where a key stands in a file, for what is noticed only after it was read.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::line_of;

/// The line of a key such as `onboarding.steps[2].day`, from 1, each part as [`Problem`] writes
/// it; of the longest part of the path that is there. `None` if not even its first part is.
///
/// [`Problem`]: super::Problem
pub fn line(source: &str, key: &str) -> Option<usize> {
    let (root, _) = DeTable::parse_recoverable(source);
    let (mut table, mut rest, mut found) = (Some(root.get_ref()), key, None);
    while let Some((name, index, after)) = next(rest) {
        let Some((at, value)) = table.and_then(|table| table.get_key_value(name)) else {
            break;
        };
        let (mut offset, mut value) = (at.span().start, value.get_ref());
        if let Some(item) = index.and_then(|index| value.as_array()?.get(index)) {
            (offset, value) = (item.span().start, Spanned::get_ref(item));
        }
        found = Some(offset);
        table = DeValue::as_table(value);
        rest = after;
    }
    found.map(|offset| line_of(source, offset))
}

/// The first part of a path: its name, its index if it has one, and what follows.
fn next(path: &str) -> Option<(&str, Option<usize>, &str)> {
    let (name, rest) = match path.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"')?,
        None => path.split_at(path.find(['.', '[']).unwrap_or(path.len())),
    };
    if name.is_empty() {
        return None;
    }
    let (index, rest) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((index, rest)) => (index.parse().ok(), rest),
        None => (None, rest),
    };
    Some((name, index, rest.strip_prefix('.').unwrap_or(rest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_or_what_is_there_of_it() {
        let toml = "id = 1\n\n[a]\nb = { c = 2 }\n\n[[a.steps]]\nday = 1\n\n[[a.steps]]\nday = 2\n\n[texts.\"x.y\"]\nclass = \"promo\"\n";
        for (key, expected) in [
            ("id", Some(1)),
            ("a.b.c", Some(4)),
            ("a.steps[1].day", Some(10)),
            ("a.steps[1].none", Some(9)),
            ("a.steps[7]", Some(6)),
            ("texts.\"x.y\".class", Some(13)),
            ("texts.\"x.y\"", Some(12)),
            ("none.at.all", None),
            ("", None),
        ] {
            assert_eq!(line(toml, key), expected, "{key}");
        }
    }
}
