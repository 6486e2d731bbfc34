//! All end-to-end tests: one binary, one link.

mod crash;
mod architecture;
mod budgets;
mod check_in;
mod local;
mod onboarding;
mod preferences;
mod privacy;
mod queue;
mod report;
mod webhook;
mod win_back;
