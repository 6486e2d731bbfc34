//! Batches: what can't be done is reported, what can is done, nothing is lost and nothing is done
//! twice.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use hearth_aws::deadline::Deadline;
use hearth_aws::invocation::Invocation;
use hearth_aws::queue::QueueName;
use hearth_aws::store::Kind;
use hearth_domain::message::{Message, State};
use hearth_local::deliveries::slack_ts;
use hearth_local::faults::{Call, Fault, Faults, NoFaults};
use hearth_tests::world::{ACME, MONDAY, SHOP, World, shop, standing_at, world, world_with};
use serde_json::json;

/// A message of a member, accepted and not handled yet.
async fn says_without_being_heard(world: &World, user: &str, text: &str) {
    let ts = slack_ts(world.now());
    let event = json!({"type": "message", "user": user, "channel": "C0GENERAL", "channel_type": "channel", "text": text, "ts": ts, "event_ts": ts});
    assert_eq!(
        world
            .deliver(&world.slack.event(&event, world.now()))
            .await
            .status,
        200
    );
}

async fn messages_of(world: &World, user: &str) -> u32 {
    let member = world
        .stack
        .store
        .member(&world.community, &user.parse().unwrap())
        .await
        .unwrap();
    member.map_or(0, |member| member.weeks.current.unwrap().messages)
}

fn failed(response: &SqsBatchResponse) -> BTreeSet<String> {
    response
        .batch_item_failures
        .iter()
        .map(|failure| failure.item_identifier.clone())
        .collect()
}

fn ids(event: &SqsEvent) -> Vec<String> {
    event
        .records
        .iter()
        .filter_map(|record| record.message_id.clone())
        .collect()
}

#[tokio::test]
async fn a_record_that_cannot_be_read_spoils_no_other_and_ends_as_a_dead_letter() {
    let world = world().await;
    says_without_being_heard(&world, "U1", "第一個想法").await;
    for poison in [
        "not json",
        "",
        "{\"type\":\"EventV9\"}",
        "{\"type\":\"EventV1\",\"community\":\"acme\"}",
    ] {
        world
            .stack
            .queues
            .put(QueueName::CheckIn, poison.to_owned());
    }
    says_without_being_heard(&world, "U2", "第二個想法").await;
    world.stack.run_until_idle().await;
    assert_eq!(
        (
            messages_of(&world, "U1").await,
            messages_of(&world, "U2").await
        ),
        (1, 1)
    );
    assert_eq!(
        world.stack.queues.depth(QueueName::CheckIn),
        4,
        "they wait to be tried again"
    );
    assert!(world.stack.queues.dead_letters().is_empty());
    world.minutes(16).await;
    assert_eq!(world.stack.queues.depth(QueueName::CheckIn), 0);
    let letters = world.stack.queues.dead_letters();
    assert_eq!(letters.len(), 4);
    assert!(
        letters
            .iter()
            .all(|letter| letter.queue == QueueName::CheckIn)
    );
    assert!(
        (world.metrics.sum("records_permanent") - 4.0 * 5.0).abs() < 0.1,
        "each five times"
    );
    assert_eq!(
        (
            messages_of(&world, "U1").await,
            messages_of(&world, "U2").await
        ),
        (1, 1)
    );
}

#[tokio::test]
async fn work_of_another_function_is_refused_and_kept() {
    let world = world().await;
    let send = r#"{"type":"SendV1","id":"acme/U1/onboarding/1/day-1"}"#;
    let event = r#"{"type":"EventV1","community":"acme","id":"x:1","at":"2026-01-05T01:00:00Z","member":"U1","what":{"kind":"checked-in"}}"#;
    let drain = r#"{"type":"DrainShardV1","shard":3}"#;
    for (queue, body) in [
        (QueueName::CheckIn, send),
        (QueueName::CheckIn, drain),
        (QueueName::Onboarding, send),
        (QueueName::WinBack, send),
        (QueueName::SendNow, event),
        (QueueName::SendBulk, event),
        (QueueName::KpiRollup, event),
    ] {
        world.stack.queues.put(queue, body.to_owned());
    }
    world.minutes(16).await;
    assert_eq!(world.stack.queues.dead_letters().len(), 7);
    assert!(
        world
            .stack
            .store
            .member(&world.community, &"U1".parse().unwrap())
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn events_for_a_community_not_published_yet_are_handled_after_a_redrive() {
    let world = world().await;
    let event = |n: u32| {
        format!(
            r#"{{"type":"EventV1","community":"shop","id":"std:{n}","at":"{MONDAY}","member":"m1","what":{{"kind":"message-posted","length":12}}}}"#
        )
    };
    for n in 0..3 {
        world.stack.queues.put(QueueName::CheckIn, event(n));
    }
    world.minutes(16).await;
    assert_eq!(world.stack.queues.dead_letters().len(), 3);
    world.publish(Kind::Community, SHOP).await;
    assert_eq!(world.stack.queues.redrive(), 3);
    // And an impatient operator, once more.
    for n in 0..3 {
        world.stack.queues.put(QueueName::CheckIn, event(n));
    }
    world.stack.run_until_idle().await;
    let shop = world.stack.community("shop").await.unwrap().unwrap();
    let member = world
        .stack
        .store
        .member(&shop, &"m1".parse().unwrap())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(member.weeks.current.unwrap().messages, 3);
    assert_eq!(member.points(), 1, "three in one second");
    assert!(world.stack.queues.dead_letters().is_empty());
    assert_eq!(world.stack.queues.redrive(), 0);
}

#[tokio::test]
async fn a_redriven_message_does_not_reach_who_opted_out_meanwhile() {
    let world = world().await;
    world.joins("U1").await;
    world.minutes(1).await;
    world.whispers("U1", "TD").await;
    // The request to send the next step, and one to send what was sent, from a dead-letter queue.
    for path in ["day-1", "day-1.guide", "day-2"] {
        world.stack.queues.put(
            QueueName::SendNow,
            format!(r#"{{"type":"SendV1","id":"acme/U1/onboarding/1/{path}"}}"#),
        );
    }
    world.days(2).await;
    assert_eq!(
        world.sent("U1"),
        ["onboarding.day-1", "onboarding.day-1.guide"]
    );
}

/// The process dies before its first table call, once.
struct DiesOnce(AtomicBool);

impl Faults for DiesOnce {
    fn fate(&self, call: Call<'_>) -> Option<Fault> {
        let dies = matches!(call, Call::Table(operation) if operation != "GetItem")
            && self.0.swap(false, Ordering::SeqCst);
        dies.then_some(Fault::CrashBefore)
    }
}

#[tokio::test]
async fn what_a_dead_process_held_comes_again_when_its_visibility_ends() {
    let faults = Arc::new(DiesOnce(AtomicBool::new(false)));
    let mut options = standing_at(MONDAY);
    options.faults = faults.clone();
    let world = world_with(options, ACME).await;
    says_without_being_heard(&world, "U1", "第一個想法").await;
    faults.0.store(true, Ordering::SeqCst);
    world.stack.run_until_idle().await;
    assert_eq!(messages_of(&world, "U1").await, 0);
    assert_eq!(world.stack.queues.depth(QueueName::CheckIn), 1);
    world
        .advance(hearth_local::queues::VISIBILITY - jiff::SignedDuration::from_secs(1))
        .await;
    assert_eq!(messages_of(&world, "U1").await, 0, "not before");
    world.advance(jiff::SignedDuration::from_secs(1)).await;
    assert_eq!(messages_of(&world, "U1").await, 1);
    assert_eq!(world.stack.queues.depth(QueueName::CheckIn), 0);
}

#[tokio::test]
async fn when_the_time_runs_out_what_was_not_begun_is_reported() {
    let world = world().await;
    let deps = world.deps("check-in");
    let users: Vec<String> = (0..10).map(|n| format!("U{n}")).collect();
    for user in &users {
        says_without_being_heard(&world, user, "一個想法").await;
    }
    let event = world.stack.queues.receive(QueueName::CheckIn, 10).unwrap();
    let all = ids(&event);
    let looks = AtomicUsize::new(0);
    let deadline = Deadline::when(move || looks.fetch_add(1, Ordering::SeqCst) >= 3);
    let response = hearth_check_in::handle(&deps, Invocation::Batch(event), world.now(), deadline)
        .await
        .unwrap();
    let reported = failed(&response);
    assert_eq!(reported.len(), 7);
    let mut heard = 0;
    for user in &users {
        heard += messages_of(&world, user).await;
    }
    assert_eq!(heard, 3, "what was begun was finished");
    // As SQS does: the others are deleted, these come again.
    world.stack.queues.delete(
        QueueName::CheckIn,
        all.into_iter().filter(|id| !reported.contains(id)),
    );
    world.minutes(5).await;
    for user in &users {
        assert_eq!(messages_of(&world, user).await, 1, "{user}");
    }
}

#[tokio::test]
async fn a_batch_names_what_failed_and_nothing_else() {
    let world = world().await;
    let deps = world.deps("check-in");
    world
        .stack
        .queues
        .put(QueueName::CheckIn, "poison".to_owned());
    world.stack.queues.put(QueueName::CheckIn, r#"{"type":"EventV1","community":"nowhere","id":"x","at":"2026-01-05T01:00:00Z","member":"U1","what":{"kind":"checked-in"}}"#.to_owned());
    says_without_being_heard(&world, "U2", "一個想法").await;
    let event = world.stack.queues.receive(QueueName::CheckIn, 10).unwrap();
    let all = ids(&event);
    let now = world.now();
    let response = hearth_check_in::handle(&deps, Invocation::Batch(event), now, Deadline::none())
        .await
        .unwrap();
    assert_eq!(
        failed(&response),
        BTreeSet::from([all[0].clone(), all[1].clone()])
    );
    assert_eq!(messages_of(&world, "U2").await, 1);
}

#[tokio::test]
async fn a_drain_that_comes_twice_sends_once() {
    let world = world().await;
    world.joins("U1").await;
    world.minutes(1).await;
    world.nothing_runs_until("2026-01-06T02:00:00Z");
    for shard in (0..16).chain(0..16) {
        world.stack.queues.put(
            QueueName::Onboarding,
            format!(r#"{{"type":"DrainShardV1","shard":{shard}}}"#),
        );
    }
    world.minutes(5).await;
    assert_eq!(
        world
            .sent("U1")
            .iter()
            .filter(|kind| *kind == "onboarding.day-2")
            .count(),
        1
    );
}

#[tokio::test]
async fn a_message_whose_request_was_lost_is_found_in_the_due_index() {
    let world = world().await;
    let deps = world.deps("onboarding");
    let event = json!({"type": "member_joined_channel", "user": "U1", "channel": "C0GENERAL", "channel_type": "C", "team": "T123", "event_ts": slack_ts(world.now())});
    assert_eq!(
        world
            .deliver(&world.slack.event(&event, world.now()))
            .await
            .status,
        200
    );
    let batch = world
        .stack
        .queues
        .receive(QueueName::Onboarding, 10)
        .unwrap();
    let done = ids(&batch);
    let response = hearth_onboarding::handle(
        &deps,
        Invocation::Batch(batch),
        world.now(),
        Deadline::none(),
    )
    .await
    .unwrap();
    assert!(failed(&response).is_empty());
    world.stack.queues.delete(QueueName::Onboarding, done);
    // The requests to send never arrive.
    let lost = world.stack.queues.receive(QueueName::SendNow, 10).unwrap();
    world.stack.queues.delete(QueueName::SendNow, ids(&lost));
    assert!(world.sent("U1").is_empty());
    world.minutes(2).await;
    // Each from its own shard of the index: both come, in no order.
    let mut sent = world.sent("U1");
    sent.sort();
    assert_eq!(sent, ["onboarding.day-1", "onboarding.day-1.guide"]);
}

#[tokio::test]
async fn a_community_that_cannot_be_read_holds_up_no_others_messages() {
    let world = world().await;
    world.publish(Kind::Community, SHOP).await;
    let deps = world.deps("onboarding");
    let joined = json!({"type": "member_joined_channel", "user": "U1", "channel": "C0GENERAL", "channel_type": "C", "team": "T123", "event_ts": slack_ts(world.now())});
    world
        .deliver(&world.slack.event(&joined, world.now()))
        .await;
    let joined = json!({"member": "m1"});
    let event = shop().event("e1", "member.joined", world.now(), &joined, world.now());
    world.deliver(&event.unwrap()).await;
    let batch = world
        .stack
        .queues
        .receive(QueueName::Onboarding, 10)
        .unwrap();
    hearth_onboarding::handle(
        &deps,
        Invocation::Batch(batch),
        world.now(),
        Deadline::none(),
    )
    .await
    .unwrap();
    // Somebody writes into the table by hand what no publishing would take.
    let store = &world.stack.store;
    store
        .put_community(&"shop".parse().unwrap(), "id = ", world.now())
        .await
        .unwrap();
    let messenger = world.stack.messenger(Arc::new(NoFaults)).unwrap();
    let batch = world.stack.queues.receive(QueueName::SendNow, 10).unwrap();
    let of_shop: BTreeSet<String> = batch
        .records
        .iter()
        .filter(|record| record.body.as_deref().unwrap().contains("shop/m1"))
        .map(|record| record.message_id.clone().unwrap())
        .collect();
    assert!(!of_shop.is_empty() && of_shop.len() < batch.records.len());
    let response = hearth_messenger::handle(
        &messenger,
        Invocation::Batch(batch),
        world.now(),
        Deadline::none(),
    )
    .await
    .unwrap();
    assert_eq!(failed(&response), of_shop);
    assert!(world.sent("U1").contains(&"onboarding.day-1".to_owned()));
}

#[tokio::test]
async fn a_message_whose_secret_cannot_be_had_waits_and_is_never_uncertain() {
    let without = ACME.replace("literal:xoxb-tests", "env:NOT_SET");
    let world = world_with(standing_at(MONDAY), &without).await;
    world.joins("U1").await;
    let states = |rows: &[Message]| -> Vec<&'static str> {
        rows.iter().map(|row| row.state.name()).collect()
    };
    assert_eq!(states(&world.messages("U1").await), ["PENDING", "PENDING"]);
    world.hours(2).await;
    let rows = world.messages("U1").await;
    assert!(
        rows.iter().take(2).all(
            |row| matches!(&row.state, State::Failed { reason, .. } if reason == "gave-up:secrets")
        ),
        "{rows:?}"
    );
    assert!(world.sent("U1").is_empty());
}
