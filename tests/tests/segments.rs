//! Segments: from new to core and down again, each change on its day, and what is said about it.

use hearth_domain::playbook::Playbook;
use hearth_local::stack::Function;
use hearth_tests::cost::cost_of;
use hearth_tests::world::{World, world, world_of};

/// The default playbook, with a text for who becomes core and one for who falls silent.
fn playbook() -> String {
    let entered = "hysteresis_days = 7             # below, before a drop\n";
    let (before, after) = Playbook::DEFAULT_TOML.split_once(entered).unwrap();
    let text = |kind: &str, text: &str| {
        format!("[texts.\"{kind}\"]\nclass = \"service\"\ntext = \"{text}\"\n")
    };
    format!(
        "{before}{entered}[segments.entered]\ncore = \"segment.core\"\nsilent-dormant = \"segment.silent\"\n{after}\n{}{}",
        text("segment.core", "一起共創？"),
        text("segment.silent", "還好嗎？"),
    )
}

/// The day, counted from the join, and the segment, wherever it changed.
async fn changes(world: &World, user: &str, days: i64, acts_until: i64) -> Vec<(i64, String)> {
    let mut seen: Vec<(i64, String)> = Vec::new();
    for day in 0..days {
        // Past the looks, which are at ten in the morning.
        if day > 0 {
            world.days(1).await;
        } else {
            world.hours(2).await;
        }
        if day < acts_until {
            world.says(user, "C0GENERAL", "今天也來了").await;
        }
        let known = world.member(user).await.journey.segment.segment.unwrap();
        let name = known.name().to_owned();
        assert_eq!(
            world.view(user).await["segment"],
            name.as_str(),
            "day {day}"
        );
        if seen.last().is_none_or(|(_, last)| *last != name) {
            seen.push((day, name));
        }
    }
    seen
}

#[tokio::test]
async fn who_writes_every_day_rises_and_who_stops_falls_a_week_late() {
    let world = world_of(&playbook()).await;
    world.joins("U1").await;
    // Fifteen days of posts, the last on day 14. Twelve active days of 28 are there until day 30, four until
    // day 38, and a post of the last thirty until day 43; each shows six days later.
    let found = changes(&world, "U1", 60, 15).await;
    let found: Vec<(i64, &str)> = found
        .iter()
        .map(|(day, name)| (*day, name.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            (0, "new"),
            (7, "active"),
            (11, "core"),
            (37, "active"),
            (45, "potential"),
            (50, "silent-dormant"),
        ]
    );
    let sent = world.sent("U1");
    let said = |kind: &str| sent.iter().filter(|sent| sent.contains(kind)).count();
    assert_eq!(
        (said("segment.core"), said("segment.silent")),
        (1, 1),
        "{sent:?}"
    );
}

#[tokio::test]
async fn who_leaves_is_in_none_and_who_returns_is_looked_at_again() {
    let world = world().await;
    world.joins("U1").await;
    world.says("U1", "C0GENERAL", "大家好，我是新來的").await;
    world.days(10).await;
    assert_eq!(world.view("U1").await["segment"], "potential");
    world.leaves("U1").await;
    assert_eq!(world.view("U1").await["segment"], "left");
    assert_eq!(world.member("U1").await.journey.segment.due, None);
    world.days(10).await;
    world.joins("U1").await;
    assert_eq!(world.view("U1").await["segment"], "potential");
    assert!(world.member("U1").await.journey.segment.due.is_some());
}

#[tokio::test]
async fn a_look_that_finds_nothing_moves_on_and_activity_moves_nothing() {
    let world = world().await;
    world.joins("U1").await;
    world.days(8).await;
    world.says("U1", "C0GENERAL", "今天也來了").await;
    let due = world.member("U1").await.journey.segment.due.unwrap();
    for _ in 0..3 {
        world.days(1).await;
        let said = world.says("U1", "C0GENERAL", "今天也來了");
        let cost = cost_of(&world, Function::CheckIn, said).await;
        assert!(cost.write <= 3.0, "{}", cost.write);
    }
    let known = world.member("U1").await.journey.segment;
    assert!(
        known.due.unwrap() != due,
        "four active days: another segment, looked at on another day"
    );
    assert_eq!(known.segment.unwrap().name(), "active");
    let due = known.due;
    world.days(1).await;
    world.says("U1", "C0GENERAL", "今天也來了").await;
    assert_eq!(world.member("U1").await.journey.segment.due, due);
}
