//! The Lambda function `messenger`.

use std::sync::Arc;

use hearth_aws::deps::Deps;
use hearth_aws::lambda;
use hearth_aws::queue::QueueName;
use hearth_aws::secrets::{LocalSecrets, SecretBook};
use hearth_messenger::{Messenger, SdkHttp};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let config = lambda::start(&[QueueName::SendBulk])?;
    let deps = Deps::connect(&config, "messenger")?;
    let secrets = SecretBook::new(Arc::new(LocalSecrets(config.environment.clone())));
    let messenger = Messenger::new(deps, Arc::new(SdkHttp::new()), secrets);
    lambda::serve(
        &messenger.deps.metrics,
        async |invocation, now, deadline| {
            hearth_messenger::handle(&messenger, invocation, now, deadline).await
        },
    )
    .await
}
