//! Reading `ts_unix_seconds,user_id,kind,channel_id,text_length`. Everything is read before
//! anything is done: a bad row stops the replay with its file, line and column.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use hearth_domain::ids::MemberId;
use jiff::Timestamp;

/// One event of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its place among all rows of all files, from 1: the event's id and order.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub member: MemberId,
    /// What.
    pub kind: RowKind,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowKind {
    /// Joined.
    Join,
    /// Left.
    Leave,
    /// Wrote, so many characters; the length may be unknown.
    Message(Option<u32>),
    /// Reacted.
    Reaction,
}

/// What is wrong with a file.
#[derive(Debug, thiserror::Error)]
pub enum RowError {
    /// It can't be read at all.
    #[error("{}: {error}", .file.display())]
    File {
        /// Which.
        file: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A row is not what it should be.
    #[error("{}: line {line}: {column}: expected {expected}", .file.display())]
    Row {
        /// Which file.
        file: PathBuf,
        /// Line, from 1 with the header.
        line: u64,
        /// Column name.
        column: &'static str,
        /// What it should be.
        expected: &'static str,
    },
}

const COLUMNS: [&str; 5] = [
    "ts_unix_seconds",
    "user_id",
    "kind",
    "channel_id",
    "text_length",
];

/// Reads all files, `.csv` or `.csv.gz`, into rows in order of time; equal times keep their order.
pub fn read(files: &[PathBuf]) -> Result<Vec<Row>, RowError> {
    let mut rows = Vec::new();
    for file in files {
        read_file(file, &mut rows)?;
    }
    rows.sort_by_key(|row| row.at);
    Ok(rows)
}

fn read_file(file: &Path, rows: &mut Vec<Row>) -> Result<(), RowError> {
    let opened = File::open(file).map_err(|error| RowError::File {
        file: file.to_owned(),
        error,
    })?;
    let zipped = file.extension().is_some_and(|extension| extension == "gz");
    let plain: Box<dyn Read> = if zipped {
        Box::new(MultiGzDecoder::new(opened))
    } else {
        Box::new(opened)
    };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(plain);
    let mut record = csv::StringRecord::new();
    let mut line = 0;
    loop {
        line += 1;
        let wrong = |column, expected| RowError::Row {
            file: file.to_owned(),
            line,
            column,
            expected,
        };
        match reader.read_record(&mut record) {
            Ok(false) => {
                return if line == 1 {
                    Err(wrong("header", "a header line, but the file is empty"))
                } else {
                    Ok(())
                };
            }
            Ok(true) => {}
            Err(error) => return Err(of_csv(file, line, error)),
        }
        if line == 1 {
            if record.iter().map(str::trim).ne(COLUMNS) {
                return Err(wrong(
                    "header",
                    "ts_unix_seconds,user_id,kind,channel_id,text_length",
                ));
            }
            continue;
        }
        let number = u64::try_from(rows.len())
            .unwrap_or(u64::MAX)
            .saturating_add(1);
        rows.push(row(&record, number).map_err(|(column, expected)| wrong(column, expected))?);
    }
}

fn of_csv(file: &Path, line: u64, error: csv::Error) -> RowError {
    let (file, line) = (file.to_owned(), line);
    if let csv::ErrorKind::Io(error) = error.into_kind() {
        return RowError::File { file, error };
    }
    let expected = "UTF-8 text in five columns";
    RowError::Row {
        file,
        line,
        column: "row",
        expected,
    }
}

fn row(record: &csv::StringRecord, number: u64) -> Result<Row, (&'static str, &'static str)> {
    if record.len() != COLUMNS.len() {
        return Err(("row", "five columns"));
    }
    let field = |n| record.get(n).unwrap_or_default().trim();
    let seconds: i64 = field(0)
        .parse()
        .map_err(|_| ("ts_unix_seconds", "seconds since 1970"))?;
    // Four-byte seconds hold years 1970 to 2106.
    if !(0..=i64::from(u32::MAX)).contains(&seconds) {
        return Err(("ts_unix_seconds", "seconds since 1970, up to the year 2106"));
    }
    let at =
        Timestamp::from_second(seconds).map_err(|_| ("ts_unix_seconds", "seconds since 1970"))?;
    let member = MemberId::new(field(1)).map_err(|error| ("user_id", error.expected))?;
    let kind = match field(2) {
        "join" => RowKind::Join,
        "leave" => RowKind::Leave,
        "message" => RowKind::Message(length(field(4))?),
        "reaction" => RowKind::Reaction,
        _ => return Err(("kind", "join, leave, message or reaction")),
    };
    Ok(Row {
        number,
        at,
        member,
        kind,
    })
}

fn length(text: &str) -> Result<Option<u32>, (&'static str, &'static str)> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse()
        .map(Some)
        .map_err(|_| ("text_length", "a number of characters, or nothing"))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn read_text(text: &str) -> Result<Vec<Row>, String> {
        let dir = std::env::temp_dir().join(format!(
            "hearth-rows-{}-{:x}",
            std::process::id(),
            hearth_domain::member::hash64(text)
        ));
        std::fs::create_dir_all(&dir).unwrap();
        let file = dir.join("events.csv");
        File::create(&file)
            .unwrap()
            .write_all(text.as_bytes())
            .unwrap();
        let rows = read(std::slice::from_ref(&file)).map_err(|error| {
            error
                .to_string()
                .replace(&file.display().to_string(), "events.csv")
        });
        std::fs::remove_dir_all(&dir).unwrap();
        rows
    }

    #[test]
    fn rows_come_in_order_of_time_and_keep_their_numbers() {
        let rows = read_text("ts_unix_seconds,user_id,kind,channel_id,text_length\n20,b,message,c,7\n10,a,join,c,\n20,b,message,c,7\n").unwrap();
        let short: Vec<(u64, i64)> = rows
            .iter()
            .map(|row| (row.number, row.at.as_second()))
            .collect();
        assert_eq!(short, [(2, 10), (1, 20), (3, 20)]);
        assert_eq!(rows[1].kind, RowKind::Message(Some(7)));
    }

    #[test]
    fn a_bad_row_is_named_by_file_line_and_column() {
        let head = "ts_unix_seconds,user_id,kind,channel_id,text_length\n";
        for (text, expected) in [
            (
                String::new(),
                "events.csv: line 1: header: expected a header line, but the file is empty",
            ),
            (
                "a,b\n".to_owned(),
                "events.csv: line 1: header: expected ts_unix_seconds,user_id,kind,channel_id,text_length",
            ),
            (
                format!("{head}1,a,join,c,\nx,a,join,c,\n"),
                "events.csv: line 3: ts_unix_seconds: expected seconds since 1970",
            ),
            (
                format!("{head}-5,a,join,c,\n"),
                "events.csv: line 2: ts_unix_seconds: expected seconds since 1970, up to the year 2106",
            ),
            (
                format!("{head}1,,join,c,\n"),
                "events.csv: line 2: user_id: expected 1 to 64 bytes without spaces, #, / and a leading @",
            ),
            (
                format!("{head}1,a,jump,c,\n"),
                "events.csv: line 2: kind: expected join, leave, message or reaction",
            ),
            (
                format!("{head}1,a,message,c,long\n"),
                "events.csv: line 2: text_length: expected a number of characters, or nothing",
            ),
            (
                format!("{head}1,a,message\n"),
                "events.csv: line 2: row: expected five columns",
            ),
        ] {
            assert_eq!(read_text(&text).unwrap_err(), expected);
        }
    }
}
