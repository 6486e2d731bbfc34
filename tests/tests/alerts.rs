//! Between two reports: the operators are told when a rule of the light turns worse.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hearth_aws::deadline::Deadline;
use hearth_aws::invocation::Invocation;
use hearth_aws::queue::QueueName;
use hearth_domain::playbook::Playbook;
use hearth_kpi_rollup::{Rollup, handle};
use hearth_local::reports::LocalReports;
use hearth_local::sandbox::{ChatFault, Received};
use hearth_tests::world::{World, without_table, world, world_of};

use crate::rollup::spoil;

/// Thursday of the second week, 00:15 in Taipei: its Wednesday is closed.
const WEDNESDAY_CLOSED: &str = "2026-01-14T16:15:00Z";
/// 09:00 in Taipei, on that Thursday.
const THURSDAY_MORNING: &str = "2026-01-15T01:00:00Z";

/// 25 members, of whom eight write on every day of the first week; in the second nobody does. It ends
/// on the Monday of the second week, after its report.
async fn a_week_and_silence(world: &World) {
    let users: Vec<String> = (0..25).map(|n| format!("U{n}")).collect();
    for user in &users {
        world.joins(user).await;
    }
    for day in 5..12 {
        world.until(&format!("2026-01-{day:02}T04:00:00Z")).await;
        for user in users.iter().take(8) {
            world.says(user, "C0GENERAL", "今天也在這裡").await;
        }
    }
    world.until("2026-01-12T01:00:00Z").await;
}

fn alerts(world: &World) -> Vec<Received> {
    let mut posted = world.posted_in("C0OPS");
    posted.retain(|message| message.kind == "report.alert");
    posted
}

#[tokio::test]
async fn a_fall_is_told_once_in_the_morning_after_three_days() {
    let world = world().await;
    a_week_and_silence(&world).await;
    assert!(alerts(&world).is_empty(), "all was well");
    world.until("2026-01-14T16:14:00Z").await;
    let before = world.stack.closing_units();
    // Whoever delivers it, and however often.
    let closing = r#"{"type":"CloseDayV1","community":"acme","day":"2026-01-14"}"#;
    for _ in 0..2 {
        let queues = &world.stack.queues;
        queues.put(QueueName::KpiRollup, closing.to_owned());
    }
    world.stack.run_until_idle().await;
    world.until(WEDNESDAY_CLOSED).await;
    let cost = world.stack.closing_units() - before;
    println!("a closing with an alert, 25 members: {cost:?}");
    // The pass (a page of each of 16 shards), 64 rows of what was bought and scored at half a unit,
    // the days before: nothing is read twice.
    assert!(cost.read <= 70.0, "{cost:?}");
    world.until("2026-01-15T00:59:00Z").await;
    assert!(alerts(&world).is_empty(), "nobody is alerted at night");
    world.until(THURSDAY_MORNING).await;
    let texts: Vec<String> = alerts(&world).into_iter().map(|alert| alert.text).collect();
    assert_eq!(
        texts,
        [
            "🚨 Acme Makers 社群警示｜本週截至 2026年1月14日\n🔴 紅燈　日活率 0.0%，比目標 15.0% 低四成以上\n先看：每日活躍圖裡最低的那幾天，當天的節目有沒有照常進行"
        ]
    );
    // It is as bad on Thursday, Friday and Saturday; on Monday the report says it, and from then on
    // it is old news.
    world.until("2026-01-23T01:00:00Z").await;
    assert_eq!(alerts(&world).len(), 1);
    assert!((world.metrics.sum("alerts_sent") - 1.0).abs() < 0.1);
}

#[tokio::test]
async fn a_community_without_closings_is_watched_all_the_same() {
    let toml = without_table(&without_table(Playbook::DEFAULT_TOML, "star"), "closing");
    let world = world_of(&toml).await;
    a_week_and_silence(&world).await;
    world.until(THURSDAY_MORNING).await;
    assert_eq!(alerts(&world).len(), 1);
    let state = world.stack.store.rollup_state(&world.community.id).await;
    assert_eq!(state.unwrap().day.unwrap().to_string(), "2026-01-14");
}

#[tokio::test]
async fn without_the_table_nobody_is_alerted() {
    let world = world_of(&without_table(Playbook::DEFAULT_TOML, "alerts")).await;
    a_week_and_silence(&world).await;
    world.until("2026-01-17T01:00:00Z").await;
    assert!(alerts(&world).is_empty());
    assert!(world.metrics.sum("alerts_sent") < 0.1);
}

/// A count without some members may look like an exodus: the alert says that it is one without them.
#[tokio::test]
async fn an_alert_says_who_is_missing_from_it() {
    let world = world().await;
    a_week_and_silence(&world).await;
    // Shortly before Wednesday is closed: what is due for them would be tried minute by minute.
    world.until("2026-01-14T16:10:00Z").await;
    spoil(&world, "U0", "sc");
    world.until(THURSDAY_MORNING).await;
    let told = alerts(&world);
    let text = &told.first().unwrap().text;
    assert!(
        text.contains("低四成以上 ⚠ 不完整：有 1 位成員的資料讀不出來"),
        "{text}"
    );
}

/// The token was wrong on Thursday, and is mended on Friday: what nobody was told is told then.
#[tokio::test]
async fn what_never_arrived_is_told_the_next_day() {
    let world = world().await;
    a_week_and_silence(&world).await;
    world.until("2026-01-15T00:59:00Z").await;
    let fault = r#"{"slack_error": "account_inactive"}"#;
    let fault: ChatFault = serde_json::from_str(fault).unwrap();
    world.stack.sandbox.inject(fault);
    world.until("2026-01-15T16:00:00Z").await;
    assert!(alerts(&world).is_empty());
    world.until("2026-01-16T01:00:00Z").await;
    assert_eq!(alerts(&world).len(), 1);
}

/// Too many members for one invocation: the closing is given up while that can still be said.
#[tokio::test]
async fn a_closing_that_there_is_no_time_for_is_given_up_and_counted() {
    let world = world().await;
    a_week_and_silence(&world).await;
    let deps = world.deps("kpi-rollup").deps;
    let reports = LocalReports {
        store: deps.store.clone(),
        base: None,
    };
    let rollup = Rollup::new(deps, Arc::new(reports));
    let closing = r#"{"type":"CloseDayV1","community":"acme","day":"2026-01-12"}"#;
    let queues = &world.stack.queues;
    queues.put(QueueName::KpiRollup, closing.to_owned());
    let event = queues.receive(QueueName::KpiRollup, 1).unwrap();
    let looks = AtomicUsize::new(0);
    let one_page = Deadline::when(move || looks.fetch_add(1, Ordering::SeqCst) > 1);
    let done = handle(&rollup, Invocation::Batch(event), world.now(), one_page).await;
    assert_eq!(done.unwrap().batch_item_failures.len(), 1);
    rollup.deps.metrics.flush(world.now());
    assert!((world.metrics.sum("closings_failed") - 1.0).abs() < 0.1);
}
