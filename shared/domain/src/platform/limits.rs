//! How much a message may hold on each platform. Source: the platforms' documentation, 2025–2026.

use super::Platform;

/// Telegram: UTF-16 units of a text.
pub const TELEGRAM_TEXT: usize = 4096;
/// Telegram: UTF-16 units of a picture's caption.
pub const TELEGRAM_CAPTION: usize = 1024;
/// LINE: UTF-16 units of a text.
pub const LINE_TEXT: usize = 5000;
/// LINE: quick replies under a message.
pub const LINE_BUTTONS: usize = 13;
/// Discord: code points of a message.
pub const DISCORD_TEXT: usize = 2000;
/// Discord: five rows of five.
pub const DISCORD_BUTTONS: usize = 25;
/// WeCom: bytes of a text to a customer …
pub const WECOM_TEXT: usize = 4000;
/// … and of one to the staff.
pub const WECOM_STAFF_TEXT: usize = 2048;
/// Feishu: bytes of a call with a card. What is not text takes less than [`FEISHU_FRAME`].
pub const FEISHU_CARD: usize = 30_000;
const FEISHU_FRAME: usize = 3000;
/// Slack: characters of a text, …
const SLACK_TEXT: usize = 40_000;
/// … and the elements of a block of buttons.
const SLACK_BUTTONS: usize = 25;
/// Telegram: buttons of an inline keyboard.
const TELEGRAM_BUTTONS: usize = 100;

/// In what a platform counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Unicode code points.
    Characters,
    /// UTF-16 code units: most emoji are two.
    Utf16,
    /// Bytes of UTF-8: a Chinese character is three.
    Bytes,
}

impl Unit {
    /// How long a text is.
    pub fn measure(self, text: &str) -> usize {
        match self {
            Self::Characters => text.chars().count(),
            Self::Utf16 => text.encode_utf16().count(),
            Self::Bytes => text.len(),
        }
    }

    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Characters => "characters",
            Self::Utf16 => "UTF-16 units",
            Self::Bytes => "bytes",
        }
    }
}

/// At most so much of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Most {
    /// How much.
    pub number: usize,
    /// Of what.
    pub unit: Unit,
}

/// What a platform takes in one message; `None` = as much as there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Of a text to members.
    pub text: Option<Most>,
    /// Of a text to the operators.
    pub ops_text: Option<Most>,
    /// Buttons under a message.
    pub buttons: Option<usize>,
}

impl Platform {
    /// How much a message may hold.
    pub fn limits(self) -> Limits {
        let most = |number, unit| Some(Most { number, unit });
        let (text, buttons) = match self {
            Self::Slack => (most(SLACK_TEXT, Unit::Characters), Some(SLACK_BUTTONS)),
            Self::Telegram => (most(TELEGRAM_TEXT, Unit::Utf16), Some(TELEGRAM_BUTTONS)),
            Self::Line => (most(LINE_TEXT, Unit::Utf16), Some(LINE_BUTTONS)),
            Self::Discord => (most(DISCORD_TEXT, Unit::Characters), Some(DISCORD_BUTTONS)),
            // Options are lines of the text.
            Self::Wecom => (most(WECOM_TEXT, Unit::Bytes), None),
            Self::Feishu => (most(FEISHU_CARD - FEISHU_FRAME, Unit::Bytes), None),
            Self::Standard => (None, None),
        };
        let ops_text = match self {
            Self::Wecom => most(WECOM_STAFF_TEXT, Unit::Bytes),
            Self::Slack
            | Self::Telegram
            | Self::Line
            | Self::Discord
            | Self::Feishu
            | Self::Standard => text,
        };
        Limits {
            text,
            ops_text,
            buttons,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platforms_count_differently() {
        let text = "字👍a";
        assert_eq!(Unit::Characters.measure(text), 3);
        assert_eq!(Unit::Utf16.measure(text), 4);
        assert_eq!(Unit::Bytes.measure(text), 8);
    }
}
