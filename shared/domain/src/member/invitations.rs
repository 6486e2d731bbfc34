//! What a member's item knows of invitations: how they came, by whose word, and whom they brought.

use jiff::{SignedDuration, Timestamp};

use super::MovedOut;
use super::observe::{Observed, Rules};
use super::{Counted, Effect, Member, hash16, whole_second};
use crate::days::LocalDay;
use crate::event::Event;
use crate::ids::MemberId;
use crate::invitation::{Came, Inviter, JoinSource, NEWCOMER_FOR, row_for};

/// What a member's item knows of invitations. All that `observe` changes is a least or a count, so
/// that no order of deliveries matters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Invitations {
    /// How they came; told only if the first that was heard of them was a join.
    pub source: Option<JoinSource>,
    /// The earliest invitation of theirs.
    pub accepted: Option<Accepted>,
    /// Whether it still waits for them to have stayed.
    pub wait: Wait,
    /// Of those whom they invited so many stayed.
    pub stayed: u16,
    /// For how many of them they got points on the last of their local days on which they did.
    pub paid: Option<(LocalDay, u8)>,
}

/// An invitation that a member came by, or accepted later. Whose it is stands in a row beside the
/// item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Accepted {
    /// When. UTC seconds.
    pub at: Timestamp,
    /// Two bytes of a hash of the inviter: which of two in one second is the earlier.
    pub tie: u16,
    /// So many days they are to stay from then on.
    pub stay_days: u8,
}

/// What became of an invitation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Wait {
    /// Nothing yet, or there is none yet.
    #[default]
    Open,
    /// They left before: it never counts, even if they return.
    Left,
    /// It was looked at, and counted or not. Another one is of no use.
    Settled,
}

impl Member {
    /// Until when they are to stay so that their invitation counts; `None` = nothing waits for it.
    pub fn stays_until(&self) -> Option<Timestamp> {
        let invitations = self.invitations;
        let accepted = invitations
            .accepted
            .filter(|accepted| invitations.wait == Wait::Open && self.is_newcomer(accepted.at))?;
        let days = i64::from(accepted.stay_days);
        let stay = SignedDuration::from_hours(days * 24);
        accepted.at.checked_add(stay).ok()
    }

    /// Whether an invitation at this instant is still one.
    pub(crate) fn is_newcomer(&self, at: Timestamp) -> bool {
        whole_second(at).duration_since(self.first_seen) <= NEWCOMER_FOR
    }

    /// By which way they came.
    pub fn join_source(&self) -> JoinSource {
        let invitations = self.invitations;
        let invited = invitations
            .accepted
            .is_some_and(|accepted| self.is_newcomer(accepted.at));
        if invited {
            return JoinSource::Invited;
        }
        invitations.source.unwrap_or(JoinSource::Unknown)
    }

    /// What a join tells of how they came. The least of several in one second, whichever is told
    /// first.
    pub(super) fn came(
        &mut self,
        event: &Event,
        came: Option<&Came>,
        rules: &Rules<'_>,
        effects: &mut Vec<Effect>,
    ) {
        let source = came.map_or(JoinSource::Unknown, |came| came.source);
        if whole_second(event.at) == self.first_seen {
            let known = self.invitations.source.unwrap_or(source);
            self.invitations.source = Some(known.min(source));
        }
        if let Some(by) = came.and_then(|came| came.by.as_ref()) {
            self.invited(event, by, false, rules, effects);
        }
    }

    /// Keeps the earliest invitation, whether it can count or not: that is seen when it is told of
    /// and when it is settled, by what is known then.
    pub(super) fn invited(
        &mut self,
        event: &Event,
        by: &Inviter,
        typed: bool,
        rules: &Rules<'_>,
        effects: &mut Vec<Effect>,
    ) -> Observed {
        let Some(rules) = rules.invitations else {
            return Observed::Taken;
        };
        let inviter = by.member().filter(|by| **by != self.id);
        let accepted = inviter.map(|by| Accepted {
            at: whole_second(event.at),
            tie: hash16(by.as_str()),
            stay_days: rules.stay_days,
        });
        let invitations = &mut self.invitations;
        let earliest = match (accepted, invitations.accepted) {
            _ if invitations.wait == Wait::Settled => false,
            (Some(told), Some(known)) => told < known,
            (told, None) => told.is_some(),
            (None, Some(_)) => false,
        };
        if earliest {
            invitations.accepted = accepted;
        }
        effects.push(Effect::Invited {
            event: event.id.clone(),
            at: event.at,
            by: by.clone(),
            typed,
            earliest,
        });
        Observed::Taken
    }

    /// Nothing comes of an invitation that still waits: staff have no points. Only when something is
    /// due, for who is told to be staff now may be told not to be by what comes next.
    pub(crate) fn end_invitation(&mut self) {
        if self.stays_until().is_some() {
            self.invitations.wait = Wait::Settled;
        }
    }

    /// A leave ends the wait. A return does not start it again.
    pub(super) fn leave_before_stayed(&mut self) {
        if self.invitations.wait == Wait::Open {
            self.invitations.wait = Wait::Left;
        }
    }

    /// One whom they invited has stayed. `moved` holds the event if the ledger has its row already:
    /// that, and not the time, says whether it is told again.
    pub(super) fn invitation_stayed(
        &mut self,
        event: &Event,
        invited: &MemberId,
        rules: &Rules<'_>,
        moved: &MovedOut,
        effects: &mut Vec<Effect>,
    ) -> Observed {
        let row = row_for(invited);
        let told_before = |effect: &Effect| matches!(effect, Effect::InvitationStayed { row: known, .. } if *known == row);
        if moved.contains(&Counted::of(event)) || effects.iter().any(told_before) {
            return Observed::Duplicate;
        }
        let Some(invitations) = rules.invitations else {
            return Observed::Taken;
        };
        let today = self.local_day(rules.now, rules);
        let paid_today = self.invitations.paid.filter(|(day, _)| *day == today);
        let paid = paid_today.map_or(0, |(_, paid)| paid);
        let worth = u32::from(invitations.points) * (u32::from(paid) + 1);
        let points = if worth <= u32::from(invitations.day_cap) {
            self.invitations.paid = Some((today, paid.saturating_add(1)));
            invitations.points
        } else {
            0
        };
        self.scoring.award(points.into());
        self.invitations.stayed = self.invitations.stayed.saturating_add(1);
        effects.push(Effect::InvitationStayed { row, points });
        let reached =
            |tier: &crate::playbook::InvitationTier| tier.invited == self.invitations.stayed;
        if let Some(tier) = invitations.tiers.iter().find(|tier| reached(tier)) {
            self.scoring.award(tier.points.into());
            effects.push(Effect::InvitationTier {
                invited: tier.invited,
                points: tier.points,
            });
        }
        Observed::Taken
    }
}
