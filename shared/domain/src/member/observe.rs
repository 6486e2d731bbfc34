//! The one rule for what happened: every consumer applies it in its own conditional write, and
//! any order of the same events, with duplicates, gives the same member.

use jiff::{SignedDuration, Timestamp};

use super::weeks::{Status, Transition};
use super::{
    Consent, Counted, Effect, Latest, Member, MovedOut, Order, Preference, task_bit, whole_second,
};
use crate::classify::matches_industry_name;
use crate::days::Zone;
use crate::event::{Event, Facts, Happened, LeaveCause};
use crate::ids::{Currency, InterestId};
use crate::playbook::{
    Challenge, Fairness, Freezes, InvitationRules, Level, Milestone, Playbook, PointRules,
    StepWhat, Task,
};
use crate::receipt::Receipt;

/// What `observe` needs beside the member and the event.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// The community's zone: bitmaps and weeks are in its days.
    pub zone: &'a Zone,
    /// Points.
    pub points: &'a PointRules,
    /// What keeps them fair.
    pub fairness: Fairness,
    /// What protects a streak.
    pub freezes: Option<Freezes>,
    /// Streaks that are celebrated.
    pub milestones: &'a [Milestone],
    /// Levels by points.
    pub levels: &'a [Level],
    /// Challenges that can be joined and done.
    pub challenges: &'a [Challenge],
    /// What invitations earn; `None` = they mean nothing.
    pub invitations: Option<&'a InvitationRules>,
    /// The tasks of the plan.
    pub tasks: &'a [Task],
    /// What the community's orders are added up in; `None` = they are counted only.
    pub currency: Option<&'a Currency>,
    /// One instant for the whole invocation.
    pub now: Timestamp,
}

impl<'a> Rules<'a> {
    /// A playbook's, for the tasks of a plan, in a community whose file names no currency.
    pub fn of(playbook: &'a Playbook, zone: &'a Zone, tasks: &'a [Task], now: Timestamp) -> Self {
        Self {
            zone,
            points: &playbook.points,
            fairness: playbook.fairness,
            freezes: playbook.freezes,
            milestones: &playbook.milestones,
            levels: &playbook.levels,
            challenges: &playbook.challenges,
            invitations: playbook.invitations.as_ref(),
            tasks,
            currency: None,
            now,
        }
    }

    /// The tasks that a plan asks for.
    pub fn tasks_of(plan: &crate::playbook::Onboarding) -> Vec<Task> {
        let task = |what| match what {
            StepWhat::Task(task) => Some(task),
            StepWhat::Welcome | StepWhat::Content | StepWhat::Event | StepWhat::Gift => None,
        };
        plan.steps
            .iter()
            .filter_map(|step| task(step.what))
            .collect()
    }
}

/// What an event did to the member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Observed {
    /// It counts, or it was one that says nothing new (a second check-in of a day): either way
    /// the member is what it should be.
    Taken,
    /// It counts, but earned no points: the same text again, or too soon after another.
    Withheld,
    /// A counted event that was already in the numbers.
    Duplicate,
    /// Older than 48 hours: only the first day and the status follow it.
    Late,
}

/// An event older than this is late: the day it belongs to is closed.
pub(crate) const LATE_AFTER: SignedDuration = SignedDuration::from_hours(48);

impl Member {
    /// Applies one event. `effects` collects what follows; `moved` are the counted events that
    /// were moved out of the item (empty unless [`super::Recent::may_have_moved`] says they
    /// could matter).
    #[expect(
        clippy::too_many_lines,
        reason = "an arm for each thing that can happen"
    )]
    pub fn observe(
        &mut self,
        event: &Event,
        rules: &Rules<'_>,
        moved: &MovedOut,
        effects: &mut Vec<Effect>,
    ) -> Observed {
        // An order of last year makes nobody a member of last year.
        if !event.what.is_order() {
            self.see(event.at, rules.zone);
        }
        let order = Order::of(event);
        self.learn(&event.facts, order, effects);
        let late = rules.now.duration_since(event.at) > LATE_AFTER;
        let observed = match &event.what {
            Happened::Joined { came } => {
                self.came(event, came.as_ref(), rules, effects);
                self.join(order, rules.zone, effects)
            }
            Happened::Left { cause } => {
                self.leave_before_stayed();
                self.leave(order, *cause, rules.zone, effects)
            }
            Happened::OptedOut => self.prefer(order, Preference::Nothing, effects),
            Happened::OptedIn => self.prefer(order, Preference::All, effects),
            Happened::DigestOnly { message } => {
                self.prefer(order, Preference::DigestOnly, effects);
                // By a button it is an answer to us, and an act of that day.
                self.ask(event, message.as_ref(), late, rules, effects)
            }
            Happened::Consented { given } => {
                Consent::offer(&mut self.consent, event.at, *given);
                Observed::Taken
            }
            // What an operator did is no act of the member's.
            Happened::CaseHandled { message, step, by } => {
                effects.push(Effect::CaseHandled {
                    message: message.clone(),
                    step: *step,
                    by: by.clone(),
                });
                Observed::Taken
            }
            Happened::Renamed => {
                if event
                    .facts
                    .name
                    .as_deref()
                    .is_some_and(matches_industry_name)
                {
                    self.tasks_done |= task_bit(Task::Rename);
                }
                Observed::Taken
            }
            Happened::TaskClaimed { message } => {
                self.tasks_done |= task_bit(Task::Rename);
                self.press(event, message.as_ref(), late, rules, effects)
            }
            Happened::InterestChosen { interest } => {
                Latest::offer(&mut self.interest, order, interest.clone());
                self.active(event.at, late, rules)
            }
            Happened::HelpWanted { message } => {
                effects.push(Effect::HelpWanted {
                    message: message.clone(),
                });
                self.press(event, message.as_ref(), late, rules, effects)
            }
            Happened::OtherTopicWanted { message } => {
                effects.push(Effect::OtherTopicWanted {
                    message: message.clone(),
                });
                self.press(event, message.as_ref(), late, rules, effects)
            }
            Happened::SurveyAnswered {
                message,
                reason,
                text,
            } => {
                effects.push(Effect::Answered {
                    reason: *reason,
                    message: message.clone(),
                    text: text.clone(),
                });
                self.active(event.at, late, rules)
            }
            Happened::Declined { message } => {
                effects.push(Effect::Declined {
                    message: message.clone(),
                });
                self.active(event.at, late, rules)
            }
            Happened::InvitationAnswered { message, comes } => {
                effects.push(Effect::InvitationAnswered {
                    at: event.at,
                    message: message.clone(),
                    comes: *comes,
                });
                self.press(event, message.as_ref(), late, rules, effects)
            }
            Happened::Attended { gathering } => {
                effects.push(Effect::Attended {
                    at: event.at,
                    gathering: gathering.clone(),
                });
                self.active(event.at, late, rules)
            }
            Happened::GatheringScored { message, score } => {
                effects.push(Effect::Scored {
                    message: message.clone(),
                    score: *score,
                });
                self.rate_event(event, late, rules, moved, effects)
            }
            Happened::Voted {
                message,
                interest,
                quiet,
            } => {
                if interest.is_some() {
                    Latest::offer(&mut self.interest, order, interest.clone());
                }
                effects.push(Effect::Voted {
                    message: message.clone(),
                    interest: interest.clone(),
                    quiet: *quiet,
                });
                self.active(event.at, late, rules)
            }
            Happened::ButtonPressed { message } => {
                self.press(event, message.as_ref(), late, rules, effects)
            }
            Happened::ReactionRemoved => self.organic(event.at, late, rules),
            Happened::CheckedIn { channel } => {
                self.check_in(event, channel.as_ref(), late, rules, effects)
            }
            Happened::PointsAsked { message } => {
                effects.push(Effect::PointsAsked { at: event.at });
                self.ask(event, message.as_ref(), late, rules, effects)
            }
            Happened::GiftsAsked { message } => {
                effects.push(Effect::GiftsAsked { at: event.at });
                self.ask(event, message.as_ref(), late, rules, effects)
            }
            Happened::GiftWanted { message, gift } => {
                // Who pressed days ago has forgotten it: their points stay where they are.
                if !late {
                    effects.push(Effect::GiftWanted {
                        event: event.id.clone(),
                        at: event.at,
                        message: message.clone(),
                        gift: gift.clone(),
                    });
                }
                self.press(event, message.as_ref(), late, rules, effects)
            }
            Happened::MessagePosted {
                length,
                topic,
                interest,
                print,
            } => {
                if *topic {
                    self.tasks_done |= task_bit(Task::Comment);
                }
                let observed = self.message(event, *length, *print, late, rules, moved);
                self.lean(interest.as_ref(), observed)
            }
            Happened::Reviewed {
                length,
                topic,
                interest,
                print,
            } => {
                if *topic {
                    self.tasks_done |= task_bit(Task::Comment);
                }
                self.review(event, late, rules);
                let observed = self.message(event, *length, *print, late, rules, moved);
                self.lean(interest.as_ref(), observed)
            }
            Happened::Shared => self.share(event, late, rules, moved),
            // What an operator did is no act of the member's.
            Happened::DayVoided { day } => self.void_day(*day, rules, effects),
            Happened::Corrected { path, points } => {
                let observed = self.count(event, late, moved);
                if observed == Observed::Taken {
                    self.correct(event, path, *points, effects);
                }
                observed
            }
            Happened::OrderPaid {
                order,
                amount,
                currency,
            } => {
                let receipt = Receipt::order(event.at, order, *amount, currency);
                self.buy(receipt, rules, moved, effects)
            }
            Happened::FeedbackScored { scale, score } => {
                let receipt = Receipt::score(event.at, &event.id, *scale, *score);
                self.rate(receipt, late, rules, moved, effects)
            }
            Happened::RankingChosen { shown } => {
                Consent::offer(&mut self.scoring.ranking, event.at, *shown);
                if !late {
                    effects.push(Effect::RankingChosen {
                        at: event.at,
                        shown: *shown,
                    });
                }
                Observed::Taken
            }
            Happened::ChallengeJoined { message, challenge } => {
                self.join_challenge(event, message.as_ref(), challenge, late, rules, effects)
            }
            Happened::ReactionAdded { interest } => {
                let observed = self.reaction(event, late, rules, moved);
                self.lean(interest.as_ref(), observed)
            }
            // What others did for them is no act of the member's.
            Happened::Starred {
                month,
                place,
                points,
            } => {
                let observed = self.count(event, late, moved);
                if observed == Observed::Taken {
                    self.star(*month, *place, *points, effects);
                }
                observed
            }
            // A question about oneself is no activity of the community.
            Happened::InvitesAsked => {
                effects.push(Effect::InvitesAsked { at: event.at });
                Observed::Taken
            }
            Happened::Invited { by, typed } => self.invited(event, by, *typed, rules, effects),
            Happened::InvitationStayed { invited } => {
                self.invitation_stayed(event, invited, rules, moved, effects)
            }
        };
        self.pay(rules, effects);
        observed
    }

    /// What a counted post or reaction says about what they like.
    fn lean(&mut self, interest: Option<&InterestId>, observed: Observed) -> Observed {
        if let (Some(interest), Observed::Taken | Observed::Withheld) = (interest, observed) {
            self.leanings.note(interest);
        }
        observed
    }

    /// `first_seen` is the least of all instants; if it falls, every age grows.
    fn see(&mut self, at: Timestamp, zone: &Zone) {
        let at = whole_second(at);
        if at < self.first_seen {
            let earlier = self.first_day(zone).since(zone.day(at));
            self.first_seen = at;
            self.activity.age_by(earlier);
            // Known of the first that was heard of them only.
            self.invitations.source = None;
        }
    }

    fn learn(&mut self, facts: &Facts, order: Order, effects: &mut Vec<Effect>) {
        if let Some(name) = &facts.name {
            Latest::offer(&mut self.name, order, cut(name));
        }
        if let Some(locale) = facts.locale {
            Latest::offer(&mut self.locale, order, locale);
        }
        if let Some(staff) = facts.staff {
            Latest::offer(&mut self.staff, order, staff);
        }
        if let Some(zone) = &facts.zone {
            let before = self.zones.last().cloned();
            self.learn_zone(order.timestamp(), zone);
            if self.zones.last() != before.as_ref() {
                effects.push(Effect::Moved);
            }
        }
    }

    fn learn_zone(&mut self, since: Timestamp, zone: &Zone) {
        let since = whole_second(since);
        let at = self.zones.partition_point(|(from, _)| *from <= since);
        let in_force = at.checked_sub(1).and_then(|before| self.zones.get(before));
        if in_force.is_some_and(|(_, known)| known == zone) {
            return;
        }
        self.zones.insert(at, (since, zone.clone()));
        if self.zones.len() > 2 {
            self.zones.remove(0);
        }
    }

    fn join(&mut self, order: Order, zone: &Zone, effects: &mut Vec<Effect>) -> Observed {
        let before = self.weeks.latest();
        self.weeks.change(
            zone.day(order.timestamp()),
            Transition {
                order,
                to: Status::Member,
            },
        );
        let first = !self.join_told;
        self.join_told = true;
        let newest = before.is_none_or(|before| order > before.order);
        let returned = newest && before.is_some_and(|before| before.to == Status::Left);
        if self.status() == Status::Member && (first || returned) {
            let away_since = before
                .filter(|_| returned)
                .map(|before| before.order.timestamp());
            effects.push(Effect::Joined {
                at: order.timestamp(),
                away_since,
            });
        }
        Observed::Taken
    }

    fn leave(
        &mut self,
        order: Order,
        cause: LeaveCause,
        zone: &Zone,
        effects: &mut Vec<Effect>,
    ) -> Observed {
        let before = self.weeks.latest();
        self.weeks.change(
            zone.day(order.timestamp()),
            Transition {
                order,
                to: Status::Left,
            },
        );
        let newest = before.is_none_or(|before| order > before.order);
        if newest && before.is_none_or(|before| before.to == Status::Member) {
            effects.push(Effect::Left {
                at: order.timestamp(),
                cause,
            });
        }
        Observed::Taken
    }

    /// Marks the community's day as active. Late events change nothing any more.
    pub(super) fn active(&mut self, at: Timestamp, late: bool, rules: &Rules<'_>) -> Observed {
        if late {
            return Observed::Late;
        }
        let day = rules.zone.day(at);
        let first = self.first_day(rules.zone);
        self.activity.mark(day, first);
        let hour = u8::try_from(rules.zone.local(at).hour()).unwrap_or(0);
        if let Some(week) = self.weeks.on(day) {
            week.hours.mark(day.weekday(), hour);
        }
        Observed::Taken
    }

    /// Marks the day as active of their own accord: not only by an answer to a message of ours.
    pub(super) fn organic(&mut self, at: Timestamp, late: bool, rules: &Rules<'_>) -> Observed {
        let observed = self.active(at, late, rules);
        if observed == Observed::Taken {
            let first = self.first_day(rules.zone);
            self.activity.mark_organic(rules.zone.day(at), first);
        }
        observed
    }

    /// Whether a counted event is new; marks it as counted.
    pub(super) fn count(&mut self, event: &Event, late: bool, moved: &MovedOut) -> Observed {
        if late {
            return Observed::Late;
        }
        let entry = Counted::of(event);
        if moved.contains(&entry) || !self.recent.entries.insert(entry) {
            return Observed::Duplicate;
        }
        Observed::Taken
    }
}

fn cut(name: &str) -> String {
    let mut kept = String::new();
    for cluster in unicode_segmentation::UnicodeSegmentation::graphemes(name.trim(), true) {
        if kept.len() + cluster.len() > Member::NAME_BYTES {
            break;
        }
        kept.push_str(cluster);
    }
    kept
}
