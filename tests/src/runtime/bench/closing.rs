//! A midnight: the day of a large community is closed, with every member active in it. Told on the
//! local stack, tables in memory.

use std::fmt;
use std::time::Duration;

use anyhow::Context as _;
use hearth_aws::meter::Units;
use hearth_aws::store::Kind;
use hearth_aws::wire::WhatV1;
use hearth_domain::board::{Board, By};
use hearth_domain::community::Community;
use hearth_domain::decide;
use hearth_domain::event::Event;
use hearth_domain::journey::{Book, Context};
use hearth_domain::member::{Member, MovedOut};
use hearth_domain::period::Period;
use hearth_domain::playbook::Playbook;
use hearth_local::stack::Stack;
use jiff::{SignedDuration, Timestamp};

use crate::runtime::process::{Usage, forget_peak};
use crate::runtime::{events, tick};
use crate::world::{SHOP, standing_at};

/// What closing a day of 100,000 members may take on the local stack. Seconds.
const SECONDS: f64 = 20.0;
/// What it may add to the memory of the tables, which are in the same process here. Bytes.
const MEMORY: u64 = 256_000_000;
/// Of so many members.
const MEMBERS: f64 = 100_000.0;
/// A member's item has at most so many bytes; 8 KB are one unit of an eventually consistent query.
const LARGEST: f64 = 900.0;
const A_UNIT: f64 = 8_192.0;
/// Boards, by points and by check-ins: of the day, the week, the month, and of all time.
const BOARDS: u64 = 8;

/// The clock stands a minute before Berlin's quarter past midnight …
const BEFORE: &str = "2026-01-05T23:14:00Z";
/// … after a day on which everybody checked in and wrote.
const DAY: &str = "2026-01-05";
const CHECKED_IN: &str = "2026-01-05T08:00:00Z";
/// Members between two words about the seeding.
const A_WHILE: usize = 20_000;

/// What became of it.
#[derive(Debug, Clone)]
pub struct Midnight {
    /// Members who were active on the day.
    pub members: usize,
    /// Seconds that it took to write them down, which is no part of the rest.
    pub seeding: Duration,
    /// From the tick to the last board, on this machine.
    pub real: Duration,
    /// What the closing read and wrote.
    pub units: Units,
    /// Memory that was resident before it, the tables among it. Bytes.
    pub memory_before_bytes: u64,
    /// The most that was resident during it. Bytes.
    pub peak_memory_bytes: u64,
    /// The day's boards.
    pub boards: Vec<Board>,
    /// Posts of it.
    pub posts: usize,
}

/// Closes the day of so many members.
pub async fn run(members: usize, progress: &dyn Fn(&str)) -> anyhow::Result<Midnight> {
    let stack = Box::pin(Stack::start(standing_at(CHECKED_IN))).await?;
    let problems = |problems: Vec<_>| anyhow::anyhow!("{problems:?}");
    let playbook = Playbook::parse(Playbook::DEFAULT_TOML).map_err(problems)?;
    let community = Community::parse(SHOP).map_err(problems)?;
    let (_, version) = Box::pin(stack.publish(Kind::Playbook, Playbook::DEFAULT_TOML)).await?;
    Box::pin(stack.publish(Kind::Community, SHOP)).await?;
    // Earlier days are closed, and earlier weeks reported, while there is nobody.
    Box::pin(stack.advance_to(BEFORE.parse()?)).await?;
    let begun = tick();
    let context = Context::new(
        &community,
        Book::new(&playbook, version),
        CHECKED_IN.parse()?,
    );
    for n in 0..members {
        let member = active(n, context)?;
        stack.store.save_member(&community, &member).await?;
        if (n + 1) % A_WHILE == 0 {
            progress(&format!("{} of {members} members", n + 1));
        }
    }
    let seeding = begun.elapsed();

    progress("the closing");
    let units = stack.closing_units();
    let memory_before_bytes = forget_peak()?;
    let begun = tick();
    let quarter_past: Timestamp = BEFORE.parse()?;
    let quarter_past = quarter_past.checked_add(SignedDuration::from_mins(1))?;
    Box::pin(stack.advance_to(quarter_past)).await?;
    let real = begun.elapsed();
    let peak_memory_bytes = Usage::of(std::process::id())?.peak_memory_bytes;
    let units = stack.closing_units() - units;
    let mut boards = Vec::new();
    for by in By::ALL {
        let board = stack
            .store
            .board(&community.id, Period::Day(DAY.parse()?), by);
        boards.extend(board.await?);
    }
    // Quiet hours are over.
    Box::pin(stack.advance_to(quarter_past.checked_add(SignedDuration::from_hours(8))?)).await?;
    let received = stack
        .sandbox
        .received(Some(community.id.as_str()), None, None);
    let posts = received
        .iter()
        .filter(|message| message.kind == "closing.wall");
    Ok(Midnight {
        members,
        seeding,
        real,
        units,
        memory_before_bytes,
        peak_memory_bytes,
        boards,
        posts: posts.count(),
    })
}

/// A member who joined, checked in and wrote: some more, some less.
fn active(n: usize, context: Context<'_>) -> anyhow::Result<Member> {
    let name = format!("member{n}");
    let (community, at) = (&context.community.id, context.now);
    let happened = |(k, what): (usize, WhatV1)| {
        let id = format!("{name}:{k}");
        let event = events::event(community, &id, at, &name, what)?;
        anyhow::Ok(Event::try_from(event)?)
    };
    let wrote = WhatV1::MessagePosted {
        length: Some(20),
        topic: false,
        interest: None,
        print: None,
    };
    let checked_in = WhatV1::CheckedIn { channel: None };
    let acts = [WhatV1::Joined { came: None }, checked_in].into_iter();
    let acts = acts.chain(std::iter::repeat_n(wrote, n % 5));
    let events: Vec<Event> = acts
        .enumerate()
        .map(happened)
        .collect::<anyhow::Result<_>>()?;
    let id = &events.first().context("a join")?.member;
    let decision = decide::on_events(None, id, &events, context, &MovedOut::new());
    Ok(decision.context("a join makes a member")?.member)
}

impl Midnight {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a community has fewer members than 2^52"
    )]
    fn share(&self) -> f64 {
        self.members as f64 / MEMBERS
    }

    fn added_memory(&self) -> u64 {
        self.peak_memory_bytes
            .saturating_sub(self.memory_before_bytes)
    }

    /// What is wrong with what it made and cost, whatever the machine.
    pub fn wrongs(&self) -> Vec<String> {
        let members = self.share() * MEMBERS;
        // Of each of 16 shards the last page is rounded up, whom the boards name is read once more, and
        // for alerts the 64 rows of what the week brought, at half a unit each.
        let most = members * LARGEST / A_UNIT + 16.0 + 60.0 + 32.0;
        let everybody = |board: &Board| usize::try_from(board.people) == Ok(self.members);
        let whole = self.boards.len() == 2 && self.boards.iter().all(everybody);
        [
            (!whole).then(|| "not everybody is on the day's boards".to_owned()),
            (self.posts != 1).then(|| format!("the wall was posted {} times", self.posts)),
            (self.units.read > most)
                .then(|| format!("{:.1} read units, more than {most:.1}", self.units.read)),
            // The boards, the wall, and how far the community is.
            (self.units.write > 3.0 * (BOARDS + 2) as f64)
                .then(|| format!("{:.1} write units are no handful", self.units.write)),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// What it took too much of on this machine.
    pub fn over_budget(&self) -> Vec<String> {
        let seconds = self.real.as_secs_f64();
        // Below the number of members that the budgets are for they are the same.
        let seconds_most = SECONDS * self.share().max(1.0);
        [
            (seconds > seconds_most)
                .then(|| format!("{seconds:.1} s, more than {seconds_most:.0}")),
            (self.added_memory() > MEMORY)
                .then(|| format!("{} MB of memory", self.added_memory() / 1_000_000)),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

impl fmt::Display for Midnight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let megabytes = |bytes: u64| (bytes / 1_000_000).to_string();
        let rows = [
            ("members active on the day", self.members.to_string()),
            (
                "closing it, this machine [s]",
                format!(
                    "{:.1} (at most {SECONDS:.0} for 100,000)",
                    self.real.as_secs_f64()
                ),
            ),
            (
                "seeding, not in it [s]",
                format!("{:.1}", self.seeding.as_secs_f64()),
            ),
            ("read units", format!("{:.1}", self.units.read)),
            ("write units", format!("{:.1}", self.units.write)),
            ("requests", self.units.requests.to_string()),
            (
                "memory it adds at most [MB]",
                format!(
                    "{} (at most {})",
                    megabytes(self.added_memory()),
                    megabytes(MEMORY)
                ),
            ),
            (
                "peak memory, tables included [MB]",
                megabytes(self.peak_memory_bytes),
            ),
        ];
        for (what, value) in rows {
            writeln!(f, "{what:<38}{value}")?;
        }
        Ok(())
    }
}
