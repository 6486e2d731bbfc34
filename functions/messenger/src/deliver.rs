//! One message: brought as far as it can be brought now.

use hearth_aws::batch::Failure;
use hearth_aws::registry::Place;
use hearth_domain::gate::{Gate, gate};
use hearth_domain::ids::MessageId;
use hearth_domain::journey::Book;
use hearth_domain::member::Member;
use hearth_domain::message::{Message, NotNow, SkipReason, State};
use hearth_domain::playbook::Class;
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
        let pinned = if message.playbook == place.version {
            None
        } else {
            self.deps
                .registry
                .playbook(&place.community.playbook, message.playbook)
                .await?
        };
        let book = pinned.as_deref().map_or(place.book(), |playbook| Book {
            playbook,
            version: message.playbook,
        });
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
                    .look(&place, book, &message, member.as_ref(), now)
                    .await;
            }
        };
        match gate(
            &message,
            member.as_ref(),
            &place.community,
            book.playbook,
            now,
        ) {
            Gate::Send if message.doubt.is_some() && !may_repeat(&message, &place, book, now) => {
                let left = self.write(message.leave_in_doubt(now)).await;
                left.map(|_| ())
            }
            Gate::Send => self.send(&place, book, claimed, member.as_ref(), now).await,
            Gate::Hold(until) => self.write(message.hold(until)).await.map(|_| ()),
            Gate::Skip(reason) => self.skip(&place, message, member, reason, now).await,
        }
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
        let skipped = self.write(message.skip(reason, now)).await?;
        if let (Some(_), Class::Promo, Some(member)) = (skipped, class, member) {
            self.release_cap(place, member, created).await;
        }
        Ok(())
    }

    /// A promotional message that is not sent gives its place in the day's cap back. Once, and
    /// not at any price: a lost release only makes that day quieter.
    async fn release_cap(&self, place: &Place, mut member: Member, created: Timestamp) {
        let day = member.zone_at(created, &place.community.zone).day(created);
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

    pub(crate) fn count(&self, id: &MessageId, name: &'static str) {
        self.deps.metrics.count(id.community().as_str(), name);
    }
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
