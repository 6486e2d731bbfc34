//! The rules of a community's life, pure: no I/O, no clock, no environment.
//!
//! Everything here is a function of its arguments. Time comes in as `now`, randomness not at all.

#![warn(missing_docs)]

pub mod community;
pub mod days;
pub mod event;
pub mod ids;
pub mod locale;
pub mod platform;
pub mod playbook;
