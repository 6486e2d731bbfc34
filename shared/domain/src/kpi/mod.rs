//! The weekly numbers: members are streamed once into an [`Aggregate`], which becomes [`Numbers`],
//! which become a [`Report`].
//!
//! Invariants: nothing here knows a single member's id or name once `add` has returned, and the
//! same members give the same bytes, in whatever order and over however many shards they come.

mod ages;
mod aggregate;
mod alert;
#[cfg(test)]
mod bad_input;
mod commerce;
pub mod csv;
pub mod definitions;
mod focus;
mod funnel;
mod heat;
mod html;
mod light;
mod money;
mod numbers;
mod reach;
mod report;
mod retention;
pub mod risk;
mod rules;
mod summary;
mod talk;
mod terminal;
#[cfg(test)]
mod testing;
pub mod trend;
mod unreadable;
mod words;

pub use aggregate::{Aggregate, Asked, Measures, Mismatch};
pub use alert::{AlertRules, worse};
pub use commerce::{FeedbackNumbers, OrderNumbers};
pub use definitions::{Definition, Source, Summed, Unit, definitions};
pub use focus::{Focus, FocusRule};
pub use funnel::{Funnel, Step as FunnelStep};
pub use heat::Heat;
pub use html::{Shelved, index};
pub use light::{Finding, Light, MIN_SAMPLE, Rule};
pub use numbers::{Numbers, OnboardingNumbers, WinBackNumbers};
pub use reach::{Reach, TooOld};
pub use report::{Judging, Report, Revision};
pub use retention::{Cohort, Horizons, Kept, Retention, Window};
pub use rules::{ExpectedMix, Health, ReportRules, Targets};
pub use summary::{Summaries, Summary};
pub use talk::{Talk, TalkNumbers, TopicTalk};
pub use unreadable::Unreadable;
pub use words::Words;
