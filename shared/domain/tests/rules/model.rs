//! What the numbers of a member should be, by sets and counting: a few dozen lines that are
//! obviously right, however slow.

use std::collections::{BTreeMap, BTreeSet};

use hearth_domain::days::{IsoWeek, LocalDay, Zone};
use hearth_domain::event::{Event, Happened};
use hearth_domain::member::hash16;
use hearth_domain::period::Period;
use hearth_domain::playbook::{Playbook, PointRules};
use jiff::{SignedDuration, Timestamp};

#[derive(Debug)]
pub(crate) struct Model {
    zone: Zone,
    counted: BTreeSet<String>,
    /// Per local day: events that earn points; of messages what tells them apart.
    prints: BTreeMap<LocalDay, BTreeSet<u16>>,
    slots: BTreeMap<LocalDay, BTreeSet<i64>>,
    reactions: BTreeMap<LocalDay, u32>,
    check_ins: BTreeSet<LocalDay>,
    active: BTreeSet<LocalDay>,
    /// Per week: all messages and reactions, whatever they earn.
    pub(crate) week_messages: BTreeMap<IsoWeek, u32>,
    pub(crate) week_reactions: BTreeMap<IsoWeek, u32>,
    joined: bool,
    renamed: bool,
    commented: bool,
}

impl Model {
    pub(crate) fn new(zone: &Zone) -> Self {
        Self {
            zone: zone.clone(),
            counted: BTreeSet::new(),
            prints: BTreeMap::new(),
            slots: BTreeMap::new(),
            reactions: BTreeMap::new(),
            check_ins: BTreeSet::new(),
            active: BTreeSet::new(),
            week_messages: BTreeMap::new(),
            week_reactions: BTreeMap::new(),
            joined: false,
            renamed: false,
            commented: false,
        }
    }

    /// One delivery. What is older than 48 hours is counted nowhere but as a task or a join.
    pub(crate) fn take(&mut self, event: &Event, now: Timestamp) {
        let industry_name = |name: &str| {
            name.split_once('-')
                .is_some_and(|(industry, name)| !industry.is_empty() && !name.is_empty())
        };
        match &event.what {
            Happened::Joined => self.joined = true,
            Happened::Renamed => {
                self.renamed |= event.facts.name.as_deref().is_some_and(industry_name);
            }
            Happened::TaskClaimed { .. } => self.renamed = true,
            Happened::MessagePosted { topic: true, .. } => self.commented = true,
            _ => {}
        }
        // A digest asked for by a button is an answer to us; by a word it is none.
        let is_activity = !matches!(
            event.what,
            Happened::Joined
                | Happened::Left { .. }
                | Happened::Renamed
                | Happened::OptedIn
                | Happened::OptedOut
                | Happened::DigestOnly { message: None }
                | Happened::Consented { .. }
                | Happened::CaseHandled { .. }
        );
        if !is_activity || now.duration_since(event.at) > SignedDuration::from_hours(48) {
            return;
        }
        let day = self.zone.day(event.at);
        self.active.insert(day);
        match &event.what {
            Happened::CheckedIn { .. } => {
                self.check_ins.insert(day);
            }
            Happened::MessagePosted { length, .. } if self.counted.insert(event.id.to_string()) => {
                *self.week_messages.entry(day.week()).or_default() += 1;
                if length.is_none_or(|length| length >= 4) {
                    let midnight = self.zone.start_of(day);
                    let slot = event.at.duration_since(midnight).as_secs() / 15;
                    let print = hash16(event.id.as_str());
                    self.prints.entry(day).or_default().insert(print);
                    self.slots.entry(day).or_default().insert(slot);
                }
            }
            Happened::ReactionAdded { .. } if self.counted.insert(event.id.to_string()) => {
                *self.week_reactions.entry(day.week()).or_default() += 1;
                *self.reactions.entry(day).or_default() += 1;
            }
            _ => {}
        }
    }

    pub(crate) fn active_days(&self) -> &BTreeSet<LocalDay> {
        &self.active
    }

    /// The streak and the freezes in hand at the end of `day`: seven check-ins earn a freeze, two
    /// are the most, a day without a check-in takes one.
    fn run(&self, day: LocalDay) -> (u16, u8) {
        let (mut streak, mut freezes) = (0, 0);
        let mut at = self.check_ins.first().copied().unwrap_or(day);
        while at <= day {
            if self.check_ins.contains(&at) {
                streak += 1;
                freezes = (freezes + u8::from(streak % 7 == 0)).min(2);
            } else if freezes > 0 {
                freezes -= 1;
            } else {
                streak = 0;
            }
            at = at.plus(1);
        }
        (streak, freezes)
    }

    pub(crate) fn longest(&self) -> u16 {
        self.check_ins
            .iter()
            .map(|day| self.run(*day).0)
            .max()
            .unwrap_or(0)
    }

    /// Streak and freezes as shown: a day that is not over breaks nothing.
    pub(crate) fn streak(&self, today: LocalDay) -> (u16, u8) {
        if self.check_ins.contains(&today) {
            self.run(today)
        } else {
            self.run(today.plus(-1))
        }
    }

    /// Check-ins in a period.
    pub(crate) fn check_ins_in(&self, period: Period) -> u32 {
        let days = self.check_ins.iter().filter(|day| period.contains(**day));
        u32::try_from(days.count()).unwrap()
    }

    /// Points of the days in a period.
    pub(crate) fn points_of_days_in(&self, period: Period, rules: &PointRules) -> u32 {
        let days = self.active.iter().filter(|day| period.contains(**day));
        days.map(|day| self.points_of(*day, rules)).sum()
    }

    fn points_of(&self, day: LocalDay, rules: &PointRules) -> u32 {
        let kinds = |sets: usize| u32::try_from(sets).unwrap();
        let prints = self.prints.get(&day).map_or(0, |set| kinds(set.len()));
        let slots = self.slots.get(&day).map_or(0, |set| kinds(set.len()));
        let capped = |count: u32, each: u16, cap: u16| (count * u32::from(each)).min(cap.into());
        let reactions = self.reactions.get(&day).copied().unwrap_or(0);
        capped(
            self.check_ins.contains(&day).into(),
            rules.check_in,
            rules.check_in,
        ) + capped(prints.min(slots), rules.message, rules.message_cap)
            + capped(reactions, rules.reaction, rules.reaction_cap)
    }

    /// The days of the milestones that were reached.
    pub(crate) fn milestones(&self, playbook: &Playbook) -> Vec<u16> {
        playbook
            .milestones
            .iter()
            .map(|milestone| milestone.days)
            .filter(|days| *days <= self.longest())
            .collect()
    }

    pub(crate) fn points(&self, playbook: &Playbook) -> u32 {
        let rules = &playbook.points;
        let tasks = if self.joined {
            u32::from(self.renamed) + u32::from(self.commented)
        } else {
            0
        };
        let milestones: u32 = playbook
            .milestones
            .iter()
            .filter(|milestone| milestone.days <= self.longest())
            .map(|milestone| u32::from(milestone.points))
            .sum();
        self.points_of_days_in(Period::All, rules) + tasks * u32::from(rules.task) + milestones
    }
}
