//! Where a member is in the journeys, and what follows from what happened.
//!
//! Onboarding, events, win-back, care after a return, wake-up and the digest are a room each. What
//! they have in common is here: the member waits for the earliest of what they wait for, and each
//! decides on one instant.

mod answers;
mod busy;
mod care;
mod challenges;
mod check_in;
mod content;
mod digest;
mod invitations;
mod onboarding;
mod pause;
mod points;
mod preferences;
mod redeem;
mod seat;
mod segments;
mod star;
mod steps;
mod versions;
mod wake_up;
mod win_back;
mod write;

pub use busy::{Slot, answered_in, digest};
pub use check_in::tells_twice;
pub(crate) use invitations::rows_of_stayed;
pub use invitations::{Introduction, Invites};
pub use onboarding::{Plan, PlanEnd, PlanState};
pub use pause::{JourneyName, PAUSED_FOR, Paused};
pub use redeem::{GiftPress, REDEEMED_GIFT, Redemption};
pub(crate) use seat::is_question;
pub use seat::{Answer, Seat};
pub use segments::Known;
pub use versions::migrate;
pub use wake_up::Wake;
pub use win_back::{Case, CaseState, Person};

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::community::Community;
use crate::days::LocalDay;
use crate::ids::{ChannelId, GiftId, MessageKind};
use crate::invitation::Introduced;
use crate::member::{Effect, Member};
use crate::message::Message;
use crate::playbook::{Playbook, Step, StepWhat};
use crate::standing::Standing;
use write::Draft;

/// The journeys of a member.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Journey {
    /// The onboarding plan they are or were in.
    pub onboarding: Option<Plan>,
    /// Their seat at an event.
    pub seat: Option<Seat>,
    /// The last win-back case.
    pub win_back: Option<Case>,
    /// How often they were woken up, and when that is looked at again.
    pub wake: Wake,
    /// When the next weekly digest is due, for who wants only that.
    pub digest: Option<Timestamp>,
    /// The segment that they were last known to be in.
    pub segment: Known,
    /// Promotional messages of one local day.
    pub promo: Option<(LocalDay, u8)>,
    /// Messages for the staff to send in one month of the community's calendar, by its first day.
    pub by_staff: Option<(LocalDay, u8)>,
}

/// Who handles what a member waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Consumer {
    /// The next step of the plan, and what goes around an event.
    Onboarding,
    /// The next step of a case, care, wake-up, digest, and the next look at a segment.
    WinBack,
    /// A message to send.
    Messenger,
}

impl Consumer {
    /// As keys and logs write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Onboarding => "onboarding",
            Self::WinBack => "win-back",
            Self::Messenger => "messenger",
        }
    }
}

impl Journey {
    /// The earliest of everything that the journeys wait for. With what else the member waits for:
    /// [`Member::next_due`].
    pub fn next_due(&self) -> Option<(Timestamp, Consumer)> {
        let plan = self.onboarding.as_ref().and_then(|plan| plan.due);
        let seat = self.seat.as_ref().and_then(|seat| seat.due);
        let case = self.win_back.as_ref().and_then(|case| case.due);
        let onboarding = [plan, seat].map(|due| (due, Consumer::Onboarding));
        let win_back = [case, self.wake.due, self.digest, self.segment.due];
        let win_back = win_back.map(|due| (due, Consumer::WinBack));
        onboarding
            .into_iter()
            .chain(win_back)
            .filter_map(|(due, consumer)| Some((due?, consumer)))
            .min()
    }
}

/// A playbook with the version it is stored as.
#[derive(Debug, Clone, Copy)]
pub struct Book<'a> {
    /// The playbook.
    pub playbook: &'a Playbook,
    /// Its version.
    pub version: u32,
    /// A newer version whose texts go before its own where it has them; only for a plan.
    pub texts: Option<(&'a Playbook, u32)>,
}

impl<'a> Book<'a> {
    /// A playbook with its own texts.
    pub fn new(playbook: &'a Playbook, version: u32) -> Self {
        Self {
            playbook,
            version,
            texts: None,
        }
    }

    /// The playbook whose text of a kind is sent, with its version. A newer one that has made the
    /// kind the text of something else (a task's that of a gift) would ask for other values.
    fn speaks(&self, kind: &MessageKind) -> (&'a Playbook, u32) {
        let own = what_it_says(self.playbook, kind);
        let fits = |newer: &Playbook| {
            let other = what_it_says(newer, kind);
            newer.text(kind).is_some() && (own.is_none() || other.is_none() || own == other)
        };
        self.texts
            .filter(|(newer, _)| fits(newer))
            .unwrap_or((self.playbook, self.version))
    }
}

/// What the step does that sends a text of this kind.
fn what_it_says(playbook: &Playbook, kind: &MessageKind) -> Option<StepWhat> {
    let sends = |step: &&Step| step.messages.contains(kind) || step.fallback.as_ref() == Some(kind);
    let step = playbook.onboarding.steps.iter().find(sends)?;
    Some(step.what)
}

/// What decisions are made with: the community, its playbook, one instant.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The community.
    pub community: &'a Community,
    /// The community's current playbook.
    pub current: Book<'a>,
    /// The one the member's plan is pinned to, where it is another, or where its texts are.
    pub pinned: Option<Book<'a>>,
    /// The community's journeys that are paused.
    pub paused: Paused,
    /// Paths of the member's messages that have a row; `None` = not asked for, as almost always.
    /// What has a row is not written again.
    pub written: Option<&'a BTreeSet<String>>,
    /// So many of a gift are left, at most, where that was found out; almost always nothing.
    pub left: Option<&'a BTreeMap<GiftId, u32>>,
    /// Presses that the member was given gifts for, about when they press now; almost always nothing.
    pub redeemed: Option<&'a [GiftPress]>,
    /// Channels in which so many check in that one message answers them all.
    pub busy: Option<&'a BTreeSet<ChannelId>>,
    /// Where the points of the running week stand; `None` = not known, and nobody is told a place.
    pub standing: Option<&'a Standing>,
    /// Who invited the member; `None` = not asked for, as almost always.
    pub introduced: Option<&'a Introduced>,
    /// One instant for the whole invocation.
    pub now: Timestamp,
}

impl<'a> Context<'a> {
    /// Of a member who goes by the current version, with nothing paused.
    pub fn new(community: &'a Community, current: Book<'a>, now: Timestamp) -> Self {
        Self {
            community,
            current,
            pinned: None,
            paused: Paused::default(),
            written: None,
            left: None,
            redeemed: None,
            busy: None,
            standing: None,
            introduced: None,
            now,
        }
    }
}

/// What the journeys decided.
#[derive(Debug, Default)]
pub struct Acted {
    /// Messages to write, pending or skipped.
    pub messages: Vec<Message>,
    /// Answers that fitted no question of ours: given twice, to something never asked, or by
    /// somebody else.
    pub ignored: u32,
    /// Gifts that the member gives points for.
    pub redeemed: Vec<Redemption>,
    /// What else is to be counted, by its metric's name.
    pub counts: Vec<&'static str>,
    /// What is said of invitations.
    pub invites: Invites,
}

/// A member and the messages that are being decided for them.
struct Planner<'a> {
    member: &'a mut Member,
    context: Context<'a>,
    acted: Acted,
    /// A freeze was used and the member was not told yet; so many are left.
    freezes_left: Option<u8>,
}

impl<'a> Planner<'a> {
    fn new(member: &'a mut Member, context: Context<'a>) -> Self {
        Self {
            member,
            context,
            acted: Acted::default(),
            freezes_left: None,
        }
    }
}

/// Acts on what follows from events. Staff take no journey.
pub fn act_on(member: &mut Member, effects: &[Effect], context: Context<'_>) -> Acted {
    let mut planner = Planner::new(member, context);
    if planner.member.is_staff() {
        planner.end_all();
        return planner.acted;
    }
    for effect in effects {
        planner.act(effect);
    }
    planner.answer_check_in(effects);
    planner.thank_inviter(effects);
    planner.watch();
    planner.watch_segment();
    planner.acted
}

/// Does what has fallen due by `now`: plan steps first, then the event, then the case, and what is
/// sent to many last. Who has become staff since the journey began ends it here.
pub fn act_on_due(member: &mut Member, context: Context<'_>) -> Acted {
    let mut planner = Planner::new(member, context);
    if planner.member.is_staff() {
        planner.end_all();
        planner.member.end_invitation();
        return planner.acted;
    }
    planner.advance_plan();
    planner.advance_seat();
    if !planner.put_off_case() {
        planner.advance_case();
        planner.advance_care();
    }
    if !planner.put_off_wake() {
        planner.advance_digest();
        planner.advance_wake();
    }
    planner.settle_invitation();
    planner.advance_segment();
    planner.advance_challenge();
    planner.acted
}

impl Planner<'_> {
    fn act(&mut self, effect: &Effect) {
        match effect {
            Effect::Joined { at, away_since } => {
                self.close_case_as_won(*at);
                let enrolled = self.enrol(*at, *away_since);
                if away_since.is_some() && !enrolled {
                    self.welcome_back(*at);
                }
                self.begin_digest();
                self.keep_seat();
            }
            Effect::Left { at, cause } => {
                self.stop_plan(PlanEnd::Left);
                self.give_up_seat();
                self.member.journey.digest = None;
                self.member.journey.wake.due = None;
                self.open_case(*at, *cause);
            }
            Effect::OptedOut => {
                self.stop_plan(PlanEnd::OptedOut);
                self.give_up_seat();
                self.member.journey.digest = None;
                self.member.journey.wake.due = None;
                self.decline_case();
            }
            Effect::DigestOnly { at } => self.choose_digest(*at),
            Effect::OptedIn { at, since } => {
                self.choose_all(*at, *since);
                self.keep_seat();
            }
            Effect::Answered {
                reason,
                message,
                text,
            } => self.answer_case(*reason, message.as_ref(), text.as_deref()),
            Effect::Declined { message } => self.decline(message.as_ref()),
            Effect::Pressed { message } => self.note_answer(message.as_ref()),
            Effect::HelpWanted { message } => self.help(message.as_ref()),
            Effect::OtherTopicWanted { message } => self.offer_topics(message.as_ref()),
            Effect::InvitationAnswered { at, message, comes } => {
                self.answer_invitation(*at, message.as_ref(), *comes);
            }
            Effect::Attended { at, gathering } => self.attend(*at, gathering.as_ref()),
            Effect::Scored { message, score } => self.score(message.as_ref(), *score),
            Effect::Voted {
                message,
                interest,
                quiet,
            } => self.vote(message.as_ref(), interest.as_ref(), *quiet),
            Effect::CaseHandled { message, step, by } => {
                self.handle_case(message, *step, by.as_deref());
            }
            Effect::PointsAsked { at } => self.tell_points(*at),
            Effect::GiftsAsked { at } => self.show_gifts(*at),
            Effect::GiftWanted {
                event,
                at,
                message,
                gift,
            } => self.redeem(event, *at, message.as_ref(), gift),
            Effect::TaskDone { task, points } => self.thank_for(*task, *points),
            Effect::Milestone { index } => self.celebrate(*index),
            // Told with whatever answers the check-in.
            Effect::FreezeUsed { left } => self.freezes_left = Some(*left),
            Effect::LevelUp { index } => self.level_up(*index),
            Effect::RankingChosen { at, shown } => self.confirm_ranking(*at, *shown),
            Effect::ChallengeWanted {
                at,
                challenge,
                answer,
            } => self.answer_challenge(*at, challenge, *answer),
            Effect::ChallengeDone { index } => self.celebrate_challenge(*index),
            // A check-in is answered, and an inviter thanked, when all is known that follows; a
            // correction is in the ledger only; what is bought or scored is counted and not answered.
            Effect::CheckedIn { .. }
            | Effect::Corrected { .. }
            | Effect::Received(_)
            | Effect::InvitationStayed { .. }
            | Effect::InvitationTier { .. } => {}
            Effect::Moved => {
                self.reschedule();
                self.move_digest();
            }
            Effect::Starred {
                month,
                place,
                points,
            } => self.tell_star(*month, *place, *points),
            Effect::InvitesAsked { at } => self.tell_code(*at),
            Effect::Invited {
                event,
                at,
                by,
                typed,
                earliest,
            } => self.introduce(event, *at, by, (*typed, *earliest)),
        }
    }

    /// Staff take no journey: what was begun ends, and says so in the ledger.
    fn end_all(&mut self) {
        self.stop_plan(PlanEnd::Staff);
        self.give_up_seat();
        self.decline_case();
        self.member.journey.digest = None;
        self.member.journey.wake.due = None;
        self.member.journey.segment.due = None;
        self.unwatch_challenge();
        if let Some(case) = &mut self.member.journey.win_back {
            case.due = None;
        }
    }

    fn ignore(&mut self) {
        self.acted.ignored = self.acted.ignored.saturating_add(1);
    }

    fn today(&self) -> LocalDay {
        let Context { community, now, .. } = self.context;
        self.member.zone_at(now, &community.zone).day(now)
    }

    /// The instant of the playbook's sending time on a day of the member's calendar.
    fn sending_time(&self, day: LocalDay) -> Timestamp {
        let Context {
            community,
            current,
            now,
            ..
        } = self.context;
        let zone = self.member.zone_at(now, &community.zone);
        zone.at(day, current.playbook.onboarding.send_at)
    }
}
