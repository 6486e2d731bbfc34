//! A chart on the page: its heading, its colours' meaning, the picture, and the numbers behind it as a
//! table that opens.

use hearth_charts::ChartError;

use super::escape;
use crate::kpi::words::Words;
use crate::locale::Locale;

const NUMBERS: Words = Words(["看數字", "看数字", "The numbers"]);

/// A chart and what stands around it.
pub(super) struct Figure {
    pub(super) title: String,
    /// What it is of, in a sentence.
    pub(super) note: String,
    /// Colours as a stylesheet writes them, each with what it means; none where there is but one.
    pub(super) legend: Vec<(String, String)>,
    pub(super) svg: Result<String, ChartError>,
    /// The first row is the head.
    pub(super) table: Vec<Vec<String>>,
}

impl Figure {
    /// As a `<figure>`; the error of a chart that could not be drawn.
    pub(super) fn html(self, locale: Locale) -> Result<String, ChartError> {
        let title = escape(&self.title);
        let legend = self.legend.iter().map(|(colour, name)| {
            format!(
                "<span><i style=\"background:{colour}\"></i>{}</span>",
                escape(name)
            )
        });
        let legend: String = legend.collect();
        let legend = if legend.is_empty() {
            legend
        } else {
            format!("<p class=\"legend\">{legend}</p>\n")
        };
        let note = if self.note.is_empty() {
            String::new()
        } else {
            format!("<p class=\"note\">{}</p>\n", escape(&self.note))
        };
        let rows = self.table.iter().enumerate();
        let rows: String = rows.map(|(n, row)| table_row(row, n == 0)).collect();
        Ok(format!(
            "<figure><figcaption>{title}</figcaption>\n{note}{legend}{}<details><summary>{}</summary>\n<div class=\"wide\"><table>\n{rows}</table></div></details></figure>\n",
            self.svg?,
            NUMBERS.get(locale)
        ))
    }
}

fn table_row(cells: &[String], is_head: bool) -> String {
    let cell = |(n, text): (usize, &String)| {
        let text = escape(text);
        match (is_head, n) {
            (true, _) => format!("<th scope=\"col\">{text}</th>"),
            (false, 0) => format!("<th scope=\"row\">{text}</th>"),
            (false, _) => format!("<td>{text}</td>"),
        }
    };
    let cells: String = cells.iter().enumerate().map(cell).collect();
    format!("<tr>{cells}</tr>\n")
}
