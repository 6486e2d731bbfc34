//! A member: everything that the rules need to know, small enough for one cheap item.

mod activity;
mod beside;
mod challenges;
mod effect;
mod hours;
mod invitations;
mod observe;
mod order;
mod orders;
mod recent;
mod score;
mod scoring;
mod settle;
mod told;
mod weeks;
mod wishes;

pub use activity::{Activity, RECENT_DAYS};
pub use beside::MovedOut;
pub use challenges::{Before, Challenges, Enrolled, JoinAnswer, Watch};
pub use effect::Effect;
pub use hours::{HOURS, Hours};
pub use invitations::{Accepted, Invitations, Wait};
pub(crate) use observe::LATE_AFTER;
pub use observe::{Observed, Rules};
pub use order::{Latest, Order, hash16, hash32, hash64};
pub use orders::Orders;
pub use recent::{Counted, Recent};
pub use scoring::{
    CheckedIn, DayPoints, Different, Earned, LEDGER_DAYS, MOST_PAID, OPEN_BEFORE_TODAY, Said,
    Scoring, Tallies, Voided,
};
pub use weeks::{Status, Transition, Week, Weeks};
pub use wishes::{Consent, Leanings, Preference};

use jiff::Timestamp;

use crate::days::{IsoWeek, LocalDay, Zone};
use crate::ids::{InterestId, MemberId};
use crate::journey::{Consumer, Journey};
use crate::locale::Locale;
use crate::playbook::Task;

/// A member of one community.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// As the platform names them.
    pub id: MemberId,
    /// Counts the writes of the item; 0 = not stored yet.
    pub version: u64,
    /// The first that was ever heard of them. UTC seconds.
    pub first_seen: Timestamp,
    /// Whether a real join was ever told, or the join is inferred from other events.
    pub join_told: bool,
    /// Display name, at most [`Member::NAME_BYTES`].
    pub name: Option<Latest<String>>,
    /// The member's language.
    pub locale: Option<Latest<Locale>>,
    /// Staff are in no number, ranking or journey.
    pub staff: Option<Latest<bool>>,
    /// Zones of their own, each with the instant from which it holds, ascending; at most two.
    pub zones: Vec<(Timestamp, Zone)>,
    /// Their interest, by button; the value `None` = "just looking".
    pub interest: Option<Latest<Option<InterestId>>>,
    /// What their posts and reactions were about.
    pub leanings: Leanings,
    /// How much they want to hear from us.
    pub wants: Option<Latest<Preference>>,
    /// Whether they agreed to the second channel.
    pub consent: Option<Consent>,
    /// The last day on which they wrote something, in the community's zone.
    pub last_post: Option<LocalDay>,
    /// Days with activity.
    pub activity: Activity,
    /// The last two weeks.
    pub weeks: Weeks,
    /// Which counted events are in the numbers.
    pub recent: Recent,
    /// Points and streaks.
    pub scoring: Scoring,
    /// The challenge they are in.
    pub challenges: Challenges,
    /// Bit *n*: task *n* of [`Task::ALL`] was done.
    pub tasks_done: u8,
    /// Bit *n*: task *n* was rewarded.
    pub tasks_paid: u8,
    /// How they came, and whom they brought.
    pub invitations: Invitations,
    /// Where they are in the plan and in win-back. `observe` does not change it.
    pub journey: Journey,
    /// What they bought, as far as orders are told; `None` = nothing.
    pub orders: Option<Orders>,
}

impl Member {
    /// Longer names are cut at a character. With everything else at its largest the item stays
    /// under 960 bytes.
    pub const NAME_BYTES: usize = 48;

    /// A member of whom nothing is known but that they exist since `first_seen`.
    pub fn new(id: MemberId, first_seen: Timestamp) -> Self {
        Self {
            id,
            version: 0,
            first_seen: whole_second(first_seen),
            join_told: false,
            name: None,
            locale: None,
            staff: None,
            zones: Vec::new(),
            interest: None,
            leanings: Leanings::default(),
            wants: None,
            consent: None,
            last_post: None,
            activity: Activity::default(),
            weeks: Weeks::default(),
            recent: Recent::default(),
            scoring: Scoring::default(),
            challenges: Challenges::default(),
            tasks_done: 0,
            tasks_paid: 0,
            invitations: Invitations::default(),
            journey: Journey::default(),
            orders: None,
        }
    }

    /// The earliest of everything the member waits for: the one entry in the due index.
    pub fn next_due(&self) -> Option<(Timestamp, Consumer)> {
        let challenge = self.challenges.current.and_then(|now| now.watch.due());
        let challenge = challenge.map(|due| (due, Consumer::WinBack));
        let stayed = self.stays_until().map(|due| (due, Consumer::Onboarding));
        let journey = self.journey.next_due();
        journey.into_iter().chain(challenge).chain(stayed).min()
    }

    /// The first day in the community's zone: the member's cohort.
    pub fn first_day(&self, community_zone: &Zone) -> LocalDay {
        community_zone.day(self.first_seen)
    }

    /// The status now: that of the last join or leave; without one, the join is inferred.
    pub fn status(&self) -> Status {
        self.weeks
            .latest()
            .map_or(Status::Member, |transition| transition.to)
    }

    /// The status at the end of a week; `None` = not heard of yet.
    pub fn status_at_end_of(&self, week: IsoWeek, community_zone: &Zone) -> Option<Status> {
        if self.first_day(community_zone) > week.sunday() {
            return None;
        }
        Some(
            self.weeks
                .until(week)
                .map_or(Status::Member, |transition| transition.to),
        )
    }

    /// Whether they are staff.
    pub fn is_staff(&self) -> bool {
        self.staff.as_ref().is_some_and(|staff| staff.value)
    }

    /// All points ever; staff have none.
    pub fn points(&self) -> u32 {
        if self.is_staff() {
            0
        } else {
            self.scoring.total
        }
    }

    /// Their zone at an instant; the community's where they have none.
    pub fn zone_at<'a>(&'a self, at: Timestamp, community_zone: &'a Zone) -> &'a Zone {
        self.zones
            .iter()
            .rev()
            .find(|(since, _)| *since <= at)
            .map_or(community_zone, |(_, zone)| zone)
    }

    /// Their language; the community's where they have none.
    pub fn locale_or(&self, community: Locale) -> Locale {
        self.locale
            .as_ref()
            .map_or(community, |locale| locale.value)
    }

    /// The interest they chose.
    pub fn chosen_interest(&self) -> Option<&InterestId> {
        self.interest
            .as_ref()
            .and_then(|interest| interest.value.as_ref())
    }

    /// Whether a task was done, at any time.
    pub fn has_done(&self, task: Task) -> bool {
        self.tasks_done & task_bit(task) != 0
    }
}

pub(crate) fn task_bit(task: Task) -> u8 {
    match task {
        Task::Rename => 1,
        Task::Comment => 2,
    }
}

pub(crate) fn whole_second(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}
