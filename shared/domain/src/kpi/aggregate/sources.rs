//! How members came, in a week's numbers.

use super::Aggregate;
use crate::days::{LocalDay, Zone};
use crate::invitation::JoinSource;
use crate::kpi::retention::Kept;
use crate::member::{Member, Status};

impl Aggregate {
    /// Who was a member 30 days ago is told by the last transition, which is all that an item keeps
    /// of so long ago: who has come back since counts as if they had not been gone.
    pub(super) fn add_source(&mut self, member: &Member, first: LocalDay, zone: &Zone) {
        let source = member.join_source();
        let kept = Kept::on_days_7_to_13(&member.activity, first, self.as_of);
        let counts = &mut self.counts;
        let places = counts.joined.iter_mut().zip(&mut counts.kept_by_source);
        let mut places = JoinSource::ALL.iter().zip(places);
        if let Some((_, (joined, all))) = places.find(|(one, _)| **one == source) {
            *joined += u64::from(first >= self.week.monday());
            *all += kept;
        }
        let before = self.as_of.plus(-30);
        let invited = u64::from(source == JoinSource::Invited);
        self.counts.invited += invited;
        if first > before {
            self.counts.invited_30 += invited;
            return;
        }
        let was_in = match member.weeks.until(self.week) {
            Some(last) if last.to == Status::Left => zone.day(last.order.timestamp()) > before,
            Some(_) | None => true,
        };
        self.counts.members_before_30 += u64::from(was_in);
    }
}
