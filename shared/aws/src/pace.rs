//! Turns: a platform's rate, kept by all processes together.
//!
//! The generic cell rate algorithm: a bucket is one instant, up to which its rate is used up. Who
//! wants to send moves it on by an interval a message; what lies further ahead than the sender is
//! willing to wait is not taken, and costs nothing when it is known already.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use hearth_domain::ids::{ChannelId, CommunityId};
use hearth_domain::platform::Rate;
use jiff::{SignedDuration, Timestamp};

use crate::store::{PaceFrom, Store, StoreError};

/// Others move the same bucket: after so many tries it is left to the next tick.
const TRIES: u32 = 5;
/// Buckets that are remembered.
const MOST: usize = 10_000;

/// Which bucket: a community's, or that of one of its channels.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Bucket {
    /// The community.
    pub community: CommunityId,
    /// Its channel; `None` = all that is sent.
    pub channel: Option<ChannelId>,
}

/// Turns that were taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turns {
    /// How many messages may go …
    pub granted: u32,
    /// … after waiting so long.
    pub wait: SignedDuration,
}

impl Turns {
    const NONE: Self = Self {
        granted: 0,
        wait: SignedDuration::ZERO,
    };
}

/// Gives turns. One a process, so that what is known of a bucket is known to all its sends.
#[derive(Debug, Default)]
pub struct Pace {
    /// Where each bucket's instant was when it was last seen. It only moves on, so a bucket that
    /// was too far ahead still is.
    seen: Mutex<HashMap<Bucket, i64>>,
}

impl Pace {
    /// Takes up to `wanted` turns that come within `ahead` from now.
    pub async fn take(
        &self,
        store: &Store,
        bucket: &Bucket,
        rate: Rate,
        wanted: u32,
        now: Timestamp,
        ahead: SignedDuration,
    ) -> Result<Turns, StoreError> {
        let now = now.as_millisecond();
        let interval = rate.interval();
        // What was not used in the past counts for a burst and no longer.
        let floor = now - interval * i64::from(rate.burst);
        let latest = now + i64::try_from(ahead.as_millis()).unwrap_or_default();
        for _ in 0..TRIES {
            let seen = self.seen(bucket);
            let from = seen.map_or(floor, |seen| seen.max(floor));
            let room = (latest - from).div_euclid(interval.max(1));
            let granted = wanted.min(u32::try_from(room).unwrap_or_default());
            if granted == 0 {
                return Ok(Turns::NONE);
            }
            let reached = from + interval * i64::from(granted);
            let from = match seen {
                Some(seen) if seen >= floor => PaceFrom::At(seen),
                Some(_) | None => PaceFrom::Before(floor),
            };
            let channel = bucket.channel.as_ref();
            let moved = store.move_pace(&bucket.community, channel, from, reached);
            match moved.await? {
                Ok(()) => {
                    self.saw(bucket, reached);
                    let wait = SignedDuration::from_millis((reached - now).max(0));
                    return Ok(Turns { granted, wait });
                }
                Err(Some(elsewhere)) => self.saw(bucket, elsewhere),
                Err(None) => self.forget(bucket),
            }
        }
        Ok(Turns::NONE)
    }

    /// The platform asks for patience: nobody gets a turn before `until`.
    pub async fn close(
        &self,
        store: &Store,
        bucket: &Bucket,
        until: Timestamp,
    ) -> Result<(), StoreError> {
        let to = until.as_millisecond();
        let channel = bucket.channel.as_ref();
        let moved = store.move_pace(&bucket.community, channel, PaceFrom::Before(to), to);
        match moved.await? {
            Ok(()) => self.saw(bucket, to),
            // Closed for longer already.
            Err(elsewhere) => {
                if let Some(elsewhere) = elsewhere {
                    self.saw(bucket, elsewhere);
                }
            }
        }
        Ok(())
    }

    fn seen(&self, bucket: &Bucket) -> Option<i64> {
        self.lock().get(bucket).copied()
    }

    fn saw(&self, bucket: &Bucket, at: i64) {
        let mut seen = self.lock();
        if seen.len() >= MOST {
            seen.clear();
        }
        // An answer that was overtaken by a later one says less.
        let known = seen.entry(bucket.clone()).or_insert(at);
        *known = at.max(*known);
    }

    fn forget(&self, bucket: &Bucket) {
        self.lock().remove(bucket);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Bucket, i64>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
