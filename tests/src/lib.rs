//! The stories' world: a local stack in virtual time with one community, told in its members'
//! words.

pub mod chaos;
pub mod chats;
pub mod cost;
pub mod crowd;
pub mod many;
pub mod page;
pub mod runtime;
pub mod story;
pub mod veterans;
pub mod world;
