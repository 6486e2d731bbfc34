//! Reading what a playbook says of challenges.

use std::collections::{BTreeMap, BTreeSet};

use super::parse::Kinds;
use super::{Challenge, ChallengeMessages, Text};
use crate::ids::{ChallengeId, MessageKind};
use crate::toml_check::{Item, all};

/// More at once are more than a member can choose from.
const MOST: usize = 4;
/// So long before its start a challenge is posted, unless the file says when.
const ANNOUNCED_BEFORE: i32 = 3;
/// A challenge that is posted earlier is forgotten when it starts.
const MOST_BEFORE: i32 = 60;

pub(super) fn messages<'f>(item: &Item<'f>, kinds: &mut Kinds<'f>) -> Option<ChallengeMessages> {
    let mut table = item.table("a table [challenge]")?;
    let mut kind = |name| kinds.read(table.need(name));
    let (joined, already) = (kind("joined"), kind("already"));
    let (done, closed) = (kind("done"), kind("closed"));
    let missed = table.get("missed").and_then(|item| kinds.read(item));
    table.finish();
    Some(ChallengeMessages {
        joined: joined?,
        already: already?,
        done: done?,
        closed: closed?,
        missed,
    })
}

/// The challenges of a playbook. `told` = it has the table [challenge] as well, by which members
/// are answered.
pub(super) fn challenges<'f>(
    list: &Item<'f>,
    told: bool,
    kinds: &mut Kinds<'f>,
) -> Option<Vec<Challenge>> {
    let items = list.list("a list of [[challenges]]")?;
    if items.len() > MOST {
        list.problem(format_args!(
            "expected at most {MOST} challenges, found {}",
            items.len()
        ));
    }
    if !told {
        list.problem("expected a table [challenge] as well: without it nobody is answered");
    }
    let mut seen = BTreeMap::new();
    all(items.iter().map(|item| challenge(item, kinds, &mut seen)))
}

fn challenge<'f>(
    item: &Item<'f>,
    kinds: &mut Kinds<'f>,
    seen: &mut BTreeMap<u16, ChallengeId>,
) -> Option<Challenge> {
    let mut table = item.table("a table [[challenges]]")?;
    let id_item = table.need("id");
    let id: Option<ChallengeId> = id_item.id();
    let name = table.need("name").localised();
    let announce_item = table.get("announce");
    let announce = announce_item.as_ref().map(Item::date);
    let start = table.need("start").date();
    let end_item = table.need("end");
    let end = end_item.date();
    let days_item = table.need("days");
    let (fewest, most) = (Challenge::FEWEST_DAYS, Challenge::MOST_DAYS);
    let days = days_item.integer(fewest.into()..=most.into(), "days");
    let points = table.need("points").integer(0..=10_000, "a number");
    let badge = table.need("badge").localised();
    let reward = table.need("reward").localised();
    let reward_url = table.get("reward_url").and_then(|item| item.url());
    let invite = kinds.read(table.need("invite"));
    table.finish();
    let (start, end) = (start?, end?);
    let announce = match announce {
        Some(read) => read?,
        None => start.plus(-ANNOUNCED_BEFORE),
    };
    let challenge = Challenge {
        id: id?,
        name: name?,
        announce,
        start,
        end,
        days: days?,
        points: points?,
        badge: badge?,
        reward: reward?,
        reward_url,
        invite: invite?,
    };
    check_dates(&challenge, &end_item, &days_item, announce_item.as_ref());
    match seen.insert(challenge.key(), challenge.id.clone()) {
        Some(other) if other == challenge.id => id_item.problem(format_args!(
            "expected an id that no other challenge has, found \"{other}\" again"
        )),
        Some(other) => id_item.problem(format_args!(
            "expected another id: members' items could not tell \"{}\" from \"{other}\"",
            challenge.id
        )),
        None => {}
    }
    Some(challenge)
}

fn check_dates(
    challenge: &Challenge,
    end_item: &Item<'_>,
    days_item: &Item<'_>,
    announce_item: Option<&Item<'_>>,
) {
    let Challenge {
        announce,
        start,
        end,
        days,
        ..
    } = challenge;
    let span = end.since(*start) + 1;
    if span < 1 {
        end_item.problem(format_args!(
            "expected the start, {start}, or a later day, found {end}"
        ));
    } else if i32::from(*days) > span {
        days_item.problem(format_args!(
            "expected at most {span}, the days from {start} to {end}, found {days}"
        ));
    }
    let first = start.plus(-MOST_BEFORE);
    if let Some(item) = announce_item
        && !(first..=challenge.last_day_to_join()).contains(announce)
        && i32::from(*days) <= span
    {
        item.problem(format_args!(
            "expected a day from {first} to {}, the last day to join, found {announce}",
            challenge.last_day_to_join()
        ));
    }
}

/// An invitation without its button could not be accepted.
pub(super) fn check_buttons(
    list: &Item<'_>,
    challenges: &[Challenge],
    texts: &BTreeMap<MessageKind, Text>,
) {
    for (item, challenge) in list.as_list().iter().flatten().zip(challenges) {
        let text = texts.get(&challenge.invite);
        let values: Option<BTreeSet<&str>> =
            text.map(|text| text.buttons.iter().map(|b| b.value.as_str()).collect());
        let button = challenge.button();
        if values.is_some_and(|values| !values.contains(button.as_str())) {
            item.problem(format_args!(
                "expected {} to have a button with the value \"{button}\": nobody could join",
                challenge.invite
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::playbook::Playbook;

    const JANUARY: &str = r#"
[[challenges]]
id = "january"
name = "January"
start = 2026-01-05
end = "2026-01-31"
days = 21
points = 60
badge = "Badge"
reward = "applause"
invite = "invite"
"#;
    const INVITE: &str = r#"
[texts.invite]
class = "service"
text = "{{challenge.name}}, {{challenge.join_until}}"
[[texts.invite.buttons]]
value = "challenge:january"
label = "I'm in"
"#;

    fn parsed(challenges: &str) -> Result<Playbook, Vec<String>> {
        let toml = format!("{}\n{INVITE}\n{challenges}", Playbook::DEFAULT_TOML);
        let problems = |problems: Vec<crate::toml_check::Problem>| {
            let lines = problems.iter().map(ToString::to_string);
            lines
                .map(|line| line.split_once(": ").unwrap().1.to_owned())
                .collect()
        };
        Playbook::parse(&toml).map_err(problems)
    }

    /// With a line in place of another.
    fn check(line: &str, by: &str, expected: &[&str]) {
        assert!(JANUARY.contains(line), "{line}");
        let problems = parsed(&JANUARY.replacen(line, by, 1)).err();
        assert_eq!(problems.unwrap_or_default(), expected, "{by}");
    }

    #[test]
    fn a_challenge_is_announced_three_days_before_it_starts() {
        let playbook = parsed(JANUARY).unwrap();
        let [challenge] = &*playbook.challenges else {
            panic!("{:?}", playbook.challenges)
        };
        let days = [
            challenge.announce,
            challenge.start,
            challenge.last_day_to_join(),
        ];
        assert_eq!(
            days.map(|day| day.to_string()),
            ["2026-01-02", "2026-01-05", "2026-01-11"]
        );
        assert_eq!(playbook.challenge(challenge.key()), Some(challenge));
    }

    #[test]
    fn dates_that_can_not_be_are_named() {
        check("days = 21", "days = 27", &[]);
        check(
            "days = 21",
            "days = 28",
            &[
                "challenges[0].days: expected at most 27, the days from 2026-01-05 to 2026-01-31, found 28",
            ],
        );
        check(
            "days = 21",
            "days = 6",
            &["challenges[0].days: expected days from 7 to 200, found 6"],
        );
        check(
            "\"2026-01-31\"",
            "\"2026-01-04\"",
            &[
                "challenges[0].end: expected the start, 2026-01-05, or a later day, found 2026-01-04",
            ],
        );
        check(
            "\"2026-01-31\"",
            "\"2026-02-30\"",
            &["challenges[0].end: expected a day such as \"2026-02-01\", found \"2026-02-30\""],
        );
        check(
            "start = 2026-01-05",
            "start = 2026-01-05T10:00:00",
            &[
                "challenges[0].start: expected a day such as \"2026-02-01\", found 2026-01-05T10:00:00",
            ],
        );
        check("points = 60", "points = 60\nannounce = 2026-01-11", &[]);
        check(
            "points = 60",
            "points = 60\nannounce = 2026-01-12",
            &[
                "challenges[0].announce: expected a day from 2025-11-06 to 2026-01-11, the last day to join, found 2026-01-12",
            ],
        );
    }

    #[test]
    fn an_invitation_has_its_button_and_an_id_is_one_challenges() {
        check(
            "id = \"january\"",
            "id = \"other\"",
            &[
                "challenges[0]: expected invite to have a button with the value \"challenge:other\": nobody could join",
            ],
        );
        let problems = parsed(&format!("{JANUARY}{JANUARY}")).unwrap_err();
        assert_eq!(
            problems,
            [
                "challenges[1].id: expected an id that no other challenge has, found \"january\" again"
            ]
        );
        let problems = parsed(&JANUARY.repeat(5)).unwrap_err();
        assert!(
            problems.contains(&"challenges: expected at most 4 challenges, found 5".to_owned()),
            "{problems:?}"
        );
        // An id whose two bytes are those of "january", found by looking.
        let twin = JANUARY.replacen("january", "c1852", 1);
        let problems = parsed(&format!("{JANUARY}{twin}")).unwrap_err();
        assert!(
            problems
                .iter()
                .any(|problem| problem.ends_with("could not tell \"c1852\" from \"january\"")),
            "{problems:?}"
        );
    }

    #[test]
    fn challenges_need_a_way_to_answer() {
        let from = Playbook::DEFAULT_TOML.find("[challenge]\n").unwrap();
        let until = from + Playbook::DEFAULT_TOML[from..].find("\n\n").unwrap();
        let mut toml = Playbook::DEFAULT_TOML.to_owned();
        toml.replace_range(from..until, "");
        assert!(
            Playbook::parse(&toml).is_ok(),
            "a playbook need not have any"
        );
        let problems = Playbook::parse(&format!("{toml}\n{INVITE}{JANUARY}")).unwrap_err();
        assert!(
            problems[0]
                .to_string()
                .contains("expected a table [challenge]"),
            "{problems:?}"
        );
    }
}
