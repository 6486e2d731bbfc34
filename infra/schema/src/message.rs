//! What we send: one message of ours, to be shown by the receiver.

#![expect(dead_code, reason = "only the shapes are used")]

use schemars::JsonSchema;

/// A message that Hearth asks the receiver to show. `webhook-id` is the message's id, the same for
/// every attempt: take each id once.
#[derive(JsonSchema)]
pub(crate) struct Send {
    /// Always `message.send`.
    r#type: SendType,
    /// When it was sent: an RFC 3339 instant in UTC. Another attempt has another.
    #[schemars(extend("format" = "date-time"))]
    timestamp: String,
    /// The message.
    data: Message,
}

#[derive(JsonSchema)]
#[schemars(inline)]
enum SendType {
    #[schemars(rename = "message.send")]
    MessageSend,
}

/// A message and whom it is for: one `member`, directly, or everybody in a `channel`.
#[derive(JsonSchema)]
#[expect(clippy::struct_field_names, reason = "as it is written on the wire")]
struct Message {
    /// Hand it back with `button.pressed` and `survey.answered`.
    #[schemars(length(min = 1))]
    message_id: String,
    /// What it is: `onboarding.day-1`, `win-back.survey`. The key of its text in the playbook.
    #[schemars(length(min = 1, max = 64))]
    kind: String,
    #[schemars(flatten)]
    to: To,
    /// The text, as a person reads it.
    text: String,
    /// In order; empty if there are none.
    buttons: Vec<Button>,
}

/// For whom a message is.
#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
enum To {
    /// One member, directly.
    Member(#[schemars(length(min = 1, max = 64))] String),
    /// Everybody in a channel.
    Channel(#[schemars(length(min = 1, max = 64))] String),
}

/// A button of a message.
#[derive(JsonSchema)]
struct Button {
    /// What the member reads.
    label: String,
    /// What comes back when it is pressed.
    #[schemars(length(min = 1))]
    value: String,
}
