//! `hearth simulate`: weeks of a playbook with synthetic members, in seconds.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use hearth_domain::community::Community;
use hearth_domain::locale::Locale;
use hearth_domain::playbook::Playbook;
use hearth_local::simulate::{Comparison, Figures, Plan, Told, run, samples, write};
use indicatif::{ProgressBar, ProgressStyle};

use crate::check;
use crate::demo::locale;

/// Simulates a community that lives by a playbook.
#[derive(Args)]
pub(crate) struct Simulate {
    /// The playbook's TOML file.
    #[arg(long)]
    playbook: PathBuf,
    /// How many members join, 1 to 9,999.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u16).range(1..=9999))]
    members: u16,
    /// How many days pass, 1 to 366.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=366))]
    days: u16,
    /// What chance follows from: the same seed, the same files.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A community's TOML file instead of the sample; it has to follow the playbook.
    #[arg(long)]
    community: Option<PathBuf>,
    /// A second playbook, to be lived by the same members.
    #[arg(long)]
    compare: Option<PathBuf>,
    /// The language of the summary and the page: zh-Hant, zh-Hans or en.
    #[arg(long, default_value = "zh-Hant", value_parser = locale)]
    lang: Locale,
    /// The folder for summary, page and figures.
    #[arg(long)]
    out: PathBuf,
}

impl Simulate {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let told = self.simulate(&self.playbook).await?;
        let figures = Figures::of(&told);
        let other = match &self.compare {
            Some(file) => {
                let other = Figures::of(&self.simulate(file).await?);
                let (first, second) = (name(&self.playbook), name(file));
                Some(Comparison::of((&first, &figures), (&second, &other)))
            }
            None => None,
        };
        let summary = write(&told, &figures, other.as_ref(), self.lang, &self.out)?;
        println!("{summary}");
        println!("{}", self.out.join("index.html").display());
        if figures.dead_letters > 0 {
            anyhow::bail!("{} events could not be handled", figures.dead_letters);
        }
        Ok(())
    }

    async fn simulate(&self, file: &Path) -> anyhow::Result<Told> {
        let text = check::read(check::Kind::Playbook, file)?;
        let playbook = parsed(&text)?;
        let community = match &self.community {
            Some(file) => follower(file, &playbook)?,
            None => samples::demo_community(&playbook),
        };
        let bar = ProgressBar::new(u64::from(self.days));
        bar.set_style(ProgressStyle::with_template(
            "{msg} {bar:40} day {pos} of {len}, {eta} left",
        )?);
        bar.set_message(playbook.id.to_string());
        let plan = Plan {
            playbook: text,
            community,
            members: usize::from(self.members),
            days: self.days,
            seed: self.seed,
        };
        let told = Box::pin(run(&plan, |days| bar.set_position(days))).await?;
        bar.finish_and_clear();
        Ok(told)
    }
}

/// A file's own name: two versions of one playbook have the same id.
fn name(file: &Path) -> String {
    file.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

fn parsed(text: &str) -> anyhow::Result<Playbook> {
    Playbook::parse(text).map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("{}", lines.join("\n"))
    })
}

/// A community of the operator's own. Whichever playbook its file names, it lives by this one.
fn follower(file: &Path, playbook: &Playbook) -> anyhow::Result<String> {
    let text = check::read(check::Kind::Community, file)?;
    let community = Community::parse(&text)
        .ok()
        .with_context(|| format!("{}", file.display()))?;
    Ok(samples::following(&text, &community, playbook))
}
