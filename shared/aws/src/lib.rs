//! Everything between the pure rules and AWS: tables, queues, batches, clock, configuration,
//! secrets, telemetry.

#![warn(missing_docs)]

pub mod about;
mod answers;
pub mod batch;
pub mod books;
mod busy;
pub mod census;
pub mod clients;
pub mod clock;
pub mod config;
pub mod consume;
pub mod deadline;
pub mod deps;
pub mod drain;
mod gifts;
pub mod intake;
mod introductions;
pub mod invocation;
pub mod journeys;
pub mod lambda;
pub mod meter;
pub mod pace;
pub mod points;
pub mod pseudonym;
pub mod publish;
pub mod queue;
mod receipts;
mod regard;
pub mod registry;
pub mod reports;
pub mod secrets;
pub mod store;
pub mod telemetry;
mod threads;
pub mod wire;
