//! Posting challenges: once each, on their day, to where people check in.

use hearth_aws::batch::{Failure, guarded};
use hearth_aws::intake::hand_on;
use hearth_aws::registry::Place;
use hearth_aws::store::RollupState;
use hearth_domain::ids::{ChannelId, IdError, MessageId, Owner};
use hearth_domain::message::{Message, State, To};
use hearth_domain::playbook::{Challenge, Class};
use hearth_domain::text::date;
use jiff::Timestamp;

use crate::Rollup;
use crate::closing::channel;

/// At the playbook's sending time of the day it names, on the community's clock.
fn due_at(place: &Place, challenge: &Challenge) -> Timestamp {
    let at = place.playbook.onboarding.send_at;
    place.community.zone.at(challenge.announce, at)
}

/// From then on nobody can join.
fn ends_at(place: &Place, challenge: &Challenge) -> Timestamp {
    let zone = &place.community.zone;
    zone.start_of(challenge.last_day_to_join().plus(1))
}

/// Challenges that were not posted and can still be joined, each with when it is due.
fn open<'a>(
    place: &'a Place,
    now: Timestamp,
    state: &'a RollupState,
) -> impl Iterator<Item = (Timestamp, &'a Challenge)> {
    let wanted = channel(place).map(|_| &place.playbook.challenges);
    wanted
        .into_iter()
        .flatten()
        .filter(move |challenge| !state.invited.contains(&challenge.id))
        .filter(move |challenge| now < ends_at(place, challenge))
        .map(|challenge| (due_at(place, challenge), challenge))
}

/// When the next challenge is to be posted; a moment that has passed is now.
pub(crate) fn next(place: &Place, now: Timestamp, state: &RollupState) -> Option<Timestamp> {
    open(place, now, state).map(|(at, _)| at).min()
}

impl Rollup {
    /// Posts the challenges that are due. What can't be posted is tried again by the next tick.
    pub(crate) async fn invite_to_challenges(
        &self,
        states: &[(Place, RollupState)],
        now: Timestamp,
    ) {
        for (place, state) in states {
            let due = open(place, now, state).filter(|(at, _)| *at <= now);
            for (_, challenge) in due {
                // One community whose rows can't be written must not hold up the others.
                if let Err(error) = guarded(self.invite(place, challenge, now)).await {
                    let community = &place.community.id;
                    tracing::error!(community = %community, challenge = %challenge.id, error = %error, "challenge not posted");
                    let metrics = &self.deps.metrics;
                    metrics.count(community.as_str(), "closings_failed");
                }
            }
        }
    }

    /// The row first: who dies between the two finds it there and only notes it.
    async fn invite(
        &self,
        place: &Place,
        challenge: &Challenge,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let Some(channel) = channel(place) else {
            return Ok(());
        };
        let message = invitation(place, channel, challenge, now)
            .map_err(|error| Failure::Permanent(error.to_string()))?;
        let is_new = self.deps.store.write_message(&message).await?;
        let community = &place.community.id;
        self.deps
            .store
            .set_invited(community, &challenge.id)
            .await?;
        if is_new {
            hand_on(&self.deps, vec![message]).await;
        }
        Ok(())
    }
}

fn invitation(
    place: &Place,
    channel: &ChannelId,
    challenge: &Challenge,
    now: Timestamp,
) -> Result<Message, IdError> {
    let (community, playbook) = (&place.community, &place.playbook);
    let locale = community.locale;
    let mut values = vec![
        ("challenge.name", challenge.name.get(locale).to_owned()),
        ("challenge.start", date(challenge.start, locale)),
        ("challenge.end", date(challenge.end, locale)),
        (
            "challenge.join_until",
            date(challenge.last_day_to_join(), locale),
        ),
        ("challenge.days", challenge.days.to_string()),
        ("award.points", challenge.points.to_string()),
        ("badge.name", challenge.badge.get(locale).to_owned()),
        ("reward.name", challenge.reward.get(locale).to_owned()),
    ];
    values.extend(challenge.reward_url.clone().map(|url| ("reward.url", url)));
    let values = values.into_iter();
    let text = playbook.text(&challenge.invite);
    Ok(Message {
        expires: Some(ends_at(place, challenge)),
        values: values
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
        state: State::Pending {
            not_before: playbook.quiet_hours.held_until(now, &community.zone),
        },
        ..Message::new(
            MessageId::new(
                community.id.clone(),
                Owner::Community,
                format!("challenge/{}/invite", challenge.id),
            )?,
            challenge.invite.clone(),
            To::Channel(channel.clone()),
            text.map_or(Class::Service, |text| text.class),
            place.version,
            now,
        )
    })
}
