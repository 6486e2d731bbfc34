//! The platforms' rates, kept by all messengers together.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

use hearth_aws::pace::{Bucket, Pace};
use hearth_domain::ids::{ChannelId, CommunityId};
use hearth_domain::message::State;
use hearth_domain::platform::{Platform, Rate};
use hearth_local::sandbox::ChatFault;
use hearth_tests::chaos::SplitMix;
use hearth_tests::world::{MONDAY, World, standing_at, world, world_with};
use jiff::{SignedDuration, Timestamp};

use crate::telegram;

const RATE: Rate = Rate {
    messages: 30,
    seconds: 1,
    burst: 30,
};

fn bucket(channel: Option<&str>) -> Bucket {
    Bucket {
        community: CommunityId::new("acme").unwrap(),
        channel: channel.map(|id| ChannelId::new(id).unwrap()),
    }
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(1_767_600_000_000 + millis).unwrap()
}

fn in_millis(span: SignedDuration) -> i64 {
    i64::try_from(span.as_millis()).unwrap()
}

/// Five processes that want turns at any time, each with its own memory of the bucket, never send
/// more in any span of time than the rate allows; and what they want they get in the end.
#[tokio::test]
async fn no_span_of_time_has_more_turns_than_the_rate() {
    let world = world().await;
    let store = world.deps("messenger").deps.store;
    let (interval, burst) = (RATE.interval(), i64::from(RATE.burst));
    for seed in 0..20 {
        let mut random = SplitMix::new(seed);
        let mut below = |n| i64::try_from(random.below(n)).unwrap();
        let processes: Vec<Pace> = (0..5).map(|_| Pace::default()).collect();
        let bucket = bucket(Some(&format!("C{seed}")));
        let ahead = SignedDuration::from_millis([0, 400, 2000][usize::try_from(below(3)).unwrap()]);
        let mut now = 0;
        let mut sent: Vec<(i64, i64)> = Vec::new();
        for _ in 0..60 {
            now += [0, 0, 1, 20, 300, 3000][usize::try_from(below(6)).unwrap()];
            let process = &processes[usize::try_from(below(5)).unwrap()];
            let wanted = u32::try_from(1 + below(50)).unwrap();
            let turns = process
                .take(&store, &bucket, RATE, wanted, at(now), ahead)
                .await
                .unwrap();
            assert!(turns.granted <= wanted && turns.wait <= ahead);
            if turns.granted > 0 {
                let when = now + in_millis(turns.wait);
                sent.push((when, i64::from(turns.granted)));
            }
        }
        sent.sort_unstable();
        for (first, (from, _)) in sent.iter().enumerate() {
            let mut messages = 0;
            for (to, more) in &sent[first..] {
                messages += more;
                // The burst, what the span brings, and one that was on its way.
                let most = burst + (to - from) / interval + 1 + in_millis(ahead) / interval;
                assert!(
                    messages <= most,
                    "seed {seed}: {messages} from {from} to {to}"
                );
            }
        }
        let total: i64 = sent.iter().map(|(_, messages)| messages).sum();
        assert!(total >= burst, "seed {seed}: {total} in all");
    }
}

#[tokio::test]
async fn turns_cost_one_unit_and_a_bucket_that_is_known_to_be_empty_nothing() {
    let world = world().await;
    let store = world.deps("messenger").deps.store.metered_apart();
    let (pace, other) = (Pace::default(), Pace::default());
    let take = async |pace: &Pace, wanted, millis| {
        let before = store.meter().units();
        let bucket = bucket(None);
        let turns = pace
            .take(
                &store,
                &bucket,
                RATE,
                wanted,
                at(millis),
                SignedDuration::ZERO,
            )
            .await
            .unwrap();
        (turns.granted, (store.meter().units() - before).write)
    };
    let is = |found: (u32, f64), expected: (u32, f64)| {
        assert_eq!(found.0, expected.0);
        assert!(
            (found.1 - expected.1).abs() < 1e-9,
            "{found:?}, expected {expected:?}"
        );
    };
    is(take(&pace, 10, 0).await, (10, 1.0));
    is(take(&pace, 100, 0).await, (20, 1.0));
    is(take(&pace, 5, 0).await, (0, 0.0));
    // Another process has to find out.
    is(take(&other, 5, 0).await, (0, 1.0));
    is(take(&other, 5, 0).await, (0, 0.0));
    is(take(&other, 5, 1000).await, (5, 1.0));
    is(take(&pace, 100, 60_000).await, (30, 1.0));
}

#[tokio::test]
async fn who_is_asked_for_patience_closes_the_bucket_for_all() {
    let world = world().await;
    let store = world.deps("messenger").deps.store;
    let (pace, other) = (Pace::default(), Pace::default());
    let granted = async |pace: &Pace, bucket: &Bucket, second: i64| {
        let ahead = SignedDuration::ZERO;
        let turns = pace
            .take(&store, bucket, RATE, 1, at(second * 1000), ahead)
            .await;
        turns.unwrap().granted
    };
    let (all, one) = (bucket(None), bucket(Some("C1")));
    assert_eq!(granted(&pace, &all, 0).await, 1);
    pace.close(&store, &all, at(90_000)).await.unwrap();
    // A shorter wish does not undo a longer one.
    other.close(&store, &all, at(30_000)).await.unwrap();
    for (second, expected) in [(1, 0), (31, 0), (89, 0), (91, 1)] {
        assert_eq!(granted(&pace, &all, second).await, expected, "{second}");
        assert_eq!(granted(&other, &all, second).await, expected, "{second}");
    }
    assert_eq!(granted(&other, &one, 1).await, 1, "another bucket");
}

#[test]
fn every_rate_lets_something_through() {
    for platform in Platform::ALL {
        let rates = platform.rates();
        for rate in [rates.community, rates.channel].into_iter().flatten() {
            assert!(rate.burst > 0 && rate.messages > 0, "{platform}");
            assert!((1..=3000).contains(&rate.interval()), "{platform}");
        }
    }
}

async fn club() -> World {
    Box::pin(world_with(standing_at(MONDAY), telegram::CLUB)).await
}

/// So many join in the same moment.
async fn join(world: &World, members: std::ops::Range<u64>) {
    for id in members {
        let delivery = telegram::status(id, id, "left", "member", world.now());
        assert_eq!(world.deliver(&delivery).await.status, 200);
    }
    Box::pin(world.stack.run_until_idle()).await;
}

fn received(world: &World, members: std::ops::Range<u64>) -> usize {
    members
        .map(|id| world.received(&id.to_string()).len())
        .sum()
}

#[tokio::test]
async fn a_crowd_is_welcomed_as_fast_as_the_platform_takes_it() {
    let world = club().await;
    let crowd = || 100..170;
    join(&world, crowd()).await;
    assert_eq!(received(&world, crowd()), 30, "a burst");
    // The stack's time stands still while it works: a burst each minute.
    for expected in [60, 90, 120, 140] {
        world.minutes(1).await;
        assert_eq!(received(&world, crowd()), expected);
    }
    for id in crowd() {
        for message in world.messages(&id.to_string()).await {
            assert!(matches!(message.state, State::Sent { .. }), "{message:?}");
            assert_eq!(message.attempt, 1, "nobody was told to be patient");
        }
    }
    assert!(world.metrics.sum("messages_paced") > 0.0);
}

#[tokio::test]
async fn too_fast_is_heeded_by_all_messages() {
    let world = club().await;
    let fault = r#"{"status":429,"times":1,"retry_after":150}"#;
    let fault: ChatFault = serde_json::from_str(fault).unwrap();
    world.stack.sandbox.inject(fault);
    join(&world, 100..101).await;
    join(&world, 101..110).await;
    let before = received(&world, 100..110);
    assert!(
        before <= 1,
        "{before} after the platform asked for patience"
    );
    world.minutes(2).await;
    assert_eq!(received(&world, 100..110), before);
    world.minutes(2).await;
    assert_eq!(received(&world, 100..110), 20);
}
