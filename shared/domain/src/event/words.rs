//! Why and how members leave, and on which scale they score.

/// Who caused a leave. Only voluntary and unknown leavers are surveyed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LeaveCause {
    /// The member.
    Voluntary,
    /// An operator.
    Removed,
    /// The platform does not tell.
    Unknown,
}

/// The scale of a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FeedbackScale {
    /// 0–10.
    Nps,
    /// 1–5.
    Stars,
    /// 0 or 1.
    Thumb,
}

impl FeedbackScale {
    /// The scores that there are.
    pub fn range(self) -> std::ops::RangeInclusive<u8> {
        match self {
            Self::Nps => 0..=10,
            Self::Stars => 1..=5,
            Self::Thumb => 0..=1,
        }
    }
}

/// Why somebody left, as the survey offers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LeaveReason {
    /// 內容不感興趣
    BoringContent,
    /// 福利太少
    FewBenefits,
    /// 訊息太多
    TooMuchInfo,
    /// 其他原因
    Other,
}

impl LeaveReason {
    /// In the order in which the survey shows them.
    pub const ALL: [Self; 4] = [
        Self::BoringContent,
        Self::FewBenefits,
        Self::TooMuchInfo,
        Self::Other,
    ];

    /// The button's value.
    pub fn value(self) -> &'static str {
        match self {
            Self::BoringContent => "boring_content",
            Self::FewBenefits => "few_benefits",
            Self::TooMuchInfo => "too_much_info",
            Self::Other => "other",
        }
    }

    /// Reads a button's value; the words of the definition count too.
    pub fn from_value(value: &str) -> Option<Self> {
        let value = value.trim().to_ascii_lowercase().replace([' ', '-'], "_");
        match value.as_str() {
            "boring_content" => Some(Self::BoringContent),
            "few_benefits" | "too_few_benefits" => Some(Self::FewBenefits),
            "too_much_info" | "too_much_information" => Some(Self::TooMuchInfo),
            "other" => Some(Self::Other),
            _ => None,
        }
    }
}
