//! The Lambda function `check-in`.

use hearth_aws::deps::Deps;
use hearth_aws::lambda;
use hearth_aws::queue::QueueName;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let config = lambda::start(&[QueueName::SendNow])?;
    let deps = Deps::connect(&config, "check-in")?;
    lambda::serve(&deps.metrics, async |invocation, now, deadline| {
        hearth_check_in::handle(&deps, invocation, now, deadline).await
    })
    .await
}
