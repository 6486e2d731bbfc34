//! What comes in: the request as it arrived, the secrets it is checked with, and what a parser
//! makes of it.

use std::collections::BTreeMap;
use std::fmt;

use hearth_domain::event::Incoming;
use hearth_domain::ids::IdError;
use http::{HeaderMap, Method};

/// A delivery exactly as it arrived: signatures cover the raw bytes. Without Debug, as the body
/// must not reach a log.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The HTTP method.
    pub method: &'a Method,
    /// All headers; a name may be there more than once.
    pub headers: &'a HeaderMap,
    /// The raw query, without `?`.
    pub query: Option<&'a str>,
    /// The raw body, decoded from base64 if the transport had encoded it.
    pub body: &'a [u8],
}

impl<'a> Request<'a> {
    /// The value of a header that must be there exactly once: of two, a proxy and we could each
    /// believe another one.
    pub(crate) fn only_header(&self, name: &'static str) -> Result<&'a str, Rejection> {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next().ok_or(Rejection::Missing(name))?;
        if values.next().is_some() {
            return Err(Rejection::Malformed(name));
        }
        value.to_str().map_err(|_| Rejection::Malformed(name))
    }
}

/// Values of a community's secrets, by name: one or two live values each. Debug shows no value.
#[derive(Clone, Default)]
pub struct Secrets(BTreeMap<String, Vec<String>>);

impl Secrets {
    /// Takes the live values by name. An empty value is dropped: anybody can sign with it.
    pub fn new(values: BTreeMap<String, Vec<String>>) -> Self {
        let mut values = values;
        for live in values.values_mut() {
            live.retain(|value| !value.is_empty());
        }
        Self(values)
    }

    /// The live values of one secret, the one to sign with first; empty if there is none.
    pub fn get(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// One of the secrets alone, under the name by which its reader asks for it.
    #[must_use]
    pub fn renamed(&self, name: &str, to: &str) -> Self {
        Self(BTreeMap::from([(to.to_owned(), self.get(name).to_vec())]))
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = self.0.iter().map(|(name, live)| (name, live.len()));
        f.write_str("Secrets")?;
        f.debug_map().entries(counts).finish()
    }
}

/// Why a delivery is not believed. The answer is always 401, and never tells which of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// This header is not there.
    #[error("the header {0} is missing")]
    Missing(&'static str),
    /// This header is there twice, or is not what the platform sends.
    #[error("the header {0} is malformed or there more than once")]
    Malformed(&'static str),
    /// The timestamp is more than five minutes from now, either way.
    #[error("the timestamp is outside the window")]
    Stale,
    /// No live secret gives this signature.
    #[error("the signature does not match")]
    Mismatch,
    /// The signature is right and what it covers cannot be decrypted, or is for somebody else.
    #[error("the body cannot be decrypted with any live key")]
    Sealed,
    /// This parameter of the query is not there, there twice, or not what the platform sends.
    #[error("the query's {0} is missing or malformed")]
    Query(&'static str),
    /// The community has no usable value of this secret.
    #[error("no usable value of the secret {0}")]
    NoSecret(&'static str),
}

/// Why a verified delivery was not understood. The answer is 400 with [`ParseError::general`];
/// `Display` is for the log: it names places and rules, never content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Not JSON, or deeper or larger than a JSON value may be.
    #[error("not readable JSON at line {line}, column {column}")]
    Json {
        /// 1-based.
        line: usize,
        /// 1-based, in bytes.
        column: usize,
    },
    /// Not a form, or its one field is not there exactly once.
    #[error("not a form with exactly one {0}")]
    Form(&'static str),
    /// A field that is needed is missing or not what it must be.
    #[error("{path}: expected {expected}")]
    Field {
        /// Where, e.g. `event.user.id`.
        path: String,
        /// The rule, in words.
        expected: &'static str,
    },
}

impl ParseError {
    pub(crate) fn field(path: impl Into<String>, expected: &'static str) -> Self {
        Self::Field {
            path: path.into(),
            expected,
        }
    }

    pub(crate) fn id(path: impl Into<String>, error: &IdError) -> Self {
        Self::field(path, error.expected)
    }

    /// What the sender may read.
    pub fn general(&self) -> &'static str {
        match self {
            Self::Json { .. } => "the body is not readable JSON",
            Self::Form(_) => "the body is not a form we know",
            Self::Field { .. } => "a field is missing or not valid",
        }
    }
}

/// What a verified delivery turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parsed {
    /// The platform expects this answer, and nothing happened to anybody: it checks its endpoint.
    Reply(Reply),
    /// Something happened to members.
    Events(Vec<Incoming>),
    /// As [`Events`](Self::Events), and the platform wants this answer in the same breath: a
    /// button that was pressed spins until it has it.
    Answered(Vec<Incoming>, Reply),
    /// Understood, and none of our business. The reason (kebab-case) names a counter.
    NotForUs(&'static str),
}

/// An answer that the platform expects word for word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// MIME type.
    pub content_type: &'static str,
    /// The body.
    pub body: String,
}

impl Reply {
    /// Success with this JSON.
    pub fn json(body: &serde_json::Value) -> Self {
        Self {
            status: 200,
            content_type: "application/json",
            body: body.to_string(),
        }
    }

    /// Success with this text.
    pub fn text(body: impl Into<String>) -> Self {
        Self {
            status: 200,
            content_type: "text/plain; charset=utf-8",
            body: body.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_secret_and_an_empty_one_is_none() {
        let secrets = Secrets::new(BTreeMap::from([
            ("bot_token".to_owned(), vec!["xoxb-very-secret".to_owned()]),
            ("signing_secret".to_owned(), vec![String::new()]),
        ]));
        assert_eq!(
            format!("{secrets:?}"),
            r#"Secrets{"bot_token": 1, "signing_secret": 0}"#
        );
        assert!(secrets.get("signing_secret").is_empty());
        assert!(secrets.get("nothing").is_empty());
    }
}
