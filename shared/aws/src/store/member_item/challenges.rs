//! The challenge of a member in twelve bytes at most.

use hearth_domain::days::LocalDay;
use hearth_domain::member::{Before, Challenges, Enrolled, Watch};
use serde_bytes::ByteBuf;

use super::packed::{self, Reader, Writer};
use super::{put_second, seconds_up, take_second};

const DONE: u8 = 1;
const MISSED: u8 = 2;
const JOINED: u8 = 4;
const LOOK: u8 = 8;
const HAS_BEFORE: u8 = 16;
const BEFORE_DONE: u8 = 32;
const KNOWN: u8 = DONE | MISSED | JOINED | LOOK | HAS_BEFORE | BEFORE_DONE;

/// Flags, key, first day, closed days; then the second of the watch and the key of the one before,
/// where there are any. While there is one before, its days alone are closed: one byte holds the
/// count of whichever has one.
pub(super) fn bytes(challenges: Challenges) -> Option<ByteBuf> {
    let Challenges { current, before } = challenges;
    let current = current?;
    Some(packed::bytes(|to| {
        to.put(flags(&current, before));
        to.put(current.key);
        to.put(u16::try_from(current.from.epoch_days().max(0)).unwrap_or(u16::MAX));
        to.put(before.map_or(current.closed, |before| before.closed));
        put_watch(to, current.watch);
        if let Some(before) = before {
            to.put(before.key);
        }
    }))
}

fn flags(current: &Enrolled, before: Option<Before>) -> u8 {
    let flag = |is: bool, flag: u8| if is { flag } else { 0 };
    let watch = match current.watch {
        Watch::Joined(_) => JOINED,
        Watch::Look(_) => LOOK,
        Watch::Over => 0,
    };
    watch
        | flag(current.done, DONE)
        | flag(current.missed, MISSED)
        | flag(before.is_some(), HAS_BEFORE)
        | flag(before.is_some_and(|before| before.done), BEFORE_DONE)
}

fn put_watch(to: &mut Writer, watch: Watch) {
    match watch {
        Watch::Joined(at) => put_second(to, at.as_second()),
        Watch::Look(at) => put_second(to, seconds_up(at)),
        Watch::Over => {}
    }
}

/// The reverse of [`bytes`].
pub(super) fn take(from: &mut Reader<'_>) -> Option<Challenges> {
    let flags = from.take::<u8>().filter(|flags| flags & !KNOWN == 0)?;
    let key = from.take()?;
    let first = LocalDay::from_epoch_days(from.take::<u16>()?.into());
    let closed: u8 = from.take()?;
    let watch = match flags & (JOINED | LOOK) {
        0 => Watch::Over,
        JOINED => Watch::Joined(take_second(from)?),
        LOOK => Watch::Look(take_second(from)?),
        _ => return None,
    };
    let before = if flags & HAS_BEFORE == 0 {
        None
    } else {
        Some(Before {
            key: from.take()?,
            closed,
            done: flags & BEFORE_DONE != 0,
        })
    };
    Some(Challenges {
        current: Some(Enrolled {
            key,
            from: first,
            closed: if before.is_some() { 0 } else { closed },
            done: flags & DONE != 0,
            missed: flags & MISSED != 0,
            watch,
        }),
        before,
    })
}
