//! Which consumer an event goes to. Each event goes to one: whatever it means for the others is
//! decided in `Member::observe`, which all of them apply.

use hearth_aws::queue::QueueName;
use hearth_domain::event::Happened;

/// The queue of an event.
pub fn route(what: &Happened) -> QueueName {
    match what {
        Happened::Joined { .. }
        | Happened::Invited { .. }
        | Happened::Renamed
        | Happened::InterestChosen { .. }
        | Happened::TaskClaimed { .. }
        | Happened::HelpWanted { .. }
        | Happened::OtherTopicWanted { .. }
        | Happened::ButtonPressed { .. }
        | Happened::InvitationAnswered { .. }
        | Happened::Attended { .. }
        | Happened::GatheringScored { .. } => QueueName::Onboarding,
        Happened::MessagePosted { .. }
        | Happened::Reviewed { .. }
        | Happened::Shared
        | Happened::DayVoided { .. }
        | Happened::Corrected { .. }
        | Happened::ReactionAdded { .. }
        | Happened::ReactionRemoved
        | Happened::CheckedIn { .. }
        | Happened::PointsAsked { .. }
        | Happened::GiftsAsked { .. }
        | Happened::GiftWanted { .. }
        | Happened::OrderPaid { .. }
        | Happened::FeedbackScored { .. }
        | Happened::Starred { .. }
        | Happened::RankingChosen { .. }
        | Happened::ChallengeJoined { .. }
        | Happened::InvitesAsked
        | Happened::InvitationStayed { .. } => QueueName::CheckIn,
        Happened::Left { .. }
        | Happened::SurveyAnswered { .. }
        | Happened::Declined { .. }
        | Happened::Voted { .. }
        | Happened::CaseHandled { .. }
        | Happened::Consented { .. }
        | Happened::OptedOut
        | Happened::DigestOnly { .. }
        | Happened::OptedIn => QueueName::WinBack,
    }
}
