//! What the table requests cost: every request asks for its consumed capacity and it is added up.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_sdk_dynamodb::types::ConsumedCapacity;

/// Adds up requests and units. Clones share the sum.
#[derive(Debug, Clone, Default)]
pub struct Meter(Arc<Sums>);

#[derive(Debug, Default)]
struct Sums {
    requests: AtomicU64,
    // In tenths of a unit: units come in halves.
    read: AtomicU64,
    write: AtomicU64,
}

/// What a meter has added up.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Units {
    /// Requests.
    pub requests: u64,
    /// Read units.
    pub read: f64,
    /// Write units, indexes included.
    pub write: f64,
}

impl std::ops::Sub for Units {
    type Output = Self;
    fn sub(self, earlier: Self) -> Self {
        Self {
            requests: self.requests - earlier.requests,
            read: self.read - earlier.read,
            write: self.write - earlier.write,
        }
    }
}

impl std::ops::Add for Units {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            requests: self.requests + other.requests,
            read: self.read + other.read,
            write: self.write + other.write,
        }
    }
}

fn tenths(capacity: Option<&ConsumedCapacity>) -> u64 {
    let units = capacity
        .and_then(ConsumedCapacity::capacity_units)
        .unwrap_or(0.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "units are small and never negative"
    )]
    let tenths = (units * 10.0).round() as u64;
    tenths
}

impl Meter {
    /// Counts one read request.
    pub fn read(&self, capacity: Option<&ConsumedCapacity>) {
        self.0.requests.fetch_add(1, Ordering::Relaxed);
        self.0.read.fetch_add(tenths(capacity), Ordering::Relaxed);
    }

    /// Counts one write request to one table.
    pub fn wrote(&self, capacity: Option<&ConsumedCapacity>) {
        self.write(capacity.map(std::slice::from_ref).unwrap_or_default());
    }

    /// Counts one write request.
    pub fn write(&self, capacity: &[ConsumedCapacity]) {
        self.0.requests.fetch_add(1, Ordering::Relaxed);
        for table in capacity {
            self.0
                .write
                .fetch_add(tenths(Some(table)), Ordering::Relaxed);
        }
    }

    /// Counts one batch read.
    pub fn reads(&self, capacity: &[ConsumedCapacity]) {
        self.0.requests.fetch_add(1, Ordering::Relaxed);
        for table in capacity {
            self.0
                .read
                .fetch_add(tenths(Some(table)), Ordering::Relaxed);
        }
    }

    /// A conditional write that failed cost a unit as well; DynamoDB does not report it.
    pub fn refused(&self) {
        self.0.requests.fetch_add(1, Ordering::Relaxed);
        self.0.write.fetch_add(10, Ordering::Relaxed);
    }

    /// The sums so far.
    pub fn units(&self) -> Units {
        Units {
            requests: self.0.requests.load(Ordering::Relaxed),
            read: self.0.read.load(Ordering::Relaxed) as f64 / 10.0,
            write: self.0.write.load(Ordering::Relaxed) as f64 / 10.0,
        }
    }
}
