//! A community's day is closed: its boards, its wall, and who is on them.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

use hearth_aws::queue::QueueName;
use hearth_aws::store::{Kind, TraceKind};
use hearth_domain::board::{Board, By};
use hearth_domain::days::Zone;
use hearth_domain::ids::MemberId;
use hearth_local::people::People;
use hearth_local::replay::{Output, Plan, Row, RowKind, run, write};
use hearth_local::sandbox::Received;
use hearth_local::stack::Data;
use hearth_tests::runtime::bench::closing;
use hearth_tests::world::{
    ACME, MONDAY, World, playbook_with, standing_at, without_table, world, world_with,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::local::served;

/// 00:15 in Taipei, after Monday.
const MONDAY_CLOSED: &str = "2026-01-05T16:15:00Z";
/// 08:00 in Taipei, on Tuesday: quiet hours are over.
const TUESDAY_MORNING: &str = "2026-01-06T00:00:00Z";

async fn board(world: &World, period: &str, by: By) -> Option<Board> {
    let period = period.parse().unwrap();
    let store = &world.stack.store;
    store.board(&world.community.id, period, by).await.unwrap()
}

/// `1 U1 7 points 1 check-ins`, by place.
async fn places(world: &World, period: &str, by: By) -> Vec<String> {
    let Some(board) = board(world, period, by).await else {
        return Vec::new();
    };
    let place = |place: &hearth_domain::board::Place| {
        let member = place.member.as_ref().map_or("-", MemberId::as_str);
        format!(
            "{} {member} {} {}",
            place.rank, place.points, place.check_ins
        )
    };
    board.places.iter().map(place).collect()
}

/// On Monday A checks in and writes, B and C check in, D writes, E opted out, staff does everything.
async fn a_monday(world: &World) {
    for user in ["U-AA-1", "U-BB-1", "U-CC-1", "U-DD-1", "U-EE-1"] {
        world.joins(user).await;
    }
    world.renames("U-AA-1", "小美").await;
    world.renames("U-BB-1", "阿凱").await;
    for user in ["U-AA-1", "U-BB-1", "U-CC-1", "U-EE-1", "U0STAFF"] {
        world.says(user, "C0CHECKIN", "今天也來了").await;
    }
    world.says("U-AA-1", "C0GENERAL", "大家早安呀").await;
    world.says("U-DD-1", "C0GENERAL", "大家早安呀").await;
    world.whispers("U-EE-1", "退訂").await;
}

/// What was posted of closings; check-ins are answered there, too.
fn told_of_closings(world: &World) -> Vec<Received> {
    let mut posted = world.posted_in("C0CHECKIN");
    posted.retain(|message| message.kind.starts_with("closing."));
    posted
}

#[tokio::test]
async fn a_day_is_closed_once_and_its_wall_is_posted_in_the_morning() {
    let world = world().await;
    a_monday(&world).await;
    world.until("2026-01-05T16:14:00Z").await;
    assert!(board(&world, "2026-01-05", By::Points).await.is_none());
    world.until(MONDAY_CLOSED).await;
    let by_points = [
        "1 U-AA-1 6 1",
        "2 U-BB-1 5 1",
        "2 U-CC-1 5 1",
        "3 U-DD-1 1 0",
    ];
    for period in ["2026-01-05", "2026-W02", "2026-01", "all"] {
        let board = board(&world, period, By::Points).await.unwrap();
        assert_eq!((board.people, board.is_final), (4, false), "{period}");
        assert_eq!(board.through.to_string(), "2026-01-05");
        assert_eq!(
            places(&world, period, By::Points).await,
            by_points,
            "{period}"
        );
        let by_check_ins = places(&world, period, By::CheckIns).await;
        assert_eq!(
            by_check_ins,
            ["1 U-AA-1 6 1", "1 U-BB-1 5 1", "1 U-CC-1 5 1"]
        );
    }
    assert!(told_of_closings(&world).is_empty(), "nobody is woken up");
    // The same day again, by whoever still has it in a queue.
    let before = world.stack.closing_units();
    let again = r#"{"type":"CloseDayV1","community":"acme","day":"2026-01-05"}"#;
    world
        .stack
        .queues
        .put(QueueName::KpiRollup, again.to_owned());
    world.stack.run_until_idle().await;
    let cost = world.stack.closing_units() - before;
    assert!(cost.write.abs() < 0.1 && cost.read <= 1.0, "{cost:?}");

    world.until(TUESDAY_MORNING).await;
    let posted = told_of_closings(&world);
    let posted: Vec<&str> = posted.iter().map(|message| message.text.as_str()).collect();
    assert_eq!(
        posted,
        ["🧱 簽到牆｜2026年1月5日\n3 位簽到：小美、阿凱、<@U-CC-1>\n今天換你：傳「簽到」就上牆。"]
    );
    // Its row does not remember whom it named.
    let path = "acme/@community/closing/wall/2026-01-05".parse().unwrap();
    let row = world.stack.store.message(&path).await.unwrap().unwrap();
    let values: Vec<&str> = row.values.keys().map(String::as_str).collect();
    assert_eq!(values, ["check_in.count", "closing.day"]);
    assert!(
        (world.metrics.sum("days_closed") - 3.0).abs() < 0.1,
        "two empty days before it"
    );
}

/// They keep their points, and their place in between is nobody's business.
#[tokio::test]
async fn who_hides_is_on_no_board_until_they_show_themselves() {
    let world = world().await;
    a_monday(&world).await;
    world.says("U-AA-1", "C0GENERAL", "不上榜").await;
    let answer = world.received("U-AA-1").pop().unwrap();
    assert_eq!(
        (answer.kind.as_str(), answer.channel),
        ("ranking.hidden", None)
    );
    world.until(TUESDAY_MORNING).await;
    let others = ["1 U-BB-1 5 1", "1 U-CC-1 5 1", "2 U-DD-1 1 0"];
    assert_eq!(places(&world, "2026-01-05", By::Points).await, others);
    let wall = told_of_closings(&world).pop().unwrap();
    assert!(wall.text.contains("2 位簽到：阿凱"), "{}", wall.text);
    let view = world.view("U-AA-1").await;
    assert_eq!(
        (&view["points"], &view["hidden_from_rankings"]),
        (&json!(6), &json!(true))
    );
    // On Tuesday they have a place again, and no reply in the channel named one before.
    world.says("U-AA-1", "C0CHECKIN", "今天也來了").await;
    let reply = world.posted_in("C0CHECKIN").pop().unwrap();
    assert!(!reply.text.contains("本週第"), "{}", reply.text);
    world.whispers("U-AA-1", "Show me").await;
    assert_eq!(
        world.received("U-AA-1").pop().unwrap().kind,
        "ranking.shown"
    );
    world.until("2026-01-06T16:15:00Z").await;
    let week = places(&world, "2026-W02", By::Points).await;
    assert_eq!(week.first().map(String::as_str), Some("1 U-AA-1 11 2"));
}

#[tokio::test]
async fn a_week_is_told_when_it_ends_and_final_two_days_later() {
    let world = world().await;
    a_monday(&world).await;
    // Sunday the 11th, a quarter past midnight.
    world.until("2026-01-11T16:14:00Z").await;
    let so_far = board(&world, "2026-W02", By::Points).await.unwrap();
    assert_eq!(so_far.through.to_string(), "2026-01-10");
    world.until("2026-01-12T00:00:00Z").await;
    let ended = board(&world, "2026-W02", By::Points).await.unwrap();
    assert_eq!(
        (ended.through.to_string().as_str(), ended.is_final),
        ("2026-01-11", false)
    );
    let told = told_of_closings(&world);
    assert_eq!(
        told.last().unwrap().text,
        "🏆 積分榜｜2026-W02（2026年1月5日–2026年1月11日）\n1. 小美　6\n2. 阿凱　5\n2. <@U-CC-1>　5\n3. <@U-DD-1>　1\n共 4 位有積分，謝謝每一位！"
    );
    // Written on Sunday evening, heard of on Monday; and what is said on Monday is the next week's.
    let sunday: Timestamp = "2026-01-11T12:00:00Z".parse().unwrap();
    world
        .said_at(sunday, "U-DD-1", "C0CHECKIN", "週日也來了")
        .await;
    world.says("U-BB-1", "C0CHECKIN", "星期一").await;
    world.until("2026-01-13T16:14:00Z").await;
    assert!(
        !board(&world, "2026-W02", By::Points)
            .await
            .unwrap()
            .is_final
    );
    world.until("2026-01-13T16:15:00Z").await;
    let last = board(&world, "2026-W02", By::Points).await.unwrap();
    assert!(last.is_final);
    let by_points = [
        "1 U-AA-1 6 1",
        "1 U-DD-1 6 1",
        "2 U-BB-1 5 1",
        "2 U-CC-1 5 1",
    ];
    assert_eq!(places(&world, "2026-W02", By::Points).await, by_points);
    // Later days do not touch it.
    world.days(9).await;
    assert_eq!(board(&world, "2026-W02", By::Points).await, Some(last));
    let told = told_of_closings(&world);
    let boards = told
        .iter()
        .filter(|message| message.kind == "closing.board");
    assert_eq!(boards.count(), 2, "the week, and the one after it");
}

#[tokio::test]
async fn days_that_were_missed_are_made_up_for_and_old_news_is_not_told() {
    let world = world().await;
    a_monday(&world).await;
    // No tick comes from Monday noon until Thursday noon, Taipei.
    world.nothing_runs_until("2026-01-08T04:00:00Z");
    world.minutes(15).await;
    assert!(
        board(&world, "2026-01-05", By::Points).await.is_none(),
        "too long ago"
    );
    let week = board(&world, "2026-W02", By::Points).await.unwrap();
    assert_eq!(week.through.to_string(), "2026-01-06", "Tuesday first");
    world.minutes(15).await;
    let week = board(&world, "2026-W02", By::Points).await.unwrap();
    assert_eq!(
        (week.through.to_string().as_str(), week.people),
        ("2026-01-07", 4)
    );
    assert!(told_of_closings(&world).is_empty());
}

#[tokio::test]
async fn a_wall_that_comes_too_late_is_not_posted() {
    let world = world().await;
    a_monday(&world).await;
    // No tick comes until Wednesday noon: Monday is the day before yesterday.
    world.nothing_runs_until("2026-01-07T04:00:00Z");
    world.minutes(30).await;
    assert_eq!(places(&world, "2026-01-05", By::CheckIns).await.len(), 3);
    assert!(told_of_closings(&world).is_empty());
    let path = "acme/@community/closing/wall/2026-01-05".parse().unwrap();
    let row = world.stack.store.message(&path).await.unwrap().unwrap();
    assert_eq!(row.state.name(), "SKIPPED");
}

#[tokio::test]
async fn one_community_that_can_not_be_closed_holds_up_no_other() {
    let world = world().await;
    a_monday(&world).await;
    for community in ["ghost", "acme"] {
        let work =
            format!(r#"{{"type":"CloseDayV1","community":"{community}","day":"2026-01-05"}}"#);
        world.stack.queues.put(QueueName::KpiRollup, work);
    }
    world.stack.run_until_idle().await;
    assert_eq!(places(&world, "2026-01-05", By::Points).await.len(), 4);
    assert!(world.metrics.sum("closings_failed") >= 1.0);
}

#[tokio::test]
async fn a_community_that_closes_weeks_reads_its_members_twice_a_week() {
    let world = world_with(standing_at(MONDAY), ACME).await;
    let boards = r#"boards = ["day", "week", "month", "all"]"#;
    let weekly = playbook_with(boards, r#"boards = ["week"]"#);
    let weekly = weekly.replace("wall = \"closing.wall\"", "");
    // Who is to be alerted is looked at every day.
    let weekly = without_table(&weekly, "alerts");
    world.publish(Kind::Playbook, &weekly).await;
    a_monday(&world).await;
    let mut reads = Vec::new();
    // From the middle of Monday to the middle of the next day, and so on: Taipei's noon.
    for day in 5..15 {
        let before = world.stack.closing_units();
        world
            .until(&format!("2026-01-{:02}T04:00:00Z", day + 1))
            .await;
        let cost = world.stack.closing_units() - before;
        if cost.requests > 0 {
            reads.push(day);
        }
    }
    // Last Sunday is made up for at once; then Tuesday, Sunday, Tuesday.
    assert_eq!(reads, [5, 6, 11, 13]);
    assert!(
        board(&world, "2026-W02", By::Points)
            .await
            .unwrap()
            .is_final
    );
    assert!(board(&world, "2026-01", By::Points).await.is_none());
}

#[tokio::test]
async fn the_running_weeks_standing_is_read_once_a_minute() {
    let world = world().await;
    a_monday(&world).await;
    let deps = world.deps("check-in").deps;
    let standing = async || {
        let place = deps.registry.place(&world.community.id, world.now()).await;
        let place = place.unwrap().unwrap();
        let standing = deps.registry.standing(&place, world.now()).await.unwrap();
        standing.map(|standing| [9, 6, 5, 1, 0].map(|points| standing.rank_of(points)))
    };
    assert_eq!(standing().await, None, "no day of the week is closed");
    world.until(TUESDAY_MORNING).await;
    assert_eq!(standing().await, Some([1, 1, 2, 3, 4]));
    let units = || deps.registry.store().meter().units();
    let before = units();
    for _ in 0..50 {
        standing().await;
    }
    assert_eq!((units() - before).requests, 0, "cached");
    world.minutes(1).await;
    let before = units();
    let place = deps.registry.place(&world.community.id, world.now()).await;
    let place = place.unwrap().unwrap();
    let of_place = units() - before;
    deps.registry.standing(&place, world.now()).await.unwrap();
    let cost = units() - before;
    assert_eq!(cost.requests - of_place.requests, 1);
    assert!((cost.read - of_place.read - 0.5).abs() < 0.01, "{cost:?}");
    // On the next Monday the week is new, and nobody has a place in it.
    world.until("2026-01-12T01:00:00Z").await;
    assert_eq!(standing().await, None);
}

#[tokio::test]
async fn whoever_is_erased_is_on_no_board_and_nobody_moves_up() {
    let world = world().await;
    a_monday(&world).await;
    world.until(MONDAY_CLOSED).await;
    let people = People {
        store: &world.stack.store,
        registry: &world.stack.registry,
        now: world.now(),
    };
    let member = MemberId::new("U-AA-1").unwrap();
    let erased = people.erase(&world.community.id, &member, &world.stack.pseudonyms);
    let erased = Box::pin(erased).await.unwrap();
    assert_eq!(erased.items[&TraceKind::Board], 8);
    assert_eq!(
        erased.items[&TraceKind::Named],
        1,
        "the wall that was to be posted"
    );
    let left = world.stack.every_item().unwrap();
    assert!(
        !left
            .iter()
            .any(|(_, item)| item.to_string().contains("U-AA-1"))
    );
    let by_points = ["1 - 6 1", "2 U-BB-1 5 1", "2 U-CC-1 5 1", "3 U-DD-1 1 0"];
    assert_eq!(places(&world, "2026-W02", By::Points).await, by_points);
    let again = people.erasure(&world.community.id, &member, &world.stack.pseudonyms);
    assert!(Box::pin(again).await.unwrap().items.is_empty());
    // The next day's boards are made of those who are there.
    world.until("2026-01-06T16:15:00Z").await;
    let by_points = ["1 U-BB-1 5 1", "1 U-CC-1 5 1", "2 U-DD-1 1 0"];
    assert_eq!(places(&world, "2026-W02", By::Points).await, by_points);
}

#[tokio::test]
async fn a_board_is_read_from_a_running_stack_with_the_names_of_today() {
    let world = world().await;
    a_monday(&world).await;
    world.until(TUESDAY_MORNING).await;
    world.renames("U-BB-1", "工程-阿凱").await;
    served(world.stack.clone(), async |client| {
        let board = client.read("/local/boards/acme").await;
        assert_eq!(board["period"], "2026-W02");
        assert_eq!(board["through"], "2026-01-05");
        assert_eq!(
            (&board["final"], &board["people"]),
            (&json!(false), &json!(4))
        );
        assert_eq!(
            board["places"][1],
            json!({"rank": 2, "member": "U-BB-1", "name": "工程-阿凱", "points": 5, "check_ins": 1})
        );
        let day = client
            .read("/local/boards/acme?period=day&by=check-ins")
            .await;
        assert_eq!(day["period"], "2026-01-05");
        assert_eq!(day["places"].as_array().unwrap().len(), 3);
        for (path, status) in [
            ("/local/boards/ghost", 404),
            ("/local/boards/acme?period=2025-W01", 404),
            ("/local/boards/acme?period=year", 400),
            ("/local/boards/acme?by=likes", 400),
        ] {
            assert_eq!(client.get(path).await.0, status, "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_replay_leaves_the_boards_of_its_weeks_and_months() {
    let start: Timestamp = "2026-01-30T10:00:00Z".parse().unwrap();
    // A Friday in January, the Saturday after it, and a Tuesday in February.
    let row = |number: u64, hours: i64, member: &str, kind| Row {
        number,
        at: start + SignedDuration::from_hours(hours),
        member: MemberId::new(member).unwrap(),
        kind,
    };
    let message = RowKind::Message(Some(20));
    let rows = [
        row(1, 0, "a,b", message),
        row(2, 24, "a,b", message),
        row(3, 25, "m2", message),
        row(4, 96, "m2", message),
    ];
    let plan = Plan {
        community: "old".parse().unwrap(),
        zone: Zone::utc(),
        data: Data::Memory,
        batch: 100,
    };
    let summary = Box::pin(run(&plan, &rows, |_| {})).await.unwrap();
    assert!(summary.closing_units.read > 0.0);
    assert!(summary.units["kpi-rollup"].read > summary.closing_units.read);
    let dir = std::env::temp_dir().join(format!("hearth-boards-{}", std::process::id()));
    let output = Output {
        summary: &summary,
        seconds: 1.0,
        peak_memory: None,
    };
    write(&output, &dir).unwrap();
    let table = |name: &str| std::fs::read_to_string(dir.join("leaderboards").join(name)).unwrap();
    let head = "rank,member,points,check_ins\n";
    for (name, rows) in [
        ("2026-W05.csv", "1,\"a,b\",2,0\n2,m2,1,0\n"),
        ("2026-01.csv", "1,\"a,b\",2,0\n2,m2,1,0\n"),
        ("2026-W06.csv", "1,m2,1,0\n"),
        ("2026-02.csv", "1,m2,1,0\n"),
        ("all.csv", "1,\"a,b\",2,0\n1,m2,2,0\n"),
    ] {
        assert_eq!(table(name), format!("{head}{rows}"), "{name}");
    }
    let files = std::fs::read_dir(dir.join("leaderboards")).unwrap();
    assert_eq!(files.count(), 5);
    let _ = std::fs::remove_dir_all(&dir);
}

/// The rest of it, and 100,000 members, is `make bench`.
#[tokio::test]
async fn two_thousand_members_are_closed_for_a_page_and_a_handful() {
    let midnight = Box::pin(closing::run(2_000, &|_| {})).await.unwrap();
    println!("{midnight}");
    assert_eq!(midnight.wrongs(), Vec::<String>::new());
}
