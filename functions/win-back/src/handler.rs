//! A batch of the queue, or a tick: load, decide, apply.

use aws_lambda_events::event::sqs::SqsBatchResponse;
use hearth_aws::batch::{Batch, Failure, guarded};
use hearth_aws::deadline::Deadline;
use hearth_aws::deps::Deps;
use hearth_aws::invocation::Invocation;
use hearth_aws::wire::Work;
use hearth_aws::{drain, intake};
use hearth_domain::journey::Consumer;
use jiff::Timestamp;

/// Handles one invocation. Records that were not done are named in the response; a tick that
/// could not do all of its work fails, and the next one does it.
pub async fn handle(
    deps: &Deps,
    invocation: Invocation,
    now: Timestamp,
    deadline: Deadline,
) -> Result<SqsBatchResponse, Failure> {
    let event = match invocation {
        Invocation::Batch(event) => event,
        Invocation::Tick(tick) => {
            drain::tick(deps, Consumer::WinBack, tick.instant(now)).await?;
            return Ok(SqsBatchResponse::default());
        }
    };
    let (mut batch, records) = Batch::open(event, &deps.metrics);
    let mut events = Vec::new();
    for record in records {
        match record.work {
            Work::EventV1(event) => events.push((record.id, event)),
            Work::DrainShardV1(drain) => {
                let drained = guarded(drain::members(
                    deps,
                    Consumer::WinBack,
                    drain.shard,
                    now,
                    &deadline,
                ))
                .await;
                if let Err(failure) = drained {
                    batch.fail(record.id, failure);
                }
            }
            Work::SendV1(_) | Work::RollupV1(_) => batch.fail(
                record.id,
                Failure::Permanent("work of another function".to_owned()),
            ),
        }
    }
    intake::take(deps, &mut batch, events, now, &deadline).await;
    Ok(batch.close())
}
