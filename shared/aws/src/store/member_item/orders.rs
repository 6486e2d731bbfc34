//! A member's orders as bytes: 18 at most, 20 with the attribute's name.

use hearth_domain::days::LocalDay;
use hearth_domain::member::Orders;
use serde_bytes::ByteBuf;

use super::packed::{self, Reader};

/// Days since 1970 of the first order, from there to the last, how many, what they came to.
pub(super) fn bytes(orders: &Orders) -> ByteBuf {
    let whole = |days: i32| u32::try_from(days).unwrap_or(0);
    packed::bytes(|to| {
        to.put_var(whole(orders.first.epoch_days()));
        to.put_var(whole(orders.last.since(orders.first)));
        to.put_var(orders.count);
        to.put_var(orders.sum);
    })
}

pub(super) fn take(from: &mut Reader<'_>) -> Option<Orders> {
    let first = LocalDay::from_epoch_days(from.take_var()?);
    let last = first.plus(from.take_var()?);
    let count = from.take_var()?;
    let sum = from.take_var()?;
    Some(Orders {
        first,
        last,
        count,
        sum,
    })
}
