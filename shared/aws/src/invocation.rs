//! What wakes a function: a batch from its queue, or a tick of the Scheduler.

use aws_lambda_events::event::sqs::SqsEvent;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

/// A function's input.
#[derive(Debug, Clone)]
pub enum Invocation {
    /// A batch of its queue.
    Batch(SqsEvent),
    /// A tick.
    Tick(Tick),
}

/// A tick of the Scheduler.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Tick {
    /// When it was scheduled for, RFC 3339. Absent, or the Scheduler's own placeholder where an
    /// emulator passes it through: now.
    #[serde(default)]
    pub time: Option<String>,
}

/// An input that is neither.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an invocation of ours: expected an SQS event with Records, or a tick {{\"time\": …}}")]
pub struct NotAnInvocation;

impl TryFrom<Value> for Invocation {
    type Error = NotAnInvocation;

    fn try_from(value: Value) -> Result<Self, NotAnInvocation> {
        if value.get("Records").is_some() {
            return serde_json::from_value(value)
                .map(Self::Batch)
                .map_err(|_| NotAnInvocation);
        }
        if !value.is_object() {
            return Err(NotAnInvocation);
        }
        serde_json::from_value(value)
            .map(Self::Tick)
            .map_err(|_| NotAnInvocation)
    }
}

impl Tick {
    /// The instant the tick stands for: its own, unless there is none that can be read.
    pub fn instant(&self, now: Timestamp) -> Timestamp {
        self.time
            .as_deref()
            .and_then(|time| time.parse().ok())
            .unwrap_or(now)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_tick_without_a_readable_time_is_now() {
        let now: Timestamp = "2026-01-05T00:00:30Z".parse().unwrap();
        for (tick, instant) in [
            (
                json!({"time": "2026-01-05T09:00:00Z"}),
                "2026-01-05T09:00:00Z",
            ),
            (
                json!({"time": "<aws.scheduler.scheduled-time>"}),
                "2026-01-05T00:00:30Z",
            ),
            (json!({}), "2026-01-05T00:00:30Z"),
        ] {
            let Ok(Invocation::Tick(tick)) = Invocation::try_from(tick) else {
                panic!("a tick")
            };
            assert_eq!(tick.instant(now), instant.parse().unwrap());
        }
        assert!(matches!(
            Invocation::try_from(json!({"Records": []})),
            Ok(Invocation::Batch(_))
        ));
        assert!(Invocation::try_from(json!([1])).is_err());
        assert!(Invocation::try_from(json!({"Records": 7})).is_err());
    }
}
