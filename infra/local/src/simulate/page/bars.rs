//! Bars, drawn by hand.

use hearth_domain::locale::Locale;

use super::words::Label;
use crate::page::html::Html;
use crate::simulate::figures::Figures;

/// A bar, with a second one within it where there is a part to show.
struct Bar {
    name: String,
    whole: u64,
    part: Option<u64>,
}

/// Units of the drawing: the widest bar, one row.
const WIDE: u64 = 320;
const ROW: usize = 34;

/// Messages sent, by kind.
pub(super) fn kinds(html: &mut Html, figures: &Figures, locale: Locale) {
    let bars = figures.kinds.iter().map(|(kind, counted)| Bar {
        name: kind.clone(),
        whole: counted.sent,
        part: None,
    });
    draw(html, Label::SentBars.get(locale), &bars.collect::<Vec<_>>());
}

/// Members who got each step, and those of them who responded.
pub(super) fn funnel(html: &mut Html, figures: &Figures, locale: Locale) {
    let bars = figures.steps.iter().map(|step| Bar {
        name: step.step.clone(),
        whole: step.all.sent,
        part: Some(step.all.responded),
    });
    draw(
        html,
        Label::FunnelBars.get(locale),
        &bars.collect::<Vec<_>>(),
    );
}

fn draw(html: &mut Html, title: &'static str, bars: &[Bar]) {
    let most = bars.iter().map(|bar| bar.whole.max(bar.part.unwrap_or(0)));
    let most = most.max().unwrap_or(0).max(1);
    html.raw("<figure>\n<figcaption>").text(title);
    html.raw("</figcaption>\n<svg role=\"img\"");
    html.attribute("aria-label", title);
    html.attribute("viewBox", format_args!("0 0 {WIDE} {}", bars.len() * ROW));
    html.raw(">\n");
    for (n, bar) in bars.iter().enumerate() {
        let top = n * ROW;
        let numbers = match bar.part {
            Some(part) => format!("{} · {part}", bar.whole),
            None => bar.whole.to_string(),
        };
        html.raw("<text x=\"0\"").attribute("y", top + 13).raw(">");
        html.text(&bar.name).raw(" ").text(numbers).raw("</text>");
        rect(html, "whole", top, bar.whole * WIDE / most);
        if let Some(part) = bar.part {
            rect(html, "part", top, part * WIDE / most);
        }
        html.raw("\n");
    }
    html.raw("</svg>\n</figure>\n");
}

fn rect(html: &mut Html, class: &'static str, top: usize, width: u64) {
    html.raw("<rect x=\"0\" height=\"10\"")
        .attribute("class", class);
    html.attribute("y", top + 18)
        .attribute("width", width)
        .raw("/>");
}
