//! Points, streak, level and tallies in one attribute.

use hearth_domain::days::LocalDay;
use hearth_domain::member::{Consent, DayPoints, Different, Earned, Scoring, Tallies, Voided};
use hearth_domain::playbook::Freezes;
use serde_bytes::ByteBuf;

use super::packed::{self, Reader, Writer};
use super::{put_second, take_second};

/// All but the total, which has an attribute of its own.
pub(super) fn bytes(scoring: &Scoring) -> ByteBuf {
    packed::bytes(|to| {
        put_day_number(to, scoring.closed_through);
        to.put_var(scoring.closed_streak);
        to.put_var(scoring.longest);
        to.put_var(scoring.check_ins);
        to.put_var(scoring.celebrated);
        put_freezes(to, scoring);
        to.put(scoring.level);
        to.put_var(scoring.owed);
        to.put_var(scoring.spent);
        put_tallies(to, scoring.weeks);
        put_tallies(to, scoring.months);
        to.put(u8::try_from(scoring.open.len()).unwrap_or(u8::MAX));
        scoring.open.iter().for_each(|day| put_day(to, day));
        // At the end, and only of who said so: nobody else's item is longer for it.
        if let Some(said) = scoring.ranking {
            put_second(to, said.told.as_second());
            to.put(u8::from(said.given));
        }
    })
}

/// The reverse of [`bytes`]; the total is 0.
pub(super) fn take(from: &mut Reader<'_>) -> Option<Scoring> {
    let mut scoring = Scoring {
        closed_through: take_day_number(from)?,
        closed_streak: from.take_var()?,
        longest: from.take_var()?,
        check_ins: from.take_var()?,
        celebrated: from.take_var()?,
        ..Scoring::default()
    };
    (scoring.closed_freezes, scoring.freezing) = take_freezes(from)?;
    scoring.level = from.take()?;
    scoring.owed = from.take_var()?;
    scoring.spent = from.take_var()?;
    scoring.weeks = take_tallies(from)?;
    scoring.months = take_tallies(from)?;
    for _ in 0..from.take::<u8>()? {
        scoring.open.push(take_day(from)?);
    }
    if !from.is_empty() {
        scoring.ranking = Some(Consent {
            told: take_second(from)?,
            given: from.take::<u8>()? != 0,
        });
    }
    Some(scoring)
}

/// Two bytes of days since 1970: until 2149. 0 = none.
fn put_day_number(to: &mut Writer, day: Option<LocalDay>) {
    let days = day.map_or(0, |day| day.epoch_days().max(1));
    to.put(u16::try_from(days).unwrap_or(u16::MAX));
}

#[expect(
    clippy::option_option,
    reason = "whether it could be read, and what was read"
)]
fn take_day_number(from: &mut Reader<'_>) -> Option<Option<LocalDay>> {
    let days: u16 = from.take()?;
    Some((days > 0).then(|| LocalDay::from_epoch_days(days.into())))
}

/// The rule in one byte and, if there is one, those in hand.
fn put_freezes(to: &mut Writer, scoring: &Scoring) {
    to.put(scoring.freezing.map_or(0, |rule| rule.every));
    if let Some(rule) = scoring.freezing {
        to.put(rule.most);
        to.put(scoring.closed_freezes);
    }
}

fn take_freezes(from: &mut Reader<'_>) -> Option<(u8, Option<Freezes>)> {
    let every: u8 = from.take()?;
    if every == 0 {
        return Some((0, None));
    }
    let most = from.take()?;
    Some((from.take()?, Some(Freezes { most, every })))
}

fn put_tallies(to: &mut Writer, tallies: Tallies) {
    to.put(u16::try_from(tallies.latest.max(0)).unwrap_or(u16::MAX));
    for earned in [tallies.current, tallies.before] {
        to.put_var(earned.points);
        to.put(earned.check_ins);
    }
}

fn take_tallies(from: &mut Reader<'_>) -> Option<Tallies> {
    let latest: u16 = from.take()?;
    let mut earned = || {
        Some(Earned {
            points: from.take_var()?,
            check_ins: from.take()?,
        })
    };
    Some(Tallies {
        latest: latest.into(),
        current: earned()?,
        before: earned()?,
    })
}

const CHECKED_IN: u8 = 1;
const VOIDED_OPEN: u8 = 2;
const VOIDED_CLOSED: u8 = 4;
const HAS_MARKS: u8 = 8;

fn put_day(to: &mut Writer, day: &DayPoints) {
    put_day_number(to, Some(day.day));
    let checked_in = if day.checked_in { CHECKED_IN } else { 0 };
    let voided = match day.voided {
        Voided::No => 0,
        Voided::Open => VOIDED_OPEN,
        Voided::Closed => VOIDED_CLOSED,
    };
    let has_marks = day.texts.count() > 0 || day.times.count() > 0;
    let marks = if has_marks { HAS_MARKS } else { 0 };
    to.put(checked_in | voided | marks);
    for (_, points) in day.by_reason() {
        to.put_var(points);
    }
    if has_marks {
        to.put(size_of_set(day.texts) << 4 | size_of_set(day.times));
        for set in [day.texts, day.times] {
            set.marks().iter().for_each(|mark| to.put(*mark));
        }
    }
}

fn take_day(from: &mut Reader<'_>) -> Option<DayPoints> {
    let day = take_day_number(from)??;
    let flags: u8 = from.take()?;
    let mut points = || from.take_var();
    let mut read = DayPoints {
        checked_in: flags & CHECKED_IN != 0,
        voided: match flags & !(CHECKED_IN | HAS_MARKS) {
            0 => Voided::No,
            VOIDED_OPEN => Voided::Open,
            VOIDED_CLOSED => Voided::Closed,
            _ => return None,
        },
        check_in: points()?,
        message: points()?,
        reaction: points()?,
        review: points()?,
        share: points()?,
        ..DayPoints::empty(day)
    };
    if flags & HAS_MARKS != 0 {
        let sizes: u8 = from.take()?;
        read.texts = take_set(from, sizes >> 4)?;
        read.times = take_set(from, sizes & 0xf)?;
    }
    Some(read)
}

/// In four bits: a full set has no marks and is eight more than its count.
const FULL: u8 = 8;

fn size_of_set(set: Different) -> u8 {
    let count = u8::try_from(set.count()).unwrap_or(0);
    if set.is_full() { count | FULL } else { count }
}

fn take_set(from: &mut Reader<'_>, size: u8) -> Option<Different> {
    if size & FULL != 0 {
        return Different::full(size & !FULL);
    }
    let mut marks = Vec::new();
    for _ in 0..size {
        marks.push(from.take()?);
    }
    Different::of(&marks)
}
