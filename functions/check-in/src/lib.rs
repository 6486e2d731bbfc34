//! Messages, reactions and check-ins: activity, points, streaks.

mod handler;

pub use handler::handle;
