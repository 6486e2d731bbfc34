//! What a closing posts: the wall of the day, and the board of a week or a month that ended with it.
//!
//! Members stand in the values by id; the messenger fills in their names when it posts them.

use std::collections::BTreeMap;

use hearth_aws::batch::Failure;
use hearth_aws::registry::Place;
use hearth_domain::board::{self, Board, By, Closed, ClosingRules, Wall, WallMonth};
use hearth_domain::days::LocalDay;
use hearth_domain::ids::{ChannelId, IdError, MessageId, MessageKind, Owner};
use hearth_domain::locale::Locale;
use hearth_domain::message::{Message, State, To};
use hearth_domain::period::Period;
use hearth_domain::playbook::Class;
use hearth_domain::text::{date, member_token, month_name, names};
use jiff::Timestamp;

/// The messages of a closing, in the order in which they are posted. None before the community's
/// quiet hours end: a channel wakes people as well.
pub(super) fn messages(
    place: &Place,
    rules: &ClosingRules,
    channel: &ChannelId,
    told: &[Period],
    closed: &Closed,
    month: Option<&WallMonth>,
    now: Timestamp,
) -> Result<Vec<Message>, Failure> {
    let locale = place.community.locale;
    let mut messages = Vec::new();
    if let (Some(kind), Some(wall)) = (&rules.wall, &closed.wall) {
        let path = format!("closing/wall/{}", wall.day);
        let mut values = of_wall(wall, locale);
        // The picture's, if there is one.
        values.extend(month.map(|month| (WallMonth::VALUE.to_owned(), month.to_string())));
        messages.push((kind, path, wall.day, values));
    }
    let boards = closed
        .boards
        .iter()
        .filter(|board| board.by == By::Points && !board.is_final && told.contains(&board.period));
    for board in boards {
        let Some(kind) = &rules.board else { continue };
        let path = format!("closing/board/{}", board.period);
        messages.push((kind, path, board.through, of_board(board, locale)));
    }
    let message = |(kind, path, day, values)| {
        message(place, channel, kind, path, day, values, now)
            .map_err(|error| Failure::Permanent(error.to_string()))
    };
    messages.into_iter().map(message).collect()
}

/// A message of the community, about a day that is closed.
pub(super) fn message(
    place: &Place,
    channel: &ChannelId,
    kind: &MessageKind,
    path: String,
    day: LocalDay,
    values: BTreeMap<String, String>,
    now: Timestamp,
) -> Result<Message, IdError> {
    let (community, playbook) = (&place.community, &place.playbook);
    let class = playbook
        .text(kind)
        .map_or(Class::Service, |text| text.class);
    Ok(Message {
        // News of the day before yesterday is none.
        expires: Some(community.zone.start_of(day.plus(2))),
        values,
        state: State::Pending {
            not_before: playbook.quiet_hours.held_until(now, &community.zone),
        },
        ..Message::new(
            MessageId::new(community.id.clone(), Owner::Community, path)?,
            kind.clone(),
            To::Channel(channel.clone()),
            class,
            place.version,
            now,
        )
    })
}

fn of_wall(wall: &Wall, locale: Locale) -> BTreeMap<String, String> {
    let members: Vec<String> = wall
        .members
        .iter()
        .map(|(id, _)| member_token(id))
        .collect();
    let mut shown = names(members.iter().map(String::as_str), locale);
    if usize::try_from(wall.count).is_ok_and(|count| count > members.len()) {
        shown.push('…');
    }
    let leaders: Vec<String> = wall
        .leaders()
        .map(|(id, streak)| {
            let name = member_token(id);
            match locale {
                Locale::ZhHant | Locale::ZhHans => format!("{name} {streak} 天"),
                Locale::En => format!("{name} {streak} days"),
            }
        })
        .collect();
    let mut values = BTreeMap::from([
        ("closing.day".to_owned(), date(wall.day, locale)),
        ("check_in.count".to_owned(), wall.count.to_string()),
        ("check_in.names".to_owned(), shown),
    ]);
    if !leaders.is_empty() {
        let leaders = names(leaders.iter().map(String::as_str), locale);
        values.insert("streak.leaders".to_owned(), leaders);
    }
    values
}

fn of_board(board: &Board, locale: Locale) -> BTreeMap<String, String> {
    let line = |place: &board::Place| {
        let member = place
            .member
            .as_ref()
            .map_or_else(|| "–".to_owned(), member_token);
        match locale {
            Locale::ZhHant | Locale::ZhHans => {
                format!("{}. {member}　{}", place.rank, place.points)
            }
            Locale::En => format!("{}. {member}: {}", place.rank, place.points),
        }
    };
    let lines: Vec<String> = board.places.iter().map(line).collect();
    [
        ("board.period", period(board.period, locale)),
        ("board.places", lines.join("\n")),
        ("board.people", board.people.to_string()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// As a sentence names it: 2026-W02 (5 Jan 2026 – 11 Jan 2026), 2026年1月.
fn period(period: Period, locale: Locale) -> String {
    match period {
        Period::Day(day) => date(day, locale),
        Period::Week(week) => {
            let (first, last) = (date(week.monday(), locale), date(week.sunday(), locale));
            match locale {
                Locale::ZhHant | Locale::ZhHans => format!("{week}（{first}–{last}）"),
                Locale::En => format!("{week} ({first} – {last})"),
            }
        }
        Period::Month(month) => month_name(month, locale),
        Period::All => match locale {
            Locale::ZhHant | Locale::ZhHans => "全部".to_owned(),
            Locale::En => "all time".to_owned(),
        },
    }
}
