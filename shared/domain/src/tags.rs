//! Tags: what operators tell members apart by. No state but a function of what a member's item holds,
//! so that nothing of it can grow stale.
//!
//! Who shares is no tag: sharing is in the item only for the days that are still open.

use std::collections::BTreeSet;
use std::fmt;

use unicode_normalization::UnicodeNormalization as _;

use crate::classify::industry_of;
use crate::days::LocalDay;
use crate::ids::{IndustryId, InterestId};
use crate::journey::CaseState;
use crate::member::Member;
use crate::playbook::Playbook;
use crate::rfm::RfmGroup;

/// Characters of an industry's own word.
const WORD_CHARS: usize = 16;

/// Something that a member is known for. Written `kind:value`, or the kind alone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tag {
    /// What they like: by their own choice, else by what they write and react to.
    Interest(InterestId),
    /// What they work in: one of the playbook's industries.
    Industry(IndustryId),
    /// What they work in by the first word of an `industry-name` nickname, where the playbook has no
    /// industries. NFKC, lower case, at most 16 characters.
    IndustryWord(String),
    /// Offers move them: they gave points for a gift, or came back in a win-back case.
    OfferSensitive,
    /// What they are to the shop; never "none".
    Rfm(RfmGroup),
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Interest(id) => write!(f, "interest:{id}"),
            Self::Industry(id) => write!(f, "industry:{id}"),
            Self::IndustryWord(word) => write!(f, "industry:{word}"),
            Self::OfferSensitive => f.write_str("offer-sensitive"),
            Self::Rfm(group) => write!(f, "rfm:{}", group.name()),
        }
    }
}

impl fmt::Debug for Tag {
    /// A word is part of a name, and names reach no log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::IndustryWord(_) => f.write_str("industry:…"),
            Self::Interest(_) | Self::Industry(_) | Self::OfferSensitive | Self::Rfm(_) => {
                fmt::Display::fmt(self, f)
            }
        }
    }
}

/// A member's tags on a day of the community's calendar, in order.
pub fn tags(member: &Member, today: LocalDay, playbook: &Playbook) -> BTreeSet<Tag> {
    let interest = member.interest(playbook).cloned().map(Tag::Interest);
    let offers = is_offer_sensitive(member).then_some(Tag::OfferSensitive);
    let group = playbook
        .shop
        .rfm
        .as_ref()
        .map(|rules| RfmGroup::of(member.orders.as_ref(), today, rules))
        .filter(|group| *group != RfmGroup::None)
        .map(Tag::Rfm);
    let all = [interest, industry(member, playbook), offers, group];
    all.into_iter().flatten().collect()
}

fn industry(member: &Member, playbook: &Playbook) -> Option<Tag> {
    let part = industry_of(&member.name.as_ref()?.value)?;
    if playbook.shop.industries.is_empty() {
        let word: String = part.nfkc().collect::<String>().to_lowercase();
        return Some(Tag::IndustryWord(word.chars().take(WORD_CHARS).collect()));
    }
    let named = |industry: &&crate::playbook::Industry| industry.is_named_by(&part);
    let industry = playbook.shop.industries.iter().find(named)?;
    Some(Tag::Industry(industry.id.clone()))
}

fn is_offer_sensitive(member: &Member) -> bool {
    let case = member.journey.win_back.as_ref();
    let came_back = case.is_some_and(|case| matches!(case.state, CaseState::Won { .. }));
    member.scoring.spent > 0 || came_back
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::member::{Latest, Order, Orders};
    use crate::playbook::{Industry, ShopRules};

    fn playbook() -> Playbook {
        Playbook::parse(Playbook::DEFAULT_TOML).unwrap()
    }

    fn today() -> LocalDay {
        "2026-01-05".parse().unwrap()
    }

    fn member() -> Member {
        Member::new(
            "U1".parse().unwrap(),
            "2026-01-01T00:00:00Z".parse().unwrap(),
        )
    }

    fn latest<T>(value: T) -> Latest<T> {
        let order = Order {
            at: 0,
            seq: 0,
            tie: 0,
        };
        Latest { order, value }
    }

    fn named(name: &str, playbook: &Playbook) -> String {
        let mut member = member();
        member.name = Some(latest(name.to_owned()));
        shown(&member, playbook)
    }

    fn shown(member: &Member, playbook: &Playbook) -> String {
        let tags = tags(member, today(), playbook);
        tags.iter()
            .map(Tag::to_string)
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn an_industry_is_the_first_part_of_a_nickname() {
        let playbook = playbook();
        for (name, expected) in [
            ("設計-小美", "industry:設計"),
            ("ＵＩ Ａ｜小美", "industry:ui"),
            ("🎉 設計 · 小美", "industry:設計"),
            ("Electroencephalography-Mia", "industry:electroencephalo"),
            ("小美", ""),
            ("小美 🎉", ""),
            ("--", ""),
            ("", ""),
        ] {
            assert_eq!(named(name, &playbook), expected, "{name}");
        }
    }

    #[test]
    fn a_table_of_industries_knows_no_others() {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let industries = [
            ("design", words(&["設計", "設计", "Design"])),
            ("art", words(&["Art"])),
        ];
        let industries = industries.map(|(id, words)| Industry {
            id: id.parse().unwrap(),
            words,
        });
        let playbook = Playbook {
            shop: ShopRules {
                industries: industries.into(),
                rfm: None,
            },
            ..playbook()
        };
        for (name, expected) in [
            ("UI設計-小美", "industry:design"),
            ("ＤＥＳＩＧＮ｜Mia", "industry:design"),
            ("art-Mia", "industry:art"),
            ("Martha-Lee", ""),
            ("Anna Lee", ""),
        ] {
            assert_eq!(named(name, &playbook), expected, "{name}");
        }
    }

    #[test]
    fn what_is_known_of_them_is_shown_in_order() {
        let mut member = member();
        assert_eq!(shown(&member, &playbook()), "");
        member.interest = Some(latest(Some("tools".parse().unwrap())));
        member.name = Some(latest("設計-小美".to_owned()));
        member.scoring.spent = 5;
        let day = today();
        member.orders = Some(Orders {
            first: day,
            last: day,
            count: 1,
            sum: 0,
        });
        let all = "interest:tools industry:設計 offer-sensitive rfm:new-customer";
        assert_eq!(shown(&member, &playbook()), all);
        let unscored = Playbook {
            shop: ShopRules::default(),
            ..playbook()
        };
        assert_eq!(
            shown(&member, &unscored),
            all.trim_end_matches(" rfm:new-customer")
        );
    }

    #[test]
    fn no_part_of_a_name_reaches_a_log() {
        let tag = Tag::IndustryWord("設計".to_owned());
        assert_eq!(format!("{tag:?}"), "industry:…");
    }
}
