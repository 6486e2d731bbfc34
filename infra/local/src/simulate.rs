//! The time machine: a synthetic community of several temperaments lives weeks of a playbook in
//! seconds, through the same functions, and every message that was sent, held or skipped says why.

mod agenda;
mod chance;
mod compare;
mod figures;
mod habits;
mod load;
mod minds;
mod output;
mod page;
mod people;
mod run;
pub mod samples;
mod story;
mod summary;
mod tables;
mod timeline;
mod verdict;
mod voice;

pub use compare::{Comparison, Row, Side, What};
pub use figures::{Figures, KindFigures, Reached, StepFigures, WakeUpFigures, WinBackFigures};
pub use load::Load;
pub use output::write;
pub use people::{Person, Temperament};
pub use run::{Plan, run};
pub use story::{Act, Story, Told};
pub use verdict::{Fault, faults};
