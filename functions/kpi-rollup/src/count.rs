//! Counting the members of a community for a report, in as many invocations as it takes.
//!
//! A run that has not much time left stops where a page ends, keeps what it counted and where it is
//! (`progress.rs`), and sends the same work again. What a run counted that died is not kept, so it is
//! counted once more and never twice.

use std::collections::BTreeMap;

use futures::{StreamExt, TryStreamExt, stream};
use hearth_aws::batch::Failure;
use hearth_aws::census::Page;
use hearth_aws::deadline::Deadline;
use hearth_aws::queue::QueueName;
use hearth_aws::registry::Place;
use hearth_aws::store::UnreadableMember;
use hearth_aws::wire::{RollupV1, Work};
use hearth_domain::days::LocalDay;
use hearth_domain::ids::CommunityId;
use hearth_domain::kpi::{Aggregate, Asked, Measures};
use jiff::Timestamp;

use crate::Rollup;
use crate::progress::{Progress, ShardPart, basis};

/// Shards that are read side by side.
const SHARDS_AT_ONCE: usize = 8;

/// One run of a count.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run<'a> {
    /// What is counted.
    pub(crate) wanted: &'a RollupV1,
    /// The queue's id of the message that asked for it.
    pub(crate) asked_by: &'a str,
    /// When it began.
    pub(crate) now: Timestamp,
    /// Until when it may take.
    pub(crate) deadline: &'a Deadline,
}

/// What became of a count.
pub(crate) enum Counted {
    /// Everybody was counted.
    Whole {
        /// What was counted.
        all: Box<Aggregate>,
        /// Whether an earlier run kept a part of it, which is of no use any more.
        in_parts: bool,
    },
    /// There was not enough time: another run goes on.
    Later,
}

impl Rollup {
    /// Streams through the members, shard by shard, from where an earlier run stopped.
    pub(crate) async fn count(
        &self,
        place: &Place,
        as_of: LocalDay,
        trials: Asked<'_>,
        run: Run<'_>,
    ) -> Result<Counted, Failure> {
        let Run {
            wanted, deadline, ..
        } = run;
        let basis = basis(place, as_of, trials);
        let mut progress = Progress::load(&self.deps.store, place, wanted, (as_of, basis)).await?;
        let week = wanted.week;
        let measures = Measures {
            trials: Some(trials),
            ..Measures::of(&place.playbook)
        };
        let shards = std::mem::take(&mut progress.left);
        let shards = stream::iter(shards).map(|(shard, after)| {
            let counted = Aggregate::new(week, as_of);
            self.count_shard(place, measures, counted, (shard, after), deadline)
        });
        let mut parts = shards.buffer_unordered(SHARDS_AT_ONCE);
        while let Some(part) = parts.try_next().await? {
            progress.add(part)?;
        }
        drop(parts);
        if progress.left.is_empty() && !deadline.is_short() {
            return Ok(Counted::Whole {
                in_parts: progress.was_kept(),
                all: Box::new(progress.counted),
            });
        }
        self.stop(run, &progress).await?;
        Ok(Counted::Later)
    }

    /// From the member after `after` to the end of the shard, or to the end of a page when the time is
    /// nearly over.
    async fn count_shard(
        &self,
        place: &Place,
        measures: Measures<'_>,
        mut counted: Aggregate,
        (shard, mut after): (u16, Option<String>),
        deadline: &Deadline,
    ) -> Result<ShardPart, Failure> {
        let community = &place.community;
        while !deadline.is_short() {
            let (items, next) = self
                .deps
                .store
                .shard_page(&community.id, shard, after)
                .await?;
            let page = Page::of(items);
            self.note_unreadable(&community.id, &page.unreadable);
            for unreadable in &page.unreadable {
                counted.add_unreadable(unreadable.attribute);
            }
            for member in &page.members {
                counted.add(member, &community.zone, measures);
            }
            if next.is_none() {
                return Ok(ShardPart {
                    counted,
                    left: None,
                });
            }
            after = next;
        }
        Ok(ShardPart {
            counted,
            left: Some((shard, after)),
        })
    }

    /// Keeps how far the count is, and sends the same work again. Of two runs at once one keeps it; the
    /// other stops. The row says who wrote it: one whose answer was lost is ours.
    async fn stop(&self, run: Run<'_>, progress: &Progress) -> Result<(), Failure> {
        let wanted = run.wanted;
        let (community, store) = (&wanted.community, &self.deps.store);
        let (week, left) = (wanted.week, progress.left.len());
        if !progress.keep(store, run).await? {
            let other = store.report_part(community, week, wanted.revision).await?;
            if other.is_some_and(|other| other.asked_by != run.asked_by) {
                tracing::info!(community = %community, week = %week, "another run counts the same report");
                return Ok(());
            }
            // It was kept and we were not told; or the report is there, and the next run sees that; or the
            // row named somebody who was erased, and the next run begins again.
        }
        let work = [Work::RollupV1(wanted.clone())];
        let sent = self.deps.queue.send(QueueName::KpiRollup, &work).await;
        sent.map_err(|error| Failure::Retry(error.to_string()))?;
        tracing::info!(community = %community, week = %week, shards_left = left, "report to be continued");
        self.deps
            .metrics
            .count(community.as_str(), "reports_continued");
        Ok(())
    }

    /// Says where members can't be read, for who has to mend them. Nobody is named.
    pub(crate) fn note_unreadable(&self, community: &CommunityId, found: &[UnreadableMember]) {
        let mut members: BTreeMap<(u16, &str), u64> = BTreeMap::new();
        for one in found {
            *members.entry((one.shard, one.attribute)).or_default() += 1;
        }
        for ((shard, attribute), members) in members {
            tracing::error!(community = %community, shard, attribute, members, "members can't be read");
            let metrics = &self.deps.metrics;
            metrics.add(community.as_str(), "members_unreadable", members as f64);
        }
    }
}
