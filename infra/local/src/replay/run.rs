//! The replay itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use hearth_aws::meter::Units;
use hearth_aws::queue::{Queue, QueueName};
use hearth_aws::store::Kind;
use hearth_aws::wire::{CloseDayV1, EventV1, RollupV1, Work};
use hearth_domain::board::{Board, By, Span};
use hearth_domain::days::{LocalDay, Zone};
use hearth_domain::event::{Event, Facts, Happened, LeaveCause};
use hearth_domain::ids::{CommunityId, EventId};
use hearth_domain::playbook::Playbook;
use hearth_member_webhook::route;
use jiff::Timestamp;
use serde::Serialize;

use super::rows::{Row, RowKind};
use crate::clock::StackClock;
use crate::export::Record;
use crate::stack::{Data, Options, Stack};

/// What is replayed, and how.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The community's id.
    pub community: CommunityId,
    /// Its zone: days and weeks are its own.
    pub zone: Zone,
    /// Where the tables are kept.
    pub data: Data,
    /// Events in a batch.
    pub batch: usize,
}

/// What a replay did.
#[derive(Debug, Serialize)]
pub struct Summary {
    /// The community.
    pub community: CommunityId,
    /// Events replayed.
    pub events: u64,
    /// Of them messages.
    pub messages: u64,
    /// Events in a batch.
    pub batch: usize,
    /// Invocations of functions.
    pub invocations: u64,
    /// Messages through the queues.
    pub queue_messages: u64,
    /// Dead letters: events that could not be handled.
    pub dead_letters: u64,
    /// DynamoDB units of each function.
    pub units: BTreeMap<&'static str, UnitsBy>,
    /// Write units of the function that scores, for each message.
    pub write_units_per_message: Option<f64>,
    /// Write units of onboarding and win-back and of sending their messages: apart, because they
    /// follow from joins and leaves, not from the traffic.
    pub onboarding_write_units: f64,
    /// Of `kpi-rollup`'s units those of closing days: its leaderboards.
    pub closing_units: UnitsBy,
    /// Messages sent, by kind.
    pub sent: BTreeMap<String, u64>,
    /// The reports, latest revision of each week.
    #[serde(skip)]
    pub reports: Vec<Record>,
    /// The leaderboards by points, of weeks, months and all time.
    #[serde(skip)]
    pub boards: Vec<Board>,
}

/// Units of one function.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct UnitsBy {
    /// Requests.
    pub requests: u64,
    /// Read units.
    pub read: f64,
    /// Write units.
    pub write: f64,
}

impl From<Units> for UnitsBy {
    fn from(units: Units) -> Self {
        Self {
            requests: units.requests,
            read: units.read,
            write: units.write,
        }
    }
}

/// Replays rows; `progress` hears how many are done.
pub async fn run(plan: &Plan, rows: &[Row], progress: impl Fn(u64)) -> anyhow::Result<Summary> {
    let (first, last) = (
        rows.first().context("no events")?,
        rows.last().context("no events")?,
    );
    let mut options = Options::in_memory(StackClock::standing_at(first.at));
    options.data = plan.data.clone();
    options.batch = plan.batch;
    options.keep_messages = false;
    let stack = Arc::new(Stack::start(options).await?);
    stack.publish(Kind::Playbook, &playbook_file()?).await?;
    stack
        .publish(Kind::Community, &community_file(plan))
        .await?;

    let mut next = 0;
    while let Some(row) = rows.get(next) {
        stack.advance_to(row.at).await?;
        let until = chunk_end(plan, &stack, row.at).await?;
        let chunk: Vec<&Row> = rows
            .iter()
            .skip(next)
            .take(plan.batch)
            .take_while(|row| row.at < until)
            .collect();
        next += chunk.len();
        take(plan, &stack, &chunk).await?;
        progress(u64::try_from(next).unwrap_or(u64::MAX));
    }
    let last_day = plan.zone.day(last.at);
    finish(plan, &stack, last_day).await?;
    summary(plan, &stack, rows).await
}

/// A chunk ends before anything falls due and before the community's day is over.
async fn chunk_end(plan: &Plan, stack: &Stack, from: Timestamp) -> anyhow::Result<Timestamp> {
    let day_end = plan.zone.start_of(plan.zone.day(from).plus(1));
    let due = stack.next_instant().await?;
    Ok(due.map_or(day_end, |due| due.min(day_end)))
}

async fn take(plan: &Plan, stack: &Stack, chunk: &[&Row]) -> anyhow::Result<()> {
    if let Some(last) = chunk.last() {
        stack.clock.move_to(last.at);
    }
    let mut work: BTreeMap<QueueName, Vec<Work>> = BTreeMap::new();
    for row in chunk {
        let event = event(row)?;
        work.entry(route(&event.what))
            .or_default()
            .push(Work::EventV1(EventV1::of(plan.community.clone(), event)));
    }
    for (queue, work) in work {
        stack.queues.send(queue, &work).await?;
    }
    stack.run_until_idle().await;
    Ok(())
}

fn event(row: &Row) -> anyhow::Result<Event> {
    Ok(Event {
        id: EventId::new(format!("replay:{}", row.number))?,
        at: row.at,
        seq: row.number,
        member: row.member.clone(),
        facts: Facts::default(),
        what: match row.kind {
            RowKind::Join => Happened::Joined { came: None },
            RowKind::Leave => Happened::Left {
                cause: LeaveCause::Unknown,
            },
            RowKind::Message(length) => Happened::MessagePosted {
                length,
                topic: false,
                interest: None,
                print: None,
            },
            RowKind::Reaction => Happened::ReactionAdded { interest: None },
        },
    })
}

/// Lets the last day end, and reports and closes its week as far as it went.
async fn finish(plan: &Plan, stack: &Stack, last_day: LocalDay) -> anyhow::Result<()> {
    let day_end = plan.zone.start_of(last_day.plus(1));
    stack
        .advance_to(day_end.checked_sub(jiff::SignedDuration::from_secs(1))?)
        .await?;
    let rollup = RollupV1 {
        community: plan.community.clone(),
        week: last_day.week(),
        revision: 1,
        as_of: Some(last_day),
    };
    let close = CloseDayV1 {
        community: plan.community.clone(),
        day: last_day,
    };
    stack
        .queues
        .send(
            QueueName::KpiRollup,
            &[Work::RollupV1(rollup), Work::CloseDayV1(close)],
        )
        .await?;
    stack.run_until_idle().await;
    Ok(())
}

async fn summary(plan: &Plan, stack: &Stack, rows: &[Row]) -> anyhow::Result<Summary> {
    let mut reports = BTreeMap::new();
    for (week, _) in stack.store.report_list(&plan.community).await? {
        if let Some(json) = stack.store.report(&plan.community, week, None).await? {
            reports.insert(week, Record::read(json)?);
        }
    }
    let mut boards = Vec::new();
    for span in BOARDS {
        let all = stack.store.boards(&plan.community, span).await?;
        boards.extend(all.into_iter().filter(|board| board.by == By::Points));
    }
    let messages = rows
        .iter()
        .filter(|row| matches!(row.kind, RowKind::Message(_)))
        .count();
    let units = stack.all_units();
    let write = |function: &str| units.get(function).map_or(0.0, |units| units.write);
    Ok(Summary {
        community: plan.community.clone(),
        events: u64::try_from(rows.len())?,
        messages: u64::try_from(messages)?,
        batch: plan.batch,
        invocations: stack.invocations(),
        queue_messages: stack.queues.sent(),
        dead_letters: u64::try_from(stack.queues.dead_letters().len())?,
        write_units_per_message: (messages > 0).then(|| write("check-in") / messages as f64),
        onboarding_write_units: write("onboarding") + write("win-back") + write("messenger"),
        units: units
            .into_iter()
            .map(|(name, units)| (name, units.into()))
            .collect(),
        closing_units: stack.closing_units().into(),
        sent: stack.sandbox.counts(),
        reports: reports.into_values().collect(),
        boards,
    })
}

/// Leaderboards of what; a day's would read all members every day.
const BOARDS: [Span; 3] = [Span::Week, Span::Month, Span::All];

/// The default playbook, closing weeks and months and showing more places.
fn playbook_file() -> anyhow::Result<String> {
    let names: Vec<String> = BOARDS
        .iter()
        .map(|span| format!("\"{}\"", span.name()))
        .collect();
    let mut toml = Playbook::DEFAULT_TOML.to_owned();
    for (part, by) in [
        (
            r#"boards = ["day", "week", "month", "all"]"#,
            format!("boards = [{}]", names.join(", ")),
        ),
        ("top = 10 ", "top = 100".to_owned()),
    ] {
        ensure!(toml.contains(part), "the default playbook has no {part}");
        toml = toml.replacen(part, &by, 1);
    }
    Ok(toml)
}

/// The community of a replay: Standard Webhooks, the default playbook, an example of everything
/// that the plan sends.
fn community_file(plan: &Plan) -> String {
    let (id, zone) = (&plan.community, plan.zone.name());
    format!(
        r#"id = "{id}"
platform = "standard"
name = "{id}"
zone = "{zone}"
locale = "en"
playbook = "default"

[endpoints]
api = "http://replay.invalid/messages"

[secrets]
signing_secret = "literal:whsec_cmVwbGF5LW9mLXJlY29yZGVkLWV2ZW50cw=="

[about]
value = "A community of the past, replayed."

[[content]]
title = "An example"
question = "What do you think?"
url = "https://example.invalid/post"

[[content]]
title = "Another example"
question = "And of this one?"
url = "https://example.invalid/another-post"

[topic]
title = "Introductions"
question = "Who are you, in three keywords?"

[gift]
items = "An example of a gift"
code = "REPLAY"
url = "https://example.invalid/gift"
"#
    )
}
