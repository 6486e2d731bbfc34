//! The names of things: checked newtypes, so that no bare string crosses a public signature.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a string is not the id it was meant to be. Names the kind of id, never its content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a {what}: expected {expected}")]
pub struct IdError {
    /// The kind of id, e.g. `community id`.
    pub what: &'static str,
    /// The rule it broke, in words.
    pub expected: &'static str,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $what:literal, $max:literal, $expected:literal, $ok:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Box<str>);

        impl $name {
            /// The longest value, in bytes.
            pub const MAX_BYTES: usize = $max;

            /// Checks the rule and takes the value.
            pub fn new(value: impl AsRef<str>) -> Result<Self, IdError> {
                let value = value.as_ref();
                let fits: fn(&str) -> bool = $ok;
                if value.is_empty() || value.len() > $max || !fits(value) {
                    return Err(IdError { what: $what, expected: $expected });
                }
                Ok(Self(value.into()))
            }

            /// The value as it is written in keys, paths and logs.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(value: String) -> Result<Self, IdError> {
                Self::new(value)
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;
            fn from_str(value: &str) -> Result<Self, IdError> {
                Self::new(value)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0.into()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &*self.0)
            }
        }
    };
}

/// `a-z 0-9 -`: safe in a path, a key and a metric dimension.
fn is_slug(value: &str) -> bool {
    value
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// Visible text without the separators of our keys (`#`, `/`) and without controls or spaces.
fn is_foreign(value: &str) -> bool {
    value
        .chars()
        .all(|c| !c.is_control() && !c.is_whitespace() && c != '#' && c != '/')
}

id!(
    /// A community, as in the webhook path: `acme`.
    CommunityId, "community id", 32, "1 to 32 of a-z, 0-9 and -", is_slug
);
id!(
    /// A playbook, as a community's file names it: `default`.
    PlaybookId, "playbook id", 32, "1 to 32 of a-z, 0-9 and -", is_slug
);
id!(
    /// A pool of coupon codes, as a community's file names it: `welcome-2026`.
    PoolId, "coupon pool", 32, "1 to 32 of a-z, 0-9 and -", is_slug
);
id!(
    /// A member as the platform names them: `U024BE7LH`. Never starts with `@`, which marks the
    /// community's own rows.
    MemberId, "member id", 64, "1 to 64 bytes without spaces, #, / and a leading @",
    |v| is_foreign(v) && !v.starts_with('@')
);
id!(
    /// A channel, chat or thread as the platform names it.
    ChannelId, "channel id", 64, "1 to 64 bytes without spaces, # and /", is_foreign
);
id!(
    /// The canonical id of something that happened: semantic where the platform has one
    /// (`slack:T123:C0:1767.0001`), else the delivery id. The same act has the same id, however
    /// often it is delivered.
    EventId, "event id", 200, "1 to 200 bytes without spaces or controls",
    |v| v.chars().all(|c| !c.is_control() && !c.is_whitespace())
);
id!(
    /// A step of the onboarding plan, or a task: `day-3`.
    StepId, "step id", 24, "1 to 24 of a-z, 0-9 and -", is_slug
);
id!(
    /// An interest that members choose by button: `ai`.
    InterestId, "interest id", 16, "1 to 16 of a-z, 0-9 and -", is_slug
);
id!(
    /// An event that members are invited to: `tea`. Not [`EventId`], which names something that
    /// happened.
    GatheringId, "event id", 16, "1 to 16 of a-z, 0-9 and -", is_slug
);
id!(
    /// A gift that points buy, as a playbook names it: `mug`.
    GiftId, "gift id", 16, "1 to 16 of a-z, 0-9 and -", is_slug
);
id!(
    /// A challenge, as a playbook names it: `21-days-2026-02`.
    ChallengeId, "challenge id", 16, "1 to 16 of a-z, 0-9 and -", is_slug
);
id!(
    /// One of several bodies of a text, to be held against each other: `b`.
    VariantId, "variant id", 8, "1 to 8 of a-z, 0-9 and -", is_slug
);
id!(
    /// What a message is, e.g. `onboarding.day-1`, `win-back.survey`: the key of its text.
    MessageKind, "message kind", 64, "1 to 64 of a-z, 0-9, -, _ and .",
    |v| v.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'.'))
);
id!(
    /// An industry that members name in their nickname, as a playbook names it: `design`.
    IndustryId, "industry id", 16, "1 to 16 of a-z, 0-9 and -", is_slug
);
id!(
    /// An order, as the shop names it: `1001`, `#A-17/2026`. The shop's own, and with us one member's:
    /// the same order of two members is two orders.
    OrderId, "order id", 200, "1 to 200 bytes without controls",
    |v| !v.chars().any(char::is_control)
);
id!(
    /// A currency by its ISO 4217 code: `TWD`.
    Currency, "currency", 3, "an ISO 4217 code such as TWD",
    |v| v.len() == 3 && v.bytes().all(|b| b.is_ascii_uppercase())
);

/// Where a message of ours belongs: one member, or the community itself (reports, ops).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// A member.
    Member(MemberId),
    /// The community: written `@community`.
    Community,
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Member(member) => member.fmt(f),
            Self::Community => f.write_str("@community"),
        }
    }
}

/// The id of a message of ours: `acme/U42/onboarding/1/day-3`. Derived from what the message is
/// for, never drawn, so that a retry is the same message.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MessageId {
    community: CommunityId,
    owner: Owner,
    path: Box<str>,
}

impl MessageId {
    /// `path` is what the message is for within its owner: `onboarding/1/day-3`.
    pub fn new(
        community: CommunityId,
        owner: Owner,
        path: impl AsRef<str>,
    ) -> Result<Self, IdError> {
        let path = path.as_ref();
        let ok = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'/' | b':');
        if path.is_empty() || path.len() > 96 || !path.bytes().all(ok) {
            return Err(IdError {
                what: "message id",
                expected: "community/owner/path with a path of 1 to 96 of A-Z a-z 0-9 - _ . : /",
            });
        }
        Ok(Self {
            community,
            owner,
            path: path.into(),
        })
    }

    /// The community it was written for.
    pub fn community(&self) -> &CommunityId {
        &self.community
    }

    /// The member or community it belongs to.
    pub fn owner(&self) -> &Owner {
        &self.owner
    }

    /// What it is for within its owner.
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.community, self.owner, self.path)
    }
}

impl From<MessageId> for String {
    fn from(id: MessageId) -> Self {
        id.to_string()
    }
}

impl TryFrom<String> for MessageId {
    type Error = IdError;
    fn try_from(value: String) -> Result<Self, IdError> {
        value.parse()
    }
}

impl std::str::FromStr for MessageId {
    type Err = IdError;
    fn from_str(value: &str) -> Result<Self, IdError> {
        let wrong = IdError {
            what: "message id",
            expected: "community/owner/path",
        };
        let mut parts = value.splitn(3, '/');
        let (Some(community), Some(owner), Some(path)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(wrong);
        };
        let owner = if owner == "@community" {
            Owner::Community
        } else {
            Owner::Member(MemberId::new(owner)?)
        };
        Self::new(CommunityId::new(community)?, owner, path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_say_what_they_expected() {
        assert_eq!(
            CommunityId::new("Acme").unwrap_err().to_string(),
            "not a community id: expected 1 to 32 of a-z, 0-9 and -"
        );
        assert!(
            MemberId::new("@community").is_err(),
            "a member cannot pose as the community"
        );
        assert!(MemberId::new("a/b").is_err());
        assert!(MemberId::new("U\u{0}").is_err());
        assert!(MemberId::new("").is_err());
        assert!(MemberId::new("x".repeat(65)).is_err());
    }

    #[test]
    fn a_message_id_reads_back_as_written() {
        for text in [
            "acme/U42/onboarding/1/day-3",
            "acme/@community/report/2026-W01/1",
        ] {
            assert_eq!(text.parse::<MessageId>().unwrap().to_string(), text);
        }
        assert!("acme/U42".parse::<MessageId>().is_err());
    }
}
