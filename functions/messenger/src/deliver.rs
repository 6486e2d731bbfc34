//! One message: brought as far as it can be brought now.

use std::sync::Arc;

use hearth_aws::batch::Failure;
use hearth_aws::registry::Place;
use hearth_domain::gate::{Gate, gate};
use hearth_domain::ids::MessageId;
use hearth_domain::journey::{Book, JourneyName, PAUSED_FOR};
use hearth_domain::member::Member;
use hearth_domain::message::{Message, NotNow, SkipReason, State};
use hearth_domain::playbook::{Class, Playbook};
use jiff::Timestamp;

use crate::attempt::may_repeat;
use crate::handler::Messenger;
use crate::load::Found;

impl Messenger {
    /// Brings one message as far as it can be brought now.
    pub(crate) async fn deliver(
        &self,
        id: &MessageId,
        found: Found,
        now: Timestamp,
    ) -> Result<(), Failure> {
        if let Some(failure) = found.failed {
            return Err(failure);
        }
        let Found {
            message: Some(message),
            member,
            ..
        } = found
        else {
            // Erased with its member.
            self.count(id, "messages_gone");
            return Ok(());
        };
        let place = self.deps.registry.place(id.community(), now).await?;
        let place = place.ok_or_else(|| {
            Failure::Permanent(format!("community {} is not published", id.community()))
        })?;
        let spoken = self.edition(&place, message.playbook).await?;
        let book = spoken.as_deref().map_or(place.book(), |playbook| {
            Book::new(playbook, message.playbook)
        });
        // Its text may be a newer version's; what it asks for is the plan's.
        let plan = match plan_of(&message, member.as_ref()) {
            Some(version) => self.edition(&place, version).await?,
            None => None,
        };
        let rules = plan.as_deref().unwrap_or(book.playbook);
        let message = match message.expire_lease(may_repeat(&message, &place, book, now), now) {
            Some(settled) => match self.write(settled).await? {
                Some(settled) => settled,
                None => return Ok(()),
            },
            None => message,
        };
        // A duplicate of the request, or somebody is at it, or it has its time: the due index
        // knows of it.
        let claimed = match message.claim(now) {
            Ok(claimed) => claimed,
            Err(NotNow::Done | NotNow::Leased | NotNow::Later) => return Ok(()),
            Err(NotNow::AwaitsPerson) => {
                return self
                    .look(&place, rules, &message, member.as_ref(), now)
                    .await;
            }
        };
        match gate(&message, member.as_ref(), &place.community, rules, now) {
            Gate::Send | Gate::Hold(_) if is_paused(&message, &place) => {
                self.count(&message.id, "messages_paused");
                let paused = message.pause(PAUSED_FOR, now);
                self.write(paused).await.map(|_| ())
            }
            Gate::Send if message.doubt.is_some() && !may_repeat(&message, &place, book, now) => {
                let left = self.write(message.leave_in_doubt(now)).await;
                left.map(|_| ())
            }
            Gate::Send => self.send(&place, book, claimed, member.as_ref(), now).await,
            Gate::Hold(until) => self.write(message.hold(until)).await.map(|_| ()),
            Gate::Skip(reason) => self.skip(&place, message, member, reason, now).await,
        }
    }

    /// A version of the community's playbook; `None` = one that is gone.
    async fn edition(&self, place: &Place, version: u32) -> Result<Option<Arc<Playbook>>, Failure> {
        if version == place.version {
            return Ok(Some(place.playbook.clone()));
        }
        let registry = &self.deps.registry;
        Ok(registry
            .playbook(&place.community.playbook, version)
            .await?)
    }

    /// The next state, unless somebody else wrote one.
    pub(crate) async fn write(&self, message: Message) -> Result<Option<Message>, Failure> {
        let stored = self.deps.store.write_message(&message).await?;
        if stored && message.state.is_final() {
            self.count(&message.id, metric(&message.state));
        }
        Ok(stored.then(|| Message {
            version: message.version + 1,
            ..message
        }))
    }

    async fn skip(
        &self,
        place: &Place,
        message: Message,
        member: Option<Member>,
        reason: SkipReason,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let (class, created) = (message.class, message.created);
        let Some(skipped) = self.write(message.skip(reason, now)).await? else {
            return Ok(());
        };
        // Who took back what they had agreed to while it waited is out of reach; there is no cap any
        // more that a message of theirs could count against.
        if reason == SkipReason::Unreachable {
            self.close_unreachable(place, &skipped, member.as_ref())
                .await;
        } else if let (Class::Promo, Some(member)) = (class, member) {
            self.release_cap(place, member, created).await;
        }
        Ok(())
    }

    /// A promotional message that is not sent gives its place in the day's cap back. Once, and
    /// not at any price: a lost release only makes that day quieter.
    async fn release_cap(&self, place: &Place, mut member: Member, created: Timestamp) {
        // The day on which it was counted: see the decision.
        let zone = member.zone_at(created, &place.community.zone);
        let held = place.playbook.quiet_hours.held_until(created, zone);
        let day = zone.day(held.unwrap_or(created));
        let Some((counted, sent @ 1..)) = member.journey.promo else {
            return;
        };
        if counted != day {
            return;
        }
        member.journey.promo = Some((counted, sent - 1));
        let saved = self.deps.store.save_member(&place.community, &member);
        if let Err(error) = saved.await {
            tracing::warn!(community = %place.community.id, error = %error, "a place in the day's cap was not given back");
        }
    }

    /// Whom nothing reaches is not waited for: their case is over. Once, and not at any price: a lost
    /// note only leaves the case to end by itself.
    pub(crate) async fn close_unreachable(
        &self,
        place: &Place,
        message: &Message,
        member: Option<&Member>,
    ) {
        let reached = !matches!(
            message.state,
            State::Skipped {
                reason: SkipReason::Unreachable,
                ..
            }
        );
        let Some(mut member) = member.cloned().filter(|_| !reached) else {
            return;
        };
        if !member.journey.unreachable(message.id.path()) {
            return;
        }
        let saved = self.deps.store.save_member(&place.community, &member);
        if let Err(error) = saved.await {
            tracing::warn!(community = %place.community.id, error = %error, "a case without a way to the member was not closed");
        }
    }

    pub(crate) fn count(&self, id: &MessageId, name: &'static str) {
        self.deps.metrics.count(id.community().as_str(), name);
    }
}

/// The version of the plan that a message is a step of, where its text is another's.
fn plan_of(message: &Message, member: Option<&Member>) -> Option<u32> {
    match JourneyName::of_path(message.id.path())? {
        JourneyName::Onboarding => {
            let plan = member?.journey.onboarding.as_ref()?;
            Some(plan.version).filter(|version| *version != message.playbook)
        }
        JourneyName::WinBack | JourneyName::WakeUp => None,
    }
}

/// In a pause only what answers a member's own act goes, and what the operators get.
fn is_paused(message: &Message, place: &Place) -> bool {
    let of_plan = match message.class {
        Class::Service | Class::Promo => JourneyName::of_path(message.id.path()),
        Class::Answer | Class::Ops => None,
    };
    of_plan.is_some_and(|journey| place.paused.has(journey))
}

fn metric(state: &State) -> &'static str {
    match state {
        State::Sent { .. } => "messages_sent",
        State::Accepted { .. } => "messages_accepted",
        State::Unknown { .. } => "messages_unknown",
        State::Failed { .. } => "messages_failed",
        State::Skipped { .. } => "messages_skipped",
        State::Pending { .. }
        | State::Held { .. }
        | State::Sending { .. }
        | State::Awaiting { .. } => "messages_open",
    }
}
