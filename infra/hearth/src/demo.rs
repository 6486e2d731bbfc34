//! `hearth demo`: the story of four newcomers, told over HTTP to a stack in virtual time, as a
//! chat platform and an operator would talk to it.

mod story;
mod table;

use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use hearth_aws::store::Kind;
use hearth_domain::kpi::Report;
use hearth_domain::locale::Locale;
use hearth_local::clock::StackClock;
use hearth_local::server;
use hearth_local::stack::{Options, Stack};
use tokio::net::TcpListener;

use crate::endpoint::Endpoint;
use crate::serve::interrupted;

/// The demo's community, which is also the commented example for operators.
const COMMUNITY: &str = include_str!("../../playbooks/demo-community.toml");

/// A Monday, 09:00 in Taipei.
const START: &str = "2026-01-05T01:00:00Z";

/// Plays the story of four newcomers.
#[derive(Args)]
pub(crate) struct Demo {
    /// Where to listen; port 0 = any that is free.
    #[arg(long, default_value = "127.0.0.1:9000")]
    listen: String,
    /// The language of tables and report: zh-Hant, zh-Hans or en.
    #[arg(long, default_value = "zh-Hant", value_parser = locale)]
    lang: Locale,
    /// Ends after the story instead of serving on.
    #[arg(long)]
    once: bool,
}

pub(crate) fn locale(tag: &str) -> Result<Locale, String> {
    Locale::from_tag(tag).ok_or_else(|| "expected zh-Hant, zh-Hans or en".to_owned())
}

impl Demo {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let listener = self.listen().await?;
        let url = format!("http://{}", listener.local_addr()?);
        let mut options = Options::in_memory(StackClock::standing_at(START.parse()?));
        options.base = Some(url.clone());
        let stack = Arc::new(Stack::start(options).await?);
        stack.publish_default_playbook().await?;
        stack.publish(Kind::Community, COMMUNITY).await?;
        let (end, ended) = tokio::sync::oneshot::channel::<()>();
        let once = self.once;
        let stop = async move {
            if once {
                let _ = ended.await;
            } else {
                interrupted().await;
            }
        };
        let serving = server::serve(stack.clone(), listener, stop);
        let telling = async {
            let told = self.tell(&url).await;
            if let Err(error) = &told {
                eprintln!("error: {error:#}");
            }
            let _ = end.send(());
            told
        };
        let (served, told) = tokio::join!(serving, telling);
        served.and(told)
    }

    /// The port asked for, or any other if somebody has it: a demo should not fail for that.
    async fn listen(&self) -> anyhow::Result<TcpListener> {
        match TcpListener::bind(&self.listen).await {
            Ok(listener) => Ok(listener),
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
                Ok(TcpListener::bind("127.0.0.1:0").await?)
            }
            Err(error) => Err(error).with_context(|| format!("--listen {}", self.listen)),
        }
    }

    async fn tell(&self, url: &str) -> anyhow::Result<()> {
        let endpoint = Endpoint::at(url.to_owned());
        let story = story::Story::new(&endpoint);
        story.play().await?;
        println!("{}", table::newcomers(&endpoint, self.lang).await?);
        println!("{}", table::messages(&endpoint, self.lang).await?);
        let week = endpoint
            .get("/local/reports/acme/2026-W02.json")
            .await
            .context("the weekly report")?;
        let report = Report::from_json(&week.to_string())?;
        println!("{}", report.to_text(self.lang));
        println!("{}", table::ending(url, self.lang, self.once));
        Ok(())
    }
}
