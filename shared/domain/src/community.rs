//! A community: where it lives, who runs it, what is its own. Read from its TOML file.

use std::collections::BTreeMap;

use crate::days::Zone;
use crate::ids::{ChannelId, CommunityId, InterestId, MemberId, PlaybookId};
use crate::locale::Locale;
use crate::platform::Platform;
use crate::playbook::Localised;

/// Where a secret is kept. The value itself is never part of a community.
#[derive(Debug, Clone, PartialEq, Eq)]
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
}
