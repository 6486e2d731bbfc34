//! A community: where it lives, who runs it, what is its own. Read from its TOML file.

mod gathering;
mod parse;

pub use gathering::Gathering;

use std::collections::BTreeMap;
use std::fmt;

use crate::coupon::Codes;
use crate::days::Zone;
use crate::ids::{ChannelId, CommunityId, Currency, InterestId, MemberId, PlaybookId};
use crate::locale::Locale;
use crate::platform::Platform;
use crate::playbook::{Localised, Playbook};

/// Where a secret is kept. Only a literal is the value itself, and it is never printed.
#[derive(Clone, PartialEq, Eq)]
pub enum SecretRef {
    /// SSM Parameter Store, SecureString: `ssm:/hearth/acme/signing_secret`.
    Ssm(String),
    /// AWS Secrets Manager: `secretsmanager:hearth/acme/bot_token`.
    SecretsManager(String),
    /// An environment variable: `env:ACME_BOT_TOKEN`. Local stack only.
    Env(String),
    /// The value itself: `literal:…`. Local stack only.
    Literal(String),
}

impl SecretRef {
    /// Reads a reference as community files write it; `None` = it is not one.
    pub fn read(text: &str) -> Option<Self> {
        let is_name = |name: &str| !name.is_empty() && !name.contains(char::is_whitespace);
        let is_variable = |name: &str| {
            name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
                && name.starts_with(|c: char| !c.is_ascii_digit())
        };
        match text.split_once(':')? {
            ("ssm", name) if name.starts_with('/') && is_name(name) => {
                Some(Self::Ssm(name.to_owned()))
            }
            ("secretsmanager", name) if is_name(name) => {
                Some(Self::SecretsManager(name.to_owned()))
            }
            ("env", name) if is_variable(name) => Some(Self::Env(name.to_owned())),
            ("literal", value) if !value.is_empty() => Some(Self::Literal(value.to_owned())),
            (_, _) => None,
        }
    }

    /// Whether it is one of this community's own under `prefix`: `ssm:/<prefix>/<community>/…` or
    /// `secretsmanager:<prefix>/<community>/…`. A deployment reads no other, so that no community
    /// can borrow another's secret, or the deployment's.
    pub fn belongs_to(&self, community: &CommunityId, prefix: &str) -> bool {
        let own = |name: &str| {
            let name = name
                .strip_prefix(prefix)
                .and_then(|name| name.strip_prefix('/'));
            let name = name.and_then(|name| name.strip_prefix(community.as_str()));
            name.and_then(|name| name.strip_prefix('/'))
                .is_some_and(|name| !name.is_empty())
        };
        match self {
            Self::Ssm(name) => name.strip_prefix('/').is_some_and(own),
            Self::SecretsManager(name) => own(name),
            Self::Env(_) | Self::Literal(_) => false,
        }
    }
}

impl fmt::Debug for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ssm(name) => write!(f, "ssm:{name}"),
            Self::SecretsManager(name) => write!(f, "secretsmanager:{name}"),
            Self::Env(name) => write!(f, "env:{name}"),
            Self::Literal(_) => f.write_str("literal:…"),
        }
    }
}

impl fmt::Display for SecretRef {
    /// As files write it; of a literal only that it is one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// A piece of content that a step may send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The interest it is for; `None` = for everybody ("the week's best").
    pub interest: Option<InterestId>,
    /// Title.
    pub title: Localised,
    /// One or two sentences; may be absent.
    pub summary: Option<Localised>,
    /// The question to talk about.
    pub question: Localised,
    /// Where to read it.
    pub url: String,
}

/// The topic that newcomers are asked to comment on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// Title.
    pub title: Localised,
    /// The question.
    pub question: Localised,
    /// Where it is; may be absent.
    pub url: Option<String>,
}

/// A gift: the newcomer's pack, or the one for who comes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gift {
    /// What is in it, one line an item.
    pub items: Localised,
    /// Where its coupon code comes from.
    pub codes: Codes,
    /// Where to get it.
    pub url: String,
    /// Days from sending until it expires.
    pub valid_days: u16,
}

/// What silent members are offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// What is taken off the price. Percent, 1 to 99.
    pub percent_off: u8,
    /// Where its coupon code comes from.
    pub codes: Codes,
    /// Days from sending until it expires.
    pub valid_days: u16,
}

/// A community as its file describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Community {
    /// As in the webhook path.
    pub id: CommunityId,
    /// The one platform it lives on.
    pub platform: Platform,
    /// Shown to members and operators.
    pub name: String,
    /// Its days, weeks and report hours.
    pub zone: Zone,
    /// The language of members who have none of their own, and of the operators.
    pub locale: Locale,
    /// The playbook it follows.
    pub playbook: PlaybookId,
    /// What its orders are added up in; `None` = orders are counted, and no money is. Fixed once
    /// there are orders: what was added up stays as it is.
    pub currency: Option<Currency>,
    /// Another workspace's payload is counted and ignored.
    pub workspace: Option<String>,
    /// Joining and leaving this channel is joining and leaving; without it, the workspace.
    pub home_channel: Option<ChannelId>,
    /// A post in one of these is a check-in.
    pub check_in_channels: Vec<ChannelId>,
    /// A post in one of these completes the comment task.
    pub topic_channels: Vec<ChannelId>,
    /// What a channel is about: who writes or reacts there is taken to be interested in it.
    pub interest_channels: BTreeMap<ChannelId, InterestId>,
    /// Where the operators read reports.
    pub ops_channel: Option<ChannelId>,
    /// Staff: in no number, ranking or journey.
    pub staff: Vec<MemberId>,
    /// How many partitions its members are spread over. Fixed once members exist.
    pub shards: u16,
    /// Base URL of the platform's send API, where it is not the platform's own.
    pub api: Option<String>,
    /// Target of messages by the second channel (a relay to e-mail or SMS that takes Standard
    /// Webhooks), for leavers who agreed to it and whom the platform does not reach.
    pub second_channel: Option<String>,
    /// By name (see [`Platform::secret_names`]): one or two live references.
    pub secrets: BTreeMap<String, Vec<SecretRef>>,
    /// Values of placeholders, e.g. `community.value`, `community.guide_url`, `bot.name`.
    pub about: BTreeMap<String, Localised>,
    /// Content for the plan.
    pub contents: Vec<Content>,
    /// The topic of the comment task.
    pub topic: Option<Topic>,
    /// The newcomer's gift pack.
    pub gift: Option<Gift>,
    /// What leavers get who said why.
    pub come_back_gift: Option<Gift>,
    /// What silent members are offered.
    pub offer: Option<Offer>,
    /// The events that newcomers are invited to.
    pub gatherings: Vec<Gathering>,
    /// The link by which members invite others, with `{code}` where their code stands.
    pub invite_link: Option<String>,
}

impl Community {
    /// Shards of a community whose file names no number.
    pub const DEFAULT_SHARDS: u16 = 16;

    /// The references that a deployment under `prefix` would not follow, each with the secret's
    /// name: `env:` and `literal:`, which mean nothing there or give the value away, and names
    /// that are not this community's own.
    pub fn foreign_secrets(&self, prefix: &str) -> Vec<(&str, &SecretRef)> {
        let all = self
            .secrets
            .iter()
            .flat_map(|(name, refs)| refs.iter().map(move |reference| (name.as_str(), reference)));
        all.filter(|(_, reference)| !reference.belongs_to(&self.id, prefix))
            .collect()
    }

    /// What the operator should think about before the community follows this playbook; it works
    /// nevertheless.
    pub fn warnings(&self, playbook: &Playbook) -> Vec<String> {
        let known = |id: &InterestId| playbook.interests.iter().any(|interest| interest.id == *id);
        let unknown = (0..)
            .zip(&self.contents)
            .filter_map(|(at, content): (usize, _)| {
                let interest = content.interest.as_ref().filter(|id| !known(id))?;
                Some(format!(
                    "content[{at}]: the playbook has no interest {interest}: it reaches nobody"
                ))
            });
        unknown.collect()
    }
}

#[cfg(test)]
mod tests;
