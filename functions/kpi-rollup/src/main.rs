//! The Lambda function `kpi-rollup`.

use std::sync::Arc;

use hearth_aws::deadline::RESERVE;
use hearth_aws::deps::Deps;
use hearth_aws::lambda;
use hearth_aws::queue::QueueName;
use hearth_aws::reports::S3Reports;
use hearth_kpi_rollup::Rollup;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let config = lambda::start(&[QueueName::KpiRollup, QueueName::SendNow, QueueName::CheckIn])?;
    let reports = Arc::new(S3Reports::connect(&config)?);
    let rollup = Rollup::new(Deps::connect(&config, "kpi-rollup")?, reports);
    lambda::serve(
        &rollup.deps.metrics,
        RESERVE,
        async |invocation, now, deadline| {
            hearth_kpi_rollup::handle(&rollup, invocation, now, deadline).await
        },
    )
    .await
}
