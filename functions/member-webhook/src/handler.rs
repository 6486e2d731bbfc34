//! One delivery of a platform. Answers in this order: 404, 413, 401, 400, success.

use std::borrow::Cow;
use std::collections::BTreeMap;

use hearth_aws::deps::Deps;
use hearth_aws::queue::QueueName;
use hearth_aws::registry::Place;
use hearth_aws::secrets::SecretBook;
use hearth_aws::wire::{EventV1, Work};
use hearth_domain::classify::classify;
use hearth_domain::community::Community;
use hearth_domain::event::Incoming;
use hearth_domain::ids::CommunityId;
use hearth_domain::platform::Platform;
use hearth_platforms::{Parsed, Receiver, Rejection, Reply, Request, Secrets};
use jiff::{SignedDuration, Timestamp};

use crate::route::route;

/// A larger body is not read.
pub const MAX_BODY: usize = 1024 * 1024;
/// Platforms' clocks may run ahead of ours by this much. What is dated later is refused: it
/// would count on a day that has not come.
const MAX_AHEAD: SignedDuration = SignedDuration::from_mins(10);

/// What the webhook works with.
pub struct Webhook {
    /// Queues, registry.
    pub deps: Deps,
    /// Signing secrets.
    pub secrets: SecretBook,
}

/// What the platform is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Media type of the body.
    pub content_type: &'static str,
    /// Body.
    pub body: String,
}

impl Answer {
    fn error(status: u16, words: &str) -> Self {
        Self {
            status,
            content_type: "application/json",
            body: format!("{{\"error\":\"{words}\"}}"),
        }
    }
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Self {
        Self {
            status: reply.status,
            content_type: reply.content_type,
            body: reply.body,
        }
    }
}

/// Why a delivery is not answered with success.
enum Refusal {
    NotFound,
    TooLarge,
    Unauthorized(Rejection),
    BadBody(&'static str),
    /// Something of ours does not answer. Whether the community is one of ours is only known
    /// once it was found.
    Busy {
        found: bool,
    },
}

/// Handles one delivery to `path`.
pub async fn handle(
    webhook: &Webhook,
    path: &str,
    request: &Request<'_>,
    now: Timestamp,
) -> Answer {
    let metrics = &webhook.deps.metrics;
    let community = path_parts(path).map_or("unknown", |(_, community)| community);
    match accept(webhook, path, request, now).await {
        Ok(answer) => answer,
        // One answer for both, with no hint which; and no community in the metric: it may be junk.
        Err(Refusal::NotFound) => {
            metrics.count("all", "webhooks_not_found");
            Answer::error(404, "not found")
        }
        Err(Refusal::TooLarge) => {
            metrics.count(community, "webhooks_too_large");
            Answer::error(413, "body larger than 1 MiB")
        }
        Err(Refusal::Unauthorized(rejection)) => {
            tracing::warn!(community, reason = %rejection, "webhook not authorised");
            metrics.count(community, "webhooks_unauthorized");
            Answer::error(401, "signature or timestamp missing or not valid")
        }
        Err(Refusal::BadBody(words)) => {
            metrics.count(community, "webhooks_bad_body");
            Answer::error(400, words)
        }
        Err(Refusal::Busy { found }) => {
            metrics.count(if found { community } else { "all" }, "webhooks_busy");
            Answer::error(503, "try again")
        }
    }
}

fn path_parts(path: &str) -> Option<(&str, &str)> {
    path.strip_prefix("/webhooks/")?.split_once('/')
}

async fn accept(
    webhook: &Webhook,
    path: &str,
    request: &Request<'_>,
    now: Timestamp,
) -> Result<Answer, Refusal> {
    let (receiver, place) = find(webhook, path, now).await?;
    if request.body.len() > MAX_BODY {
        return Err(Refusal::TooLarge);
    }
    let body = verify(webhook, receiver, request, (path, &place), now).await?;
    let clear = Request {
        body: &body,
        ..*request
    };
    let community = place.community.id.as_str();
    let parsed = receiver
        .parse(&clear, &place.community, now)
        .map_err(|error| {
            tracing::warn!(community, reason = %error, "webhook body not understood");
            Refusal::BadBody(error.general())
        })?;
    match parsed {
        Parsed::Reply(reply) => Ok(reply.into()),
        Parsed::NotForUs(reason) => {
            tracing::debug!(community, reason, "delivery not for us");
            webhook.deps.metrics.count(community, "webhooks_not_for_us");
            Ok(receiver.taken().into())
        }
        Parsed::Events(incoming) => {
            enqueue(webhook, &place, incoming, now).await?;
            Ok(receiver.taken().into())
        }
        Parsed::Answered(incoming, reply) => {
            if incoming.is_empty() {
                webhook.deps.metrics.count(community, "webhooks_not_for_us");
            }
            enqueue(webhook, &place, incoming, now).await?;
            Ok(reply.into())
        }
    }
}

async fn find(
    webhook: &Webhook,
    path: &str,
    now: Timestamp,
) -> Result<(&'static dyn Receiver, Place), Refusal> {
    let (platform, community) = path_parts(path).ok_or(Refusal::NotFound)?;
    let platform = Platform::from_name(platform).ok_or(Refusal::NotFound)?;
    let receiver = hearth_platforms::receiver(platform);
    let community = CommunityId::new(community).map_err(|_| Refusal::NotFound)?;
    let place = webhook
        .deps
        .registry
        .place(&community, now)
        .await
        .map_err(|error| {
            tracing::error!(community = %community, error = %error, "community not readable");
            Refusal::Busy { found: false }
        })?;
    // Answers to what went by the second channel come back the way it went.
    let takes = |community: &Community| {
        let second = platform == Platform::Standard && community.second_channel.is_some();
        community.platform == platform || second
    };
    let place = place
        .filter(|place| takes(&place.community))
        .ok_or(Refusal::NotFound)?;
    Ok((receiver, place))
}

/// What a delivery on this path is signed with: by the second channel with a secret of its own.
fn signing(live: &BTreeMap<String, Vec<String>>, path: &str, community: &Community) -> Secrets {
    let secrets = Secrets::new(live.clone());
    let platform = path_parts(path).and_then(|(platform, _)| Platform::from_name(platform));
    if platform == Some(community.platform) {
        secrets
    } else {
        secrets.renamed(Platform::SECOND_SECRET, "signing_secret")
    }
}

/// The body in the clear. With the values at hand; if they don't fit, once more with fresh ones, because the secret may
/// have been rotated.
async fn verify<'a>(
    webhook: &Webhook,
    receiver: &dyn Receiver,
    request: &Request<'a>,
    (path, place): (&str, &Place),
    now: Timestamp,
) -> Result<Cow<'a, [u8]>, Refusal> {
    let busy = |error| {
        tracing::error!(community = %place.community.id, error = %error, "secrets not readable");
        Refusal::Busy { found: true }
    };
    let live = webhook
        .secrets
        .of(&place.community, now)
        .await
        .map_err(busy)?;
    let secrets = signing(&live, path, &place.community);
    let rejection = match receiver.verify(request, &secrets, now) {
        Ok(body) => return Ok(body),
        Err(rejection @ (Rejection::Mismatch | Rejection::Sealed)) => rejection,
        Err(rejection) => return Err(Refusal::Unauthorized(rejection)),
    };
    match webhook
        .secrets
        .again(&place.community, now)
        .await
        .map_err(busy)?
    {
        Some(fresh) => receiver
            .verify(request, &signing(&fresh, path, &place.community), now)
            .map_err(Refusal::Unauthorized),
        None => Err(Refusal::Unauthorized(rejection)),
    }
}

/// Classifies and hands the events to their consumers. Only then is the delivery answered: what
/// the queue did not take, the platform delivers again.
async fn enqueue(
    webhook: &Webhook,
    place: &Place,
    incoming: Vec<Incoming>,
    now: Timestamp,
) -> Result<(), Refusal> {
    let community = &place.community;
    let mut work: BTreeMap<QueueName, Vec<Work>> = BTreeMap::new();
    for incoming in incoming {
        if incoming.at.duration_since(now) > MAX_AHEAD {
            return Err(Refusal::BadBody("the event's time lies in the future"));
        }
        match classify(incoming, community, &place.playbook) {
            Some(event) => {
                let queue = route(&event.what);
                work.entry(queue)
                    .or_default()
                    .push(Work::EventV1(EventV1::of(community.id.clone(), event)));
            }
            None => webhook
                .deps
                .metrics
                .count(community.id.as_str(), "events_unused"),
        }
    }
    for (queue, work) in work {
        webhook.deps.queue.send(queue, &work).await.map_err(|error| {
            tracing::error!(community = %community.id, error = %error, "events not enqueued; the platform will deliver again");
            Refusal::Busy { found: true }
        })?;
        webhook
            .deps
            .metrics
            .add(community.id.as_str(), "events_accepted", work.len() as f64);
    }
    Ok(())
}
