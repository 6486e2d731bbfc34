//! A community: where it lives, who runs it, what is its own. Read from its TOML file.

mod parse;

use std::collections::BTreeMap;
use std::fmt;

use crate::days::Zone;
use crate::ids::{ChannelId, CommunityId, InterestId, MemberId, PlaybookId};
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
    /// Whether it exists on the machine of one person only. Such a reference means nothing, or
    /// gives the value away, once it is published.
    pub fn is_local(&self) -> bool {
        match self {
            Self::Env(_) | Self::Literal(_) => true,
            Self::Ssm(_) | Self::SecretsManager(_) => false,
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

/// The newcomer's gift pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gift {
    /// What is in it, one line an item.
    pub items: Localised,
    /// The coupon code. Never empty.
    pub code: String,
    /// Where to get it.
    pub url: String,
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
    /// Another workspace's payload is counted and ignored.
    pub workspace: Option<String>,
    /// Joining and leaving this channel is joining and leaving; without it, the workspace.
    pub home_channel: Option<ChannelId>,
    /// A post in one of these is a check-in.
    pub check_in_channels: Vec<ChannelId>,
    /// A post in one of these completes the comment task.
    pub topic_channels: Vec<ChannelId>,
    /// Where the operators read reports.
    pub ops_channel: Option<ChannelId>,
    /// Staff: in no number, ranking or journey.
    pub staff: Vec<MemberId>,
    /// How many partitions its members are spread over. Fixed once members exist.
    pub shards: u16,
    /// Base URL of the platform's send API, where it is not the platform's own.
    pub api: Option<String>,
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
}

impl Community {
    /// Shards of a community whose file names no number.
    pub const DEFAULT_SHARDS: u16 = 16;

    /// Names of the secrets that use `env:` or `literal:`. Publishing to AWS refuses a community
    /// that has any.
    pub fn references_local_secrets(&self) -> Vec<&str> {
        let local = self
            .secrets
            .iter()
            .filter(|(_, refs)| refs.iter().any(SecretRef::is_local));
        local.map(|(name, _)| name.as_str()).collect()
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
