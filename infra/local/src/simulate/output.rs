//! What a simulation leaves behind. The same arguments leave the same bytes.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use hearth_domain::locale::Locale;
use serde_json::json;

use super::compare::Comparison;
use super::figures::Figures;
use super::page;
use super::story::Told;
use super::summary::{everybody, summary};

/// Writes `summary.txt`, `index.html`, `members.txt` and `run.json`, each whole or not at all;
/// answers the summary.
pub fn write(
    told: &Told,
    figures: &Figures,
    other: Option<&Comparison>,
    locale: Locale,
    dir: &Path,
) -> anyhow::Result<String> {
    fs::create_dir_all(dir).with_context(|| format!("creating {}", dir.display()))?;
    let summary = summary(figures, other, locale);
    let run = json!({"figures": figures, "comparison": other});
    put(&dir.join("summary.txt"), &summary)?;
    put(&dir.join("members.txt"), &everybody(told, locale))?;
    put(&dir.join("run.json"), &format!("{run:#}\n"))?;
    let page = page::render(told, figures, other, locale);
    put(&dir.join("index.html"), &page)?;
    Ok(summary)
}

fn put(file: &Path, text: &str) -> anyhow::Result<()> {
    let mut partial = PathBuf::from(file);
    partial.as_mut_os_string().push(".partial");
    fs::write(&partial, text).with_context(|| format!("writing {}", partial.display()))?;
    fs::rename(&partial, file).with_context(|| format!("writing {}", file.display()))
}
