//! Ten thousand check-ins at once: of one member's many devices, and of ten thousand members.

use std::collections::BTreeMap;

use aws_lambda_events::event::sqs::SqsEvent;
use hearth_aws::census;
use hearth_aws::deadline::Deadline;
use hearth_aws::deps::MemberDeps;
use hearth_aws::invocation::Invocation;
use hearth_aws::meter::Units;
use hearth_aws::queue::QueueName;
use hearth_tests::world::{World, world};
use jiff::Timestamp;

const MANY: usize = 10_000;
/// Invocations that run side by side.
const HANDS: usize = 8;

/// The records of a batch that were done.
async fn done(deps: &MemberDeps, event: SqsEvent, now: Timestamp) -> Vec<String> {
    let records = event.records.iter();
    let ids: Vec<String> = records.filter_map(|it| it.message_id.clone()).collect();
    let batch = Invocation::Batch(event);
    let answer = hearth_check_in::handle(deps, batch, now, Deadline::none()).await;
    let failures = answer.unwrap().batch_item_failures;
    let failed = |id: &String| failures.iter().any(|it| it.item_identifier == *id);
    ids.into_iter().filter(|id| !failed(id)).collect()
}

/// Hands check-ins to the function, ten a batch, by several hands at once, each a thread: the embedded
/// tables answer at once, so that side by side on one thread would be in turn. The units of it.
fn check_in_together(world: &World, who: impl Fn(usize) -> String) -> Units {
    let deps = world.deps("check-in");
    let (queues, now) = (&world.stack.queues, world.now());
    for n in 0..MANY {
        let member = who(n);
        let body = format!(
            r#"{{"type":"EventV1","community":"acme","id":"device:{n}","at":"{now}","member":"{member}","what":{{"kind":"checked-in"}}}}"#
        );
        queues.put(QueueName::CheckIn, body);
    }
    let hand = || {
        run(async {
            let mut count = 0;
            while let Some(event) = queues.receive(QueueName::CheckIn, 10) {
                let ids = done(&deps, event, now).await;
                count += ids.len();
                queues.delete(QueueName::CheckIn, ids);
            }
            count
        })
    };
    let counts = std::thread::scope(|scope| {
        let hands: Vec<_> = (0..HANDS).map(|_| scope.spawn(hand)).collect();
        hands
            .into_iter()
            .map(|hand| hand.join().unwrap())
            .sum::<usize>()
    });
    assert_eq!(
        counts, MANY,
        "nobody lost the race so often that they had to come again"
    );
    deps.deps.metrics.flush(now);
    deps.deps.store.meter().units()
}

fn run<T>(work: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().build().unwrap().block_on(work)
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

#[test]
fn one_member_on_ten_thousand_devices_checks_in_once() {
    let world = run(world());
    let units = check_in_together(&world, |_| "U1".to_owned());
    assert_eq!(run(points(&world)), [(5, 1)].into());
    let conflicts = world.metrics.sum("conflicts");
    println!("one member: {units:?}, {conflicts} conflicts");
    // Those who read before the first write was done lose that race, and read again.
    assert!(conflicts <= HANDS as f64, "{conflicts}");
    // The item with the reply, and once more with "already"; everybody else finds it done. A lost race
    // costs what was not written.
    assert!(units.write <= 12.0 + conflicts * 6.0, "{units:?}");
}

#[test]
fn ten_thousand_members_check_in_at_once_and_again() {
    let world = run(world());
    let who = |n| format!("U{n}");
    let first = check_in_together(&world, who);
    assert_eq!(run(points(&world)), [(5, MANY)].into());
    let again = check_in_together(&world, who);
    println!("ten thousand members: {first:?}, then {again:?}");
    assert_eq!(run(points(&world)), [(5, MANY)].into());
    assert!(first.write <= 6.0 * MANY as f64, "{first:?}");
    assert!(
        again.write < 1.0,
        "what was done is read and not written: {again:?}"
    );
    assert!(world.metrics.sum("conflicts") < 1.0);
}
