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
                    Text::new(fitting(name), (NAMES - 6, middle), right),
                    Text::new((self.format)(*value), (NAMES + wide + 6, middle), left),
                ] {
                    area.draw(&text).map_err(ChartError::of)?;
                }
            }
            Ok(())
        })
    }
}

/// A name as far as there is room for it: an ideogram is as wide as a letter is high, a Latin letter little more
/// than half of that.
fn fitting(name: &str) -> String {
    const ROOM: usize = 100;
    let width = |letter: char| if letter.is_ascii() { 6 } else { 10 };
    if name.chars().map(width).sum::<usize>() <= ROOM {
        return name.to_owned();
    }
    let mut left = ROOM - width('…');
    let mut cut = String::new();
    for letter in name.chars() {
        let Some(rest) = left.checked_sub(width(letter)) else {
            break;
        };
        left = rest;
        cut.push(letter);
    }
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_cut_where_its_room_ends() {
        for (name, shown) in [
            ("實用工具", "實用工具"),
            ("一二三四五六七八九十", "一二三四五六七八九十"),
            ("一二三四五六七八九十一", "一二三四五六七八九…"),
            ("Case studies", "Case studies"),
            ("Questions of beginners", "Questions of be…"),
        ] {
            assert_eq!(fitting(name), shown);
        }
    }
}
