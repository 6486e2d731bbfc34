//! What the numbers of a member should be, by sets and counting: a few dozen lines that are
//! obviously right, however slow.

use std::collections::{BTreeMap, BTreeSet};

use hearth_domain::days::{IsoWeek, LocalDay, Zone};
use hearth_domain::event::{Event, Happened};
use hearth_domain::playbook::Playbook;
use jiff::{SignedDuration, Timestamp};

#[derive(Debug)]
pub(crate) struct Model {
    zone: Zone,
    counted: BTreeSet<String>,
    /// Per local day: events that earn points.
    messages: BTreeMap<LocalDay, u32>,
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
            messages: BTreeMap::new(),
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
                    *self.messages.entry(day).or_default() += 1;
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

    /// Consecutive days with a check-in that end on `day`.
    fn run(&self, day: LocalDay) -> u16 {
        let run = (0..4_000)
            .take_while(|back| self.check_ins.contains(&day.plus(-back)))
            .count();
        u16::try_from(run).unwrap()
    }

    pub(crate) fn longest(&self) -> u16 {
        self.check_ins
            .iter()
            .map(|day| self.run(*day))
            .max()
            .unwrap_or(0)
    }

    /// A day that is not over does not break a streak.
    pub(crate) fn streak(&self, today: LocalDay) -> u16 {
        if self.check_ins.contains(&today) {
            self.run(today)
        } else {
            self.run(today.plus(-1))
        }
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
        let capped = |days: &BTreeMap<LocalDay, u32>, each: u16, cap: u16| {
            days.values()
                .map(|count| (count * u32::from(each)).min(u32::from(cap)))
                .sum::<u32>()
        };
        let days = u32::try_from(self.check_ins.len()).unwrap() * u32::from(rules.check_in);
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
        days + capped(&self.messages, rules.message, rules.message_cap)
            + capped(&self.reactions, rules.reaction, rules.reaction_cap)
            + tasks * u32::from(rules.task)
            + milestones
    }
}
