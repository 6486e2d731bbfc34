//! What an item says of invitations: one byte of flags, then what there is.

use hearth_domain::days::LocalDay;
use hearth_domain::invitation::JoinSource;
use hearth_domain::member::{Accepted, Invitations, Wait};
use serde_bytes::ByteBuf;

use super::packed::{self, Reader};
use super::{put_second, take_second};

/// The lowest three bits are the way by which they came, 0 = not known.
const SOURCE: u8 = 0b0000_0111;
const LEFT: u8 = 1 << 3;
const SETTLED: u8 = 1 << 4;
const ACCEPTED: u8 = 1 << 5;
const STAYED: u8 = 1 << 6;
const PAID: u8 = 1 << 7;

fn source_bits(source: Option<JoinSource>) -> u8 {
    match source {
        None => 0,
        Some(JoinSource::Invited) => 1,
        Some(JoinSource::Qr) => 2,
        Some(JoinSource::Share) => 3,
        Some(JoinSource::Other) => 4,
        Some(JoinSource::Unknown) => 5,
    }
}

/// `None` in the outer place = garbled.
#[expect(
    clippy::option_option,
    reason = "whether it could be read, and what was read"
)]
fn source_of(bits: u8) -> Option<Option<JoinSource>> {
    Some(match bits {
        0 => None,
        1 => Some(JoinSource::Invited),
        2 => Some(JoinSource::Qr),
        3 => Some(JoinSource::Share),
        4 => Some(JoinSource::Other),
        5 => Some(JoinSource::Unknown),
        _ => return None,
    })
}

/// Nothing for who came by no way that we know of and has left nothing behind.
pub(super) fn bytes(invitations: &Invitations) -> Option<ByteBuf> {
    let wait = match invitations.wait {
        Wait::Open => 0,
        Wait::Left => LEFT,
        Wait::Settled => SETTLED,
    };
    let flag = |there: bool, flag: u8| if there { flag } else { 0 };
    let flags = source_bits(invitations.source)
        | wait
        | flag(invitations.accepted.is_some(), ACCEPTED)
        | flag(invitations.stayed > 0, STAYED)
        | flag(invitations.paid.is_some(), PAID);
    (flags != 0).then(|| {
        packed::bytes(|to| {
            to.put(flags);
            if let Some(accepted) = invitations.accepted {
                put_second(to, accepted.at.as_second());
                to.put(accepted.tie);
                to.put(accepted.stay_days);
            }
            if invitations.stayed > 0 {
                to.put(invitations.stayed);
            }
            if let Some((day, paid)) = invitations.paid {
                // Two bytes of days reach from 1970 to 2149.
                to.put(u16::try_from(day.epoch_days().max(0)).unwrap_or(u16::MAX));
                to.put(paid);
            }
        })
    })
}

pub(super) fn take(from: &mut Reader<'_>) -> Option<Invitations> {
    let flags: u8 = from.take()?;
    let has = |flag: u8| flags & flag != 0;
    let wait = match (has(LEFT), has(SETTLED)) {
        (false, false) => Wait::Open,
        (true, false) => Wait::Left,
        (false, true) => Wait::Settled,
        (true, true) => return None,
    };
    let accepted = if has(ACCEPTED) {
        Some(Accepted {
            at: take_second(from)?,
            tie: from.take()?,
            stay_days: from.take()?,
        })
    } else {
        None
    };
    let stayed = if has(STAYED) { from.take()? } else { 0 };
    let paid = if has(PAID) {
        let day: u16 = from.take()?;
        Some((LocalDay::from_epoch_days(day.into()), from.take()?))
    } else {
        None
    };
    Some(Invitations {
        source: source_of(flags & SOURCE)?,
        accepted,
        wait,
        stayed,
        paid,
    })
}
