//! A member as it is stored: attribute names of a letter or two, and what belongs together packed
//! into bytes (a map costs a name and a byte for each of its numbers), so that the item stays under
//! a kilobyte and every write costs one unit.

mod challenges;
mod invitations;
mod journeys;
mod orders;
mod packed;
mod scoring;

use hearth_domain::days::{IsoWeek, LocalDay, Zone};
use hearth_domain::ids::{CommunityId, InterestId, MemberId};
use hearth_domain::journey::Journey;
use hearth_domain::locale::Locale;
use hearth_domain::member::{
    Activity, Consent, Counted, Hours, Latest, Leanings, Member, Order, Preference, Recent,
    Scoring, Status, Transition, Week, Weeks,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use self::packed::{Reader, Writer};
use super::keys;

/// A stored member that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("member item: attribute {0} is not what it should be")]
pub struct MemberItemError(pub &'static str);

/// The item. Attributes may be added with a default; one that changes its meaning gets a new name.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct MemberItem {
    pk: String,
    sk: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    due_pk: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    due_sk: Option<String>,
    /// Version.
    pub(crate) v: u64,
    /// First seen, seconds.
    fs: i64,
    /// Join told.
    #[serde(skip_serializing_if = "is_default", default)]
    jt: bool,
    /// Name.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    n: Option<ByteBuf>,
    /// Locale.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    lo: Option<ByteBuf>,
    /// Staff.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    st: Option<ByteBuf>,
    /// Zones.
    #[serde(skip_serializing_if = "is_empty", default)]
    zo: ByteBuf,
    /// Interest; empty = just looking.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    i: Option<ByteBuf>,
    /// How much they want to hear from us.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    oo: Option<ByteBuf>,
    /// Consent to the second channel.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    co: Option<ByteBuf>,
    /// Leanings: two bytes of an interest's hash and how often.
    #[serde(skip_serializing_if = "is_empty", default)]
    le: ByteBuf,
    /// Last day with a post.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    lp: Option<i32>,
    /// First days, big-endian without leading zeros.
    #[serde(skip_serializing_if = "is_empty", default)]
    fd: ByteBuf,
    /// Last active day.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    ld: Option<i32>,
    /// Recent days.
    #[serde(skip_serializing_if = "is_empty", default)]
    rd: ByteBuf,
    /// Days of their own accord.
    #[serde(skip_serializing_if = "is_default", default)]
    og: u16,
    /// Current week.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    wc: Option<ByteBuf>,
    /// Previous week.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    wp: Option<ByteBuf>,
    /// Hours of the current week.
    #[serde(skip_serializing_if = "is_empty", default)]
    hc: ByteBuf,
    /// Hours of the previous week.
    #[serde(skip_serializing_if = "is_empty", default)]
    hp: ByteBuf,
    /// Last transition before both.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    wb: Option<ByteBuf>,
    /// Counted events, eight bytes each, ascending.
    #[serde(skip_serializing_if = "is_empty", default)]
    re: ByteBuf,
    /// Floor of the moved-out ones.
    #[serde(skip_serializing_if = "is_default", default)]
    rf: u32,
    /// Points.
    #[serde(skip_serializing_if = "is_default", default)]
    p: u32,
    /// Days, streak, level, tallies: all else of the scoring.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    sc: Option<ByteBuf>,
    /// Tasks done.
    #[serde(skip_serializing_if = "is_default", default)]
    td: u8,
    /// Tasks paid.
    #[serde(skip_serializing_if = "is_default", default)]
    tp: u8,
    /// Onboarding.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    ob: Option<ByteBuf>,
    /// Win-back case.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    ca: Option<ByteBuf>,
    /// Seat at an event.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    ev: Option<ByteBuf>,
    /// Wake-up.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    wk: Option<ByteBuf>,
    /// Next digest, seconds.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    dg: Option<i64>,
    /// Segment.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    sg: Option<ByteBuf>,
    /// Promotional messages of a day.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pm: Option<ByteBuf>,
    /// Messages for the staff to send in a month.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    bm: Option<ByteBuf>,
    /// Orders.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    mo: Option<ByteBuf>,
    /// Challenge.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    ch: Option<ByteBuf>,
    /// Invitations.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    iv: Option<ByteBuf>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

fn is_empty(bytes: &ByteBuf) -> bool {
    bytes.is_empty()
}

/// Most platforms have no order of their own, and none that has one counts beyond four bytes soon.
fn put_order(to: &mut Writer, order: Order) {
    let short = u32::try_from(order.seq);
    to.put(match short {
        Ok(0) => 0_u8,
        Ok(_) => 1,
        Err(_) => 2,
    });
    put_microsecond(to, order.at);
    match short {
        Ok(0) => {}
        Ok(seq) => to.put(seq),
        Err(_) => to.put(order.seq),
    }
    to.put(order.tie);
}

/// Seven bytes: a thousand years before and after 1970.
fn put_microsecond(to: &mut Writer, at: i64) {
    let [_, bytes @ ..] = at.to_be_bytes();
    to.put_rest(&bytes);
}

fn take_microsecond(from: &mut Reader<'_>) -> Option<i64> {
    let (high, low) = (
        from.take::<i32>()?,
        (from.take::<u16>()?, from.take::<u8>()?),
    );
    Some(i64::from(high) << 24 | i64::from(low.0) << 8 | i64::from(low.1))
}

fn take_order(from: &mut Reader<'_>) -> Option<Order> {
    let kind = from.take::<u8>()?;
    let at = take_microsecond(from)?;
    let seq = match kind {
        0 => 0,
        1 => from.take::<u32>()?.into(),
        2 => from.take()?,
        _ => return None,
    };
    Some(Order {
        at,
        seq,
        tie: from.take()?,
    })
}

fn put_transition(to: &mut Writer, transition: Transition) {
    to.put(match transition.to {
        Status::Member => b'M',
        Status::Left => b'L',
    });
    put_order(to, transition.order);
}

fn take_transition(from: &mut Reader<'_>) -> Option<Transition> {
    let to = match from.take()? {
        b'M' => Status::Member,
        b'L' => Status::Left,
        _ => return None,
    };
    Some(Transition {
        order: take_order(from)?,
        to,
    })
}

fn bitmap_bytes(bits: u128) -> ByteBuf {
    let skip = usize::try_from(bits.leading_zeros() / 8).unwrap_or(16);
    ByteBuf::from(bits.to_be_bytes().get(skip..).unwrap_or_default())
}

fn bitmap_of(name: &'static str, bytes: &[u8]) -> Result<u128, MemberItemError> {
    if bytes.len() > 16 {
        return Err(MemberItemError(name));
    }
    Ok(bytes
        .iter()
        .fold(0, |bits, byte| (bits << 8) | u128::from(*byte)))
}

fn told<T, V: AsRef<[u8]>>(fact: Option<&Latest<T>>, value: impl Fn(&T) -> V) -> Option<ByteBuf> {
    fact.map(|fact| {
        packed::bytes(|to| {
            put_order(to, fact.order);
            to.put_rest(value(&fact.value).as_ref());
        })
    })
}

fn untold<T>(
    name: &'static str,
    fact: Option<ByteBuf>,
    value: impl Fn(&str) -> Option<T>,
) -> Result<Option<Latest<T>>, MemberItemError> {
    unpacked(name, fact, |from| {
        Some(Latest {
            order: take_order(from)?,
            value: value(std::str::from_utf8(from.take_rest()).ok()?)?,
        })
    })
}

/// What is packed in an attribute; nothing may be left over.
fn unpacked<T>(
    name: &'static str,
    bytes: Option<ByteBuf>,
    take: impl Fn(&mut Reader<'_>) -> Option<T>,
) -> Result<Option<T>, MemberItemError> {
    bytes
        .map(|bytes| packed::whole(&bytes, take).ok_or(MemberItemError(name)))
        .transpose()
}

/// A language in one byte. Items from before that have its tag.
fn letter(locale: Locale) -> &'static str {
    match locale {
        Locale::ZhHant => "t",
        Locale::ZhHans => "s",
        Locale::En => "e",
    }
}

fn yes_or_no(value: bool) -> &'static str {
    if value { "y" } else { "n" }
}

fn read_yes_or_no(value: &str) -> Option<bool> {
    match value {
        "y" => Some(true),
        "n" => Some(false),
        _ => None,
    }
}

fn instant(name: &'static str, second: i64) -> Result<Timestamp, MemberItemError> {
    Timestamp::from_second(second).map_err(|_| MemberItemError(name))
}

impl MemberItem {
    /// The item of a member, with the version it will have.
    pub(crate) fn of(community: &CommunityId, shards: u16, member: &Member) -> Self {
        let key = keys::member(community, shards, &member.id);
        let due = member
            .next_due()
            .map(|(at, consumer)| keys::due(consumer, at, &key));
        let (due_pk, due_sk) = due.unzip();
        Self {
            pk: key.pk,
            sk: key.sk,
            due_pk,
            due_sk,
            v: member.version + 1,
            fs: member.first_seen.as_second(),
            jt: member.join_told,
            n: told(member.name.as_ref(), String::clone),
            lo: told(member.locale.as_ref(), |locale| letter(*locale)),
            st: told(member.staff.as_ref(), |staff| yes_or_no(*staff)),
            zo: packed::bytes(|to| member.zones.iter().for_each(|zone| put_zone(to, zone))),
            i: told(member.interest.as_ref(), |interest| {
                interest.as_ref().map_or(String::new(), ToString::to_string)
            }),
            oo: told(member.wants.as_ref(), |wants| match wants {
                Preference::All => "n",
                Preference::DigestOnly => "d",
                Preference::Nothing => "y",
            }),
            co: member.consent.map(|consent| {
                packed::bytes(|to| {
                    put_second(to, consent.told.as_second());
                    to.put(u8::from(consent.given));
                })
            }),
            le: packed::bytes(|to| {
                for (interest, count) in member.leanings.entries() {
                    to.put(interest);
                    to.put(count);
                }
            }),
            lp: member.last_post.map(LocalDay::epoch_days),
            fd: bitmap_bytes(member.activity.first_days),
            ld: member.activity.last.map(LocalDay::epoch_days),
            rd: bitmap_bytes(member.activity.recent_days),
            og: member.activity.organic_days,
            wc: member.weeks.current.as_ref().map(week_bytes),
            wp: member.weeks.previous.as_ref().map(week_bytes),
            hc: hours_bytes(member.weeks.current.as_ref()),
            hp: hours_bytes(member.weeks.previous.as_ref()),
            wb: member
                .weeks
                .before
                .map(|before| packed::bytes(|to| put_transition(to, before))),
            re: ByteBuf::from(
                member
                    .recent
                    .entries
                    .iter()
                    .flat_map(|entry| entry.to_bytes())
                    .collect::<Vec<_>>(),
            ),
            rf: member.recent.floor,
            p: member.scoring.total,
            sc: Some(scoring::bytes(&member.scoring)),
            td: member.tasks_done,
            tp: member.tasks_paid,
            ob: member.journey.onboarding.as_ref().map(journeys::plan_bytes),
            ca: member.journey.win_back.as_ref().map(journeys::case_bytes),
            ev: member.journey.seat.as_ref().map(journeys::seat_bytes),
            wk: journeys::wake_bytes(&member.journey.wake),
            dg: member.journey.digest.map(seconds_up),
            sg: journeys::segment_bytes(&member.journey.segment),
            pm: member.journey.promo.map(journeys::count_bytes),
            bm: member.journey.by_staff.map(journeys::count_bytes),
            mo: member.orders.as_ref().map(orders::bytes),
            ch: challenges::bytes(member.challenges),
            iv: invitations::bytes(&member.invitations),
        }
    }
}

impl TryFrom<MemberItem> for Member {
    type Error = MemberItemError;

    fn try_from(item: MemberItem) -> Result<Self, MemberItemError> {
        let (entries, rest) = item.re.as_chunks::<8>();
        if !rest.is_empty() {
            return Err(MemberItemError("re"));
        }
        Ok(Self {
            id: MemberId::new(item.sk).map_err(|_| MemberItemError("sk"))?,
            version: item.v,
            first_seen: instant("fs", item.fs)?,
            join_told: item.jt,
            name: untold("n", item.n, |name| Some(name.to_owned()))?,
            locale: untold("lo", item.lo, |told| {
                let is_told = |locale: &Locale| letter(*locale) == told || locale.tag() == told;
                Locale::ALL.into_iter().find(is_told)
            })?,
            staff: untold("st", item.st, read_yes_or_no)?,
            zones: packed::all(&item.zo, take_zone).ok_or(MemberItemError("zo"))?,
            interest: untold("i", item.i, |id| {
                if id.is_empty() {
                    Some(None)
                } else {
                    InterestId::new(id).ok().map(Some)
                }
            })?,
            wants: untold("oo", item.oo, |wants| match wants {
                "n" => Some(Preference::All),
                "d" => Some(Preference::DigestOnly),
                "y" => Some(Preference::Nothing),
                _ => None,
            })?,
            consent: unpacked("co", item.co, |from| {
                Some(Consent {
                    told: take_second(from)?,
                    given: from.take::<u8>()? != 0,
                })
            })?,
            leanings: packed::all(&item.le, |from| Some((from.take()?, from.take()?)))
                .map(Leanings::from_entries)
                .ok_or(MemberItemError("le"))?,
            last_post: item.lp.map(LocalDay::from_epoch_days),
            activity: Activity {
                first_days: bitmap_of("fd", &item.fd)?,
                last: item.ld.map(LocalDay::from_epoch_days),
                recent_days: bitmap_of("rd", &item.rd)?,
                organic_days: item.og,
            },
            weeks: Weeks {
                current: week(unpacked("wc", item.wc, take_week)?, &item.hc)
                    .ok_or(MemberItemError("hc"))?,
                previous: week(unpacked("wp", item.wp, take_week)?, &item.hp)
                    .ok_or(MemberItemError("hp"))?,
                before: unpacked("wb", item.wb, take_transition)?,
            },
            recent: Recent {
                entries: entries
                    .iter()
                    .map(|bytes| Counted::from_bytes(*bytes))
                    .collect(),
                floor: item.rf,
            },
            scoring: Scoring {
                total: item.p,
                ..unpacked("sc", item.sc, scoring::take)?.unwrap_or_default()
            },
            challenges: unpacked("ch", item.ch, challenges::take)?.unwrap_or_default(),
            tasks_done: item.td,
            tasks_paid: item.tp,
            invitations: unpacked("iv", item.iv, invitations::take)?.unwrap_or_default(),
            journey: Journey {
                onboarding: unpacked("ob", item.ob, journeys::take_plan)?,
                win_back: unpacked("ca", item.ca, journeys::take_case)?,
                seat: unpacked("ev", item.ev, journeys::take_seat)?,
                wake: unpacked("wk", item.wk, journeys::take_wake)?.unwrap_or_default(),
                digest: item.dg.map(|at| instant("dg", at)).transpose()?,
                segment: unpacked("sg", item.sg, journeys::take_segment)?.unwrap_or_default(),
                promo: unpacked("pm", item.pm, journeys::take_count)?,
                by_staff: unpacked("bm", item.bm, journeys::take_count)?,
            },
            orders: unpacked("mo", item.mo, orders::take)?,
        })
    }
}

fn put_zone(to: &mut Writer, (since, zone): &(Timestamp, Zone)) {
    put_second(to, since.as_second());
    to.put_short(zone.name());
}

fn take_zone(from: &mut Reader<'_>) -> Option<(Timestamp, Zone)> {
    let since = take_second(from)?;
    Some((since, Zone::new(from.take_short()?).ok()?))
}

fn week_bytes(week: &Week) -> ByteBuf {
    packed::bytes(|to| {
        to.put(week.week.index());
        to.put(week.messages);
        to.put(week.reactions);
        to.put(week.posted);
        to.put(week.interacted);
        to.put(week.checked_in);
        if let Some(last) = week.last {
            put_transition(to, last);
        }
    })
}

fn take_week(from: &mut Reader<'_>) -> Option<Week> {
    Some(Week {
        week: IsoWeek::from_index(from.take()?),
        messages: from.take()?,
        reactions: from.take()?,
        posted: from.take()?,
        interacted: from.take()?,
        checked_in: from.take()?,
        hours: Hours::default(),
        last: if from.is_empty() {
            None
        } else {
            Some(take_transition(from)?)
        },
    })
}

/// Three bytes that say in which eight hours there is something, and a byte for each of these.
fn hours_bytes(week: Option<&Week>) -> ByteBuf {
    let Some(week) = week else {
        return ByteBuf::new();
    };
    let (which, bytes) = week.hours.packed();
    if which == 0 {
        return ByteBuf::new();
    }
    let [_, which @ ..] = which.to_be_bytes();
    which.into_iter().chain(bytes).collect::<Vec<u8>>().into()
}

/// A week with its hours; `None` if they cannot be read.
#[expect(
    clippy::option_option,
    reason = "whether it could be read, and what was read"
)]
fn week(week: Option<Week>, hours: &[u8]) -> Option<Option<Week>> {
    let hours = match hours {
        [] => Hours::default(),
        [high, middle, low, bytes @ ..] => {
            Hours::unpacked(u32::from_be_bytes([0, *high, *middle, *low]), bytes)?
        }
        _ => return None,
    };
    Some(week.map(|week| Week { hours, ..week }))
}

/// Four bytes of seconds: from 1970 to 2106.
fn put_second(to: &mut Writer, second: i64) {
    to.put(u32::try_from(second.max(0)).unwrap_or(u32::MAX));
}

fn take_second(from: &mut Reader<'_>) -> Option<Timestamp> {
    Timestamp::from_second(from.take::<u32>()?.into()).ok()
}

fn put_instant(to: &mut Writer, second: Option<i64>) {
    to.put(u8::from(second.is_some()));
    if let Some(second) = second {
        put_second(to, second);
    }
}

/// `None` = garbled; `Some(None)` = there is none.
#[expect(
    clippy::option_option,
    reason = "whether it could be read, and what was read"
)]
fn take_instant(from: &mut Reader<'_>) -> Option<Option<Timestamp>> {
    match from.take::<u8>()? {
        0 => Some(None),
        1 => take_second(from).map(Some),
        _ => None,
    }
}

/// A due instant is kept to the second, rounded up: nothing is due before its time.
fn seconds_up(at: Timestamp) -> i64 {
    at.as_second() + i64::from(at.subsec_nanosecond() > 0)
}

#[cfg(test)]
pub(super) mod tests;
