//! A batch of the queue: load, decide, apply. One conditional write per member and batch.

use aws_lambda_events::event::sqs::SqsBatchResponse;
use hearth_aws::batch::{Batch, Failure};
use hearth_aws::deadline::Deadline;
use hearth_aws::deps::Deps;
use hearth_aws::intake;
use hearth_aws::invocation::Invocation;
use hearth_aws::wire::Work;
use jiff::Timestamp;

/// Handles one invocation. Records that were not done are named in the response. Nothing falls
/// due here, so a tick has nothing to do.
pub async fn handle(
    deps: &Deps,
    invocation: Invocation,
    now: Timestamp,
    deadline: Deadline,
) -> Result<SqsBatchResponse, Failure> {
    let Invocation::Batch(event) = invocation else {
        return Ok(SqsBatchResponse::default());
    };
    let (mut batch, records) = Batch::open(event, &deps.metrics);
    let mut events = Vec::new();
    for record in records {
        match record.work {
            Work::EventV1(event) => events.push((record.id, event)),
            Work::DrainShardV1(_) | Work::SendV1(_) | Work::RollupV1(_) => {
                batch.fail(
                    record.id,
                    Failure::Permanent("work of another function".to_owned()),
                );
            }
        }
    }
    intake::take(deps, &mut batch, events, now, &deadline).await;
    Ok(batch.close())
}
