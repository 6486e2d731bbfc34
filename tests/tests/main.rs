//! All end-to-end tests: one binary, one link.

mod onboarding;
