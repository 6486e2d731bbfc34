//! A record of a batch panics in the bootstrap that ships: the others are done, exactly it is
//! reported, and the process lives.
//!
//! The functions panic by themselves nowhere, so they are asked to, by `HEARTH_PANIC_ON_RECORD`.

use std::collections::BTreeSet;

use anyhow::{Context as _, ensure};
use hearth_aws::clock::{Clock, SystemClock};
use hearth_aws::wire::{CauseV1, WhatV1, Work};
use hearth_local::stack::Function;
use jiff::SignedDuration;
use serde_json::Value;

use super::api::Done;
use super::events;
use super::process::Bootstrap;
use super::stage::{A_DAY_AGO, Connection, Ground, Stage};

/// The records of a batch.
pub const RECORDS: usize = 10;
/// The functions it is proven for: those that handle the events of members.
pub const FUNCTIONS: [Function; 3] = [Function::Onboarding, Function::CheckIn, Function::WinBack];
/// The id of the record that panics.
const CHOSEN: &str = "the-record-that-panics";

/// Proves it for one function and every place in the batch; what was seen, in words.
pub async fn prove(ground: &Ground, function: Function) -> anyhow::Result<String> {
    let stage = Stage::set(ground).await?;
    let process = stage
        .start(
            function,
            Connection::Plain,
            &[("HEARTH_PANIC_ON_RECORD", CHOSEN)],
        )
        .await?;
    let first = process.process();
    for k in 0..RECORDS {
        batch_with_panic_at(&stage, &process, function, k)
            .await
            .with_context(|| format!("{}: record {} of {RECORDS}", function.name(), k + 1))?;
    }
    let lines = process.lines();
    let reported = lines
        .iter()
        .filter(|line| line.contains("panicked; see the line before"));
    ensure!(
        reported.count() == RECORDS,
        "{}: the log does not name each of {RECORDS} panics{}",
        function.name(),
        process.last_lines()
    );
    process.usage_at_rest().await?;
    Ok(format!(
        "{}: each of {RECORDS} records panicked once: the {} others were done, it alone was reported, and done when it came again; all in process {first}",
        function.name(),
        RECORDS - 1
    ))
}

async fn batch_with_panic_at(
    stage: &Stage,
    process: &Bootstrap,
    function: Function,
    k: usize,
) -> anyhow::Result<()> {
    let now = SystemClock.now();
    let name = format!("k{k}m");
    if function != Function::Onboarding {
        stage.have_joined(&name, RECORDS, now - A_DAY_AGO).await?;
    }
    let at = now - SignedDuration::from_mins(1);
    let mut records = Vec::with_capacity(RECORDS);
    for n in 0..RECORDS {
        let event = stage.event(
            &format!("panic:{k}:{n}"),
            at,
            &format!("{name}{n}"),
            what(function),
        )?;
        let id = if n == k {
            CHOSEN.to_owned()
        } else {
            format!("record-{k}-{n}")
        };
        records.push((id, Work::EventV1(event).to_json()));
    }
    let done = process.invoke(events::batch(&records, now)).await?;
    let failed = failures(process, &done)?;
    ensure!(
        failed == BTreeSet::from([CHOSEN.to_owned()]),
        "reported were {failed:?}{}",
        process.last_lines()
    );
    for n in 0..RECORDS {
        let done = is_done(stage, function, &format!("{name}{n}")).await?;
        ensure!(
            done == (n != k),
            "record {} was {}done",
            n + 1,
            if done { "" } else { "not " }
        );
    }
    // As after a repair: the same message, which SQS gives another chance.
    let (_, body) = records.swap_remove(k);
    let again = process
        .invoke(events::batch(&[(format!("again-{k}"), body)], now))
        .await?;
    let failed = failures(process, &again)?;
    ensure!(failed.is_empty(), "the next invocation reported {failed:?}");
    ensure!(
        is_done(stage, function, &format!("{name}{k}")).await?,
        "it was not done when it came again"
    );
    Ok(())
}

fn what(function: Function) -> WhatV1 {
    match function {
        Function::WinBack => WhatV1::Left {
            cause: CauseV1::Voluntary,
        },
        Function::CheckIn => WhatV1::CheckedIn { channel: None },
        Function::MemberWebhook
        | Function::Onboarding
        | Function::KpiRollup
        | Function::Messenger => WhatV1::Joined { came: None },
    }
}

/// Whether the table shows what the member's event does.
async fn is_done(stage: &Stage, function: Function, member: &str) -> anyhow::Result<bool> {
    let Some(member) = stage.member(member).await? else {
        return Ok(false);
    };
    Ok(match function {
        Function::CheckIn => member.points() > 0,
        Function::WinBack => member.journey.win_back.is_some(),
        Function::MemberWebhook
        | Function::Onboarding
        | Function::KpiRollup
        | Function::Messenger => member.journey.onboarding.is_some(),
    })
}

/// The records that an answer reports.
fn failures(process: &Bootstrap, done: &Done) -> anyhow::Result<BTreeSet<String>> {
    let answer = match &done.result {
        Ok(answer) => answer,
        Err(error) => anyhow::bail!("the invocation failed: {error}{}", process.last_lines()),
    };
    let answer: Value = serde_json::from_slice(answer).context("the answer is no JSON")?;
    let failures = answer.get("batchItemFailures").and_then(Value::as_array);
    let ids = failures
        .context("the answer has no batchItemFailures")?
        .iter();
    let id = |failure: &Value| Some(failure.get("itemIdentifier")?.as_str()?.to_owned());
    ids.map(|failure| id(failure).context("a failure without itemIdentifier"))
        .collect()
}
