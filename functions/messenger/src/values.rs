//! The placeholders of a message, filled at the last moment: what the member has now, what the
//! community says now, and what was known only when it was decided.

use hearth_domain::community::Community;
use hearth_domain::journey::Book;
use hearth_domain::locale::Locale;
use hearth_domain::member::Member;
use hearth_domain::message::{Message, To};
use hearth_domain::text::{Values, moment};
use hearth_platforms::Sender;
use jiff::{SignedDuration, Timestamp};

use crate::code::gift_of;

/// Filled in from the community's events where its file does not say.
const NEXT_EVENT: &str = "community.next_event";

/// The language of a message: the member's own; in a channel the community's.
pub(crate) fn locale_of(
    message: &Message,
    member: Option<&Member>,
    community: &Community,
) -> Locale {
    match (&message.to, member) {
        (To::Member(_), Some(member)) => member.locale_or(community.locale),
        (To::Member(_), None) | (To::Channel(_), _) => community.locale,
    }
}

/// All values that are known. What a text needs and is not here fails the message with the name.
pub(crate) fn of(
    message: &Message,
    member: Option<&Member>,
    community: &Community,
    book: Book<'_>,
    sender: &dyn Sender,
    now: Timestamp,
) -> Values {
    let locale = locale_of(message, member, community);
    let mut values = Values::new().community(community, locale);
    if let Some(topic) = &community.topic {
        values = values.topic(topic, locale);
    }
    if let Some(content) = message
        .content
        .and_then(|n| community.contents.get(usize::from(n)))
    {
        values = values.content(content, locale);
    }
    if let Some(member) = member {
        values = of_member(values, member, community, book, sender, now, locale);
    }
    let zone = member.map_or(&community.zone, |member| {
        member.zone_at(now, &community.zone)
    });
    let last_day = |days: u16| zone.day(now).plus(i32::from(days));
    if let Some(gift) = gift_of(message, community) {
        values = values.gift(gift, last_day(gift.valid_days), locale);
    }
    if let Some(offer) = &community.offer {
        values = values.offer(offer, last_day(offer.valid_days), locale);
    }
    let week = now.saturating_add(SignedDuration::from_hours(7 * 24));
    let next = week
        .ok()
        .and_then(|week| community.next_gathering(now, week));
    if let Some((gathering, starts)) = next.filter(|_| !community.about.contains_key(NEXT_EVENT)) {
        let title = gathering.title.get(locale);
        let when = moment(starts, zone, &community.zone, locale);
        values = values.set(NEXT_EVENT, format!("{title} {when}"));
    }
    // Last: what was decided holds over what is now.
    values.extend(message.values.clone());
    values
}

fn of_member(
    values: Values,
    member: &Member,
    community: &Community,
    book: Book<'_>,
    sender: &dyn Sender,
    now: Timestamp,
    locale: Locale,
) -> Values {
    let zone = member.zone_at(now, &community.zone);
    let mut values = values
        .set("member.points", member.points().to_string())
        .set(
            "member.streak",
            member.scoring.streak(zone.day(now)).to_string(),
        )
        .set(
            "member.freezes",
            member.scoring.freezes(zone.day(now)).to_string(),
        )
        .set(
            "member.joined_on",
            hearth_domain::text::date(member.first_day(&community.zone), locale),
        );
    // A platform that can mention shows the name they have now; else the last one we heard of.
    if let Some(name) = sender
        .mention(&member.id)
        .or_else(|| member.name.as_ref().map(|name| name.value.clone()))
    {
        values = values.set("member.name", name);
    }
    if let Some(last) = member.activity.last {
        values = values.set(
            "member.last_active_on",
            hearth_domain::text::date(last, locale),
        );
    }
    let interest = member.interest(book.playbook).and_then(|id| {
        book.playbook
            .interests
            .iter()
            .find(|interest| interest.id == *id)
    });
    if let Some(interest) = interest {
        values = values.set("member.interest", interest.label.get(locale));
    }
    values
}
