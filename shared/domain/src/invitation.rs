//! Invitations: codes, who a code leads to, how somebody came, and who may be thanked for whom.

mod code;

pub use code::InviteCode;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::ids::MemberId;
use crate::member::{Member, Status, hash64};
use crate::platform::Platform;

/// An invitation counts for who has been a member for at most so long: later everybody could
/// collect the invitation of a friend whom they met inside.
pub const NEWCOMER_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// By which way somebody came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum JoinSource {
    /// A member invited them.
    Invited,
    /// A QR code (WeCom's state).
    Qr,
    /// A link that was shared.
    Share,
    /// Another way that was told.
    Other,
    /// Nothing was told.
    Unknown,
}

impl JoinSource {
    /// All of them, in the order of reports.
    pub const ALL: [Self; 5] = [
        Self::Invited,
        Self::Qr,
        Self::Share,
        Self::Other,
        Self::Unknown,
    ];

    /// As records and commands write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Qr => "qr",
            Self::Share => "share",
            Self::Other => "other",
            Self::Unknown => "unknown",
        }
    }

    /// What a source that was told is. A QR code on WeCom and a link on Telegram bear the name that
    /// the operators gave them, so there the platform says which it is; a gateway says so itself.
    fn told(source: &str, platform: Platform) -> Self {
        let source = source.to_lowercase();
        let begins = |words: &[&str]| words.iter().any(|word| source.starts_with(word));
        if platform == Platform::Wecom || begins(&["qr"]) {
            Self::Qr
        } else if platform == Platform::Telegram || begins(&["share", "link"]) {
            Self::Share
        } else {
            Self::Other
        }
    }
}

/// How somebody came, as their join tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Came {
    /// By which way.
    pub source: JoinSource,
    /// Who invited them, where invitations mean something to the community.
    pub by: Option<Inviter>,
}

impl Came {
    /// From what an adapter saw; `None` = nothing was told. A source may be the code of a member:
    /// the name of an invite link, a QR code's state.
    pub fn read(
        inviter: Option<MemberId>,
        source: Option<&str>,
        platform: Platform,
    ) -> Option<Self> {
        let code = || source.and_then(InviteCode::parse).map(Inviter::Code);
        if let Some(by) = inviter.map(Inviter::Member).or_else(code) {
            return Some(Self {
                source: JoinSource::Invited,
                by: Some(by),
            });
        }
        source.map(|source| Self {
            source: JoinSource::told(source, platform),
            by: None,
        })
    }
}

/// Who invited somebody, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inviter {
    /// A member.
    Member(MemberId),
    /// Whoever a code leads to; one that was looked up and is still a code leads nowhere.
    Code(InviteCode),
    /// Somebody who was erased: nothing names them again.
    Nobody,
}

impl Inviter {
    /// The member, if that is known.
    pub fn member(&self) -> Option<&MemberId> {
        match self {
            Self::Member(id) => Some(id),
            Self::Code(_) | Self::Nobody => None,
        }
    }
}

/// What has to be known of an inviter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Introducer {
    /// First seen.
    pub first_seen: Timestamp,
    /// Is a member now.
    pub is_member: bool,
    /// Is staff.
    pub is_staff: bool,
}

impl From<&Member> for Introducer {
    fn from(member: &Member) -> Self {
        Self {
            first_seen: member.first_seen,
            is_member: member.status() == Status::Member,
            is_staff: member.is_staff(),
        }
    }
}

/// Who invited the member of a decision, looked up where something hangs on it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Introduced {
    /// The member whose invitation waits to be settled.
    pub by: Option<MemberId>,
    /// Members whom an invitation names, as far as there are such.
    pub known: BTreeMap<MemberId, Introducer>,
}

/// Why nobody is thanked for an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such member.
    Unknown,
    /// They are the same.
    Own,
    /// The inviter was not here before the invited. That refuses every loop: of two who invite each
    /// other at most one was here first.
    NotBefore,
    /// The inviter is staff, who have no points.
    Staff,
    /// The inviter has left.
    Left,
}

/// Why the inviter of a member is not thanked; `None` = they are.
pub fn refusal(invited: &Member, introduced: &Introduced, by: &MemberId) -> Option<Refusal> {
    if *by == invited.id {
        return Some(Refusal::Own);
    }
    let Some(inviter) = introduced.known.get(by) else {
        return Some(Refusal::Unknown);
    };
    if inviter.first_seen >= invited.first_seen {
        Some(Refusal::NotBefore)
    } else if inviter.is_staff {
        Some(Refusal::Staff)
    } else if !inviter.is_member {
        Some(Refusal::Left)
    } else {
        None
    }
}

/// The ledger's row of the inviter for one whom they invited.
pub fn row_for(invited: &MemberId) -> String {
    format!("invitation/{:016x}", hash64(invited.as_str()))
}
