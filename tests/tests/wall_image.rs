//! The check-in wall with a picture of the month, where the platform takes one.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

use hearth_aws::store::Kind;
use hearth_domain::board::WallMonth;
use hearth_local::sandbox::Received;
use hearth_tests::world::{ACME, MONDAY, World, playbook_with, standing_at, world_with};
use jiff::SignedDuration;
use serde_json::json;

use crate::{discord, telegram};

/// 08:00 in Taipei: quiet hours are over.
const TUESDAY_MORNING: &str = "2026-01-06T00:00:00Z";
const WEDNESDAY_MORNING: &str = "2026-01-07T00:00:00Z";

/// A community whose playbook wants pictures.
async fn pictured(community: &str) -> World {
    let world = Box::pin(world_with(standing_at(MONDAY), community)).await;
    let wall = "wall = \"closing.wall\"";
    let with_image = playbook_with(wall, &format!("{wall}\nwall_image = true"));
    world.publish(Kind::Playbook, &with_image).await;
    world
}

/// The walls that were posted.
fn walls(world: &World, channel: &str) -> Vec<Received> {
    let mut posted = world.posted_in(channel);
    posted.retain(|message| message.kind == "closing.wall");
    posted
}

/// What the row of a day's wall says of the month; `None` = nothing.
async fn told_of_the_month(world: &World, day: &str) -> Option<String> {
    let id = format!("acme/@community/closing/wall/{day}");
    let row = world.stack.store.message(&id.parse().unwrap()).await;
    row.unwrap().unwrap().values.remove(WallMonth::VALUE)
}

/// The rows of months, as they are stored.
fn rows(world: &World) -> Vec<String> {
    let items = world.stack.every_item().unwrap();
    let rows = items.into_iter().map(|(_, item)| item.to_string());
    rows.filter(|row| row.contains("wall#2026-01")).collect()
}

/// Both walls, each with its picture; the second shows both days, and neither row names anybody.
async fn has_two_pictures(world: &World, channel: &str, words: [&str; 2]) {
    let walls = walls(world, channel);
    assert_eq!(walls.len(), 2);
    let pictures: Vec<_> = walls.iter().flat_map(|wall| &wall.picture).collect();
    assert_eq!(pictures.len(), 2);
    for (picture, words) in pictures.iter().zip(words) {
        assert!(picture.png.starts_with(b"\x89PNG\r\n\x1a\n"));
        assert_eq!(picture.description, words);
    }
    assert_ne!(pictures[0].png, pictures[1].png);
    assert!(
        walls[0]
            .text
            .starts_with("🧱 簽到牆｜2026年1月5日\n2 位簽到：")
    );
    for (day, told) in [
        ("2026-01-05", "2026-01-05 5:2"),
        ("2026-01-06", "2026-01-06 5:2 6:1"),
    ] {
        let found = told_of_the_month(world, day).await;
        assert_eq!(found.as_deref(), Some(told));
    }
    let rows = rows(world);
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert!(
        !rows[0].contains("42") && !rows[0].contains("43"),
        "{rows:?}"
    );
}

#[tokio::test]
async fn telegram_shows_the_month_above_the_wall() {
    let world = pictured(telegram::CLUB).await;
    let topic = json!({"text": "今天也來了", "is_topic_message": true, "message_thread_id": 77});
    let checks_in = async |number: u64, id: u64| {
        let post = telegram::message(number, id, &telegram::home(), world.now(), &topic);
        telegram::take(&world, &post).await;
    };
    for id in [42, 43] {
        telegram::joins(&world, id).await;
        checks_in(id + 100, id).await;
    }
    world.until(TUESDAY_MORNING).await;
    checks_in(200, 42).await;
    world.until(WEDNESDAY_MORNING).await;
    // Telegram keeps no description.
    has_two_pictures(&world, "-1001234:77", ["", ""]).await;
}

#[tokio::test]
async fn discord_shows_the_month_and_says_it_in_words() {
    let world = pictured(discord::CLUB).await;
    let checks_in = async |number: u64, id: &str| {
        let post = discord::posted(number, id, discord::CHECK_IN, world.now());
        discord::take(&world, &post).await;
    };
    for (n, id) in [(1, "42"), (2, "43")] {
        discord::take(&world, &discord::joined(id, world.now())).await;
        checks_in(n, id).await;
    }
    world.until(TUESDAY_MORNING).await;
    checks_in(3, "42").await;
    world.until(WEDNESDAY_MORNING).await;
    let words = [
        "2026年1月每天的簽到人數：5日 2",
        "2026年1月每天的簽到人數：5日 2、6日 1",
    ];
    has_two_pictures(&world, discord::CHECK_IN, words).await;
}

#[tokio::test]
async fn a_group_that_takes_no_photos_gets_the_text() {
    let world = pictured(telegram::CLUB).await;
    telegram::joins(&world, 42).await;
    let topic = json!({"text": "今天也來了", "is_topic_message": true, "message_thread_id": 77});
    let post = telegram::message(142, 42, &telegram::home(), world.now(), &topic);
    telegram::take(&world, &post).await;
    world.until("2026-01-05T23:59:00Z").await;
    let words = "Bad Request: not enough rights to send photos to the chat";
    let fault = json!({"status": 400, "times": 1, "message": words});
    let fault = serde_json::from_value(fault).unwrap();
    world.stack.sandbox.inject(fault);
    world.advance(SignedDuration::from_mins(2)).await;
    let walls = walls(&world, "-1001234:77");
    assert_eq!(walls.len(), 1);
    assert_eq!(walls[0].picture, None);
}

#[tokio::test]
async fn slack_gets_the_text_as_ever_and_no_month_is_counted() {
    let world = pictured(ACME).await;
    world.joins("U-AA-1").await;
    world.says("U-AA-1", "C0CHECKIN", "今天也來了").await;
    world.until(TUESDAY_MORNING).await;
    let walls = walls(&world, "C0CHECKIN");
    assert_eq!(walls.len(), 1);
    assert_eq!(walls[0].picture, None);
    assert_eq!(told_of_the_month(&world, "2026-01-05").await, None);
    assert_eq!(rows(&world), Vec::<String>::new());
}

#[tokio::test]
async fn without_the_wish_there_is_no_picture() {
    let world = Box::pin(world_with(standing_at(MONDAY), discord::CLUB)).await;
    discord::take(&world, &discord::joined("42", world.now())).await;
    let post = discord::posted(1, "42", discord::CHECK_IN, world.now());
    discord::take(&world, &post).await;
    world.until(TUESDAY_MORNING).await;
    let walls = walls(&world, discord::CHECK_IN);
    assert_eq!(walls.len(), 1);
    assert_eq!(walls[0].picture, None);
    assert_eq!(rows(&world), Vec::<String>::new());
}

#[tokio::test]
async fn a_day_is_noted_for_one_unit_and_noting_it_again_changes_nothing() {
    let world = Box::pin(world_with(standing_at(MONDAY), ACME)).await;
    let store = world.stack.store.metered_apart();
    let id = &world.community.id;
    for (day, count, told) in [
        ("2026-01-30", 12, "2026-01-30 30:12"),
        ("2026-01-31", 15, "2026-01-31 30:12 31:15"),
        // Counted once more, with somebody who was told late.
        ("2026-01-31", 16, "2026-01-31 30:12 31:16"),
        ("2026-02-01", 3, "2026-02-01 1:3"),
        // An earlier day, by a request that came late, knows nothing of later ones.
        ("2026-01-30", 13, "2026-01-30 30:13"),
    ] {
        let before = store.meter().units();
        let month = store.note_wall(id, day.parse().unwrap(), count).await;
        assert_eq!(month.unwrap().to_string(), told);
        let cost = store.meter().units() - before;
        assert!(
            (cost.write - 1.0).abs() < 0.01 && cost.read < 0.01,
            "{cost:?}"
        );
    }
    let stored = rows(&world);
    let month = store.note_wall(id, "2026-01-31".parse().unwrap(), 16).await;
    assert_eq!(month.unwrap().to_string(), "2026-01-31 30:13 31:16");
    assert_eq!(rows(&world), stored);
}
