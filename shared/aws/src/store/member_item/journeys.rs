//! The journeys of a member, each packed into the bytes of one attribute.

use hearth_domain::days::LocalDay;
use hearth_domain::event::LeaveReason;
use hearth_domain::ids::GatheringId;
use hearth_domain::journey::{
    Answer, Case, CaseState, Known, Person, Plan, PlanEnd, PlanState, Seat, Wake,
};
use hearth_domain::segment::Segment;
use jiff::Timestamp;
use serde_bytes::ByteBuf;

use super::packed::{self, Reader};
use super::{put_instant, put_second, seconds_up, take_instant, take_second};

pub(super) fn plan_bytes(plan: &Plan) -> ByteBuf {
    let (state, at) = match plan.state {
        PlanState::Active => (b'A', None),
        PlanState::HeldOut => (b'H', None),
        PlanState::Finished { at } => (b'F', Some(at)),
        PlanState::Stopped {
            at,
            why: PlanEnd::Left,
        } => (b'L', Some(at)),
        PlanState::Stopped {
            at,
            why: PlanEnd::OptedOut,
        } => (b'O', Some(at)),
        PlanState::Stopped {
            at,
            why: PlanEnd::Staff,
        } => (b'S', Some(at)),
    };
    packed::bytes(|to| {
        to.put(state);
        to.put(plan.enrolment);
        to.put(plan.version);
        to.put(plan.day_one.epoch_days());
        to.put(plan.next);
        put_second(to, plan.started.as_second());
        put_instant(to, at.map(Timestamp::as_second));
        put_instant(to, plan.due.map(seconds_up));
        if plan.answered != 0 {
            to.put(plan.answered);
        }
    })
}

pub(super) fn take_plan(from: &mut Reader<'_>) -> Option<Plan> {
    let state: u8 = from.take()?;
    let (enrolment, version, day_one, next) = (
        from.take()?,
        from.take()?,
        LocalDay::from_epoch_days(from.take()?),
        from.take()?,
    );
    let started = take_second(from)?;
    let (at, due) = (take_instant(from)?, take_instant(from)?);
    let answered = if from.is_empty() { 0 } else { from.take()? };
    let state = match (state, at) {
        (b'A', None) => PlanState::Active,
        (b'H', None) => PlanState::HeldOut,
        (b'F', Some(at)) => PlanState::Finished { at },
        (b'L', Some(at)) => PlanState::Stopped {
            at,
            why: PlanEnd::Left,
        },
        (b'O', Some(at)) => PlanState::Stopped {
            at,
            why: PlanEnd::OptedOut,
        },
        (b'S', Some(at)) => PlanState::Stopped {
            at,
            why: PlanEnd::Staff,
        },
        _ => return None,
    };
    Some(Plan {
        enrolment,
        version,
        day_one,
        next,
        state,
        answered,
        due,
        started,
    })
}

pub(super) fn case_bytes(case: &Case) -> ByteBuf {
    let (state, at) = match case.state {
        CaseState::Open => (b'O', None),
        CaseState::Surveyed => (b'S', None),
        CaseState::Answered => (b'A', None),
        CaseState::GiftSent => (b'G', None),
        CaseState::Won { at } => (b'W', Some(at)),
        CaseState::Lost { at } => (b'L', Some(at)),
        CaseState::Unreachable => (b'U', None),
        CaseState::Declined => (b'D', None),
    };
    let reason = match case.reason {
        None => 0_u8,
        Some(LeaveReason::BoringContent) => 1,
        Some(LeaveReason::FewBenefits) => 2,
        Some(LeaveReason::TooMuchInfo) => 3,
        Some(LeaveReason::Other) => 4,
    };
    let person = match case.person {
        None => 0_u8,
        Some(Person::Waited) => 1,
        Some(Person::Reminded) => 2,
        Some(Person::Claimed) => 3,
        Some(Person::Done) => 4,
    };
    packed::bytes(|to| {
        to.put(state);
        to.put(case.number);
        put_second(to, case.opened.as_second());
        put_instant(to, at.map(Timestamp::as_second));
        put_instant(to, case.due.map(seconds_up));
        to.put(reason << 4 | person);
        to.put(case.care);
        put_instant(to, case.answered.map(Timestamp::as_second));
    })
}

pub(super) fn take_case(from: &mut Reader<'_>) -> Option<Case> {
    let state: u8 = from.take()?;
    let (number, opened) = (from.take()?, take_second(from)?);
    let (at, due) = (take_instant(from)?, take_instant(from)?);
    let (told, care): (u8, u8) = (from.take()?, from.take()?);
    let answered = take_instant(from)?;
    let state = match (state, at) {
        (b'O', None) => CaseState::Open,
        (b'S', None) => CaseState::Surveyed,
        (b'A', None) => CaseState::Answered,
        (b'G', None) => CaseState::GiftSent,
        (b'W', Some(at)) => CaseState::Won { at },
        (b'L', Some(at)) => CaseState::Lost { at },
        (b'U', None) => CaseState::Unreachable,
        (b'D', None) => CaseState::Declined,
        _ => return None,
    };
    let reason = match told >> 4 {
        0 => None,
        1 => Some(LeaveReason::BoringContent),
        2 => Some(LeaveReason::FewBenefits),
        3 => Some(LeaveReason::TooMuchInfo),
        4 => Some(LeaveReason::Other),
        _ => return None,
    };
    let person = match told & 0xf {
        0 => None,
        1 => Some(Person::Waited),
        2 => Some(Person::Reminded),
        3 => Some(Person::Claimed),
        4 => Some(Person::Done),
        _ => return None,
    };
    Some(Case {
        number,
        opened,
        state,
        reason,
        answered,
        person,
        care,
        due,
    })
}

pub(super) fn seat_bytes(seat: &Seat) -> ByteBuf {
    let answer = match seat.answer {
        Answer::None => 0_u8,
        Answer::Comes => 1,
        Answer::Later => 2,
    };
    let flags = [
        seat.attended,
        seat.reminded_day,
        seat.reminded_soon,
        seat.asked,
    ];
    let flags = (0..).zip(flags).fold(answer, |all, (n, flag): (u8, bool)| {
        all | u8::from(flag) << (n + 2)
    });
    packed::bytes(|to| {
        put_second(to, seat.starts.as_second());
        to.put(flags);
        to.put(seat.score);
        put_instant(to, seat.due.map(seconds_up));
        to.put_rest(seat.gathering.as_str().as_bytes());
    })
}

pub(super) fn take_seat(from: &mut Reader<'_>) -> Option<Seat> {
    let starts = take_second(from)?;
    let (flags, score): (u8, u8) = (from.take()?, from.take()?);
    let due = take_instant(from)?;
    let gathering = std::str::from_utf8(from.take_rest()).ok()?;
    let flag = |n: u8| flags & (1 << (n + 2)) != 0;
    Some(Seat {
        gathering: GatheringId::new(gathering).ok()?,
        starts,
        answer: match flags & 3 {
            0 => Answer::None,
            1 => Answer::Comes,
            2 => Answer::Later,
            _ => return None,
        },
        attended: flag(0),
        reminded_day: flag(1),
        reminded_soon: flag(2),
        asked: flag(3),
        score,
        due,
    })
}

/// Beside the number of wake-ups, which is at most 12: the last one was skipped.
const SKIPPED: u8 = 1 << 7;

/// `None` = nothing was done and nothing is waited for.
pub(super) fn wake_bytes(wake: &Wake) -> Option<ByteBuf> {
    if *wake == Wake::default() {
        return None;
    }
    Some(packed::bytes(|to| {
        to.put(wake.sent | if wake.skipped { SKIPPED } else { 0 });
        put_instant(to, wake.due.map(seconds_up));
        if let Some(last) = wake.last {
            to.put(last.epoch_days());
        }
    }))
}

pub(super) fn take_wake(from: &mut Reader<'_>) -> Option<Wake> {
    let sent: u8 = from.take()?;
    let due = take_instant(from)?;
    let last = if from.is_empty() {
        None
    } else {
        Some(LocalDay::from_epoch_days(from.take()?))
    };
    Some(Wake {
        sent: sent & !SKIPPED,
        last,
        skipped: sent & SKIPPED != 0,
        due,
    })
}

/// How many of something from a day on.
pub(super) fn count_bytes((day, count): (LocalDay, u8)) -> ByteBuf {
    packed::bytes(|to| {
        to.put(day.epoch_days());
        to.put(count);
    })
}

pub(super) fn take_count(from: &mut Reader<'_>) -> Option<(LocalDay, u8)> {
    Some((LocalDay::from_epoch_days(from.take()?), from.take()?))
}

pub(super) fn segment_bytes(known: &Known) -> Option<ByteBuf> {
    let segment = match known.segment? {
        Segment::New => b'N',
        Segment::Core => b'C',
        Segment::Active => b'A',
        Segment::Potential => b'P',
        Segment::Lurker => b'S',
        Segment::Dormant => b'D',
        Segment::Left => b'L',
    };
    Some(packed::bytes(|to| {
        to.put(segment);
        put_instant(to, known.due.map(seconds_up));
    }))
}

pub(super) fn take_segment(from: &mut Reader<'_>) -> Option<Known> {
    let segment: u8 = from.take()?;
    let segment = match segment {
        b'N' => Segment::New,
        b'C' => Segment::Core,
        b'A' => Segment::Active,
        b'P' => Segment::Potential,
        b'S' => Segment::Lurker,
        b'D' => Segment::Dormant,
        b'L' => Segment::Left,
        _ => return None,
    };
    Some(Known {
        segment: Some(segment),
        due: take_instant(from)?,
    })
}
