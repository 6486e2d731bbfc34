//! What members are measured by.

use jiff::{SignedDuration, Timestamp};

use crate::community::Community;
use crate::experiment::Count;
use crate::kpi::risk::Weights;
use crate::playbook::Playbook;
use crate::rfm::RfmRules;
use crate::segment::SegmentRules;

/// What a playbook measures members by.
#[derive(Debug, Clone, Copy)]
pub struct Measures<'a> {
    /// Where segments begin.
    pub segments: &'a SegmentRules,
    /// What makes a good customer, if that is asked for.
    pub rfm: Option<&'a RfmRules>,
    /// How likely somebody is to fall silent.
    pub risk: &'a Weights,
    /// Hours within which a case that waits for a person is dealt with; 0 = it may wait.
    pub sla_hours: u16,
    /// From the leave to the survey.
    pub survey_after: SignedDuration,
    /// What is tried; `None` = nobody asks.
    pub trials: Option<Asked<'a>>,
}

/// The trials that members are counted into, in the same pass.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The trials.
    pub count: &'a Count<'a>,
    /// The community: who is in which arm depends on it.
    pub community: &'a Community,
    /// What is known at this instant counts.
    pub now: Timestamp,
}

impl<'a> Measures<'a> {
    /// Those of a playbook, without trials.
    pub fn of(playbook: &'a Playbook) -> Self {
        Self {
            segments: &playbook.segments,
            rfm: playbook.shop.rfm.as_ref(),
            risk: &playbook.report.risk,
            sla_hours: playbook.win_back.sla_hours,
            survey_after: SignedDuration::from_mins(playbook.win_back.survey_after_minutes.into()),
            trials: None,
        }
    }
}
