//! One pass over the members of a community, in memory that does not grow with them: what a
//! week's numbers are made of. Shards are added apart and merged.

mod cases;
mod counts;
mod measures;
mod sources;

pub use measures::{Asked, Measures};

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use self::counts::{Counts, Sum as _};
use super::ages::Ages;
use super::funnel::Funnel;
use super::heat::Heat;
use super::retention::Cohort;
use super::risk::{self, Features, Weights};
use super::unreadable::Unreadable;
use crate::days::{IsoWeek, LocalDay, Zone};
use crate::experiment::Trials;
use crate::ids::Currency;
use crate::journey::PlanState;
use crate::member::{Member, Status};
use crate::receipt::WeekFacts;
use crate::rfm::{RfmGroup, RfmRules};
use crate::segment::{Segment, SegmentRules};

/// Two aggregates that are not of the same week and day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("aggregate of {found_week} as of {found_as_of} cannot be merged into {week} as of {as_of}")]
pub struct Mismatch {
    week: IsoWeek,
    as_of: LocalDay,
    found_week: IsoWeek,
    found_as_of: LocalDay,
}

/// What a week's numbers are made of. No personal data: may be kept as a snapshot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Aggregate {
    pub(super) week: IsoWeek,
    pub(super) as_of: LocalDay,
    pub(super) first_observed: Option<LocalDay>,
    pub(super) counts: Counts,
    pub(super) cohorts: BTreeMap<IsoWeek, Cohort>,
    /// Cases won in the week by whole days from leave to return, at most
    /// [`Aggregate::MAX_DAYS_TO_RETURN`].
    pub(super) days_to_return: BTreeMap<u16, u64>,
    pub(super) ages: Ages,
    pub(super) heat: Heat,
    pub(super) funnel: Funnel,
    /// Whether members are told apart by what they bought.
    pub(super) has_rfm: bool,
    /// The week's orders and scores, which are counted as they come and not by member.
    pub(super) facts: WeekFacts,
    /// The currency of their money.
    pub(super) currency: Option<Currency>,
    /// Who is in none of this.
    pub(super) unreadable: Unreadable,
    trials: Trials,
}

impl Aggregate {
    /// Longer absences count as this many days: the map stays bounded.
    pub const MAX_DAYS_TO_RETURN: u16 = 365;

    /// Nothing yet. `as_of` is the week's Sunday, or the last observed day of a week that is not
    /// over; a later day is held to the Sunday. Days are the community's.
    ///
    /// To be filled while members still hold the week: until the end of the week after it. What
    /// has no day in a member's item cannot be cut at `as_of`. In an unfinished week these are
    /// its messages, reactions, joins and leaves (nothing, as `as_of` is the last day on which
    /// anything happened); in any week the answer of a case, and streaks once their days are
    /// closed, two days later.
    pub fn new(week: IsoWeek, as_of: LocalDay) -> Self {
        Self {
            week,
            as_of: as_of.min(week.sunday()),
            first_observed: None,
            counts: Counts::default(),
            cohorts: BTreeMap::new(),
            days_to_return: BTreeMap::new(),
            ages: Ages::default(),
            heat: Heat::default(),
            funnel: Funnel::default(),
            has_rfm: false,
            facts: WeekFacts::default(),
            currency: None,
            unreadable: Unreadable::default(),
            trials: Trials::default(),
        }
    }

    /// With the week's orders and scores, and what their money is in.
    #[must_use]
    pub fn with_facts(self, facts: WeekFacts, currency: Option<&Currency>) -> Self {
        Self {
            facts,
            currency: currency.cloned(),
            ..self
        }
    }

    /// The week.
    pub fn week(&self) -> IsoWeek {
        self.week
    }

    /// The last day that counts, in the community's zone.
    pub fn as_of(&self) -> LocalDay {
        self.as_of
    }

    /// What came of the trials so far.
    pub fn trials(&self) -> &Trials {
        &self.trials
    }

    /// Counts one member. Who was first seen after `as_of` is not in the numbers; nor are staff, of whom
    /// only what they wrote is counted, to hold what members wrote against.
    pub fn add(&mut self, member: &Member, community_zone: &Zone, measures: Measures<'_>) {
        let first = member.first_day(community_zone);
        if first > self.as_of {
            return;
        }
        if member.is_staff() {
            let week = member.weeks.of(self.week);
            self.counts.staff += 1;
            self.counts.staff_messages += week.map_or(0, |week| u64::from(week.messages));
            return;
        }
        self.first_observed = Some(self.first_observed.map_or(first, |known| known.min(first)));
        self.cohorts
            .entry(first.week())
            .or_default()
            .add(&member.activity, first, self.as_of);
        self.add_status(member, first, community_zone);
        self.add_activity(member, first, community_zone);
        self.ages.add(&member.activity, first, self.as_of);
        self.add_segment(member, community_zone, measures.segments);
        self.add_risk(member, community_zone, measures.risk);
        self.add_wake_up(member);
        self.add_orders(member, community_zone, measures.rfm);
        self.add_week(member);
        self.add_streak(member, community_zone);
        self.add_plan(member, community_zone);
        self.add_case(member, community_zone, measures);
        self.add_source(member, first, community_zone);
        self.add_to_trials(member, measures.trials);
    }

    /// Counts a member whose item can't be read, by the attribute that can't.
    pub fn add_unreadable(&mut self, attribute: &str) {
        self.unreadable.add(attribute);
    }

    /// Adds what another shard counted. Fails if it is of another week or day.
    pub fn merge(&mut self, other: Self) -> Result<(), Mismatch> {
        if (self.week, self.as_of) != (other.week, other.as_of) {
            return Err(Mismatch {
                week: self.week,
                as_of: self.as_of,
                found_week: other.week,
                found_as_of: other.as_of,
            });
        }
        self.first_observed = match (self.first_observed, other.first_observed) {
            (Some(mine), Some(theirs)) => Some(mine.min(theirs)),
            (mine, theirs) => mine.or(theirs),
        };
        self.counts.absorb(other.counts);
        for (week, cohort) in other.cohorts {
            *self.cohorts.entry(week).or_default() += cohort;
        }
        for (days, cases) in other.days_to_return {
            *self.days_to_return.entry(days).or_default() += cases;
        }
        self.ages.merge(other.ages);
        self.heat.merge(&other.heat);
        self.funnel.merge(&other.funnel);
        self.has_rfm |= other.has_rfm;
        self.facts.merge(&other.facts);
        self.currency = self.currency.take().or(other.currency);
        self.unreadable.merge(&other.unreadable);
        self.trials.merge(other.trials);
        Ok(())
    }

    /// new + returned − left is the change of members in every week, because all three are taken
    /// from the status at the two ends, never from the events between.
    fn add_status(&mut self, member: &Member, first: LocalDay, zone: &Zone) {
        let start = member.status_at_end_of(self.week.plus(-1), zone);
        let end = member.status_at_end_of(self.week, zone);
        let is_new = first >= self.week.monday();
        let (was_in, is_in) = (start == Some(Status::Member), end == Some(Status::Member));
        let member_days = self.days_in(member, first, start, zone);
        let counts = &mut self.counts;
        counts.new += u64::from(is_new);
        counts.left += u64::from((was_in || is_new) && !is_in);
        counts.returned += u64::from(start == Some(Status::Left) && is_in);
        counts.members_start += u64::from(was_in);
        counts.members_total += u64::from(is_in);
        counts.member_days += member_days;
    }

    /// On how many days of the week up to `as_of` they were a member at the end of the day. The
    /// item keeps one join or leave of a week, the last: before it they count as they began.
    fn days_in(&self, member: &Member, first: LocalDay, start: Option<Status>, zone: &Zone) -> u64 {
        let begin = self.week.monday().max(first);
        let change = member.weeks.of(self.week).and_then(|week| week.last);
        let began_in = start.unwrap_or(Status::Member) == Status::Member;
        let days = |from: LocalDay, until: LocalDay| {
            u64::try_from(until.since(from).saturating_add(1)).unwrap_or(0)
        };
        let Some(change) = change else {
            return if began_in { days(begin, self.as_of) } else { 0 };
        };
        let day = zone
            .day(change.order.timestamp())
            .clamp(begin, self.as_of.plus(1));
        let before = if began_in {
            days(begin, day.plus(-1))
        } else {
            0
        };
        let after = if change.to == Status::Member {
            days(day, self.as_of)
        } else {
            0
        };
        before + after
    }

    /// Activity counts whatever the status: a leaver who reacts in a public channel is seen.
    fn add_activity(&mut self, member: &Member, first: LocalDay, zone: &Zone) {
        let (as_of, activity) = (self.as_of, &member.activity);
        let days = self.weekdays(activity.recent_within(self.week.monday(), self.week.sunday()));
        let last30 = activity.active_within(as_of.plus(-29), as_of);
        let before = activity.active_within(as_of.plus(-59), as_of.plus(-30));
        let is_in = member.status_at_end_of(self.week, zone) == Some(Status::Member);
        let counts = &mut self.counts;
        count_days(&mut counts.dau, days);
        counts.wau += u64::from(days != 0);
        counts.mau30 += u64::from(last30);
        counts.prev30_active += u64::from(before);
        counts.churned30 += u64::from(before && !last30);
        counts.silent30 += u64::from(is_in && first <= as_of.plus(-30) && !last30);
    }

    fn add_segment(&mut self, member: &Member, zone: &Zone, rules: &SegmentRules) {
        let segment = match member.status_at_end_of(self.week, zone) {
            Some(Status::Member) => Segment::of_member(member, self.as_of, zone, rules),
            Some(Status::Left) | None => Segment::Left,
        };
        let mut places = Segment::ALL.iter().zip(&mut self.counts.segments);
        if let Some((_, count)) = places.find(|(one, _)| **one == segment) {
            *count += 1;
        }
    }

    /// Who has left is gone already.
    fn add_risk(&mut self, member: &Member, zone: &Zone, weights: &Weights) {
        if member.status_at_end_of(self.week, zone) != Some(Status::Member) {
            return;
        }
        let Some(features) = Features::of(&member.activity, self.as_of) else {
            return;
        };
        self.counts.scored += 1;
        self.counts.at_risk += u64::from(weights.score(&features) > risk::LISTED);
    }

    /// Of the week before, so that the seven days after each wake-up are over. The day itself tells
    /// nothing: what happened on it may have happened before.
    fn add_wake_up(&mut self, member: &Member) {
        let wake = &member.journey.wake;
        let before = self.week.plus(-1);
        let last = wake
            .last
            .filter(|day| day.week() == before && !wake.skipped);
        let Some(day) = last else { return };
        let until = day.plus(7).min(self.as_of);
        let active = member.activity.active_within(day.plus(1), until);
        self.counts.woken += 1;
        self.counts.recalled += u64::from(active);
    }

    /// Who had left by the end is nobody's customer here. Of more than two orders the item keeps no
    /// day of the second: who had one by `as_of`, and three by now, counts as having had two.
    fn add_orders(&mut self, member: &Member, zone: &Zone, rfm: Option<&RfmRules>) {
        self.has_rfm |= rfm.is_some();
        let bought = member.orders.filter(|orders| orders.first <= self.as_of);
        self.counts.ever_ordered += u64::from(bought.is_some());
        if member.status_at_end_of(self.week, zone) != Some(Status::Member) {
            return;
        }
        if let Some(orders) = bought {
            let twice = orders.count >= 3 || (orders.count == 2 && orders.last <= self.as_of);
            self.counts.with_order += 1;
            self.counts.with_second_order += u64::from(twice);
            self.counts.spent = self.counts.spent.saturating_add(orders.sum);
        }
        let Some(rules) = rfm else { return };
        let group = RfmGroup::of(bought.as_ref(), self.as_of, rules);
        let mut places = RfmGroup::ALL.iter().zip(&mut self.counts.rfm);
        if let Some((_, count)) = places.find(|(one, _)| **one == group) {
            *count += 1;
        }
    }

    fn add_to_trials(&mut self, member: &Member, asked: Option<Asked<'_>>) {
        let Some(Asked {
            count,
            community,
            now,
        }) = asked
        else {
            return;
        };
        if self.trials.is_empty() {
            self.trials = count.empty();
        }
        count.add(&mut self.trials, community, member, now);
    }

    fn add_week(&mut self, member: &Member) {
        let Some(week) = member.weeks.of(self.week) else {
            return;
        };
        let observed = self.observed_weekdays();
        let checked_in = week.checked_in & observed;
        let counts = &mut self.counts;
        counts.messages += u64::from(week.messages);
        counts.reactions += u64::from(week.reactions);
        counts.posted += u64::from(week.posted & observed != 0);
        count_days(&mut counts.interacted, week.interacted & observed);
        counts.checked_in += u64::from(checked_in != 0);
        counts.check_ins += u64::from(checked_in.count_ones());
        self.heat.add(&week.hours);
    }

    /// The streak as the member sees it on `as_of`, which is taken as a day of theirs.
    fn add_streak(&mut self, member: &Member, zone: &Zone) {
        let streak = u64::from(member.scoring.streak(self.as_of));
        if streak == 0 || member.status_at_end_of(self.week, zone) != Some(Status::Member) {
            return;
        }
        self.counts.streaks += 1;
        self.counts.streak_days += streak;
        self.counts.streaks_ge_7 += u64::from(streak >= 7);
    }

    fn add_plan(&mut self, member: &Member, zone: &Zone) {
        let Some(plan) = &member.journey.onboarding else {
            return;
        };
        let (started, finished) = match plan.state {
            PlanState::HeldOut => (false, false),
            PlanState::Finished { at } => (true, self.holds(at, zone)),
            PlanState::Active | PlanState::Stopped { .. } => (true, false),
        };
        let began = zone.day(plan.started);
        if began.week() == self.week.plus(-1) {
            self.funnel.add(plan);
        }
        let started = started && self.holds(plan.started, zone);
        self.counts.onboarding_started += u64::from(started);
        self.counts.onboarding_finished += u64::from(finished);
    }

    /// Whether an instant is in the week and not after `as_of`.
    fn holds(&self, at: Timestamp, zone: &Zone) -> bool {
        (self.week.monday()..=self.as_of).contains(&zone.day(at))
    }

    /// Weekdays up to `as_of`: bit 0 = Monday.
    fn observed_weekdays(&self) -> u8 {
        let days = self
            .as_of
            .since(self.week.monday())
            .saturating_add(1)
            .clamp(0, 7);
        0x7f_u8 >> (7 - days)
    }

    /// Bit *n* = Sunday − *n*, as [`crate::member::Activity`] gives them, to bit 0 = Monday, cut
    /// at `as_of`.
    fn weekdays(&self, before_sunday: u128) -> u8 {
        let mirrored = (0..7_u8)
            .filter(|weekday| before_sunday >> (6 - weekday) & 1 == 1)
            .fold(0, |days, weekday| days | 1 << weekday);
        mirrored & self.observed_weekdays()
    }
}

fn count_days(counts: &mut [u64; 7], days: u8) {
    for (weekday, count) in counts.iter_mut().enumerate() {
        *count += u64::from(days >> weekday & 1);
    }
}

#[cfg(test)]
mod tests;
