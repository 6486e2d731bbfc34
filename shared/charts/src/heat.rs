//! A table of squares, the darker the more: hours by weekday, cohorts by age.

use plotters::element::{Rectangle, Text};
use plotters::style::Color;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::frame::{draw, letters};
use crate::palette::{FAINT, INK, PAPER, TARGET, shade};
use crate::{ChartError, WIDTH};

/// Units that names have at the left and at the top.
const NAMES: i32 = 52;
const HEADS: i32 = 18;
/// Units of a row.
const ROW: i32 = 18;
/// Where a square is darker than this its number is written in white.
const DARK: f64 = 0.5;

/// What a square shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Square {
    /// Not known, which looks different from nothing.
    Unknown,
    /// Of too few to read anything into it: written in grey, without a shade.
    Few(f64),
    /// A value.
    Known(f64),
}

/// Squares in rows and columns.
pub struct Heat<'a> {
    /// What it shows, for who does not see it.
    pub title: &'a str,
    /// The columns; an empty name is not written.
    pub columns: &'a [String],
    /// The rows, each with a square for each column.
    pub rows: &'a [(String, Vec<Square>)],
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
            for (row, (name, squares)) in (0..).zip(self.rows) {
                let top = HEADS + row * ROW;
                let right = letters().pos(Pos::new(HPos::Right, VPos::Center));
                put(name.clone(), (NAMES - 5, top + ROW / 2), right)?;
                for (column, square) in (0..).zip(squares) {
                    let corners = [(left(column), top), (left(column + 1) - 1, top + ROW - 1)];
                    let (filled, value, ink) = match square {
                        Square::Unknown => (None, None, &INK),
                        Square::Few(value) => (None, Some(*value), &TARGET),
                        Square::Known(value) => {
                            let share = self.share(*value);
                            let ink = if share > DARK { &PAPER } else { &INK };
                            (Some(shade(share)), Some(*value), ink)
                        }
                    };
                    let style = filled.map_or(FAINT.stroke_width(1), |colour| colour.filled());
                    area.draw(&Rectangle::new(corners, style))
                        .map_err(ChartError::of)?;
                    if let Some((written, value)) = self.written.zip(value) {
                        let middle = i32::midpoint(left(column), left(column + 1));
                        let style = centred().color(ink);
                        put(written(value), (middle, top + ROW / 2), style)?;
                    }
                }
            }
            Ok(())
        })
    }

    /// Of what is darkest.
    fn share(&self, value: f64) -> f64 {
        if self.most > 0.0 {
            value / self.most
        } else {
            0.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_of_few_is_written_but_has_no_shade() {
        let svg = |square| {
            let heat = Heat {
                title: "",
                columns: &[String::new()],
                rows: &[(String::new(), vec![square])],
                most: 1.0,
                written: Some(&|share| format!("{share:.2}")),
            };
            heat.svg().unwrap()
        };
        let (unknown, few, known) = (
            svg(Square::Unknown),
            svg(Square::Few(0.25)),
            svg(Square::Known(0.25)),
        );
        let shaded = "fill=\"#BFDCEC\"";
        let is = |svg: &str| (svg.contains("0.25"), svg.contains(shaded));
        assert_eq!(is(&unknown), (false, false), "{unknown}");
        assert_eq!(is(&few), (true, false), "{few}");
        assert_eq!(is(&known), (true, true), "{known}");
    }
}
