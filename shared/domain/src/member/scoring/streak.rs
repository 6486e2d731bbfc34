//! Streaks and the freezes (補簽卡) that protect them.
//!
//! A freeze is earned each time a streak grows by so many checked-in days. A local day without a
//! check-in spends one by itself: the streak stays as it is. Without one in hand it is over. So a
//! streak that is over never leaves freezes behind, and a day decides with two numbers: both are a
//! function of what was closed and of the days that are still open, whatever order those were
//! heard of in.

use crate::playbook::Freezes;

/// The streak and the freezes in hand at the end of a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) streak: u16,
    pub(super) freezes: u8,
}

impl Run {
    /// At the end of the next day.
    pub(super) fn after(self, checked_in: bool, rule: Option<Freezes>) -> Self {
        let Some(rule) = rule else {
            let streak = if checked_in {
                self.streak.saturating_add(1)
            } else {
                0
            };
            return Self { streak, freezes: 0 };
        };
        let freezes = self.freezes.min(rule.most);
        if checked_in {
            let streak = self.streak.saturating_add(1);
            let earned = u8::from(streak.is_multiple_of(u16::from(rule.every.max(1))));
            return Self {
                streak,
                freezes: (freezes + earned).min(rule.most),
            };
        }
        match freezes.checked_sub(1).filter(|_| self.streak > 0) {
            Some(freezes) => Self {
                streak: self.streak,
                freezes,
            },
            None => Self::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Option<Freezes> = Some(Freezes { most: 2, every: 7 });

    /// `x` = checked in, `.` = not; what is shown is the streak and the freezes at the end.
    fn lived(days: &str, rule: Option<Freezes>) -> (u16, u8) {
        let run = days
            .chars()
            .fold(Run::default(), |run, day| run.after(day == 'x', rule));
        (run.streak, run.freezes)
    }

    #[test]
    fn a_freeze_is_earned_each_seven_days_and_spent_on_a_day_without_a_check_in() {
        for (days, expected) in [
            ("xxxxxx", (6, 0)),
            ("xxxxxx.", (0, 0)),
            ("xxxxxxx", (7, 1)),
            ("xxxxxxx.", (7, 0)),
            ("xxxxxxx.x", (8, 0)),
            ("xxxxxxx..x", (1, 0)),
            ("xxxxxxxxxxxxxx", (14, 2)),
            ("xxxxxxxxxxxxxxxxxxxxx", (21, 2)),
            ("xxxxxxxxxxxxxx..x", (15, 0)),
            ("xxxxxxxxxxxxxx...x", (1, 0)),
            // The protected day does not count: the next freeze comes with the 14th check-in.
            ("xxxxxxx.xxxxxxx", (14, 1)),
            ("xxxxxxx.xxxxxx", (13, 0)),
            (".x", (1, 0)),
        ] {
            assert_eq!(lived(days, RULE), expected, "{days}");
        }
        assert_eq!(lived("xxxxxxx.x", None), (1, 0), "no table, no freezes");
    }

    /// One check-in more in the days that are open never makes a streak shorter nor leaves fewer
    /// freezes: so the longest streak is the same in whatever order check-ins arrive.
    #[test]
    fn a_check_in_more_never_costs_a_streak() {
        const OPEN: u32 = 6;
        for (streak, freezes) in (0..30_u16).flat_map(|s| (0..3_u8).map(move |f| (s, f))) {
            let run = |days: u32| {
                let mut run = Run { streak, freezes };
                let mut all = Vec::new();
                for day in 0..OPEN {
                    run = run.after(days & (1 << day) != 0, RULE);
                    all.push(run);
                }
                all
            };
            for days in 0..1_u32 << OPEN {
                for more in (0..OPEN).map(|day| days | (1 << day)) {
                    for (with, without) in run(more).iter().zip(run(days)) {
                        assert!(
                            with.streak >= without.streak && with.freezes >= without.freezes,
                            "from {streak} and {freezes}: {days:b} and {more:b}"
                        );
                    }
                }
            }
        }
    }
}
