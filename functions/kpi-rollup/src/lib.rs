//! The weekly report and the daily closing: each one pass over the small member items of one
//! community. And the posting of challenges, on their day.

mod challenges;
mod closing;
mod count;
mod handler;
mod history;
mod pilots;
mod progress;
mod schedule;
mod shelf;
mod talk;
mod trials;
mod zones;

pub use handler::{Rollup, handle};
pub use schedule::latest_due;
