//! Bars that lie: names at the left, so that long ones fit.

use plotters::element::{Rectangle, Text};
use plotters::style::Color;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::frame::{draw, letters};
use crate::palette::{FAINT, MAIN};
use crate::{ChartError, Format, WIDTH};

/// Units between two bars' beginnings, and of a bar.
const STEP: i32 = 26;
const THICK: i32 = 16;
/// Units that names and values have beside the bars.
const NAMES: i32 = 116;
const VALUES: i32 = 60;

/// A bar for each of several things, such as the steps of a funnel.
pub struct Bars<'a> {
    /// What it shows, for who does not see it.
    pub title: &'a str,
    /// What each bar is, and its value; below nothing is nothing.
    pub bars: &'a [(String, f64)],
    /// What a full bar is; the greatest value where that is more.
    pub full: f64,
    /// How values are written beside the bars.
    pub format: Format<'a>,
}

impl Bars<'_> {
    /// As SVG, as high as there are bars.
    pub fn svg(&self) -> Result<String, ChartError> {
        let full = self
            .bars
            .iter()
            .map(|(_, value)| *value)
            .fold(self.full, f64::max);
        let rows = u32::try_from(self.bars.len()).map_err(ChartError::of)?;
        let wide = i32::try_from(WIDTH).map_err(ChartError::of)? - NAMES - VALUES;
        draw(self.title, rows.max(1) * STEP.unsigned_abs() + 4, |area| {
            for (top, (name, value)) in (4..).step_by(STEP.unsigned_abs() as usize).zip(self.bars) {
                let share = if full > 0.0 {
                    (value / full).clamp(0.0, 1.0)
                } else {
                    0.0
                };
                #[expect(clippy::cast_possible_truncation, reason = "within the chart's width")]
                let end = NAMES + (f64::from(wide) * share).round() as i32;
                let bar = |until, style| {
                    let corners = [(NAMES, top), (until, top + THICK)];
                    area.draw(&Rectangle::new(corners, style))
                        .map_err(ChartError::of)
                };
                bar(NAMES + wide, FAINT.filled())?;
                bar(end, MAIN.filled())?;
                let middle = top + THICK / 2;
                let right = letters().pos(Pos::new(HPos::Right, VPos::Center));
                let left = letters().pos(Pos::new(HPos::Left, VPos::Center));
                for text in [
                    Text::new(name.clone(), (NAMES - 6, middle), right),
                    Text::new((self.format)(*value), (NAMES + wide + 6, middle), left),
                ] {
                    area.draw(&text).map_err(ChartError::of)?;
                }
            }
            Ok(())
        })
    }
}
