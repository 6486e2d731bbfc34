//! The rules as a community lives them: one member, the events that happen, a clock, and the
//! store as a model. One binary, a module for each promise.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a model names what it looks at, and nothing follows from the rest"
)]

#[cfg(test)]
mod answers;
#[cfg(test)]
mod any_order;
#[cfg(test)]
mod attendance;
#[cfg(test)]
mod care;
#[cfg(test)]
mod challenges;
#[cfg(test)]
mod clocks;
#[cfg(test)]
mod digest;
#[cfg(test)]
mod follow_ups;
#[cfg(test)]
mod freezes;
#[cfg(test)]
mod gate;
#[cfg(test)]
mod invitations;
#[cfg(test)]
mod local_times;
#[cfg(test)]
mod message;
#[cfg(test)]
mod model;
#[cfg(test)]
mod onboarding;
#[cfg(test)]
mod operators;
#[cfg(test)]
mod orders;
#[cfg(test)]
mod points;
#[cfg(test)]
mod seats;
#[cfg(test)]
mod stars;
#[cfg(test)]
mod statistics;
#[cfg(test)]
mod trials;
#[cfg(test)]
mod wake_up;
#[cfg(test)]
mod weeks;
#[cfg(test)]
mod win_back;
#[cfg(test)]
mod world;
