//! Who lives in a simulated community.

use hearth_domain::days::Zone;
use hearth_domain::ids::MemberId;
use hearth_domain::locale::Locale;
use jiff::{SignedDuration, Timestamp};

use super::chance::Chance;

/// How somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Temperament {
    /// Does every task, checks in, answers soon.
    Eager,
    /// Reads, seldom says a word, often falls silent.
    Quiet,
    /// Skips, scores low, opts out when there is too much promotion.
    Sceptical,
    /// Leaves in the first two weeks, for good.
    Leaver,
    /// Leaves, and comes back when asked nicely.
    Returner,
}

impl Temperament {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Eager,
        Self::Quiet,
        Self::Sceptical,
        Self::Leaver,
        Self::Returner,
    ];

    /// As figures name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Eager => "eager",
            Self::Quiet => "quiet",
            Self::Sceptical => "sceptical",
            Self::Leaver => "leaver",
            Self::Returner => "returner",
        }
    }

    /// How many of a hundred members are so. The plans speak of 45 % core and active, 40 %
    /// potential and 15 % silent; here a fifth leaves as well, so that win-back is seen at work.
    fn share(self) -> u64 {
        match self {
            Self::Eager => 25,
            Self::Quiet => 35,
            Self::Sceptical => 18,
            Self::Leaver => 12,
            Self::Returner => 10,
        }
    }
}

/// A synthetic member.
#[derive(Debug, Clone)]
pub struct Person {
    /// Their number, from 0.
    pub number: usize,
    /// As the platform names them.
    pub id: MemberId,
    /// What they call themselves.
    pub name: String,
    /// How they are.
    pub temperament: Temperament,
    /// Where they live.
    pub zone: Zone,
    /// What they read.
    pub locale: Locale,
    /// When they join.
    pub joins: Timestamp,
}

/// Where members live and what they mostly read there, with how many of a hundred. The zones lie
/// far apart, and two of them have summer time.
const PLACES: [(u64, &str, Locale); 4] = [
    (45, "Asia/Taipei", Locale::ZhHant),
    (30, "Asia/Shanghai", Locale::ZhHans),
    (15, "America/Los_Angeles", Locale::En),
    (10, "Europe/Berlin", Locale::En),
];
/// So many of a hundred read another language than their neighbours.
const OTHER_LANGUAGE: u64 = 10;
/// Members join in the first third of the time, but in no more than so many days.
const JOIN_DAYS: u64 = 21;

const NAMES: [[&str; 10]; 3] = [
    [
        "小美", "阿凱", "小琳", "阿安", "佳穎", "宗翰", "怡君", "冠宇", "雅婷", "承恩",
    ],
    [
        "小雨", "阿杰", "晓琳", "子涵", "佳怡", "浩然", "欣怡", "宇轩", "雅静", "俊熙",
    ],
    [
        "May", "Kai", "Lin", "Ann", "Tom", "Eva", "Ben", "Ida", "Max", "Zoe",
    ],
];

/// The members of a seed, by number.
pub(super) fn cast(
    seed: u64,
    members: usize,
    days: u16,
    start: Timestamp,
    id: impl Fn(usize) -> String,
) -> anyhow::Result<Vec<Person>> {
    let join_days = (u64::from(days) / 3).clamp(1, JOIN_DAYS);
    (0..members)
        .map(|number| {
            let mut chance = Chance::of(seed, &format!("member {number}"));
            let temperaments = Temperament::ALL.map(|one| (one.share(), one));
            let temperament = chance.pick(temperaments).unwrap_or(Temperament::Quiet);
            let places = PLACES.map(|(share, zone, locale)| (share, (zone, locale)));
            let (zone, usual) = chance.pick(places).unwrap_or(("UTC", Locale::En));
            let locale = if chance.percent(OTHER_LANGUAGE) {
                let any = Locale::ALL.map(|locale| (1, locale));
                chance.pick(any).unwrap_or(usual)
            } else {
                usual
            };
            let minutes = chance.below(join_days * 24 * 60);
            let minutes = i64::try_from(minutes).unwrap_or(0);
            Ok(Person {
                number,
                id: MemberId::new(id(number))?,
                name: name(&mut chance, locale),
                temperament,
                zone: Zone::new(zone)?,
                locale,
                joins: start.checked_add(SignedDuration::from_mins(minutes))?,
            })
        })
        .collect()
}

fn name(chance: &mut Chance, locale: Locale) -> String {
    let [hant, hans, en] = NAMES;
    let names = match locale {
        Locale::ZhHant => hant,
        Locale::ZhHans => hans,
        Locale::En => en,
    };
    let name = chance.pick(names.map(|name| (1, name)));
    name.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shares_are_a_whole() {
        let temperaments: u64 = Temperament::ALL.iter().map(|one| one.share()).sum();
        let places: u64 = PLACES.iter().map(|(share, _, _)| share).sum();
        assert_eq!((temperaments, places), (100, 100));
    }

    #[test]
    fn more_members_leave_the_others_as_they_were() {
        let cast = |members| {
            let start = "2026-01-05T00:00:00Z".parse().unwrap();
            cast(3, members, 30, start, |n| format!("m{n}")).unwrap()
        };
        let (few, many) = (cast(5), cast(200));
        for (one, same) in few.iter().zip(&many) {
            assert_eq!(one.joins, same.joins);
            assert_eq!(one.temperament, same.temperament);
        }
        for temperament in Temperament::ALL {
            assert!(many.iter().any(|one| one.temperament == temperament));
        }
    }
}
