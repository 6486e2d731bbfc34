//! The last look before a message goes out: is it still right to send it, and now?

use jiff::Timestamp;

use crate::community::Community;
use crate::member::{Member, Status};
use crate::message::{Message, SkipReason, State, To};
use crate::playbook::{Class, Playbook, StepWhat, Task};

/// What the messenger does with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// Send it.
    Send,
    /// Wait: quiet hours.
    Hold(Timestamp),
    /// Don't.
    Skip(SkipReason),
}

/// Decides about a message that waits. `member` is `None` for messages to a channel, and for a
/// member who is not there any more (erased).
///
/// A message that somebody is sending, and one that is final, is not to be held or skipped any
/// more: nothing stands against it here, and [`Message::claim`] refuses it.
pub fn gate(
    message: &Message,
    member: Option<&Member>,
    community: &Community,
    playbook: &Playbook,
    now: Timestamp,
) -> Gate {
    match message.state {
        State::Pending { .. } | State::Held { .. } => {}
        State::Sending { .. }
        | State::Awaiting { .. }
        | State::Sent { .. }
        | State::Accepted { .. }
        | State::Unknown { .. }
        | State::Failed { .. }
        | State::Skipped { .. } => return Gate::Send,
    }
    if let Some(reason) = wrong_now(message, member, playbook, now) {
        return Gate::Skip(reason);
    }
    let member = match (&message.to, member) {
        (To::Channel(_), _) | (To::Member(_), None) => return Gate::Send,
        (To::Member(_), Some(member)) => member,
    };
    if asked_for(message.class) {
        return Gate::Send;
    }
    let zone = member.zone_at(now, &community.zone);
    match playbook.quiet_hours.held_until(now, zone) {
        Some(until) => Gate::Hold(until),
        None => Gate::Send,
    }
}

/// Why it is not right any more to send a message, whether it waits for us or for somebody else.
pub fn wrong_now(
    message: &Message,
    member: Option<&Member>,
    playbook: &Playbook,
    now: Timestamp,
) -> Option<SkipReason> {
    if message.expires.is_some_and(|expires| expires < now) {
        return Some(SkipReason::Expired);
    }
    match (&message.to, member) {
        (To::Channel(_), _) => None,
        (To::Member(_), None) => Some(SkipReason::Erased),
        (To::Member(_), Some(member)) => over(message, member, playbook),
    }
}

/// Answers to the member's own act go at once; so does what the operators get.
fn asked_for(class: Class) -> bool {
    match class {
        Class::Answer | Class::Ops => true,
        Class::Service | Class::Promo => false,
    }
}

/// What has happened since it was written that makes it wrong to send.
fn over(message: &Message, member: &Member, playbook: &Playbook) -> Option<SkipReason> {
    if let Some(out) = member.opted_out.as_ref().filter(|out| out.value) {
        // An answer to something they did after opting out is no reminder.
        if !asked_for(message.class) || out.order.timestamp() >= message.created {
            return Some(SkipReason::OptedOut);
        }
    }
    if member.is_staff() {
        return Some(SkipReason::NoLongerApplies);
    }
    let path = message.id.path();
    let wanted = if path.starts_with("win-back/") {
        Status::Left
    } else {
        Status::Member
    };
    if member.status() != wanted {
        return Some(SkipReason::NoLongerApplies);
    }
    asked_task(message, playbook)
        .filter(|task| member.has_done(*task))
        .map(|_| SkipReason::TaskDone)
}

/// The task that an onboarding message asks for.
fn asked_task(message: &Message, playbook: &Playbook) -> Option<Task> {
    let mut parts = message.id.path().split('/');
    if parts.next() != Some("onboarding") {
        return None;
    }
    let step = parts.nth(1)?;
    playbook
        .onboarding
        .steps
        .iter()
        .find(|candidate| candidate.id.as_str() == step)
        .and_then(|step| match step.what {
            StepWhat::Task(task) => Some(task),
            StepWhat::Welcome | StepWhat::Content | StepWhat::Event | StepWhat::Gift => None,
        })
}
