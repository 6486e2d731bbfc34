//! Everything stored about a member, as one document that they can read: what it says in words, and
//! every item as it is stored, so that nothing can be missing.

use hearth_aws::pseudonym::Pseudonyms;
use hearth_aws::registry::Place;
use hearth_aws::store::{Trace, TraceKind};
use hearth_domain::days::LocalDay;
use hearth_domain::event::ReplyHandle;
use hearth_domain::ids::{MemberId, Owner};
use hearth_domain::member::{Counted, DayPoints, Member, RECENT_DAYS, Status, Week};
use hearth_domain::message::{Message, To};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{People, show};
use crate::view;

pub(super) async fn export(
    people: &People<'_>,
    place: &Place,
    id: &MemberId,
    pseudonyms: &Pseudonyms,
) -> anyhow::Result<Value> {
    let community = &place.community;
    let store = people.store;
    let traces = store.traces(community, id, people.now).await?;
    let pseudonym = pseudonyms.of(&community.id, id);
    let member = store.member(community, id).await?;
    let owner = Owner::Member(id.clone());
    let messages = store.messages(&community.id, &owner).await?;
    let messages: Vec<Value> = messages.iter().map(message).collect();
    let of = |kind: TraceKind| traces.iter().filter(move |trace| trace.kind == kind);
    let attributes = |kind| of(kind).map(Trace::attributes).collect::<Vec<_>>();
    Ok(json!({
        "what this is": {
            "zh-Hant": "這是社群目前保存的、關於這一位成員的全部資料。前半部是看得懂的說明，stored 是逐項的原始紀錄。訊息內容從不保存；日誌裡只有代號（pseudonym），備份最多保留 35 天。",
            "zh-Hans": "这是社群目前保存的、关于该成员的全部数据。前半部分为可读说明，stored 为逐条原始记录。消息内容从不保存；日志中只有代号（pseudonym），备份最多保留 35 天。",
            "en": "This is everything that the community stores about one member. The first part says it in words; `stored` has every record as it is kept. What members write is never stored; logs hold only the pseudonym, and backups end after 35 days.",
        },
        "community": {"id": community.id.as_str(), "name": community.name, "platform": community.platform.to_string()},
        "member_id": id.as_str(),
        "pseudonym": pseudonym,
        "exported_at": people.now.to_string(),
        "erased": store.is_erased(&community.id, &pseudonym).await?,
        "member": member.as_ref().map(|member| in_words(place, member, people.now)),
        "points": attributes(TraceKind::Points),
        "messages": messages,
        "counted_events": of(TraceKind::Counted).map(counted).collect::<Vec<_>>(),
        "named_in": attributes(TraceKind::Named),
        "coupon_codes": attributes(TraceKind::Coupon),
        "boards": attributes(TraceKind::Board),
        "orders": attributes(TraceKind::Order),
        "feedback": attributes(TraceKind::Feedback),
        "regard": attributes(TraceKind::Regard),
        "stored": traces.iter().map(|trace| json!({
            "table": trace.table, "kind": trace.kind.name(), "pk": trace.key.pk, "sk": trace.key.sk, "attributes": trace.attributes(),
        })).collect::<Vec<_>>(),
    }))
}

/// The member's item in words.
fn in_words(place: &Place, member: &Member, now: Timestamp) -> Value {
    let community = &place.community;
    let first = member.first_day(&community.zone);
    let mut told = view::described(community, Some(&place.playbook), member, now);
    let weeks = [&member.weeks.current, &member.weeks.previous];
    if let Some(fields) = told.as_object_mut() {
        for (name, value) in [
            ("join_told", json!(member.join_told)),
            ("preferences", show::preferences(place, member)),
            ("active_days", days(first, member.activity.first_days, 1)),
            (
                "recently_active_days",
                member.activity.last.map_or(Value::Null, |last| {
                    days(last, member.activity.recent_days, -1)
                }),
            ),
            ("weeks", weeks.into_iter().flatten().map(week).collect()),
            (
                "points_of_open_days",
                member.scoring.open.iter().map(day_points).collect(),
            ),
            (
                "milestones_paid_up_to_days",
                json!(member.scoring.celebrated),
            ),
            (
                "counted_recently",
                counted_list(member.recent.entries.iter().copied()),
            ),
            ("promotional_messages", per_day(member.journey.promo)),
            ("messages_for_staff", per_day(member.journey.by_staff)),
        ] {
            fields.insert(name.to_owned(), value);
        }
    }
    told
}

/// The days whose bits are set, counted from one day on (`step` 1) or back (−1).
fn days(from: LocalDay, bits: u128, step: i32) -> Value {
    let most = i32::try_from(u128::BITS.max(RECENT_DAYS)).unwrap_or(128);
    (0..most)
        .filter(|n| (bits >> n) & 1 == 1)
        .map(|n| json!(from.plus(n * step).to_string()))
        .collect()
}

fn week(week: &Week) -> Value {
    let days = |bits: u8| {
        let set = (0..7).filter(|n| (bits >> n) & 1 == 1);
        set.map(|n| json!(week.week.monday().plus(n).to_string()))
            .collect::<Value>()
    };
    let last = week.last.map(|last| {
        let to = match last.to {
            Status::Member => "member",
            Status::Left => "left",
        };
        json!({"at": last.order.timestamp().to_string(), "to": to})
    });
    json!({
        "week": week.week.to_string(), "messages": week.messages, "reactions": week.reactions,
        "posted_on": days(week.posted), "interacted_on": days(week.interacted), "checked_in_on": days(week.checked_in),
        "last_join_or_leave": last,
    })
}

fn day_points(day: &DayPoints) -> Value {
    let mut told = json!({"day": day.day.to_string(), "checked_in": day.checked_in});
    if let Some(fields) = told.as_object_mut() {
        fields.extend(
            day.by_reason()
                .map(|(reason, points)| (reason.to_owned(), json!(points))),
        );
    }
    told
}

fn per_day(counted: Option<(LocalDay, u8)>) -> Value {
    counted.map_or(
        Value::Null,
        |(day, count)| json!({"day": day.to_string(), "count": count}),
    )
}

fn counted(trace: &Trace) -> Value {
    json!({"row": trace.key.sk, "events": counted_list(trace.counted())})
}

/// When each counted event was; of which message it was, nobody keeps.
fn counted_list(entries: impl IntoIterator<Item = Counted>) -> Value {
    let at = |second: u32| Timestamp::from_second(second.into()).map(|at| at.to_string());
    entries
        .into_iter()
        .map(|entry| json!(at(entry.second).unwrap_or_default()))
        .collect()
}

/// A message with all that its row says.
fn message(message: &Message) -> Value {
    let mut told = show::message(message);
    let to = match &message.to {
        To::Member(member) => json!({"member": member.to_string()}),
        To::Channel(channel) => json!({"channel": channel.to_string()}),
    };
    if let Some(fields) = told.as_object_mut() {
        for (name, value) in [
            ("to", to),
            ("playbook_version", json!(message.playbook)),
            ("expires", json!(message.expires.map(|at| at.to_string()))),
            ("values", json!(message.values)),
            ("content", json!(message.content)),
            ("platform_id", json!(message.platform_id)),
            (
                "in_doubt_since",
                json!(message.doubt.map(|at| at.to_string())),
            ),
            ("reply", message.reply.as_ref().map_or(Value::Null, reply)),
        ] {
            fields.insert(name.to_owned(), value);
        }
    }
    told
}

fn reply(reply: &ReplyHandle) -> Value {
    json!({"until": reply.until.to_string(), "channel": reply.channel.as_ref().map(ToString::to_string)})
}
