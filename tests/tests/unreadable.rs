//! Members and messages that can't be read: what is asked of them waits, and nothing else does.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

use hearth_aws::store::keys;
use hearth_domain::ids::{MemberId, MessageId};
use hearth_local::deliveries::slack_ts;
use hearth_tests::world::{World, world};
use serde_json::{Value, json};

use crate::rollup::{MEMBERS, spoil};

/// An item, to be put back.
fn stored(world: &World, table: &str, key: &keys::Key) -> Value {
    let key = json!({"pk": {"S": key.pk}, "sk": {"S": key.sk}});
    let request = json!({"TableName": table, "Key": key, "ConsistentRead": true});
    let mut answer = world.stack.ask_tables("GetItem", &request).unwrap();
    answer["Item"].take()
}

fn put(world: &World, table: &str, item: &Value) {
    let request = json!({"TableName": table, "Item": item});
    world.stack.ask_tables("PutItem", &request).unwrap();
}

fn item(world: &World, member: &str) -> Value {
    let (community, member) = (&world.community, MemberId::new(member).unwrap());
    let key = keys::member(&community.id, community.shards, &member);
    stored(world, MEMBERS, &key)
}

fn mend(world: &World, item: &Value) {
    put(world, MEMBERS, item);
}

async fn everybody_joins(world: &World, members: u32) {
    for n in 0..members {
        world.joins(&format!("U{n}")).await;
    }
}

async fn messages_of(world: &World, user: &str) -> u32 {
    let weeks = world.member(user).await.weeks;
    weeks.current.map_or(0, |week| week.messages)
}

/// Their batch is tried again without them failing the rest; after five times they are a dead letter, which
/// an operator hands back when the item is mended.
#[tokio::test]
async fn in_a_batch_only_their_own_events_wait() {
    let world = world().await;
    everybody_joins(&world, 4).await;
    world.hours(1).await;
    let good = item(&world, "U1");
    spoil(&world, "U1", "sc");
    for n in 0..4 {
        let ts = slack_ts(world.now());
        let event = json!({"type": "message", "user": format!("U{n}"), "channel": "C0GENERAL", "channel_type": "channel", "text": "一個想法", "ts": ts, "event_ts": ts});
        let answer = world.deliver(&world.slack.event(&event, world.now())).await;
        assert_eq!(answer.status, 200);
    }
    world.stack.run_until_idle().await;
    for user in ["U0", "U2", "U3"] {
        assert_eq!(messages_of(&world, user).await, 1, "{user}");
    }
    world.minutes(16).await;
    let letters = world.stack.queues.dead_letters();
    assert_eq!(letters.len(), 1);
    mend(&world, &good);
    assert_eq!(messages_of(&world, "U1").await, 0);
    world.stack.queues.redrive();
    world.stack.run_until_idle().await;
    assert_eq!(messages_of(&world, "U1").await, 1, "nothing is lost");
}

/// All of a shard are loaded together when they are due.
#[tokio::test]
async fn a_step_of_theirs_that_is_due_holds_up_nobodys() {
    let world = world().await;
    everybody_joins(&world, 40).await;
    world.hours(20).await;
    let good = item(&world, "U7");
    spoil(&world, "U7", "sc");
    world.hours(6).await;
    for n in (0..40).filter(|n| *n != 7) {
        let sent = world.sent(&format!("U{n}"));
        assert_eq!(sent.last().unwrap(), "onboarding.day-2", "U{n}");
    }
    let day_2 = "onboarding.day-2".to_owned();
    assert!(!world.sent("U7").contains(&day_2));
    assert!(world.metrics.sum("due_failed") > 0.9);
    mend(&world, &good);
    world.minutes(2).await;
    assert!(world.sent("U7").contains(&day_2));
}

async fn everybody_joins_while_the_platform_is_busy(world: &World) {
    let busy = json!({"status": 429, "times": 2, "retry_after": 300});
    let busy = serde_json::from_value(busy).unwrap();
    world.stack.sandbox.inject(busy);
    everybody_joins(world, 3).await;
    assert!(world.sent("U1").is_empty());
}

/// The platform is busy, and meanwhile one of three can't be read any more.
#[tokio::test]
async fn a_message_to_them_waits_and_those_of_others_go() {
    let world = world().await;
    everybody_joins_while_the_platform_is_busy(&world).await;
    let good = item(&world, "U1");
    spoil(&world, "U1", "sc");
    world.minutes(20).await;
    let sent = |world: &World| ["U0", "U1", "U2"].map(|user| world.sent(user).len());
    let [one, none, other] = sent(&world);
    assert!(one > 0 && one == other, "{one} and {other}");
    assert_eq!(none, 0);
    mend(&world, &good);
    world.minutes(10).await;
    assert!(sent(&world).iter().all(|sent| *sent == one));
}

/// The same of a message's own row: its member's next message goes.
#[tokio::test]
async fn a_message_that_cannot_be_read_holds_up_no_other() {
    let world = world().await;
    everybody_joins_while_the_platform_is_busy(&world).await;
    let welcome: MessageId = "acme/U1/onboarding/1/day-1".parse().unwrap();
    let good = stored(&world, "journal", &keys::message(&welcome));
    let mut spoilt = good.clone();
    spoilt["state"] = json!({"N": "1"});
    put(&world, "journal", &spoilt);
    world.minutes(20).await;
    let [one, of_spoilt, other] = ["U0", "U1", "U2"].map(|user| world.sent(user).len());
    assert!(one > 1 && one == other, "{one} and {other}");
    assert_eq!(of_spoilt, one - 1);
    assert!(world.metrics.sum("due_failed") > 0.9);
    put(&world, "journal", &good);
    world.minutes(2).await;
    assert_eq!(world.sent("U1").len(), one);
}
