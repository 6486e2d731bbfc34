//! Members who are in no number because their item could not be read: counted, so that a report that
//! lacks them says so.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::locale::Locale;

/// How many members are missing from a report, and what about their items is wrong. No ids.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreadable {
    /// Members.
    pub members: u64,
    /// Members by the first attribute of their item that can't be read.
    pub attributes: BTreeMap<String, u64>,
}

impl Unreadable {
    /// Counts one member.
    pub fn add(&mut self, attribute: &str) {
        self.members += 1;
        *self.attributes.entry(attribute.to_owned()).or_default() += 1;
    }

    /// Adds those of another part.
    pub fn merge(&mut self, other: &Self) {
        self.members += other.members;
        for (attribute, members) in &other.attributes {
            *self.attributes.entry(attribute.clone()).or_default() += members;
        }
    }

    /// Whether nobody is missing.
    pub fn is_none(&self) -> bool {
        self.members == 0
    }

    /// One sentence without its full stop.
    pub fn text(&self, locale: Locale) -> String {
        let members = self.members;
        match locale {
            Locale::ZhHant => format!("不完整：有 {members} 位成員的資料讀不出來，不在任何數字裡"),
            Locale::ZhHans => {
                format!("不完整：有 {members} 位成员的数据无法读取，未计入任何数字")
            }
            Locale::En if members == 1 => {
                "partial: the data of 1 member could not be read and is in no number".to_owned()
            }
            Locale::En => format!(
                "partial: the data of {members} members could not be read and is in no number"
            ),
        }
    }
}
