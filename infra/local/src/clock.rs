//! The stack's clock: the machine's, or one that stands still until it is moved.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use hearth_aws::clock::{Clock, SystemClock};
use jiff::Timestamp;

/// A clock that functions, leases, caches and signature windows all use. Clones are one clock.
#[derive(Debug, Clone)]
pub enum StackClock {
    /// The machine's.
    System,
    /// Microseconds since 1970, moved by hand.
    Virtual(Arc<AtomicI64>),
}

impl StackClock {
    /// One that stands at an instant.
    pub fn standing_at(at: Timestamp) -> Self {
        Self::Virtual(Arc::new(AtomicI64::new(at.as_microsecond())))
    }

    /// Whether it is moved by hand.
    pub fn is_virtual(&self) -> bool {
        matches!(self, Self::Virtual(_))
    }

    /// Moves a virtual clock forward; it never goes back.
    pub fn move_to(&self, at: Timestamp) {
        if let Self::Virtual(now) = self {
            now.fetch_max(at.as_microsecond(), Ordering::SeqCst);
        }
    }
}

impl Clock for StackClock {
    fn now(&self) -> Timestamp {
        match self {
            Self::System => SystemClock.now(),
            Self::Virtual(now) => Timestamp::from_microsecond(now.load(Ordering::SeqCst))
                .unwrap_or(Timestamp::UNIX_EPOCH),
        }
    }
}
