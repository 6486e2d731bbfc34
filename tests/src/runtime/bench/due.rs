//! A morning: all members of a large community wait for the same step, and it is due for all of them
//! in the same minute. Told on the local stack, tables in memory, with a platform that has no rate of
//! ours: what is measured is what we do, not what a platform lets us.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use hearth_aws::meter::Units;
use hearth_aws::store::Kind;
use hearth_aws::store::keys::DUE_SHARDS;
use hearth_aws::wire::WhatV1;
use hearth_domain::community::Community;
use hearth_domain::decide;
use hearth_domain::event::Event;
use hearth_domain::journey::{Book, Consumer, Context};
use hearth_domain::member::{Member, MovedOut};
use hearth_domain::playbook::Playbook;
use hearth_local::faults::{Call, Fault, Faults};
use hearth_local::stack::{Function, Options, Stack};
use jiff::{SignedDuration, Timestamp};

use crate::runtime::process::Usage;
use crate::runtime::{events, tick};
use crate::world::{SHOP, playbook_with, standing_at};

/// What a step may cost until its message is SENT, all functions together. Write units a member.
pub const WRITE_UNITS: f64 = 12.0;
/// The step that is due.
const STEP: &str = "onboarding.day-2";
/// At nine in Berlin they all join …
const JOINED: &str = "2026-01-05T08:00:00Z";
/// … and at seven past ten on the next day they are all due. No quarter of an hour: on those other
/// things are done too.
const SEND_AT: &str = "10:07";
const DUE: &str = "2026-01-06T09:07:00Z";
const BEFORE: &str = "2026-01-06T09:06:00Z";
/// What is not done by then never will be.
const PATIENCE: SignedDuration = SignedDuration::from_hours(2);
const A_MINUTE: SignedDuration = SignedDuration::from_mins(1);
/// Members between two words about the seeding.
const A_WHILE: usize = 20_000;

/// What became of it.
#[derive(Debug, Clone)]
pub struct Morning {
    /// Members who were due.
    pub members: usize,
    /// Seconds that it took to write them down, which is no part of the rest.
    pub seeding: Duration,
    /// From the tick until nothing was due any more, on this machine.
    pub real: Duration,
    /// From the minute in which they were due to the last message, on the stack's clock.
    pub lag: SignedDuration,
    /// What `onboarding` read and wrote.
    pub onboarding: Units,
    /// What `messenger` read and wrote.
    pub messenger: Units,
    /// Messages that members received.
    pub sent: usize,
    /// Messages beyond a member's first, those included that the platform dropped by their key.
    pub doubled: usize,
    /// Members without a message.
    pub lost: usize,
    /// Entries that are still due.
    pub left: usize,
    /// The most memory that this process ever had resident, the tables and the platform's stand-in
    /// included. Bytes.
    pub peak_memory_bytes: u64,
}

/// Counts the calls to the platform, whatever it makes of them. Nothing fails.
#[derive(Default)]
struct Calls(AtomicU64);

impl Faults for Calls {
    fn fate(&self, call: Call<'_>) -> Option<Fault> {
        if let Call::Chat(_) = call {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
        None
    }

    fn any(&self) -> bool {
        false
    }
}

/// Lets so many members be due in the same minute, and looks what becomes of them.
pub async fn run(members: usize, progress: &dyn Fn(&str)) -> anyhow::Result<Morning> {
    let calls = Arc::new(Calls::default());
    let options = Options {
        faults: calls.clone(),
        ..standing_at(BEFORE)
    };
    let stack = Box::pin(Stack::start(options)).await?;
    let begun = tick();
    let community = Box::pin(seed(&stack, members, progress)).await?;
    let seeding = begun.elapsed();
    let due: Timestamp = DUE.parse()?;
    let waiting = Box::pin(due_at(&stack, due)).await?;
    ensure!(waiting == members, "{waiting} of {members} members are due");

    let units = |function| stack.work_units(function);
    let before = (units(Function::Onboarding), units(Function::Messenger));
    progress("the minute");
    let begun = tick();
    let mut until = due;
    let left = loop {
        Box::pin(stack.advance_to(until)).await?;
        let left = Box::pin(due_at(&stack, until)).await?;
        if left == 0 || until.duration_since(due) > PATIENCE {
            break left;
        }
        until = until.checked_add(A_MINUTE)?;
    };
    let real = begun.elapsed();

    let received = stack
        .sandbox
        .received(Some(community.id.as_str()), None, None);
    let mut each: BTreeMap<&str, usize> = BTreeMap::new();
    for message in received.iter().filter(|message| message.kind == STEP) {
        if let Some(member) = &message.member {
            *each.entry(member).or_default() += 1;
        }
    }
    // Of a call with a key that it knows the platform takes nothing, and it is one too many all the
    // same; so is a message that nobody was to have.
    let calls = usize::try_from(calls.0.load(Ordering::Relaxed))?;
    let last = received.iter().map(|message| message.at).max();
    Ok(Morning {
        members,
        seeding,
        real,
        lag: last.unwrap_or(due).duration_since(due),
        onboarding: units(Function::Onboarding) - before.0,
        messenger: units(Function::Messenger) - before.1,
        sent: received.len(),
        doubled: calls.saturating_sub(each.len()),
        lost: members.saturating_sub(each.len()),
        left,
        peak_memory_bytes: Usage::of(std::process::id())?.peak_memory_bytes,
    })
}

/// Publishes the community, and writes down members who joined the day before and have their welcome.
async fn seed(stack: &Stack, members: usize, progress: &dyn Fn(&str)) -> anyhow::Result<Community> {
    let toml = playbook_with("send_at = \"10:00\"", &format!("send_at = \"{SEND_AT}\""));
    let problems = |problems: Vec<_>| anyhow::anyhow!("{problems:?}");
    let playbook = Playbook::parse(&toml).map_err(problems)?;
    let community = Community::parse(SHOP).map_err(problems)?;
    let (_, version) = Box::pin(stack.publish(Kind::Playbook, &toml)).await?;
    Box::pin(stack.publish(Kind::Community, SHOP)).await?;
    let joined: Timestamp = JOINED.parse()?;
    let context = Context::new(&community, Book::new(&playbook, version), joined);
    for n in 0..members {
        let member = newcomer(n, context)?;
        stack.store.save_member(&community, &member).await?;
        if (n + 1) % A_WHILE == 0 {
            progress(&format!("{} of {members} members", n + 1));
        }
    }
    Ok(community)
}

/// A member as the join leaves them. Their welcome is as good as sent: it was yesterday's.
fn newcomer(n: usize, context: Context<'_>) -> anyhow::Result<Member> {
    let name = format!("member{n}");
    let (community, at) = (&context.community.id, context.now);
    let event = events::event(
        community,
        &format!("join:{name}"),
        at,
        &name,
        WhatV1::Joined { came: None },
    )?;
    let event = Event::try_from(event)?;
    let id = event.member.clone();
    let decision = decide::on_events(None, &id, &[event], context, &MovedOut::new());
    Ok(decision.context("a join makes a member")?.member)
}

/// How much is due at an instant, for whomever.
async fn due_at(stack: &Stack, at: Timestamp) -> anyhow::Result<usize> {
    let mut found = 0;
    for consumer in [Consumer::Onboarding, Consumer::WinBack, Consumer::Messenger] {
        for shard in 0..DUE_SHARDS {
            let mut after = None;
            loop {
                let page = stack.store.due(consumer, shard, at, after, 1000).await?;
                found += page.due.len();
                after = page.after;
                if after.is_none() {
                    break;
                }
            }
        }
    }
    Ok(found)
}

impl Morning {
    /// Units of all functions for each member.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a community has fewer members than 2^52"
    )]
    fn each(&self, units: f64) -> f64 {
        units / (self.members.max(1) as f64)
    }

    /// What is wrong with it; nothing, if every member has exactly one message at the price that a
    /// step may have.
    pub fn wrongs(&self) -> Vec<String> {
        let write = self.each(self.onboarding.write + self.messenger.write);
        [
            (self.lost > 0).then(|| format!("{} members have no message", self.lost)),
            (self.doubled > 0).then(|| format!("{} messages are too many", self.doubled)),
            (self.left > 0).then(|| format!("{} entries are still due", self.left)),
            (write > WRITE_UNITS)
                .then(|| format!("{write:.2} write units a member, more than {WRITE_UNITS}")),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

impl fmt::Display for Morning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (onboarding, messenger) = (self.onboarding, self.messenger);
        let rows = [
            ("members due in one minute", self.members.to_string()),
            ("messages sent", self.sent.to_string()),
            ("duplicates", self.doubled.to_string()),
            ("lost", self.lost.to_string()),
            ("lag, stack's clock [s]", self.lag.as_secs().to_string()),
            (
                "until all was sent, this machine [s]",
                format!("{:.1}", self.real.as_secs_f64()),
            ),
            (
                "seeding, not in it [s]",
                format!("{:.1}", self.seeding.as_secs_f64()),
            ),
            (
                "write units each, until SENT",
                format!(
                    "{:.2} (onboarding {:.2}, messenger {:.2}; at most {WRITE_UNITS})",
                    self.each(onboarding.write + messenger.write),
                    self.each(onboarding.write),
                    self.each(messenger.write),
                ),
            ),
            (
                "read units each",
                format!(
                    "{:.2} (onboarding {:.2}, messenger {:.2})",
                    self.each(onboarding.read + messenger.read),
                    self.each(onboarding.read),
                    self.each(messenger.read),
                ),
            ),
            (
                "peak memory, tables included [MB]",
                (self.peak_memory_bytes / 1_000_000).to_string(),
            ),
        ];
        for (what, value) in rows {
            writeln!(f, "{what:<38}{value}")?;
        }
        Ok(())
    }
}
