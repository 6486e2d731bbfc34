//! What Discord's refusals mean: by the code in the body, else by the status.

use std::time::Duration;

use http::StatusCode;
use serde_json::Value;

use crate::SendOutcome;

/// Discord is not believed to want more patience than this, in seconds.
const LONGEST_WAIT: u64 = 3600;

/// What an answer without success says of the message. Codes count only where the status says
/// that Discord decided something: a 5xx may come after the message was taken.
pub(super) fn refused(response: &http::Response<Vec<u8>>) -> SendOutcome {
    let status = response.status();
    let body: Value = serde_json::from_slice(response.body()).unwrap_or_default();
    let code = body.get("code").and_then(Value::as_u64);
    match (status, code) {
        (StatusCode::TOO_MANY_REQUESTS, _) => limited(&body, response),
        (StatusCode::UNAUTHORIZED, _) => SendOutcome::permanent("unauthorized"),
        (StatusCode::BAD_REQUEST | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND, Some(code)) => {
            by_code(code).unwrap_or_else(|| by_status(response))
        }
        (_, _) => SendOutcome::refused(status, response.headers()),
    }
}

/// A code we don't know. Something between us and Discord refuses without any.
fn by_status(response: &http::Response<Vec<u8>>) -> SendOutcome {
    match response.status() {
        StatusCode::FORBIDDEN => SendOutcome::unreachable("forbidden"),
        StatusCode::BAD_REQUEST => SendOutcome::permanent("bad-request"),
        status => SendOutcome::refused(status, response.headers()),
    }
}

/// Source: "Opcodes and Status Codes", JSON error codes; 20026 is not listed there and was seen
/// (discord-api-docs, issue 2669).
fn by_code(code: u64) -> Option<SendOutcome> {
    Some(match code {
        10003 => SendOutcome::unreachable("unknown-channel"),
        // The nonce is that of a message which was sent, and deleted since
        // (discord-api-docs, pull request 6647).
        10008 => SendOutcome::Sent { platform_id: None },
        10013 => SendOutcome::unreachable("unknown-user"),
        20026 => SendOutcome::permanent("bot-flagged-as-spam"),
        40003 => SendOutcome::retry("opening-too-fast"),
        40004 | 40006 => SendOutcome::retry("temporarily-disabled"),
        40058 | 50008 => SendOutcome::unreachable("not-a-text-channel"),
        40333 => SendOutcome::permanent("blocked-by-cloudflare"),
        50001 => SendOutcome::unreachable("missing-access"),
        50006 => SendOutcome::permanent("no-text"),
        50007 => SendOutcome::unreachable("cannot-dm"),
        50013 => SendOutcome::unreachable("missing-permissions"),
        50033 => SendOutcome::unreachable("invalid-recipient"),
        50035 => SendOutcome::permanent("invalid-form-body"),
        50278 => SendOutcome::unreachable("no-mutual-guild"),
        _ => return None,
    })
}

/// `retry_after` of the body, seconds with a fraction, rounded up; else the header.
fn limited(body: &Value, response: &http::Response<Vec<u8>>) -> SendOutcome {
    let seconds = body.get("retry_after").and_then(Value::as_f64);
    let Some(wait) = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()) else {
        return SendOutcome::rate_limited(response.headers());
    };
    let seconds = wait
        .as_secs()
        .saturating_add(u64::from(wait.subsec_nanos() > 0));
    let everywhere = body.get("global").and_then(Value::as_bool) == Some(true);
    SendOutcome::Retry {
        after: Some(Duration::from_secs(seconds.min(LONGEST_WAIT))),
        reason: if everywhere {
            "rate-limited-globally".to_owned()
        } else {
            "rate-limited".to_owned()
        },
    }
}
