//! The stars of a month: chosen once, told in a channel, and each of them paid and told.
//!
//! Their row is written first and never changes. Whoever closes the same day again finds it, and posts
//! and sends the same: the message and the events have their ids from the month.

use std::collections::BTreeMap;

use hearth_aws::batch::Failure;
use hearth_aws::intake::hand_on;
use hearth_aws::queue::QueueName;
use hearth_aws::registry::Place;
use hearth_aws::store::{Named, readable};
use hearth_aws::wire::{EventV1, Work};
use hearth_domain::days::LocalDay;
use hearth_domain::event::{Event, Facts, Happened};
use hearth_domain::ids::{ChannelId, EventId, IdError, MemberId};
use hearth_domain::locale::Locale;
use hearth_domain::message::Message;
use hearth_domain::period::Month;
use hearth_domain::star::{StarPlace, StarRules, Stars};
use hearth_domain::text::{member_token, month_name};
use jiff::Timestamp;

use super::tell;
use crate::Rollup;

/// Where stars are told: where everybody is.
fn channel(place: &Place) -> Option<&ChannelId> {
    let community = &place.community;
    let home = community.home_channel.as_ref();
    home.or(community.check_in_channels.first())
}

impl Rollup {
    /// Names a month's stars when `day`, two days after its end, is closed. Nothing at all if nobody
    /// may be one.
    pub(super) async fn name_stars(
        &self,
        place: &Place,
        rules: &StarRules,
        month: Month,
        day: LocalDay,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let id = &place.community.id;
        let named = match self.closings.stars(id, month).await? {
            Some(named) => Some(named),
            None => self.choose(place, rules, month, now).await?,
        };
        let Some(named) = named else {
            return Ok(());
        };
        let wrong = |error: IdError| Failure::Permanent(error.to_string());
        let events = named.stars.places.iter();
        let events = events.filter_map(|star| event(place, rules, &named, star).transpose());
        let events: Vec<Work> = events.collect::<Result<_, _>>().map_err(wrong)?;
        let sent = self.deps.queue.send(QueueName::CheckIn, &events).await;
        sent.map_err(|error| Failure::Retry(error.to_string()))?;
        if let Some(message) = message(place, rules, &named.stars, day, now).map_err(wrong)?
            && self.closings.write_message(&message).await?
        {
            hand_on(&self.deps, vec![message]).await;
        }
        Ok(())
    }

    /// Chooses and stores them. Whoever was quicker with the same month has chosen.
    async fn choose(
        &self,
        place: &Place,
        rules: &StarRules,
        month: Month,
        now: Timestamp,
    ) -> Result<Option<Named>, Failure> {
        let community = &place.community;
        let list = self.closings.most_regarded(&community.id, month).await?;
        let ids: Vec<MemberId> = list.members().cloned().collect();
        if ids.is_empty() {
            return Ok(None);
        }
        // Consistently: nobody who was just erased is written down.
        let known = readable(self.closings.known(community, &ids, true).await?);
        let before = self.closings.stars(&community.id, month.plus(-1)).await?;
        let before = before.as_ref().map(|named| &named.stars);
        let stars = Stars::choose(month, &list, &known, before, rules);
        if stars.places.is_empty() {
            return Ok(None);
        }
        let named = Named { stars, at: now };
        if !self.closings.put_stars(&community.id, &named).await? {
            return Ok(self.closings.stars(&community.id, month).await?);
        }
        let stars = named.stars.places.len();
        tracing::info!(community = %community.id, month = %month, stars, "stars named");
        let id = community.id.as_str();
        self.deps.metrics.add(id, "stars_named", stars as f64);
        Ok(Some(named))
    }
}

/// What happened to a star: as of when the row was written, so that it is one event however often it
/// is sent.
fn event(
    place: &Place,
    rules: &StarRules,
    named: &Named,
    star: &StarPlace,
) -> Result<Option<Work>, IdError> {
    let Some(member) = star.member.clone() else {
        return Ok(None);
    };
    let month = named.stars.month;
    let event = Event {
        id: EventId::new(format!("star:{month}:{member}"))?,
        at: named.at,
        seq: 0,
        member,
        facts: Facts {
            // It makes nobody a member.
            elsewhere: true,
            ..Facts::default()
        },
        what: Happened::Starred {
            month,
            place: star.rank,
            points: rules.points,
        },
    };
    let event = EventV1::of(place.community.id.clone(), event);
    Ok(Some(Work::EventV1(event)))
}

fn message(
    place: &Place,
    rules: &StarRules,
    stars: &Stars,
    day: LocalDay,
    now: Timestamp,
) -> Result<Option<Message>, IdError> {
    let (Some(channel), Some(kind)) = (channel(place), &rules.message) else {
        return Ok(None);
    };
    let locale = place.community.locale;
    let lines: Vec<String> = stars.places.iter().map(|star| line(star, locale)).collect();
    let values = BTreeMap::from([
        ("star.month".to_owned(), month_name(stars.month, locale)),
        ("star.names".to_owned(), lines.join("\n")),
    ]);
    let path = format!("closing/star/{}", stars.month);
    tell::message(place, channel, kind, path, day, values, now).map(Some)
}

fn line(star: &StarPlace, locale: Locale) -> String {
    let member = star.member.as_ref();
    let member = member.map_or_else(|| "–".to_owned(), member_token);
    match locale {
        Locale::ZhHant | Locale::ZhHans => format!("{}. {member}　{}", star.rank, star.regard),
        Locale::En => format!("{}. {member}: {}", star.rank, star.regard),
    }
}
