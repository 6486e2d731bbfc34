//! The scale of a score, on the wire.

use hearth_domain::event::{FeedbackScale, Happened};
use serde::{Deserialize, Serialize};

use super::WireError;

/// The scale of a score, on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScaleV1 {
    /// 0 to 10.
    Nps,
    /// 1 to 5.
    Stars,
    /// 0 or 1.
    Thumb,
}

impl ScaleV1 {
    /// A score on this scale; one that it does not have is an error.
    pub(super) fn scored(self, score: u8) -> Result<Happened, WireError> {
        let scale = match self {
            Self::Nps => FeedbackScale::Nps,
            Self::Stars => FeedbackScale::Stars,
            Self::Thumb => FeedbackScale::Thumb,
        };
        if !scale.range().contains(&score) {
            return Err(WireError::Field("score"));
        }
        Ok(Happened::FeedbackScored { scale, score })
    }
}

impl From<FeedbackScale> for ScaleV1 {
    fn from(scale: FeedbackScale) -> Self {
        match scale {
            FeedbackScale::Nps => Self::Nps,
            FeedbackScale::Stars => Self::Stars,
            FeedbackScale::Thumb => Self::Thumb,
        }
    }
}
