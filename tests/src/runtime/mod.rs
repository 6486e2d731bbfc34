//! The functions' own binaries under a small Runtime API server, with a stub of the AWS APIs
//! beside it: what a process costs from `exec` to its peak of memory, and what a panic in it ends.
//!
//! The stub and the server run in this process, the binary in its own, so that only the binary's
//! time counts as its CPU. Nothing here knows a handler: what goes in is an event, what comes out
//! is an answer, requests and what the kernel says about the process.

pub mod api;
pub mod aws;
pub mod bench;
pub mod binaries;
pub mod events;
pub mod http;
pub mod panics;
pub mod process;
pub mod stage;
pub mod tls;

use std::time::Instant;

/// The stopwatch.
#[expect(
    clippy::disallowed_methods,
    reason = "what is measured here is the machine's own time"
)]
pub(crate) fn tick() -> Instant {
    Instant::now()
}
