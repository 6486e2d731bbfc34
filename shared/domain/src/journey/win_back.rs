//! Win-back (流失挽回): a voluntary leave opens a case, the survey goes out, an answer or a return
//! closes it.

use jiff::{SignedDuration, Timestamp};

use super::{Draft, Planner};
use crate::event::{LeaveCause, LeaveReason};
use crate::ids::{MessageId, Owner};
use crate::message::SkipReason;

/// The case of one leave. One open case per member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// 1 for the first leave.
    pub number: u16,
    /// When the member left.
    pub opened: Timestamp,
    /// Where it is.
    pub state: CaseState,
    /// When something is to be done.
    pub due: Option<Timestamp>,
}

/// Where a case is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CaseState {
    /// The survey is to be sent.
    Open,
    /// The survey was handed to the messenger.
    Surveyed,
    /// The leaver said why.
    Answered {
        /// The reason.
        reason: LeaveReason,
    },
    /// Came back.
    Won {
        /// When.
        at: Timestamp,
    },
    /// Did not come back in time.
    Lost {
        /// When that was clear.
        at: Timestamp,
    },
    /// The platform can't reach them.
    Unreachable,
    /// They want no messages.
    Declined,
}

impl CaseState {
    /// Whether a return still closes it as won.
    pub fn is_open(self) -> bool {
        match self {
            Self::Open | Self::Surveyed | Self::Answered { .. } => true,
            Self::Won { .. } | Self::Lost { .. } | Self::Unreachable | Self::Declined => false,
        }
    }
}

impl Planner<'_> {
    /// Only voluntary and unattributed leaves are surveyed.
    pub(super) fn open_case(&mut self, left: Timestamp, cause: LeaveCause) {
        let asked = match cause {
            LeaveCause::Voluntary | LeaveCause::Unknown => true,
            LeaveCause::Removed => false,
        };
        if !asked || self.member.is_opted_out() {
            return;
        }
        let number = self
            .member
            .journey
            .win_back
            .as_ref()
            .map_or(1, |case| case.number.saturating_add(1));
        let rules = &self.context.current.playbook.win_back;
        if self
            .context
            .community
            .platform
            .capabilities()
            .direct_to_leaver
            .attempt()
        {
            let after = SignedDuration::from_mins(i64::from(rules.survey_after_minutes));
            let due = left.checked_add(after).ok();
            self.member.journey.win_back = Some(Case {
                number,
                opened: left,
                state: CaseState::Open,
                due,
            });
        } else {
            self.member.journey.win_back = Some(Case {
                number,
                opened: left,
                state: CaseState::Unreachable,
                due: None,
            });
            self.write_survey(number, Some(SkipReason::Unreachable));
        }
    }

    /// The survey, then the end of waiting.
    pub(super) fn advance_case(&mut self) {
        let now = self.context.now;
        let rules = &self.context.current.playbook.win_back;
        let Some(case) = self.member.journey.win_back.as_mut() else {
            return;
        };
        if case.due.is_none_or(|due| due > now) {
            return;
        }
        let lost_at = case
            .opened
            .saturating_add(SignedDuration::from_hours(
                24 * i64::from(rules.lost_after_days),
            ))
            .unwrap_or(Timestamp::MAX);
        if lost_at <= now && case.state.is_open() {
            let unasked = (case.state == CaseState::Open).then_some(case.number);
            case.state = CaseState::Lost { at: now };
            case.due = None;
            if let Some(number) = unasked {
                self.write_survey(number, Some(SkipReason::Expired));
            }
        } else if case.state == CaseState::Open {
            let (number, late) = (
                case.number,
                now.duration_since(case.opened) > SignedDuration::from_hours(24),
            );
            case.state = CaseState::Surveyed;
            case.due = Some(lost_at);
            let skip = late.then_some(SkipReason::Expired);
            self.write_survey(number, skip);
        } else {
            case.due = case.state.is_open().then_some(lost_at);
        }
    }

    fn write_survey(&mut self, number: u16, skip: Option<SkipReason>) {
        let kind = self.context.current.playbook.win_back.survey.clone();
        self.write(
            self.context.current,
            Draft {
                path: survey_path(number),
                kind,
                values: Vec::new(),
                content: None,
                skip,
            },
        );
    }

    /// An answer to the survey of the open case. One to another survey, or without one, is
    /// activity and nothing else.
    pub(super) fn answer_case(&mut self, reason: LeaveReason, message: Option<&MessageId>) {
        let Some(case) = self.member.journey.win_back.as_mut() else {
            return;
        };
        let own = Owner::Member(self.member.id.clone());
        let meant = message.is_none_or(|message| {
            *message.owner() == own && message.path() == survey_path(case.number)
        });
        if meant && case.state == CaseState::Surveyed {
            case.state = CaseState::Answered { reason };
        }
    }

    pub(super) fn close_case_as_won(&mut self, at: Timestamp) {
        self.end_case(CaseState::Won { at });
    }

    pub(super) fn decline_case(&mut self) {
        self.end_case(CaseState::Declined);
    }

    fn end_case(&mut self, state: CaseState) {
        if let Some(case) = self
            .member
            .journey
            .win_back
            .as_mut()
            .filter(|case| case.state.is_open())
        {
            case.state = state;
            case.due = None;
        }
    }
}

fn survey_path(number: u16) -> String {
    format!("win-back/{number}/survey")
}
