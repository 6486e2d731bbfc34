//! Leaves, answers to the survey, opt-outs, and cases as they fall due.

mod handler;

pub use handler::handle;
