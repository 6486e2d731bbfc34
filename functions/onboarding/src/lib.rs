//! Joins, renames, the plan's buttons, and its steps as they fall due.

mod handler;

pub use handler::handle;
