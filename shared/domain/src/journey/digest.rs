//! The weekly digest: the one message for who wants nothing else.

use jiff::{SignedDuration, Timestamp};

use super::{Context, Draft, Planner};
use crate::member::{Preference, Status};
use crate::message::SkipReason;

impl Planner<'_> {
    pub(super) fn wants_digest_only(&self) -> bool {
        self.member.preference() == Preference::DigestOnly
    }

    /// A member who wants only the digest waits for the next one.
    pub(super) fn begin_digest(&mut self) {
        let there = self.member.status() == Status::Member;
        self.member.journey.digest = if there && self.wants_digest_only() {
            // Who says so again does not lose the one that is due today.
            self.member.journey.digest.or_else(|| self.next_digest())
        } else {
            None
        };
    }

    /// The member's clock shows another time now: the digest keeps its day of their week.
    pub(super) fn move_digest(&mut self) {
        let Context {
            community,
            current,
            now,
            ..
        } = self.context;
        let (Some(due), Some(rules)) = (self.member.journey.digest, &current.playbook.digest)
        else {
            return;
        };
        let day = self.member.zone_at(now, &community.zone).day(due);
        let wanted = i32::from(rules.weekday.to_monday_zero_offset());
        // The two clocks are a day apart at the most: the nearest such day is the one that was meant.
        let ahead = (wanted - i32::from(day.weekday()) + 3).rem_euclid(7) - 3;
        self.member.journey.digest = Some(self.sending_time(day.plus(ahead)));
    }

    /// The sending time of the next day of the week on which digests go, today excepted.
    fn next_digest(&self) -> Option<Timestamp> {
        let rules = self.context.current.playbook.digest.as_ref()?;
        let today = self.today();
        let wanted = i32::from(rules.weekday.to_monday_zero_offset());
        let ahead = (wanted - i32::from(today.weekday())).rem_euclid(7);
        let days = if ahead == 0 { 7 } else { ahead };
        Some(self.sending_time(today.plus(days)))
    }

    /// The digest of this week, by the member's interest if the community has something for it.
    pub(super) fn advance_digest(&mut self) {
        let now = self.context.now;
        let Some(due) = self.member.journey.digest.filter(|due| *due <= now) else {
            return;
        };
        let playbook = self.context.current.playbook;
        let there = self.member.status() == Status::Member && self.wants_digest_only();
        let Some(rules) = playbook.digest.as_ref().filter(|_| there) else {
            self.member.journey.digest = None;
            return;
        };
        let week = self.today().week();
        // The list goes round, a piece a week: who keeps it up to date has a new one each Monday.
        let pieces = self.pieces(playbook).max(1);
        let nth = usize::try_from(week.index()).unwrap_or(0) % pieces;
        let piece = self
            .piece(playbook, nth)
            .or_else(|| self.piece(playbook, 0));
        let late = now.duration_since(due) > SignedDuration::from_hours(24);
        let skip = if late {
            Some(SkipReason::Expired)
        } else if piece.is_none() {
            Some(SkipReason::NoContent)
        } else {
            None
        };
        let draft = Draft::new(format!("digest/{week}"), rules.message.clone())
            .content(piece.map(|piece| piece.content))
            .skipped(skip);
        self.write(self.context.current, draft);
        self.member.journey.digest = self.next_digest();
    }
}
