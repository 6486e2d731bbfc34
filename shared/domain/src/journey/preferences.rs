//! When a member says how much they want to hear from us.

use jiff::Timestamp;

use super::{Draft, Planner};
use crate::ids::MessageKind;
use crate::member::Status;

impl Planner<'_> {
    /// From now on one message a week. Whoever left hears of it when they are back.
    pub(super) fn choose_digest(&mut self, at: Timestamp) {
        self.member.journey.wake.due = None;
        self.begin_digest();
        let rules = self.context.current.playbook.digest.as_ref();
        self.confirm(at, "digest", rules.and_then(|rules| rules.chosen.clone()));
    }

    /// Messages come again, and the plan goes on where it stopped.
    pub(super) fn choose_all(&mut self, at: Timestamp, since: Timestamp) {
        self.member.journey.digest = None;
        self.resume_after_opt_out(at, since);
        let rules = self.context.current.playbook.digest.as_ref();
        self.confirm(at, "all", rules.and_then(|rules| rules.all_again.clone()));
    }

    fn confirm(&mut self, at: Timestamp, what: &str, kind: Option<MessageKind>) {
        let Some(kind) = kind else { return };
        let second = at.as_second();
        // The gate sends leavers nothing but what belongs to their case.
        let path = match (self.member.status(), &self.member.journey.win_back) {
            (Status::Left, Some(case)) => format!("win-back/{}/{what}-{second}", case.number),
            (Status::Left, None) => return,
            (Status::Member, _) => format!("preference/{second}/{what}"),
        };
        self.write(self.context.current, Draft::new(path, kind).answering());
    }
}
