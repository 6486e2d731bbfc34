//! All end-to-end tests: one binary, one link.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what goes wrong here fails a test"
)]

mod architecture;
mod aws;
mod budgets;
mod check_in;
mod crash;
mod line;
mod local;
mod onboarding;
mod pace;
mod preferences;
mod privacy;
mod queue;
mod reorder;
mod report;
mod telegram;
mod time;
mod webhook;
mod win_back;
