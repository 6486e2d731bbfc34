//! The Lambda function `onboarding`.

use hearth_aws::deadline::RESERVE;
use hearth_aws::deps::MemberDeps;
use hearth_aws::lambda;
use hearth_aws::queue::QueueName;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let config = lambda::start(&[
        QueueName::SendNow,
        QueueName::SendBulk,
        QueueName::Onboarding,
        QueueName::CheckIn,
    ])?;
    let deps = MemberDeps::connect(&config, "onboarding").await?;
    lambda::serve(
        &deps.deps.metrics,
        RESERVE,
        async |invocation, now, deadline| {
            hearth_onboarding::handle(&deps, invocation, now, deadline).await
        },
    )
    .await
}
