//! The challenge that a member is in, and how far they are.
//!
//! A press counts from its day on, a check-in on its day, whatever order they are heard of in: what
//! is counted are the closed days in one number, and the open days as they stand. Of two presses
//! for different challenges the earlier one counts. It may be heard of second, as long as both are
//! within the 48 hours in which anything may be late; no challenge is done or over in that time
//! (see [`Challenge::FEWEST_DAYS`]), so nothing but the later press has to give way.

use jiff::{SignedDuration, Timestamp};

use super::observe::{Observed, Rules};
use super::{Effect, Member, Scoring, Voided, whole_second};
use crate::days::LocalDay;
use crate::event::Event;
use crate::ids::{ChallengeId, MessageId, Owner};
use crate::playbook::Challenge;

/// The challenge of a member.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Challenges {
    /// The one they are in, or the last they were in.
    pub current: Option<Enrolled>,
    /// The one before it, while check-ins of its last days may still come.
    pub before: Option<Before>,
}

/// A challenge that was joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Enrolled {
    /// Its [`Challenge::key`].
    pub key: u16,
    /// The first day that counts.
    pub from: LocalDay,
    /// Closed days with a check-in.
    pub closed: u8,
    /// It was done, and paid.
    pub done: bool,
    /// It can't be done any more, and that was looked at.
    pub missed: bool,
    /// When it is looked at, whether it can still be done.
    pub watch: Watch,
}

/// A challenge whose last days are not closed yet. All its days that are open count: it was joined
/// before them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Before {
    /// Its [`Challenge::key`].
    pub key: u16,
    /// Closed days with a check-in.
    pub closed: u8,
    /// It was done, and paid.
    pub done: bool,
}

/// When a challenge is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Watch {
    /// It was joined at this second: it is looked at [`Watch::AFTER`] that. By then no earlier press
    /// can come, and the second is not needed any more.
    Joined(Timestamp),
    /// At this instant.
    Look(Timestamp),
    /// Not any more.
    Over,
}

impl Watch {
    const AFTER: SignedDuration = SignedDuration::from_hours(72);

    /// The instant.
    pub fn due(self) -> Option<Timestamp> {
        match self {
            Self::Joined(at) => at.checked_add(Self::AFTER).ok(),
            Self::Look(at) => Some(at),
            Self::Over => None,
        }
    }
}

/// What came of the button of a challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinAnswer {
    /// They are in.
    Joined,
    /// They are in this one already, or in another one until its last day.
    Already,
    /// It can't be joined on that day, or there is no such challenge.
    Closed,
}

/// A press of a challenge's button.
struct Press<'a> {
    challenge: &'a Challenge,
    /// To the second.
    at: Timestamp,
    /// The member's local day.
    day: LocalDay,
}

impl Press<'_> {
    /// Which of two presses counts: the earlier one, and within a second always the same.
    fn is_before(&self, current: &Enrolled) -> bool {
        match current.watch {
            Watch::Joined(at) => (self.at, self.challenge.key()) < (at, current.key),
            Watch::Look(_) | Watch::Over => false,
        }
    }

    fn enrolled(&self) -> Enrolled {
        Enrolled {
            key: self.challenge.key(),
            from: self.day.max(self.challenge.start),
            closed: 0,
            done: false,
            missed: false,
            watch: Watch::Joined(self.at),
        }
    }
}

fn find(known: &[Challenge], key: u16) -> Option<&Challenge> {
    known.iter().find(|challenge| challenge.key() == key)
}

impl Challenges {
    /// `None` = the press that was counted, told again.
    fn press(
        &mut self,
        press: &Press<'_>,
        scoring: &Scoring,
        known: &[Challenge],
    ) -> Option<JoinAnswer> {
        let ends = |key| find(known, key).map(|challenge| challenge.end);
        let runs = |key| ends(key).is_some_and(|end| end >= press.day);
        if self.before.is_some_and(|before| runs(before.key)) {
            return Some(JoinAnswer::Already);
        }
        let Some(current) = self.current else {
            self.current = Some(press.enrolled());
            return Some(JoinAnswer::Joined);
        };
        if current.key == press.challenge.key() {
            if current.watch == Watch::Joined(press.at) {
                return None;
            }
            if press.is_before(&current) {
                self.current = Some(press.enrolled());
            }
            return Some(JoinAnswer::Already);
        }
        if !press.is_before(&current) {
            if runs(current.key) {
                return Some(JoinAnswer::Already);
            }
            let is_open = ends(current.key).is_some_and(|end| !scoring.is_closed(end));
            self.before = is_open.then_some(Before {
                key: current.key,
                closed: current.closed,
                done: current.done,
            });
        }
        self.current = Some(press.enrolled());
        Some(JoinAnswer::Joined)
    }

    /// Takes the check-ins of the days that are about to be closed into the count. A challenge that
    /// the playbook has no more stays as it is: nobody knows on which day it would have ended.
    pub(super) fn close(&mut self, scoring: &Scoring, through: LocalDay, known: &[Challenge]) {
        if scoring.is_closed(through) {
            return;
        }
        if let Some(current) = &mut self.current
            && let Some(challenge) = find(known, current.key)
        {
            let more = scoring.open_check_ins(current.from..=challenge.end.min(through));
            current.closed = current.closed.saturating_add(more);
        }
        if let Some(before) = &mut self.before {
            let still_open = find(known, before.key).is_some_and(|ends| ends.end > through);
            if still_open {
                let more = scoring.open_check_ins(..=through);
                before.closed = before.closed.saturating_add(more);
            } else {
                self.before = None;
            }
        }
        // Both are never counted in closed days at once: one began after the other's end.
        if self.current.is_some_and(|current| current.closed > 0) {
            self.before = None;
        }
    }

    /// A closed day with a check-in was voided.
    fn uncount(&mut self, day: LocalDay, known: &[Challenge]) {
        let ends = |key| find(known, key).is_some_and(|challenge| challenge.end >= day);
        if let Some(current) = &mut self.current
            && day >= current.from
            && ends(current.key)
        {
            current.closed = current.closed.saturating_sub(1);
        } else if let Some(before) = &mut self.before
            && ends(before.key)
        {
            before.closed = before.closed.saturating_sub(1);
        }
    }

    /// Challenges that have enough days now, and are not paid yet.
    fn complete(&mut self, scoring: &Scoring, known: &[Challenge]) -> Vec<usize> {
        let mut done = Vec::new();
        for (index, challenge) in known.iter().enumerate() {
            let key = challenge.key();
            if let Some(before) = self.before.as_mut().filter(|before| before.key == key) {
                let open = scoring.open_check_ins(..=challenge.end);
                if !before.done && before.closed.saturating_add(open) >= challenge.days {
                    before.done = true;
                    done.push(index);
                }
            } else if let Some(current) = self.current.as_mut().filter(|now| now.key == key)
                && !current.done
                && current.days_done(challenge, scoring) >= challenge.days
            {
                current.done = true;
                done.push(index);
            }
        }
        done
    }
}

impl Enrolled {
    /// Its days with a check-in, up to as many as it takes once it is done.
    pub fn days_done(&self, challenge: &Challenge, scoring: &Scoring) -> u8 {
        if self.done {
            // A day that was voided afterwards takes nothing back.
            return challenge.days;
        }
        let open = scoring.open_check_ins(self.from..=challenge.end);
        self.closed.saturating_add(open)
    }

    /// How many days with a check-in there will be at the most.
    pub fn days_possible(&self, challenge: &Challenge, scoring: &Scoring) -> i32 {
        let open_from = scoring
            .closed_through
            .map_or(self.from, |closed| self.from.max(closed.plus(1)));
        let open = challenge.end.since(open_from).saturating_add(1).max(0);
        let voided = scoring.open.iter().filter(|day| {
            day.voided == Voided::Open && (open_from..=challenge.end).contains(&day.day)
        });
        let voided = i32::try_from(voided.count()).unwrap_or(i32::MAX);
        i32::from(self.closed) + open.saturating_sub(voided)
    }
}

impl Member {
    /// The button of a challenge: by whoever sees the invitation, but not under what was sent to
    /// somebody else.
    pub(super) fn join_challenge(
        &mut self,
        event: &Event,
        message: Option<&MessageId>,
        id: &ChallengeId,
        late: bool,
        rules: &Rules<'_>,
        effects: &mut Vec<Effect>,
    ) -> Observed {
        let observed = self.active(event.at, late, rules);
        let not_theirs = message.is_some_and(
            |message| matches!(message.owner(), Owner::Member(owner) if *owner != self.id),
        );
        if observed == Observed::Late || not_theirs {
            return observed;
        }
        let answer = match rules.challenges.iter().find(|known| known.id == *id) {
            Some(challenge) => self.press_challenge(event.at, challenge, rules),
            None => Some(JoinAnswer::Closed),
        };
        if let Some(answer) = answer {
            effects.push(Effect::ChallengeWanted {
                at: event.at,
                challenge: id.clone(),
                answer,
            });
        }
        observed
    }

    fn press_challenge(
        &mut self,
        at: Timestamp,
        challenge: &Challenge,
        rules: &Rules<'_>,
    ) -> Option<JoinAnswer> {
        let day = self.local_day(at, rules);
        // It is posted by the community's calendar, and counted by the member's.
        let is_posted = rules.zone.day(at) >= challenge.announce;
        if !is_posted || day > challenge.last_day_to_join() {
            return Some(JoinAnswer::Closed);
        }
        let press = Press {
            challenge,
            at: whole_second(at),
            day,
        };
        self.challenges
            .press(&press, &self.scoring, rules.challenges)
    }

    /// Voids a day in the count of the challenge, if it was closed in it. To be asked before the
    /// day is voided.
    pub(super) fn void_in_challenge(&mut self, day: LocalDay, rules: &Rules<'_>) {
        let counted =
            self.scoring.open.iter().any(|closed| {
                closed.day == day && closed.checked_in && closed.voided == Voided::No
            });
        if counted && self.scoring.is_closed(day) {
            self.challenges.uncount(day, rules.challenges);
        }
    }

    /// Pays the challenges that are done.
    pub(super) fn pay_challenges(&mut self, rules: &Rules<'_>, effects: &mut Vec<Effect>) {
        for index in self.challenges.complete(&self.scoring, rules.challenges) {
            let points = rules.challenges.get(index).map_or(0, |done| done.points);
            self.scoring.award(points.into());
            effects.push(Effect::ChallengeDone { index });
        }
    }
}
