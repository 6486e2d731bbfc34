//! Reading a TOML file with every mistake at once, each with its line, key and what was expected.
//!
//! Reading goes on after a mistake: a reader answers `None` for what it could not read and has
//! already noted why. A file with a single note is refused as a whole, so a reader may go on with
//! whatever is simplest. Whoever reads sees [`Table`]s of [`Item`]s, and nothing of spans.

mod dates;
pub mod locate;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;
use std::ops::{Range, RangeInclusive};
use std::str::FromStr;

use jiff::civil::Time;
use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue};

use crate::ids::IdError;
use crate::locale::Locale;
use crate::playbook::Localised;

/// One mistake in a file, in words for the person who wrote the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line of the file, from 1. What is missing has the line of its table.
    pub line: usize,
    /// Path of the key (`onboarding.steps[2].day`); empty where the file is not TOML at all.
    pub key: String,
    /// What was expected and, unless it is a secret, what was found.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.key.is_empty() {
            return write!(f, "line {}: {}", self.line, self.message);
        }
        write!(f, "line {}: {}: {}", self.line, self.key, self.message)
    }
}

/// Reads a whole file. Answers the value only if there is no problem at all; problems come in the
/// order of their lines.
pub(crate) fn read<T>(
    source: &str,
    reader: impl FnOnce(Table<'_>) -> Option<T>,
) -> Result<T, Vec<Problem>> {
    let (root, syntax) = DeTable::parse_recoverable(source);
    let file = File {
        source,
        problems: RefCell::default(),
        broken: !syntax.is_empty(),
    };
    let value = reader(Table {
        file: &file,
        key: String::new(),
        at: 0..0,
        map: root.get_ref(),
        asked: Vec::new(),
    });

    let mut problems = file.problems.take();
    if file.broken {
        let syntax: Vec<Problem> = syntax
            .iter()
            .map(|error| Problem {
                line: line_of(source, error.span().map_or(0, |span| span.start)),
                key: String::new(),
                message: format!("not TOML: {}", error.message()),
            })
            .collect();
        // What the parser made of a broken line is a guess, and no second problem.
        let broken: BTreeSet<usize> = syntax.iter().map(|problem| problem.line).collect();
        problems.retain(|problem| !broken.contains(&problem.line));
        problems.extend(syntax);
    }
    problems.sort_by_key(|problem| problem.line);
    problems.dedup();
    match value {
        Some(value) if problems.is_empty() => Ok(value),
        Some(_) | None => Err(problems),
    }
}

/// The line of a byte of the file, from 1.
fn line_of(source: &str, offset: usize) -> usize {
    source
        .bytes()
        .take(offset)
        .filter(|byte| *byte == b'\n')
        .count()
        + 1
}

/// What all readers of one file share.
struct File<'f> {
    source: &'f str,
    problems: RefCell<Vec<Problem>>,
    /// The file is not TOML throughout: what is missing or unknown may only have been misread.
    broken: bool,
}

impl File<'_> {
    fn note(&self, offset: usize, key: &str, message: String) {
        let problem = Problem {
            line: line_of(self.source, offset),
            key: key.to_owned(),
            message,
        };
        self.problems.borrow_mut().push(problem);
    }
}

/// A table of the file. Reading is asking for its keys; [`Table::finish`] reports the others.
pub(crate) struct Table<'f> {
    file: &'f File<'f>,
    key: String,
    at: Range<usize>,
    map: &'f DeTable<'f>,
    asked: Vec<&'static str>,
}

impl<'f> Table<'f> {
    /// A key that has to be there. Whether it is shows when the item is read.
    pub(crate) fn need(&mut self, name: &'static str) -> Item<'f> {
        self.asked.push(name);
        let found = self.map.get(name);
        Item {
            file: self.file,
            key: join(&self.key, name),
            at: found.map_or_else(|| self.at.clone(), Spanned::span),
            value: found.map(Spanned::get_ref),
        }
    }

    /// A key that may be there.
    pub(crate) fn get(&mut self, name: &'static str) -> Option<Item<'f>> {
        let item = self.need(name);
        (!item.is_missing()).then_some(item)
    }

    /// The keys as the file names them, for tables whose keys are the operator's own. They need
    /// no [`Table::finish`].
    pub(crate) fn entries(self) -> impl Iterator<Item = (&'f str, Item<'f>)> {
        self.map.iter().map(move |(name, value)| {
            let item = Item {
                file: self.file,
                key: join(&self.key, name.get_ref()),
                at: value.span(),
                value: Some(value.get_ref()),
            };
            (&**name.get_ref(), item)
        })
    }

    /// Reports the keys that nobody asked for.
    pub(crate) fn finish(self) {
        if self.file.broken {
            return;
        }
        for name in self.map.keys() {
            let found = &**name.get_ref();
            if self.asked.contains(&found) {
                continue;
            }
            let hint = self
                .asked
                .iter()
                .find(|asked| is_near(asked, found))
                .map_or(String::new(), |near| format!(": did you mean {near}?"));
            self.file.note(
                name.span().start,
                &join(&self.key, found),
                format!("unknown key{hint}"),
            );
        }
    }
}

/// A value of the file, or the place where one is missing.
#[derive(Clone)]
pub(crate) struct Item<'f> {
    file: &'f File<'f>,
    key: String,
    at: Range<usize>,
    value: Option<&'f DeValue<'f>>,
}

impl<'f> Item<'f> {
    /// Notes a problem with this value in free words.
    pub(crate) fn problem(&self, message: impl fmt::Display) {
        self.file
            .note(self.at.start, &self.key, message.to_string());
    }

    /// Notes a problem in the line of this value in which `part` stands first.
    pub(crate) fn problem_at(&self, part: &str, message: impl fmt::Display) {
        let within = self
            .file
            .source
            .get(self.at.clone())
            .and_then(|value| value.find(part))
            .unwrap_or(0);
        self.file
            .note(self.at.start + within, &self.key, message.to_string());
    }

    /// Notes what was expected and what was found. Answers `None`, to be returned.
    pub(crate) fn expected<T>(&self, expected: impl fmt::Display) -> Option<T> {
        if self.value.is_some() || !self.file.broken {
            self.problem(format_args!("expected {expected}, found {}", self.found()));
        }
        None
    }

    /// As [`Item::expected`], for values that must not be repeated anywhere.
    pub(crate) fn expected_secret<T>(&self, expected: impl fmt::Display) -> Option<T> {
        if self.value.is_some() {
            self.problem(format_args!("expected {expected}"));
            return None;
        }
        self.expected(expected)
    }

    fn found(&self) -> String {
        match self.value {
            None => "nothing".to_owned(),
            Some(DeValue::String(text)) if text.chars().count() > 40 => {
                format!(
                    "\"{}…\"",
                    text.chars().take(40).collect::<String>().escape_debug()
                )
            }
            Some(DeValue::String(text)) => format!("\"{}\"", text.escape_debug()),
            Some(DeValue::Integer(number)) => number.to_string(),
            Some(DeValue::Float(number)) => number.to_string(),
            Some(DeValue::Boolean(flag)) => flag.to_string(),
            Some(DeValue::Datetime(time)) => time.to_string(),
            Some(DeValue::Array(_)) => "a list".to_owned(),
            Some(DeValue::Table(_)) => "a table".to_owned(),
        }
    }

    /// Whether there is nothing to read.
    pub(crate) fn is_missing(&self) -> bool {
        self.value.is_none()
    }

    /// The string, if it is one; reports nothing.
    pub(crate) fn as_str(&self) -> Option<&'f str> {
        self.value.and_then(DeValue::as_str)
    }

    /// A string with something in it. Space around it is no part of it.
    pub(crate) fn text(&self, expected: impl fmt::Display) -> Option<String> {
        match self.as_str().map(str::trim) {
            Some(text) if !text.is_empty() => Some(text.to_owned()),
            Some(_) | None => self.expected(expected),
        }
    }

    /// A web address.
    pub(crate) fn url(&self) -> Option<String> {
        let is_url = |text: &&str| {
            let rest = text
                .strip_prefix("https://")
                .or_else(|| text.strip_prefix("http://"));
            rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace))
        };
        match self.as_str().filter(is_url) {
            Some(url) => Some(url.to_owned()),
            None => self.expected("an address that begins with https:// or http://"),
        }
    }

    /// An id of any kind; its own rule is what is expected.
    pub(crate) fn id<T: FromStr<Err = IdError>>(&self) -> Option<T> {
        // What is not a string breaks every id's rule in the same way as nothing at all.
        match self.as_str().unwrap_or_default().parse() {
            Ok(id) => Some(id),
            Err(IdError { what, expected }) => {
                self.expected(format_args!("a valid {what} ({expected})"))
            }
        }
    }

    /// A local time: `"10:00"`.
    pub(crate) fn time(&self) -> Option<Time> {
        let read = |text: &str| {
            let (hour, minute) = text.split_once(':')?;
            let two = |part: &str| {
                (part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit()))
                    .then(|| part.parse().ok())
            };
            Time::new(two(hour)??, two(minute)??, 0, 0).ok()
        };
        match self.as_str().and_then(read) {
            Some(time) => Some(time),
            None => self.expected("a time in quotes from \"00:00\" to \"23:59\""),
        }
    }

    /// A whole number within a range.
    pub(crate) fn integer<T: TryFrom<i64>>(
        &self,
        range: RangeInclusive<i64>,
        what: &str,
    ) -> Option<T> {
        let read =
            |number: &DeInteger<'_>| i64::from_str_radix(number.as_str(), number.radix()).ok();
        let number = self
            .value
            .and_then(DeValue::as_integer)
            .and_then(read)
            .filter(|number| range.contains(number));
        match number.and_then(|number| T::try_from(number).ok()) {
            Some(number) => Some(number),
            None => self.expected(format_args!(
                "{what} from {} to {}",
                range.start(),
                range.end()
            )),
        }
    }

    /// A share of 1.
    pub(crate) fn fraction(&self) -> Option<f64> {
        self.number(0.0..=1.0, "a fraction from 0 to 1")
    }

    /// A number within a range, whole or not.
    pub(crate) fn number(&self, range: RangeInclusive<f64>, expected: &str) -> Option<f64> {
        let text = match self.value {
            Some(DeValue::Float(number)) => number.as_str(),
            Some(DeValue::Integer(number)) => number.as_str(),
            Some(
                DeValue::String(_)
                | DeValue::Boolean(_)
                | DeValue::Datetime(_)
                | DeValue::Array(_)
                | DeValue::Table(_),
            )
            | None => "",
        };
        let number = text.parse().ok().filter(|number| range.contains(number));
        number.or_else(|| self.expected(expected))
    }

    /// `true` or `false`.
    pub(crate) fn flag(&self) -> Option<bool> {
        match self.value.and_then(DeValue::as_bool) {
            Some(flag) => Some(flag),
            None => self.expected("true or false"),
        }
    }

    /// A list, item by item.
    pub(crate) fn list(&self, expected: impl fmt::Display) -> Option<Vec<Item<'f>>> {
        match self.as_list() {
            Some(items) => Some(items),
            None => self.expected(expected),
        }
    }

    /// The items, if it is a list; reports nothing.
    pub(crate) fn as_list(&self) -> Option<Vec<Item<'f>>> {
        let item = |(index, value): (usize, &'f Spanned<DeValue<'f>>)| Item {
            file: self.file,
            key: format!("{}[{index}]", self.key),
            at: value.span(),
            value: Some(value.get_ref()),
        };
        let array = self.value.and_then(DeValue::as_array)?;
        Some(array.iter().enumerate().map(item).collect())
    }

    /// A table, to be read on.
    pub(crate) fn table(&self, expected: impl fmt::Display) -> Option<Table<'f>> {
        let Some(map) = self.value.and_then(DeValue::as_table) else {
            return self.expected(expected);
        };
        Some(Table {
            file: self.file,
            key: self.key.clone(),
            at: self.at.clone(),
            map,
            asked: Vec::new(),
        })
    }

    /// A text in the three languages: a table of them, or one string for all.
    pub(crate) fn localised(&self) -> Option<Localised> {
        if self.value.is_some_and(DeValue::is_table) {
            let mut table = self.table("a table")?;
            let texts = languages(&mut table).map(|item| item.text("a text"));
            table.finish();
            let [Some(zh_hant), Some(zh_hans), Some(en)] = texts else {
                return None;
            };
            return Some(Localised {
                zh_hant,
                zh_hans,
                en,
            });
        }
        let text = self.text("a text, or a table of texts with zh-Hant, zh-Hans and en")?;
        Some(Localised {
            zh_hant: text.clone(),
            zh_hans: text.clone(),
            en: text,
        })
    }
}

/// The three languages of a table, in the order of [`Locale::ALL`].
pub(crate) fn languages<'f>(table: &mut Table<'f>) -> [Item<'f>; 3] {
    Locale::ALL.map(|locale| table.need(locale.tag()))
}

/// All of them, if each could be read.
pub(crate) fn all<T>(items: impl IntoIterator<Item = Option<T>>) -> Option<Vec<T>> {
    // Collected first: every item is read, and reports what is wrong with it.
    let items: Vec<Option<T>> = items.into_iter().collect();
    items.into_iter().collect()
}

/// The path of a key within its table; names that are not bare keys stand in quotes.
fn join(table: &str, name: &str) -> String {
    let bare = !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    let name = if bare {
        name.to_owned()
    } else {
        format!("\"{}\"", name.escape_debug())
    };
    if table.is_empty() {
        name
    } else {
        format!("{table}.{name}")
    }
}

/// A slip of the finger: another case, separator or order of letters, or one letter more, fewer or
/// different.
fn is_near(asked: &str, found: &str) -> bool {
    let letters = |name: &str| -> Vec<char> {
        name.to_lowercase()
            .replace(['-', '_', ' '], "")
            .chars()
            .collect()
    };
    let sorted = |mut letters: Vec<char>| {
        letters.sort_unstable();
        letters
    };
    let (asked, found) = (letters(asked), letters(found));
    let same = asked.iter().zip(&found).take_while(|(a, b)| a == b).count();
    let same_end = asked
        .iter()
        .rev()
        .zip(found.iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let longer = asked.len().max(found.len());
    let one_off =
        longer > 2 && asked.len().abs_diff(found.len()) < 2 && same + same_end + 1 >= longer;
    one_off || sorted(asked) == sorted(found)
}

#[cfg(test)]
mod tests;
