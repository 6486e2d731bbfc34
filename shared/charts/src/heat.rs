//! A table of squares, the darker the more: hours by weekday, cohorts by age.

use plotters::element::{Rectangle, Text};
use plotters::style::Color;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::frame::{draw, letters};
use crate::palette::{FAINT, PAPER, shade};
use crate::{ChartError, WIDTH};

/// Units that names have at the left and at the top.
const NAMES: i32 = 52;
const HEADS: i32 = 18;
/// Units of a row.
const ROW: i32 = 18;
/// Where a square is darker than this its number is written in white.
const DARK: f64 = 0.5;

/// Squares in rows and columns.
pub struct Heat<'a> {
    /// What it shows, for who does not see it.
    pub title: &'a str,
    /// The columns; an empty name is not written.
    pub columns: &'a [String],
    /// The rows, each with a value for each column; `None` = not known, which looks different
    /// from nothing.
    pub rows: &'a [(String, Vec<Option<f64>>)],
    /// What is darkest.
    pub most: f64,
    /// What is written into a square; nothing where squares are too many.
    pub written: Option<crate::Format<'a>>,
}

impl Heat<'_> {
    /// As SVG, as high as there are rows.
    pub fn svg(&self) -> Result<String, ChartError> {
        let rows = i32::try_from(self.rows.len()).map_err(ChartError::of)?;
        let count = i32::try_from(self.columns.len())
            .map_err(ChartError::of)?
            .max(1);
        let width = i32::try_from(WIDTH).map_err(ChartError::of)? - NAMES - 2;
        let left = |column: i32| NAMES + width * column / count;
        let height = u32::try_from(HEADS + rows * ROW + 2).map_err(ChartError::of)?;
        draw(self.title, height, |area| {
            let centred = || letters().pos(Pos::new(HPos::Center, VPos::Center));
            let put = |text: String, at: (i32, i32), style| {
                area.draw(&Text::new(text, at, style))
                    .map_err(ChartError::of)
            };
            for (column, name) in (0..).zip(self.columns) {
                let middle = i32::midpoint(left(column), left(column + 1));
                if !name.is_empty() {
                    put(name.clone(), (middle, HEADS / 2), centred())?;
                }
            }
            for (row, (name, values)) in (0..).zip(self.rows) {
                let top = HEADS + row * ROW;
                let right = letters().pos(Pos::new(HPos::Right, VPos::Center));
                put(name.clone(), (NAMES - 5, top + ROW / 2), right)?;
                for (column, value) in (0..).zip(values) {
                    let corners = [(left(column), top), (left(column + 1) - 1, top + ROW - 1)];
                    let Some(value) = value else {
                        let empty = Rectangle::new(corners, FAINT.stroke_width(1));
                        area.draw(&empty).map_err(ChartError::of)?;
                        continue;
                    };
                    let share = if self.most > 0.0 {
                        value / self.most
                    } else {
                        0.0
                    };
                    let square = Rectangle::new(corners, shade(share).filled());
                    area.draw(&square).map_err(ChartError::of)?;
                    if let Some(written) = self.written {
                        let middle = i32::midpoint(left(column), left(column + 1));
                        let style = if share > DARK {
                            centred().color(&PAPER)
                        } else {
                            centred()
                        };
                        put(written(*value), (middle, top + ROW / 2), style)?;
                    }
                }
            }
            Ok(())
        })
    }
}
