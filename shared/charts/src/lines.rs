//! Lines over weeks or ages.

use plotters::chart::ChartBuilder;
use plotters::element::{Circle, PathElement, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, RGBColor, ShapeStyle};

use crate::frame::{draw, letters, round_up};
use crate::palette::{FAINT, INK, MAIN, SECOND, TARGET, THIRD};
use crate::{ChartError, Format};

const HEIGHT: u32 = 190;
/// Names below the axis, beside the first.
const NAMES: usize = 4;

/// What a line is, and so how it looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// What the chart is about.
    Main,
    /// Something beside it.
    Second,
    /// Another thing beside it.
    Third,
    /// What is aimed at: dashed.
    Target,
}

impl Role {
    fn colour(self) -> RGBColor {
        match self {
            Self::Main => MAIN,
            Self::Second => SECOND,
            Self::Third => THIRD,
            Self::Target => TARGET,
        }
    }

    /// As a stylesheet writes its colour, for a legend.
    pub fn hex(self) -> String {
        let RGBColor(red, green, blue) = self.colour();
        crate::hex([red, green, blue])
    }

    fn style(self) -> ShapeStyle {
        match self {
            Self::Main => self.colour().stroke_width(2),
            Self::Second | Self::Third | Self::Target => self.colour().stroke_width(1),
        }
    }
}

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// How it looks.
    pub role: Role,
    /// A value for each place of the axis; where there is none the line has a gap.
    pub values: Vec<Option<f64>>,
}

/// Lines over the same places.
pub struct Lines<'a> {
    /// What it shows, for who does not see it.
    pub title: &'a str,
    /// The places of the axis, in their order; as many names are shown as fit.
    pub places: &'a [String],
    /// The lines; later ones are drawn over earlier ones.
    pub lines: &'a [Line],
    /// How values are written at the axis.
    pub format: Format<'a>,
}

impl Lines<'_> {
    /// As SVG. The axis begins at 0, or below it where a value does.
    pub fn svg(&self) -> Result<String, ChartError> {
        let values = || self.lines.iter().flat_map(|line| &line.values).flatten();
        let top = round_up(values().copied().fold(0.0, f64::max));
        let least = values().copied().fold(0.0, f64::min);
        let bottom = if least < 0.0 { -round_up(-least) } else { 0.0 };
        let last = self.places.len().saturating_sub(1).max(1);
        draw(self.title, HEIGHT, |area| {
            let mut chart = ChartBuilder::on(area)
                .margin_top(8)
                .margin_right(14)
                .x_label_area_size(20)
                .y_label_area_size(44)
                .build_cartesian_2d(0.0..last as f64, bottom..top)
                .map_err(ChartError::of)?;
            chart
                .configure_mesh()
                .disable_x_mesh()
                // Its own would stand between places, and at whole numbers it never ends.
                .x_labels(0)
                .y_labels(5)
                .max_light_lines(0)
                .bold_line_style(FAINT)
                .axis_style(INK)
                .label_style(letters())
                .y_label_formatter(&|value| (self.format)(*value))
                .draw()
                .map_err(ChartError::of)?;
            for place in shown(last) {
                let (x, y) = chart.backend_coord(&(place as f64, bottom));
                let style = letters().pos(Pos::new(HPos::Center, VPos::Top));
                let name = self.places.get(place).cloned().unwrap_or_default();
                area.draw(&Text::new(name, (x, y + 6), style))
                    .map_err(ChartError::of)?;
            }
            for line in self.lines {
                for run in runs(&line.values) {
                    let drawn = match (run.as_slice(), line.role) {
                        ([], _) => continue,
                        ([only], _) => chart
                            .draw_series([Circle::new(*only, 2, line.role.colour().filled())])
                            .map(|_| ()),
                        (run, Role::Target) => chart
                            .draw_series(
                                dashes(run)
                                    .map(|dash| PathElement::new(dash.to_vec(), line.role.style())),
                            )
                            .map(|_| ()),
                        (run, Role::Main | Role::Second | Role::Third) => chart
                            .draw_series([PathElement::new(run.to_vec(), line.role.style())])
                            .map(|_| ()),
                    };
                    drawn.map_err(ChartError::of)?;
                }
            }
            Ok(())
        })
    }
}

/// The places whose names are shown: the ends, and what is evenly between.
fn shown(last: usize) -> impl Iterator<Item = usize> {
    let steps = last.min(NAMES);
    (0..=steps).map(move |step| last * step / steps.max(1))
}

/// What is drawn in one stroke: values without a gap between them.
fn runs(values: &[Option<f64>]) -> Vec<Vec<(f64, f64)>> {
    let mut runs = vec![Vec::new()];
    for (place, value) in values.iter().enumerate() {
        let place = place as f64;
        match (value, runs.last_mut()) {
            (Some(value), Some(run)) => run.push((place, *value)),
            (Some(value), None) => runs.push(vec![(place, *value)]),
            (None, _) => runs.push(Vec::new()),
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

/// Every second stretch between two places.
fn dashes(run: &[(f64, f64)]) -> impl Iterator<Item = [(f64, f64); 2]> {
    run.windows(2).step_by(2).filter_map(|pair| match pair {
        [from, until] => Some([*from, *until]),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_at_the_ends_and_between() {
        for (last, places) in [
            (1, vec![0, 1]),
            (3, vec![0, 1, 2, 3]),
            (12, vec![0, 3, 6, 9, 12]),
            (90, vec![0, 22, 45, 67, 90]),
        ] {
            assert_eq!(shown(last).collect::<Vec<_>>(), places);
        }
    }

    /// What a community can look like must not end the page.
    #[test]
    fn any_values_can_be_drawn() {
        let places = |count: usize| (0..count).map(|n| n.to_string()).collect::<Vec<_>>();
        for values in [
            vec![],
            vec![None],
            vec![Some(0.0)],
            vec![Some(1e-9), Some(0.0)],
            vec![Some(-3.0), None, Some(1e12)],
            vec![Some(0.1); 91],
        ] {
            let places = places(values.len());
            let line = |role| Line {
                role,
                values: values.clone(),
            };
            let chart = Lines {
                title: "any",
                places: &places,
                lines: &[line(Role::Target), line(Role::Main)],
                format: &|value| format!("{value}"),
            };
            assert!(chart.svg().unwrap().ends_with("</svg>\n"), "{values:?}");
        }
    }

    #[test]
    fn a_gap_ends_a_stroke() {
        let values = [Some(1.0), Some(2.0), None, Some(3.0), None, None];
        assert_eq!(
            runs(&values),
            vec![vec![(0.0, 1.0), (1.0, 2.0)], vec![(3.0, 3.0)]]
        );
        assert!(runs(&[None]).is_empty());
    }
}
