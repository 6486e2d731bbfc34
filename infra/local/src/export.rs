//! Reports as files: what a replay leaves behind, and what `hearth report export` writes.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use hearth_domain::kpi::{Report, Shelved, Window, csv, index};

/// The index of the weeks, beside their pages.
const INDEX: &str = "index.html";

/// A report and the record that it was read from, whose bytes are kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// As it was read.
    pub report: Report,
    /// As it is stored.
    pub json: String,
}

impl Record {
    /// Reads a stored record.
    pub fn read(json: String) -> serde_json::Result<Self> {
        let report = Report::from_json(&json)?;
        Ok(Self { report, json })
    }
}

/// Writes `reports/` with each week's record and page and the index of them, and the cohorts of the last
/// week as `retention_….csv`. Weeks ascending.
pub fn reports(records: &[Record], dir: &Path) -> anyhow::Result<()> {
    let folder = dir.join("reports");
    fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
    for Record { report, json } in records {
        let name = report.week.to_string();
        put(&folder.join(format!("{name}.json")), json)?;
        put(
            &folder.join(format!("{name}.html")),
            &report.to_html(report.locale, INDEX)?,
        )?;
    }
    let Some(Record { report: last, .. }) = records.last() else {
        return Ok(());
    };
    let weeks = records.iter().map(|record| Shelved {
        figures: record.report.figures(),
        page: Some(format!("{}.html", record.report.week)),
    });
    put(&folder.join(INDEX), &index(&last.name, weeks, last.locale)?)?;
    for window in Window::ALL {
        let name = format!("retention_{}.csv", window.name());
        put(&dir.join(name), &csv::retention(&last.numbers, window))?;
    }
    Ok(())
}

/// Writes a file, whole or not at all.
pub fn put(file: &Path, text: &str) -> anyhow::Result<()> {
    let mut partial = PathBuf::from(file);
    partial.as_mut_os_string().push(".partial");
    fs::write(&partial, text).with_context(|| format!("writing {}", partial.display()))?;
    fs::rename(&partial, file).with_context(|| format!("writing {}", file.display()))
}

/// A field of a table (RFC 4180).
pub fn field(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
