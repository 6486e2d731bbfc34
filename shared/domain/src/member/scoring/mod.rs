//! Points and streaks of one member: the last days in the item, older ones in the ledger.
//!
//! A local day stays open for 48 hours after its end, because its events may be that late: today
//! and the two days before it. Then it is closed and never changes. Closed days leave the item
//! four at a time as one immutable ledger row: a row a day would be a fifth of all writes. The
//! total is always the sum of the rows, the days in the item and the one-off awards.

mod day;
mod fairness;
mod streak;
mod tallies;

pub use day::{DayPoints, Voided};
pub use fairness::{Different, MOST_PAID};
pub use tallies::{Earned, Tallies};

use std::ops::RangeBounds;

use super::wishes::Consent;

use self::streak::Run;
use self::tallies::plus;
use crate::days::LocalDay;
use crate::period::{Month, Period};
use crate::playbook::{Freezes, Level, Milestone, PointRules};

/// The scoring state of a member.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scoring {
    /// All points ever: what levels and rankings go by. Spending does not lower it.
    pub total: u32,
    /// By how much corrections took more than there was; new points pay that first. So total less
    /// this is the sum of the ledger and of [`Scoring::open_points`], in whatever order they came.
    pub owed: u32,
    /// Points that were spent.
    pub spent: u32,
    /// The highest level that was ever reached, as its place in the playbook's list.
    pub level: u8,
    /// Days with something in them that are not in the ledger yet, ascending: the open ones, and
    /// closed ones until there are enough of them for a row.
    pub open: Vec<DayPoints>,
    /// Days up to this one are closed.
    pub closed_through: Option<LocalDay>,
    /// The streak at the end of `closed_through`.
    pub closed_streak: u16,
    /// The freezes in hand then.
    pub closed_freezes: u8,
    /// The rule for freezes by which the open days are looked at: the playbook's when the member
    /// was last brought up to date. `None` = there are none.
    pub freezing: Option<Freezes>,
    /// The longest streak ever.
    pub longest: u16,
    /// Days with a check-in, ever.
    pub check_ins: u16,
    /// Milestones up to so many days were reached and paid. Days, not the place in the playbook's
    /// list: a list with one more must not pay the others again.
    pub celebrated: u16,
    /// The latest ISO weeks.
    pub weeks: Tallies,
    /// The latest calendar months.
    pub months: Tallies,
    /// Whether rankings may name them, as they said last; `None` = they never did, and may be named.
    pub ranking: Option<Consent>,
}

/// A message as far as points go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// Characters; unknown counts as long enough.
    pub length: Option<u32>,
    /// A hash of what it says.
    pub print: u16,
    /// The local time of day, in steps of the least time between two messages that both earn.
    pub slot: u16,
}

/// A check-in that was the first of its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckedIn {
    /// The day before was without a check-in and a freeze protected the streak: so many are left
    /// in hand.
    pub freezes_left: Option<u8>,
}

/// Days that stay open beside today.
pub const OPEN_BEFORE_TODAY: i32 = 2;

/// The last day that is closed when the latest open one is `today`.
pub(super) fn last_closed(today: LocalDay) -> LocalDay {
    today.plus(-OPEN_BEFORE_TODAY - 1)
}

/// Closed days leave the item so many at a time.
pub const LEDGER_DAYS: usize = 4;

impl Scoring {
    /// Closes what is older than the two days before `today` (the member's local day, or an earlier
    /// one, if 48 hours reach further back than two of their days). Returns the days that leave the
    /// item: none, or [`LEDGER_DAYS`].
    ///
    /// Only days that were closed when the item was stored leave it. So whoever else works on the
    /// same stored item, whenever, takes the same days with the same points, and the row they
    /// write before the item is the same row.
    pub fn close(&mut self, today: LocalDay) -> Vec<DayPoints> {
        let through = last_closed(today);
        let closed_when_stored = self.closed_through;
        match closed_when_stored {
            None => self.closed_through = Some(through),
            Some(closed) if through > closed => {
                // A day without a check-in spends its freeze for good here.
                let run = self.run_at(through);
                (self.closed_streak, self.closed_freezes) = (run.streak, run.freezes);
                self.closed_through = Some(through);
            }
            Some(_) => {}
        }
        let leaving = self
            .open
            .partition_point(|day| closed_when_stored.is_some_and(|closed| day.day <= closed));
        let row: Vec<DayPoints> = if leaving < LEDGER_DAYS {
            Vec::new()
        } else {
            self.open.drain(..LEDGER_DAYS).collect()
        };
        self.open.retain(|day| day.day > through || day.total() > 0);
        for day in self.open.iter_mut().filter(|day| day.day <= through) {
            (day.texts, day.times) = (Different::default(), Different::default());
        }
        row
    }

    pub(super) fn is_closed(&self, day: LocalDay) -> bool {
        self.closed_through.is_some_and(|closed| day <= closed)
    }

    /// The open day, or `None` if it is closed.
    fn open_day(&mut self, day: LocalDay) -> Option<&mut DayPoints> {
        if self.is_closed(day) {
            return None;
        }
        let at = match self.open.binary_search_by_key(&day, |open| open.day) {
            Ok(at) => at,
            Err(at) => {
                self.open.insert(at, DayPoints::empty(day));
                at
            }
        };
        self.open.get_mut(at)
    }

    /// Does something to an open day, and carries what it is worth into every sum. `None` = the
    /// day is closed.
    fn on<T>(&mut self, day: LocalDay, act: impl FnOnce(&mut DayPoints) -> T) -> Option<T> {
        let open = self.open_day(day)?;
        let before = *open;
        let done = act(open);
        let points = i64::from(open.total()) - i64::from(before.total());
        let check_ins = u8::from(open.checked_in && !before.checked_in);
        self.add(points);
        self.check_ins = self.check_ins.saturating_add(check_ins.into());
        self.tally(day, points, check_ins);
        Some(done)
    }

    fn tally(&mut self, day: LocalDay, points: i64, check_ins: u8) {
        self.weeks.add(day.week().index(), points, check_ins);
        self.months.add(Month::of(day).index(), points, check_ins);
    }

    /// Adds to the total, or takes from it; see [`Scoring::owed`].
    fn add(&mut self, points: i64) {
        let sum = i64::from(self.total) - i64::from(self.owed);
        let sum = sum.saturating_add(points);
        (self.total, self.owed) = (plus(0, sum), plus(0, sum.saturating_neg()));
    }

    /// A check-in on `day`. Once a day; `None` if it was not the first, or the day is closed.
    pub fn check_in(&mut self, day: LocalDay, rules: &PointRules) -> Option<CheckedIn> {
        let first = self.on(day, |open| {
            let first = !open.checked_in;
            if first {
                (open.checked_in, open.check_in) = (true, rules.check_in);
            }
            first
        })?;
        if !first {
            return None;
        }
        self.longest = self.longest.max(self.longest_open());
        Some(CheckedIn {
            freezes_left: self.freezes_left_after_gap(day),
        })
    }

    /// The freezes left, if one protected the day before a check-in. Only the latest check-in tells:
    /// one that arrives after a later day's comes after that day was told of the gap. A gap that
    /// has closed meanwhile is no news.
    fn freezes_left_after_gap(&self, day: LocalDay) -> Option<u8> {
        let gap = day.plus(-1);
        let is_latest = !self
            .open
            .iter()
            .any(|open| open.day > day && open.checked_in);
        let is_gap = !self.is_closed(gap) && !self.checked_in_on(gap);
        let protected = is_latest && is_gap && self.run_at(gap).streak > 0;
        protected.then(|| self.run_at(day).freezes)
    }

    /// A message on `day`. `false` = it would have earned points, but was withheld: the same text
    /// again, or too soon after another.
    pub fn message(&mut self, day: LocalDay, said: Said, rules: &PointRules) -> bool {
        let is_short = said
            .length
            .is_some_and(|length| length < u32::from(rules.message_min_length));
        if is_short || rules.message == 0 || rules.message_cap == 0 {
            return true;
        }
        let enough = rules.message_cap.div_ceil(rules.message);
        let fair = self.on(day, |open| {
            open.texts.note(said.print, enough);
            open.times.note(said.slot, enough);
            let paid = open.texts.count().min(open.times.count());
            let worth = rules.message.saturating_mul(paid).min(rules.message_cap);
            let earns = worth > open.message || open.message >= rules.message_cap;
            open.message = open.message.max(worth);
            earns
        });
        fair.unwrap_or(true)
    }

    /// A reaction on `day`.
    pub fn reaction(&mut self, day: LocalDay, rules: &PointRules) {
        self.on(day, |open| {
            let left = rules.reaction_cap.saturating_sub(open.reaction);
            open.reaction += rules.reaction.min(left);
        });
    }

    /// An evening review on `day`: once a day.
    pub fn review(&mut self, day: LocalDay, rules: &PointRules) {
        self.on(day, |open| open.review = open.review.max(rules.review));
    }

    /// Something shared on `day`.
    pub fn share(&mut self, day: LocalDay, rules: &PointRules) {
        self.on(day, |open| {
            let left = rules.share_cap.saturating_sub(open.share);
            open.share += rules.share.min(left);
        });
    }

    /// Points given once, or taken: a task, a milestone, a correction.
    pub fn award(&mut self, points: i32) {
        self.add(points.into());
    }

    /// Makes a day worth nothing. An open one is, whatever else is heard of it; a closed one that
    /// is still in the item stays as it is, for its ledger row may be written already, and the
    /// answer is what a row of its own has to take back. `None` = the day is not here any more.
    pub fn void(&mut self, day: LocalDay) -> Option<u32> {
        if !self.is_closed(day) {
            self.on(day, |open| open.voided = Voided::Open);
            return Some(0);
        }
        let closed = self.open.iter_mut().find(|closed| closed.day == day)?;
        let reversed = match closed.voided {
            Voided::No => closed.total(),
            Voided::Open | Voided::Closed => 0,
        };
        closed.voided = Voided::Closed;
        self.add(-i64::from(reversed));
        self.tally(day, -i64::from(reversed), 0);
        Some(reversed)
    }

    /// Milestones that the longest streak has reached and that are not paid yet, paid now.
    pub fn reach_milestones(&mut self, milestones: &[Milestone]) -> Vec<usize> {
        let mut reached = Vec::new();
        let before = self.celebrated;
        for (n, milestone) in milestones.iter().enumerate() {
            if milestone.days > before && milestone.days <= self.longest {
                self.celebrated = self.celebrated.max(milestone.days);
                self.award(milestone.points.into());
                reached.push(n);
            }
        }
        reached
    }

    /// The level that the total has reached now, if it is higher than ever before. A level never
    /// falls: not by spending, a correction, or a playbook that asks for more.
    pub fn reach_level(&mut self, levels: &[Level]) -> Option<usize> {
        let passed = levels.iter().take_while(|level| level.from <= self.total);
        let index = passed.count().checked_sub(1)?;
        let higher = u8::try_from(index).ok().filter(|now| *now > self.level)?;
        self.level = higher;
        Some(index)
    }

    /// Whether they want to be on no board and no wall.
    pub fn is_hidden(&self) -> bool {
        self.ranking.is_some_and(|said| !said.given)
    }

    /// What can be spent.
    pub fn balance(&self) -> u32 {
        self.total.saturating_sub(self.spent)
    }

    /// Spends points, if there are so many; says whether it did.
    pub fn spend(&mut self, points: u32) -> bool {
        let enough = points <= self.balance();
        if enough {
            self.spent = self.spent.saturating_add(points);
        }
        enough
    }

    /// Points of the days that are in no ledger row yet: with the rows they are the total, less
    /// what is owed.
    pub fn open_points(&self) -> u32 {
        self.open.iter().map(DayPoints::total).sum()
    }

    /// Points in a period of the member's local days: of a day as long as it is in the item, of the
    /// latest two weeks and months, or all.
    pub fn points_in(&self, period: Period) -> u32 {
        match period {
            Period::Day(day) => self.day(day).map_or(0, |open| match open.voided {
                Voided::No => open.total(),
                Voided::Open | Voided::Closed => 0,
            }),
            Period::Week(week) => self.weeks.of(week.index()).points,
            Period::Month(month) => self.months.of(month.index()).points,
            Period::All => self.total,
        }
    }

    /// Days with a check-in in a period, as far back as [`Scoring::points_in`].
    pub fn check_ins_in(&self, period: Period) -> u32 {
        match period {
            Period::Day(day) => self.day(day).map_or(0, |open| open.checked_in.into()),
            Period::Week(week) => self.weeks.of(week.index()).check_ins.into(),
            Period::Month(month) => self.months.of(month.index()).check_ins.into(),
            Period::All => self.check_ins.into(),
        }
    }

    /// Open days of a range with a check-in, less those that were voided.
    pub(super) fn open_check_ins(&self, days: impl RangeBounds<LocalDay>) -> u8 {
        let counts = |open: &&DayPoints| {
            let is_open = !self.is_closed(open.day) && open.voided == Voided::No;
            is_open && open.checked_in && days.contains(&open.day)
        };
        let count = self.open.iter().filter(counts).count();
        u8::try_from(count).unwrap_or(u8::MAX)
    }

    fn day(&self, day: LocalDay) -> Option<&DayPoints> {
        self.open.iter().find(|open| open.day == day)
    }

    fn checked_in_on(&self, day: LocalDay) -> bool {
        self.day(day).is_some_and(|open| open.checked_in)
    }

    /// The streak and the freezes in hand at the end of `day`.
    fn run_at(&self, day: LocalDay) -> Run {
        let mut run = Run {
            streak: self.closed_streak,
            freezes: self.closed_freezes,
        };
        let Some(mut at) = self.closed_through else {
            return Run::default();
        };
        // Past the open days nothing can have been checked in: a streak that is over stays so.
        let last = self.open.last().map_or(at, |open| open.day.max(at));
        while at < day && (at < last || run.streak > 0) {
            at = at.plus(1);
            run = run.after(self.checked_in_on(at), self.freezing);
        }
        run
    }

    /// A day that is not over does not break a streak.
    fn run(&self, today: LocalDay) -> Run {
        if self.checked_in_on(today) {
            self.run_at(today)
        } else {
            self.run_at(today.plus(-1))
        }
    }

    /// The streak as the member sees it on `today`: consecutive local days with a check-in, and
    /// protected ones between them, which do not count.
    pub fn streak(&self, today: LocalDay) -> u16 {
        self.run(today).streak
    }

    /// The freezes in hand on `today`.
    pub fn freezes(&self, today: LocalDay) -> u8 {
        self.run(today).freezes
    }

    fn longest_open(&self) -> u16 {
        let open = self
            .open
            .iter()
            .filter(|open| open.checked_in && !self.is_closed(open.day));
        open.map(|open| self.run_at(open.day).streak)
            .max()
            .unwrap_or(0)
    }
}
