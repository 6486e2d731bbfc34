//! All end-to-end tests: one binary, one link.

mod architecture;
mod budgets;
mod check_in;
mod crash;
mod local;
mod onboarding;
mod preferences;
mod privacy;
mod queue;
mod reorder;
mod report;
mod time;
mod webhook;
mod win_back;
