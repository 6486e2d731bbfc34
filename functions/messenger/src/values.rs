//! The placeholders of a message, filled at the last moment: what the member has now, what the
//! community says now, and what was known only when it was decided.

use hearth_domain::community::Community;
use hearth_domain::journey::Book;
use hearth_domain::member::Member;
use hearth_domain::message::Message;
use hearth_domain::text::Values;
use hearth_platforms::Sender;
use jiff::Timestamp;

/// All values that are known. What a text needs and is not here fails the message with the name.
pub(crate) fn of(
    message: &Message,
    member: Option<&Member>,
    community: &Community,
    book: Book<'_>,
    sender: &dyn Sender,
    now: Timestamp,
) -> Values {
    let locale = member.map_or(community.locale, |member| {
        member.locale_or(community.locale)
    });
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
        values = of_member(values, member, community, book, sender, now);
    }
    if let Some(gift) = &community.gift {
        let zone = member.map_or(&community.zone, |member| {
            member.zone_at(now, &community.zone)
        });
        let expires = zone.day(now).plus(i32::from(gift.valid_days));
        values = values.gift(gift, expires, locale);
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
) -> Values {
    let locale = member.locale_or(community.locale);
    let zone = member.zone_at(now, &community.zone);
    let mut values = values
        .set("member.points", member.points().to_string())
        .set(
            "member.streak",
            member.scoring.streak(zone.day(now)).to_string(),
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
    let interest = member.chosen_interest().and_then(|id| {
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
