//! The two tables, through the real SDK everywhere.
//!
//! Every write is conditional. A transaction is used only where two items must agree: a member
//! and a message to them, a member and points given once or spent, a gift's stock with them, a
//! member and the counted events that no longer fit the item, a member and what they bought or scored.

mod boards;
mod check_ins;
mod conditional;
mod coupons;
mod due;
mod gifts;
mod invitations;
pub mod keys;
mod member_item;
mod members;
mod message_item;
mod messages;
mod pace;
mod packed;
mod paused;
mod person;
mod publish;
mod receipts;
mod regard;
mod report_parts;
mod reports;
mod rollout;
mod save;
pub mod schema;
mod stars;
mod threads;
mod walls;

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use hearth_domain::ids::GiftId;

pub use coupons::{Imported, Pool, Taken};
pub use due::{Due, DueAfter, DuePage};
pub use member_item::MemberItemError;
pub use members::{LedgerRow, Loaded, Members, UnreadableMember, readable};
pub use message_item::MessageItemError;
pub(crate) use pace::From as PaceFrom;
pub use paused::PausedJourneys;
pub use person::{Erased, Trace, TraceKind};
pub use publish::{Kind, Published};
pub use report_parts::{Left, ReportPart};
pub use reports::RollupState;
pub use rollout::StoredRollout;
pub use save::Saved;
pub use stars::Named;

use crate::clients::code_of;
use crate::config::Tables;
use crate::meter::Meter;

/// An item as the SDK has it.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// Why the store did not do it. Names attributes and codes, never content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// DynamoDB did not do it; the same request may succeed later.
    #[error("{operation}: {code}")]
    Unavailable {
        /// Which request.
        operation: &'static str,
        /// The service's code.
        code: String,
    },
    /// Somebody else wrote in between.
    #[error("{0}: written by somebody else in between")]
    Conflict(&'static str),
    /// There are fewer of a gift than were to be handed over.
    #[error("gift {gift}: fewer than {wanted} left")]
    SoldOut {
        /// Which.
        gift: GiftId,
        /// How many were to be.
        wanted: u32,
    },
    /// A stored item is not what it should be; trying again will not help.
    #[error("stored item: {0}")]
    Corrupt(String),
}

impl StoreError {
    pub(crate) fn of<E: ProvideErrorMetadata, R>(
        operation: &'static str,
        error: &SdkError<E, R>,
    ) -> Self {
        Self::Unavailable {
            operation,
            code: code_of(error),
        }
    }
}

impl From<serde_dynamo::Error> for StoreError {
    fn from(_: serde_dynamo::Error) -> Self {
        // The error's text may quote the item.
        Self::Corrupt("attributes missing or of another type".to_owned())
    }
}

impl From<MemberItemError> for StoreError {
    fn from(error: MemberItemError) -> Self {
        Self::Corrupt(error.to_string())
    }
}

impl From<MessageItemError> for StoreError {
    fn from(error: MessageItemError) -> Self {
        Self::Corrupt(error.to_string())
    }
}

/// The tables. Clones share the client and the meter.
#[derive(Debug, Clone)]
pub struct Store {
    client: Client,
    tables: Tables,
    meter: Meter,
}

impl Store {
    /// With a client of its own, so that its meter counts only its own requests.
    pub fn new(client: Client, tables: Tables) -> Self {
        Self {
            client,
            tables,
            meter: Meter::default(),
        }
    }

    /// What its requests cost.
    pub fn meter(&self) -> &Meter {
        &self.meter
    }

    /// Another store on the same tables with a meter of its own.
    #[must_use]
    pub fn metered_apart(&self) -> Self {
        Self {
            meter: Meter::default(),
            ..self.clone()
        }
    }
}

fn key_item(key: keys::Key) -> Item {
    HashMap::from([
        ("pk".to_owned(), AttributeValue::S(key.pk)),
        ("sk".to_owned(), AttributeValue::S(key.sk)),
    ])
}

fn string(item: &Item, name: &str) -> Option<String> {
    item.get(name).and_then(|value| value.as_s().ok()).cloned()
}
