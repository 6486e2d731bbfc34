//! What members hear of the challenge they are in, and when it is looked at.

use jiff::Timestamp;

use super::points::ASKED_AGAIN;
use super::{Draft, Planner};
use crate::days::LocalDay;
use crate::ids::ChallengeId;
use crate::locale::Locale;
use crate::member::{Enrolled, JoinAnswer, OPEN_BEFORE_TODAY, Status, Watch};
use crate::playbook::Challenge;
use crate::text::date;

impl Planner<'_> {
    /// Answers the button of a challenge, one to one.
    pub(super) fn answer_challenge(&mut self, at: Timestamp, id: &ChallengeId, answer: JoinAnswer) {
        let book = self.context.current;
        let Some(messages) = &book.playbook.challenge_messages else {
            return self.ignore();
        };
        if self.member.status() != Status::Member {
            return self.ignore();
        }
        let now = at.as_second().div_euclid(ASKED_AGAIN);
        let (kind, path, count) = match answer {
            JoinAnswer::Joined => (
                &messages.joined,
                format!("challenge/{id}/joined"),
                "challenges_joined",
            ),
            JoinAnswer::Already => (
                &messages.already,
                format!("challenge/already/{now}"),
                "challenges_joined_twice",
            ),
            JoinAnswer::Closed => (
                &messages.closed,
                format!("challenge/closed/{now}"),
                "challenges_closed",
            ),
        };
        let locale = self.member.locale_or(self.context.community.locale);
        let values = match answer {
            JoinAnswer::Joined | JoinAnswer::Already => self.challenge_values(locale),
            JoinAnswer::Closed => Vec::new(),
        };
        self.acted.counts.push(count);
        let draft = Draft::new(path, kind.clone()).with(values).answering();
        self.write(book, draft);
    }

    /// The challenge they are in, if the playbook still has it.
    fn challenge(&self) -> Option<(Enrolled, &'_ Challenge)> {
        let enrolled = self.member.challenges.current?;
        let challenge = self.context.current.playbook.challenge(enrolled.key)?;
        Some((enrolled, challenge))
    }

    fn challenge_values(&self, locale: Locale) -> Vec<(&'static str, String)> {
        let Some((enrolled, challenge)) = self.challenge() else {
            return Vec::new();
        };
        let done = enrolled.days_done(challenge, &self.member.scoring);
        vec![
            ("challenge.name", challenge.name.get(locale).to_owned()),
            ("challenge.start", date(enrolled.from, locale)),
            ("challenge.end", date(challenge.end, locale)),
            ("challenge.days", challenge.days.to_string()),
            ("challenge.done", done.to_string()),
        ]
    }

    /// How far they are, where something else is told; nothing before it begins, and once it is
    /// done, missed or over.
    pub(super) fn challenge_line(&self, locale: Locale) -> Vec<(&'static str, String)> {
        let today = self.today();
        let runs = self.challenge().is_some_and(|(enrolled, challenge)| {
            let days = enrolled.from..=challenge.end;
            !enrolled.done && !enrolled.missed && days.contains(&today)
        });
        if runs {
            self.challenge_values(locale)
        } else {
            Vec::new()
        }
    }

    /// The message for a challenge that was done, at once; one to one, as with milestones.
    pub(super) fn celebrate_challenge(&mut self, index: usize) {
        let book = self.context.current;
        let messages = book.playbook.challenge_messages.as_ref();
        let challenge = book.playbook.challenges.get(index);
        let (Some(messages), Some(challenge)) = (messages, challenge) else {
            return;
        };
        let locale = self.member.locale_or(self.context.community.locale);
        let days = challenge.days.to_string();
        let mut values = vec![
            ("challenge.name", challenge.name.get(locale).to_owned()),
            ("challenge.days", days.clone()),
            ("challenge.done", days),
            ("award.points", challenge.points.to_string()),
            ("badge.name", challenge.badge.get(locale).to_owned()),
            ("reward.name", challenge.reward.get(locale).to_owned()),
        ];
        if let Some(url) = &challenge.reward_url {
            values.push(("reward.url", url.clone()));
        }
        values.extend(self.freeze_line());
        self.acted.counts.push("challenges_done");
        let path = format!("challenge/{}/done", challenge.id);
        let draft = Draft::new(path, messages.done.clone()).with(values);
        self.write(book, draft);
    }

    /// Looks whether a challenge can still be done. Check-ins do not move the day of the next look:
    /// when it comes, it is worked out again.
    pub(super) fn advance_challenge(&mut self) {
        let current = self.member.challenges.current;
        let due = current.and_then(|current| current.watch.due());
        if due.is_none_or(|due| due > self.context.now) {
            return;
        }
        let watch = self.look_at_challenge();
        if let Some(current) = &mut self.member.challenges.current {
            current.watch = watch;
        }
    }

    /// Who has left is not told, and a challenge that is no more is not looked at again.
    fn look_at_challenge(&mut self) -> Watch {
        let Some((enrolled, challenge)) = self.challenge() else {
            return Watch::Over;
        };
        if enrolled.done || self.member.status() != Status::Member {
            return Watch::Over;
        }
        let scoring = &self.member.scoring;
        if enrolled.days_possible(challenge, scoring) >= i32::from(challenge.days) {
            let done = enrolled.days_done(challenge, scoring);
            let left = challenge.days.saturating_sub(done);
            // Without a check-in on this day it can't be done; until then it can.
            let last = challenge.end.plus(1 - i32::from(left));
            return Watch::Look(self.sending_time(self.closed_after(last)));
        }
        self.miss_challenge();
        Watch::Over
    }

    /// The first day from tomorrow on on which a day is closed.
    fn closed_after(&self, day: LocalDay) -> LocalDay {
        let closed = day.plus(OPEN_BEFORE_TODAY + 1);
        closed.max(self.today().plus(1))
    }

    fn miss_challenge(&mut self) {
        let book = self.context.current;
        let locale = self.member.locale_or(self.context.community.locale);
        let messages = book.playbook.challenge_messages.as_ref();
        let kind = messages.and_then(|messages| messages.missed.clone());
        let Some(path) = self
            .challenge()
            .map(|(_, challenge)| format!("challenge/{}/missed", challenge.id))
        else {
            return;
        };
        let values = self.challenge_values(locale);
        if let Some(current) = &mut self.member.challenges.current {
            current.missed = true;
        }
        if let Some(kind) = kind {
            self.write(book, Draft::new(path, kind).with(values));
        }
    }

    /// Staff are in no challenge.
    pub(super) fn unwatch_challenge(&mut self) {
        if let Some(current) = &mut self.member.challenges.current {
            current.watch = Watch::Over;
        }
    }
}
