//! The simulation as one page: no script, nothing from the network, readable on a telephone.

mod bars;
mod timelines;
pub(super) mod words;

use hearth_domain::locale::Locale;

use super::compare::Comparison;
use super::figures::Figures;
use super::story::Told;
use super::summary::heading;
use super::tables::{self, Table};
use crate::page::html::Html;
use words::Label;

const STYLE: &str = include_str!("page/page.css");

/// The whole page.
pub(super) fn render(
    told: &Told,
    figures: &Figures,
    other: Option<&Comparison>,
    locale: Locale,
) -> String {
    let title = heading(figures, locale);
    let mut html = Html::default();
    html.raw("<!doctype html>\n<html")
        .attribute("lang", locale)
        .raw(">\n<head>\n<meta charset=\"utf-8\">\n");
    html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    html.raw("<link rel=\"icon\" href=\"data:,\">\n");
    html.element("title", &title).raw("\n<style>").raw(STYLE);
    html.raw("</style>\n</head>\n<body>\n<header>\n");
    html.element("h1", &title).raw("\n<p class=\"note\">");
    html.text(Label::Synthetic.get(locale));
    html.raw("</p>\n</header>\n<main>\n");
    for table in tables::tables(figures, locale) {
        section(&mut html, &table);
        if table.title == Label::Kinds.get(locale) {
            bars::kinds(&mut html, figures, locale);
        } else if table.title == Label::Funnel.get(locale) {
            bars::funnel(&mut html, figures, locale);
        }
    }
    if let Some(other) = other {
        section(&mut html, &tables::comparison(other, locale));
    }
    timelines::section(&mut html, told, locale);
    html.raw("</main>\n</body>\n</html>\n");
    html.into_string()
}

/// A table under its heading. On a narrow screen each row is a card, and each cell says by itself
/// what it is.
fn section(html: &mut Html, table: &Table) {
    html.raw("<section>\n<table>\n<caption><h2>")
        .text(table.title)
        .raw("</h2></caption>\n<thead><tr>");
    for column in &table.columns {
        html.raw("<th scope=\"col\">").text(column).raw("</th>");
    }
    html.raw("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        html.raw("<tr>");
        for (n, cell) in row.iter().enumerate() {
            if n == 0 {
                html.raw("<th scope=\"row\">").text(cell).raw("</th>");
                continue;
            }
            html.raw("<td");
            // Where there is one value, its row says what it is.
            if table.columns.len() > 2 {
                let label = table.columns.get(n).map_or("", String::as_str);
                html.attribute("data-label", label);
            }
            html.raw(">");
            html.text(cell).raw("</td>");
        }
        html.raw("</tr>\n");
    }
    html.raw("</tbody>\n</table>\n");
    if let Some(note) = table.note {
        html.raw("<p class=\"note\">").text(note).raw("</p>\n");
    }
    html.raw("</section>\n");
}
