//! The port to the queues.

use std::collections::BTreeMap;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use futures::future::BoxFuture;

use crate::wire::Work;

/// The queues, each with a dead-letter queue of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum QueueName {
    /// Joins, renames, buttons of the plan, due steps.
    Onboarding,
    /// Messages, reactions, check-ins.
    CheckIn,
    /// Leaves, answers, opt-outs, due cases.
    WinBack,
    /// Weekly reports.
    KpiRollup,
    /// Messages to send before all others.
    SendNow,
    /// Messages that may wait: broadcasts, drained shards.
    SendBulk,
}

impl QueueName {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Onboarding,
        Self::CheckIn,
        Self::WinBack,
        Self::KpiRollup,
        Self::SendNow,
        Self::SendBulk,
    ];

    /// As logs write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Onboarding => "onboarding",
            Self::CheckIn => "check-in",
            Self::WinBack => "win-back",
            Self::KpiRollup => "kpi-rollup",
            Self::SendNow => "send-now",
            Self::SendBulk => "send-bulk",
        }
    }

    /// The environment variable with its URL.
    pub fn variable(self) -> &'static str {
        match self {
            Self::Onboarding => "HEARTH_ONBOARDING_QUEUE_URL",
            Self::CheckIn => "HEARTH_CHECK_IN_QUEUE_URL",
            Self::WinBack => "HEARTH_WIN_BACK_QUEUE_URL",
            Self::KpiRollup => "HEARTH_KPI_ROLLUP_QUEUE_URL",
            Self::SendNow => "HEARTH_SEND_NOW_QUEUE_URL",
            Self::SendBulk => "HEARTH_SEND_BULK_QUEUE_URL",
        }
    }
}

/// Some work did not reach a queue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{failed} of {of} messages did not reach the queue {queue}: {reason}")]
pub struct QueueError {
    /// Which queue.
    pub queue: &'static str,
    /// How many did not.
    pub failed: usize,
    /// How many there were.
    pub of: usize,
    /// The first reason, a code.
    pub reason: String,
}

/// Sends work to a queue.
pub trait Queue: Send + Sync {
    /// Sends all of it, or says how much did not arrive. What did arrive is not taken back: the
    /// readers of our queues take duplicates.
    fn send<'a>(
        &'a self,
        queue: QueueName,
        work: &'a [Work],
    ) -> BoxFuture<'a, Result<(), QueueError>>;
}

/// The real queues.
#[derive(Debug, Clone)]
pub struct Sqs {
    client: Client,
    urls: BTreeMap<QueueName, String>,
}

/// SQS takes so many messages a request …
const BATCH: usize = 10;
/// … and so many bytes (1 MiB since 2025; we stay under the older limit).
const BATCH_BYTES: usize = 256 * 1024 - 4096;

impl Sqs {
    /// With the URLs of the queues this function sends to.
    pub fn new(client: Client, urls: BTreeMap<QueueName, String>) -> Self {
        Self { client, urls }
    }

    async fn send_bodies(&self, queue: QueueName, bodies: Vec<String>) -> Result<(), QueueError> {
        let of = bodies.len();
        let error = |failed, reason: &str| QueueError {
            queue: queue.name(),
            failed,
            of,
            reason: reason.to_owned(),
        };
        let Some(url) = self.urls.get(&queue) else {
            return Err(error(of, "no-url"));
        };
        let mut failed = 0;
        let mut first = None;
        for batch in batches(bodies) {
            let size = batch.len();
            let (left, reason) = match self.send_batch(url, batch).await {
                Ok(left) if left.is_empty() => continue,
                // SQS answers 200 for a batch of which parts failed: those are tried once more.
                Ok(left) => {
                    let size = left.len();
                    self.send_batch(url, left).await.map_or_else(
                        |reason| (size, reason),
                        |left| (left.len(), "partial".to_owned()),
                    )
                }
                Err(reason) => (size, reason),
            };
            if left > 0 {
                failed += left;
                first.get_or_insert(reason);
            }
        }
        first.map_or(Ok(()), |reason| Err(error(failed, &reason)))
    }

    /// Returns the bodies that SQS did not take.
    async fn send_batch(&self, url: &str, bodies: Vec<String>) -> Result<Vec<String>, String> {
        let mut request = self.client.send_message_batch().queue_url(url);
        for (n, body) in bodies.iter().enumerate() {
            let entry = SendMessageBatchRequestEntry::builder()
                .id(n.to_string())
                .message_body(body)
                .build();
            request = request.entries(entry.map_err(|error| error.to_string())?);
        }
        let answer = request
            .send()
            .await
            .map_err(|error| crate::clients::code_of(&error))?;
        let failed: Vec<usize> = answer
            .failed()
            .iter()
            .filter_map(|entry| entry.id().parse().ok())
            .collect();
        Ok(bodies
            .into_iter()
            .enumerate()
            .filter(|(n, _)| failed.contains(n))
            .map(|(_, body)| body)
            .collect())
    }
}

fn batches(bodies: Vec<String>) -> Vec<Vec<String>> {
    let mut batches: Vec<Vec<String>> = Vec::new();
    let mut bytes = 0;
    for body in bodies {
        match batches.last_mut() {
            Some(batch) if batch.len() < BATCH && bytes + body.len() <= BATCH_BYTES => {
                bytes += body.len();
                batch.push(body);
            }
            _ => {
                bytes = body.len();
                batches.push(vec![body]);
            }
        }
    }
    batches
}

impl Queue for Sqs {
    fn send<'a>(
        &'a self,
        queue: QueueName,
        work: &'a [Work],
    ) -> BoxFuture<'a, Result<(), QueueError>> {
        Box::pin(async move {
            if work.is_empty() {
                return Ok(());
            }
            let bodies = work.iter().map(Work::to_json).collect();
            self.send_bodies(queue, bodies).await
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_hold_ten_and_stay_under_the_byte_limit() {
        let sizes = |bodies: Vec<String>| batches(bodies).iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(sizes(vec![String::from("x"); 25]), [10, 10, 5]);
        assert_eq!(sizes(vec!["x".repeat(100 * 1024); 5]), [2, 2, 1]);
        assert!(sizes(Vec::new()).is_empty());
    }
}
