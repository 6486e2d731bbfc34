//! `kpi-rollup`: a tick, and a report of a community.

use anyhow::ensure;
use hearth_aws::clock::{Clock, SystemClock};
use hearth_aws::wire::{RollupV1, WhatV1, Work};
use hearth_local::stack::Function;
use jiff::SignedDuration;

use super::measure::{Book, Invocation};
use crate::runtime::events;
use crate::runtime::stage::{BUCKET, Connection, Stage};

const FUNCTION: Function = Function::KpiRollup;

pub(super) async fn measure(book: &mut Book<'_>) -> anyhow::Result<()> {
    const PLAIN: (Function, Connection) = (FUNCTION, Connection::Plain);
    let stage = Stage::set(book.ground).await?;
    let now = SystemClock.now();
    let members = book.effort.members;
    let two_weeks_ago = now - SignedDuration::from_hours(15 * 24);
    stage.have_joined("member", members, two_weeks_ago).await?;
    for n in 0..members {
        // Half of them wrote something in the days since, some of them today.
        let hours = i64::try_from(n % 28)? * 12;
        let at = now - SignedDuration::from_hours(hours);
        if hours < 14 * 24 / 2 {
            let what = WhatV1::MessagePosted {
                length: Some(20),
                topic: false,
                interest: None,
                print: None,
            };
            let event = stage.event(&format!("said:{n}"), at, &format!("member{n}"), what)?;
            stage.has_happened(event).await?;
        }
    }
    let tick = || events::tick(now);
    book.starts(&stage, FUNCTION, "a tick", |_| Ok(tick()))
        .await?;
    let process = stage.start(FUNCTION, Connection::Plain, &[]).await?;
    book.warm_up(FUNCTION, &process, [tick(), tick()]).await?;
    let ticks = (0..book.effort.batches).map(|_| Invocation {
        event: tick(),
        events: 1,
    });
    book.work(
        &stage,
        &process,
        PLAIN,
        "tick, one community",
        ticks.collect(),
    )
    .await?;

    let week = stage.community.zone.day(now).week().plus(-1);
    let report = |revision: u8| {
        let work = Work::RollupV1(RollupV1 {
            community: stage.community.id.clone(),
            week,
            revision,
            as_of: None,
        });
        events::batch_of(&format!("report-{revision}"), &[work], now)
    };
    let reports = [1, 2].map(|revision| Invocation {
        event: report(revision),
        events: 1,
    });
    let what = format!("report of {members} members");
    book.work(&stage, &process, PLAIN, &what, reports.to_vec())
        .await?;
    let stored = stage.aws.objects();
    ensure!(
        stored
            .iter()
            .filter(|name| name.starts_with(BUCKET))
            .count()
            >= 2,
        "kpi-rollup: two reports were made, and in the bucket is {stored:?}"
    );
    Ok(())
}
