//! Points and streaks of one member: the last days in the item, older ones in the ledger.
//!
//! A local day stays open for 48 hours after its end, because its events may be that late: today
//! and the two days before it. Then it is closed and never changes. Closed days leave the item
//! four at a time as one immutable ledger row: a row a day would be a fifth of all writes. The
//! total is always the sum of the rows, the days in the item and the one-off awards.

use crate::days::LocalDay;
use crate::playbook::{Milestone, PointRules};

/// Points of one local day, by reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayPoints {
    /// The member's local day.
    pub day: LocalDay,
    /// Whether they checked in, and what for.
    pub checked_in: bool,
    /// Points for the check-in.
    pub check_in: u16,
    /// Points for messages, capped.
    pub message: u16,
    /// Points for reactions, capped.
    pub reaction: u16,
}

impl DayPoints {
    /// A day without points.
    pub fn empty(day: LocalDay) -> Self {
        Self {
            day,
            checked_in: false,
            check_in: 0,
            message: 0,
            reaction: 0,
        }
    }

    /// Their sum.
    pub fn total(&self) -> u32 {
        u32::from(self.check_in) + u32::from(self.message) + u32::from(self.reaction)
    }
}

/// The scoring state of a member.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scoring {
    /// All points ever.
    pub total: u32,
    /// Days with something in them that are not in the ledger yet, ascending: the open ones, and
    /// closed ones until there are enough of them for a row.
    pub open: Vec<DayPoints>,
    /// Days up to this one are closed.
    pub closed_through: Option<LocalDay>,
    /// The streak at the end of `closed_through`.
    pub closed_streak: u16,
    /// The longest streak ever.
    pub longest: u16,
    /// Milestones up to so many days were reached and paid. Days, not the place in the playbook's
    /// list: a list with one more must not pay the others again.
    pub celebrated: u16,
}

/// Days that stay open beside today.
pub const OPEN_BEFORE_TODAY: i32 = 2;

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
        let through = today.plus(-OPEN_BEFORE_TODAY - 1);
        let closed_when_stored = self.closed_through;
        match closed_when_stored {
            None => self.closed_through = Some(through),
            Some(closed) if through > closed => {
                self.closed_streak = self.streak_at(through);
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
        row
    }

    /// The open day, or `None` if it is closed.
    fn open_day(&mut self, day: LocalDay) -> Option<&mut DayPoints> {
        if self.closed_through.is_some_and(|closed| day <= closed) {
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

    /// A check-in on `day`. Once a day; says whether it was the first.
    pub fn check_in(&mut self, day: LocalDay, rules: &PointRules) -> bool {
        let Some(open) = self.open_day(day) else {
            return false;
        };
        if open.checked_in {
            return false;
        }
        open.checked_in = true;
        open.check_in = rules.check_in;
        self.total = self.total.saturating_add(u32::from(rules.check_in));
        self.longest = self.longest.max(self.longest_open());
        true
    }

    /// A message of `length` characters (unknown counts as long enough) on `day`.
    pub fn message(&mut self, day: LocalDay, length: Option<u32>, rules: &PointRules) {
        if length.is_some_and(|length| length < u32::from(rules.message_min_length)) {
            return;
        }
        let Some(open) = self.open_day(day) else {
            return;
        };
        let earned = rules
            .message
            .min(rules.message_cap.saturating_sub(open.message));
        open.message += earned;
        self.total = self.total.saturating_add(u32::from(earned));
    }

    /// A reaction on `day`.
    pub fn reaction(&mut self, day: LocalDay, rules: &PointRules) {
        let Some(open) = self.open_day(day) else {
            return;
        };
        let earned = rules
            .reaction
            .min(rules.reaction_cap.saturating_sub(open.reaction));
        open.reaction += earned;
        self.total = self.total.saturating_add(u32::from(earned));
    }

    /// One-off points: a task, a milestone.
    pub fn award(&mut self, points: u16) {
        self.total = self.total.saturating_add(u32::from(points));
    }

    /// Milestones that the longest streak has reached and that are not paid yet, paid now.
    pub fn reach_milestones(&mut self, milestones: &[Milestone]) -> Vec<usize> {
        let mut reached = Vec::new();
        let before = self.celebrated;
        for (n, milestone) in milestones.iter().enumerate() {
            if milestone.days > before && milestone.days <= self.longest {
                self.celebrated = self.celebrated.max(milestone.days);
                self.award(milestone.points);
                reached.push(n);
            }
        }
        reached
    }

    fn checked_in_on(&self, day: LocalDay) -> bool {
        self.open
            .iter()
            .any(|open| open.day == day && open.checked_in)
    }

    /// The streak at the end of `day`: consecutive local days with a check-in.
    fn streak_at(&self, day: LocalDay) -> u16 {
        let Some(closed) = self.closed_through else {
            return 0;
        };
        // Past the open days nothing can have been checked in.
        let last = self.open.last().map_or(closed, |open| open.day.max(closed));
        if day > last.plus(1) {
            return 0;
        }
        let mut streak = self.closed_streak;
        let mut at = closed;
        while at < day {
            at = at.plus(1);
            streak = if self.checked_in_on(at) {
                streak.saturating_add(1)
            } else {
                0
            };
        }
        streak
    }

    /// The streak as the member sees it on `today`: a day that is not over does not break it.
    pub fn streak(&self, today: LocalDay) -> u16 {
        if self.checked_in_on(today) {
            self.streak_at(today)
        } else {
            self.streak_at(today.plus(-1))
        }
    }

    fn longest_open(&self) -> u16 {
        let open = self.open.iter().filter(|open| {
            open.checked_in && self.closed_through.is_none_or(|closed| open.day > closed)
        });
        open.map(|open| self.streak_at(open.day)).max().unwrap_or(0)
    }
}
