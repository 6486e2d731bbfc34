//! `onboarding`, `check-in` and `win-back`: batches of ten events, ticks and drains.

use anyhow::ensure;
use hearth_aws::clock::{Clock, SystemClock};
use hearth_aws::queue::QueueName;
use hearth_aws::wire::{CauseV1, WhatV1, Work};
use hearth_local::stack::Function;
use jiff::{SignedDuration, Timestamp};

use super::measure::{Book, Invocation};
use crate::runtime::events;
use crate::runtime::stage::{A_DAY_AGO, Connection, Stage};

const TEN: usize = 10;
/// Batches before measuring.
const WARM_UP: usize = 5;
/// Members who write again and again.
const TALKERS: usize = 200;
/// Members whose step has fallen due.
const DUE: usize = 100;

/// Ten events of ten members, the n-th such batch: `member(i)` is the i-th member of all, and
/// each comes up again after `of` members.
fn ten(
    stage: &Stage,
    (name, n, of): (&str, usize, usize),
    now: Timestamp,
    what: impl Fn() -> WhatV1,
) -> anyhow::Result<Vec<u8>> {
    let mut work = Vec::with_capacity(TEN);
    for i in n * TEN..(n + 1) * TEN {
        let member = format!("{name}{}", i % of);
        // Each event has an instant of its own, in the order of the batches.
        let at = now + SignedDuration::from_millis(i64::try_from(i)?);
        work.push(Work::EventV1(stage.event(
            &format!("bench:{name}:{i}"),
            at,
            &member,
            what(),
        )?));
    }
    Ok(events::batch_of(&format!("{name}-{n}"), &work, now))
}

fn invocations(
    batches: impl Iterator<Item = usize>,
    event: impl Fn(usize) -> anyhow::Result<Vec<u8>>,
) -> anyhow::Result<Vec<Invocation>> {
    let events = TEN as u64;
    batches
        .map(|n| {
            Ok(Invocation {
                event: event(n)?,
                events,
            })
        })
        .collect()
}

fn said() -> WhatV1 {
    WhatV1::MessagePosted {
        length: Some(42),
        topic: false,
        interest: None,
        print: None,
    }
}

pub(super) async fn check_in(book: &mut Book<'_>) -> anyhow::Result<()> {
    const FUNCTION: Function = Function::CheckIn;
    let batches = book.effort.batches;
    let stage = Stage::set(book.ground).await?;
    let now = SystemClock.now();
    let members = (WARM_UP + batches) * TEN;
    stage
        .have_joined("talker", TALKERS, now - A_DAY_AGO)
        .await?;
    stage.have_joined("maker", members, now - A_DAY_AGO).await?;
    // What is sent begins an hour ago, so that no event lies ahead of the clock.
    let now = now - SignedDuration::from_hours(1);
    book.starts(&stage, FUNCTION, "10 messages of known members", |n| {
        ten(&stage, ("talker", n, TALKERS), now, said)
    })
    .await?;
    let process = stage.start(FUNCTION, Connection::Plain, &[]).await?;
    let from = 1000;
    let message = |n: usize| ten(&stage, ("talker", from + n, TALKERS), now, said);
    let checked_in = |n: usize| {
        ten(&stage, ("maker", n, members), now, || WhatV1::CheckedIn {
            channel: None,
        })
    };
    let warm_up = (0..WARM_UP)
        .map(message)
        .collect::<anyhow::Result<Vec<_>>>()?;
    book.warm_up(FUNCTION, &process, warm_up).await?;
    let work = invocations(WARM_UP..WARM_UP + batches, message)?;
    book.work(
        &stage,
        &process,
        (FUNCTION, Connection::Plain),
        "message of a known member, batches of 10",
        work,
    )
    .await?;
    let warm_up = (0..WARM_UP)
        .map(checked_in)
        .collect::<anyhow::Result<Vec<_>>>()?;
    book.warm_up(FUNCTION, &process, warm_up).await?;
    let work = invocations(WARM_UP..WARM_UP + batches, checked_in)?;
    book.work(
        &stage,
        &process,
        (FUNCTION, Connection::Plain),
        "check-in of a known member, batches of 10",
        work,
    )
    .await?;
    // Each of them has checked in once.
    for n in [0, members - 1] {
        let member = stage.member(&format!("maker{n}")).await?;
        let points = member.map_or(0, |member| member.points());
        ensure!(
            points > 0,
            "check-in: maker{n} checked in and has no points"
        );
    }
    Ok(())
}

/// A join of which nothing more is told.
const JOINED: WhatV1 = WhatV1::Joined { came: None };

pub(super) async fn onboarding(book: &mut Book<'_>) -> anyhow::Result<()> {
    const FUNCTION: Function = Function::Onboarding;
    const PLAIN: (Function, Connection) = (FUNCTION, Connection::Plain);
    let batches = book.effort.batches;
    let stage = Stage::set(book.ground).await?;
    let now = SystemClock.now();
    let members = (WARM_UP + batches) * TEN;
    let newcomers = usize::MAX;
    book.starts(&stage, FUNCTION, "10 joins", |n| {
        ten(&stage, ("first", n, newcomers), now, || JOINED)
    })
    .await?;
    let process = stage.start(FUNCTION, Connection::Plain, &[]).await?;
    let joins = |n: usize| ten(&stage, ("newcomer", n, newcomers), now, || JOINED);
    let warm_up = (0..WARM_UP)
        .map(joins)
        .collect::<anyhow::Result<Vec<_>>>()?;
    book.warm_up(FUNCTION, &process, warm_up).await?;
    let work = invocations(WARM_UP..WARM_UP + batches, joins)?;
    book.work(
        &stage,
        &process,
        PLAIN,
        "join with two messages, batches of 10",
        work,
    )
    .await?;
    let last = format!("newcomer{}", members - 1);
    ensure!(
        stage.member(&last).await?.is_some(),
        "onboarding: {last} joined and is nobody"
    );

    let tick = || Invocation {
        event: events::tick(now),
        events: 1,
    };
    let ticks = vec![tick(); batches];
    book.work(&stage, &process, PLAIN, "tick with nothing due", ticks)
        .await?;
    let nothing = stage.aws.take_from(QueueName::Onboarding.name());
    ensure!(
        nothing.is_empty(),
        "onboarding: {} shards to drain, and nothing is due",
        nothing.len()
    );
    let drains = (0..batches).map(|n| {
        drain(
            &format!("empty-{n}"),
            Work::drain(0, None).to_json(),
            1,
            now,
        )
    });
    book.work(
        &stage,
        &process,
        PLAIN,
        "drain of a shard with nothing due",
        drains.collect(),
    )
    .await?;

    stage.have_joined("waiting", DUE, now - A_DAY_AGO).await?;
    let one_tick = vec![tick()];
    book.work(&stage, &process, PLAIN, "tick with something due", one_tick)
        .await?;
    let due = stage.aws.take_from(QueueName::Onboarding.name());
    ensure!(
        !due.is_empty(),
        "onboarding: no shard to drain, and {DUE} steps are due"
    );
    let shards = due.len();
    let mut left = DUE as u64;
    let drains = due.into_iter().enumerate().map(|(n, body)| {
        // Over all shards the events are the members whose step is due.
        let share = left.div_ceil((shards - n) as u64);
        left -= share;
        drain(&format!("due-{n}"), body, share, now)
    });
    let drains = drains.collect();
    book.work(
        &stage,
        &process,
        PLAIN,
        "due step with a message, drained",
        drains,
    )
    .await?;
    for n in [0, DUE - 1] {
        let member = stage.member(&format!("waiting{n}")).await?;
        let version = member.map_or(0, |member| member.version);
        ensure!(
            version > 1,
            "onboarding: the step of waiting{n} was not done"
        );
    }
    Ok(())
}

/// A drain of one shard, in which so many events are.
fn drain(name: &str, body: String, events: u64, now: Timestamp) -> Invocation {
    Invocation {
        event: events::batch(&[(name.to_owned(), body)], now),
        events,
    }
}

pub(super) async fn win_back(book: &mut Book<'_>) -> anyhow::Result<()> {
    const FUNCTION: Function = Function::WinBack;
    let batches = book.effort.batches;
    let stage = Stage::set(book.ground).await?;
    let now = SystemClock.now();
    let members = (WARM_UP + batches) * TEN;
    let starts = book.connections().len() * book.effort.starts * TEN;
    stage.have_joined("early", starts, now - A_DAY_AGO).await?;
    stage
        .have_joined("leaver", members, now - A_DAY_AGO)
        .await?;
    let now = now - SignedDuration::from_hours(1);
    let left = || WhatV1::Left {
        cause: CauseV1::Voluntary,
    };
    book.starts(&stage, FUNCTION, "10 leaves", |n| {
        ten(&stage, ("early", n, starts), now, left)
    })
    .await?;
    let process = stage.start(FUNCTION, Connection::Plain, &[]).await?;
    let leaves = |n: usize| ten(&stage, ("leaver", n, members), now, left);
    let warm_up = (0..WARM_UP)
        .map(leaves)
        .collect::<anyhow::Result<Vec<_>>>()?;
    book.warm_up(FUNCTION, &process, warm_up).await?;
    let work = invocations(WARM_UP..WARM_UP + batches, leaves)?;
    book.work(
        &stage,
        &process,
        (FUNCTION, Connection::Plain),
        "leave in the middle of the plan, batches of 10",
        work,
    )
    .await
}
