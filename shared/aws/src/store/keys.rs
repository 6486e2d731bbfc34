//! Keys. The community is part of every one of them, so that no query can reach another's data.

use hearth_domain::board::{By, Span};
use hearth_domain::days::IsoWeek;
use hearth_domain::ids::{ChannelId, CommunityId, GiftId, MemberId, MessageId, Owner, PoolId};
use hearth_domain::invitation::InviteCode;
use hearth_domain::journey::Consumer;
use hearth_domain::member::hash64;
use hearth_domain::period::{Month, Period};
use hearth_domain::thread::ThreadId;
use jiff::Timestamp;

/// How many partitions the due index of a consumer has.
pub const DUE_SHARDS: u8 = 16;

/// A primary key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    /// Partition.
    pub pk: String,
    /// Sort.
    pub sk: String,
}

impl Key {
    fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self {
            pk: pk.into(),
            sk: sk.into(),
        }
    }
}

/// The partition of one shard of a community's members.
pub fn member_shard(community: &CommunityId, shard: u16) -> String {
    format!("{community}#{shard}")
}

/// In which of a community's shards a member's item is.
pub(super) fn shard_of(member: &MemberId, shards: u16) -> u16 {
    let shard = hash64(member.as_str()) % u64::from(shards.max(1));
    u16::try_from(shard).unwrap_or_default()
}

/// A member's item, in a community of so many shards.
pub fn member(community: &CommunityId, shards: u16, member: &MemberId) -> Key {
    let shard = shard_of(member, shards);
    Key::new(format!("{community}#{shard}"), member.as_str())
}

/// Everything around one member or the community itself.
fn around(community: &CommunityId, owner: &Owner) -> String {
    format!("{community}#{owner}")
}

/// The partition of everything around one member.
pub fn around_member(community: &CommunityId, member: &MemberId) -> String {
    around(community, &Owner::Member(member.clone()))
}

/// A message's row.
pub fn message(id: &MessageId) -> Key {
    Key::new(
        around(id.community(), id.owner()),
        format!("message#{}", id.path()),
    )
}

/// The partition and sort prefix of the messages of one owner.
pub fn messages(community: &CommunityId, owner: &Owner) -> Key {
    Key::new(around(community, owner), "message#")
}

/// A ledger row: `days/2026-01-05`, `task/rename`, `streak/7`.
pub fn points(community: &CommunityId, member: &MemberId, path: &str) -> Key {
    Key::new(
        around(community, &Owner::Member(member.clone())),
        format!("points#{path}"),
    )
}

/// The partition and sort prefix of a member's ledger rows.
pub fn all_points(community: &CommunityId, member: &MemberId) -> Key {
    points(community, member, "")
}

/// The counted events of one UTC day that left a member's item.
pub fn counted(community: &CommunityId, member: &MemberId, utc_day: u32) -> Key {
    Key::new(
        around(community, &Owner::Member(member.clone())),
        format!("counted#{utc_day}"),
    )
}

/// An order or a score of a member: `order#1001`, `feedback#std:msg_1`.
pub fn receipt(community: &CommunityId, member: &MemberId, path: &str) -> Key {
    Key::new(around(community, &Owner::Member(member.clone())), path)
}

/// One of the rows of what a community's orders and scores of a week add up to.
pub fn week_facts(community: &CommunityId, shard: u64, week: IsoWeek) -> Key {
    Key::new(format!("{community}#@facts#{shard}"), week.to_string())
}

/// The mark that a member was erased; made of the pseudonym, so that it is not the member's.
pub fn tombstone(community: &CommunityId, pseudonym: &str) -> Key {
    Key::new(format!("{community}#@erased"), pseudonym)
}

/// The partition of the list of a community's coupon pools.
pub fn coupon_pools(community: &CommunityId) -> String {
    format!("{community}#@coupons")
}

/// A pool of coupon codes: where its free ones begin.
pub fn coupon_pool(community: &CommunityId, pool: &PoolId) -> Key {
    Key::new(coupon_pools(community), pool.as_str())
}

/// One code of a pool.
pub fn coupon(community: &CommunityId, pool: &PoolId, code: &str) -> Key {
    Key::new(format!("{community}#@coupons#{pool}"), code)
}

/// Who checked in in a channel within ten minutes.
pub fn check_ins(community: &CommunityId, slot: &str) -> Key {
    Key::new(format!("{community}#@check-ins"), slot)
}

/// To whom an invitation code leads.
pub fn referral(community: &CommunityId, code: InviteCode) -> Key {
    Key::new(format!("{community}#@referrals"), code.to_string())
}

/// The partition of the rows that say who invited whom.
pub fn all_invited(community: &CommunityId) -> String {
    format!("{community}#@invited")
}

/// Who invited a member.
pub fn invited(community: &CommunityId, member: &MemberId) -> Key {
    Key::new(all_invited(community), member.as_str())
}

/// How many of a gift were handed over.
pub fn gift(community: &CommunityId, gift: &GiftId) -> Key {
    Key::new(format!("{community}#@gifts"), gift.as_str())
}

/// A report's record.
pub fn report(community: &CommunityId, week: &str, revision: u8) -> Key {
    Key::new(
        around(community, &Owner::Community),
        format!("report#{week}#{revision}"),
    )
}

/// The partition and sort prefix of a community's reports.
pub fn reports(community: &CommunityId) -> Key {
    Key::new(around(community, &Owner::Community), "report#")
}

/// How far the count of a report is that did not get through in one invocation.
pub fn report_part(community: &CommunityId, week: IsoWeek, revision: u8) -> Key {
    Key::new(
        around(community, &Owner::Community),
        format!("rollup-part#{week}#{revision}"),
    )
}

/// The partition and sort prefix of all unfinished counts of a community.
pub fn report_parts(community: &CommunityId) -> Key {
    Key::new(around(community, &Owner::Community), "rollup-part#")
}

/// A leaderboard of a community: `board#week#2026-W02#points`.
pub fn board(community: &CommunityId, period: Period, by: By) -> Key {
    let sk = format!("board#{}#{period}#{}", period.kind(), by.name());
    Key::new(around(community, &Owner::Community), sk)
}

/// The partition and sort prefix of a community's leaderboards: all of them, or those of one kind of
/// period.
pub fn boards(community: &CommunityId, span: Option<Span>) -> Key {
    let sk = span.map_or_else(
        || "board#".to_owned(),
        |span| format!("board#{}#", span.name()),
    );
    Key::new(around(community, &Owner::Community), sk)
}

/// What a leaderboard is of, and by what, from its sort key.
pub fn board_of(sk: &str) -> Option<(Period, By)> {
    let (_, rest) = sk.strip_prefix("board#")?.split_once('#')?;
    let (period, by) = rest.split_once('#')?;
    Some((period.parse().ok()?, By::from_name(by)?))
}

/// A month's stars: `star#2026-01`.
pub fn stars(community: &CommunityId, month: Month) -> Key {
    Key::new(
        around(community, &Owner::Community),
        format!("star#{month}"),
    )
}

/// The partition and sort prefix of the stars of all months.
pub fn all_stars(community: &CommunityId) -> Key {
    Key::new(around(community, &Owner::Community), "star#")
}

/// The month of the stars with a sort key.
pub fn stars_of(sk: &str) -> Option<Month> {
    sk.strip_prefix("star#")?.parse().ok()
}

/// How many checked in on each day of a month: `wall#2026-01`.
pub fn walls(community: &CommunityId, month: Month) -> Key {
    Key::new(
        around(community, &Owner::Community),
        format!("wall#{month}"),
    )
}

/// The partition of who replied or reacted to whom in a month.
pub fn regards(community: &CommunityId, month: Month) -> String {
    format!("{community}#@regard#{month}")
}

/// Who replied or reacted to an author in a month.
pub fn regard(community: &CommunityId, month: Month, author: &MemberId) -> Key {
    Key::new(regards(community, month), author.as_str())
}

/// One of the partitions of a community's threads.
pub fn threads(community: &CommunityId, shard: u64) -> String {
    format!("{community}#@threads#{shard}")
}

/// What was answered in a thread, where they are spread over so many partitions.
pub fn thread(community: &CommunityId, thread: ThreadId, shards: u64) -> Key {
    let shard = thread.hash() % shards.max(1);
    Key::new(threads(community, shard), thread.to_string())
}

/// The partition of the list of everything published.
pub const REGISTRY: &str = "@registry";

/// The current version of a published file.
pub fn published(kind: &str, id: &str) -> Key {
    Key::new(REGISTRY, format!("{kind}#{id}"))
}

/// One version of a published file.
pub fn published_version(kind: &str, id: &str, version: u32) -> Key {
    Key::new(format!("@registry#{kind}#{id}"), format!("{version:08}"))
}

/// The partition of all versions of a published file.
pub fn published_versions(kind: &str, id: &str) -> Key {
    Key::new(format!("@registry#{kind}#{id}"), "0")
}

/// When the next message may go, to one channel or (`None`) to all of a community.
pub fn pace(community: &CommunityId, channel: Option<&ChannelId>) -> Key {
    let sk = channel.map_or_else(|| "pace".to_owned(), |channel| format!("pace#{channel}"));
    Key::new(around(community, &Owner::Community), sk)
}

/// Which journeys of a community are paused. With what is published, because the webhook reads it
/// too, and may read nothing else.
pub fn paused(community: &CommunityId) -> Key {
    Key::new(REGISTRY, format!("paused#{community}"))
}

/// How far a community's reports and closings are.
pub fn rollup_state(community: &CommunityId) -> Key {
    Key::new(around(community, &Owner::Community), "rollup")
}

/// The partition of a consumer's shard in the due index.
pub fn due_pk(consumer: Consumer, shard: u8) -> String {
    format!("DUE#{}#{shard}", consumer.name())
}

/// The due index entry of an item: spread by its key, sorted by time. The index carries the key
/// itself anyway, so the entry does not say it again.
pub fn due(consumer: Consumer, at: Timestamp, key: &Key) -> (String, String) {
    let hash = hash64(&format!("{}#{}", key.pk, key.sk));
    let shard = u8::try_from(hash % u64::from(DUE_SHARDS)).unwrap_or(0);
    (due_pk(consumer, shard), due_second(at))
}

/// The community and member of a member's key.
pub fn member_of(pk: &str, sk: &str) -> Option<(CommunityId, MemberId)> {
    let (community, _) = pk.split_once('#')?;
    Some((community.parse().ok()?, sk.parse().ok()?))
}

/// The message of a message row's key.
pub fn message_of(pk: &str, sk: &str) -> Option<MessageId> {
    let (community, owner) = pk.split_once('#')?;
    format!("{community}/{owner}/{}", sk.strip_prefix("message#")?)
        .parse()
        .ok()
}

/// The greatest sort key that is due at `now`.
pub fn due_until(now: Timestamp) -> String {
    format!("{:010}", now.as_second().max(0))
}

/// Rounded up, so that nothing is found before it is due.
fn due_second(at: Timestamp) -> String {
    let up = i64::from(at.subsec_nanosecond() > 0);
    format!("{:010}", at.as_second().max(0) + up)
}

/// The instant in a due sort key.
pub fn due_at(due_sk: &str) -> Option<Timestamp> {
    due_sk
        .parse()
        .ok()
        .and_then(|second| Timestamp::from_second(second).ok())
}
