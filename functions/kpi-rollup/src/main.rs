//! The Lambda function `kpi-rollup`.

use hearth_aws::deps::Deps;
use hearth_aws::lambda;
use hearth_aws::queue::QueueName;
use hearth_kpi_rollup::Rollup;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let config = lambda::start(&[QueueName::KpiRollup, QueueName::SendNow])?;
    let rollup = Rollup::new(Deps::connect(&config, "kpi-rollup")?);
    lambda::serve(&rollup.deps.metrics, async |invocation, now, deadline| {
        hearth_kpi_rollup::handle(&rollup, invocation, now, deadline).await
    })
    .await
}
