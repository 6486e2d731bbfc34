//! The whole system on one machine: the six functions unchanged, an embedded DynamoDB, queues in
//! memory, a chat sandbox, and a clock that can be virtual. It has no rules of its own.

#![warn(missing_docs)]

#[macro_use]
mod labels;

pub mod clock;
pub mod columns;
pub mod control;
pub mod deliveries;
pub mod embedded;
pub mod export;
pub mod faults;
pub mod journeys;
pub mod page;
pub mod people;
pub mod publish;
pub mod published;
pub mod queues;
pub mod replay;
pub mod reports;
pub mod sandbox;
pub mod server;
pub mod simulate;
pub mod stack;
pub mod view;
