//! Orders and scores: a row each around the member, for ever, and what a community's weeks add up to.
//!
//! A week's sums are counters in many rows, each member's always in the same one, so that orders that
//! come in a flood seldom meet at a row. They are added to in the transaction that writes the orders'
//! own rows: what is in a sum is there once. Erasing a member leaves the sums.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem, Update};
use futures::{StreamExt, TryStreamExt};
use hearth_domain::community::Community;
use hearth_domain::days::IsoWeek;
use hearth_domain::event::{Event, FeedbackScale};
use hearth_domain::ids::{CommunityId, MemberId};
use hearth_domain::member::hash64;
use hearth_domain::receipt::{Receipt, Receipts, Received, WeekFacts};

use super::conditional::if_version;
use super::{Item, Store, StoreError, key_item, keys, string};

/// Rows of each week's sums. A batch writes sixteen members side by side; the report reads them all.
const SHARDS: u64 = 64;
/// Of these so many are read side by side.
const SIDE_BY_SIDE: usize = 16;

impl Store {
    /// Which of the orders and scores among events have their row, by [`Receipt::path`]. Read
    /// consistently; where there is none among them nothing is read.
    pub async fn receipts(
        &self,
        community: &CommunityId,
        member: &MemberId,
        events: &[Event],
    ) -> Result<Vec<String>, StoreError> {
        let told = events.iter().filter_map(Receipt::of);
        let mut paths: Vec<String> = told.map(|receipt| receipt.path()).collect();
        // One batch read takes no key twice.
        paths.sort_unstable();
        paths.dedup();
        let wanted = paths
            .iter()
            .map(|path| keys::receipt(community, member, path));
        let rows = self
            .batch_get(&self.tables.journal, wanted.collect(), true)
            .await?;
        Ok(rows.iter().filter_map(|row| string(row, "sk")).collect())
    }

    /// The rows of a decision's orders and scores, each of which must be new, and what they add to
    /// the weeks.
    pub(super) fn receipt_writes(
        &self,
        community: &Community,
        member: &MemberId,
        receipts: &Receipts,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let journal = &self.tables.journal;
        let rows = receipts.rows.iter().map(|receipt| {
            Self::put_item(journal, row(&community.id, member, receipt), if_version(0))
        });
        let sums = receipts
            .weeks
            .iter()
            .map(|(week, facts)| self.add_to_week(community, member, *week, facts));
        rows.chain(sums).collect()
    }

    fn add_to_week(
        &self,
        community: &Community,
        member: &MemberId,
        week: IsoWeek,
        facts: &WeekFacts,
    ) -> Result<TransactWriteItem, StoreError> {
        let shard = hash64(member.as_str()) % SHARDS;
        let (mut names, mut values) = (HashMap::new(), HashMap::new());
        let mut sums = Vec::new();
        let columns = columns(community).into_iter().zip(facts.columns());
        for (at, (name, more)) in columns.enumerate().filter(|(_, (_, more))| *more > 0) {
            sums.push(format!("#{at} :{at}"));
            names.insert(format!("#{at}"), name);
            values.insert(format!(":{at}"), AttributeValue::N(more.to_string()));
        }
        let update = Update::builder()
            .table_name(&self.tables.journal)
            .set_key(Some(key_item(keys::week_facts(&community.id, shard, week))))
            .update_expression(format!("ADD {}", sums.join(", ")))
            .set_expression_attribute_names(Some(names))
            .set_expression_attribute_values(Some(values))
            .build();
        update
            .map(|update| TransactWriteItem::builder().update(update).build())
            .map_err(|error| StoreError::Corrupt(error.to_string()))
    }

    /// What a week's orders and scores add up to; money in the community's currency.
    pub async fn week_facts(
        &self,
        community: &Community,
        week: IsoWeek,
    ) -> Result<WeekFacts, StoreError> {
        let keys = (0..SHARDS).map(|shard| keys::week_facts(&community.id, shard, week));
        let rows = futures::stream::iter(keys)
            .map(|key| self.get(&self.tables.journal, key, false))
            .buffer_unordered(SIDE_BY_SIDE);
        rows.try_fold(WeekFacts::default(), async |mut all, row| {
            if let Some(row) = row {
                all.merge(&facts_of(community, &row)?);
            }
            Ok(all)
        })
        .await
    }
}

/// What each sum is called in a row. Money has its currency in its name, so that a community that
/// takes another one does not add pears to apples.
fn columns(community: &Community) -> [String; 13] {
    WeekFacts::COLUMNS.map(|name| match (&community.currency, name) {
        (Some(currency), "paid" | "revenue") => format!("{name}_{currency}"),
        (Some(_) | None, name) => name.to_owned(),
    })
}

fn facts_of(community: &Community, row: &Item) -> Result<WeekFacts, StoreError> {
    let mut facts = WeekFacts::default();
    for (name, sum) in columns(community).iter().zip(facts.columns_mut()) {
        let Some(value) = row.get(name) else {
            continue;
        };
        let number = value.as_n().ok().and_then(|number| number.parse().ok());
        *sum = number.ok_or_else(|| StoreError::Corrupt("week of orders and scores".to_owned()))?;
    }
    Ok(facts)
}

fn row(community: &CommunityId, member: &MemberId, receipt: &Receipt) -> Item {
    let mut item = key_item(keys::receipt(community, member, &receipt.path()));
    let mut set = |name: &str, value| item.insert(name.to_owned(), value);
    let number = |number: u64| AttributeValue::N(number.to_string());
    let second = receipt.at.as_second().to_string();
    set("at", AttributeValue::N(second));
    set("v", number(1));
    match &receipt.of {
        Received::Order {
            order: _,
            amount,
            currency,
        } => {
            set("amount", number(*amount));
            set("currency", AttributeValue::S(currency.to_string()));
        }
        Received::Score {
            event: _,
            scale,
            score,
        } => {
            let scale = match scale {
                FeedbackScale::Nps => "nps",
                FeedbackScale::Stars => "stars",
                FeedbackScale::Thumb => "thumb",
            };
            set("scale", AttributeValue::S(scale.to_owned()));
            set("score", number((*score).into()));
        }
    }
    item
}
