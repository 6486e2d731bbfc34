//! What became of a message, in words.

use clap::Subcommand;
use hearth_domain::ids::MessageId;
use hearth_domain::locale::Locale;

use crate::Place;
use crate::endpoint::{at, segment};

/// What can be asked about messages.
#[derive(Subcommand)]
pub(crate) enum Ledger {
    /// Says what became of a message, why it was not sent, and what can be done about it.
    Why {
        /// Its id: `acme/U42/onboarding/1/day-3`.
        message: MessageId,
        /// zh-Hant, zh-Hans or en; else the community's language.
        #[arg(long, value_parser = language)]
        lang: Option<Locale>,
        #[command(flatten)]
        place: Place,
    },
}

fn language(text: &str) -> Result<Locale, String> {
    let expected = || "expected zh-Hant, zh-Hans or en".to_owned();
    Locale::from_tag(text).ok_or_else(expected)
}

impl Ledger {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let Self::Why {
            message,
            lang,
            place,
        } = self;
        let told = if let Some(stack) = place.stacked.deployed().await? {
            stack.why(&message, lang).await?
        } else {
            let lang = lang.map_or_else(String::new, |lang| format!("&lang={}", lang.tag()));
            let id = segment(&message.to_string());
            let path = format!("/local/why?message_id={id}{lang}");
            place.endpoint.get(&path).await?
        };
        for line in at(&told, "/lines").as_array().into_iter().flatten() {
            let text = |pointer| at(line, pointer).as_str().unwrap_or_default();
            println!("{}: {}", text("/label"), text("/text"));
        }
        Ok(())
    }
}
