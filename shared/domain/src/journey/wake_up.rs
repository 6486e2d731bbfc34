//! Wake-up (沉默喚醒): who has not written for a month gets one message with what they like, a vote and
//! an offer; three times at most, and then peace.
//!
//! Nobody looks for silent members. Each waits for the day on which they would be silent; activity
//! does not move that day, so it costs nothing. When it comes, the item is read again, and the day
//! moves on by as much as they were not silent.

use jiff::{SignedDuration, Timestamp};

use super::{Draft, Planner};
use crate::days::LocalDay;
use crate::ids::{InterestId, MessageId};
use crate::member::Status;
use crate::message::{Message, SkipReason, State};

/// How often a member was woken up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wake {
    /// Wake-ups since their last post.
    pub sent: u8,
    /// The local day of the last one.
    pub last: Option<LocalDay>,
    /// The last one was skipped where it was decided: nobody was woken up by it.
    pub skipped: bool,
    /// When it is looked at again.
    pub due: Option<Timestamp>,
}

impl Planner<'_> {
    /// Sees to it that the member waits for their silence, unless it has been given up.
    pub(super) fn watch(&mut self) {
        let Some(rules) = &self.context.current.playbook.wake_up else {
            return;
        };
        let wake = &self.member.journey.wake;
        let in_peace = wake.sent >= rules.most && !self.has_posted_since_wake();
        if wake.due.is_none() && self.may_be_woken() && !in_peace {
            self.member.journey.wake.due = Some(self.silent_from(rules.after_days));
        }
    }

    fn may_be_woken(&self) -> bool {
        self.member.status() == Status::Member
            && !self.member.is_opted_out()
            && !self.wants_digest_only()
    }

    /// A post on the day itself is one since. The two days are those of two clocks, so that day
    /// may be called the one before; the last post ahead of a wake-up is weeks older.
    fn has_posted_since_wake(&self) -> bool {
        let woken = self.member.journey.wake.last.map(|last| last.plus(-1));
        self.member.last_post.is_some() && self.member.last_post >= woken
    }

    /// The sending time of the first day on which they are silent. Who was away was not silent.
    fn silent_from(&self, after_days: u16) -> Timestamp {
        let zone = &self.context.community.zone;
        let came = self.member.weeks.latest();
        let came = came.map(|latest| zone.day(latest.order.timestamp()));
        let heard_of = [self.member.last_post, came].into_iter().flatten().max();
        let last = heard_of.unwrap_or_else(|| self.member.first_day(zone));
        self.sending_time(last.plus(i32::from(after_days)))
    }

    /// Looks whether the member is silent; if so, writes to them, and says when to look again.
    pub(super) fn advance_wake(&mut self) {
        let now = self.context.now;
        let Some(due) = self.member.journey.wake.due.filter(|due| *due <= now) else {
            return;
        };
        let Some(rules) = &self.context.current.playbook.wake_up else {
            self.member.journey.wake.due = None;
            return;
        };
        if !self.may_be_woken() {
            self.member.journey.wake.due = None;
            return;
        }
        if self.has_posted_since_wake() {
            self.member.journey.wake.sent = 0;
        }
        let tomorrow = self.sending_time(self.today().plus(1));
        let silent_from = self.silent_from(rules.after_days);
        let last = self.member.journey.wake.last;
        let again = last.map(|last| self.sending_time(last.plus(i32::from(rules.every_days))));
        let next = [Some(silent_from), again].into_iter().flatten().max();
        let next = if self.member.journey.wake.sent >= rules.most {
            None
        } else if let Some(next) = next.filter(|next| *next > now) {
            Some(next)
        } else if self.is_underway() {
            Some(tomorrow)
        } else {
            let late = now.duration_since(due.max(silent_from)) > SignedDuration::from_hours(24);
            let skipped = !self.write_wake_up(late);
            let today = self.today();
            let wake = &mut self.member.journey.wake;
            wake.sent = wake.sent.saturating_add(1);
            (wake.last, wake.skipped) = (Some(today), skipped);
            let more = wake.sent < rules.most;
            more.then(|| self.sending_time(today.plus(i32::from(rules.every_days))))
        };
        self.member.journey.wake.due = next;
    }

    /// Whether there is a message to be sent, and not only the reason why there is none.
    fn write_wake_up(&mut self, late: bool) -> bool {
        let playbook = self.context.current.playbook;
        let Some(rules) = &playbook.wake_up else {
            return false;
        };
        let platform = self.context.community.platform.capabilities();
        let nth =
            super::content::content_steps(playbook) + usize::from(self.member.journey.wake.sent);
        let piece = self.piece(playbook, nth).filter(|piece| piece.by_interest);
        let piece = piece.or_else(|| self.piece(playbook, 0).filter(|piece| piece.by_interest));
        let kind = if piece.is_some() {
            rules.message.clone()
        } else {
            rules.fallback.clone()
        };
        let skip = if late {
            Some(SkipReason::Expired)
        } else if platform.direct_to_member.attempt() {
            None
        } else {
            Some(SkipReason::NotPossible)
        };
        let path = format!("wake-up/{}", self.today());
        let draft = Draft::new(path.clone(), kind)
            .content(piece.map(|piece| piece.content))
            .skipped(skip);
        self.write(self.context.current, draft);
        let waits = |message: &Message| matches!(message.state, State::Pending { .. });
        let written = self.acted.messages.iter();
        let mut written = written.filter(|message| message.id.path() == path);
        written.any(waits)
    }

    /// A vote under a wake-up: thanks for a wish, peace for who is just reading.
    pub(super) fn vote(
        &mut self,
        message: Option<&MessageId>,
        interest: Option<&InterestId>,
        quiet: bool,
    ) {
        let Some(rules) = &self.context.current.playbook.wake_up else {
            return self.ignore();
        };
        let meant = message
            .is_none_or(|message| self.is_mine(message) && message.path().starts_with("wake-up/"));
        let Some(last) = self.member.journey.wake.last.filter(|_| meant) else {
            return self.ignore();
        };
        if quiet {
            self.member.journey.wake.sent = rules.most;
            self.member.journey.wake.due = None;
            return;
        }
        if let (Some(kind), Some(_)) = (rules.voted.clone(), interest) {
            let path = message.map_or_else(|| format!("wake-up/{last}"), |id| id.path().to_owned());
            let draft = Draft::new(format!("{path}.voted"), kind).answering();
            self.write(self.context.current, draft);
        }
    }
}
