//! One attempt: claim, turn, call, and the note of what came of it.

use std::time::Duration;

use hearth_aws::batch::Failure;
use hearth_aws::registry::Place;
use hearth_domain::journey::Book;
use hearth_domain::member::Member;
use hearth_domain::message::{Attempt, Message, To, Via};
use hearth_domain::platform::Platform;
use hearth_platforms::{Destination, OutButton, Outgoing, Secrets, SendOutcome, Sender};
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use crate::handler::Messenger;
use crate::{picture, values};

/// All calls of one send together, with the taking of its coupon code. Shorter than the least lease, so that nobody else begins while
/// this goes on.
pub(crate) const SEND_WITHIN: Duration = Duration::from_secs(20);
/// What a message that is begun may take: its claim, its send and the note of what came of it.
/// Lambda must not stop us between the last two: the message would end as UNKNOWN.
pub const RESERVE: Duration = Duration::from_secs(36);
/// Noting that a message was sent is worth more than one try: without the note it is UNKNOWN.
const NOTE_TRIES: u32 = 3;

/// When an attempt takes place, and when it is over.
#[derive(Clone, Copy)]
struct Span {
    now: Timestamp,
    until: Instant,
}

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
        let Some(mut claimed) = self.write(claimed).await? else {
            return Ok(());
        };
        let span = Span {
            now,
            until: Instant::now() + SEND_WITHIN,
        };
        let noted = match self.check_ins(&claimed, span.until).await {
            Ok(Some(count)) => Ok(Some(vec![count])),
            Ok(None) => self.taken(&claimed, place, book, span.until).await,
            Err(attempt) => Err(attempt),
        };
        let attempt = match noted {
            Ok(Some(noted)) => {
                claimed.values.extend(noted);
                self.attempt(place, book, &claimed, member, &secrets, span)
                    .await
            }
            Ok(None) => return self.note(claimed.hold_for_code(now)).await,
            Err(attempt) => attempt,
        };
        self.heed(&claimed.id, &claimed.to, platform, &attempt, now)
            .await;
        let unreachable = matches!(attempt, Attempt::Unreachable { .. });
        let ended = if unreachable && may_go_second(&claimed, place, member) {
            claimed.by_second_channel()
        } else {
            claimed.finish(attempt, again, now)
        };
        self.note(ended.clone()).await?;
        self.close_unreachable(place, &ended, member).await;
        Ok(())
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
        Span { now, until }: Span,
    ) -> Attempt {
        let community = &place.community;
        let (sender, api, renamed);
        let (sender, api, secrets): (&dyn Sender, _, _) = match message.via {
            Via::Platform => {
                sender = hearth_platforms::sender(community.platform);
                (sender, community.api.as_deref(), secrets)
            }
            Via::Second => {
                api = community.second_channel.as_deref();
                renamed = secrets.renamed(Platform::SECOND_SECRET, "outgoing_secret");
                (hearth_platforms::sender(Platform::Standard), api, &renamed)
            }
        };
        // Nothing has left yet: what can't be read now may be read by the next attempt.
        let named = match self.with_names(place, book, sender, message).await {
            Ok(named) => named,
            Err(error) => {
                tracing::warn!(community = %community.id, error = %error, "no names to post");
                return Attempt::Retry {
                    after: None,
                    reason: "names".to_owned(),
                };
            }
        };
        let outgoing = match self.render(place, book, sender, &named, member, now) {
            Ok(outgoing) => outgoing,
            Err(reason) => return Attempt::Permanent { reason },
        };
        let destination = Destination {
            api,
            secrets,
            tokens: &self.tokens,
            now,
        };
        let sent = tokio::time::timeout_at(
            until,
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
        let locale = values::locale_of(message, member, community);
        let values = values::of(message, member, community, book, sender, now);
        let templates = self.templates(book.playbook, book.version);
        let platform = match message.via {
            Via::Platform => community.platform,
            Via::Second => Platform::Standard,
        };
        let text = (&message.kind, message.variant.as_ref());
        let options = platform.capabilities().options();
        let rendered = templates
            .render_message(book.playbook, text, locale, &values, options)
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
            picture: picture::of(message, locale, platform),
        })
    }
}

/// Whether what the platform can't deliver to a leaver goes by the second channel instead.
fn may_go_second(message: &Message, place: &Place, member: Option<&Member>) -> bool {
    message.via == Via::Platform
        && message.id.path().starts_with("win-back/")
        && place.community.second_channel.is_some()
        && member.is_some_and(Member::agreed_to_second_channel)
}

/// Whether an uncertain send may be made again: the platform drops repetitions, or the text is
/// worth more than the risk of one. A reply has no key by which it could be dropped.
pub(crate) fn may_repeat(message: &Message, place: &Place, book: Book<'_>, now: Timestamp) -> bool {
    let critical = book
        .playbook
        .text(&message.kind)
        .is_some_and(|text| text.critical);
    let platform = match message.via {
        Via::Platform => place.community.platform,
        Via::Second => Platform::Standard,
    };
    let remembers = platform.capabilities().remembers_minutes;
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
