//! How much of an invocation's time is left.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// Stops work before Lambda stops it: what was not begun is reported, not lost.
#[derive(Clone)]
pub struct Deadline(Arc<dyn Fn() -> bool + Send + Sync>);

impl std::fmt::Debug for Deadline {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Deadline")
    }
}

/// What a request to the tables or queues may take with all its tries, and a moment for the answer:
/// begin nothing new with less than this left.
pub const RESERVE: Duration = Duration::from_secs(8);

impl Deadline {
    /// There is none: the local stack.
    pub fn none() -> Self {
        Self(Arc::new(|| false))
    }

    /// Lambda's, by the machine's clock; `reserve` is what the last thing begun may take.
    pub fn at(deadline: SystemTime, reserve: Duration) -> Self {
        Self(Arc::new(move || {
            #[expect(
                clippy::disallowed_methods,
                reason = "Lambda's deadline is in the machine's time, also where ours is virtual"
            )]
            let now = SystemTime::now();
            deadline.duration_since(now).unwrap_or_default() < reserve
        }))
    }

    /// Decided by `is_short`: for tests in which the time runs out.
    pub fn when(is_short: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(is_short))
    }

    /// Whether it is time to stop beginning things.
    pub fn is_short(&self) -> bool {
        (self.0)()
    }
}
