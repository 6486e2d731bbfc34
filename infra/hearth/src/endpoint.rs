//! Talking to a running local stack.

use std::path::Path;

use anyhow::{Context as _, bail};
use clap::Args;
use hearth_messenger::SdkHttp;
use hearth_platforms::{Http, HttpError};
use serde_json::Value;

use crate::check::Kind;

/// Where the local stack is.
#[derive(Args, Debug, Clone)]
pub(crate) struct Endpoint {
    /// URL of a running local stack.
    #[arg(
        long,
        default_value = "http://127.0.0.1:9000",
        conflicts_with = "stack"
    )]
    endpoint: String,
}

impl Endpoint {
    pub(crate) fn at(url: String) -> Self {
        Self { endpoint: url }
    }

    /// One request; the answer's status and JSON.
    pub(crate) async fn call(
        &self,
        request: http::request::Builder,
        path: &str,
        body: Vec<u8>,
    ) -> anyhow::Result<(u16, Value)> {
        let answer = self.fetch(request, path, body).await?;
        Ok((answer.status().as_u16(), json(answer.body())))
    }

    async fn fetch(
        &self,
        request: http::request::Builder,
        path: &str,
        body: Vec<u8>,
    ) -> anyhow::Result<http::Response<Vec<u8>>> {
        let request = request
            .uri(format!("{}{path}", self.endpoint.trim_end_matches('/')))
            .body(body)
            .context("the endpoint is not a URL")?;
        SdkHttp::new()
            .call(request)
            .await
            .map_err(|error| match error {
                HttpError::NotSent(_) => anyhow::anyhow!(
                    "no local stack answers at {}: start one with `hearth serve`",
                    self.endpoint
                ),
                HttpError::Uncertain(reason) => anyhow::anyhow!(
                    "the local stack at {} did not answer: {reason}",
                    self.endpoint
                ),
            })
    }

    /// What a path answers, to the byte.
    pub(crate) async fn text(&self, path: &str) -> anyhow::Result<String> {
        let request = http::Request::builder().method(http::Method::GET);
        let answer = self.fetch(request, path, Vec::new()).await?;
        let status = answer.status().as_u16();
        if status != 200 {
            bail!("{}", words(status, &json(answer.body())));
        }
        String::from_utf8(answer.into_body()).context("the local stack answered no text")
    }

    pub(crate) async fn get(&self, path: &str) -> anyhow::Result<Value> {
        self.ask(http::Method::GET, path, Vec::new()).await
    }

    /// A request that the stack does, or says why not.
    pub(crate) async fn ask(
        &self,
        method: http::Method,
        path: &str,
        body: Vec<u8>,
    ) -> anyhow::Result<Value> {
        let request = http::Request::builder().method(method);
        let (status, answer) = self.call(request, path, body).await?;
        if status != 200 {
            bail!("{}", words(status, &answer));
        }
        Ok(answer)
    }

    pub(crate) async fn post(&self, path: &str, body: Vec<u8>) -> anyhow::Result<Value> {
        let request = http::Request::builder().method(http::Method::POST);
        let (status, answer) = self.call(request, path, body).await?;
        if status != 200 {
            bail!("{}", words(status, &answer));
        }
        Ok(answer)
    }

    pub(crate) async fn publish(
        &self,
        kind: Kind,
        file: &Path,
        text: String,
    ) -> anyhow::Result<()> {
        let (status, answer) = self
            .call(
                http::Request::builder().method(http::Method::POST),
                &format!("/local/published/{}", kind.name()),
                text.into_bytes(),
            )
            .await?;
        if status != 200 {
            bail!(
                "{}: not published: {}",
                file.display(),
                words(status, &answer)
            );
        }
        println!(
            "published {} {} as version {}",
            kind.name(),
            at(&answer, "/id").as_str().unwrap_or_default(),
            at(&answer, "/version")
        );
        Ok(())
    }

    pub(crate) async fn list(&self, kind: Kind) -> anyhow::Result<()> {
        let list = self
            .get(&format!("/local/published/{}", kind.name()))
            .await?;
        for entry in list.as_array().into_iter().flatten() {
            println!(
                "{:<32} version {}",
                at(entry, "/id").as_str().unwrap_or_default(),
                at(entry, "/version")
            );
        }
        Ok(())
    }

    pub(crate) async fn show(&self, kind: Kind, id: &str) -> anyhow::Result<()> {
        let found = self
            .get(&format!("/local/published/{}/{id}", kind.name()))
            .await
            .with_context(|| format!("{} {id}", kind.name()))?;
        println!(
            "# version {}, published {}",
            at(&found, "/version"),
            at(&found, "/published").as_str().unwrap_or_default()
        );
        println!("{}", at(&found, "/toml").as_str().unwrap_or_default());
        Ok(())
    }
}

fn json(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap_or(Value::Null)
}

/// A value within an answer, by its JSON pointer; null where there is none.
pub(crate) fn at<'a>(answer: &'a Value, pointer: &str) -> &'a Value {
    answer.pointer(pointer).unwrap_or(&Value::Null)
}

/// An id as a part of a path or a query.
pub(crate) fn segment(id: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    id.bytes()
        .map(|byte| {
            if plain(byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

/// What the stack said about a request that it did not do.
fn words(status: u16, answer: &Value) -> String {
    let mut words = at(answer, "/error")
        .as_str()
        .map_or_else(|| format!("status {status}"), str::to_owned);
    for problem in at(answer, "/problems")
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
    {
        words.push_str("\n  ");
        words.push_str(problem);
    }
    words
}
