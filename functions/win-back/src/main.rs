//! The Lambda function `win-back`.

use hearth_aws::deps::Deps;
use hearth_aws::lambda;
use hearth_aws::queue::QueueName;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let config = lambda::start(&[QueueName::SendNow, QueueName::WinBack])?;
    let deps = Deps::connect(&config, "win-back")?;
    lambda::serve(&deps.metrics, async |invocation, now, deadline| {
        hearth_win_back::handle(&deps, invocation, now, deadline).await
    })
    .await
}
