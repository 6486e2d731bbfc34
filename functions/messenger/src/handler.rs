//! A batch of message ids to send, a shard of the due index to drain, or a tick.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_lambda_events::event::sqs::SqsBatchResponse;
use futures::StreamExt;
use hearth_aws::batch::{Batch, Failure, guarded};
use hearth_aws::deadline::Deadline;
use hearth_aws::deps::{Deps, MemberDeps};
use hearth_aws::drain;
use hearth_aws::intake::SIDE_BY_SIDE;
use hearth_aws::invocation::Invocation;
use hearth_aws::pace::Pace;
use hearth_aws::pseudonym::Pseudonyms;
use hearth_aws::secrets::SecretBook;
use hearth_aws::store::Due;
use hearth_aws::wire::MessengerWork;
use hearth_domain::ids::{MessageId, PlaybookId};
use hearth_domain::journey::Consumer;
use hearth_domain::playbook::Playbook;
use hearth_domain::text::Templates;
use hearth_platforms::{Http, Tokens};
use jiff::{SignedDuration, Timestamp};

use crate::turns::Stopwatch;

/// What the messenger works with.
pub struct Messenger {
    /// Tables, queues, registry.
    pub deps: Deps,
    /// Members in logs.
    pub pseudonyms: Pseudonyms,
    /// The way to the platforms.
    pub http: Arc<dyn Http>,
    /// What we send with there.
    pub secrets: SecretBook,
    /// Turns to send, where the platform has a rate.
    pub(crate) pace: Pace,
    /// How long a send waits for its turn.
    pub(crate) ahead: SignedDuration,
    /// The tokens that some platforms give for it.
    pub(crate) tokens: Tokens,
    templates: Mutex<HashMap<(PlaybookId, u32), Arc<Templates>>>,
}

/// Playbook versions whose compiled texts are kept.
const MAX_TEMPLATES: usize = 64;

impl Messenger {
    /// With everything it needs.
    pub fn new(members: MemberDeps, http: Arc<dyn Http>, secrets: SecretBook) -> Self {
        let MemberDeps { deps, pseudonyms } = members;
        Self {
            deps,
            pseudonyms,
            http,
            secrets,
            pace: Pace::default(),
            ahead: SignedDuration::ZERO,
            tokens: Tokens::default(),
            templates: Mutex::default(),
        }
    }

    /// Waits so long for its turns; without this not at all, for where the time is not real.
    #[must_use]
    pub fn waiting(mut self, ahead: SignedDuration) -> Self {
        self.ahead = ahead;
        self
    }

    /// The texts of a playbook version, as far as they are compiled.
    pub(crate) fn templates(&self, playbook: &Playbook, version: u32) -> Arc<Templates> {
        let mut kept = self
            .templates
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let key = (playbook.id.clone(), version);
        if let Some(known) = kept.get(&key) {
            return known.clone();
        }
        if kept.len() >= MAX_TEMPLATES {
            kept.clear();
        }
        kept.entry(key).or_default().clone()
    }
}

/// Handles one invocation.
pub async fn handle(
    messenger: &Messenger,
    invocation: Invocation,
    now: Timestamp,
    deadline: Deadline,
) -> Result<SqsBatchResponse, Failure> {
    let deps = &messenger.deps;
    let event = match invocation {
        Invocation::Batch(event) => event,
        Invocation::Tick(tick) => {
            drain::tick(deps, Consumer::Messenger, &tick, now).await?;
            return Ok(SqsBatchResponse::default());
        }
    };
    let watch = Stopwatch::at(messenger, now);
    let (mut batch, records) = Batch::open(event, &deps.metrics);
    let mut sends = Vec::new();
    for record in records {
        match record.work {
            MessengerWork::SendV1(send) => sends.push((record.id, send.id)),
            // At the present, whatever instant a tick was told of: quiet hours are the members'.
            MessengerWork::DrainShardV1(shard) => {
                if let Err(failure) =
                    guarded(drain_shard(messenger, shard.shard, now, watch, &deadline)).await
                {
                    batch.fail(record.id, failure);
                }
            }
        }
    }
    for (record, failure) in send_all(messenger, sends, now, watch, &deadline).await {
        batch.fail(record, failure);
    }
    Ok(batch.close())
}

/// Brings messages as far as they can be brought now; what failed, by the name it came with.
async fn send_all<T>(
    messenger: &Messenger,
    sends: Vec<(T, MessageId)>,
    now: Timestamp,
    watch: Stopwatch,
    deadline: &Deadline,
) -> Vec<(T, Failure)> {
    let granted = messenger.granted(sends, watch).await;
    messenger.paced(granted.left.iter().map(|(_, id)| id.community()));
    let mut failed = granted.failed;
    failed.extend(send_granted(messenger, granted.sends, now, deadline).await);
    failed
}

async fn send_granted<T>(
    messenger: &Messenger,
    sends: Vec<(T, MessageId)>,
    now: Timestamp,
    deadline: &Deadline,
) -> Vec<(T, Failure)> {
    if sends.is_empty() {
        return Vec::new();
    }
    let ids: Vec<MessageId> = sends.iter().map(|(_, id)| id.clone()).collect();
    let loaded = match guarded(messenger.load(&ids, now)).await {
        Ok(loaded) => loaded,
        Err(failure) => {
            return sends
                .into_iter()
                .map(|(name, _)| (name, failure.clone()))
                .collect();
        }
    };
    let work = sends.into_iter().map(|(name, id)| {
        let loaded = loaded.of(&id);
        async move {
            if deadline.is_short() {
                return (
                    name,
                    Err(Failure::Retry(
                        "the invocation's time is nearly over".to_owned(),
                    )),
                );
            }
            (
                name,
                Box::pin(guarded(messenger.deliver(&id, loaded, now))).await,
            )
        }
    });
    let done = futures::stream::iter(work)
        .buffered(SIDE_BY_SIDE)
        .collect::<Vec<_>>()
        .await;
    done.into_iter()
        .filter_map(|(name, done)| done.err().map(|failure| (name, failure)))
        .collect()
}

async fn drain_shard(
    messenger: &Messenger,
    shard: u8,
    now: Timestamp,
    watch: Stopwatch,
    deadline: &Deadline,
) -> Result<(), Failure> {
    drain::pages(&messenger.deps, Consumer::Messenger, shard, now, deadline, async |due| {
        let ids = due.into_iter().filter_map(|due| if let Due::Message(id) = due { Some(id) } else { None });
        let mut waiting: Vec<(MessageId, MessageId)> = ids.map(|id| (id.clone(), id)).collect();
        // As fast as the platform takes them, as long as there are turns and time.
        while !waiting.is_empty() {
            let granted = messenger.granted(waiting, watch).await;
            waiting = granted.left;
            let none = granted.sends.is_empty();
            let mut failed = granted.failed;
            failed.extend(send_granted(messenger, granted.sends, now, deadline).await);
            for (id, failure) in failed {
                tracing::error!(community = %id.community(), error = %failure, "due message not done; the next tick tries again");
                messenger.deps.metrics.count(id.community().as_str(), "due_failed");
            }
            if none || deadline.is_short() {
                break;
            }
        }
        messenger.paced(waiting.iter().map(|(_, id)| id.community()));
    })
    .await
}
