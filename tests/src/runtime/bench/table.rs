//! The measurements as tables on a terminal.

use super::figures::{Change, Figure};
use super::measure::Spread;
use super::{Measurements, figures};

/// Rows under headings.
struct Table {
    /// `r` for a column of numbers, which are set to the right; `l` for others.
    sides: &'static str,
    headings: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    fn new<const N: usize>(sides: &'static str, headings: [&str; N]) -> Self {
        debug_assert_eq!(sides.len(), N);
        Self {
            sides,
            headings: headings.map(str::to_owned).to_vec(),
            rows: Vec::new(),
        }
    }

    fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(Vec::from(cells));
    }

    fn text(&self) -> String {
        let all = || std::iter::once(&self.headings).chain(&self.rows);
        let width = |column: usize| {
            let cells = all().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.headings.len()).map(width).collect();
        let mut text = String::new();
        for row in all() {
            let mut line = String::new();
            for ((cell, width), side) in row.iter().zip(&widths).zip(self.sides.chars()) {
                if !line.is_empty() {
                    line.push_str("  ");
                }
                let cell = if side == 'r' {
                    format!("{cell:>width$}")
                } else {
                    format!("{cell:<width$}")
                };
                line.push_str(&cell);
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

/// Everything: what was measured on, starts, work, and the figures that have a budget.
pub fn of(run: &Measurements) -> String {
    let machine = &run.machine;
    let stub = if machine.stub_optimised {
        ""
    } else {
        "; the stub around them is a debug build, and walls hold its part"
    };
    format!(
        "{} ({} cores), {}, bootstraps in {}{stub}\n\n{}\n{}\n{}\n{}",
        machine.cpu_model,
        machine.cores,
        machine.rustc,
        machine.bootstraps,
        starts(run).text(),
        work(run).text(),
        requests(run).text(),
        budgets(&figures::of(run)).text(),
    )
}

fn starts(run: &Measurements) -> Table {
    let mut table = Table::new(
        "lllrrrrrrr",
        [
            "cold start",
            "AWS",
            "first event",
            "exec to /next [ms]",
            "least [ms]",
            "invocation [ms]",
            "exec to answer [ms]",
            "least [ms]",
            "CPU [ms]",
            "requests [n]",
        ],
    );
    for start in &run.starts {
        let median = |spread: Spread| format!("{:.1}", spread.median);
        let least = |spread: Spread| format!("{:.1}", spread.minimum);
        table.row([
            start.function.clone(),
            start.connection.clone(),
            start.event.clone(),
            median(start.first_next_ms),
            least(start.first_next_ms),
            median(start.first_invocation_ms),
            median(start.first_answer_ms),
            least(start.first_answer_ms),
            median(start.cpu_ms),
            format!("{:.1}", start.asked.to_aws()),
        ]);
    }
    table
}

fn work(run: &Measurements) -> Table {
    let mut table = Table::new(
        "llrrrrrrrr",
        [
            "warm work, each event",
            "what",
            "events [n]",
            "CPU [ms]",
            "least [ms]",
            "wall [ms]",
            "worst call [ms]",
            "AWS requests [n]",
            "reads [units]",
            "writes [units]",
        ],
    );
    for work in &run.work {
        table.row([
            work.function.clone(),
            work.what.clone(),
            work.events.to_string(),
            format!("{:.3}", work.cpu_ms.median),
            format!("{:.3}", work.cpu_ms.minimum),
            format!("{:.2}", work.wall_ms),
            format!("{:.1}", work.invocation_ms.maximum),
            format!("{:.2}", work.asked.to_aws()),
            format!("{:.2}", work.asked.read_units),
            format!("{:.2}", work.asked.write_units),
        ]);
    }
    table
}

fn requests(run: &Measurements) -> Table {
    let mut table = Table::new("lll", ["requests, each event", "what", "of which"]);
    for work in &run.work {
        let each = work.asked.requests.iter();
        let each: Vec<String> = each
            .map(|(name, count)| format!("{count:.2} {name}"))
            .collect();
        table.row([work.function.clone(), work.what.clone(), each.join(", ")]);
    }
    table
}

fn number(value: f64, unit: &str) -> String {
    match unit {
        "bytes" => grouped(value),
        "ms" => format!("{value:.3}"),
        _ => format!("{value:.2}"),
    }
}

/// `9,000,000`.
fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn budgets(figures: &[Figure]) -> Table {
    let mut table = Table::new(
        "lllrrrl",
        [
            "budget of",
            "what",
            "unit",
            "measured",
            "budget",
            "goal",
            "verdict",
        ],
    );
    for figure in figures {
        let Some(limit) = figure.limit else { continue };
        table.row([
            figure.function.clone(),
            figure.what.clone(),
            figure.unit.to_owned(),
            number(figure.value, figure.unit),
            number(limit.budget, figure.unit),
            limit
                .goal
                .map(|goal| number(goal, figure.unit))
                .unwrap_or_default(),
            figure.verdict().to_owned(),
        ]);
    }
    table
}

/// Two runs side by side.
pub fn of_changes(changes: &[Change]) -> String {
    let mut table = Table::new(
        "lllrlrr",
        ["function", "what", "unit", "old", "", "new", "new / old"],
    );
    for change in changes {
        let show = |value: Option<f64>| {
            value.map_or_else(|| "-".to_owned(), |value| number(value, change.unit))
        };
        table.row([
            change.function.clone(),
            change.what.clone(),
            change.unit.to_owned(),
            show(change.old),
            "→".to_owned(),
            show(change.new),
            change
                .ratio()
                .map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.2}")),
        ]);
    }
    table.text()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_numbers_stand_to_the_right() {
        let change = |what: &str, unit, old, new| Change {
            function: "check-in".to_owned(),
            what: what.to_owned(),
            unit,
            old,
            new,
        };
        let text = of_changes(&[
            change("binary", "bytes", Some(9_000_000.0), Some(6_000_000.0)),
            change("CPU", "ms", None, Some(0.1234)),
        ]);
        insta::assert_snapshot!(text, @"
        function  what    unit         old           new  new / old
        check-in  binary  bytes  9,000,000  →  6,000,000       0.67
        check-in  CPU     ms             -  →      0.123          -
        ");
        assert_eq!(
            [0.0, 999.0, 1000.0, 12_345_678.0].map(grouped),
            ["0", "999", "1,000", "12,345,678"]
        );
    }
}
