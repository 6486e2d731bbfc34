//! The frame of every function but the webhook's: read the environment, connect, serve.

use std::time::Duration;

use aws_lambda_events::event::sqs::SqsBatchResponse;
use jiff::Timestamp;
use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde_json::Value;

use crate::batch::Failure;
use crate::clock::{Clock, SystemClock};
use crate::config::{Config, Environment};
use crate::deadline::Deadline;
use crate::invocation::Invocation;
use crate::queue::QueueName;
use crate::telemetry::{self, Metrics};

/// Starts logging and reads the configuration of a function that sends to `queues`.
pub fn start(queues: &[QueueName]) -> anyhow::Result<Config> {
    let environment = Environment::of_process();
    telemetry::start(environment.get("HEARTH_LOG"));
    Ok(Config::read(&environment, queues)?)
}

/// Serves invocations until the environment ends. `now` is read once for each; nothing is begun in
/// the last `reserve` of its time.
pub async fn serve<H>(metrics: &Metrics, reserve: Duration, handle: H) -> anyhow::Result<()>
where
    H: AsyncFn(Invocation, Timestamp, Deadline) -> Result<SqsBatchResponse, Failure>,
{
    let (handle, reserve) = (&handle, &reserve);
    lambda_runtime::run(service_fn(
        async move |event: LambdaEvent<Value>| -> Result<SqsBatchResponse, Diagnostic> {
            let now = SystemClock.now();
            let deadline = Deadline::at(event.context.deadline(), *reserve);
            let invocation = Invocation::try_from(event.payload)
                .map_err(|error| diagnostic("BadInvocation", &error))?;
            // Boxed: the handlers' nested futures are deeper than the compiler lays out in one piece.
            let done = Box::pin(handle(invocation, now, deadline)).await;
            metrics.flush(now);
            done.map_err(|failure| diagnostic("Failed", &failure))
        },
    ))
    .await
    .map_err(anyhow::Error::from_boxed)
}

fn diagnostic(kind: &str, error: &dyn std::error::Error) -> Diagnostic {
    tracing::error!(kind, error = %error, "invocation failed");
    Diagnostic {
        error_type: kind.to_owned(),
        error_message: error.to_string(),
    }
}
