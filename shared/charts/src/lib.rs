//! Charts as SVG: the one place that knows the plotting library.
//!
//! A chart is drawn for a telephone, [`WIDTH`] units wide: a page may show it larger, and nothing in it is
//! too small to read where it is not. What it shows it says in a `<title>` as well; the page has the same
//! numbers in a table beside it, so a chart may leave out what does not fit, and never a number that is
//! nowhere else.
//!
//! Nothing is random and no clock is asked: the same numbers give the same bytes.

mod bars;
mod frame;
mod heat;
mod lines;
mod mix;
mod palette;

pub use bars::Bars;
pub use heat::{Heat, Square};
pub use lines::{Line, Lines, Role};
pub use mix::Mix;
pub use palette::{MIX, hex};

/// Units (CSS pixels) that a chart is wide.
pub const WIDTH: u32 = 328;

/// A chart that could not be drawn, in the library's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("chart: {0}")]
pub struct ChartError(String);

impl ChartError {
    fn of(error: impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// How a value is written at an axis: `12%`, `1,200`.
pub type Format<'a> = &'a dyn Fn(f64) -> String;
