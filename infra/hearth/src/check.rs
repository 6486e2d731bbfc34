//! Checking a file: all mistakes at once, each with file, line, key and what was expected.

use std::path::Path;

use anyhow::{Context as _, bail};
use hearth_domain::community::Community;
use hearth_domain::ids::MessageKind;
use hearth_domain::locale::Locale;
use hearth_domain::platform::Platform;
use hearth_domain::playbook::Playbook;
use hearth_domain::toml_check::{Problem, locate};
use hearth_local::simulate::{Fault, Figures, Plan, faults, run, samples};

use crate::preview;

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

/// Members of the check's simulation: enough of every temperament, and soon done.
const MEMBERS: usize = 32;
/// Days that pass after the plan's last.
const DAYS_AFTER: u16 = 3;

/// Checks a file and says that it is right, with what is still worth a thought. A playbook is
/// also tried on made-up members: some mistakes only time shows.
pub(crate) async fn check(kind: Kind, file: &Path) -> anyhow::Result<()> {
    let text = read(kind, file)?;
    if kind == Kind::Playbook {
        let problems = tried(&text).await?;
        if !problems.is_empty() {
            bail!("{}", listed(file, &problems));
        }
    }
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

/// What a small simulation shows to be wrong with a playbook, in a community that has everything.
async fn tried(text: &str) -> anyhow::Result<Vec<Problem>> {
    let Ok(playbook) = Playbook::parse(text) else {
        return Ok(Vec::new());
    };
    let last = playbook.onboarding.steps.iter().map(|step| step.day).max();
    let plan = Plan {
        playbook: text.to_owned(),
        community: samples::full_community(&playbook),
        members: MEMBERS,
        days: u16::from(last.unwrap_or(1)) + DAYS_AFTER,
        seed: 1,
    };
    let told = Box::pin(run(&plan, |_| {}))
        .await
        .context("trying the playbook")?;
    let mut faults = faults(&playbook, &Figures::of(&told));
    faults.extend(unfit(&playbook));
    let problem = |fault: Fault| Problem {
        line: locate::line(text, &fault.key).unwrap_or(1),
        key: fault.key,
        message: fault.words,
    };
    let mut problems: Vec<Problem> = faults.into_iter().map(problem).collect();
    problems.sort_by_key(|problem| problem.line);
    Ok(problems)
}

/// Texts that do not fit with the playbook's own words and all their options.
fn unfit(playbook: &Playbook) -> Vec<Fault> {
    let all = playbook.texts.keys().flat_map(|kind| {
        let platforms = Platform::ALL.into_iter();
        platforms.map(move |platform| (kind, platform))
    });
    let of = |(kind, platform): (&MessageKind, Platform)| {
        let previews = Locale::ALL.map(|locale| playbook.preview(kind, locale, platform));
        let unfit = previews.into_iter().flatten().find(|one| !one.fits())?;
        Some(Fault {
            key: format!("texts.\"{kind}\""),
            words: format!(
                "does not fit on {platform} in {}: {}",
                unfit.locale,
                preview::measures(&unfit)
            ),
        })
    };
    all.filter_map(of).collect()
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
