//! Who invited whom: the rows that codes lead by, the rows of the invited, and which of them the
//! ledger has.
//!
//! A row of the invited stands in a partition of the community's and not around the member, so that
//! whoever erases the inviter finds all that name them by one query.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use hearth_domain::ids::{CommunityId, MemberId};
use hearth_domain::invitation::{InviteCode, row_for};
use hearth_domain::journey::{Introduction, Invites};

use super::save::award_item;
use super::{Item, Store, StoreError, key_item, keys, string};

impl Store {
    /// The member to whom a code leads. Read consistently: whoever has a code was told it after its
    /// row was written.
    pub async fn member_of_code(
        &self,
        community: &CommunityId,
        code: InviteCode,
    ) -> Result<Option<MemberId>, StoreError> {
        let key = keys::referral(community, code);
        let row = self.get(&self.tables.journal, key, true).await?;
        row.map(|row| member(&row, "member")).transpose()
    }

    /// Who invited a member, if that is known.
    pub async fn inviter_of(
        &self,
        community: &CommunityId,
        invited: &MemberId,
    ) -> Result<Option<MemberId>, StoreError> {
        let key = keys::invited(community, invited);
        let row = self.get(&self.tables.journal, key, true).await?;
        row.map(|row| member(&row, "by")).transpose()
    }

    /// Those of the invited who are in the inviter's ledger.
    pub async fn counted_invitations(
        &self,
        community: &CommunityId,
        inviter: &MemberId,
        invited: &[&MemberId],
    ) -> Result<BTreeSet<MemberId>, StoreError> {
        let unique: BTreeSet<&MemberId> = invited.iter().copied().collect();
        let key = |invited: &MemberId| keys::points(community, inviter, &row_for(invited));
        let wanted = unique.iter().map(|invited| key(invited)).collect();
        let rows = self.batch_get(&self.tables.journal, wanted, true).await?;
        let there: BTreeSet<String> = rows.iter().filter_map(|row| string(row, "sk")).collect();
        let is_there = |invited: &&MemberId| there.contains(&key(invited).sk);
        Ok(unique.into_iter().filter(is_there).cloned().collect())
    }

    /// Lets a code lead to its member, once. Before the message that tells it: nobody has a code
    /// that leads nowhere.
    pub(super) async fn put_referral(
        &self,
        community: &CommunityId,
        owner: &MemberId,
        invites: &Invites,
    ) -> Result<(), StoreError> {
        let Some(code) = invites.code else {
            return Ok(());
        };
        let mut item = key_item(keys::referral(community, code));
        let id = owner.to_string();
        item.insert("member".to_owned(), AttributeValue::S(id));
        match self.put_row(item).await? {
            Some(there) if member(&there, "member")? != *owner => {
                Err(StoreError::Corrupt("two members with one code".to_owned()))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// What is written together with the member.
    pub(super) fn invites(
        &self,
        community: &CommunityId,
        owner: &MemberId,
        invites: &Invites,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let mut writes = Vec::new();
        if let Some(by) = &invites.by {
            writes.push(self.introduction(community, owner, by)?);
        }
        for award in &invites.stayed {
            let row = award_item(community, owner, award);
            let absent = super::conditional::if_version(0);
            writes.push(Self::put_item(&self.tables.journal, row, absent)?);
        }
        Ok(writes)
    }

    /// An earlier invitation, told later, takes the place of another; the member's version says
    /// which is the earlier.
    fn introduction(
        &self,
        community: &CommunityId,
        invited: &MemberId,
        introduction: &Introduction,
    ) -> Result<TransactWriteItem, StoreError> {
        let second = AttributeValue::N(introduction.at.as_second().to_string());
        let mut item = key_item(keys::invited(community, invited));
        let by = introduction.by.to_string();
        item.insert("by".to_owned(), AttributeValue::S(by));
        item.insert("at".to_owned(), second.clone());
        let put = Put::builder()
            .table_name(&self.tables.journal)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(pk) OR #at >= :at")
            .expression_attribute_names("#at", "at")
            .expression_attribute_values(":at", second)
            .build();
        put.map(|put| TransactWriteItem::builder().put(put).build())
            .map_err(|error| StoreError::Corrupt(error.to_string()))
    }

    /// The rows of invitations that name a member: their code's, their own, and those of whom they
    /// invited.
    pub(super) async fn invitations_of(
        &self,
        community: &CommunityId,
        owner: &MemberId,
    ) -> Result<Vec<Item>, StoreError> {
        let code = keys::referral(community, InviteCode::of(community, owner));
        let mut items: Vec<Item> = Vec::new();
        items.extend(self.get(&self.tables.journal, code, true).await?);
        let all = self.partition(&keys::all_invited(community)).await?;
        let id = owner.as_str();
        let names = |item: &Item| {
            ["sk", "by"]
                .iter()
                .any(|name| string(item, name).is_some_and(|value| value == id))
        };
        items.extend(all.into_iter().filter(names));
        Ok(items)
    }
}

fn member(row: &Item, name: &'static str) -> Result<MemberId, StoreError> {
    let id = string(row, name).and_then(|id| MemberId::new(id).ok());
    id.ok_or_else(|| StoreError::Corrupt(format!("invitation: {name}")))
}
