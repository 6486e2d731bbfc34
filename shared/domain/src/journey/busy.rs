//! Channels in which many check in at once: one message for all of them, not one for each.
//!
//! It names nobody: a message of the community would keep names beyond their members' erasure.

use jiff::{SignedDuration, Timestamp};

use super::Context;
use crate::event::{Event, Happened};
use crate::ids::{ChannelId, MessageId, Owner};
use crate::member::{Member, Order, hash64};
use crate::message::{Message, State, To};
use crate::period::Period;
use crate::playbook::Class;

/// A channel's check-ins are counted together for so many seconds.
const SLOT: i64 = 600;
/// After this nobody wonders any more who has just checked in.
const EXPIRES: SignedDuration = SignedDuration::from_hours(1);
/// The first part of the path of a message that stands for many replies.
const ROOM: &str = "check-in-digest/";

/// Ten minutes of a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    path: String,
    ends: Timestamp,
}

impl Slot {
    /// The one that an instant is in.
    pub fn of(channel: &ChannelId, now: Timestamp) -> Self {
        let number = now.as_second().div_euclid(SLOT);
        let end = number.saturating_add(1).saturating_mul(SLOT);
        Self {
            path: format!("{ROOM}{:016x}/{number}", hash64(channel.as_str())),
            ends: Timestamp::from_second(end).unwrap_or(Timestamp::MAX),
        }
    }

    /// What its message is called within the community, and what it is counted by.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// When it is over.
    pub fn ends(&self) -> Timestamp {
        self.ends
    }

    /// The path of the slot that a message tells of; `None` = it tells of none.
    pub fn told_by(message: &Message) -> Option<&str> {
        Some(message.id.path()).filter(|path| path.starts_with(ROOM))
    }
}

/// The channel in which a member's check-in would be answered: it is counted there before that is
/// decided. `None` = it would not be, or not there.
pub fn answered_in<'e>(
    known: Option<&Member>,
    events: &'e [Event],
    context: Context<'_>,
) -> Option<&'e ChannelId> {
    let Context {
        community,
        current,
        now,
        ..
    } = context;
    let answers = &current.playbook.check_in_answers;
    // Where the staff have to tap "send" no check-in is answered.
    let by_staff = community.platform.capabilities().by_staff_a_month;
    let answered = answers.to_channel
        && answers.reply.is_some()
        && answers.digest.is_some()
        && by_staff.is_none();
    let is_staff = |event: &Event| match event.facts.staff {
        Some(staff) => staff,
        None => known.is_some_and(Member::is_staff),
    };
    let day = |at: Timestamp| {
        let zone = known.map_or(&community.zone, |known| known.zone_at(at, &community.zone));
        zone.day(at)
    };
    let today = day(now);
    let mut check_ins: Vec<(&Event, Option<&ChannelId>)> = Vec::new();
    for event in events {
        if let Happened::CheckedIn { channel } = &event.what
            && day(event.at) == today
        {
            check_ins.push((event, channel.as_ref()));
        }
    }
    let (first, channel) = check_ins
        .into_iter()
        .min_by_key(|(event, _)| Order::of(event))?;
    let again = |known: &Member| {
        let scoring = &known.scoring;
        let streak = scoring.streak(today).saturating_add(1);
        let mut milestones = current.playbook.milestones.iter();
        let badge = milestones.any(|m| m.days == streak && m.days > scoring.celebrated);
        // A badge goes to them alone.
        badge || scoring.check_ins_in(Period::Day(today)) > 0
    };
    channel.filter(|_| answered && !is_staff(first) && !known.is_some_and(again))
}

/// The message that stands for the replies of a slot, when that is over. How many it was, is filled
/// in when it goes out. `None` = the playbook has none.
pub fn digest(channel: &ChannelId, context: Context<'_>) -> Option<Message> {
    let slot = Slot::of(channel, context.now);
    let book = context.current;
    let kind = book.playbook.check_in_answers.digest.as_ref()?.kind.clone();
    let class = book
        .playbook
        .text(&kind)
        .map_or(Class::Service, |text| text.class);
    let id = MessageId::new(context.community.id.clone(), Owner::Community, slot.path()).ok()?;
    Some(Message {
        expires: slot.ends().checked_add(EXPIRES).ok(),
        state: State::Pending {
            not_before: Some(slot.ends()),
        },
        ..Message::new(
            id,
            kind,
            To::Channel(channel.clone()),
            class,
            book.version,
            context.now,
        )
    })
}
