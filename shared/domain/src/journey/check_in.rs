//! What answers a check-in: one message for all that follows from it.

use std::collections::BTreeSet;

use super::{Context, Draft, Planner};
use crate::days::LocalDay;
use crate::event::{Event, Happened};
use crate::ids::{ChannelId, EventId};
use crate::locale::Locale;
use crate::member::{Effect, Member, hash64};
use crate::period::Period;

/// A milestone so near is what comes next, before a level.
const NEAR_DAYS: u16 = 7;

/// Paths of the messages that tell a check-in told twice from a second one of the day: to be looked
/// up before [`act_on`](super::act_on) for events that may be either. Without them who checks in
/// once and is delivered twice would be told that they had already.
pub fn tells_twice(member: &Member, events: &[Event], context: Context<'_>) -> Vec<String> {
    if context.current.playbook.check_in_answers.already.is_none() {
        return Vec::new();
    }
    let one_to_one = |event: &&Event| event.what == Happened::CheckedIn { channel: None };
    let paths = events.iter().filter(one_to_one).flat_map(|event| {
        let zone = member.zone_at(event.at, &context.community.zone);
        let day = zone.day(event.at);
        [reply_path(day, &event.id), already_path(day)]
    });
    paths.collect()
}

fn reply_path(day: LocalDay, event: &EventId) -> String {
    format!("check-in/{day}/{:016x}", hash64(event.as_str()))
}

fn already_path(day: LocalDay) -> String {
    format!("check-in/{day}/already")
}

/// A check-in of today.
struct CheckIn<'e> {
    event: &'e EventId,
    channel: Option<&'e ChannelId>,
    first: bool,
}

impl<'e> CheckIn<'e> {
    fn on(today: LocalDay, effect: &'e Effect) -> Option<Self> {
        let Effect::CheckedIn {
            event,
            day,
            channel,
            first,
        } = effect
        else {
            return None;
        };
        (*day == today).then_some(Self {
            event,
            channel: channel.as_ref(),
            first: *first,
        })
    }
}

impl Planner<'_> {
    /// The answer to a check-in of today: the badge if it reached a milestone, else the reply. One
    /// of an earlier day is not answered: it would be read as today's. Who has left and checks in
    /// is answered in the channel; one to one the gate sends them nothing.
    pub(super) fn answer_check_in(&mut self, effects: &[Effect]) {
        let today = self.today();
        self.answer_todays(today, effects);
        let kind = &self.context.current.playbook.check_in_answers.freeze_used;
        if let (Some(left), Some(kind)) = (self.freezes_left.take(), kind.clone()) {
            let path = format!("freeze/{today}");
            let values = [("member.freezes", left.to_string())];
            let draft = Draft::new(path, kind).with(values);
            self.write(self.context.current, draft.answering());
        }
    }

    fn answer_todays(&mut self, today: LocalDay, effects: &[Effect]) {
        let check_ins: Vec<CheckIn<'_>> = effects
            .iter()
            .filter_map(|effect| CheckIn::on(today, effect))
            .collect();
        if check_ins.is_empty() || self.is_by_staff() {
            return;
        }
        let celebrates = effects.iter().any(|effect| {
            matches!(
                effect,
                Effect::Milestone { .. } | Effect::ChallengeDone { .. }
            )
        });
        match check_ins.iter().find(|check_in| check_in.first) {
            Some(_) if celebrates => {}
            Some(first) => self.reply(today, first),
            None => self.already(today, &check_ins),
        }
    }

    /// Where the staff have to tap "send", each reply would take one of the few messages a month.
    fn is_by_staff(&self) -> bool {
        let platform = self.context.community.platform;
        platform.capabilities().by_staff_a_month.is_some()
    }

    fn reply(&mut self, today: LocalDay, check_in: &CheckIn<'_>) {
        let book = self.context.current;
        let answers = &book.playbook.check_in_answers;
        let Some(kind) = answers.reply.clone() else {
            return;
        };
        let channel = check_in.channel.filter(|_| answers.to_channel).cloned();
        let is_busy =
            |busy: &BTreeSet<ChannelId>| channel.as_ref().is_some_and(|c| busy.contains(c));
        if self.context.busy.is_some_and(is_busy) {
            return;
        }
        let mut values = vec![("award.points", book.playbook.points.check_in.to_string())];
        values.extend(self.freeze_line());
        // In a channel a place would name who wants to be on no board.
        let standing = self.context.standing;
        if let Some(standing) = standing.filter(|_| !self.member.scoring.is_hidden()) {
            let points = self.member.scoring.points_in(Period::Week(today.week()));
            values.push(("member.rank", standing.rank_of(points).to_string()));
        }
        let locale = self.read_in(channel.is_some());
        values.extend(self.challenge_line(locale));
        values.extend(self.what_is_next(today, locale));
        let draft = Draft::new(reply_path(today, check_in.event), kind)
            .with(values)
            .in_channel(channel)
            .answering();
        self.write(book, draft);
    }

    /// Once a day, and only one to one: a channel need not read it. Not to whom a delivery only told
    /// the same again, and not on the day of a badge, which says it all.
    fn already(&mut self, today: LocalDay, check_ins: &[CheckIn<'_>]) {
        let book = self.context.current;
        let scoring = &self.member.scoring;
        let badge = scoring.celebrated > 0 && scoring.streak(today) == scoring.celebrated;
        let again = check_ins.iter().any(|check_in| {
            let told = self.is_written(&reply_path(today, check_in.event));
            check_in.channel.is_none() && !told
        });
        if !again || badge {
            return;
        }
        if let Some(kind) = book.playbook.check_in_answers.already.clone() {
            self.write(book, Draft::new(already_path(today), kind).answering());
        }
    }

    /// The language of an answer: in a channel the community's.
    fn read_in(&self, public: bool) -> Locale {
        let community = self.context.community.locale;
        if public {
            community
        } else {
            self.member.locale_or(community)
        }
    }

    /// Days to the next milestone, if it is near or there is no level to reach; else points to the
    /// next level.
    fn what_is_next(&self, today: LocalDay, locale: Locale) -> Vec<(&'static str, String)> {
        let current = self.context.current;
        let scoring = &self.member.scoring;
        let streak = scoring.streak(today);
        // A milestone is paid once, however often its days are reached.
        let from = streak.max(scoring.celebrated);
        let mut milestones = current.playbook.milestones.iter();
        let milestone = milestones.find(|milestone| milestone.days > from);
        let level = self.points_to_next_level();
        match (milestone, level) {
            (Some(next), level) if level.is_none() || next.days - streak <= NEAR_DAYS => vec![
                ("streak.days_to_next", (next.days - streak).to_string()),
                ("reward.name", next.reward.get(locale).to_owned()),
            ],
            (_, Some(points)) => vec![("level.points_to_next", points.to_string())],
            (_, None) => Vec::new(),
        }
    }

    /// What says that a freeze was used, once.
    pub(super) fn freeze_line(&mut self) -> Option<(&'static str, String)> {
        let left = self.freezes_left.take()?;
        Some(("freeze.left", left.to_string()))
    }

    /// A new level, one to one, and what it brings.
    pub(super) fn level_up(&mut self, index: usize) {
        let book = self.context.current;
        let kind = book.playbook.check_in_answers.level_up.clone();
        let (Some(kind), Some(level)) = (kind, book.playbook.levels.get(index)) else {
            return;
        };
        let locale = self.member.locale_or(self.context.community.locale);
        let number = index.saturating_add(1);
        let mut values = vec![
            ("level.number", number.to_string()),
            ("level.name", level.name.get(locale).to_owned()),
        ];
        if let Some(perks) = &level.perks {
            values.push(("level.perks", perks.get(locale).to_owned()));
        }
        if let Some(points) = self.points_to_next_level() {
            values.push(("level.points_to_next", points.to_string()));
        }
        let draft = Draft::new(format!("level/{number}"), kind).with(values);
        self.write(book, draft.answering());
    }

    /// The message for a streak's milestone, at once. One to one: where the reward is to be had is
    /// theirs to know.
    pub(super) fn celebrate(&mut self, index: usize) {
        let playbook = self.context.current.playbook;
        let Some(milestone) = playbook.milestones.get(index) else {
            return;
        };
        let locale = self.member.locale_or(self.context.community.locale);
        let next = playbook
            .milestones
            .get(index + 1)
            .map_or(milestone.days.saturating_mul(2), |next| next.days);
        let mut values = vec![
            ("streak.days", milestone.days.to_string()),
            ("streak.next_milestone", next.to_string()),
            ("award.points", milestone.points.to_string()),
            ("badge.name", milestone.badge.get(locale).to_owned()),
            ("reward.name", milestone.reward.get(locale).to_owned()),
        ];
        if let Some(url) = &milestone.reward_url {
            values.push(("reward.url", url.clone()));
        }
        values.extend(self.freeze_line());
        let path = format!("streak/{}", milestone.days);
        let draft = Draft::new(path, playbook.streak_message.clone()).with(values);
        self.write(self.context.current, draft);
    }
}
