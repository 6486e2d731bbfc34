//! The rules of a community's life, pure: no I/O, no clock, no environment.
//!
//! Everything here is a function of its arguments. Time comes in as `now`, randomness not at all.

#![warn(missing_docs)]

pub mod assign;
pub mod board;
pub mod classify;
pub mod community;
pub mod coupon;
pub mod days;
pub mod decide;
pub mod event;
pub mod experiment;
pub mod gate;
pub mod ids;
pub mod invitation;
pub mod journey;
pub mod kpi;
pub mod locale;
pub mod member;
pub mod message;
pub mod period;
pub mod platform;
pub mod playbook;
pub mod receipt;
pub mod regard;
pub mod rfm;
pub mod rollout;
pub mod segment;
pub mod standing;
pub mod star;
pub mod tags;
pub mod text;
pub mod thread;
pub mod toml_check;
pub mod why;
