//! Coupon codes: each given once, whoever asks, whatever fails.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use hearth_aws::store::{Imported, Store, Taken, TraceKind};
use hearth_domain::coupon::{Codes, LOOK_AGAIN, PoolId};
use hearth_domain::ids::{CommunityId, MemberId, MessageId};
use hearth_domain::message::{HeldFor, Message, NotNow, State};
use hearth_local::faults::NoFaults;
use hearth_local::stack::Function;
use hearth_tests::chaos::{Chaos, Planned, Turns};
use hearth_tests::world::{World, world};

fn acme() -> CommunityId {
    CommunityId::new("acme").unwrap()
}

fn pool() -> PoolId {
    PoolId::new("welcome").unwrap()
}

fn message(n: usize) -> MessageId {
    format!("acme/U{n}/onboarding/1/day-7").parse().unwrap()
}

fn codes(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(|n| format!("CODE-{n:04}")).collect()
}

async fn import(world: &World, codes: &[String]) -> Imported {
    let store = &world.stack.store;
    store.import_codes(&acme(), &pool(), codes).await.unwrap()
}

async fn take(store: &Store, n: usize, tried_before: bool) -> Taken {
    let (community, pool, message) = (acme(), pool(), message(n));
    let taken = store.take_code(&community, &pool, &message, tried_before);
    Box::pin(taken).await.unwrap()
}

async fn counts(world: &World) -> (u64, u64) {
    let pools = world.stack.store.pools(&acme()).await.unwrap();
    assert_eq!(pools.len(), 1);
    (pools[0].codes, pools[0].given)
}

#[tokio::test]
async fn a_hundred_takers_of_a_hundred_codes_get_one_each() {
    for seed in 0..5 {
        let world = world().await;
        import(&world, &codes(0..100)).await;
        let mut stores = Vec::new();
        for n in 0..100 {
            let faults = Arc::new(Turns::new(seed * 1000 + n));
            stores.push(
                world
                    .stack
                    .process(Function::Messenger, faults)
                    .unwrap()
                    .deps
                    .store,
            );
        }
        let takers = stores
            .iter()
            .enumerate()
            .map(|(n, store)| take(store, n, false));
        let taken = futures::future::join_all(takers).await;
        let given: BTreeSet<String> = taken
            .into_iter()
            .map(|taken| {
                if let Taken::Code(code) = taken {
                    code
                } else {
                    String::new()
                }
            })
            .collect();
        assert_eq!(given, codes(0..100).into_iter().collect(), "seed {seed}");
        assert_eq!(take(&world.stack.store, 100, false).await, Taken::Dry);
        assert_eq!(counts(&world).await, (100, 100));
    }
}

#[tokio::test]
async fn a_pool_that_ran_dry_goes_on_with_the_next_import() {
    let world = world().await;
    let store = &world.stack.store;
    assert_eq!(take(store, 0, false).await, Taken::Dry, "no such pool");
    assert_eq!(
        import(&world, &codes(50..130)).await,
        Imported { new: 80, known: 0 }
    );
    let mut given = BTreeSet::new();
    for n in 0..80 {
        let Taken::Code(code) = take(store, n, false).await else {
            panic!("code {n} of 80");
        };
        given.insert(code);
    }
    assert_eq!(given.len(), 80);
    assert_eq!(take(store, 80, false).await, Taken::Dry);
    // Looking again at a pool that is known to be dry does not read it again.
    let before = store.meter().units();
    assert_eq!(take(store, 80, false).await, Taken::Dry);
    assert!((store.meter().units() - before).read < 4.0);
    // Codes that sort before those that are gone, and one that was given already.
    let more = [codes(0..2), codes(50..51)].concat();
    assert_eq!(import(&world, &more).await, Imported { new: 2, known: 1 });
    assert_eq!(import(&world, &more).await, Imported { new: 0, known: 3 });
    for n in 80..82 {
        assert!(
            matches!(take(store, n, false).await, Taken::Code(code) if codes(0..2).contains(&code))
        );
    }
    assert_eq!(take(store, 82, false).await, Taken::Dry);
    assert_eq!(counts(&world).await, (82, 82));
}

/// Whatever fails at whatever call, the next try of the same message has the code that the one
/// before took, and no other code is gone.
#[tokio::test(start_paused = true)]
async fn a_try_that_failed_anywhere_neither_loses_a_code_nor_takes_two() {
    let trace = {
        let world = world().await;
        import(&world, &codes(0..60)).await;
        let chaos = Arc::new(Chaos::new(world.stack.clock.clone(), &[]));
        chaos.begin();
        let store = world
            .stack
            .process(Function::Messenger, chaos.clone())
            .unwrap()
            .deps
            .store;
        for n in 0..59 {
            take(&world.stack.store, n, false).await;
        }
        take(&store, 59, false).await;
        chaos.trace()
    };
    assert!(trace.len() >= 3, "{trace:?}");
    for (call, border) in trace.iter().enumerate() {
        for (fault, times) in border.faults() {
            let when = format!("call {call} {fault:?} {times}");
            let world = world().await;
            import(&world, &codes(0..60)).await;
            for n in 0..59 {
                take(&world.stack.store, n, false).await;
            }
            let planned = Planned {
                call,
                fault: *fault,
                times: *times,
            };
            let chaos = Arc::new(Chaos::new(world.stack.clock.clone(), &[planned]));
            chaos.begin();
            let store = world
                .stack
                .process(Function::Messenger, chaos.clone())
                .unwrap()
                .deps
                .store;
            let (community, pool, id) = (acme(), pool(), message(59));
            let first = store.take_code(&community, &pool, &id, false);
            // One that died never answers.
            let first = tokio::time::timeout(Duration::from_mins(2), Box::pin(first)).await;
            assert!(!chaos.injected().is_empty(), "{when}");
            let again = take(&world.stack.store, 59, true).await;
            if let Ok(Ok(first)) = first {
                assert_eq!(first, again, "{when}");
            }
            assert!(matches!(again, Taken::Code(_)), "{when}");
            assert_eq!(counts(&world).await, (60, 60), "{when}");
            assert_eq!(
                take(&world.stack.store, 60, false).await,
                Taken::Dry,
                "{when}"
            );
        }
    }
}

async fn claimed(world: &World) -> Message {
    world.joins("U1").await;
    let message = world.messages("U1").await.remove(0);
    Message {
        attempt: 1,
        ..message
    }
}

#[tokio::test]
async fn a_message_has_its_code_from_where_the_gift_says() {
    let world = world().await;
    let message = claimed(&world).await;
    let messenger = world.stack.messenger(Arc::new(NoFaults)).unwrap();
    let code = async |message: &Message, codes: &Codes| {
        messenger.code(message, codes, "gift.code").await.unwrap()
    };
    let shared = Codes::Shared("WELCOME".to_owned());
    assert_eq!(code(&message, &shared).await.as_deref(), Some("WELCOME"));
    let generated = Codes::Generated {
        prefix: "AC-".to_owned(),
    };
    let first = code(&message, &generated).await.unwrap();
    assert!(first.starts_with("AC-") && first.len() == 11, "{first}");
    assert_eq!(code(&message, &generated).await, Some(first));
    let pooled = Codes::Pool(pool());
    assert_eq!(code(&message, &pooled).await, None, "dry");
    import(&world, &codes(0..1)).await;
    assert_eq!(code(&message, &pooled).await.as_deref(), Some("CODE-0000"));
    let retry = Message {
        attempt: 2,
        ..message.clone()
    };
    assert_eq!(
        code(&retry, &pooled).await.as_deref(),
        Some("CODE-0000"),
        "its own"
    );
    let mut noted = retry.clone();
    noted
        .values
        .insert("gift.code".to_owned(), "CODE-9999".to_owned());
    assert_eq!(
        code(&noted, &pooled).await.as_deref(),
        Some("CODE-9999"),
        "what was noted"
    );
}

#[tokio::test]
async fn a_message_that_waits_for_a_code_has_not_been_tried() {
    let world = world().await;
    let row = claimed(&world).await;
    let now = world.now();
    let waiting = Message {
        state: State::Pending { not_before: None },
        attempt: 3,
        ..row
    };
    // One that is not claimed stays as it is.
    assert_eq!(waiting.hold_for_code(now), waiting);
    let held = waiting.claim(now).unwrap().hold_for_code(now);
    let until = now + LOOK_AGAIN;
    assert_eq!(
        (held.attempt, &held.state),
        (
            3,
            &State::Held {
                why: HeldFor::Code,
                until
            }
        )
    );
    assert_eq!(held.due(), Some(until));
    assert_eq!(held.claim(now), Err(NotNow::Later));
    assert_eq!(held.claim(until).unwrap().attempt, 4);
}

#[tokio::test]
async fn whoever_is_erased_leaves_a_code_that_stays_given() {
    let world = world().await;
    import(&world, &codes(0..2)).await;
    world.joins("U7SECRET").await;
    let id: MessageId = "acme/U7SECRET/onboarding/1/day-7".parse().unwrap();
    let store = &world.stack.store;
    store.take_code(&acme(), &pool(), &id, false).await.unwrap();
    let member = MemberId::new("U7SECRET").unwrap();
    let pseudonym = world.stack.pseudonyms.of(&acme(), &member);
    let erased = store
        .erase(&world.community, &member, &pseudonym, world.now())
        .await
        .unwrap();
    assert_eq!(erased.items[&TraceKind::Coupon], 1);
    assert!(
        store
            .traces(&world.community, &member, world.now())
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        import(&world, &codes(0..2)).await,
        Imported { new: 0, known: 2 }
    );
    assert_eq!(counts(&world).await, (2, 1));
    let every = world.stack.every_item().unwrap();
    assert!(
        !every
            .iter()
            .any(|(_, item)| item.to_string().contains("U7SECRET"))
    );
}
