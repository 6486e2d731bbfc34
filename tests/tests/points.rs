//! Points and their ledger: held against each other, corrected by rows, never edited.

use hearth_aws::points::{Account, audit, repair};
use hearth_aws::queue::{Queue as _, QueueName};
use hearth_domain::ids::MemberId;
use hearth_local::people::People;
use hearth_tests::world::{World, world};
use serde_json::{Value, json};

fn people(world: &World) -> People<'_> {
    People {
        store: &world.stack.store,
        registry: &world.stack.registry,
        now: world.now(),
    }
}

async fn order(world: &World, user: &str, asked: Value) -> Result<(), String> {
    let member = MemberId::new(user).unwrap();
    let work = people(world)
        .order(&world.community.id, &member, &asked)
        .await;
    let work = work.map_err(|error| format!("{error:#}"))?;
    world
        .stack
        .queues
        .send(QueueName::CheckIn, &[work])
        .await
        .unwrap();
    world.stack.run_until_idle().await;
    Ok(())
}

async fn account(world: &World, user: &str) -> Account {
    let member = world.member(user).await;
    Account::of(&world.stack.store, &world.community, &member)
        .await
        .unwrap()
}

/// Checks in and talks for some days.
async fn days_of_points(world: &World, user: &str, days: i64) {
    for _ in 0..days {
        world.says(user, "C0CHECKIN", "打卡").await;
        world.says(user, "C0GENERAL", "今天把第一版做完了").await;
        world.days(1).await;
    }
}

#[tokio::test]
async fn a_total_that_was_lost_is_found_and_comes_back_from_the_ledger() {
    let world = world().await;
    world.joins("U1").await;
    days_of_points(&world, "U1", 9).await;
    let (store, community) = (&world.stack.store, &world.community);
    let right = account(&world, "U1").await;
    assert!(right.agrees());
    // Nine days of 5 and 1, and twenty for the seventh in a row.
    assert_eq!(right.total, 9 * 6 + 20);
    assert_eq!(audit(store, community).await.unwrap().wrong, []);

    let mut broken = world.member("U1").await;
    broken.scoring.total = 3;
    store.save_member(community, &broken).await.unwrap();
    let found = audit(store, community).await.unwrap();
    let wrong: Vec<(&str, i64, i64)> = found
        .wrong
        .iter()
        .map(|one| (one.member.as_str(), one.total, one.earned()))
        .collect();
    assert_eq!(wrong, [("U1", 3, right.total)]);
    let told = people(&world).audit(&community.id, true).await.unwrap();
    assert_eq!(told["wrong"][0]["mended"], true);
    assert_eq!(
        i64::from(world.member("U1").await.scoring.total),
        right.total
    );
    let again = repair(store, community, &right.member).await.unwrap();
    assert_eq!(again, Some(right), "and nothing more is changed");
}

#[tokio::test]
async fn a_voided_day_counts_for_nothing_wherever_it_is() {
    let world = world().await;
    world.joins("U1").await;
    days_of_points(&world, "U1", 8).await;
    let before = account(&world, "U1").await;
    // Open; closed and still in the item; in the ledger. Each is worth 6.
    for (n, day) in ["2026-01-12", "2026-01-09", "2026-01-05"]
        .into_iter()
        .enumerate()
    {
        order(&world, "U1", json!({"void": day})).await.unwrap();
        let after = account(&world, "U1").await;
        assert!(after.agrees(), "{day}: {after:?}");
        assert_eq!(
            before.total - after.total,
            6 * (i64::try_from(n).unwrap() + 1),
            "{day}"
        );
    }
    let twice = order(&world, "U1", json!({"void": "2026-01-05"})).await;
    assert_eq!(twice.unwrap_err(), "2026-01-05 was voided already");
    days_of_points(&world, "U1", 8).await;
    let later = account(&world, "U1").await;
    assert!(later.agrees(), "{later:?}");
}

#[tokio::test]
async fn a_correction_is_a_row_of_its_own_and_given_once() {
    let world = world().await;
    world.joins("U1").await;
    days_of_points(&world, "U1", 2).await;
    let prize = json!({"points": 50, "for": "photo-prize"});
    order(&world, "U1", prize.clone()).await.unwrap();
    order(&world, "U1", json!({"points": -7, "for": "mistake"}))
        .await
        .unwrap();
    let found = account(&world, "U1").await;
    assert_eq!((found.total, found.agrees()), (2 * 6 + 50 - 7, true));
    let rows: Vec<(&str, i64)> = found
        .rows
        .iter()
        .map(|row| (row.path.as_str(), row.points))
        .collect();
    assert_eq!(
        rows,
        [
            ("correction/operator:correct:mistake:U1", -7),
            ("correction/operator:correct:photo-prize:U1", 50),
        ]
    );
    let again = order(&world, "U1", prize).await.unwrap_err();
    assert_eq!(
        again,
        "photo-prize was corrected already: give another correction another name"
    );
    for (asked, why) in [
        (json!({"points": 1}), "expected {\"void\""),
        (json!({"void": "yesterday"}), "expected {\"void\""),
    ] {
        let refused = order(&world, "U1", asked).await.unwrap_err();
        assert!(refused.starts_with(why), "{refused}");
    }
    let stranger = order(&world, "U9", json!({"points": 1, "for": "x"})).await;
    assert_eq!(stranger.unwrap_err(), "no such member");
}
