//! One member: shown, exported with nothing left out, erased with nothing left.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hearth_aws::queue::QueueName;
use hearth_aws::store::{Erased, Store, TraceKind};
use hearth_domain::ids::MemberId;
use hearth_local::deliveries::slack_ts;
use hearth_local::faults::{Call, Fault, Faults};
use hearth_local::people::People;
use hearth_local::stack::Function;
use hearth_tests::chaos::{Border, Chaos, Planned, Turns};
use hearth_tests::world::{ACME, MONDAY, World, standing_at, world, world_with};
use serde_json::{Value, json};

use crate::local::served;
use crate::privacy::Lines;

const MEMBER: &str = "U7SECRETMEMBER";
const NAME: &str = "設計-王小明";
const TEXT: &str = "我昨天在公司聽到一件不能說的事";

fn id() -> MemberId {
    MemberId::new(MEMBER).unwrap()
}

fn people(world: &World) -> People<'_> {
    People {
        store: &world.stack.store,
        registry: &world.stack.registry,
        now: world.now(),
    }
}

/// As the command does it.
async fn erase(world: &World) -> Erased {
    erase_with(world, &world.stack.store).await
}

async fn erase_with(world: &World, store: &Store) -> Erased {
    let people = People {
        store,
        ..people(world)
    };
    let (community, member) = (&world.community.id, id());
    let erased = people.erase(community, &member, &world.stack.pseudonyms);
    Box::pin(erased).await.unwrap()
}

/// After so many turns of the others.
async fn erase_after(turns: u64, world: &World, store: &Store) -> Erased {
    for _ in 0..turns {
        tokio::task::yield_now().await;
    }
    erase_with(world, store).await
}

/// Bytes that an item has, where it has them in base64.
fn decoded(text: &str) -> Vec<u8> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let value = |byte: u8| DIGITS.iter().position(|digit| *digit == byte);
    let mut bytes = Vec::new();
    let (mut bits, mut held) = (0_usize, 0);
    for digit in text.bytes().filter_map(value) {
        bits = (bits << 6) | digit;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from((bits >> held) & 0xff).unwrap());
        }
    }
    bytes
}

/// Everything that an item says: keys, names of attributes, texts, and bytes as text.
fn said(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let field = |(name, value): (&String, &Value)| {
                let bytes = match (name.as_str(), value) {
                    ("B", Value::String(text)) => {
                        String::from_utf8_lossy(&decoded(text)).into_owned()
                    }
                    _ => said(value),
                };
                format!("{name} {bytes} ")
            };
            fields.iter().map(field).collect()
        }
        Value::Array(list) => list.iter().map(|one| said(one) + " ").collect(),
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// The items of both tables that say a word: table, partition, sort key.
fn items_with(world: &World, words: &[&str]) -> BTreeSet<(String, String, String)> {
    let every = world.stack.every_item().unwrap();
    assert!(!every.is_empty());
    let found = every.into_iter().filter(|(_, item)| {
        let said = said(item);
        words.iter().any(|word| said.contains(word))
    });
    found
        .map(|(table, item)| {
            let part = |name: &str| item[name]["S"].as_str().unwrap().to_owned();
            (table, part("pk"), part("sk"))
        })
        .collect()
}

/// Nothing anywhere says who they were.
fn assert_gone(world: &World, when: &str) {
    let left = items_with(world, &[MEMBER, NAME, "王小明", TEXT]);
    assert!(left.is_empty(), "{when}: still stored: {left:?}");
    for queue in QueueName::ALL {
        assert_eq!(
            world.stack.queues.depth(queue),
            0,
            "{when}: {}",
            queue.name()
        );
    }
    let letters = world.stack.queues.dead_letters();
    let about = letters.iter().find(|letter| letter.body.contains(MEMBER));
    assert_eq!(about, None, "{when}");
    let metrics = world.metrics.text();
    assert!(
        ![MEMBER, NAME, TEXT]
            .iter()
            .any(|word| metrics.contains(word)),
        "{when}"
    );
}

/// Some days of somebody who talks a lot, does the tasks, leaves and comes back.
async fn a_busy_life(world: &World) {
    a_life(world, 60, 12).await;
}

async fn a_life(world: &World, messages: usize, days: usize) {
    world.joins(MEMBER).await;
    world.renames(MEMBER, NAME).await;
    world
        .presses(MEMBER, "onboarding.day-1", "interest:tools")
        .await;
    for _ in 0..messages {
        world.says(MEMBER, "C0GENERAL", TEXT).await;
        world.minutes(7).await;
    }
    for _ in 0..days {
        world.says(MEMBER, "C0CHECKIN", "打卡").await;
        world.reacts(MEMBER).await;
        world.days(1).await;
    }
    world.leaves(MEMBER).await;
    world.minutes(20).await;
}

#[tokio::test]
async fn an_export_leaves_nothing_out() {
    let world = world().await;
    world.joins("U7SECRETMEMBERX").await;
    a_busy_life(&world).await;
    world.reacts_to("U7SECRETMEMBERX", MEMBER).await;
    let community = &world.community.id;
    let export = people(&world)
        .export(community, &id(), &world.stack.pseudonyms)
        .await
        .unwrap();
    let text = |item: &Value, name: &str| item[name].as_str().unwrap().to_owned();
    let stored: Vec<&Value> = export["stored"].as_array().unwrap().iter().collect();
    let exported: BTreeSet<_> = stored
        .iter()
        .map(|item| (text(item, "table"), text(item, "pk"), text(item, "sk")))
        .collect();
    // Of somebody whose id only begins alike nothing is theirs.
    let others = items_with(&world, &["U7SECRETMEMBERX"]);
    assert!(!others.is_empty() && exported.is_disjoint(&others));
    let all: BTreeSet<_> = items_with(&world, &[MEMBER])
        .difference(&others)
        .cloned()
        .collect();
    assert_eq!(exported, all);
    let kinds: BTreeSet<&str> = stored
        .iter()
        .map(|item| item["kind"].as_str().unwrap())
        .collect();
    let expected = [
        TraceKind::Member,
        TraceKind::Points,
        TraceKind::Message,
        TraceKind::Counted,
        TraceKind::Board,
        TraceKind::Regard,
    ];
    assert_eq!(kinds, expected.map(TraceKind::name).into());
    // In words, as well.
    assert_eq!(export["member"]["name"], NAME);
    assert_eq!(export["member"]["preferences"]["interest"], "tools");
    assert_eq!(
        export["member"]["weeks"][0]["checked_in_on"]
            .as_array()
            .unwrap()
            .len(),
        5
    );
    assert_eq!(
        export["messages"].as_array().unwrap().len(),
        world.messages(MEMBER).await.len()
    );
    assert!(
        export["counted_events"][0]["events"]
            .as_array()
            .unwrap()
            .len()
            > 10
    );
    assert!(!export.to_string().contains(TEXT));
    assert_eq!(export["erased"], false);
}

/// What happened to somebody when they were erased.
#[derive(Debug, Clone, Copy)]
enum Moment {
    Quiet,
    /// The platform has a message, our process died before it could note that.
    Sending,
    /// The platform asked for patience.
    Retrying,
    /// Messages wait for quiet hours to end.
    Held,
    /// Their events are in the queues.
    Queued,
    /// The survey is out, and they answer it afterwards.
    Surveyed,
    /// A delivery of theirs is among the dead letters.
    Dead,
}

/// Dies once, after a platform took a message.
#[derive(Debug, Default)]
struct DiesAtChat(AtomicBool);

impl Faults for DiesAtChat {
    fn fate(&self, call: Call<'_>) -> Option<Fault> {
        let sends = matches!(call, Call::Chat(path) if path.contains("postMessage"));
        (sends && self.0.swap(false, Ordering::SeqCst)).then_some(Fault::CrashAfter)
    }
}

async fn said_only(world: &World, channel: &str) {
    let ts = slack_ts(world.now());
    let event = json!({"type": "message", "user": MEMBER, "channel": channel, "channel_type": "channel", "text": TEXT, "ts": ts, "event_ts": ts});
    let answer = world.deliver(&world.slack.event(&event, world.now())).await;
    assert_eq!(answer.status, 200);
}

/// Somebody else reacts to a message of theirs; the event waits in a queue.
async fn is_reacted_to(world: &World) {
    let item = json!({"type": "message", "channel": "C0GENERAL", "ts": "1767571200.000100"});
    let event = json!({"type": "reaction_added", "user": "U1", "reaction": "tada", "item_user": MEMBER, "item": item, "event_ts": slack_ts(world.now())});
    let answer = world.deliver(&world.slack.event(&event, world.now())).await;
    assert_eq!(answer.status, 200);
}

async fn at(moment: Moment) -> World {
    let dies = Arc::new(DiesAtChat::default());
    let mut options = standing_at(MONDAY);
    options.faults = dies.clone();
    let world = Box::pin(world_with(options, ACME)).await;
    world.renames(MEMBER, NAME).await;
    match moment {
        Moment::Quiet => world.joins(MEMBER).await,
        Moment::Sending => {
            dies.0.store(true, Ordering::SeqCst);
            world.joins(MEMBER).await;
            let ledger = world.ledger(MEMBER).await.join("\n");
            assert!(ledger.contains("SENDING"), "{ledger}");
        }
        Moment::Retrying => {
            let fault = json!({"status": 429, "times": 2, "retry_after": 300});
            world
                .stack
                .sandbox
                .inject(serde_json::from_value(fault).unwrap());
            world.joins(MEMBER).await;
            let ledger = world.ledger(MEMBER).await.join("\n");
            assert!(ledger.contains("PENDING"), "{ledger}");
        }
        Moment::Held => {
            world.until("2026-01-05T15:30:00Z").await;
            world.joins(MEMBER).await;
            world.until("2026-01-06T15:00:00Z").await;
        }
        Moment::Queued => {
            world.joins(MEMBER).await;
            said_only(&world, "C0GENERAL").await;
            said_only(&world, "C0CHECKIN").await;
            is_reacted_to(&world).await;
            assert!(world.stack.queues.depth(QueueName::CheckIn) > 0);
        }
        Moment::Surveyed => {
            world.joins(MEMBER).await;
            world.hours(1).await;
            world.leaves(MEMBER).await;
            world.minutes(20).await;
            assert_eq!(world.view(MEMBER).await["win_back"]["state"], "surveyed");
        }
        Moment::Dead => {
            world.joins(MEMBER).await;
            let body = json!({"type": "EventV1", "community": "acme", "id": "x", "at": "soon", "member": MEMBER, "name": NAME, "what": {"kind": "joined"}});
            world
                .stack
                .queues
                .put(QueueName::Onboarding, body.to_string());
            world.minutes(20).await;
            assert_eq!(world.stack.queues.dead_letters().len(), 1);
        }
    }
    world
}

#[tokio::test]
async fn whoever_is_erased_at_whatever_moment_is_gone_and_stays_so() {
    for moment in [
        Moment::Quiet,
        Moment::Sending,
        Moment::Retrying,
        Moment::Held,
        Moment::Queued,
        Moment::Surveyed,
        Moment::Dead,
    ] {
        let when = format!("{moment:?}");
        let lines = Lines::default();
        let _second = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::new());
        let subscriber = hearth_aws::telemetry::logging(tracing::Level::TRACE, lines.clone());
        let world = at(moment).await;
        {
            let _guard = tracing::subscriber::set_default(subscriber);
            let received = world.sent(MEMBER).len();
            // As its button is pressed by whoever still has the message in front of them.
            let last = world
                .received(MEMBER)
                .into_iter()
                .rev()
                .find(|message| !message.buttons.is_empty());
            let removed = erase(&world).await;
            assert!(
                removed.marked && removed.items[&TraceKind::Member] == 1,
                "{when}: {removed:?}"
            );
            let letters = &world.stack.queues;
            letters.forget_dead_letters(|body| {
                hearth_aws::about::queued(body, &world.community.id, &id())
            });
            // As long as it takes until a batch whose function died is received again.
            world.minutes(5).await;
            assert_gone(&world, &when);
            world.hours(1).await;
            world.joins(MEMBER).await;
            world.says(MEMBER, "C0GENERAL", TEXT).await;
            world.renames(MEMBER, NAME).await;
            world.whispers(MEMBER, "退訂").await;
            is_reacted_to(&world).await;
            if let Some(message) = last {
                let value = &message.buttons[0].value;
                let press = world.slack.press(
                    MEMBER,
                    &slack_ts(message.at),
                    &message.message_id,
                    value,
                    world.now(),
                );
                assert_eq!(world.deliver(&press).await.status, 200);
            }
            world.leaves(MEMBER).await;
            world.days(10).await;
            assert_gone(&world, &format!("{when}, ten days later"));
            assert_eq!(
                world.sent(MEMBER).len(),
                received,
                "{when}: written to afterwards"
            );
        }
        let logs = lines.text();
        let line = logs
            .lines()
            .find(|line| [MEMBER, NAME, TEXT].iter().any(|word| line.contains(word)));
        assert_eq!(line, None, "{when}");
        assert!(world.metrics.sum("events_of_erased") > 0.0, "{when}");
    }
}

/// Everything goes on at once, in an order that a seed decides.
#[tokio::test]
async fn an_erasure_between_the_calls_of_everything_else_leaves_nothing() {
    for seed in 0..30 {
        let mut options = standing_at(MONDAY);
        options.faults = Arc::new(Turns::new(seed));
        let world = Box::pin(world_with(options, ACME)).await;
        world.joins("U1").await;
        world.joins(MEMBER).await;
        for _ in 0..5 {
            world.says(MEMBER, "C0CHECKIN", "打卡").await;
            world.days(1).await;
        }
        // On Monday 08:00 in Taipei the report is made: events, a leave and a step on top of it.
        world.until("2026-01-11T23:59:00Z").await;
        said_only(&world, "C0GENERAL").await;
        is_reacted_to(&world).await;
        let event = json!({"type": "member_left_channel", "user": MEMBER, "channel": "C0GENERAL", "channel_type": "C", "team": "T123", "event_ts": slack_ts(world.now())});
        assert_eq!(
            world
                .deliver(&world.slack.event(&event, world.now()))
                .await
                .status,
            200
        );
        let faults = Arc::new(Turns::new(seed ^ 0xff));
        let store = world
            .stack
            .process(Function::WinBack, faults)
            .unwrap()
            .deps
            .store;
        let ((), first) = tokio::join!(world.minutes(30), erase_after(seed, &world, &store));
        assert_eq!(first.items.get(&TraceKind::Member), Some(&1), "seed {seed}");
        assert!(!erase(&world).await.marked);
        assert_gone(&world, &format!("seed {seed}"));
        world.days(9).await;
        assert_gone(&world, &format!("seed {seed}, nine days later"));
        let report = world.report("2026-W02", 2).await.unwrap();
        assert_eq!(report.numbers.members_total, 1, "seed {seed}");
    }
}

/// A newcomer whose join is being handled: what a function had read before the tombstone was there
/// it may write after it. Whichever round finds that, nothing is left.
#[tokio::test]
async fn a_join_that_was_in_hand_leaves_nothing() {
    let mut found = 0;
    for seed in 0..40 {
        let mut options = standing_at(MONDAY);
        options.faults = Arc::new(Turns::new(seed));
        let world = Box::pin(world_with(options, ACME)).await;
        let event = json!({"type": "member_joined_channel", "user": MEMBER, "channel": "C0GENERAL", "channel_type": "C", "team": "T123", "event_ts": slack_ts(world.now())});
        assert_eq!(
            world
                .deliver(&world.slack.event(&event, world.now()))
                .await
                .status,
            200
        );
        let faults = Arc::new(Turns::new(seed ^ 0xff));
        let store = world
            .stack
            .process(Function::WinBack, faults)
            .unwrap()
            .deps
            .store;
        let ((), first) = tokio::join!(
            world.stack.run_until_idle(),
            // As many calls as a join makes.
            erase_after(seed * 5, &world, &store)
        );
        assert!(first.marked);
        let again = erase(&world).await;
        let rounds = first.items.values().chain(again.items.values());
        found += rounds.sum::<u64>();
        assert_gone(&world, &format!("seed {seed}"));
        world.days(9).await;
        assert_gone(&world, &format!("seed {seed}, nine days later"));
    }
    assert!(found > 0, "no seed had a join in hand");
}

#[tokio::test(start_paused = true)]
async fn an_erasure_that_was_stopped_anywhere_is_done_again() {
    let calls = {
        let world = world().await;
        a_life(&world, 3, 2).await;
        let chaos = Arc::new(Chaos::new(world.stack.clock.clone(), &[]));
        chaos.begin();
        let store = world
            .stack
            .process(Function::WinBack, chaos.clone())
            .unwrap()
            .deps
            .store;
        let removed = erase_with(&world, &store).await;
        assert!(removed.items.values().sum::<u64>() > 5, "{removed:?}");
        assert_gone(&world, "nothing failed");
        chaos.trace()
    };
    assert!(calls.iter().filter(|call| **call == Border::Write).count() > 5);
    for (number, border) in calls.iter().enumerate() {
        for (fault, times) in border.faults() {
            let world = world().await;
            a_life(&world, 3, 2).await;
            let planned = Planned {
                call: number,
                fault: *fault,
                times: *times,
            };
            let chaos = Arc::new(Chaos::new(world.stack.clock.clone(), &[planned]));
            chaos.begin();
            let process = world
                .stack
                .process(Function::WinBack, chaos.clone())
                .unwrap();
            let people = People {
                store: &process.deps.store,
                ..people(&world)
            };
            let (community, member) = (&world.community.id, id());
            let broken = people.erase(community, &member, &world.stack.pseudonyms);
            // One that died never answers.
            let _ = tokio::time::timeout(Duration::from_mins(2), Box::pin(broken)).await;
            assert!(!chaos.injected().is_empty(), "call {number} {fault:?}");
            erase(&world).await;
            assert_gone(&world, &format!("call {number} {fault:?}"));
            world.joins(MEMBER).await;
            assert_gone(
                &world,
                &format!("call {number} {fault:?}, after a late join"),
            );
        }
    }
}

#[tokio::test]
async fn whoever_is_unknown_gets_a_tombstone() {
    let world = world().await;
    let nothing = Erased {
        marked: true,
        ..Erased::default()
    };
    assert_eq!(erase(&world).await, nothing);
    assert_eq!(erase(&world).await, Erased::default());
    world.joins(MEMBER).await;
    assert_gone(&world, "a join after it");
}

#[tokio::test]
async fn the_local_stack_answers_what_the_command_asks() {
    let world = world().await;
    world.joins(MEMBER).await;
    world.days(2).await;
    let stack = world.stack.clone();
    served(stack, async |client| {
        let path = format!("/local/people/acme/{MEMBER}");
        let shown = client.read(&path).await;
        assert_eq!(shown["status"], "member");
        assert_eq!(shown["next_step"]["step"], "day-3");
        assert_eq!(shown["messages"][0]["state"], "SENT");
        let export = client.read(&format!("{path}/export")).await;
        assert_eq!(export["member_id"], MEMBER);
        let why = format!("/local/why?message_id=acme/{MEMBER}/onboarding/1/day-1&lang=en");
        let why = client.read(&why).await;
        assert!(
            why["lines"][3]["text"]
                .as_str()
                .unwrap()
                .starts_with("SENT: The platform took it"),
            "{why}"
        );
        let would = client.read(&format!("{path}/erasure")).await;
        assert_eq!(would["tombstone_new"], true);
        assert_eq!(
            client.read(&path).await["status"],
            "member",
            "nothing was done"
        );
        let (status, done) = client.delete(&path).await;
        assert_eq!(status, 200);
        let done: Value = serde_json::from_slice(&done).unwrap();
        assert_eq!(done, would, "what it said it would do");
        assert_eq!(client.get(&path).await.0, 404);
        for (path, status) in [
            ("/local/people/nowhere/U1", 404),
            ("/local/people/acme/@community", 400),
            ("/local/why?message_id=acme/U1", 400),
            ("/local/why?message_id=acme/U1/onboarding/1/day-1", 404),
            (
                "/local/why?message_id=acme/U1/onboarding/1/day-1&lang=fr",
                400,
            ),
        ] {
            assert_eq!(client.get(path).await.0, status, "{path}");
        }
    })
    .await;
    assert_gone(&world, "over HTTP");
}

#[tokio::test]
async fn a_post_that_names_them_is_found_and_goes() {
    let world = world().await;
    world.joins(MEMBER).await;
    let mut post = world.messages(MEMBER).await.remove(0);
    post.id = format!("acme/@community/case/{MEMBER}/1").parse().unwrap();
    post.to = hearth_domain::message::To::Channel("C0OPS".parse().unwrap());
    post.version = 0;
    assert!(world.stack.store.write_message(&post).await.unwrap());
    let other = {
        let mut other = post.clone();
        other.id = "acme/@community/wall/2026-01-05".parse().unwrap();
        other.values = [("member.names".to_owned(), format!("U1, {MEMBER}"))].into();
        other
    };
    assert!(world.stack.store.write_message(&other).await.unwrap());
    let removed = erase(&world).await;
    assert_eq!(removed.items[&TraceKind::Named], 2);
    let left = items_with(&world, &[MEMBER]);
    assert!(left.is_empty(), "{left:?}");
}
