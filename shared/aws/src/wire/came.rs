//! How somebody came, on the wire.

use hearth_domain::ids::MemberId;
use hearth_domain::invitation::{Came, InviteCode, Inviter, JoinSource};
use serde::{Deserialize, Serialize};

use super::WireError;

/// See [`Came`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CameV1 {
    /// `invited`, `qr`, `share`, `other` or `unknown`.
    pub source: String,
    /// Who invited them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<InviterV1>,
}

/// See [`Inviter`]. Nothing in it = nobody who may be named.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InviterV1 {
    /// The member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
    /// Their code, where only that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<InviteCode>,
}

impl From<Came> for CameV1 {
    fn from(came: Came) -> Self {
        Self {
            source: came.source.name().to_owned(),
            by: came.by.map(InviterV1::from),
        }
    }
}

impl TryFrom<CameV1> for Came {
    type Error = WireError;

    fn try_from(came: CameV1) -> Result<Self, WireError> {
        let mut all = JoinSource::ALL.into_iter();
        let source = all.find(|source| source.name() == came.source);
        Ok(Self {
            source: source.ok_or(WireError::Field("source"))?,
            by: came.by.map(Inviter::from),
        })
    }
}

impl From<Inviter> for InviterV1 {
    fn from(inviter: Inviter) -> Self {
        let (member, code) = match inviter {
            Inviter::Member(id) => (Some(id), None),
            Inviter::Code(code) => (None, Some(code)),
            Inviter::Nobody => (None, None),
        };
        Self { member, code }
    }
}

impl From<InviterV1> for Inviter {
    fn from(inviter: InviterV1) -> Self {
        match (inviter.member, inviter.code) {
            (Some(id), _) => Self::Member(id),
            (None, Some(code)) => Self::Code(code),
            (None, None) => Self::Nobody,
        }
    }
}
