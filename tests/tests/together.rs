//! Ten thousand check-ins at once: of one member's many devices, and of ten thousand members.

use std::collections::BTreeMap;

use futures::StreamExt;
use hearth_aws::census;
use hearth_aws::deadline::Deadline;
use hearth_aws::invocation::Invocation;
use hearth_aws::meter::Units;
use hearth_aws::queue::QueueName;
use hearth_tests::world::{World, world};

const MANY: usize = 10_000;
/// Invocations that run side by side.
const SIDE_BY_SIDE: usize = 16;

/// Hands check-ins to the function, ten a batch, many batches side by side; the units of it. What a
/// batch reports as not done comes again, as it does from SQS.
async fn check_in_together(world: &World, who: impl Fn(usize) -> String) -> Units {
    let deps = world.deps("check-in");
    let queues = &world.stack.queues;
    for n in 0..MANY {
        let (now, member) = (world.now(), who(n));
        let body = format!(
            r#"{{"type":"EventV1","community":"acme","id":"device:{n}","at":"{now}","member":"{member}","what":{{"kind":"checked-in"}}}}"#
        );
        queues.put(QueueName::CheckIn, body);
    }
    let batches = std::iter::from_fn(|| queues.receive(QueueName::CheckIn, 10));
    let handled = futures::stream::iter(batches).map(|event| {
        let ids: Vec<String> = event
            .records
            .iter()
            .filter_map(|it| it.message_id.clone())
            .collect();
        let (deps, now) = (&deps, world.now());
        async move {
            let batch = Invocation::Batch(event);
            let answer = hearth_check_in::handle(deps, batch, now, Deadline::none())
                .await
                .unwrap();
            let failed: Vec<String> = answer
                .batch_item_failures
                .into_iter()
                .map(|failure| failure.item_identifier)
                .collect();
            ids.into_iter()
                .filter(|id| !failed.contains(id))
                .collect::<Vec<String>>()
        }
    });
    let mut handled = handled.buffer_unordered(SIDE_BY_SIDE);
    let mut done = 0;
    while let Some(ids) = handled.next().await {
        done += ids.len();
        queues.delete(QueueName::CheckIn, ids.into_iter());
    }
    assert_eq!(
        done, MANY,
        "nobody lost the race so often that they had to come again"
    );
    deps.deps.metrics.flush(world.now());
    deps.deps.store.meter().units()
}

/// How many members have so many points.
async fn points(world: &World) -> BTreeMap<u32, usize> {
    let mut found = BTreeMap::new();
    let mut count = |member: &hearth_domain::member::Member| {
        assert_eq!(
            member.scoring.streak(world.community.zone.day(world.now())),
            1
        );
        *found.entry(member.points()).or_insert(0) += 1;
    };
    census::each(&world.stack.store, &world.community, &|_| (), &mut count)
        .await
        .unwrap();
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_member_on_ten_thousand_devices_checks_in_once() {
    let world = world().await;
    let units = check_in_together(&world, |_| "U1".to_owned()).await;
    assert_eq!(points(&world).await, [(5, 1)].into());
    let conflicts = world.metrics.sum("conflicts");
    println!("one member: {units:?}, {conflicts} conflicts");
    // Those who read before the first write was done lose that race, and read again.
    assert!(conflicts <= SIDE_BY_SIDE as f64, "{conflicts}");
    // The item and its entry in the index; a reply. Everybody else finds it done.
    assert!(units.write <= 6.0 + conflicts * 2.0, "{units:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_members_check_in_at_once_and_again() {
    let world = world().await;
    let who = |n| format!("U{n}");
    let first = check_in_together(&world, who).await;
    assert_eq!(points(&world).await, [(5, MANY)].into());
    let again = check_in_together(&world, who).await;
    println!("ten thousand members: {first:?}, then {again:?}");
    assert_eq!(points(&world).await, [(5, MANY)].into());
    assert!(first.write <= 6.0 * MANY as f64, "{first:?}");
    assert!(
        again.write < 1.0,
        "what was done is read and not written: {again:?}"
    );
    assert!(world.metrics.sum("conflicts") < 1.0);
}
