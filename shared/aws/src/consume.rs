//! The handler that the three consumers of events share: they differ in which events reach them
//! and in what falls due for them.

use aws_lambda_events::event::sqs::SqsBatchResponse;
use hearth_domain::journey::Consumer;
use jiff::Timestamp;

use crate::batch::{Batch, Failure, guarded};
use crate::deadline::Deadline;
use crate::deps::MemberDeps;
use crate::invocation::Invocation;
use crate::wire::MemberWork;
use crate::{drain, intake};

/// Handles one invocation: a batch of events and drains, or a tick. Records that were not done
/// are named in the response; a tick that could not do all of its work fails, and the next one
/// does it. `waits_for` is whose due index it drains; `None` = nothing falls due for it.
pub async fn handle(
    members: &MemberDeps,
    waits_for: Option<Consumer>,
    invocation: Invocation,
    now: Timestamp,
    deadline: Deadline,
) -> Result<SqsBatchResponse, Failure> {
    let deps = &members.deps;
    let event = match invocation {
        Invocation::Batch(event) => event,
        Invocation::Tick(tick) => {
            if let Some(consumer) = waits_for {
                drain::tick(deps, consumer, &tick, now).await?;
            }
            return Ok(SqsBatchResponse::default());
        }
    };
    let (mut batch, records) = Batch::open(event, &deps.metrics);
    let mut events = Vec::new();
    for record in records {
        match (record.work, waits_for) {
            (MemberWork::EventV1(event), _) => events.push((record.id, event)),
            (MemberWork::DrainShardV1(drain), Some(consumer)) => {
                let work =
                    drain::members(deps, consumer, drain.shard, drain.instant(now), &deadline);
                if let Err(failure) = guarded(work).await {
                    batch.fail(record.id, failure);
                }
            }
            (MemberWork::DrainShardV1(_), None) => {
                let failure = Failure::Permanent("work of another function".to_owned());
                batch.fail(record.id, failure);
            }
        }
    }
    intake::take(members, &mut batch, events, now, &deadline).await;
    Ok(batch.close())
}
