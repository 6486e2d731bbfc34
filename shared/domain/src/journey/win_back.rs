//! Win-back (流失挽回三部曲): a voluntary leave opens a case; the survey, the answer to the answer, the
//! gift; a return, an end of patience or a "no, thank you" closes it.

use jiff::{SignedDuration, Timestamp};

use super::content::content_steps;
use super::{Draft, Journey, Planner};
use crate::event::{CaseStep, LeaveCause, LeaveReason};
use crate::ids::{MessageId, MessageKind};
use crate::message::{SkipReason, Via};
use crate::playbook::WinBackRules;
use crate::text::moment;

/// The case of one leave. One open case per member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// 1 for the first leave.
    pub number: u16,
    /// When the member left.
    pub opened: Timestamp,
    /// Where it is.
    pub state: CaseState,
    /// Why they left, once they said so. It stays when the case is closed.
    pub reason: Option<LeaveReason>,
    /// When they said so.
    pub answered: Option<Timestamp>,
    /// How far a person is with it, where one is asked for.
    pub person: Option<Person>,
    /// Pieces of content decided since the return.
    pub care: u8,
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
    Answered,
    /// The gift for coming back was handed to the messenger.
    GiftSent,
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
    /// Neither the platform nor a second channel reaches them.
    Unreachable,
    /// They want no messages.
    Declined,
}

/// How far the operators are with a case that a person answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Person {
    /// Nobody took it yet.
    Waited,
    /// Nobody took it yet, and the operators were reminded.
    Reminded,
    /// Somebody took it.
    Claimed,
    /// It is dealt with.
    Done,
}

impl CaseState {
    /// Whether a return still closes it as won.
    pub fn is_open(self) -> bool {
        match self {
            Self::Open | Self::Surveyed | Self::Answered | Self::GiftSent => true,
            Self::Won { .. } | Self::Lost { .. } | Self::Unreachable | Self::Declined => false,
        }
    }
}

impl Case {
    fn new(number: u16, opened: Timestamp, state: CaseState) -> Self {
        Self {
            number,
            opened,
            state,
            reason: None,
            answered: None,
            person: None,
            care: 0,
            due: None,
        }
    }

    /// Days from the leave to the return, for a case that was won.
    pub fn days_to_return(&self) -> Option<i64> {
        let CaseState::Won { at } = self.state else {
            return None;
        };
        Some(at.duration_since(self.opened).as_hours() / 24)
    }

    fn lost_at(&self, rules: &WinBackRules) -> Timestamp {
        after_hours(self.opened, 24 * i64::from(rules.lost_after_days))
    }

    fn reminder_at(&self, rules: &WinBackRules) -> Option<Timestamp> {
        let answered = self
            .answered
            .filter(|_| self.person == Some(Person::Waited))?;
        // Four hours before the time is up; half-way, where there are no more than eight.
        let minutes = 60 * i64::from(rules.sla_hours);
        Some(after_minutes(answered, (minutes - 240).max(minutes / 2)))
    }

    fn gift_at(&self, rules: &WinBackRules) -> Option<Timestamp> {
        let answered = self
            .answered
            .filter(|_| self.state == CaseState::Answered)?;
        Some(after_hours(answered, 24 * i64::from(rules.gift_after_days)))
    }
}

fn after_hours(at: Timestamp, hours: i64) -> Timestamp {
    after_minutes(at, 60 * hours)
}

fn after_minutes(at: Timestamp, minutes: i64) -> Timestamp {
    at.saturating_add(SignedDuration::from_mins(minutes))
        .unwrap_or(Timestamp::MAX)
}

impl Journey {
    /// The messenger learned that a message of a case reaches nobody: the case is over. Says
    /// whether it was open.
    pub fn unreachable(&mut self, path: &str) -> bool {
        let Some(case) = &mut self.win_back else {
            return false;
        };
        let of_case = path.starts_with(&format!("win-back/{}/", case.number));
        let ends = of_case && case.state.is_open();
        if ends {
            case.state = CaseState::Unreachable;
            case.due = None;
        }
        ends
    }
}

impl Planner<'_> {
    fn rules(&self) -> &'_ WinBackRules {
        &self.context.current.playbook.win_back
    }

    /// By which way a leaver can be written to.
    fn way_to_leaver(&self) -> Option<Via> {
        let community = self.context.community;
        if community.platform.capabilities().direct_to_leaver.attempt() {
            return Some(Via::Platform);
        }
        let second = community.second_channel.is_some() && self.member.agreed_to_second_channel();
        second.then_some(Via::Second)
    }

    /// Only voluntary and unattributed leaves are surveyed.
    pub(super) fn open_case(&mut self, left: Timestamp, cause: LeaveCause) {
        let asked = match cause {
            LeaveCause::Voluntary | LeaveCause::Unknown => true,
            LeaveCause::Removed => false,
        };
        if !asked || self.member.is_opted_out() {
            return;
        }
        let before = self.member.journey.win_back.as_ref();
        let number = before.map_or(1, |case| case.number.saturating_add(1));
        if self.way_to_leaver().is_none() {
            self.member.journey.win_back = Some(Case::new(number, left, CaseState::Unreachable));
            return self.write_survey(number, Some(SkipReason::Unreachable));
        }
        let after = SignedDuration::from_mins(i64::from(self.rules().survey_after_minutes));
        let due = left.checked_add(after).ok();
        self.member.journey.win_back = Some(Case {
            due,
            ..Case::new(number, left, CaseState::Open)
        });
    }

    /// Everything of an open case that is due by now.
    pub(super) fn advance_case(&mut self) {
        let now = self.context.now;
        loop {
            let Some(case) = self.member.journey.win_back.clone() else {
                return;
            };
            if !case.state.is_open() || case.due.is_none_or(|due| due > now) {
                return;
            }
            self.do_case(&case);
        }
    }

    fn do_case(&mut self, case: &Case) {
        let now = self.context.now;
        let rules = self.rules();
        let (lost, reminder, gift) = (
            case.lost_at(rules) <= now,
            case.reminder_at(rules).is_some_and(|at| at <= now),
            case.gift_at(rules).is_some_and(|at| at <= now),
        );
        let asked_late = now.duration_since(case.opened) > SignedDuration::from_hours(24);
        if lost {
            self.change_case(|case| {
                case.state = CaseState::Lost { at: now };
                case.due = None;
            });
            if case.state == CaseState::Open && case.due != Some(case.lost_at(self.rules())) {
                self.write_survey(case.number, Some(SkipReason::Expired));
            }
            return;
        }
        if case.state == CaseState::Open && asked_late {
            // Nobody was asked, so nobody answers: only a return is waited for.
            let lost_at = case.lost_at(rules);
            self.change_case(|case| case.due = Some(lost_at));
            return self.write_survey(case.number, Some(SkipReason::Expired));
        }
        if case.state == CaseState::Open && self.way_to_leaver().is_none() {
            // They took back what they had agreed to.
            self.end_case(CaseState::Unreachable);
            return self.write_survey(case.number, Some(SkipReason::Unreachable));
        }
        if case.state == CaseState::Open {
            self.change_case(|case| case.state = CaseState::Surveyed);
            self.write_survey(case.number, None);
        } else if reminder {
            self.change_case(|case| case.person = Some(Person::Reminded));
            self.tell_operators(
                "reminder",
                self.rules().follow_ups.other_reminder.clone(),
                None,
            );
        } else if gift && self.way_to_leaver().is_none() {
            // As before the survey. The row says why no gift came.
            self.end_case(CaseState::Unreachable);
            return self.write_gift(case.number);
        } else if gift {
            self.change_case(|case| case.state = CaseState::GiftSent);
            self.write_gift(case.number);
        }
        self.schedule_case();
    }

    fn change_case(&mut self, change: impl FnOnce(&mut Case)) {
        if let Some(case) = &mut self.member.journey.win_back {
            change(case);
        }
    }

    /// The earliest of what an open case waits for.
    fn schedule_case(&mut self) {
        let rules = &self.context.current.playbook.win_back;
        let gives = rules.gift.is_some() && self.context.community.come_back_gift.is_some();
        self.change_case(|case| {
            let waits = [
                case.reminder_at(rules),
                case.gift_at(rules).filter(|_| gives),
                Some(case.lost_at(rules)),
            ];
            case.due = waits.into_iter().flatten().min();
        });
    }

    fn write_survey(&mut self, number: u16, skip: Option<SkipReason>) {
        let kind = self.rules().survey.clone();
        let via = self.way_to_leaver().unwrap_or(Via::Platform);
        let draft = Draft::new(survey_path(number), kind).via(via).skipped(skip);
        self.write(self.context.current, draft);
    }

    fn write_gift(&mut self, number: u16) {
        let community = self.context.community;
        let (Some(kind), Some(gift)) = (self.rules().gift.clone(), &community.come_back_gift)
        else {
            return;
        };
        let way = self.way_to_leaver();
        let until = self.sending_time(self.today().plus(i32::from(gift.valid_days)));
        let draft = Draft::new(format!("win-back/{number}/gift"), kind)
            .via(way.unwrap_or(Via::Platform))
            .skipped(way.is_none().then_some(SkipReason::Unreachable))
            .until(until);
        self.write(self.context.current, draft);
    }

    /// An answer to the survey of the open case. One to another survey, to one that was never sent
    /// or was answered before, is activity and nothing else.
    pub(super) fn answer_case(
        &mut self,
        reason: LeaveReason,
        message: Option<&MessageId>,
        text: Option<&str>,
    ) {
        let now = self.context.now;
        let case = self.member.journey.win_back.clone();
        let Some(case) = case.filter(|case| {
            let meant = message.is_none_or(|message| {
                self.is_mine(message) && message.path() == survey_path(case.number)
            });
            meant && case.state == CaseState::Surveyed
        }) else {
            return self.ignore();
        };
        self.change_case(|case| {
            case.state = CaseState::Answered;
            case.reason = Some(reason);
            case.answered = Some(now);
            case.person = (reason == LeaveReason::Other).then_some(Person::Waited);
        });
        self.follow_up(case.number, reason);
        if reason == LeaveReason::Other {
            let kind = self.rules().follow_ups.other_ops.clone();
            self.tell_operators("opened", kind, text);
        }
        self.schedule_case();
    }

    /// What answers a reason, at once.
    fn follow_up(&mut self, number: u16, reason: LeaveReason) {
        let playbook = self.context.current.playbook;
        let kinds = &playbook.win_back.follow_ups;
        let mut content = None;
        let kind = match reason {
            LeaveReason::BoringContent => {
                let own = |nth| self.piece(playbook, nth).filter(|piece| piece.by_interest);
                let piece = own(content_steps(playbook)).or_else(|| own(0));
                content = piece.map(|piece| piece.content);
                if content.is_some() {
                    &kinds.boring_content
                } else {
                    &kinds.boring_content_fallback
                }
            }
            LeaveReason::FewBenefits => &kinds.few_benefits,
            LeaveReason::TooMuchInfo => &kinds.too_much_info,
            LeaveReason::Other => &kinds.other,
        };
        let Some(kind) = kind.clone() else { return };
        let way = self.way_to_leaver();
        let draft = Draft::new(format!("win-back/{number}/follow-up"), kind)
            .content(content)
            .via(way.unwrap_or(Via::Platform))
            .skipped(way.is_none().then_some(SkipReason::Unreachable))
            .answering();
        self.write(self.context.current, draft);
    }

    /// A notice about the case in the operators' channel.
    fn tell_operators(&mut self, what: &str, kind: Option<MessageKind>, text: Option<&str>) {
        let (Some(kind), Some(case)) = (kind, self.member.journey.win_back.clone()) else {
            return;
        };
        let community = self.context.community;
        let by = case.answered.unwrap_or(self.context.now);
        let by = after_hours(by, i64::from(self.rules().sla_hours));
        let zone = &community.zone;
        let mut values = vec![("case.due_at", moment(by, zone, zone, community.locale))];
        values.extend(text.map(|text| ("survey.text", text.to_owned())));
        let draft = Draft::new(case_path(case.number, what), kind)
            .with(values)
            .for_operators();
        self.write(self.context.current, draft);
    }

    /// An operator took the case, or has dealt with it.
    pub(super) fn handle_case(&mut self, message: &MessageId, step: CaseStep, by: Option<&str>) {
        let case = self.member.journey.win_back.clone();
        let about = |case: &Case| {
            let notices = ["opened", "reminder"].map(|what| case_path(case.number, what));
            self.is_mine(message) && notices.iter().any(|path| path == message.path())
        };
        let Some((case, person)) = case.filter(about).and_then(|case| {
            let person = case.person?;
            Some((case, person))
        }) else {
            return self.ignore();
        };
        let next = match (person, step) {
            (Person::Waited | Person::Reminded, CaseStep::Claimed) => Person::Claimed,
            (Person::Waited | Person::Reminded | Person::Claimed, CaseStep::Done) => Person::Done,
            (Person::Claimed | Person::Done, CaseStep::Claimed)
            | (Person::Done, CaseStep::Done) => {
                return self.ignore();
            }
        };
        self.change_case(|case| case.person = Some(next));
        if case.state.is_open() {
            self.schedule_case();
        }
        let claimed = self.rules().follow_ups.other_claimed.clone();
        if let (Person::Claimed, Some(kind)) = (next, claimed) {
            let name = by.map(|by| ("operator.name", by.to_owned()));
            let draft = Draft::new(case_path(case.number, "claimed"), kind)
                .with(name)
                .for_operators();
            self.write(self.context.current, draft);
        }
    }

    /// "No, thank you" under a message of the case.
    pub(super) fn decline(&mut self, message: Option<&MessageId>) {
        let case = self.member.journey.win_back.as_ref();
        let open = case.is_some_and(|case| {
            let room = format!("win-back/{}/", case.number);
            let meant = message
                .is_none_or(|message| self.is_mine(message) && message.path().starts_with(&room));
            meant && case.state.is_open()
        });
        if open {
            self.decline_case();
        } else {
            self.ignore();
        }
    }

    /// A return wins the case that is open, and begins the weeks after it.
    pub(super) fn close_case_as_won(&mut self, at: Timestamp) {
        if self.end_case(CaseState::Won { at }) {
            self.begin_care(at);
        }
    }

    pub(super) fn decline_case(&mut self) {
        self.end_case(CaseState::Declined);
    }

    fn end_case(&mut self, state: CaseState) -> bool {
        let case = self.member.journey.win_back.as_mut();
        let Some(case) = case.filter(|case| case.state.is_open()) else {
            return false;
        };
        case.state = state;
        case.due = None;
        true
    }
}

fn survey_path(number: u16) -> String {
    format!("win-back/{number}/survey")
}

fn case_path(number: u16, what: &str) -> String {
    format!("case/{number}/{what}")
}
