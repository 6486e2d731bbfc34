//! A message's row: the outbox and the send ledger in one, for life.

use std::collections::BTreeMap;

use hearth_domain::event::ReplyHandle;
use hearth_domain::ids::{ChannelId, MemberId, MessageId, MessageKind, VariantId};
use hearth_domain::journey::Consumer;
use hearth_domain::message::{HeldFor, Message, SkipReason, State, To, Via};
use hearth_domain::playbook::Class;
use hearth_domain::text::members_named;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::keys;

/// A stored message that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("message row: attribute {0} is not what it should be")]
pub struct MessageItemError(pub &'static str);

/// The row. Instants are microseconds, so that a claim made twice in a second is told apart by
/// nothing but the version.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct MessageItem {
    pk: String,
    sk: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    due_pk: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    due_sk: Option<String>,
    id: String,
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    variant: Option<VariantId>,
    /// Goes by the second channel.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    second: bool,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    channel: Option<String>,
    class: Class,
    playbook: u32,
    created: i64,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    expires: Option<i64>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    values: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    content: Option<u16>,
    state: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    reason: Option<String>,
    attempt: u16,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    platform_id: Option<String>,
    /// Where the state has two instants: since when it awaits a person.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    since: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    doubt: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    reply: Option<ReplyItem>,
    v: u64,
}

/// The values that are kept only until the message is final.
const PASSED_THROUGH: [&str; 2] = ["survey.text", "operator.name"];

/// See [`ReplyHandle`].
#[derive(Debug, Serialize, Deserialize)]
struct ReplyItem {
    handle: String,
    until: i64,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    channel: Option<ChannelId>,
}

impl MessageItem {
    /// The row of a message, with the version it will have.
    pub(crate) fn of(message: &Message) -> Self {
        let key = keys::message(&message.id);
        let id = message.id.to_string();
        let (due_pk, due_sk) = message
            .due()
            .map(|at| keys::due(Consumer::Messenger, at, &key))
            .unzip();
        let (at, reason) = match &message.state {
            State::Pending { not_before } => (*not_before, None),
            State::Held { until, why } => (Some(*until), held_for(*why)),
            State::Sending { lease } => (Some(*lease), None),
            State::Sent { at } | State::Accepted { at } => (Some(*at), None),
            State::Awaiting { look, .. } => (Some(*look), None),
            State::Unknown { at, reason } | State::Failed { at, reason } => {
                (Some(*at), Some(reason.clone()))
            }
            State::Skipped { at, reason } => (Some(*at), Some(reason.name().to_owned())),
        };
        let since = match &message.state {
            State::Awaiting { since, .. } => Some(since.as_microsecond()),
            State::Pending { .. }
            | State::Held { .. }
            | State::Sending { .. }
            | State::Sent { .. }
            | State::Accepted { .. }
            | State::Unknown { .. }
            | State::Failed { .. }
            | State::Skipped { .. } => None,
        };
        // What is done is not answered any more: the row is kept for life.
        let reply = message.reply.as_ref().filter(|_| !message.state.is_final());
        let mut values = message.values.clone();
        if message.state.is_final() {
            // What a member wrote was on its way to a person, and is there; the row is the member's,
            // and not the place for a colleague's name.
            for name in PASSED_THROUGH {
                values.remove(name);
            }
            // Whom a post named need not be known for ever either.
            values.retain(|_, value| members_named(value).is_empty());
        }
        let channel = match &message.to {
            To::Member(_) => None,
            To::Channel(channel) => Some(channel.to_string()),
        };
        Self {
            pk: key.pk,
            sk: key.sk,
            due_pk,
            due_sk,
            id,
            kind: message.kind.to_string(),
            variant: message.variant.clone(),
            second: message.via == Via::Second,
            channel,
            class: message.class,
            playbook: message.playbook,
            created: message.created.as_microsecond(),
            expires: message.expires.map(Timestamp::as_microsecond),
            values,
            content: message.content,
            state: message.state.name().to_owned(),
            at: at.map(Timestamp::as_microsecond),
            reason,
            attempt: message.attempt,
            platform_id: message.platform_id.clone(),
            since,
            doubt: message.doubt.map(Timestamp::as_microsecond),
            reply: reply.map(|reply| ReplyItem {
                handle: reply.handle.clone(),
                until: reply.until.as_microsecond(),
                channel: reply.channel.clone(),
            }),
            v: message.version + 1,
        }
    }
}

/// Quiet hours are the rule, and need no word.
fn held_for(why: HeldFor) -> Option<String> {
    match why {
        HeldFor::QuietHours => None,
        HeldFor::Pause | HeldFor::Code => Some(why.name().to_owned()),
    }
}

fn why_held(reason: &str) -> Result<HeldFor, MessageItemError> {
    match reason {
        "" => Ok(HeldFor::QuietHours),
        _ if reason == HeldFor::Pause.name() => Ok(HeldFor::Pause),
        _ if reason == HeldFor::Code.name() => Ok(HeldFor::Code),
        _ => Err(MessageItemError("reason")),
    }
}

fn instant(name: &'static str, microsecond: i64) -> Result<Timestamp, MessageItemError> {
    Timestamp::from_microsecond(microsecond).map_err(|_| MessageItemError(name))
}

impl TryFrom<MessageItem> for Message {
    type Error = MessageItemError;

    fn try_from(item: MessageItem) -> Result<Self, MessageItemError> {
        let id: MessageId = item.id.parse().map_err(|_| MessageItemError("id"))?;
        let to = match (item.channel, id.owner()) {
            (Some(channel), _) => {
                To::Channel(ChannelId::new(channel).map_err(|_| MessageItemError("channel"))?)
            }
            (None, hearth_domain::ids::Owner::Member(member)) => {
                To::Member(MemberId::clone(member))
            }
            (None, hearth_domain::ids::Owner::Community) => {
                return Err(MessageItemError("channel"));
            }
        };
        let at = item.at.map(|at| instant("at", at)).transpose()?;
        let reason = item.reason.unwrap_or_default();
        let state = match (item.state.as_str(), at) {
            ("PENDING", not_before) => State::Pending { not_before },
            ("HELD", Some(until)) => State::Held {
                until,
                why: why_held(&reason)?,
            },
            ("SENDING", Some(lease)) => State::Sending { lease },
            ("SENT", Some(at)) => State::Sent { at },
            ("ACCEPTED", Some(at)) => State::Accepted { at },
            ("AWAITING_PERSON", Some(look)) => State::Awaiting {
                since: instant("since", item.since.ok_or(MessageItemError("since"))?)?,
                look,
            },
            ("UNKNOWN", Some(at)) => State::Unknown { at, reason },
            ("FAILED", Some(at)) => State::Failed { at, reason },
            ("SKIPPED", Some(at)) => State::Skipped {
                at,
                reason: SkipReason::from_name(&reason).ok_or(MessageItemError("reason"))?,
            },
            _ => return Err(MessageItemError("state")),
        };
        Ok(Self {
            kind: MessageKind::new(item.kind).map_err(|_| MessageItemError("kind"))?,
            variant: item.variant,
            via: if item.second {
                Via::Second
            } else {
                Via::Platform
            },
            to,
            class: item.class,
            playbook: item.playbook,
            created: instant("created", item.created)?,
            expires: item.expires.map(|at| instant("expires", at)).transpose()?,
            values: item.values,
            content: item.content,
            state,
            attempt: item.attempt,
            platform_id: item.platform_id,
            doubt: item.doubt.map(|at| instant("doubt", at)).transpose()?,
            reply: item
                .reply
                .map(|reply| {
                    Ok(ReplyHandle {
                        handle: reply.handle,
                        until: instant("reply", reply.until)?,
                        channel: reply.channel,
                    })
                })
                .transpose()?,
            version: item.v,
            id,
        })
    }
}

#[cfg(test)]
mod tests;
