//! What a member earned in the latest two weeks or months in which they earned anything.
//!
//! Two are enough: an event is at most 48 hours late, and so belongs to the one that runs or to the
//! one before it. What comes is added, in whatever order: the sums are those of the days.

/// Points and check-ins of one week or month, in the member's local days.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Earned {
    /// Points of its days. What is given once (tasks, milestones) and corrections are in the total
    /// only: the day on which a task is paid or a streak is full depends on the order in which we
    /// learn of what led to it.
    pub points: u32,
    /// Days with a check-in.
    pub check_ins: u8,
}

/// The latest week or month and the one right before it, by the index of the calendar.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tallies {
    /// The index of the latest one; 0, the first of 1970, before there is any.
    pub latest: i32,
    /// What was earned in it.
    pub current: Earned,
    /// What was earned in the one before.
    pub before: Earned,
}

impl Tallies {
    /// What was earned in one of the two; nothing in any other.
    pub fn of(&self, index: i32) -> Earned {
        match self.latest.checked_sub(index) {
            Some(0) => self.current,
            Some(1) => self.before,
            Some(_) | None => Earned::default(),
        }
    }

    /// Adds what a day earned (or lost, when it was voided). What is older than both is dropped.
    pub(super) fn add(&mut self, index: i32, points: i64, check_ins: u8) {
        if index > self.latest {
            let follows = self.latest.checked_add(1) == Some(index);
            self.before = if follows {
                self.current
            } else {
                Earned::default()
            };
            self.current = Earned::default();
            self.latest = index;
        }
        let earned = match self.latest.checked_sub(index) {
            Some(0) => &mut self.current,
            Some(1) => &mut self.before,
            Some(_) | None => return,
        };
        earned.points = plus(earned.points, points);
        earned.check_ins = earned.check_ins.saturating_add(check_ins);
    }
}

/// A sum that never leaves its range.
pub(super) fn plus(sum: u32, points: i64) -> u32 {
    u32::try_from(i64::from(sum).saturating_add(points).max(0)).unwrap_or(u32::MAX)
}
