//! The platforms' rates, before anything is loaded: what gets no turn now costs nothing.

use std::collections::BTreeMap;

use hearth_aws::batch::Failure;
use hearth_aws::pace::Bucket;
use hearth_domain::ids::{ChannelId, CommunityId, MessageId};
use hearth_domain::message::{Attempt, To};
use hearth_domain::platform::Platform;
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use crate::handler::Messenger;

/// So long a Lambda waits for turns that come soon: a drain then sends as fast as the platform
/// takes it, and not a burst a minute.
pub const AHEAD: SignedDuration = SignedDuration::from_secs(2);

/// An invocation's one instant, and how long ago that was: turns are of the real time, also at the
/// end of a long drain. Where the time is not real, it stands still.
#[derive(Clone, Copy)]
pub(crate) struct Stopwatch {
    now: Timestamp,
    started: Option<Instant>,
}

impl Stopwatch {
    pub(crate) fn at(messenger: &Messenger, now: Timestamp) -> Self {
        Self {
            now,
            started: messenger.ahead.is_positive().then(Instant::now),
        }
    }

    fn read(self) -> Timestamp {
        let gone = self.started.map(|started| started.elapsed());
        let later = gone.and_then(|gone| self.now.checked_add(gone).ok());
        later.unwrap_or(self.now)
    }
}

/// Who may go.
pub(crate) struct Granted<T> {
    /// Messages with a turn.
    pub(crate) sends: Vec<(T, MessageId)>,
    /// Messages without one.
    pub(crate) left: Vec<(T, MessageId)>,
    /// Of a community whose rate could not be asked.
    pub(crate) failed: Vec<(T, Failure)>,
}

impl Messenger {
    /// Takes turns for messages and waits for them.
    pub(crate) async fn granted<T>(
        &self,
        sends: Vec<(T, MessageId)>,
        watch: Stopwatch,
    ) -> Granted<T> {
        let mut by_community: BTreeMap<CommunityId, Vec<(T, MessageId)>> = BTreeMap::new();
        for (name, id) in sends {
            let of = by_community.entry(id.community().clone()).or_default();
            of.push((name, id));
        }
        let mut granted = Granted {
            sends: Vec::new(),
            left: Vec::new(),
            failed: Vec::new(),
        };
        let mut wait = SignedDuration::ZERO;
        for (community, mut sends) in by_community {
            match self.turns(&community, sends.len(), watch.read()).await {
                Ok(None) => granted.sends.extend(sends),
                Ok(Some((turns, until))) => {
                    let left = sends.split_off(turns.min(sends.len()));
                    granted.left.extend(left);
                    wait = wait.max(until);
                    granted.sends.extend(sends);
                }
                Err(failure) => {
                    let failed = sends.into_iter().map(|(name, _)| (name, failure.clone()));
                    granted.failed.extend(failed);
                }
            }
        }
        if wait.is_positive() {
            tokio::time::sleep(wait.unsigned_abs()).await;
        }
        granted
    }

    /// How many of a community's messages may go, and after what wait; `None` = its platform has
    /// no rate that we could reach.
    async fn turns(
        &self,
        id: &CommunityId,
        wanted: usize,
        now: Timestamp,
    ) -> Result<Option<(usize, SignedDuration)>, Failure> {
        // Of a community that is gone the messages fail one by one.
        let Some(place) = self.deps.registry.place(id, now).await? else {
            return Ok(None);
        };
        let Some(rate) = place.community.platform.rates().community else {
            return Ok(None);
        };
        let bucket = Bucket {
            community: id.clone(),
            channel: None,
        };
        let wanted = u32::try_from(wanted).unwrap_or(u32::MAX);
        let turns = self
            .pace
            .take(&self.deps.store, &bucket, rate, wanted, now, self.ahead)
            .await?;
        let granted = usize::try_from(turns.granted).unwrap_or(usize::MAX);
        Ok(Some((granted, turns.wait)))
    }

    /// Whether a message may go where it goes: a channel has a rate of its own.
    pub(crate) async fn has_turn_in(
        &self,
        id: &MessageId,
        to: &To,
        platform: Platform,
        now: Timestamp,
    ) -> Result<bool, Failure> {
        let (To::Channel(channel), Some(rate)) = (to, platform.rates().channel) else {
            return Ok(true);
        };
        let bucket = Bucket {
            community: id.community().clone(),
            channel: Some(channel.clone()),
        };
        let store = &self.deps.store;
        let turns = self
            .pace
            .take(store, &bucket, rate, 1, now, SignedDuration::ZERO)
            .await?;
        if turns.granted == 0 {
            self.paced([id.community()]);
        }
        Ok(turns.granted > 0)
    }

    /// A platform that says "too fast" says it to all of us.
    pub(crate) async fn heed(
        &self,
        id: &MessageId,
        to: &To,
        platform: Platform,
        attempt: &Attempt,
        now: Timestamp,
    ) {
        let Attempt::Retry {
            after: Some(after), ..
        } = attempt
        else {
            return;
        };
        let rates = platform.rates();
        let channel: Option<ChannelId> = match to {
            To::Member(_) if rates.community.is_some() => None,
            To::Channel(channel) if rates.channel.is_some() => Some(channel.clone()),
            To::Member(_) | To::Channel(_) => return,
        };
        let bucket = Bucket {
            community: id.community().clone(),
            channel,
        };
        let until = now.saturating_add(*after).unwrap_or(Timestamp::MAX);
        if let Err(error) = self.pace.close(&self.deps.store, &bucket, until).await {
            // The others learn it from the platform.
            tracing::warn!(community = %id.community(), error = %error, "a rate limit was not passed on");
        }
    }

    /// Messages that get no turn are left to the due index, where every message that waits has an
    /// entry: the next tick finds them again.
    pub(crate) fn paced<'a>(&self, left: impl IntoIterator<Item = &'a CommunityId>) {
        for community in left {
            let metrics = &self.deps.metrics;
            metrics.count(community.as_str(), "messages_paced");
        }
    }
}
