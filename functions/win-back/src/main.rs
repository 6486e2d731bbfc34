//! The Lambda function `win-back`.

use hearth_aws::deadline::RESERVE;
use hearth_aws::deps::MemberDeps;
use hearth_aws::lambda;
use hearth_aws::queue::QueueName;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let config = lambda::start(&[QueueName::SendNow, QueueName::SendBulk, QueueName::WinBack])?;
    let deps = MemberDeps::connect(&config, "win-back").await?;
    lambda::serve(
        &deps.deps.metrics,
        RESERVE,
        async |invocation, now, deadline| {
            hearth_win_back::handle(&deps, invocation, now, deadline).await
        },
    )
    .await
}
