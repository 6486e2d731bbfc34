//! Writing a decision: ledger rows first, then the member with all that must agree with it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, Put, ReturnConsumedCapacity,
    ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};
use hearth_domain::community::Community;
use hearth_domain::decide::{Award, Decision};
use hearth_domain::ids::{CommunityId, MemberId};
use hearth_domain::member::{Counted, DayPoints, Member};
use hearth_domain::message::Message;

use super::conditional::{Condition, if_version};
use super::member_item::MemberItem;
use super::members::utc_day;
use super::message_item::MessageItem;
use super::{Item, Store, StoreError, gifts, key_item, keys};

/// What became of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// It is stored.
    Written,
    /// There was nothing new in it.
    Nothing,
}

/// Counted events are late after two days; their rows go after four.
const COUNTED_TTL_DAYS: u32 = 4;

impl Store {
    /// Stores a decision, or [`StoreError::Conflict`] if the member was written in between.
    pub async fn save(
        &self,
        community: &Community,
        decision: &Decision,
    ) -> Result<Saved, StoreError> {
        if !decision.changed {
            return Ok(Saved::Nothing);
        }
        let member = &decision.member;
        self.put_closed_days(&community.id, &member.id, &decision.closed)
            .await?;
        let member = self
            .put_awards(&community.id, member, &decision.awards)
            .await?;
        self.put_referral(&community.id, &member.id, &decision.invites)
            .await?;
        let item: Item =
            serde_dynamo::to_item(MemberItem::of(&community.id, community.shards, &member))?;
        let alone = decision.messages.is_empty()
            && decision.redeemed.is_empty()
            && !decision.invites.has_rows()
            && decision.moved.is_empty()
            && decision.receipts.rows.is_empty();
        if alone {
            self.put_member(item, member.version).await?;
        } else {
            self.transact(community, item, decision).await?;
        }
        Ok(Saved::Written)
    }

    /// Stores a member with whom nothing else changes, or [`StoreError::Conflict`] if it was written
    /// in between. Apart from [`save`](Self::save): who needs no more has no transactions in its
    /// binary.
    pub async fn save_member(
        &self,
        community: &Community,
        member: &Member,
    ) -> Result<(), StoreError> {
        let item = MemberItem::of(&community.id, community.shards, member);
        self.put_member(serde_dynamo::to_item(item)?, member.version)
            .await
    }

    /// Closed days as one ledger row. Closed days never change and leave the item in the same
    /// fours, so a row that is there already is this row.
    async fn put_closed_days(
        &self,
        community: &CommunityId,
        member: &MemberId,
        days: &[DayPoints],
    ) -> Result<(), StoreError> {
        let Some(first) = days.first() else {
            return Ok(());
        };
        let mut item = key_item(keys::points(
            community,
            member,
            &format!("days/{}", first.day),
        ));
        let total: u32 = days.iter().map(DayPoints::total).sum();
        item.insert("points".to_owned(), AttributeValue::N(total.to_string()));
        item.insert(
            "days".to_owned(),
            AttributeValue::M(
                days.iter()
                    .map(|day| (day.day.to_string(), day_value(day)))
                    .collect(),
            ),
        );
        self.put_row(item).await?;
        Ok(())
    }

    /// Points given once as ledger rows, a unit each. They stand before the member, outside its
    /// transaction, and still each is paid once. Its path is unique to the member: a second hand,
    /// or this one after it died here, finds the row and adds nothing to it. And what was due
    /// stays due: a streak that was reached, a task that was done, an operator's correction are
    /// so for whoever decides on these events again, until the member is written and says that
    /// they were paid.
    ///
    /// Answers the member as it is to be stored: where a row was there with other points (the
    /// playbook was changed between the two), the member has what the row says.
    async fn put_awards<'m>(
        &self,
        community: &CommunityId,
        member: &'m Member,
        awards: &[Award],
    ) -> Result<Cow<'m, Member>, StoreError> {
        let mut member = Cow::Borrowed(member);
        for award in awards {
            let row = award_item(community, &member.id, award);
            let Some(there) = self.put_row(row).await? else {
                continue;
            };
            let points = there.get("points").and_then(|points| points.as_n().ok());
            let points: Option<i32> = points.and_then(|points| points.parse().ok());
            let points =
                points.ok_or_else(|| StoreError::Corrupt("ledger row: points".to_owned()))?;
            if points != award.points {
                let more = points.saturating_sub(award.points);
                member.to_mut().scoring.award(more);
            }
        }
        Ok(member)
    }

    /// Puts a row of the ledger. Rows never change: answers the one that is there already.
    pub(super) async fn put_row(&self, item: Item) -> Result<Option<Item>, StoreError> {
        let put = self
            .put(item)
            .condition_expression("attribute_not_exists(pk)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        Ok(self.try_put(put).await?.err())
    }

    async fn put_member(&self, item: Item, version: u64) -> Result<(), StoreError> {
        let (condition, values) = if_version(version);
        let put = self
            .client
            .put_item()
            .table_name(&self.tables.members)
            .set_item(Some(item))
            .condition_expression(condition)
            .set_expression_attribute_values(values);
        match self.try_put(put).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(StoreError::Conflict("member")),
            // The transaction of another consumer is at the item: a lost race as well.
            Err(StoreError::Unavailable { code, .. }) if code == "TransactionConflictException" => {
                Err(StoreError::Conflict("member"))
            }
            Err(error) => Err(error),
        }
    }

    /// A message whose row is there was decided before: by the same act, told again to a member who
    /// stayed as they are. It is left out, and the rest written; not where points are given for what
    /// it says, which is then decided again.
    async fn transact(
        &self,
        community: &Community,
        item: Item,
        decision: &Decision,
    ) -> Result<(), StoreError> {
        let all = &decision.messages;
        let Err(Refused { error, there }) = self
            .transact_with(community, item.clone(), decision, all)
            .await
        else {
            return Ok(());
        };
        if there.is_empty() || !decision.redeemed.is_empty() {
            return Err(error);
        }
        let new = (0..).zip(all).filter(|(at, _)| !there.contains(at));
        let new: Vec<Message> = new.map(|(_, message)| message.clone()).collect();
        let again = self.transact_with(community, item, decision, &new).await;
        again.map_err(|refused| refused.error)
    }

    async fn transact_with(
        &self,
        community: &Community,
        item: Item,
        decision: &Decision,
        messages: &[Message],
    ) -> Result<(), Refused> {
        let claims = gifts::claims(&decision.redeemed);
        let mut writes = self.writes(community, item, decision, messages)?;
        let first_claim = writes.len();
        for claim in &claims {
            writes.push(self.claim(&community.id, claim)?);
        }
        let count = writes.len();
        let answer = self
            .client
            .transact_write_items()
            .set_transact_items(Some(writes))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        match answer {
            Ok(answer) => {
                self.meter.write(answer.consumed_capacity());
                Ok(())
            }
            Err(SdkError::ServiceError(error))
                if error.err().is_transaction_canceled_exception() =>
            {
                for _ in 0..count {
                    self.meter.refused();
                }
                let reasons = reasons(error.err());
                if let Some(claim) = gifts::refused(reasons, first_claim, &claims) {
                    return Err(claim.sold_out().into());
                }
                Err(Refused {
                    error: cancelled(reasons),
                    there: rows_there(reasons, messages.len()),
                })
            }
            Err(SdkError::ServiceError(error))
                if error.err().is_transaction_in_progress_exception() =>
            {
                Err(StoreError::Conflict("transaction in progress").into())
            }
            Err(error) => Err(StoreError::of("TransactWriteItems", &error).into()),
        }
    }

    /// The member first, then the messages, then the rest: [`rows_there`] counts on it.
    fn writes(
        &self,
        community: &Community,
        item: Item,
        decision: &Decision,
        messages: &[Message],
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let member = &decision.member;
        let mut writes = vec![Self::put_item(
            &self.tables.members,
            item,
            if_version(member.version),
        )?];
        for message in messages {
            writes.push(Self::put_item(
                &self.tables.journal,
                serde_dynamo::to_item(MessageItem::of(message))?,
                if_version(0),
            )?);
        }
        for redemption in &decision.redeemed {
            let row = gifts::row(&community.id, &member.id, redemption);
            writes.push(Self::put_item(&self.tables.journal, row, if_version(0))?);
        }
        writes.extend(self.invites(&community.id, &member.id, &decision.invites)?);
        for (day, entries) in by_day(&decision.moved) {
            writes.push(self.move_out(&community.id, &member.id, day, entries)?);
        }
        writes.extend(self.receipt_writes(community, &member.id, &decision.receipts)?);
        Ok(writes)
    }

    pub(super) fn put_item(
        table: &str,
        item: Item,
        (condition, values): Condition,
    ) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder()
            .table_name(table)
            .set_item(Some(item))
            .condition_expression(condition)
            .set_expression_attribute_values(values)
            .build();
        put.map(|put| TransactWriteItem::builder().put(put).build())
            .map_err(|error| StoreError::Corrupt(error.to_string()))
    }

    fn move_out(
        &self,
        community: &CommunityId,
        member: &MemberId,
        day: u32,
        entries: Vec<Blob>,
    ) -> Result<TransactWriteItem, StoreError> {
        let drop_at = (day + COUNTED_TTL_DAYS) * 86_400;
        let update = Update::builder()
            .table_name(&self.tables.journal)
            .set_key(Some(key_item(keys::counted(community, member, day))))
            .update_expression("ADD h :h SET drop_at = :drop_at")
            .expression_attribute_values(":h", AttributeValue::Bs(entries))
            .expression_attribute_values(":drop_at", AttributeValue::N(drop_at.to_string()))
            .build();
        update
            .map(|update| TransactWriteItem::builder().update(update).build())
            .map_err(|error| StoreError::Corrupt(error.to_string()))
    }
}

/// A transaction that was not done.
struct Refused {
    error: StoreError,
    /// Messages, by their place, whose rows were there; empty if anything else was in the way.
    there: Vec<usize>,
}

impl<E: Into<StoreError>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self {
            error: error.into(),
            there: Vec::new(),
        }
    }
}

/// The messages that alone refused a transaction, because their rows are there.
fn rows_there(reasons: &[CancellationReason], messages: usize) -> Vec<usize> {
    let refused = |reason: &CancellationReason| {
        reason
            .code()
            .filter(|code| *code != "None")
            .map(str::to_owned)
    };
    let mut there = Vec::new();
    for (at, reason) in reasons.iter().enumerate() {
        match (refused(reason).as_deref(), at.checked_sub(1)) {
            (None, _) => {}
            (Some("ConditionalCheckFailed"), Some(message)) if message < messages => {
                there.push(message);
            }
            (Some(_), _) => return Vec::new(),
        }
    }
    there
}

fn day_value(day: &DayPoints) -> AttributeValue {
    let earned = day
        .by_reason()
        .into_iter()
        .filter(|(_, points)| *points > 0);
    AttributeValue::M(
        earned
            .map(|(name, points)| (name.to_owned(), AttributeValue::N(points.to_string())))
            .collect(),
    )
}

pub(super) fn award_item(community: &CommunityId, member: &MemberId, award: &Award) -> Item {
    let mut item = key_item(keys::points(community, member, &award.path));
    item.insert(
        "points".to_owned(),
        AttributeValue::N(award.points.to_string()),
    );
    if let Some(of) = &award.of {
        item.insert("of".to_owned(), AttributeValue::S(of.clone()));
    }
    item
}

fn by_day(moved: &[Counted]) -> BTreeMap<u32, Vec<Blob>> {
    let mut days: BTreeMap<u32, Vec<Blob>> = BTreeMap::new();
    for entry in moved {
        days.entry(utc_day(*entry))
            .or_default()
            .push(Blob::new(entry.to_bytes()));
    }
    days
}

fn reasons(error: &TransactWriteItemsError) -> &[CancellationReason] {
    if let TransactWriteItemsError::TransactionCanceledException(error) = error {
        error.cancellation_reasons()
    } else {
        &[]
    }
}

/// A lost race is a conflict, to be decided again; anything else (throttling) may succeed later.
fn cancelled(reasons: &[CancellationReason]) -> StoreError {
    let codes = || {
        reasons
            .iter()
            .filter_map(CancellationReason::code)
            .filter(|code| *code != "None")
    };
    if codes().all(|code| matches!(code, "ConditionalCheckFailed" | "TransactionConflict")) {
        return StoreError::Conflict("transaction");
    }
    let code = codes()
        .find(|code| !matches!(*code, "ConditionalCheckFailed" | "TransactionConflict"))
        .unwrap_or("cancelled");
    StoreError::Unavailable {
        operation: "TransactWriteItems",
        code: code.to_owned(),
    }
}
