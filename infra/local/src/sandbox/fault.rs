//! How the sandbox misbehaves when told to.

use serde::Deserialize;

/// How the next calls that carry a message go wrong. Calls that only prepare one
/// (`conversations.open`) are answered as always.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum ChatFault {
    /// The message is not taken: `{"status":429,"times":3,"retry_after":30}`.
    Status {
        /// HTTP status.
        status: u16,
        /// For how many calls.
        #[serde(default = "once")]
        times: u32,
        /// `Retry-After`, in seconds.
        retry_after: Option<u64>,
        /// The words of the answer, where they matter: LINE says by them which 429 it is.
        message: Option<String>,
    },
    /// There is no answer: `{"error":"lost-answer"}`.
    Network {
        /// What happens instead.
        error: NetworkFault,
        /// For how many calls.
        #[serde(default = "once")]
        times: u32,
    },
    /// Slack refuses with this word: `{"slack_error":"account_inactive"}`.
    Slack {
        /// The value of `error`.
        slack_error: String,
        /// For how many calls.
        #[serde(default = "once")]
        times: u32,
    },
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NetworkFault {
    /// The request provably never left.
    #[serde(alias = "not_sent")]
    NotSent,
    /// The message is taken, the answer is lost.
    #[serde(alias = "lost_answer")]
    LostAnswer,
    /// The message is not taken, and nobody can tell.
    Hang,
}

fn once() -> u32 {
    1
}

impl ChatFault {
    pub(super) fn times(&mut self) -> &mut u32 {
        match self {
            Self::Status { times, .. }
            | Self::Network { times, .. }
            | Self::Slack { times, .. } => times,
        }
    }
}
