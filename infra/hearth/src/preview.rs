//! `hearth playbook preview`: each text as the platforms would show it.

use std::path::PathBuf;

use anyhow::bail;
use clap::Args;
use hearth_domain::ids::MessageKind;
use hearth_domain::locale::Locale;
use hearth_domain::platform::Platform;
use hearth_domain::platform::limits::Unit;
use hearth_domain::playbook::Playbook;
use hearth_domain::playbook::preview::Preview as Shown;

use crate::check;
use crate::demo::locale;

/// Shows a playbook's texts.
#[derive(Args)]
pub(crate) struct Preview {
    /// The playbook's TOML file.
    file: PathBuf,
    /// Only this text, e.g. `onboarding.day-1`.
    #[arg(long)]
    kind: Option<MessageKind>,
    /// Only this language: zh-Hant, zh-Hans or en.
    #[arg(long, value_parser = locale)]
    locale: Option<Locale>,
    /// Only this platform; without it, all of them, and those that show a text in the same way
    /// together.
    #[arg(long, value_parser = platform)]
    platform: Option<Platform>,
}

fn platform(name: &str) -> Result<Platform, String> {
    let names = Platform::ALL.map(Platform::name).join(", ");
    Platform::from_name(name).ok_or_else(|| format!("expected one of {names}"))
}

impl Preview {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let text = check::read(check::Kind::Playbook, &self.file)?;
        let Ok(playbook) = Playbook::parse(&text) else {
            bail!("{}", self.file.display());
        };
        if let Some(kind) = self
            .kind
            .as_ref()
            .filter(|kind| playbook.text(kind).is_none())
        {
            let kinds: Vec<&str> = playbook.texts.keys().map(MessageKind::as_str).collect();
            bail!(
                "{} has no text {kind}: expected one of {}",
                self.file.display(),
                kinds.join(", ")
            );
        }
        for kind in playbook.texts.keys() {
            if self.kind.as_ref().is_none_or(|wanted| wanted == kind) {
                self.show(&playbook, kind)?;
            }
        }
        Ok(())
    }

    fn show(&self, playbook: &Playbook, kind: &MessageKind) -> anyhow::Result<()> {
        let locales = Locale::ALL.into_iter();
        for locale in locales.filter(|one| self.locale.is_none_or(|wanted| wanted == *one)) {
            let platforms = Platform::ALL.into_iter();
            let platforms =
                platforms.filter(|one| self.platform.is_none_or(|wanted| wanted == *one));
            let mut alike: Vec<Vec<Shown>> = Vec::new();
            for platform in platforms {
                let shown = playbook.preview(kind, locale, platform)?;
                let same = |group: &&mut Vec<Shown>| {
                    (group.first()).is_some_and(|first| first.message == shown.message)
                };
                match alike.iter_mut().find(same) {
                    Some(group) => group.push(shown),
                    None => alike.push(vec![shown]),
                }
            }
            for group in &alike {
                print!("{}", told(kind, locale, group));
            }
        }
        Ok(())
    }
}

/// One text, and how it fits each of the platforms that show it so.
fn told(kind: &MessageKind, locale: Locale, group: &[Shown]) -> String {
    let Some(first) = group.first() else {
        return String::new();
    };
    let mut lines = vec![format!("── {kind} · {locale}")];
    lines.extend(first.message.text.lines().map(|line| format!("   {line}")));
    let buttons = first.message.buttons.iter();
    lines.extend(buttons.map(|(label, value)| format!("   [{label}]  {value}")));
    for shown in group {
        let verdict = if shown.fits() { "fits" } else { "DOES NOT FIT" };
        lines.push(format!(
            "   {:<9} {verdict}: {}",
            shown.platform.name(),
            measures(shown)
        ));
    }
    lines.push(String::new());
    lines.join("\n") + "\n"
}

/// `153 of 4096 UTF-16 units (421 bytes), 2 of 100 buttons`.
pub(crate) fn measures(shown: &Shown) -> String {
    let (length, unit) = shown.length();
    let of = |most: Option<usize>| most.map_or(String::new(), |most| format!(" of {most}"));
    let most = of(shown.most.map(|most| most.number));
    let bytes = match unit {
        Unit::Bytes => format!(" ({} characters)", shown.message.text.chars().count()),
        Unit::Characters | Unit::Utf16 => format!(" ({} bytes)", shown.message.text.len()),
    };
    let buttons = shown.message.buttons.len();
    let buttons = match buttons {
        0 => String::new(),
        _ => format!(", {buttons}{} buttons", of(shown.most_buttons)),
    };
    format!("{length}{most} {}{bytes}{buttons}", unit.name())
}
