//! The numbers of a week, from what was counted. Every rate has its denominator beside it; one
//! without a denominator is absent, never zero.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::aggregate::Aggregate;
use super::commerce::{FeedbackNumbers, OrderNumbers};
use super::funnel::Funnel;
use super::heat::Heat;
use super::retention::{Kept, Retention};
use super::talk::TalkNumbers;
use super::unreadable::Unreadable;
use crate::days::{IsoWeek, LocalDay};
use crate::event::LeaveReason;
use crate::invitation::JoinSource;
use crate::segment::Segment;

/// The numbers of one week. Definitions in all languages: [`super::definitions()`]. Rates are
/// fractions of 1, rounded to 9 decimals, so that they print and read back as the same bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Numbers {
    /// The week.
    pub week: IsoWeek,
    /// The last day that counts: the Sunday, or the last observed day of an unfinished week.
    pub as_of: LocalDay,
    /// The first day on which anybody was seen; `None` in an empty community.
    pub first_observed: Option<LocalDay>,
    /// Days of the week from `first_observed` to `as_of`.
    pub days_observed: u8,
    /// Members who are in none of these numbers. Absent where everybody is.
    #[serde(default, skip_serializing_if = "Unreadable::is_none")]
    pub unreadable: Unreadable,
    /// What members did not keep for so long, by [`super::Definition::key`] or by its path in here (`heat`,
    /// `retention.all.rolling`): not measured, whatever stands in its field. Absent in reports that were made in their time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
    /// First seen in the week.
    pub new: u64,
    /// Members (or new) who were gone at the end.
    pub left: u64,
    /// Leavers who were members again at the end.
    pub returned: u64,
    /// Members at the start of Monday.
    pub members_start: u64,
    /// Members at the end of `as_of`.
    pub members_total: u64,
    /// Mean over the observed days of members at the end of the day: the denominator of most
    /// shares. Rounded to 9 decimals.
    pub mean_members: f64,
    /// (new − left) / `members_start`.
    pub net_growth: Option<f64>,
    /// Active members on each observed day.
    pub dau: BTreeMap<LocalDay, u64>,
    /// Mean of `dau`; `None` without an observed day.
    pub mean_dau: Option<f64>,
    /// Active in the week.
    pub wau: u64,
    /// Active in the 30 days up to `as_of`.
    pub mau30: u64,
    /// `mean_dau` / `mau30`.
    pub stickiness: Option<f64>,
    /// `mean_dau` / `mean_members` (日活率).
    pub dau_share: Option<f64>,
    /// `wau` / `mean_members`.
    pub wau_share: Option<f64>,
    /// `mau30` / `mean_members`.
    pub mau_share: Option<f64>,
    /// Members who wrote in the week.
    pub posted: u64,
    /// `posted` / `mean_members`.
    pub speaking_rate: Option<f64>,
    /// Mean over the observed days of members who wrote, reacted or shared, / `mean_members`.
    pub interaction_rate: Option<f64>,
    /// Messages in the week.
    pub messages: u64,
    /// Reactions in the week.
    pub reactions: u64,
    /// Staff who were ever heard of. They are in this number and the next two only.
    #[serde(default)]
    pub staff: u64,
    /// Messages that staff wrote in the week.
    #[serde(default)]
    pub staff_messages: u64,
    /// `messages` / (`messages` + `staff_messages`). Absent where nobody is known to be staff: then all
    /// messages would be members' for want of knowing better.
    #[serde(default)]
    pub own_content: Option<f64>,
    /// Messages / `mean_members` / `days_observed` × 1,000.
    pub messages_per_1000: Option<f64>,
    /// Messages / `wau`.
    pub messages_per_active: Option<f64>,
    /// Members for 30 days or more without activity in the 30 days.
    pub silent30: u64,
    /// `members_total` − `mau30`. Negative where leavers were active.
    pub silent30_incl_new: i64,
    /// `silent30` / `members_total`.
    pub silent30_share: Option<f64>,
    /// Active in `as_of` − 59 to − 30.
    pub prev30_active: u64,
    /// Those of them who were not active in the 30 days since.
    pub churned30: u64,
    /// `churned30` / `prev30_active`.
    pub churn30: Option<f64>,
    /// Members who are likely to fall silent (the score of the playbook's `[risk]` is above 0.7).
    #[serde(default)]
    pub at_risk: u64,
    /// Members who were active in the last 30 days: of them it was asked.
    #[serde(default)]
    pub scored: u64,
    /// `at_risk` / `scored`.
    #[serde(default)]
    pub at_risk_share: Option<f64>,
    /// Members last woken up in the week before: a message was handed to the messenger.
    #[serde(default)]
    pub woken: u64,
    /// Those of them who were active in the 7 days after the day of it, which itself does not count.
    #[serde(default)]
    pub recalled: u64,
    /// `recalled` / `woken`.
    #[serde(default)]
    pub recall: Option<f64>,
    /// Cases that have waited for a person longer than they may.
    #[serde(default)]
    pub cases_overdue: u64,
    /// Members who checked in in the week.
    pub checked_in: u64,
    /// Check-ins, at most one a member and day.
    pub check_ins: u64,
    /// `checked_in` / `mean_members`.
    pub check_in_rate: Option<f64>,
    /// Members with a streak on `as_of`.
    pub streaks: u64,
    /// Mean days of these streaks.
    pub mean_streak: Option<f64>,
    /// Members with a streak of 7 days or more.
    pub streaks_ge_7: u64,
    /// Members at the end of `as_of` by segment (`new`, `core`, …), and `left`: all who had left by
    /// then. Empty in records from before there were segments.
    #[serde(default)]
    pub segments: BTreeMap<String, u64>,
    /// Retention by cohort and pooled, as of `as_of`.
    pub retention: Retention,
    /// Active at each age in days, from 0 on to 90 as far as anybody is so old: all members of all times.
    #[serde(default)]
    pub curve: Vec<Kept>,
    /// By cohort, active in each week of age from the second (days 7 to 13) on; the latest cohorts.
    #[serde(default)]
    pub triangle: BTreeMap<IsoWeek, Vec<Kept>>,
    /// Members who were there in each hour of the week.
    #[serde(default)]
    pub heat: Heat,
    /// The plans that began in the week before.
    #[serde(default)]
    pub funnel: Funnel,
    /// The newcomers' plan.
    pub onboarding: OnboardingNumbers,
    /// Leavers and what became of them.
    pub win_back: WinBackNumbers,
    /// What was bought. Nothing in records from before orders were counted.
    #[serde(default)]
    pub orders: OrderNumbers,
    /// What was scored. Nothing in records from before scores were counted.
    #[serde(default)]
    pub feedback: FeedbackNumbers,
    /// The week's threads. Nothing in records from before threads were noted.
    #[serde(default)]
    pub talk: TalkNumbers,
    /// `new` by how they came: `invited`, `qr`, `share`, `other`, `unknown`. Empty in records from
    /// before that was known.
    #[serde(default)]
    pub joined_by_source: BTreeMap<String, u64>,
    /// Everybody by how they came: of whom days 7 to 13 are over, and who was active in them. Empty in
    /// records from before that was counted.
    #[serde(default)]
    pub retention_by_source: BTreeMap<String, Kept>,
    /// First seen in the 30 days up to `as_of`, invited by a member.
    #[serde(default)]
    pub invited_30: u64,
    /// Members 30 days before `as_of`.
    #[serde(default)]
    pub members_before_30: u64,
    /// `invited_30` / `members_before_30`: the product of the share who invite, the invitations of
    /// each and the share of them that are accepted. Absent as long as nobody was ever invited: where
    /// no invitations are told, none is no measurement.
    #[serde(default)]
    pub invitation_k: Option<f64>,
}

/// The newcomers' plan in the week.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnboardingNumbers {
    /// Plans begun.
    pub started: u64,
    /// Plans of which all steps are through, whenever begun.
    pub finished: u64,
}

/// Win-back cases of the week.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct WinBackNumbers {
    /// Opened: voluntary and unattributed leaves.
    pub opened: u64,
    /// Those of them whom the platform cannot reach.
    pub unreachable: u64,
    /// `opened` − `unreachable`.
    pub reachable: u64,
    /// Of the opened: the survey went out, whatever became of the case. Who came back before it was due
    /// is not among them, nor is who turned out not to be reachable before they answered.
    pub surveyed: u64,
    /// Of the surveyed: answered.
    pub answered: u64,
    /// `answered` by reason, as the survey's buttons name them; all reasons are there.
    pub reasons: BTreeMap<String, u64>,
    /// Closed in the week by a return, whenever opened.
    pub won: u64,
    /// Closed in the week without one.
    pub lost: u64,
    /// `won` / (`won` + `lost`): over reachable leavers whose time is over.
    pub won_rate: Option<f64>,
    /// Median of whole days from leave to return, over `won`.
    pub median_days_to_return: Option<f64>,
}

/// Rounded to 9 decimals: with at most 15 digits in all, what is printed reads back exactly.
fn rounded(number: f64) -> Option<f64> {
    let number = (number * 1e9).round() / 1e9;
    number.is_finite().then_some(number)
}

pub(super) fn ratio(numerator: u64, denominator: u64) -> Option<f64> {
    over(numerator as f64, denominator as f64)
}

pub(super) fn over(numerator: f64, denominator: f64) -> Option<f64> {
    if denominator > 0.0 {
        rounded(numerator / denominator)
    } else {
        None
    }
}

impl Aggregate {
    /// The numbers of what was counted.
    pub fn finish(self) -> Numbers {
        let counts = self.counts;
        let monday = self.week.monday();
        let observed = |day: &LocalDay| {
            self.first_observed.is_some_and(|first| *day >= first) && *day <= self.as_of
        };
        let dau: BTreeMap<LocalDay, u64> = (0..7)
            .map(|n| monday.plus(n))
            .zip(counts.dau)
            .filter(|(day, _)| observed(day))
            .collect();
        let days_observed = u8::try_from(dau.len()).unwrap_or(7);
        let days = f64::from(days_observed);
        let active_days = dau.values().sum::<u64>() as f64;
        let interacted_days = counts.interacted.iter().sum::<u64>() as f64;
        let mean_members = if days_observed == 0 {
            0.0
        } else {
            counts.member_days as f64 / days
        };
        let per_member = |count: u64| over(count as f64, mean_members);
        Numbers {
            week: self.week,
            as_of: self.as_of,
            first_observed: self.first_observed,
            days_observed,
            unreadable: self.unreadable.clone(),
            unknown: Vec::new(),
            new: counts.new,
            left: counts.left,
            returned: counts.returned,
            members_start: counts.members_start,
            members_total: counts.members_total,
            mean_members: rounded(mean_members).unwrap_or(0.0),
            net_growth: over(
                difference(counts.new, counts.left) as f64,
                counts.members_start as f64,
            ),
            dau,
            mean_dau: over(active_days, days),
            wau: counts.wau,
            mau30: counts.mau30,
            stickiness: over(active_days, days * counts.mau30 as f64),
            dau_share: over(active_days, days * mean_members),
            wau_share: per_member(counts.wau),
            mau_share: per_member(counts.mau30),
            posted: counts.posted,
            speaking_rate: per_member(counts.posted),
            interaction_rate: over(interacted_days, days * mean_members),
            messages: counts.messages,
            reactions: counts.reactions,
            staff: counts.staff,
            staff_messages: counts.staff_messages,
            own_content: ratio(counts.messages, counts.messages + counts.staff_messages)
                .filter(|_| counts.staff > 0),
            messages_per_1000: over(counts.messages as f64 * 1000.0, days * mean_members),
            messages_per_active: ratio(counts.messages, counts.wau),
            silent30: counts.silent30,
            silent30_incl_new: difference(counts.members_total, counts.mau30),
            silent30_share: ratio(counts.silent30, counts.members_total),
            prev30_active: counts.prev30_active,
            churned30: counts.churned30,
            churn30: ratio(counts.churned30, counts.prev30_active),
            woken: counts.woken,
            recalled: counts.recalled,
            recall: ratio(counts.recalled, counts.woken),
            cases_overdue: counts.cases_overdue,
            at_risk: counts.at_risk,
            scored: counts.scored,
            at_risk_share: ratio(counts.at_risk, counts.scored),
            checked_in: counts.checked_in,
            check_ins: counts.check_ins,
            check_in_rate: per_member(counts.checked_in),
            streaks: counts.streaks,
            mean_streak: ratio(counts.streak_days, counts.streaks),
            streaks_ge_7: counts.streaks_ge_7,
            segments: Segment::ALL
                .map(|segment| segment.name().to_owned())
                .into_iter()
                .zip(counts.segments)
                .collect(),
            onboarding: OnboardingNumbers {
                started: counts.onboarding_started,
                finished: counts.onboarding_finished,
            },
            win_back: self.win_back(),
            orders: self.orders(),
            feedback: FeedbackNumbers::of(&self.facts),
            talk: TalkNumbers::default(),
            joined_by_source: by_source(counts.joined),
            retention_by_source: by_source(counts.kept_by_source),
            invited_30: counts.invited_30,
            members_before_30: counts.members_before_30,
            invitation_k: ratio(counts.invited_30, counts.members_before_30)
                .filter(|_| counts.invited > 0),
            retention: Retention::of(self.cohorts),
            curve: self.ages.curve(),
            triangle: self.ages.triangle(),
            heat: self.heat,
            funnel: self.funnel,
        }
    }

    fn win_back(&self) -> WinBackNumbers {
        let counts = &self.counts;
        let names = LeaveReason::ALL.map(|reason| reason.value().to_owned());
        WinBackNumbers {
            opened: counts.cases_opened,
            unreachable: counts.cases_unreachable,
            reachable: counts.cases_opened.saturating_sub(counts.cases_unreachable),
            surveyed: counts.cases_surveyed,
            answered: counts.cases_answered.iter().sum(),
            reasons: names.into_iter().zip(counts.cases_answered).collect(),
            won: counts.cases_won,
            lost: counts.cases_lost,
            won_rate: ratio(counts.cases_won, counts.cases_won + counts.cases_lost),
            median_days_to_return: median(&self.days_to_return),
        }
    }
}

impl Numbers {
    /// Messages of members and staff: what [`Numbers::own_content`] is over. None where nobody is known to
    /// be staff.
    pub fn messages_of_all(&self) -> u64 {
        if self.staff > 0 {
            self.messages + self.staff_messages
        } else {
            0
        }
    }

    /// `mean_members`, rounded down: the sample of shares over mean members.
    pub fn mean_members_whole(&self) -> u64 {
        // Members are far fewer than 2^53 and never negative.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "held to what fits before"
        )]
        let whole = self.mean_members.max(0.0).floor() as u64;
        whole
    }
}

/// By the sources' names.
fn by_source<T>(counts: [T; 5]) -> BTreeMap<String, T> {
    let names = JoinSource::ALL.map(|source| source.name().to_owned());
    names.into_iter().zip(counts).collect()
}

fn difference(a: u64, b: u64) -> i64 {
    i64::try_from(i128::from(a) - i128::from(b)).unwrap_or(i64::MAX)
}

/// The median of a histogram: of an even number, the mean of the two in the middle.
pub(super) fn median(histogram: &BTreeMap<u16, u64>) -> Option<f64> {
    let total: u64 = histogram.values().sum();
    let nth = |n: u64| {
        let mut seen = 0;
        histogram.iter().find(|(_, count)| {
            seen += **count;
            seen > n
        })
    };
    let (lower, _) = nth(total.checked_sub(1)? / 2)?;
    let (upper, _) = nth(total / 2)?;
    Some(f64::midpoint(f64::from(*lower), f64::from(*upper)))
}

#[cfg(test)]
mod tests;
