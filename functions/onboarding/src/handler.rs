//! A batch of joins, renames and buttons, a shard of due plan steps, or a tick.

use aws_lambda_events::event::sqs::SqsBatchResponse;
use hearth_aws::batch::Failure;
use hearth_aws::consume;
use hearth_aws::deadline::Deadline;
use hearth_aws::deps::MemberDeps;
use hearth_aws::invocation::Invocation;
use hearth_domain::journey::Consumer;
use jiff::Timestamp;

/// Handles one invocation (see [`consume::handle`]).
pub async fn handle(
    deps: &MemberDeps,
    invocation: Invocation,
    now: Timestamp,
    deadline: Deadline,
) -> Result<SqsBatchResponse, Failure> {
    consume::handle(deps, Some(Consumer::Onboarding), invocation, now, deadline).await
}
