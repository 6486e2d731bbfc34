//! What is counted of a week, number by number.

use serde::{Deserialize, Serialize};

use crate::kpi::retention::Kept;

/// Merges by adding.
pub(super) trait Sum {
    fn absorb(&mut self, other: Self);
}

impl Sum for u64 {
    fn absorb(&mut self, other: Self) {
        *self = self.saturating_add(other);
    }
}

impl Sum for Kept {
    fn absorb(&mut self, other: Self) {
        *self += other;
    }
}

impl<T: Sum, const N: usize> Sum for [T; N] {
    fn absorb(&mut self, other: Self) {
        for (mine, theirs) in self.iter_mut().zip(other) {
            mine.absorb(theirs);
        }
    }
}

/// Counters that merge by adding. A macro, so that no field can be missing from the sum. None has a default: a
/// count that was begun before there was one of them is begun again, not filled up with noughts.
macro_rules! counts {
    ($($(#[$doc:meta])* $name:ident: $kind:ty),+ $(,)?) => {
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub(in crate::kpi) struct Counts { $($(#[$doc])* pub(in crate::kpi) $name: $kind),+ }

        impl Sum for Counts {
            fn absorb(&mut self, other: Self) {
                $(self.$name.absorb(other.$name);)+
            }
        }
    };
}

counts! {
    /// First seen in the week.
    new: u64,
    /// Member at the start (or new) and gone at the end.
    left: u64,
    /// Gone at the start and member at the end.
    returned: u64,
    /// Members at the start of Monday.
    members_start: u64,
    /// Members at the end of `as_of`.
    members_total: u64,
    /// Members at the end of each observed day, added up.
    member_days: u64,
    /// Active on each day, Monday first.
    dau: [u64; 7],
    /// Active in the week up to `as_of`.
    wau: u64,
    /// Active in the 30 days up to `as_of`.
    mau30: u64,
    /// Active in `as_of` − 59 to − 30.
    prev30_active: u64,
    /// Those of them who are not in `mau30`.
    churned30: u64,
    /// Members for 30 days or more who are not in `mau30`.
    silent30: u64,
    messages: u64,
    reactions: u64,
    /// Staff of whom anything is known, and what they wrote in the week.
    staff: u64,
    staff_messages: u64,
    /// Members who wrote in the week.
    posted: u64,
    /// Members who wrote, reacted or shared, on each day.
    interacted: [u64; 7],
    /// Members who were active in the last 30 days and are likely to fall silent.
    at_risk: u64,
    /// Members of whom that was asked.
    scored: u64,
    /// Members whose last wake-up was decided in the week before and not skipped there, and those of
    /// them who were active in the 7 days after its own.
    woken: u64,
    recalled: u64,
    /// Cases that wait for a person longer than they may, at the end of `as_of`.
    cases_overdue: u64,
    /// Members who checked in in the week.
    checked_in: u64,
    /// Member-days with a check-in.
    check_ins: u64,
    /// Members with a streak, the sum of their days, and those with 7 days or more.
    streaks: u64,
    streak_days: u64,
    streaks_ge_7: u64,
    /// Members at the end of `as_of` by segment, and all who had left by then, in the order of
    /// [`Segment::ALL`].
    segments: [u64; 7],
    onboarding_started: u64,
    onboarding_finished: u64,
    /// Cases opened in the week; the next four are what became of these.
    cases_opened: u64,
    cases_unreachable: u64,
    cases_surveyed: u64,
    /// By reason, in the order of [`LeaveReason::ALL`].
    cases_answered: [u64; 4],
    /// Cases closed in the week, whenever opened.
    cases_won: u64,
    cases_lost: u64,
    /// Everybody with an order by the end, whatever became of them.
    ever_ordered: u64,
    /// Members at the end with an order by then, and with two.
    with_order: u64,
    with_second_order: u64,
    /// What they ordered for so far, in minor units of the community's currency.
    spent: u64,
    /// Members at the end by what they bought, in the order of [`RfmGroup::ALL`].
    rfm: [u64; 7],
    /// Those of `new` by how they came, in the order of [`JoinSource::ALL`].
    joined: [u64; 5],
    /// Everybody in the headline's window at 7 days by how they came, in the same order.
    kept_by_source: [Kept; 5],
    /// First seen by `as_of`, whenever, and invited.
    invited: u64,
    /// First seen in the 30 days up to `as_of`, and invited.
    invited_30: u64,
    /// Members 30 days before `as_of`.
    members_before_30: u64,
}
