//! The Lambda function `onboarding`.

use hearth_aws::deps::Deps;
use hearth_aws::lambda;
use hearth_aws::queue::QueueName;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let config = lambda::start(&[QueueName::SendNow, QueueName::Onboarding])?;
    let deps = Deps::connect(&config, "onboarding")?;
    lambda::serve(&deps.metrics, async |invocation, now, deadline| {
        hearth_onboarding::handle(&deps, invocation, now, deadline).await
    })
    .await
}
