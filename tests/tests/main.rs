//! All end-to-end tests: one binary, one link.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what goes wrong here fails a test"
)]

mod alerts;
mod architecture;
mod aws;
mod bad_input;
mod budgets;
mod case_worker;
mod challenges;
mod check_in;
mod closing;
mod corpus;
mod coupon_story;
mod coupons;
mod crash;
mod discord;
mod erasure;
mod events;
mod feishu;
mod follow_ups;
mod invitations;
mod journeys;
mod line;
mod local;
mod onboarding;
mod orders;
mod pace;
mod page;
mod points;
mod preferences;
mod privacy;
mod publishing;
mod queue;
mod redeem;
mod reorder;
mod report;
mod rollup;
mod scoring;
mod segments;
mod shelf;
mod simulate;
mod standard_variants;
mod stars;
mod talk;
mod telegram;
mod time;
mod together;
mod trials;
mod unreadable;
mod wake_up;
mod wall_image;
mod webhook;
mod wecom;
mod win_back;
