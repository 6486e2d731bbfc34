//! What goes out: one message, where it goes, and what became of the attempt.

use std::time::Duration;

use futures::future::BoxFuture;
use hearth_domain::ids::{ChannelId, MemberId, MessageId, MessageKind};
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;

use crate::inbound::Secrets;
use crate::tokens::Tokens;

/// Where a community's messages go.
#[derive(Debug, Clone, Copy)]
pub struct Destination<'a> {
    /// Base URL of the send API where it is not the platform's own; for Standard Webhooks the
    /// URL itself.
    pub api: Option<&'a str>,
    /// The community's secrets.
    pub secrets: &'a Secrets,
    /// Tokens fetched with them, for the platforms that want one.
    pub tokens: &'a Tokens,
    /// The instant that signatures carry.
    pub now: Timestamp,
}

/// A message of ours, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Its id; the same for every attempt.
    pub id: MessageId,
    /// What it is.
    pub kind: MessageKind,
    /// For whom.
    pub to: To,
    /// Its text, as a person reads it, with [mentions](crate::Sender::mention) as they are.
    pub text: String,
    /// Its buttons, in order.
    pub buttons: Vec<OutButton>,
    /// The handle that came with what this message answers, while it may still be good
    /// ([`Incoming::reply`](hearth_domain::event::Incoming)).
    pub reply: Option<String>,
    /// What is shown beside the text, where the platform takes pictures; elsewhere the text goes alone.
    pub picture: Option<Picture>,
}

/// A picture that goes with a message. The text stands without it: a platform may refuse one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The file, a PNG.
    pub png: Vec<u8>,
    /// The same in words, for whoever cannot see it. At most 1,024 characters.
    pub description: String,
}

impl Picture {
    /// What its file is called where a platform shows that.
    pub(crate) const FILENAME: &'static str = "picture.png";
}

/// What a call carries, where the platform's own form has no room to say so: an extension of the
/// request, for whoever stands in for the platform in this process. It never goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// Our id of the message.
    pub id: MessageId,
    /// What it is.
    pub kind: MessageKind,
}

impl Carried {
    pub(crate) fn of(message: &Outgoing) -> Self {
        Self {
            id: message.id.clone(),
            kind: message.kind.clone(),
        }
    }
}

/// A button of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutButton {
    /// What the member reads.
    pub label: String,
    /// What comes back.
    pub value: String,
}

/// For whom a message is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    /// One member, directly.
    Member(MemberId),
    /// Everybody in a channel.
    Channel(ChannelId),
}

/// What became of one attempt. Reasons are short, kebab-case and never hold content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendOutcome {
    /// The platform has it.
    Sent {
        /// The platform's own id of the message.
        platform_id: Option<String>,
    },
    /// The platform has it, and will not say whether it arrives: LINE drops what is for somebody
    /// who blocked us without a word.
    Accepted {
        /// The platform's own id of the message.
        platform_id: Option<String>,
    },
    /// It goes out when a member of the staff taps "send"; [`Sender::look`](crate::Sender::look)
    /// tells.
    AwaitingPerson {
        /// The platform's own id of what waits.
        platform_id: String,
    },
    /// Provably not sent: trying again is safe.
    Retry {
        /// Not before this has passed, if the platform said so.
        after: Option<Duration>,
        /// Why.
        reason: String,
    },
    /// This member or channel cannot be reached.
    Unreachable {
        /// Why.
        reason: String,
    },
    /// Trying again would fail in the same way.
    Permanent {
        /// Why.
        reason: String,
    },
    /// It may or may not have been sent.
    Unknown {
        /// Why.
        reason: String,
    },
}

/// What became of a message that waited for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Looked {
    /// It was sent.
    Sent,
    /// Nobody has sent it yet.
    Waits,
    /// It was sent and cannot reach its member, or never will be sent. A reason as in
    /// [`SendOutcome`].
    Unreachable(String),
    /// It was taken back, and nobody can send it any more.
    TakenBack,
    /// No answer, or none that can be read: nothing is known that was not known before.
    NotTold(String),
}

impl SendOutcome {
    pub(crate) fn retry(reason: impl Into<String>) -> Self {
        Self::Retry {
            after: None,
            reason: reason.into(),
        }
    }

    pub(crate) fn unreachable(reason: impl Into<String>) -> Self {
        Self::Unreachable {
            reason: reason.into(),
        }
    }

    pub(crate) fn permanent(reason: impl Into<String>) -> Self {
        Self::Permanent {
            reason: reason.into(),
        }
    }

    pub(crate) fn unknown(reason: impl Into<String>) -> Self {
        Self::Unknown {
            reason: reason.into(),
        }
    }

    /// Provably not sent, for good: by this platform, to these people, or in this form.
    pub(crate) fn is_refusal(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Permanent { .. } => true,
            Self::Sent { .. }
            | Self::Accepted { .. }
            | Self::AwaitingPerson { .. }
            | Self::Retry { .. }
            | Self::Unknown { .. } => false,
        }
    }

    /// The platform asks for patience.
    pub(crate) fn rate_limited(headers: &HeaderMap) -> Self {
        Self::Retry {
            after: Some(retry_after(headers)),
            reason: "rate-limited".to_owned(),
        }
    }

    /// A call that got no answer.
    pub(crate) fn no_answer(error: &HttpError) -> Self {
        match error {
            HttpError::NotSent(_) => Self::retry("not-sent"),
            HttpError::Uncertain(_) => Self::unknown("no-answer"),
        }
    }

    /// An answer that refuses by its status. A server's error and a timeout (408) may come after
    /// the message was taken.
    pub(crate) fn refused(status: StatusCode, headers: &HeaderMap) -> Self {
        let reason = format!("status-{}", status.as_u16());
        if status == StatusCode::TOO_MANY_REQUESTS {
            Self::rate_limited(headers)
        } else if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT {
            Self::unknown(reason)
        } else {
            Self::permanent(reason)
        }
    }
}

/// `Retry-After` in seconds, at most an hour; 30 s if it cannot be read.
fn retry_after(headers: &HeaderMap) -> Duration {
    let seconds = headers
        .get(http::header::RETRY_AFTER)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.trim().parse::<u64>().ok());
    Duration::from_secs(seconds.unwrap_or(30).min(3600))
}

/// One HTTP call, with its time limit. The only way out of this crate.
pub trait Http: Send + Sync {
    /// Makes the call once; no retry, no redirect.
    fn call(
        &self,
        request: http::Request<Vec<u8>>,
    ) -> BoxFuture<'_, Result<http::Response<Vec<u8>>, HttpError>>;
}

/// Why a call has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// Provably not sent: name lookup, connect, handshake.
    #[error("not sent: {0}")]
    NotSent(String),
    /// A timeout or a reset after the request was, or may have been, written.
    #[error("no answer: {0}")]
    Uncertain(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_read_capped_or_assumed() {
        for (header, seconds) in [
            (Some("7"), 7),
            (Some("0"), 0),
            (Some("86400"), 3600),
            (Some("soon"), 30),
            (Some("-1"), 30),
            (None, 30),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(value) = header {
                headers.insert("retry-after", value.parse().unwrap());
            }
            assert_eq!(
                retry_after(&headers),
                Duration::from_secs(seconds),
                "{header:?}"
            );
        }
    }
}
