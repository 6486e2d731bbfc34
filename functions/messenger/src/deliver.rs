//! One message: look, claim, send, note what came of it.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use hearth_aws::batch::Failure;
use hearth_aws::registry::Place;
use hearth_domain::gate::{Gate, gate, wrong_now};
use hearth_domain::ids::{CommunityId, MemberId, MessageId, Owner};
use hearth_domain::journey::Book;
use hearth_domain::member::Member;
use hearth_domain::message::{Attempt, Found as Fate, Message, NotNow, SkipReason, State, To};
use hearth_domain::playbook::Class;
use hearth_platforms::{Adapter, Destination, Looked, OutButton, Outgoing, Secrets, SendOutcome};
use jiff::{SignedDuration, Timestamp};

use crate::handler::Messenger;
use crate::values;

/// All calls of one send together. Shorter than the least lease, so that nobody else begins while
/// this goes on.
const SEND_WITHIN: Duration = Duration::from_secs(20);
/// What a message that is begun may take: its claim, its send and the note of what came of it.
/// Lambda must not stop us between the last two: the message would end as UNKNOWN.
pub const RESERVE: Duration = Duration::from_secs(36);
/// Noting that a message was sent is worth more than one try: without the note it is UNKNOWN.
const NOTE_TRIES: u32 = 3;

/// Messages and the members they go to, read at once for a batch. As fresh as the batch is short:
/// every state change is conditional on the row that was read.
pub(crate) struct Batched {
    messages: HashMap<MessageId, Message>,
    members: HashMap<(CommunityId, MemberId), Member>,
    /// Communities whose file or members could not be read: their messages fail, no others.
    failed: HashMap<CommunityId, Failure>,
}

/// One of them.
pub(crate) struct Found {
    message: Option<Message>,
    member: Option<Member>,
    failed: Option<Failure>,
}

impl Batched {
    /// The message of an id and its member.
    pub(crate) fn of(&self, id: &MessageId) -> Found {
        let member = match id.owner() {
            Owner::Member(member) => self
                .members
                .get(&(id.community().clone(), member.clone()))
                .cloned(),
            Owner::Community => None,
        };
        Found {
            message: self.messages.get(id).cloned(),
            member,
            failed: self.failed.get(id.community()).cloned(),
        }
    }
}

impl Messenger {
    /// Reads the messages of a batch and the members they go to.
    pub(crate) async fn load(&self, ids: &[MessageId], now: Timestamp) -> Result<Batched, Failure> {
        let store = &self.deps.store;
        let messages = store.load_messages(ids).await?;
        let mut wanted: BTreeMap<CommunityId, Vec<MemberId>> = BTreeMap::new();
        for message in messages
            .values()
            .filter(|message| !message.state.is_final())
        {
            if let To::Member(member) = &message.to {
                wanted
                    .entry(message.id.community().clone())
                    .or_default()
                    .push(member.clone());
            }
        }
        let mut members = HashMap::new();
        let mut failed = HashMap::new();
        for (id, wanted) in wanted {
            match self.recipients(&id, &wanted, now).await {
                Ok(known) => members.extend(
                    known
                        .into_iter()
                        .map(|(member, known)| ((id.clone(), member), known)),
                ),
                Err(failure) => {
                    failed.insert(id, failure);
                }
            }
        }
        Ok(Batched {
            messages,
            members,
            failed,
        })
    }

    async fn recipients(
        &self,
        id: &CommunityId,
        wanted: &[MemberId],
        now: Timestamp,
    ) -> Result<HashMap<MemberId, Member>, Failure> {
        // A community that is gone fails its messages one by one, in `deliver`.
        let Some(place) = self.deps.registry.place(id, now).await? else {
            return Ok(HashMap::new());
        };
        let store = &self.deps.store;
        Ok(store.known(&place.community, wanted, true).await?)
    }

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
        let message = match message.expire_lease(may_repeat(&message, &place, book), now) {
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
            Gate::Send => self.send(&place, book, claimed, member.as_ref(), now).await,
            Gate::Hold(until) => self.write(message.hold(until)).await.map(|_| ()),
            Gate::Skip(reason) => self.skip(&place, message, member, reason, now).await,
        }
    }

    /// The next state, unless somebody else wrote one.
    async fn write(&self, message: Message) -> Result<Option<Message>, Failure> {
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
        let decision = hearth_domain::decide::Decision {
            member,
            changed: true,
            messages: Vec::new(),
            closed: Vec::new(),
            awards: Vec::new(),
            moved: Vec::new(),
            tally: hearth_domain::decide::Tally::default(),
        };
        if let Err(error) = self.deps.store.save(&place.community, &decision).await {
            tracing::warn!(community = %place.community.id, error = %error, "a place in the day's cap was not given back");
        }
    }

    async fn send(
        &self,
        place: &Place,
        book: Book<'_>,
        claimed: Message,
        member: Option<&Member>,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let again = may_repeat(&claimed, place, book);
        // Before the row says that it is being sent: a store that hangs must not let its lease run
        // out, which would make a message UNKNOWN that never left.
        let secrets = match self.secrets.of(&place.community, now).await {
            Ok(live) => Secrets::new((*live).clone()),
            Err(error) => {
                tracing::error!(community = %place.community.id, error = %error, "no secrets to send with");
                let attempt = Attempt::Retry {
                    after: None,
                    reason: "secrets".to_owned(),
                };
                return self
                    .write(claimed.finish(attempt, again, now))
                    .await
                    .map(|_| ());
            }
        };
        let Some(claimed) = self.write(claimed).await? else {
            return Ok(());
        };
        let attempt = self
            .attempt(place, book, &claimed, member, &secrets, now)
            .await;
        self.note(claimed.finish(attempt, again, now)).await
    }

    async fn note(&self, message: Message) -> Result<(), Failure> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.write(message.clone()).await {
                Err(Failure::Retry(_)) if tries < NOTE_TRIES => {
                    tokio::time::sleep(Duration::from_millis(50 << tries)).await;
                }
                // The row keeps its lease; when that ends it is settled as uncertain. Failing the
                // record would not bring the note back.
                Err(failure) => {
                    tracing::error!(community = %message.id.community(), path = message.id.path(), error = %failure, "sent, but not noted");
                    self.count(&message.id, "notes_lost");
                    return Ok(());
                }
                Ok(_) => return Ok(()),
            }
        }
    }

    /// Asks what became of a message that awaits a person. One that it has become wrong to send is
    /// taken back.
    async fn look(
        &self,
        place: &Place,
        book: Book<'_>,
        message: &Message,
        member: Option<&Member>,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let State::Awaiting { look, .. } = message.state else {
            return Ok(());
        };
        if look > now {
            return Ok(());
        }
        let community = &place.community;
        let wrong = wrong_now(message, member, book.playbook, now);
        let found = match self.found(place, message, wrong.is_some(), now).await {
            Looked::Sent => Fate::Sent,
            Looked::Waits => Fate::Waits,
            Looked::Unreachable(_) => Fate::Unreachable,
            Looked::TakenBack => Fate::TakenBack(wrong.unwrap_or(SkipReason::Expired)),
            Looked::NotTold(reason) => {
                tracing::warn!(community = %community.id, path = message.id.path(), reason, "what became of a message that awaits a person is not known");
                self.count(&message.id, "looks_failed");
                Fate::Waits
            }
        };
        self.write(message.looked(found, now)).await.map(|_| ())
    }

    async fn found(
        &self,
        place: &Place,
        message: &Message,
        take_back: bool,
        now: Timestamp,
    ) -> Looked {
        let community = &place.community;
        let Some(adapter) = hearth_platforms::adapter(community.platform) else {
            return Looked::NotTold("no-adapter".to_owned());
        };
        let Some(platform_id) = message.platform_id.as_deref() else {
            return Looked::Unreachable("no-platform-id".to_owned());
        };
        let Ok(live) = self.secrets.of(community, now).await else {
            return Looked::NotTold("secrets".to_owned());
        };
        let secrets = Secrets::new((*live).clone());
        let destination = Destination {
            api: community.api.as_deref(),
            secrets: &secrets,
            tokens: &self.tokens,
            now,
        };
        let to = addressee(&message.to);
        let looked = adapter.look(
            self.http.as_ref(),
            &destination,
            platform_id,
            &to,
            take_back,
        );
        tokio::time::timeout(SEND_WITHIN, looked)
            .await
            .unwrap_or_else(|_| Looked::NotTold("timeout".to_owned()))
    }

    /// The call to the platform.
    async fn attempt(
        &self,
        place: &Place,
        book: Book<'_>,
        message: &Message,
        member: Option<&Member>,
        secrets: &Secrets,
        now: Timestamp,
    ) -> Attempt {
        let community = &place.community;
        let Some(adapter) = hearth_platforms::adapter(community.platform) else {
            return Attempt::Permanent {
                reason: "no-adapter".to_owned(),
            };
        };
        let outgoing = match self.render(place, book, adapter, message, member, now) {
            Ok(outgoing) => outgoing,
            Err(reason) => return Attempt::Permanent { reason },
        };
        let destination = Destination {
            api: community.api.as_deref(),
            secrets,
            tokens: &self.tokens,
            now,
        };
        let sent = tokio::time::timeout(
            SEND_WITHIN,
            adapter.send(self.http.as_ref(), &destination, &outgoing),
        )
        .await;
        let attempt = sent.map_or_else(
            |_| Attempt::Unknown {
                reason: "timeout".to_owned(),
            },
            of_outcome,
        );
        let member = member.map(|member| self.pseudonyms.of(&community.id, &member.id));
        tracing::info!(
            community = %community.id,
            member,
            path = message.id.path(),
            kind = %message.kind,
            attempt = message.attempt,
            outcome = outcome(&attempt),
            "message attempted"
        );
        attempt
    }

    fn render(
        &self,
        place: &Place,
        book: Book<'_>,
        adapter: &dyn Adapter,
        message: &Message,
        member: Option<&Member>,
        now: Timestamp,
    ) -> Result<Outgoing, String> {
        let community = &place.community;
        let locale = member.map_or(community.locale, |member| {
            member.locale_or(community.locale)
        });
        let values = values::of(message, member, community, book, adapter, now);
        let templates = self
            .templates(book.playbook, book.version)
            .map_err(|error| format!("text: {error}"))?;
        let buttons = community.platform.capabilities().buttons;
        let rendered = templates
            .render_message(book.playbook, &message.kind, locale, &values, buttons)
            .map_err(|error| format!("text: {error}"))?;
        Ok(Outgoing {
            id: message.id.clone(),
            kind: message.kind.clone(),
            to: addressee(&message.to),
            text: rendered.text,
            buttons: rendered
                .buttons
                .into_iter()
                .map(|(label, value)| OutButton { label, value })
                .collect(),
            reply: message.reply.as_ref().map(|reply| reply.handle.clone()),
        })
    }

    fn count(&self, id: &MessageId, name: &'static str) {
        self.deps.metrics.count(id.community().as_str(), name);
    }
}

/// Whether an uncertain send may be made again: the platform drops repetitions, or the text is
/// worth more than the risk of one. A reply has no key by which it could be dropped.
fn may_repeat(message: &Message, place: &Place, book: Book<'_>) -> bool {
    let critical = book
        .playbook
        .text(&message.kind)
        .is_some_and(|text| text.critical);
    let keyed = place.community.platform.capabilities().idempotency_key;
    critical || (keyed && message.reply.is_none())
}

fn addressee(to: &To) -> hearth_platforms::To {
    match to {
        To::Member(member) => hearth_platforms::To::Member(member.clone()),
        To::Channel(channel) => hearth_platforms::To::Channel(channel.clone()),
    }
}

fn of_outcome(outcome: SendOutcome) -> Attempt {
    match outcome {
        SendOutcome::Sent { platform_id } => Attempt::Sent { platform_id },
        SendOutcome::Accepted { platform_id } => Attempt::Accepted { platform_id },
        SendOutcome::AwaitingPerson { platform_id } => Attempt::AwaitsPerson { platform_id },
        SendOutcome::Retry { after, reason } => Attempt::Retry {
            after: after.and_then(|after| SignedDuration::try_from(after).ok()),
            reason,
        },
        SendOutcome::Unreachable { reason } => Attempt::Unreachable { reason },
        SendOutcome::Permanent { reason } => Attempt::Permanent { reason },
        SendOutcome::Unknown { reason } => Attempt::Unknown { reason },
    }
}

fn outcome(attempt: &Attempt) -> String {
    match attempt {
        Attempt::Sent { .. } => "sent".to_owned(),
        Attempt::Accepted { .. } => "accepted".to_owned(),
        Attempt::AwaitsPerson { .. } => "awaits a person".to_owned(),
        Attempt::Retry { reason, .. } => format!("retry: {reason}"),
        Attempt::Unreachable { reason } => format!("unreachable: {reason}"),
        Attempt::Permanent { reason } => format!("permanent: {reason}"),
        Attempt::Unknown { reason } => format!("unknown: {reason}"),
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
