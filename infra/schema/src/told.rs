//! What we take in: one thing that happened to one member.

#![expect(dead_code, reason = "only the shapes are used")]

use schemars::JsonSchema;
use serde_json::{Value, json};

/// Something that happened to one member. The header `webhook-id` is its identity: send the same
/// act with the same id and the same `timestamp`, and it counts once.
#[derive(JsonSchema)]
#[schemars(extend("examples" = examples()))]
pub(crate) struct Told {
    #[schemars(flatten)]
    what: What,
    /// When it happened: an RFC 3339 instant such as `2026-01-05T09:00:00+01:00`. It decides the
    /// day it counts on; at most 10 minutes ahead of now.
    #[schemars(extend("format" = "date-time"))]
    timestamp: String,
    /// Who, and what the type adds.
    data: Who,
}

/// The member, and what the sender knows of them. All but `member` may be left out of any event.
#[derive(JsonSchema)]
struct Who {
    /// The member, as the sender names them: at most 64 bytes without spaces, `#`, `/` and a
    /// leading `@`.
    #[schemars(length(min = 1, max = 64))]
    member: String,
    /// Display name.
    name: Option<String>,
    /// The member's time zone, an IANA name such as `Europe/Berlin`. One we don't know is ignored.
    zone: Option<String>,
    /// The member's language, such as `en` or `zh-Hant`. One we don't speak is ignored.
    locale: Option<String>,
    /// Staff take no journey and are in no number.
    staff: Option<bool>,
    /// Orders events of the same instant.
    seq: Option<u64>,
    /// Names the act where the delivery is signed as GitHub signs (`X-Hub-Signature-256`): what
    /// has the same id and `timestamp` counts once. At most 196 bytes without spaces; without it the
    /// body's hash is the id. Standard Webhooks have `webhook-id` instead, and this is ignored.
    #[schemars(length(max = 196))]
    id: Option<String>,
}

#[derive(JsonSchema)]
#[schemars(tag = "type", content = "data")]
enum What {
    /// They became a member: starts the plan.
    #[schemars(rename = "member.joined")]
    MemberJoined(Joined),
    /// They left: a survey follows, unless they were removed.
    #[schemars(rename = "member.left")]
    MemberLeft(Left),
    /// They have a new name.
    #[schemars(rename = "member.renamed")]
    MemberRenamed(Renamed),
    /// They wrote something.
    #[schemars(rename = "message.posted")]
    MessagePosted(Posted),
    /// They put a reaction on a message.
    #[schemars(rename = "reaction.added")]
    ReactionAdded(Reaction),
    /// They took a reaction back.
    #[schemars(rename = "reaction.removed")]
    ReactionRemoved(Reaction),
    /// They checked in, by a form or a mini program.
    #[schemars(rename = "member.checked_in")]
    MemberCheckedIn(CheckedIn),
    /// They shared something of the community's: a post, an offer, an invitation.
    #[schemars(rename = "content.shared")]
    ContentShared(Shared),
    /// They answered a survey of ours.
    #[schemars(rename = "survey.answered")]
    SurveyAnswered(Surveyed),
    /// They pressed a button of a message of ours.
    #[schemars(rename = "button.pressed")]
    ButtonPressed(Answer),
    /// They were at an event of the community.
    #[schemars(rename = "event.attended")]
    EventAttended(Attended),
    /// They agreed to the second channel (e-mail, SMS), or took that back.
    #[schemars(rename = "consent.changed")]
    ConsentChanged(Consent),
    /// They accepted an invitation.
    #[schemars(rename = "invitation.accepted")]
    InvitationAccepted(Accepted),
    /// They paid an order.
    #[schemars(rename = "order.paid")]
    OrderPaid(Order),
    /// They gave a score.
    #[schemars(rename = "feedback.scored")]
    FeedbackScored(Feedback),
}

#[derive(JsonSchema)]
struct Joined {
    /// The member who invited them.
    #[schemars(length(max = 64))]
    inviter: Option<String>,
    /// Where they came from: a campaign, a link, the state of a QR code.
    source: Option<String>,
}

#[derive(JsonSchema)]
struct Left {
    /// Who caused it; `unknown` if it is left out.
    cause: Option<Cause>,
}

/// Who caused a leave.
#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
enum Cause {
    /// The member.
    Voluntary,
    /// The community.
    Removed,
    /// Nobody knows.
    Unknown,
}

#[derive(JsonSchema)]
struct Renamed {
    /// The new display name.
    #[schemars(length(min = 1))]
    name: String,
}

#[derive(JsonSchema)]
struct Shared {
    /// The sender's id of what was shared: at most 200 bytes.
    #[schemars(length(min = 1, max = 200))]
    message: Option<String>,
}

#[derive(JsonSchema)]
struct Posted {
    /// The sender's id of the message: at most 200 bytes.
    #[schemars(length(min = 1, max = 200))]
    message: String,
    /// Where: at most 64 bytes without spaces, `#` and `/`.
    #[schemars(length(min = 1, max = 64))]
    channel: String,
    /// Its length in characters. Without it and without `keyword_text` it earns no points.
    length: Option<u32>,
    /// Its text, for keyword matching only (check-in; opt-out and opt-in where `direct`). Never
    /// stored, never logged.
    keyword_text: Option<String>,
    /// One to one with the bot.
    direct: Option<bool>,
    /// The topic's or thread's name.
    topic: Option<String>,
    /// The thread in which it answers: the sender's id of the first message, at most 200 bytes. Where
    /// that is this message itself, it answers in none.
    #[schemars(length(max = 200))]
    thread: Option<String>,
    /// When the thread's first message was written, an RFC 3339 instant: without it nobody knows how
    /// long the first answer took. The same in all answers.
    #[schemars(extend("format" = "date-time"))]
    thread_started: Option<String>,
    /// The member who wrote the thread's first message, who is one of those who talk.
    #[schemars(length(max = 64))]
    thread_author: Option<String>,
    /// The member who wrote what this replies to: stars of the community are whose messages most
    /// members reply or react to. A message's id alone does not tell.
    #[schemars(length(max = 64))]
    reply_to_author: Option<String>,
}

#[derive(JsonSchema)]
struct Reaction {
    /// The sender's id of the message: at most 200 bytes.
    #[schemars(length(min = 1, max = 200))]
    message: String,
    /// Where: at most 64 bytes without spaces, `#` and `/`.
    #[schemars(length(min = 1, max = 64))]
    channel: String,
    /// The member who wrote the message, as with `reply_to_author`. What is taken back takes nothing
    /// back.
    #[schemars(length(max = 64))]
    author: Option<String>,
}

#[derive(JsonSchema)]
struct CheckedIn {
    /// Where they did: at most 64 bytes without spaces, `#` and `/`. There it is answered, as one by
    /// keyword would be; without it one to one.
    #[schemars(length(max = 64))]
    channel: Option<String>,
}

#[derive(JsonSchema)]
struct Answer {
    /// The `message_id` of our message.
    #[schemars(length(min = 1))]
    message_id: String,
    /// The `value` of the button or option; of a survey `boring_content`, `few_benefits`,
    /// `too_much_info` or `other`. At most 2000 bytes.
    #[schemars(length(min = 1, max = 2000))]
    value: String,
}

#[derive(JsonSchema)]
struct Surveyed {
    #[schemars(flatten)]
    answer: Answer,
    /// What they wrote beside it. Shown to the operators with a case, cut to 500 characters, and not
    /// kept.
    text: Option<String>,
}

#[derive(JsonSchema)]
struct Attended {
    /// The event's id in the community's file: 1 to 16 of a-z, 0-9 and `-`. Without it the one that
    /// the member is invited to.
    #[schemars(length(min = 1, max = 16))]
    event: Option<String>,
}

#[derive(JsonSchema)]
struct Consent {
    /// `true` = agreed.
    given: bool,
}

#[derive(JsonSchema)]
struct Accepted {
    /// The member who invited them.
    #[schemars(length(min = 1, max = 64))]
    inviter: String,
}

#[derive(JsonSchema)]
#[expect(clippy::struct_field_names, reason = "as it is written on the wire")]
struct Order {
    /// The shop's id of the order: at most 200 bytes.
    #[schemars(length(min = 1, max = 200))]
    order: String,
    /// In minor units of the currency: 1290 for 12.90. At most 10^12.
    #[schemars(range(min = 0, max = 1_000_000_000_000_i64))]
    amount: i64,
    /// ISO 4217, such as `EUR`.
    #[schemars(length(min = 3, max = 3))]
    currency: String,
}

/// A score on one of three scales.
#[derive(JsonSchema)]
#[schemars(tag = "scale", rename_all = "lowercase")]
enum Feedback {
    /// Would they recommend it?
    Nps {
        /// 0 (not at all) to 10.
        #[schemars(range(min = 0, max = 10))]
        score: u8,
    },
    /// One to five stars.
    Stars {
        /// How many.
        #[schemars(range(min = 1, max = 5))]
        score: u8,
    },
    /// Down or up.
    Thumb {
        /// 0 = down, 1 = up.
        #[schemars(range(min = 0, max = 1))]
        score: u8,
    },
}

/// One body of each type, with everything that it can have.
pub fn examples() -> Vec<Value> {
    let reaction = json!({"message": "p1", "channel": "introductions", "author": "m7"});
    let answer = json!({"message_id": "shop/m1/win-back/1/survey", "value": "other",
                        "text": "I moved away."});
    [
        (
            "member.joined",
            json!({"name": "Mia", "zone": "Europe/Berlin", "locale": "en", "staff": false, "seq": 1,
                   "inviter": "m7", "source": "spring-fair"}),
        ),
        ("member.left", json!({"cause": "voluntary"})),
        ("member.renamed", json!({"name": "design-Mia"})),
        (
            "message.posted",
            json!({"message": "p1", "channel": "introductions", "length": 7, "keyword_text": "Hi all!",
                   "direct": false, "topic": "hello-all", "reply_to_author": "m7", "thread": "p0",
                   "thread_started": "2026-01-05T08:51:00+01:00", "thread_author": "m7"}),
        ),
        ("reaction.added", reaction.clone()),
        ("reaction.removed", reaction),
        ("member.checked_in", json!({"channel": "checkin"})),
        ("content.shared", json!({"message": "p1"})),
        ("survey.answered", answer),
        ("event.attended", json!({"event": "tea"})),
        ("consent.changed", json!({"given": true})),
        (
            "button.pressed",
            json!({"message_id": "shop/m1/onboarding/1/day-1", "value": "interest:tools"}),
        ),
        ("invitation.accepted", json!({"inviter": "m7"})),
        (
            "order.paid",
            json!({"order": "o-1001", "amount": 1290, "currency": "EUR"}),
        ),
        ("feedback.scored", json!({"scale": "nps", "score": 9})),
        ("feedback.scored", json!({"scale": "stars", "score": 5})),
        ("feedback.scored", json!({"scale": "thumb", "score": 1})),
    ]
    .into_iter()
    .map(|(kind, data)| of_mia(kind, data))
    .collect()
}

fn of_mia(kind: &str, mut data: Value) -> Value {
    if let Some(data) = data.as_object_mut() {
        data.insert("member".to_owned(), json!("m1"));
    }
    json!({"type": kind, "timestamp": "2026-01-05T09:00:00+01:00", "data": data})
}
