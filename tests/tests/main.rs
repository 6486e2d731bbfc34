//! All end-to-end tests: one binary, one link.

mod crash;
mod check_in;
mod onboarding;
mod win_back;
