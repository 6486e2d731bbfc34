//! The last look before a message goes out: is it still right to send it, and now?

use jiff::Timestamp;

use crate::community::Community;
use crate::ids::Owner;
use crate::member::{Member, Preference, Status};
use crate::message::{Message, SkipReason, State, To, Via};
use crate::playbook::{Class, Playbook, Step, StepWhat, Task};

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
    match (&message.to, message.id.owner(), member) {
        (To::Channel(_), Owner::Community, _) | (To::Channel(_), Owner::Member(_), Some(_)) => None,
        // A notice about somebody who was erased says too much as well.
        (To::Channel(_), Owner::Member(_), None) | (To::Member(_), _, None) => {
            Some(SkipReason::Erased)
        }
        (To::Member(_), _, Some(member)) => over(message, member, playbook, now),
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
fn over(
    message: &Message,
    member: &Member,
    playbook: &Playbook,
    now: Timestamp,
) -> Option<SkipReason> {
    let path = message.id.path();
    if let Some(wants) = &member.wants {
        // An answer to something they did after opting out is no reminder.
        let unasked = !asked_for(message.class);
        match wants.value {
            Preference::Nothing if unasked || wants.order.timestamp() >= message.created => {
                return Some(SkipReason::OptedOut);
            }
            Preference::DigestOnly if unasked && !path.starts_with("digest/") => {
                return Some(SkipReason::DigestOnly);
            }
            Preference::Nothing | Preference::DigestOnly | Preference::All => {}
        }
    }
    if message.via == Via::Second && !member.agreed_to_second_channel() {
        return Some(SkipReason::Unreachable);
    }
    if member.is_staff() {
        return Some(SkipReason::NoLongerApplies);
    }
    if invites_to_what_began(message, member, playbook, now) {
        return Some(SkipReason::NoLongerApplies);
    }
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

/// An invitation or a reminder that a pause or an outage has kept until the event had begun.
fn invites_to_what_began(
    message: &Message,
    member: &Member,
    playbook: &Playbook,
    now: Timestamp,
) -> bool {
    let path = message.id.path();
    let reminds = path.starts_with("event/") && !path.ends_with("/question");
    let invites = message.values.contains_key("event.starts_at")
        && step_of(message, playbook).is_some_and(|step| step.what == StepWhat::Event);
    let began = |seat: &crate::journey::Seat| seat.starts <= now;
    (reminds || invites) && member.journey.seat.as_ref().is_some_and(began)
}

/// The task that an onboarding message asks for.
fn asked_task(message: &Message, playbook: &Playbook) -> Option<Task> {
    match step_of(message, playbook)?.what {
        StepWhat::Task(task) => Some(task),
        StepWhat::Welcome | StepWhat::Content | StepWhat::Event | StepWhat::Gift => None,
    }
}

/// The step of the plan that a message is.
fn step_of<'p>(message: &Message, playbook: &'p Playbook) -> Option<&'p Step> {
    let mut parts = message.id.path().split('/');
    if parts.next() != Some("onboarding") {
        return None;
    }
    let id = parts.nth(1)?;
    let steps = &playbook.onboarding.steps;
    steps.iter().find(|step| step.id.as_str() == id)
}
