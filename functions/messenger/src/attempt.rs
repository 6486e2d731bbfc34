//! One attempt: claim, turn, call, and the note of what came of it.

use std::time::Duration;

use hearth_aws::batch::Failure;
use hearth_aws::registry::Place;
use hearth_domain::journey::Book;
use hearth_domain::member::Member;
use hearth_domain::message::{Attempt, Message, To};
use hearth_platforms::{Destination, OutButton, Outgoing, Secrets, SendOutcome, Sender};
use jiff::{SignedDuration, Timestamp};

use crate::handler::Messenger;
use crate::values;

/// All calls of one send together. Shorter than the least lease, so that nobody else begins while
/// this goes on.
pub(crate) const SEND_WITHIN: Duration = Duration::from_secs(20);
/// What a message that is begun may take: its claim, its send and the note of what came of it.
/// Lambda must not stop us between the last two: the message would end as UNKNOWN.
pub const RESERVE: Duration = Duration::from_secs(36);
/// Noting that a message was sent is worth more than one try: without the note it is UNKNOWN.
const NOTE_TRIES: u32 = 3;

impl Messenger {
    pub(crate) async fn send(
        &self,
        place: &Place,
        book: Book<'_>,
        claimed: Message,
        member: Option<&Member>,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let platform = place.community.platform;
        if !self
            .has_turn_in(&claimed.id, &claimed.to, platform, now)
            .await?
        {
            return Ok(());
        }
        let again = may_repeat(&claimed, place, book, now);
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
        self.heed(&claimed.id, &claimed.to, platform, &attempt, now)
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
        let sender = hearth_platforms::sender(community.platform);
        let outgoing = match self.render(place, book, sender, message, member, now) {
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
            sender.send(self.http.as_ref(), &destination, &outgoing),
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
        sender: &dyn Sender,
        message: &Message,
        member: Option<&Member>,
        now: Timestamp,
    ) -> Result<Outgoing, String> {
        let community = &place.community;
        let locale = member.map_or(community.locale, |member| {
            member.locale_or(community.locale)
        });
        let values = values::of(message, member, community, book, sender, now);
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
}

/// Whether an uncertain send may be made again: the platform drops repetitions, or the text is
/// worth more than the risk of one. A reply has no key by which it could be dropped.
pub(crate) fn may_repeat(message: &Message, place: &Place, book: Book<'_>, now: Timestamp) -> bool {
    let critical = book
        .playbook
        .text(&message.kind)
        .is_some_and(|text| text.critical);
    let remembers = place.community.platform.capabilities().remembers_minutes;
    let remembered = remembers.is_some_and(|minutes| {
        let since = message.doubt.unwrap_or(now);
        now.duration_since(since) <= SignedDuration::from_mins(i64::from(minutes))
    });
    critical || (remembered && message.reply.is_none())
}

pub(crate) fn addressee(to: &To) -> hearth_platforms::To {
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
