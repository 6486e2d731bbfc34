//! What a playbook says of members as customers and professionals.

use crate::classify::normalise;
use crate::ids::IndustryId;
use crate::rfm::RfmRules;

/// How members are told apart as customers and professionals.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShopRules {
    /// What makes a good customer; `None` = nobody is told apart by what they bought.
    pub rfm: Option<RfmRules>,
    /// The industries that nicknames may name; empty = each is taken by its word.
    pub industries: Vec<Industry>,
}

/// An industry, and how nicknames name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Industry {
    /// Its id.
    pub id: IndustryId,
    /// Its words, in any language and spelling that members use.
    pub words: Vec<String>,
}

impl Industry {
    /// Whether the first part of a nickname names it. A word of letters with cases is the whole part
    /// (`art` is not in `Martha`); a Chinese one may be within it (`設計` is in `UI設計`).
    pub fn is_named_by(&self, part: &str) -> bool {
        let part = normalise(part);
        self.words.iter().any(|word| {
            let word = normalise(word);
            part == word || (!word.is_ascii() && part.contains(&word))
        })
    }
}
