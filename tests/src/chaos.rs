//! Faults by schedule: which call fails, and how. A schedule is a plain list, so that a failing
//! one can be told and replayed alone.

use std::sync::{Mutex, MutexGuard, PoisonError};

use hearth_aws::clock::Clock;
use hearth_local::clock::StackClock;
use hearth_local::faults::{Call, Fault, Faults};
use jiff::Timestamp;

/// A small generator of numbers that look random: `SplitMix64`. The same seed, the same numbers.
#[derive(Debug, Clone)]
pub struct SplitMix(u64);

impl SplitMix {
    /// From a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `end`; 0 if there is none.
    pub fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next_u64() % end).unwrap_or(0)
    }

    /// One of several.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        from.get(self.below(from.len())).copied()
    }

    /// In another order.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.below(at + 1));
        }
    }
}

/// What a call does, as far as faults care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Border {
    /// Looks whether something is due.
    Look,
    /// Reads an item: dying before and after are one.
    Read,
    /// Reads several items at once: some may be left unread.
    Batch,
    /// Writes an item.
    Write,
    /// Sends to a queue.
    Queue,
    /// Speaks to a platform.
    Chat,
}

impl Border {
    fn of(call: Call<'_>) -> Self {
        match call {
            Call::Table("BatchGetItem") => Self::Batch,
            Call::Table("Query") => Self::Look,
            Call::Table("GetItem" | "Scan" | "DescribeTable") => Self::Read,
            Call::Table(_) => Self::Write,
            Call::Queue(_) => Self::Queue,
            Call::Chat(_) => Self::Chat,
        }
    }

    /// What can go wrong there, each with how many calls in a row it takes. The SDK asks three
    /// times: once is bad luck, three times an outage.
    pub fn faults(self) -> &'static [(Fault, usize)] {
        match self {
            Self::Look | Self::Read => &[(Fault::CrashBefore, 1), (Fault::Refuse, 3)],
            Self::Batch => &[
                (Fault::CrashBefore, 1),
                (Fault::Refuse, 3),
                (Fault::Part, 1),
            ],
            Self::Write => &[
                (Fault::CrashBefore, 1),
                (Fault::CrashAfter, 1),
                (Fault::Refuse, 3),
                (Fault::LoseAnswer, 1),
                (Fault::LoseAnswer, 3),
                (Fault::Conflict, 1),
            ],
            Self::Queue => &[
                (Fault::CrashBefore, 1),
                (Fault::CrashAfter, 1),
                (Fault::Refuse, 1),
                (Fault::LoseAnswer, 1),
                (Fault::Part, 1),
            ],
            Self::Chat => &[
                (Fault::CrashBefore, 1),
                (Fault::CrashAfter, 1),
                (Fault::Refuse, 1),
                (Fault::LoseAnswer, 1),
            ],
        }
    }
}

/// One fault of a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Planned {
    /// At which call, counted from 0 from when the chaos began.
    pub call: usize,
    /// What happens to it.
    pub fault: Fault,
    /// To so many calls from there on.
    pub times: usize,
}

/// A fault that came to pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Injected {
    /// When, on the stack's clock.
    pub at: Timestamp,
    /// The call: its number and what it was.
    pub call: (usize, String),
    /// What happened to it.
    pub fault: Fault,
    /// Whether it was in the way of a message: a row's write, a platform's call, a death.
    pub touches_sending: bool,
}

#[derive(Debug, Default)]
struct State {
    armed: bool,
    trace: Vec<Border>,
    injected: Vec<Injected>,
}

/// A schedule at work. Counts calls only while it is armed.
#[derive(Debug)]
pub struct Chaos {
    clock: StackClock,
    schedule: Vec<Planned>,
    state: Mutex<State>,
}

impl Chaos {
    /// A schedule; empty = nothing fails, and the calls are noted.
    pub fn new(clock: StackClock, schedule: &[Planned]) -> Self {
        Self {
            clock,
            schedule: schedule.to_vec(),
            state: Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on calls are counted and may fail.
    pub fn begin(&self) {
        self.state().armed = true;
    }

    /// From now on nothing fails any more.
    pub fn calm(&self) {
        self.state().armed = false;
    }

    /// What the calls were, in order.
    pub fn trace(&self) -> Vec<Border> {
        self.state().trace.clone()
    }

    /// What went wrong, in order.
    pub fn injected(&self) -> Vec<Injected> {
        self.state().injected.clone()
    }
}

impl Faults for Chaos {
    fn fate(&self, call: Call<'_>) -> Option<Fault> {
        let mut state = self.state();
        if !state.armed {
            return None;
        }
        let number = state.trace.len();
        let border = Border::of(call);
        state.trace.push(border);
        let hit =
            |planned: &&Planned| (planned.call..planned.call + planned.times).contains(&number);
        let fault = self.schedule.iter().find(hit)?.fault;
        let died = matches!(fault, Fault::CrashBefore | Fault::CrashAfter);
        state.injected.push(Injected {
            at: self.clock.now(),
            call: (number, format!("{call:?}")),
            fault,
            touches_sending: died || matches!(border, Border::Write | Border::Chat),
        });
        Some(fault)
    }
}

/// Lets calls wait for a seeded number of turns, so that a seed decides who is first.
#[derive(Debug)]
pub struct Turns(Mutex<SplitMix>);

/// A call waits for fewer turns than this.
const MOST_TURNS: usize = 6;

impl Turns {
    /// From a seed.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(SplitMix::new(seed)))
    }
}

impl Faults for Turns {
    fn fate(&self, _: Call<'_>) -> Option<Fault> {
        None
    }

    fn delay(&self, _: Call<'_>) -> u32 {
        let turns = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .below(MOST_TURNS);
        u32::try_from(turns).unwrap_or(0)
    }
}

/// The faults of one member of a crowd: at which of the calls that are made for them.
#[derive(Debug)]
pub struct Fate {
    random: SplitMix,
    strikes: Vec<usize>,
    /// Which of its faults the first call that is struck gets.
    kind: Option<usize>,
    calls: usize,
    /// An outage: the fault, for so many calls more.
    outage: Option<(Fault, usize)>,
}

/// More, and a message may come a sixth time: a dead letter.
const MOST_STRIKES: usize = 3;

impl Fate {
    /// Nothing fails.
    pub fn none() -> Self {
        Self {
            random: SplitMix::new(0),
            strikes: Vec::new(),
            kind: None,
            calls: 0,
            outage: None,
        }
    }

    /// One to three faults within so many calls. The first goes over the calls and then over the
    /// kinds of faults as turns go up; the others are drawn.
    pub fn drawn(turn: usize, calls: usize, random: &mut SplitMix) -> Self {
        let calls = calls.max(1);
        let mut strikes = vec![turn % calls];
        for _ in 0..random.below(MOST_STRIKES) {
            strikes.push(random.below(calls));
        }
        Self {
            random: SplitMix::new(random.next_u64()),
            strikes,
            kind: Some(turn / calls),
            calls: 0,
            outage: None,
        }
    }

    fn next(&mut self, border: Border) -> Option<Fault> {
        let number = self.calls;
        self.calls += 1;
        if let Some((fault, left)) = self.outage.take() {
            if left > 1 {
                self.outage = Some((fault, left - 1));
            }
            return Some(fault);
        }
        if !self.strikes.contains(&number) {
            return None;
        }
        let faults = border.faults();
        let (fault, times) = match self.kind.take() {
            Some(kind) => faults.get(kind % faults.len()).copied(),
            None => self.random.pick(faults),
        }?;
        self.outage = (times > 1).then_some((fault, times - 1));
        Some(fault)
    }
}

#[derive(Debug, Default)]
struct EachState {
    armed: bool,
    fates: Vec<Fate>,
    /// With the member who was struck.
    injected: Vec<(usize, Injected)>,
}

/// Faults of many members at once: a call is that of the first member whom its body names.
#[derive(Debug)]
pub struct Each {
    clock: StackClock,
    state: Mutex<EachState>,
}

impl Each {
    /// With what the ids of the members begin; a number of three digits follows.
    pub const MARK: &'static str = "UMEMBER";

    /// By the members' numbers.
    pub fn new(clock: StackClock, fates: Vec<Fate>) -> Self {
        let state = EachState {
            fates,
            ..EachState::default()
        };
        Self {
            clock,
            state: Mutex::new(state),
        }
    }

    fn state(&self) -> MutexGuard<'_, EachState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on calls are counted and may fail.
    pub fn begin(&self) {
        self.state().armed = true;
    }

    /// From now on nothing fails any more.
    pub fn calm(&self) {
        self.state().armed = false;
    }

    /// How many calls were made for each.
    pub fn calls(&self) -> Vec<usize> {
        self.state().fates.iter().map(|fate| fate.calls).collect()
    }

    /// What went wrong for a member: their own faults, and the deaths of processes that may have
    /// had their message in hand as well.
    pub fn injected(&self, number: usize) -> Vec<Injected> {
        let died = |fault: Fault| matches!(fault, Fault::CrashBefore | Fault::CrashAfter);
        let state = self.state();
        let theirs = state
            .injected
            .iter()
            .filter(|(whose, injected)| *whose == number || died(injected.fault));
        theirs.map(|(_, injected)| injected.clone()).collect()
    }

    fn named(request: &[u8]) -> Option<usize> {
        let mark = Self::MARK.as_bytes();
        let at = request.windows(mark.len()).position(|part| part == mark)?;
        let digits = request.get(at + mark.len()..at + mark.len() + 3)?;
        std::str::from_utf8(digits).ok()?.parse().ok()
    }
}

impl Faults for Each {
    fn fate(&self, _: Call<'_>) -> Option<Fault> {
        None
    }

    fn fate_of(&self, call: Call<'_>, request: &[u8]) -> Option<Fault> {
        let mut state = self.state();
        if !state.armed {
            return None;
        }
        let number = Self::named(request)?;
        let border = Border::of(call);
        let fate = state.fates.get_mut(number)?;
        let nth = fate.calls;
        let fault = fate.next(border)?;
        let died = matches!(fault, Fault::CrashBefore | Fault::CrashAfter);
        let injected = Injected {
            at: self.clock.now(),
            call: (nth, format!("{call:?}")),
            fault,
            touches_sending: died || matches!(border, Border::Write | Border::Chat),
        };
        state.injected.push((number, injected));
        Some(fault)
    }
}
