//! Which piece of the community's content a message brings.

use super::Planner;
use crate::ids::InterestId;
use crate::playbook::{Playbook, StepWhat};

/// A piece, and whether it is by the member's interest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) content: u16,
    pub(super) by_interest: bool,
}

impl Planner<'_> {
    /// The `nth` piece (from 0) for the member's interest, else the `nth` for everybody: nothing
    /// is sent twice, and where there is no more there is none.
    pub(super) fn piece(&self, playbook: &Playbook, nth: usize) -> Option<Piece> {
        let own = self.member.interest(playbook).and_then(|interest| {
            let content = self.nth_content(Some(interest), nth)?;
            Some(Piece {
                content,
                by_interest: true,
            })
        });
        own.or_else(|| {
            let content = self.nth_content(None, nth)?;
            Some(Piece {
                content,
                by_interest: false,
            })
        })
    }

    fn nth_content(&self, of: Option<&InterestId>, nth: usize) -> Option<u16> {
        let contents = self.context.community.contents.iter().enumerate();
        let mut fitting = contents.filter(|(_, content)| content.interest.as_ref() == of);
        fitting.nth(nth).and_then(|(n, _)| u16::try_from(n).ok())
    }

    /// How many pieces there are to choose from for the member.
    pub(super) fn pieces(&self, playbook: &Playbook) -> usize {
        let count = |of: Option<&InterestId>| {
            let contents = self.context.community.contents.iter();
            contents
                .filter(|content| content.interest.as_ref() == of)
                .count()
        };
        let own = self
            .member
            .interest(playbook)
            .map_or(0, |id| count(Some(id)));
        own.max(count(None))
    }
}

/// Content steps of the plan: what comes after it begins where it ended.
pub(super) fn content_steps(playbook: &Playbook) -> usize {
    let steps = playbook.onboarding.steps.iter();
    steps.filter(|step| step.what == StepWhat::Content).count()
}
