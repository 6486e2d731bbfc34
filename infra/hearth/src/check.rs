//! Checking a file: all mistakes at once, each with file, line, key and what was expected.

use std::path::Path;

use anyhow::{Context as _, bail};
use hearth_domain::community::Community;
use hearth_domain::playbook::Playbook;
use hearth_domain::toml_check::Problem;

/// The kinds of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Community,
    Playbook,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        self.stored().name()
    }

    /// As the tables know it.
    pub(crate) fn stored(self) -> hearth_aws::store::Kind {
        match self {
            Self::Community => hearth_aws::store::Kind::Community,
            Self::Playbook => hearth_aws::store::Kind::Playbook,
        }
    }
}

/// Checks a file and says that it is right, with what is still worth a thought.
pub(crate) fn check(kind: Kind, file: &Path) -> anyhow::Result<()> {
    let text = read(kind, file)?;
    for warning in warnings(kind, &text) {
        println!("{}: worth a thought: {warning}", file.display());
    }
    println!("{}: a {} without mistakes", file.display(), kind.name());
    Ok(())
}

/// The file's text, if it has no mistakes.
pub(crate) fn read(kind: Kind, file: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let problems = match kind {
        Kind::Community => Community::parse(&text).err(),
        Kind::Playbook => Playbook::parse(&text).err(),
    };
    match problems {
        None => Ok(text),
        Some(problems) => bail!("{}", listed(file, &problems)),
    }
}

/// `file:line: key: what was expected`, one a line.
pub(crate) fn listed(file: &Path, problems: &[Problem]) -> String {
    let count = problems.len();
    let lines: Vec<String> = problems
        .iter()
        .map(|problem| format!("  {}: {problem}", file.display()))
        .collect();
    format!(
        "{count} mistake{} in {}\n{}",
        if count == 1 { "" } else { "s" },
        file.display(),
        lines.join("\n")
    )
}

fn warnings(kind: Kind, text: &str) -> Vec<String> {
    match kind {
        Kind::Playbook => Playbook::parse(text)
            .map(|playbook| playbook.warnings())
            .unwrap_or_default(),
        Kind::Community => {
            let Ok(community) = Community::parse(text) else {
                return Vec::new();
            };
            // Against the playbook that comes with the project; another one is checked where it
            // is published.
            match Playbook::parse(Playbook::DEFAULT_TOML) {
                Ok(playbook) if playbook.id == community.playbook => community.warnings(&playbook),
                _ => Vec::new(),
            }
        }
    }
}
