//! Inviting others: the code, the answer to one, and the thanks on both sides.
//!
//! The two sides are two members, and two writes. Whoever was invited settles the invitation when
//! they have stayed: their own points go with that write, and an event of a derived id tells the
//! inviter. It is sent before the write, so it may be told again, and never not at all; the
//! inviter's ledger has a row for each whom they invited, which is written with the inviter.

use jiff::Timestamp;

use super::{Draft, Planner};
use crate::decide::Award;
use crate::event::{Event, Facts, Happened};
use crate::ids::{EventId, MemberId, MessageKind};
use crate::invitation::{InviteCode, Inviter, refusal};
use crate::member::{Effect, Status, Wait, hash16, hash64};
use crate::playbook::InvitationRules;

/// A question is answered once in so many seconds: whoever asks again has the answer above.
const ASKED_AGAIN: i64 = 60;

/// What a decision says of invitations beside the member and their messages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Invites {
    /// The member's code was asked for: it leads to them from now on.
    pub code: Option<InviteCode>,
    /// Who invited the member, written with them.
    pub by: Option<Introduction>,
    /// The ledger rows of those whom the member invited, written with them. Unlike an
    /// [`Award`] of a decision nothing in the member's item says which of them were paid.
    pub stayed: Vec<Award>,
    /// Points that the member gets for having come by an invitation.
    pub rewarded: Vec<Award>,
    /// What others are to be told, before the member is written.
    pub tell: Vec<Event>,
}

impl Invites {
    /// Whether something has to be written together with the member.
    pub fn has_rows(&self) -> bool {
        self.by.is_some() || !self.stayed.is_empty()
    }
}

/// Whose invitation a member came by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Introduction {
    /// The inviter.
    pub by: MemberId,
    /// When it was accepted.
    pub at: Timestamp,
}

/// The ledger's rows of those who stayed, of staff too: who becomes staff and is none any more has
/// not brought anybody twice.
pub(crate) fn rows_of_stayed(effects: &[Effect]) -> Vec<Award> {
    let mut rows = Vec::new();
    for effect in effects {
        if let Effect::InvitationStayed { row, points } = effect {
            rows.push(Award {
                path: row.clone(),
                points: i32::from(*points),
                of: None,
            });
        }
    }
    rows
}

/// What becomes of a code that somebody wrote.
enum Reply {
    Accepted,
    Unknown,
    Own,
    Late,
}

impl Planner<'_> {
    /// Their code, one to one, wherever they asked.
    pub(super) fn tell_code(&mut self, at: Timestamp) {
        let book = self.context.current;
        let community = self.context.community;
        let Some(rules) = &book.playbook.invitations else {
            return;
        };
        if self.member.status() != Status::Member {
            return self.ignore();
        }
        let code = InviteCode::of(&community.id, &self.member.id);
        let mut values = vec![
            ("invite.code", code.to_string()),
            ("invite.count", self.member.invitations.stayed.to_string()),
        ];
        values.extend(promise(rules));
        if let Some(link) = &community.invite_link {
            values.push(("invite.link", link.replace("{code}", &code.to_string())));
        }
        let minute = at.as_second().div_euclid(ASKED_AGAIN);
        let draft = Draft::new(format!("invite/mine/{minute}"), rules.mine.clone());
        self.write(book, draft.with(values).answering());
        self.acted.invites.code = Some(code);
    }

    /// Notes whose invitation they came by, if it can count, and answers who wrote a code.
    pub(super) fn introduce(
        &mut self,
        event: &EventId,
        at: Timestamp,
        by: &Inviter,
        (typed, earliest): (bool, bool),
    ) {
        let in_time = self.member.is_newcomer(at) && self.member.invitations.wait == Wait::Open;
        if let Some(by) = by.member().filter(|_| earliest && in_time) {
            self.acted.invites.by = Some(Introduction { by: by.clone(), at });
        }
        let book = self.context.current;
        let Some(rules) = book.playbook.invitations.as_ref().filter(|_| typed) else {
            return;
        };
        let (kind, count) = match self.reply_to(by, in_time) {
            Reply::Accepted => (&rules.accepted, "invitations_accepted"),
            Reply::Unknown => (&rules.unknown, "invitations_unknown"),
            Reply::Own => (&rules.own, "invitations_own"),
            Reply::Late => (&rules.late, "invitations_late"),
        };
        self.acted.counts.push(count);
        let path = format!("invite/code/{:016x}", hash64(event.as_str()));
        let draft = Draft::new(path, kind.clone()).with(promise(rules));
        self.write(book, draft.answering());
    }

    /// Whoever writes the same code again is told the same again.
    fn reply_to(&self, by: &Inviter, in_time: bool) -> Reply {
        let Some(inviter) = by.member() else {
            return Reply::Unknown;
        };
        if *inviter == self.member.id {
            return Reply::Own;
        }
        let is_theirs =
            |accepted: crate::member::Accepted| accepted.tie == hash16(inviter.as_str());
        if !in_time || !self.member.invitations.accepted.is_some_and(is_theirs) {
            return Reply::Late;
        }
        let nobody = self
            .context
            .introduced
            .is_none_or(|introduced| refusal(self.member, introduced, inviter).is_some());
        if nobody {
            Reply::Unknown
        } else {
            Reply::Accepted
        }
    }

    /// Settles an invitation whose time has come: points for the one who came by it, and an event
    /// for who invited them; or nothing, and never again.
    pub(super) fn settle_invitation(&mut self) {
        let due = self.member.stays_until();
        let Some(due) = due.filter(|due| *due <= self.context.now) else {
            return;
        };
        self.member.invitations.wait = Wait::Settled;
        let Some(rules) = &self.context.current.playbook.invitations else {
            return;
        };
        let introduced = self.context.introduced;
        let good = introduced.and_then(|introduced| {
            let by = introduced.by.as_ref()?;
            let refused = refusal(self.member, introduced, by).is_some();
            (!refused && self.member.status() == Status::Member).then_some(by)
        });
        let told = EventId::new(format!("invite:{}", self.member.id));
        let (Some(by), Ok(id)) = (good, told) else {
            self.acted.counts.push("invitations_refused");
            return;
        };
        self.acted.counts.push("invitations_settled");
        self.acted.invites.tell.push(Event {
            id,
            at: due,
            seq: 0,
            member: by.clone(),
            // It makes nobody a member: an inviter who was erased stays so.
            facts: Facts {
                elsewhere: true,
                ..Facts::default()
            },
            what: Happened::InvitationStayed {
                invited: self.member.id.clone(),
            },
        });
        self.reward(rules);
    }

    fn reward(&mut self, rules: &InvitationRules) {
        let book = self.context.current;
        let points = i32::from(rules.points);
        self.member.scoring.award(points);
        self.acted.invites.rewarded.push(Award {
            path: "invited".to_owned(),
            points,
            of: None,
        });
        if let Some(kind) = rules.rewarded.clone() {
            let draft = Draft::new("invite/rewarded".to_owned(), kind);
            self.write(book, draft.with(promise(rules)));
        }
        let mut effects = Vec::new();
        self.member.rise(&book.playbook.levels, &mut effects);
        for effect in &effects {
            self.act(effect);
        }
    }

    /// One message for all who have stayed as this decision hears of it.
    pub(super) fn thank_inviter(&mut self, effects: &[Effect]) {
        let book = self.context.current;
        let Some(rules) = &book.playbook.invitations else {
            return;
        };
        let mut points = 0_u32;
        let mut kind: Option<&MessageKind> = None;
        let mut first: Option<&String> = None;
        for effect in effects {
            if let Effect::InvitationStayed { row, points: more } = effect {
                points += u32::from(*more);
                first = first.or(Some(row));
            }
            if let Effect::InvitationTier {
                invited,
                points: more,
            } = effect
            {
                points += u32::from(*more);
                let reached = rules.tiers.iter().find(|tier| tier.invited == *invited);
                kind = reached.and_then(|tier| tier.message.as_ref()).or(kind);
            }
        }
        let Some(row) = first else {
            return;
        };
        let values = [
            ("invite.points", points.to_string()),
            ("invite.count", self.member.invitations.stayed.to_string()),
        ];
        let kind = kind.unwrap_or(&rules.thanks).clone();
        self.write(book, Draft::new(row.clone(), kind).with(values));
    }
}

/// What both sides get, and for what.
fn promise(rules: &InvitationRules) -> [(&'static str, String); 2] {
    [
        ("invite.points", rules.points.to_string()),
        ("invite.days", rules.stay_days.to_string()),
    ]
}
