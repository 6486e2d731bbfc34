//! What Feishu says to a call: a code, beside HTTP's.

use std::time::Duration;

use serde_json::Value;

use crate::SendOutcome;

/// The header that says in how many seconds a call may be made again.
pub const RESET_HEADER: &str = "x-ogw-ratelimit-reset";
/// Feishu is not believed to want more patience than this.
const LONGEST_WAIT: Duration = Duration::from_hours(1);

/// What was said to one call.
pub(super) enum Answer {
    /// Code 0, with this body.
    Done(Value),
    /// It was not done, and this is why.
    Code(i64),
    /// No code that can be read, or one that is the same for every call.
    Outcome(SendOutcome),
}

pub(super) fn read(response: &http::Response<Vec<u8>>) -> Answer {
    let status = response.status();
    let body: Value = serde_json::from_slice(response.body()).unwrap_or_default();
    let code = body.get("code").and_then(Value::as_i64);
    let is_limit = code.is_some_and(|code| LIMITS.contains(&code));
    match code {
        _ if is_limit || status == http::StatusCode::TOO_MANY_REQUESTS => {
            Answer::Outcome(limited(response))
        }
        Some(0) if status.is_success() => Answer::Done(body),
        // A server's error may come after the message was taken, whatever its code.
        Some(code) if code != 0 && !status.is_server_error() => Answer::Code(code),
        None if status.is_success() => Answer::Outcome(SendOutcome::unknown("unreadable-answer")),
        _ => Answer::Outcome(SendOutcome::refused(status, response.headers())),
    }
}

/// Too many calls of the app, messages to one person or group, or messages at this hour.
const LIMITS: [i64; 3] = [99_991_400, 230_020, 11_232];

fn limited(response: &http::Response<Vec<u8>>) -> SendOutcome {
    let seconds = response
        .headers()
        .get(RESET_HEADER)
        .and_then(|value| value.to_str().ok()?.trim().parse::<f64>().ok())
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    match seconds {
        Some(after) => SendOutcome::Retry {
            after: Some(after.min(LONGEST_WAIT)),
            reason: "rate-limited".to_owned(),
        },
        None => SendOutcome::rate_limited(response.headers()),
    }
}

/// The token is missing, ended, or was never one: nothing was done.
const TOKEN: [i64; 5] = [99_991_661, 99_991_663, 99_991_664, 99_991_668, 99_991_671];

pub(super) fn is_about_the_token(code: i64) -> bool {
    TOKEN.contains(&code)
}

/// Why this person or chat is not reached (open.feishu.cn, "发送消息", error codes).
const UNREACHABLE: [(i64, &str); 9] = [
    // Outside of the app's availability, or resigned.
    (230_013, "not-available-to-user"),
    (230_029, "user-resigned"),
    (230_053, "user-stopped-the-bot"),
    (230_038, "other-tenant"),
    (230_034, "invalid-recipient"),
    (230_002, "bot-not-in-chat"),
    (230_018, "chat-settings-forbid"),
    (230_035, "no-right-to-send"),
    (232_009, "chat-dissolved"),
];

/// The message is being sent, by an attempt whose answer nobody has.
const IN_PROGRESS: i64 = 230_049;

/// What became of a message to which Feishu said this code.
pub(super) fn of_code(code: i64) -> SendOutcome {
    let known = UNREACHABLE.iter().find(|(known, _)| *known == code);
    match known {
        Some((_, reason)) => SendOutcome::unreachable(*reason),
        None if code == IN_PROGRESS => SendOutcome::unknown(reason(code)),
        None => SendOutcome::permanent(reason(code)),
    }
}

/// A code that has no words of ours.
pub(super) fn reason(code: i64) -> String {
    format!("code-{code}")
}
