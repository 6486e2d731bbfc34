//! Reports that take several runs, that lack members, or that are made long after their week.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hearth_aws::deadline::Deadline;
use hearth_aws::invocation::Invocation;
use hearth_aws::queue::QueueName;
use hearth_aws::store::Store;
use hearth_aws::store::TraceKind;
use hearth_aws::store::keys;
use hearth_domain::board::By;
use hearth_domain::ids::MemberId;
use hearth_domain::kpi::Report;
use hearth_domain::playbook::Playbook;
use hearth_kpi_rollup::Rollup;
use hearth_local::faults::{Call, Fault, Faults};
use hearth_local::reports::LocalReports;
use hearth_local::stack::Function;
use hearth_tests::veterans::veteran;
use hearth_tests::world::{ACME, World, standing_at, world_with};
use serde_json::{Value, json};

use crate::local::served;

/// A quarter past eight in Taipei, on the Monday after the week.
const AFTER: &str = "2026-01-12T00:15:00Z";
const WEEK: &str = "2026-W02";
/// The tables, as the local stack names them.
const JOURNAL: &str = "journal";
pub(crate) const MEMBERS: &str = "members";

/// A community in so many shards with so many veterans, of whom nothing was reported yet.
async fn veterans(shards: u16, members: usize) -> World {
    let community = format!("shards = {shards}\n{ACME}");
    let world = world_with(standing_at(AFTER), &community).await;
    let playbook = Playbook::parse(Playbook::DEFAULT_TOML).unwrap();
    for n in 0..members {
        let member = veteran(
            n,
            &world.community,
            &playbook,
            "2026-01-11".parse().unwrap(),
        );
        let member = member.unwrap();
        let store = &world.stack.store;
        store.save_member(&world.community, &member).await.unwrap();
    }
    world
}

fn rollup(world: &World) -> Rollup {
    let deps = world.deps("kpi-rollup").deps;
    let reports = in_the_tables(&deps.store);
    Rollup::new(deps, reports)
}

fn in_the_tables(store: &Store) -> Arc<LocalReports> {
    let store = store.clone();
    Arc::new(LocalReports { store, base: None })
}

fn ask_for(world: &World, week: &str) {
    let work = format!(r#"{{"type":"RollupV1","community":"acme","week":"{week}","revision":1}}"#);
    world.stack.queues.put(QueueName::KpiRollup, work);
}

/// Handles what is in the queue once; `false` = there was nothing.
async fn run(world: &World, rollup: &Rollup, deadline: Deadline) -> bool {
    let queues = &world.stack.queues;
    let Some(event) = queues.receive(QueueName::KpiRollup, 1) else {
        return false;
    };
    let ids: Vec<String> = event
        .records
        .iter()
        .filter_map(|record| record.message_id.clone())
        .collect();
    let now = world.now();
    let response = hearth_kpi_rollup::handle(rollup, Invocation::Batch(event), now, deadline);
    let response = Box::pin(response).await.unwrap();
    rollup.deps.metrics.flush(now);
    assert!(
        response.batch_item_failures.is_empty(),
        "{}",
        world.metrics.text()
    );
    queues.delete(QueueName::KpiRollup, ids);
    true
}

/// Time for so many pages.
fn pages(pages: usize) -> Deadline {
    let looks = AtomicUsize::new(0);
    // The first look is before the work is begun.
    Deadline::when(move || looks.fetch_add(1, Ordering::SeqCst) > pages)
}

fn row(world: &World, key: &keys::Key) -> Option<Value> {
    let key = json!({"pk": {"S": key.pk}, "sk": {"S": key.sk}});
    let request = json!({"TableName": JOURNAL, "Key": key, "ConsistentRead": true});
    let answer = world.stack.ask_tables("GetItem", &request).unwrap();
    answer.get("Item").cloned()
}

fn part(world: &World) -> Option<Value> {
    let key = keys::report_part(&world.community.id, WEEK.parse().unwrap(), 1);
    row(world, &key)
}

fn forget_report(world: &World) {
    let key = keys::report(&world.community.id, WEEK, 1);
    let key = json!({"pk": {"S": key.pk}, "sk": {"S": key.sk}});
    let request = json!({"TableName": JOURNAL, "Key": key});
    world.stack.ask_tables("DeleteItem", &request).unwrap();
}

/// The record, made in one run.
async fn made_at_once(world: &World) -> String {
    ask_for(world, WEEK);
    assert!(run(world, &rollup(world), Deadline::none()).await);
    let record = world.report_record(WEEK, 1).await.unwrap();
    forget_report(world);
    record
}

#[tokio::test]
async fn a_report_made_in_parts_is_the_same_to_the_byte() {
    let world = veterans(1, 8_000).await;
    let whole = rollup(&world);
    ask_for(&world, WEEK);
    run(&world, &whole, Deadline::none()).await;
    let record = world.report_record(WEEK, 1).await.unwrap();
    let at_once = whole.deps.store.meter().units();
    forget_report(&world);

    let rollup = rollup(&world);
    ask_for(&world, WEEK);
    let mut runs = 0;
    let mut in_the_middle = 0;
    while run(&world, &rollup, pages(1)).await {
        runs += 1;
        let Some(part) = part(&world) else { break };
        let left = part["left"]["M"].as_object().unwrap();
        in_the_middle += left
            .values()
            .filter(|after| after.get("S").is_some())
            .count();
        assert!(
            part["drop_at"]["N"]
                .as_str()
                .unwrap()
                .parse::<i64>()
                .unwrap()
                > world.now().as_second()
        );
    }
    assert!(
        runs > 2 && in_the_middle > 1,
        "{runs} runs, {in_the_middle} of them in the middle of a shard"
    );
    assert_eq!(world.report_record(WEEK, 1).await.unwrap(), record);
    assert_eq!(world.stack.queues.depth(QueueName::KpiRollup), 0);
    assert!((world.metrics.sum("reports_continued") - f64::from(runs - 1)).abs() < 0.1);
    // Nobody was read twice: what is more are the parts' rows, and looking whether the report is there.
    let in_parts = rollup.deps.store.meter().units();
    let most = at_once.read + f64::from(runs) * 12.0;
    assert!(
        in_parts.read < most,
        "{} read units, {} at once",
        in_parts.read,
        at_once.read
    );
}

/// The first write of a row waits for others.
struct SlowToKeep;

impl Faults for SlowToKeep {
    fn fate(&self, _: Call<'_>) -> Option<Fault> {
        None
    }

    fn delay(&self, call: Call<'_>) -> u32 {
        if call == Call::Table("PutItem") {
            1_000
        } else {
            0
        }
    }
}

#[tokio::test]
async fn of_two_runs_at_once_one_goes_on() {
    let world = veterans(2, 1_000).await;
    let record = made_at_once(&world).await;
    let slow = world
        .stack
        .process(Function::KpiRollup, Arc::new(SlowToKeep))
        .unwrap()
        .deps;
    let reports = in_the_tables(&slow.store);
    let (slow, quick) = (Rollup::new(slow, reports), rollup(&world));
    ask_for(&world, WEEK);
    ask_for(&world, WEEK);
    let both = tokio::join!(run(&world, &slow, pages(1)), run(&world, &quick, pages(1)));
    assert_eq!(both, (true, true));
    assert_eq!(
        world.stack.queues.depth(QueueName::KpiRollup),
        1,
        "one of them stopped"
    );
    assert_eq!(part(&world).unwrap()["v"]["N"], "1");
    while run(&world, &quick, Deadline::none()).await {}
    assert_eq!(world.report_record(WEEK, 1).await.unwrap(), record);
    assert!(part(&world).is_none());
}

/// The answer to the first write of a row is lost; the SDK asks again, and is told that the row is there.
struct LostOnce(AtomicUsize);

impl Faults for LostOnce {
    fn fate(&self, call: Call<'_>) -> Option<Fault> {
        let is_first = || self.0.fetch_add(1, Ordering::SeqCst) == 0;
        (call == Call::Table("PutItem") && is_first()).then_some(Fault::LoseAnswer)
    }
}

#[tokio::test]
async fn a_lost_answer_does_not_end_the_count() {
    let world = veterans(2, 1_000).await;
    let record = made_at_once(&world).await;
    let faults = Arc::new(LostOnce(AtomicUsize::new(0)));
    let deps = world.stack.process(Function::KpiRollup, faults.clone());
    let deps = deps.unwrap().deps;
    let reports = in_the_tables(&deps.store);
    ask_for(&world, WEEK);
    run(&world, &Rollup::new(deps, reports), pages(1)).await;
    assert!(faults.0.load(Ordering::SeqCst) > 1, "it was asked again");
    assert!(part(&world).is_some());
    assert_eq!(world.stack.queues.depth(QueueName::KpiRollup), 1);
    while run(&world, &rollup(&world), Deadline::none()).await {}
    assert_eq!(world.report_record(WEEK, 1).await.unwrap(), record);
}

/// Of a playbook that is tried by some, a part may know nothing: what it counted is of no use then.
#[tokio::test]
async fn a_part_counted_before_a_pilot_is_begun_again() {
    let world = veterans(2, 1_000).await;
    let rollup = rollup(&world);
    ask_for(&world, WEEK);
    run(&world, &rollup, pages(1)).await;
    let before = part(&world).unwrap()["basis"]["S"].clone();
    let tried = Playbook::DEFAULT_TOML.replacen("holdout = 0.0", "holdout = 0.1", 1);
    assert_ne!(tried, Playbook::DEFAULT_TOML);
    world
        .publish(hearth_aws::store::Kind::Playbook, &tried)
        .await;
    rollup.deps.registry.forget();
    run(&world, &rollup, pages(1)).await;
    assert_ne!(part(&world).unwrap()["basis"]["S"], before);
    while run(&world, &rollup, Deadline::none()).await {}
    let report = world.report(WEEK, 1).await.unwrap();
    assert_eq!(report.numbers.retention.all.size, 1_000, "each once");
}

#[tokio::test]
async fn a_part_counted_by_other_rules_is_begun_again() {
    let world = veterans(2, 1_000).await;
    let rollup = rollup(&world);
    ask_for(&world, WEEK);
    run(&world, &rollup, pages(1)).await;
    assert!(part(&world).is_some());
    // Everybody moves to another day and another number of shards can't be gone on with.
    let community = format!(
        "shards = 2\n{}",
        ACME.replace("Asia/Taipei", "Europe/Berlin")
    );
    world
        .publish(hearth_aws::store::Kind::Community, &community)
        .await;
    rollup.deps.registry.forget();
    while run(&world, &rollup, Deadline::none()).await {}
    let report = world.report(WEEK, 1).await.unwrap();
    assert_eq!(report.zone.name(), "Europe/Berlin");
    // Published on the Monday after the week: its days were all counted in Taipei.
    assert_eq!(report.zone_before.unwrap().name(), "Asia/Taipei");
    assert_eq!(report.numbers.retention.all.size, 1_000, "each once");
}

#[tokio::test]
async fn an_erasure_takes_the_part_that_names_the_erased_with_it() {
    let world = veterans(1, 8_000).await;
    let rollup = rollup(&world);
    ask_for(&world, WEEK);
    run(&world, &rollup, pages(1)).await;
    let kept = part(&world).unwrap();
    let named = kept["left"]["M"].as_object().unwrap();
    let named: Vec<&str> = named
        .values()
        .filter_map(|after| after["S"].as_str())
        .collect();
    let erased = MemberId::new(*named.first().unwrap()).unwrap();
    // Somebody else's erasure leaves it alone.
    let (store, community) = (&world.stack.store, &world.community);
    let other = MemberId::new("U99999999").unwrap();
    store
        .erase(community, &other, "somebody", world.now())
        .await
        .unwrap();
    assert!(part(&world).is_some());
    let traces = store.traces(community, &erased, world.now()).await.unwrap();
    let trace = traces
        .iter()
        .find(|trace| trace.kind == TraceKind::ReportPart)
        .unwrap();
    assert!(
        trace.attributes().get("counted").is_none(),
        "what is the others' stays out of an export"
    );
    let gone = store
        .erase(community, &erased, "whoever", world.now())
        .await
        .unwrap();
    assert_eq!(gone.items[&TraceKind::ReportPart], 1);
    assert!(part(&world).is_none());
    while run(&world, &rollup, Deadline::none()).await {}
    let report = world.report(WEEK, 1).await.unwrap();
    assert_eq!(report.numbers.retention.all.size, 7_999);
}

pub(crate) fn spoil(world: &World, member: &str, attribute: &str) {
    let (community, member) = (&world.community, MemberId::new(member).unwrap());
    let key = keys::member(&community.id, community.shards, &member);
    let request = json!({
        "TableName": MEMBERS, "Key": {"pk": {"S": key.pk}, "sk": {"S": key.sk}},
        "UpdateExpression": "SET #it = :spoilt", "ConditionExpression": "attribute_exists(pk)",
        "ExpressionAttributeNames": {"#it": attribute}, "ExpressionAttributeValues": {":spoilt": {"B": "/w=="}},
    });
    world.stack.ask_tables("UpdateItem", &request).unwrap();
}

#[tokio::test]
async fn who_cannot_be_read_is_missing_and_the_report_says_so() {
    let world = veterans(2, 40).await;
    spoil(&world, "U00000001", "sc");
    spoil(&world, "U00000002", "sc");
    spoil(&world, "U00000003", "wc");
    // A tick makes the report, and closes the days.
    world.until("2026-01-12T00:31:00Z").await;
    let report = world.report(WEEK, 1).await.unwrap();
    assert_eq!(report.numbers.retention.all.size, 37);
    let record = world.report_record(WEEK, 1).await.unwrap();
    let record: Value = serde_json::from_str(&record).unwrap();
    let expected = json!({"members": 3, "attributes": {"sc": 2, "wc": 1}});
    assert_eq!(record["numbers"]["unreadable"], expected);
    // The record only counts them; who has to mend them is told who they are.
    let named = served(world.stack.clone(), async |client| {
        client.read("/local/unreadable/acme").await
    })
    .await;
    let mut named: Vec<(&str, &str)> = named
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["member"].as_str().unwrap(),
                one["attribute"].as_str().unwrap(),
            )
        })
        .collect();
    named.sort_unstable();
    assert_eq!(
        named,
        [
            ("U00000001", "sc"),
            ("U00000002", "sc"),
            ("U00000003", "wc")
        ]
    );
    let told = world.posted_in("C0OPS");
    let told = told
        .iter()
        .find(|message| message.message_id.ends_with("2026-W02/1"))
        .unwrap();
    assert!(
        told.text.contains("不完整：有 3 位成員的資料讀不出來"),
        "{}",
        told.text
    );
    assert!(
        world.metrics.sum("members_unreadable") >= 6.0,
        "the report's and a closing's"
    );
    assert!(
        world.metrics.sum("reports_failed") < 0.1 && world.metrics.sum("closings_failed") < 0.1
    );
    let board =
        world
            .stack
            .store
            .board(&world.community.id, "2026-W02".parse().unwrap(), By::Points);
    let board = board.await.unwrap().unwrap();
    assert!(board.people > 0 && board.people <= 37);
}

#[tokio::test]
async fn made_again_it_is_the_same_whenever_that_is() {
    let world = veterans(2, 40).await;
    let record = made_at_once(&world).await;
    world.nothing_runs_until("2026-01-13T20:00:00Z");
    assert_eq!(made_at_once(&world).await, record);
    let report = Report::from_json(&record).unwrap();
    assert_eq!(report.generated_at.to_string(), "2026-01-12T00:00:00Z");
}

#[tokio::test]
async fn an_old_week_has_what_members_still_tell_and_an_older_one_is_refused() {
    let world = veterans(2, 200).await;
    ask_for(&world, "2025-W51");
    ask_for(&world, "2025-W38");
    while run_whatever(&world).await {}
    let old = world.report("2025-W51", 1).await.unwrap();
    assert!(old.numbers.wau > 0 && old.numbers.new > 0 && old.numbers.churn30.is_some());
    assert!(old.numbers.is_unknown("messages") && old.numbers.messages == 0);
    assert_eq!(
        old.generated_at,
        world.now(),
        "not as of then: it would have told more then"
    );
    assert!(world.report("2025-W38", 1).await.is_none());
    assert!(world.metrics.sum("reports_failed") > 0.9);
}

/// Like [`run`], for work that may fail: it does not come again here.
async fn run_whatever(world: &World) -> bool {
    let queues = &world.stack.queues;
    let Some(event) = queues.receive(QueueName::KpiRollup, 1) else {
        return false;
    };
    let ids: Vec<String> = event
        .records
        .iter()
        .filter_map(|record| record.message_id.clone())
        .collect();
    let rollup = rollup(world);
    let handled = hearth_kpi_rollup::handle(
        &rollup,
        Invocation::Batch(event),
        world.now(),
        Deadline::none(),
    );
    Box::pin(handled).await.unwrap();
    rollup.deps.metrics.flush(world.now());
    queues.delete(QueueName::KpiRollup, ids);
    true
}

/// Days that were counted stay where they are, and the report of that week says so; the next one's are all
/// of the new zone.
#[tokio::test]
async fn a_week_in_which_the_zone_changes_is_marked() {
    let world = world_with(standing_at("2026-01-05T01:00:00Z"), ACME).await;
    world.joins("A").await;
    world.until("2026-01-07T04:00:00Z").await;
    let moved = ACME.replace("Asia/Taipei", "Europe/Berlin");
    world
        .publish(hearth_aws::store::Kind::Community, &moved)
        .await;
    world.until("2026-01-21T09:00:00Z").await;
    let report = async |week, revision| world.report(week, revision).await.unwrap();
    for revision in [1, 2] {
        let before = report(WEEK, revision).await.zone_before;
        assert_eq!(before.unwrap().name(), "Asia/Taipei", "{revision}");
        assert!(report("2026-W03", revision).await.zone_before.is_none());
    }
    let told = world.posted_in("C0OPS");
    let told = |week: &str| {
        let message = told
            .iter()
            .find(|message| message.message_id.contains(week));
        message
            .unwrap()
            .text
            .contains("⚠ 社群的時區由 Asia/Taipei 改為 Europe/Berlin")
    };
    assert!(told("2026-W02") && !told("2026-W03"));
}
