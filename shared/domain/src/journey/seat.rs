//! A member's seat at an event: invited, accepted, reminded, there, asked how it was.

use jiff::{SignedDuration, Timestamp};

use super::{Book, Draft, Planner};
use crate::community::Gathering;
use crate::ids::{GatheringId, MessageId, MessageKind};
use crate::message::SkipReason;
use crate::playbook::{Step, StepWhat};
use crate::text::{length, moment};

/// A seat.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, and two events may happen in any order"
)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// At which event.
    pub gathering: GatheringId,
    /// Which of its times: when it starts.
    pub starts: Timestamp,
    /// What the member said to the invitation.
    pub answer: Answer,
    /// They were there.
    pub attended: bool,
    /// The reminder of the day before was decided.
    pub reminded_day: bool,
    /// The reminder of the last half hour was decided.
    pub reminded_soon: bool,
    /// It was decided whether to ask how it was.
    pub asked: bool,
    /// 1 to 5; 0 = not scored.
    pub score: u8,
    /// When something is to be done.
    pub due: Option<Timestamp>,
}

/// What a member said to an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Answer {
    /// Nothing yet.
    None,
    /// Comes.
    Comes,
    /// Not this time.
    Later,
}

/// An invitation later than this before the start is none.
const NOTICE: SignedDuration = SignedDuration::from_mins(60);
const DAY_BEFORE: SignedDuration = SignedDuration::from_hours(24);
const SOON_BEFORE: SignedDuration = SignedDuration::from_mins(30);
/// Who is early says so early.
const DOORS_OPEN: SignedDuration = SignedDuration::from_mins(60);
/// The question comes when people are out of the door, the gift a while after it.
const QUESTION_AFTER: SignedDuration = SignedDuration::from_mins(10);
const GIFT_AFTER: SignedDuration = SignedDuration::from_mins(60);
/// Attendance is told until then, and the question makes sense so long.
const STORY_ENDS: SignedDuration = SignedDuration::from_hours(48);

fn before(at: Timestamp, span: SignedDuration) -> Timestamp {
    at.saturating_sub(span).unwrap_or(Timestamp::MIN)
}

fn after(at: Timestamp, span: SignedDuration) -> Timestamp {
    at.saturating_add(span).unwrap_or(Timestamp::MAX)
}

/// Whether a message of a member's is the question how an event was, by the path that
/// [`Seat::path`] gave it.
pub(crate) fn is_question(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    matches!(parts.as_slice(), ["event", _, _, "question"])
}

impl Seat {
    fn path(&self, what: &str) -> String {
        format!(
            "event/{}/{}/{what}",
            self.gathering,
            self.starts.as_second()
        )
    }

    /// What comes next for who accepted or was there.
    fn next_due(&self, ends: Timestamp) -> Option<Timestamp> {
        let comes = self.answer == Answer::Comes;
        if comes && !self.reminded_day {
            Some(before(self.starts, DAY_BEFORE))
        } else if comes && !self.reminded_soon {
            Some(before(self.starts, SOON_BEFORE))
        } else if (comes || self.attended) && !self.asked {
            Some(after(ends, QUESTION_AFTER))
        } else {
            None
        }
    }
}

/// Values of placeholders, and when what they are about begins.
type Invitation = (Vec<(&'static str, String)>, Timestamp);

impl<'a> Planner<'a> {
    /// Keeps a seat at the next event, if one starts soon: the values of the invitation, and until
    /// when it makes sense.
    pub(super) fn invite(&mut self, book: Book<'_>) -> Option<Invitation> {
        let days = i64::from(book.playbook.gatherings.within_days);
        let now = self.context.now;
        let until = after(now, SignedDuration::from_hours(24 * days));
        let (gathering, starts) = self
            .context
            .community
            .next_gathering(after(now, NOTICE), until)?;
        self.member.journey.seat = Some(Seat {
            gathering: gathering.id.clone(),
            starts,
            answer: Answer::None,
            attended: false,
            reminded_day: false,
            reminded_soon: false,
            asked: false,
            score: 0,
            due: None,
        });
        Some((self.gathering_values(gathering, starts), starts))
    }

    fn gathering_values(
        &self,
        gathering: &Gathering,
        starts: Timestamp,
    ) -> Vec<(&'static str, String)> {
        let community = self.context.community;
        let locale = self.member.locale_or(community.locale);
        let zone = self.member.zone_at(self.context.now, &community.zone);
        let mut values = vec![
            ("event.title", gathering.title.get(locale).to_owned()),
            (
                "event.starts_at",
                moment(starts, zone, &community.zone, locale),
            ),
            ("event.length", length(gathering.minutes, locale)),
            ("event.url", gathering.url.clone()),
        ];
        if let Some(url) = &gathering.recap_url {
            values.push(("event.recap_url", url.clone()));
        }
        values
    }

    /// What the gift's text says of the event that was accepted or attended.
    pub(super) fn seat_values(&self) -> Vec<(&'static str, String)> {
        let seat = self.member.journey.seat.as_ref();
        let kept = seat.filter(|seat| seat.attended || seat.answer == Answer::Comes);
        let found = kept.and_then(|seat| {
            let gathering = self.context.community.gathering(&seat.gathering)?;
            Some(self.gathering_values(gathering, seat.starts))
        });
        found.unwrap_or_default()
    }

    pub(super) fn has_attended(&self) -> bool {
        let seat = self.member.journey.seat.as_ref();
        seat.is_some_and(|seat| seat.attended)
    }

    /// The gift waits for the end of the event that was accepted: until when, if it does.
    pub(super) fn waits_for_event(&self, step: &Step) -> Option<Timestamp> {
        if step.what != StepWhat::Gift {
            return None;
        }
        let seat = self.member.journey.seat.as_ref()?;
        let gathering = self.context.community.gathering(&seat.gathering)?;
        let gift = after(gathering.end_of(seat.starts), GIFT_AFTER);
        (seat.answer == Answer::Comes && gift > self.context.now).then_some(gift)
    }

    pub(super) fn answer_invitation(
        &mut self,
        at: Timestamp,
        message: Option<&MessageId>,
        comes: bool,
    ) {
        let mine = message.is_none_or(|message| self.is_mine(message));
        let wanted = if comes { Answer::Comes } else { Answer::Later };
        let community = self.context.community;
        let seat = self.member.journey.seat.as_mut();
        let open = |seat: &&mut Seat| mine && seat.starts > at && seat.answer != wanted;
        let Some(seat) = seat.filter(open) else {
            return self.ignore_answer(message);
        };
        seat.answer = wanted;
        let Some(gathering) = community.gathering(&seat.gathering) else {
            return;
        };
        // Who accepts within the last day needs no reminder of the day before.
        seat.reminded_day |= before(seat.starts, DAY_BEFORE) <= self.context.now;
        seat.due = seat.next_due(gathering.end_of(seat.starts));
        if comes {
            let (path, starts) = (seat.path("accepted"), seat.starts);
            let kind = self.context.current.playbook.gatherings.accepted.clone();
            self.write_about(gathering, starts, path, kind, None);
        }
    }

    /// The reminders, then the question.
    pub(super) fn advance_seat(&mut self) {
        let now = self.context.now;
        let rules = &self.context.current.playbook.gatherings;
        while let Some(seat) = self.member.journey.seat.clone() {
            if seat.due.is_none_or(|due| due > now) {
                return;
            }
            let Some(gathering) = self.follow_calendar(&seat) else {
                // Called off.
                return self.give_up_seat();
            };
            let Some(seat) = self.member.journey.seat.as_mut() else {
                return;
            };
            let (starts, ends) = (seat.starts, gathering.end_of(seat.starts));
            if seat.next_due(ends).is_some_and(|due| due > now) {
                // It was moved.
                seat.due = seat.next_due(ends);
                continue;
            }
            let (what, kind, until) = if !seat.reminded_day {
                seat.reminded_day = true;
                let soon = before(starts, SOON_BEFORE);
                ("day-before", Some(&rules.reminder_day), soon)
            } else if !seat.reminded_soon {
                seat.reminded_soon = true;
                ("soon", Some(&rules.reminder_soon), ends)
            } else {
                seat.asked = true;
                // Who did not come is not asked how it was.
                let kind = seat.attended.then_some(&rules.question);
                ("question", kind, after(ends, STORY_ENDS))
            };
            seat.due = seat.next_due(ends);
            let path = seat.path(what);
            self.write_about(
                gathering,
                starts,
                path,
                kind.cloned().flatten(),
                Some(until),
            );
        }
    }

    /// The event of a seat as the community's file has it now; a single one may have been moved.
    fn follow_calendar(&mut self, seat: &Seat) -> Option<&'a Gathering> {
        let community = self.context.community;
        let gathering = community.gathering(&seat.gathering)?;
        let starts = gathering.next_start(Timestamp::MIN, &community.zone);
        let moved = starts.filter(|starts| !gathering.weekly && *starts != seat.starts);
        if let (Some(starts), Some(seat)) = (moved, &mut self.member.journey.seat) {
            seat.starts = starts;
            seat.reminded_day = before(starts, DAY_BEFORE) <= self.context.now;
            seat.reminded_soon = starts <= self.context.now;
        }
        Some(gathering)
    }

    fn write_about(
        &mut self,
        gathering: &Gathering,
        starts: Timestamp,
        path: String,
        kind: Option<MessageKind>,
        until: Option<Timestamp>,
    ) {
        let Some(kind) = kind else { return };
        let values = self.gathering_values(gathering, starts);
        let draft = Draft::new(path, kind).with(values);
        let draft = match until {
            Some(until) => draft.until(until),
            None => draft.answering(),
        };
        let skip = match until {
            // An answer to their own act.
            None => None,
            Some(until) if until <= self.context.now => Some(SkipReason::Expired),
            Some(_) => self.wants_digest_only().then_some(SkipReason::DigestOnly),
        };
        self.write(self.context.current, draft.skipped(skip));
    }

    pub(super) fn attend(&mut self, at: Timestamp, gathering: Option<&GatheringId>) {
        let community = self.context.community;
        let end = |seat: &Seat| {
            let gathering = community.gathering(&seat.gathering)?;
            Some(gathering.end_of(seat.starts))
        };
        let seat = self.member.journey.seat.as_mut();
        let there = |seat: &&mut Seat| {
            let meant = gathering.is_none_or(|told| *told == seat.gathering);
            let open = at >= before(seat.starts, DOORS_OPEN);
            let story = end(seat).is_some_and(|ends| at <= after(ends, STORY_ENDS));
            meant && open && story && !seat.attended
        };
        let Some(seat) = seat.filter(there) else {
            return self.ignore();
        };
        seat.attended = true;
        if let Some(ends) = end(seat).filter(|_| seat.due.is_none()) {
            // Told after the time of the question: it is asked now, by the same rule.
            seat.asked = false;
            seat.reminded_day = true;
            seat.reminded_soon = true;
            seat.due = seat.next_due(ends);
        }
    }

    pub(super) fn score(&mut self, message: Option<&MessageId>, score: u8) {
        let mine = message.is_none_or(|message| {
            self.is_mine(message)
                && self
                    .member
                    .journey
                    .seat
                    .as_ref()
                    .is_some_and(|seat| message.path() == seat.path("question"))
        });
        let seat = self.member.journey.seat.as_mut();
        match seat.filter(|seat| mine && seat.attended && seat.asked && seat.score == 0) {
            Some(seat) => seat.score = score,
            None => self.ignore(),
        }
    }

    /// Who is back, or wants messages again, is reminded of what they accepted, if it is to come.
    pub(super) fn keep_seat(&mut self) {
        let (community, now) = (self.context.community, self.context.now);
        let seat = self.member.journey.seat.as_mut();
        let Some(seat) = seat.filter(|seat| seat.due.is_none() && seat.starts > now) else {
            return;
        };
        if let Some(gathering) = community.gathering(&seat.gathering) {
            seat.reminded_day |= before(seat.starts, DAY_BEFORE) <= now;
            seat.due = seat.next_due(gathering.end_of(seat.starts));
        }
    }

    /// Who is gone needs no reminder.
    pub(super) fn give_up_seat(&mut self) {
        if let Some(seat) = &mut self.member.journey.seat {
            seat.due = None;
        }
    }
}
