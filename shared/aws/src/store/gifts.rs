//! What points buy: the ledger's rows of it, and how many of a gift are gone.
//!
//! A member's row of it is named by the gift and the minute, so that a button that is tapped twice
//! finds it.
//!
//! A gift's stock is a counter that only rises, so that a playbook that offers more of it needs no
//! second number: what is left is the stock less the counter.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::{AttributeValue, CancellationReason, TransactWriteItem, Update};
use hearth_domain::ids::{CommunityId, GiftId, MemberId};
use hearth_domain::journey::{GiftPress, Redemption};
use jiff::Timestamp;

use super::{Item, Store, StoreError, key_item, keys, string};

/// How many of a gift a transaction hands over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Claim {
    gift: GiftId,
    wanted: u32,
    stock: u32,
}

impl Claim {
    /// The error of one that is not to be had.
    pub(super) fn sold_out(&self) -> StoreError {
        StoreError::SoldOut {
            gift: self.gift.clone(),
            wanted: self.wanted,
        }
    }
}

/// One claim for each gift whose number is limited: a transaction writes no item twice.
pub(super) fn claims(redeemed: &[Redemption]) -> Vec<Claim> {
    let mut claims: BTreeMap<&GiftId, Claim> = BTreeMap::new();
    for redemption in redeemed {
        let Some(stock) = redemption.stock else {
            continue;
        };
        let claim = claims
            .entry(&redemption.press.gift)
            .or_insert_with(|| Claim {
                gift: redemption.press.gift.clone(),
                wanted: 0,
                stock,
            });
        claim.wanted += 1;
    }
    claims.into_values().collect()
}

/// The claim that alone refused a transaction whose claims begin at `first`; `None` = something
/// else was in the way.
pub(super) fn refused<'c>(
    reasons: &[CancellationReason],
    first: usize,
    claims: &'c [Claim],
) -> Option<&'c Claim> {
    let mut found = None;
    for (at, reason) in reasons.iter().enumerate() {
        let claim = at.checked_sub(first).and_then(|at| claims.get(at));
        match (reason.code(), claim) {
            (None | Some("None"), _) => {}
            (Some("ConditionalCheckFailed"), Some(claim)) => found = Some(claim),
            (Some(_), _) => return None,
        }
    }
    found
}

/// The ledger's row of points given for a gift.
pub(super) fn row(community: &CommunityId, member: &MemberId, redemption: &Redemption) -> Item {
    let Redemption { press, points, .. } = redemption;
    let mut item = key_item(keys::points(community, member, &press.row()));
    let mut set = |name: &str, value| item.insert(name.to_owned(), value);
    let number = |number: i64| AttributeValue::N(number.to_string());
    set("points", number(-i64::from(*points)));
    set("gift", AttributeValue::S(press.gift.to_string()));
    set("at", number(press.at.as_second()));
    set("answer", AttributeValue::S(press.answer.clone()));
    set("v", number(1));
    item
}

fn press_of(row: &Item) -> Option<GiftPress> {
    let at = row.get("at")?.as_n().ok()?.parse().ok()?;
    Some(GiftPress {
        answer: string(row, "answer")?,
        gift: string(row, "gift")?.parse().ok()?,
        at: Timestamp::from_second(at).ok()?,
    })
}

impl Store {
    /// Counts a gift as handed over, if so many of it are left.
    pub(super) fn claim(
        &self,
        community: &CommunityId,
        claim: &Claim,
    ) -> Result<TransactWriteItem, StoreError> {
        let number = |number: u32| AttributeValue::N(number.to_string());
        let Some(most) = claim.stock.checked_sub(claim.wanted) else {
            return Err(claim.sold_out());
        };
        let update = Update::builder()
            .table_name(&self.tables.journal)
            .set_key(Some(key_item(keys::gift(community, &claim.gift))))
            .update_expression("ADD used :wanted")
            .condition_expression("attribute_not_exists(used) OR used <= :most")
            .expression_attribute_values(":wanted", number(claim.wanted))
            .expression_attribute_values(":most", number(most))
            .build();
        update
            .map(|update| TransactWriteItem::builder().update(update).build())
            .map_err(|error| StoreError::Corrupt(error.to_string()))
    }

    /// The presses of those of a member's rows that are there, read consistently.
    pub async fn gift_presses(
        &self,
        community: &CommunityId,
        member: &MemberId,
        rows: &BTreeSet<String>,
    ) -> Result<Vec<GiftPress>, StoreError> {
        let keys = rows.iter().map(|row| keys::points(community, member, row));
        let there = self
            .batch_get(&self.tables.journal, keys.collect(), true)
            .await?;
        let read = there.iter().map(press_of);
        let read: Option<Vec<GiftPress>> = read.collect();
        read.ok_or_else(|| StoreError::Corrupt("points given for a gift".to_owned()))
    }

    /// How many of a gift were handed over.
    pub async fn handed_over(
        &self,
        community: &CommunityId,
        gift: &GiftId,
    ) -> Result<u32, StoreError> {
        let key = keys::gift(community, gift);
        let Some(row) = self.get(&self.tables.journal, key, true).await? else {
            return Ok(0);
        };
        let used = row
            .get("used")
            .and_then(|used| used.as_n().ok()?.parse().ok());
        used.ok_or_else(|| StoreError::Corrupt("gift: used".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redemption(gift: &str, stock: Option<u32>) -> Redemption {
        Redemption {
            press: GiftPress {
                answer: "redeem/1".to_owned(),
                gift: gift.parse().unwrap(),
                at: Timestamp::UNIX_EPOCH,
            },
            points: 5,
            stock,
        }
    }

    fn reason(code: &str) -> CancellationReason {
        CancellationReason::builder().code(code).build()
    }

    #[test]
    fn a_gift_is_claimed_once_for_all_of_a_transaction() {
        let claims = claims(&[
            redemption("mug", Some(3)),
            redemption("book", None),
            redemption("bag", Some(1)),
            redemption("mug", Some(3)),
        ]);
        let found: Vec<_> = claims
            .iter()
            .map(|claim| (claim.gift.as_str(), claim.wanted, claim.stock))
            .collect();
        assert_eq!(found, [("bag", 1, 1), ("mug", 2, 3)]);
    }

    #[test]
    fn a_gift_is_sold_out_only_if_nothing_else_was_in_the_way() {
        let claims = claims(&[redemption("mug", Some(3))]);
        let check = |codes: [&str; 3]| {
            let reasons = codes.map(reason);
            refused(&reasons, 2, &claims).map(|claim| claim.gift.to_string())
        };
        let failed = "ConditionalCheckFailed";
        assert_eq!(check(["None", "None", failed]).as_deref(), Some("mug"));
        assert_eq!(check(["None", "None", "None"]), None);
        assert_eq!(check([failed, "None", failed]), None);
        assert_eq!(check(["None", "None", "TransactionConflict"]), None);
    }
}
