//! What things cost in DynamoDB's units, as the requests themselves report it.
//!
//! `cargo test -p hearth-tests --test main budgets -- --nocapture` prints the table.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

use hearth_aws::store::keys::DUE_SHARDS;
use hearth_local::deliveries::slack_ts;
use hearth_local::stack::Function;
use hearth_tests::cost::cost_of;
use hearth_tests::world::{
    ACME, MONDAY, World, playbook_with, standing_at, world, world_of, world_with,
};
use jiff::SignedDuration;
use serde_json::json;

/// One line of the table. The budget is what it costs now, where that is less than the design
/// allows: what makes it dearer is to be seen.
struct Line {
    what: &'static str,
    units: f64,
    budget: f64,
}

/// The messages of many, accepted one after the other and handled in batches.
async fn everybody_says(world: &World, users: impl IntoIterator<Item = usize>) {
    everybody_posts(world, users, "C0GENERAL").await;
}

async fn everybody_posts(world: &World, users: impl IntoIterator<Item = usize>, channel: &str) {
    let start = world.now();
    for (n, user) in (0..).zip(users) {
        let ts = slack_ts(start + SignedDuration::from_millis(n));
        let event = json!({"type": "message", "user": format!("U{user}"), "channel": channel, "channel_type": "channel", "text": "一個想法", "ts": ts, "event_ts": ts});
        let answer = world.deliver(&world.slack.event(&event, world.now())).await;
        assert_eq!(answer.status, 200);
    }
    world.stack.run_until_idle().await;
}

/// Who writes the next messages of a community of 200: few write much, many write once. Zipf's law,
/// drawn at even steps.
fn realistic_mix(messages: u32) -> Vec<usize> {
    let weight = |rank: u32| 1.0 / f64::from(rank);
    let total: f64 = (1..=200).map(weight).sum();
    let writer = |message: u32| {
        let mut left = total * (f64::from(message) + 0.5) / f64::from(messages);
        (1..=200_u32).find(|rank| {
            left -= weight(*rank);
            left <= 0.0
        })
    };
    let mut writers: Vec<usize> = (0..messages)
        .filter_map(writer)
        .filter_map(|rank| usize::try_from(rank).ok())
        .collect();
    hearth_tests::chaos::SplitMix::new(1).shuffle(&mut writers);
    writers
}

async fn a_join() -> [Line; 2] {
    let world = world().await;
    let sent_before = world.stack.work_units(Function::Messenger);
    let join = cost_of(&world, Function::Onboarding, world.joins("U1")).await;
    let sent = world.stack.work_units(Function::Messenger) - sent_before;
    assert_eq!(world.sent("U1").len(), 2);
    [
        Line {
            what: "join with two messages: write, onboarding",
            units: join.write,
            budget: 6.0 + 3.0,
        },
        Line {
            what: "a message of two, with half a turn: write, messenger",
            units: sent.write / 2.0,
            budget: 3.0 + 0.5,
        },
    ]
}

async fn a_step() -> [Line; 2] {
    let world = world().await;
    world.joins("U1").await;
    world.minutes(5).await;
    let sent_before = world.stack.work_units(Function::Messenger);
    let handler = cost_of(&world, Function::Onboarding, world.hours(26)).await;
    let messenger = world.stack.work_units(Function::Messenger) - sent_before;
    assert_eq!(world.sent("U1").last().unwrap(), "onboarding.day-2");
    [
        Line {
            what: "onboarding step until SENT: write, onboarding + messenger",
            units: handler.write + messenger.write,
            budget: 11.0,
        },
        Line {
            what: "  of it onboarding",
            units: handler.write,
            budget: 7.0,
        },
    ]
}

/// Day by day, in a community that answers no check-in.
async fn silent_check_ins() -> Line {
    let silent = playbook_with("reply = \"check-in.reply\"", "");
    let world = world_of(&silent).await;
    world.joins("U1").await;
    world.hours(3).await;
    let mut all = 0.0;
    for _ in 0..6 {
        let says = world.says("U1", "C0CHECKIN", "又一天");
        all += cost_of(&world, Function::CheckIn, says).await.write;
        world.days(1).await;
    }
    Line {
        what: "check-in without a reply, day by day: write",
        units: all / 6.0,
        budget: 1.5,
    }
}

/// Ten known members in one batch, in a channel where ten have checked in just now.
async fn busy_check_ins() -> Line {
    let world = world().await;
    everybody_says(&world, 0..20).await;
    world.minutes(1).await;
    everybody_posts(&world, 0..10, "C0CHECKIN").await;
    let more = everybody_posts(&world, 10..20, "C0CHECKIN");
    let units = cost_of(&world, Function::CheckIn, more).await;
    Line {
        what: "check-in in a busy channel, in a batch of 10: write",
        units: units.write / 10.0,
        budget: 1.2,
    }
}

/// The seventh day in the default playbook, whose badge reaches the second level as well.
async fn a_badge_with_a_level() -> Line {
    let world = world().await;
    let mut last = 0.0;
    for _ in 0..7 {
        let says = world.says("U1", "C0CHECKIN", "又一天");
        last = cost_of(&world, Function::CheckIn, says).await.write;
        world.days(1).await;
    }
    let sent = world.sent("U1");
    let expected = ["check-in.streak", "check-in.level-up"].map(str::to_owned);
    assert!(sent.ends_with(&expected), "{sent:?}");
    Line {
        what: "check-in with badge, award, level and two messages: write",
        units: last,
        budget: 9.0,
    }
}

async fn check_ins() -> [Line; 5] {
    let world = world_of(&playbook_with("level_up = \"check-in.level-up\"", "")).await;
    world.joins("U1").await;
    world.hours(3).await;
    let first = cost_of(
        &world,
        Function::CheckIn,
        world.says("U1", "C0CHECKIN", "今天開始"),
    )
    .await;
    let again = cost_of(
        &world,
        Function::CheckIn,
        world.says("U1", "C0CHECKIN", "今天開始"),
    )
    .await;
    assert_eq!(world.view("U1").await["points"], 5);
    for _ in 0..5 {
        world.days(1).await;
        world.says("U1", "C0CHECKIN", "又一天").await;
    }
    world.days(1).await;
    let streak = cost_of(
        &world,
        Function::CheckIn,
        world.says("U1", "C0CHECKIN", "第七天"),
    )
    .await;
    assert_eq!(world.sent("U1").last().unwrap(), "check-in.streak");
    // Who has no plan has written nothing else that day: no days wait for their row yet.
    let mut badge = first;
    for _ in 0..7 {
        world.days(1).await;
        badge = cost_of(
            &world,
            Function::CheckIn,
            world.says("U2", "C0CHECKIN", "又一天"),
        )
        .await;
    }
    assert_eq!(world.sent("U2").last().unwrap(), "check-in.streak");
    // Closed days leave the item four at a time, each four as one ledger row.
    let mut ordinary = 0.0;
    for _ in 0..12 {
        world.days(1).await;
        ordinary += cost_of(
            &world,
            Function::CheckIn,
            world.says("U1", "C0CHECKIN", "又一天"),
        )
        .await
        .write;
    }
    [
        Line {
            what: "check-in with its reply, the first: write",
            units: first.write,
            budget: 6.0,
        },
        Line {
            what: "the same check-in again: write",
            units: again.write,
            budget: 0.0,
        },
        Line {
            what: "check-in with its reply, day by day, with what closes: write",
            units: ordinary / 12.0,
            budget: 6.25,
        },
        Line {
            what: "check-in with badge, award, message and ledger row: write",
            units: streak.write,
            budget: 7.0,
        },
        Line {
            what: "check-in with badge, award and message: write",
            units: badge.write,
            budget: 6.0,
        },
    ]
}

async fn messages() -> [Line; 5] {
    let world = world().await;
    let ten = cost_of(&world, Function::CheckIn, everybody_says(&world, 0..10)).await;
    world.minutes(1).await;
    let known = cost_of(&world, Function::CheckIn, everybody_says(&world, 0..10)).await;
    let mut options = standing_at(MONDAY);
    options.batch = 100;
    let busy = world_with(options, ACME).await;
    let mix = realistic_mix(100);
    assert_eq!(mix.len(), 100);
    let writers = mix.iter().collect::<std::collections::BTreeSet<_>>().len();
    assert!((40..=75).contains(&writers), "{writers} writers");
    // Who is new costs a unit more, once: the entry by which their silence will be found.
    everybody_says(&busy, mix.clone()).await;
    busy.minutes(1).await;
    let hundred = cost_of(&busy, Function::CheckIn, everybody_says(&busy, mix.clone())).await;
    let twice = cost_of(&busy, Function::CheckIn, everybody_says(&busy, mix)).await;
    let mut options = standing_at(MONDAY);
    options.batch = 1_000;
    let crowd = world_with(options, ACME).await;
    let mix = realistic_mix(1_000);
    everybody_says(&crowd, mix.clone()).await;
    crowd.minutes(1).await;
    let thousand = cost_of(&crowd, Function::CheckIn, everybody_says(&crowd, mix)).await;
    [
        Line {
            what: "the first message of somebody unknown, in a batch of 10: write",
            units: ten.write / 10.0,
            budget: 2.0,
        },
        Line {
            what: "a message of 10 known members in a batch of 10: write",
            units: known.write / 10.0,
            budget: 1.0,
        },
        Line {
            what: "a message in a batch of 100, realistic mix: write",
            units: hundred.write / 100.0,
            budget: 0.7,
        },
        Line {
            what: "the same 100 again: write",
            units: twice.write,
            budget: 0.0,
        },
        Line {
            what: "a message in a batch of 1,000, realistic mix: write",
            units: thousand.write / 1_000.0,
            budget: 0.5,
        },
    ]
}

async fn idle_ticks() -> Vec<Line> {
    let world = world().await;
    world.joins("U1").await;
    world.minutes(5).await;
    let mut lines = Vec::new();
    for (function, what) in [
        (
            Function::Onboarding,
            "an idle tick, a shard: read, onboarding",
        ),
        (Function::WinBack, "an idle tick, a shard: read, win-back"),
        (
            Function::Messenger,
            "an idle tick, a shard: read, messenger",
        ),
    ] {
        let ten_minutes = async {
            world
                .stack
                .advance_ticking(world.now() + SignedDuration::from_mins(10))
                .await;
        };
        let units = cost_of(&world, function, ten_minutes).await;
        assert!(units.write.abs() < 0.1, "an idle tick writes nothing");
        lines.push(Line {
            what,
            units: units.read / 10.0 / f64::from(DUE_SHARDS),
            budget: 0.5,
        });
    }
    lines
}

#[tokio::test]
async fn budgets() {
    let mut table = Vec::new();
    table.extend(Box::pin(a_join()).await);
    table.extend(Box::pin(a_step()).await);
    table.push(Box::pin(silent_check_ins()).await);
    table.push(Box::pin(busy_check_ins()).await);
    table.push(Box::pin(a_badge_with_a_level()).await);
    table.extend(Box::pin(check_ins()).await);
    table.extend(Box::pin(messages()).await);
    table.extend(Box::pin(idle_ticks()).await);
    println!("{:<62} {:>7} {:>7}", "units of", "measured", "budget");
    for Line {
        what,
        units,
        budget,
    } in &table
    {
        println!("{what:<62} {units:>7.2} {budget:>7.2}");
    }
    for Line {
        what,
        units,
        budget,
    } in &table
    {
        assert!(*units <= *budget + 1e-9, "{what}: {units} of {budget}");
    }
}

#[tokio::test]
async fn a_known_member_costs_half_a_unit_to_read() {
    let world = world().await;
    everybody_says(&world, 0..10).await;
    world.minutes(1).await;
    let read = cost_of(&world, Function::CheckIn, everybody_says(&world, 0..10))
        .await
        .read;
    assert!(
        (read - 5.0).abs() < 0.1,
        "ten members in one batch read: {read}"
    );
}

/// A request costs more time than what it brings: members come with one, and what tells their check-ins from
/// ones told twice with one more. Each is then written by itself.
#[tokio::test]
async fn ten_check_ins_to_the_bot_are_looked_up_in_two_requests() {
    let world = world().await;
    everybody_says(&world, 0..10).await;
    world.days(1).await;
    let checking_in = async {
        for user in 0..10 {
            let ts = slack_ts(world.now() + SignedDuration::from_millis(user));
            let event = json!({"type": "message", "user": format!("U{user}"), "channel": format!("D{user}"), "channel_type": "im", "text": "打卡", "ts": ts, "event_ts": ts});
            let answer = world.deliver(&world.slack.event(&event, world.now())).await;
            assert_eq!(answer.status, 200);
        }
        world.stack.run_until_idle().await;
    };
    let cost = cost_of(&world, Function::CheckIn, checking_in).await;
    assert_eq!(cost.requests, 2 + 10);
    for user in 0..10 {
        let sent = world.sent(&format!("U{user}"));
        assert_eq!(sent.last().unwrap(), "check-in.reply", "U{user}");
    }
}
