//! The Lambda function `check-in`.

use hearth_aws::deadline::RESERVE;
use hearth_aws::deps::MemberDeps;
use hearth_aws::lambda;
use hearth_aws::queue::QueueName;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let config = lambda::start(&[QueueName::SendNow])?;
    let deps = MemberDeps::connect(&config, "check-in").await?;
    lambda::serve(
        &deps.deps.metrics,
        RESERVE,
        async |invocation, now, deadline| {
            hearth_check_in::handle(&deps, invocation, now, deadline).await
        },
    )
    .await
}
