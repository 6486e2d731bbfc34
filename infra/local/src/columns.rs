//! Rows as aligned columns, for a terminal.

use unicode_width::UnicodeWidthStr;

/// Columns, padded by width on the screen: a Chinese character takes two places. The first row is
/// the head.
pub fn aligned(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |n: usize| {
        rows.iter()
            .filter_map(|row| row.get(n))
            .map(|cell| cell.width())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for (n, row) in rows.iter().enumerate() {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(width + 2 - cell.width()));
        }
        text.push_str(line.trim_end());
        text.push('\n');
        if n == 0 {
            text.push_str(
                &"─".repeat(widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1)),
            );
            text.push('\n');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_align_on_the_screen() {
        let row = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        let text = aligned(&[row(["誰", "n"]), row(["abc", "1"])]);
        assert_eq!(text, "誰   n\n──────\nabc  1\n");
    }
}
