//! A stub of the AWS APIs that the functions call, and of Slack's: it answers, and counts what it
//! was asked.

mod counts;
mod objects;
mod secrets;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Context as _;
use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use futures::future::BoxFuture;
use hearth_aws::clock::{Clock, SystemClock};
use hearth_local::embedded::Embedded;
use hearth_local::faults::{Borders, NoFaults};
use hearth_local::sandbox::Sandbox;
use hearth_platforms::Http as _;
use http::{Request, Response};
use serde_json::{Value, json};

pub use counts::{Counts, PerEvent};

use super::http::{Answers, answer};

const JSON: &str = "application/x-amz-json-1.1";

/// All of it. DynamoDB is the embedded one; the rest is as little as the SDK needs.
pub struct Aws {
    tables: Embedded,
    /// The chat server that stands in for Slack.
    pub chat: Sandbox,
    state: Mutex<State>,
}

impl std::fmt::Debug for Aws {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Aws")
    }
}

#[derive(Default)]
struct State {
    counts: Counts,
    /// The bodies that a queue has taken, by its name.
    queues: BTreeMap<String, Vec<String>>,
    secrets: BTreeMap<String, String>,
    objects: BTreeMap<String, Vec<u8>>,
    /// What was asked for that the stub does not know: a mistake of its own, or of a function.
    unknown: Vec<String>,
}

impl Aws {
    /// With empty tables' database and the values of secrets, by the name they are fetched with.
    pub fn new(secrets: BTreeMap<String, String>) -> anyhow::Result<Self> {
        let database = dynoxide::Database::memory().context("opening the embedded database")?;
        Ok(Self {
            tables: Embedded::new(database, Borders::new(Arc::new(NoFaults))),
            chat: Sandbox::new(|| SystemClock.now()),
            state: Mutex::new(State {
                secrets,
                ..State::default()
            }),
        })
    }

    /// The same tables for this process: what it asks is not counted.
    pub fn tables(&self) -> &Embedded {
        &self.tables
    }

    /// What was asked so far.
    pub fn counts(&self) -> Counts {
        self.state().counts.clone()
    }

    /// What a queue has taken since this was last asked.
    pub fn take_from(&self, queue: &str) -> Vec<String> {
        self.state().queues.remove(queue).unwrap_or_default()
    }

    /// The names of the objects stored, `<bucket>/<key>`.
    pub fn objects(&self) -> Vec<String> {
        self.state().objects.keys().cloned().collect()
    }

    /// Fails if anything was asked for that the stub does not know.
    pub fn check_all_known(&self) -> anyhow::Result<()> {
        let unknown = self.state().unknown.join(", ");
        anyhow::ensure!(
            unknown.is_empty(),
            "the stub of AWS was asked for what it does not know: {unknown}"
        );
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn table(&self, target: &str, body: Vec<u8>) -> Response<Vec<u8>> {
        let operation = target.rsplit('.').next().unwrap_or_default();
        let mut request = HttpRequest::new(SdkBody::from(body.clone()));
        request
            .headers_mut()
            .insert("x-amz-target", target.to_owned());
        let Ok(found) = self.tables.call(request).await else {
            return answer(500, JSON, r#"{"__type":"InternalServerError"}"#);
        };
        let status = found.status().as_u16();
        let bytes = found.body().bytes().unwrap_or_default().to_vec();
        self.state().counts.table(operation, &body, status, &bytes);
        answer(status, "application/x-amz-json-1.0", bytes)
    }

    fn queue(&self, operation: &str, body: &[u8]) -> Response<Vec<u8>> {
        let request: Value = serde_json::from_slice(body).unwrap_or_default();
        let url = request.get("QueueUrl").and_then(Value::as_str);
        let url = url.unwrap_or_default();
        let name = url.rsplit('/').next().unwrap_or_default();
        let entries = request.get("Entries").and_then(Value::as_array);
        let (Some(entries), "SendMessageBatch") = (entries, operation) else {
            return self.not_known(format!("SQS {operation}"));
        };
        let mut state = self.state();
        state.counts.request("SQS", operation);
        let queue = state.queues.entry(name.to_owned()).or_default();
        let mut taken = Vec::with_capacity(entries.len());
        for entry in entries {
            let text = |field: &str| entry.get(field).and_then(Value::as_str).unwrap_or_default();
            queue.push(text("MessageBody").to_owned());
            // The Rust SDK does not compare the digest; that there is one is enough.
            taken.push(json!({"Id": text("Id"), "MessageId": format!("{name}-{}", queue.len()), "MD5OfMessageBody": "00000000000000000000000000000000"}));
        }
        let body = json!({"Successful": taken, "Failed": []});
        answer(200, "application/x-amz-json-1.0", body.to_string())
    }

    fn not_known(&self, what: String) -> Response<Vec<u8>> {
        self.state().unknown.push(what);
        answer(400, JSON, r#"{"__type":"UnknownOperationException"}"#)
    }

    async fn dispatch(&self, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
        let target = request.headers().get("x-amz-target");
        let target = target
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
            .unwrap_or_default();
        let path = request.uri().path();
        match target.split_once('.') {
            Some((service, _)) if service.starts_with("DynamoDB_") => {
                self.table(&target, request.into_body()).await
            }
            Some(("AmazonSQS", operation)) => self.queue(operation, request.body()),
            Some(("AmazonSSM", operation)) => self.secret("SSM", operation, request.body()),
            Some(("secretsmanager", operation)) => {
                self.secret("SecretsManager", operation, request.body())
            }
            Some(_) => self.not_known(target),
            None if path.starts_with("/api/") => {
                let method = path.trim_start_matches("/api/").to_owned();
                self.state().counts.request("Chat", &method);
                self.chat
                    .call(request)
                    .await
                    .unwrap_or_else(|error| answer(502, "text/plain", error.to_string()))
            }
            None => self.object(&request),
        }
    }
}

impl Answers for Aws {
    fn answer(&self, request: Request<Vec<u8>>) -> BoxFuture<'_, Response<Vec<u8>>> {
        Box::pin(self.dispatch(request))
    }
}
