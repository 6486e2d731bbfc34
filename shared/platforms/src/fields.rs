//! Reading fields of a JSON body by path: an error names the place and the rule, never the value.

use hearth_domain::ids::{ChannelId, IdError, MemberId, MessageId};
use serde_json::Value;

use crate::inbound::ParseError;

/// Characters of a name or a label that are kept; Slack's display names end at 80.
const NAME_CHARS: usize = 100;

/// Reads a body. Depth is limited by `serde_json` (128), size by the caller.
pub(crate) fn json(body: &[u8]) -> Result<Value, ParseError> {
    serde_json::from_slice(body).map_err(|error| ParseError::Json {
        line: error.line(),
        column: error.column(),
    })
}

/// An object of the body. Paths are dotted; `null` is the same as absent.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'a> {
    value: &'a Value,
    /// Written before every path in errors: `actions[].`.
    prefix: &'static str,
}

impl<'a> Fields<'a> {
    pub(crate) fn new(value: &'a Value) -> Self {
        Self { value, prefix: "" }
    }

    pub(crate) fn within(value: &'a Value, prefix: &'static str) -> Self {
        Self { value, prefix }
    }

    pub(crate) fn wrong(&self, path: &str, expected: &'static str) -> ParseError {
        ParseError::field(format!("{}{path}", self.prefix), expected)
    }

    pub(crate) fn get(&self, path: &str) -> Option<&'a Value> {
        let found = path
            .split('.')
            .try_fold(self.value, |value, key| value.get(key))?;
        (!found.is_null()).then_some(found)
    }

    /// Text, or nothing if it is absent or something else. For what we can do without.
    pub(crate) fn hint(&self, path: &str) -> Option<&'a str> {
        self.get(path)?.as_str()
    }

    /// Whether a flag is there and set.
    pub(crate) fn is_set(&self, path: &str) -> bool {
        self.get(path).and_then(Value::as_bool).unwrap_or(false)
    }

    /// Text that may be absent, but not something else.
    pub(crate) fn text(&self, path: &str) -> Result<Option<&'a str>, ParseError> {
        let Some(value) = self.get(path) else {
            return Ok(None);
        };
        value
            .as_str()
            .map(Some)
            .ok_or_else(|| self.wrong(path, "a string"))
    }

    /// Text that must be there.
    pub(crate) fn needed_text(&self, path: &str) -> Result<&'a str, ParseError> {
        self.text(path)?.ok_or_else(|| self.wrong(path, "a string"))
    }

    /// An id as most platforms write theirs: letters, digits, `_` and `-`, so that no two acts share a
    /// canonical id.
    pub(crate) fn plain_id(&self, path: &str) -> Result<&'a str, ParseError> {
        let id = self.needed_text(path)?;
        if is_plain_id(id) {
            Ok(id)
        } else {
            Err(self.wrong(path, PLAIN_ID))
        }
    }

    /// A member whose id is a [plain one](Self::plain_id).
    pub(crate) fn plain_member(&self, path: &str) -> Result<MemberId, ParseError> {
        self.id(path, MemberId::new(self.plain_id(path)?))
    }

    /// A channel whose id is a [plain one](Self::plain_id).
    pub(crate) fn plain_channel(&self, path: &str) -> Result<ChannelId, ParseError> {
        self.id(path, ChannelId::new(self.plain_id(path)?))
    }

    /// Text that must be there and say something, and is an id of another system.
    pub(crate) fn needed_name(&self, path: &str) -> Result<&'a str, ParseError> {
        let text = self.needed_text(path)?;
        let fits = !text.is_empty() && text.len() <= 200 && !text.chars().any(char::is_control);
        if fits {
            Ok(text)
        } else {
            Err(self.wrong(path, "1 to 200 bytes without controls"))
        }
    }

    /// A flag that may be absent, but not something else.
    pub(crate) fn flag(&self, path: &str) -> Result<Option<bool>, ParseError> {
        let Some(value) = self.get(path) else {
            return Ok(None);
        };
        value
            .as_bool()
            .map(Some)
            .ok_or_else(|| self.wrong(path, "true or false"))
    }

    /// A count that may be absent, but not something else.
    pub(crate) fn count(&self, path: &str) -> Result<Option<u64>, ParseError> {
        let Some(value) = self.get(path) else {
            return Ok(None);
        };
        value
            .as_u64()
            .map(Some)
            .ok_or_else(|| self.wrong(path, "an integer from 0"))
    }

    /// An integer of a range.
    pub(crate) fn integer(
        &self,
        path: &str,
        range: std::ops::RangeInclusive<i64>,
        expected: &'static str,
    ) -> Result<i64, ParseError> {
        let value = self.get(path).and_then(Value::as_i64);
        value
            .filter(|value| range.contains(value))
            .ok_or_else(|| self.wrong(path, expected))
    }

    pub(crate) fn member(&self, path: &str) -> Result<MemberId, ParseError> {
        self.id(path, MemberId::new(self.needed_text(path)?))
    }

    pub(crate) fn member_if_any(&self, path: &str) -> Result<Option<MemberId>, ParseError> {
        let Some(text) = self.text(path)?.filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        self.id(path, MemberId::new(text)).map(Some)
    }

    pub(crate) fn channel(&self, path: &str) -> Result<ChannelId, ParseError> {
        self.id(path, ChannelId::new(self.needed_text(path)?))
    }

    pub(crate) fn channel_if_any(&self, path: &str) -> Result<Option<ChannelId>, ParseError> {
        let Some(text) = self.text(path)?.filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        self.id(path, ChannelId::new(text)).map(Some)
    }

    pub(crate) fn message(&self, path: &str) -> Result<MessageId, ParseError> {
        self.id(path, self.needed_text(path)?.parse())
    }

    fn id<T>(&self, path: &str, id: Result<T, IdError>) -> Result<T, ParseError> {
        id.map_err(|error| ParseError::id(format!("{}{path}", self.prefix), &error))
    }
}

/// A name as we keep it: one line without controls, not endless. `None` if nothing is left.
pub(crate) fn tidy(name: &str) -> Option<String> {
    let name: String = name
        .trim()
        .chars()
        .filter(|c| !c.is_control())
        .take(NAME_CHARS)
        .collect();
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

/// Characters of a text, as the KPIs count them.
pub(crate) fn length(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
}

/// What an id has to be where platforms write them plainly.
pub(crate) const PLAIN_ID: &str = "1 to 64 letters, digits, _ and -";

/// Whether it is one.
pub(crate) fn is_plain_id(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= MemberId::MAX_BYTES
        && id
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_that_are_no_json_are_refused_by_place() {
        let deep = "[".repeat(200);
        for (name, body) in [
            ("empty", &b""[..]),
            ("deep", deep.as_bytes()),
            ("invalid UTF-8", b"{\"a\":\"\xff\xfe\"}"),
            ("lone surrogate", br#"{"a":"\ud800"}"#),
            ("raw NUL", b"{\"a\":\"\0\"}"),
            ("huge number", b"{\"a\":1e400}"),
            ("two values", b"{}{}"),
        ] {
            assert!(
                matches!(json(body), Err(ParseError::Json { line: 1, .. })),
                "{name}"
            );
        }
    }

    #[test]
    fn names_are_tidied() {
        assert_eq!(
            tidy(" Ada\u{0}\nLovelace \t").as_deref(),
            Some("AdaLovelace")
        );
        assert_eq!(tidy("\u{0} "), None);
        assert_eq!(tidy(&"字".repeat(300)).unwrap().chars().count(), 100);
    }
}
