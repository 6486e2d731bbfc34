//! Inviting others, from the code to the points of both sides.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hearth_aws::store::TraceKind;
use hearth_domain::ids::MemberId;
use hearth_domain::invitation::row_for;
use hearth_local::deliveries::slack_ts;
use hearth_local::faults::{Call, Fault, Faults};
use hearth_tests::world::{ACME, MONDAY, World, standing_at, world, world_with};
use serde_json::{Value, json};

fn join(world: &World, user: &str, inviter: Option<&str>) -> Value {
    let mut event = json!({"type": "member_joined_channel", "user": user, "channel": "C0GENERAL", "channel_type": "C", "team": "T123", "event_ts": slack_ts(world.now())});
    if let Some(inviter) = inviter {
        event["inviter"] = json!(inviter);
    }
    event
}

async fn joins_by(world: &World, user: &str, inviter: &str) {
    world.slack_event(join(world, user, Some(inviter))).await;
}

/// The code that a member is told.
async fn code_of(world: &World, user: &str) -> String {
    world.whispers(user, "我的邀請碼").await;
    let told = world.received(user).pop().unwrap();
    assert_eq!(told.kind, "invite.mine");
    let (_, code) = told.text.split_once("邀請碼：").unwrap();
    code.chars().take(14).collect()
}

async fn points(world: &World, user: &str, row: &str) -> Vec<i64> {
    let id: MemberId = user.parse().unwrap();
    let rows = world.stack.store.ledger(&world.community.id, &id).await;
    let rows = rows.unwrap().into_iter();
    rows.filter(|found| found.path == row)
        .map(|found| found.points)
        .collect()
}

/// What the inviter got for somebody, and what they got themselves.
async fn both(world: &World, inviter: &str, invited: &str) -> (Vec<i64>, Vec<i64>) {
    let row = row_for(&invited.parse().unwrap());
    (
        points(world, inviter, &row).await,
        points(world, invited, "invited").await,
    )
}

async fn adds_up(world: &World, user: &str) {
    let total = i64::from(world.member(user).await.scoring.total);
    let open = i64::from(world.member(user).await.scoring.open_points());
    let id: MemberId = user.parse().unwrap();
    let rows = world.stack.store.ledger(&world.community.id, &id).await;
    let rows: i64 = rows.unwrap().iter().map(|row| row.points).sum();
    assert_eq!(total, rows + open, "{user}");
}

/// U1 is there a day before the others.
async fn world_with_u1() -> World {
    let world = world().await;
    world.joins("U1").await;
    world.days(1).await;
    world
}

#[tokio::test]
async fn a_code_brings_both_sides_points_once_the_other_has_stayed() {
    let world = world_with_u1().await;
    let code = code_of(&world, "U1").await;
    world.joins("U2").await;
    world.minutes(30).await;
    world.whispers("U2", &code.to_lowercase()).await;
    assert_eq!(world.sent("U2").last().unwrap(), "invite.accepted");
    world.days(6).await;
    assert_eq!(both(&world, "U1", "U2").await, (vec![], vec![]));
    world.days(2).await;
    assert_eq!(both(&world, "U1", "U2").await, (vec![10], vec![10]));
    assert_eq!(points(&world, "U1", "invitation-tier/1").await, [10]);
    assert!(world.sent("U1").contains(&"invite.first".to_owned()));
    assert!(world.sent("U2").contains(&"invite.rewarded".to_owned()));
    assert_eq!(world.view("U1").await["invited"], 1);
    assert_eq!(world.view("U2").await["join_source"], "invited");
    for user in ["U1", "U2"] {
        adds_up(&world, user).await;
    }
    world.days(9).await;
    assert_eq!(both(&world, "U1", "U2").await, (vec![10], vec![10]));
}

#[tokio::test]
async fn deliveries_that_come_twice_pay_once() {
    let world = world_with_u1().await;
    let joins = world
        .slack
        .event(&join(&world, "U2", Some("U1")), world.now());
    for _ in 0..2 {
        assert_eq!(world.deliver(&joins).await.status, 200);
        Box::pin(world.stack.run_until_idle()).await;
    }
    world.days(8).await;
    assert_eq!(both(&world, "U1", "U2").await, (vec![10], vec![10]));
    world.days(4).await;
    let id: MemberId = "U2".parse().unwrap();
    let by = world.stack.store.inviter_of(&world.community.id, &id).await;
    assert_eq!(by.unwrap(), Some("U1".parse().unwrap()));
    adds_up(&world, "U1").await;
}

#[tokio::test]
async fn who_leaves_in_between_brings_nothing_even_if_they_return() {
    let world = world_with_u1().await;
    joins_by(&world, "U2", "U1").await;
    world.days(5).await;
    world.leaves("U2").await;
    world.hours(1).await;
    joins_by(&world, "U2", "U1").await;
    world.days(20).await;
    assert_eq!(both(&world, "U1", "U2").await, (vec![], vec![]));
    assert_eq!(world.view("U1").await["invited"], 0);
}

#[tokio::test]
async fn nobody_invites_themselves_or_in_a_circle() {
    let world = world().await;
    joins_by(&world, "U1", "U2").await;
    world.hours(1).await;
    joins_by(&world, "U2", "U1").await;
    let code = code_of(&world, "U1").await;
    world.whispers("U1", &code).await;
    assert_eq!(world.sent("U1").last().unwrap(), "invite.own");
    world.whispers("U2", "ABCD-EFGH-JKM0").await;
    assert_eq!(world.sent("U2").last().unwrap(), "invite.unknown");
    world.days(10).await;
    assert_eq!(both(&world, "U1", "U2").await, (vec![10], vec![10]));
    assert_eq!(both(&world, "U2", "U1").await, (vec![], vec![]));
    assert_eq!(points(&world, "U1", "invited").await, [] as [i64; 0]);
}

/// Dies once it has told the inviter, before it wrote the invited.
#[derive(Debug, Default)]
struct DiesAfterTelling(AtomicBool);

impl Faults for DiesAfterTelling {
    fn fate(&self, call: Call<'_>) -> Option<Fault> {
        let tells = call == Call::Queue("check-in");
        (tells && self.0.swap(false, Ordering::SeqCst)).then_some(Fault::CrashAfter)
    }
}

#[tokio::test]
async fn a_process_that_dies_after_it_told_the_inviter_pays_both_once() {
    let dies = Arc::new(DiesAfterTelling::default());
    let mut options = standing_at(MONDAY);
    options.faults = dies.clone();
    let world = Box::pin(world_with(options, ACME)).await;
    world.joins("U1").await;
    world.hours(1).await;
    joins_by(&world, "U2", "U1").await;
    world.days(6).await;
    dies.0.store(true, Ordering::SeqCst);
    world.days(2).await;
    assert!(!dies.0.load(Ordering::SeqCst), "it died");
    assert_eq!(both(&world, "U1", "U2").await, (vec![10], vec![10]));
    assert_eq!(world.view("U1").await["invited"], 1);
    for user in ["U1", "U2"] {
        adds_up(&world, user).await;
    }
    let thanks = world.sent("U1");
    let thanks = thanks.iter().filter(|kind| *kind == "invite.first");
    assert_eq!(thanks.count(), 1);
}

/// Whether anything that is stored says a word.
fn stored(world: &World, word: &str) -> Vec<String> {
    let every = world.stack.every_item().unwrap().into_iter();
    let items = every.map(|(_, item)| serde_json::to_string(&item).unwrap());
    items.filter(|item| item.contains(word)).collect()
}

#[tokio::test]
async fn whoever_is_erased_is_in_nobodys_invitation() {
    for erased in ["UINVITER", "UINVITED"] {
        let world = world().await;
        world.joins("UINVITER").await;
        world.hours(1).await;
        code_of(&world, "UINVITER").await;
        joins_by(&world, "UINVITED", "UINVITER").await;
        world.hours(1).await;
        let id: MemberId = erased.parse().unwrap();
        let pseudonym = world.stack.pseudonyms.of(&world.community.id, &id);
        let store = &world.stack.store;
        let gone = store.erase(&world.community, &id, &pseudonym, world.now());
        let gone = gone.await.unwrap();
        assert!(gone.items[&TraceKind::Invitation] >= 1, "{gone:?}");
        assert_eq!(stored(&world, erased), [""; 0]);
        // Whoever names them afterwards does not bring the name back, and nobody is thanked.
        joins_by(&world, "U3", erased).await;
        assert_eq!(stored(&world, erased), [""; 0]);
        world.days(10).await;
        assert_eq!(stored(&world, erased), [""; 0]);
    }
}
