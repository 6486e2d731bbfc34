//! Time: jumping is ticking, a tick too many or too few does no harm, a crowd that is due at once
//! is served once, clocks may differ.

#![expect(
    clippy::unwrap_used,
    clippy::large_futures,
    reason = "what goes wrong here fails a test"
)]

use std::collections::BTreeMap;
use std::sync::Arc;

use hearth_aws::clock::Clock;
use hearth_aws::deadline::Deadline;
use hearth_aws::invocation::{Invocation, Tick};
use hearth_aws::queue::QueueName;
use hearth_domain::decide::{self, Decision};
use hearth_domain::event::{Event, Facts, Happened};
use hearth_domain::ids::MemberId;
use hearth_domain::journey::{Book, Context};
use hearth_domain::member::{Member, MovedOut};
use hearth_domain::message::State;
use hearth_local::control;
use hearth_local::faults::NoFaults;
use hearth_local::sandbox::{ChatFault, NetworkFault};
use hearth_local::stack::Function;
use hearth_tests::chaos::{SplitMix, Turns};
use hearth_tests::story::{self, Outcome, Stage, Story, at};
use jiff::SignedDuration;

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// The three days, told by `jump` or minute by minute. On the way the platform refuses a few
/// times, so that attempts wait for their backoff.
async fn three_days(jump: bool) -> (Outcome, Vec<Member>) {
    let story = story::three_days();
    let stage = Stage::quiet(story.community).await;
    let to = async |target| {
        if jump {
            stage.stack.advance_to(target).await.unwrap();
        } else {
            stage.stack.advance_ticking(target).await;
        }
    };
    for (n, beat) in story.beats.iter().enumerate() {
        to(beat.at).await;
        if n == 1 || n == 5 {
            stage.stack.sandbox.inject(ChatFault::Network {
                error: NetworkFault::NotSent,
                times: 3,
            });
        }
        assert_eq!(stage.deliver(beat).await.status, 200);
        stage.stack.run_until_idle().await;
    }
    to(story.end).await;
    let outcome = stage.outcome().await;
    let (members, _) = stage
        .stack
        .store
        .shard_page(&stage.community.id, 0, None)
        .await
        .unwrap();
    (outcome, members.into_iter().map(Result::unwrap).collect())
}

#[tokio::test(start_paused = true)]
async fn jumping_virtual_time_equals_ticking_every_minute_on_a_three_day_story() {
    let (jumped, members) = three_days(true).await;
    let (ticked, as_ticked) = three_days(false).await;
    assert_eq!(jumped.flaws(), Vec::<String>::new());
    assert_eq!(jumped.received, ticked.received);
    assert_eq!(jumped.messages, ticked.messages);
    assert_eq!(
        (jumped.sums, jumped.rows, jumped.reports),
        (ticked.sums, ticked.rows, ticked.reports)
    );
    assert_eq!(members, as_ticked, "to the last version");
    assert!(
        jumped.received.len() >= 9,
        "{} messages",
        jumped.received.len()
    );
}

/// Six who joined yesterday.
fn six() -> Story {
    (1..=6).fold(
        Story::new("six", story::CLUB, at(0, 0, 30), at(0, 0, 30)),
        |story, n| story.joins(at(0, 0, 30), &format!("U{n}")),
    )
}

/// Joined, and a moment before the second day's step is due.
async fn before_the_step() -> Stage {
    let stage = Stage::quiet(story::CLUB).await;
    stage.stack.advance_to(at(0, 0, 30)).await.unwrap();
    for beat in six().beats {
        assert_eq!(stage.deliver(&beat).await.status, 200);
    }
    stage.stack.advance_to(at(1, 0, 59)).await.unwrap();
    stage
}

fn states(outcome: &Outcome, path: &str) -> BTreeMap<String, usize> {
    let mut states = BTreeMap::new();
    for (_, state) in outcome.messages.iter().filter(|(id, _)| id.ends_with(path)) {
        let name = if let State::Skipped { reason, .. } = state {
            reason.name()
        } else {
            state.name()
        };
        *states.entry(name.to_owned()).or_default() += 1;
    }
    states
}

#[tokio::test(start_paused = true)]
async fn ticks_and_drains_that_overlap_do_nothing_twice() {
    let plain = before_the_step().await;
    plain.stack.advance_to(at(1, 3, 0)).await.unwrap();
    let plain = plain.outcome().await;
    for seed in 0..25 {
        let stage = before_the_step().await;
        stage.stack.clock.move_to(at(1, 1, 0));
        let now = stage.now();
        let mut random = SplitMix::new(seed);
        let mut faults = || Arc::new(Turns::new(random.next_u64()));
        let processes: Vec<_> = (0..3)
            .map(|_| stage.stack.process(Function::Onboarding, faults()).unwrap())
            .collect();
        let tick = || {
            Invocation::Tick(Tick {
                time: Some(now.to_string()),
            })
        };
        let ticks = processes
            .iter()
            .map(|deps| hearth_onboarding::handle(deps, tick(), now, Deadline::none()));
        for answer in futures::future::join_all(ticks).await {
            answer.unwrap();
        }
        // Three drains of every shard that has somebody, in three batches side by side.
        let mut batches = Vec::new();
        while let Some(batch) = stage.stack.queues.receive(QueueName::Onboarding, 4) {
            batches.push(batch);
        }
        let ids: Vec<String> = batches
            .iter()
            .flat_map(|batch| &batch.records)
            .filter_map(|record| record.message_id.clone())
            .collect();
        assert!(ids.len() >= 6, "{} drains", ids.len());
        let drains = batches.into_iter().zip(processes.iter().cycle());
        let drains = drains.map(|(batch, deps)| {
            hearth_onboarding::handle(deps, Invocation::Batch(batch), now, Deadline::none())
        });
        for answer in futures::future::join_all(drains).await {
            assert!(
                answer.unwrap().batch_item_failures.is_empty(),
                "seed {seed}"
            );
        }
        stage.stack.queues.delete(QueueName::Onboarding, ids);
        stage.stack.advance_to(at(1, 3, 0)).await.unwrap();
        let outcome = stage.outcome().await;
        let mut wrong = outcome.flaws();
        wrong.extend(outcome.differences(&plain, &[], false));
        assert!(wrong.is_empty(), "seed {seed}:\n{}", wrong.join("\n"));
        assert_eq!(
            states(&outcome, "/day-2"),
            BTreeMap::from([("SENT".to_owned(), 6)]),
            "seed {seed}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn ticks_that_were_missed_are_made_up_for() {
    // Six hours without a tick; more than a day, after which a step makes no sense any more.
    for (hours, state) in [(6, "SENT"), (30, "expired")] {
        let stage = before_the_step().await;
        stage.stack.clock.move_to(at(1, 1 + hours, 0));
        stage
            .stack
            .advance_to(stage.now() + MINUTE * 5)
            .await
            .unwrap();
        let outcome = stage.outcome().await;
        assert_eq!(outcome.flaws(), Vec::<String>::new());
        assert_eq!(
            states(&outcome, "/day-2"),
            BTreeMap::from([(state.to_owned(), 6)]),
            "after {hours} hours"
        );
    }
}

/// A member of two days ago whose next step is due today, written straight into the table.
fn joined(stage: &Stage, n: u32) -> Decision {
    let event = Event {
        id: format!("test:join:{n}").parse().unwrap(),
        at: at(0, 0, 30),
        seq: 0,
        member: MemberId::new(format!("U{n}")).unwrap(),
        facts: Facts::default(),
        what: Happened::Joined { came: None },
    };
    let context = Context::new(&stage.community, Book::new(&stage.playbook, 1), stage.now());
    let decision = decide::on_events(
        None,
        &event.member.clone(),
        &[event],
        context,
        &MovedOut::new(),
    )
    .unwrap();
    Decision {
        messages: Vec::new(),
        ..decision
    }
}

#[tokio::test(start_paused = true)]
async fn two_thousand_who_are_due_in_one_minute_are_served_once_and_as_fast_as_slack_takes_it() {
    const CROWD: u32 = 2000;
    let stage = Stage::quiet(story::CLUB).await;
    stage.stack.advance_to(at(0, 0, 30)).await.unwrap();
    for n in 0..CROWD {
        stage
            .stack
            .store
            .save(&stage.community, &joined(&stage, n))
            .await
            .unwrap();
    }
    // The stack's clock does not know of what was written past it: one beat wakes it.
    let beat = Story::new("wake", story::CLUB, at(1, 0, 0), at(1, 0, 0))
        .says(at(1, 0, 0), "U0", "CHOME", "good morning")
        .renames(at(1, 0, 0), "U0", "plain");
    stage.stack.clock.move_to(at(1, 0, 0));
    for beat in &beat.beats {
        assert_eq!(stage.deliver(beat).await.status, 200);
    }
    stage.stack.advance_to(at(1, 1, 45)).await.unwrap();
    let received = stage.stack.sandbox.received(None, None, None);
    let mut by_minute: BTreeMap<i64, usize> = BTreeMap::new();
    let mut by_member: BTreeMap<&str, usize> = BTreeMap::new();
    for message in received
        .iter()
        .filter(|message| message.kind == "onboarding.day-2")
    {
        *by_minute
            .entry(message.at.duration_since(at(1, 1, 0)).as_mins())
            .or_default() += 1;
        *by_member
            .entry(message.member.as_deref().unwrap_or_default())
            .or_default() += 1;
    }
    assert_eq!(by_member.len(), CROWD as usize, "everybody: {by_minute:?}");
    assert!(by_member.values().all(|times| *times == 1), "once");
    assert!(
        by_minute.keys().all(|minute| *minute <= 40) && by_minute.values().all(|n| *n <= 50),
        "fifty a minute: {by_minute:?}"
    );
    let work: usize = QueueName::ALL
        .iter()
        .map(|queue| stage.stack.queues.depth(*queue))
        .sum();
    assert_eq!((work, stage.stack.queues.dead_letters().len()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn clocks_that_differ_by_five_minutes_are_fine_and_by_ten_are_not() {
    let stage = Stage::quiet(story::CLUB).await;
    stage.stack.advance_to(at(0, 1, 0)).await.unwrap();
    let now = stage.now();
    let story = Story::new("clocks", story::CLUB, now, now).checks_in(now, "U1");
    let beat = story.beats.first().unwrap();
    for (minutes, status) in [
        (-10, 401),
        (-6, 401),
        (-5, 200),
        (-1, 200),
        (0, 200),
        (1, 200),
        (5, 200),
        (6, 401),
        (10, 401),
    ] {
        let delivery = beat.delivery(now + MINUTE * minutes);
        assert_eq!(
            control::deliver(&stage.stack, &delivery).await.status,
            status,
            "{minutes} minutes"
        );
    }
    stage.stack.run_until_idle().await;
    let outcome = stage.outcome().await;
    assert_eq!(outcome.sums["U1"], (5, 5), "five deliveries, one check-in");
    // An event may be dated a little ahead of our clock, not more: it would count tomorrow.
    for (minutes, status) in [(9, 200), (11, 400)] {
        let story =
            Story::new("ahead", story::CLUB, now, now).checks_in(now + MINUTE * minutes, "U2");
        let delivery = story.beats.first().unwrap().delivery(now);
        assert_eq!(
            control::deliver(&stage.stack, &delivery).await.status,
            status,
            "{minutes} minutes ahead"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_process_whose_clock_is_wrong_sends_nothing_twice() {
    for minutes in [-10, 10] {
        let stage = Stage::quiet(story::CLUB).await;
        stage.stack.advance_to(at(0, 0, 30)).await.unwrap();
        let story = six();
        assert_eq!(
            stage.deliver(story.beats.first().unwrap()).await.status,
            200
        );
        let event = stage
            .stack
            .queues
            .receive(QueueName::Onboarding, 10)
            .unwrap();
        let ids: Vec<String> = event
            .records
            .iter()
            .filter_map(|record| record.message_id.clone())
            .collect();
        let onboarding = stage
            .stack
            .process(Function::Onboarding, Arc::new(NoFaults))
            .unwrap();
        // One process is off by ten minutes, the others are not.
        let off = stage.stack.clock.now() + MINUTE * minutes;
        hearth_onboarding::handle(&onboarding, Invocation::Batch(event), off, Deadline::none())
            .await
            .unwrap();
        stage.stack.queues.delete(QueueName::Onboarding, ids);
        let sends = stage.stack.queues.receive(QueueName::SendNow, 10).unwrap();
        assert_eq!(sends.records.len(), 2, "welcomed at once by any clock");
        let messengers = [
            stage.stack.messenger(Arc::new(Turns::new(1))).unwrap(),
            stage.stack.messenger(Arc::new(Turns::new(2))).unwrap(),
        ];
        let now = stage.now();
        let (a, b) = futures::join!(
            hearth_messenger::handle(
                &messengers[0],
                Invocation::Batch(sends.clone()),
                off,
                Deadline::none()
            ),
            hearth_messenger::handle(
                &messengers[1],
                Invocation::Batch(sends),
                now,
                Deadline::none()
            ),
        );
        assert!(
            a.unwrap().batch_item_failures.is_empty() && b.unwrap().batch_item_failures.is_empty()
        );
        stage.stack.advance_to(at(0, 2, 0)).await.unwrap();
        let outcome = stage.outcome().await;
        assert_eq!(outcome.flaws(), Vec::<String>::new(), "{minutes} minutes");
        assert_eq!(
            states(&outcome, "/day-1"),
            BTreeMap::from([("SENT".to_owned(), 1)]),
            "{minutes} minutes"
        );
    }
}
