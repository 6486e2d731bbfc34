//! What all charts have: a size, a title that is read out, letters of one kind.

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, IntoDrawingArea, SVGBackend};
use plotters::style::{IntoFont, TextStyle};

use crate::palette::{INK, PAPER};
use crate::{ChartError, WIDTH};

/// The page's stylesheet may name a better one: `svg text { font-family: … }`.
const LETTERS: &str = "sans-serif";
/// Of all letters in a chart, in its units.
pub(crate) const LETTER: u32 = 11;

pub(crate) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

pub(crate) fn letters<'a>() -> TextStyle<'a> {
    (LETTERS, LETTER).into_font().color(&INK)
}

/// Draws on white paper of a height and says in a title what it shows.
pub(crate) fn draw(
    title: &str,
    height: u32,
    on: impl FnOnce(&Area<'_>) -> Result<(), ChartError>,
) -> Result<String, ChartError> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
        area.fill(&PAPER).map_err(ChartError::of)?;
        on(&area)?;
        area.present().map_err(ChartError::of)?;
    }
    titled(&svg, title)
}

/// A page that holds an SVG knows what it is; a validator would take this for an address.
const NAMESPACE: &str = " xmlns=\"http://www.w3.org/2000/svg\"";

/// The library knows neither titles nor roles.
fn titled(svg: &str, title: &str) -> Result<String, ChartError> {
    let (before, after) = svg
        .split_once("<svg ")
        .ok_or_else(|| ChartError("no <svg> was written".to_owned()))?;
    let (attributes, content) = after
        .split_once('>')
        .ok_or_else(|| ChartError("an <svg> without an end was written".to_owned()))?;
    let (title, attributes) = (escape(title), attributes.replace(NAMESPACE, ""));
    Ok(format!(
        "{before}<svg role=\"img\" aria-label=\"{title}\" {attributes}>\n<title>{title}</title>{content}"
    ))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// The least "round" number that is not less: a digit that halves or thirds well, times a power of ten. 1 for nothing.
pub(crate) fn round_up(value: f64) -> f64 {
    if value <= 0.0 || !value.is_finite() {
        return 1.0;
    }
    let power = 10.0_f64.powf(value.log10().floor());
    [1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0]
        .into_iter()
        .map(|step| step * power)
        .find(|round| *round >= value * (1.0 - 1e-12))
        .unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_end_at_round_numbers() {
        for (value, end) in [
            (0.0, 1.0),
            (-3.0, 1.0),
            (f64::NAN, 1.0),
            (0.031, 0.04),
            (0.2, 0.2),
            (1.0, 1.0),
            (7.3, 8.0),
            (1899.0, 2000.0),
            (2100.0, 3000.0),
        ] {
            assert!((round_up(value) - end).abs() < 1e-9, "{value}");
        }
    }

    #[test]
    fn what_a_chart_says_cannot_end_it() {
        let svg = draw("a <b> & \"c\"", 20, |_| Ok(())).unwrap();
        assert!(
            svg.contains("<title>a &lt;b&gt; &amp; &quot;c&quot;</title>"),
            "{svg}"
        );
        assert_eq!(svg.matches("<svg ").count(), 1);
        assert!(svg.trim_end().ends_with("</svg>"), "{svg}");
    }
}
