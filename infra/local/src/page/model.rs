//! What the page shows, gathered and ready to be rendered.

use std::sync::Arc;

use hearth_domain::community::Community;
use hearth_domain::days::{IsoWeek, Zone};
use hearth_domain::locale::Locale;
use hearth_domain::message::Message;
use jiff::Timestamp;
use serde::Deserialize;

use super::texts::Label;
use crate::sandbox::Received;

/// The whole page.
pub(super) struct PageView {
    /// The language it is written in.
    pub(super) locale: Locale,
    /// The stack's clock.
    pub(super) now: Timestamp,
    /// Whether buttons can move it.
    pub(super) is_virtual: bool,
    /// Where this stack answers, as the reader's browser knows it: `127.0.0.1:9000`.
    pub(super) host: String,
    /// Every published community.
    pub(super) communities: Vec<Arc<Community>>,
    /// The one on show; `None` on an empty stack.
    pub(super) shown: Option<Shown>,
    /// Of the whole stack.
    pub(super) dead_letters: usize,
}

impl PageView {
    /// A label in the page's language.
    pub(super) fn say(&self, label: Label) -> &'static str {
        label.get(self.locale)
    }
}

/// The community on show.
pub(super) struct Shown {
    /// Itself.
    pub(super) community: Arc<Community>,
    /// The member whose chat and ledger alone are shown.
    pub(super) member: Option<String>,
    /// Members first, then channels, each by its first message.
    pub(super) chats: Listed<Chat>,
    /// By id.
    pub(super) members: Listed<MemberRow>,
    /// Of the chosen member all; else what was not sent. Newest first.
    pub(super) ledger: Listed<Message>,
    /// Newest first, each with its latest revision.
    pub(super) reports: Vec<(IsoWeek, u8)>,
}

impl Shown {
    /// All its times are in this zone.
    pub(super) fn zone(&self) -> &Zone {
        &self.community.zone
    }
}

/// A list that was kept short enough for a page.
pub(super) struct Listed<T> {
    /// What is shown.
    pub(super) rows: Vec<T>,
    /// How many are not.
    pub(super) left_out: usize,
}

/// What arrived in one place.
pub(super) struct Chat {
    /// Where.
    pub(super) place: Place,
    /// In order.
    pub(super) messages: Listed<Received>,
}

/// Where messages arrive.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// One to one.
    Member {
        /// Who.
        id: String,
        /// As they call themselves, if known.
        name: Option<String>,
    },
    /// A channel.
    Channel {
        /// Its id.
        id: String,
        /// What the community uses it for.
        role: Role,
    },
}

/// What a community uses a channel for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    /// Operators read here.
    Ops,
    /// Joining it is joining.
    Home,
    /// A post is a check-in.
    CheckIn,
    /// A post completes the comment task.
    Topic,
    /// Nothing in particular.
    Other,
}

/// A member as `view::members` tells it. All but the id may be absent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct MemberRow {
    pub(super) member: String,
    pub(super) name: Option<String>,
    pub(super) status: String,
    pub(super) staff: bool,
    pub(super) opted_out: bool,
    #[serde(default)]
    pub(super) digest_only: bool,
    pub(super) points: i64,
    pub(super) streak: i64,
    pub(super) level: i64,
    pub(super) last_active: Option<String>,
    pub(super) onboarding: Option<PlanCell>,
    pub(super) win_back: Option<CaseCell>,
}

/// Where a member's onboarding is.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct PlanCell {
    pub(super) state: String,
    pub(super) since: Option<Timestamp>,
    /// Index of the next step, from 0.
    pub(super) next_step: i64,
    pub(super) next_at: Option<Timestamp>,
}

/// Where a member's win-back case is.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct CaseCell {
    pub(super) state: String,
    pub(super) reason: Option<String>,
    pub(super) closed: Option<Timestamp>,
}
