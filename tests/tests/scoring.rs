//! What operators take back, what a flood earns, and what a death between two writes leaves.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

use hearth_aws::queue::QueueName;
use hearth_aws::store::StoreError;
use hearth_aws::wire::{EventV1, Work};
use hearth_domain::decide::{Award, Decision, Tally};
use hearth_domain::event::{Event, Facts, Happened};
use hearth_domain::ids::EventId;
use hearth_domain::journey::Invites;
use hearth_domain::member::Member;
use hearth_domain::receipt::Receipts;
use hearth_tests::world::{World, world};
use jiff::SignedDuration;

/// An operator's command, as it comes by the queue.
async fn operator(world: &World, id: &str, what: Happened) {
    let event = Event {
        id: EventId::new(id).unwrap(),
        at: world.now(),
        seq: 0,
        member: "U1".parse().unwrap(),
        facts: Facts {
            elsewhere: true,
            ..Facts::default()
        },
        what,
    };
    let work = Work::EventV1(EventV1::of(world.community.id.clone(), event));
    let queues = &world.stack.queues;
    queues.put(QueueName::CheckIn, work.to_json());
    world.stack.run_until_idle().await;
}

#[tokio::test]
async fn an_operator_voids_a_day_and_corrects_points_and_the_ledger_says_so() {
    let world = world().await;
    for _ in 0..5 {
        world.says("U1", "C0CHECKIN", "今天開始").await;
        world.days(1).await;
    }
    world.says("U1", "C0CHECKIN", "又一天").await;
    let day = world.community.zone.day(world.now());
    let voids = |back: i32| Happened::DayVoided {
        day: day.plus(-back),
    };
    operator(&world, "void-open", voids(1)).await;
    operator(&world, "void-closed", voids(3)).await;
    let corrects = || Happened::Corrected {
        path: "days/2026-01-05".to_owned(),
        points: -4,
    };
    for _ in 0..2 {
        operator(&world, "mistake", corrects()).await;
    }
    let member = world.member("U1").await;
    assert_eq!(
        (member.points(), member.scoring.check_ins),
        (30 - 5 - 5 - 4, 6)
    );
    assert_eq!(world.ledger_sum("U1").await, 16);
    let id = "U1".parse().unwrap();
    let rows = world.stack.store.ledger(&world.community.id, &id).await;
    let rows = rows.unwrap().into_iter().map(|row| (row.path, row.points));
    assert_eq!(
        rows.filter(|(path, _)| !path.starts_with("days/"))
            .collect::<Vec<_>>(),
        [
            ("correction/mistake".to_owned(), -4),
            (format!("reversal/{}", day.plus(-3)), -5)
        ]
    );
}

#[tokio::test]
async fn the_same_text_again_and_a_flood_earn_nothing_and_are_counted() {
    let world = world().await;
    for text in ["今天天氣真好", "今天天氣真好", "今天　天氣真好"] {
        world.says("U1", "C0GENERAL", text).await;
        world.minutes(1).await;
    }
    assert_eq!(
        world.view("U1").await["points"],
        1 + 1,
        "a space is a letter"
    );
    // Six seconds within one step of fifteen.
    world.until("2026-01-05T03:00:00Z").await;
    for text in ["one of many", "two of many", "three of many"] {
        world.says("U2", "C0GENERAL", text).await;
        let soon = world.now() + SignedDuration::from_secs(2);
        world.stack.advance_to(soon).await.unwrap();
    }
    assert_eq!(world.view("U2").await["points"], 1);
    let week = world.member("U2").await.weeks.current.unwrap();
    assert_eq!(week.messages, 3, "all of them are messages");
    assert!((world.metrics.sum("points_withheld") - 3.0).abs() < 0.1);
}

fn decided(member: Member, points: i32) -> Decision {
    let mut member = member;
    member.scoring.award(points);
    Decision {
        member,
        changed: true,
        messages: Vec::new(),
        closed: Vec::new(),
        awards: vec![Award {
            path: "streak/7".to_owned(),
            points,
            of: None,
        }],
        redeemed: Vec::new(),
        moved: Vec::new(),
        receipts: Receipts::default(),
        tally: Tally::default(),
        counts: Vec::new(),
        invites: Invites::default(),
    }
}

/// The award's row was written, the member was not, and a new playbook pays more: the ledger's row
/// is never edited, so it is what the member has.
#[tokio::test]
async fn an_award_whose_row_is_there_is_worth_what_the_row_says() {
    let world = world().await;
    world.says("U1", "C0CHECKIN", "今天開始").await;
    let member = world.member("U1").await;
    let store = &world.stack.store;
    let outdated = Member {
        version: member.version + 1,
        ..member.clone()
    };
    let died = store.save(&world.community, &decided(outdated, 20)).await;
    assert!(matches!(died, Err(StoreError::Conflict(_))), "{died:?}");
    assert_eq!(world.member("U1").await, member);
    let saved = store.save(&world.community, &decided(member, 25)).await;
    saved.unwrap();
    assert_eq!(world.member("U1").await.points(), 5 + 20);
    assert_eq!(world.ledger_sum("U1").await, 5 + 20);
}
