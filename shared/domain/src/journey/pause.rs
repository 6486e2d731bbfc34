//! Journeys that the operators have paused: no step is decided, and everything that would have
//! been due moves on, day by day, as a whole.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use super::{PlanState, Planner};

/// A journey that can be paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum JourneyName {
    /// The newcomers' plan.
    Onboarding,
    /// After a leave.
    WinBack,
    /// For those who have fallen silent, and the digest of those who want nothing else.
    WakeUp,
}

impl JourneyName {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Onboarding, Self::WinBack, Self::WakeUp];

    /// As commands, tables and message paths write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Onboarding => "onboarding",
            Self::WinBack => "win-back",
            Self::WakeUp => "wake-up",
        }
    }

    /// Reads [`JourneyName::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|journey| journey.name() == name)
    }

    /// The journey that a message belongs to, by its path; `None` = none (a thank-you, a streak).
    pub fn of_path(path: &str) -> Option<Self> {
        match path.split('/').next()? {
            "event" => Some(Self::Onboarding),
            "care" | "back" => Some(Self::WinBack),
            "digest" => Some(Self::WakeUp),
            room => Self::from_name(room),
        }
    }
}

/// The journeys of a community that are paused.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Paused {
    onboarding: bool,
    win_back: bool,
    wake_up: bool,
}

impl Paused {
    /// These are.
    pub fn of(journeys: &BTreeSet<JourneyName>) -> Self {
        Self {
            onboarding: journeys.contains(&JourneyName::Onboarding),
            win_back: journeys.contains(&JourneyName::WinBack),
            wake_up: journeys.contains(&JourneyName::WakeUp),
        }
    }

    /// Whether a journey is.
    pub fn has(self, journey: JourneyName) -> bool {
        match journey {
            JourneyName::Onboarding => self.onboarding,
            JourneyName::WinBack => self.win_back,
            JourneyName::WakeUp => self.wake_up,
        }
    }
}

/// What is due in a pause is looked at again after this.
pub const PAUSED_FOR: SignedDuration = SignedDuration::from_hours(24);

impl Planner<'_> {
    /// Moves a due plan on, if its journey is paused: the whole of it, by as many days as bring
    /// the next step after now, so that after the pause every step comes and none is late.
    /// `true` = nothing of the plan is to be done now.
    pub(super) fn put_off_plan(&mut self) -> bool {
        if !self.context.paused.has(JourneyName::Onboarding) {
            return false;
        }
        let now = self.context.now;
        loop {
            let Some(plan) = self.member.journey.onboarding.as_mut() else {
                return true;
            };
            let Some(due) = plan.due.filter(|due| *due <= now) else {
                return true;
            };
            if plan.state != PlanState::Active {
                return true;
            }
            plan.day_one = plan.day_one.plus(1);
            self.schedule();
            let moved = self.member.journey.onboarding.as_ref();
            // A calendar that has come to its end moves nothing any more.
            if moved
                .and_then(|plan| plan.due)
                .is_none_or(|next| next <= due)
            {
                return true;
            }
        }
    }

    /// Moves a due case on, if its journey is paused: with all its instants, so that a pause does
    /// not count as time in which somebody might have come back.
    /// `true` = nothing of the case is to be done now.
    pub(super) fn put_off_case(&mut self) -> bool {
        if !self.context.paused.has(JourneyName::WinBack) {
            return false;
        }
        let now = self.context.now;
        let Some(case) = self.member.journey.win_back.as_mut() else {
            return true;
        };
        if let Some(due) = case.due.filter(|due| *due <= now) {
            let days = now.duration_since(due).as_hours() / 24 + 1;
            let by = SignedDuration::from_hours(24 * days);
            case.due = due.checked_add(by).ok();
            // After a return the days to it are a fact.
            if case.state.is_open() {
                case.opened = case.opened.saturating_add(by).unwrap_or(case.opened);
                case.answered = case.answered.and_then(|at| at.checked_add(by).ok());
            }
        }
        true
    }

    /// Looks at a silent member later, if waking them up is paused; so with the digest.
    /// `true` = nobody is to be written to now.
    pub(super) fn put_off_wake(&mut self) -> bool {
        if !self.context.paused.has(JourneyName::WakeUp) {
            return false;
        }
        let now = self.context.now;
        let journey = &mut self.member.journey;
        for due in [&mut journey.wake.due, &mut journey.digest] {
            if let Some(at) = due.filter(|at| *at <= now) {
                let days = now.duration_since(at).as_hours() / 24 + 1;
                *due = at.checked_add(SignedDuration::from_hours(24 * days)).ok();
            }
        }
        true
    }
}
