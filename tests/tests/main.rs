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
mod bad_input;
mod budgets;
mod check_in;
mod corpus;
mod crash;
mod discord;
mod feishu;
mod line;
mod local;
mod onboarding;
mod pace;
mod preferences;
mod privacy;
mod queue;
mod reorder;
mod report;
mod standard_variants;
mod telegram;
mod time;
mod webhook;
mod wecom;
mod win_back;
