//! What was answered in which thread, as far as the report tells of it.
//!
//! A row for each thread holds three sets: four-byte hashes of who wrote in it, its answers (whose,
//! when, eight bytes of a hash), and the interests that its place is about. Whatever is added twice is
//! there once, in whatever order. None grows further than the report asks, and all of a row goes three
//! weeks after its last answer.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{
    AttributeValue, ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure,
};
use futures::{StreamExt, TryStreamExt, stream};
use hearth_domain::community::Community;
use hearth_domain::days::{IsoWeek, LocalDay};
use hearth_domain::ids::CommunityId;
use hearth_domain::kpi::Talk;
use hearth_domain::thread::{Answered, Reply, ThreadId};
use jiff::Timestamp;

use super::{Item, Store, StoreError, keys, string};

/// Partitions of a community's threads.
const SHARDS: u64 = 16;
/// Of these so many are read side by side.
const SIDE_BY_SIDE: usize = 8;
/// A row goes so long after what was last written to it, in seconds: a thread is asked for until the
/// end of the week after the one in which it began.
const KEPT: i64 = 21 * 86_400;

impl Store {
    /// Adds what was told of a thread: one unit, or two where a batch adds more than a kilobyte takes.
    /// To a row with as many answers as are kept none is added, which costs a unit as well; who wrote, and
    /// what it was about, is added even then, as long as it makes a difference.
    pub async fn note_thread(
        &self,
        community: &CommunityId,
        thread: ThreadId,
        told: &Answered,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let key = keys::thread(community, thread, SHARDS);
        let members = told.members.iter().take(Answered::MOST_MEMBERS);
        let replies = told.replies.iter().take(Answered::MOST_REPLIES);
        let replies = replies.map(|reply| reply.to_bytes());
        // A set in DynamoDB is never empty.
        let (topics, started) = (&told.topics, told.started);
        let add_topics = if topics.is_empty() { "" } else { ", i :i" };
        let set_started = started.map_or("", |_| ", s = if_not_exists(s, :s)");
        let mut update = self
            .update(key)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .expression_attribute_values(":m", set(members.copied()))
            .expression_attribute_values(":drop_at", number(&(now.as_second() + KEPT)));
        if !topics.is_empty() {
            let topics = topics.iter().map(|topic| topic.as_str().to_owned());
            update = update.expression_attribute_values(":i", AttributeValue::Ss(topics.collect()));
        }
        let mut whole = update
            .clone()
            .update_expression(format!(
                "ADD m :m, r :r{add_topics} SET drop_at = :drop_at{set_started}"
            ))
            .condition_expression("attribute_not_exists(r) OR size(r) < :most")
            .expression_attribute_values(":r", set(replies))
            .expression_attribute_values(":most", number(&Answered::MOST_REPLIES));
        if let Some(started) = started {
            whole = whole.expression_attribute_values(":s", number(&started.as_millisecond()));
        }
        let Err(full) = self.try_update(whole).await? else {
            return Ok(());
        };
        let full = answered(&full).unwrap_or_default();
        let has_members =
            full.members.len() >= Answered::MOST_MEMBERS || full.members.is_superset(&told.members);
        if has_members && full.topics.is_superset(topics) {
            return Ok(());
        }
        let rest = update
            .update_expression(format!("ADD m :m{add_topics} SET drop_at = :drop_at"))
            .condition_expression("attribute_exists(r)");
        self.try_update(rest).await.map(drop)
    }

    /// The threads that began in a week, up to a day of it. Reads all of a community's rows page by
    /// page, eventually consistently, and keeps none of them.
    pub async fn week_talk(
        &self,
        community: &Community,
        week: IsoWeek,
        as_of: LocalDay,
    ) -> Result<Talk, StoreError> {
        let shards = stream::iter(0..SHARDS).map(async |shard| {
            let mut talk = Talk::new(week, as_of);
            self.add_shard(&mut talk, community, shard).await?;
            Ok::<Talk, StoreError>(talk)
        });
        let shards = shards.buffer_unordered(SIDE_BY_SIDE);
        let none = Talk::new(week, as_of);
        shards
            .try_fold(none, async |mut all, talk| {
                all.merge(talk);
                Ok(all)
            })
            .await
    }

    async fn add_shard(
        &self,
        talk: &mut Talk,
        community: &Community,
        shard: u64,
    ) -> Result<(), StoreError> {
        let mut after = None;
        loop {
            let partition = keys::threads(&community.id, shard);
            let answer = self
                .client
                .query()
                .table_name(&self.tables.journal)
                .key_condition_expression("pk = :pk")
                .expression_attribute_values(":pk", AttributeValue::S(partition))
                .set_exclusive_start_key(after)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await
                .map_err(|error| StoreError::of("Query", &error))?;
            self.meter.read(answer.consumed_capacity());
            for row in answer.items.unwrap_or_default() {
                let thread = answered(&row).ok_or_else(|| corrupt(&row))?;
                talk.add(&thread, &community.zone);
            }
            after = answer.last_evaluated_key;
            if after.is_none() {
                return Ok(());
            }
        }
    }
}

fn number(number: &dyn std::fmt::Display) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

fn set<const BYTES: usize>(values: impl Iterator<Item = [u8; BYTES]>) -> AttributeValue {
    AttributeValue::Bs(values.map(Blob::new).collect())
}

fn corrupt(row: &Item) -> StoreError {
    StoreError::Corrupt(format!("thread {}", string(row, "sk").unwrap_or_default()))
}

/// `None` = the row is not one of ours.
fn answered(row: &Item) -> Option<Answered> {
    let started = row.get("s").map(|started| {
        let millisecond = started.as_n().ok()?.parse().ok()?;
        Timestamp::from_millisecond(millisecond).ok()
    });
    let started = match started {
        Some(started) => Some(started?),
        None => None,
    };
    let members = row.get("m")?.as_bs().ok()?.iter();
    let members = members.map(|mark| mark.as_ref().try_into().ok());
    let replies = row.get("r")?.as_bs().ok()?.iter();
    let replies = replies.map(|reply| Reply::from_bytes(reply.as_ref()));
    let topics = match row.get("i") {
        Some(topics) => topics.as_ss().ok()?.as_slice(),
        None => &[],
    };
    Some(Answered {
        started,
        members: members.collect::<Option<_>>()?,
        replies: replies.collect::<Option<_>>()?,
        topics: topics
            .iter()
            .map(|topic| topic.parse().ok())
            .collect::<Option<_>>()?,
    })
}
