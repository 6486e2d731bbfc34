//! Where weekly reports are read: pages and their index, the link in the message, and what operators ask.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use futures::future::BoxFuture;
use hearth_aws::deadline::Deadline;
use hearth_aws::invocation::Invocation;
use hearth_aws::queue::{Queue as _, QueueName};
use hearth_aws::reports::{ReportId, Reports};
use hearth_aws::store::{Store, StoreError, keys};
use hearth_aws::wire::{RollupV1, Work};
use hearth_domain::days::IsoWeek;
use hearth_domain::ids::CommunityId;
use hearth_kpi_rollup::{Rollup, handle};
use hearth_local::stack::Options;
use hearth_tests::world::{ACME, World, standing_at, world_with};
use serde_json::{Value, json};

use crate::local::served;

/// Friday, nine in the morning in Taipei.
const FRIDAY: &str = "2026-01-02T01:00:00Z";
const BASE: &str = "http://127.0.0.1:9000";

/// A bucket in memory: the records are the stack's.
#[derive(Clone)]
struct Bucket {
    store: Store,
    objects: Arc<Mutex<BTreeMap<String, String>>>,
}

impl Bucket {
    fn get(&self, name: &str) -> Option<String> {
        self.objects.lock().unwrap().get(name).cloned()
    }

    fn put(&self, name: String, page: &str) -> BoxFuture<'_, Result<(), StoreError>> {
        self.objects.lock().unwrap().insert(name, page.to_owned());
        Box::pin(std::future::ready(Ok(())))
    }
}

impl Reports for Bucket {
    fn put<'a>(
        &'a self,
        id: &'a ReportId,
        json: &'a str,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(
            self.store
                .put_report(&id.community, id.week, id.revision, json),
        )
    }

    fn put_page<'a>(
        &'a self,
        id: &'a ReportId,
        page: &'a str,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        Bucket::put(self, format!("{}/{}.html", id.week, id.revision), page)
    }

    fn put_index<'a>(
        &'a self,
        _community: &'a CommunityId,
        page: &'a str,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        Bucket::put(self, "index.html".to_owned(), page)
    }

    fn get<'a>(&'a self, id: &'a ReportId) -> BoxFuture<'a, Result<Option<String>, StoreError>> {
        Box::pin(self.store.report(&id.community, id.week, Some(id.revision)))
    }

    fn list<'a>(
        &'a self,
        community: &'a CommunityId,
    ) -> BoxFuture<'a, Result<Vec<(IsoWeek, u8)>, StoreError>> {
        Box::pin(self.store.report_list(community))
    }

    fn url<'a>(&'a self, _id: &'a ReportId) -> BoxFuture<'a, Result<Option<String>, StoreError>> {
        Box::pin(std::future::ready(Ok(None)))
    }
}

/// What the function leaves in a bucket that makes the reports of these weeks, one after the other.
async fn shelved(world: &World, wanted: &[(&str, u8)]) -> Bucket {
    let deps = world.deps("kpi-rollup").deps;
    let bucket = Bucket {
        store: deps.store.clone(),
        objects: Arc::default(),
    };
    let rollup = Rollup::new(deps, Arc::new(bucket.clone()));
    for (week, revision) in wanted {
        let work = Work::RollupV1(RollupV1 {
            community: world.community.id.clone(),
            week: week.parse().unwrap(),
            revision: *revision,
            as_of: None,
        });
        let queues = &world.stack.queues;
        queues.send(QueueName::KpiRollup, &[work]).await.unwrap();
        let event = queues.receive(QueueName::KpiRollup, 1).unwrap();
        let batch = Invocation::Batch(event);
        let done = handle(&rollup, batch, world.now(), Deadline::none());
        let done = done.await.unwrap();
        assert!(done.batch_item_failures.is_empty(), "{week}/{revision}");
        rollup.deps.metrics.flush(world.now());
    }
    bucket
}

/// The links of a page, in their order.
fn links(page: &str) -> Vec<&str> {
    let hrefs = page.split("href=\"").skip(1);
    hrefs
        .filter_map(|rest| Some(rest.split_once('"')?.0))
        .collect()
}

async fn three_weeks() -> World {
    let world = world_with(standing_at(FRIDAY), ACME).await;
    for user in ["A", "B"] {
        world.joins(user).await;
    }
    world.until("2026-01-19T00:00:00Z").await;
    world
}

#[tokio::test]
async fn the_index_has_every_week_and_leads_to_its_last_page() {
    let world = three_weeks().await;
    let wanted = [("2026-W02", 2), ("2026-W03", 1)];
    let bucket = shelved(&world, &wanted).await;
    let index = bucket.get("index.html").unwrap();
    assert_eq!(
        links(&index),
        ["2026-W03/1.html", "2026-W02/2.html", "2026-W01/2.html"]
    );
    for page in ["2026-W02/2.html", "2026-W03/1.html"] {
        assert_eq!(links(&bucket.get(page).unwrap()), ["../index.html"]);
    }
}

/// The record of an older week knows only what came before it: its page is made, the index stays.
#[tokio::test]
async fn an_older_week_leaves_the_index_as_it_is() {
    let world = three_weeks().await;
    let wanted = [("2026-W03", 1), ("2026-W02", 2)];
    let bucket = shelved(&world, &wanted).await;
    assert!(bucket.get("2026-W02/2.html").is_some());
    let index = bucket.get("index.html").unwrap();
    assert_eq!(links(&index).first(), Some(&"2026-W03/1.html"));
}

/// After an outage until Wednesday both revisions are made at once, in whatever order.
#[tokio::test]
async fn a_provisional_report_after_the_final_one_leaves_the_index_as_it_is() {
    let world = three_weeks().await;
    let wanted = [("2026-W03", 2), ("2026-W03", 1)];
    let bucket = shelved(&world, &wanted).await;
    assert!(bucket.get("2026-W03/1.html").is_some());
    let index = bucket.get("index.html").unwrap();
    assert_eq!(links(&index).first(), Some(&"2026-W03/2.html"));
}

/// A record that another version of Hearth wrote is a gap, and nobody waits thirteen weeks for it.
#[tokio::test]
async fn an_earlier_report_that_cannot_be_read_is_a_gap() {
    let world = world_with(standing_at(FRIDAY), ACME).await;
    world.joins("A").await;
    world.until("2026-01-08T00:00:00Z").await;
    let store = &world.stack.store;
    let week = "2026-W02".parse().unwrap();
    let unreadable = store.put_report(&world.community.id, week, 1, r#"{"schema": 99}"#);
    assert!(unreadable.await.unwrap());
    // What could not be read can't be told, and its own report is made on Wednesday.
    world.until("2026-01-13T00:00:00Z").await;
    assert!(world.metrics.sum("reports_failed") > 0.9);
    world.until("2026-01-21T01:00:00Z").await;
    let weeks = async |week, revision| {
        let report = world.report(week, revision).await.unwrap();
        let weeks = report.history.weeks().iter();
        weeks
            .map(|known| known.week.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(weeks("2026-W02", 2).await, ["2026-W01"]);
    assert_eq!(weeks("2026-W03", 1).await, ["2026-W01", "2026-W02"]);
    let before = world.metrics.sum("reports_unreadable");
    forget(&world, "2026-W03", 2);
    forget(&world, "2026-W02", 2);
    shelved(&world, &[("2026-W03", 2)]).await;
    assert_eq!(weeks("2026-W03", 2).await, ["2026-W01"]);
    assert!(world.metrics.sum("reports_unreadable") > before + 0.9);
}

/// A week that was reported after the next one's record was made is known to the one after that.
#[tokio::test]
async fn a_week_that_was_made_up_for_is_known_from_then_on() {
    let world = three_weeks().await;
    let reported = async |week, revision| world.report(week, revision).await.unwrap();
    for revision in [1, 2] {
        forget(&world, "2026-W01", revision);
    }
    forget(&world, "2026-W02", 2);
    shelved(&world, &[("2026-W02", 2)]).await;
    assert!(reported("2026-W02", 2).await.history.weeks().is_empty());
    shelved(&world, &[("2026-W01", 2), ("2026-W03", 1)]).await;
    let report = reported("2026-W03", 1).await;
    let weeks: Vec<IsoWeek> = report
        .history
        .weeks()
        .iter()
        .map(|known| known.week)
        .collect();
    assert_eq!(
        weeks,
        ["2026-W01", "2026-W02"].map(|week| week.parse().unwrap())
    );
}

fn forget(world: &World, week: &str, revision: u8) {
    let key = keys::report(&world.community.id, week, revision);
    let key = json!({"pk": {"S": key.pk}, "sk": {"S": key.sk}});
    let request = json!({"TableName": "journal", "Key": key});
    world.stack.ask_tables("DeleteItem", &request).unwrap();
}

#[tokio::test]
async fn the_message_leads_to_the_page_where_there_is_one() {
    for (base, expected) in [
        (Some(BASE.to_owned()), true),
        (None, false),
        // A presigned link on Discord would be cut off, and so would this one of Slack's 40,000.
        (Some(format!("http://{}", "a".repeat(20_000))), false),
    ] {
        let options = Options {
            base,
            ..standing_at(FRIDAY)
        };
        let world = world_with(options, ACME).await;
        world.joins("A").await;
        world.until("2026-01-05T00:15:00Z").await;
        let told = world.posted_in("C0OPS");
        let text = &told.first().unwrap().text;
        let link = format!("完整報告：{BASE}/local/reports/acme/2026-W01.html");
        assert_eq!(text.contains(&link), expected, "{text}");
        assert_eq!(text.contains("完整報告"), expected, "{text}");
        assert!(!text.contains("先看：–"), "{text}");
    }
}

#[tokio::test]
async fn a_browser_finds_all_weeks_and_the_way_back() {
    let world = three_weeks().await;
    served(world.stack.clone(), async |client| {
        let page = async |path: &str| {
            let (status, page) = client.get(path).await;
            assert_eq!(status, 200, "{path}");
            String::from_utf8(page).unwrap()
        };
        let index = page("/local/reports/acme/index.html").await;
        assert_eq!(
            links(&index),
            ["2026-W03.html", "2026-W02.html", "2026-W01.html"]
        );
        assert!(index.contains("lang=\"zh-Hant\"") && index.contains("定稿"));
        let english = page("/local/reports/acme/index.html?lang=en").await;
        assert_eq!(
            links(&english).first(),
            Some(&"2026-W03.html?lang=en"),
            "the language is kept"
        );
        let week = page("/local/reports/acme/2026-W03.html?lang=en").await;
        assert_eq!(links(&week), ["index.html?lang=en"]);
    })
    .await;
}

async fn refused(world: &World, week: &str) -> String {
    served(world.stack.clone(), async |client| {
        let path = format!("/local/reports/acme/{week}");
        let (status, body) = client.post(&path, Vec::new()).await;
        assert_eq!(status, 400, "{week}");
        let body: Value = serde_json::from_slice(&body).unwrap();
        body["error"].as_str().unwrap().to_owned()
    })
    .await
}

#[tokio::test]
async fn a_report_is_asked_for_once_while_it_can_be_made() {
    let world = world_with(standing_at(FRIDAY), ACME).await;
    world.joins("A").await;
    world.until("2026-01-11T23:59:00Z").await;
    for (week, why) in [
        (
            "2026-W02",
            "2026-W02 is reported on the Monday after it at 08:00 (Asia/Taipei)",
        ),
        (
            "2026-W01",
            "there is a final report of 2026-W01, and records are never changed",
        ),
        (
            "2025-W30",
            "a report of 2025-W30 can't be made any more: members' active days are kept for 96 days; the earliest week that can be made today is 2025-W42",
        ),
        (
            "last",
            "not an ISO week: expected YYYY-Www such as 2026-W01",
        ),
    ] {
        assert_eq!(refused(&world, week).await, why);
    }
    // The Scheduler is down from Sunday on.
    world.nothing_runs_until("2026-01-12T04:00:00Z");
    served(world.stack.clone(), async |client| {
        let (status, answer) = client
            .post("/local/reports/acme/2026-W02", Vec::new())
            .await;
        assert_eq!(status, 200);
        let answer: Value = serde_json::from_slice(&answer).unwrap();
        assert_eq!(
            answer,
            json!({"week": "2026-W02", "revision": "provisional"})
        );
    })
    .await;
    world.stack.run_until_idle().await;
    assert!(world.report("2026-W02", 1).await.is_some());
    assert_eq!(
        refused(&world, "2026-W02").await,
        "there is a provisional report of 2026-W02, and records are never changed"
    );
}

/// A was there on the first day and never again, B now and then, C left.
#[tokio::test]
async fn who_is_likely_to_fall_silent_is_listed_by_name_and_stored_nowhere() {
    let world = world_with(standing_at(FRIDAY), ACME).await;
    for user in ["A", "B", "C", "U0STAFF"] {
        world.joins(user).await;
        world.says(user, "C0GENERAL", "大家早安").await;
    }
    world.renames("A", "設計-小美").await;
    world.leaves("C").await;
    for said in ["我還在", "又是我"] {
        world.days(5).await;
        world.says("B", "C0GENERAL", said).await;
    }
    world.days(10).await;
    let ask = async |path: &str| {
        served(world.stack.clone(), async |client| client.read(path).await).await
    };
    let found = ask("/local/risks/acme").await;
    assert_eq!(
        (&found["as_of"], &found["scored"], &found["listed"]),
        (&json!("2026-01-21"), &json!(2), &json!(1)),
        "{found}"
    );
    let listed = &found["members"][0];
    assert_eq!(
        (&listed["member"], &listed["name"], &listed["days_since"]),
        (&json!("A"), &json!("設計-小美"), &json!(19))
    );
    assert_eq!(
        listed["trend"],
        json!(-1),
        "the one day is in the weeks before"
    );
    assert_eq!(ask("/local/risks/acme?top=0").await["members"], json!([]));
    served(world.stack.clone(), async |client| {
        let (status, body) = client.get("/local/risks/acme/fit").await;
        let body = String::from_utf8(body).unwrap();
        assert_eq!(status, 400);
        assert!(
            body.contains("nothing to learn from: of 0 members"),
            "{body}"
        );
    })
    .await;
    // Thirty days after the last of it A and C were not there again, and B was.
    world.says("B", "C0GENERAL", "還是我").await;
    world.days(20).await;
    let fitted = ask("/local/risks/acme/fit").await;
    assert_eq!(
        (&fitted["samples"], &fitted["silent"]),
        (&json!(3), &json!(2)),
        "{fitted}"
    );
    assert_eq!(fitted["day"], json!("2026-01-11"));
    assert!(fitted["fitted"]["recency"].is_f64());
    assert_eq!(fitted["auc_fitted"], json!(1.0));
}
