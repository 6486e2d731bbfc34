//! What the numbers of a member should be, by sets and counting: a few dozen lines that are
//! obviously right, however slow.

use std::collections::{BTreeMap, BTreeSet};

use hearth_domain::days::{IsoWeek, LocalDay, Zone};
use hearth_domain::event::{Event, Happened};
use hearth_domain::member::hash16;
use hearth_domain::period::Period;
use hearth_domain::playbook::{Playbook, PointRules};
use jiff::{SignedDuration, Timestamp};

/// What was heard of one local day.
#[derive(Debug, Default)]
struct Day {
    checked_in: bool,
    reviewed: bool,
    voided: bool,
    prints: BTreeSet<u16>,
    slots: BTreeSet<i64>,
    reactions: u32,
    shares: u32,
}

impl Day {
    fn points(&self, rules: &PointRules) -> i64 {
        if self.voided {
            return 0;
        }
        let capped = |count: usize, each: u16, cap: u16| {
            (i64::try_from(count).unwrap() * i64::from(each)).min(cap.into())
        };
        let once = |is: bool, points: u16| if is { i64::from(points) } else { 0 };
        once(self.checked_in, rules.check_in)
            + once(self.reviewed, rules.review)
            + capped(
                self.prints.len().min(self.slots.len()),
                rules.message,
                rules.message_cap,
            )
            + capped(self.reactions as usize, rules.reaction, rules.reaction_cap)
            + capped(self.shares as usize, rules.share, rules.share_cap)
    }
}

#[derive(Debug)]
pub(crate) struct Model {
    /// The community's, and the member's own by the instant from which it holds.
    zone: Zone,
    zones: BTreeMap<Timestamp, Zone>,
    counted: BTreeSet<String>,
    /// The member's local days.
    days: BTreeMap<LocalDay, Day>,
    corrected: i64,
    spent: i64,
    /// The highest level so far.
    pub(crate) level: u8,
    active: BTreeSet<LocalDay>,
    /// Per week: all messages and reactions, whatever they earn.
    pub(crate) week_messages: BTreeMap<IsoWeek, u32>,
    pub(crate) week_reactions: BTreeMap<IsoWeek, u32>,
    joined: bool,
    /// Whom they invited and who stayed.
    invited: BTreeSet<String>,
    renamed: bool,
    commented: bool,
}

impl Model {
    pub(crate) fn new(zone: &Zone) -> Self {
        Self {
            zone: zone.clone(),
            zones: BTreeMap::new(),
            counted: BTreeSet::new(),
            days: BTreeMap::new(),
            corrected: 0,
            spent: 0,
            level: 0,
            active: BTreeSet::new(),
            week_messages: BTreeMap::new(),
            week_reactions: BTreeMap::new(),
            joined: false,
            invited: BTreeSet::new(),
            renamed: false,
            commented: false,
        }
    }

    /// One delivery. What is older than 48 hours is counted nowhere but as a task or a join.
    pub(crate) fn take(&mut self, event: &Event, now: Timestamp, playbook: &Playbook) {
        if let Some(zone) = &event.facts.zone {
            self.zones.insert(event.at, zone.clone());
        }
        let industry_name = |name: &str| {
            name.split_once('-')
                .is_some_and(|(industry, name)| !industry.is_empty() && !name.is_empty())
        };
        match &event.what {
            Happened::Joined { .. } => self.joined = true,
            Happened::Renamed => {
                self.renamed |= event.facts.name.as_deref().is_some_and(industry_name);
            }
            Happened::TaskClaimed { .. } => self.renamed = true,
            Happened::MessagePosted { topic: true, .. }
            | Happened::Reviewed { topic: true, .. } => self.commented = true,
            Happened::DayVoided { day } => self.days.entry(*day).or_default().voided = true,
            Happened::InvitationStayed { invited } => {
                self.invited.insert(invited.to_string());
            }
            _ => {}
        }
        if now.duration_since(event.at) <= SignedDuration::from_hours(48) {
            self.count(event);
        }
        let points = self.points(playbook);
        let passed = playbook
            .levels
            .iter()
            .rposition(|level| i64::from(level.from) <= points);
        self.level = self.level.max(u8::try_from(passed.unwrap()).unwrap());
    }

    fn count(&mut self, event: &Event) {
        // A digest asked for by a button is an answer to us; by a word it is none.
        let is_activity = !matches!(
            event.what,
            Happened::Joined { .. }
                | Happened::Left { .. }
                | Happened::Renamed
                | Happened::OptedIn
                | Happened::OptedOut
                | Happened::DigestOnly { message: None }
                | Happened::Consented { .. }
                | Happened::RankingChosen { .. }
                | Happened::CaseHandled { .. }
                | Happened::DayVoided { .. }
                | Happened::Corrected { .. }
                | Happened::Starred { .. }
                | Happened::InvitesAsked
                | Happened::Invited { .. }
                | Happened::InvitationStayed { .. }
        );
        let community_day = self.zone.day(event.at);
        if is_activity {
            self.active.insert(community_day);
        }
        let own = self.zone_at(event.at).clone();
        let local = own.day(event.at);
        let time = own.local(event.at).time();
        let slot = event.at.as_second().rem_euclid(60) / 15
            + (i64::from(time.hour()) * 60 + i64::from(time.minute())) * 4;
        let is_new = self.counted.insert(event.id.to_string());
        let day = self.days.entry(local).or_default();
        match &event.what {
            Happened::CheckedIn { .. } => day.checked_in = true,
            Happened::MessagePosted { length, print, .. }
            | Happened::Reviewed { length, print, .. } => {
                day.reviewed |= matches!(event.what, Happened::Reviewed { .. });
                if length.is_none_or(|length| length >= 4) {
                    let print = print.unwrap_or_else(|| hash16(event.id.as_str()));
                    day.prints.insert(print);
                    day.slots.insert(slot);
                }
                if is_new {
                    *self.week_messages.entry(community_day.week()).or_default() += 1;
                }
            }
            Happened::ReactionAdded { .. } if is_new => {
                day.reactions += 1;
                *self.week_reactions.entry(community_day.week()).or_default() += 1;
            }
            Happened::Shared if is_new => day.shares += 1,
            Happened::Corrected { points, .. } if is_new => self.corrected += i64::from(*points),
            Happened::Starred { points, .. } if is_new => self.corrected += i64::from(*points),
            _ => {}
        }
    }

    pub(crate) fn zone_at(&self, at: Timestamp) -> &Zone {
        let own = self.zones.range(..=at).next_back();
        own.map_or(&self.zone, |(_, zone)| zone)
    }

    pub(crate) fn active_days(&self) -> &BTreeSet<LocalDay> {
        &self.active
    }

    fn checked_in(&self, day: LocalDay) -> bool {
        self.days.get(&day).is_some_and(|day| day.checked_in)
    }

    /// At the end of `day`: the streak, the freezes in hand, and the longest streak so far. Seven
    /// check-ins earn a freeze, two are the most, a day without a check-in takes one.
    fn run(&self, day: LocalDay) -> (u16, u8, u16) {
        let (mut streak, mut freezes, mut longest) = (0, 0, 0);
        let mut at = self.days.keys().next().copied().unwrap_or(day);
        while at <= day {
            if self.checked_in(at) {
                streak += 1;
                freezes = (freezes + u8::from(streak % 7 == 0)).min(2);
            } else if freezes > 0 {
                freezes -= 1;
            } else {
                streak = 0;
            }
            longest = longest.max(streak);
            at = at.plus(1);
        }
        (streak, freezes, longest)
    }

    pub(crate) fn longest(&self) -> u16 {
        self.days
            .keys()
            .next_back()
            .map_or(0, |last| self.run(*last).2)
    }

    /// Streak and freezes as shown: a day that is not over breaks nothing.
    pub(crate) fn streak(&self, today: LocalDay) -> (u16, u8) {
        let last = if self.checked_in(today) {
            today
        } else {
            today.plus(-1)
        };
        let (streak, freezes, _) = self.run(last);
        (streak, freezes)
    }

    fn days_in(&self, period: Period) -> impl Iterator<Item = &Day> {
        let within = self
            .days
            .iter()
            .filter(move |(day, _)| period.contains(**day));
        within.map(|(_, day)| day)
    }

    /// Points of the days in a period, and how many have a check-in.
    pub(crate) fn earned_in(&self, period: Period, rules: &PointRules) -> (i64, usize) {
        let points = self.days_in(period).map(|day| day.points(rules)).sum();
        (
            points,
            self.days_in(period).filter(|day| day.checked_in).count(),
        )
    }

    /// The days of the milestones that were reached.
    pub(crate) fn milestones(&self, playbook: &Playbook) -> Vec<u16> {
        let longest = self.longest();
        let days = playbook.milestones.iter().map(|milestone| milestone.days);
        days.filter(|days| *days <= longest).collect()
    }

    /// All of them; corrections may take more than there was.
    pub(crate) fn sum(&self, playbook: &Playbook) -> i64 {
        let rules = &playbook.points;
        let tasks = if self.joined {
            i64::from(self.renamed) + i64::from(self.commented)
        } else {
            0
        };
        let longest = self.longest();
        let reached = playbook.milestones.iter().filter(|m| m.days <= longest);
        self.earned_in(Period::All, rules).0
            + tasks * i64::from(rules.task)
            + reached.map(|m| i64::from(m.points)).sum::<i64>()
            + self.corrected
            + self.for_invitations()
    }

    pub(crate) fn points(&self, playbook: &Playbook) -> i64 {
        self.sum(playbook).max(0)
    }

    /// All told on one day: ten for each, fifty at most, and more for the first and the third.
    fn for_invitations(&self) -> i64 {
        let stayed = i64::try_from(self.invited.len()).unwrap();
        let tiers = i64::from(stayed >= 1) * 10 + i64::from(stayed >= 3) * 30;
        stayed.min(5) * 10 + tiers
    }

    pub(crate) fn balance(&self, playbook: &Playbook) -> i64 {
        (self.points(playbook) - self.spent).max(0)
    }

    pub(crate) fn spend(&mut self, points: u32, playbook: &Playbook) -> bool {
        let enough = i64::from(points) <= self.balance(playbook);
        if enough {
            self.spent += i64::from(points);
        }
        enough
    }
}
