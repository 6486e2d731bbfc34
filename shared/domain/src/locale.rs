//! The three languages that members and operators read.

use serde::{Deserialize, Serialize};

/// A language with its script. Two Chinese texts, not a conversion of one into the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Locale {
    /// Traditional Chinese, written for Taiwan and Hong Kong.
    #[serde(rename = "zh-Hant")]
    ZhHant,
    /// Simplified Chinese, written for the mainland.
    #[serde(rename = "zh-Hans")]
    ZhHans,
    /// English.
    #[serde(rename = "en")]
    En,
}

impl Locale {
    /// All of them, in the order in which texts list them.
    pub const ALL: [Self; 3] = [Self::ZhHant, Self::ZhHans, Self::En];

    /// The tag as files and webhooks write it.
    pub fn tag(self) -> &'static str {
        match self {
            Self::ZhHant => "zh-Hant",
            Self::ZhHans => "zh-Hans",
            Self::En => "en",
        }
    }

    /// Reads our own tags, and what platforms send: `zh-TW`, `zh_HK`, `zh-CN`, `en-GB`. Anything
    /// else is not one of ours.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let tag = tag.replace('_', "-").to_ascii_lowercase();
        match tag.as_str() {
            "zh-hant" | "zh-tw" | "zh-hk" | "zh-mo" | "zh-hant-tw" | "zh-hant-hk" => {
                Some(Self::ZhHant)
            }
            "zh" | "zh-hans" | "zh-cn" | "zh-sg" | "zh-hans-cn" => Some(Self::ZhHans),
            other if other == "en" || other.starts_with("en-") => Some(Self::En),
            _ => None,
        }
    }
}

impl std::fmt::Display for Locale {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.tag())
    }
}
