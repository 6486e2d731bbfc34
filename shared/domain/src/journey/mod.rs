//! Where a member is in the onboarding plan and in win-back, and what follows from what happened.

mod onboarding;
mod win_back;

pub use onboarding::{Plan, PlanEnd, PlanState};
pub use win_back::{Case, CaseState};

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::community::Community;
use crate::days::LocalDay;
use crate::ids::{MessageId, MessageKind, Owner};
use crate::member::{Effect, Member};
use crate::message::{Message, SkipReason, State, To};
use crate::playbook::{Class, Playbook, Task};

/// The journeys of a member.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Journey {
    /// The onboarding plan they are or were in.
    pub onboarding: Option<Plan>,
    /// The last win-back case.
    pub win_back: Option<Case>,
    /// Promotional messages of one local day.
    pub promo: Option<(LocalDay, u8)>,
    /// Messages for the staff to send in one month of the community's calendar, by its first day.
    pub by_staff: Option<(LocalDay, u8)>,
}

/// Who handles what a member waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Consumer {
    /// The next step of the plan.
    Onboarding,
    /// The next step of a case.
    WinBack,
    /// A message to send.
    Messenger,
}

impl Consumer {
    /// As keys and logs write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Onboarding => "onboarding",
            Self::WinBack => "win-back",
            Self::Messenger => "messenger",
        }
    }
}

impl Journey {
    /// The earliest of everything the member waits for: the one entry in the due index.
    pub fn next_due(&self) -> Option<(Timestamp, Consumer)> {
        let plan = self
            .onboarding
            .as_ref()
            .and_then(|plan| plan.due)
            .map(|at| (at, Consumer::Onboarding));
        let case = self
            .win_back
            .as_ref()
            .and_then(|case| case.due)
            .map(|at| (at, Consumer::WinBack));
        [plan, case].into_iter().flatten().min()
    }
}

/// A playbook with the version it is stored as.
#[derive(Debug, Clone, Copy)]
pub struct Book<'a> {
    /// The playbook.
    pub playbook: &'a Playbook,
    /// Its version.
    pub version: u32,
}

/// What decisions are made with: the community, its playbook, one instant.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The community.
    pub community: &'a Community,
    /// The community's current playbook.
    pub current: Book<'a>,
    /// The one the member's plan is pinned to, where it is another.
    pub pinned: Option<Book<'a>>,
    /// One instant for the whole invocation.
    pub now: Timestamp,
}

/// A message about to be written.
struct Draft {
    path: String,
    kind: MessageKind,
    values: Vec<(&'static str, String)>,
    content: Option<u16>,
    skip: Option<SkipReason>,
}

/// A member and the messages that are being decided for them.
struct Planner<'a> {
    member: &'a mut Member,
    context: Context<'a>,
    messages: Vec<Message>,
}

/// Acts on what follows from events. Staff take no journey.
pub fn act_on(member: &mut Member, effects: &[Effect], context: Context<'_>) -> Vec<Message> {
    if member.is_staff() {
        return Vec::new();
    }
    let mut planner = Planner {
        member,
        context,
        messages: Vec::new(),
    };
    for effect in effects {
        planner.act(effect);
    }
    planner.messages
}

/// Does what has fallen due by `now`: plan steps, then the case. Who has become staff since the
/// journey began ends it here.
pub fn act_on_due(member: &mut Member, context: Context<'_>) -> Vec<Message> {
    let mut planner = Planner {
        member,
        context,
        messages: Vec::new(),
    };
    if planner.member.is_staff() {
        planner.stop_plan(PlanEnd::Staff);
        planner.decline_case();
        return planner.messages;
    }
    planner.advance_plan();
    planner.advance_case();
    planner.messages
}

impl<'a> Planner<'a> {
    fn act(&mut self, effect: &Effect) {
        match effect {
            Effect::Joined { at, away_since } => {
                self.close_case_as_won(*at);
                self.enrol(*at, *away_since);
            }
            Effect::Left { at, cause } => {
                self.stop_plan(PlanEnd::Left);
                self.open_case(*at, *cause);
            }
            Effect::OptedOut => {
                self.stop_plan(PlanEnd::OptedOut);
                self.decline_case();
            }
            Effect::Answered { reason, message } => self.answer_case(*reason, message.as_ref()),
            Effect::TaskDone { task, points } => self.thank_for(*task, *points),
            Effect::Milestone { index } => self.celebrate(*index),
            Effect::Moved => self.reschedule(),
        }
    }

    /// The thank-you for a task, at once.
    fn thank_for(&mut self, task: Task, points: u16) {
        let playbook = self.context.current.playbook;
        let wanted = crate::playbook::StepWhat::Task(task);
        let Some(step) = playbook
            .onboarding
            .steps
            .iter()
            .find(|step| step.what == wanted)
        else {
            return;
        };
        let locale = self.member.locale_or(self.context.community.locale);
        let title = step.title.as_ref().map_or("", |title| title.get(locale));
        let values = [
            ("task.title", title.to_owned()),
            ("award.points", points.to_string()),
        ];
        let (path, kind) = (
            format!("task/{}", step.id),
            playbook.onboarding.task_done.clone(),
        );
        self.write(
            self.context.current,
            Draft {
                path,
                kind,
                values: values.into(),
                content: None,
                skip: None,
            },
        );
    }

    /// The message for a streak's milestone, at once.
    fn celebrate(&mut self, index: usize) {
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
        let (path, kind) = (
            format!("streak/{}", milestone.days),
            playbook.streak_message.clone(),
        );
        self.write(
            self.context.current,
            Draft {
                path,
                kind,
                values,
                content: None,
                skip: None,
            },
        );
    }

    /// Writes a message to the member, or the reason why there is none. Promotional ones are
    /// counted against the cap of the member's local day here, where the decision is made.
    fn write(&mut self, book: Book<'a>, draft: Draft) {
        let Context { community, now, .. } = self.context;
        // A path is made of our own constants and checked ids, so it always is one.
        let owner = Owner::Member(self.member.id.clone());
        let Ok(id) = MessageId::new(community.id.clone(), owner, draft.path) else {
            return;
        };
        if self.messages.iter().any(|written| written.id == id) {
            // The same message twice in one decision (a step that names a text twice) is one row.
            return;
        }
        let class = book
            .playbook
            .text(&draft.kind)
            .map_or(Class::Service, |text| text.class);
        let skip = draft
            .skip
            .or_else(|| self.over_cap(class, book))
            .or_else(|| self.over_quota(id.path()));
        let state = match skip {
            Some(reason) => State::Skipped { at: now, reason },
            None => State::Pending { not_before: None },
        };
        let expires =
            SignedDuration::from_hours(i64::from(book.playbook.onboarding.expires_after_hours));
        self.messages.push(Message {
            id,
            kind: draft.kind,
            to: To::Member(self.member.id.clone()),
            class,
            playbook: book.version,
            created: now,
            expires: now.checked_add(expires).ok(),
            values: draft
                .values
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect::<BTreeMap<_, _>>(),
            content: draft.content,
            state,
            attempt: 0,
            platform_id: None,
            doubt: None,
            reply: None,
            version: 0,
        });
    }

    fn over_cap(&mut self, class: Class, book: Book<'_>) -> Option<SkipReason> {
        if class != Class::Promo {
            return None;
        }
        let today = self.today();
        let sent = self
            .member
            .journey
            .promo
            .filter(|(day, _)| *day == today)
            .map_or(0, |(_, sent)| sent);
        if sent >= book.playbook.promo_cap {
            return Some(SkipReason::FrequencyCap);
        }
        self.member.journey.promo = Some((today, sent + 1));
        None
    }

    /// Where the staff have to tap "send", the platform lets them do so only so often. The last
    /// time is kept for asking why somebody left.
    fn over_quota(&mut self, path: &str) -> Option<SkipReason> {
        let Context { community, now, .. } = self.context;
        let all = community.platform.capabilities().by_staff_a_month?;
        let most = if path.starts_with("win-back/") {
            all
        } else {
            all.saturating_sub(1)
        };
        let month = LocalDay::from_date(community.zone.day(now).date().first_of_month());
        let used = self
            .member
            .journey
            .by_staff
            .filter(|(counted, _)| *counted == month)
            .map_or(0, |(_, used)| used);
        if used >= most {
            return Some(SkipReason::PlatformQuota);
        }
        self.member.journey.by_staff = Some((month, used + 1));
        None
    }

    fn today(&self) -> LocalDay {
        self.member
            .zone_at(self.context.now, &self.context.community.zone)
            .day(self.context.now)
    }
}
