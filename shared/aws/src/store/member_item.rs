//! A member as it is stored: attribute names of a letter or two, bitmaps as bytes, so that the
//! item stays under a kilobyte and every write costs one unit.

use hearth_domain::days::{IsoWeek, LocalDay, Zone};
use hearth_domain::event::LeaveReason;
use hearth_domain::ids::{CommunityId, InterestId, MemberId};
use hearth_domain::journey::{Case, CaseState, Journey, Plan, PlanEnd, PlanState};
use hearth_domain::locale::Locale;
use hearth_domain::member::{Activity, Counted, DayPoints, Latest, Member, Order, Recent, Scoring, Status, Transition, Week, Weeks};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

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
    n: Option<Told<String>>,
    /// Locale.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    lo: Option<Told<Locale>>,
    /// Staff.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    st: Option<Told<bool>>,
    /// Zones.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    zo: Vec<(i64, String)>,
    /// Interest; empty = just looking.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    i: Option<Told<String>>,
    /// Opted out.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    oo: Option<Told<bool>>,
    /// First days, big-endian without leading zeros.
    #[serde(skip_serializing_if = "is_empty", default)]
    fd: ByteBuf,
    /// Last active day.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    ld: Option<i32>,
    /// Recent days.
    #[serde(skip_serializing_if = "is_empty", default)]
    rd: ByteBuf,
    /// Current week.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    wc: Option<WeekItem>,
    /// Previous week.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    wp: Option<WeekItem>,
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
    /// Open days: day, checked in, check-in, message, reaction.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    od: Vec<(i32, u8, u16, u16, u16)>,
    /// Closed through.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    ct: Option<i32>,
    /// Closed streak.
    #[serde(skip_serializing_if = "is_default", default)]
    cs: u16,
    /// Longest streak.
    #[serde(skip_serializing_if = "is_default", default)]
    lg: u16,
    /// Milestones paid up to so many days.
    #[serde(skip_serializing_if = "is_default", default)]
    mc: u16,
    /// Tasks done.
    #[serde(skip_serializing_if = "is_default", default)]
    td: u8,
    /// Tasks paid.
    #[serde(skip_serializing_if = "is_default", default)]
    tp: u8,
    /// Onboarding.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    ob: Option<PlanItem>,
    /// Win-back.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    wi: Option<CaseItem>,
    /// Promotional messages of a day.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pr: Option<(i32, u8)>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

fn is_empty(bytes: &ByteBuf) -> bool {
    bytes.is_empty()
}

#[derive(Debug, Serialize, Deserialize)]
struct Told<T> {
    o: ByteBuf,
    x: T,
}

#[derive(Debug, Serialize, Deserialize)]
struct WeekItem {
    w: i32,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    t: Option<ByteBuf>,
    #[serde(skip_serializing_if = "is_default", default)]
    m: u32,
    #[serde(skip_serializing_if = "is_default", default)]
    r: u32,
    #[serde(skip_serializing_if = "is_default", default)]
    p: u8,
    #[serde(skip_serializing_if = "is_default", default)]
    i: u8,
    #[serde(skip_serializing_if = "is_default", default)]
    c: u8,
}

#[derive(Debug, Serialize, Deserialize)]
struct PlanItem {
    e: u16,
    v: u32,
    d: i32,
    n: u8,
    /// `active`, `finished`, `left`, `opted-out`, `staff`.
    s: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    due: Option<i64>,
    b: i64,
}

#[derive(Debug, Serialize, Deserialize)]
struct CaseItem {
    n: u16,
    o: i64,
    /// `open`, `surveyed`, `answered`, `won`, `lost`, `unreachable`, `declined`.
    s: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    r: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    due: Option<i64>,
}

fn order_bytes(order: Order) -> ByteBuf {
    let mut bytes = Vec::with_capacity(20);
    bytes.extend_from_slice(&order.at.to_be_bytes());
    // Most platforms have no order of their own: eight bytes saved.
    if order.seq > 0 {
        bytes.extend_from_slice(&order.seq.to_be_bytes());
    }
    bytes.extend_from_slice(&order.tie.to_be_bytes());
    ByteBuf::from(bytes)
}

fn order_of(bytes: &[u8]) -> Result<Order, MemberItemError> {
    let wrong = MemberItemError("order");
    let (at, rest) = bytes.split_first_chunk::<8>().ok_or(wrong.clone())?;
    let (rest, tie) = rest.split_last_chunk::<4>().ok_or(wrong.clone())?;
    let seq = match rest.len() {
        0 => 0,
        8 => rest.first_chunk::<8>().map_or(0, |seq| u64::from_be_bytes(*seq)),
        _ => return Err(wrong),
    };
    Ok(Order { at: i64::from_be_bytes(*at), seq, tie: u32::from_be_bytes(*tie) })
}

fn transition_bytes(transition: Transition) -> ByteBuf {
    let mut bytes = vec![match transition.to {
        Status::Member => b'M',
        Status::Left => b'L',
    }];
    bytes.extend_from_slice(&order_bytes(transition.order));
    ByteBuf::from(bytes)
}

fn transition_of(bytes: &[u8]) -> Result<Transition, MemberItemError> {
    let (to, order) = bytes.split_first().ok_or(MemberItemError("transition"))?;
    let to = match to {
        b'M' => Status::Member,
        b'L' => Status::Left,
        _ => return Err(MemberItemError("transition")),
    };
    Ok(Transition { order: order_of(order)?, to })
}

fn bitmap_bytes(bits: u128) -> ByteBuf {
    let skip = usize::try_from(bits.leading_zeros() / 8).unwrap_or(16);
    ByteBuf::from(bits.to_be_bytes().get(skip..).unwrap_or_default())
}

fn bitmap_of(bytes: &[u8]) -> Result<u128, MemberItemError> {
    if bytes.len() > 16 {
        return Err(MemberItemError("bitmap"));
    }
    Ok(bytes.iter().fold(0, |bits, byte| (bits << 8) | u128::from(*byte)))
}

fn told<T, U>(fact: Option<&Latest<T>>, f: impl Fn(&T) -> U) -> Option<Told<U>> {
    fact.map(|fact| Told { o: order_bytes(fact.order), x: f(&fact.value) })
}

fn untold<T, U>(fact: Option<Told<T>>, f: impl Fn(T) -> Result<U, MemberItemError>) -> Result<Option<Latest<U>>, MemberItemError> {
    fact.map(|fact| Ok(Latest { order: order_of(&fact.o)?, value: f(fact.x)? })).transpose()
}

fn instant(second: i64) -> Result<Timestamp, MemberItemError> {
    Timestamp::from_second(second).map_err(|_| MemberItemError("instant"))
}

impl MemberItem {
    /// The item of a member, with the version it will have.
    pub(crate) fn of(community: &CommunityId, shards: u16, member: &Member) -> Self {
        let key = keys::member(community, shards, &member.id);
        let due = member.journey.next_due().map(|(at, consumer)| keys::due(consumer, at, &format!("{community}/{}", member.id)));
        let (due_pk, due_sk) = due.unzip();
        let scoring = &member.scoring;
        Self {
            pk: key.pk,
            sk: key.sk,
            due_pk,
            due_sk,
            v: member.version + 1,
            fs: member.first_seen.as_second(),
            jt: member.join_told,
            n: told(member.name.as_ref(), String::clone),
            lo: told(member.locale.as_ref(), |locale| *locale),
            st: told(member.staff.as_ref(), |staff| *staff),
            zo: member.zones.iter().map(|(since, zone)| (since.as_second(), zone.name().to_owned())).collect(),
            i: told(member.interest.as_ref(), |interest| interest.as_ref().map_or(String::new(), ToString::to_string)),
            oo: told(member.opted_out.as_ref(), |out| *out),
            fd: bitmap_bytes(member.activity.first_days),
            ld: member.activity.last.map(LocalDay::epoch_days),
            rd: bitmap_bytes(member.activity.recent_days),
            wc: member.weeks.current.as_ref().map(week_item),
            wp: member.weeks.previous.as_ref().map(week_item),
            wb: member.weeks.before.map(transition_bytes),
            re: ByteBuf::from(member.recent.entries.iter().flat_map(|entry| entry.to_bytes()).collect::<Vec<_>>()),
            rf: member.recent.floor,
            p: scoring.total,
            od: scoring.open.iter().map(|day| (day.day.epoch_days(), u8::from(day.checked_in), day.check_in, day.message, day.reaction)).collect(),
            ct: scoring.closed_through.map(LocalDay::epoch_days),
            cs: scoring.closed_streak,
            lg: scoring.longest,
            mc: scoring.celebrated,
            td: member.tasks_done,
            tp: member.tasks_paid,
            ob: member.journey.onboarding.as_ref().map(plan_item),
            wi: member.journey.win_back.as_ref().map(case_item),
            pr: member.journey.promo.map(|(day, sent)| (day.epoch_days(), sent)),
        }
    }
}

impl TryFrom<MemberItem> for Member {
    type Error = MemberItemError;

    fn try_from(item: MemberItem) -> Result<Self, MemberItemError> {
        let zones = item.zo.into_iter().map(|(since, name)| Ok((instant(since)?, Zone::new(&name).map_err(|_| MemberItemError("zo"))?)));
        let (entries, rest) = item.re.as_chunks::<8>();
        if !rest.is_empty() {
            return Err(MemberItemError("re"));
        }
        Ok(Self {
            id: MemberId::new(item.sk).map_err(|_| MemberItemError("sk"))?,
            version: item.v,
            first_seen: instant(item.fs)?,
            join_told: item.jt,
            name: untold(item.n, Ok)?,
            locale: untold(item.lo, Ok)?,
            staff: untold(item.st, Ok)?,
            zones: zones.collect::<Result<_, MemberItemError>>()?,
            interest: untold(item.i, |id| if id.is_empty() { Ok(None) } else { InterestId::new(id).map(Some).map_err(|_| MemberItemError("i")) })?,
            opted_out: untold(item.oo, Ok)?,
            activity: Activity { first_days: bitmap_of(&item.fd)?, last: item.ld.map(LocalDay::from_epoch_days), recent_days: bitmap_of(&item.rd)? },
            weeks: Weeks {
                current: item.wc.map(week_of).transpose()?,
                previous: item.wp.map(week_of).transpose()?,
                before: item.wb.map(|bytes| transition_of(&bytes)).transpose()?,
            },
            recent: Recent { entries: entries.iter().map(|bytes| Counted::from_bytes(*bytes)).collect(), floor: item.rf },
            scoring: Scoring {
                total: item.p,
                open: item.od.into_iter().map(day_of).collect(),
                closed_through: item.ct.map(LocalDay::from_epoch_days),
                closed_streak: item.cs,
                longest: item.lg,
                celebrated: item.mc,
            },
            tasks_done: item.td,
            tasks_paid: item.tp,
            journey: Journey {
                onboarding: item.ob.map(plan_of).transpose()?,
                win_back: item.wi.map(case_of).transpose()?,
                promo: item.pr.map(|(day, sent)| (LocalDay::from_epoch_days(day), sent)),
            },
        })
    }
}

fn day_of((day, checked_in, check_in, message, reaction): (i32, u8, u16, u16, u16)) -> DayPoints {
    DayPoints { day: LocalDay::from_epoch_days(day), checked_in: checked_in != 0, check_in, message, reaction }
}

fn week_item(week: &Week) -> WeekItem {
    WeekItem {
        w: week.week.index(),
        t: week.last.map(transition_bytes),
        m: week.messages,
        r: week.reactions,
        p: week.posted,
        i: week.interacted,
        c: week.checked_in,
    }
}

fn week_of(item: WeekItem) -> Result<Week, MemberItemError> {
    Ok(Week {
        week: IsoWeek::from_index(item.w),
        last: item.t.map(|bytes| transition_of(&bytes)).transpose()?,
        messages: item.m,
        reactions: item.r,
        posted: item.p,
        interacted: item.i,
        checked_in: item.c,
    })
}

fn plan_item(plan: &Plan) -> PlanItem {
    let (s, at) = match plan.state {
        PlanState::Active => ("active", None),
        PlanState::Finished { at } => ("finished", Some(at)),
        PlanState::Stopped { at, why: PlanEnd::Left } => ("left", Some(at)),
        PlanState::Stopped { at, why: PlanEnd::OptedOut } => ("opted-out", Some(at)),
        PlanState::Stopped { at, why: PlanEnd::Staff } => ("staff", Some(at)),
    };
    PlanItem {
        e: plan.enrolment,
        v: plan.version,
        d: plan.day_one.epoch_days(),
        n: plan.next,
        s: s.to_owned(),
        at: at.map(Timestamp::as_second),
        due: plan.due.map(seconds_up),
        b: plan.started.as_second(),
    }
}

/// A due instant is kept to the second, rounded up: nothing is due before its time.
fn seconds_up(at: Timestamp) -> i64 {
    at.as_second() + i64::from(at.subsec_nanosecond() > 0)
}

fn plan_of(item: PlanItem) -> Result<Plan, MemberItemError> {
    let at = item.at.map(instant).transpose()?;
    let state = match (item.s.as_str(), at) {
        ("active", _) => PlanState::Active,
        ("finished", Some(at)) => PlanState::Finished { at },
        ("left", Some(at)) => PlanState::Stopped { at, why: PlanEnd::Left },
        ("opted-out", Some(at)) => PlanState::Stopped { at, why: PlanEnd::OptedOut },
        ("staff", Some(at)) => PlanState::Stopped { at, why: PlanEnd::Staff },
        _ => return Err(MemberItemError("ob.s")),
    };
    Ok(Plan {
        enrolment: item.e,
        version: item.v,
        day_one: LocalDay::from_epoch_days(item.d),
        next: item.n,
        state,
        due: item.due.map(instant).transpose()?,
        started: instant(item.b)?,
    })
}

fn case_item(case: &Case) -> CaseItem {
    let (s, r, at) = match case.state {
        CaseState::Open => ("open", None, None),
        CaseState::Surveyed => ("surveyed", None, None),
        CaseState::Answered { reason } => ("answered", Some(reason.value().to_owned()), None),
        CaseState::Won { at } => ("won", None, Some(at)),
        CaseState::Lost { at } => ("lost", None, Some(at)),
        CaseState::Unreachable => ("unreachable", None, None),
        CaseState::Declined => ("declined", None, None),
    };
    CaseItem { n: case.number, o: case.opened.as_second(), s: s.to_owned(), r, at: at.map(Timestamp::as_second), due: case.due.map(seconds_up) }
}

fn case_of(item: CaseItem) -> Result<Case, MemberItemError> {
    let at = item.at.map(instant).transpose()?;
    let state = match (item.s.as_str(), at) {
        ("open", _) => CaseState::Open,
        ("surveyed", _) => CaseState::Surveyed,
        ("answered", _) => {
            let reason = item.r.as_deref().and_then(LeaveReason::from_value).ok_or(MemberItemError("wi.r"))?;
            CaseState::Answered { reason }
        }
        ("won", Some(at)) => CaseState::Won { at },
        ("lost", Some(at)) => CaseState::Lost { at },
        ("unreachable", _) => CaseState::Unreachable,
        ("declined", _) => CaseState::Declined,
        _ => return Err(MemberItemError("wi.s")),
    };
    Ok(Case { number: item.n, opened: instant(item.o)?, state, due: item.due.map(instant).transpose()? })
}
