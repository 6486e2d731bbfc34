//! Queues in memory that behave as SQS does where it matters: at least once, visibility,
//! redelivery, dead letters.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_lambda_events::event::sqs::{SqsEvent, SqsMessage};
use futures::future::BoxFuture;
use hearth_aws::clock::Clock;
use hearth_aws::queue::{Queue, QueueError, QueueName};
use hearth_aws::wire::Work;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;

use crate::clock::StackClock;
use crate::faults::{Borders, Call, Fault};

/// What a reader has not deleted within this comes again: 6 × the functions' 30 s.
pub const VISIBILITY: SignedDuration = SignedDuration::from_secs(180);
/// What came so often without being deleted is a dead letter.
pub const MAX_RECEIVES: u32 = 5;

#[derive(Debug, Clone)]
struct Stored {
    body: String,
    receives: u32,
}

/// A message that nobody could handle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// Where it was.
    pub queue: QueueName,
    /// What it says.
    pub body: String,
}

#[derive(Debug, Default)]
struct State {
    /// By (visible from, number): the order in which they are received.
    waiting: BTreeMap<QueueName, BTreeMap<(Timestamp, u64), Stored>>,
    dead: Vec<DeadLetter>,
    next: u64,
    sent: u64,
    /// Everything that was ever sent, if somebody asked for it.
    kept: Option<Vec<(QueueName, String)>>,
}

/// All queues. Clones are the same queues.
#[derive(Debug, Clone)]
pub struct Queues {
    state: Arc<Mutex<State>>,
    clock: StackClock,
    borders: Borders,
    arrived: Arc<Notify>,
}

impl Queues {
    /// Empty ones.
    pub fn new(clock: StackClock, borders: Borders) -> Self {
        Self {
            state: Arc::default(),
            clock,
            borders,
            arrived: Arc::new(Notify::new()),
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a message as it is: also one that is no work of ours.
    pub fn put(&self, queue: QueueName, body: String) {
        let now = self.clock.now();
        let mut state = self.state();
        let number = state.next;
        state.next += 1;
        state.sent += 1;
        if let Some(kept) = state.kept.as_mut() {
            kept.push((queue, body.clone()));
        }
        state
            .waiting
            .entry(queue)
            .or_default()
            .insert((now, number), Stored { body, receives: 0 });
        drop(state);
        self.arrived.notify_one();
    }

    /// Takes up to `most` visible messages; they are invisible until [`Queues::delete`], or come
    /// again.
    pub fn receive(&self, queue: QueueName, most: usize) -> Option<SqsEvent> {
        let now = self.clock.now();
        let mut state = self.state();
        let waiting = state.waiting.entry(queue).or_default();
        let keys: Vec<(Timestamp, u64)> = waiting
            .range(..=(now, u64::MAX))
            .take(most)
            .map(|(key, _)| *key)
            .collect();
        let mut event = SqsEvent::default();
        let mut dead = Vec::new();
        for key in keys {
            let Some(mut stored) = waiting.remove(&key) else {
                continue;
            };
            if stored.receives >= MAX_RECEIVES {
                dead.push(DeadLetter {
                    queue,
                    body: stored.body,
                });
                continue;
            }
            stored.receives += 1;
            let mut message = SqsMessage::default();
            message.message_id = Some(key.1.to_string());
            message.body = Some(stored.body.clone());
            event.records.push(message);
            let hidden = now.saturating_add(VISIBILITY).unwrap_or(Timestamp::MAX);
            waiting.insert((hidden, key.1), stored);
        }
        state.dead.extend(dead);
        (!event.records.is_empty()).then_some(event)
    }

    /// Deletes received messages.
    pub fn delete(&self, queue: QueueName, ids: impl IntoIterator<Item = String>) {
        let ids: std::collections::BTreeSet<u64> =
            ids.into_iter().filter_map(|id| id.parse().ok()).collect();
        if let Some(waiting) = self.state().waiting.get_mut(&queue) {
            waiting.retain(|(_, number), _| !ids.contains(number));
        }
    }

    /// When the next message becomes visible.
    pub fn next_visible(&self) -> Option<Timestamp> {
        self.state()
            .waiting
            .values()
            .filter_map(|waiting| waiting.first_key_value())
            .map(|((at, _), _)| *at)
            .min()
    }

    /// Messages that wait or are being handled.
    pub fn depth(&self, queue: QueueName) -> usize {
        self.state().waiting.get(&queue).map_or(0, BTreeMap::len)
    }

    /// What nobody could handle.
    pub fn dead_letters(&self) -> Vec<DeadLetter> {
        self.state().dead.clone()
    }

    /// Removes the dead letters that `about` picks; how many.
    pub fn forget_dead_letters(&self, about: impl Fn(&str) -> bool) -> usize {
        let mut state = self.state();
        let before = state.dead.len();
        state.dead.retain(|letter| !about(&letter.body));
        before - state.dead.len()
    }

    /// Puts all dead letters back where they were.
    pub fn redrive(&self) -> usize {
        let dead = std::mem::take(&mut self.state().dead);
        let count = dead.len();
        for letter in dead {
            self.put(letter.queue, letter.body);
        }
        count
    }

    /// From now on everything that is sent is kept as well, for [`Queues::kept`].
    pub fn keep(&self) {
        self.state().kept.get_or_insert_default();
    }

    /// What was sent since [`Queues::keep`], in order.
    pub fn kept(&self) -> Vec<(QueueName, String)> {
        self.state().kept.clone().unwrap_or_default()
    }

    /// All messages ever sent.
    pub fn sent(&self) -> u64 {
        self.state().sent
    }

    /// Resolves when something arrives.
    pub async fn arrival(&self) {
        self.arrived.notified().await;
    }
}

impl Queue for Queues {
    fn send<'a>(
        &'a self,
        queue: QueueName,
        work: &'a [Work],
    ) -> BoxFuture<'a, Result<(), QueueError>> {
        Box::pin(async move {
            if work.is_empty() {
                return Ok(());
            }
            let failed = |failed: usize, reason: &str| QueueError {
                queue: queue.name(),
                failed,
                of: work.len(),
                reason: reason.to_owned(),
            };
            let bodies: Vec<String> = work.iter().map(Work::to_json).collect();
            let call = Call::Queue(queue.name());
            let fate = self.borders.fate(call, bodies.concat().as_bytes()).await;
            match fate {
                Some(Fault::CrashBefore) => self.borders.die::<()>().await,
                Some(Fault::Refuse | Fault::Conflict) => return Err(failed(work.len(), "refused")),
                Some(Fault::CrashAfter | Fault::LoseAnswer | Fault::Part) | None => {}
            }
            let taken = if fate == Some(Fault::Part) {
                work.len() / 2
            } else {
                work.len()
            };
            for body in bodies.into_iter().take(taken) {
                self.put(queue, body);
            }
            match fate {
                Some(Fault::CrashAfter) => self.borders.die().await,
                Some(Fault::LoseAnswer) => Err(failed(work.len(), "timeout")),
                Some(Fault::Part) => Err(failed(work.len() - taken, "partial")),
                Some(Fault::CrashBefore | Fault::Refuse | Fault::Conflict) | None => Ok(()),
            }
        })
    }
}
