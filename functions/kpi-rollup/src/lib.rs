//! The weekly report: one pass over the small member items of one community.

mod handler;
mod pilots;
mod schedule;

pub use handler::{Rollup, handle};
