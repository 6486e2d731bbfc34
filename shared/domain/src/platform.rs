//! The chat platforms, and what each of them can do at all. Plans ask this table before they
//! plan a message; the reason for what is impossible reaches the ledger.

pub mod limits;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::{Deserialize, Serialize};

use crate::text::Options;

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
    /// Messages that the staff may send one member in a calendar month, where they have to tap
    /// "send"; `None` = as many as there are.
    pub by_staff_a_month: Option<u8>,
    /// So many minutes it remembers the idempotency keys of its send API: within them an uncertain
    /// send may be tried again. `None` = it takes no key.
    pub remembers_minutes: Option<u32>,
    /// Messages may carry buttons; else options are numbered and the digit is the answer.
    pub buttons: bool,
    /// A message may carry a picture that we make, as a file of the call that sends it.
    pub pictures: bool,
}

/// How fast a platform takes messages: so many in a span of time, evenly, after a burst of that
/// many at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Messages …
    pub messages: u32,
    /// … in so many seconds.
    pub seconds: u32,
    /// As many may go at once after a pause.
    pub burst: u32,
}

impl Rate {
    /// Between two messages, in milliseconds, rounded up.
    pub fn interval(self) -> i64 {
        let millis = u64::from(self.seconds) * 1000;
        let interval = millis.div_ceil(u64::from(self.messages.max(1)));
        i64::try_from(interval).unwrap_or(i64::MAX)
    }
}

/// The rates that hold for all our processes together; `None` = none that we could reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rates {
    /// Of everything a community's bot sends.
    pub community: Option<Rate>,
    /// Of what it sends to one channel.
    pub channel: Option<Rate>,
}

impl Capabilities {
    /// How the options of a message are shown: where we would not see a digit that somebody
    /// answers, there is no use in asking for one.
    pub fn options(&self) -> Options {
        match (self.buttons, self.messages) {
            (true, _) => Options::Buttons,
            (false, Able::No) => Options::Nothing,
            (false, Able::Yes | Able::Maybe | Able::ByForwarder | Able::ByStaff) => {
                Options::Numbers
            }
        }
    }
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

    /// The secret that signs what goes by a community's second channel, whatever its platform.
    pub const SECOND_SECRET: &'static str = "second_secret";

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
            Self::Slack => &["signing_secret", "bot_token", Self::SECOND_SECRET],
            Self::Telegram => &["secret_token", "bot_token", Self::SECOND_SECRET],
            Self::Line => &[
                "channel_secret",
                "channel_access_token",
                Self::SECOND_SECRET,
            ],
            Self::Discord => &[
                "public_key",
                "signing_secret",
                "bot_token",
                Self::SECOND_SECRET,
            ],
            Self::Wecom => &[
                "token",
                "encoding_aes_key",
                "corp_id",
                "corp_secret",
                "signing_secret",
                Self::SECOND_SECRET,
            ],
            Self::Feishu => &[
                "encrypt_key",
                "verification_token",
                "app_id",
                "app_secret",
                Self::SECOND_SECRET,
            ],
            Self::Standard => &["signing_secret", "outgoing_secret", Self::SECOND_SECRET],
        }
    }

    /// Those of them that a community may leave out: who sends nothing to the gateway has nothing to
    /// sign, and who has no form of their own takes no Standard Webhook beside what the platform
    /// delivers.
    pub fn optional_secrets(self) -> &'static [&'static str] {
        match self {
            Self::Standard => &["outgoing_secret"],
            Self::Wecom => &["signing_secret"],
            Self::Slack | Self::Telegram | Self::Line | Self::Discord | Self::Feishu => &[],
        }
    }

    /// Those of them that verify and decrypt what the platform sends us, and what comes by the second
    /// channel. A webhook needs no other.
    pub fn verifying_secrets(self) -> &'static [&'static str] {
        match self {
            Self::Slack => &["signing_secret", Self::SECOND_SECRET],
            Self::Standard => &["signing_secret"],
            Self::Telegram => &["secret_token", Self::SECOND_SECRET],
            Self::Line => &["channel_secret", Self::SECOND_SECRET],
            // Its own, and the forwarder's.
            Self::Discord => &["public_key", "signing_secret", Self::SECOND_SECRET],
            Self::Wecom => &[
                "token",
                "encoding_aes_key",
                "corp_id",
                "signing_secret",
                Self::SECOND_SECRET,
            ],
            Self::Feishu => &["encrypt_key", "verification_token", Self::SECOND_SECRET],
        }
    }

    /// Those of them that we send with. The messenger needs no other.
    pub fn sending_secrets(self) -> &'static [&'static str] {
        match self {
            Self::Slack | Self::Telegram | Self::Discord => &["bot_token", Self::SECOND_SECRET],
            Self::Line => &["channel_access_token", Self::SECOND_SECRET],
            Self::Wecom => &["corp_id", "corp_secret", Self::SECOND_SECRET],
            Self::Feishu => &["app_id", "app_secret", Self::SECOND_SECRET],
            Self::Standard => &["outgoing_secret", Self::SECOND_SECRET],
        }
    }

    /// What is wrong with the value of a secret, as far as its form tells. The words never repeat
    /// it.
    pub fn secret_mistake(self, name: &str, value: &str) -> Option<&'static str> {
        if value.is_empty() {
            Some("it is empty")
        } else if value.contains(char::is_whitespace) {
            // The usual slip: a file's last line break came along.
            Some("it has a space or a line break in it")
        } else if value.starts_with('{') {
            Some("it is JSON, as the console stores key/value pairs; store the bare value")
        } else {
            self.form_mistake(name, value)
        }
    }

    /// What the platform's own form of this secret rules out.
    fn form_mistake(self, name: &str, value: &str) -> Option<&'static str> {
        let hex = value.bytes().all(|b| b.is_ascii_hexdigit());
        let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        let (right, words) = match (self, name) {
            (Self::Standard, "signing_secret") => (
                is_standard_secret(value),
                "it is neither whsec_ and base64 nor a plain secret of 16 characters or more",
            ),
            (_, Self::SECOND_SECRET)
            | (Self::Standard, "outgoing_secret")
            | (Self::Discord | Self::Wecom, "signing_secret") => (
                value.strip_prefix("whsec_").is_some_and(is_key),
                "it is not whsec_ and base64, as Standard Webhooks write their secrets",
            ),
            (Self::Telegram, "secret_token") => (
                value.len() <= 256 && value.bytes().all(word),
                "it is not 1 to 256 letters, digits, _ and -, as setWebhook takes it",
            ),
            (Self::Telegram, "bot_token") => (
                value.split_once(':').is_some_and(|(bot, secret)| {
                    bot.bytes().all(|b| b.is_ascii_digit())
                        && !bot.is_empty()
                        && !secret.is_empty()
                        && secret.bytes().all(word)
                }),
                "it is not digits, a colon and letters, as BotFather gives it",
            ),
            (Self::Discord, "public_key") => (
                hex && value.len() == 64,
                "it is not 64 hexadecimal digits, as the developer portal shows it",
            ),
            (Self::Wecom, "encoding_aes_key") => (
                value.len() == 43 && value.bytes().all(|b| b.is_ascii_alphanumeric()),
                "it is not 43 letters and digits, as the callback's settings show it",
            ),
            (Self::Wecom, "token") => (
                value.len() <= 32 && value.bytes().all(|b| b.is_ascii_alphanumeric()),
                "it is not up to 32 letters and digits, as the callback's settings take it",
            ),
            _ => (true, ""),
        };
        (!right).then_some(words)
    }

    /// How fast it takes messages. Source: the platforms' documentation, 2025–2026. A member gets
    /// too few messages from us for a rate of their own.
    pub fn rates(self) -> Rates {
        let rate = |messages, seconds, burst| {
            Some(Rate {
                messages,
                seconds,
                burst,
            })
        };
        let (community, channel) = match self {
            // Every direct message opens its conversation: tier 3, "50+ per minute".
            Self::Slack => (rate(50, 60, 50), rate(1, 1, 3)),
            Self::Telegram => (rate(30, 1, 30), rate(20, 60, 20)),
            // 50 requests a second, and two to a direct message.
            Self::Discord => (rate(25, 1, 25), rate(1, 1, 5)),
            // 10,000 calls a minute and 150,000 an hour.
            Self::Wecom => (rate(40, 1, 40), None),
            Self::Feishu => (rate(1000, 60, 50), rate(5, 1, 5)),
            // 2,000 a second for LINE; the receiver of webhooks says 429 if it has a rate.
            Self::Line | Self::Standard => (None, None),
        };
        Rates { community, channel }
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
            // Renames where the app may read contacts.
            Self::Feishu => [Yes, Yes, Yes, Yes, Maybe, Yes, Maybe],
            Self::Standard => [Yes, Yes, Yes, Yes, Yes, Maybe, Maybe],
        };
        let remembers_minutes = match self {
            // Of a Standard Webhook's id the specification says no end.
            Self::Line | Self::Standard => Some(24 * 60),
            // "The past few minutes".
            Self::Discord => Some(3),
            Self::Feishu => Some(60),
            Self::Slack | Self::Telegram | Self::Wecom => None,
        };
        let by_staff_a_month = (self == Self::Wecom).then_some(4);
        let buttons = self != Self::Wecom;
        let pictures = match self {
            Self::Telegram | Self::Discord => true,
            // LINE wants the address of a picture; Slack, WeCom and Feishu an upload of its own, to be
            // named by the message; a Standard Webhook is JSON.
            Self::Slack | Self::Line | Self::Wecom | Self::Feishu | Self::Standard => false,
        };
        Capabilities {
            join,
            leave,
            messages,
            reactions,
            rename,
            direct_to_member,
            direct_to_leaver,
            by_staff_a_month,
            remembers_minutes,
            buttons,
            pictures,
        }
    }
}

/// The fewest characters of a secret that is used as it stands: GitHub and Discourse let people
/// make them up.
const PLAIN_SECRET_CHARS: usize = 16;

/// `whsec_` and the key in base64, with or without padding; or a plain secret, as those have who
/// sign like GitHub or Discourse.
fn is_standard_secret(value: &str) -> bool {
    match value.strip_prefix("whsec_") {
        Some(key) => is_key(key),
        None => value.chars().count() >= PLAIN_SECRET_CHARS,
    }
}

fn is_key(base64: &str) -> bool {
    let config =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    !base64.is_empty()
        && GeneralPurpose::new(&STANDARD, config)
            .decode(base64)
            .is_ok()
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
            for name in platform.optional_secrets() {
                assert!(named.contains(name), "{platform}: {name} is not its own");
            }
        }
    }

    #[test]
    fn a_secret_that_cannot_be_one_is_told_by_its_form() {
        let neither = "it is neither whsec_ and base64 nor a plain secret of 16 characters or more";
        let (aes_key, public_key) = ("a1".repeat(21) + "A", "0f".repeat(32));
        let not_43 = "it is not 43 letters and digits, as the callback's settings show it";
        let not_hex = "it is not 64 hexadecimal digits, as the developer portal shows it";
        let not_a_token = "it is not 1 to 256 letters, digits, _ and -, as setWebhook takes it";
        let not_a_bot = "it is not digits, a colon and letters, as BotFather gives it";
        let not_whsec = "it is not whsec_ and base64, as Standard Webhooks write their secrets";
        let long = "x".repeat(257);
        for (platform, name, value, mistake) in [
            (Platform::Wecom, "encoding_aes_key", aes_key.as_str(), None),
            (Platform::Wecom, "encoding_aes_key", &long, Some(not_43)),
            (Platform::Wecom, "corp_secret", &long, None),
            (Platform::Discord, "public_key", &public_key, None),
            (
                Platform::Discord,
                "public_key",
                &public_key[2..],
                Some(not_hex),
            ),
            (Platform::Discord, "bot_token", "x", None),
            (Platform::Telegram, "secret_token", "a-new_token", None),
            (Platform::Telegram, "secret_token", "a+b", Some(not_a_token)),
            (Platform::Telegram, "secret_token", &long, Some(not_a_token)),
            (Platform::Telegram, "bot_token", "123456:AAE-x_1", None),
            (Platform::Telegram, "bot_token", "AAE-x_1", Some(not_a_bot)),
            (Platform::Telegram, "bot_token", "1:", Some(not_a_bot)),
            (
                Platform::Slack,
                "signing_secret",
                "8f742231b10e8888abcd99yyyzzz85a5",
                None,
            ),
            (Platform::Slack, "signing_secret", "", Some("it is empty")),
            (
                Platform::Slack,
                "bot_token",
                "xoxb-1\n",
                Some("it has a space or a line break in it"),
            ),
            (
                Platform::Slack,
                "bot_token",
                "{\"a\":\"b\"}",
                Some("it is JSON, as the console stores key/value pairs; store the bare value"),
            ),
            (Platform::Standard, "signing_secret", "whsec_c2hvcA==", None),
            (
                Platform::Standard,
                "signing_secret",
                "a-plain-secret-1",
                None,
            ),
            (
                Platform::Standard,
                "signing_secret",
                "a-plain-secret-",
                Some(neither),
            ),
            (
                Platform::Standard,
                "signing_secret",
                "c2hvcA==",
                Some(neither),
            ),
            (
                Platform::Standard,
                "signing_secret",
                "whsec_",
                Some(neither),
            ),
            (
                Platform::Standard,
                "outgoing_secret",
                "a-plain-secret-1",
                Some(not_whsec),
            ),
            (
                Platform::Discord,
                "signing_secret",
                "a-plain-secret-1",
                Some(not_whsec),
            ),
            (Platform::Wecom, "signing_secret", "whsec_c2hvcA==", None),
            // Meant as one of theirs, and too long by a slip: never taken for a plain one.
            (
                Platform::Standard,
                "signing_secret",
                "whsec_c2hvcC1zaWduaW5nLXNlY3JldA=!",
                Some(neither),
            ),
        ] {
            assert_eq!(
                platform.secret_mistake(name, value),
                mistake,
                "{platform} {name} {value:?}"
            );
        }
    }
}
