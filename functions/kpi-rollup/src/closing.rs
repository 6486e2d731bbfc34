//! The end of a community's day: its boards, its wall and what can't wait for the weekly report, from
//! one pass over the members; two days after a month, its stars.
//!
//! Which days are open is a matter of the calendar and of one date in the community's rollup state; a
//! day that is closed is not closed again. What is made is conditional on what is there, so that two
//! who close the same day at once make the same.

mod alert;
mod schedule;
mod star;
mod tell;

use std::collections::BTreeSet;

use futures::TryStreamExt;
use hearth_aws::batch::Failure;
use hearth_aws::census;
use hearth_aws::deadline::Deadline;
use hearth_aws::intake::hand_on;
use hearth_aws::registry::Place;
use hearth_aws::store::RollupState;
use hearth_aws::wire::{CloseDayV1, Work};
use hearth_domain::board::{Closed, ClosingRules, Count, WallMonth};
use hearth_domain::ids::{ChannelId, MemberId};
use hearth_domain::kpi::Measures;
use hearth_domain::period::Period;
use jiff::Timestamp;

use crate::Rollup;

/// For a community whose days are looked at and not closed.
static NOTHING: ClosingRules = ClosingRules::NOTHING;

/// The closing that is to be done now, if one is. One at a time and the earliest first, so that the
/// days are closed in their order; the next tick asks for the next.
pub(crate) fn due(place: &Place, now: Timestamp, state: &RollupState) -> Option<Work> {
    let day = schedule::due(&days(place)?, now, state.day)?;
    Some(Work::CloseDayV1(CloseDayV1 {
        community: place.community.id.clone(),
        day,
    }))
}

/// When the next closing falls due; a moment that has passed is now.
pub(crate) fn next(place: &Place, now: Timestamp, state: &RollupState) -> Option<Timestamp> {
    schedule::next(&days(place)?, now, state.day)
}

fn days(place: &Place) -> Option<schedule::Days<'_>> {
    Some(schedule::Days {
        rules: rules(place)?,
        zone: &place.community.zone,
        wall: channel(place).is_some(),
        alerts: alert::rules(place).is_some(),
    })
}

/// How days are closed; `None` = nobody asks what they were.
fn rules(place: &Place) -> Option<&ClosingRules> {
    let alone = alert::rules(place).map(|_| &NOTHING);
    place.playbook.closing.as_ref().or(alone)
}

/// Where walls, boards and challenges are posted.
pub(crate) fn channel(place: &Place) -> Option<&ChannelId> {
    place.community.check_in_channels.first()
}

impl Rollup {
    /// Closes a day, unless it is closed. It takes one pass in one invocation: a day that there is not the
    /// time for is given up while that can still be said.
    pub(crate) async fn close_day(
        &self,
        wanted: &CloseDayV1,
        now: Timestamp,
        deadline: &Deadline,
    ) -> Result<(), Failure> {
        let (id, day) = (&wanted.community, wanted.day);
        let place = self.deps.registry.place(id, now).await?;
        let place =
            place.ok_or_else(|| Failure::Permanent(format!("community {id} is not published")))?;
        let Some(rules) = rules(&place) else {
            return Ok(());
        };
        let state = self.closings.rollup_state(id).await?;
        if state.day.is_some_and(|closed| closed >= day) {
            return Ok(());
        }
        let making = rules.making(day, state.day, channel(&place).is_some());
        let mut count = Count::new(&making, rules.top);
        let mut running = alert::running(&place, day);
        let measures = Measures::of(&place.playbook);
        let mut pages = census::pages(&self.closings, &place.community);
        while let Some(page) = pages.try_next().await? {
            if deadline.is_short() {
                let error = "the members are too many to close a day in one invocation";
                return Err(Failure::Retry(error.to_owned()));
            }
            // Who can't be read is on no board; that is said, and nobody else waits for it.
            self.note_unreadable(id, &page.unreadable);
            if let Some(running) = &mut running {
                for unreadable in &page.unreadable {
                    running.add_unreadable(unreadable.attribute);
                }
            }
            for member in &page.members {
                count.add(member);
                if let Some(running) = &mut running {
                    running.add(member, &place.community.zone, measures);
                }
            }
        }
        drop(pages);
        let mut closed = count.finish();
        self.drop_gone(&place, &mut closed).await?;
        for board in &closed.boards {
            self.closings.put_board(id, board).await?;
        }
        self.tell(&place, rules, &making.told, &closed, now).await?;
        if let Some(running) = running {
            self.alert(&place, running, now).await?;
        }
        if let (Some(stars), Some(month)) = (&rules.star, making.stars) {
            self.name_stars(&place, stars, month, day, now).await?;
        }
        self.closings.set_day_closed(id, day).await?;
        tracing::info!(community = %id, day = %day, boards = closed.boards.len(), "day closed");
        self.deps.metrics.count(id.as_str(), "days_closed");
        Ok(())
    }

    /// Whoever is to be named is looked up once more: who was erased during the pass must not be
    /// written down after it. What is left of that moment is found by the erasure's second round.
    async fn drop_gone(&self, place: &Place, closed: &mut Closed) -> Result<(), Failure> {
        let named: BTreeSet<MemberId> = closed.members().cloned().collect();
        let named: Vec<MemberId> = named.into_iter().collect();
        let community = &place.community;
        let there = self.closings.known(community, &named, true).await?;
        closed.keep(|member| there.contains_key(member));
        Ok(())
    }

    /// Posts what is told of the day.
    async fn tell(
        &self,
        place: &Place,
        rules: &ClosingRules,
        told: &[Period],
        closed: &Closed,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let Some(channel) = channel(place) else {
            return Ok(());
        };
        let month = self.wall_month(place, rules, closed).await?;
        let mut written = Vec::new();
        for message in tell::messages(place, rules, channel, told, closed, month.as_ref(), now)? {
            if self.closings.write_message(&message).await? {
                written.push(message);
            }
        }
        hand_on(&self.deps, written).await;
        Ok(())
    }

    /// The month of the day's wall, where it is shown by a picture.
    async fn wall_month(
        &self,
        place: &Place,
        rules: &ClosingRules,
        closed: &Closed,
    ) -> Result<Option<WallMonth>, Failure> {
        let community = &place.community;
        let shown = rules.wall_image && community.platform.capabilities().pictures;
        let Some(wall) = closed.wall.as_ref().filter(|_| shown) else {
            return Ok(None);
        };
        let noted = self.closings.note_wall(&community.id, wall.day, wall.count);
        Ok(Some(noted.await?))
    }
}
