//! Reading what a playbook says of check-ins and of what points buy.

use std::collections::BTreeSet;

use super::parse::{Kinds, keywords, word};
use super::parse_text::label;
use super::{CheckInAnswers, CheckInDigest, Gift, Localised, RankingRules, RewardRules};
use crate::coupon::Codes;
use crate::ids::{GiftId, MessageKind};
use crate::toml_check::{Item, Table, all};

/// More gifts are more buttons than a chat shows at once.
const MAX_GIFTS: usize = 8;

/// The table `[check_in]`.
pub(super) struct CheckIn {
    pub(super) keywords: Vec<String>,
    pub(super) review_keywords: Vec<String>,
    pub(super) word: Localised,
    pub(super) streak_message: MessageKind,
    pub(super) answers: CheckInAnswers,
}

pub(super) fn check_in<'f>(item: &Item<'f>, kinds: &mut Kinds<'f>) -> Option<CheckIn> {
    let mut table = item.table("a table [check_in]")?;
    let keywords = keywords(&table.need("keywords"));
    let review_keywords = table
        .get("review_keywords")
        .map_or(Some(Vec::new()), |item| super::parse::keywords(&item));
    let word = word(&table.need("word"), keywords.as_deref());
    let streak_message = kinds.read(table.need("streak_message"));
    let reply = table.get("reply").and_then(|item| kinds.read(item));
    let already = table.get("already").and_then(|item| kinds.read(item));
    let freeze_used = table.get("freeze_used").and_then(|item| kinds.read(item));
    let level_up = table.get("level_up").and_then(|item| kinds.read(item));
    let digest = table.get("digest").and_then(|item| kinds.read(item));
    let digest_from = table
        .get("digest_from")
        .map_or(Some(5), |item| item.integer(1..=400, "check-ins"));
    let to_channel = table
        .get("reply_to_channel")
        .map_or(Some(true), |item| item.flag());
    table.finish();
    Some(CheckIn {
        keywords: keywords?,
        review_keywords: review_keywords?,
        word: word?,
        streak_message: streak_message?,
        answers: CheckInAnswers {
            reply,
            already,
            freeze_used,
            level_up,
            digest: match digest {
                Some(kind) => Some(CheckInDigest {
                    kind,
                    from: digest_from?,
                }),
                None => None,
            },
            to_channel: to_channel?,
        },
    })
}

pub(super) fn rewards<'f>(item: &Item<'f>, kinds: &mut Kinds<'f>) -> Option<RewardRules> {
    let mut table = item.table("a table [rewards]")?;
    let keywords = super::parse::keywords(&table.need("keywords"));
    let redeem_keywords = super::parse::keywords(&table.need("redeem_keywords"));
    let mut kind = |name| kinds.read(table.need(name));
    let (points, list, nothing, done) =
        (kind("points"), kind("list"), kind("nothing"), kind("done"));
    let (too_few, sold_out) = (kind("too_few"), kind("sold_out"));
    let (level, gone) = (kind("level"), kind("gone"));
    let ranking = table
        .get("hide_keywords")
        .map(|item| ranking(&item, &mut table, kinds));
    table.finish();
    Some(RewardRules {
        keywords: keywords?,
        redeem_keywords: redeem_keywords?,
        points: points?,
        list: list?,
        nothing: nothing?,
        done: done?,
        too_few: too_few?,
        sold_out: sold_out?,
        level: level?,
        gone: gone?,
        ranking: match ranking {
            Some(read) => Some(read?),
            None => None,
        },
    })
}

/// Who can hide can come back: one does not go without the other.
fn ranking<'f>(
    hide: &Item<'f>,
    table: &mut Table<'f>,
    kinds: &mut Kinds<'f>,
) -> Option<RankingRules> {
    let hide_keywords = keywords(hide);
    let show_keywords = keywords(&table.need("show_keywords"));
    let hidden = kinds.read(table.need("hidden"));
    let shown = kinds.read(table.need("shown"));
    Some(RankingRules {
        hide_keywords: hide_keywords?,
        show_keywords: show_keywords?,
        hidden: hidden?,
        shown: shown?,
    })
}

/// The gifts of a playbook with so many levels. They need `[rewards]`, by which members ask for
/// them.
pub(super) fn gifts(list: &Item<'_>, levels: Option<usize>, asked_for: bool) -> Option<Vec<Gift>> {
    let items = list.list("a list of [[gifts]]")?;
    if items.len() > MAX_GIFTS {
        list.problem(format_args!(
            "expected at most {MAX_GIFTS} gifts, found {}",
            items.len()
        ));
    }
    if !asked_for {
        list.problem("expected a table [rewards] as well: without it nobody can ask for a gift");
    }
    let mut seen = BTreeSet::new();
    all(items.iter().map(|item| gift(item, levels, &mut seen)))
}

fn gift(item: &Item<'_>, levels: Option<usize>, seen: &mut BTreeSet<GiftId>) -> Option<Gift> {
    let mut table = item.table("a table [[gifts]]")?;
    let id_item = table.need("id");
    let id: Option<GiftId> = id_item.id();
    let name = label(&table.need("name"));
    let points = table.need("points").integer(1..=1_000_000, "points");
    let stock = table
        .get("stock")
        .and_then(|item| item.integer(0..=1_000_000, "a number of gifts"));
    let level_item = table.get("level");
    let level = level_item
        .as_ref()
        .and_then(|item| item.integer(1..=99, "a level"));
    let pool = table.get("code_pool");
    let codes = pool.as_ref().and_then(|item| item.id().map(Codes::Pool));
    let note_item = table.get("note");
    let note = note_item.as_ref().and_then(Item::localised);
    table.finish();
    let id = id?;
    if id.as_str() == "list" {
        id_item.problem("\"list\" is the button that shows the gifts: expected another id");
    } else if !seen.insert(id.clone()) {
        id_item.problem(format_args!(
            "expected an id that no other gift has, found \"{id}\" again"
        ));
    }
    if let (Some(item), Some(level), Some(levels)) = (level_item, level, levels)
        && usize::from(level) > levels
    {
        item.problem(format_args!(
            "expected one of the {levels} levels of this file, found {level}: nobody could have it"
        ));
    }
    if pool.is_none() && note_item.is_none() {
        item.problem("expected code_pool or note: a gift says how it is got");
    }
    Some(Gift {
        id,
        name: name?,
        points: points?,
        stock,
        level,
        codes,
        note,
    })
}

#[cfg(test)]
mod tests {
    use crate::playbook::Playbook;

    /// The problems of the default playbook with other lines in place of its own.
    fn problems(gifts: &str) -> Vec<String> {
        let toml = format!("{}\n{gifts}", Playbook::DEFAULT_TOML);
        let problems = Playbook::parse(&toml).err().unwrap_or_default();
        problems
            .iter()
            .map(|problem| {
                let line = problem.to_string();
                line.split_once(": ")
                    .map_or(line.clone(), |(_, rest)| rest.to_owned())
            })
            .collect()
    }

    const MUG: &str = "[[gifts]]\nid = \"mug\"\nname = \"Mug\"\npoints = 50\n";

    #[test]
    fn gifts_are_named_with_what_is_wrong_with_them() {
        let check = |rest: &str, expected: &[&str]| {
            let found = problems(&format!("{MUG}{rest}"));
            assert_eq!(found.len(), expected.len(), "{found:?}");
            for (found, expected) in found.iter().zip(expected) {
                assert!(found.contains(expected), "{found} lacks {expected}");
            }
        };
        check("note = \"At the desk.\"", &[]);
        check("code_pool = \"mugs\"\nstock = 3\nlevel = 5", &[]);
        check("", &["expected code_pool or note"]);
        check(
            "note = \"x\"\nlevel = 6",
            &["expected one of the 5 levels of this file, found 6"],
        );
        check("note = \"x\"\nstock = -1", &["0 to 1000000"]);
        check(
            "code_pool = \"Not a pool\"",
            &["expected a valid coupon pool"],
        );
        check(
            &format!("note = \"x\"\n{MUG}note = \"y\""),
            &["expected an id that no other gift has, found \"mug\" again"],
        );
        let much = MUG.replace("50", "1000001");
        let nothing = MUG.replace("50", "0");
        for (gift, found) in [(much, "1000001"), (nothing, "0")] {
            let problems = problems(&format!("{gift}note = \"x\""));
            assert_eq!(problems.len(), 1, "{problems:?}");
            assert!(
                problems[0].contains("1 to 1000000") && problems[0].contains(found),
                "{problems:?}"
            );
        }
    }

    #[test]
    fn gifts_need_a_way_to_ask_for_them() {
        let from = Playbook::DEFAULT_TOML.find("[rewards]").unwrap();
        let until = from + Playbook::DEFAULT_TOML[from..].find("\n\n").unwrap();
        let mut toml = Playbook::DEFAULT_TOML.to_owned();
        toml.replace_range(from..until, "");
        assert!(
            Playbook::parse(&toml).is_ok(),
            "a playbook need not have any"
        );
        let problems = Playbook::parse(&format!("{toml}\n{MUG}note = \"x\"")).unwrap_err();
        assert!(
            problems[0]
                .to_string()
                .contains("expected a table [rewards]"),
            "{problems:?}"
        );
    }
}
