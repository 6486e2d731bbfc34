//! The chat platforms, and what each of them can do at all. Plans ask this table before they
//! plan a message; the reason for what is impossible reaches the ledger.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::{Deserialize, Serialize};

/// A chat platform, as in the webhook path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Platform {
    /// Slack (Events API).
    Slack,
    /// Telegram (Bot API).
    Telegram,
    /// LINE (Messaging API).
    Line,
    /// Discord (interactions; the rest through a forwarder).
    Discord,
    /// WeCom (企業微信).
    Wecom,
    /// Feishu / Lark.
    Feishu,
    /// Anything that speaks Standard Webhooks.
    Standard,
}

/// How far something is possible on a platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Able {
    /// Yes.
    Yes,
    /// Only through a forwarder that posts to us as Standard Webhooks.
    ByForwarder,
    /// Yes, under a condition the platform knows and we don't: trying tells.
    Maybe,
    /// A member of the staff has to tap "send".
    ByStaff,
    /// No.
    No,
}

impl Able {
    /// Whether it is worth an attempt by us.
    pub fn attempt(self) -> bool {
        matches!(
            self,
            Self::Yes | Self::Maybe | Self::ByForwarder | Self::ByStaff
        )
    }
}

/// What a platform can do. Source: the platforms' documentation, 2025–2026.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// Tells us of joins.
    pub join: Able,
    /// Tells us of leaves.
    pub leave: Able,
    /// Tells us of messages.
    pub messages: Able,
    /// Tells us of reactions.
    pub reactions: Able,
    /// Tells us of renames.
    pub rename: Able,
    /// A direct message to a member.
    pub direct_to_member: Able,
    /// A direct message to somebody who left.
    pub direct_to_leaver: Able,
    /// Its send API takes an idempotency key, so an uncertain send may be tried again.
    pub idempotency_key: bool,
    /// Messages may carry buttons; else options are numbered and the digit is the answer.
    pub buttons: bool,
}

impl Platform {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Slack,
        Self::Telegram,
        Self::Line,
        Self::Discord,
        Self::Wecom,
        Self::Feishu,
        Self::Standard,
    ];

    /// The name in webhook paths and community files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Slack => "slack",
            Self::Telegram => "telegram",
            Self::Line => "line",
            Self::Discord => "discord",
            Self::Wecom => "wecom",
            Self::Feishu => "feishu",
            Self::Standard => "standard",
        }
    }

    /// Reads a name as in webhook paths.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|platform| platform.name() == name)
    }

    /// The secrets a community on this platform has.
    pub fn secret_names(self) -> &'static [&'static str] {
        match self {
            Self::Slack => &["signing_secret", "bot_token"],
            Self::Telegram => &["secret_token", "bot_token"],
            Self::Line => &["channel_secret", "channel_access_token"],
            Self::Discord => &["public_key", "bot_token"],
            Self::Wecom => &["token", "encoding_aes_key", "corp_id", "corp_secret"],
            Self::Feishu => &["encrypt_key", "verification_token", "app_id", "app_secret"],
            Self::Standard => &["signing_secret", "outgoing_secret"],
        }
    }

    /// Those of them that verify and decrypt what the platform sends us. A webhook needs no other.
    pub fn verifying_secrets(self) -> &'static [&'static str] {
        match self {
            Self::Slack | Self::Standard => &["signing_secret"],
            Self::Telegram => &["secret_token"],
            Self::Line => &["channel_secret"],
            Self::Discord => &["public_key"],
            Self::Wecom => &["token", "encoding_aes_key", "corp_id"],
            Self::Feishu => &["encrypt_key", "verification_token"],
        }
    }

    /// Those of them that we send with. The messenger needs no other.
    pub fn sending_secrets(self) -> &'static [&'static str] {
        match self {
            Self::Slack | Self::Telegram | Self::Discord => &["bot_token"],
            Self::Line => &["channel_access_token"],
            Self::Wecom => &["corp_id", "corp_secret"],
            Self::Feishu => &["app_id", "app_secret"],
            Self::Standard => &["outgoing_secret"],
        }
    }

    /// What is wrong with a secret's value, as far as its form tells. The words never repeat it.
    pub fn secret_mistake(self, value: &str) -> Option<&'static str> {
        if value.is_empty() {
            Some("it is empty")
        } else if value.contains(char::is_whitespace) {
            // The usual slip: a file's last line break came along.
            Some("it has a space or a line break in it")
        } else if value.starts_with('{') {
            Some("it is JSON, as the console stores key/value pairs; store the bare value")
        } else if self == Self::Standard && !is_standard_secret(value) {
            Some("it is not whsec_ and base64, as Standard Webhooks write their secrets")
        } else {
            None
        }
    }

    /// What it can do.
    pub fn capabilities(self) -> Capabilities {
        use Able::{ByForwarder, ByStaff, Maybe, No, Yes};
        let [
            join,
            leave,
            messages,
            reactions,
            rename,
            direct_to_member,
            direct_to_leaver,
        ] = match self {
            Self::Slack => [Yes, Yes, Yes, Yes, Yes, Yes, Maybe],
            Self::Telegram => [Yes, Yes, Yes, Yes, No, Maybe, Maybe],
            Self::Line => [Yes, Yes, Yes, No, No, Maybe, Maybe],
            Self::Discord => [
                ByForwarder,
                ByForwarder,
                ByForwarder,
                ByForwarder,
                ByForwarder,
                Maybe,
                No,
            ],
            Self::Wecom => [Yes, Yes, No, No, No, ByStaff, ByStaff],
            Self::Feishu => [Yes, Yes, Yes, Yes, No, Yes, Maybe],
            Self::Standard => [Yes, Yes, Yes, Yes, Yes, Maybe, Maybe],
        };
        let idempotency_key = match self {
            Self::Line | Self::Discord | Self::Feishu | Self::Standard => true,
            Self::Slack | Self::Telegram | Self::Wecom => false,
        };
        let buttons = self != Self::Wecom;
        Capabilities {
            join,
            leave,
            messages,
            reactions,
            rename,
            direct_to_member,
            direct_to_leaver,
            idempotency_key,
            buttons,
        }
    }
}

/// `whsec_` and the key in base64, with or without padding.
fn is_standard_secret(value: &str) -> bool {
    let config =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let key = value.strip_prefix("whsec_").filter(|key| !key.is_empty());
    key.is_some_and(|key| GeneralPurpose::new(&STANDARD, config).decode(key).is_ok())
}

impl std::fmt::Display for Platform {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_secret_verifies_or_sends_and_none_is_left_over() {
        for platform in Platform::ALL {
            let named = platform.secret_names();
            let used: Vec<&str> =
                [platform.verifying_secrets(), platform.sending_secrets()].concat();
            for name in named {
                assert!(used.contains(name), "{platform}: nothing uses {name}");
            }
            for name in used {
                assert!(
                    named.contains(&name),
                    "{platform}: {name} is not in its file"
                );
            }
        }
    }

    #[test]
    fn a_secret_that_cannot_be_one_is_told_by_its_form() {
        for (platform, value, mistake) in [
            (Platform::Slack, "8f742231b10e8888abcd99yyyzzz85a5", None),
            (Platform::Slack, "", Some("it is empty")),
            (
                Platform::Slack,
                "xoxb-1\n",
                Some("it has a space or a line break in it"),
            ),
            (
                Platform::Slack,
                "{\"a\":\"b\"}",
                Some("it is JSON, as the console stores key/value pairs; store the bare value"),
            ),
            (Platform::Standard, "whsec_c2hvcA==", None),
            (
                Platform::Standard,
                "c2hvcA==",
                Some("it is not whsec_ and base64, as Standard Webhooks write their secrets"),
            ),
        ] {
            assert_eq!(
                platform.secret_mistake(value),
                mistake,
                "{platform} {value:?}"
            );
        }
    }
}
