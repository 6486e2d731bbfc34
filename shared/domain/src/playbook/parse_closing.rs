//! Reading what a playbook says of the daily closing, and of the stars of a month.

use std::collections::BTreeSet;

use super::parse::Kinds;
use crate::board::{ClosingRules, Span};
use crate::star::StarRules;
use crate::toml_check::{Item, all};

const TOP: u8 = 10;
/// Places of stars, and points for each.
const STARS: u8 = 3;
const POINTS: u16 = 50;

/// The table `[closing]`, with `[star]`, which is nothing without it.
pub(super) fn closing<'f>(
    item: Option<Item<'f>>,
    star_item: Option<Item<'f>>,
    kinds: &mut Kinds<'f>,
) -> Option<ClosingRules> {
    let star = star_item.as_ref().map(|item| star(item, kinds));
    let Some(item) = item else {
        let why =
            "expected a table [closing] as well: stars are named when a month's days are closed";
        star_item?.problem(why);
        return None;
    };
    let mut table = item.table("a table [closing]")?;
    let at = table
        .get("at")
        .map_or(Some(ClosingRules::NOTHING.at), |item| item.time());
    let boards = spans(&table.need("boards"));
    let top = table
        .get("top")
        .map_or(Some(TOP), |item| item.integer(1..=100, "places"));
    let wall_item = table.get("wall");
    let has_wall = wall_item.is_some();
    let wall = wall_item.and_then(|item| kinds.read(item));
    let wall_image = table.get("wall_image");
    let wall_image = wall_image.map_or(Some(false), |item| image(&item, has_wall));
    let board = table.get("board").and_then(|item| kinds.read(item));
    table.finish();
    Some(ClosingRules {
        at: at?,
        boards: boards?,
        top: top?,
        wall,
        wall_image: wall_image?,
        board,
        star: match star {
            Some(star) => Some(star?),
            None => None,
        },
    })
}

/// Whether the wall has a picture, which goes with its text and not without.
fn image(item: &Item<'_>, has_wall: bool) -> Option<bool> {
    let wanted = item.flag()?;
    if wanted && !has_wall {
        item.problem("expected wall = \"<a text>\" as well: the picture goes with the wall's text");
        return None;
    }
    Some(wanted)
}

fn star<'f>(item: &Item<'f>, kinds: &mut Kinds<'f>) -> Option<StarRules> {
    let mut table = item.table("a table [star]")?;
    let message = table.get("message").and_then(|item| kinds.read(item));
    let mine = table.get("mine").and_then(|item| kinds.read(item));
    let badge = table.need("badge").localised();
    let perks = table.get("perks");
    let perks = perks.as_ref().and_then(Item::localised);
    let points = table
        .get("points")
        .map_or(Some(POINTS), |item| item.integer(0..=10_000, "points"));
    let top = table
        .get("top")
        .map_or(Some(STARS), |item| item.integer(1..=10, "places"));
    let again = table.get("again").map_or(Some(false), |item| item.flag());
    table.finish();
    Some(StarRules {
        message,
        mine,
        badge: badge?,
        perks,
        points: points?,
        top: top?,
        again: again?,
    })
}

fn spans(item: &Item<'_>) -> Option<BTreeSet<Span>> {
    let items = item.list("a list of day, week, month and all")?;
    let mut spans = BTreeSet::new();
    let read = items.iter().map(|item| {
        let Some(span) = item.as_str().and_then(Span::from_name) else {
            return item.expected("one of day, week, month, all");
        };
        if !spans.insert(span) {
            item.problem(format_args!(
                "expected each once, found \"{}\" again",
                span.name()
            ));
        }
        Some(())
    });
    all(read)?;
    Some(spans)
}

#[cfg(test)]
mod tests {
    use crate::playbook::Playbook;

    /// The default playbook with other lines in place of its table `[star]`.
    fn with(star: &str) -> String {
        let toml = Playbook::DEFAULT_TOML;
        let from = toml.find("[star]").unwrap();
        let until = from + toml[from..].find("\n\n").unwrap();
        [&toml[..from], star, &toml[until..]].concat()
    }

    #[test]
    fn stars_have_a_badge_and_the_rest_is_usual() {
        let star = |lines: &str| Playbook::parse(&with(lines)).unwrap().star().cloned();
        assert_eq!(star(""), None, "a playbook need not have any");
        let least = star("[star]\nbadge = \"Star\"").unwrap();
        assert_eq!((least.points, least.top, least.again), (50, 3, false));
        assert_eq!((least.message, least.mine, least.perks), (None, None, None));
        let most = star("[star]\nbadge = \"Star\"\nmessage = \"star.named\"\nmine = \"star.mine\"\nperks = \"Tea\"\npoints = 0\ntop = 1\nagain = true").unwrap();
        assert_eq!((most.points, most.top, most.again), (0, 1, true));
        assert!(most.message.is_some() && most.mine.is_some() && most.perks.is_some());
    }

    /// The default playbook with another line about the wall.
    fn with_wall(line: &str) -> String {
        let before = "wall = \"closing.wall\"";
        assert!(Playbook::DEFAULT_TOML.contains(before));
        Playbook::DEFAULT_TOML.replacen(before, line, 1)
    }

    #[test]
    fn a_wall_has_a_picture_where_the_playbook_wants_one() {
        let image = |line: &str| {
            let playbook = Playbook::parse(&with_wall(line)).unwrap();
            playbook.closing.unwrap().wall_image
        };
        assert!(!image("wall = \"closing.wall\""));
        assert!(!image("wall_image = false"));
        assert!(image("wall = \"closing.wall\"\nwall_image = true"));
        for (line, expected) in [
            (
                "wall_image = true",
                "closing.wall_image: expected wall = \"<a text>\" as well",
            ),
            (
                "wall = \"closing.wall\"\nwall_image = \"yes\"",
                "closing.wall_image: expected true or false",
            ),
        ] {
            let problems = Playbook::parse(&with_wall(line)).unwrap_err();
            assert_eq!(problems.len(), 1, "{problems:?}");
            assert!(problems[0].to_string().contains(expected), "{problems:?}");
        }
    }

    #[test]
    fn mistakes_are_named() {
        for (toml, expected) in [
            (with("[star]"), "star.badge"),
            (with("[star]\nbadge = \"x\"\ntop = 0"), "1 to 10"),
            (with("[star]\nbadge = \"x\"\npoints = 10001"), "0 to 10000"),
            (
                with("[star]\nbadge = \"x\"\nmine = \"no.such\""),
                "expected the kind of a text",
            ),
            (with("[star]\nbadge = \"x\"\nbest = 1"), "star.best"),
        ] {
            let problems = Playbook::parse(&toml).unwrap_err();
            assert_eq!(problems.len(), 1, "{problems:?}");
            assert!(problems[0].to_string().contains(expected), "{problems:?}");
        }
    }

    #[test]
    fn stars_need_closings() {
        let toml = Playbook::DEFAULT_TOML;
        let from = toml.find("[closing]").unwrap();
        let until = from + toml[from..].find("\n\n").unwrap();
        let without = [&toml[..from], &toml[until..]].concat();
        let problems = Playbook::parse(&without).unwrap_err();
        assert_eq!(problems.len(), 1, "{problems:?}");
        let problem = problems[0].to_string();
        assert!(
            problem.contains("star: expected a table [closing] as well"),
            "{problem}"
        );
    }
}
