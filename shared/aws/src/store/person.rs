//! One member in both tables: everything that is stored about them, found and erased.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use hearth_domain::community::Community;
use hearth_domain::ids::{CommunityId, MemberId, Owner};
use hearth_domain::member::Counted;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{Item, Store, StoreError, key_item, keys, string};
use crate::about;

/// What an item about a member is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TraceKind {
    /// The member's own item.
    Member,
    /// A row of the points ledger.
    Points,
    /// A message to them.
    Message,
    /// Counted events that left their item.
    Counted,
    /// A message to a channel that names them.
    Named,
    /// A coupon code that they were given.
    Coupon,
    /// A leaderboard, or a month's stars, with a place of theirs.
    Board,
    /// An order of theirs.
    Order,
    /// A score that they gave.
    Feedback,
    /// How many members replied or reacted to them in a month.
    Regard,
    /// Who invited them, whom they invited, and their code.
    Invitation,
    /// How far the count of a report is, which has come to them.
    ReportPart,
    /// Anything else in their part of the journal.
    Other,
}

impl TraceKind {
    /// All of them, in the order in which they are erased.
    pub const ALL: [Self; 13] = [
        Self::Member,
        Self::Message,
        Self::Points,
        Self::Counted,
        Self::Named,
        Self::Coupon,
        Self::Board,
        Self::Order,
        Self::Feedback,
        Self::Regard,
        Self::Invitation,
        Self::ReportPart,
        Self::Other,
    ];

    /// As commands write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Points => "points",
            Self::Message => "messages",
            Self::Counted => "counted-events",
            Self::Named => "named-in",
            Self::Coupon => "coupon-codes",
            Self::Board => "boards",
            Self::Order => "orders",
            Self::Feedback => "feedback",
            Self::Regard => "regard",
            Self::Invitation => "invitations",
            Self::ReportPart => "report-parts",
            Self::Other => "other",
        }
    }

    fn of(sk: &str) -> Self {
        match sk.split_once('#') {
            Some(("message", _)) => Self::Message,
            Some(("points", _)) => Self::Points,
            Some(("counted", _)) => Self::Counted,
            Some(("order", _)) => Self::Order,
            Some(("feedback", _)) => Self::Feedback,
            _ => Self::Other,
        }
    }
}

/// An item that is about a member.
#[derive(Debug, Clone)]
pub struct Trace {
    /// What it is.
    pub kind: TraceKind,
    /// `members` or `journal`.
    pub table: &'static str,
    /// Its key.
    pub key: keys::Key,
    item: Item,
}

impl Trace {
    fn of(kind: TraceKind, item: Item) -> Result<Self, StoreError> {
        let part = |name| string(&item, name).ok_or_else(|| StoreError::Corrupt("key".to_owned()));
        let key = keys::Key {
            pk: part("pk")?,
            sk: part("sk")?,
        };
        let table = match kind {
            TraceKind::Member => "members",
            TraceKind::Points
            | TraceKind::Message
            | TraceKind::Counted
            | TraceKind::Named
            | TraceKind::Coupon
            | TraceKind::Board
            | TraceKind::Order
            | TraceKind::Feedback
            | TraceKind::Regard
            | TraceKind::Invitation
            | TraceKind::ReportPart
            | TraceKind::Other => "journal",
        };
        Ok(Self {
            kind,
            table,
            key,
            item,
        })
    }

    /// All attributes as they are stored; bytes as hexadecimal digits.
    pub fn attributes(&self) -> Value {
        object(&self.item)
    }

    /// The counted events of a [`TraceKind::Counted`].
    pub fn counted(&self) -> Vec<Counted> {
        let entries = self.item.get("h").and_then(|value| value.as_bs().ok());
        entries
            .into_iter()
            .flatten()
            .filter_map(|entry| entry.as_ref().try_into().ok())
            .map(Counted::from_bytes)
            .collect()
    }
}

fn object(item: &Item) -> Value {
    let sorted: BTreeMap<&String, &AttributeValue> = item.iter().collect();
    let fields = sorted
        .into_iter()
        .map(|(name, value)| (name.clone(), plain(value)));
    Value::Object(fields.collect::<Map<_, _>>())
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the SDK's type is open; DynamoDB has no further kind of value"
)]
fn plain(value: &AttributeValue) -> Value {
    let bytes = |bytes: &[u8]| {
        Value::String(bytes.iter().fold(String::new(), |mut digits, byte| {
            let _ = write!(digits, "{byte:02x}");
            digits
        }))
    };
    match value {
        AttributeValue::S(text) => json!(text),
        AttributeValue::N(number) => number
            .parse::<i64>()
            .map_or_else(|_| json!(number), |n| json!(n)),
        AttributeValue::Bool(yes) => json!(yes),
        AttributeValue::B(blob) => bytes(blob.as_ref()),
        AttributeValue::Bs(blobs) => blobs.iter().map(|blob| bytes(blob.as_ref())).collect(),
        AttributeValue::Ss(texts) | AttributeValue::Ns(texts) => json!(texts),
        AttributeValue::L(list) => list.iter().map(plain).collect(),
        AttributeValue::M(map) => object(map),
        _ => Value::Null,
    }
}

/// What erasing a member did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Erased {
    /// The tombstone was not there before.
    pub marked: bool,
    /// Items by kind.
    pub items: BTreeMap<TraceKind, u64>,
}

impl Erased {
    /// Counts items of a kind.
    pub fn count(&mut self, kind: TraceKind, items: u64) {
        if items > 0 {
            *self.items.entry(kind).or_default() += items;
        }
    }

    /// Another round's on top.
    pub fn add(&mut self, other: &Self) {
        self.marked |= other.marked;
        for (kind, items) in &other.items {
            self.count(*kind, *items);
        }
    }
}

impl Store {
    /// Everything that both tables hold about a member at an instant. Read consistently.
    pub async fn traces(
        &self,
        community: &Community,
        member: &MemberId,
        now: Timestamp,
    ) -> Result<Vec<Trace>, StoreError> {
        let key = keys::member(&community.id, community.shards, member);
        let item = self.get(&self.tables.members, key, true).await?;
        let mut traces = Vec::new();
        if let Some(item) = item {
            traces.push(Trace::of(TraceKind::Member, item)?);
        }
        traces.extend(self.journal_traces(&community.id, member, now).await?);
        Ok(traces)
    }

    async fn journal_traces(
        &self,
        community: &CommunityId,
        member: &MemberId,
        now: Timestamp,
    ) -> Result<Vec<Trace>, StoreError> {
        let mut traces = Vec::new();
        for item in self
            .partition(&keys::around_member(community, member))
            .await?
        {
            let kind = TraceKind::of(&string(&item, "sk").unwrap_or_default());
            traces.push(Trace::of(kind, item)?);
        }
        let posts = keys::messages(community, &Owner::Community);
        for item in self.query_prefix(posts).await? {
            if names(&item, member) {
                traces.push(Trace::of(TraceKind::Named, item)?);
            }
        }
        for item in self.codes_of(community, member).await? {
            traces.push(Trace::of(TraceKind::Coupon, item)?);
        }
        for item in self.boards_with(community, member).await? {
            traces.push(Trace::of(TraceKind::Board, item)?);
        }
        for item in self.regard_of(community, member, now).await? {
            traces.push(Trace::of(TraceKind::Regard, item)?);
        }
        for item in self.invitations_of(community, member).await? {
            traces.push(Trace::of(TraceKind::Invitation, item)?);
        }
        for item in self.report_parts_at(community, member).await? {
            traces.push(Trace::of(TraceKind::ReportPart, item)?);
        }
        Ok(traces)
    }

    pub(super) async fn partition(&self, pk: &str) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::new();
        let mut after = None;
        loop {
            let answer = self
                .client
                .query()
                .table_name(&self.tables.journal)
                .key_condition_expression("pk = :pk")
                .expression_attribute_values(":pk", AttributeValue::S(pk.to_owned()))
                .set_exclusive_start_key(after)
                .consistent_read(true)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await
                .map_err(|error| StoreError::of("Query", &error))?;
            self.meter.read(answer.consumed_capacity());
            items.extend(answer.items.unwrap_or_default());
            after = answer.last_evaluated_key;
            if after.is_none() {
                return Ok(items);
            }
        }
    }

    /// Whether a member's tombstone is there.
    pub async fn is_erased(
        &self,
        community: &CommunityId,
        pseudonym: &str,
    ) -> Result<bool, StoreError> {
        let key = keys::tombstone(community, pseudonym);
        let found = self.get(&self.tables.journal, key, true).await?;
        Ok(found.is_some())
    }

    /// Marks a member as erased. Written before the member's items are removed. `false` = they were
    /// marked before, and the first instant stays.
    pub async fn put_tombstone(
        &self,
        community: &CommunityId,
        pseudonym: &str,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut item = key_item(keys::tombstone(community, pseudonym));
        let second = at.as_second().to_string();
        item.insert("at".to_owned(), AttributeValue::N(second));
        self.put_new(item).await
    }

    /// Erases a member: the tombstone, so that nobody makes them again; their item, so that nobody
    /// writes for them any more; then everything else, until nothing is left. May be stopped at any
    /// point and done again. What a function read before the tombstone was there it may still
    /// write: a second round after the functions' longest time finds it.
    pub async fn erase(
        &self,
        community: &Community,
        member: &MemberId,
        pseudonym: &str,
        at: Timestamp,
    ) -> Result<Erased, StoreError> {
        let mut erased = Erased {
            marked: self.put_tombstone(&community.id, pseudonym, at).await?,
            ..Erased::default()
        };
        let key = keys::member(&community.id, community.shards, member);
        let gone = self.delete(&self.tables.members, key).await?;
        erased.count(TraceKind::Member, gone.into());
        loop {
            let traces = self.journal_traces(&community.id, member, at).await?;
            if traces.is_empty() {
                return Ok(erased);
            }
            for trace in traces {
                let gone = match trace.kind {
                    // A code that was given stays given.
                    TraceKind::Coupon => self.forget_receiver(trace.key).await?,
                    // A place that was reached stays, and is nobody's.
                    TraceKind::Board => self.forget_place(&trace.item, trace.key, member).await?,
                    TraceKind::Member
                    | TraceKind::Points
                    | TraceKind::Message
                    | TraceKind::Counted
                    | TraceKind::Named
                    | TraceKind::Order
                    | TraceKind::Feedback
                    | TraceKind::Regard
                    | TraceKind::Invitation
                    | TraceKind::ReportPart
                    | TraceKind::Other => self.delete(&self.tables.journal, trace.key).await?,
                };
                erased.count(trace.kind, gone.into());
            }
        }
    }

    /// `false` = it was gone already.
    pub(super) async fn delete(&self, table: &str, key: keys::Key) -> Result<bool, StoreError> {
        let delete = self
            .client
            .delete_item()
            .table_name(table)
            .set_key(Some(key_item(key)))
            .condition_expression("attribute_exists(pk)");
        Ok(self.try_delete(delete).await?.is_ok())
    }
}

/// Whether a message to a channel names a member, in its path or in what it says.
fn names(item: &Item, member: &MemberId) -> bool {
    let in_path = string(item, "sk").is_some_and(|sk| about::named_in_path(&sk, member));
    let values = item.get("values").and_then(|values| values.as_m().ok());
    in_path
        || values.into_iter().flatten().any(|(_, value)| {
            value
                .as_s()
                .is_ok_and(|text| about::named_in_value(text, member))
        })
}
