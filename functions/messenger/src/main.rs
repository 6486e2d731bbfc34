//! The Lambda function `messenger`.

use std::sync::Arc;

use hearth_aws::deps::MemberDeps;
use hearth_aws::lambda;
use hearth_aws::queue::QueueName;
use hearth_aws::secrets::{OwnSecrets, SecretBook};
use hearth_messenger::{AHEAD, Messenger, SdkHttp};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let config = lambda::start(&[QueueName::SendBulk])?;
    let secrets = SecretBook::sending(Arc::new(OwnSecrets::connect(&config)?));
    let deps = MemberDeps::connect(&config, "messenger").await?;
    let messenger = Messenger::new(deps, Arc::new(SdkHttp::new()), secrets).waiting(AHEAD);
    lambda::serve(
        &messenger.deps.metrics,
        hearth_messenger::RESERVE,
        async |invocation, now, deadline| {
            hearth_messenger::handle(&messenger, invocation, now, deadline).await
        },
    )
    .await
}
