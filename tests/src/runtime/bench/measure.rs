//! How a cold start and a warm run are measured, and the book that both are entered into.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use hearth_local::stack::Function;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Effort;
use crate::runtime::api::Done;
use crate::runtime::aws::PerEvent;
use crate::runtime::process::Bootstrap;
use crate::runtime::stage::{Connection, Ground, Stage};

/// Several measurements of one thing.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// The middle one.
    pub median: f64,
    /// The least.
    pub minimum: f64,
    /// The most.
    pub maximum: f64,
}

impl Spread {
    /// Of at least one.
    pub fn of(mut all: Vec<f64>) -> Option<Self> {
        all.sort_by(f64::total_cmp);
        let middle = |at: usize| all.get(at).copied();
        let upper = middle(all.len() / 2)?;
        let median = if all.len().is_multiple_of(2) {
            f64::midpoint(middle((all.len() / 2).checked_sub(1)?)?, upper)
        } else {
            upper
        };
        Some(Self {
            median,
            minimum: *all.first()?,
            maximum: *all.last()?,
        })
    }

    fn of_durations(all: &[Duration]) -> anyhow::Result<Self> {
        Self::of(all.iter().copied().map(milliseconds).collect()).context("nothing was measured")
    }
}

pub(super) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// A kind of cold start: so many fresh processes, each with one event waiting for it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Start {
    /// Which function.
    pub function: String,
    /// How it reaches AWS.
    pub connection: String,
    /// What the first event is.
    pub event: String,
    /// How many processes.
    pub processes: usize,
    /// From `exec` to the first `/next`, in milliseconds.
    pub first_next_ms: Spread,
    /// From the event's handing over to its answer, in milliseconds.
    pub first_invocation_ms: Spread,
    /// From `exec` to the answer, in milliseconds.
    pub first_answer_ms: Spread,
    /// CPU of all that, user and system, in milliseconds.
    pub cpu_ms: Spread,
    /// What one of these processes asked for, in all.
    pub asked: PerEvent,
}

/// A kind of work, done again and again by a warm process.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Work {
    /// Which function.
    pub function: String,
    /// What is done.
    pub what: String,
    /// How it reaches AWS.
    pub connection: String,
    /// How many events.
    pub events: u64,
    /// In how many invocations.
    pub invocations: usize,
    /// CPU of one event, user and system, in milliseconds: over ten equal parts of the run, so that what else
    /// the machine does for a moment is not in the median, and for longer not in the least. One part if the run
    /// is short.
    pub cpu_ms: Spread,
    /// Wall time of one event, in milliseconds: the invocation's, divided by its events.
    pub wall_ms: f64,
    /// Wall time of an invocation, in milliseconds.
    pub invocation_ms: Spread,
    /// What one event asked for.
    pub asked: PerEvent,
}

/// A run of so many invocations is looked at in parts.
const LONG: usize = 50;
const PARTS: usize = 10;

/// An invocation to measure.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// The input.
    pub event: Vec<u8>,
    /// How many events of the kind are in it.
    pub events: u64,
}

/// Where measurements are entered.
pub struct Book<'a> {
    /// What the stages stand on.
    pub ground: &'a Ground,
    /// How much is measured.
    pub effort: Effort,
    progress: &'a dyn Fn(&str),
    starts: Vec<Start>,
    work: Vec<Work>,
    peaks: BTreeMap<&'static str, u64>,
}

impl<'a> Book<'a> {
    /// An empty one.
    pub fn new(ground: &'a Ground, effort: Effort, progress: &'a dyn Fn(&str)) -> Self {
        Self {
            ground,
            effort,
            progress,
            starts: Vec::new(),
            work: Vec::new(),
            peaks: BTreeMap::new(),
        }
    }

    /// All that was entered.
    pub fn close(self) -> (Vec<Start>, Vec<Work>) {
        (self.starts, self.work)
    }

    /// The most memory of any process of a function so far.
    pub fn peak_memory_bytes(&self, function: Function) -> u64 {
        self.peaks.get(function.name()).copied().unwrap_or(0)
    }

    /// The connections whose cold starts are measured.
    pub fn connections(&self) -> Vec<Connection> {
        let mut all = vec![Connection::Plain, Connection::Tls];
        if self.ground.authority.file_with_system_roots().is_some() {
            all.push(Connection::TlsSystemRoots);
        }
        all
    }

    /// Measures cold starts: `event(n)` waits for the n-th process.
    pub async fn starts(
        &mut self,
        stage: &Stage,
        function: Function,
        what: &str,
        mut event: impl FnMut(usize) -> anyhow::Result<Vec<u8>>,
    ) -> anyhow::Result<()> {
        let mut number = 0;
        for connection in self.connections() {
            self.say(function, &format!("cold starts, {}", connection.name()));
            let mut each = Cold::default();
            let before = stage.aws.counts();
            for _ in 0..self.effort.starts {
                let event = event(number)?;
                number += 1;
                let (process, given) = stage.start_for(function, connection, event).await?;
                let first_next = process.first_next().await?;
                let done = process.done(given).await?;
                check(function, &process, &done)?;
                let usage = process.usage_at_rest().await?;
                each.first_next.push(first_next);
                each.first_invocation.push(done.wall());
                each.first_answer.push(process.since_start(&done));
                each.cpu
                    .push(usage.cpu_since(&crate::runtime::process::Usage::default()));
                self.note_peak(function, usage.peak_memory_bytes);
            }
            let asked = stage.aws.counts().since(&before);
            stage.aws.check_all_known()?;
            self.starts.push(Start {
                function: function.name().to_owned(),
                connection: connection.name().to_owned(),
                event: what.to_owned(),
                processes: self.effort.starts,
                first_next_ms: Spread::of_durations(&each.first_next)?,
                first_invocation_ms: Spread::of_durations(&each.first_invocation)?,
                first_answer_ms: Spread::of_durations(&each.first_answer)?,
                cpu_ms: Spread::of_durations(&each.cpu)?,
                asked: asked.per(self.effort.starts as u64),
            });
        }
        Ok(())
    }

    /// Measures work of a process that has done such work before.
    pub async fn work(
        &mut self,
        stage: &Stage,
        process: &Bootstrap,
        (function, connection): (Function, Connection),
        what: &str,
        invocations: Vec<Invocation>,
    ) -> anyhow::Result<()> {
        self.say(function, what);
        let mut walls = Vec::with_capacity(invocations.len());
        let mut cpu = Vec::with_capacity(PARTS);
        let mut events = 0;
        let parts = if invocations.len() < LONG { 1 } else { PARTS };
        let until = |part: usize| invocations.len() * part / parts;
        let before = stage.aws.counts();
        let mut usage = process.usage_at_rest().await?;
        for part in 0..parts {
            let part = invocations
                .get(until(part)..until(part + 1))
                .unwrap_or_default();
            let mut events_of_part = 0;
            for invocation in part {
                let done = process.invoke(invocation.event.clone()).await?;
                check(function, process, &done)?;
                walls.push(done.wall());
                events_of_part += invocation.events;
            }
            let earlier = std::mem::replace(&mut usage, process.usage_at_rest().await?);
            let whole = milliseconds(usage.cpu_since(&earlier));
            cpu.push(whole / events_of_part.max(1) as f64);
            events += events_of_part;
        }
        let asked = stage.aws.counts().since(&before);
        stage.aws.check_all_known()?;
        ensure!(events > 0, "{}: {what}: no events", function.name());
        ensure!(
            asked.not_asked == 0,
            "{}: {what}: {} requests to tables did not ask what they cost",
            function.name(),
            asked.not_asked
        );
        self.note_peak(function, usage.peak_memory_bytes);
        let wall: Duration = walls.iter().sum();
        self.work.push(Work {
            function: function.name().to_owned(),
            what: what.to_owned(),
            connection: connection.name().to_owned(),
            events,
            invocations: invocations.len(),
            cpu_ms: Spread::of(cpu).context("nothing was measured")?,
            wall_ms: milliseconds(wall) / events as f64,
            invocation_ms: Spread::of_durations(&walls)?,
            asked: asked.per(events),
        });
        Ok(())
    }

    /// Lets a process do work that is not measured: it fills its caches.
    pub async fn warm_up(
        &self,
        function: Function,
        process: &Bootstrap,
        events: impl IntoIterator<Item = Vec<u8>>,
    ) -> anyhow::Result<()> {
        for event in events {
            let done = process.invoke(event).await?;
            check(function, process, &done)?;
        }
        Ok(())
    }

    fn say(&self, function: Function, what: &str) {
        (self.progress)(&format!("{}: {what}", function.name()));
    }

    fn note_peak(&mut self, function: Function, bytes: u64) {
        let peak = self.peaks.entry(function.name()).or_default();
        *peak = bytes.max(*peak);
    }
}

#[derive(Default)]
struct Cold {
    first_next: Vec<Duration>,
    first_invocation: Vec<Duration>,
    first_answer: Vec<Duration>,
    cpu: Vec<Duration>,
}

/// Fails unless everything in an invocation succeeded: the cost of a failure is another matter.
fn check(function: Function, process: &Bootstrap, done: &Done) -> anyhow::Result<()> {
    let name = function.name();
    let answer = match &done.result {
        Ok(answer) => String::from_utf8_lossy(answer),
        Err(error) => {
            anyhow::bail!("{name} reported an error: {error}{}", process.last_lines())
        }
    };
    let value: Value = serde_json::from_str(&answer)
        .with_context(|| format!("{name} answered no JSON: {answer}"))?;
    let status = value.get("statusCode").and_then(Value::as_u64);
    let failures = value.get("batchItemFailures").and_then(Value::as_array);
    let is_good = status.is_none_or(|status| status == 200) && failures.is_none_or(Vec::is_empty);
    ensure!(is_good, "{name} answered {answer}{}", process.last_lines());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_number_is_between_two() {
        let spread = Spread::of(vec![4.0, 1.0, 3.0, 2.0]).unwrap();
        assert_eq!(
            (spread.median, spread.minimum, spread.maximum),
            (2.5, 1.0, 4.0)
        );
        let one = Spread::of(vec![7.0]).unwrap();
        assert_eq!((one.median, one.minimum, one.maximum), (7.0, 7.0, 7.0));
        assert!(Spread::of(Vec::new()).is_none());
    }
}
