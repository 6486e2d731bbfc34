//! Events from a file through the same queues and handlers, in virtual time, as a backlog.

mod output;
mod rows;
mod run;

pub use output::{Output, write};
pub use rows::{Row, RowError, RowKind, read};
pub use run::{Plan, Summary, UnitsBy, run};
