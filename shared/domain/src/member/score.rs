//! What happened, as far as it earns points.

use jiff::Timestamp;

use super::observe::{Observed, Rules};
use super::{Effect, Member, MovedOut, Said, hash16, task_bit};
use crate::days::LocalDay;
use crate::event::Event;
use crate::ids::ChannelId;
use crate::period::Month;
use crate::playbook::Level;

impl Member {
    /// The member's local day at an instant.
    pub(super) fn local_day(&self, at: Timestamp, rules: &Rules<'_>) -> LocalDay {
        self.zone_at(at, rules.zone).day(at)
    }

    pub(super) fn check_in(
        &mut self,
        event: &Event,
        channel: Option<&ChannelId>,
        late: bool,
        rules: &Rules<'_>,
        effects: &mut Vec<Effect>,
    ) -> Observed {
        if self.organic(event.at, late, rules) == Observed::Late {
            return Observed::Late;
        }
        let day = rules.zone.day(event.at);
        if let Some(week) = self.weeks.on(day) {
            week.checked_in |= 1 << day.weekday();
        }
        let local = self.local_day(event.at, rules);
        let checked_in = self.scoring.check_in(local, rules.points);
        effects.push(Effect::CheckedIn {
            event: event.id.clone(),
            day: local,
            channel: channel.cloned(),
            first: checked_in.is_some(),
        });
        if let Some(left) = checked_in.and_then(|first| first.freezes_left) {
            effects.push(Effect::FreezeUsed { left });
        }
        Observed::Taken
    }

    pub(super) fn message(
        &mut self,
        event: &Event,
        length: Option<u32>,
        print: Option<u16>,
        late: bool,
        rules: &Rules<'_>,
        moved: &MovedOut,
    ) -> Observed {
        let observed = self.count(event, late, moved);
        if observed != Observed::Taken {
            return observed;
        }
        self.organic(event.at, late, rules);
        let day = rules.zone.day(event.at);
        if let Some(week) = self.weeks.on(day) {
            week.messages = week.messages.saturating_add(1);
            week.posted |= 1 << day.weekday();
            week.interacted |= 1 << day.weekday();
        }
        self.last_post = self.last_post.max(Some(day));
        let said = Said {
            length,
            // Where no text is told nothing shows that it is the same again.
            print: print.unwrap_or_else(|| hash16(event.id.as_str())),
            slot: self.slot(event.at, rules),
        };
        let local = self.local_day(event.at, rules);
        if self.scoring.message(local, said, rules.points) {
            Observed::Taken
        } else {
            Observed::Withheld
        }
    }

    /// The local time of day, in steps of the least time between two messages that both earn.
    fn slot(&self, at: Timestamp, rules: &Rules<'_>) -> u16 {
        let time = self.zone_at(at, rules.zone).local(at).time();
        let seconds = (i32::from(time.hour()) * 60 + i32::from(time.minute())) * 60
            + i32::from(time.second());
        let step = i32::from(rules.fairness.min_seconds_between.max(1));
        u16::try_from(seconds / step).unwrap_or(u16::MAX)
    }

    pub(super) fn reaction(
        &mut self,
        event: &Event,
        late: bool,
        rules: &Rules<'_>,
        moved: &MovedOut,
    ) -> Observed {
        let observed = self.count(event, late, moved);
        if observed != Observed::Taken {
            return observed;
        }
        self.organic(event.at, late, rules);
        let day = rules.zone.day(event.at);
        if let Some(week) = self.weeks.on(day) {
            week.reactions = week.reactions.saturating_add(1);
            week.interacted |= 1 << day.weekday();
        }
        let local = self.local_day(event.at, rules);
        self.scoring.reaction(local, rules.points);
        Observed::Taken
    }

    /// An evening review, beside the message that it is.
    pub(super) fn review(&mut self, event: &Event, late: bool, rules: &Rules<'_>) {
        if !late {
            let local = self.local_day(event.at, rules);
            self.scoring.review(local, rules.points);
        }
    }

    pub(super) fn share(
        &mut self,
        event: &Event,
        late: bool,
        rules: &Rules<'_>,
        moved: &MovedOut,
    ) -> Observed {
        let observed = self.count(event, late, moved);
        if observed != Observed::Taken {
            return observed;
        }
        self.organic(event.at, late, rules);
        let day = rules.zone.day(event.at);
        if let Some(week) = self.weeks.on(day) {
            week.interacted |= 1 << day.weekday();
        }
        let local = self.local_day(event.at, rules);
        self.scoring.share(local, rules.points);
        Observed::Taken
    }

    /// A day that has not begun can't be voided; one that has left the item is late.
    pub(super) fn void_day(
        &mut self,
        day: LocalDay,
        rules: &Rules<'_>,
        effects: &mut Vec<Effect>,
    ) -> Observed {
        let begun = day <= self.local_day(rules.now, rules);
        self.void_in_challenge(day, rules);
        let Some(reversed) = begun.then(|| self.scoring.void(day)).flatten() else {
            return Observed::Late;
        };
        if let Ok(points) = i32::try_from(reversed)
            && points > 0
        {
            effects.push(Effect::Corrected {
                row: format!("reversal/{day}"),
                of: format!("days/{day}"),
                points: -points,
            });
        }
        Observed::Taken
    }

    pub(super) fn correct(
        &mut self,
        event: &Event,
        path: &str,
        points: i32,
        effects: &mut Vec<Effect>,
    ) {
        self.scoring.award(points);
        effects.push(Effect::Corrected {
            row: format!("correction/{}", event.id),
            of: path.to_owned(),
            points,
        });
    }

    /// A star of the community: the points are the ledger's row of that month.
    pub(super) fn star(&mut self, month: Month, place: u8, points: u16, effects: &mut Vec<Effect>) {
        self.scoring.award(points.into());
        effects.push(Effect::Starred {
            month,
            place,
            points,
        });
    }

    /// Pays what is due once: tasks of the plan for those who joined, milestones of streaks,
    /// challenges. Then the total tells the level.
    pub(super) fn pay(&mut self, rules: &Rules<'_>, effects: &mut Vec<Effect>) {
        for task in rules.tasks {
            let bit = task_bit(*task);
            if self.join_told && self.tasks_done & !self.tasks_paid & bit != 0 {
                self.tasks_paid |= bit;
                self.scoring.award(rules.points.task.into());
                effects.push(Effect::TaskDone {
                    task: *task,
                    points: rules.points.task,
                });
            }
        }
        for index in self.scoring.reach_milestones(rules.milestones) {
            effects.push(Effect::Milestone { index });
        }
        self.pay_challenges(rules, effects);
        self.rise(rules.levels, effects);
    }

    /// The level that the total has reached, if it is a new one.
    pub(crate) fn rise(&mut self, levels: &[Level], effects: &mut Vec<Effect>) {
        if let Some(index) = self.scoring.reach_level(levels) {
            // Of several that are passed at once only the highest is told.
            effects.retain(|effect| !matches!(effect, Effect::LevelUp { .. }));
            effects.push(Effect::LevelUp { index });
        }
    }
}
