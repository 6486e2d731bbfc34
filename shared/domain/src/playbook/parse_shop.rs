//! Reading what a playbook says of orders and industries.

use std::collections::BTreeSet;

use super::{Industry, ShopRules};
use crate::rfm::RfmRules;
use crate::toml_check::{Item, Table, all};

/// Words of one industry; more are a mistake.
const MAX_WORDS: usize = 50;
/// The largest border between two scores of money. Minor units.
const MOST_MONEY: i64 = 1_000_000_000_000_000;

/// The tables `[rfm]` and `[[industries]]`, each of which may be left out.
pub(super) fn shop(file: &mut Table<'_>) -> Option<ShopRules> {
    let rfm = file.get("rfm").map(|item| rfm(&item));
    let industries = file.get("industries").map(|list| industries(&list));
    Some(ShopRules {
        rfm: match rfm {
            Some(read) => Some(read?),
            None => None,
        },
        industries: match industries {
            Some(read) => read?,
            None => Vec::new(),
        },
    })
}

fn rfm(item: &Item<'_>) -> Option<RfmRules> {
    let mut table =
        item.table("a table [rfm] with recency_days, frequency and money, four borders each")?;
    let recency_days = borders(&table.need("recency_days"), 3_650, "days");
    let frequency = borders(&table.need("frequency"), 65_534, "orders");
    let money = borders(
        &table.need("money"),
        MOST_MONEY,
        "minor units of the currency",
    );
    table.finish();
    Some(RfmRules {
        recency_days: recency_days?,
        frequency: frequency?,
        money: money?,
    })
}

/// Four rising numbers: the borders between five scores.
fn borders<T: TryFrom<i64> + Copy + PartialOrd>(
    item: &Item<'_>,
    most: i64,
    what: &str,
) -> Option<[T; 4]> {
    let expected = format!("four rising numbers: the borders in {what} between the scores 1 to 5");
    let items = item.list(&expected)?;
    let numbers = all(items.iter().map(|item| item.integer(1..=most, what)))?;
    let rising = numbers.is_sorted_by(|one, next| one < next);
    match <[T; 4]>::try_from(numbers) {
        Ok(four) if rising => Some(four),
        Ok(_) | Err(_) => item.expected(expected),
    }
}

fn industries(item: &Item<'_>) -> Option<Vec<Industry>> {
    let mut seen = BTreeSet::new();
    all(item.list("a list of [[industries]]")?.iter().map(|item| {
        let mut table = item.table("a table [[industries]] with id and words")?;
        let id_item = table.need("id");
        let id: Option<crate::ids::IndustryId> = id_item.id();
        let words = words(&table.need("words"));
        table.finish();
        if let Some(id) = id.clone().filter(|id| !seen.insert(id.clone())) {
            id_item.problem(format_args!(
                "expected an id that no other industry has, found \"{id}\" again"
            ));
        }
        Some(Industry {
            id: id?,
            words: words?,
        })
    }))
}

fn words(item: &Item<'_>) -> Option<Vec<String>> {
    let expected = format!("a list of 1 to {MAX_WORDS} words as nicknames have them");
    let items = item.list(&expected)?;
    if items.is_empty() || items.len() > MAX_WORDS {
        return item.expected(expected);
    }
    all(items
        .iter()
        .map(|item| item.text("a word as nicknames have it")))
}

#[cfg(test)]
mod tests {
    use crate::playbook::Playbook;

    fn problems(table: &str) -> Vec<String> {
        let default = Playbook::DEFAULT_TOML;
        let before = default.split("\n[rfm]").next().unwrap();
        let rest = default.split("\n# ---- Experiments").nth(1).unwrap();
        let file = format!("{before}\n{table}\n# ---- Experiments{rest}");
        Playbook::parse(&file)
            .err()
            .unwrap_or_default()
            .into_iter()
            .map(|problem| problem.to_string())
            .collect()
    }

    fn check(table: &str, expected: &str) {
        let found = problems(table);
        let found: Vec<_> = found.iter().map(String::as_str).collect();
        assert!(
            found.len() == 1 && found[0].contains(expected),
            "{table}: {found:?}"
        );
    }

    #[test]
    fn a_playbook_without_them_is_one() {
        assert_eq!(problems(""), Vec::<String>::new());
    }

    #[test]
    fn borders_are_four_and_rise() {
        let rfm = |recency: &str| {
            format!(
                "[rfm]\nrecency_days = {recency}\nfrequency = [1, 2, 4, 8]\nmoney = [1, 2, 3, 4]\n"
            )
        };
        assert_eq!(problems(&rfm("[30, 90, 180, 365]")), Vec::<String>::new());
        for wrong in [
            "[30, 90, 180]",
            "[30, 90, 90, 365]",
            "[30, 90, 180, 365, 400]",
            "30",
        ] {
            check(
                &rfm(wrong),
                "rfm.recency_days: expected four rising numbers",
            );
        }
        check(
            &rfm("[0, 90, 180, 365]"),
            "rfm.recency_days[0]: expected days from 1 to 3650",
        );
        check(
            "[rfm]\nfrequency = [1, 2, 4, 8]\nmoney = [1, 2, 3, 4]\n",
            "recency_days",
        );
    }

    #[test]
    fn an_industry_has_words_and_an_id_of_its_own() {
        let one = "[[industries]]\nid = \"design\"\nwords = [\"設計\", \"design\"]\n";
        assert_eq!(problems(one), Vec::<String>::new());
        check(
            &format!("{one}{one}"),
            "industries[1].id: expected an id that no other industry has",
        );
        check(
            "[[industries]]\nid = \"design\"\nwords = []\n",
            "industries[0].words: expected a list of 1 to 50",
        );
    }
}
