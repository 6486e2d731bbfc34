//! What a whole is made of, now and as it was expected: one lying bar each.

use plotters::element::{Rectangle, Text};
use plotters::style::Color;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::frame::{draw, letters};
use crate::palette::{MIX, colour};
use crate::{ChartError, WIDTH};

const NAMES: i32 = 72;
const STEP: i32 = 30;
const THICK: i32 = 20;

/// Wholes and their parts.
pub struct Mix<'a> {
    /// What it shows, for who does not see it.
    pub title: &'a str,
    /// What each whole is, and its parts: any numbers from 0, of which the shares are shown, in the
    /// colours of [`MIX`]. At most as many parts as there are colours.
    pub wholes: &'a [(String, Vec<f64>)],
}

impl Mix<'_> {
    /// As SVG, as high as there are wholes.
    pub fn svg(&self) -> Result<String, ChartError> {
        let rows = u32::try_from(self.wholes.len()).map_err(ChartError::of)?;
        let wide = f64::from(WIDTH) - f64::from(NAMES) - 2.0;
        draw(self.title, rows.max(1) * STEP.unsigned_abs() + 4, |area| {
            for (top, (name, parts)) in (4..).step_by(STEP.unsigned_abs() as usize).zip(self.wholes)
            {
                let right = letters().pos(Pos::new(HPos::Right, VPos::Center));
                let text = Text::new(name.clone(), (NAMES - 6, top + THICK / 2), right);
                area.draw(&text).map_err(ChartError::of)?;
                let whole: f64 = parts.iter().sum();
                let mut done = 0.0;
                for (part, tone) in parts.iter().zip(MIX) {
                    #[expect(clippy::cast_possible_truncation, reason = "within the chart's width")]
                    let at = |sum: f64| {
                        NAMES + (wide * sum / whole.max(f64::MIN_POSITIVE)).round() as i32
                    };
                    let corners = [(at(done), top), (at(done + part), top + THICK)];
                    done += part;
                    if *part > 0.0 {
                        let bar = Rectangle::new(corners, colour(tone).filled());
                        area.draw(&bar).map_err(ChartError::of)?;
                    }
                }
            }
            Ok(())
        })
    }
}
