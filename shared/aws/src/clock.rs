//! The clock: read once per invocation, then passed down.

use jiff::Timestamp;

/// Where `now` comes from.
pub trait Clock: Send + Sync {
    /// The instant.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place where the time is read"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}
