//! A batch of messages, reactions and check-ins: one conditional write per member. Nothing falls
//! due here, so a tick has nothing to do.

use aws_lambda_events::event::sqs::SqsBatchResponse;
use hearth_aws::batch::Failure;
use hearth_aws::consume;
use hearth_aws::deadline::Deadline;
use hearth_aws::deps::MemberDeps;
use hearth_aws::invocation::Invocation;
use jiff::Timestamp;

/// Handles one invocation (see [`consume::handle`]).
pub async fn handle(
    deps: &MemberDeps,
    invocation: Invocation,
    now: Timestamp,
    deadline: Deadline,
) -> Result<SqsBatchResponse, Failure> {
    consume::handle(deps, None, invocation, now, deadline).await
}
