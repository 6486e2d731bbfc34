//! Faults at every border: what the embedded parts never do by themselves, done to them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// An external call that is about to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call<'a> {
    /// A DynamoDB operation.
    Table(&'a str),
    /// Messages to a queue.
    Queue(&'a str),
    /// A platform's API.
    Chat(&'a str),
}

/// What happens to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The process dies before the call is made.
    CrashBefore,
    /// The call is made, the process dies before it sees the answer.
    CrashAfter,
    /// The call is not made and fails at once: connection refused, throttled.
    Refuse,
    /// The call is made, the answer is lost.
    LoseAnswer,
    /// DynamoDB only: another transaction is at the item.
    Conflict,
    /// Only the first of several things asked for is done: keys are left unread, messages are
    /// not taken. A call that asks for one thing fails at once.
    Part,
}

/// Decides which calls fail.
pub trait Faults: Send + Sync {
    /// The fate of the next call; `None` = nothing happens to it.
    fn fate(&self, call: Call<'_>) -> Option<Fault>;

    /// The same for who goes by what is asked: `request` is the call's body.
    fn fate_of(&self, call: Call<'_>, _request: &[u8]) -> Option<Fault> {
        self.fate(call)
    }

    /// Whether anything may fail at all.
    fn any(&self) -> bool {
        true
    }

    /// For how many turns of the others the next call waits before it is made: decides who is
    /// first where several go on at once.
    fn delay(&self, _: Call<'_>) -> u32 {
        0
    }
}

/// Nothing ever fails.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoFaults;

impl Faults for NoFaults {
    fn fate(&self, _: Call<'_>) -> Option<Fault> {
        None
    }

    fn any(&self) -> bool {
        false
    }
}

/// The faults of a stack, and the sign that its process has died.
#[derive(Clone)]
pub struct Borders {
    faults: Arc<dyn Faults>,
    disturbed: Arc<AtomicBool>,
    dead: Arc<AtomicBool>,
    died: Arc<Notify>,
}

impl std::fmt::Debug for Borders {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Borders")
    }
}

impl Borders {
    /// With faults.
    pub fn new(faults: Arc<dyn Faults>) -> Self {
        Self {
            faults,
            disturbed: Arc::default(),
            dead: Arc::default(),
            died: Arc::new(Notify::new()),
        }
    }

    /// The fate of a call, once it is its turn. Whatever a process had begun dies with it.
    pub async fn fate(&self, call: Call<'_>, request: &[u8]) -> Option<Fault> {
        for _ in 0..self.faults.delay(call) {
            tokio::task::yield_now().await;
        }
        if self.dead.load(Ordering::SeqCst) {
            return Some(Fault::CrashBefore);
        }
        let fate = self.faults.fate_of(call, request);
        if fate.is_some() {
            self.disturbed.store(true, Ordering::SeqCst);
        }
        fate
    }

    /// Whether anything may fail here.
    pub fn may_fail(&self) -> bool {
        self.faults.any()
    }

    /// Whether anything has ever failed here.
    pub fn disturbed(&self) -> bool {
        self.disturbed.load(Ordering::SeqCst)
    }

    /// The end of the process: whoever awaits this never goes on.
    pub async fn die<T>(&self) -> T {
        self.dead.store(true, Ordering::SeqCst);
        self.died.notify_one();
        std::future::pending().await
    }

    /// Resolves when the process has died; the next one lives.
    pub async fn death(&self) {
        while !self.dead.swap(false, Ordering::SeqCst) {
            self.died.notified().await;
        }
    }
}
