//! The batch runner: every record stands for itself. One that can't be read, fails or panics is
//! reported; the others go on.

use std::panic::AssertUnwindSafe;

use aws_lambda_events::event::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent};
use futures::FutureExt;
use serde::de::DeserializeOwned;

use crate::config::Environment;
use crate::registry::RegistryError;
use crate::store::StoreError;
use crate::telemetry::Metrics;
use crate::wire;

/// Why a record was not done. Both kinds go back to the queue: nothing is thrown away, and what
/// can't be done ends in the dead-letter queue for a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The same record may succeed later.
    #[error("{0}")]
    Retry(String),
    /// It will not, unless somebody mends something.
    #[error("{0}")]
    Permanent(String),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable { .. }
            | StoreError::Conflict(_)
            | StoreError::SoldOut { .. } => Self::Retry(error.to_string()),
            StoreError::Corrupt(_) => Self::Permanent(error.to_string()),
        }
    }
}

impl From<RegistryError> for Failure {
    fn from(error: RegistryError) -> Self {
        match error {
            RegistryError::Store(error) => error.into(),
            RegistryError::Unreadable { .. } | RegistryError::NoPlaybook { .. } => {
                Self::Permanent(error.to_string())
            }
        }
    }
}

/// A record that was read.
#[derive(Debug, Clone)]
pub struct Record<W> {
    /// SQS's id, to report it by.
    pub id: String,
    /// What it says.
    pub work: W,
}

/// The records of a batch and what went wrong with them so far.
#[derive(Debug)]
pub struct Batch {
    failures: Vec<(String, Failure)>,
    metrics: Metrics,
}

impl Batch {
    /// Reads every record by itself, as work that the function does.
    pub fn open<W: DeserializeOwned>(event: SqsEvent, metrics: &Metrics) -> (Self, Vec<Record<W>>) {
        let mut batch = Self {
            failures: Vec::new(),
            metrics: metrics.clone(),
        };
        let mut records = Vec::with_capacity(event.records.len());
        for message in event.records {
            // Without an id it can't be reported: it would count as done. SQS always sends one.
            let id = message.message_id.unwrap_or_default();
            match wire::read(message.body.as_deref().unwrap_or_default()) {
                Ok(work) => records.push(Record { id, work }),
                Err(error) => batch.fail(id, Failure::Permanent(error.to_string())),
            }
        }
        (batch, records)
    }

    /// Notes that a record was not done.
    pub fn fail(&mut self, id: String, failure: Failure) {
        let (kind, metric) = match &failure {
            Failure::Retry(_) => ("retry", "records_retry"),
            Failure::Permanent(_) => ("permanent", "records_permanent"),
        };
        tracing::error!(record = id, kind, error = %failure, "record not done");
        self.metrics.count("all", metric);
        self.failures.push((id, failure));
    }

    /// What SQS is told: these again, the others are done.
    pub fn close(self) -> SqsBatchResponse {
        let mut response = SqsBatchResponse::default();
        for (id, _) in self.failures {
            let mut failure = BatchItemFailure::default();
            failure.item_identifier = id;
            response.batch_item_failures.push(failure);
        }
        response
    }
}

/// Runs work so that a panic in it is a failure of its records and nothing else.
pub async fn guarded<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    // Boxed: one small piece of the batch's future, however deep the work is.
    match AssertUnwindSafe(Box::pin(work)).catch_unwind().await {
        Ok(result) => result,
        // The panic's message may quote what it worked on.
        Err(_) => Err(Failure::Permanent(
            "panicked; see the line before".to_owned(),
        )),
    }
}

/// Panics at a chosen record, in the place where its work is done. It is how the bootstrap that
/// ships is shown to outlive a panic: nothing of ours panics by itself.
#[derive(Debug, Clone, Default)]
pub struct Tripwire(Option<String>);

impl Tripwire {
    /// Set by `HEARTH_PANIC_ON_RECORD`, to the id of an SQS message. The template does not set it.
    pub fn of(environment: &Environment) -> Self {
        Self(environment.get("HEARTH_PANIC_ON_RECORD").map(str::to_owned))
    }

    /// Panics if one of the records is the one.
    #[expect(clippy::panic, reason = "a panic is what it is for")]
    pub fn touch(&self, records: &[String]) {
        if let Some(chosen) = &self.0
            && records.contains(chosen)
        {
            panic!("HEARTH_PANIC_ON_RECORD");
        }
    }
}
